/// \file wasmtime/component/instance.h
///
/// Instances of components.
///
/// Threads: as the store (wasmtime/store.h).

#ifndef WASMTIME_COMPONENT_INSTANCE_H
#define WASMTIME_COMPONENT_INSTANCE_H

#include <wasmtime/component/component.h>
#include <wasmtime/component/func.h>
#include <wasmtime/conf.h>
#include <wasmtime/store.h>

#ifdef WASMTIME_FEATURE_COMPONENT_MODEL

#ifdef __cplusplus
extern "C" {
#endif

/// An instance of a component: a handle, copied at will and freed by nobody. It lives as long as its store.
typedef struct wasmtime_component_instance {
  /// The number of the instance's store, never 0.
  uint64_t store_id;
  /// Private.
  uint32_t __private;
} wasmtime_component_instance_t;

/// Finds an export by its name.
///
/// \param instance              the instance.
/// \param context               its store.
/// \param instance_export_index the place of an exported instance to look in, or NULL for the instance itself.
/// \param name                  the name, which need not end with NUL.
/// \param name_len              its length in bytes.
/// \return a place that the caller owns (wasmtime_component_export_index_delete()), or NULL if there is none.
WASM_API_EXTERN wasmtime_component_export_index_t* wasmtime_component_instance_get_export_index(
    const wasmtime_component_instance_t* instance, wasmtime_context_t* context,
    const wasmtime_component_export_index_t* instance_export_index, const char* name, size_t name_len);

/// Gives the function at a place.
///
/// \param instance     the instance.
/// \param context      its store.
/// \param export_index the place, of this instance or its component; it stays the caller's.
/// \param func_out     receives the function; untouched if there is none.
/// \return whether there is a function.
WASM_API_EXTERN bool wasmtime_component_instance_get_func(const wasmtime_component_instance_t* instance,
                                                          wasmtime_context_t* context,
                                                          const wasmtime_component_export_index_t* export_index,
                                                          wasmtime_component_func_t* func_out);

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // WASMTIME_FEATURE_COMPONENT_MODEL

#endif  // WASMTIME_COMPONENT_INSTANCE_H
