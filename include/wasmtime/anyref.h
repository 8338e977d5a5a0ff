/// \file wasmtime/anyref.h
///
/// References into the `any` hierarchy: i31 values, structs and arrays.
///
/// References are roots; wasmtime/val.h says what that means, who unroots them and which thread may.

#ifndef WASMTIME_ANYREF_H
#define WASMTIME_ANYREF_H

#include <wasmtime/conf.h>

#ifdef WASMTIME_FEATURE_GC

#include <wasmtime/types/val.h>
#include <wasmtime/val.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Makes `ref` the null reference.
static inline void wasmtime_anyref_set_null(wasmtime_anyref_t* ref) { ref->store_id = 0; }

/// Tells whether `ref`, which must not be NULL itself, is the null reference.
static inline bool wasmtime_anyref_is_null(const wasmtime_anyref_t* ref) { return ref->store_id == 0; }

/// Makes another root for the same object.
///
/// \param anyref the reference; NULL stands for the null reference.
/// \param out    receives a reference that the caller owns.
WASM_API_EXTERN void wasmtime_anyref_clone(const wasmtime_anyref_t* anyref, wasmtime_anyref_t* out);

/// Unroots a reference, whose content is undefined afterwards; NULL, null references and i31 values are allowed.
WASM_API_EXTERN void wasmtime_anyref_unroot(wasmtime_anyref_t* ref);

/// Roots the `anyref` of a #wasmtime_val_raw_t.
///
/// \param context the store that the raw value came from.
/// \param raw     the raw value; 0 gives the null reference.
/// \param out     receives a reference that the caller owns.
WASM_API_EXTERN void wasmtime_anyref_from_raw(wasmtime_context_t* context, uint32_t raw, wasmtime_anyref_t* out);

/// Turns a reference of this store into the `anyref` of a #wasmtime_val_raw_t.
///
/// The number is no root: it is good until the next collection, which any allocation of objects in the store can bring.
WASM_API_EXTERN uint32_t wasmtime_anyref_to_raw(wasmtime_context_t* context, const wasmtime_anyref_t* ref);

/// Makes an i31 value of the lower 31 bits of a number.
///
/// \param context the store.
/// \param i31val  the number.
/// \param out     receives the reference; it needs no unrooting.
WASM_API_EXTERN void wasmtime_anyref_from_i31(wasmtime_context_t* context, uint32_t i31val, wasmtime_anyref_t* out);

/// Whether a reference is an i31 value; the null reference is none.
WASM_API_EXTERN bool wasmtime_anyref_is_i31(wasmtime_context_t* context, const wasmtime_anyref_t* anyref);

/// Reads an i31 value as an unsigned number.
///
/// \param context the reference's store.
/// \param anyref  the reference.
/// \param dst     receives the number.
/// \return whether the reference is an i31 value; otherwise nothing is written.
WASM_API_EXTERN bool wasmtime_anyref_i31_get_u(wasmtime_context_t* context, const wasmtime_anyref_t* anyref,
                                               uint32_t* dst);

/// Reads an i31 value as a signed number.
///
/// \param context the reference's store.
/// \param anyref  the reference.
/// \param dst     receives the number.
/// \return whether the reference is an i31 value; otherwise nothing is written.
WASM_API_EXTERN bool wasmtime_anyref_i31_get_s(wasmtime_context_t* context, const wasmtime_anyref_t* anyref,
                                               int32_t* dst);

/// Whether a reference is an i31 value, a struct or an array; the null reference is none.
WASM_API_EXTERN bool wasmtime_anyref_is_eqref(wasmtime_context_t* context, const wasmtime_anyref_t* anyref);

/// Gives the reference as an eqref, with a root of its own.
///
/// \param context the reference's store.
/// \param anyref  the reference; it stays the caller's.
/// \param out     receives the eqref, which the caller owns, or null.
/// \return whether it is one.
WASM_API_EXTERN bool wasmtime_anyref_as_eqref(wasmtime_context_t* context, const wasmtime_anyref_t* anyref,
                                              wasmtime_eqref_t* out);

/// Whether a reference is a struct; the null reference is none.
WASM_API_EXTERN bool wasmtime_anyref_is_struct(wasmtime_context_t* context, const wasmtime_anyref_t* anyref);

/// Gives the reference as a structref, with a root of its own.
///
/// \param context the reference's store.
/// \param anyref  the reference; it stays the caller's.
/// \param out     receives the structref, which the caller owns, or null.
/// \return whether it is one.
WASM_API_EXTERN bool wasmtime_anyref_as_struct(wasmtime_context_t* context, const wasmtime_anyref_t* anyref,
                                               wasmtime_structref_t* out);

/// Whether a reference is an array; the null reference is none.
WASM_API_EXTERN bool wasmtime_anyref_is_array(wasmtime_context_t* context, const wasmtime_anyref_t* anyref);

/// Gives the reference as an arrayref, with a root of its own.
///
/// \param context the reference's store.
/// \param anyref  the reference; it stays the caller's.
/// \param out     receives the arrayref, which the caller owns, or null.
/// \return whether it is one.
WASM_API_EXTERN bool wasmtime_anyref_as_array(wasmtime_context_t* context, const wasmtime_anyref_t* anyref,
                                              wasmtime_arrayref_t* out);

/// The type of the object that a reference points to: `i31`, or the concrete type of a struct or array; an object of
/// the host's that WebAssembly brought into the hierarchy has the type `any`.
///
/// \param context the reference's store.
/// \param anyref  the reference, or NULL.
/// \param out     receives the type, which the caller frees with wasmtime_heaptype_delete().
/// \return whether there is an object; not for NULL and the null reference. Otherwise nothing is written.
WASM_API_EXTERN bool wasmtime_anyref_type(wasmtime_context_t* context, const wasmtime_anyref_t* anyref,
                                          wasmtime_heaptype_t* out);

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // WASMTIME_FEATURE_GC

#endif  // WASMTIME_ANYREF_H
