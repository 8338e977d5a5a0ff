// Log: what the command tells about its own work on standard error, filtered by target and level.
//
// GANTRY_LOG, or the reference runtime's WASMTIME_LOG, holds directives with commas between: `level` (every target),
// `target=level`, or `target` (everything of it). Levels: off, error, warn, info, debug, trace. A target is a name of
// log_targets.def, gantry::NAME, or the reference's name; a directive counts for all targets that begin with it, the
// longest one wins. With GANTRY_LOG_NO_CONTEXT (WASMTIME_LOG_NO_CONTEXT) lines have no time, level and target. Tested
// by log_test.cc and tests/cli/run/log.test.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace gantry::cli {

enum class LogTarget : uint8_t {
#define LOG_TARGET(Id, name, upstream, doc) Id,
#include "cli/log_targets.def"
};
inline constexpr size_t kLogTargetCount = 0
#define LOG_TARGET(Id, name, upstream, doc) +1
#include "cli/log_targets.def"
    ;

enum class LogLevel : uint8_t { Off, Error, Warn, Info, Debug, Trace };

class Log {
 public:
  // Nothing is logged.
  Log() = default;
  // As the environment asks. Directives that make no sense are named on standard error and count for nothing.
  static Log FromEnvironment();

  // Takes directives; returns those that make no sense.
  std::vector<std::string> AddFilter(std::string_view directives);
  // `--trace NAME,…`: everything of these targets, without context. Error (Usage) for an unknown name.
  Result<void> AddTrace(std::string_view names);

  bool Has(LogTarget target, LogLevel level) const { return levels_[static_cast<size_t>(target)] >= level; }
  void Write(LogTarget target, LogLevel level, std::string_view message) const;

 private:
  std::array<LogLevel, kLogTargetCount> levels_ = {};
  std::array<size_t, kLogTargetCount> directive_sizes_ = {};  // of the directive that set the level
  std::array<bool, kLogTargetCount> is_traced_ = {};
  bool has_context_ = true;
};

}  // namespace gantry::cli
