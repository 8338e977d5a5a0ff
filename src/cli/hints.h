// Hints: what to do next, after a run that did not do what its user wanted. Each is one line, or nothing.
// Tested by tests/cli/run/hints.test and the tests of the failures.
#pragma once

#include <string>

#include "cli/args.h"
#include "cli/program.h"

namespace gantry::cli {

// After a failure.
std::string HintAfter(const Stop& stop, const Args& args);

// After the program's own failing exit: files that it was told of, but could not see.
std::string HintAtFolders(const Args& args);

// For a module without an entry point.
std::string HintAtInvoke(const wasm::Module& module, std::string_view path);

}  // namespace gantry::cli
