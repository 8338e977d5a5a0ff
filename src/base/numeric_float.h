// Semantics of the scalar floating-point instructions (spec 4.2.3): comparisons, arithmetic, rounding.
// A function has the name of its row in wasm/opcodes.def.
//
// Run-time code relies on IEEE hardware in round-to-nearest-even and on a compiler that neither reassociates nor
// contracts; a result that is NaN is quiet because the hardware makes it so. Where compilers refuse to evaluate at
// compile time, the constant branch takes numeric_soft.h. Tested by numeric_float_test.cc: both branches agree on edge
// values.
#pragma once

#include <cstdint>

#include "base/numeric_soft.h"

// Whether the compiler has its type-generic vector functions, which unlike the C library's never set errno.
#if defined(__has_builtin)
#if __has_builtin(__builtin_elementwise_sqrt)
#define GANTRY_HAS_ELEMENTWISE_SQRT 1
#endif
#endif

namespace gantry::num {

namespace internal {

// x with the sign of y.
template <class F>
constexpr F CopySign(F x, F y) {
  return soft::FromBits<F>(soft::MagnitudeBits(x) | (soft::ToBits(y) & soft::kSignBit<F>));
}

template <class F>
constexpr F Abs(F x) {
  return soft::FromBits<F>(soft::MagnitudeBits(x));
}

// 2^23 or 2^52: from here on every F is an integer. Adding and subtracting it rounds a smaller number to an integer.
template <class F>
inline constexpr F kAllIntegers = static_cast<F>(uint64_t{1} << soft::Format<F>::kMantissaBits);

template <class F>
constexpr F Nearest(F x) {
  if consteval {
    if (soft::IsNan(x)) return soft::Quiet(x);
  }
  if (Abs(x) >= kAllIntegers<F>) return x;
  const F magic = CopySign(kAllIntegers<F>, x);
  return CopySign((x + magic) - magic, x);  // the sign of a zero result is x's
}

template <class F>
constexpr F Floor(F x) {
  const F nearest = Nearest(x);
  if consteval {
    if (soft::IsNan(x)) return nearest;
  }
  return nearest > x ? nearest - 1 : nearest;
}

template <class F>
constexpr F Ceil(F x) {
  const F nearest = Nearest(x);
  if consteval {
    if (soft::IsNan(x)) return nearest;
  }
  return nearest < x ? CopySign(nearest + 1, x) : nearest;  // -0.5 gives -0
}

template <class F>
constexpr F Trunc(F x) {
  return CopySign(Floor(Abs(x)), x);
}

template <class F>
constexpr F Sqrt(F x) {
  if consteval {
    return soft::Sqrt(x);
  } else {
#ifdef GANTRY_HAS_ELEMENTWISE_SQRT
    return __builtin_elementwise_sqrt(x);
#else
    if constexpr (sizeof(F) == 4) {
      return __builtin_sqrtf(x);
    } else {
      return __builtin_sqrt(x);
    }
#endif
  }
}

template <class F>
constexpr F Min(F a, F b) {
  if consteval {
    if (soft::IsNan(a) || soft::IsNan(b)) return soft::Add(a, b);
  } else {
    if (a != a || b != b) [[unlikely]]
      return a + b;
  }
  if (a == b) return soft::FromBits<F>(soft::ToBits(a) | soft::ToBits(b));  // -0 < +0
  return a < b ? a : b;
}

template <class F>
constexpr F Max(F a, F b) {
  if consteval {
    if (soft::IsNan(a) || soft::IsNan(b)) return soft::Add(a, b);
  } else {
    if (a != a || b != b) [[unlikely]]
      return a + b;
  }
  if (a == b) return soft::FromBits<F>(soft::ToBits(a) & soft::ToBits(b));
  return a > b ? a : b;
}

// Compile-time comparisons with NaN, which g++ does not fold: all false.
template <class F>
constexpr bool Ordered(F a, F b) {
  if consteval {
    return !soft::IsNan(a) && !soft::IsNan(b);
  } else {
    return true;  // the comparison itself knows
  }
}

template <class F>
constexpr F Add(F a, F b) {
  if consteval {
    return soft::Add(a, b);
  } else {
    return a + b;
  }
}
template <class F>
constexpr F Sub(F a, F b) {
  if consteval {
    return soft::Sub(a, b);
  } else {
    return a - b;
  }
}
template <class F>
constexpr F Mul(F a, F b) {
  if consteval {
    return soft::Mul(a, b);
  } else {
    return a * b;
  }
}
template <class F>
__attribute__((no_sanitize("float-divide-by-zero"))) constexpr F Div(F a, F b) {
  if consteval {
    return soft::Div(a, b);
  } else {
    return a / b;
  }
}

}  // namespace internal

#define GANTRY_FLOAT_FUNCTIONS(P, F)                                                \
  constexpr uint32_t P##Eq(F a, F b) { return internal::Ordered(a, b) && a == b; }  \
  constexpr uint32_t P##Ne(F a, F b) { return !internal::Ordered(a, b) || a != b; } \
  constexpr uint32_t P##Lt(F a, F b) { return internal::Ordered(a, b) && a < b; }   \
  constexpr uint32_t P##Gt(F a, F b) { return internal::Ordered(a, b) && a > b; }   \
  constexpr uint32_t P##Le(F a, F b) { return internal::Ordered(a, b) && a <= b; }  \
  constexpr uint32_t P##Ge(F a, F b) { return internal::Ordered(a, b) && a >= b; }  \
  constexpr F P##Abs(F a) { return internal::Abs(a); }                              \
  constexpr F P##Neg(F a) { return soft::Negate(a); }                               \
  constexpr F P##Ceil(F a) { return internal::Ceil(a); }                            \
  constexpr F P##Floor(F a) { return internal::Floor(a); }                          \
  constexpr F P##Trunc(F a) { return internal::Trunc(a); }                          \
  constexpr F P##Nearest(F a) { return internal::Nearest(a); }                      \
  constexpr F P##Sqrt(F a) { return internal::Sqrt(a); }                            \
  constexpr F P##Add(F a, F b) { return internal::Add(a, b); }                      \
  constexpr F P##Sub(F a, F b) { return internal::Sub(a, b); }                      \
  constexpr F P##Mul(F a, F b) { return internal::Mul(a, b); }                      \
  constexpr F P##Div(F a, F b) { return internal::Div(a, b); }                      \
  constexpr F P##Min(F a, F b) { return internal::Min(a, b); }                      \
  constexpr F P##Max(F a, F b) { return internal::Max(a, b); }                      \
  constexpr F P##Copysign(F a, F b) { return internal::CopySign(a, b); }

GANTRY_FLOAT_FUNCTIONS(F32, float)
GANTRY_FLOAT_FUNCTIONS(F64, double)
#undef GANTRY_FLOAT_FUNCTIONS

}  // namespace gantry::num
