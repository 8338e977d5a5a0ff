// Binary32 and binary64 arithmetic on integers, correctly rounded to nearest-even: what constant evaluation uses where
// compilers refuse (NaN results, overflow, sqrt, fma). Also the independent witness for the hardware in the tests.
//
// A finite value is mantissa * 2^exponent; every operation computes it exactly, or with a last bit that is set when
// anything non-zero was cut off below ("jamming"), far below the precision of the result, and rounds once, in Round().
#pragma once

#include <bit>
#include <cstdint>
#include <initializer_list>

namespace gantry::num::soft {

using U128 = unsigned __int128;

template <class F>
struct Format;
template <>
struct Format<float> {
  using Bits = uint32_t;
  static constexpr int kMantissaBits = 23, kBias = 127;
};
template <>
struct Format<double> {
  using Bits = uint64_t;
  static constexpr int kMantissaBits = 52, kBias = 1023;
};

template <class F>
using BitsOf = typename Format<F>::Bits;
template <class F>
inline constexpr BitsOf<F> kSignBit = BitsOf<F>{1} << (sizeof(F) * 8 - 1);
template <class F>
inline constexpr BitsOf<F> kQuietBit = BitsOf<F>{1} << (Format<F>::kMantissaBits - 1);
template <class F>
inline constexpr BitsOf<F> kInfinityBits =
    ((BitsOf<F>{1} << (sizeof(F) * 8 - 1 - Format<F>::kMantissaBits)) - 1) << Format<F>::kMantissaBits;

template <class F>
constexpr BitsOf<F> ToBits(F x) {
  return std::bit_cast<BitsOf<F>>(x);
}
template <class F>
constexpr F FromBits(BitsOf<F> bits) {
  return std::bit_cast<F>(bits);
}

template <class F>
constexpr BitsOf<F> MagnitudeBits(F x) {
  return ToBits(x) & ~kSignBit<F>;
}
template <class F>
constexpr bool IsNan(F x) {
  return MagnitudeBits(x) > kInfinityBits<F>;
}
template <class F>
constexpr bool IsInfinite(F x) {
  return MagnitudeBits(x) == kInfinityBits<F>;
}
template <class F>
constexpr bool IsNegative(F x) {
  return (ToBits(x) & kSignBit<F>) != 0;
}
template <class F>
constexpr F Quiet(F nan) {
  return FromBits<F>(ToBits(nan) | kQuietBit<F>);
}
template <class F>
constexpr F CanonicalNan() {
  return FromBits<F>(kInfinityBits<F> | kQuietBit<F>);
}
template <class F>
constexpr F Infinity(bool negative) {
  return FromBits<F>(kInfinityBits<F> | (negative ? kSignBit<F> : 0));
}
template <class F>
constexpr F Zero(bool negative) {
  return FromBits<F>(negative ? kSignBit<F> : 0);
}

// An exact finite value.
struct Exact {
  bool negative;
  int exponent;
  U128 mantissa;
};

constexpr int BitWidth(U128 x) {
  const uint64_t high = static_cast<uint64_t>(x >> 64);
  return high != 0 ? 64 + std::bit_width(high) : std::bit_width(static_cast<uint64_t>(x));
}

// x >> count with the last bit set if a one was shifted out.
constexpr U128 ShiftRightJam(U128 x, int count) {
  if (count <= 0) return x;
  if (count >= 128) return x != 0;
  return (x >> count) | ((x & ((U128{1} << count) - 1)) != 0);
}

template <class F>
constexpr Exact Unpack(F x) {
  constexpr int kMantissaBits = Format<F>::kMantissaBits;
  const BitsOf<F> magnitude = MagnitudeBits(x);
  const int field = static_cast<int>(magnitude >> kMantissaBits);
  const BitsOf<F> fraction = magnitude & ((BitsOf<F>{1} << kMantissaBits) - 1);
  const int lowest = 1 - Format<F>::kBias - kMantissaBits;
  if (field == 0) return {IsNegative(x), lowest, fraction};
  return {IsNegative(x), lowest + field - 1, fraction | (BitsOf<F>{1} << kMantissaBits)};
}

// The nearest F, ties to even. A jammed mantissa must be at least two bits wider than F's precision.
template <class F>
constexpr F Round(Exact value) {
  constexpr int kMantissaBits = Format<F>::kMantissaBits;
  if (value.mantissa == 0) return Zero<F>(value.negative);
  const int top_exponent = value.exponent + BitWidth(value.mantissa) - 1;
  if (top_exponent > Format<F>::kBias) return Infinity<F>(value.negative);
  const int smallest = 1 - Format<F>::kBias;
  const int last_exponent = (top_exponent < smallest ? smallest : top_exponent) - kMantissaBits;
  const int cut = last_exponent - value.exponent;
  uint64_t kept;
  if (cut <= 0) {
    kept = static_cast<uint64_t>(value.mantissa << -cut);
  } else {
    // Two more bits than kept: the half, and whether anything lies below it.
    const U128 guarded = ShiftRightJam(value.mantissa << 1, cut - 1);
    kept = static_cast<uint64_t>(guarded >> 2);
    const unsigned below = static_cast<unsigned>(guarded & 3);
    if (below == 3 || (below == 2 && (kept & 1) != 0)) ++kept;
  }
  // A carry out of the mantissa moves into the exponent field by itself.
  constexpr uint64_t kHidden = uint64_t{1} << kMantissaBits;
  BitsOf<F> bits = static_cast<BitsOf<F>>(kept);
  if (kept >= kHidden) {
    const uint64_t field = static_cast<uint64_t>(last_exponent + kMantissaBits + Format<F>::kBias);
    bits = static_cast<BitsOf<F>>((field << kMantissaBits) + (kept - kHidden));
  }
  return FromBits<F>(bits | (value.negative ? kSignBit<F> : 0));
}

// a + b of exact values, jammed. The sign of an exact zero sum is that of round-to-nearest: + unless both are negative.
constexpr Exact AddExact(Exact a, Exact b) {
  if (a.mantissa == 0 && b.mantissa == 0) return {a.negative && b.negative, 0, 0};
  if (a.mantissa == 0) return b;
  if (b.mantissa == 0) return a;
  for (Exact* x : {&a, &b}) {
    const int shift = 126 - BitWidth(x->mantissa);
    x->mantissa <<= shift;
    x->exponent -= shift;
  }
  Exact& large = a.exponent >= b.exponent ? a : b;
  Exact& small = a.exponent >= b.exponent ? b : a;
  small.mantissa = ShiftRightJam(small.mantissa, large.exponent - small.exponent);
  if (large.negative == small.negative) return {large.negative, large.exponent, large.mantissa + small.mantissa};
  if (large.mantissa == small.mantissa) return {false, 0, 0};
  if (large.mantissa > small.mantissa) return {large.negative, large.exponent, large.mantissa - small.mantissa};
  return {small.negative, large.exponent, small.mantissa - large.mantissa};
}

template <class F>
constexpr F Add(F a, F b) {
  if (IsNan(a)) return Quiet(a);
  if (IsNan(b)) return Quiet(b);
  if (IsInfinite(a) && IsInfinite(b) && IsNegative(a) != IsNegative(b)) return CanonicalNan<F>();
  if (IsInfinite(a)) return a;
  if (IsInfinite(b)) return b;
  return Round<F>(AddExact(Unpack(a), Unpack(b)));
}

template <class F>
constexpr F Negate(F x) {
  return FromBits<F>(ToBits(x) ^ kSignBit<F>);
}

template <class F>
constexpr F Sub(F a, F b) {
  if (IsNan(a)) return Quiet(a);
  if (IsNan(b)) return Quiet(b);
  return Add(a, Negate(b));
}

// a * b + c, rounded once.
template <class F>
constexpr F Fma(F a, F b, F c) {
  if (IsNan(a)) return Quiet(a);
  if (IsNan(b)) return Quiet(b);
  if (IsNan(c)) return Quiet(c);
  const bool negative = IsNegative(a) != IsNegative(b);
  if (IsInfinite(a) || IsInfinite(b)) {
    if (MagnitudeBits(a) == 0 || MagnitudeBits(b) == 0) return CanonicalNan<F>();
    if (IsInfinite(c) && IsNegative(c) != negative) return CanonicalNan<F>();
    return Infinity<F>(negative);
  }
  if (IsInfinite(c)) return c;
  const Exact x = Unpack(a), y = Unpack(b);
  return Round<F>(AddExact({negative, x.exponent + y.exponent, x.mantissa * y.mantissa}, Unpack(c)));
}

template <class F>
constexpr F Mul(F a, F b) {
  if (IsNan(a)) return Quiet(a);
  if (IsNan(b)) return Quiet(b);
  // Adding a zero of the product's sign changes nothing.
  return Fma(a, b, Zero<F>(IsNegative(a) != IsNegative(b)));
}

template <class F>
constexpr F Div(F a, F b) {
  if (IsNan(a)) return Quiet(a);
  if (IsNan(b)) return Quiet(b);
  const bool negative = IsNegative(a) != IsNegative(b);
  if (IsInfinite(a)) return IsInfinite(b) ? CanonicalNan<F>() : Infinity<F>(negative);
  if (IsInfinite(b)) return Zero<F>(negative);
  if (MagnitudeBits(b) == 0) return MagnitudeBits(a) == 0 ? CanonicalNan<F>() : Infinity<F>(negative);
  if (MagnitudeBits(a) == 0) return Zero<F>(negative);
  Exact x = Unpack(a);
  const Exact y = Unpack(b);
  const int shift = 126 - BitWidth(x.mantissa);  // so that the quotient has at least 73 bits
  x.mantissa <<= shift;
  const U128 quotient = x.mantissa / y.mantissa;
  const bool inexact = quotient * y.mantissa != x.mantissa;
  return Round<F>({negative, x.exponent - shift - y.exponent - 1, (quotient << 1) | inexact});
}

template <class F>
constexpr F Sqrt(F a) {
  if (IsNan(a)) return Quiet(a);
  if (MagnitudeBits(a) == 0) return a;
  if (IsNegative(a)) return CanonicalNan<F>();
  if (IsInfinite(a)) return a;
  Exact x = Unpack(a);
  int shift = 125 - BitWidth(x.mantissa);
  if (((x.exponent - shift) & 1) != 0) ++shift;
  x.mantissa <<= shift;
  U128 root = 0;  // digit by digit: 63 bits
  for (int bit = 62; bit >= 0; --bit) {
    const U128 candidate = root | (U128{1} << bit);
    if (candidate * candidate <= x.mantissa) root = candidate;
  }
  const bool inexact = root * root != x.mantissa;
  return Round<F>({false, (x.exponent - shift) / 2 - 1, (root << 1) | inexact});
}

constexpr float Demote(double a) {
  if (IsNan(a)) {
    const uint32_t payload = static_cast<uint32_t>(MagnitudeBits(a) >> 29) & 0x3fffff;
    return FromBits<float>((IsNegative(a) ? kSignBit<float> : 0) | kInfinityBits<float> | kQuietBit<float> | payload);
  }
  if (IsInfinite(a)) return Infinity<float>(IsNegative(a));
  return Round<float>(Unpack(a));
}

constexpr double Promote(float a) {
  if (IsNan(a)) {
    const uint64_t payload = static_cast<uint64_t>(ToBits(a) & 0x3fffff) << 29;
    return FromBits<double>((IsNegative(a) ? kSignBit<double> : 0) | kInfinityBits<double> | kQuietBit<double> |
                            payload);
  }
  if (IsInfinite(a)) return Infinity<double>(IsNegative(a));
  return Round<double>(Unpack(a));
}

}  // namespace gantry::num::soft
