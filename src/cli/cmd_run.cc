#include <fmt/core.h>
#include <unistd.h>

#include <set>

#include "cli/cli.h"
#include "cli/coredump_file.h"
#include "cli/guest_env.h"
#include "cli/hints.h"
#include "cli/program.h"
#include "cli/report.h"

namespace gantry::cli {

namespace {

// With --stats instructions are counted by fuel that does not run out.
constexpr uint64_t kCountingFuel = uint64_t{1} << 62;

void PrintStats(Program& program, const Settings& settings) {
  Stats& stats = program.stats();
  runtime::Store& store = program.store().runtime();
  stats.instructions = settings.Number(Key::Fuel).value_or(0) - store.Fuel();
  std::set<const runtime::CompiledModule*> seen;
  for (const auto& instance : store.instances()) {
    const runtime::CompiledModule& compiled = *instance->compiled();
    if (seen.insert(&compiled).second) {
      stats.functions += compiled.module.funcs.size() - compiled.module.imported_funcs;
      if (compiled.native != nullptr) stats.native += compiled.native->Stats();
    }
    for (uint32_t i = instance->module().imported_memories; i < instance->module().memories.size(); ++i) {
      stats.guest_memory += instance->memory(i)->def()->length.load();
    }
  }
  FlushOutput();  // the figures come last
  WriteText(stderr, StatsText(stats));
}

Step<void> RunProgram(Program& program, const Args& args, wasi::WasiConfig config) {
  const std::string_view path = args.operands[0];
  auto module = program.Compile(path);
  if (!module) return std::unexpected(std::move(module).error());
  if (auto linked = program.LinkSystem(std::move(config)); !linked) return linked;
  for (std::string_view option : args.values(Option::Preload)) {
    const size_t equals = option.find('=');  // CheckPreloads
    if (auto loaded = program.Preload(option.substr(0, equals), option.substr(equals + 1)); !loaded) return loaded;
  }
  auto instance = program.Instantiate(**module, path);
  if (!instance) return std::unexpected(std::move(instance).error());
  if (auto done = program.Initialize(*instance); !done) return done;
  if (!args.has(Option::Invoke)) {
    if (!Program::HasStart(**instance)) WriteText(stderr, HintAtInvoke((*module)->wasm(), path));
    return program.Start(*instance);
  }
  return program.Invoke(*instance, args.value(Option::Invoke), std::span(args.operands).subspan(1));
}

Result<void> CheckPreloads(const Args& args) {
  for (std::string_view option : args.values(Option::Preload)) {
    const size_t equals = option.find('=');
    if (equals == option.npos || equals == 0)
      return std::unexpected(Error(ErrorClass::Usage, fmt::format("`--preload {}`: expected NAME=PATH", option)));
  }
  return {};
}

}  // namespace

int RunRun(const Args& args) {
  if (args.operands.empty()) {
    CheckOperands(args, 1, 1);
    return kExitUsage;
  }
  Result<Settings> settings = ReadSettings(args);
  if (!settings) return Fail(settings.error());
  if (args.has(Option::Stats) && !settings->Number(Key::Fuel)) {
    const Result<void> added = settings->Add(Option::Wasm, "fuel", std::to_string(kCountingFuel));
    if (!added) return Fail(added.error());
  }
  if (const Result<engine::Tier> tier = engine::TierFromEnvironment(engine::Tier::Auto); !tier) {
    return Fail(tier.error());
  }
  if (const Result<void> preloads = CheckPreloads(args); !preloads) return Fail(preloads.error());
  Result<wasi::WasiConfig> config = WasiConfigOf(args, *settings);
  if (!config) return Fail(config.error());
  Log log = Log::FromEnvironment();
  for (std::string_view names : args.values(Option::Trace)) {
    if (const Result<void> added = log.AddTrace(names); !added) return Fail(added.error());
  }
  Program program(*settings, std::move(log));
  if (args.has(Option::AllowPrecompiled)) program.AllowPrecompiled();
  Step<void> ran = RunProgram(program, args, std::move(*config));
  if (args.has(Option::Stats)) PrintStats(program, *settings);
  if (ran) return kExitOk;
  DumpIfWanted(*settings, args.operands[0], program, &ran.error());
  const int code = ExitCodeOf(ran.error(), args.operands[0]);
  WriteText(stderr, HintAfter(ran.error(), args));
  const bool is_own_exit = ran.error().failure.kind == engine::Failure::Kind::Exit;
  // Only to people: exit codes are an answer, too, and scripts read standard error.
  if (is_own_exit && code != kExitOk && isatty(STDERR_FILENO)) WriteText(stderr, HintAtFolders(args));
  return code;
}

}  // namespace gantry::cli
