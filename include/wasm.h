/// \file wasm.h
/// The standard C API of WebAssembly: engines, stores, types, modules, instances and the objects that they import and
/// export, as the same declarations that other engines offer. All of it works here. Wider and faster interfaces:
/// wasmtime.h; what neither has: gantry.h.
///
/// Ownership. `own` in a declaration says who must release what:
///   - a result marked `own` is the caller's, who releases it with the `_delete` function of its type;
///   - a parameter marked `own` is taken over by the function, whether it succeeds or not;
///   - an `own` parameter called `out` is memory of the caller's that the function fills and never reads; what it
///     puts there is the caller's;
///   - a vector that is owned owns its elements too;
///   - whatever is not marked stays with whom it was. A pointer that a function returns without `own` points into its
///     argument and lives as long as that does, or until the next call that changes it.
///
/// NULL. Every `_delete` accepts NULL and does nothing. Elsewhere a pointer must not be NULL unless its function says
/// so.
///
/// Failure. Functions that can fail return NULL or false, or a trap that says what happened. No input ends the process:
/// neither bytes from a stranger nor a wrong type or an object of another store.
///
/// Threads. An engine, a shared module and a type object may be used by any number of threads at once. A store with all
/// of its objects is for one thread at a time, but `_copy` and `_delete` of its objects may be called on any thread at
/// any time. A callback runs on the thread whose call led to it; it must return (no longjmp, no C++ exception through
/// it).
///
/// Lifetime. An object that belongs to a store keeps its store alive: wasm_store_delete may come before or after the
/// `_delete` of the store's objects. Runtime objects (functions, globals, tables, memories, instances) live until their
/// store dies, even those that nobody holds.
#ifndef WASM_H
#define WASM_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/// How the functions are declared. Defined by whoever includes this file first, or here.
#ifndef WASM_API_EXTERN
#if defined(_WIN32) && !defined(__MINGW32__) && !defined(LIBWASM_STATIC)
#define WASM_API_EXTERN __declspec(dllimport)
#elif defined(__GNUC__)
#define WASM_API_EXTERN __attribute__((visibility("default")))
#else
#define WASM_API_EXTERN
#endif
#endif

#ifdef __cplusplus
extern "C" {
#endif

// --------------------------------------------------------------------------------------------------------------------
// Machine types

static_assert(sizeof(float) == 4 && sizeof(double) == 8, "f32 and f64 need IEEE single and double precision");
static_assert(sizeof(void*) == 4 || sizeof(void*) == 8, "a pointer must fit an i32 or an i64");

typedef char byte_t;
typedef float float32_t;
typedef double float64_t;

/// Marks what is owned (see above). Only defined inside this file.
#define own

// --------------------------------------------------------------------------------------------------------------------
// The patterns that the declarations below are made of

/// `wasm_NAME_t`, an opaque type, with
///   void wasm_NAME_delete(own wasm_NAME_t*)     releases it. NULL is fine.
#define WASM_DECLARE_OWN(name)                    \
  typedef struct wasm_##name##_t wasm_##name##_t; \
                                                  \
  WASM_API_EXTERN void wasm_##name##_delete(own wasm_##name##_t*);

/// `wasm_NAME_vec_t`: `size` elements at `data`, which is NULL exactly if `size` is 0. Elements are values (bytes, val)
/// or owned pointers (all others), which may be NULL. Fields may be read and elements replaced; `size` and `data`
/// change only through these functions. They do not look at the old contents of `out`:
///   void wasm_NAME_vec_new_empty(out)                 no elements
///   void wasm_NAME_vec_new_uninitialized(out, size)   `size` elements that are all zero (NULL, the number 0)
///   void wasm_NAME_vec_new(out, size, elements)       elements moved out of an array
///   void wasm_NAME_vec_copy(out, vec)                 a copy with copies of the elements
///   void wasm_NAME_vec_delete(vec)                    releases elements and array and makes `*vec` empty
/// If there is not enough memory, `*out` becomes empty and elements that were to be moved are released.
#define WASM_DECLARE_VEC(name, ptr_or_none)                                                                  \
  typedef struct wasm_##name##_vec_t {                                                                       \
    size_t size;                                                                                             \
    wasm_##name##_t ptr_or_none* data;                                                                       \
  } wasm_##name##_vec_t;                                                                                     \
                                                                                                             \
  WASM_API_EXTERN void wasm_##name##_vec_new_empty(own wasm_##name##_vec_t* out);                            \
  WASM_API_EXTERN void wasm_##name##_vec_new_uninitialized(own wasm_##name##_vec_t* out, size_t size);       \
  WASM_API_EXTERN void wasm_##name##_vec_new(own wasm_##name##_vec_t* out, size_t size,                      \
                                             own wasm_##name##_t ptr_or_none const elements[]);              \
  WASM_API_EXTERN void wasm_##name##_vec_copy(own wasm_##name##_vec_t* out, const wasm_##name##_vec_t* vec); \
  WASM_API_EXTERN void wasm_##name##_vec_delete(own wasm_##name##_vec_t* vec);

