/// \file wasmtime/engine.h
///
/// Engines: what modules and stores with the same settings have in common. wasm.h makes and deletes them.
///
/// Threads: any number of threads may use an engine at the same time.

#ifndef WASMTIME_ENGINE_H
#define WASMTIME_ENGINE_H

#include <wasm.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Makes another reference to the same engine, which the caller owns and frees with wasm_engine_delete().
WASM_API_EXTERN wasm_engine_t* wasmtime_engine_clone(const wasm_engine_t* engine);

/// Moves the engine's epoch on by one tick. WebAssembly in stores whose deadline is reached stops soon after
/// (wasmtime_context_set_epoch_deadline()).
///
/// May be called from any thread and from a signal handler.
WASM_API_EXTERN void wasmtime_engine_increment_epoch(const wasm_engine_t* engine);

/// Whether code runs in the interpreter of portable bytecode named Pulley. This library has none, so: no.
WASM_API_EXTERN bool wasmtime_engine_is_pulley(const wasm_engine_t* engine);

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // WASMTIME_ENGINE_H
