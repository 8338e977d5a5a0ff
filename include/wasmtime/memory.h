/// \file wasmtime/memory.h
///
/// Memories: the linear memory of WebAssembly, and its types.
///
/// Threads: as the store (wasmtime/store.h). Types never change and may be used by any thread.

#ifndef WASMTIME_MEMORY_H
#define WASMTIME_MEMORY_H

#include <wasm.h>
#include <wasmtime/error.h>
#include <wasmtime/extern.h>
#include <wasmtime/store.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Makes a memory type. wasm_memorytype_new() cannot express 64-bit addresses, shared memories and other page sizes.
///
/// \param min            the minimal size in pages.
/// \param max_present    whether there is a maximal size.
/// \param max            the maximal size in pages, if there is one.
/// \param is_64          whether addresses are 64 bits wide.
/// \param shared         whether the memory is shared between threads; it then needs a maximum.
/// \param page_size_log2 how many bytes a page has: 16 for 64 KiB, or 0 for single bytes.
/// \param ret            receives a type that the caller owns and frees with wasm_memorytype_delete(); untouched on an
///                       error.
/// \return NULL, or an error that the caller owns when no memory can have such a type.
WASM_API_EXTERN wasmtime_error_t* wasmtime_memorytype_new(uint64_t min, bool max_present, uint64_t max, bool is_64,
                                                          bool shared, uint8_t page_size_log2, wasm_memorytype_t** ret);

/// The minimal size in pages. Unlike wasm_memorytype_limits() it holds 64-bit sizes.
WASM_API_EXTERN uint64_t wasmtime_memorytype_minimum(const wasm_memorytype_t* ty);

/// The maximal size in pages.
///
/// \param ty  the type.
/// \param max receives the maximum if there is one and is untouched otherwise.
/// \return whether there is one.
WASM_API_EXTERN bool wasmtime_memorytype_maximum(const wasm_memorytype_t* ty, uint64_t* max);

/// Whether addresses are 64 bits wide.
WASM_API_EXTERN bool wasmtime_memorytype_is64(const wasm_memorytype_t* ty);

/// Whether the memory is shared between threads.
WASM_API_EXTERN bool wasmtime_memorytype_isshared(const wasm_memorytype_t* ty);

/// The size of a page in bytes.
WASM_API_EXTERN uint64_t wasmtime_memorytype_page_size(const wasm_memorytype_t* ty);

/// The binary logarithm of the size of a page.
WASM_API_EXTERN uint8_t wasmtime_memorytype_page_size_log2(const wasm_memorytype_t* ty);

/// Makes a memory of the type's minimal size, all bytes 0.
///
/// \param store the store to make it in.
/// \param ty    its type, which must not be shared (wasmtime_sharedmemory_new() makes those); it stays the caller's.
/// \param ret   receives the memory; untouched on an error.
/// \return NULL, or an error that the caller owns when the store's limits or the system do not allow it.
WASM_API_EXTERN wasmtime_error_t* wasmtime_memory_new(wasmtime_context_t* store, const wasm_memorytype_t* ty,
                                                      wasmtime_memory_t* ret);

/// The memory's type. The caller owns it and frees it with wasm_memorytype_delete().
WASM_API_EXTERN wasm_memorytype_t* wasmtime_memory_type(const wasmtime_context_t* store,
                                                        const wasmtime_memory_t* memory);

/// The address of the memory's first byte. Ask again after anything that may have let the memory grow.
WASM_API_EXTERN uint8_t* wasmtime_memory_data(wasmtime_context_t* store, const wasmtime_memory_t* memory);

/// The memory's size in bytes.
WASM_API_EXTERN size_t wasmtime_memory_data_size(const wasmtime_context_t* store, const wasmtime_memory_t* memory);

/// The memory's size in pages.
WASM_API_EXTERN uint64_t wasmtime_memory_size(const wasmtime_context_t* store, const wasmtime_memory_t* memory);

/// Makes the memory larger by `delta` pages.
///
/// \param store     the memory's store.
/// \param memory    the memory.
/// \param delta     how many pages to add.
/// \param prev_size receives the size before, in pages; untouched on an error.
/// \return NULL, or an error that the caller owns when the type's maximum, the store's limits or the system do not
///         allow it.
WASM_API_EXTERN wasmtime_error_t* wasmtime_memory_grow(wasmtime_context_t* store, const wasmtime_memory_t* memory,
                                                       uint64_t delta, uint64_t* prev_size);

/// The size of this memory's pages in bytes: 65536, or what its type says.
WASM_API_EXTERN uint64_t wasmtime_memory_page_size(wasmtime_context_t* store, const wasmtime_memory_t* memory);

/// The binary logarithm of the size of this memory's pages.
WASM_API_EXTERN uint8_t wasmtime_memory_page_size_log2(wasmtime_context_t* store, const wasmtime_memory_t* memory);

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // WASMTIME_MEMORY_H
