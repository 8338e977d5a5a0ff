/// \file wasmtime/_eqref_class.hh
///
/// The class wasmtime::EqRef without its narrower kinds; include `wasmtime/eqref.hh`.

#ifndef WASMTIME_EQREF_CLASS_HH
#define WASMTIME_EQREF_CLASS_HH

#include <wasmtime/conf.h>

#ifdef WASMTIME_FEATURE_GC

#include <wasmtime/eqref.h>

#include <cstdint>
#include <optional>
#include <wasmtime/_rooted_class.hh>
#include <wasmtime/_store_class.hh>
#include <wasmtime/types/val.hh>

namespace wasmtime {

class AnyRef;
class ArrayRef;
class StructRef;

/// A reference to something that can be compared: a struct, an array or an i31 value; or null.
class EqRef : public detail::Rooted<EqRef, wasmtime_eqref_t, wasmtime_eqref_clone, wasmtime_eqref_unroot> {
 public:
  using Rooted::Rooted;

  /// An i31 value of the lower 31 bits of `value`.
  static EqRef from_i31(Store::Context cx, std::uint32_t value) {
    wasmtime_eqref_t ref;
    wasmtime_eqref_from_i31(cx.capi(), value, &ref);
    return EqRef(ref);
  }

  /// Whether this is an i31 value.
  bool is_i31(Store::Context cx) const { return wasmtime_eqref_is_i31(cx.capi(), capi()); }
  /// The number, unsigned, if this is an i31 value.
  std::optional<std::uint32_t> i31_get_u(Store::Context cx) const {
    std::uint32_t value = 0;
    if (!wasmtime_eqref_i31_get_u(cx.capi(), capi(), &value)) return std::nullopt;
    return value;
  }
  /// The number, signed, if this is an i31 value.
  std::optional<std::int32_t> i31_get_s(Store::Context cx) const {
    std::int32_t value = 0;
    if (!wasmtime_eqref_i31_get_s(cx.capi(), capi(), &value)) return std::nullopt;
    return value;
  }

  /// Whether this is a struct.
  bool is_struct(Store::Context cx) const { return wasmtime_eqref_is_struct(cx.capi(), capi()); }
  /// Whether this is an array.
  bool is_array(Store::Context cx) const { return wasmtime_eqref_is_array(cx.capi(), capi()); }

  /// The same as an AnyRef. Needs `wasmtime/eqref.hh`.
  AnyRef to_anyref() const;
  /// The same as a StructRef, if it is one. Needs `wasmtime/eqref.hh`.
  std::optional<StructRef> as_struct(Store::Context cx) const;
  /// The same as an ArrayRef, if it is one. Needs `wasmtime/eqref.hh`.
  std::optional<ArrayRef> as_array(Store::Context cx) const;

  /// The type of the object; of a struct or an array the concrete one. There must be an object: null ends the process.
  HeapType ty(Store::Context cx) const {
    wasmtime_heaptype_t type;
    if (!wasmtime_eqref_type(cx.capi(), capi(), &type)) detail::misuse("the null reference has no type");
    return HeapType(type);
  }
};

}  // namespace wasmtime

#endif  // WASMTIME_FEATURE_GC

#endif  // WASMTIME_EQREF_CLASS_HH
