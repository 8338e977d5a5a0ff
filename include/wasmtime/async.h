/// \file wasmtime/async.h
///
/// Calls that can be paused: WebAssembly runs on a stack of its own, and control comes back to the caller before it has
/// finished.
///
/// A function ending in `_async` gives a future and runs nothing yet. wasmtime_call_future_poll() runs the code until
/// it ends or pauses. It pauses when a host function of wasmtime_linker_define_async_func() has to wait, when a portion
/// of fuel is used up (wasmtime_context_fuel_async_yield_interval()), or when an epoch's deadline is reached
/// (wasmtime_context_epoch_deadline_async_yield_and_update(), #WASMTIME_UPDATE_DEADLINE_YIELD).
///
/// As long as a future lives, everything that was passed to the function that made it must stay as it was, the places
/// for results included, and its store must not be used otherwise. A store has at most one future at a time.
///
/// Threads: a future counts as its store: one thread at a time. It may be polled on another thread than before.

#ifndef WASMTIME_ASYNC_H
#define WASMTIME_ASYNC_H

#include <wasm.h>
#include <wasmtime/conf.h>
#include <wasmtime/config.h>
#include <wasmtime/error.h>
#include <wasmtime/func.h>
#include <wasmtime/linker.h>
#include <wasmtime/store.h>

#ifdef WASMTIME_FEATURE_ASYNC

