/// \file wasmtime/table.h
///
/// Tables: arrays of references that WebAssembly indexes.
///
/// Threads: as the store (wasmtime/store.h).

#ifndef WASMTIME_TABLE_H
#define WASMTIME_TABLE_H

#include <wasm.h>
#include <wasmtime/error.h>
#include <wasmtime/extern.h>
#include <wasmtime/store.h>
#include <wasmtime/val.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Makes a table of the type's minimal size.
///
/// \param store the store to make it in.
/// \param ty    its type; it stays the caller's.
/// \param init  what stands in every element; it stays the caller's.
/// \param table receives the table; untouched on an error.
/// \return NULL, or an error that the caller owns when `init` does not have the elements' type, or when the store's
///         limits or the system do not allow it.
WASM_API_EXTERN wasmtime_error_t* wasmtime_table_new(wasmtime_context_t* store, const wasm_tabletype_t* ty,
                                                     const wasmtime_val_t* init, wasmtime_table_t* table);

/// The table's type. The caller owns it and frees it with wasm_tabletype_delete().
WASM_API_EXTERN wasm_tabletype_t* wasmtime_table_type(const wasmtime_context_t* store, const wasmtime_table_t* table);

/// Reads an element.
///
/// \param store the table's store.
/// \param table the table.
/// \param index the element's index.
/// \param val   receives the value, which the caller owns (wasmtime_val_unroot()).
/// \return whether the table has such an element; otherwise nothing is written.
WASM_API_EXTERN bool wasmtime_table_get(wasmtime_context_t* store, const wasmtime_table_t* table, uint64_t index,
                                        wasmtime_val_t* val);

/// Writes an element.
///
/// \param store the table's store.
/// \param table the table.
/// \param index the element's index.
/// \param value the value; it stays the caller's.
/// \return NULL, or an error that the caller owns when there is no such element or the value is not of its type.
WASM_API_EXTERN wasmtime_error_t* wasmtime_table_set(wasmtime_context_t* store, const wasmtime_table_t* table,
                                                     uint64_t index, const wasmtime_val_t* value);

/// How many elements the table has.
WASM_API_EXTERN uint64_t wasmtime_table_size(const wasmtime_context_t* store, const wasmtime_table_t* table);

/// Makes the table larger by `delta` elements.
///
/// \param store     the table's store.
/// \param table     the table.
/// \param delta     how many elements to add.
/// \param init      what stands in the new ones; it stays the caller's.
/// \param prev_size receives the number of elements before; untouched on an error.
/// \return NULL, or an error that the caller owns when `init` does not have the elements' type, or when the type's
///         maximum, the store's limits or the system do not allow it.
WASM_API_EXTERN wasmtime_error_t* wasmtime_table_grow(wasmtime_context_t* store, const wasmtime_table_t* table,
                                                      uint64_t delta, const wasmtime_val_t* init, uint64_t* prev_size);

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // WASMTIME_TABLE_H
