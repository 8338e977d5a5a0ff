// wasmtime/eqref.h
#include <wasmtime/eqref.h>

#include "capi/refs.h"

using namespace gantry;
using namespace gantry::capi;
using wasm::HeapKind;

void wasmtime_eqref_clone(const wasmtime_eqref_t* eqref, wasmtime_eqref_t* out) { CloneRef(eqref, out); }
void wasmtime_eqref_unroot(wasmtime_eqref_t* ref) { UnrootRef(ref); }
void wasmtime_eqref_to_anyref(const wasmtime_eqref_t* eqref, wasmtime_anyref_t* out) { CloneRef(eqref, out); }

void wasmtime_eqref_from_i31(wasmtime_context_t* context, uint32_t i31val, wasmtime_eqref_t* out) {
  *out = MakeRef<wasmtime_eqref_t>(StoreState::Of(context), gc::MakeI31(i31val));
}

bool wasmtime_eqref_is_i31(wasmtime_context_t* context, const wasmtime_eqref_t* eqref) {
  return IsA(context, eqref, HeapKind::I31);
}

bool wasmtime_eqref_i31_get_u(wasmtime_context_t* context, const wasmtime_eqref_t* eqref, uint32_t* dst) {
  uint32_t raw;
  if (!ReadI31(context, eqref, &raw)) return false;
  *dst = raw >> 1;
  return true;
}

bool wasmtime_eqref_i31_get_s(wasmtime_context_t* context, const wasmtime_eqref_t* eqref, int32_t* dst) {
  uint32_t raw;
  if (!ReadI31(context, eqref, &raw)) return false;
  *dst = static_cast<int32_t>(raw) >> 1;
  return true;
}

bool wasmtime_eqref_is_array(wasmtime_context_t* context, const wasmtime_eqref_t* eqref) {
  return IsA(context, eqref, HeapKind::Array);
}

bool wasmtime_eqref_as_array(wasmtime_context_t* context, const wasmtime_eqref_t* eqref, wasmtime_arrayref_t* out) {
  return Narrow(context, eqref, HeapKind::Array, out);
}

bool wasmtime_eqref_is_struct(wasmtime_context_t* context, const wasmtime_eqref_t* eqref) {
  return IsA(context, eqref, HeapKind::Struct);
}

bool wasmtime_eqref_as_struct(wasmtime_context_t* context, const wasmtime_eqref_t* eqref, wasmtime_structref_t* out) {
  return Narrow(context, eqref, HeapKind::Struct, out);
}

bool wasmtime_eqref_type(wasmtime_context_t* context, const wasmtime_eqref_t* eqref, wasmtime_heaptype_t* out) {
  return ShowType(context, eqref, out);
}
