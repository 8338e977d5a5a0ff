// Cage and Blocks: the address space of a heap, and which 128 KiB blocks of it are in use. Small objects share blocks;
// an object above kMaxSmallObject has a run of blocks of its own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/error.h"
#include "runtime/gc/ref.h"

namespace gantry::gc {

inline constexpr uint32_t kBlockBits = 17;
inline constexpr uint32_t kBlockSize = 1u << kBlockBits;
// A block is abandoned only when the next object does not fit: at least three quarters of it are used.
inline constexpr uint32_t kMaxSmallObject = kBlockSize / 4;

// One block's part of the table that belongs to a cage; all zero: free, clean, without access.
struct BlockInfo;

// One reservation. `size` is 4 GiB, aligned to 4 GiB, or less where address space is short. A few are kept for the next
// heap: their pages are zero again, but stay accessible.
struct Cage {
  uint8_t* base = nullptr;
  uint64_t size = 0;
  uint32_t descriptors_begin = 0, descriptors_end = 0;  // the blocks follow
  uint32_t descriptors_accessible = 0;                  // up to here
  BlockInfo* blocks = nullptr;                          // by block; zero pages until touched
  uint32_t blocks_accessible = 0;                       // how many are, all of them free

  // `fresh`: not one that was used before.
  static Result<Cage> Reserve(bool fresh);
  void Release();
  // Keeps the cage for another heap, or releases it. What is before `descriptors_used` and in blocks before
  // `blocks_used` was used.
  void Recycle(uint32_t descriptors_used, uint32_t blocks_used);
};

// Releases the cages that are kept. Returns how many.
size_t ReleaseFreeCages();

enum class BlockState : uint8_t {
  Free,
  Small,       // small objects
  From,        // small objects, being evacuated
  LargeFirst,  // start of a large object
  LargeRest,
};

// A large object; `index` in Heap::large_objects_ stands in its first block.
struct LargeObject {
  uint32_t block;
  uint32_t blocks;
  uint64_t size;
  bool is_marked;
};

struct BlockInfo {
  BlockState state;
  bool is_dirty;
  bool is_accessible;
  uint32_t value;
};

class Blocks {
 public:
  // `fault_freed`: freed blocks lose access, and are reused as late as possible.
  Blocks(const Cage& cage, bool fault_freed);
  Blocks(const Blocks&) = delete;
  Blocks& operator=(const Blocks&) = delete;

  uint32_t free_count() const { return free_count_; }
  // Blocks from here on were never used.
  uint32_t top() const { return top_; }
  uint32_t accessible_count() const { return accessible_count_; }
  BlockState state(uint32_t block) const { return infos_[block].state; }
  BlockState StateOf(Ref object) const { return infos_[object >> kBlockBits].state; }
  void SetState(uint32_t block, BlockState state) { infos_[block].state = state; }
  // May an unused part of the block be other than zero?
  bool is_dirty(uint32_t block) const { return infos_[block].is_dirty; }
  // Free to use: index of a large object.
  uint32_t& value(uint32_t block) { return infos_[block].value; }
  uint32_t ValueOf(Ref object) const { return infos_[object >> kBlockBits].value; }

  // A free block, accessible, in its new state. Nullopt if there is none or the host refuses.
  std::optional<uint32_t> Take(BlockState state);
  // A run of `count` free blocks for a large object; zero.
  std::optional<uint32_t> TakeRun(uint32_t count);
  void Free(uint32_t block, uint32_t count);
  // Makes at least `count` free blocks accessible, so that taking them one by one cannot fail. False if the host
  // refuses.
  bool KeepAccessible(uint64_t count);
  // After a collection: keeps about `keep` free blocks as they are and gives the contents of the others back to the
  // host.
  void Trim(uint64_t keep);

 private:
  uint8_t* AddressOf(uint32_t block) const { return base_ + (uint64_t{block} << kBlockBits); }
  bool MakeAccessible(uint32_t block, uint32_t count);

  uint8_t* base_;
  bool fault_freed_;
  uint32_t first_, end_;  // blocks in [first_, end_) are ours
  uint32_t next_;         // where to look for a free block
  uint32_t top_;          // blocks from here on were never used
  uint32_t free_count_;
  uint32_t accessible_count_ = 0;  // free and accessible
  uint32_t next_inaccessible_;     // all blocks below are accessible (not with fault_freed_)
  BlockInfo* infos_;               // the cage's
};

}  // namespace gantry::gc
