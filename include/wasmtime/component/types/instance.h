/// \file wasmtime/component/types/instance.h
///
/// The types of instances of components: what one exports.
///
/// Threads: types never change; any number of threads may read one.

#ifndef WASMTIME_COMPONENT_TYPES_INSTANCE_H
#define WASMTIME_COMPONENT_TYPES_INSTANCE_H

#include <wasmtime/conf.h>

#ifdef WASMTIME_FEATURE_COMPONENT_MODEL

#include <wasm.h>

#ifdef __cplusplus
extern "C" {
#endif

struct wasmtime_component_item_t;

/// The type of an instance of a component. Opaque; deleted with #wasmtime_component_instance_type_delete.
typedef struct wasmtime_component_instance_type wasmtime_component_instance_type_t;

/// Makes a copy, which the caller owns.
WASM_API_EXTERN wasmtime_component_instance_type_t* wasmtime_component_instance_type_clone(
    const wasmtime_component_instance_type_t* ty);

/// Frees an instance type; NULL is allowed.
WASM_API_EXTERN void wasmtime_component_instance_type_delete(wasmtime_component_instance_type_t* ty);

/// How many exports there are.
WASM_API_EXTERN size_t wasmtime_component_instance_type_export_count(const wasmtime_component_instance_type_t* ty,
                                                                     const wasm_engine_t* engine);

/// Finds an export by its name.
///
/// \param ty       the instance type.
/// \param engine   its engine.
/// \param name     the name, which need not end with NUL.
/// \param name_len its length in bytes.
/// \param ret      receives the export's type, which the caller frees with wasmtime_component_item_delete().
/// \return whether there is such an export; otherwise nothing is written.
WASM_API_EXTERN bool wasmtime_component_instance_type_export_get(const wasmtime_component_instance_type_t* ty,
                                                                 const wasm_engine_t* engine, const char* name,
                                                                 size_t name_len,
                                                                 struct wasmtime_component_item_t* ret);

/// Gives an export by its position.
///
/// \param ty           the instance type.
/// \param engine       its engine.
/// \param nth          the position, from 0.
/// \param name_ret     receives the name, which lives as long as the type.
/// \param name_len_ret receives the name's length in bytes.
/// \param type_ret     receives the export's type, which the caller frees with wasmtime_component_item_delete().
/// \return whether there are more than `nth` exports; otherwise nothing is written.
WASM_API_EXTERN bool wasmtime_component_instance_type_export_nth(const wasmtime_component_instance_type_t* ty,
                                                                 const wasm_engine_t* engine, size_t nth,
                                                                 const char** name_ret, size_t* name_len_ret,
                                                                 struct wasmtime_component_item_t* type_ret);

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // WASMTIME_FEATURE_COMPONENT_MODEL

#endif  // WASMTIME_COMPONENT_TYPES_INSTANCE_H
