/// \file wasmtime/eqref.hh
///
/// References to what can be compared: structs, arrays and i31 values.

#ifndef WASMTIME_EQREF_HH
#define WASMTIME_EQREF_HH

#include <wasmtime/_eqref_class.hh>

#ifdef WASMTIME_FEATURE_GC

#include <optional>
#include <wasmtime/_anyref_class.hh>
#include <wasmtime/_arrayref_class.hh>
#include <wasmtime/_structref_class.hh>

namespace wasmtime {

inline AnyRef EqRef::to_anyref() const {
  wasmtime_anyref_t ref;
  wasmtime_eqref_to_anyref(capi(), &ref);
  return AnyRef(ref);
}

inline std::optional<StructRef> EqRef::as_struct(Store::Context cx) const {
  wasmtime_structref_t ref;
  if (!wasmtime_eqref_as_struct(cx.capi(), capi(), &ref)) return std::nullopt;
  return StructRef(ref);
}

inline std::optional<ArrayRef> EqRef::as_array(Store::Context cx) const {
  wasmtime_arrayref_t ref;
  if (!wasmtime_eqref_as_array(cx.capi(), capi(), &ref)) return std::nullopt;
  return ArrayRef(ref);
}

}  // namespace wasmtime

#endif  // WASMTIME_FEATURE_GC

#endif  // WASMTIME_EQREF_HH
