// What a process was started with. A library has no main() that would be told.
#pragma once

#include <string>
#include <vector>

namespace gantry::platform {

// The arguments, the program's name first; empty if the host does not tell.
std::vector<std::string> ProcessArguments();

// The environment as it is now, each NAME=VALUE. Not while another thread changes it.
std::vector<std::string> ProcessEnvironment();

}  // namespace gantry::platform
