// What `gantry inspect` says about a module decoded with module linking: its folded imports, and the plan with every
// step.
#pragma once

#include <string>

#include "base/error.h"
#include "wasm/module.h"

namespace gantry::cli {

// Validates the module, which must have been decoded with the feature: a plan exists only of a valid one.
Result<std::string> LinkingText(wasm::Module* module);

}  // namespace gantry::cli
