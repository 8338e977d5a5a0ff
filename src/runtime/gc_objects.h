// Instructions on references and arrays that every tier does the same way, out of line.
#pragma once

#include <optional>

#include "abi/context.h"
#include "abi/traps.h"
#include "runtime/gc/heap.h"

namespace gantry::runtime {

// Does a reference, GC or function, belong to a heap type (module type indices)?
bool RefTest(const abi::InstanceContext& context, abi::Slot value, bool nullable, wasm::HeapType type);

// Why [from, from + count) of an array, which may be null, cannot be touched; nullopt if it can.
std::optional<abi::TrapCode> CheckArrayRange(const gc::Heap& heap, gc::Ref array, uint32_t from, uint32_t count);

// Writes `count` elements of `size` bytes each: the low bytes of `value` (v128: two slots).
void FillElements(uint8_t* to, uint32_t size, const abi::Slot* value, uint32_t count);

inline uint8_t* ElementAt(const gc::Heap& heap, gc::Ref array, uint32_t index, uint32_t size) {
  return heap.At<uint8_t>(array) + abi::kArrayDataOffset + uint64_t{index} * size;
}

}  // namespace gantry::runtime
