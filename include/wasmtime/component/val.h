/// \file wasmtime/component/val.h
///
/// Values of components, and resources.
///
/// A value owns everything in it: what functions give is freed with wasmtime_component_val_delete(), deeply. Values
/// that a variant, an option or a result points to come from wasmtime_component_val_new().
///
/// Threads: values and resources are used by one thread at a time, different ones by any; functions that take a context
/// follow the store (wasmtime/store.h).

#ifndef WASMTIME_COMPONENT_VAL_H
#define WASMTIME_COMPONENT_VAL_H

#include <wasmtime/conf.h>

#ifdef WASMTIME_FEATURE_COMPONENT_MODEL

#include <stdint.h>
#include <wasm.h>
#include <wasmtime/component/types/resource.h>
#include <wasmtime/error.h>
#include <wasmtime/store.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A resource of a component's or of the host's. Opaque.
///
/// Two things end: the resource itself, with #wasmtime_component_resource_any_drop, which may run a destructor and
/// tells the store that the resource is not used any more; and this object, with
/// #wasmtime_component_resource_any_delete. A resource that is never dropped stays in its store until the store is
/// deleted.
typedef struct wasmtime_component_resource_any wasmtime_component_resource_any_t;

/// The resource's type. The caller owns it and frees it with wasmtime_component_resource_type_delete().
WASM_API_EXTERN wasmtime_component_resource_type_t* wasmtime_component_resource_any_type(
    const wasmtime_component_resource_any_t* resource);

/// Makes another object for the same resource, which the caller owns. The resource is still to be dropped once only.
WASM_API_EXTERN wasmtime_component_resource_any_t* wasmtime_component_resource_any_clone(
    const wasmtime_component_resource_any_t* resource);

/// Whether the resource is owned; otherwise it is borrowed.
WASM_API_EXTERN bool wasmtime_component_resource_any_owned(const wasmtime_component_resource_any_t* resource);

/// Drops the resource; this may run WebAssembly.
///
/// \param ctx      the resource's store.
/// \param resource the resource; the object is still to be deleted.
/// \return NULL, or an error that the caller owns.
WASM_API_EXTERN wasmtime_error_t* wasmtime_component_resource_any_drop(
    wasmtime_context_t* ctx, const wasmtime_component_resource_any_t* resource);

/// Frees the object, without dropping the resource; NULL is allowed.
WASM_API_EXTERN void wasmtime_component_resource_any_delete(wasmtime_component_resource_any_t* resource);

/// A resource of the host's, with a number that the host chose and that no component can forge. Opaque; deleted with
/// #wasmtime_component_resource_host_delete. What dropping it means is the host's affair.
typedef struct wasmtime_component_resource_host wasmtime_component_resource_host_t;

/// Makes a resource of the host's.
///
/// \param owned whether it is owned or borrowed.
/// \param rep   a number of the host's choice.
/// \param ty    the number of its type (wasmtime_component_resource_type_new_host()).
/// \return an object that the caller owns.
WASM_API_EXTERN wasmtime_component_resource_host_t* wasmtime_component_resource_host_new(bool owned, uint32_t rep,
                                                                                         uint32_t ty);

/// Makes another object for the same resource, which the caller owns.
WASM_API_EXTERN wasmtime_component_resource_host_t* wasmtime_component_resource_host_clone(
    const wasmtime_component_resource_host_t* resource);

/// The number that the host chose for the resource.
WASM_API_EXTERN uint32_t wasmtime_component_resource_host_rep(const wasmtime_component_resource_host_t* resource);

/// The number that the host chose for its type.
WASM_API_EXTERN uint32_t wasmtime_component_resource_host_type(const wasmtime_component_resource_host_t* resource);

/// Whether the resource is owned; otherwise it is borrowed.
WASM_API_EXTERN bool wasmtime_component_resource_host_owned(const wasmtime_component_resource_host_t* resource);

/// Frees the object; NULL is allowed.
WASM_API_EXTERN void wasmtime_component_resource_host_delete(wasmtime_component_resource_host_t* resource);

