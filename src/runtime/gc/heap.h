// Heap: a store's garbage-collected objects, in a 4 GiB cage reserved on first use (abi/gc_layout.h has the layout).
//
// Every allocation may collect, and a collection moves objects: a caller must keep every reference that it needs afterwards in
// a root (a scanned frame slot, a global, a table, a HandleScope entry or a persistent root). One thread at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "abi/gc_layout.h"
#include "base/error.h"

namespace gantry::gc {

using Ref = uint32_t;  // 0 null, odd i31, else cage offset

inline bool IsI31(Ref ref) { return (ref & 1) != 0; }
inline bool IsObject(Ref ref) { return ref != 0 && !IsI31(ref); }
inline Ref MakeI31(uint32_t value) { return value << 1 | 1; }

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
  bool collect_at_every_allocation = false;  // stress: every allocation collects, every movable object moves
};

enum class AllocFailure : uint8_t { TooLarge, OutOfMemory };

class Heap {
 public:
  // Reserves the cage. Error (Host) if the address space cannot be had.
  static Result<std::unique_ptr<Heap>> Create(const HeapConfig& config);
  ~Heap();
  Heap(const Heap&) = delete;
  Heap& operator=(const Heap&) = delete;

  // The store's roots: called at the start of a collection.
  void SetRootScanner(std::function<void(RootVisitor&)> scanner) { scan_roots_ = std::move(scanner); }

  uint8_t* base() const { return base_; }
  template <class T>
  T* At(Ref ref) const { return reinterpret_cast<T*>(base_ + ref); }
  const abi::TypeDescriptor& DescriptorOf(Ref object) const {
    return *At<const abi::TypeDescriptor>(*At<const uint32_t>(object));
  }

  // Cage offset of the descriptor of a canonical struct or array type, or of the exception objects with this payload (function) type.
  // Made on first use, with those of its supertypes; lives as long as the heap.
  Result<uint32_t> DescriptorFor(wasm::CanonId type);

  // New objects, fields zero. 0: `*failure` says why. `descriptor` from DescriptorFor.
  Ref AllocStruct(uint32_t descriptor, AllocFailure* failure);   // also Exn objects
  Ref AllocArray(uint32_t descriptor, uint32_t length, AllocFailure* failure);
  Ref AllocExtern(uint64_t host_value, AllocFailure* failure);

  uint32_t ArrayLength(Ref array) const { return *At<uint32_t>(array + abi::kArrayLengthOffset); }
  uint64_t ExternValue(Ref box) const { return *At<uint64_t>(box + abi::kExternValueOffset); }

  // Does a non-null reference belong to this (canonical) heap type? i31, boxes of externs in the any hierarchy, structs, arrays, exn.
  bool RefIs(Ref ref, wasm::HeapType type);

  // Persistent roots for the embedder (and for host code between allocations).
  uint32_t AddRoot(Ref ref);            // returns a root number, reused after RemoveRoot
  Ref RootValue(uint32_t root) const;
  void RemoveRoot(uint32_t root);

  void Collect();
  uint64_t bytes_used() const;          // object bytes after the last collection plus those allocated since
  uint64_t collections() const { return collections_; }

  // Called for each extern box that did not survive a collection, with its host value (frees host handles).
  void SetExternFinalizer(std::function<void(uint64_t)> finalizer) { finalize_extern_ = std::move(finalizer); }

 private:
  explicit Heap(const HeapConfig& config);
  struct Space;
  uint8_t* base_ = nullptr;
  HeapConfig config_;
  std::function<void(RootVisitor&)> scan_roots_;
  std::function<void(uint64_t)> finalize_extern_;
  uint64_t collections_ = 0;
  std::unique_ptr<Space> space_;
};

}  // namespace gantry::gc
