#include "cli/values.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

namespace gantry::cli {

using engine::Value;
using wasm::HeapKind;
using wasm::TypeKind;

namespace {

// A sign, then decimal digits or 0x and hexadecimal ones; between -2^(bits-1) and 2^bits - 1.
std::optional<uint64_t> ParseInteger(std::string_view text, int bits) {
  const bool negative = text.starts_with("-");
  if (negative || text.starts_with("+")) text.remove_prefix(1);
  int base = 10;
  if (text.starts_with("0x") || text.starts_with("0X")) {
    base = 16;
    text.remove_prefix(2);
  }
  uint64_t magnitude = 0;
  const char* end = text.data() + text.size();
  const auto [stop, fault] = std::from_chars(text.data(), end, magnitude, base);
  const uint64_t most = negative ? uint64_t{1} << (bits - 1) : ~uint64_t{0} >> (64 - bits);
  if (text.empty() || fault != std::errc() || stop != end || magnitude > most) return std::nullopt;
  return negative ? ~uint64_t{0} >> (64 - bits) & (0 - magnitude) : magnitude;
}

template <class Float>
std::optional<Float> ParseFloat(std::string_view text) {
  const bool negative = text.starts_with("-");
  if (negative || text.starts_with("+")) text.remove_prefix(1);
  std::chars_format format = std::chars_format::general;
  if (text.starts_with("0x") || text.starts_with("0X")) {
    format = std::chars_format::hex;
    text.remove_prefix(2);
  }
  Float number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, fault] = std::from_chars(text.data(), end, number, format);
  if (text.empty() || text[0] == '-' || stop != end || fault == std::errc::invalid_argument) return std::nullopt;
  return negative ? -number : number;
}

// The shortest digits that give the number back, without an exponent.
template <class Float>
std::string FloatText(Float number) {
  if (std::isnan(number)) return "NaN";
  if (std::isinf(number)) return number < 0 ? "-inf" : "inf";
  char buffer[64];
  const auto written = std::to_chars(buffer, buffer + sizeof buffer, std::abs(number), std::chars_format::scientific);
  const std::string_view text(buffer, static_cast<size_t>(written.ptr - buffer));  // d.ddde+xx
  const size_t e = text.find('e');
  int exponent = 0;
  std::from_chars(text.data() + e + (text[e + 1] == '+' ? 2 : 1), written.ptr, exponent);
  std::string digits(text.substr(0, 1));
  if (e > 2) digits += text.substr(2, e - 2);

  const std::string sign = std::signbit(number) ? "-" : "";
  if (exponent < 0) return sign + "0." + std::string(static_cast<size_t>(-exponent - 1), '0') + digits;
  const size_t whole = static_cast<size_t>(exponent) + 1;
  if (digits.size() <= whole) return sign + digits + std::string(whole - digits.size(), '0');
  return sign + digits.substr(0, whole) + "." + digits.substr(whole);
}

std::string V128Text(uint64_t low, uint64_t high) {
  unsigned __int128 number = static_cast<unsigned __int128>(high) << 64 | low;
  std::string text;
  do {
    text += static_cast<char>('0' + static_cast<int>(number % 10));
    number /= 10;
  } while (number != 0);
  std::reverse(text.begin(), text.end());
  return text;
}

std::string_view HierarchyName(HeapKind top) {
  switch (top) {
    case HeapKind::Func:
      return "funcref";
    case HeapKind::Extern:
      return "externref";
    case HeapKind::Exn:
      return "exnref";
    default:
      return "anyref";
  }
}

}  // namespace

Result<Value> ParseValue(wasm::ValType type, std::string_view text) {
  std::optional<Value> value;
  switch (type.kind()) {
    case TypeKind::I32:
      if (const auto number = ParseInteger(text, 32)) value = Value::I32(static_cast<uint32_t>(*number));
      break;
    case TypeKind::I64:
      if (const auto number = ParseInteger(text, 64)) value = Value::I64(*number);
      break;
    case TypeKind::F32:
      if (const auto number = ParseFloat<float>(text)) value = Value::F32(*number);
      break;
    case TypeKind::F64:
      if (const auto number = ParseFloat<double>(text)) value = Value::F64(*number);
      break;
    default:
      return std::unexpected(
          Error(ErrorClass::Usage,
                fmt::format("values of type {} cannot be written on the command line", wasm::TypeName(type))));
  }
  if (!value)
    return std::unexpected(
        Error(ErrorClass::Usage, fmt::format("`{}` is not a value of type {}", text, wasm::TypeName(type))));
  return *value;
}

std::string ValueText(const Value& value) {
  switch (value.type.kind()) {
    case TypeKind::I32:
      return std::to_string(static_cast<int32_t>(value.i32()));
    case TypeKind::I64:
      return std::to_string(static_cast<int64_t>(value.i64()));
    case TypeKind::F32:
      return FloatText(value.f32());
    case TypeKind::F64:
      return FloatText(value.f64());
    case TypeKind::V128:
      return V128Text(value.low, value.high);
    default:
      break;
  }
  return fmt::format("<{}{}>", value.low == 0 ? "null " : "", HierarchyName(wasm::TopOf(value.type.heap())));
}

}  // namespace gantry::cli
