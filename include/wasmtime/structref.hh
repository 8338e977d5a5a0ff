/// \file wasmtime/structref.hh
///
/// References to structs.

#ifndef WASMTIME_STRUCTREF_HH
#define WASMTIME_STRUCTREF_HH

#include <wasmtime/_structref_class.hh>

#ifdef WASMTIME_FEATURE_GC

#include <cstddef>
#include <variant>
#include <vector>
#include <wasmtime/_anyref_class.hh>
#include <wasmtime/_eqref_class.hh>
#include <wasmtime/_val_class.hh>

namespace wasmtime {

inline Result<StructRef> StructRef::create(Store::Context cx, const StructRefPre& pre, const std::vector<Val>& fields) {
  wasmtime_structref_t ref;
  return detail::result_of<StructRef>(
      wasmtime_structref_new(cx.capi(), pre.capi(), Val::to_capi(fields.data()), fields.size(), &ref), ref);
}

inline Result<Val> StructRef::field(Store::Context cx, std::size_t index) const {
  wasmtime_val_t val;
  return detail::result_of<Val>(wasmtime_structref_field(cx.capi(), capi(), index, &val), val);
}

inline Result<std::monostate> StructRef::set_field(Store::Context cx, std::size_t index, const Val& value) const {
  return detail::done(wasmtime_structref_set_field(cx.capi(), capi(), index, value.capi()));
}

inline AnyRef StructRef::to_anyref() const {
  wasmtime_anyref_t ref;
  wasmtime_structref_to_anyref(capi(), &ref);
  return AnyRef(ref);
}

inline EqRef StructRef::to_eqref() const {
  wasmtime_eqref_t ref;
  wasmtime_structref_to_eqref(capi(), &ref);
  return EqRef(ref);
}

}  // namespace wasmtime

#endif  // WASMTIME_FEATURE_GC

#endif  // WASMTIME_STRUCTREF_HH
