/// \file wasmtime/store.h
///
/// Stores: everything that lives while WebAssembly runs (instances, memories, tables, host functions, references) lives
/// in a store and goes with it. Objects of one store never meet those of another.
///
/// Threads: a store, its context and everything reached through them are used by one thread at a time; which one may
/// change between calls. The exceptions are named where they occur.
///
/// Handles: objects of a store are small structures that are copied at will and freed by nobody. Each carries its
/// store's number, which no other store of the process ever has, and each use checks it. A handle used with another
/// store is a mistake in the program: where the function can return an error it does, otherwise it prints which object
/// was misused and ends the process.

#ifndef WASMTIME_STORE_H
#define WASMTIME_STORE_H

#include <wasi.h>
#include <wasm.h>
#include <wasmtime/conf.h>
#include <wasmtime/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A store. Opaque; deleted with #wasmtime_store_delete.
typedef struct wasmtime_store wasmtime_store_t;

/// A store as most functions take it. It is the same pointer for the store's whole life, belongs to the store and is
/// never freed.
///
/// A context may be used by whoever owns the store and, while WebAssembly runs, by the host function that is being
/// called (from wasmtime_caller_context()). Finalizers must not use it.
typedef struct wasmtime_context wasmtime_context_t;

/// Makes an empty store.
///
/// \param engine    whose settings apply; it stays the caller's, and the store keeps it alive.
/// \param data      anything, for wasmtime_context_get_data().
/// \param finalizer called with the data when the store is deleted; NULL for none.
/// \return a store that the caller owns.
WASM_API_EXTERN wasmtime_store_t* wasmtime_store_new(wasm_engine_t* engine, void* data, void (*finalizer)(void*));

/// The store's context.
WASM_API_EXTERN wasmtime_context_t* wasmtime_store_context(wasmtime_store_t* store);

/// Bounds what instances may use from now on; what exists stays. A negative number means the default.
///
/// \param store          the store.
/// \param memory_size    bytes to which each memory may grow; by default no bound but its type.
/// \param table_elements elements to which each table may grow; by default no bound but its type.
/// \param instances      how many instances there may be; by default 10,000.
/// \param tables         how many tables; by default 10,000.
/// \param memories       how many memories; by default 10,000.
///
/// A memory or table that may not grow says so to WebAssembly as `memory.grow` and `table.grow` do (-1) and to the
/// embedder with an error; an instance that would need too much is not made.
WASM_API_EXTERN void wasmtime_store_limiter(wasmtime_store_t* store, int64_t memory_size, int64_t table_elements,
                                            int64_t instances, int64_t tables, int64_t memories);

/// Deletes a store and all that lives in it, then calls its finalizers; NULL is allowed. No code of the store may be
/// running and no future of it may be left.
WASM_API_EXTERN void wasmtime_store_delete(wasmtime_store_t* store);

/// The embedder's data: that of wasmtime_store_new() or, later, of wasmtime_context_set_data().
WASM_API_EXTERN void* wasmtime_context_get_data(const wasmtime_context_t* context);

/// Replaces the embedder's data. The finalizer of wasmtime_store_new() stays: it is not called now, and will be called
/// with the new data when the store is deleted.
WASM_API_EXTERN void wasmtime_context_set_data(wasmtime_context_t* context, void* data);

#ifdef WASMTIME_FEATURE_GC

/// Collects garbage in the store. Objects that neither WebAssembly nor a rooted reference can reach are freed, and
/// finalizers of externrefs among them are called before this function returns.
///
/// \return NULL, or an error that the caller owns.
WASM_API_EXTERN wasmtime_error_t* wasmtime_context_gc(wasmtime_context_t* context);

#endif  // WASMTIME_FEATURE_GC

/// Sets how much fuel WebAssembly has left in this store. A store starts with none, so that with fuel turned on nothing
/// runs before this call; when it is used up WebAssembly traps.
///
/// \return NULL, or an error that the caller owns when wasmtime_config_consume_fuel_set() has not turned fuel on.
WASM_API_EXTERN wasmtime_error_t* wasmtime_context_set_fuel(wasmtime_context_t* store, uint64_t fuel);

/// Tells how much fuel is left.
///
/// \param context the store's context.
/// \param fuel    receives the amount; untouched on an error.
/// \return NULL, or an error that the caller owns when fuel is not turned on.
WASM_API_EXTERN wasmtime_error_t* wasmtime_context_get_fuel(const wasmtime_context_t* context, uint64_t* fuel);

#ifdef WASMTIME_FEATURE_WASI

/// Gives the store's WASI functions what they work with: arguments, environment, streams, folders. Needed before code
/// that uses what wasmtime_linker_define_wasi() defined is run.
///
/// \param context the store's context.
/// \param wasi    taken over, also on an error; must not be used afterwards.
/// \return NULL, or an error that the caller owns, for instance when a file for a stream cannot be opened.
WASM_API_EXTERN wasmtime_error_t* wasmtime_context_set_wasi(wasmtime_context_t* context, wasi_config_t* wasi);

#endif  // WASMTIME_FEATURE_WASI

#ifdef WASMTIME_FEATURE_WASI_HTTP

/// Gives the store what components that use `wasi:http` work with. Needed before such a component is instantiated,
/// after wasmtime_context_set_wasi().
WASM_API_EXTERN void wasmtime_context_set_wasi_http(wasmtime_context_t* context);

#endif  // WASMTIME_FEATURE_WASI_HTTP

/// Sets after how many more ticks of the engine's epoch (wasmtime_engine_increment_epoch()) WebAssembly in this store
/// is stopped: it traps, or the callback of wasmtime_store_epoch_deadline_callback() decides.
///
/// Takes effect only in an engine with wasmtime_config_epoch_interruption_set().
WASM_API_EXTERN void wasmtime_context_set_epoch_deadline(wasmtime_context_t* context, uint64_t ticks_beyond_current);

/// What the callback of an epoch's deadline wants; one of the two constants below.
typedef uint8_t wasmtime_update_deadline_kind_t;
/// Go on at once.
#define WASMTIME_UPDATE_DEADLINE_CONTINUE 0
/// Pause the asynchronous call (wasmtime/async.h) and go on when it is polled again. In a call that is not asynchronous
/// the callback must not ask for this; it traps.
#define WASMTIME_UPDATE_DEADLINE_YIELD 1

/// Sets what happens when WebAssembly in this store passes its deadline.
///
/// \param store     the store.
/// \param func      called on the thread that runs the code. It either returns NULL after setting
///                  `epoch_deadline_delta`, the ticks from now to the next deadline, and perhaps `update_kind`; or it
///                  returns an error, which is taken over and ends the code.
/// \param data      passed to `func`.
/// \param finalizer called with `data` when the callback is replaced or the store deleted; NULL for none.
WASM_API_EXTERN void wasmtime_store_epoch_deadline_callback(
    wasmtime_store_t* store,
    wasmtime_error_t* (*func)(wasmtime_context_t* context, void* data, uint64_t* epoch_deadline_delta,
                              wasmtime_update_deadline_kind_t* update_kind),
    void* data, void (*finalizer)(void*));

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // WASMTIME_STORE_H