/// Gives a resource as one of the host's.
///
/// \param ctx      the store.
/// \param resource the resource; it stays the caller's.
/// \param ret      receives an object that the caller owns; untouched on an error.
/// \return NULL, or an error that the caller owns when the resource is a component's.
WASM_API_EXTERN wasmtime_error_t* wasmtime_component_resource_any_to_host(
    wasmtime_context_t* ctx, const wasmtime_component_resource_any_t* resource,
    wasmtime_component_resource_host_t** ret);

/// Gives a resource of the host's as one that components can have.
///
/// \param ctx      the store.
/// \param resource the resource; it stays the caller's.
/// \param ret      receives an object that the caller owns; untouched on an error.
/// \return NULL, or an error that the caller owns.
WASM_API_EXTERN wasmtime_error_t* wasmtime_component_resource_host_to_any(
    wasmtime_context_t* ctx, const wasmtime_component_resource_host_t* resource,
    wasmtime_component_resource_any_t** ret);

/// Which kind of value a #wasmtime_component_val_t holds; one of the constants below.
typedef uint8_t wasmtime_component_valkind_t;
/// A bool: #wasmtime_component_valunion_t::boolean.
#define WASMTIME_COMPONENT_BOOL 0
/// An s8: #wasmtime_component_valunion_t::s8.
#define WASMTIME_COMPONENT_S8 1
/// A u8: #wasmtime_component_valunion_t::u8.
#define WASMTIME_COMPONENT_U8 2
/// An s16: #wasmtime_component_valunion_t::s16.
#define WASMTIME_COMPONENT_S16 3
/// A u16: #wasmtime_component_valunion_t::u16.
#define WASMTIME_COMPONENT_U16 4
/// An s32: #wasmtime_component_valunion_t::s32.
#define WASMTIME_COMPONENT_S32 5
/// A u32: #wasmtime_component_valunion_t::u32.
#define WASMTIME_COMPONENT_U32 6
/// An s64: #wasmtime_component_valunion_t::s64.
#define WASMTIME_COMPONENT_S64 7
/// A u64: #wasmtime_component_valunion_t::u64.
#define WASMTIME_COMPONENT_U64 8
/// An f32: #wasmtime_component_valunion_t::f32.
#define WASMTIME_COMPONENT_F32 9
/// An f64: #wasmtime_component_valunion_t::f64.
#define WASMTIME_COMPONENT_F64 10
/// A char: #wasmtime_component_valunion_t::character.
#define WASMTIME_COMPONENT_CHAR 11
/// A string: #wasmtime_component_valunion_t::string.
#define WASMTIME_COMPONENT_STRING 12
/// A list: #wasmtime_component_valunion_t::list.
#define WASMTIME_COMPONENT_LIST 13
/// A record: #wasmtime_component_valunion_t::record.
#define WASMTIME_COMPONENT_RECORD 14
/// A tuple: #wasmtime_component_valunion_t::tuple.
#define WASMTIME_COMPONENT_TUPLE 15
/// A variant: #wasmtime_component_valunion_t::variant.
#define WASMTIME_COMPONENT_VARIANT 16
/// An enumeration: #wasmtime_component_valunion_t::enumeration.
#define WASMTIME_COMPONENT_ENUM 17
/// An optional value: #wasmtime_component_valunion_t::option.
#define WASMTIME_COMPONENT_OPTION 18
/// A result: #wasmtime_component_valunion_t::result.
#define WASMTIME_COMPONENT_RESULT 19
/// Flags: #wasmtime_component_valunion_t::flags.
#define WASMTIME_COMPONENT_FLAGS 20
/// A resource: #wasmtime_component_valunion_t::resource.
#define WASMTIME_COMPONENT_RESOURCE 21
/// A map: #wasmtime_component_valunion_t::map.
#define WASMTIME_COMPONENT_MAP 22
/// A list of one length: #wasmtime_component_valunion_t::list.
#define WASMTIME_COMPONENT_FIXED_LENGTH_LIST 23

