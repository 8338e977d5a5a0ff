// Numbers and strings of the text format (spec 6.3): recognising their form and reading their value.
//
// Readers take text of the right form (as the lexer classified it) and return nothing if the value does not fit. Floats
// are rounded once, to nearest with ties to even, straight from the text to the width asked for.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gantry::wasm::text {

enum class NumberForm : uint8_t { None, Nat, Int, Float };

// Nat: digits; Int: the same with a sign; Float: with fraction, exponent, inf or nan.
NumberForm ClassifyNumber(std::string_view text);

// 0..15, or -1.
constexpr int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Hexadecimal digits with single underscores between them.
bool IsHexNumber(std::string_view text);

// Of a Nat.
std::optional<uint64_t> ParseNat(std::string_view text);
inline std::optional<uint64_t> ParseNat(std::string_view text, uint64_t max) {
  const std::optional<uint64_t> value = ParseNat(text);
  return value && *value <= max ? value : std::nullopt;
}

// Of a Nat or Int: from -2^(bits-1) to 2^bits - 1, as the low `bits` bits.
std::optional<uint64_t> ParseInt(std::string_view text, int bits);

// Of any number: the bit pattern. Out of range if it rounds to infinity or is a NaN with an impossible payload.
std::optional<uint32_t> ParseF32(std::string_view text);
std::optional<uint64_t> ParseF64(std::string_view text);

// The value in a \u{...} escape, if it is a Unicode scalar value.
std::optional<uint32_t> UnicodeEscape(std::string_view hex_number);

// The bytes that a string literal, quotes included, stands for.
std::string DecodeString(std::string_view literal);
void AppendString(std::string_view literal, std::string* out);

}  // namespace gantry::wasm::text
