// Semantics of the integer SIMD instructions (spec 4.2.5): comparisons, arithmetic, saturation, shifts, widening,
// narrowing. A function has the name of its row in wasm/opcodes.def. See numeric_simd.h for the two branches.
#pragma once

#include <cstdint>
#include <limits>

#include "base/numeric_simd.h"
#include "base/v128.h"

namespace gantry::num {

namespace internal {

// The half of the lanes, low or high, that a widening instruction reads, each extended from From to the wider To.
template <class From, class To, int kFirst>
constexpr V128 Extend(const V128& a) {
  static_assert(sizeof(To) == 2 * sizeof(From));
  if consteval {
    const Lanes<From> x = ToLanes<From>(a);
    Lanes<To> result{};
    for (int i = 0; i < kLaneCount<To>; ++i) result[i] = static_cast<To>(x[kFirst + i]);
    return FromLanes<To>(result);
  } else {
    const Vector<From> x = ToVector<From>(a);
    if constexpr (sizeof(From) == 1) {
      const auto half = __builtin_shufflevector(x, x, kFirst, kFirst + 1, kFirst + 2, kFirst + 3, kFirst + 4,
                                                kFirst + 5, kFirst + 6, kFirst + 7);
      return FromVector(__builtin_convertvector(half, Vector<To>));
    } else if constexpr (sizeof(From) == 2) {
      const auto half = __builtin_shufflevector(x, x, kFirst, kFirst + 1, kFirst + 2, kFirst + 3);
      return FromVector(__builtin_convertvector(half, Vector<To>));
    } else {
      const auto half = __builtin_shufflevector(x, x, kFirst, kFirst + 1);
      return FromVector(__builtin_convertvector(half, Vector<To>));
    }
  }
}

// Lanes of signed From clamped to the range of the narrower To; those of `a` come first.
template <class From, class To>
constexpr V128 Narrow(const V128& a, const V128& b) {
  const V128 min = Splat<From>(std::numeric_limits<To>::min()), max = Splat<From>(std::numeric_limits<To>::max());
  const auto clamp = [&](const V128& v) {
    const V128 raised = Map2<From>(v, min, [](auto x, auto y) { return x > y ? x : y; });
    return Map2<From>(raised, max, [](auto x, auto y) { return x < y ? x : y; });
  };
  const V128 first = clamp(a), second = clamp(b);
  if consteval {
    const Lanes<From> x = ToLanes<From>(first), y = ToLanes<From>(second);
    Lanes<To> result{};
    for (int i = 0; i < kLaneCount<From>; ++i) {
      result[i] = static_cast<To>(x[i]);
      result[i + kLaneCount<From>] = static_cast<To>(y[i]);
    }
    return FromLanes<To>(result);
  } else {
    typedef To Half __attribute__((vector_size(8)));
    const Half x = __builtin_convertvector(ToVector<From>(first), Half);
    const Half y = __builtin_convertvector(ToVector<From>(second), Half);
    if constexpr (sizeof(To) == 1) {
      return FromVector(__builtin_shufflevector(x, y, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15));
    } else {
      return FromVector(__builtin_shufflevector(x, y, 0, 1, 2, 3, 4, 5, 6, 7));
    }
  }
}

// Sums of neighbours: Wide lanes, each seen as two narrow ones.
template <class Wide>
constexpr V128 ExtaddPairwise(const V128& a) {
  constexpr int kBits = sizeof(Wide) * 4;
  return Map<Wide>(a, [](auto x) {
    auto low = x;
    if constexpr (std::numeric_limits<Wide>::is_signed) {
      constexpr Wide kSign = Wide{1} << (kBits - 1);
      low = ((x & ((Wide{1} << kBits) - 1)) ^ kSign) - kSign;
    } else {
      low = x & static_cast<Wide>((Wide{1} << kBits) - 1);
    }
    return low + (x >> kBits);
  });
}

template <class U>
constexpr V128 AddSatU(const V128& a, const V128& b) {
  return Map2<U>(
      a, b, [](int x, int y) { return x + y > std::numeric_limits<U>::max() ? std::numeric_limits<U>::max() : x + y; },
      [](auto x, auto y) {
        const auto sum = x + y;
        return sum | reinterpret_cast<decltype(sum)>(sum < x);
      });
}
template <class U>
constexpr V128 SubSatU(const V128& a, const V128& b) {
  return Map2<U>(
      a, b, [](int x, int y) { return x > y ? x - y : 0; },
      [](auto x, auto y) { return (x - y) & reinterpret_cast<decltype(x)>(x > y); });
}

template <class S>
constexpr int ClampTo(int x) {
  constexpr int kMin = std::numeric_limits<S>::min(), kMax = std::numeric_limits<S>::max();
  return x < kMin ? kMin : x > kMax ? kMax : x;
}

// Signed saturation: an overflow is seen in the signs, the limit has the sign of the first operand.
template <class U, class S>
constexpr V128 AddSatS(const V128& a, const V128& b) {
  return Map2<S>(
      a, b, [](int x, int y) { return ClampTo<S>(x + y); },
      [](auto x, auto y) {
#if defined(__has_builtin) && __has_builtin(__builtin_elementwise_add_sat)
        return __builtin_elementwise_add_sat(x, y);
#else
        const auto sum = (Vector<S>)((Vector<U>)x + (Vector<U>)y);
        const auto limit = (x >> (sizeof(S) * 8 - 1)) ^ std::numeric_limits<S>::max();
        return ((x ^ sum) & (y ^ sum)) < 0 ? limit : sum;
#endif
      });
}
template <class U, class S>
constexpr V128 SubSatS(const V128& a, const V128& b) {
  return Map2<S>(
      a, b, [](int x, int y) { return ClampTo<S>(x - y); },
      [](auto x, auto y) {
#if defined(__has_builtin) && __has_builtin(__builtin_elementwise_sub_sat)
        return __builtin_elementwise_sub_sat(x, y);
#else
        const auto difference = (Vector<S>)((Vector<U>)x - (Vector<U>)y);
        const auto limit = (x >> (sizeof(S) * 8 - 1)) ^ std::numeric_limits<S>::max();
        return ((x ^ y) & (x ^ difference)) < 0 ? limit : difference;
#endif
      });
}

// (x + y + 1) / 2 without a wider type.
template <class U>
constexpr V128 AvgrU(const V128& a, const V128& b) {
  return Map2<U>(
      a, b, [](int x, int y) { return (x + y + 1) / 2; }, [](auto x, auto y) { return (x | y) - ((x ^ y) >> 1); });
}

template <class T>
constexpr uint32_t AllTrue(const V128& a) {
  return V128AnyTrue(MapCompare<T>(a, V128{}, [](auto x, auto y) { return x == y; })) ^ 1;
}

// Dot product of signed 16-bit pairs into 32 bits, wrapping.
constexpr V128 DotI16(const V128& a, const V128& b) {
  if consteval {
    const auto x = ToLanes<int16_t>(a), y = ToLanes<int16_t>(b);
    Lanes<uint32_t> result{};
    for (int i = 0; i < 4; ++i) {
      result[i] = static_cast<uint32_t>(x[2 * i] * y[2 * i]) + static_cast<uint32_t>(x[2 * i + 1] * y[2 * i + 1]);
    }
    return FromLanes<uint32_t>(result);
  } else {
    const auto x = ToVector<int16_t>(a), y = ToVector<int16_t>(b);
    const auto even = [](auto v) {
      return __builtin_convertvector(__builtin_shufflevector(v, v, 0, 2, 4, 6), Vector<int32_t>);
    };
    const auto odd = [](auto v) {
      return __builtin_convertvector(__builtin_shufflevector(v, v, 1, 3, 5, 7), Vector<int32_t>);
    };
    // Signed products fit in 32 bits; only their sum may wrap.
    return FromVector((Vector<uint32_t>)(even(x) * even(y)) + (Vector<uint32_t>)(odd(x) * odd(y)));
  }
}

}  // namespace internal

// What all four shapes have. P: prefix of the names, U and S: the lane's unsigned and signed type.
#define GANTRY_INT_SHAPE(P, U, S)                                                \
  constexpr V128 P##Eq(const V128& a, const V128& b) {                           \
    return internal::MapCompare<U>(a, b, [](auto x, auto y) { return x == y; }); \
  }                                                                              \
  constexpr V128 P##Ne(const V128& a, const V128& b) {                           \
    return internal::MapCompare<U>(a, b, [](auto x, auto y) { return x != y; }); \
  }                                                                              \
  constexpr V128 P##LtS(const V128& a, const V128& b) {                          \
    return internal::MapCompare<S>(a, b, [](auto x, auto y) { return x < y; });  \
  }                                                                              \
  constexpr V128 P##GtS(const V128& a, const V128& b) {                          \
    return internal::MapCompare<S>(a, b, [](auto x, auto y) { return x > y; });  \
  }                                                                              \
  constexpr V128 P##LeS(const V128& a, const V128& b) {                          \
    return internal::MapCompare<S>(a, b, [](auto x, auto y) { return x <= y; }); \
  }                                                                              \
  constexpr V128 P##GeS(const V128& a, const V128& b) {                          \
    return internal::MapCompare<S>(a, b, [](auto x, auto y) { return x >= y; }); \
  }                                                                              \
  constexpr V128 P##Abs(const V128& a) { /* the smallest integer stays */        \
    return internal::Map<U>(                                                     \
        a, [](U x) { return static_cast<S>(x) < 0 ? U{0} - x : x; },             \
        [](auto x) { return (Vector<S>)x < 0 ? -x : x; });                       \
  }                                                                              \
  constexpr V128 P##Neg(const V128& a) {                                         \
    return internal::Map<U>(a, [](auto x) { return -x; });                       \
  }                                                                              \
  constexpr V128 P##Add(const V128& a, const V128& b) {                          \
    return internal::Map2<U>(a, b, [](auto x, auto y) { return x + y; });        \
  }                                                                              \
  constexpr V128 P##Sub(const V128& a, const V128& b) {                          \
    return internal::Map2<U>(a, b, [](auto x, auto y) { return x - y; });        \
  }                                                                              \
  constexpr uint32_t P##AllTrue(const V128& a) { return internal::AllTrue<U>(a); }

