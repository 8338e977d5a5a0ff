// wasmtime/anyref.h
#include <wasmtime/anyref.h>

#include "capi/refs.h"

using namespace gantry;
using namespace gantry::capi;
using wasm::HeapKind;

void wasmtime_anyref_clone(const wasmtime_anyref_t* anyref, wasmtime_anyref_t* out) { CloneRef(anyref, out); }
void wasmtime_anyref_unroot(wasmtime_anyref_t* ref) { UnrootRef(ref); }

void wasmtime_anyref_from_raw(wasmtime_context_t* context, uint32_t raw, wasmtime_anyref_t* out) {
  *out = MakeRef<wasmtime_anyref_t>(StoreState::Of(context), raw);
}

uint32_t wasmtime_anyref_to_raw(wasmtime_context_t* context, const wasmtime_anyref_t* ref) {
  return RefOf(StoreState::Of(context), ref);
}

void wasmtime_anyref_from_i31(wasmtime_context_t* context, uint32_t i31val, wasmtime_anyref_t* out) {
  *out = MakeRef<wasmtime_anyref_t>(StoreState::Of(context), gc::MakeI31(i31val));
}

bool wasmtime_anyref_is_i31(wasmtime_context_t* context, const wasmtime_anyref_t* anyref) {
  return IsA(context, anyref, HeapKind::I31);
}

bool wasmtime_anyref_i31_get_u(wasmtime_context_t* context, const wasmtime_anyref_t* anyref, uint32_t* dst) {
  uint32_t raw;
  if (!ReadI31(context, anyref, &raw)) return false;
  *dst = raw >> 1;
  return true;
}

bool wasmtime_anyref_i31_get_s(wasmtime_context_t* context, const wasmtime_anyref_t* anyref, int32_t* dst) {
  uint32_t raw;
  if (!ReadI31(context, anyref, &raw)) return false;
  *dst = static_cast<int32_t>(raw) >> 1;
  return true;
}

bool wasmtime_anyref_is_eqref(wasmtime_context_t* context, const wasmtime_anyref_t* anyref) {
  return IsA(context, anyref, HeapKind::Eq);
}

bool wasmtime_anyref_as_eqref(wasmtime_context_t* context, const wasmtime_anyref_t* anyref, wasmtime_eqref_t* out) {
  return Narrow(context, anyref, HeapKind::Eq, out);
}

bool wasmtime_anyref_is_struct(wasmtime_context_t* context, const wasmtime_anyref_t* anyref) {
  return IsA(context, anyref, HeapKind::Struct);
}

bool wasmtime_anyref_as_struct(wasmtime_context_t* context, const wasmtime_anyref_t* anyref,
                               wasmtime_structref_t* out) {
  return Narrow(context, anyref, HeapKind::Struct, out);
}

bool wasmtime_anyref_is_array(wasmtime_context_t* context, const wasmtime_anyref_t* anyref) {
  return IsA(context, anyref, HeapKind::Array);
}

bool wasmtime_anyref_as_array(wasmtime_context_t* context, const wasmtime_anyref_t* anyref, wasmtime_arrayref_t* out) {
  return Narrow(context, anyref, HeapKind::Array, out);
}

bool wasmtime_anyref_type(wasmtime_context_t* context, const wasmtime_anyref_t* anyref, wasmtime_heaptype_t* out) {
  return ShowType(context, anyref, out);
}
