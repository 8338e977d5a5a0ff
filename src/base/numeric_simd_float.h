// Semantics of the floating-point SIMD instructions and of the conversions between lanes (spec 4.2.5).
// A function has the name of its row in wasm/opcodes.def. The constant branch of each is the scalar instruction, lane
// by lane.
#pragma once

#include <cstdint>

#include "base/numeric_convert.h"
#include "base/numeric_float.h"
#include "base/numeric_simd.h"
#include "base/v128.h"

namespace gantry::num {

namespace internal {

template <class F>
using BitVector = Vector<soft::BitsOf<F>>;

// Vector forms of the scalar functions of numeric_float.h, branch-free. Same algorithms.
template <class F>
Vector<F> VectorCopySign(Vector<F> x, Vector<F> y) {
  return (Vector<F>)(((BitVector<F>)x & ~soft::kSignBit<F>) | ((BitVector<F>)y & soft::kSignBit<F>));
}

template <class F>
Vector<F> VectorAbs(Vector<F> x) {
  return (Vector<F>)((BitVector<F>)x & ~soft::kSignBit<F>);
}

template <class F>
Vector<F> VectorNearest(Vector<F> x) {
  const Vector<F> magic = VectorCopySign<F>(Vector<F>{} + kAllIntegers<F>, x);
  const Vector<F> rounded = VectorCopySign<F>((x + magic) - magic, x);
  return VectorAbs<F>(x) >= kAllIntegers<F> ? x : rounded;
}

template <class F>
Vector<F> VectorFloor(Vector<F> x) {
  const Vector<F> nearest = VectorNearest<F>(x);
  return nearest > x ? nearest - 1 : nearest;
}

template <class F>
Vector<F> VectorCeil(Vector<F> x) {
  const Vector<F> nearest = VectorNearest<F>(x);
  return VectorCopySign<F>(nearest < x ? nearest + 1 : nearest, x);
}

template <class F>
Vector<F> VectorTrunc(Vector<F> x) {
  return VectorCopySign<F>(VectorFloor<F>(VectorAbs<F>(x)), x);
}

template <class F>
Vector<F> VectorSqrt(Vector<F> x) {
#ifdef GANTRY_HAS_ELEMENTWISE_SQRT
  return __builtin_elementwise_sqrt(x);
#else
  for (int i = 0; i < kLaneCount<F>; ++i) x[i] = Sqrt(static_cast<F>(x[i]));
  return x;
#endif
}

// Two selections that differ where the operands are zeros of both signs; a NaN comes from the addition, which makes it
// quiet.
template <class F>
Vector<F> VectorMin(Vector<F> x, Vector<F> y) {
  const Vector<F> first = x < y ? x : y, second = y < x ? y : x;
  const Vector<F> result = (Vector<F>)((BitVector<F>)first | (BitVector<F>)second);
  return ((x == x) & (y == y)) ? result : x + y;
}
template <class F>
Vector<F> VectorMax(Vector<F> x, Vector<F> y) {
  const Vector<F> first = x > y ? x : y, second = y > x ? y : x;
  const Vector<F> result = (Vector<F>)((BitVector<F>)first & (BitVector<F>)second);
  return ((x == x) & (y == y)) ? result : x + y;
}

// Lanes of signed integers from floats, saturating, NaN to 0. The conversion itself sees only numbers in range.
inline Vector<int32_t> VectorTruncSatS(Vector<float> x) {
  constexpr float kLimit = 2147483648.0f;
  const Vector<int32_t> too_large = x >= kLimit;
  const Vector<int32_t> in_range = (x > -kLimit) & (x < kLimit);  // false for NaN
  const Vector<float> safe = (Vector<float>)((Vector<int32_t>)x & in_range);
  const Vector<int32_t> too_small = x <= -kLimit;
  const Vector<int32_t> limits = (too_large & INT32_MAX) | (too_small & INT32_MIN);
  return __builtin_convertvector(safe, Vector<int32_t>) | limits;
}

inline Vector<uint32_t> VectorTruncSatU(Vector<float> x) {
  constexpr float kHalf = 2147483648.0f, kLimit = 4294967296.0f;
  const Vector<int32_t> in_low = (x > 0.0f) & (x < kHalf), in_high = (x >= kHalf) & (x < kLimit);
  const Vector<float> low = (Vector<float>)((Vector<int32_t>)x & in_low);
  const Vector<float> high = (Vector<float>)((Vector<int32_t>)(x - kHalf) & in_high);
  const Vector<int32_t> result = __builtin_convertvector(low, Vector<int32_t>) |
                                 (__builtin_convertvector(high, Vector<int32_t>) | (in_high & INT32_MIN));
  return (Vector<uint32_t>)(result | (x >= kLimit));
}

// Two lanes of doubles to the low two lanes of 32 bits; zero above.
template <class To, class Convert>
constexpr V128 NarrowToLow(const V128& a, Convert convert) {
  const auto x = ToLanes<double>(a);
  return FromLanes<To>({convert(x[0]), convert(x[1]), To{0}, To{0}});
}
template <class From, class Convert>
constexpr V128 WidenLow(const V128& a, Convert convert) {
  const auto x = ToLanes<From>(a);
  return FromLanes<double>({convert(x[0]), convert(x[1])});
}

}  // namespace internal

#define GANTRY_FLOAT_COMPARE(P, Scalar, F, Name, op)                                               \
  constexpr V128 P##Name(const V128& a, const V128& b) {                                           \
    return internal::MapCompare<F>(                                                                \
        a, b, [](F x, F y) { return Scalar##Name(x, y); }, [](auto x, auto y) { return x op y; }); \
  }
#define GANTRY_FLOAT_UNARY(P, Scalar, F, Name)                                                        \
  constexpr V128 P##Name(const V128& a) {                                                             \
    return internal::Map<F>(                                                                          \
        a, [](F x) { return Scalar##Name(x); }, [](auto x) { return internal::Vector##Name<F>(x); }); \
  }
#define GANTRY_FLOAT_BINARY(P, Scalar, F, Name, expression)                                            \
  constexpr V128 P##Name(const V128& a, const V128& b) {                                               \
    return internal::Map2<F>(                                                                          \
        a, b, [](F x, F y) { return Scalar##Name(x, y); }, [](auto x, auto y) { return expression; }); \
  }
#define GANTRY_FLOAT_SHAPE(P, Scalar, F)                                                                        \
  GANTRY_FLOAT_COMPARE(P, Scalar, F, Eq, ==)                                                                    \
  GANTRY_FLOAT_COMPARE(P, Scalar, F, Ne, !=)                                                                    \
  GANTRY_FLOAT_COMPARE(P, Scalar, F, Lt, <)                                                                     \
  GANTRY_FLOAT_COMPARE(P, Scalar, F, Gt, >)                                                                     \
  GANTRY_FLOAT_COMPARE(P, Scalar, F, Le, <=)                                                                    \
  GANTRY_FLOAT_COMPARE(P, Scalar, F, Ge, >=)                                                                    \
  constexpr V128 P##Abs(const V128& a) {                                                                        \
    return internal::Map<soft::BitsOf<F>>(a, [](auto x) { return x & ~soft::kSignBit<F>; });                    \
  }                                                                                                             \
  constexpr V128 P##Neg(const V128& a) {                                                                        \
    return internal::Map<soft::BitsOf<F>>(a, [](auto x) { return x ^ soft::kSignBit<F>; });                     \
  }                                                                                                             \
  GANTRY_FLOAT_UNARY(P, Scalar, F, Ceil)                                                                        \
  GANTRY_FLOAT_UNARY(P, Scalar, F, Floor)                                                                       \
  GANTRY_FLOAT_UNARY(P, Scalar, F, Trunc)                                                                       \
  GANTRY_FLOAT_UNARY(P, Scalar, F, Nearest)                                                                     \
  GANTRY_FLOAT_UNARY(P, Scalar, F, Sqrt)                                                                        \
  GANTRY_FLOAT_BINARY(P, Scalar, F, Add, x + y)                                                                 \
  GANTRY_FLOAT_BINARY(P, Scalar, F, Sub, x - y)                                                                 \
  GANTRY_FLOAT_BINARY(P, Scalar, F, Mul, x* y)                                                                  \
  GANTRY_FLOAT_BINARY(P, Scalar, F, Div, x / y)                                                                 \
  GANTRY_FLOAT_BINARY(P, Scalar, F, Min, internal::VectorMin<F>(x, y))                                          \
  GANTRY_FLOAT_BINARY(P, Scalar, F, Max, internal::VectorMax<F>(x, y))                                          \
  constexpr V128 P##Pmin(const V128& a, const V128& b) { /* selects, so NaN is taken as it is */                \
    return internal::Map2<F>(                                                                                   \
        a, b, [](F x, F y) { return Scalar##Lt(y, x) ? y : x; }, [](auto x, auto y) { return y < x ? y : x; }); \
  }                                                                                                             \
  constexpr V128 P##Pmax(const V128& a, const V128& b) {                                                        \
    return internal::Map2<F>(                                                                                   \
        a, b, [](F x, F y) { return Scalar##Lt(x, y) ? y : x; }, [](auto x, auto y) { return x < y ? y : x; }); \
  }

GANTRY_FLOAT_SHAPE(F32x4, F32, float)
GANTRY_FLOAT_SHAPE(F64x2, F64, double)
#undef GANTRY_FLOAT_SHAPE
#undef GANTRY_FLOAT_BINARY
#undef GANTRY_FLOAT_UNARY
#undef GANTRY_FLOAT_COMPARE

// Conversions.
constexpr V128 I32x4TruncSatF32x4S(const V128& a) {
  if consteval {
    const auto x = ToLanes<float>(a);
    return FromLanes<uint32_t>(
        {I32TruncSatF32S(x[0]), I32TruncSatF32S(x[1]), I32TruncSatF32S(x[2]), I32TruncSatF32S(x[3])});
  } else {
    return FromVector(internal::VectorTruncSatS(ToVector<float>(a)));
  }
}
constexpr V128 I32x4TruncSatF32x4U(const V128& a) {
  if consteval {
    const auto x = ToLanes<float>(a);
    return FromLanes<uint32_t>(
        {I32TruncSatF32U(x[0]), I32TruncSatF32U(x[1]), I32TruncSatF32U(x[2]), I32TruncSatF32U(x[3])});
  } else {
    return FromVector(internal::VectorTruncSatU(ToVector<float>(a)));
  }
}
constexpr V128 I32x4TruncSatF64x2SZero(const V128& a) { return internal::NarrowToLow<uint32_t>(a, I32TruncSatF64S); }
constexpr V128 I32x4TruncSatF64x2UZero(const V128& a) { return internal::NarrowToLow<uint32_t>(a, I32TruncSatF64U); }
constexpr V128 F32x4DemoteF64x2Zero(const V128& a) { return internal::NarrowToLow<float>(a, F32DemoteF64); }
constexpr V128 F64x2PromoteLowF32x4(const V128& a) { return internal::WidenLow<float>(a, F64PromoteF32); }
constexpr V128 F64x2ConvertLowI32x4S(const V128& a) { return internal::WidenLow<uint32_t>(a, F64ConvertI32S); }
constexpr V128 F64x2ConvertLowI32x4U(const V128& a) { return internal::WidenLow<uint32_t>(a, F64ConvertI32U); }
constexpr V128 F32x4ConvertI32x4S(const V128& a) {
  if consteval {
    const auto x = ToLanes<uint32_t>(a);
    return FromLanes<float>({F32ConvertI32S(x[0]), F32ConvertI32S(x[1]), F32ConvertI32S(x[2]), F32ConvertI32S(x[3])});
  } else {
    return FromVector(__builtin_convertvector(ToVector<int32_t>(a), Vector<float>));
  }
}
constexpr V128 F32x4ConvertI32x4U(const V128& a) {
  if consteval {
    const auto x = ToLanes<uint32_t>(a);
    return FromLanes<float>({F32ConvertI32U(x[0]), F32ConvertI32U(x[1]), F32ConvertI32U(x[2]), F32ConvertI32U(x[3])});
  } else {
    return FromVector(__builtin_convertvector(ToVector<uint32_t>(a), Vector<float>));
  }
}

}  // namespace gantry::num
