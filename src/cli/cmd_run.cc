#include <fmt/core.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/guest_env.h"
#include "cli/program.h"
#include "cli/report.h"
#include "cli/suggest.h"

namespace gantry::cli {

namespace {

Step<void> RunProgram(Program& program, const Args& args, const Settings& settings) {
  const std::string_view path = args.operands[0];
  auto module = program.Compile(path);
  if (!module) return std::unexpected(std::move(module).error());
  Result<wasi::WasiConfig> config = WasiConfigOf(args, settings);
  if (!config) return std::unexpected(Stop(std::move(config).error()));
  if (auto linked = program.LinkSystem(std::move(*config)); !linked) return linked;
  for (std::string_view option : args.values(Option::Preload)) {
    if (auto loaded = program.Preload(option); !loaded) return loaded;
  }
  auto instance = program.Instantiate(**module, path);
  if (!instance) return std::unexpected(std::move(instance).error());
  if (auto done = program.Initialize(*instance); !done) return done;
  if (!args.has(Option::Invoke)) return program.Start(*instance);
  return program.Invoke(*instance, args.value(Option::Invoke), std::span(args.operands).subspan(1));
}

// `gantry valdate x.wasm`: a first word that is no file but nearly a command.
void HintAtCommand(const Args& args) {
  const std::string word(args.operands[0]);
  if (args.is_command_named || word.find_first_of("./") != word.npos || access(word.c_str(), F_OK) == 0) return;
  Nearest nearest(word);
  for (const CommandInfo& command : AllCommands()) {
    if (command.is_shown) nearest.Offer(command.name);
  }
  if (!nearest.word().empty()) WriteText(stderr, fmt::format("\nhint: did you mean `gantry {}`?\n", nearest.word()));
}

}  // namespace

int RunRun(const Args& args) {
  if (args.operands.empty()) {
    CheckOperands(args, 1, 1);
    return kExitUsage;
  }
  const Result<Settings> settings = ReadSettings(args);
  if (!settings) return Fail(settings.error());
  Program program(*settings);
  const Step<void> ran = RunProgram(program, args, *settings);
  if (ran) return kExitOk;
  const int code = ExitCodeOf(ran.error(), args.operands[0]);
  if (code == kExitFailure) HintAtCommand(args);
  return code;
}

}  // namespace gantry::cli
