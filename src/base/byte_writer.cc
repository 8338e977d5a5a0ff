#include "base/byte_writer.h"

namespace gantry {

void ByteWriter::PrefixSize(size_t start) {
  ByteWriter prefix;
  prefix.U32(static_cast<uint32_t>(size() - start));
  const std::span<const uint8_t> bytes = prefix.view();
  bytes_.insert(bytes_.begin() + static_cast<ptrdiff_t>(start), bytes.begin(), bytes.end());
}

}  // namespace gantry
