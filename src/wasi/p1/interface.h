// The interface of WASI 0.1 as data: the rows of functions.def, for linking, traces and the reference page.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace gantry::wasi::p1 {

inline constexpr std::string_view kPreview1 = "wasi_snapshot_preview1";
inline constexpr std::string_view kPreview0 = "wasi_unstable";

// Bits: which import modules have a function.
enum class Modules : uint8_t { P0 = 1, P1 = 2, Both = 3 };

constexpr bool IsIn(Modules modules, Modules one) { return static_cast<uint8_t>(modules) & static_cast<uint8_t>(one); }

struct FunctionInfo {
  Modules modules;
  std::string_view name;
  std::string_view signature;   // letters: functions.def
  std::string_view parameters;  // names, separated by blanks
  std::string_view doc;

  std::string_view parameter_letters() const { return signature.substr(0, signature.find(':')); }
  bool returns() const { return signature.ends_with(":e"); }
};

std::span<const FunctionInfo> Functions();

// Is a parameter with this letter an i64?
constexpr bool IsWide(char letter) { return letter == 't' || letter == 'l' || letter == 's' || letter == 'r'; }

}  // namespace gantry::wasi::p1