/// A type object: `wasm_NAME_t`, `wasm_NAME_vec_t`, and
///   own wasm_NAME_t* wasm_NAME_copy(const wasm_NAME_t*)     an equal one, independent of the first. NULL gives NULL.
/// Type objects belong to no engine and no store.
#define WASM_DECLARE_TYPE(name) \
  WASM_DECLARE_OWN(name)        \
  WASM_DECLARE_VEC(name, *)     \
                                \
  WASM_API_EXTERN own wasm_##name##_t* wasm_##name##_copy(const wasm_##name##_t*);

/// A reference to an object of a store. One object is one `wasm_NAME_t` however it was come by: copying gives the same
/// address once more, and so do an instance's exports, a table's elements, results of calls.
///   own wasm_NAME_t* wasm_NAME_copy(r)     another reference to the same object, to be deleted on its own
///   bool wasm_NAME_same(a, b)              do both refer to the same object? Two NULL do, NULL and another do not
///   void* wasm_NAME_get_host_info(r)       what was set last, else NULL
///   void wasm_NAME_set_host_info(r, info)  attaches a pointer to the object, in place of what was there
///   void wasm_NAME_set_host_info_with_finalizer(r, info, finalizer)
///                                          also `finalizer(info)` once: when the object dies, at the latest with its
///                                          store, or when other info replaces this one. NULL: none
/// A module, trap or foreign object dies with its last reference, including those that WebAssembly code holds; all
/// others die with their store. A finalizer must not use the store that is dying.
#define WASM_DECLARE_REF_BASE(name)                                                             \
  WASM_DECLARE_OWN(name)                                                                        \
                                                                                                \
  WASM_API_EXTERN own wasm_##name##_t* wasm_##name##_copy(const wasm_##name##_t*);              \
  WASM_API_EXTERN bool wasm_##name##_same(const wasm_##name##_t*, const wasm_##name##_t*);      \
                                                                                                \
  WASM_API_EXTERN void* wasm_##name##_get_host_info(const wasm_##name##_t*);                    \
  WASM_API_EXTERN void wasm_##name##_set_host_info(wasm_##name##_t*, void* info);               \
  WASM_API_EXTERN void wasm_##name##_set_host_info_with_finalizer(wasm_##name##_t*, void* info, \
                                                                  void (*finalizer)(void*));

/// The same with casts, which neither copy nor change who owns the reference:
///   wasm_ref_t* wasm_NAME_as_ref(r)        the same reference as the general type
///   wasm_NAME_t* wasm_ref_as_NAME(r)       the way back: NULL if the object is of another kind. NULL gives NULL
///   ..._const                              both for constant references
#define WASM_DECLARE_REF(name)                                                          \
  WASM_DECLARE_REF_BASE(name)                                                           \
                                                                                        \
  WASM_API_EXTERN wasm_ref_t* wasm_##name##_as_ref(wasm_##name##_t*);                   \
  WASM_API_EXTERN wasm_##name##_t* wasm_ref_as_##name(wasm_ref_t*);                     \
  WASM_API_EXTERN const wasm_ref_t* wasm_##name##_as_ref_const(const wasm_##name##_t*); \
  WASM_API_EXTERN const wasm_##name##_t* wasm_ref_as_##name##_const(const wasm_ref_t*);

