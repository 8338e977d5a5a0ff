#include "cli/engine_setup.h"

#include <algorithm>

#include "cli/coredump_file.h"

namespace gantry::cli {

engine::Config EngineConfigOf(const Settings& settings) {
  engine::Config config;
  config.features = settings.Features();
  if (const auto compiler = settings.Text(Key::Compiler))
    config.tier = engine::TierNamed(*compiler).value_or(config.tier);
  if (settings.Has(Key::Lazy)) config.lazy = settings.Flag(Key::Lazy);
  config.parallel_compilation = settings.Flag(Key::ParallelCompilation, config.parallel_compilation);
  config.consume_fuel = settings.Number(Key::Fuel).has_value();
  config.epoch_interruption = settings.Flag(Key::EpochInterruption) || settings.Duration(Key::Timeout).has_value();
  config.shared_memory = settings.Flag(Key::SharedMemory);
  config.relaxed_simd_deterministic = settings.Flag(Key::RelaxedDeterministic);
  config.fault_traps = settings.Flag(Key::SignalsBasedTraps, true);
  const uint64_t reservation = settings.Number(Key::MemoryReservation).value_or(engine::kFullReservation);
  config.guard_pages = config.fault_traps && reservation >= engine::kFullReservation;
  if (!settings.Flag(Key::MemoryMayMove, true)) config.memory_growth_bound = reservation;
  config.memory_init_cow = settings.Flag(Key::MemoryInitCow, config.memory_init_cow);
  config.max_wasm_stack = settings.Number(Key::MaxWasmStack).value_or(config.max_wasm_stack);
  config.max_backtrace = ShownFrames(settings);
  if (settings.Text(Key::Coredump)) config.max_backtrace = std::max(config.max_backtrace, kDumpFrames);
  return config;
}

uint32_t ShownFrames(const Settings& settings) {
  // A backtrace cannot have more frames than the stack has bytes, so the number needs no bound of its own.
  const uint64_t frames = settings.Number(Key::MaxBacktrace).value_or(engine::Config().max_backtrace);
  return static_cast<uint32_t>(std::min<uint64_t>(frames, UINT32_MAX));
}

runtime::StoreLimits StoreLimitsOf(const Settings& settings) {
  runtime::StoreLimits limits;
  limits.max_memory_bytes = settings.Number(Key::MaxMemorySize).value_or(limits.max_memory_bytes);
  limits.max_table_elements = settings.Number(Key::MaxTableElements).value_or(limits.max_table_elements);
  limits.max_instances = settings.Number(Key::MaxInstances).value_or(limits.max_instances);
  limits.max_tables = settings.Number(Key::MaxTables).value_or(limits.max_tables);
  limits.max_memories = settings.Number(Key::MaxMemories).value_or(limits.max_memories);
  limits.trap_on_grow_failure = settings.Flag(Key::TrapOnGrowFailure);
  return limits;
}

}  // namespace gantry::cli
