// What a program gets to see: its arguments, environment, standard streams and folders, from the options of `run`.
#pragma once

#include "cli/args.h"
#include "cli/settings.h"
#include "wasi/host/config.h"

namespace gantry::cli {

Result<wasi::WasiConfig> WasiConfigOf(const Args& args, const Settings& settings);

// The last component of a path: what a program sees as its own name, so that it learns nothing of the host's folders.
std::string_view BaseName(std::string_view path);

}  // namespace gantry::cli
