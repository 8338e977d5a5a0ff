// What the files of the six kinds of references have in common: casts, types, and values that must survive an
// allocation.
#pragma once

#include <vector>

#include "capi/core.h"
#include "capi/gc_types.h"
#include "runtime/store.h"

namespace gantry::capi {

// Is it an object or i31 value, not null, of this abstract type?
template <class Handle>
bool IsA(wasmtime_context_t* context, const Handle* handle, wasm::HeapKind kind) {
  StoreState& state = StoreState::Of(context);
  const gc::Ref ref = RefOf(state, handle);
  return ref != 0 && RefIs(state, ref, kind);
}

// A narrower handle with a root of its own; null if the reference does not have the type.
template <class To, class From>
bool Narrow(wasmtime_context_t* context, const From* from, wasm::HeapKind kind, To* out) {
  const bool fits = IsA(context, from, kind);
  CloneRef(fits ? from : nullptr, out);
  return fits;
}

template <class Handle>
bool ReadI31(wasmtime_context_t* context, const Handle* handle, uint32_t* raw) {
  const gc::Ref ref = RefOf(StoreState::Of(context), handle);
  if (!gc::IsI31(ref)) return false;
  *raw = ref;
  return true;
}

// The type of what it points to; false for null.
template <class Handle>
bool ShowType(wasmtime_context_t* context, const Handle* handle, wasmtime_heaptype_t* out) {
  StoreState& state = StoreState::Of(context);
  const gc::Ref ref = RefOf(state, handle);
  if (ref == 0) return false;
  wasm::HeapType type = wasm::HeapKind::I31;
  if (!gc::IsI31(ref)) {
    const abi::TypeDescriptor& descriptor = state.runtime().heap()->DescriptorOf(ref);
    const bool is_own = descriptor.kind == abi::ObjectKind::Struct || descriptor.kind == abi::ObjectKind::Array;
    // Otherwise it is something of the host's that WebAssembly took into the hierarchy.
    type = is_own ? wasm::HeapType::Concrete(descriptor.type) : wasm::HeapType(wasm::HeapKind::Any);
  }
  *out = ShownHeapType(type);
  return true;
}

// The canonical type of an object; the handle is not null.
inline const wasm::CanonType& TypeOfObject(StoreState& state, gc::Ref object) {
  return wasm::TypeRegistry::Get()[state.runtime().heap()->DescriptorOf(object).type];
}

// Adds a value to the roots as slots of its type. Error (Usage) if it does not have the type.
inline Result<void> PushVal(StoreState& state, const wasmtime_val_t& val, wasm::ValType type,
                            runtime::TemporaryRoots* roots) {
  abi::Slot slots[2];
  GANTRY_RETURN_IF_ERROR(FromVal(state, val, type, slots));
  const bool is_gc_ref = abi::IsGcRef(type);
  for (uint32_t i = 0; i < type.slots(); ++i) roots->Push(slots[i], is_gc_ref);
  return {};
}

// Why an object was not made.
inline const char* WhyNotMade(gc::AllocFailure failure) {
  return failure == gc::AllocFailure::TooLarge ? "the object is too large"
                                               : "the garbage-collected heap has no room for the object";
}

}  // namespace gantry::capi
