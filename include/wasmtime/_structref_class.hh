/// \file wasmtime/_structref_class.hh
///
/// The class wasmtime::StructRef without what needs values; include `wasmtime/structref.hh`.

#ifndef WASMTIME_STRUCTREF_CLASS_HH
#define WASMTIME_STRUCTREF_CLASS_HH

#include <wasmtime/conf.h>

#ifdef WASMTIME_FEATURE_GC

#include <wasmtime/structref.h>

#include <cstddef>
#include <variant>
#include <vector>
#include <wasmtime/_anyref_class.hh>
#include <wasmtime/_eqref_class.hh>
#include <wasmtime/_rooted_class.hh>
#include <wasmtime/_store_class.hh>
#include <wasmtime/error.hh>
#include <wasmtime/types/structref.hh>

namespace wasmtime {

class Val;

/// A struct type made ready for allocating structs in a store.
class StructRefPre : public detail::Owned<StructRefPre, wasmtime_struct_ref_pre_t, wasmtime_struct_ref_pre_delete> {
 public:
  using Owned::Owned;

  /// Makes a struct type ready for a store.
  static StructRefPre create(Store::Context cx, const StructType& ty) {
    return StructRefPre(wasmtime_struct_ref_pre_new(cx.capi(), ty.capi()));
  }
};

/// A reference to a struct, or null. Reading and writing through null is an error. Fields of 8 and 16 bits are read and
/// written as i32.
class StructRef
    : public detail::Rooted<StructRef, wasmtime_structref_t, wasmtime_structref_clone, wasmtime_structref_unroot> {
 public:
  using Rooted::Rooted;

  /// Makes a struct with these fields, one per field of its type. Needs `wasmtime/structref.hh`.
  static Result<StructRef> create(Store::Context cx, const StructRefPre& pre, const std::vector<Val>& fields);

  /// Reads a field. Needs `wasmtime/structref.hh`.
  Result<Val> field(Store::Context cx, std::size_t index) const;
  /// Writes a field, which must not be immutable. Needs `wasmtime/structref.hh`.
  Result<std::monostate> set_field(Store::Context cx, std::size_t index, const Val& value) const;

  /// The same as an AnyRef. Needs `wasmtime/structref.hh`.
  AnyRef to_anyref() const;
  /// The same as an EqRef. Needs `wasmtime/structref.hh`.
  EqRef to_eqref() const;

  /// The struct's type. There must be a struct: for null the type holds null.
  StructType ty(Store::Context cx) const { return StructType(wasmtime_structref_type(cx.capi(), capi())); }
};

}  // namespace wasmtime

#endif  // WASMTIME_FEATURE_GC

#endif  // WASMTIME_STRUCTREF_CLASS_HH
