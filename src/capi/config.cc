// wasmtime/config.h, the settings in wasmtime/async.h, and wasm_config_t.
#include "capi/config.h"

#include <gantry.h>

#include <algorithm>

#include "capi/cache_config.h"
#include "capi/core.h"

namespace gantry::capi {

namespace {

void Refuse(wasm_config_t* config, std::string reason) {
  if (config->refusal.empty()) config->refusal = std::move(reason);
}

// What has a value that is not listed; the enumerators of each type count from 0.
std::string UnknownChoice(const char* name, int value) {
  return std::string("wasmtime_config_") + name + "_set: there is no value " + std::to_string(value);
}

// Names of this machine that a target may have.
bool IsHost(std::string_view target) {
#if defined(__x86_64__)
  constexpr std::string_view kArch = "x86_64";
#elif defined(__aarch64__)
  constexpr std::string_view kArch = "aarch64";
#endif
  if (!target.starts_with(kArch)) return false;
  const std::string_view rest = target.substr(kArch.size());
  constexpr std::string_view kRests[] = {
      "", "-linux", "-linux-gnu", "-unknown-linux", "-unknown-linux-gnu", "-pc-linux-gnu"};
  return std::find(std::begin(kRests), std::end(kRests), rest) != std::end(kRests);
}

// By the enumerators of the reference's compilers.
engine::Tier TierOf(wasmtime_strategy_t strategy) {
  constexpr const char* kNames[] = {"auto", "cranelift", "winch"};
  return *engine::TierNamed(kNames[strategy]);
}

constexpr uint64_t kDefaultAsyncStack = uint64_t{2} << 20;
// Host functions and the runtime need some of a stack themselves.
constexpr uint64_t kHostShare = uint64_t{1} << 20;

// The size of asynchronous stacks: as asked for, or the usual one if it leaves the host its share.
Result<uint64_t> AsyncStackSize(const wasm_config_t& config) {
  const uint64_t wasm = config.engine.max_wasm_stack;
  if (wasm == 0) return std::unexpected(Error(ErrorClass::Usage, "max_wasm_stack size cannot be zero"));
  if (!config.async_stack_size) {
    return wasm > ~uint64_t{0} - kHostShare ? ~uint64_t{0} : std::max(kDefaultAsyncStack, wasm + kHostShare);
  }
  if (wasm > *config.async_stack_size) {
    return std::unexpected(Error(ErrorClass::Usage, "max_wasm_stack size cannot exceed the async_stack_size"));
  }
  return std::max<uint64_t>(*config.async_stack_size, platform::kMinFiberStack);
}

}  // namespace

Result<std::shared_ptr<engine::Engine>> NewEngine(const wasm_config_t& config) {
  if (!config.refusal.empty()) return std::unexpected(Error(ErrorClass::Usage, config.refusal));
  const RecordedSettings& recorded = config.recorded;
  if (!recorded.concurrency_support &&
      (recorded.wasm_component_model_more_async_builtins || recorded.wasm_component_model_async_stackful)) {
    return std::unexpected(
        Error(ErrorClass::Usage,
              "concurrency support must be enabled to use the component model async or threading features"));
  }
  engine::Config engine = config.engine;
  if (config.pooling) engine.pool = config.pooling->limits;
  GANTRY_ASSIGN_OR_RETURN(engine.async_stack_size, AsyncStackSize(config));
  // Memories here never move: what has no room in its reservation does not grow.
  if (!config.memory_may_move) engine.memory_growth_bound = config.memory_reservation;
  if (recorded.strategy != WASMTIME_STRATEGY_AUTO) engine.tier = TierOf(recorded.strategy);
  engine.fault_traps = config.signals_based_traps;
  engine.guard_pages = config.signals_based_traps && config.memory_reservation >= engine::kFullReservation;
  if (config.memory_creator != nullptr) {
    engine.memory_creator = WithWishes(config.memory_creator, {config.memory_reservation, config.memory_guard_size});
  }
  return engine::Engine::New(engine);
}

}  // namespace gantry::capi

using namespace gantry;
using namespace gantry::capi;

wasm_config_t* wasm_config_new(void) { return new wasm_config_t; }
void wasm_config_delete(wasm_config_t* config) { delete config; }

// --- the table

#define CONFIG_FEATURE(name, Feature_)                                    \
  void wasmtime_config_##name##_set(wasm_config_t* config, bool enable) { \
    config->engine.features.set(wasm::Feature::Feature_, enable);         \
  }
#define CONFIG_MEMBER(name, type, member) \
  void wasmtime_config_##name##_set(wasm_config_t* config, type value) { config->member = value; }
#define CONFIG_RECORDED(name, type, default_value) \
  void wasmtime_config_##name##_set(wasm_config_t* config, type value) { config->recorded.name = value; }
#define CONFIG_CHOICE(name, type, default_value, count)                       \
  void wasmtime_config_##name##_set(wasm_config_t* config, type value) {      \
    if (value >= (count)) return Refuse(config, UnknownChoice(#name, value)); \
    config->recorded.name = value;                                            \
  }
#define CONFIG_REFUSED(name, text)                                        \
  void wasmtime_config_##name##_set(wasm_config_t* config, bool enable) { \
    if (enable) Refuse(config, text);                                     \
  }
#include "capi/config.def"

// --- reading