struct wasmtime_component_val;
struct wasmtime_component_valrecord_entry;
struct wasmtime_component_valmap_entry;

/// Values of a list. It owns its elements and what they own.
typedef struct wasmtime_component_vallist {
  /// How many there are.
  size_t size;
  /// The first one.
  struct wasmtime_component_val* data;
} wasmtime_component_vallist_t;

/// Makes `out`, which need not be initialized, a vector of `size` elements moved from `ptr`. The caller frees it.
WASM_API_EXTERN void wasmtime_component_vallist_new(wasmtime_component_vallist_t* out, size_t size,
                                                    const struct wasmtime_component_val* ptr);

/// Makes `out`, which need not be initialized, an empty vector.
WASM_API_EXTERN void wasmtime_component_vallist_new_empty(wasmtime_component_vallist_t* out);

/// Makes `out`, which need not be initialized, a vector of `size` elements, which the caller fills before anything else
/// and frees with the vector.
WASM_API_EXTERN void wasmtime_component_vallist_new_uninit(wasmtime_component_vallist_t* out, size_t size);

/// Makes `dst`, which need not be initialized, a deep copy of `src`. The caller frees it.
WASM_API_EXTERN void wasmtime_component_vallist_copy(wasmtime_component_vallist_t* dst,
                                                     const wasmtime_component_vallist_t* src);

/// Frees a vector's elements deeply; the structure itself is the caller's. NULL is allowed.
WASM_API_EXTERN void wasmtime_component_vallist_delete(wasmtime_component_vallist_t* value);

/// Fields of a record. It owns its elements and what they own.
typedef struct wasmtime_component_valrecord {
  /// How many there are.
  size_t size;
  /// The first one.
  struct wasmtime_component_valrecord_entry* data;
} wasmtime_component_valrecord_t;

/// Makes `out`, which need not be initialized, a vector of `size` elements moved from `ptr`. The caller frees it.
WASM_API_EXTERN void wasmtime_component_valrecord_new(wasmtime_component_valrecord_t* out, size_t size,
                                                      const struct wasmtime_component_valrecord_entry* ptr);

/// Makes `out`, which need not be initialized, an empty vector.
WASM_API_EXTERN void wasmtime_component_valrecord_new_empty(wasmtime_component_valrecord_t* out);

/// Makes `out`, which need not be initialized, a vector of `size` elements, which the caller fills before anything else
/// and frees with the vector.
WASM_API_EXTERN void wasmtime_component_valrecord_new_uninit(wasmtime_component_valrecord_t* out, size_t size);

/// Makes `dst`, which need not be initialized, a deep copy of `src`. The caller frees it.
WASM_API_EXTERN void wasmtime_component_valrecord_copy(wasmtime_component_valrecord_t* dst,
                                                       const wasmtime_component_valrecord_t* src);

/// Frees a vector's elements deeply; the structure itself is the caller's. NULL is allowed.
WASM_API_EXTERN void wasmtime_component_valrecord_delete(wasmtime_component_valrecord_t* value);

/// Values of a tuple. It owns its elements and what they own.
typedef struct wasmtime_component_valtuple {
  /// How many there are.
  size_t size;
  /// The first one.
  struct wasmtime_component_val* data;
} wasmtime_component_valtuple_t;

/// Makes `out`, which need not be initialized, a vector of `size` elements moved from `ptr`. The caller frees it.
WASM_API_EXTERN void wasmtime_component_valtuple_new(wasmtime_component_valtuple_t* out, size_t size,
                                                     const struct wasmtime_component_val* ptr);

/// Makes `out`, which need not be initialized, an empty vector.
WASM_API_EXTERN void wasmtime_component_valtuple_new_empty(wasmtime_component_valtuple_t* out);

/// Makes `out`, which need not be initialized, a vector of `size` elements, which the caller fills before anything else
/// and frees with the vector.
WASM_API_EXTERN void wasmtime_component_valtuple_new_uninit(wasmtime_component_valtuple_t* out, size_t size);

