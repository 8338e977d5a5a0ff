/// \file wasmtime/types/exnref.h
///
/// The types of exceptions: which values one carries.
///
/// Threads: types never change; any number of threads may read one.

#ifndef WASMTIME_TYPES_EXNREF_H
#define WASMTIME_TYPES_EXNREF_H

#include <wasm.h>
#include <wasmtime/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/// The type of exceptions that carry certain values. Opaque; deleted with #wasmtime_exn_type_delete.
typedef struct wasmtime_exn_type wasmtime_exn_type_t;

/// Makes the type of exceptions that carry these values.
///
/// \param engine the engine; it stays the caller's.
/// \param params the values' types; the vector stays the caller's.
/// \param out    receives a type that the caller owns; untouched on an error.
/// \return NULL, or an error that the caller owns.
WASM_API_EXTERN wasmtime_error_t* wasmtime_exn_type_new(const wasm_engine_t* engine, const wasm_valtype_vec_t* params,
                                                        wasmtime_exn_type_t** out);

/// Frees an exception type; NULL is allowed.
WASM_API_EXTERN void wasmtime_exn_type_delete(wasmtime_exn_type_t* ty);

/// Makes a copy, which the caller owns.
WASM_API_EXTERN wasmtime_exn_type_t* wasmtime_exn_type_copy(const wasmtime_exn_type_t* ty);

/// The type of tags with which such exceptions are thrown. The caller owns it and frees it with wasm_tagtype_delete().
WASM_API_EXTERN wasm_tagtype_t* wasmtime_exn_type_tag_type(const wasmtime_exn_type_t* ty);

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // WASMTIME_TYPES_EXNREF_H
