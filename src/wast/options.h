// What a run of test scripts is asked to do, and what it counts.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "engine/engine.h"

namespace gantry::wast {

struct Options {
  engine::Config engine;         // features and tier; scripts and the manifest change the features of single files
  runtime::StoreLimits limits;   // of each store
  uint64_t fuel = ~uint64_t{0};  // of each store, where the engine counts it
  bool validate_only = false;    // decode, validate and round-trip every module; instantiate none
  bool ignore_messages = false;  // any message will do where a script expects one
  bool verbose = false;          // a line for every file
  std::string suite_file;        // manifest (suite.h); empty: none
  std::function<void(std::string_view)> print;  // receives each line of output, without its end
};

// Counted in directives; those inside a thread count as well.
struct Counts {
  uint64_t passed = 0, failed = 0, skipped = 0;

  Counts& operator+=(const Counts& other) {
    passed += other.passed;
    failed += other.failed;
    skipped += other.skipped;
    return *this;
  }
};

}  // namespace gantry::wast
