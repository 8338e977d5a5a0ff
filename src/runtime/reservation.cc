#include "runtime/reservation.h"

#include <algorithm>
#include <mutex>
#include <utility>
#include <vector>

#include "abi/native.h"
#include "platform/pages.h"
#include "runtime/gc/blocks.h"
#include "runtime/memory_image.h"

namespace gantry::runtime {

using platform::ClearPages;
using platform::CommitPages;
using platform::DropPages;
using platform::GuardPages;
using platform::kPageSize;
using platform::ReleasePages;
using platform::ReservePages;
using platform::ResetPages;
using platform::RoundUpToPage;

namespace {

using abi::kGuardBytes;
// Where address space is short, code checks bounds itself.
constexpr uint64_t kSmallGuardBytes = uint64_t{64} << 10;
constexpr size_t kMaxFree = 64;
// Larger ones are rare, and address space is finite.
constexpr uint64_t kMaxFreeCapacity = uint64_t{8} << 30;
// A kept image mapping keeps the image's pages; a new mapping costs 2 us.
constexpr uint64_t kMaxKeptImage = uint64_t{1} << 20;

struct FreeList {
  std::mutex mutex;
  std::vector<Reservation> items;
};

FreeList& Free() {
  static FreeList* list = new FreeList;  // never destroyed: memories may die during exit
  return *list;
}

// The most recently freed one of this capacity, one with the same image before others.
bool TakeFree(uint64_t capacity, uint64_t image_id, Reservation* out) {
  FreeList& free = Free();
  std::lock_guard lock(free.mutex);
  size_t best = free.items.size();
  for (size_t i = free.items.size(); i-- > 0;) {
    if (free.items[i].capacity != capacity) continue;
    if (best == free.items.size()) best = i;
    if (free.items[i].image_id == image_id) {
      best = i;
      break;
    }
  }
  if (best == free.items.size()) return false;
  *out = free.items[best];
  free.items.erase(free.items.begin() + static_cast<ptrdiff_t>(best));
  return true;
}

bool Reserve(uint64_t capacity, uint64_t guard, Reservation* out) {
  if (capacity > (uint64_t{1} << 62)) return false;
  const uint64_t size = RoundUpToPage(capacity) + 2 * guard;
  uint8_t* start = ReservePages(size);
  if (start == nullptr) return false;
  *out = Reservation{.start = start, .size = size, .base = start + guard, .capacity = capacity};
  return true;
}

// Address space is short: what there is, by halving, and then only half of that, so that others find some too.
bool ReserveWhatThereIs(uint64_t wanted, uint64_t needed, Reservation* out) {
  if (ReleaseFreeReservations() + gc::ReleaseFreeCages() != 0 && Reserve(wanted, kGuardBytes, out)) return true;
  for (uint64_t capacity = wanted; capacity > needed;) {
    capacity = std::max(needed, RoundUpToPage(capacity / 2));
    if (!Reserve(capacity, kSmallGuardBytes, out)) continue;
    const uint64_t half = std::max(needed, RoundUpToPage(capacity / 2));
    ReleasePages(out->start, out->size);
    return Reserve(half, kSmallGuardBytes, out);
  }
  return Reserve(needed, kSmallGuardBytes, out);
}

// Brings a reservation from whatever it has to exactly `accessible` bytes with this image [I1].
bool Prepare(Reservation* r, uint64_t accessible, const MemoryImage* image) {
  const uint64_t image_id = image == nullptr ? 0 : image->id();
  if (r->image_id != image_id && r->image_id != 0) {
    if (!ResetPages(r->base, r->accessible)) return false;
    r->accessible = 0;
    r->image_id = 0;
  }
  if (accessible < r->accessible) {
    if (!GuardPages(r->base + accessible, r->accessible - accessible)) return false;
    r->accessible = accessible;
  }
  if (!GrowAccessible(r, accessible)) return false;
  if (image != nullptr && r->image_id == 0) {
    if (!image->Map(r->base)) return false;
    r->image_id = image_id;
    r->image_end = image->end();
  }
  return true;
}

}  // namespace

Result<Reservation> TakeReservation(uint64_t wanted, uint64_t accessible, const MemoryImage* image) {
  accessible = RoundUpToPage(accessible);
  wanted = std::max(RoundUpToPage(wanted), accessible);
  Reservation r;
  if (!TakeFree(wanted, image == nullptr ? 0 : image->id(), &r) && !Reserve(wanted, kGuardBytes, &r) &&
      !ReserveWhatThereIs(wanted, accessible, &r)) {
    return std::unexpected(Error(ErrorClass::Host, "not enough address space for the memory"));
  }
  if (!Prepare(&r, accessible, image)) {
    ReleasePages(r.start, r.size);
    return std::unexpected(Error(ErrorClass::Host, "the host refuses to make the memory accessible"));
  }
  return r;
}

bool GrowAccessible(Reservation* r, uint64_t accessible) {
  accessible = RoundUpToPage(accessible);
  if (accessible <= r->accessible) return true;
  if (accessible > r->capacity || !CommitPages(r->base + r->accessible, accessible - r->accessible)) return false;
  r->accessible = accessible;
  return true;
}

void GiveBackReservation(Reservation r) {
  if (r.start == nullptr) return;
  if (r.capacity <= kMaxFreeCapacity) {
    bool is_reset = true;
    if (r.image_id != 0 && r.image_end > kMaxKeptImage) {
      is_reset = ResetPages(r.base, r.accessible);
      r.accessible = 0;
      r.image_id = 0;
    } else {
      // [I2]; pages of the image go back to its contents.
      const uint64_t image_end = r.image_id == 0 ? 0 : r.image_end;
      DropPages(r.base, image_end);
      ClearPages(r.base + image_end, r.accessible - image_end);
    }
    FreeList& free = Free();
    std::lock_guard lock(free.mutex);
    if (is_reset && free.items.size() < kMaxFree) {
      free.items.push_back(r);
      return;
    }
  }
  ReleasePages(r.start, r.size);
}

size_t ReleaseFreeReservations() {
  std::vector<Reservation> items;
  {
    FreeList& free = Free();
    std::lock_guard lock(free.mutex);
    items.swap(free.items);
  }
  for (const Reservation& r : items) ReleasePages(r.start, r.size);
  return items.size();
}

}  // namespace gantry::runtime
