/// \file wasmtime/externref.h
///
/// References to things of the host's, which WebAssembly can hold and pass on but neither make nor look into.
///
/// References are roots; wasmtime/val.h says what that means, who unroots them and which thread may.

#ifndef WASMTIME_EXTERNREF_H
#define WASMTIME_EXTERNREF_H

#include <wasmtime/conf.h>

#ifdef WASMTIME_FEATURE_GC

#include <wasmtime/val.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Makes `ref` the null reference.
static inline void wasmtime_externref_set_null(wasmtime_externref_t* ref) { ref->store_id = 0; }

/// Tells whether `ref`, which must not be NULL itself, is the null reference.
static inline bool wasmtime_externref_is_null(const wasmtime_externref_t* ref) { return ref->store_id == 0; }

/// Makes a reference to something of the host's. Each call makes an object of its own, also for equal data.
///
/// \param context   the store.
/// \param data      anything; may be NULL, which is not the null reference.
/// \param finalizer called with `data` when the object has become garbage and is collected, or the store is deleted; it
///                  must not use the store. NULL for none. Not called if this function fails.
/// \param out       receives a reference that the caller owns; untouched on failure.
/// \return whether there was room for it. A collection (wasmtime_context_gc()) may make some.
WASM_API_EXTERN bool wasmtime_externref_new(wasmtime_context_t* context, void* data, void (*finalizer)(void*),
                                            wasmtime_externref_t* out);

/// Gives what the reference was made with. NULL for NULL, the null reference, and an object of WebAssembly's own that
/// was turned into an externref.
WASM_API_EXTERN void* wasmtime_externref_data(wasmtime_context_t* context, const wasmtime_externref_t* data);

/// Makes another root for the same object.
///
/// \param ref the reference; NULL stands for the null reference.
/// \param out receives a reference that the caller owns.
WASM_API_EXTERN void wasmtime_externref_clone(const wasmtime_externref_t* ref, wasmtime_externref_t* out);

/// Unroots a reference, whose content is undefined afterwards; NULL and null references are allowed.
WASM_API_EXTERN void wasmtime_externref_unroot(wasmtime_externref_t* ref);

/// Roots the `externref` of a #wasmtime_val_raw_t.
///
/// \param context the store that the raw value came from.
/// \param raw     the raw value; 0 gives the null reference.
/// \param out     receives a reference that the caller owns.
WASM_API_EXTERN void wasmtime_externref_from_raw(wasmtime_context_t* context, uint32_t raw, wasmtime_externref_t* out);

/// Turns a reference of this store into the `externref` of a #wasmtime_val_raw_t.
///
/// The number is no root: it is good until the next collection, which any allocation of objects in the store can bring.
WASM_API_EXTERN uint32_t wasmtime_externref_to_raw(wasmtime_context_t* context, const wasmtime_externref_t* ref);

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // WASMTIME_FEATURE_GC

#endif  // WASMTIME_EXTERNREF_H