#ifdef __cplusplus
extern "C" {
#endif

/// Sets how large the stacks of asynchronous calls are, in bytes; at first 2 MiB.
///
/// Of a stack, WebAssembly may use what wasmtime_config_max_wasm_stack_set() says, which therefore must be less; the
/// rest is for host functions. An engine is not made with settings that leave none.
WASM_API_EXTERN void wasmtime_config_async_stack_size_set(wasm_config_t* config, size_t size);

/// Makes asynchronous calls in the store pause each time that they have used a portion of fuel. When all fuel is used
/// up they trap as others do.
///
/// \param context  the store.
/// \param interval how much fuel a portion is; 0 turns this off.
/// \return NULL, or an error that the caller owns when fuel is not turned on (wasmtime_config_consume_fuel_set()).
WASM_API_EXTERN wasmtime_error_t* wasmtime_context_fuel_async_yield_interval(wasmtime_context_t* context,
                                                                             uint64_t interval);

/// Makes asynchronous calls in the store pause when the epoch's deadline is reached; when polled again they get a new
/// deadline. Replaces a callback of wasmtime_store_epoch_deadline_callback().
///
/// \param context the store.
/// \param delta   how many ticks after the current epoch the new deadline is.
/// \return NULL.
WASM_API_EXTERN wasmtime_error_t* wasmtime_context_epoch_deadline_async_yield_and_update(wasmtime_context_t* context,
                                                                                         uint64_t delta);

/// Asks whether what a host function waits for has come about.
///
/// \param env what stands in the continuation.
/// \return whether it has. If not, it is asked again at the next poll.
typedef bool (*wasmtime_func_async_continuation_callback_t)(void* env);

/// What a host function waits for.
typedef struct wasmtime_async_continuation_t {
  /// Asked at once and at each poll, until it says yes.
  wasmtime_func_async_continuation_callback_t callback;
  /// Passed to the callback.
  void* env;
  /// Called with `env` when the waiting is over, also when the future is deleted before; NULL for none.
  void (*finalizer)(void*);
} wasmtime_async_continuation_t;

/// A host function that may let its caller wait.
///
/// It starts what has to be done and returns at once, with a continuation that tells when it is done. Arguments, places
/// for results and `trap_ret` stay valid until then; the continuation's callback may write the results and the trap.
///
/// \param env              what was given when the function was made.
/// \param caller           the way to the store and to the caller's exports; valid during this call only.
/// \param args             the arguments.
/// \param nargs            how many there are.
/// \param results          where to write the results; references are taken over.
/// \param nresults         how many are to be written.
/// \param trap_ret         NULL at first; a trap written there is taken over and ends the WebAssembly that called.
/// \param continuation_ret receives what to wait for. Left as it is, with a `callback` of NULL, there is nothing to
///                         wait for.
typedef void (*wasmtime_func_async_callback_t)(void* env, wasmtime_caller_t* caller, const wasmtime_val_t* args,
                                               size_t nargs, wasmtime_val_t* results, size_t nresults,
                                               wasm_trap_t** trap_ret, wasmtime_async_continuation_t* continuation_ret);

/// A call that has not ended yet. Opaque; deleted with #wasmtime_call_future_delete.
typedef struct wasmtime_call_future wasmtime_call_future_t;

/// Runs the call until it ends or pauses.
///
/// \return whether it has ended. Then the places that were given for results, trap and error are written, and the
///         future is only good to be deleted.
WASM_API_EXTERN bool wasmtime_call_future_poll(wasmtime_call_future_t* future);

/// Frees a future; NULL is allowed. If the call has not ended, its WebAssembly is ended as by a trap, which nobody
/// sees. Host functions that wait are not asked again; their continuations' finalizers are called.
WASM_API_EXTERN void wasmtime_call_future_delete(wasmtime_call_future_t* future);

/// wasmtime_func_call() as a future.
///
/// \param context   the function's store.
/// \param func      the function.
/// \param args      the arguments; they stay the caller's. May be NULL if there are none.
/// \param nargs     how many there are.
/// \param results   receives the results, which the caller owns, when the call ends. May be NULL if there are none.
/// \param nresults  how many there must be.
/// \param trap_ret  receives a trap that the caller owns, or NULL, when the call ends; must not be NULL itself.
/// \param error_ret receives an error that the caller owns, or NULL, when the call ends; must not be NULL itself.
/// \return a future that the caller owns.
WASM_API_EXTERN wasmtime_call_future_t* wasmtime_func_call_async(wasmtime_context_t* context,
                                                                 const wasmtime_func_t* func,
                                                                 const wasmtime_val_t* args, size_t nargs,
                                                                 wasmtime_val_t* results, size_t nresults,
                                                                 wasm_trap_t** trap_ret, wasmtime_error_t** error_ret);

/// Defines a name as a host function that may let its caller wait; wasmtime_linker_define_func() explains the rest. A
/// function that has to wait when the call is not asynchronous traps.
///
/// \param linker     the linker.
/// \param module     the module part of the name.
/// \param module_len its length in bytes.
/// \param name       the item part of the name.
/// \param name_len   its length in bytes.
/// \param ty         the function's type; it stays the caller's.
/// \param cb         what is called, on the stack of the asynchronous call.
/// \param data       passed to the callback; may be NULL.
/// \param finalizer  called with `data` when nothing needs it any more; NULL for none.
/// \return NULL, or an error that the caller owns when the name is taken.
WASM_API_EXTERN wasmtime_error_t* wasmtime_linker_define_async_func(wasmtime_linker_t* linker, const char* module,
                                                                    size_t module_len, const char* name,
                                                                    size_t name_len, const wasm_functype_t* ty,
                                                                    wasmtime_func_async_callback_t cb, void* data,
                                                                    void (*finalizer)(void*));

/// wasmtime_linker_instantiate() as a future.
///
/// \param linker    the linker.
/// \param store     the store to make the instance in.
/// \param module    the module.
/// \param instance  receives the instance when the call ends well.
/// \param trap_ret  receives a trap that the caller owns, or NULL, when the call ends; must not be NULL itself.
/// \param error_ret receives an error that the caller owns, or NULL, when the call ends; must not be NULL itself.
/// \return a future that the caller owns.
WASM_API_EXTERN wasmtime_call_future_t* wasmtime_linker_instantiate_async(
    const wasmtime_linker_t* linker, wasmtime_context_t* store, const wasmtime_module_t* module,
    wasmtime_instance_t* instance, wasm_trap_t** trap_ret, wasmtime_error_t** error_ret);

/// wasmtime_instance_pre_instantiate() as a future.
///
/// \param instance_pre the prepared module.
/// \param store        the store to make the instance in.
/// \param instance     receives the instance when the call ends well.
/// \param trap_ret     receives a trap that the caller owns, or NULL, when the call ends; must not be NULL itself.
/// \param error_ret    receives an error that the caller owns, or NULL, when the call ends; must not be NULL itself.
/// \return a future that the caller owns.
WASM_API_EXTERN wasmtime_call_future_t* wasmtime_instance_pre_instantiate_async(
    const wasmtime_instance_pre_t* instance_pre, wasmtime_context_t* store, wasmtime_instance_t* instance,
    wasm_trap_t** trap_ret, wasmtime_error_t** error_ret);

/// Tells where a stack of the embedder's is.
///
/// \param env     what stands in the #wasmtime_stack_memory_t.
/// \param out_len receives how many bytes it has, guard pages not counted.
/// \return the address of its upper end, where its use begins; a multiple of the page size.
typedef uint8_t* (*wasmtime_stack_memory_get_callback_t)(void* env, size_t* out_len);

/// A stack of the embedder's.
typedef struct {
  /// Passed to the functions below.
  void* env;
  /// Tells where it is; always the same.
  wasmtime_stack_memory_get_callback_t get_stack_memory;
  /// Called with `env` when the stack is not needed any more; NULL for none.
  void (*finalizer)(void*);
} wasmtime_stack_memory_t;

/// Makes a stack. May be called from several threads at the same time.
///
/// \param env       what stands in the #wasmtime_stack_creator_t.
/// \param size      how many bytes it must have at least. Guard pages below it are the embedder's affair.
/// \param zeroed    whether its bytes must be 0.
/// \param stack_ret receives the stack, which is taken over.
/// \return NULL, or an error, which is taken over and becomes that of the call.
typedef wasmtime_error_t* (*wasmtime_new_stack_memory_callback_t)(void* env, size_t size, bool zeroed,
                                                                  wasmtime_stack_memory_t* stack_ret);

/// Where stacks of asynchronous calls come from.
typedef struct {
  /// Passed to the functions below.
  void* env;
  /// Makes a stack.
  wasmtime_new_stack_memory_callback_t new_stack;
  /// Called with `env` when neither the settings nor an engine made from them needs it any more; NULL for none.
  void (*finalizer)(void*);
} wasmtime_stack_creator_t;

/// Makes the embedder provide the stacks of asynchronous calls.
///
/// \param config  the settings.
/// \param creator copied; what it points to is taken over, finalizer included.
WASM_API_EXTERN void wasmtime_config_host_stack_creator_set(wasm_config_t* config, wasmtime_stack_creator_t* creator);

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // WASMTIME_FEATURE_ASYNC

#endif  // WASMTIME_ASYNC_H
