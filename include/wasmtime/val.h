/// \file wasmtime/val.h
///
/// Values: what WebAssembly computes with, as the embedder sees them.
///
/// A `wasmtime_val_t` carries its kind; functions check it. A `wasmtime_val_raw_t` does not, and nothing is checked.
///
/// References of the collected heap (anyref, externref, exnref and the narrower eqref, structref, arrayref) are roots:
/// what they refer to stays alive, and stays the same object when the collector moves it, until they are unrooted. Each
/// reference that a function gives is owned by the caller and unrooted exactly once, by the function of its own kind or
/// by #wasmtime_val_unroot; this may happen after the store is gone too, and frees the small piece of memory that
/// otherwise stays. Functions that take a reference leave it to the caller. The null reference and i31 values need no
/// unrooting but may be passed.
///
/// Threads: as the store (wasmtime/store.h); unrooting and cloning a reference count as uses of its store while the
/// store lives.

#ifndef WASMTIME_VAL_H
#define WASMTIME_VAL_H

#include <wasm.h>
#include <wasmtime/conf.h>
#include <wasmtime/extern.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Which kind of value a #wasmtime_val_t holds; one of the constants below.
typedef uint8_t wasmtime_valkind_t;
/// An i32: #wasmtime_valunion_t::i32.
#define WASMTIME_I32 0
/// An i64: #wasmtime_valunion_t::i64.
#define WASMTIME_I64 1
/// An f32: #wasmtime_valunion_t::f32.
#define WASMTIME_F32 2
/// An f64: #wasmtime_valunion_t::f64.
#define WASMTIME_F64 3
/// A v128: #wasmtime_valunion_t::v128.
#define WASMTIME_V128 4
/// A reference to a function: #wasmtime_valunion_t::funcref.
#define WASMTIME_FUNCREF 5

#ifdef WASMTIME_FEATURE_GC
/// A reference to something of the host's: #wasmtime_valunion_t::externref.
#define WASMTIME_EXTERNREF 6
/// A reference into the `any` hierarchy: #wasmtime_valunion_t::anyref.
#define WASMTIME_ANYREF 7
/// A reference to an exception: #wasmtime_valunion_t::exnref.
#define WASMTIME_EXNREF 8
#endif  // WASMTIME_FEATURE_GC

/// The 16 bytes of a v128, least significant first.
typedef uint8_t wasmtime_v128[16];

#ifdef WASMTIME_FEATURE_GC

/// An `anyref`: a reference into the `any` hierarchy: structs, arrays and i31 values, the null reference included.
///
/// Made, cloned, read and unrooted by the functions of wasmtime/anyref.h.
typedef struct wasmtime_anyref {
  /// The number of the reference's store; 0 for the null reference.
  uint64_t store_id;
  /// Private.
  uint32_t __private1;
  /// Private.
  uint32_t __private2;
  /// Private.
  void* __private3;
} wasmtime_anyref_t;

/// An `exnref`: a reference to an exception.
///
/// Made, cloned, read and unrooted by the functions of wasmtime/exnref.h.
typedef struct wasmtime_exnref {
  /// The number of the reference's store; 0 for the null reference.
  uint64_t store_id;
  /// Private.
  uint32_t __private1;
  /// Private.
  uint32_t __private2;
  /// Private.
  void* __private3;
} wasmtime_exnref_t;

/// An `externref`: a reference to something of the host's, which WebAssembly can pass on but neither make nor look
/// into.
///
/// Made, cloned, read and unrooted by the functions of wasmtime/externref.h.
typedef struct wasmtime_externref {
  /// The number of the reference's store; 0 for the null reference.
  uint64_t store_id;
  /// Private.
  uint32_t __private1;
  /// Private.
  uint32_t __private2;
  /// Private.
  void* __private3;
} wasmtime_externref_t;

/// An `eqref`: a reference that `ref.eq` can compare: a struct, an array or an i31 value.
///
/// Made, cloned, read and unrooted by the functions of wasmtime/eqref.h.
typedef struct wasmtime_eqref {
  /// The number of the reference's store; 0 for the null reference.
  uint64_t store_id;
  /// Private.
  uint32_t __private1;
  /// Private.
  uint32_t __private2;
  /// Private.
  void* __private3;
} wasmtime_eqref_t;

