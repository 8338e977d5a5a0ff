/// \file wasmtime/linker.h
///
/// Linkers: names with items behind them, from which modules get their imports.
///
/// A linker belongs to an engine. What it holds of a store (wasmtime_linker_define(),
/// wasmtime_linker_define_instance(), wasmtime_linker_module()) can be used with that store only; functions defined
/// with wasmtime_linker_define_func() and WASI serve any store.
///
/// Names are bytes with a length, in UTF-8; an error says when they are not.
///
/// Threads: functions that take a `const` linker may run on several threads at the same time, each with its own store;
/// the others need the linker alone.

#ifndef WASMTIME_LINKER_H
#define WASMTIME_LINKER_H

#include <wasm.h>
#include <wasmtime/conf.h>
#include <wasmtime/error.h>
#include <wasmtime/extern.h>
#include <wasmtime/func.h>
#include <wasmtime/instance.h>
#include <wasmtime/store.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A linker. Opaque; deleted with #wasmtime_linker_delete.
typedef struct wasmtime_linker wasmtime_linker_t;

/// Makes an empty linker, which the caller owns. The engine stays the caller's.
WASM_API_EXTERN wasmtime_linker_t* wasmtime_linker_new(wasm_engine_t* engine);

/// Makes a copy with the same definitions and settings, which the caller owns.
WASM_API_EXTERN wasmtime_linker_t* wasmtime_linker_clone(const wasmtime_linker_t* linker);

/// Deletes a linker; NULL is allowed. Instances that were made with it stay.
WASM_API_EXTERN void wasmtime_linker_delete(wasmtime_linker_t* linker);

/// Says whether a name may be defined again, the later definition winning. At first it may not, and doing so is an
/// error.
WASM_API_EXTERN void wasmtime_linker_allow_shadowing(wasmtime_linker_t* linker, bool allow_shadowing);

/// Defines each function that the module imports and the linker lacks as one that traps when called.
///
/// \return NULL, or an error that the caller owns when an import that is missing is not a function.
WASM_API_EXTERN wasmtime_error_t* wasmtime_linker_define_unknown_imports_as_traps(wasmtime_linker_t* linker,
                                                                                  const wasmtime_module_t* module);

/// Defines each import of the module that the linker lacks as something plain: a function that returns zeros and nulls,
/// a memory or table of its minimal size, a global of value zero.
///
/// \return NULL, or an error that the caller owns when an import's type has no such value, as references that cannot be
///         null.
WASM_API_EXTERN wasmtime_error_t* wasmtime_linker_define_unknown_imports_as_default_values(
    wasmtime_linker_t* linker, wasmtime_context_t* store, const wasmtime_module_t* module);

/// Defines a name as an item of a store.
///
/// \param linker     the linker.
/// \param store      the item's store.
/// \param module     the module part of the name.
/// \param module_len its length in bytes.
/// \param name       the item part of the name.
/// \param name_len   its length in bytes.
/// \param item       the item; it stays the caller's.
/// \return NULL, or an error that the caller owns when the name is taken.
WASM_API_EXTERN wasmtime_error_t* wasmtime_linker_define(wasmtime_linker_t* linker, wasmtime_context_t* store,
                                                         const char* module, size_t module_len, const char* name,
                                                         size_t name_len, const wasmtime_extern_t* item);

/// Defines a name as a host function for any store.
///
/// \param linker     the linker.
/// \param module     the module part of the name.
/// \param module_len its length in bytes.
/// \param name       the item part of the name.
/// \param name_len   its length in bytes.
/// \param ty         the function's type; it stays the caller's.
/// \param cb         what is called, as for wasmtime_func_new().
/// \param data       passed to the callback; may be NULL.
/// \param finalizer  called with `data` when neither the linker, its copies nor a store needs it any more; NULL for
///                   none. Called at once if this function fails.
/// \return NULL, or an error that the caller owns when the name is taken.
WASM_API_EXTERN wasmtime_error_t* wasmtime_linker_define_func(wasmtime_linker_t* linker, const char* module,
                                                              size_t module_len, const char* name, size_t name_len,
                                                              const wasm_functype_t* ty, wasmtime_func_callback_t cb,
                                                              void* data, void (*finalizer)(void*));

/// Defines a name as a host function that is called without checks; wasmtime_func_new_unchecked() says what that asks
/// of it. The rest is as in wasmtime_linker_define_func().
WASM_API_EXTERN wasmtime_error_t* wasmtime_linker_define_func_unchecked(wasmtime_linker_t* linker, const char* module,
                                                                        size_t module_len, const char* name,
                                                                        size_t name_len, const wasm_functype_t* ty,
                                                                        wasmtime_func_unchecked_callback_t cb,
                                                                        void* data, void (*finalizer)(void*));

