#include "runtime/gc/blocks.h"

#include <algorithm>
#include <cstring>
#include <mutex>
#include <vector>

#include "base/check.h"
#include "platform/pages.h"

namespace gantry::gc {

namespace {

constexpr uint64_t kFullCage = uint64_t{4} << 30;
constexpr uint64_t kSmallCages[] = {uint64_t{1} << 30, uint64_t{256} << 20, uint64_t{64} << 20, uint64_t{16} << 20};
constexpr uint32_t kNullGuard = 64 << 10;
constexpr uint64_t kMaxDescriptorBytes = uint64_t{64} << 20;
constexpr uint32_t kMaxKeptDescriptors = 256 << 10;  // bytes
// Blocks made accessible at a time: one system call serves many.
constexpr uint32_t kCommitBlocks = 16;

// How many blocks a cage has. The last one stays unused, so that the end of every object is a 32-bit offset.
uint32_t BlockCount(const Cage& cage) { return static_cast<uint32_t>(cage.size >> kBlockBits) - 1; }

// What is kept of dead heaps is address space and some block tables; a heap that was large gives everything back.
constexpr size_t kMaxFreeCages = 16;
constexpr uint32_t kMaxKeptBlocks = (64 << 20) >> kBlockBits;

struct FreeCages {
  std::mutex mutex;
  std::vector<Cage> items;
};
FreeCages& Free() {
  static FreeCages* cages = new FreeCages;  // never destroyed: stores may die during exit
  return *cages;
}

bool TakeFree(Cage* out) {
  FreeCages& free = Free();
  std::lock_guard lock(free.mutex);
  if (free.items.empty()) return false;
  *out = free.items.back();
  free.items.pop_back();
  return true;
}

}  // namespace

Result<Cage> Cage::Reserve(bool fresh) {
  Cage cage;
  if (!fresh && TakeFree(&cage)) return cage;
  cage.size = kFullCage;
  cage.base = platform::ReservePages(kFullCage, kFullCage);
  for (size_t i = 0; cage.base == nullptr && i < std::size(kSmallCages); ++i) {
    cage.size = kSmallCages[i];
    cage.base = platform::ReservePages(cage.size);
  }
  if (cage.base == nullptr) return std::unexpected(Error(ErrorClass::Host, "not enough address space for the GC heap"));
  cage.descriptors_begin = kNullGuard;
  // A multiple of the block size in every case.
  cage.descriptors_end = static_cast<uint32_t>(std::min(kMaxDescriptorBytes, cage.size / 8));
  cage.descriptors_accessible = cage.descriptors_begin;
  cage.blocks = static_cast<BlockInfo*>(platform::AllocateZeroed(uint64_t{BlockCount(cage)} * sizeof(BlockInfo)));
  if (cage.blocks == nullptr) {
    platform::ReleasePages(cage.base, cage.size);
    return std::unexpected(Error(ErrorClass::Host, "not enough memory for the GC heap"));
  }
  return cage;
}

void Cage::Release() {
  platform::FreeZeroed(blocks, uint64_t{BlockCount(*this)} * sizeof(BlockInfo));
  platform::ReleasePages(base, size);
}

void Cage::Recycle(uint32_t descriptors_used, uint32_t blocks_used) {
  const uint32_t first = descriptors_end >> kBlockBits;
  if (size != kFullCage || blocks_used - first > kMaxKeptBlocks ||
      descriptors_used - descriptors_begin > kMaxKeptDescriptors) {
    Release();
    return;
  }
  std::memset(base + descriptors_begin, 0, descriptors_used - descriptors_begin);
  for (uint32_t block = first; block < blocks_used;) {
    const uint32_t begin = block;
    while (block < blocks_used && blocks[block].is_accessible) {
      blocks_accessible += blocks[block].state != BlockState::Free;
      blocks[block++] = {.state = BlockState::Free, .is_dirty = false, .is_accessible = true, .value = 0};
    }
    platform::ClearPages(base + (uint64_t{begin} << kBlockBits), uint64_t{block - begin} << kBlockBits);
    if (block < blocks_used) ++block;
  }
  FreeCages& free = Free();
  {
    std::lock_guard lock(free.mutex);
    if (free.items.size() < kMaxFreeCages) {
      free.items.push_back(*this);
      return;
    }
  }
  Release();
}

size_t ReleaseFreeCages() {
  std::vector<Cage> items;
  {
    FreeCages& free = Free();
    std::lock_guard lock(free.mutex);
    items.swap(free.items);
  }
  for (Cage& cage : items) cage.Release();
  return items.size();
}

Blocks::Blocks(const Cage& cage, bool fault_freed)
    : base_(cage.base),
      fault_freed_(fault_freed),
      first_(cage.descriptors_end >> kBlockBits),
      end_(BlockCount(cage)),
      next_(first_),
      top_(first_),
      free_count_(end_ - first_),
      accessible_count_(cage.blocks_accessible),
      next_inaccessible_(first_),
      infos_(cage.blocks) {}

bool Blocks::MakeAccessible(uint32_t block, uint32_t count) {
  uint32_t first = block;
  const uint32_t end = block + count;
  while (first < end) {
    if (infos_[first].is_accessible) {
      ++first;
      continue;
    }
    uint32_t last = first + 1;
    const uint32_t wanted = fault_freed_ ? end : std::min(std::max(end, first + kCommitBlocks), end_);
    while (last < wanted && !infos_[last].is_accessible) ++last;
    if (!platform::CommitPages(AddressOf(first), uint64_t{last - first} << kBlockBits)) return false;
    for (uint32_t i = first; i < last; ++i) infos_[i].is_accessible = true;
    accessible_count_ += last - first;  // all of them free
    first = last;
  }
  return true;
}

std::optional<uint32_t> Blocks::Take(BlockState state) {
  if (free_count_ == 0) return std::nullopt;
  uint32_t block = next_;
  while (block < end_ && infos_[block].state != BlockState::Free) ++block;
  if (block == end_) {
    block = first_;
    while (infos_[block].state != BlockState::Free) ++block;
  }
  if (!MakeAccessible(block, 1)) return std::nullopt;
  infos_[block].state = state;
  --free_count_;
  --accessible_count_;
  next_ = block + 1;
  top_ = std::max(top_, next_);
  return block;
}

std::optional<uint32_t> Blocks::TakeRun(uint32_t count) {
  if (count > free_count_) return std::nullopt;
  uint32_t run = 0;
  for (uint32_t block = first_; block < end_; ++block) {
    run = infos_[block].state == BlockState::Free ? run + 1 : 0;
    if (run < count) continue;
    const uint32_t start = block + 1 - count;
    if (!MakeAccessible(start, count)) return std::nullopt;
    for (uint32_t i = start; i <= block; ++i) {
      if (infos_[i].is_dirty) std::memset(AddressOf(i), 0, kBlockSize);
      infos_[i].state = i == start ? BlockState::LargeFirst : BlockState::LargeRest;
    }
    free_count_ -= count;
    accessible_count_ -= count;
    top_ = std::max(top_, block + 1);
    return start;
  }
  return std::nullopt;
}

void Blocks::Free(uint32_t block, uint32_t count) {
  bool is_dirty = true;
  if (fault_freed_) {
    GANTRY_CHECK(platform::GuardPages(AddressOf(block), uint64_t{count} << kBlockBits));
    is_dirty = false;
  }
  for (uint32_t i = block; i < block + count; ++i) {
    infos_[i].state = BlockState::Free;
    infos_[i].is_dirty = is_dirty;
    if (fault_freed_) infos_[i].is_accessible = false;
  }
  free_count_ += count;
  if (!fault_freed_) accessible_count_ += count;
  // Low blocks first keeps the heap dense; late reuse finds stale references.
  if (!fault_freed_) next_ = std::min(next_, block);
}

bool Blocks::KeepAccessible(uint64_t count) {
  if (fault_freed_) return true;  // for tests; a block at a time
  while (accessible_count_ < count) {
    while (next_inaccessible_ < end_ && infos_[next_inaccessible_].is_accessible) ++next_inaccessible_;
    if (next_inaccessible_ == end_ || !MakeAccessible(next_inaccessible_, 1)) return false;
  }
  return true;
}

void Blocks::Trim(uint64_t keep) {
  if (fault_freed_) return;  // free blocks have no contents
  for (uint32_t block = first_; block < top_; ++block) {
    if (infos_[block].state != BlockState::Free || !infos_[block].is_dirty) continue;
    if (keep > 0) {
      --keep;
      continue;
    }
    uint32_t end = block;
    while (end < top_ && infos_[end].state == BlockState::Free && infos_[end].is_dirty) infos_[end++].is_dirty = false;
    platform::DropPages(AddressOf(block), uint64_t{end - block} << kBlockBits);
    block = end - 1;
  }
}

}  // namespace gantry::gc
