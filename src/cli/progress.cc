#include "cli/progress.h"

#include <fmt/core.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>

#include "cli/report.h"

namespace gantry::cli {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kQuick{200};  // what ends sooner is not worth a line
constexpr milliseconds kStep{100};
constexpr std::string_view kClearLine = "\r\x1b[2K";

bool IsTerminal() {
  const char* term = std::getenv("TERM");
  return isatty(STDERR_FILENO) && (term == nullptr || std::string_view(term) != "dumb");
}

}  // namespace

ProgressLine::ProgressLine(std::string doing) : doing_(std::move(doing)) {
  if (IsTerminal()) thread_.Start([this] { Show(); });
}

ProgressLine::~ProgressLine() {
  if (!thread_.is_started()) return;
  {
    std::lock_guard lock(mutex_);
    is_over_ = true;
  }
  ended_.notify_one();
  thread_.Join();
}

void ProgressLine::Show() {
  const steady_clock::time_point start = steady_clock::now();
  std::unique_lock lock(mutex_);
  const auto is_over = [this] { return is_over_; };
  if (ended_.wait_for(lock, kQuick, is_over)) return;
  do {
    const std::chrono::duration<double> time = steady_clock::now() - start;
    WriteText(stderr, fmt::format("{}{} … {:.1f} s", kClearLine, doing_, time.count()));
  } while (!ended_.wait_for(lock, kStep, is_over));
  WriteText(stderr, kClearLine);
}

}  // namespace gantry::cli
