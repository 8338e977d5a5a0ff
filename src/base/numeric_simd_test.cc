// Integer SIMD semantics against naive lane loops: all pairs of bytes for 8-bit lanes, random and extreme lanes for
// wider ones.
#include <algorithm>
#include <bit>
#include <cstdint>

#include "base/numeric.h"
#include "gtest/gtest.h"

namespace gantry::num {
namespace {

template <class T>
int64_t Saturate(int64_t x) {
  return std::clamp<int64_t>(x, std::numeric_limits<T>::min(), std::numeric_limits<T>::max());
}

// Calls body(a, b) so that together all pairs of bytes, at every lane, have been seen.
template <class Body>
void ForAllBytePairs(Body body) {
  for (int x = 0; x < 256; ++x) {
    for (int y = 0; y < 256; y += 16) {
      Lanes<uint8_t> a{}, b{};
      for (int i = 0; i < 16; ++i) {
        a[i] = static_cast<uint8_t>(x + i);
        b[i] = static_cast<uint8_t>(y + i);
      }
      body(FromLanes<uint8_t>(a), FromLanes<uint8_t>(b));
    }
  }
}

// Random lanes, a quarter of them extreme, so that saturation and wrapping happen.
class RandomVectors {
 public:
  V128 Next() {
    V128 v = FromLanes<uint64_t>({Bits(), Bits()});
    for (int i = 0; i < 8; ++i) {
      constexpr uint16_t kExtremes[] = {0x8000, 0x7fff, 0xffff, 0x8001, 0x0000, 0x0080, 0xff7f, 0x00ff};
      if (Bits() % 4 == 0) v = WithLane<uint16_t>(v, i, kExtremes[Bits() >> 61]);
    }
    return v;
  }

