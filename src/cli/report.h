// How the command speaks to people: error chains on standard error, in the form that users of the reference runtime
// know.
#pragma once

#include <cstdio>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace gantry::cli {

// What the process ends with. A guest's own code passes through.
inline constexpr int kExitOk = 0;
inline constexpr int kExitFailure = 1;
inline constexpr int kExitUsage = 2;
inline constexpr int kExitTrap = 134;  // 128 + SIGABRT

// Prints "Error: summary", and the causes, outermost first, under "Caused by:". A single cause has no number.
void PrintErrorChain(std::string_view summary, std::span<const std::string> causes);

// An error's context frames, outermost first, then its message.
std::vector<std::string> CausesOf(const Error& error);

// Prints the chain of an error and gives the exit code for its class.
int Fail(std::string_view summary, const Error& error);
int Fail(const Error& error);

// Writes text to a standard stream. Faults of standard output show in FinishOutput.
void WriteText(std::FILE* stream, std::string_view text);

// Writes out what standard output holds back. A fault shows in FinishOutput.
void FlushOutput();

// Flushes standard output; if that or an earlier write failed, says so and gives a failure's exit code instead of
// `code`.
int FinishOutput(int code);

// May standard error show colours? Terminals only, and NO_COLOR is respected.
bool ColoursOnStderr();

}  // namespace gantry::cli
