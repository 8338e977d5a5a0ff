// CheckCacheConfig: reads the settings of the cache of compiled modules, which is not there yet, so that mistakes show
// at once.
//
// A TOML file with nothing but a table `[cache]`, whose keys are rows of a table in the .cc; values are numbers or
// one-line strings.
#pragma once

#include <string>

#include "base/error.h"

namespace gantry::capi {

// Error (Usage) that names file and line.
Result<void> CheckCacheConfig(const std::string& path);

}  // namespace gantry::capi
