// ImportHint: what to do about an import that nothing defines.
#pragma once

#include <string>

#include "engine/linker.h"

namespace gantry::cli {

// Advice for the missing imports, a line each and not many; empty if nothing is missing.
std::string ImportHint(const engine::Linker& linker, const engine::Module& module);

}  // namespace gantry::cli
