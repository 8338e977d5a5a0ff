#include "runtime/gc/heap.h"

#include <algorithm>
#include <cstring>

#include "base/check.h"

namespace gantry::gc {

using abi::ObjectKind;
using wasm::HeapKind;

namespace {

// Zeroed at a time, ahead of allocation, so that it happens in the cache.
constexpr uint32_t kChunkBytes = 16 << 10;
constexpr uint64_t kMaxObjectBytes = uint64_t{1} << 31;

uint64_t RoundUp(uint64_t size) { return (size + 7) & ~uint64_t{7}; }

}  // namespace

Result<std::unique_ptr<Heap>> Heap::Create(const HeapConfig& config) {
  GANTRY_ASSIGN_OR_RETURN(const Cage cage, Cage::Reserve(/*fresh=*/config.collect_at_every_allocation));
  std::unique_ptr<Heap> heap(new Heap(config, cage));
  GANTRY_ASSIGN_OR_RETURN(heap->extern_descriptor_, heap->descriptors_.NewExtern());
  return heap;
}

Heap::Heap(const HeapConfig& config, const Cage& cage)
    : base_(cage.base),
      config_(config),
      cage_(cage),
      blocks_(cage, config.collect_at_every_allocation),
      descriptors_(cage),
      budget_(kMinGcBudget) {}

Heap::~Heap() {
  if (finalize_extern_) {
    for (Ref box : externs_) finalize_extern_(ExternValue(box));
  }
  // In the stress mode blocks have lost access.
  if (config_.collect_at_every_allocation) {
    cage_.Release();
    return;
  }
  cage_.descriptors_accessible = descriptors_.accessible();
  cage_.blocks_accessible = blocks_.accessible_count();
  cage_.Recycle(descriptors_.top(), blocks_.top());
}

uint64_t Heap::bytes_used() const { return live_ + allocated_ + (window_.top - counted_); }

// May `size` bytes be added? The collector may need a third more blocks than the small objects have now, since it packs
// them in another order; they are made accessible ahead, so that a collection cannot fail.
bool Heap::HasRoomFor(uint64_t size) {
  if (size > config_.max_bytes || bytes_used() > config_.max_bytes - size) return false;
  const bool is_large = size > kMaxSmallObject;
  const uint64_t blocks = is_large ? (size + kBlockSize - 1) >> kBlockBits : 1;
  const uint64_t evacuated = small_blocks_.size() + (is_large ? 0 : 1);
  const uint64_t reserve = evacuated * 4 / 3 + 2;
  return blocks + reserve <= blocks_.free_count() && blocks_.KeepAccessible(reserve + (is_large ? 0 : 1));
}

void Heap::StartAllocatingIn(uint32_t block, uint32_t from) {
  const Ref start = block << kBlockBits;
  window_.top = window_.limit = counted_ = start + from;
  block_end_ = start + kBlockSize;
  block_is_dirty_ = blocks_.is_dirty(block);
}

// Makes room for `size` bytes at window_.top without collecting [H1].
bool Heap::Refill(uint64_t size) {
  if (size > block_end_ - window_.top) {
    const std::optional<uint32_t> block = blocks_.Take(BlockState::Small);
    if (!block) return false;
    allocated_ += window_.top - counted_;
    small_blocks_.push_back(*block);
    StartAllocatingIn(*block, 0);
  }
  const uint64_t short_of = size - (window_.limit - window_.top);  // not 0: else nobody would ask
  uint64_t more = block_end_ - window_.limit;
  // In the stress mode every allocation comes here.
  if (config_.collect_at_every_allocation) {
    more = short_of;
  } else if (block_is_dirty_) {
    more = std::min<uint64_t>(std::max<uint64_t>(short_of, kChunkBytes), more);
  }
  // Room that is handed out here is not checked against the limit again.
  const uint64_t used = bytes_used();
  if (used + more > config_.max_bytes) more = std::max(short_of, config_.max_bytes - std::min(used, config_.max_bytes));
  if (block_is_dirty_) std::memset(base_ + window_.limit, 0, more);
  window_.limit += static_cast<uint32_t>(more);
  return true;
}

Ref Heap::AllocateLarge(uint64_t size) {
  const auto blocks = static_cast<uint32_t>((size + kBlockSize - 1) >> kBlockBits);
  const std::optional<uint32_t> first = blocks_.TakeRun(blocks);
  if (!first) return 0;
  blocks_.value(*first) = static_cast<uint32_t>(large_objects_.size());
  large_objects_.push_back({*first, blocks, size, false});
  allocated_ += size;
  return *first << kBlockBits;
}

Ref Heap::AllocateSlowly(uint64_t size, AllocFailure* failure) {
  const uint64_t since = bytes_used() - live_;
  bool has_collected = false;
  if (config_.collect_at_every_allocation || since + size > budget_) {
    Collect();
    has_collected = true;
  }
  for (;;) {
    Ref object = 0;
    if (HasRoomFor(size)) {
      if (size > kMaxSmallObject) {
        object = AllocateLarge(size);
      } else if (Refill(size)) {
        object = window_.top;
        window_.top += static_cast<uint32_t>(size);
      }
    }
    if (object != 0) return object;
    if (has_collected) break;
    Collect();
    has_collected = true;
  }
  *failure = AllocFailure::OutOfMemory;
  return 0;
}

Ref Heap::Allocate(uint64_t size, AllocFailure* failure) {
  if (size <= window_.limit - window_.top) {
    const Ref object = window_.top;
    window_.top += static_cast<uint32_t>(size);
    return object;
  }
  return AllocateSlowly(size, failure);
}

Ref Heap::AllocStruct(uint32_t descriptor, AllocFailure* failure) {
  const Ref object = Allocate(At<abi::TypeDescriptor>(descriptor)->size, failure);
  if (object != 0) *At<uint32_t>(object) = descriptor;
  return object;
}

Ref Heap::AllocArray(uint32_t descriptor, uint32_t length, AllocFailure* failure) {
  const uint64_t size = RoundUp(abi::kArrayDataOffset + uint64_t{length} * At<abi::TypeDescriptor>(descriptor)->size);
  if (size > kMaxObjectBytes) {
    *failure = AllocFailure::TooLarge;
    return 0;
  }
  const Ref array = Allocate(size, failure);
  if (array == 0) return 0;
  *At<uint32_t>(array) = descriptor;
  *At<uint32_t>(array + abi::kArrayLengthOffset) = length;
  return array;
}

Ref Heap::AllocExtern(uint64_t host_value, AllocFailure* failure) {
  const Ref box = AllocStruct(extern_descriptor_, failure);
  if (box == 0) return 0;
  *At<uint64_t>(box + abi::kExternValueOffset) = host_value;
  externs_.push_back(box);
  return box;
}

bool Heap::RefIs(Ref ref, wasm::HeapType type) {
  if (type.is_concrete()) {
    if (IsI31(ref)) return false;
    const abi::TypeDescriptor& descriptor = DescriptorOf(ref);
    if (descriptor.kind != ObjectKind::Struct && descriptor.kind != ObjectKind::Array) return false;
    return wasm::TypeRegistry::Get().IsSubtype(descriptor.type, type.index());
  }
  switch (type.kind()) {
    case HeapKind::Any:
    case HeapKind::Extern:
      return true;
    case HeapKind::I31:
      return IsI31(ref);
    case HeapKind::Exn:
      return true;  // the hierarchy has nothing else
    case HeapKind::Eq:
      if (IsI31(ref)) return true;
      return DescriptorOf(ref).kind == ObjectKind::Struct || DescriptorOf(ref).kind == ObjectKind::Array;
    case HeapKind::Struct:
      return !IsI31(ref) && DescriptorOf(ref).kind == ObjectKind::Struct;
    case HeapKind::Array:
      return !IsI31(ref) && DescriptorOf(ref).kind == ObjectKind::Array;
    case HeapKind::Func:
    case HeapKind::NoFunc:
    case HeapKind::NoExtern:
    case HeapKind::None:
    case HeapKind::NoExn:
    case HeapKind::Bot:
      return false;
  }
  return false;
}

uint32_t Heap::AddRoot(Ref ref) {
  if (free_roots_.empty()) {
    roots_.push_back(ref);
    return static_cast<uint32_t>(roots_.size() - 1);
  }
  const uint32_t root = free_roots_.back();
  free_roots_.pop_back();
  roots_[root] = ref;
  return root;
}

void Heap::RemoveRoot(uint32_t root) {
  roots_[root] = 0;
  free_roots_.push_back(root);
}

}  // namespace gantry::gc
