#include "wasm/text/literals.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <system_error>

namespace gantry::wasm::text {

namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Moves over digits with single underscores between them; false if there are none or an underscore stands wrong.
template <class IsDigitOf>
bool SkipDigits(std::string_view text, size_t* i, IsDigitOf is_digit) {
  if (*i == text.size() || !is_digit(text[*i])) return false;
  for (++*i; *i < text.size(); ++*i) {
    if (is_digit(text[*i])) continue;
    if (text[*i] != '_') break;
    if (*i + 1 == text.size() || !is_digit(text[*i + 1])) return false;
  }
  return true;
}

bool SkipSign(std::string_view text, size_t* i) {
  if (text.empty() || (text[0] != '+' && text[0] != '-')) return false;
  ++*i;
  return true;
}

struct FloatFormat {
  int mantissa_bits;  // stored ones
  int exponent_bits;
  constexpr int bias() const { return (1 << (exponent_bits - 1)) - 1; }
  constexpr uint64_t max_exponent() const { return (uint64_t{1} << exponent_bits) - 1; }
};
constexpr FloatFormat kF32{23, 8}, kF64{52, 11};

constexpr uint64_t Infinity(FloatFormat format) { return format.max_exponent() << format.mantissa_bits; }

// `value` has its highest bit set; the number is value * 2^exponent, plus something below the last bit if `sticky`.
std::optional<uint64_t> RoundBinary(uint64_t value, int64_t exponent, bool sticky, FloatFormat format) {
  const int64_t top = exponent + 63;  // exponent of the highest bit
  const int64_t min_exponent = 1 - format.bias();
  if (top > format.bias()) return std::nullopt;
  // Bits to drop from 64: those beyond the precision, and more for subnormal results.
  int64_t drop = 63 - format.mantissa_bits;
  if (top < min_exponent) drop += min_exponent - top;
  if (drop > 64) return 0;
  const uint64_t kept = drop == 64 ? 0 : value >> drop;
  const uint64_t half = uint64_t{1} << (drop - 1);
  const uint64_t rest = drop == 64 ? value : value & ((uint64_t{1} << drop) - 1);
  const bool round_up = rest > half || (rest == half && (sticky || (kept & 1)));
  const uint64_t mantissa = kept + round_up;
  // A carry out of the mantissa moves into the exponent field by itself, for subnormals too.
  const uint64_t biased = top < min_exponent ? 0 : static_cast<uint64_t>(top + format.bias() - 1);
  const uint64_t bits = (biased << format.mantissa_bits) + mantissa;
  if (bits >= Infinity(format)) return std::nullopt;
  return bits;
}

// "0x" hexnum ["." hexnum] ["p" exponent], without sign.
std::optional<uint64_t> ParseHexFloat(std::string_view text, FloatFormat format) {
  // Far beyond any float, and small enough that sums do not overflow.
  constexpr int64_t kExponentCap = int64_t{1} << 40;
  uint64_t value = 0;
  int64_t exponent = 0;
  bool sticky = false, in_fraction = false;
  size_t i = 2;
  for (; i < text.size() && text[i] != 'p' && text[i] != 'P'; ++i) {
    if (text[i] == '_') continue;
    if (text[i] == '.') {
      in_fraction = true;
      continue;
    }
    const uint64_t digit = static_cast<uint64_t>(HexDigit(text[i]));
    if (value >> 60 == 0) {
      value = value << 4 | digit;
      exponent -= in_fraction ? 4 : 0;
    } else {
      sticky |= digit != 0;
      exponent += in_fraction ? 0 : 4;
    }
  }
  if (i < text.size()) {
    ++i;
    const bool negative = text[i] == '-';
    if (text[i] == '-' || text[i] == '+') ++i;
    int64_t written = 0;
    for (; i < text.size(); ++i) {
      if (text[i] != '_') written = std::min(written * 10 + (text[i] - '0'), kExponentCap);
    }
    exponent += negative ? -written : written;
  }
  if (value == 0) return 0;
  const int shift = std::countl_zero(value);
  return RoundBinary(value << shift, exponent - shift, sticky, format);
}

// Whether a decimal number, known not to be representable, is a small one (rounds to zero) rather than a large one.
bool IsTiny(std::string_view digits) {
  constexpr int64_t kExponentCap = int64_t{1} << 40;
  int64_t magnitude = 0;  // decimal exponent of the first digit that is not zero, plus one
  bool seen = false, in_fraction = false;
  size_t i = 0;
  for (; i < digits.size() && digits[i] != 'e' && digits[i] != 'E'; ++i) {
    if (digits[i] == '.') {
      in_fraction = true;
    } else {
      seen |= digits[i] != '0';
      if (in_fraction && !seen) --magnitude;
      if (!in_fraction && seen) ++magnitude;
    }
  }
  if (i < digits.size()) {
    ++i;
    const bool negative = digits[i] == '-';
    if (digits[i] == '-' || digits[i] == '+') ++i;
    int64_t written = 0;
    for (; i < digits.size(); ++i) written = std::min(written * 10 + (digits[i] - '0'), kExponentCap);
    magnitude += negative ? -written : written;
  }
  return magnitude <= 0;
}

template <class Float>
std::optional<Float> ParseDecimalFloat(std::string_view text) {
  std::string stripped;
  if (text.find('_') != std::string_view::npos) {
    for (char c : text) {
      if (c != '_') stripped += c;
    }
    text = stripped;
  }
  Float value = 0;
  const std::from_chars_result result = std::from_chars(text.data(), text.data() + text.size(), value);
  if (result.ec == std::errc::result_out_of_range) {
    if (IsTiny(text)) return Float{0};
    return std::nullopt;
  }
  if (std::isinf(value)) return std::nullopt;
  return value;
}

template <class Float, class Bits>
std::optional<Bits> ParseFloat(std::string_view text, FloatFormat format) {
  size_t start = 0;
  SkipSign(text, &start);
  const Bits sign = text[0] == '-' ? Bits{1} << (format.mantissa_bits + format.exponent_bits) : 0;
  const std::string_view number = text.substr(start);
  if (number == "inf") return static_cast<Bits>(Infinity(format)) | sign;
  if (number == "nan") return static_cast<Bits>(Infinity(format) | uint64_t{1} << (format.mantissa_bits - 1)) | sign;
  if (number.starts_with("nan:")) {
    const std::optional<uint64_t> payload = ParseNat(number.substr(4), (uint64_t{1} << format.mantissa_bits) - 1);
    if (!payload || *payload == 0) return std::nullopt;
    return static_cast<Bits>(Infinity(format) | *payload) | sign;
  }
  if (number.starts_with("0x")) {
    const std::optional<uint64_t> bits = ParseHexFloat(number, format);
    if (!bits) return std::nullopt;
    return static_cast<Bits>(*bits) | sign;
  }
  const std::optional<Float> value = ParseDecimalFloat<Float>(number);
  if (!value) return std::nullopt;
  return std::bit_cast<Bits>(*value) | sign;
}

}  // namespace