/// The same for objects that can be carried to other stores and threads:
///   own wasm_shared_NAME_t* wasm_NAME_share(r)              a form that belongs to no store
///   own wasm_NAME_t* wasm_NAME_obtain(store, shared)        a new object in `store`; NULL if the store is of another
///                                                           engine
///   void wasm_shared_NAME_delete(own wasm_shared_NAME_t*)   releases the shared form
#define WASM_DECLARE_SHARABLE_REF(name)                                                    \
  WASM_DECLARE_REF(name)                                                                   \
  WASM_DECLARE_OWN(shared_##name)                                                          \
                                                                                           \
  WASM_API_EXTERN own wasm_shared_##name##_t* wasm_##name##_share(const wasm_##name##_t*); \
  WASM_API_EXTERN own wasm_##name##_t* wasm_##name##_obtain(wasm_store_t*, const wasm_shared_##name##_t*);

// --------------------------------------------------------------------------------------------------------------------
// Bytes and names

typedef byte_t wasm_byte_t;
WASM_DECLARE_VEC(byte, )

/// A name: UTF-8 without a terminating NUL. NUL characters inside are allowed.
typedef wasm_byte_vec_t wasm_name_t;

#define wasm_name wasm_byte_vec
#define wasm_name_new wasm_byte_vec_new
#define wasm_name_new_empty wasm_byte_vec_new_empty
#define wasm_name_new_uninitialized wasm_byte_vec_new_uninitialized
#define wasm_name_copy wasm_byte_vec_copy
#define wasm_name_delete wasm_byte_vec_delete

/// A name with the characters of a C string.
static inline void wasm_name_new_from_string(own wasm_name_t* out, const char* s) { wasm_name_new(out, strlen(s), s); }

/// The same with the terminating NUL as last byte, as messages have it.
static inline void wasm_name_new_from_string_nt(own wasm_name_t* out, const char* s) {
  wasm_name_new(out, strlen(s) + 1, s);
}

// --------------------------------------------------------------------------------------------------------------------
// Configuration, engine, store

/// Settings of an engine to be. wasmtime/config.h has the functions that change them. One thread at a time.
WASM_DECLARE_OWN(config)

/// The default settings.
WASM_API_EXTERN own wasm_config_t* wasm_config_new(void);

/// What modules and stores have in common: settings, compiler, epoch. Cheap to share, so a process needs one. Stores
/// and modules keep what they need of it: it may be deleted before them.
WASM_DECLARE_OWN(engine)

/// An engine with the default settings.
WASM_API_EXTERN own wasm_engine_t* wasm_engine_new(void);

/// An engine with these settings. NULL if they contradict each other; the reason goes to standard error.
WASM_API_EXTERN own wasm_engine_t* wasm_engine_new_with_config(own wasm_config_t*);

/// Everything that belongs to one instantiated program: its objects and the state of the code that runs. Deleting it
/// gives up this reference; it dies with the last of its objects' references.
WASM_DECLARE_OWN(store)

/// An empty store. NULL only if there is not enough memory.
WASM_API_EXTERN own wasm_store_t* wasm_store_new(wasm_engine_t*);

// --------------------------------------------------------------------------------------------------------------------
// Types

/// May a global be changed? One of the enumeration.
typedef uint8_t wasm_mutability_t;
enum wasm_mutability_enum {
  WASM_CONST,
  WASM_VAR,
};

/// Sizes of a table (elements) or memory (pages). A maximum of wasm_limits_max_default is no maximum. Limits of 64-bit
/// tables and memories that do not fit are shown as the largest number.
typedef struct wasm_limits_t {
  uint32_t min;
  uint32_t max;
} wasm_limits_t;

static const uint32_t wasm_limits_max_default = 0xffffffff;

/// Type of a value.
WASM_DECLARE_TYPE(valtype)

/// What a value is: one of the enumeration, or of gantry.h's for v128 and references into the collected heap. Kinds
/// from WASM_EXTERNREF on are carried by reference, as wasm_val_t says.
typedef uint8_t wasm_valkind_t;
enum wasm_valkind_enum {
  WASM_I32,
  WASM_I64,
  WASM_F32,
  WASM_F64,
  WASM_EXTERNREF = 128,
  WASM_FUNCREF,
};

/// The type of this kind; of references the one that has null. NULL if there is no such kind.
WASM_API_EXTERN own wasm_valtype_t* wasm_valtype_new(wasm_valkind_t);

/// The kind of the type's values. Types that differ may share a kind: `(ref func)` and `funcref`, or two struct types.
WASM_API_EXTERN wasm_valkind_t wasm_valtype_kind(const wasm_valtype_t*);

static inline bool wasm_valkind_is_num(wasm_valkind_t k) { return k < WASM_EXTERNREF; }
static inline bool wasm_valkind_is_ref(wasm_valkind_t k) { return k >= WASM_EXTERNREF; }

static inline bool wasm_valtype_is_num(const wasm_valtype_t* t) { return wasm_valkind_is_num(wasm_valtype_kind(t)); }
static inline bool wasm_valtype_is_ref(const wasm_valtype_t* t) { return wasm_valkind_is_ref(wasm_valtype_kind(t)); }

/// Type of a function.
WASM_DECLARE_TYPE(functype)

/// Both vectors are taken over and become empty. NULL if one has a NULL element or more than 1000 elements.
WASM_API_EXTERN own wasm_functype_t* wasm_functype_new(own wasm_valtype_vec_t* params, own wasm_valtype_vec_t* results);

/// Types of the parameters and results. Part of the function type.
WASM_API_EXTERN const wasm_valtype_vec_t* wasm_functype_params(const wasm_functype_t*);
WASM_API_EXTERN const wasm_valtype_vec_t* wasm_functype_results(const wasm_functype_t*);

/// Type of a global.
WASM_DECLARE_TYPE(globaltype)

/// NULL if the type is NULL or the mutability is no member of its enumeration.
WASM_API_EXTERN own wasm_globaltype_t* wasm_globaltype_new(own wasm_valtype_t*, wasm_mutability_t);

/// Type of the contents, part of the global type.
WASM_API_EXTERN const wasm_valtype_t* wasm_globaltype_content(const wasm_globaltype_t*);
WASM_API_EXTERN wasm_mutability_t wasm_globaltype_mutability(const wasm_globaltype_t*);

/// Type of a table.
WASM_DECLARE_TYPE(tabletype)

/// NULL if the type is NULL or no reference type, or the minimum is above the maximum.
WASM_API_EXTERN own wasm_tabletype_t* wasm_tabletype_new(own wasm_valtype_t*, const wasm_limits_t*);

/// Type of the elements and limits, part of the table type.
WASM_API_EXTERN const wasm_valtype_t* wasm_tabletype_element(const wasm_tabletype_t*);
WASM_API_EXTERN const wasm_limits_t* wasm_tabletype_limits(const wasm_tabletype_t*);

/// Type of a memory.
WASM_DECLARE_TYPE(memorytype)

/// The type of a memory with 32-bit addresses and pages of MEMORY_PAGE_SIZE; others: wasmtime/memory.h. NULL if a limit
/// is above 65536 pages or the minimum above the maximum.
WASM_API_EXTERN own wasm_memorytype_t* wasm_memorytype_new(const wasm_limits_t*);

/// Limits in pages, part of the memory type.
WASM_API_EXTERN const wasm_limits_t* wasm_memorytype_limits(const wasm_memorytype_t*);

/// Type of a tag, that is of the exceptions that carry it.
WASM_DECLARE_TYPE(tagtype)

/// The parameters of the function type are what an exception carries. NULL gives NULL.
WASM_API_EXTERN own wasm_tagtype_t* wasm_tagtype_new(own wasm_functype_t*);

/// What an exception carries, as parameters. Part of the tag type.
WASM_API_EXTERN const wasm_functype_t* wasm_tagtype_functype(const wasm_tagtype_t*);

/// Type of anything that can be imported or exported.
WASM_DECLARE_TYPE(externtype)

/// One of the enumeration, or of gantry.h's for the modules and instances of module linking.
typedef uint8_t wasm_externkind_t;
enum wasm_externkind_enum {
  WASM_EXTERN_FUNC,
  WASM_EXTERN_GLOBAL,
  WASM_EXTERN_TABLE,
  WASM_EXTERN_MEMORY,
  WASM_EXTERN_TAG,
};

/// The kind of the items that it describes.
WASM_API_EXTERN wasm_externkind_t wasm_externtype_kind(const wasm_externtype_t*);

/// Casts to the general type. They neither copy nor change who owns the type object; which of the two types deletes it
/// does not matter.
WASM_API_EXTERN wasm_externtype_t* wasm_functype_as_externtype(wasm_functype_t*);
WASM_API_EXTERN wasm_externtype_t* wasm_globaltype_as_externtype(wasm_globaltype_t*);
WASM_API_EXTERN wasm_externtype_t* wasm_tabletype_as_externtype(wasm_tabletype_t*);
WASM_API_EXTERN wasm_externtype_t* wasm_memorytype_as_externtype(wasm_memorytype_t*);
WASM_API_EXTERN wasm_externtype_t* wasm_tagtype_as_externtype(wasm_tagtype_t*);

/// Casts back. NULL if the type is of another kind.
WASM_API_EXTERN wasm_functype_t* wasm_externtype_as_functype(wasm_externtype_t*);
WASM_API_EXTERN wasm_globaltype_t* wasm_externtype_as_globaltype(wasm_externtype_t*);
WASM_API_EXTERN wasm_tabletype_t* wasm_externtype_as_tabletype(wasm_externtype_t*);
WASM_API_EXTERN wasm_memorytype_t* wasm_externtype_as_memorytype(wasm_externtype_t*);
WASM_API_EXTERN wasm_tagtype_t* wasm_externtype_as_tagtype(wasm_externtype_t*);

/// The same casts for constant type objects.
WASM_API_EXTERN const wasm_externtype_t* wasm_functype_as_externtype_const(const wasm_functype_t*);
WASM_API_EXTERN const wasm_externtype_t* wasm_globaltype_as_externtype_const(const wasm_globaltype_t*);
WASM_API_EXTERN const wasm_externtype_t* wasm_tabletype_as_externtype_const(const wasm_tabletype_t*);
WASM_API_EXTERN const wasm_externtype_t* wasm_memorytype_as_externtype_const(const wasm_memorytype_t*);
WASM_API_EXTERN const wasm_externtype_t* wasm_tagtype_as_externtype_const(const wasm_tagtype_t*);
WASM_API_EXTERN const wasm_functype_t* wasm_externtype_as_functype_const(const wasm_externtype_t*);
WASM_API_EXTERN const wasm_globaltype_t* wasm_externtype_as_globaltype_const(const wasm_externtype_t*);
WASM_API_EXTERN const wasm_tabletype_t* wasm_externtype_as_tabletype_const(const wasm_externtype_t*);
WASM_API_EXTERN const wasm_memorytype_t* wasm_externtype_as_memorytype_const(const wasm_externtype_t*);
WASM_API_EXTERN const wasm_tagtype_t* wasm_externtype_as_tagtype_const(const wasm_externtype_t*);

/// An import of a module: two names and a type.
WASM_DECLARE_TYPE(importtype)

/// The names become empty. NULL if the type is NULL or a name is not UTF-8.
WASM_API_EXTERN own wasm_importtype_t* wasm_importtype_new(own wasm_name_t* module, own wasm_name_t* name,
                                                           own wasm_externtype_t*);

/// Parts of the import type. With module linking an import may have one name only: then `name` is empty.
WASM_API_EXTERN const wasm_name_t* wasm_importtype_module(const wasm_importtype_t*);
WASM_API_EXTERN const wasm_name_t* wasm_importtype_name(const wasm_importtype_t*);
WASM_API_EXTERN const wasm_externtype_t* wasm_importtype_type(const wasm_importtype_t*);

/// An export of a module: a name and a type.
WASM_DECLARE_TYPE(exporttype)

/// The name becomes empty. NULL if the type is NULL or the name is not UTF-8.
WASM_API_EXTERN own wasm_exporttype_t* wasm_exporttype_new(own wasm_name_t* name, own wasm_externtype_t*);

/// Parts of the export type.
WASM_API_EXTERN const wasm_name_t* wasm_exporttype_name(const wasm_exporttype_t*);
WASM_API_EXTERN const wasm_externtype_t* wasm_exporttype_type(const wasm_exporttype_t*);

// --------------------------------------------------------------------------------------------------------------------
// Values and references

struct wasm_ref_t;

/// A value. `kind` says which member of `of` counts. With a kind from WASM_EXTERNREF on that is `ref`, which is owned
/// and NULL for the null reference; such values are copied with wasm_val_copy and released with wasm_val_delete, which
/// all other values allow but do not need.
typedef struct wasm_val_t {
  wasm_valkind_t kind;
  union {
    int32_t i32;
    int64_t i64;
    float32_t f32;
    float64_t f64;
    struct wasm_ref_t* ref;
  } of;
} wasm_val_t;

/// Releases the reference in it, if any, which becomes NULL. The memory of `*v` itself stays the caller's.
WASM_API_EXTERN void wasm_val_delete(own wasm_val_t* v);

/// Makes `*out` a copy with a reference of its own.
WASM_API_EXTERN void wasm_val_copy(own wasm_val_t* out, const wasm_val_t* v);

WASM_DECLARE_VEC(val, )

/// A reference to any object of a store. Every such object can be given to WebAssembly code as an externref and comes
/// back as the same reference.
WASM_DECLARE_REF_BASE(ref)

// --------------------------------------------------------------------------------------------------------------------
// Frames and traps

/// A call that was going on when something trapped. Independent of the trap that it came from.
WASM_DECLARE_OWN(frame)
WASM_DECLARE_VEC(frame, *)
WASM_API_EXTERN own wasm_frame_t* wasm_frame_copy(const wasm_frame_t*);

/// The instance of the function, part of the frame: copy it to keep it. NULL if the frame comes from a store of
/// wasmtime.h.
WASM_API_EXTERN struct wasm_instance_t* wasm_frame_instance(const wasm_frame_t*);

/// The function's index in its module.
WASM_API_EXTERN uint32_t wasm_frame_func_index(const wasm_frame_t*);

/// Where in the bytes of the module it was: from the start of the function's body, and of the module.
WASM_API_EXTERN size_t wasm_frame_func_offset(const wasm_frame_t*);
WASM_API_EXTERN size_t wasm_frame_module_offset(const wasm_frame_t*);

/// A message, with a NUL as last byte.
typedef wasm_name_t wasm_message_t;

/// How a call ended that did not return: a trap, an error of the host's, an exception that nobody caught, or the
/// program's own wish (WASI's proc_exit; wasmtime/error.h tells the code).
WASM_DECLARE_REF(trap)

/// A trap to return from a callback. The message is copied; a missing NUL at its end is no fault.
WASM_API_EXTERN own wasm_trap_t* wasm_trap_new(wasm_store_t* store, const wasm_message_t*);

/// What happened, the backtrace included if there is one.
WASM_API_EXTERN void wasm_trap_message(const wasm_trap_t*, own wasm_message_t* out);

/// The innermost frame. NULL if it has none.
WASM_API_EXTERN own wasm_frame_t* wasm_trap_origin(const wasm_trap_t*);

/// All frames, innermost first. Empty if it has none.
WASM_API_EXTERN void wasm_trap_trace(const wasm_trap_t*, own wasm_frame_vec_t* out);

// --------------------------------------------------------------------------------------------------------------------
// Foreign objects

/// An object of the embedder's, told apart by identity and by its host info: something to hand to WebAssembly code as
/// an externref.
WASM_DECLARE_REF(foreign)

/// A new object, without host info.
WASM_API_EXTERN own wasm_foreign_t* wasm_foreign_new(wasm_store_t*);

// --------------------------------------------------------------------------------------------------------------------
// Modules

/// A validated module, ready to be instantiated.
WASM_DECLARE_SHARABLE_REF(module)

/// Compiles a module in the binary format. The bytes are copied. NULL if it is not valid: wasmtime_module_new says why.
WASM_API_EXTERN own wasm_module_t* wasm_module_new(wasm_store_t*, const wasm_byte_vec_t* binary);

/// Would wasm_module_new accept these bytes?
WASM_API_EXTERN bool wasm_module_validate(wasm_store_t*, const wasm_byte_vec_t* binary);

/// What an instance needs and offers, in the order of the module.
WASM_API_EXTERN void wasm_module_imports(const wasm_module_t*, own wasm_importtype_vec_t* out);
WASM_API_EXTERN void wasm_module_exports(const wasm_module_t*, own wasm_exporttype_vec_t* out);

/// The module as bytes that this version of the library can load again. Empty if it cannot be serialized.
WASM_API_EXTERN void wasm_module_serialize(const wasm_module_t*, own wasm_byte_vec_t* out);

/// Loads what wasm_module_serialize made, in this process or another. NULL if the bytes are something else or were
/// made with other settings. Bytes from a stranger may hold machine code: do not load those.
WASM_API_EXTERN own wasm_module_t* wasm_module_deserialize(wasm_store_t*, const wasm_byte_vec_t*);

// --------------------------------------------------------------------------------------------------------------------
// Functions

/// A function, of WebAssembly code or of the embedder.
WASM_DECLARE_REF(func)

/// A function of the embedder. `args` has values of the parameter types and stays the caller's, references included.
/// `results` has room for the results, of kinds and values that do not matter; each must be set to an owned value of
/// its type. NULL on success; else the trap that ends the calling code, and references in `results` are released.
typedef own wasm_trap_t* (*wasm_func_callback_t)(const wasm_val_vec_t* args, own wasm_val_vec_t* results);
typedef own wasm_trap_t* (*wasm_func_callback_with_env_t)(void* env, const wasm_val_vec_t* args,
                                                          wasm_val_vec_t* results);

/// Functions of the embedder. `env` is handed to every call; `finalizer(env)` is called once, when the store dies.
/// NULL: none.
WASM_API_EXTERN own wasm_func_t* wasm_func_new(wasm_store_t*, const wasm_functype_t*, wasm_func_callback_t);
WASM_API_EXTERN own wasm_func_t* wasm_func_new_with_env(wasm_store_t*, const wasm_functype_t*,
                                                        wasm_func_callback_with_env_t, void* env,
                                                        void (*finalizer)(void*));

/// The function's type, a new object.
WASM_API_EXTERN own wasm_functype_t* wasm_func_type(const wasm_func_t*);

/// Numbers of parameters and results.
WASM_API_EXTERN size_t wasm_func_param_arity(const wasm_func_t*);
WASM_API_EXTERN size_t wasm_func_result_arity(const wasm_func_t*);

/// Calls the function. `args` has as many values as it has parameters and stays the caller's; `results` has room for as
/// many as it has results, whose old contents do not matter, or is empty if they are not wanted. NULL stands for an
/// empty vector. On success NULL, and the results are the caller's. Else what went wrong, which may be that an argument
/// is of the wrong type; `results` is as it was.
WASM_API_EXTERN own wasm_trap_t* wasm_func_call(const wasm_func_t*, const wasm_val_vec_t* args,
                                                wasm_val_vec_t* results);

// --------------------------------------------------------------------------------------------------------------------
// Globals

WASM_DECLARE_REF(global)

/// A global with this value, of which it takes a copy. NULL if the value is of the wrong type or store.
WASM_API_EXTERN own wasm_global_t* wasm_global_new(wasm_store_t*, const wasm_globaltype_t*, const wasm_val_t*);

/// The global's type, a new object.
WASM_API_EXTERN own wasm_globaltype_t* wasm_global_type(const wasm_global_t*);

/// The value now.
WASM_API_EXTERN void wasm_global_get(const wasm_global_t*, own wasm_val_t* out);

/// Sets a copy of the value. Nothing happens if the global cannot be changed or the value is of the wrong type or
/// store; wasmtime_global_set says so.
WASM_API_EXTERN void wasm_global_set(wasm_global_t*, const wasm_val_t*);

// --------------------------------------------------------------------------------------------------------------------
// Tables

WASM_DECLARE_REF(table)

typedef uint32_t wasm_table_size_t;

/// A table whose elements are copies of `init`; NULL is the null reference. Fails with NULL if `init` is of the wrong
/// type or store, or the table is too large.
WASM_API_EXTERN own wasm_table_t* wasm_table_new(wasm_store_t*, const wasm_tabletype_t*, wasm_ref_t* init);

/// The table's type, a new object.
WASM_API_EXTERN own wasm_tabletype_t* wasm_table_type(const wasm_table_t*);

/// The element. NULL if it is null or the index is out of bounds.
WASM_API_EXTERN own wasm_ref_t* wasm_table_get(const wasm_table_t*, wasm_table_size_t index);

/// Sets the element to a copy of the reference, NULL to null. False if the index is out of bounds or the reference of
/// the wrong type or store.
WASM_API_EXTERN bool wasm_table_set(wasm_table_t*, wasm_table_size_t index, wasm_ref_t*);

/// Number of elements.
WASM_API_EXTERN wasm_table_size_t wasm_table_size(const wasm_table_t*);

/// Adds `delta` elements that are copies of `init`. False if a limit forbids it or `init` is of the wrong type or
/// store.
WASM_API_EXTERN bool wasm_table_grow(wasm_table_t*, wasm_table_size_t delta, wasm_ref_t* init);

// --------------------------------------------------------------------------------------------------------------------
// Memories

WASM_DECLARE_REF(memory)

typedef uint32_t wasm_memory_pages_t;

/// Bytes of a page, unless the memory's type says otherwise.
static const size_t MEMORY_PAGE_SIZE = 0x10000;

/// A memory, all zero. NULL if it is too large.
WASM_API_EXTERN own wasm_memory_t* wasm_memory_new(wasm_store_t*, const wasm_memorytype_t*);

/// The memory's type, a new object.
WASM_API_EXTERN own wasm_memorytype_t* wasm_memory_type(const wasm_memory_t*);

/// Where its bytes are, and how many. Valid as long as the store lives: growing does not move a memory here, though it
/// may with other engines.
WASM_API_EXTERN byte_t* wasm_memory_data(wasm_memory_t*);
WASM_API_EXTERN size_t wasm_memory_data_size(const wasm_memory_t*);

/// Number of pages. One that does not fit is shown as the largest number.
WASM_API_EXTERN wasm_memory_pages_t wasm_memory_size(const wasm_memory_t*);

/// Adds `delta` pages. False if a limit forbids it.
WASM_API_EXTERN bool wasm_memory_grow(wasm_memory_t*, wasm_memory_pages_t delta);

// --------------------------------------------------------------------------------------------------------------------
// Externs

/// Something that can be imported or exported: a function, global, table, memory or tag.
WASM_DECLARE_REF(extern)
WASM_DECLARE_VEC(extern, *)

/// What it is, and its type, a new object.
WASM_API_EXTERN wasm_externkind_t wasm_extern_kind(const wasm_extern_t*);
WASM_API_EXTERN own wasm_externtype_t* wasm_extern_type(const wasm_extern_t*);

/// Casts, which neither copy nor change who owns the reference. Those from extern give NULL if it is of another kind.
WASM_API_EXTERN wasm_extern_t* wasm_func_as_extern(wasm_func_t*);
WASM_API_EXTERN wasm_extern_t* wasm_global_as_extern(wasm_global_t*);
WASM_API_EXTERN wasm_extern_t* wasm_table_as_extern(wasm_table_t*);
WASM_API_EXTERN wasm_extern_t* wasm_memory_as_extern(wasm_memory_t*);
WASM_API_EXTERN wasm_func_t* wasm_extern_as_func(wasm_extern_t*);
WASM_API_EXTERN wasm_global_t* wasm_extern_as_global(wasm_extern_t*);
WASM_API_EXTERN wasm_table_t* wasm_extern_as_table(wasm_extern_t*);
WASM_API_EXTERN wasm_memory_t* wasm_extern_as_memory(wasm_extern_t*);

/// The same casts for constant references.
WASM_API_EXTERN const wasm_extern_t* wasm_func_as_extern_const(const wasm_func_t*);
WASM_API_EXTERN const wasm_extern_t* wasm_global_as_extern_const(const wasm_global_t*);
WASM_API_EXTERN const wasm_extern_t* wasm_table_as_extern_const(const wasm_table_t*);
WASM_API_EXTERN const wasm_extern_t* wasm_memory_as_extern_const(const wasm_memory_t*);
WASM_API_EXTERN const wasm_func_t* wasm_extern_as_func_const(const wasm_extern_t*);
WASM_API_EXTERN const wasm_global_t* wasm_extern_as_global_const(const wasm_extern_t*);
WASM_API_EXTERN const wasm_table_t* wasm_extern_as_table_const(const wasm_extern_t*);
WASM_API_EXTERN const wasm_memory_t* wasm_extern_as_memory_const(const wasm_extern_t*);

// --------------------------------------------------------------------------------------------------------------------
// Instances

/// A module brought to life in a store.
WASM_DECLARE_REF(instance)

/// Instantiates a module; its start function runs. `imports` are as many externs as the module has imports, in their
/// order, and stay the caller's. NULL if that fails; then `*trap`, if `trap` is not NULL, becomes what went wrong: a
/// trap, or a message about an import that does not fit.
WASM_API_EXTERN own wasm_instance_t* wasm_instance_new(wasm_store_t*, const wasm_module_t*,
                                                       const wasm_extern_vec_t* imports, own wasm_trap_t** trap);

/// The exports, in the order of the module.
WASM_API_EXTERN void wasm_instance_exports(const wasm_instance_t*, own wasm_extern_vec_t* out);

// --------------------------------------------------------------------------------------------------------------------
// Short forms

/// Initialisers of vectors that own nothing: empty, and made of an array.
#define WASM_EMPTY_VEC {0, NULL}
#define WASM_ARRAY_VEC(array) {sizeof(array) / sizeof(*(array)), array}

static inline own wasm_valtype_t* wasm_valtype_new_i32(void) { return wasm_valtype_new(WASM_I32); }
static inline own wasm_valtype_t* wasm_valtype_new_i64(void) { return wasm_valtype_new(WASM_I64); }
static inline own wasm_valtype_t* wasm_valtype_new_f32(void) { return wasm_valtype_new(WASM_F32); }
static inline own wasm_valtype_t* wasm_valtype_new_f64(void) { return wasm_valtype_new(WASM_F64); }
static inline own wasm_valtype_t* wasm_valtype_new_externref(void) { return wasm_valtype_new(WASM_EXTERNREF); }
static inline own wasm_valtype_t* wasm_valtype_new_funcref(void) { return wasm_valtype_new(WASM_FUNCREF); }

/// wasm_functype_new_P_R: a function type with P parameters (at most 3) and R results (at most 2), which it takes over.
static inline own wasm_functype_t* wasm_functype_new_0_0(void) {
  wasm_valtype_vec_t params = WASM_EMPTY_VEC, results = WASM_EMPTY_VEC;
  return wasm_functype_new(&params, &results);
}

static inline own wasm_functype_t* wasm_functype_new_1_0(own wasm_valtype_t* p) {
  wasm_valtype_t* ps[1] = {p};
  wasm_valtype_vec_t params, results = WASM_EMPTY_VEC;
  wasm_valtype_vec_new(&params, 1, ps);
  return wasm_functype_new(&params, &results);
}

static inline own wasm_functype_t* wasm_functype_new_2_0(own wasm_valtype_t* p1, own wasm_valtype_t* p2) {
  wasm_valtype_t* ps[2] = {p1, p2};
  wasm_valtype_vec_t params, results = WASM_EMPTY_VEC;
  wasm_valtype_vec_new(&params, 2, ps);
  return wasm_functype_new(&params, &results);
}

static inline own wasm_functype_t* wasm_functype_new_3_0(own wasm_valtype_t* p1, own wasm_valtype_t* p2,
                                                         own wasm_valtype_t* p3) {
  wasm_valtype_t* ps[3] = {p1, p2, p3};
  wasm_valtype_vec_t params, results = WASM_EMPTY_VEC;
  wasm_valtype_vec_new(&params, 3, ps);
  return wasm_functype_new(&params, &results);
}

static inline own wasm_functype_t* wasm_functype_new_0_1(own wasm_valtype_t* r) {
  wasm_valtype_t* rs[1] = {r};
  wasm_valtype_vec_t params = WASM_EMPTY_VEC, results;
  wasm_valtype_vec_new(&results, 1, rs);
  return wasm_functype_new(&params, &results);
}

static inline own wasm_functype_t* wasm_functype_new_1_1(own wasm_valtype_t* p, own wasm_valtype_t* r) {
  wasm_valtype_t *ps[1] = {p}, *rs[1] = {r};
  wasm_valtype_vec_t params, results;
  wasm_valtype_vec_new(&params, 1, ps);
  wasm_valtype_vec_new(&results, 1, rs);
  return wasm_functype_new(&params, &results);
}

static inline own wasm_functype_t* wasm_functype_new_2_1(own wasm_valtype_t* p1, own wasm_valtype_t* p2,
                                                         own wasm_valtype_t* r) {
  wasm_valtype_t *ps[2] = {p1, p2}, *rs[1] = {r};
  wasm_valtype_vec_t params, results;
  wasm_valtype_vec_new(&params, 2, ps);
  wasm_valtype_vec_new(&results, 1, rs);
  return wasm_functype_new(&params, &results);
}

static inline own wasm_functype_t* wasm_functype_new_3_1(own wasm_valtype_t* p1, own wasm_valtype_t* p2,
                                                         own wasm_valtype_t* p3, own wasm_valtype_t* r) {
  wasm_valtype_t *ps[3] = {p1, p2, p3}, *rs[1] = {r};
  wasm_valtype_vec_t params, results;
  wasm_valtype_vec_new(&params, 3, ps);
  wasm_valtype_vec_new(&results, 1, rs);
  return wasm_functype_new(&params, &results);
}

static inline own wasm_functype_t* wasm_functype_new_0_2(own wasm_valtype_t* r1, own wasm_valtype_t* r2) {
  wasm_valtype_t* rs[2] = {r1, r2};
  wasm_valtype_vec_t params = WASM_EMPTY_VEC, results;
  wasm_valtype_vec_new(&results, 2, rs);
  return wasm_functype_new(&params, &results);
}

static inline own wasm_functype_t* wasm_functype_new_1_2(own wasm_valtype_t* p, own wasm_valtype_t* r1,
                                                         own wasm_valtype_t* r2) {
  wasm_valtype_t *ps[1] = {p}, *rs[2] = {r1, r2};
  wasm_valtype_vec_t params, results;
  wasm_valtype_vec_new(&params, 1, ps);
  wasm_valtype_vec_new(&results, 2, rs);
  return wasm_functype_new(&params, &results);
}

static inline own wasm_functype_t* wasm_functype_new_2_2(own wasm_valtype_t* p1, own wasm_valtype_t* p2,
                                                         own wasm_valtype_t* r1, own wasm_valtype_t* r2) {
  wasm_valtype_t *ps[2] = {p1, p2}, *rs[2] = {r1, r2};
  wasm_valtype_vec_t params, results;
  wasm_valtype_vec_new(&params, 2, ps);
  wasm_valtype_vec_new(&results, 2, rs);
  return wasm_functype_new(&params, &results);
}

static inline own wasm_functype_t* wasm_functype_new_3_2(own wasm_valtype_t* p1, own wasm_valtype_t* p2,
                                                         own wasm_valtype_t* p3, own wasm_valtype_t* r1,
                                                         own wasm_valtype_t* r2) {
  wasm_valtype_t *ps[3] = {p1, p2, p3}, *rs[2] = {r1, r2};
  wasm_valtype_vec_t params, results;
  wasm_valtype_vec_new(&params, 3, ps);
  wasm_valtype_vec_new(&results, 2, rs);
  return wasm_functype_new(&params, &results);
}

/// A pointer as a number, i32 or i64 by its size, and the way back.
static inline void wasm_val_init_ptr(own wasm_val_t* out, void* p) {
#if UINTPTR_MAX == UINT32_MAX
  out->kind = WASM_I32;
  out->of.i32 = (intptr_t)p;
#else
  out->kind = WASM_I64;
  out->of.i64 = (intptr_t)p;
#endif
}

static inline void* wasm_val_ptr(const wasm_val_t* val) {
#if UINTPTR_MAX == UINT32_MAX
  return (void*)(intptr_t)val->of.i32;
#else
  return (void*)(intptr_t)val->of.i64;
#endif
}

/// Initialisers of values.
#define WASM_I32_VAL(i)                 \
  {                                     \
    .kind = WASM_I32, .of = {.i32 = i } \
  }
#define WASM_I64_VAL(i)                 \
  {                                     \
    .kind = WASM_I64, .of = {.i64 = i } \
  }
#define WASM_F32_VAL(z)                 \
  {                                     \
    .kind = WASM_F32, .of = {.f32 = z } \
  }
#define WASM_F64_VAL(z)                 \
  {                                     \
    .kind = WASM_F64, .of = {.f64 = z } \
  }
#define WASM_REF_VAL(r)                       \
  {                                           \
    .kind = WASM_EXTERNREF, .of = {.ref = r } \
  }
#define WASM_INIT_VAL                            \
  {                                              \
    .kind = WASM_EXTERNREF, .of = {.ref = NULL } \
  }

#undef own

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // WASM_H
