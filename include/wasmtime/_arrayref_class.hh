/// \file wasmtime/_arrayref_class.hh
///
/// The class wasmtime::ArrayRef without what needs values; include `wasmtime/arrayref.hh`.

#ifndef WASMTIME_ARRAYREF_CLASS_HH
#define WASMTIME_ARRAYREF_CLASS_HH

#include <wasmtime/conf.h>

#ifdef WASMTIME_FEATURE_GC

#include <wasmtime/arrayref.h>

#include <cstdint>
#include <variant>
#include <wasmtime/_rooted_class.hh>
#include <wasmtime/_store_class.hh>
#include <wasmtime/error.hh>
#include <wasmtime/types/arrayref.hh>

namespace wasmtime {

class AnyRef;
class EqRef;
class Val;

/// An array type made ready for allocating arrays in a store.
class ArrayRefPre : public detail::Owned<ArrayRefPre, wasmtime_array_ref_pre_t, wasmtime_array_ref_pre_delete> {
 public:
  using Owned::Owned;

  /// Makes an array type ready for a store.
  static ArrayRefPre create(Store::Context cx, const ArrayType& ty) {
    return ArrayRefPre(wasmtime_array_ref_pre_new(cx.capi(), ty.capi()));
  }
};

/// A reference to an array, or null. Reading and writing through null is an error. Elements of 8 and 16 bits are read
/// and written as i32.
class ArrayRef
    : public detail::Rooted<ArrayRef, wasmtime_arrayref_t, wasmtime_arrayref_clone, wasmtime_arrayref_unroot> {
 public:
  using Rooted::Rooted;

  /// Makes an array of `len` elements, all of them `elem`. Needs `wasmtime/arrayref.hh`.
  static Result<ArrayRef> create(Store::Context cx, const ArrayRefPre& pre, const Val& elem, std::uint32_t len);

  /// How many elements there are.
  Result<std::uint32_t> len(Store::Context cx) const {
    std::uint32_t len = 0;
    return detail::result_of<std::uint32_t>(wasmtime_arrayref_len(cx.capi(), capi(), &len), len);
  }

  /// Reads an element. Needs `wasmtime/arrayref.hh`.
  Result<Val> get(Store::Context cx, std::uint32_t index) const;
  /// Writes an element; the array's type must allow that. Needs `wasmtime/arrayref.hh`.
  Result<std::monostate> set(Store::Context cx, std::uint32_t index, const Val& value) const;

  /// The same as an AnyRef. Needs `wasmtime/arrayref.hh`.
  AnyRef to_anyref() const;
  /// The same as an EqRef. Needs `wasmtime/arrayref.hh`.
  EqRef to_eqref() const;

  /// The array's type. There must be an array: for null the type holds null.
  ArrayType ty(Store::Context cx) const { return ArrayType(wasmtime_arrayref_type(cx.capi(), capi())); }
};

}  // namespace wasmtime

#endif  // WASMTIME_FEATURE_GC

#endif  // WASMTIME_ARRAYREF_CLASS_HH
