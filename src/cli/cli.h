// The command `gantry`: Main takes the command line apart and calls one function per command (commands.def); each of
// these lives in a file of its own, cmd_NAME.cc, and gives the exit code.
#pragma once

#include "cli/args.h"

namespace gantry::cli {

int Main(int argc, char** argv);

#define CLI_COMMAND(Id, name, operands, trailing, shown, doc) int Run##Id(const Args& args);
#include "cli/commands.def"

// Did the user give between `least` and `most` operands? If not, says so and how the command is used.
bool CheckOperands(const Args& args, size_t least, size_t most);

}  // namespace gantry::cli
