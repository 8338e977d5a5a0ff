/// \file wasmtime/module.h
///
/// Modules: WebAssembly that has been checked and made ready to instantiate, any number of times and in any store of
/// its engine.
///
/// Threads: a module never changes; any number of threads may use one at the same time.

#ifndef WASMTIME_MODULE_H
#define WASMTIME_MODULE_H

#include <wasm.h>
#include <wasmtime/conf.h>
#include <wasmtime/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A module. Opaque, a counted reference; deleted with #wasmtime_module_delete. Instances keep what they need of it, so
/// it may be deleted while instances live.
typedef struct wasmtime_module wasmtime_module_t;

#ifdef WASMTIME_FEATURE_COMPILER

/// Makes a module from the binary format.
///
/// \param engine   where the module will live; it stays the caller's.
/// \param wasm     the bytes, which are copied.
/// \param wasm_len how many there are.
/// \param ret      receives a module that the caller owns; untouched on an error.
/// \return NULL, or an error that the caller owns: the bytes are no valid module, or they need a feature that the
///         engine has off.
WASM_API_EXTERN wasmtime_error_t* wasmtime_module_new(wasm_engine_t* engine, const uint8_t* wasm, size_t wasm_len,
                                                      wasmtime_module_t** ret);

#endif  // WASMTIME_FEATURE_COMPILER

/// Drops a reference to a module; NULL is allowed.
WASM_API_EXTERN void wasmtime_module_delete(wasmtime_module_t* m);

/// Makes another reference to the same module. The caller owns it.
WASM_API_EXTERN wasmtime_module_t* wasmtime_module_clone(const wasmtime_module_t* m);

/// Lists what the module imports, in the order in which wasmtime_instance_new() takes them.
///
/// \param module the module; it stays the caller's.
/// \param out    need not be initialized; the caller owns the vector and frees it with wasm_importtype_vec_delete().
WASM_API_EXTERN void wasmtime_module_imports(const wasmtime_module_t* module, wasm_importtype_vec_t* out);

/// Lists what the module exports, in the module's order.
///
/// \param module the module; it stays the caller's.
/// \param out    need not be initialized; the caller owns the vector and frees it with wasm_exporttype_vec_delete().
WASM_API_EXTERN void wasmtime_module_exports(const wasmtime_module_t* module, wasm_exporttype_vec_t* out);

#ifdef WASMTIME_FEATURE_COMPILER

/// Checks whether bytes are a module that the engine would accept, without making one.
///
/// \return NULL if they are, otherwise an error that the caller owns and that says where and why not.
WASM_API_EXTERN wasmtime_error_t* wasmtime_module_validate(wasm_engine_t* engine, const uint8_t* wasm, size_t wasm_len);

/// Writes the module as an image that wasmtime_module_deserialize() loads faster than the module could be made anew.
///
/// \param module the module; it stays the caller's.
/// \param ret    receives bytes that the caller owns and frees with wasm_byte_vec_delete(); untouched on an error.
/// \return NULL, or an error that the caller owns, for instance when the module holds modules that the host gave it.
WASM_API_EXTERN wasmtime_error_t* wasmtime_module_serialize(const wasmtime_module_t* module, wasm_byte_vec_t* ret);

#endif  // WASMTIME_FEATURE_COMPILER

/// Makes a module from an image that wasmtime_module_serialize() or the command `gantry compile` wrote.
///
/// Load only images that you trust: native code in them runs as it is.
///
/// \param engine    where the module will live; its settings must agree with those under which the image was made.
/// \param bytes     the image, which is copied.
/// \param bytes_len its length.
/// \param ret       receives a module that the caller owns; untouched on an error.
/// \return NULL, or an error that the caller owns: the bytes are no image, or not one for this version, machine or
///         engine.
WASM_API_EXTERN wasmtime_error_t* wasmtime_module_deserialize(wasm_engine_t* engine, const uint8_t* bytes,
                                                              size_t bytes_len, wasmtime_module_t** ret);

/// The same for an image in a file, which is mapped rather than read where possible. The file must not change while the
/// module or an instance of it lives.
///
/// \param engine where the module will live.
/// \param path   the file's path, which ends with NUL.
/// \param ret    receives a module that the caller owns; untouched on an error.
/// \return NULL, or an error that the caller owns.
WASM_API_EXTERN wasmtime_error_t* wasmtime_module_deserialize_file(wasm_engine_t* engine, const char* path,
                                                                   wasmtime_module_t** ret);

/// Tells where in memory the module's image stands. The range is valid as long as a reference to the module lives;
/// nothing may be written to it.
///
/// \param module the module; it stays the caller's.
/// \param start  receives the address of the first byte.
/// \param end    receives the address behind the last byte.
WASM_API_EXTERN void wasmtime_module_image_range(const wasmtime_module_t* module, void** start, void** end);

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // WASMTIME_MODULE_H
