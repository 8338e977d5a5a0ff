#include "cli/report.h"

#include <fmt/core.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace gantry::cli {

namespace {

// Every line after the first begins with `indent`.
std::string Indented(std::string_view text, std::string_view indent) {
  std::string result;
  for (char c : text) {
    result += c;
    if (c == '\n') result += indent;
  }
  return result;
}

int ExitCodeOf(ErrorClass error_class) { return error_class == ErrorClass::Usage ? kExitUsage : kExitFailure; }

}  // namespace

bool ColoursOnStderr() {
  const char* no_color = std::getenv("NO_COLOR");
  return (no_color == nullptr || *no_color == 0) && isatty(STDERR_FILENO);
}

void PrintErrorChain(std::string_view summary, std::span<const std::string> causes) {
  std::string text = ColoursOnStderr() ? "\x1b[1;31mError:\x1b[0m " : "Error: ";
  text += summary;
  text += '\n';
  if (!causes.empty()) text += "\nCaused by:\n";
  for (size_t i = 0; i < causes.size(); ++i) {
    const std::string number = causes.size() == 1 ? "    " : fmt::format("{:>5}: ", i);
    text += number + Indented(causes[i], std::string(number.size(), ' ')) + '\n';
  }
  WriteText(stderr, text);
}

// Why the first write to standard output failed, for the message at the end; 0 if none did.
static int first_output_fault = 0;

void WriteText(std::FILE* stream, std::string_view text) {
  const bool is_written = std::fwrite(text.data(), 1, text.size(), stream) == text.size();
  if (!is_written && stream == stdout && first_output_fault == 0) first_output_fault = errno;
}

void FlushOutput() {
  if (std::fflush(stdout) != 0 && first_output_fault == 0) first_output_fault = errno;
}

int FinishOutput(int code) {
  FlushOutput();
  if (first_output_fault == 0) return code;
  const std::string causes[] = {std::strerror(first_output_fault)};
  PrintErrorChain("failed to write to standard output", causes);
  return code == kExitOk ? kExitFailure : code;
}

std::vector<std::string> CausesOf(const Error& error) {
  std::vector<std::string> causes(error.context().rbegin(), error.context().rend());
  causes.push_back(error.Summary());
  return causes;
}

int Fail(std::string_view summary, const Error& error) {
  PrintErrorChain(summary, CausesOf(error));
  return ExitCodeOf(error.error_class());
}

int Fail(const Error& error) {
  const std::vector<std::string> causes = CausesOf(error);
  PrintErrorChain(causes[0], std::span(causes).subspan(1));
  return ExitCodeOf(error.error_class());
}

}  // namespace gantry::cli
