#include "runtime/memory.h"

#include <algorithm>

#include "abi/native.h"
#include "runtime/memory_image.h"

namespace gantry::runtime {

namespace {

constexpr const char* kTooLarge = "the memory's minimum size does not fit the address space";

constexpr uint64_t kIndexSpace32 = uint64_t{4} << 30;
// Room for growth of 64-bit memories; a larger minimum gets what it asks for.
constexpr uint64_t kMaxReservation64 = uint64_t{16} << 30;

// Largest size in pages that the address type and the declared maximum allow (spec 2.3.9).
uint64_t MaxPages(const wasm::MemoryType& type) {
  uint64_t max;
  if (type.is_64) {
    max = type.page_size_log2 == 0 ? ~uint64_t{0} : uint64_t{1} << (64 - type.page_size_log2);
  } else {
    // With pages of one byte the size itself must fit the address type.
    max = type.page_size_log2 == 0 ? 0xffffffff : uint64_t{1} << (32 - type.page_size_log2);
  }
  return type.limits.max ? std::min(max, *type.limits.max) : max;
}

uint64_t WantedBytes(const wasm::MemoryType& type, uint64_t min_bytes) {
  // All 32-bit memories reserve the whole range, so that compiled code needs no check and any reservation fits the next
  // memory.
  if (!type.is_64) return kIndexSpace32;
  const uint64_t max_pages = MaxPages(type);
  const uint64_t max_bytes =
      max_pages > (kMaxReservation64 >> type.page_size_log2) ? kMaxReservation64 : max_pages << type.page_size_log2;
  return std::max(max_bytes, min_bytes);
}

}  // namespace

std::optional<uint64_t> MinimumBytes(const wasm::MemoryType& type) {
  if (type.limits.min > (~uint64_t{0} >> type.page_size_log2)) return std::nullopt;
  return type.limits.min << type.page_size_log2;
}

MemoryStorage::MemoryStorage(Private, const wasm::MemoryType& type, const Reservation& reservation)
    : type_(type), reservation_(reservation) {
  def_.base = reservation.base;
  def_.length.store(*MinimumBytes(type), std::memory_order_relaxed);
}

MemoryStorage::MemoryStorage(Private, const wasm::MemoryType& type, std::unique_ptr<HostMemory> host)
    : type_(type), host_(std::move(host)) {
  def_.base = host_->base();
  def_.length.store(*MinimumBytes(type), std::memory_order_relaxed);
}

MemoryStorage::~MemoryStorage() {
  if (host_ == nullptr) GiveBackReservation(reservation_);
}

Result<std::shared_ptr<MemoryStorage>> MemoryStorage::Create(const wasm::MemoryType& type, const MemoryImage* image) {
  const std::optional<uint64_t> bytes = MinimumBytes(type);
  if (!bytes || *bytes > (uint64_t{1} << 62)) {
    return std::unexpected(Error(ErrorClass::Host, kTooLarge));
  }
  if (image != nullptr && !image->Use()) image = nullptr;
  GANTRY_ASSIGN_OR_RETURN(Reservation reservation, TakeReservation(WantedBytes(type, *bytes), *bytes, image));
  return std::make_shared<MemoryStorage>(Private{}, type, reservation);
}

Result<std::shared_ptr<MemoryStorage>> MemoryStorage::Create(const wasm::MemoryType& type, MemoryCreator& creator) {
  const std::optional<uint64_t> bytes = MinimumBytes(type);
  if (!bytes) return std::unexpected(Error(ErrorClass::Host, kTooLarge));
  const uint64_t max_pages = MaxPages(type);
  const uint64_t max_bytes =
      max_pages > (~uint64_t{0} >> type.page_size_log2) ? ~uint64_t{0} : max_pages << type.page_size_log2;
  GANTRY_ASSIGN_OR_RETURN(std::unique_ptr<HostMemory> host, creator.New(type, *bytes, max_bytes));
  return std::make_shared<MemoryStorage>(Private{}, type, std::move(host));
}

bool MemoryStorage::is_guarded() const {
  return !type_.is_64 && type_.page_size_log2 >= 12 && reservation_.capacity == kIndexSpace32 &&
         reservation_.end() - (reservation_.base + reservation_.capacity) >= static_cast<ptrdiff_t>(abi::kGuardBytes);
}

int64_t MemoryStorage::Grow(uint64_t delta, uint64_t max_bytes, std::optional<Error>* refusal) {
  std::lock_guard lock(grow_lock_);
  const uint64_t old_bytes = def_.length.load(std::memory_order_relaxed);
  const uint64_t old_pages = old_bytes >> type_.page_size_log2;
  if (delta == 0) return static_cast<int64_t>(old_pages);
  const uint64_t capacity = host_ == nullptr ? reservation_.capacity : ~uint64_t{0};
  const uint64_t max_pages =
      std::min({MaxPages(type_), max_bytes >> type_.page_size_log2, capacity >> type_.page_size_log2});
  if (old_pages > max_pages || delta > max_pages - old_pages) return -1;
  const uint64_t new_bytes = (old_pages + delta) << type_.page_size_log2;
  if (host_ == nullptr) {
    if (!GrowAccessible(&reservation_, new_bytes)) return -1;
  } else {
    Result<void> grown = host_->Grow(new_bytes);
    def_.base = host_->base();
    if (!grown) {
      if (refusal != nullptr) *refusal = std::move(grown).error();
      return -1;
    }
  }
  def_.length.store(new_bytes, std::memory_order_release);
  return static_cast<int64_t>(old_pages);
}

}  // namespace gantry::runtime
