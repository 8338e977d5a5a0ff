/// \file wasmtime/instance.h
///
/// Instances: a module joined with its imports, alive in a store.
///
/// Threads: as the store (wasmtime/store.h); #wasmtime_instance_pre_t belongs to an engine and may be used by any
/// number of threads at the same time.

#ifndef WASMTIME_INSTANCE_H
#define WASMTIME_INSTANCE_H

#include <wasm.h>
#include <wasmtime/extern.h>
#include <wasmtime/module.h>
#include <wasmtime/store.h>

#ifdef __cplusplus
extern "C" {
#endif

/// An instance of a store: a handle, copied at will and freed by nobody. Instances live as long as their store.
typedef struct wasmtime_instance {
  /// The number of the instance's store, never 0.
  uint64_t store_id;
  /// Private.
  size_t __private;
} wasmtime_instance_t;

/// Instantiates a module with imports given in order, and runs its start function. wasmtime_linker_instantiate() finds
/// imports by name instead.
///
/// \param store    the store to make the instance in.
/// \param module   a module of the store's engine; it stays the caller's.
/// \param imports  one item per import of the module, in the order of wasmtime_module_imports(); all of this store
///                 (shared memories: of this engine). They stay the caller's.
/// \param nimports how many there are.
/// \param instance receives the instance; untouched otherwise.
/// \param trap     receives a trap that the caller owns, or NULL.
/// \return NULL, or an error that the caller owns. An error means that the imports do not fit or that something could
///         not be made; a trap means that a segment or the start function trapped. Never both.
WASM_API_EXTERN wasmtime_error_t* wasmtime_instance_new(wasmtime_context_t* store, const wasmtime_module_t* module,
                                                        const wasmtime_extern_t* imports, size_t nimports,
                                                        wasmtime_instance_t* instance, wasm_trap_t** trap);

/// Finds an export by its name.
///
/// \param store    the instance's store.
/// \param instance the instance.
/// \param name     the name, which need not end with NUL.
/// \param name_len its length in bytes.
/// \param item     receives the item, which the caller owns (wasmtime_extern_delete()); untouched if there is none.
/// \return whether there is such an export.
WASM_API_EXTERN bool wasmtime_instance_export_get(wasmtime_context_t* store, const wasmtime_instance_t* instance,
                                                  const char* name, size_t name_len, wasmtime_extern_t* item);

/// Gives an export by its position, in the order of wasmtime_module_exports().
///
/// \param store    the instance's store.
/// \param instance the instance.
/// \param index    the position, from 0.
/// \param name     receives the name, which belongs to the store, does not end with NUL, and is to be used before the
///                 store is used again.
/// \param name_len receives the name's length in bytes.
/// \param item     receives the item, which the caller owns (wasmtime_extern_delete()).
/// \return whether there are more than `index` exports; otherwise nothing is written.
WASM_API_EXTERN bool wasmtime_instance_export_nth(wasmtime_context_t* store, const wasmtime_instance_t* instance,
                                                  size_t index, char** name, size_t* name_len, wasmtime_extern_t* item);

/// A module whose imports have been found and checked once, ready to be instantiated many times. Made by
/// wasmtime_linker_instantiate_pre(). Opaque; deleted with #wasmtime_instance_pre_delete.
typedef struct wasmtime_instance_pre wasmtime_instance_pre_t;

/// Frees `instance_pre`; NULL is allowed.
WASM_API_EXTERN void wasmtime_instance_pre_delete(wasmtime_instance_pre_t* instance_pre);

/// Makes an instance and runs its start function.
///
/// \param instance_pre the prepared module; it stays the caller's.
/// \param store        a store of its engine. If an import is an object of a store, it must be this store.
/// \param instance     receives the instance; untouched otherwise.
/// \param trap_ptr     receives a trap that the caller owns, or NULL.
/// \return NULL, or an error that the caller owns. Never both a trap and an error.
WASM_API_EXTERN wasmtime_error_t* wasmtime_instance_pre_instantiate(const wasmtime_instance_pre_t* instance_pre,
                                                                    wasmtime_context_t* store,
                                                                    wasmtime_instance_t* instance,
                                                                    wasm_trap_t** trap_ptr);

/// Another reference to the prepared module. The caller owns it and frees it with wasmtime_module_delete().
WASM_API_EXTERN wasmtime_module_t* wasmtime_instance_pre_module(const wasmtime_instance_pre_t* instance_pre);

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // WASMTIME_INSTANCE_H
