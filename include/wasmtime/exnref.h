/// \file wasmtime/exnref.h
///
/// Exceptions: making, throwing, catching and reading them.
///
/// A host function throws by returning the trap that wasmtime_context_set_exception() gives. When WebAssembly does not
/// catch an exception the call that the host made ends with a trap, and wasmtime_context_take_exception() gives the
/// exception.
///
/// References are roots; wasmtime/val.h says what that means, who unroots them and which thread may.

#ifndef WASMTIME_EXNREF_H
#define WASMTIME_EXNREF_H

#include <wasmtime/conf.h>

#ifdef WASMTIME_FEATURE_GC

#include <wasmtime/tag.h>
#include <wasmtime/types/exnref.h>
#include <wasmtime/val.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Makes an exception, without throwing it.
///
/// \param store   the store.
/// \param tag     the tag it will be thrown with, of this store.
/// \param fields  one value per parameter of the tag's type; they stay the caller's.
/// \param nfields how many there are.
/// \param exn_ret receives a reference that the caller owns; untouched on an error.
/// \return NULL, or an error that the caller owns when number or kinds of the values are wrong or memory is short.
WASM_API_EXTERN wasmtime_error_t* wasmtime_exnref_new(wasmtime_context_t* store, const wasmtime_tag_t* tag,
                                                      const wasmtime_val_t* fields, size_t nfields,
                                                      wasmtime_exnref_t* exn_ret);

/// Makes `ref` the null reference.
static inline void wasmtime_exnref_set_null(wasmtime_exnref_t* ref) { ref->store_id = 0; }

/// Tells whether `ref`, which must not be NULL itself, is the null reference.
static inline bool wasmtime_exnref_is_null(const wasmtime_exnref_t* ref) { return ref->store_id == 0; }

/// Makes another root for the same exception.
///
/// \param ref the reference; NULL stands for the null reference.
/// \param out receives a reference that the caller owns.
WASM_API_EXTERN void wasmtime_exnref_clone(const wasmtime_exnref_t* ref, wasmtime_exnref_t* out);

/// Unroots a reference, whose content is undefined afterwards; NULL and null references are allowed.
WASM_API_EXTERN void wasmtime_exnref_unroot(wasmtime_exnref_t* ref);

/// Roots the `exnref` of a #wasmtime_val_raw_t.
///
/// \param context the store that the raw value came from.
/// \param raw     the raw value; 0 gives the null reference.
/// \param out     receives a reference that the caller owns.
WASM_API_EXTERN void wasmtime_exnref_from_raw(wasmtime_context_t* context, uint32_t raw, wasmtime_exnref_t* out);

/// Turns a reference of this store into the `exnref` of a #wasmtime_val_raw_t.
///
/// The number is no root: it is good until the next collection, which any allocation of objects in the store can bring.
WASM_API_EXTERN uint32_t wasmtime_exnref_to_raw(wasmtime_context_t* context, const wasmtime_exnref_t* ref);

/// Tells which tag an exception was made with.
///
/// \param store   the reference's store.
/// \param exn     the reference; it stays the caller's.
/// \param tag_ret receives the tag; untouched on an error.
/// \return NULL, or an error that the caller owns when the reference is null.
WASM_API_EXTERN wasmtime_error_t* wasmtime_exnref_tag(wasmtime_context_t* store, const wasmtime_exnref_t* exn,
                                                      wasmtime_tag_t* tag_ret);

/// How many values an exception carries; the null reference carries none.
WASM_API_EXTERN size_t wasmtime_exnref_field_count(wasmtime_context_t* store, const wasmtime_exnref_t* exn);

/// Reads one of the values.
///
/// \param store   the reference's store.
/// \param exn     the reference; it stays the caller's.
/// \param index   the value's index.
/// \param val_ret receives the value, which the caller owns (wasmtime_val_unroot()); untouched on an error.
/// \return NULL, or an error that the caller owns when there is no such value or the reference is null.
WASM_API_EXTERN wasmtime_error_t* wasmtime_exnref_field(wasmtime_context_t* store, const wasmtime_exnref_t* exn,
                                                        size_t index, wasmtime_val_t* val_ret);

/// Makes an exception the one that is on its way in the store, and gives the trap that carries it.
///
/// \param store the store.
/// \param exn   the reference; it stays the caller's.
/// \return a trap that the caller owns; the host function that throws returns it.
WASM_API_EXTERN wasm_trap_t* wasmtime_context_set_exception(wasmtime_context_t* store, const wasmtime_exnref_t* exn);

/// Takes the exception that is on its way, which then is no longer.
///
/// \param store   the store.
/// \param exn_ret receives a reference that the caller owns.
/// \return whether there was one; otherwise nothing is written.
WASM_API_EXTERN bool wasmtime_context_take_exception(wasmtime_context_t* store, wasmtime_exnref_t* exn_ret);

/// Whether an exception is on its way in the store.
WASM_API_EXTERN bool wasmtime_context_has_exception(wasmtime_context_t* store);

/// The type of the exception. The caller owns it and frees it with wasmtime_exn_type_delete(). NULL for NULL and the
/// null reference.
WASM_API_EXTERN wasmtime_exn_type_t* wasmtime_exnref_type(wasmtime_context_t* context, const wasmtime_exnref_t* exnref);

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // WASMTIME_FEATURE_GC

#endif  // WASMTIME_EXNREF_H
