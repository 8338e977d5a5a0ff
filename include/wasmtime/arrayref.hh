/// \file wasmtime/arrayref.hh
///
/// References to arrays.

#ifndef WASMTIME_ARRAYREF_HH
#define WASMTIME_ARRAYREF_HH

#include <wasmtime/_arrayref_class.hh>

#ifdef WASMTIME_FEATURE_GC

#include <cstdint>
#include <variant>
#include <wasmtime/_anyref_class.hh>
#include <wasmtime/_eqref_class.hh>
#include <wasmtime/_val_class.hh>

namespace wasmtime {

inline Result<ArrayRef> ArrayRef::create(Store::Context cx, const ArrayRefPre& pre, const Val& elem,
                                         std::uint32_t len) {
  wasmtime_arrayref_t ref;
  return detail::result_of<ArrayRef>(wasmtime_arrayref_new(cx.capi(), pre.capi(), elem.capi(), len, &ref), ref);
}

inline Result<Val> ArrayRef::get(Store::Context cx, std::uint32_t index) const {
  wasmtime_val_t val;
  return detail::result_of<Val>(wasmtime_arrayref_get(cx.capi(), capi(), index, &val), val);
}

inline Result<std::monostate> ArrayRef::set(Store::Context cx, std::uint32_t index, const Val& value) const {
  return detail::done(wasmtime_arrayref_set(cx.capi(), capi(), index, value.capi()));
}

inline AnyRef ArrayRef::to_anyref() const {
  wasmtime_anyref_t ref;
  wasmtime_arrayref_to_anyref(capi(), &ref);
  return AnyRef(ref);
}

inline EqRef ArrayRef::to_eqref() const {
  wasmtime_eqref_t ref;
  wasmtime_arrayref_to_eqref(capi(), &ref);
  return EqRef(ref);
}

}  // namespace wasmtime

#endif  // WASMTIME_FEATURE_GC

#endif  // WASMTIME_ARRAYREF_HH
