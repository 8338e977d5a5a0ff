/// \file wasmtime/func.h
///
/// Functions: calling those of WebAssembly, and making those of the host.
///
/// Host functions are given values that belong to the call; values that they write as results are taken over. A C++
/// exception must not leave a callback: it ends the process.
///
/// Threads: as the store (wasmtime/store.h). Callbacks run on the thread that called into WebAssembly; those of a
/// linker may run on several threads at the same time, for different stores.

#ifndef WASMTIME_FUNC_H
#define WASMTIME_FUNC_H

#include <wasm.h>
#include <wasmtime/extern.h>
#include <wasmtime/store.h>
#include <wasmtime/val.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Who called a host function. Valid during the call only, owned by nobody.
typedef struct wasmtime_caller wasmtime_caller_t;

/// A host function.
///
/// \param env      what was given when the function was made.
/// \param caller   the way to the store and to the caller's exports.
/// \param args     the arguments, of the types that the function was made with. References in them are unrooted after
///                 the call: clone what is to stay.
/// \param nargs    how many there are.
/// \param results  where to write the results, which must have the function's types; references are taken over. What
///                 stands there before is unspecified.
/// \param nresults how many are to be written.
/// \return NULL, or a trap, which is taken over and ends the WebAssembly that called. A result of a wrong kind traps
///         too.
typedef wasm_trap_t* (*wasmtime_func_callback_t)(void* env, wasmtime_caller_t* caller, const wasmtime_val_t* args,
                                                 size_t nargs, wasmtime_val_t* results, size_t nresults);

/// Makes a host function in a store.
///
/// \param store     the store.
/// \param type      the function's type; it stays the caller's.
/// \param callback  what is called.
/// \param env       passed to the callback; may be NULL.
/// \param finalizer called with `env` when the store is deleted; NULL for none.
/// \param ret       receives the function.
WASM_API_EXTERN void wasmtime_func_new(wasmtime_context_t* store, const wasm_functype_t* type,
                                       wasmtime_func_callback_t callback, void* env, void (*finalizer)(void*),
                                       wasmtime_func_t* ret);

/// A host function that knows its own type.
///
/// \param env                  what was given when the function was made.
/// \param caller               the way to the store and to the caller's exports.
/// \param args_and_results     the arguments from index 0 on; results are written from index 0 on, over them.
/// \param num_args_and_results the length of that array: the larger of the numbers of parameters and results.
/// \return NULL, or a trap, which is taken over and ends the WebAssembly that called.
typedef wasm_trap_t* (*wasmtime_func_unchecked_callback_t)(void* env, wasmtime_caller_t* caller,
                                                           wasmtime_val_raw_t* args_and_results,
                                                           size_t num_args_and_results);

/// Makes a host function that is called without any checks: faster than one of wasmtime_func_new().
///
/// The callback must read each argument as its type says and, unless it returns a trap, write every result with its
/// type. References must be of this store. Nothing of this is checked; breaking it is undefined behaviour.
///
/// \param store     the store.
/// \param type      the function's type; it stays the caller's.
/// \param callback  what is called.
/// \param env       passed to the callback; may be NULL.
/// \param finalizer called with `env` when the store is deleted; NULL for none.
/// \param ret       receives the function.
WASM_API_EXTERN void wasmtime_func_new_unchecked(wasmtime_context_t* store, const wasm_functype_t* type,
                                                 wasmtime_func_unchecked_callback_t callback, void* env,
                                                 void (*finalizer)(void*), wasmtime_func_t* ret);

/// The function's type. The caller owns it and frees it with wasm_functype_delete().
WASM_API_EXTERN wasm_functype_t* wasmtime_func_type(const wasmtime_context_t* store, const wasmtime_func_t* func);

/// Calls a function. Host functions may do so too, on the store that called them.
///
/// \param store    the function's store.
/// \param func     the function.
/// \param args     the arguments; they stay the caller's. May be NULL if there are none.
/// \param nargs    how many there are.
/// \param results  receives the results, which the caller owns (wasmtime_val_unroot()). May be NULL if there are none.
/// \param nresults how many there must be.
/// \param trap     receives a trap that the caller owns, or NULL; must not be NULL itself.
/// \return NULL, or an error that the caller owns. An error means that the call was wrong (number or kinds of
///         arguments, another store's objects) or that the host ended it (WASI's exit status is an error too); a trap
///         means that WebAssembly trapped. Never both; with either, no result is written.
WASM_API_EXTERN wasmtime_error_t* wasmtime_func_call(wasmtime_context_t* store, const wasmtime_func_t* func,
                                                     const wasmtime_val_t* args, size_t nargs, wasmtime_val_t* results,
                                                     size_t nresults, wasm_trap_t** trap);

/// Calls a function without any checks: faster than wasmtime_func_call().
///
/// The array must have room for all parameters and for all results, one after the other; each argument must be what the
/// type says, and references of this store. Nothing of this is checked; breaking it is undefined behaviour.
///
/// \param store                the function's store.
/// \param func                 the function.
/// \param args_and_results     the arguments from index 0 on; the results come from index 0 on.
/// \param args_and_results_len the array's length.
/// \param trap                 receives a trap that the caller owns, or NULL.
/// \return NULL, or an error that the caller owns.
WASM_API_EXTERN wasmtime_error_t* wasmtime_func_call_unchecked(wasmtime_context_t* store, const wasmtime_func_t* func,
                                                               wasmtime_val_raw_t* args_and_results,
                                                               size_t args_and_results_len, wasm_trap_t** trap);

/// Finds an export of the instance whose code called the host function.
///
/// \param caller   the caller.
/// \param name     the export's name, which need not end with NUL.
/// \param name_len its length in bytes.
/// \param item     receives the item, which the caller owns (wasmtime_extern_delete()); untouched if there is none.
/// \return whether there is such an export. There is none when the host called the function itself.
WASM_API_EXTERN bool wasmtime_caller_export_get(wasmtime_caller_t* caller, const char* name, size_t name_len,
                                                wasmtime_extern_t* item);

/// The store's context, to be used during the call.
WASM_API_EXTERN wasmtime_context_t* wasmtime_caller_context(wasmtime_caller_t* caller);

/// Turns the `funcref` of a #wasmtime_val_raw_t into a handle.
///
/// \param context the store that the raw value came from.
/// \param raw     the raw value. NULL gives the null reference; any other value that did not come from this store is
///                undefined behaviour.
/// \param ret     receives the function.
WASM_API_EXTERN void wasmtime_func_from_raw(wasmtime_context_t* context, void* raw, wasmtime_func_t* ret);

/// Turns a function of the store into the `funcref` of a #wasmtime_val_raw_t; the null reference gives NULL.
WASM_API_EXTERN void* wasmtime_func_to_raw(wasmtime_context_t* context, const wasmtime_func_t* func);

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // WASMTIME_FUNC_H
