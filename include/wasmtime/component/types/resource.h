/// \file wasmtime/component/types/resource.h
///
/// The types of resources.
///
/// Threads: types never change; any number of threads may read one.

#ifndef WASMTIME_COMPONENT_TYPES_RESOURCE_H
#define WASMTIME_COMPONENT_TYPES_RESOURCE_H

#include <wasmtime/conf.h>

#ifdef WASMTIME_FEATURE_COMPONENT_MODEL

#include <wasm.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A type of resources. Opaque; deleted with #wasmtime_component_resource_type_delete.
typedef struct wasmtime_component_resource_type wasmtime_component_resource_type_t;

/// Makes a type of resources of the host's. Types with the same number are equal, others are not.
///
/// \param ty a number of the host's choice.
/// \return a type that the caller owns.
WASM_API_EXTERN wasmtime_component_resource_type_t* wasmtime_component_resource_type_new_host(uint32_t ty);

/// Makes a copy, which the caller owns.
WASM_API_EXTERN wasmtime_component_resource_type_t* wasmtime_component_resource_type_clone(
    const wasmtime_component_resource_type_t* ty);

/// Whether two types of resources are the same.
WASM_API_EXTERN bool wasmtime_component_resource_type_equal(const wasmtime_component_resource_type_t* a,
                                                            const wasmtime_component_resource_type_t* b);

/// Frees a type of resources; NULL is allowed.
WASM_API_EXTERN void wasmtime_component_resource_type_delete(wasmtime_component_resource_type_t* resource);

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // WASMTIME_FEATURE_COMPONENT_MODEL

#endif  // WASMTIME_COMPONENT_TYPES_RESOURCE_H
