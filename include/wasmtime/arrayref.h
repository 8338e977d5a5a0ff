/// \file wasmtime/arrayref.h
///
/// References to arrays.
///
/// References are roots; wasmtime/val.h says what that means, who unroots them and which thread may. Elements of 8 and
/// 16 bits are read and written as i32; reading extends with zeros, writing takes the lower bits.

#ifndef WASMTIME_ARRAYREF_H
#define WASMTIME_ARRAYREF_H

#include <wasmtime/conf.h>

#ifdef WASMTIME_FEATURE_GC

#include <wasmtime/types/arrayref.h>
#include <wasmtime/val.h>

#ifdef __cplusplus
extern "C" {
#endif

/// An array type made ready for allocating arrays in a store. Opaque; deleted with #wasmtime_array_ref_pre_delete.
typedef struct wasmtime_array_ref_pre wasmtime_array_ref_pre_t;

/// Makes an array type ready for a store.
///
/// \param context the store, with which alone the result can be used.
/// \param ty      the type; it stays the caller's.
/// \return an object that the caller owns.
WASM_API_EXTERN wasmtime_array_ref_pre_t* wasmtime_array_ref_pre_new(wasmtime_context_t* context,
                                                                     const wasmtime_array_type_t* ty);

/// Frees `pre`, also after its store is gone; NULL is allowed.
WASM_API_EXTERN void wasmtime_array_ref_pre_delete(wasmtime_array_ref_pre_t* pre);

/// Makes `ref` the null reference.
static inline void wasmtime_arrayref_set_null(wasmtime_arrayref_t* ref) { ref->store_id = 0; }

/// Tells whether `ref`, which must not be NULL itself, is the null reference.
static inline bool wasmtime_arrayref_is_null(const wasmtime_arrayref_t* ref) { return ref->store_id == 0; }

/// Allocates an array whose elements all have one value.
///
/// \param context the store.
/// \param pre     the prepared type, of this store; it stays the caller's.
/// \param elem    the value; it stays the caller's.
/// \param len     how many elements.
/// \param out     receives a reference that the caller owns, null on an error.
/// \return NULL, or an error that the caller owns when the value is not of the elements' type or memory is short.
WASM_API_EXTERN wasmtime_error_t* wasmtime_arrayref_new(wasmtime_context_t* context,
                                                        const wasmtime_array_ref_pre_t* pre, const wasmtime_val_t* elem,
                                                        uint32_t len, wasmtime_arrayref_t* out);

/// Makes another root for the same array.
///
/// \param arrayref the reference; NULL stands for the null reference.
/// \param out      receives a reference that the caller owns.
WASM_API_EXTERN void wasmtime_arrayref_clone(const wasmtime_arrayref_t* arrayref, wasmtime_arrayref_t* out);

/// Unroots a reference, whose content is undefined afterwards; NULL and null references are allowed.
WASM_API_EXTERN void wasmtime_arrayref_unroot(wasmtime_arrayref_t* ref);

/// Gives the reference as an anyref, with a root of its own.
///
/// \param arrayref the reference; it stays the caller's. NULL stands for the null reference.
/// \param out      receives the anyref, which the caller owns.
WASM_API_EXTERN void wasmtime_arrayref_to_anyref(const wasmtime_arrayref_t* arrayref, wasmtime_anyref_t* out);

/// Gives the reference as an eqref, with a root of its own.
///
/// \param arrayref the reference; it stays the caller's. NULL stands for the null reference.
/// \param out      receives the eqref, which the caller owns.
WASM_API_EXTERN void wasmtime_arrayref_to_eqref(const wasmtime_arrayref_t* arrayref, wasmtime_eqref_t* out);

/// Tells how many elements the array has.
///
/// \param context  the reference's store.
/// \param arrayref the reference; it stays the caller's.
/// \param out      receives the number; untouched on an error.
/// \return NULL, or an error that the caller owns when the reference is null.
WASM_API_EXTERN wasmtime_error_t* wasmtime_arrayref_len(wasmtime_context_t* context,
                                                        const wasmtime_arrayref_t* arrayref, uint32_t* out);

/// Reads an element.
///
/// \param context  the reference's store.
/// \param arrayref the reference; it stays the caller's.
/// \param index    the element's index.
/// \param out      receives the value, which the caller owns (wasmtime_val_unroot()); untouched on an error.
/// \return NULL, or an error that the caller owns when there is no such element or the reference is null.
WASM_API_EXTERN wasmtime_error_t* wasmtime_arrayref_get(wasmtime_context_t* context,
                                                        const wasmtime_arrayref_t* arrayref, uint32_t index,
                                                        wasmtime_val_t* out);

/// Writes an element.
///
/// \param context  the reference's store.
/// \param arrayref the reference; it stays the caller's.
/// \param index    the element's index.
/// \param val      the value; it stays the caller's.
/// \return NULL, or an error that the caller owns when there is no such element, elements are immutable, the value is
///         not of their type, or the reference is null.
WASM_API_EXTERN wasmtime_error_t* wasmtime_arrayref_set(wasmtime_context_t* context,
                                                        const wasmtime_arrayref_t* arrayref, uint32_t index,
                                                        const wasmtime_val_t* val);

/// The type of the array. The caller owns it and frees it with wasmtime_array_type_delete(). NULL for NULL and the null
/// reference.
WASM_API_EXTERN wasmtime_array_type_t* wasmtime_arrayref_type(wasmtime_context_t* context,
                                                              const wasmtime_arrayref_t* arrayref);

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // WASMTIME_FEATURE_GC

#endif  // WASMTIME_ARRAYREF_H
