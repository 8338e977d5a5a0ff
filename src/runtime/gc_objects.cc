#include "runtime/gc_objects.h"

#include <cstring>

#include "runtime/instance.h"

namespace gantry::runtime {

using abi::Slot;
using abi::TrapCode;
using wasm::HeapKind;

namespace {

bool IsAbstract(const abi::InstanceContext& context, Slot value, wasm::HeapType type) {
  switch (type.kind()) {
    case HeapKind::Func:
    case HeapKind::Any:
    case HeapKind::Extern:
    case HeapKind::Exn:
      return true;
    case HeapKind::NoFunc:
    case HeapKind::None:
    case HeapKind::NoExtern:
    case HeapKind::NoExn:
      return false;
    case HeapKind::I31:
      return gc::IsI31(static_cast<gc::Ref>(value));
    default:
      break;
  }
  const gc::Ref ref = static_cast<gc::Ref>(value);
  if (gc::IsI31(ref)) return type.is(HeapKind::Eq);
  return context.store->store->heap()->RefIs(ref, type);
}

}  // namespace

bool RefTest(const abi::InstanceContext& context, Slot value, bool nullable, wasm::HeapType type) {
  if (value == 0) return nullable;
  if (!type.is_concrete()) return IsAbstract(context, value, type);
  const uint32_t index = type.index();
  if (context.instance->module().types[index].kind == wasm::CompKind::Func) {
    return wasm::TypeRegistry::Get().IsSubtype(reinterpret_cast<const abi::FuncRef*>(value)->type(),
                                               context.canon[index]);
  }
  const gc::Ref ref = static_cast<gc::Ref>(value);
  if (gc::IsI31(ref)) return false;
  const uint8_t* base = context.store->gc_base;
  uint32_t descriptor;
  std::memcpy(&descriptor, base + ref, sizeof descriptor);
  const uint32_t wanted = context.descriptors[index];
  if (descriptor == wanted) return true;
  const auto& have = *reinterpret_cast<const abi::TypeDescriptor*>(base + descriptor);
  const auto& want = *reinterpret_cast<const abi::TypeDescriptor*>(base + wanted);
  return want.depth < have.display_count && have.display[want.depth] == wanted;
}

std::optional<TrapCode> CheckArrayRange(const gc::Heap& heap, gc::Ref array, uint32_t from, uint32_t count) {
  if (array == 0) return TrapCode::NullArray;
  if (uint64_t{from} + count > heap.ArrayLength(array)) return TrapCode::ArrayOutOfBounds;
  return std::nullopt;
}

namespace {

template <uint32_t kSize>
void Fill(uint8_t* to, const Slot* value, uint32_t count) {
  for (uint32_t i = 0; i < count; ++i) std::memcpy(to + uint64_t{i} * kSize, value, kSize);
}

}  // namespace

void FillElements(uint8_t* to, uint32_t size, const Slot* value, uint32_t count) {
  switch (size) {
    case 1:
      std::memset(to, static_cast<uint8_t>(*value), count);
      break;
    case 2:
      Fill<2>(to, value, count);
      break;
    case 4:
      Fill<4>(to, value, count);
      break;
    case 8:
      Fill<8>(to, value, count);
      break;
    default:
      Fill<16>(to, value, count);
      break;
  }
}

}  // namespace gantry::runtime
