#include "base/byte_writer.h"

namespace gantry {

void ByteWriter::PrefixSize(size_t start, size_t width) {
  ByteWriter prefix;
  prefix.U32(static_cast<uint32_t>(size() - start - width));
  const std::span<const uint8_t> bytes = prefix.view();
  const auto at = bytes_.begin() + static_cast<ptrdiff_t>(start);
  bytes_.insert(bytes_.erase(at, at + static_cast<ptrdiff_t>(width)), bytes.begin(), bytes.end());
}

}  // namespace gantry
