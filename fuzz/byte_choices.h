// ByteChoices: turns a fuzzer's bytes into decisions. When the bytes are used up every choice is 0, and choice 0 is
// always the one that ends something, so generation terminates and small inputs give small modules.
#pragma once

#include <cstdint>
#include <span>

namespace gantry::fuzz {

class ByteChoices {
 public:
  explicit ByteChoices(std::span<const uint8_t> bytes) : bytes_(bytes) {}

  bool at_end() const { return next_ >= bytes_.size(); }
  uint8_t Byte() { return at_end() ? 0 : bytes_[next_++]; }
  // 0 .. bound-1
  uint32_t Below(uint32_t bound) {
    if (bound <= 1) return 0;
    if (bound <= 256) return Byte() % bound;
    const uint32_t high = Byte();
    return (high << 8 | Byte()) % bound;
  }
  // True in `percent` of random bytes, false when they are used up.
  bool Chance(uint32_t percent) { return Byte() > 255 - (percent * 255) / 100; }
  // Values that matter more often than others: small ones, bounds of the widths, or any.
  uint64_t Interesting64() {
    const uint8_t kind = Byte();
    if (kind < 96) return kind % 17;
    if (kind < 128) return ~uint64_t{0} - kind % 5;
    if (kind < 192) return (uint64_t{1} << (kind & 63)) - (Byte() & 1);
    uint64_t value = 0;
    for (int i = 0; i < 8; ++i) value = value << 8 | Byte();
    return value;
  }

 private:
  std::span<const uint8_t> bytes_;
  size_t next_ = 0;
};

}  // namespace gantry::fuzz
