#include "runtime/value_stack.h"

#include <algorithm>
#include <mutex>
#include <vector>

#include "base/check.h"
#include "platform/pages.h"

namespace gantry::runtime {

using platform::kPageSize;

namespace {

// What free stacks may keep in memory is bounded by their number times their size.
constexpr size_t kMaxFree = 8;
constexpr uint64_t kMaxFreeBytes = uint64_t{1} << 20;

struct FreeStack {
  abi::Slot* base;
  uint64_t bytes;
};
struct FreeList {
  std::mutex mutex;
  std::vector<FreeStack> items;
};
FreeList& Free() {
  static FreeList* list = new FreeList;  // never destroyed: stores may die during exit
  return *list;
}

abi::Slot* TakeFree(uint64_t bytes) {
  FreeList& free = Free();
  std::lock_guard lock(free.mutex);
  for (size_t i = free.items.size(); i-- > 0;) {
    if (free.items[i].bytes != bytes) continue;
    abi::Slot* base = free.items[i].base;
    free.items[i] = free.items.back();
    free.items.pop_back();
    return base;
  }
  return nullptr;
}

abi::Slot* Map(uint64_t bytes) {
  uint8_t* base = platform::ReservePages(bytes + kPageSize);
  if (base == nullptr) return nullptr;
  if (!platform::CommitPages(base, bytes)) {
    platform::ReleasePages(base, bytes + kPageSize);
    return nullptr;
  }
  return reinterpret_cast<abi::Slot*>(base);
}

}  // namespace

ValueStack::ValueStack(uint64_t bytes) {
  bytes = std::min(bytes, uint64_t{1} << 40);
  bytes = std::max(platform::RoundUpToPage(bytes), kPageSize);
  base_ = TakeFree(bytes);
  while (base_ == nullptr) {
    base_ = Map(bytes);
    if (base_ != nullptr) break;
    GANTRY_CHECK(bytes > kPageSize, "no memory for a value stack");
    bytes = platform::RoundUpToPage(bytes / 2);
  }
  bytes_ = bytes;
}

ValueStack::~ValueStack() {
  if (bytes_ <= kMaxFreeBytes) {
    FreeList& free = Free();
    std::lock_guard lock(free.mutex);
    if (free.items.size() < kMaxFree) {
      free.items.push_back({base_, bytes_});
      return;
    }
  }
  platform::ReleasePages(reinterpret_cast<uint8_t*>(base_), bytes_ + kPageSize);
}

}  // namespace gantry::runtime
