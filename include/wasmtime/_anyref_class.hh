/// \file wasmtime/_anyref_class.hh
///
/// The class wasmtime::AnyRef without its narrower kinds; include `wasmtime/anyref.hh`.

#ifndef WASMTIME_ANYREF_CLASS_HH
#define WASMTIME_ANYREF_CLASS_HH

#include <wasmtime/conf.h>

#ifdef WASMTIME_FEATURE_GC

#include <wasmtime/anyref.h>

#include <cstdint>
#include <optional>
#include <wasmtime/_rooted_class.hh>
#include <wasmtime/_store_class.hh>
#include <wasmtime/types/val.hh>

namespace wasmtime {

class ArrayRef;
class EqRef;
class StructRef;

/// A reference to one of WebAssembly's own objects: a struct, an array or an i31 value; or null.
class AnyRef : public detail::RawRooted<AnyRef, wasmtime_anyref_t, wasmtime_anyref_clone, wasmtime_anyref_unroot,
                                        wasmtime_anyref_to_raw> {
 public:
  using RawRooted::RawRooted;

  /// An i31 value of the lower 31 bits of `value`.
  static AnyRef i31(Store::Context cx, std::uint32_t value) {
    wasmtime_anyref_t ref;
    wasmtime_anyref_from_i31(cx.capi(), value, &ref);
    return AnyRef(ref);
  }

  /// The number, unsigned, if this is an i31 value.
  std::optional<std::uint32_t> u31(Store::Context cx) const {
    std::uint32_t value = 0;
    if (!wasmtime_anyref_i31_get_u(cx.capi(), capi(), &value)) return std::nullopt;
    return value;
  }
  /// The number, signed, if this is an i31 value.
  std::optional<std::int32_t> i31(Store::Context cx) const {
    std::int32_t value = 0;
    if (!wasmtime_anyref_i31_get_s(cx.capi(), capi(), &value)) return std::nullopt;
    return value;
  }

  /// Whether this is an i31 value.
  bool is_i31(Store::Context cx) const { return wasmtime_anyref_is_i31(cx.capi(), capi()); }
  /// Whether this can be compared: a struct, an array or an i31 value. Needs `wasmtime/anyref.hh`.
  bool is_eqref(Store::Context cx) const;
  /// Whether this is a struct. Needs `wasmtime/anyref.hh`.
  bool is_struct(Store::Context cx) const;
  /// Whether this is an array. Needs `wasmtime/anyref.hh`.
  bool is_array(Store::Context cx) const;

  /// The same as an EqRef, if it is one. Needs `wasmtime/anyref.hh`.
  std::optional<EqRef> as_eqref(Store::Context cx) const;
  /// The same as a StructRef, if it is one. Needs `wasmtime/anyref.hh`.
  std::optional<StructRef> as_struct(Store::Context cx) const;
  /// The same as an ArrayRef, if it is one. Needs `wasmtime/anyref.hh`.
  std::optional<ArrayRef> as_array(Store::Context cx) const;

  /// The type of the object; of a struct or an array the concrete one. There must be an object: null ends the process.
  HeapType ty(Store::Context cx) const {
    wasmtime_heaptype_t type;
    if (!wasmtime_anyref_type(cx.capi(), capi(), &type)) detail::misuse("the null reference has no type");
    return HeapType(type);
  }
};

}  // namespace wasmtime

#endif  // WASMTIME_FEATURE_GC

#endif  // WASMTIME_ANYREF_CLASS_HH
