/// \file wasmtime/component/linker.h
///
/// Linkers of components: trees of names with items behind them, from which components get their imports.
///
/// A linker belongs to an engine and serves any of its stores. Definitions are made through views of its branches
/// (#wasmtime_component_linker_instance_t); while a view lives, neither the linker nor the view that it came from may
/// be used.
///
/// Threads: functions that take a `const` linker may run on several threads at the same time, each with its own store;
/// the others need the linker alone.

#ifndef WASMTIME_COMPONENT_LINKER_H
#define WASMTIME_COMPONENT_LINKER_H

#include <wasm.h>
#include <wasmtime/async.h>
#include <wasmtime/component/component.h>
#include <wasmtime/component/instance.h>
#include <wasmtime/component/types/func.h>
#include <wasmtime/conf.h>
#include <wasmtime/error.h>
#include <wasmtime/module.h>
#include <wasmtime/store.h>

#ifdef WASMTIME_FEATURE_COMPONENT_MODEL

#ifdef __cplusplus
extern "C" {
#endif

/// A linker of components. Opaque; deleted with #wasmtime_component_linker_delete.
typedef struct wasmtime_component_linker_t wasmtime_component_linker_t;

/// A view of a branch of a linker: what becomes an imported instance. Opaque; deleted with
/// #wasmtime_component_linker_instance_delete, which leaves the definitions.
typedef struct wasmtime_component_linker_instance_t wasmtime_component_linker_instance_t;

/// Makes an empty linker, which the caller owns. The engine stays the caller's.
WASM_API_EXTERN wasmtime_component_linker_t* wasmtime_component_linker_new(const wasm_engine_t* engine);

/// Says whether a name may be defined again, the later definition winning. At first it may not, and doing so is an
/// error.
WASM_API_EXTERN void wasmtime_component_linker_allow_shadowing(wasmtime_component_linker_t* linker, bool allow);

/// A view of the linker's root, which the caller owns. The linker must not be used while it lives.
WASM_API_EXTERN wasmtime_component_linker_instance_t* wasmtime_component_linker_root(
    wasmtime_component_linker_t* linker);

/// Instantiates a component with the items that stand under the names of its imports.
///
/// \param linker       the linker.
/// \param context      the store to make the instance in.
/// \param component    the component; it stays the caller's.
/// \param instance_out receives the instance; untouched on an error.
/// \return NULL, or an error that the caller owns when an import has no definition or one of another type, or
///         instantiation trapped.
WASM_API_EXTERN wasmtime_error_t* wasmtime_component_linker_instantiate(const wasmtime_component_linker_t* linker,
                                                                        wasmtime_context_t* context,
                                                                        const wasmtime_component_t* component,
                                                                        wasmtime_component_instance_t* instance_out);

/// Defines each function that the component imports and the linker lacks as one that traps when called.
///
/// \return NULL, or an error that the caller owns when something else is missing.
WASM_API_EXTERN wasmtime_error_t* wasmtime_component_linker_define_unknown_imports_as_traps(
    wasmtime_component_linker_t* linker, const wasmtime_component_t* component);

/// Deletes a linker; NULL is allowed. Instances that were made with it stay.
WASM_API_EXTERN void wasmtime_component_linker_delete(wasmtime_component_linker_t* linker);

/// Defines a name as an instance and gives a view of it.
///
/// \param linker_instance     where to define the name; must not be used while the new view lives.
/// \param name                the name, which need not end with NUL.
/// \param name_len            its length in bytes.
/// \param linker_instance_out receives a view that the caller owns; untouched on an error.
/// \return NULL, or an error that the caller owns when the name is taken.
WASM_API_EXTERN wasmtime_error_t* wasmtime_component_linker_instance_add_instance(
    wasmtime_component_linker_instance_t* linker_instance, const char* name, size_t name_len,
    wasmtime_component_linker_instance_t** linker_instance_out);

/// Defines a name as a core module.
///
/// \param linker_instance where to define the name.
/// \param name            the name, which need not end with NUL.
/// \param name_len        its length in bytes.
/// \param module          the module; it stays the caller's.
/// \return NULL, or an error that the caller owns when the name is taken.
WASM_API_EXTERN wasmtime_error_t* wasmtime_component_linker_instance_add_module(
    wasmtime_component_linker_instance_t* linker_instance, const char* name, size_t name_len,
    const wasmtime_module_t* module);

/// A host function.
///
/// \param env      what was given when the function was defined.
/// \param context  the store of the component that calls.
/// \param ty       the function's type; valid during the call only.
/// \param args     the arguments; valid during the call only.
/// \param nargs    how many there are.
/// \param results  where to write the results, which are taken over.
/// \param nresults how many are to be written.
/// \return NULL, or an error, which is taken over and ends the component's call as a trap does.
typedef wasmtime_error_t* (*wasmtime_component_func_callback_t)(void* env, wasmtime_context_t* context,
                                                                const wasmtime_component_func_type_t* ty,
                                                                wasmtime_component_val_t* args, size_t nargs,
                                                                wasmtime_component_val_t* results, size_t nresults);

/// Defines a name as a host function. Its type is the one that a component imports.
///
/// \param linker_instance where to define the name.
/// \param name            the name, which need not end with NUL.
/// \param name_len        its length in bytes.
/// \param callback        what is called.
/// \param data            passed to the callback; may be NULL.
/// \param finalizer       called with `data` when nothing needs it any more; NULL for none.
/// \return NULL, or an error that the caller owns when the name is taken.
WASM_API_EXTERN wasmtime_error_t* wasmtime_component_linker_instance_add_func(
    wasmtime_component_linker_instance_t* linker_instance, const char* name, size_t name_len,
    wasmtime_component_func_callback_t callback, void* data, void (*finalizer)(void*));

#ifdef WASMTIME_FEATURE_WASI

/// Defines all interfaces of WASI 0.2. A store that uses them needs wasmtime_context_set_wasi().
///
/// \return NULL, or an error that the caller owns when a name is taken.
WASM_API_EXTERN wasmtime_error_t* wasmtime_component_linker_add_wasip2(wasmtime_component_linker_t* linker);

#endif  // WASMTIME_FEATURE_WASI

#ifdef WASMTIME_FEATURE_WASI_HTTP

/// Defines `wasi:http/types` and `wasi:http/outgoing-handler`; wasmtime_component_linker_add_wasip2() comes first. A
/// store that uses them needs wasmtime_context_set_wasi_http().
///
/// \return NULL, or an error that the caller owns when a name is taken.
WASM_API_EXTERN wasmtime_error_t* wasmtime_component_linker_add_wasi_http(wasmtime_component_linker_t* linker);

#endif  // WASMTIME_FEATURE_WASI_HTTP

/// Called when a component drops a resource of the host's that it owns.
///
/// \param env     what was given when the resource was defined.
/// \param context the store.
/// \param rep     the number that the host gave the resource.
/// \return NULL, or an error, which is taken over and ends the component's call as a trap does.
typedef wasmtime_error_t* (*wasmtime_component_resource_destructor_t)(void* env, wasmtime_context_t* context,
                                                                      uint32_t rep);

/// Defines a name as a type of resources of the host's.
///
/// \param linker_instance where to define the name.
/// \param name            the name, which need not end with NUL.
/// \param name_len        its length in bytes.
/// \param resource        the type; it stays the caller's.
/// \param destructor      called when a resource is dropped.
/// \param data            passed to the destructor; may be NULL.
/// \param finalizer       called with `data` when nothing needs it any more; NULL for none.
/// \return NULL, or an error that the caller owns when the name is taken.
WASM_API_EXTERN wasmtime_error_t* wasmtime_component_linker_instance_add_resource(
    wasmtime_component_linker_instance_t* linker_instance, const char* name, size_t name_len,
    const wasmtime_component_resource_type_t* resource, wasmtime_component_resource_destructor_t destructor, void* data,
    void (*finalizer)(void*));

/// Frees a view; the definitions stay. NULL is allowed.
WASM_API_EXTERN void wasmtime_component_linker_instance_delete(wasmtime_component_linker_instance_t* linker_instance);

#ifdef WASMTIME_FEATURE_COMPONENT_MODEL_ASYNC

/// wasmtime_component_linker_instantiate() as a future (wasmtime/async.h).
///
/// \param linker       the linker.
/// \param context      the store to make the instance in.
/// \param component    the component.
/// \param instance_out receives the instance when the call ends well.
/// \param error_ret    receives an error that the caller owns, or NULL, when the call ends; must not be NULL itself.
/// \return a future that the caller owns.
WASM_API_EXTERN wasmtime_call_future_t* wasmtime_component_linker_instantiate_async(
    const wasmtime_component_linker_t* linker, wasmtime_context_t* context, const wasmtime_component_t* component,
    wasmtime_component_instance_t* instance_out, wasmtime_error_t** error_ret);

/// A host function that may let its caller wait; #wasmtime_func_async_callback_t explains the rest.
///
/// \param env              what was given when the function was defined.
/// \param context          the store of the component that calls.
/// \param ty               the function's type; valid during this call only.
/// \param args             the arguments.
/// \param nargs            how many there are.
/// \param results          where to write the results, which are taken over.
/// \param nresults         how many are to be written.
/// \param error_ret        NULL at first; an error written there is taken over and ends the component's call.
/// \param continuation_ret receives what to wait for.
typedef void (*wasmtime_component_func_async_callback_t)(void* env, wasmtime_context_t* context,
                                                         const wasmtime_component_func_type_t* ty,
                                                         wasmtime_component_val_t* args, size_t nargs,
                                                         wasmtime_component_val_t* results, size_t nresults,
                                                         wasmtime_error_t** error_ret,
                                                         wasmtime_async_continuation_t* continuation_ret);

/// Defines a name as a host function that may let its caller wait.
///
/// \param linker_instance where to define the name.
/// \param name            the name, which need not end with NUL.
/// \param name_len        its length in bytes.
/// \param callback        what is called.
/// \param data            passed to the callback; may be NULL.
/// \param finalizer       called with `data` when nothing needs it any more; NULL for none.
/// \return NULL, or an error that the caller owns when the name is taken.
WASM_API_EXTERN wasmtime_error_t* wasmtime_component_linker_instance_add_func_async(
    wasmtime_component_linker_instance_t* linker_instance, const char* name, size_t name_len,
    wasmtime_component_func_async_callback_t callback, void* data, void (*finalizer)(void*));

#ifdef WASMTIME_FEATURE_WASI

/// Defines all interfaces of WASI 0.2 so that calls that wait pause an asynchronous call.
///
/// \return NULL, or an error that the caller owns when a name is taken.
WASM_API_EXTERN wasmtime_error_t* wasmtime_component_linker_add_wasip2_async(wasmtime_component_linker_t* linker);

#endif  // WASMTIME_FEATURE_WASI

#ifdef WASMTIME_FEATURE_WASI_HTTP

/// Defines the interfaces of wasmtime_component_linker_add_wasi_http() so that calls that wait pause an asynchronous
/// call.
///
/// \return NULL, or an error that the caller owns when a name is taken.
WASM_API_EXTERN wasmtime_error_t* wasmtime_component_linker_add_wasi_http_async(wasmtime_component_linker_t* linker);

#endif  // WASMTIME_FEATURE_WASI_HTTP

#endif  // WASMTIME_FEATURE_COMPONENT_MODEL_ASYNC

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // WASMTIME_FEATURE_COMPONENT_MODEL

#endif  // WASMTIME_COMPONENT_LINKER_H
