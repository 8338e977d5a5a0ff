/// \file gantry.h
/// What Gantry offers beyond the standard headers. Rules about ownership, threads and failure: wasm.h.
#ifndef GANTRY_H
#define GANTRY_H

#include <wasm.h>
#include <wasmtime.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Kinds of values that wasm.h lacks. All are carried by reference in a wasm_val_t: `of.ref` is owned and, for
/// references, NULL for null. A wasm_valtype_t of any of them can be made with wasm_valtype_new; concrete and
/// non-nullable types, which come from modules, show the kind of the abstract type above them.
enum gantry_valkind_enum {
  GANTRY_ANYREF = 130,   ///< any object of the collected heap, small integers included
  GANTRY_EQREF,          ///< those that can be compared
  GANTRY_I31REF,         ///< a 31-bit integer
  GANTRY_STRUCTREF,      ///< a struct
  GANTRY_ARRAYREF,       ///< an array
  GANTRY_NULLREF,        ///< null only, below all of these
  GANTRY_EXNREF,         ///< an exception
  GANTRY_NULLEXNREF,     ///< null only
  GANTRY_NULLFUNCREF,    ///< null only
  GANTRY_NULLEXTERNREF,  ///< null only
  GANTRY_V128 = 160,     ///< a vector: `of.ref` is never NULL
};

/// Kinds of imports and exports that wasm.h lacks: module linking.
enum gantry_externkind_enum {
  GANTRY_EXTERN_MODULE = 64,
  GANTRY_EXTERN_INSTANCE = 65,
};

/// \name Vectors as values of wasm.h
/// @{

/// Makes `*out` a vector with these bytes, the lowest lane first. It belongs to the store, as references do.
/// \param out  the caller owns the value.
WASM_API_EXTERN void gantry_val_new_v128(wasm_store_t* store, const uint8_t bytes[16], wasm_val_t* out);

/// Copies the bytes of a vector.
/// \return false, and `out` is as it was, if the value is something else.
WASM_API_EXTERN bool gantry_val_v128(const wasm_val_t* val, uint8_t out[16]);

/// @}
/// \name The product
/// @{

/// The version of Gantry, for example "0.1.0". The interface has a version of its own, WASMTIME_VERSION. Never freed.
WASM_API_EXTERN const char* gantry_version(void);

/// Could these bytes be what wasmtime_module_serialize() made? Looks at the beginning only; deserializing checks the rest.
WASM_API_EXTERN bool gantry_is_precompiled(const uint8_t* bytes, size_t size);

/// @}
/// \name Settings that the standard headers lack
/// @{

/// How functions run.
enum gantry_tier_enum {
  GANTRY_TIER_AUTO,         ///< native code: of small modules compiled when they are made, of larger ones when functions are first called
  GANTRY_TIER_INTERPRETER,  ///< no code is made at run time: for hosts that forbid it
  GANTRY_TIER_BASELINE,     ///< native code for all modules, compiled when they are made
};
/// One of #gantry_tier_enum.
typedef uint8_t gantry_tier_t;

/// Chooses how functions run. The environment variable GANTRY_COMPILER wins.
/// \return false, and nothing changes, when there is no such tier.
WASM_API_EXTERN bool gantry_config_tier_set(wasm_config_t* config, gantry_tier_t tier);

/// Says when native code is made: of a function when it is first called, or of a whole module when that is made. By default as
/// the tier says.
WASM_API_EXTERN void gantry_config_lazy_set(wasm_config_t* config, bool enable);

/// Switches a proposal by the key that the command's option `-W` has for it ("extended-const", "module-linking", …).
/// \param key  not ended by NUL; `key_size` bytes.
/// \return an error that the caller owns when there is no such key, else NULL.
WASM_API_EXTERN wasmtime_error_t* gantry_config_feature_set(wasm_config_t* config, const char* key, size_t key_size, bool enable);

/// wasmtime_wat2wasm() for the grammar of an engine's proposals: some, such as module-linking, give old words a new meaning.
/// \param out  gets the bytes; the caller owns them.
/// \return an error that the caller owns, with line and column, or NULL.
WASM_API_EXTERN wasmtime_error_t* gantry_wat2wasm(const wasm_engine_t* engine, const char* text, size_t size, wasm_byte_vec_t* out);

/// How many frames a trap's backtrace has at most; 0 for none. By default 20.
WASM_API_EXTERN void gantry_config_max_backtrace_set(wasm_config_t* config, uint32_t frames);

/// How many bytes of collected objects each store may hold; allocation beyond it traps. By default what the address
/// space of references holds, nearly 4 GiB.
WASM_API_EXTERN void gantry_config_gc_heap_max_set(wasm_config_t* config, uint64_t bytes);

