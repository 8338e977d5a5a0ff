/// \file wasmtime/anyref.hh
///
/// References to WebAssembly's own objects.

#ifndef WASMTIME_ANYREF_HH
#define WASMTIME_ANYREF_HH

#include <wasmtime/_anyref_class.hh>

#ifdef WASMTIME_FEATURE_GC

#include <optional>
#include <wasmtime/_arrayref_class.hh>
#include <wasmtime/_eqref_class.hh>
#include <wasmtime/_structref_class.hh>

namespace wasmtime {

inline bool AnyRef::is_eqref(Store::Context cx) const { return wasmtime_anyref_is_eqref(cx.capi(), capi()); }

inline bool AnyRef::is_struct(Store::Context cx) const { return wasmtime_anyref_is_struct(cx.capi(), capi()); }

inline bool AnyRef::is_array(Store::Context cx) const { return wasmtime_anyref_is_array(cx.capi(), capi()); }

inline std::optional<EqRef> AnyRef::as_eqref(Store::Context cx) const {
  wasmtime_eqref_t ref;
  if (!wasmtime_anyref_as_eqref(cx.capi(), capi(), &ref)) return std::nullopt;
  return EqRef(ref);
}

inline std::optional<StructRef> AnyRef::as_struct(Store::Context cx) const {
  wasmtime_structref_t ref;
  if (!wasmtime_anyref_as_struct(cx.capi(), capi(), &ref)) return std::nullopt;
  return StructRef(ref);
}

inline std::optional<ArrayRef> AnyRef::as_array(Store::Context cx) const {
  wasmtime_arrayref_t ref;
  if (!wasmtime_anyref_as_array(cx.capi(), capi(), &ref)) return std::nullopt;
  return ArrayRef(ref);
}

}  // namespace wasmtime

#endif  // WASMTIME_FEATURE_GC

#endif  // WASMTIME_ANYREF_HH
