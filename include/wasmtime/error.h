/// \file wasmtime/error.h
///
/// Errors: why a function of the library did not do what it was asked for.
///
/// Functions that can fail return `wasmtime_error_t *`: NULL for success, otherwise an error that the caller owns.
/// Traps, which are what running WebAssembly can end with, are another thing (wasmtime/trap.h).
///
/// Threads: an error never changes once it exists; any thread may read it or delete it.

#ifndef WASMTIME_ERROR_H
#define WASMTIME_ERROR_H

#include <wasm.h>

#ifdef __cplusplus
extern "C" {
#endif

/// An error. Opaque; deleted with #wasmtime_error_delete.
typedef struct wasmtime_error wasmtime_error_t;

/// Makes an error with a message of the embedder's.
///
/// \param message text that ends with NUL; it is copied. NULL is taken as the empty text.
/// \return an error that the caller owns.
WASM_API_EXTERN wasmtime_error_t* wasmtime_error_new(const char* message);

/// Frees `error`, which may be NULL.
WASM_API_EXTERN void wasmtime_error_delete(wasmtime_error_t* error);

/// Writes the error's text, causes included, to `message`.
///
/// \param error   the error; it stays the caller's.
/// \param message need not be initialized; the caller owns what comes and frees it with wasm_byte_vec_delete(). The
///                text carries its length and has no NUL at its end.
WASM_API_EXTERN void wasmtime_error_message(const wasmtime_error_t* error, wasm_name_t* message);

/// Tells whether a WASI program ended itself with an exit status, which travels as an error.
///
/// \param error  the error; it stays the caller's.
/// \param status receives the exit status if there is one and is untouched otherwise.
/// \return whether there is an exit status.
WASM_API_EXTERN bool wasmtime_error_exit_status(const wasmtime_error_t* error, int* status);

/// Gives the WebAssembly frames that were active when the error arose, the innermost first.
///
/// \param error the error; it stays the caller's.
/// \param out   need not be initialized; the caller owns the vector that comes, empty if no WebAssembly was running,
///              and frees it with wasm_frame_vec_delete().
WASM_API_EXTERN void wasmtime_error_wasm_trace(const wasmtime_error_t* error, wasm_frame_vec_t* out);

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // WASMTIME_ERROR_H
