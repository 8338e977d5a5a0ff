/// \file wasmtime/component/types/component.h
///
/// The types of components: what one imports and exports.
///
/// Threads: types never change; any number of threads may read one.

#ifndef WASMTIME_COMPONENT_TYPES_COMPONENT_H
#define WASMTIME_COMPONENT_TYPES_COMPONENT_H

#include <wasmtime/conf.h>

#ifdef WASMTIME_FEATURE_COMPONENT_MODEL

#include <wasm.h>
#include <wasmtime/component/types/func.h>
#include <wasmtime/component/types/instance.h>
#include <wasmtime/component/types/module.h>
#include <wasmtime/component/types/resource.h>
#include <wasmtime/component/types/val.h>

#ifdef __cplusplus
extern "C" {
#endif

/// The type of a component. Opaque; deleted with #wasmtime_component_type_delete.
typedef struct wasmtime_component_type_t wasmtime_component_type_t;

/// Makes a copy, which the caller owns.
WASM_API_EXTERN wasmtime_component_type_t* wasmtime_component_type_clone(const wasmtime_component_type_t* ty);

/// Frees a component type; NULL is allowed.
WASM_API_EXTERN void wasmtime_component_type_delete(wasmtime_component_type_t* ty);

/// How many imports there are.
WASM_API_EXTERN size_t wasmtime_component_type_import_count(const wasmtime_component_type_t* ty,
                                                            const wasm_engine_t* engine);

/// Finds an import by its name.
///
/// \param ty       the component type.
/// \param engine   its engine.
/// \param name     the name, which need not end with NUL.
/// \param name_len its length in bytes.
/// \param ret      receives the import's type, which the caller frees with wasmtime_component_item_delete().
/// \return whether there is such an import; otherwise nothing is written.
WASM_API_EXTERN bool wasmtime_component_type_import_get(const wasmtime_component_type_t* ty,
                                                        const wasm_engine_t* engine, const char* name, size_t name_len,
                                                        struct wasmtime_component_item_t* ret);

/// Gives an import by its position.
///
/// \param ty           the component type.
/// \param engine       its engine.
/// \param nth          the position, from 0.
/// \param name_ret     receives the name, which lives as long as the type.
/// \param name_len_ret receives the name's length in bytes.
/// \param type_ret     receives the import's type, which the caller frees with wasmtime_component_item_delete().
/// \return whether there are more than `nth` imports; otherwise nothing is written.
WASM_API_EXTERN bool wasmtime_component_type_import_nth(const wasmtime_component_type_t* ty,
                                                        const wasm_engine_t* engine, size_t nth, const char** name_ret,
                                                        size_t* name_len_ret,
                                                        struct wasmtime_component_item_t* type_ret);

/// How many exports there are.
WASM_API_EXTERN size_t wasmtime_component_type_export_count(const wasmtime_component_type_t* ty,
                                                            const wasm_engine_t* engine);

/// Finds an export by its name, as wasmtime_component_type_import_get() finds imports.
WASM_API_EXTERN bool wasmtime_component_type_export_get(const wasmtime_component_type_t* ty,
                                                        const wasm_engine_t* engine, const char* name, size_t name_len,
                                                        struct wasmtime_component_item_t* ret);

/// Gives an export by its position, as wasmtime_component_type_import_nth() gives imports.
WASM_API_EXTERN bool wasmtime_component_type_export_nth(const wasmtime_component_type_t* ty,
                                                        const wasm_engine_t* engine, size_t nth, const char** name_ret,
                                                        size_t* name_len_ret,
                                                        struct wasmtime_component_item_t* type_ret);

/// A component.
#define WASMTIME_COMPONENT_ITEM_COMPONENT 0
/// An instance of a component.
#define WASMTIME_COMPONENT_ITEM_COMPONENT_INSTANCE 1
/// A core module.
#define WASMTIME_COMPONENT_ITEM_MODULE 2
/// A function.
#define WASMTIME_COMPONENT_ITEM_COMPONENT_FUNC 3
/// A type of resources.
#define WASMTIME_COMPONENT_ITEM_RESOURCE 4
/// A core function.
#define WASMTIME_COMPONENT_ITEM_CORE_FUNC 5
/// A type.
#define WASMTIME_COMPONENT_ITEM_TYPE 6

/// Which kind of item a #wasmtime_component_item_t is; one of the constants above.
typedef uint8_t wasmtime_component_item_kind_t;

/// The type of an item; which member counts says its kind. All are owned by the item.
typedef union wasmtime_component_item_union {
  /// For #WASMTIME_COMPONENT_ITEM_COMPONENT.
  wasmtime_component_type_t* component;
  /// For #WASMTIME_COMPONENT_ITEM_COMPONENT_INSTANCE.
  wasmtime_component_instance_type_t* component_instance;
  /// For #WASMTIME_COMPONENT_ITEM_MODULE.
  wasmtime_module_type_t* module;
  /// For #WASMTIME_COMPONENT_ITEM_COMPONENT_FUNC.
  wasmtime_component_func_type_t* component_func;
  /// For #WASMTIME_COMPONENT_ITEM_RESOURCE.
  wasmtime_component_resource_type_t* resource;
  /// For #WASMTIME_COMPONENT_ITEM_CORE_FUNC.
  wasm_functype_t* core_func;
  /// For #WASMTIME_COMPONENT_ITEM_TYPE.
  wasmtime_component_valtype_t type;
} wasmtime_component_item_union_t;

/// The type of an import or export.
typedef struct wasmtime_component_item_t {
  /// Says which member of `of` counts.
  wasmtime_component_item_kind_t kind;
  /// The type.
  wasmtime_component_item_union_t of;
} wasmtime_component_item_t;

/// Copies an item.
///
/// \param item what to copy; it stays the caller's.
/// \param out  need not be initialized; the caller frees its content with wasmtime_component_item_delete().
WASM_API_EXTERN void wasmtime_component_item_clone(const wasmtime_component_item_t* item,
                                                   wasmtime_component_item_t* out);

/// Frees what an item owns; the structure itself is the caller's. NULL is allowed.
WASM_API_EXTERN void wasmtime_component_item_delete(wasmtime_component_item_t* ptr);

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // WASMTIME_FEATURE_COMPONENT_MODEL

#endif  // WASMTIME_COMPONENT_TYPES_COMPONENT_H
