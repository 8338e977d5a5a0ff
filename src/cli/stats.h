// Stats: what `--stats` says at the end of a run.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "runtime/native_code.h"

namespace gantry::cli {

struct Stats {
  std::chrono::nanoseconds compile{}, instantiate{}, run{};
  uint64_t instructions = 0;
  uint64_t guest_memory = 0;  // bytes of all memories at the end; they never shrink
  uint64_t functions = 0;     // of all modules with an instance
  runtime::NativeStats native;
};

// Adds the time until it dies to a field.
class StatsTimer {
 public:
  explicit StatsTimer(std::chrono::nanoseconds* total) : total_(total), start_(std::chrono::steady_clock::now()) {}
  ~StatsTimer() { *total_ += std::chrono::steady_clock::now() - start_; }
  StatsTimer(const StatsTimer&) = delete;
  StatsTimer& operator=(const StatsTimer&) = delete;

 private:
  std::chrono::nanoseconds* total_;
  std::chrono::steady_clock::time_point start_;
};

// "1.25 ms": three digits that count, in the unit that fits.
std::string TimeText(std::chrono::nanoseconds time);
// One line per figure; adds the peak of the process's resident memory.
std::string StatsText(const Stats& stats);

}  // namespace gantry::cli
