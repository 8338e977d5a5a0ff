// The constant expression that most are: one `i32.const`, told from its bytes. A Go program has tens of thousands.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace gantry::wasm::binary {

// Bytes of an `i32.const` with its `end` at the start of `bytes`, or 0. Only for operands of up to four bytes, which
// cannot be too large.
inline uint32_t SizeOfI32Constant(std::span<const uint8_t> bytes) {
  constexpr uint8_t kI32Const = 0x41, kEnd = 0x0b;
  constexpr size_t kMostBytes = 6;
  if (bytes.empty() || bytes[0] != kI32Const) return 0;
  size_t at = 1;
  while (at < kMostBytes - 2 && at < bytes.size() && bytes[at] >= 0x80) ++at;
  return at + 1 < bytes.size() && bytes[at] < 0x80 && bytes[at + 1] == kEnd ? static_cast<uint32_t>(at) + 2 : 0;
}

}  // namespace gantry::wasm::binary
