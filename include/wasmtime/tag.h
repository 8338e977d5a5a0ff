/// \file wasmtime/tag.h
///
/// Tags: what exceptions are thrown with and caught by. A tag's type says which values an exception carries.
///
/// Threads: as the store (wasmtime/store.h).

#ifndef WASMTIME_TAG_H
#define WASMTIME_TAG_H

#include <wasm.h>
#include <wasmtime/error.h>
#include <wasmtime/store.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A tag of a store: a handle, copied at will and freed by nobody. Only `store_id` has a meaning outside, and only that
/// it is never 0.
typedef struct wasmtime_tag {
  /// The number of the tag's store.
  uint64_t store_id;
  /// Private.
  uint32_t __private1;
  /// Private.
  uint32_t __private_reserved;
  /// Private.
  uint32_t __private2;
} wasmtime_tag_t;

/// Makes a tag of the host's.
///
/// \param store the store to make it in.
/// \param tt    its type, which has no results; it stays the caller's.
/// \param ret   receives the tag; untouched on an error.
/// \return NULL, or an error that the caller owns.
WASM_API_EXTERN wasmtime_error_t* wasmtime_tag_new(wasmtime_context_t* store, const wasm_tagtype_t* tt,
                                                   wasmtime_tag_t* ret);

/// The tag's type. The caller owns it and frees it with wasm_tagtype_delete().
WASM_API_EXTERN wasm_tagtype_t* wasmtime_tag_type(const wasmtime_context_t* store, const wasmtime_tag_t* tag);

/// Tells whether two tags of the store are one and the same. Tags of equal type can be different.
WASM_API_EXTERN bool wasmtime_tag_eq(const wasmtime_context_t* store, const wasmtime_tag_t* a, const wasmtime_tag_t* b);

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // WASMTIME_TAG_H
