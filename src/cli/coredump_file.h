// `-D coredump=FILE`: the state after a trap, written to a file.
#pragma once

#include <string>
#include <string_view>

#include "cli/program.h"

namespace gantry::cli {

// Frames that a dump holds at most.
inline constexpr uint32_t kDumpFrames = 65536;

// Writes the dump if the program stopped by a trap and the settings ask for one, says so on standard error, and cuts
// the backtrace to what people want to read.
void DumpIfWanted(const Settings& settings, std::string_view path, Program& program, Stop* stop);

}  // namespace gantry::cli