bool IsHexNumber(std::string_view text) {
  size_t i = 0;
  return SkipDigits(text, &i, [](char c) { return HexDigit(c) >= 0; }) && i == text.size();
}

NumberForm ClassifyNumber(std::string_view text) {
  size_t i = 0;
  const bool has_sign = SkipSign(text, &i);
  const std::string_view number = text.substr(i);
  if (number == "inf" || number == "nan") return NumberForm::Float;
  if (number.starts_with("nan:0x")) return IsHexNumber(number.substr(6)) ? NumberForm::Float : NumberForm::None;
  const bool is_hex = number.starts_with("0x");
  const auto is_digit = [is_hex](char c) { return is_hex ? HexDigit(c) >= 0 : IsDigit(c); };
  if (is_hex) i += 2;
  if (!SkipDigits(text, &i, is_digit)) return NumberForm::None;
  if (i == text.size()) return has_sign ? NumberForm::Int : NumberForm::Nat;
  if (text[i] == '.') {
    ++i;
    if (i < text.size() && is_digit(text[i]) && !SkipDigits(text, &i, is_digit)) return NumberForm::None;
    if (i == text.size()) return NumberForm::Float;
  }
  const char mark = is_hex ? 'p' : 'e';
  if ((text[i] | 0x20) != mark) return NumberForm::None;
  ++i;
  if (i < text.size() && (text[i] == '+' || text[i] == '-')) ++i;
  return SkipDigits(text, &i, IsDigit) && i == text.size() ? NumberForm::Float : NumberForm::None;
}

