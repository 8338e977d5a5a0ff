#include "cli/cli.h"
#include "cli/engine_setup.h"
#include "cli/input.h"
#include "cli/program.h"
#include "cli/report.h"
#include "platform/process.h"

namespace gantry::cli {

namespace {

// As upstream names it: the input's name with its last suffix replaced, in the folder we are in.
std::string OutputFor(std::string_view path) {
  std::string_view name = path.substr(path.find_last_of('/') + 1);
  if (name == "-") name = "module";
  return std::string(name.substr(0, std::max<size_t>(name.find_last_of('.'), 1))) + ".cwasm";
}

// By a program of its own: the disassembler is a library that is not there for every build.
int DumpAsm(const Args& args, const Settings& settings) {
  const engine::Config config = EngineConfigOf(settings);
  std::vector<std::string> command = {platform::ProgramBeside("gantry_dump_asm")};
  if (!config.guard_pages) command.emplace_back("--no-guards");
  if (config.epoch_interruption) command.emplace_back("--polls");
  if (config.consume_fuel) command.emplace_back("--fuel");
  command.emplace_back("--");
  command.emplace_back(args.operands[0]);
  command.emplace_back(args.value(Option::DumpAsm));
  return Fail("failed to list a function's code", platform::BecomeProgram(command));
}

}  // namespace

int RunCompile(const Args& args) {
  if (!CheckOperands(args, 1, 1)) return kExitUsage;
  const Result<Settings> settings = ReadSettings(args);
  if (!settings) return Fail(settings.error());
  if (args.has(Option::DumpAsm)) return DumpAsm(args, *settings);
  const std::string_view path = args.operands[0];
  const std::string doing = "failed to compile `" + std::string(path) + "`";
  Program program(*settings, Log::FromEnvironment());
  auto module = program.Compile(path);
  if (!module) return Fail(doing, *module.error().failure.error);
  const std::string output = args.has(Option::Output) ? std::string(args.value(Option::Output)) : OutputFor(path);
  const Result<void> written = WriteOutput(output, (*module)->Image());
  return written ? kExitOk : Fail(doing, written.error());
}

}  // namespace gantry::cli
