/// \file wasmtime/types/arrayref.h
///
/// The types of arrays.
///
/// Threads: types never change; any number of threads may read one.

#ifndef WASMTIME_TYPES_ARRAYREF_H
#define WASMTIME_TYPES_ARRAYREF_H

#include <wasm.h>
#include <wasmtime/types/structref.h>

#ifdef __cplusplus
extern "C" {
#endif

/// The type of arrays with certain elements. Opaque; deleted with #wasmtime_array_type_delete.
typedef struct wasmtime_array_type wasmtime_array_type_t;

/// Makes the type of arrays of such elements. It is final and has no supertype, and equals the type that WebAssembly
/// defines in that way.
///
/// \param engine the engine; it stays the caller's.
/// \param field  the elements' type; it stays the caller's.
/// \return a type that the caller owns, or NULL if the elements' type is unknown or the engine has no GC types.
WASM_API_EXTERN wasmtime_array_type_t* wasmtime_array_type_new(const wasm_engine_t* engine,
                                                               const wasmtime_field_type_t* field);

/// Makes a copy, which the caller owns.
WASM_API_EXTERN wasmtime_array_type_t* wasmtime_array_type_copy(const wasmtime_array_type_t* ty);

/// Frees an array type; NULL is allowed.
WASM_API_EXTERN void wasmtime_array_type_delete(wasmtime_array_type_t* ty);

/// The elements' type.
///
/// \param ty  the array type.
/// \param out receives it; the caller frees it with wasmtime_field_type_delete().
WASM_API_EXTERN void wasmtime_array_type_element(const wasmtime_array_type_t* ty, wasmtime_field_type_t* out);

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // WASMTIME_TYPES_ARRAYREF_H
