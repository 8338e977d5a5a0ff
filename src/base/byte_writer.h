// ByteWriter: appends WebAssembly's primitive encodings (spec 5.2) to a growing buffer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace gantry {

class ByteWriter {
 public:
  size_t size() const { return bytes_.size(); }
  std::span<const uint8_t> view() const { return bytes_; }
  std::vector<uint8_t> Take() { return std::move(bytes_); }
  void Clear() { bytes_.clear(); }
  void Truncate(size_t size) { bytes_.resize(size); }

  void U8(uint8_t byte) { bytes_.push_back(byte); }
  void Bytes(std::span<const uint8_t> bytes) { bytes_.insert(bytes_.end(), bytes.begin(), bytes.end()); }
  void Fixed32(uint32_t value) {
    for (int i = 0; i < 4; ++i) U8(static_cast<uint8_t>(value >> (8 * i)));
  }
  void Fixed64(uint64_t value) {
    for (int i = 0; i < 8; ++i) U8(static_cast<uint8_t>(value >> (8 * i)));
  }

  // LEB128 in the shortest form; `width` > 0 pads to that many bytes.
  void U32(uint32_t value, int width = 0) { Unsigned(value, width); }
  void U64(uint64_t value, int width = 0) { Unsigned(value, width); }
  void S32(int32_t value, int width = 0) { Signed(value, width); }
  void S64(int64_t value, int width = 0) { Signed(value, width); }

  // A vector of bytes: length, then the bytes (names too).
  void Name(std::string_view text) {
    U32(static_cast<uint32_t>(text.size()));
    bytes_.insert(bytes_.end(), text.begin(), text.end());
  }

  // Inserts the length of everything after `start` before it, for sections and bodies; `width` bytes at `start` that
  // were reserved for it are replaced.
  void PrefixSize(size_t start, size_t width = 0);

 private:
  void Unsigned(uint64_t value, int width) {
    int n = 1;
    for (; value >= 0x80 || n < width; ++n, value >>= 7) bytes_.push_back(static_cast<uint8_t>(value) | 0x80);
    bytes_.push_back(static_cast<uint8_t>(value));
  }
  void Signed(int64_t value, int width) {
    int n = 1;
    for (; value < -64 || value > 63 || n < width; ++n, value >>= 7)
      bytes_.push_back((static_cast<uint8_t>(value) & 0x7f) | 0x80);
    bytes_.push_back(static_cast<uint8_t>(value) & 0x7f);
  }

  std::vector<uint8_t> bytes_;
};

}  // namespace gantry
