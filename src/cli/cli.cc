#include "cli/cli.h"

#include <fmt/core.h>

#include <csignal>
#include <cstdio>

#include "cli/help.h"
#include "cli/report.h"
#include "cli/settings.h"

namespace gantry::cli {

namespace {

using CommandFunction = int (*)(const Args&);

constexpr CommandFunction kFunctions[] = {
#define CLI_COMMAND(Id, name, operands, trailing, shown, doc) Run##Id,
#include "cli/commands.def"
};

int Show(const std::string& text) {
  WriteText(stdout, text);
  return kExitOk;
}

int FailUsage(const Error& error, std::string_view command) {
  if (error.error_class() != ErrorClass::Usage) return Fail(error);
  PrintErrorChain(error.message(), {});
  WriteText(stderr, fmt::format("Try `gantry {} --help`.\n", command));
  return kExitUsage;
}

// For errors in the rest of the line: the command that its first word names.
std::string_view CommandNamed(std::string_view word) {
  for (const CommandInfo& command : AllCommands()) {
    if (command.name == word) return command.name;
  }
  return InfoOf(Command::Run).name;
}

int RunCommandLine(int argc, char** argv) {
  if (argc < 2) {
    WriteText(stderr, GeneralHelp());
    return kExitUsage;
  }
  const Result<Args> args = ParseArgs(std::span<char* const>(argv + 1, static_cast<size_t>(argc - 1)));
  if (!args) return FailUsage(args.error(), CommandNamed(argv[1]));
  if (args->has(Option::Help)) return Show(args->is_command_named ? CommandHelp(args->command) : GeneralHelp());
  if (args->has(Option::Version)) return Show(VersionLine());
  if (const std::optional<Option> group = GroupHelpWanted(*args)) return Show(GroupHelp(*group));
  return kFunctions[static_cast<size_t>(args->command)](*args);
}

}  // namespace

bool CheckOperands(const Args& args, size_t least, size_t most) {
  const CommandInfo& info = InfoOf(args.command);
  if (args.operands.size() >= least && args.operands.size() <= most) return true;
  const bool is_missing = args.operands.size() < least;
  PrintErrorChain(is_missing ? fmt::format("expected {}", info.operands)
                             : fmt::format("unexpected argument `{}`", args.operands[most]),
                  {});
  WriteText(stderr,
            fmt::format("Usage: gantry {0} [OPTIONS] {1}\nTry `gantry {0} --help`.\n", info.name, info.operands));
  return false;
}

int Main(int argc, char** argv) {
  // A reader that is gone shows as an error of the write, to programs as well as here.
  std::signal(SIGPIPE, SIG_IGN);
  return FinishOutput(RunCommandLine(argc, argv));
}

}  // namespace gantry::cli
