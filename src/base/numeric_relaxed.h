// Semantics of the relaxed SIMD instructions. Where the specification lets an implementation choose, this is the choice
// of its deterministic profile, on every machine: the same program gives the same result everywhere, and no choice is
// slow on x86-64.
#pragma once

#include <cstdint>

#include "base/numeric_simd.h"
#include "base/numeric_simd_float.h"
#include "base/numeric_simd_int.h"
#include "base/v128.h"

namespace gantry::num {

constexpr V128 I8x16RelaxedSwizzle(const V128& a, const V128& indices) { return I8x16Swizzle(a, indices); }

constexpr V128 I32x4RelaxedTruncF32x4S(const V128& a) { return I32x4TruncSatF32x4S(a); }
constexpr V128 I32x4RelaxedTruncF32x4U(const V128& a) { return I32x4TruncSatF32x4U(a); }
constexpr V128 I32x4RelaxedTruncF64x2SZero(const V128& a) { return I32x4TruncSatF64x2SZero(a); }
constexpr V128 I32x4RelaxedTruncF64x2UZero(const V128& a) { return I32x4TruncSatF64x2UZero(a); }

// Rounded after the product and after the sum. Two calls, so that no compiler fuses them.
constexpr V128 F32x4RelaxedMadd(const V128& a, const V128& b, const V128& c) { return F32x4Add(F32x4Mul(a, b), c); }
constexpr V128 F32x4RelaxedNmadd(const V128& a, const V128& b, const V128& c) {
  return F32x4RelaxedMadd(F32x4Neg(a), b, c);
}
constexpr V128 F64x2RelaxedMadd(const V128& a, const V128& b, const V128& c) { return F64x2Add(F64x2Mul(a, b), c); }
constexpr V128 F64x2RelaxedNmadd(const V128& a, const V128& b, const V128& c) {
  return F64x2RelaxedMadd(F64x2Neg(a), b, c);
}

constexpr V128 I8x16RelaxedLaneselect(const V128& a, const V128& b, const V128& mask) {
  return V128Bitselect(a, b, mask);
}
constexpr V128 I16x8RelaxedLaneselect(const V128& a, const V128& b, const V128& mask) {
  return V128Bitselect(a, b, mask);
}
constexpr V128 I32x4RelaxedLaneselect(const V128& a, const V128& b, const V128& mask) {
  return V128Bitselect(a, b, mask);
}
constexpr V128 I64x2RelaxedLaneselect(const V128& a, const V128& b, const V128& mask) {
  return V128Bitselect(a, b, mask);
}

constexpr V128 F32x4RelaxedMin(const V128& a, const V128& b) { return F32x4Min(a, b); }
constexpr V128 F32x4RelaxedMax(const V128& a, const V128& b) { return F32x4Max(a, b); }
constexpr V128 F64x2RelaxedMin(const V128& a, const V128& b) { return F64x2Min(a, b); }
constexpr V128 F64x2RelaxedMax(const V128& a, const V128& b) { return F64x2Max(a, b); }

constexpr V128 I16x8RelaxedQ15mulrS(const V128& a, const V128& b) { return I16x8Q15mulrSatS(a, b); }

// Both operands signed; the sum of the two products saturates (only of four times -128).
constexpr V128 I16x8RelaxedDotI8x16I7x16S(const V128& a, const V128& b) {
  const V128 even_a = I16x8ShrS(I16x8Shl(a, 8), 8), even_b = I16x8ShrS(I16x8Shl(b, 8), 8);
  return I16x8AddSatS(I16x8Mul(even_a, even_b), I16x8Mul(I16x8ShrS(a, 8), I16x8ShrS(b, 8)));
}
constexpr V128 I32x4RelaxedDotI8x16I7x16AddS(const V128& a, const V128& b, const V128& c) {
  return I32x4Add(I32x4ExtaddPairwiseI16x8S(I16x8RelaxedDotI8x16I7x16S(a, b)), c);
}

}  // namespace gantry::num
