/// \file wasmtime/component/types/func.h
///
/// The types of functions of components.
///
/// Threads: types never change; any number of threads may read one.

#ifndef WASMTIME_COMPONENT_TYPES_FUNC_H
#define WASMTIME_COMPONENT_TYPES_FUNC_H

#include <wasmtime/conf.h>

#ifdef WASMTIME_FEATURE_COMPONENT_MODEL

#include <wasm.h>
#include <wasmtime/component/types/val.h>

#ifdef __cplusplus
extern "C" {
#endif

/// The type of a function of a component. Opaque; deleted with #wasmtime_component_func_type_delete.
typedef struct wasmtime_component_func_type_t wasmtime_component_func_type_t;

/// Makes a copy, which the caller owns.
WASM_API_EXTERN wasmtime_component_func_type_t* wasmtime_component_func_type_clone(
    const wasmtime_component_func_type_t* ty);

/// Frees a function type; NULL is allowed.
WASM_API_EXTERN void wasmtime_component_func_type_delete(wasmtime_component_func_type_t* ty);

/// Whether the function is asynchronous.
WASM_API_EXTERN bool wasmtime_component_func_type_async(const wasmtime_component_func_type_t* ty);

/// How many parameters there are.
WASM_API_EXTERN size_t wasmtime_component_func_type_param_count(const wasmtime_component_func_type_t* ty);

/// Gives a parameter by its position.
///
/// \param ty           the function type.
/// \param nth          the position, from 0.
/// \param name_ret     receives the name, which lives as long as the type.
/// \param name_len_ret receives the name's length in bytes.
/// \param type_ret     receives the type, which the caller frees with wasmtime_component_valtype_delete().
/// \return whether there are more than `nth` parameters; otherwise nothing is written.
WASM_API_EXTERN bool wasmtime_component_func_type_param_nth(const wasmtime_component_func_type_t* ty, size_t nth,
                                                            const char** name_ret, size_t* name_len_ret,
                                                            wasmtime_component_valtype_t* type_ret);

/// Gives the result.
///
/// \param ty       the function type.
/// \param type_ret receives the type, which the caller frees with wasmtime_component_valtype_delete().
/// \return whether there is a result; otherwise nothing is written.
WASM_API_EXTERN bool wasmtime_component_func_type_result(const wasmtime_component_func_type_t* ty,
                                                         wasmtime_component_valtype_t* type_ret);

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // WASMTIME_FEATURE_COMPONENT_MODEL

#endif  // WASMTIME_COMPONENT_TYPES_FUNC_H
