// Verdict: what became of one directive. And messages of scripts against those of Gantry.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"
#include "engine/failure.h"

namespace gantry::wast {

struct Verdict {
  enum class Kind : uint8_t { Pass, Fail, Skip };
  Kind kind = Kind::Pass;
  std::string text;  // Fail: "expected ..., got ..." or what is wrong with the directive

  static Verdict Pass() { return {}; }
  static Verdict Skip() { return {Kind::Skip, {}}; }
  static Verdict Fail(std::string text) { return {Kind::Fail, std::move(text)}; }
  static Verdict Differs(std::string_view expected, std::string_view got);
};

// The message that a script expects is contained in one of ours. `ignore` accepts any.
bool MessageMatches(std::string_view expected, const Error& error, bool ignore);
// A trap has two texts, the suites' and the one that users see.
bool MessageMatches(std::string_view expected, abi::TrapCode trap, bool ignore);

// "malformed module: unexpected end (at offset 0x8)", "trap: integer overflow", "an exception".
std::string Describe(const Error& error);
std::string Describe(const engine::Failure& failure);

}  // namespace gantry::wast
