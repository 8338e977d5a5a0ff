/// \file wasmtime/exnref.hh
///
/// References to exceptions.

#ifndef WASMTIME_EXNREF_HH
#define WASMTIME_EXNREF_HH

#include <wasmtime/_exnref_class.hh>

#ifdef WASMTIME_FEATURE_GC

#include <cstddef>
#include <vector>
#include <wasmtime/_val_class.hh>

namespace wasmtime {

inline Result<ExnRef> ExnRef::create(Store::Context cx, const Tag& tag, const std::vector<Val>& fields) {
  wasmtime_exnref_t ref;
  return detail::result_of<ExnRef>(
      wasmtime_exnref_new(cx.capi(), &tag.capi(), Val::to_capi(fields.data()), fields.size(), &ref), ref);
}

inline Result<Val> ExnRef::field(Store::Context cx, std::size_t index) const {
  wasmtime_val_t val;
  return detail::result_of<Val>(wasmtime_exnref_field(cx.capi(), capi(), index, &val), val);
}

}  // namespace wasmtime

#endif  // WASMTIME_FEATURE_GC

#endif  // WASMTIME_EXNREF_HH
