// Settings of an engine as embedders make them (wasmtime/config.h), and the engine that they mean.
//
// [I1] A setter never fails: what cannot be had is kept in `refusal` and makes NewEngine fail, which names the first
// one. Tested by tests/capi/config.c.
#pragma once

#include <wasm.h>
#include <wasmtime/async.h>
#include <wasmtime/config.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "capi/host_memory.h"
#include "engine/engine.h"

namespace gantry::capi {

// Settings that nothing here heeds yet.
struct RecordedSettings {
#define CONFIG_FEATURE(name, Feature)
#define CONFIG_MEMBER(name, type, member)
#define CONFIG_RECORDED(name, type, default_value) type name = default_value;
#define CONFIG_CHOICE(name, type, default_value, count) type name = default_value;
#define CONFIG_REFUSED(name, text)
#include "capi/config.def"
  std::vector<std::pair<std::string, std::string>> compiler_flags;  // name and value, as given
  std::string target;                                               // empty: this machine
  bool cache = false;                                               // of compiled modules, on disk
};

}  // namespace gantry::capi

struct wasmtime_pooling_allocation_config_t {
  gantry::runtime::PoolLimits limits;
#define POOL_BOUND(name, type, member)
#define POOL_RECORDED(name, type, default_value) type name = default_value;
#include "capi/pooling.def"
};

struct wasm_config_t {
  gantry::engine::Config engine;
  std::optional<size_t> async_stack_size;  // of engine.async_stack_size; unset: as large as needed
  bool signals_based_traps = true;
  bool memory_may_move = true;
  uint64_t memory_reservation = uint64_t{4} << 30;
  uint64_t memory_guard_size = uint64_t{32} << 20;
  std::shared_ptr<const gantry::capi::HostMemoryCreator> memory_creator;  // null: the engine's own
  std::optional<wasmtime_pooling_allocation_config_t> pooling;
  gantry::capi::RecordedSettings recorded;
  std::string refusal;  // the first reason [I1]
};

namespace gantry::capi {

// Error (Usage) when the settings contradict each other or ask for what is not there.
Result<std::shared_ptr<engine::Engine>> NewEngine(const wasm_config_t& config);

}  // namespace gantry::capi
