/// \file wasmtime/profiling.h
///
/// The guest profiler: collects samples of the WebAssembly that is running and writes them as a file that Firefox's
/// profiler shows.
///
/// Threads: as the store (wasmtime/store.h); a profiler is used by one thread at a time.

#ifndef WASMTIME_PROFILING_H
#define WASMTIME_PROFILING_H

#include <wasm.h>
#include <wasmtime/conf.h>
#include <wasmtime/error.h>
#include <wasmtime/module.h>
#include <wasmtime/store.h>

#ifdef WASMTIME_FEATURE_PROFILING

#ifdef __cplusplus
extern "C" {
#endif

/// A profile being collected. Opaque; ended by #wasmtime_guestprofiler_finish or #wasmtime_guestprofiler_delete.
typedef struct wasmtime_guestprofiler wasmtime_guestprofiler_t;

/// Throws the profile away; NULL is allowed.
WASM_API_EXTERN void wasmtime_guestprofiler_delete(wasmtime_guestprofiler_t* guestprofiler);

/// A module and the name it has in the profile.
typedef struct wasmtime_guestprofiler_modules {
  /// The name.
  const wasm_name_t* name;
  /// The module, whose functions may appear in the profile.
  const wasmtime_module_t* mod;
} wasmtime_guestprofiler_modules_t;

/// Begins a profile.
///
/// \param engine         the engine; it stays the caller's.
/// \param module_name    the name of what is profiled.
/// \param interval_nanos how often samples are meant to be taken, in nanoseconds.
/// \param modules        the modules that the profile is about; frames of others are left out. All this is copied.
/// \param modules_len    how many there are.
/// \return a profile that the caller owns.
WASM_API_EXTERN wasmtime_guestprofiler_t* wasmtime_guestprofiler_new(const wasm_engine_t* engine,
                                                                     const wasm_name_t* module_name,
                                                                     uint64_t interval_nanos,
                                                                     const wasmtime_guestprofiler_modules_t* modules,
                                                                     size_t modules_len);

/// Takes a sample of the WebAssembly that runs in a store. To be called from within it: from the callback of an epoch's
/// deadline (wasmtime_store_epoch_deadline_callback()) or a host function.
///
/// \param guestprofiler the profile; it stays the caller's.
/// \param store         the store; it stays the caller's.
/// \param delta_nanos   processor time used since the sample before, or 0 if that is not of interest.
WASM_API_EXTERN void wasmtime_guestprofiler_sample(wasmtime_guestprofiler_t* guestprofiler,
                                                   const wasmtime_store_t* store, uint64_t delta_nanos);

/// Ends a profile and writes it.
///
/// \param guestprofiler the profile; taken over, also on an error.
/// \param out           receives the file's bytes, JSON, which the caller owns and frees with wasm_byte_vec_delete();
///                      untouched on an error.
/// \return NULL, or an error that the caller owns.
WASM_API_EXTERN wasmtime_error_t* wasmtime_guestprofiler_finish(wasmtime_guestprofiler_t* guestprofiler,
                                                                wasm_byte_vec_t* out);

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // WASMTIME_FEATURE_PROFILING

#endif  // WASMTIME_PROFILING_H