/// Makes `dst`, which need not be initialized, a deep copy of `src`. The caller frees it.
WASM_API_EXTERN void wasmtime_component_valtuple_copy(wasmtime_component_valtuple_t* dst,
                                                      const wasmtime_component_valtuple_t* src);

/// Frees a vector's elements deeply; the structure itself is the caller's. NULL is allowed.
WASM_API_EXTERN void wasmtime_component_valtuple_delete(wasmtime_component_valtuple_t* value);

/// Names of the flags that are set. It owns its elements and what they own.
typedef struct wasmtime_component_valflags {
  /// How many there are.
  size_t size;
  /// The first one.
  wasm_name_t* data;
} wasmtime_component_valflags_t;

/// Makes `out`, which need not be initialized, a vector of `size` elements moved from `ptr`. The caller frees it.
WASM_API_EXTERN void wasmtime_component_valflags_new(wasmtime_component_valflags_t* out, size_t size,
                                                     const wasm_name_t* ptr);

/// Makes `out`, which need not be initialized, an empty vector.
WASM_API_EXTERN void wasmtime_component_valflags_new_empty(wasmtime_component_valflags_t* out);

/// Makes `out`, which need not be initialized, a vector of `size` elements, which the caller fills before anything else
/// and frees with the vector.
WASM_API_EXTERN void wasmtime_component_valflags_new_uninit(wasmtime_component_valflags_t* out, size_t size);

/// Makes `dst`, which need not be initialized, a deep copy of `src`. The caller frees it.
WASM_API_EXTERN void wasmtime_component_valflags_copy(wasmtime_component_valflags_t* dst,
                                                      const wasmtime_component_valflags_t* src);

/// Frees a vector's elements deeply; the structure itself is the caller's. NULL is allowed.
WASM_API_EXTERN void wasmtime_component_valflags_delete(wasmtime_component_valflags_t* value);

/// Entries of a map. It owns its elements and what they own.
typedef struct wasmtime_component_valmap {
  /// How many there are.
  size_t size;
  /// The first one.
  struct wasmtime_component_valmap_entry* data;
} wasmtime_component_valmap_t;

/// Makes `out`, which need not be initialized, a vector of `size` elements moved from `ptr`. The caller frees it.
WASM_API_EXTERN void wasmtime_component_valmap_new(wasmtime_component_valmap_t* out, size_t size,
                                                   const struct wasmtime_component_valmap_entry* ptr);

/// Makes `out`, which need not be initialized, an empty vector.
WASM_API_EXTERN void wasmtime_component_valmap_new_empty(wasmtime_component_valmap_t* out);

/// Makes `out`, which need not be initialized, a vector of `size` elements, which the caller fills before anything else
/// and frees with the vector.
WASM_API_EXTERN void wasmtime_component_valmap_new_uninit(wasmtime_component_valmap_t* out, size_t size);

/// Makes `dst`, which need not be initialized, a deep copy of `src`. The caller frees it.
WASM_API_EXTERN void wasmtime_component_valmap_copy(wasmtime_component_valmap_t* dst,
                                                    const wasmtime_component_valmap_t* src);

/// Frees a vector's elements deeply; the structure itself is the caller's. NULL is allowed.
WASM_API_EXTERN void wasmtime_component_valmap_delete(wasmtime_component_valmap_t* value);

/// A variant.
typedef struct {
  /// The name of the case.
  wasm_name_t discriminant;
  /// Its value, owned, or NULL if it has none.
  struct wasmtime_component_val* val;
} wasmtime_component_valvariant_t;

/// A result.
typedef struct {
  /// Whether it is a success.
  bool is_ok;
  /// The value of the success or the failure, owned, or NULL if it has none.
  struct wasmtime_component_val* val;
} wasmtime_component_valresult_t;

