/// \file wasmtime/global.h
///
/// Globals: single values that instances share.
///
/// Threads: as the store (wasmtime/store.h).

#ifndef WASMTIME_GLOBAL_H
#define WASMTIME_GLOBAL_H

#include <wasm.h>
#include <wasmtime/error.h>
#include <wasmtime/extern.h>
#include <wasmtime/store.h>
#include <wasmtime/val.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Makes a global.
///
/// \param store the store to make it in.
/// \param type  its type; it stays the caller's.
/// \param val   its first value; it stays the caller's.
/// \param ret   receives the global; untouched on an error.
/// \return NULL, or an error that the caller owns when the value does not have the type or is of another store.
WASM_API_EXTERN wasmtime_error_t* wasmtime_global_new(wasmtime_context_t* store, const wasm_globaltype_t* type,
                                                      const wasmtime_val_t* val, wasmtime_global_t* ret);

/// The global's type. The caller owns it and frees it with wasm_globaltype_delete().
WASM_API_EXTERN wasm_globaltype_t* wasmtime_global_type(const wasmtime_context_t* store,
                                                        const wasmtime_global_t* global);

/// Reads the global.
///
/// \param store  the global's store.
/// \param global the global.
/// \param out    receives the value, which the caller owns (wasmtime_val_unroot()).
WASM_API_EXTERN void wasmtime_global_get(wasmtime_context_t* store, const wasmtime_global_t* global,
                                         wasmtime_val_t* out);

/// Writes the global.
///
/// \param store  the global's store.
/// \param global the global.
/// \param val    the value; it stays the caller's.
/// \return NULL, or an error that the caller owns when the global is immutable, or the value does not have its type or
///         is of another store.
WASM_API_EXTERN wasmtime_error_t* wasmtime_global_set(wasmtime_context_t* store, const wasmtime_global_t* global,
                                                      const wasmtime_val_t* val);

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // WASMTIME_GLOBAL_H
