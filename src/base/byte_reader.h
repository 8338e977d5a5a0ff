// ByteReader: reads WebAssembly's primitive encodings (spec 5.2) from a byte range that may hold anything.
//
// [I1] The first fault sticks: later reads return zeros, do not move and do not change the fault. Callers check ok()
// once per
//      instruction or item. The fault's position is where the offending item starts (unexpected end: the end).
// [I2] Never reads outside [begin, end).
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace gantry {

enum class ByteFault : uint8_t {
  None,
  UnexpectedEnd,  // "unexpected end"
  LebTooLong,     // "integer representation too long"
  LebTooLarge,    // "integer too large"
};

class ByteReader {
 public:
  ByteReader() = default;
  // `base` is the offset of bytes[0] in the whole input, for error positions.
  explicit ByteReader(std::span<const uint8_t> bytes, uint64_t base = 0)
      : begin_(bytes.data()), pos_(bytes.data()), end_(bytes.data() + bytes.size()), base_(base) {}

  bool ok() const { return fault_ == ByteFault::None; }
  bool at_end() const { return pos_ == end_; }
  size_t remaining() const { return static_cast<size_t>(end_ - pos_); }
  uint64_t offset() const { return base_ + static_cast<uint64_t>(pos_ - begin_); }
  const uint8_t* pos() const { return pos_; }
  const uint8_t* end() const { return end_; }
  ByteFault fault() const { return fault_; }
  uint64_t fault_offset() const { return fault_offset_; }

  // Moves to `pos`, which must lie in the range.
  void Seek(const uint8_t* pos) { pos_ = pos; }

  uint8_t U8() {
    if (pos_ == end_) return Fail(ByteFault::UnexpectedEnd, offset());
    return *pos_++;
  }
  // The next byte, 0 at the end; does not move.
  uint8_t Peek() const { return pos_ == end_ ? 0 : *pos_; }

  uint32_t U32() {
    if (pos_ != end_ && *pos_ < 0x80) return *pos_++;
    return static_cast<uint32_t>(Leb<32, false>());
  }
  int32_t S32() { return static_cast<int32_t>(Leb<32, true>()); }
  int64_t S33() { return static_cast<int64_t>(Leb<33, true>()); }
  int64_t S64() { return static_cast<int64_t>(Leb<64, true>()); }
  uint64_t U64() {
    if (pos_ != end_ && *pos_ < 0x80) return *pos_++;
    return Leb<64, false>();
  }

  uint32_t Fixed32() { return Fixed<uint32_t>(); }  // little endian
  uint64_t Fixed64() { return Fixed<uint64_t>(); }

  // The next n bytes, empty with UnexpectedEnd if there are fewer.
  std::span<const uint8_t> Bytes(uint64_t n) {
    if (n > remaining()) {
      Fail(ByteFault::UnexpectedEnd, base_ + static_cast<uint64_t>(end_ - begin_));
      return {};
    }
    std::span<const uint8_t> bytes(pos_, static_cast<size_t>(n));
    pos_ += n;
    return bytes;
  }

 private:
  uint8_t Fail(ByteFault fault, uint64_t at) {
    if (fault_ == ByteFault::None) {
      fault_ = fault;
      fault_offset_ = at;
    }
    end_ = pos_;  // every later read sees the end [I1]
    return 0;
  }

  template <class T>
  T Fixed() {
    std::span<const uint8_t> bytes = Bytes(sizeof(T));
    T value = 0;
    for (size_t i = 0; i < bytes.size(); ++i) value |= static_cast<T>(bytes[i]) << (8 * i);
    return value;
  }

  // LEB128 of at most kBits bits (spec 5.2.2): at most ceil(kBits/7) bytes, unused bits of the last one are sign or
  // zero.
  template <int kBits, bool kSigned>
  uint64_t Leb() {
    constexpr int kMaxBytes = (kBits + 6) / 7;
    constexpr int kLastBits = kBits - 7 * (kMaxBytes - 1);
    const uint64_t start = offset();
    uint64_t value = 0;
    for (int i = 0; i < kMaxBytes; ++i) {
      if (pos_ == end_) return Fail(ByteFault::UnexpectedEnd, offset());
      const uint8_t byte = *pos_++;
      value |= static_cast<uint64_t>(byte & 0x7f) << (7 * i);
      if (i == kMaxBytes - 1) {
        if (byte & 0x80) return Fail(ByteFault::LebTooLong, start);
        if (!LastByteFits<kLastBits, kSigned>(byte)) return Fail(ByteFault::LebTooLarge, start);
      }
      if (!(byte & 0x80)) {
        if (kSigned && (byte & 0x40) && 7 * (i + 1) < 64) value |= ~uint64_t{0} << (7 * (i + 1));
        return value;
      }
    }
    return 0;
  }

  template <int kLastBits, bool kSigned>
  static bool LastByteFits(uint8_t byte) {
    if constexpr (kSigned) {
      const uint8_t unused = static_cast<uint8_t>(0x7f & ~((1 << (kLastBits - 1)) - 1));
      const uint8_t bits = byte & unused;
      return bits == 0 || bits == unused;
    } else {
      return (byte & 0x7f & ~((1 << kLastBits) - 1)) == 0;
    }
  }

  const uint8_t* begin_ = nullptr;
  const uint8_t* pos_ = nullptr;
  const uint8_t* end_ = nullptr;
  uint64_t base_ = 0;
  uint64_t fault_offset_ = 0;
  ByteFault fault_ = ByteFault::None;
};

}  // namespace gantry
