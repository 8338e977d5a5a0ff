// [GANTRYDOC] The garbage-collected heap
//
// Heap: a store's garbage-collected objects, in a 4 GiB cage reserved on first use (abi/gc_layout.h has the layout).
//
//   [0, 64K)      no access: null and small offsets fault
//   [64K, D)      type descriptors, immutable (descriptors.h)
//   [D, end)      blocks of 128 KiB (blocks.h): each free, full of small objects, or part of one large object
//
// The collector copies (Cheney): live small objects go to fresh blocks and all old blocks become free, so dead objects
// cost nothing and memory stays compact. Objects above 32 KiB have blocks of their own and are marked instead. The heap
// may grow in proportion to what was alive after the last collection.
//
// Every allocation may collect, and a collection moves objects: a caller must keep every reference that it needs
// afterwards in a root (a scanned frame slot, a global, a table, a HandleScope entry or a persistent root). One thread
// at a time. Tested by heap_test.cc.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "abi/gc_layout.h"
#include "base/error.h"
#include "runtime/gc/blocks.h"
#include "runtime/gc/descriptors.h"
#include "runtime/gc/ref.h"

namespace gantry::gc {

// Called with the address of each root; the collector may rewrite it. Slots (8 bytes) and 4-byte cells.
class RootVisitor {
 public:
  virtual void VisitSlot(uint64_t* slot) = 0;
  virtual void VisitRef(Ref* ref) = 0;

 protected:
  ~RootVisitor() = default;
};

struct HeapConfig {
  uint64_t max_bytes = uint64_t{4} << 30;  // limit of object bytes, at most what the cage holds
  bool collect_at_every_allocation =
      false;  // stress: every allocation collects, every movable object moves; old places fault
};

// Bytes that may be allocated before the first collection, and at least between two.
inline constexpr uint64_t kMinGcBudget = uint64_t{4} << 20;

enum class AllocFailure : uint8_t { TooLarge, OutOfMemory };

class Heap {
 public:
  // Reserves the cage; a smaller one where address space is short. Error (Host) if there is none.
  static Result<std::unique_ptr<Heap>> Create(const HeapConfig& config);
  ~Heap();
  Heap(const Heap&) = delete;
  Heap& operator=(const Heap&) = delete;

  // The store's roots: called at the start of a collection. Must not allocate.
  void SetRootScanner(std::function<void(RootVisitor&)> scanner) { scan_roots_ = std::move(scanner); }

  uint8_t* base() const { return base_; }
  abi::AllocWindow* window() { return &window_; }
  template <class T>
  T* At(Ref ref) const {
    return reinterpret_cast<T*>(base_ + ref);
  }
  const abi::TypeDescriptor& DescriptorOf(Ref object) const {
    return *At<const abi::TypeDescriptor>(*At<const uint32_t>(object));
  }

  // Cage offset of the descriptor of a canonical struct or array type, or of the exception objects with this payload
  // (function) type. Made on first use, with those of its supertypes; lives as long as the heap.
  Result<uint32_t> DescriptorFor(wasm::CanonId type) { return descriptors_.For(type); }

  // New objects, fields zero. 0: `*failure` says why. `descriptor` from DescriptorFor.
  Ref AllocStruct(uint32_t descriptor, AllocFailure* failure);  // also Exn objects
  Ref AllocArray(uint32_t descriptor, uint32_t length, AllocFailure* failure);
  Ref AllocExtern(uint64_t host_value, AllocFailure* failure);

  // The fast path of AllocStruct: 0 when there is no room at hand. `size` is the descriptor's. Never collects.
  Ref TryAllocStruct(uint32_t descriptor, uint32_t size) {
    const Ref object = window_.top;
    if (size > window_.limit - object) return 0;
    window_.top = object + size;
    *At<uint32_t>(object) = descriptor;
    return object;
  }

  uint32_t ArrayLength(Ref array) const { return *At<uint32_t>(array + abi::kArrayLengthOffset); }
  uint64_t ExternValue(Ref box) const { return *At<uint64_t>(box + abi::kExternValueOffset); }

  // Does a non-null reference belong to this (canonical) heap type? i31, boxes of externs in the any hierarchy,
  // structs, arrays, exn.
  bool RefIs(Ref ref, wasm::HeapType type);

  // Persistent roots for the embedder (and for host code between allocations).
  uint32_t AddRoot(Ref ref);  // returns a root number, reused after RemoveRoot
  Ref RootValue(uint32_t root) const { return roots_[root]; }
  void RemoveRoot(uint32_t root);

  void Collect();
  uint64_t bytes_used() const;  // object bytes after the last collection plus those allocated since
  uint64_t collections() const { return collections_; }

  // Called for each extern box that did not survive a collection, and for the others when the heap dies, with its host
  // value (frees host handles). Must not allocate here.
  void SetExternFinalizer(std::function<void(uint64_t)> finalizer) { finalize_extern_ = std::move(finalizer); }

 private:
  friend class HandleScope;
  friend class Collector;
  Heap(const HeapConfig& config, const Cage& cage);
  // A new object of `size` bytes, all zero, without its header; 0 with *failure.
  Ref Allocate(uint64_t size, AllocFailure* failure);
  Ref AllocateSlowly(uint64_t size, AllocFailure* failure);
  Ref AllocateLarge(uint64_t size);
  bool HasRoomFor(uint64_t size);
  bool Refill(uint64_t size);
  void StartAllocatingIn(uint32_t block, uint32_t from);

  uint8_t* base_;
  // [H1] Bytes in [window_.top, window_.limit) are zero.
  abi::AllocWindow window_;
  Ref block_end_ = 0;            // the rest of the current block lies in [window_.limit, block_end_)
  bool block_is_dirty_ = false;  // and is it zero?
  Ref counted_ = 0;              // objects below are in `allocated_`

  HeapConfig config_;
  Cage cage_;
  Blocks blocks_;
  Descriptors descriptors_;
  uint32_t extern_descriptor_ = 0;
  std::function<void(RootVisitor&)> scan_roots_;
  std::function<void(uint64_t)> finalize_extern_;
  std::vector<uint32_t> small_blocks_;
  std::vector<LargeObject> large_objects_;
  std::vector<Ref> externs_;  // every extern box
  std::vector<Ref> roots_;
  std::vector<uint32_t> free_roots_;
  std::vector<Ref> handles_;  // of HandleScopes
  uint64_t collections_ = 0;
  uint64_t live_ = 0;       // object bytes after the last collection
  uint64_t allocated_ = 0;  // since then, up to counted_
  uint64_t budget_;         // what may be allocated until the next
};

// Roots for host code between allocations: references added live until the scope ends. Scopes nest.
class HandleScope {
 public:
  explicit HandleScope(Heap& heap) : heap_(heap), first_(heap.handles_.size()) {}
  ~HandleScope() { heap_.handles_.resize(first_); }
  HandleScope(const HandleScope&) = delete;
  HandleScope& operator=(const HandleScope&) = delete;

  size_t Add(Ref ref) {
    heap_.handles_.push_back(ref);
    return heap_.handles_.size() - 1 - first_;
  }
  Ref operator[](size_t handle) const { return heap_.handles_[first_ + handle]; }

 private:
  Heap& heap_;
  size_t first_;
};

}  // namespace gantry::gc
