#include <fmt/core.h>

#include "cli/cli.h"
#include "cli/engine_setup.h"
#include "cli/report.h"
#include "cli/settings.h"

namespace gantry::cli {

namespace {

// Values as `name = value` lines or as members of a JSON object. Names hold no character that JSON would escape.
class Listing {
 public:
  explicit Listing(bool is_json) : is_json_(is_json) {}

  void Section(std::string_view name) {
    if (is_json_) {
      text_ += fmt::format("{}  \"{}\": {{", text_.empty() ? "{\n" : "\n  },\n", name);
    } else {
      text_ += fmt::format("{}[{}]\n", text_.empty() ? "" : "\n", name);
    }
    is_first_ = true;
  }
  void Add(std::string_view name, std::string_view value) {
    if (is_json_) {
      text_ += fmt::format("{}\n    \"{}\": {}", is_first_ ? "" : ",", name, value);
    } else {
      text_ += fmt::format("{} = {}\n", name, value);
    }
    is_first_ = false;
  }
  void AddFlag(std::string_view name, bool value) { Add(name, value ? "true" : "false"); }
  void AddNumber(std::string_view name, uint64_t value) { Add(name, std::to_string(value)); }
  std::string Take() && { return is_json_ ? text_ + "\n  }\n}\n" : std::move(text_); }

 private:
  bool is_json_;
  bool is_first_ = true;
  std::string text_;
};

}  // namespace

int RunSettings(const Args& args) {
  if (!CheckOperands(args, 0, 0)) return kExitUsage;
  const Result<Settings> settings = ReadSettings(args);
  if (!settings) return Fail(settings.error());
  const engine::Config config = EngineConfigOf(*settings);
  const runtime::StoreLimits limits = StoreLimitsOf(*settings);
  Listing list(args.has(Option::Json));
  list.Section("engine");
  list.Add("tier", "\"interp\"");
  list.AddFlag("consume-fuel", config.consume_fuel);
  list.AddFlag("epoch-interruption", config.epoch_interruption);
  list.AddFlag("shared-memory", config.shared_memory);
  list.AddFlag("relaxed-simd-deterministic", config.relaxed_simd_deterministic);
  list.AddFlag("memory-init-cow", config.memory_init_cow);
  list.AddNumber("max-wasm-stack", config.max_wasm_stack);
  list.AddNumber("max-backtrace", config.max_backtrace);
  list.Section("limits");
  list.AddNumber("max-memory-size", limits.max_memory_bytes);
  list.AddNumber("max-table-elements", limits.max_table_elements);
  list.AddNumber("max-instances", limits.max_instances);
  list.AddNumber("max-tables", limits.max_tables);
  list.AddNumber("max-memories", limits.max_memories);
  list.AddFlag("trap-on-grow-failure", limits.trap_on_grow_failure);
  list.Section("proposals");
  for (const wasm::FeatureInfo& row : wasm::AllFeatures()) {
    if (!row.key.empty()) list.AddFlag(row.key, config.features.has(row.feature));
  }
  WriteText(stdout, std::move(list).Take());
  return kExitOk;
}

}  // namespace gantry::cli