 private:
  uint64_t Bits() {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 7;
    state_ ^= state_ << 17;
    return state_;
  }
  uint64_t state_ = 88172645463325252;
};

// Whether op(a, b), with lanes of T, is what `expected` says lane by lane.
#define EXPECT_LANES(Name, T, expected)                                                         \
  {                                                                                             \
    const V128 result = Name(a, b);                                                             \
    for (int i = 0; i < kLaneCount<T>; ++i) {                                                   \
      [[maybe_unused]] const int64_t x = Lane<T>(a, i), y = Lane<T>(b, i);                      \
      ASSERT_EQ(Lane<T>(result, i), static_cast<T>(expected)) << #Name << " " << x << " " << y; \
    }                                                                                           \
  }

// The instructions that 8-bit and 16-bit lanes share.
#define EXPECT_SMALL_SHAPE(P, S, U)               \
  EXPECT_LANES(P##Add, U, x + y)                  \
  EXPECT_LANES(P##Sub, U, x - y)                  \
  EXPECT_LANES(P##AddSatS, S, Saturate<S>(x + y)) \
  EXPECT_LANES(P##AddSatU, U, Saturate<U>(x + y)) \
  EXPECT_LANES(P##SubSatS, S, Saturate<S>(x - y)) \
  EXPECT_LANES(P##SubSatU, U, Saturate<U>(x - y)) \
  EXPECT_LANES(P##AvgrU, U, (x + y + 1) / 2)      \
  EXPECT_ORDER(P, S, U)
#define EXPECT_ORDER(P, S, U)              \
  EXPECT_LANES(P##MinS, S, std::min(x, y)) \
  EXPECT_LANES(P##MinU, U, std::min(x, y)) \
  EXPECT_LANES(P##MaxS, S, std::max(x, y)) \
  EXPECT_LANES(P##MaxU, U, std::max(x, y)) \
  EXPECT_LANES(P##LtU, U, -(x < y))        \
  EXPECT_LANES(P##GtU, U, -(x > y))        \
  EXPECT_LANES(P##LeU, U, -(x <= y))       \
  EXPECT_LANES(P##GeU, U, -(x >= y))       \
  EXPECT_SIGNED_ORDER(P, S)
#define EXPECT_SIGNED_ORDER(P, S)    \
  EXPECT_LANES(P##Eq, S, -(x == y))  \
  EXPECT_LANES(P##Ne, S, -(x != y))  \
  EXPECT_LANES(P##LtS, S, -(x < y))  \
  EXPECT_LANES(P##GtS, S, -(x > y))  \
  EXPECT_LANES(P##LeS, S, -(x <= y)) \
  EXPECT_LANES(P##GeS, S, -(x >= y))

TEST(NumericSimd, AllPairsOfBytes) {
  ForAllBytePairs([](const V128& a, const V128& b) { EXPECT_SMALL_SHAPE(I8x16, int8_t, uint8_t) });
}

TEST(NumericSimd, AllBytes) {
  ForAllBytePairs([](const V128& a, const V128&) {
    for (int i = 0; i < 16; ++i) {
      const int8_t x = Lane<int8_t>(a, i);
      ASSERT_EQ(Lane<uint8_t>(I8x16Popcnt(a), i), std::popcount(static_cast<uint8_t>(x)));
      ASSERT_EQ(Lane<uint8_t>(I8x16Abs(a), i), static_cast<uint8_t>(x < 0 ? -x : x));
      ASSERT_EQ(Lane<uint8_t>(I8x16Neg(a), i), static_cast<uint8_t>(-x));
      ASSERT_EQ(I8x16Bitmask(a) >> i & 1, x < 0 ? 1u : 0u);
      ASSERT_EQ(I8x16ExtractLaneS(a, static_cast<uint8_t>(i)), static_cast<uint32_t>(int32_t{x}));
      for (uint32_t count = 0; count < 20; ++count) {
        ASSERT_EQ(Lane<uint8_t>(I8x16Shl(a, count), i), static_cast<uint8_t>(x << (count % 8)));
        ASSERT_EQ(Lane<int8_t>(I8x16ShrS(a, count), i), static_cast<int8_t>(x >> (count % 8)));
        ASSERT_EQ(Lane<uint8_t>(I8x16ShrU(a, count), i), static_cast<uint8_t>(x) >> (count % 8));
      }
    }
  });
}

TEST(NumericSimd, WiderLanes) {
  RandomVectors random;
  for (int round = 0; round < 20'000; ++round) {
    const V128 a = random.Next(), b = round % 8 ? random.Next() : a;
    EXPECT_SMALL_SHAPE(I16x8, int16_t, uint16_t)
    EXPECT_LANES(I16x8Mul, uint16_t, x* y)
    EXPECT_LANES(I16x8Q15mulrSatS, int16_t, Saturate<int16_t>((x * y + 0x4000) >> 15))
    EXPECT_ORDER(I32x4, int32_t, uint32_t)
    EXPECT_LANES(I32x4Add, uint32_t, x + y)
    EXPECT_LANES(I32x4Mul, uint32_t, static_cast<uint64_t>(x) * static_cast<uint64_t>(y))
    EXPECT_SIGNED_ORDER(I64x2, int64_t)
    EXPECT_LANES(I64x2Mul, int64_t, static_cast<uint64_t>(x) * static_cast<uint64_t>(y))
    EXPECT_LANES(I64x2Sub, int64_t, static_cast<uint64_t>(x) - static_cast<uint64_t>(y))
    const uint32_t count = static_cast<uint32_t>(round);
    for (int i = 0; i < 2; ++i) {
      ASSERT_EQ(Lane<int64_t>(I64x2ShrS(a, count), i), Lane<int64_t>(a, i) >> (count & 63));
      ASSERT_EQ(Lane<uint64_t>(I64x2Shl(a, count), i), Lane<uint64_t>(a, i) << (count & 63));
      ASSERT_EQ(I64x2Bitmask(a) >> i & 1, Lane<uint64_t>(a, i) >> 63);
    }
    for (int i = 0; i < 8; ++i) {
      ASSERT_EQ(Lane<int16_t>(I16x8ShrS(a, count), i), Lane<int16_t>(a, i) >> (count & 15));
      ASSERT_EQ(I16x8Bitmask(a) >> i & 1, Lane<uint16_t>(a, i) >> 15);
    }
    for (int i = 0; i < 4; ++i) ASSERT_EQ(I32x4Bitmask(a) >> i & 1, Lane<uint32_t>(a, i) >> 31);
  }
}

TEST(NumericSimd, NarrowWidenAndDot) {
  RandomVectors random;
  for (int round = 0; round < 20'000; ++round) {
    const V128 a = random.Next(), b = random.Next();
    for (int i = 0; i < 16; ++i) {
      const int16_t x = Lane<int16_t>(i < 8 ? a : b, i % 8);
      ASSERT_EQ(Lane<int8_t>(I8x16NarrowI16x8S(a, b), i), Saturate<int8_t>(x));
      ASSERT_EQ(Lane<uint8_t>(I8x16NarrowI16x8U(a, b), i), Saturate<uint8_t>(x));
    }
    for (int i = 0; i < 8; ++i) {
      const int32_t x = Lane<int32_t>(i < 4 ? a : b, i % 4);
      ASSERT_EQ(Lane<int16_t>(I16x8NarrowI32x4S(a, b), i), Saturate<int16_t>(x));
      ASSERT_EQ(Lane<uint16_t>(I16x8NarrowI32x4U(a, b), i), Saturate<uint16_t>(x));
      ASSERT_EQ(Lane<int16_t>(I16x8ExtendHighI8x16S(a), i), Lane<int8_t>(a, 8 + i));
      ASSERT_EQ(Lane<uint16_t>(I16x8ExtendLowI8x16U(a), i), Lane<uint8_t>(a, i));
      ASSERT_EQ(Lane<int16_t>(I16x8ExtmulLowI8x16S(a, b), i), Lane<int8_t>(a, i) * Lane<int8_t>(b, i));
      ASSERT_EQ(Lane<uint16_t>(I16x8ExtmulHighI8x16U(a, b), i), Lane<uint8_t>(a, 8 + i) * Lane<uint8_t>(b, 8 + i));
      ASSERT_EQ(Lane<int16_t>(I16x8ExtaddPairwiseI8x16S(a), i), Lane<int8_t>(a, 2 * i) + Lane<int8_t>(a, 2 * i + 1));
      ASSERT_EQ(Lane<uint16_t>(I16x8ExtaddPairwiseI8x16U(a), i), Lane<uint8_t>(a, 2 * i) + Lane<uint8_t>(a, 2 * i + 1));
      const int dot =
          Lane<int8_t>(a, 2 * i) * Lane<int8_t>(b, 2 * i) + Lane<int8_t>(a, 2 * i + 1) * Lane<int8_t>(b, 2 * i + 1);
      ASSERT_EQ(Lane<int16_t>(I16x8RelaxedDotI8x16I7x16S(a, b), i), Saturate<int16_t>(dot));
    }
    for (int i = 0; i < 4; ++i) {
      const int64_t dot = int64_t{Lane<int16_t>(a, 2 * i)} * Lane<int16_t>(b, 2 * i) +
                          int64_t{Lane<int16_t>(a, 2 * i + 1)} * Lane<int16_t>(b, 2 * i + 1);
      ASSERT_EQ(Lane<uint32_t>(I32x4DotI16x8S(a, b), i), static_cast<uint32_t>(dot));
      ASSERT_EQ(Lane<int32_t>(I32x4ExtendLowI16x8S(a), i), Lane<int16_t>(a, i));
      ASSERT_EQ(Lane<uint32_t>(I32x4ExtmulHighI16x8U(a, b), i),
                uint32_t{Lane<uint16_t>(a, 4 + i)} * Lane<uint16_t>(b, 4 + i));
      ASSERT_EQ(Lane<int32_t>(I32x4ExtaddPairwiseI16x8S(a), i), Lane<int16_t>(a, 2 * i) + Lane<int16_t>(a, 2 * i + 1));
    }
    for (int i = 0; i < 2; ++i) {
      ASSERT_EQ(Lane<int64_t>(I64x2ExtmulLowI32x4S(a, b), i), int64_t{Lane<int32_t>(a, i)} * Lane<int32_t>(b, i));
      ASSERT_EQ(Lane<uint64_t>(I64x2ExtmulHighI32x4U(a, b), i),
                uint64_t{Lane<uint32_t>(a, 2 + i)} * Lane<uint32_t>(b, 2 + i));
      ASSERT_EQ(Lane<int64_t>(I64x2ExtendHighI32x4S(a), i), Lane<int32_t>(a, 2 + i));
    }
  }
}

TEST(NumericSimd, ShuffleSwizzleAndTruth) {
  RandomVectors random;
  for (int round = 0; round < 5'000; ++round) {
    const V128 a = random.Next(), b = random.Next(), index = random.Next();
    std::array<uint8_t, 16> lanes;
    for (int i = 0; i < 16; ++i) lanes[i] = Lane<uint8_t>(index, i) % 32;
    for (int i = 0; i < 16; ++i) {
      ASSERT_EQ(Lane<uint8_t>(I8x16Shuffle(a, b, lanes), i), Lane<uint8_t>(lanes[i] < 16 ? a : b, lanes[i] % 16));
      const uint8_t at = Lane<uint8_t>(index, i);
      ASSERT_EQ(Lane<uint8_t>(I8x16Swizzle(a, index), i), at < 16 ? Lane<uint8_t>(a, at) : 0);
    }
  }
  for (int i = 0; i < 16; ++i) {
    const V128 one_zero = WithLane<uint8_t>(V128Not(V128{}), i, 0), one_bit = WithLane<uint8_t>(V128{}, i, 8);
    EXPECT_EQ(I8x16AllTrue(one_zero), 0u);
    EXPECT_EQ(I16x8AllTrue(one_zero), 1u);
    EXPECT_EQ(I64x2AllTrue(one_bit), 0u);
    EXPECT_EQ(V128AnyTrue(one_bit), 1u);
  }
  EXPECT_EQ(V128AnyTrue(V128{}), 0u);
  EXPECT_EQ(V128Bitselect(I8x16Splat(0xaa), I8x16Splat(0x55), I8x16Splat(0xf0)), I8x16Splat(0xa5));
}

}  // namespace
}  // namespace gantry::num
