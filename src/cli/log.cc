#include "cli/log.h"

#include <fmt/core.h>

#include <cstdlib>
#include <ctime>
#include <optional>

#include "cli/printable.h"
#include "cli/report.h"
#include "cli/suggest.h"

namespace gantry::cli {

namespace {

struct TargetInfo {
  std::string_view name, upstream;
};

constexpr TargetInfo kTargets[] = {
#define LOG_TARGET(Id, name, upstream, doc) {name, upstream},
#include "cli/log_targets.def"
};

constexpr std::string_view kLevels[] = {"off", "error", "warn", "info", "debug", "trace"};

char Upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }
char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::optional<LogLevel> LevelNamed(std::string_view word) {
  for (size_t i = 0; i < std::size(kLevels); ++i) {
    if (kLevels[i].size() != word.size()) continue;
    size_t same = 0;
    while (same < word.size() && Lower(word[same]) == kLevels[i][same]) ++same;
    if (same == word.size()) return static_cast<LogLevel>(i);
  }
  return std::nullopt;
}

// Does a directive for `word` count for this target? Words of the reference may go deeper: wasmtime_wasi::p1.
bool CountsFor(std::string_view word, const TargetInfo& target) {
  return word == target.name || fmt::format("gantry::{}", target.name).starts_with(word) ||
         target.upstream.starts_with(word) || word.starts_with(fmt::format("{}::", target.upstream));
}

template <class Take>
void ForEachWord(std::string_view text, Take take) {
  while (true) {
    const size_t comma = text.find(',');
    std::string_view word = text.substr(0, comma);
    while (word.starts_with(' ')) word.remove_prefix(1);
    while (word.ends_with(' ')) word.remove_suffix(1);
    if (!word.empty()) take(word);
    if (comma == text.npos) return;
    text.remove_prefix(comma + 1);
  }
}

const char* FirstSet(const char* ours, const char* upstream) {
  const char* value = std::getenv(ours);
  return value != nullptr ? value : std::getenv(upstream);
}

// 2026-11-21T09:08:07.123456Z
std::string Now() {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  tm fields{};
  gmtime_r(&now.tv_sec, &fields);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}Z", fields.tm_year + 1900, fields.tm_mon + 1,
                     fields.tm_mday, fields.tm_hour, fields.tm_min, fields.tm_sec, now.tv_nsec / 1000);
}

}  // namespace

std::vector<std::string> Log::AddFilter(std::string_view directives) {
  std::vector<std::string> faults;
  ForEachWord(directives, [&](std::string_view word) {
    const size_t equals = word.find('=');
    std::optional<LogLevel> level = LevelNamed(equals == word.npos ? word : word.substr(equals + 1));
    std::string_view target = word.substr(0, equals);
    if (equals == word.npos) {
      if (level) target = "";
      if (!level) level = LogLevel::Trace;
    }
    bool is_known = false;
    for (size_t i = 0; level && i < kLogTargetCount; ++i) {
      if (!CountsFor(target, kTargets[i])) continue;
      is_known = true;
      if (target.size() < directive_sizes_[i]) continue;
      levels_[i] = *level;
      directive_sizes_[i] = target.size();
    }
    // A target of the reference that has no counterpart here is no mistake.
    if (!level || (!is_known && target.find_first_of("[{ ") != target.npos)) faults.emplace_back(word);
  });
  return faults;
}

Result<void> Log::AddTrace(std::string_view names) {
  std::optional<Error> fault;
  ForEachWord(names, [&](std::string_view word) {
    Nearest nearest(word);
    for (size_t i = 0; i < kLogTargetCount; ++i) {
      nearest.Offer(kTargets[i].name);
      if (kTargets[i].name != word) continue;
      levels_[i] = LogLevel::Trace;
      is_traced_[i] = true;
      return;
    }
    fault.emplace(ErrorClass::Usage,
                  fmt::format("`--trace {}`: nothing of this name can be traced{}", word, nearest.Hint()));
  });
  if (fault) return std::unexpected(*std::move(fault));
  return {};
}

Log Log::FromEnvironment() {
  Log log;
  log.has_context_ = FirstSet("GANTRY_LOG_NO_CONTEXT", "WASMTIME_LOG_NO_CONTEXT") == nullptr;
  if (const char* directives = FirstSet("GANTRY_LOG", "WASMTIME_LOG")) {
    for (const std::string& fault : log.AddFilter(directives)) {
      WriteText(stderr, fmt::format("warning: ignoring `{}` in the log filter; expected LEVEL or TARGET=LEVEL\n",
                                    Printable(fault)));
    }
  }
  return log;
}

void Log::Write(LogTarget target, LogLevel level, std::string_view message) const {
  if (!Has(target, level)) return;
  const size_t index = static_cast<size_t>(target);
  std::string line;
  if (has_context_ && !is_traced_[index]) {
    std::string word(kLevels[static_cast<size_t>(level)]);
    for (char& c : word) c = Upper(c);
    line = fmt::format("{} {:>5} gantry::{}: ", Now(), word, kTargets[index].name);
  }
  line += message;
  line += '\n';
  WriteText(stderr, line);
}

}  // namespace gantry::cli
