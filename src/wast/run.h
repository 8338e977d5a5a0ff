// RunPaths: runs test scripts, the whole of `gantry wast`. Each directive that fails gives one line
//   FILE:LINE: expected ..., got ...
// and the last line is "N passed, N failed, N skipped".
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/error.h"
#include "wast/options.h"

namespace gantry::wast {

// Runs files, and the `.wast` files of folders and their subfolders in the order of their names. Errors are of the
// manifest or of paths that cannot be read; whatever goes wrong inside a script is counted.
Result<Counts> RunPaths(const Options& options, std::span<const std::string> paths);

// Runs one script. Lines `;;! key = true` or `;;! key = false` at its top switch features.
Counts RunScript(const Options& options, std::string_view path, std::string_view source);

}  // namespace gantry::wast
