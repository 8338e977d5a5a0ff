/// \file wasmtime/sharedmemory.h
///
/// Shared memories: linear memories that several threads, and several stores, use at the same time. They belong to an
/// engine instead of a store.
///
/// Threads: any thread may call any function here on the same memory at any time. Its bytes are written by other
/// threads while they are read: access them with atomics.

#ifndef WASMTIME_SHAREDMEMORY_H
#define WASMTIME_SHAREDMEMORY_H

#include <wasm.h>
#include <wasmtime/conf.h>
#include <wasmtime/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A counted reference to a shared memory. Opaque; deleted with #wasmtime_sharedmemory_delete.
typedef struct wasmtime_sharedmemory wasmtime_sharedmemory_t;

#ifdef WASMTIME_FEATURE_THREADS

/// Makes a shared memory of the type's minimal size, all bytes 0.
///
/// \param engine the engine whose stores will use it; wasmtime_config_shared_memory_set() must have allowed shared
///               memories.
/// \param ty     its type, which must be shared and have a maximum; it stays the caller's.
/// \param ret    receives a reference that the caller owns; untouched on an error.
/// \return NULL, or an error that the caller owns.
WASM_API_EXTERN wasmtime_error_t* wasmtime_sharedmemory_new(const wasm_engine_t* engine, const wasm_memorytype_t* ty,
                                                            wasmtime_sharedmemory_t** ret);

#endif  // WASMTIME_FEATURE_THREADS

/// Drops a reference; NULL is allowed. The memory goes with the last reference and the last instance that uses it.
WASM_API_EXTERN void wasmtime_sharedmemory_delete(wasmtime_sharedmemory_t* memory);

/// Makes another reference to the same memory. The caller owns it.
WASM_API_EXTERN wasmtime_sharedmemory_t* wasmtime_sharedmemory_clone(const wasmtime_sharedmemory_t* memory);

/// The memory's type. The caller owns it and frees it with wasm_memorytype_delete().
WASM_API_EXTERN wasm_memorytype_t* wasmtime_sharedmemory_type(const wasmtime_sharedmemory_t* memory);

/// The address of the memory's first byte. It never changes while the memory lives, also when the memory grows.
WASM_API_EXTERN uint8_t* wasmtime_sharedmemory_data(const wasmtime_sharedmemory_t* memory);

/// The memory's size in bytes at this moment.
WASM_API_EXTERN size_t wasmtime_sharedmemory_data_size(const wasmtime_sharedmemory_t* memory);

/// The memory's size in pages at this moment.
WASM_API_EXTERN uint64_t wasmtime_sharedmemory_size(const wasmtime_sharedmemory_t* memory);

/// Makes the memory larger by `delta` pages.
///
/// \param memory    the memory.
/// \param delta     how many pages to add.
/// \param prev_size receives the size before, in pages; untouched on an error.
/// \return NULL, or an error that the caller owns when the type's maximum or the system does not allow it.
WASM_API_EXTERN wasmtime_error_t* wasmtime_sharedmemory_grow(const wasmtime_sharedmemory_t* memory, uint64_t delta,
                                                             uint64_t* prev_size);

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // WASMTIME_SHAREDMEMORY_H
