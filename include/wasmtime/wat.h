/// \file wasmtime/wat.h
///
/// The text format of WebAssembly.
///
/// Threads: any.

#ifndef WASMTIME_WAT_H
#define WASMTIME_WAT_H

#include <wasm.h>
#include <wasmtime/conf.h>
#include <wasmtime/error.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifdef WASMTIME_FEATURE_WAT

/// Translates the text format into the binary format. The module is parsed, not validated.
///
/// \param wat     the text, in UTF-8; it need not end with NUL.
/// \param wat_len its length in bytes.
/// \param ret     receives the module's bytes, which the caller owns and frees with wasm_byte_vec_delete(); untouched
///                on an error.
/// \return NULL, or an error that the caller owns and that names line and column.
WASM_API_EXTERN wasmtime_error_t* wasmtime_wat2wasm(const char* wat, size_t wat_len, wasm_byte_vec_t* ret);

#endif  // WASMTIME_FEATURE_WAT

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // WASMTIME_WAT_H
