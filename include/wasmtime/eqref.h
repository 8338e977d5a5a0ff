/// \file wasmtime/eqref.h
///
/// References that `ref.eq` can compare: i31 values, structs and arrays.
///
/// References are roots; wasmtime/val.h says what that means, who unroots them and which thread may.

#ifndef WASMTIME_EQREF_H
#define WASMTIME_EQREF_H

#include <wasmtime/conf.h>

#ifdef WASMTIME_FEATURE_GC

#include <wasmtime/types/val.h>
#include <wasmtime/val.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Makes `ref` the null reference.
static inline void wasmtime_eqref_set_null(wasmtime_eqref_t* ref) { ref->store_id = 0; }

/// Tells whether `ref`, which must not be NULL itself, is the null reference.
static inline bool wasmtime_eqref_is_null(const wasmtime_eqref_t* ref) { return ref->store_id == 0; }

/// Makes another root for the same object.
///
/// \param eqref the reference; NULL stands for the null reference.
/// \param out   receives a reference that the caller owns.
WASM_API_EXTERN void wasmtime_eqref_clone(const wasmtime_eqref_t* eqref, wasmtime_eqref_t* out);

/// Unroots a reference, whose content is undefined afterwards; NULL, null references and i31 values are allowed.
WASM_API_EXTERN void wasmtime_eqref_unroot(wasmtime_eqref_t* ref);

/// Gives the reference as an anyref, with a root of its own.
///
/// \param eqref the reference; it stays the caller's. NULL stands for the null reference.
/// \param out   receives the anyref, which the caller owns.
WASM_API_EXTERN void wasmtime_eqref_to_anyref(const wasmtime_eqref_t* eqref, wasmtime_anyref_t* out);

/// Makes an i31 value of the lower 31 bits of a number.
///
/// \param context the store.
/// \param i31val  the number.
/// \param out     receives the reference; it needs no unrooting.
WASM_API_EXTERN void wasmtime_eqref_from_i31(wasmtime_context_t* context, uint32_t i31val, wasmtime_eqref_t* out);

/// Whether a reference is an i31 value; the null reference is none.
WASM_API_EXTERN bool wasmtime_eqref_is_i31(wasmtime_context_t* context, const wasmtime_eqref_t* eqref);

/// Reads an i31 value as an unsigned number.
///
/// \param context the reference's store.
/// \param eqref   the reference.
/// \param dst     receives the number.
/// \return whether the reference is an i31 value; otherwise nothing is written.
WASM_API_EXTERN bool wasmtime_eqref_i31_get_u(wasmtime_context_t* context, const wasmtime_eqref_t* eqref,
                                              uint32_t* dst);

/// Reads an i31 value as a signed number.
///
/// \param context the reference's store.
/// \param eqref   the reference.
/// \param dst     receives the number.
/// \return whether the reference is an i31 value; otherwise nothing is written.
WASM_API_EXTERN bool wasmtime_eqref_i31_get_s(wasmtime_context_t* context, const wasmtime_eqref_t* eqref, int32_t* dst);

/// Whether a reference is an array; the null reference is none.
WASM_API_EXTERN bool wasmtime_eqref_is_array(wasmtime_context_t* context, const wasmtime_eqref_t* eqref);

/// Gives the reference as an arrayref, with a root of its own.
///
/// \param context the reference's store.
/// \param eqref   the reference; it stays the caller's.
/// \param out     receives the arrayref, which the caller owns, or null.
/// \return whether it is one.
WASM_API_EXTERN bool wasmtime_eqref_as_array(wasmtime_context_t* context, const wasmtime_eqref_t* eqref,
                                             wasmtime_arrayref_t* out);

/// Whether a reference is a struct; the null reference is none.
WASM_API_EXTERN bool wasmtime_eqref_is_struct(wasmtime_context_t* context, const wasmtime_eqref_t* eqref);

/// Gives the reference as a structref, with a root of its own.
///
/// \param context the reference's store.
/// \param eqref   the reference; it stays the caller's.
/// \param out     receives the structref, which the caller owns, or null.
/// \return whether it is one.
WASM_API_EXTERN bool wasmtime_eqref_as_struct(wasmtime_context_t* context, const wasmtime_eqref_t* eqref,
                                              wasmtime_structref_t* out);

/// The type of the object that a reference points to: `i31`, or the concrete type of a struct or array.
///
/// \param context the reference's store.
/// \param eqref   the reference, or NULL.
/// \param out     receives the type, which the caller frees with wasmtime_heaptype_delete().
/// \return whether there is an object; not for NULL and the null reference. Otherwise nothing is written.
WASM_API_EXTERN bool wasmtime_eqref_type(wasmtime_context_t* context, const wasmtime_eqref_t* eqref,
                                         wasmtime_heaptype_t* out);

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // WASMTIME_FEATURE_GC

#endif  // WASMTIME_EQREF_H
