// ProgressLine: says on a terminal what takes long, and how long it has taken. Nothing is shown elsewhere, or when it
// is quick.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <string>

#include "platform/threads.h"

namespace gantry::cli {

// Bytes of a module from which on work on it may take long.
inline constexpr size_t kLargeModule = 4 << 20;

class ProgressLine {
 public:
  // `doing`: "compiling `x.wasm`".
  explicit ProgressLine(std::string doing);
  // The line is gone afterwards.
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

 private:
  void Show();

  std::string doing_;
  std::mutex mutex_;
  std::condition_variable ended_;
  bool is_over_ = false;
  platform::Thread thread_;
};

}  // namespace gantry::cli
