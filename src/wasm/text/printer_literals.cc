#include "wasm/text/printer_literals.h"

#include <bit>
#include <charconv>

#include "base/utf8.h"

namespace gantry::wasm::text {

namespace {

constexpr char kHexDigits[] = "0123456789abcdef";

template <class T>
void AppendNumber(T value, std::string* out) {
  char buffer[32];
  const std::to_chars_result end = std::to_chars(buffer, buffer + sizeof buffer, value);
  out->append(buffer, end.ptr);
}

// T: float or double; Bits: its bit pattern. kMantissa: bits of the significand field.
template <class T, class Bits, int kMantissa>
void AppendFloat(Bits bits, std::string* out) {
  constexpr Bits kPayload = (Bits{1} << kMantissa) - 1;
  constexpr Bits kSign = Bits{1} << (sizeof(Bits) * 8 - 1);
  constexpr Bits kInfinity = ~kSign & ~kPayload;
  if ((bits & kInfinity) != kInfinity) return AppendNumber(std::bit_cast<T>(bits), out);
  if ((bits & kSign) != 0) *out += '-';
  const Bits payload = bits & kPayload;
  if (payload == 0) {
    *out += "inf";
  } else {
    *out += "nan";
    if (payload != Bits{1} << (kMantissa - 1)) {
      *out += ':';
      AppendHex(payload, 1, out);
    }
  }
}

void AppendEscapedByte(uint8_t byte, std::string* out) {
  *out += '\\';
  *out += kHexDigits[byte >> 4];
  *out += kHexDigits[byte & 15];
}

void AppendAscii(char c, std::string* out) {
  switch (c) {
    case '"':
      *out += "\\\"";
      return;
    case '\\':
      *out += "\\\\";
      return;
    case '\n':
      *out += "\\n";
      return;
    case '\t':
      *out += "\\t";
      return;
    case '\r':
      *out += "\\r";
      return;
  }
  if (c >= 0x20 && c < 0x7f) {
    *out += c;
  } else {
    AppendEscapedByte(static_cast<uint8_t>(c), out);
  }
}

// Control characters of the second page, zero-width marks and those that reorder text.
bool IsUnseen(uint32_t point) {
  return (point >= 0x80 && point < 0xa0) || point == 0xad || point == 0x61c || (point >= 0x200b && point <= 0x200f) ||
         (point >= 0x2028 && point <= 0x202e) || (point >= 0x2060 && point <= 0x206f) || point == 0xfeff;
}

bool IsIdChar(char c) {
  if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) return true;
  return c != '\0' && std::string_view("!#$%&'*+-./:<=>?@\\^_`|~").find(c) != std::string_view::npos;
}

}  // namespace

void AppendUnsigned(uint64_t value, std::string* out) { AppendNumber(value, out); }
void AppendSigned(int64_t value, std::string* out) { AppendNumber(value, out); }

void AppendHex(uint64_t value, int digits, std::string* out) {
  *out += "0x";
  const int needed = (std::bit_width(value) + 3) / 4;
  for (int i = (needed > digits ? needed : digits) - 1; i >= 0; --i) *out += kHexDigits[value >> (4 * i) & 15];
}

void AppendFloat32(uint32_t bits, std::string* out) { AppendFloat<float, uint32_t, 23>(bits, out); }
void AppendFloat64(uint64_t bits, std::string* out) { AppendFloat<double, uint64_t, 52>(bits, out); }

void AppendBytes(std::span<const uint8_t> bytes, std::string* out) {
  *out += '"';
  for (uint8_t byte : bytes) AppendAscii(static_cast<char>(byte), out);
  *out += '"';
}

void AppendName(std::string_view name, std::string* out) {
  *out += '"';
  for (size_t i = 0; i < name.size();) {
    uint32_t point = 0;
    const size_t length = DecodeUtf8(name.substr(i), &point);
    if (length <= 1 || IsUnseen(point)) {
      for (size_t j = 0; j < (length == 0 ? 1 : length); ++j) AppendAscii(name[i + j], out);
    } else {
      out->append(name.substr(i, length));
    }
    i += length == 0 ? 1 : length;
  }
  *out += '"';
}

std::string IdentifierFor(std::string_view name) {
  std::string text = "$";
  bool is_plain = true;
  for (char c : name) is_plain = is_plain && IsIdChar(c);
  if (is_plain) {
    text += name;
  } else {
    AppendName(name, &text);
  }
  return text;
}

std::string_view ShortRefName(ValType type) {
  if (!type.is_ref() || !type.is_nullable() || type.heap().is_concrete()) return {};
  switch (type.heap().kind()) {
    case HeapKind::Func:
      return "funcref";
    case HeapKind::NoFunc:
      return "nullfuncref";
    case HeapKind::Extern:
      return "externref";
    case HeapKind::NoExtern:
      return "nullexternref";
    case HeapKind::Any:
      return "anyref";
    case HeapKind::Eq:
      return "eqref";
    case HeapKind::I31:
      return "i31ref";
    case HeapKind::Struct:
      return "structref";
    case HeapKind::Array:
      return "arrayref";
    case HeapKind::None:
      return "nullref";
    case HeapKind::Exn:
      return "exnref";
    case HeapKind::NoExn:
      return "nullexnref";
    case HeapKind::Bot:
      return {};
  }
  return {};
}

}  // namespace gantry::wasm::text
