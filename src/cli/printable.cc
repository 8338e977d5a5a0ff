#include "cli/printable.h"

namespace gantry::cli {

std::string Printable(std::string_view name) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (size_t i = 0; i < name.size(); ++i) {
    const uint8_t byte = static_cast<uint8_t>(name[i]);
    // U+0080 to U+009F, two bytes from 0xc2 0x80 on, are control characters too.
    const bool is_c1 = byte == 0xc2 && i + 1 < name.size() && static_cast<uint8_t>(name[i + 1]) < 0xa0;
    if (byte >= 0x20 && byte != 0x7f && !is_c1) {
      text += name[i];
      continue;
    }
    for (size_t end = i + (is_c1 ? 2 : 1); i < end; ++i) {
      const uint8_t escaped = static_cast<uint8_t>(name[i]);
      text += {'\\', kDigits[escaped >> 4], kDigits[escaped & 15]};
    }
    --i;
  }
  return text;
}

std::string Grouped(uint64_t number) {
  std::string text = std::to_string(number);
  for (size_t i = text.size(); i > 3; i -= 3) text.insert(i - 3, 1, ',');
  return text;
}

}  // namespace gantry::cli
