#include "wast/verdict.h"

#include <fmt/core.h>

#include "abi/traps.h"

namespace gantry::wast {

namespace {

std::string_view ClassText(ErrorClass error_class) {
  switch (error_class) {
    case ErrorClass::Malformed:
      return "malformed module";
    case ErrorClass::Invalid:
      return "invalid module";
    case ErrorClass::Unlinkable:
      return "unlinkable module";
    case ErrorClass::Limit:
      return "over a limit";
    case ErrorClass::Unsupported:
      return "unsupported";
    case ErrorClass::Host:
    case ErrorClass::Usage:
      break;
  }
  return "error";
}

// "uninitialized element 2" names the element, which our text leaves out.
bool IsSameWithIndex(std::string_view expected, std::string_view text) {
  if (!expected.starts_with(text)) return false;
  expected.remove_prefix(text.size());
  return expected.starts_with(' ') && expected.find_first_not_of(" 0123456789") == std::string_view::npos;
}

}  // namespace

Verdict Verdict::Differs(std::string_view expected, std::string_view got) {
  return Fail(fmt::format("expected {}, got {}", expected, got));
}

bool MessageMatches(std::string_view expected, const Error& error, bool ignore) {
  return ignore || error.message().find(expected) != std::string::npos;
}

bool MessageMatches(std::string_view expected, abi::TrapCode trap, bool ignore) {
  if (ignore) return true;
  for (std::string_view text : {abi::SuiteText(trap), abi::ReferenceText(trap)}) {
    if (text.find(expected) != std::string_view::npos || IsSameWithIndex(expected, text)) return true;
  }
  return false;
}

std::string Describe(const Error& error) {
  return fmt::format("{}: {}", ClassText(error.error_class()), error.Summary());
}

std::string Describe(const engine::Failure& failure) {
  switch (failure.kind) {
    case engine::Failure::Kind::Error:
      return Describe(*failure.error);
    case engine::Failure::Kind::Trap:
      return fmt::format("trap: {}", abi::SuiteText(failure.trap->code));
    case engine::Failure::Kind::Exception:
      return "an exception";
    case engine::Failure::Kind::Exit:
      return fmt::format("exit with code {}", failure.exit_code);
  }
  return "nothing known";
}

}  // namespace gantry::wast
