// Heap::Collect: a copying collection (Cheney's algorithm) of the small objects, marking of the large ones.
//
// Roots are forwarded first; then the copies are scanned in the order they were made, block by block, and large objects
// from a worklist. Nothing recurses. A forwarded object's header holds its new place with the low bit set; descriptors
// are even.
#include <algorithm>
#include <cstring>
#include <utility>

#include "base/check.h"
#include "runtime/gc/heap.h"

namespace gantry::gc {

using abi::ObjectKind;
using abi::TypeDescriptor;

class Collector final : public RootVisitor {
 public:
  explicit Collector(Heap& heap) : heap_(heap), base_(heap.base_), from_(std::move(heap.small_blocks_)) {
    heap_.small_blocks_.clear();
    for (uint32_t block : from_) heap_.blocks_.SetState(block, BlockState::From);
  }

  void Run() {
    if (heap_.scan_roots_) heap_.scan_roots_(*this);
    for (Ref& root : heap_.roots_) VisitRef(&root);
    for (Ref& handle : heap_.handles_) VisitRef(&handle);
    ScanAll();
    SortExterns();
    SweepLarge();
    for (size_t i = 0; i < from_.size();) {
      // Neighbours go together.
      size_t end = i + 1;
      while (end < from_.size() && from_[end] == from_[end - 1] + 1) ++end;
      heap_.blocks_.Free(from_[i], static_cast<uint32_t>(end - i));
      i = end;
    }
    Finish();
    for (uint64_t value : dead_externs_) heap_.finalize_extern_(value);
  }

  void VisitSlot(uint64_t* slot) override { *slot = Forward(static_cast<Ref>(*slot)); }
  void VisitRef(Ref* ref) override { *ref = Forward(*ref); }

 private:
  template <class T>
  T* At(uint64_t offset) const {
    return reinterpret_cast<T*>(base_ + offset);
  }

  Ref Forward(Ref ref) {
    if (!IsObject(ref)) return ref;
    switch (heap_.blocks_.StateOf(ref)) {
      case BlockState::From:
        return Copy(ref);
      case BlockState::LargeFirst:
        Mark(ref);
        return ref;
      default:
        return ref;  // already copied
    }
  }

  Ref Copy(Ref ref) {
    const uint32_t header = *At<uint32_t>(ref);
    if ((header & 1) != 0) return header & ~1u;
    const uint32_t size = SizeOf(ref, *At<TypeDescriptor>(header));
    if (size > to_end_ - to_top_) NewToBlock();
    const Ref copy = to_top_;
    to_top_ += size;
    live_ += size;
    std::memcpy(At<uint8_t>(copy), At<uint8_t>(ref), size);
    *At<uint32_t>(ref) = copy | 1;
    return copy;
  }

  // Small objects only.
  uint32_t SizeOf(Ref ref, const TypeDescriptor& descriptor) const {
    if (descriptor.kind != ObjectKind::Array) return descriptor.size;
    return (abi::kArrayDataOffset + *At<uint32_t>(ref + abi::kArrayLengthOffset) * descriptor.size + 7) & ~7u;
  }

  void NewToBlock() {
    CloseToBlock();
    const std::optional<uint32_t> block = heap_.blocks_.Take(BlockState::Small);
    GANTRY_CHECK(block.has_value(), "the heap kept enough free blocks to evacuate the others");
    heap_.small_blocks_.push_back(*block);
    to_top_ = *block << kBlockBits;
    to_end_ = to_top_ + kBlockSize;
  }

  // The end of its objects is remembered for the scan.
  void CloseToBlock() {
    if (to_end_ != 0) heap_.blocks_.value(heap_.small_blocks_.back()) = to_top_;
  }

  void Mark(Ref ref) {
    LargeObject& object = heap_.large_objects_[heap_.blocks_.ValueOf(ref)];
    if (object.is_marked) return;
    object.is_marked = true;
    live_ += object.size;
    gray_large_.push_back(ref);
  }

  void ScanAll() {
    size_t block = 0;  // position in small_blocks_
    Ref scan = 0;
    for (;;) {
      if (!gray_large_.empty()) {
        const Ref ref = gray_large_.back();
        gray_large_.pop_back();
        ScanObject(ref);
        continue;
      }
      if (block == heap_.small_blocks_.size()) return;
      if (scan == 0) scan = heap_.small_blocks_[block] << kBlockBits;
      const bool is_last = block + 1 == heap_.small_blocks_.size();
      const Ref end = is_last ? to_top_ : heap_.blocks_.value(heap_.small_blocks_[block]);
      if (scan < end) {
        scan += ScanObject(scan);
        continue;
      }
      if (is_last) return;
      ++block;
      scan = 0;
    }
  }

  // Forwards the references in an object; returns its size if it is small.
  uint32_t ScanObject(Ref ref) {
    const TypeDescriptor& descriptor = *At<TypeDescriptor>(*At<uint32_t>(ref));
    if (descriptor.kind == ObjectKind::Array) {
      if (descriptor.refs_count != 0) {
        Ref* elements = At<Ref>(ref + abi::kArrayDataOffset);
        const uint32_t length = *At<uint32_t>(ref + abi::kArrayLengthOffset);
        for (uint32_t i = 0; i < length; ++i) elements[i] = Forward(elements[i]);
      }
    } else {
      const uint32_t* offsets = At<uint32_t>(descriptor.refs);
      for (uint32_t i = 0; i < descriptor.refs_count; ++i) {
        Ref* field = At<Ref>(uint64_t{ref} + offsets[i]);
        *field = Forward(*field);
      }
    }
    return SizeOf(ref, descriptor);
  }

  // Follows the live extern boxes, collects the values of dead ones.
  void SortExterns() {
    size_t kept = 0;
    for (Ref box : heap_.externs_) {
      const uint32_t header = *At<uint32_t>(box);
      if ((header & 1) != 0) {
        heap_.externs_[kept++] = header & ~1u;
      } else if (heap_.finalize_extern_) {
        dead_externs_.push_back(*At<uint64_t>(box + abi::kExternValueOffset));
      }
    }
    heap_.externs_.resize(kept);
  }

  void SweepLarge() {
    size_t kept = 0;
    for (LargeObject& object : heap_.large_objects_) {
      if (!object.is_marked) {
        heap_.blocks_.Free(object.block, object.blocks);
        continue;
      }
      object.is_marked = false;
      heap_.blocks_.value(object.block) = static_cast<uint32_t>(kept);
      heap_.large_objects_[kept++] = object;
    }
    heap_.large_objects_.resize(kept);
  }

  // Allocation goes on behind the last copy.
  void Finish() {
    heap_.live_ = live_;
    heap_.allocated_ = 0;
    heap_.budget_ = std::max(kMinGcBudget, live_ + live_ / 2);
    if (to_end_ != 0) {
      const uint32_t block = heap_.small_blocks_.back();
      heap_.StartAllocatingIn(block, to_top_ - (block << kBlockBits));
    } else {
      heap_.window_.top = heap_.window_.limit = heap_.block_end_ = heap_.counted_ = 0;
    }
    // What the next round of allocation and its copies will use.
    heap_.blocks_.Trim((heap_.budget_ + live_) / kBlockSize + 4);
    ++heap_.collections_;
  }

  Heap& heap_;
  uint8_t* base_;
  std::vector<uint32_t> from_;
  std::vector<Ref> gray_large_;
  std::vector<uint64_t> dead_externs_;
  Ref to_top_ = 0;
  Ref to_end_ = 0;  // 0: no block yet
  uint64_t live_ = 0;
};

void Heap::Collect() { Collector(*this).Run(); }

}  // namespace gantry::gc