GANTRY_INT_SHAPE(I8x16, uint8_t, int8_t)
GANTRY_INT_SHAPE(I16x8, uint16_t, int16_t)
GANTRY_INT_SHAPE(I32x4, uint32_t, int32_t)
GANTRY_INT_SHAPE(I64x2, uint64_t, int64_t)
#undef GANTRY_INT_SHAPE

// What 64-bit lanes lack.
#define GANTRY_INT_SHAPE_TO_32(P, U, S)                                           \
  constexpr V128 P##LtU(const V128& a, const V128& b) {                           \
    return internal::MapCompare<U>(a, b, [](auto x, auto y) { return x < y; });   \
  }                                                                               \
  constexpr V128 P##GtU(const V128& a, const V128& b) {                           \
    return internal::MapCompare<U>(a, b, [](auto x, auto y) { return x > y; });   \
  }                                                                               \
  constexpr V128 P##LeU(const V128& a, const V128& b) {                           \
    return internal::MapCompare<U>(a, b, [](auto x, auto y) { return x <= y; });  \
  }                                                                               \
  constexpr V128 P##GeU(const V128& a, const V128& b) {                           \
    return internal::MapCompare<U>(a, b, [](auto x, auto y) { return x >= y; });  \
  }                                                                               \
  constexpr V128 P##MinS(const V128& a, const V128& b) {                          \
    return internal::Map2<S>(a, b, [](auto x, auto y) { return x < y ? x : y; }); \
  }                                                                               \
  constexpr V128 P##MinU(const V128& a, const V128& b) {                          \
    return internal::Map2<U>(a, b, [](auto x, auto y) { return x < y ? x : y; }); \
  }                                                                               \
  constexpr V128 P##MaxS(const V128& a, const V128& b) {                          \
    return internal::Map2<S>(a, b, [](auto x, auto y) { return x > y ? x : y; }); \
  }                                                                               \
  constexpr V128 P##MaxU(const V128& a, const V128& b) {                          \
    return internal::Map2<U>(a, b, [](auto x, auto y) { return x > y ? x : y; }); \
  }

