// Semantics of SIMD instructions that are not tied to arithmetic (spec 4.2.5): the lane maps that the other SIMD files
// are made of, splat, extract and replace lane, shuffles, bitwise logic.
//
// Every map has two branches of one meaning: constant evaluation goes lane by lane over arrays, run-time code works on
// compiler vectors, which become a few vector instructions also on plain SSE2. Mostly one generic lambda serves both,
// since vector operators mean "lane by lane". Tested by numeric_simd_test.cc against naive lane loops.
#pragma once

#include <array>
#include <cstdint>

#include "base/v128.h"

namespace gantry::num {

namespace internal {

// result[i] = lane_op(a[i]); `vector_op` does the same for all lanes at once.
template <class T, class LaneOp, class VectorOp>
constexpr V128 Map(const V128& a, LaneOp lane_op, VectorOp vector_op) {
  if consteval {
    Lanes<T> x = ToLanes<T>(a);
    for (T& lane : x) lane = static_cast<T>(lane_op(lane));
    return FromLanes<T>(x);
  } else {
    return FromVector(vector_op(ToVector<T>(a)));
  }
}
template <class T, class Op>
constexpr V128 Map(const V128& a, Op op) {
  return Map<T>(a, op, op);
}

template <class T, class LaneOp, class VectorOp>
constexpr V128 Map2(const V128& a, const V128& b, LaneOp lane_op, VectorOp vector_op) {
  if consteval {
    Lanes<T> x = ToLanes<T>(a);
    const Lanes<T> y = ToLanes<T>(b);
    for (int i = 0; i < kLaneCount<T>; ++i) x[i] = static_cast<T>(lane_op(x[i], y[i]));
    return FromLanes<T>(x);
  } else {
    return FromVector(vector_op(ToVector<T>(a), ToVector<T>(b)));
  }
}
template <class T, class Op>
constexpr V128 Map2(const V128& a, const V128& b, Op op) {
  return Map2<T>(a, b, op, op);
}

// result[i] = lane_op(a[i]) for a function of scalars only, in both branches.
template <class T, class LaneOp>
constexpr V128 MapLanes(const V128& a, LaneOp lane_op) {
  Lanes<T> x = ToLanes<T>(a);
  for (T& lane : x) lane = static_cast<T>(lane_op(lane));
  return FromLanes<T>(x);
}
template <class T, class LaneOp>
constexpr V128 MapLanes2(const V128& a, const V128& b, LaneOp lane_op) {
  Lanes<T> x = ToLanes<T>(a);
  const Lanes<T> y = ToLanes<T>(b);
  for (int i = 0; i < kLaneCount<T>; ++i) x[i] = static_cast<T>(lane_op(x[i], y[i]));
  return FromLanes<T>(x);
}

// Lanes of all ones where the comparison holds.
template <class T, class LaneCompare, class VectorCompare>
constexpr V128 MapCompare(const V128& a, const V128& b, LaneCompare lane_compare, VectorCompare vector_compare) {
  if consteval {
    const Lanes<T> x = ToLanes<T>(a), y = ToLanes<T>(b);
    Lanes<uint8_t> mask{};
    for (int i = 0; i < 16; ++i) mask[i] = lane_compare(x[i / sizeof(T)], y[i / sizeof(T)]) ? 0xff : 0;
    return FromLanes<uint8_t>(mask);
  } else {
    return FromVector(vector_compare(ToVector<T>(a), ToVector<T>(b)));
  }
}
template <class T, class Compare>
constexpr V128 MapCompare(const V128& a, const V128& b, Compare compare) {
  return MapCompare<T>(a, b, compare, compare);
}

template <class T>
constexpr V128 Splat(T value) {
  Lanes<T> lanes{};
  for (T& lane : lanes) lane = value;
  return FromLanes<T>(lanes);
}

}  // namespace internal

// Splat, extract, replace. Lane numbers come from validated code; they are taken modulo the lane count.
constexpr V128 I8x16Splat(uint32_t a) { return internal::Splat(static_cast<uint8_t>(a)); }
constexpr V128 I16x8Splat(uint32_t a) { return internal::Splat(static_cast<uint16_t>(a)); }
constexpr V128 I32x4Splat(uint32_t a) { return internal::Splat(a); }
constexpr V128 I64x2Splat(uint64_t a) { return internal::Splat(a); }
constexpr V128 F32x4Splat(float a) { return internal::Splat(a); }
constexpr V128 F64x2Splat(double a) { return internal::Splat(a); }

constexpr uint32_t I8x16ExtractLaneS(const V128& a, uint8_t lane) {
  return static_cast<uint32_t>(Lane<int8_t>(a, lane));
}
constexpr uint32_t I8x16ExtractLaneU(const V128& a, uint8_t lane) { return Lane<uint8_t>(a, lane); }
constexpr uint32_t I16x8ExtractLaneS(const V128& a, uint8_t lane) {
  return static_cast<uint32_t>(Lane<int16_t>(a, lane));
}
constexpr uint32_t I16x8ExtractLaneU(const V128& a, uint8_t lane) { return Lane<uint16_t>(a, lane); }
constexpr uint32_t I32x4ExtractLane(const V128& a, uint8_t lane) { return Lane<uint32_t>(a, lane); }
constexpr uint64_t I64x2ExtractLane(const V128& a, uint8_t lane) { return Lane<uint64_t>(a, lane); }
constexpr float F32x4ExtractLane(const V128& a, uint8_t lane) { return Lane<float>(a, lane); }
constexpr double F64x2ExtractLane(const V128& a, uint8_t lane) { return Lane<double>(a, lane); }

constexpr V128 I8x16ReplaceLane(const V128& a, uint32_t b, uint8_t lane) {
  return WithLane(a, lane, static_cast<uint8_t>(b));
}
constexpr V128 I16x8ReplaceLane(const V128& a, uint32_t b, uint8_t lane) {
  return WithLane(a, lane, static_cast<uint16_t>(b));
}
constexpr V128 I32x4ReplaceLane(const V128& a, uint32_t b, uint8_t lane) { return WithLane(a, lane, b); }
constexpr V128 I64x2ReplaceLane(const V128& a, uint64_t b, uint8_t lane) { return WithLane(a, lane, b); }
constexpr V128 F32x4ReplaceLane(const V128& a, float b, uint8_t lane) { return WithLane(a, lane, b); }
constexpr V128 F64x2ReplaceLane(const V128& a, double b, uint8_t lane) { return WithLane(a, lane, b); }

// `lanes` are the 16 lane numbers of the immediate, each below 32: 0 to 15 select from `a`, 16 to 31 from `b`.
constexpr V128 I8x16Shuffle(const V128& a, const V128& b, const std::array<uint8_t, 16>& lanes) {
  const auto both = std::bit_cast<std::array<uint8_t, 32>>(std::array<V128, 2>{a, b});
  Lanes<uint8_t> result{};
  for (int i = 0; i < 16; ++i) result[i] = both[lanes[i] & 31];
  return FromLanes<uint8_t>(result);
}

// Indices of 16 and more select 0.
constexpr V128 I8x16Swizzle(const V128& a, const V128& indices) {
  const auto source = ToLanes<uint8_t>(a), index = ToLanes<uint8_t>(indices);
  Lanes<uint8_t> result{};
  for (int i = 0; i < 16; ++i) result[i] = source[index[i] & 15];
  // Clear in one step what was out of range: 16 lane comparisons cost one instruction.
  return internal::Map2<uint8_t>(FromLanes<uint8_t>(result), indices,
                                 [](auto value, auto at) { return at < 16 ? value : value ^ value; });
}

// Bitwise logic.
constexpr V128 V128Not(const V128& a) {
  return internal::Map<uint64_t>(a, [](auto x) { return ~x; });
}
constexpr V128 V128And(const V128& a, const V128& b) {
  return internal::Map2<uint64_t>(a, b, [](auto x, auto y) { return x & y; });
}
constexpr V128 V128Andnot(const V128& a, const V128& b) {
  return internal::Map2<uint64_t>(a, b, [](auto x, auto y) { return x & ~y; });
}
constexpr V128 V128Or(const V128& a, const V128& b) {
  return internal::Map2<uint64_t>(a, b, [](auto x, auto y) { return x | y; });
}
constexpr V128 V128Xor(const V128& a, const V128& b) {
  return internal::Map2<uint64_t>(a, b, [](auto x, auto y) { return x ^ y; });
}
// Bits of `a` where `mask` is one, of `b` where it is zero.
constexpr V128 V128Bitselect(const V128& a, const V128& b, const V128& mask) {
  return V128Or(V128And(a, mask), V128Andnot(b, mask));
}
constexpr uint32_t V128AnyTrue(const V128& a) {
  const auto halves = ToLanes<uint64_t>(a);
  return (halves[0] | halves[1]) != 0;
}

}  // namespace gantry::num