/// Reads a setting, also one that is only kept for later.
/// \param name   what stands between `wasmtime_config_` and `_set` in the name of its setter, ended by NUL. Bounds of
///               wasmtime_pooling_allocation_strategy_set() have `pooling.` before what stands between
///               `wasmtime_pooling_allocation_config_` and `_set`.
/// \param value  gets it; 0 and 1 for switches. May be NULL.
/// \return whether there is such a setting that is a switch, a number or a choice; bounds are there once they are set.
WASM_API_EXTERN bool gantry_config_get(const wasm_config_t* config, const char* name, uint64_t* value);

/// @}
/// \name Stopping and looking at what ran
/// @{

/// Ends the code that runs in a store at its next loop or call with the trap "interrupt"; when nothing runs, the next
/// call. The engine needs epoch interruption. May be called from any thread and from signal handlers, as long as the
/// store is not deleted meanwhile.
WASM_API_EXTERN void gantry_context_interrupt(wasmtime_context_t* context);

/// Writes the state of a store after a trap as a core dump (the form of the WebAssembly tool conventions).
/// \param trap     whose frames the dump names, or NULL for none.
/// \param program  name of the program, ended by NUL, or NULL.
/// \param out      gets the bytes; the caller owns them.
/// \return an error that the caller owns, or NULL.
WASM_API_EXTERN wasmtime_error_t* gantry_context_coredump(wasmtime_context_t* context, const wasm_trap_t* trap,
                                                          const char* program, wasm_byte_vec_t* out);

/// @}
/// \name Module linking
///
/// With the proposal module-linking on (gantry_config_feature_set()), modules and instances are imported and exported
/// as values. A wasmtime_extern_t holds them with the kinds #GANTRY_EXTERN_MODULE and #GANTRY_EXTERN_INSTANCE; what is
/// in its union then is private, and the functions below take it out. Both are handles: they belong to the store and
/// are freed by nobody.
/// @{

/// A module as a value of a store: to define it in a linker or to pass it as an import.
/// \return an error that the caller owns when the module's engine has no module linking, else NULL.
WASM_API_EXTERN wasmtime_error_t* gantry_extern_from_module(wasmtime_context_t* context, const wasmtime_module_t* module,
                                                            wasmtime_extern_t* out);

/// An instance as a value.
WASM_API_EXTERN void gantry_extern_from_instance(wasmtime_context_t* context, const wasmtime_instance_t* instance,
                                                 wasmtime_extern_t* out);

/// An instance put together from items, which is as good as any for an import that wants these names and types.
/// \param names  `count` names; the items go with them in order. Names are unique.
/// \return an error that the caller owns (a name twice, an item of another store), else NULL.
WASM_API_EXTERN wasmtime_error_t* gantry_extern_from_items(wasmtime_context_t* context, const wasm_name_t* names,
                                                           const wasmtime_extern_t* items, size_t count, wasmtime_extern_t* out);

/// What an instance value exports under a name, of any kind.
/// \param instance  an extern of kind #GANTRY_EXTERN_INSTANCE.
/// \return whether there is such an export.
WASM_API_EXTERN bool gantry_extern_export_get(wasmtime_context_t* context, const wasmtime_extern_t* instance, const char* name,
                                              size_t name_size, wasmtime_extern_t* out);

/// What an instance exports under a name, modules and instances included, which wasmtime_instance_export_get() does
/// not show.
WASM_API_EXTERN bool gantry_instance_export_get(wasmtime_context_t* context, const wasmtime_instance_t* instance,
                                                const char* name, size_t name_size, wasmtime_extern_t* out);

/// Instantiates a module value.
/// \param module   an extern of kind #GANTRY_EXTERN_MODULE.
/// \param imports  in the order of the module's type: one for each first name.
/// \param out      gets the instance as an extern.
/// \param trap     gets a trap that the caller owns, if the module traps.
/// \return an error that the caller owns, or NULL.
WASM_API_EXTERN wasmtime_error_t* gantry_extern_instantiate(wasmtime_context_t* context, const wasmtime_extern_t* module,
                                                            const wasmtime_extern_t* imports, size_t count, wasmtime_extern_t* out,
                                                            wasm_trap_t** trap);

/// Defines what imports by a single name get: an item of any kind.
WASM_API_EXTERN wasmtime_error_t* gantry_linker_define_name(wasmtime_linker_t* linker, wasmtime_context_t* context, const char* name,
                                                            size_t name_size, const wasmtime_extern_t* item);

/// Defines a module for imports by a single name, in every store.
WASM_API_EXTERN wasmtime_error_t* gantry_linker_define_module(wasmtime_linker_t* linker, const char* name, size_t name_size,
                                                              const wasmtime_module_t* module);

/// @}

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // GANTRY_H
