// wasmtime/engine.h and the engines of wasm.h.
#include <wasmtime/engine.h>

#include <cstdio>

#include "capi/config.h"
#include "capi/core.h"

using namespace gantry;
using namespace gantry::capi;

wasm_engine_t* wasm_engine_new(void) { return new wasm_engine_t{engine::Engine::New(engine::Config())}; }

// A configuration that cannot work gives no engine; the reason goes to the log (docs/embedding.md).
wasm_engine_t* wasm_engine_new_with_config(wasm_config_t* config) {
  if (config == nullptr) return wasm_engine_new();
  Result<std::shared_ptr<engine::Engine>> made = NewEngine(*config);
  wasm_config_delete(config);
  if (made) return new wasm_engine_t{*std::move(made)};
  std::fprintf(stderr, "gantry: no engine can be made with this configuration: %s\n", made.error().Summary().c_str());
  return nullptr;
}

void wasm_engine_delete(wasm_engine_t* engine) { delete engine; }
wasm_engine_t* wasmtime_engine_clone(const wasm_engine_t* engine) { return new wasm_engine_t(*engine); }
void wasmtime_engine_increment_epoch(const wasm_engine_t* engine) { engine->engine->IncrementEpoch(); }
bool wasmtime_engine_is_pulley(const wasm_engine_t*) { return false; }
