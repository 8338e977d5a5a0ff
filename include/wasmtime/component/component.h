/// \file wasmtime/component/component.h
///
/// Components: what modules are to core WebAssembly.
///
/// Threads: a component never changes; any number of threads may use one at the same time.

#ifndef WASMTIME_COMPONENT_COMPONENT_H
#define WASMTIME_COMPONENT_COMPONENT_H

#include <wasm.h>
#include <wasmtime/component/types/component.h>
#include <wasmtime/conf.h>
#include <wasmtime/error.h>

#ifdef WASMTIME_FEATURE_COMPONENT_MODEL

#ifdef __cplusplus
extern "C" {
#endif

/// A component. Opaque, a counted reference; deleted with #wasmtime_component_delete.
typedef struct wasmtime_component_t wasmtime_component_t;

#ifdef WASMTIME_FEATURE_COMPILER

/// Makes a component from the binary format.
///
/// \param engine        where the component will live; it stays the caller's.
/// \param buf           the bytes, which are copied.
/// \param len           how many there are.
/// \param component_out receives a component that the caller owns; untouched on an error.
/// \return NULL, or an error that the caller owns: the bytes are no valid component, or need a feature that is off.
WASM_API_EXTERN wasmtime_error_t* wasmtime_component_new(const wasm_engine_t* engine, const uint8_t* buf, size_t len,
                                                         wasmtime_component_t** component_out);

/// Writes the component as an image that wasmtime_component_deserialize() loads.
///
/// \param component the component; it stays the caller's.
/// \param ret       receives bytes that the caller owns and frees with wasm_byte_vec_delete(); untouched on an error.
/// \return NULL, or an error that the caller owns.
WASM_API_EXTERN wasmtime_error_t* wasmtime_component_serialize(const wasmtime_component_t* component,
                                                               wasm_byte_vec_t* ret);

#endif  // WASMTIME_FEATURE_COMPILER

/// Makes a component from an image that wasmtime_component_serialize() wrote. Load only images that you trust: native
/// code in them runs as it is.
///
/// \param engine        where the component will live; its settings must agree with those of the image.
/// \param buf           the image, which is copied.
/// \param len           its length.
/// \param component_out receives a component that the caller owns; untouched on an error.
/// \return NULL, or an error that the caller owns.
WASM_API_EXTERN wasmtime_error_t* wasmtime_component_deserialize(const wasm_engine_t* engine, const uint8_t* buf,
                                                                 size_t len, wasmtime_component_t** component_out);

/// The same for an image in a file, which is mapped rather than read where possible and must not change.
///
/// \param engine        where the component will live.
/// \param path          the file's path, which ends with NUL.
/// \param component_out receives a component that the caller owns; untouched on an error.
/// \return NULL, or an error that the caller owns.
WASM_API_EXTERN wasmtime_error_t* wasmtime_component_deserialize_file(const wasm_engine_t* engine, const char* path,
                                                                      wasmtime_component_t** component_out);

/// Makes another reference to the same component. The caller owns it.
WASM_API_EXTERN wasmtime_component_t* wasmtime_component_clone(const wasmtime_component_t* component);

/// The component's type: its imports and exports. The caller owns it and frees it with
/// wasmtime_component_type_delete().
WASM_API_EXTERN wasmtime_component_type_t* wasmtime_component_type(const wasmtime_component_t* component);

/// Drops a reference to a component; NULL is allowed.
WASM_API_EXTERN void wasmtime_component_delete(wasmtime_component_t* component);

/// The place of an export in a component, found once and used for many instances. Opaque; deleted with
/// #wasmtime_component_export_index_delete.
typedef struct wasmtime_component_export_index_t wasmtime_component_export_index_t;

/// Finds an export by its name.
///
/// \param component             the component.
/// \param instance_export_index the place of an exported instance to look in, or NULL for the component itself.
/// \param name                  the name, which need not end with NUL.
/// \param name_len              its length in bytes.
/// \return a place that the caller owns, or NULL if there is none.
WASM_API_EXTERN wasmtime_component_export_index_t* wasmtime_component_get_export_index(
    const wasmtime_component_t* component, const wasmtime_component_export_index_t* instance_export_index,
    const char* name, size_t name_len);

/// Makes a copy of a place, which the caller owns.
WASM_API_EXTERN wasmtime_component_export_index_t* wasmtime_component_export_index_clone(
    const wasmtime_component_export_index_t* index);

/// Frees a place; NULL is allowed.
WASM_API_EXTERN void wasmtime_component_export_index_delete(wasmtime_component_export_index_t* export_index);

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // WASMTIME_FEATURE_COMPONENT_MODEL

#endif  // WASMTIME_COMPONENT_COMPONENT_H