/// An `structref`: a reference to a struct.
///
/// Made, cloned, read and unrooted by the functions of wasmtime/structref.h.
typedef struct wasmtime_structref {
  /// The number of the reference's store; 0 for the null reference.
  uint64_t store_id;
  /// Private.
  uint32_t __private1;
  /// Private.
  uint32_t __private2;
  /// Private.
  void* __private3;
} wasmtime_structref_t;

/// An `arrayref`: a reference to an array.
///
/// Made, cloned, read and unrooted by the functions of wasmtime/arrayref.h.
typedef struct wasmtime_arrayref {
  /// The number of the reference's store; 0 for the null reference.
  uint64_t store_id;
  /// Private.
  uint32_t __private1;
  /// Private.
  uint32_t __private2;
  /// Private.
  void* __private3;
} wasmtime_arrayref_t;

#endif  // WASMTIME_FEATURE_GC

/// The content of a #wasmtime_val_t; which member counts says its kind.
typedef union wasmtime_valunion {
  /// For #WASMTIME_I32.
  int32_t i32;
  /// For #WASMTIME_I64.
  int64_t i64;
  /// For #WASMTIME_F32.
  float32_t f32;
  /// For #WASMTIME_F64.
  float64_t f64;
#ifdef WASMTIME_FEATURE_GC
  /// For #WASMTIME_ANYREF.
  wasmtime_anyref_t anyref;
  /// For #WASMTIME_EXTERNREF.
  wasmtime_externref_t externref;
  /// For #WASMTIME_EXNREF.
  wasmtime_exnref_t exnref;
#endif  // WASMTIME_FEATURE_GC
  /// For #WASMTIME_FUNCREF; wasmtime_funcref_is_null() tells whether it is the null reference.
  wasmtime_func_t funcref;
  /// For #WASMTIME_V128.
  wasmtime_v128 v128;
} wasmtime_valunion_t;

/// Makes `func` the null reference.
static inline void wasmtime_funcref_set_null(wasmtime_func_t* func) { func->store_id = 0; }

/// Tells whether `func`, from a #wasmtime_val_t, is the null reference.
static inline bool wasmtime_funcref_is_null(const wasmtime_func_t* func) { return func->store_id == 0; }

/// A value without its kind, as wasmtime_func_call_unchecked() and wasmtime_func_new_unchecked() exchange them: one per
/// parameter and result, 16 bytes each. Numbers are in little-endian order on every machine. Which member counts only
/// the function's type says.
typedef union wasmtime_val_raw {
  /// An i32.
  int32_t i32;
  /// An i64.
  int64_t i64;
  /// An f32.
  float32_t f32;
  /// An f64.
  float64_t f64;
  /// A v128.
  wasmtime_v128 v128;
#ifdef WASMTIME_FEATURE_GC
  /// An anyref: 0 for null, otherwise for wasmtime_anyref_from_raw(). Not a root.
  uint32_t anyref;
  /// An externref: 0 for null, otherwise for wasmtime_externref_from_raw(). Not a root.
  uint32_t externref;
  /// An exnref: 0 for null, otherwise for wasmtime_exnref_from_raw(). Not a root.
  uint32_t exnref;
#endif  // WASMTIME_FEATURE_GC
  /// A funcref: NULL for null, otherwise for wasmtime_func_from_raw().
  void* funcref;
} wasmtime_val_raw_t;

/// A value of WebAssembly with its kind. It may own a reference; see the head of this file.
typedef struct wasmtime_val {
  /// Says which member of `of` counts.
  wasmtime_valkind_t kind;
  /// The value.
  wasmtime_valunion_t of;
} wasmtime_val_t;

/// Unroots the reference in `val`, if there is one. The content of `val` is undefined afterwards. Numbers, vectors and
/// funcrefs need no unrooting but may be passed; so may NULL.
WASM_API_EXTERN void wasmtime_val_unroot(wasmtime_val_t* val);

/// Copies a value; a reference in it gets a root of its own, which the caller unroots in the end.
///
/// \param src the value; it stays the caller's.
/// \param dst need not be initialized.
WASM_API_EXTERN void wasmtime_val_clone(const wasmtime_val_t* src, wasmtime_val_t* dst);

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // WASMTIME_VAL_H
