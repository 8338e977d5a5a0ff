#include "platform/process.h"

#include <unistd.h>

#include <algorithm>

#include "platform/read_file.h"

namespace gantry::platform {

std::vector<std::string> ProcessArguments() {
  constexpr uint64_t kMost = uint64_t{1} << 30;  // beyond what any kernel passes on
  std::vector<std::string> arguments;
  const Result<std::vector<uint8_t>> text = ReadFile("/proc/self/cmdline", kMost);
  if (!text) return arguments;
  // Each ends with a NUL.
  for (auto at = text->begin(); at != text->end();) {
    const auto end = std::find(at, text->end(), uint8_t{0});
    arguments.emplace_back(at, end);
    at = end == text->end() ? end : end + 1;
  }
  return arguments;
}

std::vector<std::string> ProcessEnvironment() {
  std::vector<std::string> variables;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) variables.emplace_back(*entry);
  return variables;
}

}  // namespace gantry::platform
