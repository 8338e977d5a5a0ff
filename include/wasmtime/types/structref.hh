/// \file wasmtime/types/structref.hh
///
/// The types of structs, and of the fields of structs and arrays.

#ifndef WASMTIME_TYPES_STRUCTREF_HH
#define WASMTIME_TYPES_STRUCTREF_HH

#include <wasmtime/types/_structref_class.hh>
#include <wasmtime/types/_val_class.hh>

#ifdef WASMTIME_FEATURE_GC

namespace wasmtime {

inline StorageType::StorageType(const ValType& ty) {
  capi()->kind = WASMTIME_STORAGE_TYPE_KIND_VALTYPE;
  capi()->valtype = wasm_valtype_copy(ty.capi());
}

}  // namespace wasmtime

#endif  // WASMTIME_FEATURE_GC

#endif  // WASMTIME_TYPES_STRUCTREF_HH