namespace {

struct Row {
  std::string_view name;
  uint64_t (*get)(const wasm_config_t& config);
};

constexpr Row kRows[] = {
#define CONFIG_FEATURE(name, Feature_) \
  {#name, [](const wasm_config_t& config) -> uint64_t { return config.engine.features.has(wasm::Feature::Feature_); }},
#define CONFIG_MEMBER(name, type, member) \
  {#name, [](const wasm_config_t& config) -> uint64_t { return config.member; }},
#define CONFIG_RECORDED(name, type, default_value) \
  {#name, [](const wasm_config_t& config) -> uint64_t { return config.recorded.name; }},
#define CONFIG_CHOICE(name, type, default_value, count) \
  {#name, [](const wasm_config_t& config) -> uint64_t { return config.recorded.name; }},
#define CONFIG_REFUSED(name, text) {#name, [](const wasm_config_t&) -> uint64_t { return 0; }},
#include "capi/config.def"
    {"async_stack_size",
     [](const wasm_config_t& config) -> uint64_t {
       return config.async_stack_size.value_or(config.engine.async_stack_size);
     }},
};

// Only once there are bounds.
constexpr Row kPoolRows[] = {
#define POOL_BOUND(name, type, member) \
  {"pooling." #name, [](const wasm_config_t& config) -> uint64_t { return config.pooling->limits.member; }},
#define POOL_RECORDED(name, type, default_value) \
  {"pooling." #name, [](const wasm_config_t& config) -> uint64_t { return config.pooling->name; }},
#include "capi/pooling.def"
};

const Row* FindRow(const wasm_config_t& config, std::string_view name) {
  const auto has_name = [name](const Row& row) { return row.name == name; };
  const Row* row = std::find_if(std::begin(kRows), std::end(kRows), has_name);
  if (row != std::end(kRows)) return row;
  row = std::find_if(std::begin(kPoolRows), std::end(kPoolRows), has_name);
  return config.pooling && row != std::end(kPoolRows) ? row : nullptr;
}

}  // namespace

bool gantry_config_get(const wasm_config_t* config, const char* name, uint64_t* value) {
  const Row* const row = FindRow(*config, name);
  if (row == nullptr) return false;
  if (value != nullptr) *value = row->get(*config);
  return true;
}

// --- settings with another shape

void wasmtime_config_async_stack_size_set(wasm_config_t* config, size_t size) { config->async_stack_size = size; }

wasmtime_error_t* wasmtime_config_cache_config_load(wasm_config_t* config, const char* path) {
  if (path != nullptr) {
    Result<void> read = CheckCacheConfig(path);
    if (!read) return NewError(read.error());
  }
  config->recorded.cache = true;
  return nullptr;
}

wasmtime_error_t* wasmtime_config_target_set(wasm_config_t* config, const char* target) {
  const std::string name = target == nullptr ? "" : target;
  if (!IsHost(name))
    return NewError("code for the target `" + name + "` cannot be made: only this machine's is supported");
  config->recorded.target = name;
  return nullptr;
}

void wasmtime_config_cranelift_flag_enable(wasm_config_t* config, const char* flag) {
  wasmtime_config_cranelift_flag_set(config, flag, "true");
}

void wasmtime_config_cranelift_flag_set(wasm_config_t* config, const char* key, const char* value) {
  if (key == nullptr || value == nullptr)
    return Refuse(config, "wasmtime_config_cranelift_flag_set: NULL is no name and no value");
  // The one flag that would change what programs compute.
  if (std::string_view(key) == "enable_nan_canonicalization" && std::string_view(value) != "false") {
    return wasmtime_config_cranelift_nan_canonicalization_set(config, true);
  }
  config->recorded.compiler_flags.emplace_back(key, value);
}

void wasmtime_config_host_memory_creator_set(wasm_config_t* config, wasmtime_memory_creator_t* creator) {
  if (creator->new_memory == nullptr)
    return Refuse(config, "wasmtime_config_host_memory_creator_set: new_memory is NULL");
  config->memory_creator = NewMemoryCreator(*creator);
}

void wasmtime_config_host_stack_creator_set(wasm_config_t* config, wasmtime_stack_creator_t* creator) {
  if (creator->new_stack == nullptr) return Refuse(config, "wasmtime_config_host_stack_creator_set: new_stack is NULL");
  config->engine.stack_source = NewStackSource(*creator);
}

// --- bounds

wasmtime_pooling_allocation_config_t* wasmtime_pooling_allocation_config_new(void) {
  return new wasmtime_pooling_allocation_config_t;
}
void wasmtime_pooling_allocation_config_delete(wasmtime_pooling_allocation_config_t* config) { delete config; }

#define POOL_BOUND(name, type, member)                                                                             \
  void wasmtime_pooling_allocation_config_##name##_set(wasmtime_pooling_allocation_config_t* config, type value) { \
    config->limits.member = value;                                                                                 \
  }
#define POOL_RECORDED(name, type, default_value)                                                                   \
  void wasmtime_pooling_allocation_config_##name##_set(wasmtime_pooling_allocation_config_t* config, type value) { \
    config->name = value;                                                                                          \
  }
#include "capi/pooling.def"

void wasmtime_pooling_allocation_strategy_set(wasm_config_t* config,
                                              const wasmtime_pooling_allocation_config_t* pooling) {
  config->pooling = *pooling;
}
