#include <fmt/core.h>

#include "cli/cli.h"
#include "cli/help.h"
#include "cli/report.h"
#include "cli/suggest.h"

namespace gantry::cli {

int RunHelp(const Args& args) {
  if (!CheckOperands(args, 0, 1)) return kExitUsage;
  if (args.operands.empty()) {
    WriteText(stdout, GeneralHelp());
    return kExitOk;
  }
  const std::string_view name = args.operands[0];
  Nearest nearest(name);
  for (size_t i = 0; i < AllCommands().size(); ++i) {
    const CommandInfo& command = AllCommands()[i];
    if (command.is_shown) nearest.Offer(command.name);
    if (command.name != name) continue;
    WriteText(stdout, CommandHelp(static_cast<Command>(i)));
    return kExitOk;
  }
  return Fail(Error(ErrorClass::Usage, fmt::format("no command `{}`{}", name, nearest.Hint())));
}

}  // namespace gantry::cli