GANTRY_INT_SHAPE_TO_32(I8x16, uint8_t, int8_t)
GANTRY_INT_SHAPE_TO_32(I16x8, uint16_t, int16_t)
GANTRY_INT_SHAPE_TO_32(I32x4, uint32_t, int32_t)
#undef GANTRY_INT_SHAPE_TO_32

// What only 8-bit and 16-bit lanes have.
#define GANTRY_INT_SHAPE_TO_16(P, U, S)                                                             \
  constexpr V128 P##AddSatS(const V128& a, const V128& b) { return internal::AddSatS<U, S>(a, b); } \
  constexpr V128 P##AddSatU(const V128& a, const V128& b) { return internal::AddSatU<U>(a, b); }    \
  constexpr V128 P##SubSatS(const V128& a, const V128& b) { return internal::SubSatS<U, S>(a, b); } \
  constexpr V128 P##SubSatU(const V128& a, const V128& b) { return internal::SubSatU<U>(a, b); }    \
  constexpr V128 P##AvgrU(const V128& a, const V128& b) { return internal::AvgrU<U>(a, b); }

GANTRY_INT_SHAPE_TO_16(I8x16, uint8_t, int8_t)
GANTRY_INT_SHAPE_TO_16(I16x8, uint16_t, int16_t)
#undef GANTRY_INT_SHAPE_TO_16

