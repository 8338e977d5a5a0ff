#include "cli/cli.h"

#include <fmt/core.h>

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
  std::fwrite(text.data(), 1, text.size(), stdout);
  return kExitOk;
}

int FailUsage(const Args* args, const Error& error) {
  const bool is_command_known = args != nullptr && args->is_command_named;
  const std::string_view command = is_command_known ? InfoOf(args->command).name : "run";
  PrintErrorChain(error.message(), {});
  std::fprintf(stderr, "Try `gantry %.*s --help`.\n", static_cast<int>(command.size()), command.data());
  return kExitUsage;
}

}  // namespace

bool CheckOperands(const Args& args, size_t least, size_t most) {
  const CommandInfo& info = InfoOf(args.command);
  if (args.operands.size() >= least && args.operands.size() <= most) return true;
  const bool is_missing = args.operands.size() < least;
  PrintErrorChain(is_missing ? fmt::format("expected {}", info.operands)
                             : fmt::format("unexpected argument `{}`", args.operands[most]),
                  {});
  std::fprintf(stderr, "Usage: gantry %.*s [OPTIONS] %.*s\nTry `gantry %.*s --help`.\n", static_cast<int>(info.name.size()),
               info.name.data(), static_cast<int>(info.operands.size()), info.operands.data(),
               static_cast<int>(info.name.size()), info.name.data());
  return false;
}

int Main(int argc, char** argv) {
  if (argc < 2) {
    const std::string help = GeneralHelp();
    std::fwrite(help.data(), 1, help.size(), stderr);
    return kExitUsage;
  }
  const Result<Args> args = ParseArgs(std::span<char* const>(argv + 1, static_cast<size_t>(argc - 1)));
  if (!args) {
    return FailUsage(nullptr, args.error());
  }
  if (args->has(Option::Help)) return Show(args->is_command_named ? CommandHelp(args->command) : GeneralHelp());
  if (args->has(Option::Version)) return Show(VersionLine());
  if (const std::optional<Option> group = GroupHelpWanted(*args)) return Show(GroupHelp(*group));
  return kFunctions[static_cast<size_t>(args->command)](*args);
}

}  // namespace gantry::cli
