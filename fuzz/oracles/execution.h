// Observe: runs a module within tight limits and writes down everything that can be seen of it, so that two ways of
// running can be compared by comparing two texts.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "wasm/features.h"

namespace gantry::fuzz {

struct ExecutionOptions {
  wasm::Features features = wasm::Features::AllProposals();
  bool collect_always = false;  // collect at every allocation
  bool pairs = true;            // of instructions in the interpreter
  bool native = false;          // baseline-compiled code instead of the interpreter
  bool lazy = false;            // compiled when it is called
  bool guard_pages = true;      // compiled code leaves bounds to guard pages
  bool polls = false;           // code looks at the interrupt flag
  bool count_fuel = true;       // bounds programs that do not end; off for modules that end by themselves
  int rounds = 2;               // of calling every export
};

// Results, traps and the final state of exports, one line each; empty if the module does not validate. Imports are
// functions that give zeros and default items.
std::string Observe(const std::vector<uint8_t>& bytes, const ExecutionOptions& options);

// The same for two instances in one store: imports from "provider" are the exports of the first.
std::string ObservePair(const std::vector<uint8_t>& provider, const std::vector<uint8_t>& user,
                        const ExecutionOptions& options);

}  // namespace gantry::fuzz
