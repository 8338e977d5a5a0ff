/// \file wasmtime/extern.h
///
/// Externs: what a module imports and an instance exports. Handles of functions, tables, memories and globals, and the
/// union of all.
///
/// A handle is copied at will and freed by nobody; it is valid as long as its store (wasmtime/store.h says what happens
/// when it is used with another one). Of its fields only `store_id` has a meaning outside. Shared memories are no
/// handles: an extern of that kind owns a reference.
///
/// Threads: as the store.

#ifndef WASMTIME_EXTERN_H
#define WASMTIME_EXTERN_H

#include <wasmtime/module.h>
#include <wasmtime/sharedmemory.h>
#include <wasmtime/store.h>
#include <wasmtime/tag.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A function of a store.
typedef struct wasmtime_func {
  /// The number of the function's store. In a #wasmtime_val_t, 0 stands for the null reference; elsewhere it is never
  /// 0.
  uint64_t store_id;
  /// Private.
  void* __private;
} wasmtime_func_t;

/// A table of a store.
typedef struct wasmtime_table {
  /// The number of the table's store, never 0.
  uint64_t store_id;
  /// Private.
  uint32_t __private1;
  /// Private.
  uint32_t __private_reserved;
  /// Private.
  uint32_t __private2;
} wasmtime_table_t;

/// A memory of a store that is not shared.
typedef struct wasmtime_memory {
  /// The number of the memory's store, never 0.
  uint64_t store_id;
  /// Private.
  uint32_t __private1;
  /// Private.
  uint32_t __private_reserved;
  /// Private.
  uint32_t __private2;
} wasmtime_memory_t;

/// A global of a store.
typedef struct wasmtime_global {
  /// The number of the global's store, never 0.
  uint64_t store_id;
  /// Private.
  uint32_t __private1;
  /// Private.
  uint32_t __private2;
  /// Private.
  uint32_t __private3;
} wasmtime_global_t;

/// Which kind of item a #wasmtime_extern_t holds; one of the constants below.
typedef uint8_t wasmtime_extern_kind_t;

/// A function: #wasmtime_extern_union_t::func.
#define WASMTIME_EXTERN_FUNC 0
/// A global: #wasmtime_extern_union_t::global.
#define WASMTIME_EXTERN_GLOBAL 1
/// A table: #wasmtime_extern_union_t::table.
#define WASMTIME_EXTERN_TABLE 2
/// A memory: #wasmtime_extern_union_t::memory.
#define WASMTIME_EXTERN_MEMORY 3
/// A shared memory: #wasmtime_extern_union_t::sharedmemory.
#define WASMTIME_EXTERN_SHAREDMEMORY 4
/// A tag: #wasmtime_extern_union_t::tag.
#define WASMTIME_EXTERN_TAG 5

/// The item of a #wasmtime_extern_t; which member counts says its kind.
typedef union wasmtime_extern_union {
  /// For #WASMTIME_EXTERN_FUNC.
  wasmtime_func_t func;
  /// For #WASMTIME_EXTERN_GLOBAL.
  wasmtime_global_t global;
  /// For #WASMTIME_EXTERN_TABLE.
  wasmtime_table_t table;
  /// For #WASMTIME_EXTERN_MEMORY.
  wasmtime_memory_t memory;
  /// For #WASMTIME_EXTERN_SHAREDMEMORY; owned by the extern.
  struct wasmtime_sharedmemory* sharedmemory;
  /// For #WASMTIME_EXTERN_TAG.
  wasmtime_tag_t tag;
} wasmtime_extern_union_t;

/// An item that can be imported or exported.
///
/// Functions that take an extern copy what they need of it. Those that give one give ownership: the caller hands it to
/// #wasmtime_extern_delete in the end.
typedef struct wasmtime_extern {
  /// Says which member of `of` counts.
  wasmtime_extern_kind_t kind;
  /// The item.
  wasmtime_extern_union_t of;
} wasmtime_extern_t;

/// Frees what an extern owns, which is something only if it is a shared memory; NULL is allowed. The structure itself
/// is the caller's.
WASM_API_EXTERN void wasmtime_extern_delete(wasmtime_extern_t* val);

/// The type of an extern of the store.
///
/// \param context the store's context.
/// \param val     the item; it stays the caller's.
/// \return a type that the caller owns and frees with wasm_externtype_delete().
WASM_API_EXTERN wasm_externtype_t* wasmtime_extern_type(wasmtime_context_t* context, const wasmtime_extern_t* val);

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // WASMTIME_EXTERN_H