/// The content of a #wasmtime_component_val_t; which member counts says its kind.
typedef union {
  /// For #WASMTIME_COMPONENT_BOOL.
  bool boolean;
  /// For #WASMTIME_COMPONENT_S8.
  int8_t s8;
  /// For #WASMTIME_COMPONENT_U8.
  uint8_t u8;
  /// For #WASMTIME_COMPONENT_S16.
  int16_t s16;
  /// For #WASMTIME_COMPONENT_U16.
  uint16_t u16;
  /// For #WASMTIME_COMPONENT_S32.
  int32_t s32;
  /// For #WASMTIME_COMPONENT_U32.
  uint32_t u32;
  /// For #WASMTIME_COMPONENT_S64.
  int64_t s64;
  /// For #WASMTIME_COMPONENT_U64.
  uint64_t u64;
  /// For #WASMTIME_COMPONENT_F32.
  float32_t f32;
  /// For #WASMTIME_COMPONENT_F64.
  float64_t f64;
  /// For #WASMTIME_COMPONENT_CHAR as a number.
  uint32_t character;
  /// For #WASMTIME_COMPONENT_STRING.
  wasm_name_t string;
  /// For #WASMTIME_COMPONENT_LIST and #WASMTIME_COMPONENT_FIXED_LENGTH_LIST.
  wasmtime_component_vallist_t list;
  /// For #WASMTIME_COMPONENT_RECORD.
  wasmtime_component_valrecord_t record;
  /// For #WASMTIME_COMPONENT_TUPLE.
  wasmtime_component_valtuple_t tuple;
  /// For #WASMTIME_COMPONENT_VARIANT.
  wasmtime_component_valvariant_t variant;
  /// For #WASMTIME_COMPONENT_ENUM.
  wasm_name_t enumeration;
  /// For #WASMTIME_COMPONENT_OPTION; NULL for none.
  struct wasmtime_component_val* option;
  /// For #WASMTIME_COMPONENT_RESULT.
  wasmtime_component_valresult_t result;
  /// For #WASMTIME_COMPONENT_FLAGS.
  wasmtime_component_valflags_t flags;
  /// For #WASMTIME_COMPONENT_RESOURCE; owned.
  wasmtime_component_resource_any_t* resource;
  /// For #WASMTIME_COMPONENT_MAP.
  wasmtime_component_valmap_t map;
} wasmtime_component_valunion_t;

/// A value.
typedef struct wasmtime_component_val {
  /// Says which member of `of` counts.
  wasmtime_component_valkind_t kind;
  /// The value.
  wasmtime_component_valunion_t of;
} wasmtime_component_val_t;

/// A field of a record.
typedef struct wasmtime_component_valrecord_entry {
  /// Its name.
  wasm_name_t name;
  /// Its value.
  wasmtime_component_val_t val;
} wasmtime_component_valrecord_entry_t;

/// An entry of a map.
typedef struct wasmtime_component_valmap_entry {
  /// Its key.
  wasmtime_component_val_t key;
  /// Its value.
  wasmtime_component_val_t value;
} wasmtime_component_valmap_entry_t;

/// Moves a value to memory of the library's, for variants, options and results to point to.
///
/// \param val the value, which is taken over: its content is undefined afterwards.
/// \return a value that the caller owns and frees with wasmtime_component_val_free().
WASM_API_EXTERN wasmtime_component_val_t* wasmtime_component_val_new(wasmtime_component_val_t* val);

/// Frees a value that wasmtime_component_val_new() made, deeply; NULL is allowed.
WASM_API_EXTERN void wasmtime_component_val_free(wasmtime_component_val_t* ptr);

/// Copies a value deeply.
///
/// \param src the value; it stays the caller's.
/// \param dst need not be initialized; the caller frees its content with wasmtime_component_val_delete().
WASM_API_EXTERN void wasmtime_component_val_clone(const wasmtime_component_val_t* src, wasmtime_component_val_t* dst);

/// Frees what a value owns, deeply; the structure itself is the caller's. NULL is allowed.
WASM_API_EXTERN void wasmtime_component_val_delete(wasmtime_component_val_t* value);

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // WASMTIME_FEATURE_COMPONENT_MODEL

#endif  // WASMTIME_COMPONENT_VAL_H
