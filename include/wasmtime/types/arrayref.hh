/// \file wasmtime/types/arrayref.hh
///
/// The types of arrays.

#ifndef WASMTIME_TYPES_ARRAYREF_HH
#define WASMTIME_TYPES_ARRAYREF_HH

#include <wasmtime/types/arrayref.h>

#include <wasmtime/engine.hh>
#include <wasmtime/helpers.hh>
#include <wasmtime/types/structref.hh>

#ifdef WASMTIME_FEATURE_GC

namespace wasmtime {

/// The type of arrays with elements of one type.
class ArrayType
    : public detail::Copyable<ArrayType, wasmtime_array_type_t, wasmtime_array_type_delete, wasmtime_array_type_copy> {
 public:
  using Copyable::Copyable;

  /// The type of arrays with such elements. Holds null if the engine refuses it: the elements' type is unknown, or
  /// there are no arrays because of the engine's settings.
  ArrayType(const Engine& engine, const FieldType& field)
      : Copyable(wasmtime_array_type_new(engine.capi(), field.capi())) {}

  /// The elements' type.
  FieldType element_type() const {
    wasmtime_field_type_t ty;
    wasmtime_array_type_element(capi(), &ty);
    return FieldType(ty);
  }
};

}  // namespace wasmtime

#endif  // WASMTIME_FEATURE_GC

#endif  // WASMTIME_TYPES_ARRAYREF_HH
