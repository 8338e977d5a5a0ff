/// \file wasmtime/types/_structref_class.hh
///
/// The types of structs and of the fields of structs and arrays; include `wasmtime/types/structref.hh`.

#ifndef WASMTIME_TYPES_STRUCTREF_CLASS_HH
#define WASMTIME_TYPES_STRUCTREF_CLASS_HH

#include <wasmtime/conf.h>

#ifdef WASMTIME_FEATURE_GC

#include <wasmtime/types/structref.h>

#include <cstddef>
#include <optional>
#include <vector>
#include <wasmtime/engine.hh>
#include <wasmtime/helpers.hh>
#include <wasmtime/types/_val_class.hh>

namespace wasmtime {

/// What a field stores: an integer of 8 or 16 bits, or a value.
class StorageType : public detail::Value<StorageType, wasmtime_storage_type_t, wasmtime_storage_type_clone,
                                         wasmtime_storage_type_delete> {
 public:
  /// Values of type `ty`.
  StorageType(const ValType& ty);

  /// Integers of 8 bits.
  static StorageType i8() { return StorageType(WASMTIME_STORAGE_TYPE_KIND_I8); }
  /// Integers of 16 bits.
  static StorageType i16() { return StorageType(WASMTIME_STORAGE_TYPE_KIND_I16); }

  /// Whether the field stores integers of 8 bits.
  bool is_i8() const { return capi()->kind == WASMTIME_STORAGE_TYPE_KIND_I8; }
  /// Whether the field stores integers of 16 bits.
  bool is_i16() const { return capi()->kind == WASMTIME_STORAGE_TYPE_KIND_I16; }

  /// The type of the values, if the field stores values; good as long as this storage type.
  std::optional<ValType::Ref> as_valtype() const {
    if (capi()->kind != WASMTIME_STORAGE_TYPE_KIND_VALTYPE) return std::nullopt;
    return ValType::Ref(capi()->valtype);
  }

 private:
  explicit StorageType(wasmtime_storage_type_kind_t kind) { capi()->kind = kind; }
};

/// The type of a field of a struct, or of the elements of an array: what it stores and whether it can be written.
class FieldType
    : public detail::Value<FieldType, wasmtime_field_type_t, wasmtime_field_type_clone, wasmtime_field_type_delete> {
 public:
  /// Takes over the content of a structure of the C API.
  FieldType(wasmtime_field_type_t ty) : Value(ty) {}

  /// A field that stores `ty`.
  FieldType(bool is_mutable, const StorageType& ty) {
    wasmtime_storage_type_clone(ty.capi(), &capi()->storage);
    capi()->mutable_ = is_mutable;
  }

  /// A field that can be written.
  static FieldType mut_(const StorageType& ty) { return FieldType(true, ty); }
  /// A field that keeps what it was made with.
  static FieldType const_(const StorageType& ty) { return FieldType(false, ty); }

  /// Whether the field can be written.
  bool is_mutable() const { return capi()->mutable_; }
  /// What the field stores; good as long as this field type.
  const StorageType& storage_type() const { return *StorageType::from_capi(&capi()->storage); }
};

/// The type of structs with certain fields.
class StructType : public detail::Copyable<StructType, wasmtime_struct_type_t, wasmtime_struct_type_delete,
                                           wasmtime_struct_type_copy> {
 public:
  using Copyable::Copyable;

  /// The type of structs with these fields. Holds null if the engine refuses it: one field's type is unknown, there are
  /// too many, or there are no structs because of the engine's settings.
  StructType(const Engine& engine, const std::vector<FieldType>& fields)
      : Copyable(wasmtime_struct_type_new(engine.capi(), FieldType::to_capi(fields.data()), fields.size())) {}

  /// How many fields there are.
  std::size_t num_fields() const { return wasmtime_struct_type_num_fields(capi()); }

  /// A field's type, or nothing if there are not so many.
  std::optional<FieldType> field(std::size_t index) const {
    wasmtime_field_type_t ty;
    if (!wasmtime_struct_type_field(capi(), index, &ty)) return std::nullopt;
    return FieldType(ty);
  }
};

}  // namespace wasmtime

#endif  // WASMTIME_FEATURE_GC

#endif  // WASMTIME_TYPES_STRUCTREF_CLASS_HH
