// Semantics of the scalar integer instructions (spec 4.2.2): tests, comparisons, arithmetic, bits, wide arithmetic.
// A function has the name of its row in wasm/opcodes.def. i32 is uint32_t and i64 uint64_t; signed meanings are casts
// inside.
#pragma once

#include <bit>
#include <cstdint>
#include <type_traits>

namespace gantry::num {

enum class NumTrap : uint8_t { None, DivideByZero, IntegerOverflow, InvalidConversion };

// The result of an instruction that may trap; `value` is 0 if it does.
template <class T>
struct Checked {
  T value;
  NumTrap trap;
};

// The result of a wide-arithmetic instruction.
struct Wide {
  uint64_t low, high;
};

namespace internal {

template <class U>
using SignedOf = std::conditional_t<sizeof(U) == 4, int32_t, int64_t>;

template <class U>
constexpr Checked<U> DivS(U a, U b) {
  using S = SignedOf<U>;
  constexpr U kMin = U{1} << (sizeof(U) * 8 - 1);
  if (b == 0) [[unlikely]]
    return {0, NumTrap::DivideByZero};
  if (a == kMin && b == ~U{0}) [[unlikely]]
    return {0, NumTrap::IntegerOverflow};
  return {static_cast<U>(static_cast<S>(a) / static_cast<S>(b)), NumTrap::None};
}

template <class U>
constexpr Checked<U> DivU(U a, U b) {
  if (b == 0) [[unlikely]]
    return {0, NumTrap::DivideByZero};
  return {a / b, NumTrap::None};
}

template <class U>
constexpr Checked<U> RemS(U a, U b) {
  using S = SignedOf<U>;
  if (b == 0) [[unlikely]]
    return {0, NumTrap::DivideByZero};
  if (b == ~U{0}) [[unlikely]]
    return {0, NumTrap::None};  // the quotient of the smallest integer would overflow
  return {static_cast<U>(static_cast<S>(a) % static_cast<S>(b)), NumTrap::None};
}

template <class U>
constexpr Checked<U> RemU(U a, U b) {
  if (b == 0) [[unlikely]]
    return {0, NumTrap::DivideByZero};
  return {a % b, NumTrap::None};
}

template <class Narrow, class U>
constexpr U SignExtend(U a) {
  return static_cast<U>(static_cast<SignedOf<U>>(static_cast<Narrow>(a)));
}

constexpr unsigned __int128 Join(uint64_t low, uint64_t high) {
  return static_cast<unsigned __int128>(high) << 64 | low;
}

constexpr Wide Split(unsigned __int128 x) { return {static_cast<uint64_t>(x), static_cast<uint64_t>(x >> 64)}; }

}  // namespace internal

// The functions of one integer type: P the prefix of the names, U its unsigned and S its signed C++ type.
#define GANTRY_INT_FUNCTIONS(P, U, S)                                                                      \
  constexpr uint32_t P##Eqz(U a) { return a == 0; }                                                        \
  constexpr uint32_t P##Eq(U a, U b) { return a == b; }                                                    \
  constexpr uint32_t P##Ne(U a, U b) { return a != b; }                                                    \
  constexpr uint32_t P##LtS(U a, U b) { return static_cast<S>(a) < static_cast<S>(b); }                    \
  constexpr uint32_t P##LtU(U a, U b) { return a < b; }                                                    \
  constexpr uint32_t P##GtS(U a, U b) { return static_cast<S>(a) > static_cast<S>(b); }                    \
  constexpr uint32_t P##GtU(U a, U b) { return a > b; }                                                    \
  constexpr uint32_t P##LeS(U a, U b) { return static_cast<S>(a) <= static_cast<S>(b); }                   \
  constexpr uint32_t P##LeU(U a, U b) { return a <= b; }                                                   \
  constexpr uint32_t P##GeS(U a, U b) { return static_cast<S>(a) >= static_cast<S>(b); }                   \
  constexpr uint32_t P##GeU(U a, U b) { return a >= b; }                                                   \
  constexpr U P##Clz(U a) { return static_cast<U>(std::countl_zero(a)); }                                  \
  constexpr U P##Ctz(U a) { return static_cast<U>(std::countr_zero(a)); }                                  \
  constexpr U P##Popcnt(U a) { return static_cast<U>(std::popcount(a)); }                                  \
  constexpr U P##Add(U a, U b) { return a + b; }                                                           \
  constexpr U P##Sub(U a, U b) { return a - b; }                                                           \
  constexpr U P##Mul(U a, U b) { return a * b; }                                                           \
  constexpr Checked<U> P##DivS(U a, U b) { return internal::DivS<U>(a, b); }                               \
  constexpr Checked<U> P##DivU(U a, U b) { return internal::DivU<U>(a, b); }                               \
  constexpr Checked<U> P##RemS(U a, U b) { return internal::RemS<U>(a, b); }                               \
  constexpr Checked<U> P##RemU(U a, U b) { return internal::RemU<U>(a, b); }                               \
  constexpr U P##And(U a, U b) { return a & b; }                                                           \
  constexpr U P##Or(U a, U b) { return a | b; }                                                            \
  constexpr U P##Xor(U a, U b) { return a ^ b; }                                                           \
  constexpr U P##Shl(U a, U b) { return a << (b & (sizeof(U) * 8 - 1)); }                                  \
  constexpr U P##ShrS(U a, U b) { return static_cast<U>(static_cast<S>(a) >> (b & (sizeof(U) * 8 - 1))); } \
  constexpr U P##ShrU(U a, U b) { return a >> (b & (sizeof(U) * 8 - 1)); }                                 \
  constexpr U P##Rotl(U a, U b) { return std::rotl(a, static_cast<int>(b & (sizeof(U) * 8 - 1))); }        \
  constexpr U P##Rotr(U a, U b) { return std::rotr(a, static_cast<int>(b & (sizeof(U) * 8 - 1))); }        \
  constexpr U P##Extend8S(U a) { return internal::SignExtend<int8_t>(a); }                                 \
  constexpr U P##Extend16S(U a) { return internal::SignExtend<int16_t>(a); }

GANTRY_INT_FUNCTIONS(I32, uint32_t, int32_t)
GANTRY_INT_FUNCTIONS(I64, uint64_t, int64_t)
#undef GANTRY_INT_FUNCTIONS

constexpr uint64_t I64Extend32S(uint64_t a) { return internal::SignExtend<int32_t>(a); }

// Wide arithmetic (proposal wide-arithmetic): 128-bit operands as two halves, low first.
constexpr Wide I64Add128(uint64_t a_low, uint64_t a_high, uint64_t b_low, uint64_t b_high) {
  return internal::Split(internal::Join(a_low, a_high) + internal::Join(b_low, b_high));
}
constexpr Wide I64Sub128(uint64_t a_low, uint64_t a_high, uint64_t b_low, uint64_t b_high) {
  return internal::Split(internal::Join(a_low, a_high) - internal::Join(b_low, b_high));
}
constexpr Wide I64MulWideS(uint64_t a, uint64_t b) {
  const __int128 product = static_cast<__int128>(static_cast<int64_t>(a)) * static_cast<int64_t>(b);
  return internal::Split(static_cast<unsigned __int128>(product));
}
constexpr Wide I64MulWideU(uint64_t a, uint64_t b) { return internal::Split(static_cast<unsigned __int128>(a) * b); }

}  // namespace gantry::num
