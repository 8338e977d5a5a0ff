#include "base/error.h"

#include <fmt/core.h>

namespace gantry {

std::string Error::Summary() const {
  std::string text;
  if (line() != 0) {
    text = fmt::format("{}:{}: {}", line(), column(), message());
  } else if (offset() != kNoOffset) {
    text = fmt::format("{} (at offset {:#x})", message(), offset());
  } else {
    text = message();
  }
  if (!excerpt().empty()) text += "\n" + excerpt();
  return text;
}

}  // namespace gantry
