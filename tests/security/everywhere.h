// A program that must do the same in the interpreter and compiled: at every level of the processor, with guard pages
// and with comparisons, plainly and with a collection at every allocation, at once and function by function.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/value.h"

namespace gantry::security_tests {

struct Call {
  std::string name;  // of the export
  std::vector<engine::Value> args;
  std::string expected =
      {};  // results in hexadecimal, a space behind each, or part of the trap; empty: as the interpreter
};

// Imports: "host" "poisoned" (i32) -> i32 gives its argument; to compiled code, with other bits above it.
void ExpectSameEverywhere(const std::string& wat, const std::vector<Call>& calls);

}  // namespace gantry::security_tests
