#include "runtime/native/code_memory.h"

#include <atomic>
#include <cstring>

#include "platform/pages.h"

namespace gantry::native {

using platform::kPageSize;

namespace {

constexpr uint8_t kTrap = 0xcc;  // int3: raises a signal that is not ours

// Kept blocks by number of pages. At most 1 MiB in all.
constexpr size_t kMostPages = 16;
constexpr size_t kKeptPerSize = 32;
constexpr size_t kKeptPages = 256;
std::atomic<uint8_t*> kept[kMostPages + 1][kKeptPerSize];
std::atomic<size_t> kept_pages{0};

uint8_t* TakeKept(size_t pages) {
  for (std::atomic<uint8_t*>& place : kept[pages]) {
    if (place.load(std::memory_order_relaxed) == nullptr) continue;
    if (uint8_t* const block = place.exchange(nullptr, std::memory_order_acquire)) {
      kept_pages.fetch_sub(pages, std::memory_order_relaxed);
      return block;
    }
  }
  return nullptr;
}

// False if the block must be unmapped.
bool Keep(uint8_t* block, size_t pages) {
  if (pages > kMostPages || !platform::CommitPages(block, pages * kPageSize)) return false;  // [M1]
  if (kept_pages.fetch_add(pages, std::memory_order_relaxed) + pages <= kKeptPages) {
    for (std::atomic<uint8_t*>& place : kept[pages]) {
      uint8_t* none = nullptr;
      if (place.compare_exchange_strong(none, block, std::memory_order_release)) return true;
    }
  }
  kept_pages.fetch_sub(pages, std::memory_order_relaxed);
  return false;
}

}  // namespace

CodeMemory::~CodeMemory() {
  if (base_ != nullptr && !Keep(base_, size_ / kPageSize)) platform::ReleasePages(base_, size_);
}

Result<CodeMemory> CodeMemory::Allocate(uint64_t bytes) {
  CodeMemory memory;
  const size_t pages = platform::RoundUpToPage(bytes) / kPageSize;
  // A larger block than asked for, if it is less than twice as large.
  for (size_t size = pages; size < 2 * pages && size <= kMostPages && memory.base_ == nullptr; ++size) {
    memory.size_ = size * kPageSize;
    memory.base_ = TakeKept(size);
  }
  if (memory.base_ == nullptr) {
    memory.size_ = pages * kPageSize;
    memory.base_ = static_cast<uint8_t*>(platform::AllocateZeroed(memory.size_));
    if (memory.base_ == nullptr) return std::unexpected(NoMemory());
  }
  std::memset(memory.base_, kTrap, memory.size_);
  return memory;
}

Result<void> CodeMemory::Publish() {
  if (platform::PublishCode(base_, size_)) return {};
  return std::unexpected(Forbidden());
}

Error CodeMemory::NoMemory() { return Error(ErrorClass::Host, "not enough memory for compiled code"); }

Error CodeMemory::Forbidden() { return Error(ErrorClass::Host, "the host refuses to make compiled code executable"); }

size_t ReleaseFreeCode() {
  size_t blocks = 0;
  for (size_t pages = 1; pages <= kMostPages; ++pages) {
    for (; uint8_t* const block = TakeKept(pages); ++blocks) platform::ReleasePages(block, pages * kPageSize);
  }
  return blocks;
}

}  // namespace gantry::native
