// ReadConfigFile: option groups from a TOML file. Its tables `optimize`, `codegen`, `debug`, `wasm` and `wasi` hold the
// keys of the groups of those names, with booleans, integers or strings as values.
#pragma once

#include <string>

#include "base/error.h"
#include "cli/settings.h"

namespace gantry::cli {

Result<void> ReadConfigFile(const std::string& path, Settings* settings);

}  // namespace gantry::cli
