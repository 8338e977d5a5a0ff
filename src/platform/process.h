// What a process was started with. A library has no main() that would be told.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"

namespace gantry::platform {

// The arguments, the program's name first; empty if the host does not tell.
std::vector<std::string> ProcessArguments();

// The environment as it is now, each NAME=VALUE. Not while another thread changes it.
std::vector<std::string> ProcessEnvironment();

// The path of a program in the folder of the one that runs; `name` alone if the host does not tell where that is.
std::string ProgramBeside(const std::string& name);

// Goes on as the program `command[0]` with the others as its arguments. Returns only if there is no such program.
Error BecomeProgram(const std::vector<std::string>& command);

}  // namespace gantry::platform
