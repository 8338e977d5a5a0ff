// The help pages, made from the tables.
#pragma once

#include <string>

#include "cli/args.h"

namespace gantry::cli {

std::string GeneralHelp();
std::string CommandHelp(Command command);
std::string VersionLine();

}  // namespace gantry::cli