// Shifts, by the count modulo the lane width.
#define GANTRY_SHIFTS(P, U, S)                                                                                      \
  constexpr V128 P##Shl(const V128& a, uint32_t count) {                                                            \
    const U n = static_cast<U>(count & (sizeof(U) * 8 - 1));                                                        \
    return internal::Map<U>(a, [n](U x) { return static_cast<uint64_t>(x) << n; }, [n](auto x) { return x << n; }); \
  }                                                                                                                 \
  constexpr V128 P##ShrS(const V128& a, uint32_t count) {                                                           \
    const S n = static_cast<S>(count & (sizeof(U) * 8 - 1));                                                        \
    return internal::Map<S>(a, [n](auto x) { return x >> n; });                                                     \
  }                                                                                                                 \
  constexpr V128 P##ShrU(const V128& a, uint32_t count) {                                                           \
    const U n = static_cast<U>(count & (sizeof(U) * 8 - 1));                                                        \
    return internal::Map<U>(a, [n](auto x) { return x >> n; });                                                     \
  }

GANTRY_SHIFTS(I16x8, uint16_t, int16_t)
GANTRY_SHIFTS(I32x4, uint32_t, int32_t)
GANTRY_SHIFTS(I64x2, uint64_t, int64_t)
#undef GANTRY_SHIFTS

// No machine shifts bytes: shift 16-bit lanes and clear what crossed from the neighbour.
constexpr V128 I8x16Shl(const V128& a, uint32_t count) {
  return V128And(I16x8Shl(a, count & 7), I8x16Splat(0xffu << (count & 7)));
}
constexpr V128 I8x16ShrU(const V128& a, uint32_t count) {
  return V128And(I16x8ShrU(a, count & 7), I8x16Splat(0xffu >> (count & 7)));
}
constexpr V128 I8x16ShrS(const V128& a, uint32_t count) {
  const V128 sign = I8x16Splat(0x80u >> (count & 7));
  return I8x16Sub(V128Xor(I8x16ShrU(a, count), sign), sign);  // extends the moved sign bit
}

// Multiplication.
constexpr V128 I16x8Mul(const V128& a, const V128& b) {
  return internal::Map2<uint16_t>(
      a, b, [](uint32_t x, uint32_t y) { return x * y; }, [](auto x, auto y) { return x * y; });
}
constexpr V128 I32x4Mul(const V128& a, const V128& b) {
  return internal::Map2<uint32_t>(a, b, [](auto x, auto y) { return x * y; });
}
constexpr V128 I64x2Mul(const V128& a, const V128& b) {
  return internal::Map2<uint64_t>(a, b, [](auto x, auto y) { return x * y; });
}
constexpr V128 I32x4DotI16x8S(const V128& a, const V128& b) { return internal::DotI16(a, b); }
#define GANTRY_WIDENING(WideShape, NarrowShape, WideS, WideU, NarrowS, NarrowU)                                \
  constexpr V128 WideShape##ExtendLow##NarrowShape##S(const V128& a) {                                         \
    return internal::Extend<NarrowS, WideS, 0>(a);                                                             \
  }                                                                                                            \
  constexpr V128 WideShape##ExtendLow##NarrowShape##U(const V128& a) {                                         \
    return internal::Extend<NarrowU, WideU, 0>(a);                                                             \
  }                                                                                                            \
  constexpr V128 WideShape##ExtendHigh##NarrowShape##S(const V128& a) {                                        \
    return internal::Extend<NarrowS, WideS, kLaneCount<WideS>>(a);                                             \
  }                                                                                                            \
  constexpr V128 WideShape##ExtendHigh##NarrowShape##U(const V128& a) {                                        \
    return internal::Extend<NarrowU, WideU, kLaneCount<WideU>>(a);                                             \
  }                                                                                                            \
  constexpr V128 WideShape##ExtmulLow##NarrowShape##S(const V128& a, const V128& b) {                          \
    return WideShape##Mul(WideShape##ExtendLow##NarrowShape##S(a), WideShape##ExtendLow##NarrowShape##S(b));   \
  }                                                                                                            \
  constexpr V128 WideShape##ExtmulLow##NarrowShape##U(const V128& a, const V128& b) {                          \
    return WideShape##Mul(WideShape##ExtendLow##NarrowShape##U(a), WideShape##ExtendLow##NarrowShape##U(b));   \
  }                                                                                                            \
  constexpr V128 WideShape##ExtmulHigh##NarrowShape##S(const V128& a, const V128& b) {                         \
    return WideShape##Mul(WideShape##ExtendHigh##NarrowShape##S(a), WideShape##ExtendHigh##NarrowShape##S(b)); \
  }                                                                                                            \
  constexpr V128 WideShape##ExtmulHigh##NarrowShape##U(const V128& a, const V128& b) {                         \
    return WideShape##Mul(WideShape##ExtendHigh##NarrowShape##U(a), WideShape##ExtendHigh##NarrowShape##U(b)); \
  }

