// Semantics of the scalar conversions (spec 4.2.4): wrap, extend, trunc, trunc_sat, convert, demote, promote,
// reinterpret. A function has the name of its row in wasm/opcodes.def.
#pragma once

#include <bit>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "base/numeric_int.h"
#include "base/numeric_soft.h"

namespace gantry::num {

namespace internal {

// Whether trunc(x) is below or above what Int holds, for an x that is no NaN. The upper bounds are powers of two and so
// exact in F; the lower bound is the smallest integer itself, or, where F can tell numbers between it and the next
// integer, that one.
template <class Int, class F>
constexpr bool BelowRange(F x) {
  if constexpr (std::is_unsigned_v<Int>) return x <= F{-1};
  constexpr F kMin = static_cast<F>(std::numeric_limits<Int>::min());
  if constexpr (soft::Format<F>::kMantissaBits > static_cast<int>(sizeof(Int) * 8)) return x <= kMin - 1;
  return x < kMin;
}
template <class Int, class F>
constexpr bool AboveRange(F x) {
  constexpr F kHalf = static_cast<F>(uint64_t{1} << (std::numeric_limits<Int>::digits - 1));
  return x >= kHalf * 2;
}

template <class F>
constexpr bool IsNan(F x) {
  if consteval {
    return soft::IsNan(x);
  } else {
    return x != x;
  }
}

template <class Int, class F>
constexpr Checked<std::make_unsigned_t<Int>> TruncChecked(F x) {
  if (IsNan(x)) [[unlikely]]
    return {0, NumTrap::InvalidConversion};
  if (BelowRange<Int>(x) || AboveRange<Int>(x)) [[unlikely]]
    return {0, NumTrap::IntegerOverflow};
  return {static_cast<std::make_unsigned_t<Int>>(static_cast<Int>(x)), NumTrap::None};
}

template <class Int, class F>
constexpr std::make_unsigned_t<Int> TruncSat(F x) {
  using U = std::make_unsigned_t<Int>;
  if (IsNan(x)) return 0;
  if (BelowRange<Int>(x)) return static_cast<U>(std::numeric_limits<Int>::min());
  if (AboveRange<Int>(x)) return static_cast<U>(std::numeric_limits<Int>::max());
  return static_cast<U>(static_cast<Int>(x));
}

}  // namespace internal

constexpr uint32_t I32WrapI64(uint64_t a) { return static_cast<uint32_t>(a); }
constexpr uint64_t I64ExtendI32S(uint32_t a) {
  return static_cast<uint64_t>(static_cast<int64_t>(static_cast<int32_t>(a)));
}
constexpr uint64_t I64ExtendI32U(uint32_t a) { return a; }

#define GANTRY_TRUNC_FUNCTIONS(I, Unsigned, Signed, F, Float)                                         \
  constexpr Checked<Unsigned> I##Trunc##F##S(Float a) { return internal::TruncChecked<Signed>(a); }   \
  constexpr Checked<Unsigned> I##Trunc##F##U(Float a) { return internal::TruncChecked<Unsigned>(a); } \
  constexpr Unsigned I##TruncSat##F##S(Float a) { return internal::TruncSat<Signed>(a); }             \
  constexpr Unsigned I##TruncSat##F##U(Float a) { return internal::TruncSat<Unsigned>(a); }           \
  constexpr Float F##Convert##I##S(Unsigned a) { return static_cast<Float>(static_cast<Signed>(a)); } \
  constexpr Float F##Convert##I##U(Unsigned a) { return static_cast<Float>(a); }

GANTRY_TRUNC_FUNCTIONS(I32, uint32_t, int32_t, F32, float)
GANTRY_TRUNC_FUNCTIONS(I32, uint32_t, int32_t, F64, double)
GANTRY_TRUNC_FUNCTIONS(I64, uint64_t, int64_t, F32, float)
GANTRY_TRUNC_FUNCTIONS(I64, uint64_t, int64_t, F64, double)
#undef GANTRY_TRUNC_FUNCTIONS

constexpr float F32DemoteF64(double a) {
  if consteval {
    return soft::Demote(a);
  } else {
    return static_cast<float>(a);
  }
}
constexpr double F64PromoteF32(float a) {
  if consteval {
    return soft::Promote(a);
  } else {
    return a;
  }
}

constexpr uint32_t I32ReinterpretF32(float a) { return std::bit_cast<uint32_t>(a); }
constexpr uint64_t I64ReinterpretF64(double a) { return std::bit_cast<uint64_t>(a); }
constexpr float F32ReinterpretI32(uint32_t a) { return std::bit_cast<float>(a); }
constexpr double F64ReinterpretI64(uint64_t a) { return std::bit_cast<double>(a); }

}  // namespace gantry::num
