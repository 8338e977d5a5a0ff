/// \file wasmtime/types/val.h
///
/// Value types in full: `wasm_valtype_t` of wasm.h knows numbers and two kinds of references; the structures here hold
/// any reference type.
///
/// Structures whose heap type is concrete own the type they point to; their delete functions free it and leave the
/// structure to the caller.
///
/// Threads: types never change; any number of threads may read one.

#ifndef WASMTIME_TYPES_VAL_H
#define WASMTIME_TYPES_VAL_H

#include <wasm.h>
#include <wasmtime/types/arrayref.h>
#include <wasmtime/types/exnref.h>
#include <wasmtime/types/structref.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Makes the type v128. The caller owns it and frees it with wasm_valtype_delete().
WASM_API_EXTERN wasm_valtype_t* wasmtime_wasm_valtype_v128(void);

/// Whether two value types are equal.
WASM_API_EXTERN bool wasmtime_wasm_valtype_equal(const wasm_valtype_t* a, const wasm_valtype_t* b);

/// Which heap type a #wasmtime_heaptype_t is; one of the constants below.
typedef uint8_t wasmtime_heaptype_kind_t;
/// `extern`: anything of the host's.
#define WASMTIME_HEAPTYPE_KIND_EXTERN 0
/// `noextern`: no object; the bottom of the `extern` hierarchy.
#define WASMTIME_HEAPTYPE_KIND_NOEXTERN 1
/// `func`: any function.
#define WASMTIME_HEAPTYPE_KIND_FUNC 2
/// Functions of a type: #wasmtime_heaptype_union_t::concrete_func.
#define WASMTIME_HEAPTYPE_KIND_CONCRETE_FUNC 3
/// `nofunc`: no object; the bottom of the `func` hierarchy.
#define WASMTIME_HEAPTYPE_KIND_NOFUNC 4
/// `any`: any object of WebAssembly's own.
#define WASMTIME_HEAPTYPE_KIND_ANY 5
/// `none`: no object; the bottom of the `any` hierarchy.
#define WASMTIME_HEAPTYPE_KIND_NONE 6
/// `eq`: what `ref.eq` can compare.
#define WASMTIME_HEAPTYPE_KIND_EQ 7
/// `i31`: an integer of 31 bits.
#define WASMTIME_HEAPTYPE_KIND_I31 8
/// `array`: any array.
#define WASMTIME_HEAPTYPE_KIND_ARRAY 9
/// Arrays of a type: #wasmtime_heaptype_union_t::concrete_array.
#define WASMTIME_HEAPTYPE_KIND_CONCRETE_ARRAY 10
/// `struct`: any struct.
#define WASMTIME_HEAPTYPE_KIND_STRUCT 11
/// Structs of a type: #wasmtime_heaptype_union_t::concrete_struct.
#define WASMTIME_HEAPTYPE_KIND_CONCRETE_STRUCT 12
/// `exn`: any exception.
#define WASMTIME_HEAPTYPE_KIND_EXN 13
/// Exceptions of a type: #wasmtime_heaptype_union_t::concrete_exn.
#define WASMTIME_HEAPTYPE_KIND_CONCRETE_EXN 14
/// `noexn`: no object; the bottom of the `exn` hierarchy.
#define WASMTIME_HEAPTYPE_KIND_NOEXN 15

/// The type that a concrete heap type stands for.
typedef union wasmtime_heaptype_union {
  /// For #WASMTIME_HEAPTYPE_KIND_CONCRETE_FUNC.
  wasm_functype_t* concrete_func;
  /// For #WASMTIME_HEAPTYPE_KIND_CONCRETE_ARRAY.
  wasmtime_array_type_t* concrete_array;
  /// For #WASMTIME_HEAPTYPE_KIND_CONCRETE_STRUCT.
  wasmtime_struct_type_t* concrete_struct;
  /// For #WASMTIME_HEAPTYPE_KIND_CONCRETE_EXN.
  wasmtime_exn_type_t* concrete_exn;
} wasmtime_heaptype_union_t;

