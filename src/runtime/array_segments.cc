// Slow paths of GC array instructions that read segments (spec 4.4.5): array.new_data, array.new_elem, array.init_data,
// array.init_elem.
#include <cstring>

#include "abi/gc_layout.h"
#include "runtime/gc/access.h"
#include "runtime/gc_objects.h"
#include "runtime/instance.h"

namespace gantry::runtime {

using abi::Slot;
using abi::Status;
using abi::TrapCode;

namespace {

bool InRange(uint64_t start, uint64_t count, uint64_t size) { return count <= size && start <= size - count; }

wasm::ValType ElementOf(const abi::InstanceContext& context, uint32_t type) {
  return wasm::TypeRegistry::Get()[context.canon[type]].fields[0].storage;
}

}  // namespace

Status Instance::ArrayNewData(uint32_t type, uint32_t data, uint32_t from, uint32_t count, gc::Ref* out) {
  const uint32_t size = abi::StorageSize(ElementOf(*context_, type));
  const std::span<const uint8_t> bytes = DataBytes(data);
  if (!InRange(from, uint64_t{count} * size, bytes.size())) return store_->Trap(TrapCode::MemoryOutOfBounds);
  gc::Heap& heap = *store_->heap();
  gc::AllocFailure failure;
  *out = heap.AllocArray(context_->descriptors[type], count, &failure);
  if (*out == 0) return store_->TrapAllocation(failure);
  if (count != 0) std::memcpy(ElementAt(heap, *out, 0, size), bytes.data() + from, uint64_t{count} * size);
  return Status::Ok;
}

Status Instance::ArrayNewElem(uint32_t type, uint32_t elem, uint32_t from, uint32_t count, gc::Ref* out) {
  if (!InRange(from, count, ElemSlots(elem).size())) return store_->Trap(TrapCode::TableOutOfBounds);
  gc::AllocFailure failure;
  *out = store_->heap()->AllocArray(context_->descriptors[type], count, &failure);
  if (*out == 0) return store_->TrapAllocation(failure);
  return ArrayInitElem(type, *out, 0, elem, from, count);
}

Status Instance::ArrayInitData(uint32_t type, gc::Ref array, uint32_t to, uint32_t data, uint32_t from,
                               uint32_t count) {
  gc::Heap& heap = *store_->heap();
  const uint32_t size = abi::StorageSize(ElementOf(*context_, type));
  const std::span<const uint8_t> bytes = DataBytes(data);
  if (!InRange(to, count, heap.ArrayLength(array))) return store_->Trap(TrapCode::ArrayOutOfBounds);
  if (!InRange(from, uint64_t{count} * size, bytes.size())) return store_->Trap(TrapCode::MemoryOutOfBounds);
  if (count != 0) std::memcpy(ElementAt(heap, array, to, size), bytes.data() + from, uint64_t{count} * size);
  return Status::Ok;
}

Status Instance::ArrayInitElem(uint32_t type, gc::Ref array, uint32_t to, uint32_t elem, uint32_t from,
                               uint32_t count) {
  gc::Heap& heap = *store_->heap();
  const wasm::ValType storage = ElementOf(*context_, type);
  const uint32_t size = abi::StorageSize(storage);
  const std::span<const Slot> values = ElemSlots(elem);
  if (!InRange(to, count, heap.ArrayLength(array))) return store_->Trap(TrapCode::ArrayOutOfBounds);
  if (!InRange(from, count, values.size())) return store_->Trap(TrapCode::TableOutOfBounds);
  for (uint32_t i = 0; i < count; ++i)
    gc::WriteStorage(ElementAt(heap, array, to + i, size), storage, &values[from + i]);
  return Status::Ok;
}

}  // namespace gantry::runtime
