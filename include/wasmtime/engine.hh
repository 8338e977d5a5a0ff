/// \file wasmtime/engine.hh
///
/// Engines: what modules and stores with the same settings have in common.

#ifndef WASMTIME_ENGINE_HH
#define WASMTIME_ENGINE_HH

#include <wasmtime/engine.h>

#include <wasmtime/config.hh>
#include <wasmtime/helpers.hh>

namespace wasmtime {

/// What modules and stores with the same settings have in common: most programs need one. Copies are references to the
/// same engine. Any number of threads may use an engine at the same time.
class Engine : public detail::Copyable<Engine, wasm_engine_t, wasm_engine_delete, wasmtime_engine_clone> {
 public:
  using Copyable::Copyable;

  /// An engine with the default settings.
  Engine() : Copyable(wasm_engine_new()) {}

  /// An engine with these settings. Holds null if they contradict each other; the reason goes to standard error.
  explicit Engine(Config config) : Copyable(wasm_engine_new_with_config(config.capi_release())) {}

  /// Moves the engine's epoch on by one tick. WebAssembly whose store's deadline is reached stops soon after. May be
  /// called from any thread and from a signal handler.
  void increment_epoch() const { wasmtime_engine_increment_epoch(capi()); }

  /// Whether code runs in the interpreter of portable bytecode named Pulley. This library has none, so: no.
  bool is_pulley() const { return wasmtime_engine_is_pulley(capi()); }
};

}  // namespace wasmtime

#endif  // WASMTIME_ENGINE_HH