#ifdef WASMTIME_FEATURE_WASI

/// Defines the functions of WASI under their names. A store that uses them needs wasmtime_context_set_wasi(); without
/// it they trap.
///
/// \return NULL, or an error that the caller owns when a name is taken.
WASM_API_EXTERN wasmtime_error_t* wasmtime_linker_define_wasi(wasmtime_linker_t* linker);

#endif  // WASMTIME_FEATURE_WASI

/// Defines every export of an instance, each under the export's own name in the module `name`.
///
/// \param linker   the linker.
/// \param store    the instance's store.
/// \param name     the module part of the names.
/// \param name_len its length in bytes.
/// \param instance the instance.
/// \return NULL, or an error that the caller owns when a name is taken.
WASM_API_EXTERN wasmtime_error_t* wasmtime_linker_define_instance(wasmtime_linker_t* linker, wasmtime_context_t* store,
                                                                  const char* name, size_t name_len,
                                                                  const wasmtime_instance_t* instance);

/// Instantiates a module with the items that stand under the names of its imports, and runs its start function.
///
/// \param linker   the linker.
/// \param store    the store to make the instance in.
/// \param module   the module; it stays the caller's.
/// \param instance receives the instance; untouched otherwise.
/// \param trap     receives a trap that the caller owns, or NULL.
/// \return NULL, or an error that the caller owns when an import has no definition or one of another type. Never both a
///         trap and an error.
WASM_API_EXTERN wasmtime_error_t* wasmtime_linker_instantiate(const wasmtime_linker_t* linker,
                                                              wasmtime_context_t* store,
                                                              const wasmtime_module_t* module,
                                                              wasmtime_instance_t* instance, wasm_trap_t** trap);

/// Instantiates a module and defines its exports in the module `name`.
///
/// A command (it exports `_start`) is instantiated anew for each call of one of its functions. Any other module is
/// instantiated here, once, and its function `_initialize` is called if it has one.
///
/// \param linker   the linker.
/// \param store    the store to instantiate in.
/// \param name     the module part of the names.
/// \param name_len its length in bytes.
/// \param module   the module; it stays the caller's.
/// \return NULL, or an error that the caller owns; a trap of the module's comes as an error too.
WASM_API_EXTERN wasmtime_error_t* wasmtime_linker_module(wasmtime_linker_t* linker, wasmtime_context_t* store,
                                                         const char* name, size_t name_len,
                                                         const wasmtime_module_t* module);

/// Finds what running the module `name` means: its export with the empty name or else `_start`; for a module without
/// either, a function that does nothing.
///
/// \param linker   the linker.
/// \param store    the store that will run it.
/// \param name     the module part of the name.
/// \param name_len its length in bytes.
/// \param func     receives the function; untouched on an error.
/// \return NULL, or an error that the caller owns when that export is not a function.
WASM_API_EXTERN wasmtime_error_t* wasmtime_linker_get_default(const wasmtime_linker_t* linker,
                                                              wasmtime_context_t* store, const char* name,
                                                              size_t name_len, wasmtime_func_t* func);

/// Finds an item by its name.
///
/// \param linker     the linker.
/// \param store      the store that the item is to be used in. An item of another store is not found.
/// \param module     the module part of the name.
/// \param module_len its length in bytes.
/// \param name       the item part of the name.
/// \param name_len   its length in bytes.
/// \param item       receives the item, which the caller owns (wasmtime_extern_delete()); untouched if there is none.
/// \return whether there is such an item.
WASM_API_EXTERN bool wasmtime_linker_get(const wasmtime_linker_t* linker, wasmtime_context_t* store, const char* module,
                                         size_t module_len, const char* name, size_t name_len, wasmtime_extern_t* item);

/// Finds and checks the imports of a module once, for many instantiations.
///
/// \param linker       the linker.
/// \param module       the module; it stays the caller's.
/// \param instance_pre receives what wasmtime_instance_pre_instantiate() takes, owned by the caller; untouched on an
///                     error.
/// \return NULL, or an error that the caller owns when an import has no definition or one of another type.
WASM_API_EXTERN wasmtime_error_t* wasmtime_linker_instantiate_pre(const wasmtime_linker_t* linker,
                                                                  const wasmtime_module_t* module,
                                                                  wasmtime_instance_pre_t** instance_pre);

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // WASMTIME_LINKER_H
