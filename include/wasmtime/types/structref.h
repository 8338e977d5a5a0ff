/// \file wasmtime/types/structref.h
///
/// The types of structs, and of the fields of structs and arrays.
///
/// Threads: types never change; any number of threads may read one. Deleting a structure in place, or filling it, needs
/// the structure alone.

#ifndef WASMTIME_TYPES_STRUCTREF_H
#define WASMTIME_TYPES_STRUCTREF_H

#include <wasm.h>

#ifdef __cplusplus
extern "C" {
#endif

/// How a field stores its value; one of the constants below.
typedef uint8_t wasmtime_storage_type_kind_t;
/// As an integer of 8 bits.
#define WASMTIME_STORAGE_TYPE_KIND_I8 0
/// As an integer of 16 bits.
#define WASMTIME_STORAGE_TYPE_KIND_I16 1
/// As a value of a value type: #wasmtime_storage_type_t::valtype.
#define WASMTIME_STORAGE_TYPE_KIND_VALTYPE 2

/// A field's type without its mutability.
typedef struct wasmtime_storage_type {
  /// How the value is stored.
  wasmtime_storage_type_kind_t kind;
  /// For #WASMTIME_STORAGE_TYPE_KIND_VALTYPE, the type of the value, owned by this structure.
  wasm_valtype_t* valtype;
} wasmtime_storage_type_t;

/// Copies a storage type.
///
/// \param storage what to copy; it stays the caller's.
/// \param out     need not be initialized; the caller frees its content with wasmtime_storage_type_delete().
WASM_API_EXTERN void wasmtime_storage_type_clone(const wasmtime_storage_type_t* storage, wasmtime_storage_type_t* out);

/// Frees what a storage type owns; the structure itself is the caller's. NULL is allowed.
WASM_API_EXTERN void wasmtime_storage_type_delete(wasmtime_storage_type_t* storage);

/// The type of a field of a struct, or of the elements of an array.
typedef struct wasmtime_field_type {
  /// Whether it can be written.
  bool mutable_;
  /// What it stores.
  wasmtime_storage_type_t storage;
} wasmtime_field_type_t;

/// Copies a field type.
///
/// \param field what to copy; it stays the caller's.
/// \param out   need not be initialized; the caller frees its content with wasmtime_field_type_delete().
WASM_API_EXTERN void wasmtime_field_type_clone(const wasmtime_field_type_t* field, wasmtime_field_type_t* out);

/// Frees what a field type owns; the structure itself is the caller's. NULL is allowed.
WASM_API_EXTERN void wasmtime_field_type_delete(wasmtime_field_type_t* field);

/// The type of structs with certain fields. Opaque; deleted with #wasmtime_struct_type_delete.
typedef struct wasmtime_struct_type wasmtime_struct_type_t;

/// Makes the type of structs with these fields. It is final and has no supertype, and equals the type that WebAssembly
/// defines in that way.
///
/// \param engine  the engine; it stays the caller's.
/// \param fields  the fields' types; they stay the caller's. May be NULL if there are none.
/// \param nfields how many there are.
/// \return a type that the caller owns, or NULL if a field's type is unknown, there are more fields than an engine
///         accepts, or the engine has no GC types.
WASM_API_EXTERN wasmtime_struct_type_t* wasmtime_struct_type_new(const wasm_engine_t* engine,
                                                                 const wasmtime_field_type_t* fields, size_t nfields);

/// Makes a copy, which the caller owns.
WASM_API_EXTERN wasmtime_struct_type_t* wasmtime_struct_type_copy(const wasmtime_struct_type_t* ty);

/// Frees a struct type; NULL is allowed.
WASM_API_EXTERN void wasmtime_struct_type_delete(wasmtime_struct_type_t* ty);

/// How many fields a struct of this type has.
WASM_API_EXTERN size_t wasmtime_struct_type_num_fields(const wasmtime_struct_type_t* ty);

/// The type of a field.
///
/// \param ty    the struct type.
/// \param index the field's index.
/// \param out   receives the field's type, which the caller frees with wasmtime_field_type_delete().
/// \return whether there is such a field; otherwise nothing is written.
WASM_API_EXTERN bool wasmtime_struct_type_field(const wasmtime_struct_type_t* ty, size_t index,
                                                wasmtime_field_type_t* out);

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // WASMTIME_TYPES_STRUCTREF_H