std::optional<uint64_t> ParseNat(std::string_view text) {
  const bool is_hex = text.starts_with("0x");
  const uint64_t base = is_hex ? 16 : 10;
  uint64_t value = 0;
  for (size_t i = is_hex ? 2 : 0; i < text.size(); ++i) {
    if (text[i] == '_') continue;
    const uint64_t digit = static_cast<uint64_t>(HexDigit(text[i]));
    uint64_t next;
    if (__builtin_mul_overflow(value, base, &next) || __builtin_add_overflow(next, digit, &next)) return std::nullopt;
    value = next;
  }
  return value;
}

std::optional<uint64_t> ParseInt(std::string_view text, int bits) {
  size_t start = 0;
  SkipSign(text, &start);
  const std::optional<uint64_t> magnitude = ParseNat(text.substr(start));
  if (!magnitude) return std::nullopt;
  const uint64_t mask = bits == 64 ? ~uint64_t{0} : (uint64_t{1} << bits) - 1;
  if (text[0] == '-') {
    if (*magnitude > uint64_t{1} << (bits - 1)) return std::nullopt;
    return (0 - *magnitude) & mask;
  }
  // A number with a plus sign has the unsigned range too (spec 6.3.2, iN).
  if (*magnitude > mask) return std::nullopt;
  return *magnitude;
}

std::optional<uint32_t> ParseF32(std::string_view text) { return ParseFloat<float, uint32_t>(text, kF32); }
std::optional<uint64_t> ParseF64(std::string_view text) { return ParseFloat<double, uint64_t>(text, kF64); }

std::optional<uint32_t> UnicodeEscape(std::string_view hex_number) {
  uint32_t value = 0;
  for (char c : hex_number) {
    if (c == '_') continue;
    value = value << 4 | static_cast<uint32_t>(HexDigit(c));
    if (value > 0x10ffff) return std::nullopt;
  }
  if (value >= 0xd800 && value < 0xe000) return std::nullopt;
  return value;
}

namespace {

void AppendCodePoint(uint32_t point, std::string* out) {
  const auto put = [out](uint32_t byte) { out->push_back(static_cast<char>(byte)); };
  if (point < 0x80) {
    put(point);
  } else if (point < 0x800) {
    put(0xc0 | point >> 6);
    put(0x80 | (point & 0x3f));
  } else if (point < 0x10000) {
    put(0xe0 | point >> 12);
    put(0x80 | (point >> 6 & 0x3f));
    put(0x80 | (point & 0x3f));
  } else {
    put(0xf0 | point >> 18);
    put(0x80 | (point >> 12 & 0x3f));
    put(0x80 | (point >> 6 & 0x3f));
    put(0x80 | (point & 0x3f));
  }
}

}  // namespace

void AppendString(std::string_view literal, std::string* out) {
  const std::string_view inner = literal.substr(1, literal.size() - 2);
  for (size_t i = 0; i < inner.size();) {
    const size_t escape = std::min(inner.find('\\', i), inner.size());
    out->append(inner.substr(i, escape - i));
    if (escape == inner.size()) return;
    const char c = inner[escape + 1];
    i = escape + 2;
    switch (c) {
      case 'n':
        out->push_back('\n');
        break;
      case 'r':
        out->push_back('\r');
        break;
      case 't':
        out->push_back('\t');
        break;
      case '\\':
      case '\'':
      case '"':
        out->push_back(c);
        break;
      case 'u': {
        const size_t close = inner.find('}', i);
        AppendCodePoint(UnicodeEscape(inner.substr(i + 1, close - i - 1)).value_or(0), out);
        i = close + 1;
        break;
      }
      default:
        out->push_back(static_cast<char>(HexDigit(c) << 4 | HexDigit(inner[i])));
        ++i;
    }
  }
}

std::string DecodeString(std::string_view literal) {
  std::string bytes;
  bytes.reserve(literal.size());
  AppendString(literal, &bytes);
  return bytes;
}

}  // namespace gantry::wasm::text
