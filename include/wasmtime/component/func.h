/// \file wasmtime/component/func.h
///
/// Functions of components.
///
/// Threads: as the store (wasmtime/store.h).

#ifndef WASMTIME_COMPONENT_FUNC_H
#define WASMTIME_COMPONENT_FUNC_H

#include <wasmtime/async.h>
#include <wasmtime/component/types/func.h>
#include <wasmtime/component/val.h>
#include <wasmtime/conf.h>
#include <wasmtime/error.h>
#include <wasmtime/store.h>

#ifdef WASMTIME_FEATURE_COMPONENT_MODEL

#ifdef __cplusplus
extern "C" {
#endif

/// A function of an instance of a component: a handle, copied at will and freed by nobody.
typedef struct wasmtime_component_func {
  /// The number of the function's store, never 0.
  uint64_t store_id;
  /// Private.
  uint32_t __private1;
  /// Private.
  uint32_t __private_reserved;
  /// Private.
  uint32_t __private2;
} wasmtime_component_func_t;

/// The function's type. The caller owns it and frees it with wasmtime_component_func_type_delete().
WASM_API_EXTERN wasmtime_component_func_type_t* wasmtime_component_func_type(const wasmtime_component_func_t* func,
                                                                             wasmtime_context_t* context);

/// Calls a function.
///
/// \param func         the function.
/// \param context      its store.
/// \param args         the arguments; they stay the caller's.
/// \param args_size    how many there are.
/// \param results      receives the results, which the caller owns (wasmtime_component_val_delete()). What stands there
///                     before is not looked at.
/// \param results_size how many there must be: as many as the function has.
/// \return NULL, or an error that the caller owns when the arguments are wrong or the call trapped. Then no result is
///         written.
WASM_API_EXTERN wasmtime_error_t* wasmtime_component_func_call(const wasmtime_component_func_t* func,
                                                               wasmtime_context_t* context,
                                                               const wasmtime_component_val_t* args, size_t args_size,
                                                               wasmtime_component_val_t* results, size_t results_size);

/// Does nothing and returns NULL. Deprecated: what it once did is part of the call.
WASM_API_EXTERN wasmtime_error_t* wasmtime_component_func_post_return(const wasmtime_component_func_t* func,
                                                                      wasmtime_context_t* context);

#ifdef WASMTIME_FEATURE_COMPONENT_MODEL_ASYNC

/// wasmtime_component_func_call() as a future (wasmtime/async.h).
///
/// \param func         the function.
/// \param context      its store.
/// \param args         the arguments; they stay the caller's.
/// \param args_size    how many there are.
/// \param results      receives the results, which the caller owns, when the call ends.
/// \param results_size how many there must be.
/// \param error_ret    receives an error that the caller owns, or NULL, when the call ends; must not be NULL itself.
/// \return a future that the caller owns.
WASM_API_EXTERN wasmtime_call_future_t* wasmtime_component_func_call_async(
    const wasmtime_component_func_t* func, wasmtime_context_t* context, const wasmtime_component_val_t* args,
    size_t args_size, wasmtime_component_val_t* results, size_t results_size, wasmtime_error_t** error_ret);

#endif  // WASMTIME_FEATURE_COMPONENT_MODEL_ASYNC

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // WASMTIME_FEATURE_COMPONENT_MODEL

#endif  // WASMTIME_COMPONENT_FUNC_H
