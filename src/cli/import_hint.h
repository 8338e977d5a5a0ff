// ImportHint: what to do about an import that nothing defines.
#pragma once

#include <string>

#include "engine/linker.h"

namespace gantry::cli {

// One line of advice for the missing imports, empty if there is none to give.
std::string ImportHint(const engine::Linker& linker, const engine::Module& module);

}  // namespace gantry::cli
