/// \file wasmtime/component/types/module.h
///
/// The types of core modules, as components import and export them.
///
/// Threads: types never change; any number of threads may read one.

#ifndef WASMTIME_COMPONENT_TYPES_MODULE_H
#define WASMTIME_COMPONENT_TYPES_MODULE_H

#include <wasmtime/conf.h>

#ifdef WASMTIME_FEATURE_COMPONENT_MODEL

#include <wasm.h>

#ifdef __cplusplus
extern "C" {
#endif

/// The type of a core module. Opaque; deleted with #wasmtime_module_type_delete.
typedef struct wasmtime_module_type wasmtime_module_type_t;

/// Makes a copy, which the caller owns.
WASM_API_EXTERN wasmtime_module_type_t* wasmtime_module_type_clone(const wasmtime_module_type_t* ty);

/// Frees a module type; NULL is allowed.
WASM_API_EXTERN void wasmtime_module_type_delete(wasmtime_module_type_t* ty);

/// How many imports there are.
WASM_API_EXTERN size_t wasmtime_module_type_import_count(const wasmtime_module_type_t* ty, const wasm_engine_t* engine);

/// Gives an import by its position, from 0. The caller owns it and frees it with wasm_importtype_delete(). NULL if
/// there is none.
WASM_API_EXTERN wasm_importtype_t* wasmtime_module_type_import_nth(const wasmtime_module_type_t* ty,
                                                                   const wasm_engine_t* engine, size_t nth);

/// How many exports there are.
WASM_API_EXTERN size_t wasmtime_module_type_export_count(const wasmtime_module_type_t* ty, const wasm_engine_t* engine);

/// Gives an export by its position, from 0. The caller owns it and frees it with wasm_exporttype_delete(). NULL if
/// there is none.
WASM_API_EXTERN wasm_exporttype_t* wasmtime_module_type_export_nth(const wasmtime_module_type_t* ty,
                                                                   const wasm_engine_t* engine, size_t nth);

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // WASMTIME_FEATURE_COMPONENT_MODEL

#endif  // WASMTIME_COMPONENT_TYPES_MODULE_H