/// A heap type: what references can point to.
typedef struct wasmtime_heaptype {
  /// Which one, and which member of `of` counts.
  wasmtime_heaptype_kind_t kind;
  /// The type, if `kind` is a concrete one; owned by this structure.
  wasmtime_heaptype_union_t of;
} wasmtime_heaptype_t;

/// Copies a heap type.
///
/// \param ty  what to copy; it stays the caller's.
/// \param out need not be initialized; the caller frees its content with wasmtime_heaptype_delete().
WASM_API_EXTERN void wasmtime_heaptype_clone(const wasmtime_heaptype_t* ty, wasmtime_heaptype_t* out);

/// Frees what a heap type owns, which is something only if it is concrete. NULL is allowed.
WASM_API_EXTERN void wasmtime_heaptype_delete(wasmtime_heaptype_t* ty);

/// A reference type.
typedef struct wasmtime_reftype {
  /// Whether the null reference belongs to the type.
  bool nullable;
  /// What references of the type point to.
  wasmtime_heaptype_t heaptype;
} wasmtime_reftype_t;

/// Copies a reference type.
///
/// \param ty  what to copy; it stays the caller's.
/// \param out need not be initialized; the caller frees its content with wasmtime_reftype_delete().
WASM_API_EXTERN void wasmtime_reftype_clone(const wasmtime_reftype_t* ty, wasmtime_reftype_t* out);

/// Frees what a reference type owns, which is something only if its heap type is concrete. NULL is allowed.
WASM_API_EXTERN void wasmtime_reftype_delete(wasmtime_reftype_t* ty);

/// Which value type a #wasmtime_valtype_t is; one of the constants below.
typedef uint8_t wasmtime_valtype_kind_t;
/// The type i32.
#define WASMTIME_VALTYPE_KIND_I32 0
/// The type i64.
#define WASMTIME_VALTYPE_KIND_I64 1
/// The type f32.
#define WASMTIME_VALTYPE_KIND_F32 2
/// The type f64.
#define WASMTIME_VALTYPE_KIND_F64 3
/// The type v128.
#define WASMTIME_VALTYPE_KIND_V128 4
/// A reference type: #wasmtime_valtype_t::reftype.
#define WASMTIME_VALTYPE_KIND_REF 5

/// A value type.
typedef struct wasmtime_valtype {
  /// Which one.
  wasmtime_valtype_kind_t kind;
  /// For #WASMTIME_VALTYPE_KIND_REF, the reference type.
  wasmtime_reftype_t reftype;
} wasmtime_valtype_t;

/// Writes a type of wasm.h as a structure.
///
/// \param ty  the type; it stays the caller's.
/// \param out need not be initialized; the caller frees its content with wasmtime_valtype_delete().
WASM_API_EXTERN void wasmtime_valtype_new(const wasm_valtype_t* ty, wasmtime_valtype_t* out);

/// Copies a value type.
///
/// \param ty  what to copy; it stays the caller's.
/// \param out need not be initialized; the caller frees its content with wasmtime_valtype_delete().
WASM_API_EXTERN void wasmtime_valtype_clone(const wasmtime_valtype_t* ty, wasmtime_valtype_t* out);

/// Frees what a value type owns, which is something only if it is a reference to a concrete heap type. NULL is allowed.
WASM_API_EXTERN void wasmtime_valtype_delete(wasmtime_valtype_t* ty);

/// Turns a structure into a type of wasm.h.
///
/// \param engine the engine; it stays the caller's.
/// \param ty     the structure; it stays the caller's.
/// \return a type that the caller owns and frees with wasm_valtype_delete(), or NULL if a kind in `ty` is unknown.
WASM_API_EXTERN wasm_valtype_t* wasmtime_valtype_to_wasm(const wasm_engine_t* engine, const wasmtime_valtype_t* ty);

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // WASMTIME_TYPES_VAL_H