GANTRY_WIDENING(I16x8, I8x16, int16_t, uint16_t, int8_t, uint8_t)
GANTRY_WIDENING(I32x4, I16x8, int32_t, uint32_t, int16_t, uint16_t)
GANTRY_WIDENING(I64x2, I32x4, int64_t, uint64_t, int32_t, uint32_t)
#undef GANTRY_WIDENING

constexpr V128 I16x8ExtaddPairwiseI8x16S(const V128& a) { return internal::ExtaddPairwise<int16_t>(a); }
constexpr V128 I16x8ExtaddPairwiseI8x16U(const V128& a) { return internal::ExtaddPairwise<uint16_t>(a); }
constexpr V128 I32x4ExtaddPairwiseI16x8S(const V128& a) { return internal::ExtaddPairwise<int32_t>(a); }
constexpr V128 I32x4ExtaddPairwiseI16x8U(const V128& a) { return internal::ExtaddPairwise<uint32_t>(a); }

constexpr V128 I8x16NarrowI16x8S(const V128& a, const V128& b) { return internal::Narrow<int16_t, int8_t>(a, b); }
constexpr V128 I8x16NarrowI16x8U(const V128& a, const V128& b) { return internal::Narrow<int16_t, uint8_t>(a, b); }
constexpr V128 I16x8NarrowI32x4S(const V128& a, const V128& b) { return internal::Narrow<int32_t, int16_t>(a, b); }
constexpr V128 I16x8NarrowI32x4U(const V128& a, const V128& b) { return internal::Narrow<int32_t, uint16_t>(a, b); }

// Products of fixed-point numbers with 15 fraction bits, rounded; narrowing saturates the one that does not fit.
constexpr V128 I16x8Q15mulrSatS(const V128& a, const V128& b) {
  const V128 half = I32x4Splat(0x4000);
  return I16x8NarrowI32x4S(I32x4ShrS(I32x4Add(I32x4ExtmulLowI16x8S(a, b), half), 15),
                           I32x4ShrS(I32x4Add(I32x4ExtmulHighI16x8S(a, b), half), 15));
}

// Bits counted in parallel: pairs, nibbles, bytes.
constexpr V128 I8x16Popcnt(const V128& a) {
  return internal::Map<uint64_t>(a, [](auto x) {
    constexpr uint64_t kPairs = 0x5555555555555555, kNibbles = 0x3333333333333333, kBytes = 0x0f0f0f0f0f0f0f0f;
    x = x - ((x >> 1) & kPairs);
    x = (x & kNibbles) + ((x >> 2) & kNibbles);
    return (x + (x >> 4)) & kBytes;
  });
}

// The sign bits, lane 0 first. The multiplications move the bits of eight bytes (or four words) into the top of the
// product, each to a place of its own, so that nothing carries.
constexpr uint32_t I8x16Bitmask(const V128& a) {
  const auto halves = ToLanes<uint64_t>(a);
  constexpr uint64_t kSigns = 0x8080808080808080, kGather = 0x0002040810204081;
  const uint64_t low = (halves[0] & kSigns) * kGather >> 56, high = (halves[1] & kSigns) * kGather >> 56;
  return static_cast<uint32_t>(low | high << 8);
}
constexpr uint32_t I16x8Bitmask(const V128& a) {
  const auto halves = ToLanes<uint64_t>(a);
  constexpr uint64_t kLowest = 0x0001000100010001, kGather = 0x1000200040008000;
  const uint64_t low = (halves[0] >> 15 & kLowest) * kGather >> 60, high = (halves[1] >> 15 & kLowest) * kGather >> 60;
  return static_cast<uint32_t>(low | high << 4);
}
constexpr uint32_t I32x4Bitmask(const V128& a) {
  const auto x = ToLanes<uint32_t>(a);
  return x[0] >> 31 | x[1] >> 31 << 1 | x[2] >> 31 << 2 | x[3] >> 31 << 3;
}
constexpr uint32_t I64x2Bitmask(const V128& a) {
  const auto x = ToLanes<uint64_t>(a);
  return static_cast<uint32_t>(x[0] >> 63 | x[1] >> 63 << 1);
}

}  // namespace gantry::num
