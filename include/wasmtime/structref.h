/// \file wasmtime/structref.h
///
/// References to structs.
///
/// References are roots; wasmtime/val.h says what that means, who unroots them and which thread may. Fields of 8 and 16
/// bits are read and written as i32; reading extends with zeros, writing takes the lower bits.

#ifndef WASMTIME_STRUCTREF_H
#define WASMTIME_STRUCTREF_H

#include <wasmtime/conf.h>

#ifdef WASMTIME_FEATURE_GC

#include <wasmtime/types/structref.h>
#include <wasmtime/val.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A struct type made ready for allocating structs in a store. Opaque; deleted with #wasmtime_struct_ref_pre_delete.
typedef struct wasmtime_struct_ref_pre wasmtime_struct_ref_pre_t;

/// Makes a struct type ready for a store.
///
/// \param context the store, with which alone the result can be used.
/// \param ty      the type; it stays the caller's.
/// \return an object that the caller owns.
WASM_API_EXTERN wasmtime_struct_ref_pre_t* wasmtime_struct_ref_pre_new(wasmtime_context_t* context,
                                                                       const wasmtime_struct_type_t* ty);

/// Frees `pre`, also after its store is gone; NULL is allowed.
WASM_API_EXTERN void wasmtime_struct_ref_pre_delete(wasmtime_struct_ref_pre_t* pre);

/// Makes `ref` the null reference.
static inline void wasmtime_structref_set_null(wasmtime_structref_t* ref) { ref->store_id = 0; }

/// Tells whether `ref`, which must not be NULL itself, is the null reference.
static inline bool wasmtime_structref_is_null(const wasmtime_structref_t* ref) { return ref->store_id == 0; }

/// Allocates a struct.
///
/// \param context the store.
/// \param pre     the prepared type, of this store; it stays the caller's.
/// \param fields  one value per field; they stay the caller's.
/// \param nfields how many there are.
/// \param out     receives a reference that the caller owns, null on an error.
/// \return NULL, or an error that the caller owns when number or kinds of the values are wrong or memory is short.
WASM_API_EXTERN wasmtime_error_t* wasmtime_structref_new(wasmtime_context_t* context,
                                                         const wasmtime_struct_ref_pre_t* pre,
                                                         const wasmtime_val_t* fields, size_t nfields,
                                                         wasmtime_structref_t* out);

/// Makes another root for the same struct.
///
/// \param structref the reference; NULL stands for the null reference.
/// \param out       receives a reference that the caller owns.
WASM_API_EXTERN void wasmtime_structref_clone(const wasmtime_structref_t* structref, wasmtime_structref_t* out);

/// Unroots a reference, whose content is undefined afterwards; NULL and null references are allowed.
WASM_API_EXTERN void wasmtime_structref_unroot(wasmtime_structref_t* ref);

/// Gives the reference as an anyref, with a root of its own.
///
/// \param structref the reference; it stays the caller's. NULL stands for the null reference.
/// \param out       receives the anyref, which the caller owns.
WASM_API_EXTERN void wasmtime_structref_to_anyref(const wasmtime_structref_t* structref, wasmtime_anyref_t* out);

/// Gives the reference as an eqref, with a root of its own.
///
/// \param structref the reference; it stays the caller's. NULL stands for the null reference.
/// \param out       receives the eqref, which the caller owns.
WASM_API_EXTERN void wasmtime_structref_to_eqref(const wasmtime_structref_t* structref, wasmtime_eqref_t* out);

/// Reads a field.
///
/// \param context   the reference's store.
/// \param structref the reference; it stays the caller's.
/// \param index     the field's index.
/// \param out       receives the value, which the caller owns (wasmtime_val_unroot()); untouched on an error.
/// \return NULL, or an error that the caller owns when there is no such field or the reference is null.
WASM_API_EXTERN wasmtime_error_t* wasmtime_structref_field(wasmtime_context_t* context,
                                                           const wasmtime_structref_t* structref, size_t index,
                                                           wasmtime_val_t* out);

/// Writes a field.
///
/// \param context   the reference's store.
/// \param structref the reference; it stays the caller's.
/// \param index     the field's index.
/// \param val       the value; it stays the caller's.
/// \return NULL, or an error that the caller owns when there is no such field, it is immutable, the value is not of its
///         type, or the reference is null.
WASM_API_EXTERN wasmtime_error_t* wasmtime_structref_set_field(wasmtime_context_t* context,
                                                               const wasmtime_structref_t* structref, size_t index,
                                                               const wasmtime_val_t* val);

/// The type of the struct. The caller owns it and frees it with wasmtime_struct_type_delete(). NULL for NULL and the
/// null reference.
WASM_API_EXTERN wasmtime_struct_type_t* wasmtime_structref_type(wasmtime_context_t* context,
                                                                const wasmtime_structref_t* structref);

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // WASMTIME_FEATURE_GC

#endif  // WASMTIME_STRUCTREF_H
