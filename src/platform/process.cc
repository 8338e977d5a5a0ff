#include "platform/process.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>
#include <string_view>

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

std::string ProgramBeside(const std::string& name) {
  char path[PATH_MAX];
  const ssize_t length = readlink("/proc/self/exe", path, sizeof path);
  if (length <= 0) return name;
  const std::string_view self(path, static_cast<size_t>(length));
  return std::string(self.substr(0, self.rfind('/') + 1)) + name;
}

Error BecomeProgram(const std::vector<std::string>& command) {
  std::vector<char*> arguments;
  for (const std::string& argument : command) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  execv(arguments[0], arguments.data());
  return Error(ErrorClass::Host, "cannot run `" + command[0] + "`: " + std::strerror(errno));
}

}  // namespace gantry::platform
