// Floating-point semantics against the hardware and the C library, on random bit patterns (which meet every exponent,
// subnormals, infinities and NaNs) and a stride through all of binary32.
#include <bit>
#include <cmath>
#include <cstdint>

#include "base/numeric.h"
#include "gtest/gtest.h"

namespace gantry::num {
namespace {

// xorshift64*, so that every run sees the same numbers.
class Random {
 public:
  uint64_t Next() {
    state_ ^= state_ >> 12;
    state_ ^= state_ << 25;
    state_ ^= state_ >> 27;
    return state_ * 0x2545f4914f6cdd1d;
  }

 private:
  uint64_t state_ = 0x9e3779b97f4a7c15;
};

template <class F>
F RandomFloat(Random& random) {
  return std::bit_cast<F>(static_cast<soft::BitsOf<F>>(random.Next() >> (64 - 8 * sizeof(F))));
}

// A float near `other`, so that sums cancel and quotients come near 1.
template <class F>
F Nearby(Random& random, F other) {
  const auto flips =
      static_cast<soft::BitsOf<F>>(random.Next()) & (soft::kSignBit<F> | 0xfff | (soft::kQuietBit<F> << 1) * 3);
  return std::bit_cast<F>(soft::ToBits(other) ^ flips);
}

// Equal bits; for a NaN, any quiet one. The library may hand a signalling NaN on.
template <class F>
bool Same(F ours, F expected) {
  if (soft::IsNan(expected)) return soft::IsNan(ours) && (soft::ToBits(ours) & soft::kQuietBit<F>) != 0;
  return soft::ToBits(ours) == soft::ToBits(expected);
}

template <class F>
void SoftEqualsHardware() {
  Random random;
  for (int i = 0; i < 300'000; ++i) {
    const F a = RandomFloat<F>(random), b = i % 2 ? RandomFloat<F>(random) : Nearby(random, a);
    const F c = i % 3 ? RandomFloat<F>(random) : Nearby(random, static_cast<F>(-a * b));
    ASSERT_TRUE(Same(soft::Add(a, b), a + b)) << a << " " << b;
    ASSERT_TRUE(Same(soft::Sub(a, b), a - b)) << a << " " << b;
    ASSERT_TRUE(Same(soft::Mul(a, b), a * b)) << a << " " << b;
    ASSERT_TRUE(Same(soft::Div(a, b), a / b)) << a << " " << b;
    ASSERT_TRUE(Same(soft::Sqrt(a), std::sqrt(a))) << a;
    ASSERT_TRUE(Same(soft::Fma(a, b, c), std::fma(a, b, c))) << a << " " << b << " " << c;
  }
}

TEST(NumericSoft, EqualsHardwareF32) { SoftEqualsHardware<float>(); }
TEST(NumericSoft, EqualsHardwareF64) { SoftEqualsHardware<double>(); }

TEST(NumericSoft, DemoteAndPromoteEqualHardware) {
  Random random;
  for (int i = 0; i < 1'000'000; ++i) {
    const double wide = RandomFloat<double>(random);
    const float narrow = RandomFloat<float>(random);
    const double in_range = static_cast<double>(narrow) * (1 + static_cast<double>(random.Next() >> 40) * 0x1p-48);
    ASSERT_TRUE(Same(soft::Demote(wide), static_cast<float>(wide))) << wide;
    ASSERT_TRUE(Same(soft::Demote(in_range), static_cast<float>(in_range))) << in_range;
    ASSERT_TRUE(Same(soft::Promote(narrow), static_cast<double>(narrow))) << narrow;
  }
}

template <class F>
void ExpectRounding(F x) {
  ASSERT_TRUE(Same(internal::Ceil(x), std::ceil(x))) << x;
  ASSERT_TRUE(Same(internal::Floor(x), std::floor(x))) << x;
  ASSERT_TRUE(Same(internal::Trunc(x), std::trunc(x))) << x;
  ASSERT_TRUE(Same(internal::Nearest(x), std::nearbyint(x))) << x;
}

TEST(NumericFloat, RoundingOfF32EqualsLibrary) {
  for (uint64_t bits = 0; bits <= 0xffffffff; bits += 1021)
    ExpectRounding(std::bit_cast<float>(static_cast<uint32_t>(bits)));
}

TEST(NumericFloat, RoundingOfF64EqualsLibrary) {
  Random random;
  for (int i = 0; i < 1'000'000; ++i) ExpectRounding(RandomFloat<double>(random));
  for (double x = -1025; x <= 1025; x += 0.125) ExpectRounding(x);
}

TEST(NumericFloat, VectorsEqualScalars) {
  Random random;
  for (int i = 0; i < 200'000; ++i) {
    const auto a = FromLanes<uint64_t>({random.Next(), random.Next()});
    auto b = FromLanes<uint64_t>({random.Next(), random.Next()});
    if (i % 4 == 0) b = V128Xor(a, F32x4Splat(-0.0f));
#define EXPECT_LANES(Name, lanes, F, expected)                                         \
  for (int lane = 0; lane < lanes; ++lane) {                                           \
    const F x = Lane<F>(a, lane), y = Lane<F>(b, lane);                                \
    (void)y;                                                                           \
    ASSERT_TRUE(Same(Lane<F>(Name, lane), expected)) << #Name << " " << x << " " << y; \
  }
#define EXPECT_UNARY(Name) \
  EXPECT_LANES(F32x4##Name(a), 4, float, F32##Name(x)) EXPECT_LANES(F64x2##Name(a), 2, double, F64##Name(x))
#define EXPECT_BINARY(Name) \
  EXPECT_LANES(F32x4##Name(a, b), 4, float, F32##Name(x, y)) EXPECT_LANES(F64x2##Name(a, b), 2, double, F64##Name(x, y))
    EXPECT_UNARY(Ceil)
    EXPECT_UNARY(Floor)
    EXPECT_UNARY(Trunc)
    EXPECT_UNARY(Nearest)
    EXPECT_UNARY(Sqrt)
    EXPECT_BINARY(Add)
    EXPECT_BINARY(Sub)
    EXPECT_BINARY(Mul)
    EXPECT_BINARY(Div)
    EXPECT_BINARY(Min)
    EXPECT_BINARY(Max)
    EXPECT_LANES(F32x4ConvertI32x4S(a), 4, float, F32ConvertI32S(std::bit_cast<uint32_t>(x)))
    EXPECT_LANES(F32x4ConvertI32x4U(a), 4, float, F32ConvertI32U(std::bit_cast<uint32_t>(x)))
    for (int lane = 0; lane < 4; ++lane) {
      ASSERT_EQ(Lane<uint32_t>(I32x4TruncSatF32x4S(a), lane), I32TruncSatF32S(Lane<float>(a, lane)));
      ASSERT_EQ(Lane<uint32_t>(I32x4TruncSatF32x4U(a), lane), I32TruncSatF32U(Lane<float>(a, lane)));
    }
  }
}

TEST(NumericFloat, SignOperationsKeepEveryOtherBit) {
  const float f = std::bit_cast<float>(0x7f800001u);  // signalling
  const double d = std::bit_cast<double>(0xfff0000000000001u);
  EXPECT_EQ(I32ReinterpretF32(F32Neg(f)), 0xff800001u);
  EXPECT_EQ(I32ReinterpretF32(F32Abs(F32Neg(f))), 0x7f800001u);
  EXPECT_EQ(I32ReinterpretF32(F32Copysign(f, -1.0f)), 0xff800001u);
  EXPECT_EQ(I64ReinterpretF64(F64Neg(d)), 0x7ff0000000000001u);
  EXPECT_EQ(I64ReinterpretF64(F64Abs(d)), 0x7ff0000000000001u);
  EXPECT_EQ(Lane<uint32_t>(F32x4Neg(F32x4Splat(f)), 3), 0xff800001u);
  EXPECT_EQ(Lane<uint32_t>(F32x4Pmin(F32x4Splat(f), F32x4Splat(1.0f)), 0), 0x7f800001u);
}

TEST(NumericFloat, MinAndMaxOrderZerosAndSpreadNan) {
  EXPECT_EQ(I32ReinterpretF32(F32Min(0.0f, -0.0f)), 0x80000000u);
  EXPECT_EQ(I32ReinterpretF32(F32Max(-0.0f, 0.0f)), 0u);
  const float canonical = std::bit_cast<float>(0x7fc00000u);
  EXPECT_EQ(I32ReinterpretF32(F32Min(canonical, 1.0f)), 0x7fc00000u);
  EXPECT_EQ(I32ReinterpretF32(F32Max(1.0f, canonical)), 0x7fc00000u);
  EXPECT_EQ(Lane<uint32_t>(F32x4Min(F32x4Splat(1.0f), F32x4Splat(canonical)), 1), 0x7fc00000u);
}

TEST(NumericConvert, TrapsAtTheBorders) {
  EXPECT_EQ(I32TruncF64S(2147483647.9999998).value, 0x7fffffffu);
  EXPECT_EQ(I32TruncF64S(2147483648.0).trap, NumTrap::IntegerOverflow);
  EXPECT_EQ(I32TruncF64S(-2147483648.9999995).value, 0x80000000u);
  EXPECT_EQ(I32TruncF64S(-2147483649.0).trap, NumTrap::IntegerOverflow);
  EXPECT_EQ(I32TruncF32S(-2147483648.0f).value, 0x80000000u);
  EXPECT_EQ(I32TruncF32U(-0.99999994f).trap, NumTrap::None);
  EXPECT_EQ(I32TruncF32U(-1.0f).trap, NumTrap::IntegerOverflow);
  EXPECT_EQ(I64TruncF64U(18446744073709549568.0).value, 18446744073709549568u);
  EXPECT_EQ(I64TruncF64U(18446744073709551616.0).trap, NumTrap::IntegerOverflow);
  EXPECT_EQ(I64TruncF32S(-9223372036854775808.0f).trap, NumTrap::None);
  EXPECT_EQ(I32TruncF32S(NAN).trap, NumTrap::InvalidConversion);
  EXPECT_EQ(I64TruncF64S(INFINITY).trap, NumTrap::IntegerOverflow);
  EXPECT_EQ(I64TruncSatF64S(-INFINITY), 0x8000000000000000u);
  EXPECT_EQ(I32TruncSatF32U(NAN), 0u);
}

}  // namespace
}  // namespace gantry::num
