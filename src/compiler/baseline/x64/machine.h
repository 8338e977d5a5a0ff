// Facts of x86-64 that the baseline compiler's core asks for. Registers: abi/native.h.
#pragma once

#include "abi/native.h"
#include "compiler/asm/x64/assembler.h"
#include "compiler/baseline/value.h"

namespace gantry::baseline {

// A condition on the flags. Comparisons of floats for equality need the parity flag as well, which says that there is a
// NaN.
struct X64Condition {
  enum class Parity : uint8_t { Ignored, MustBeClear, MayBeSet };

  x64::Cond cond;
  Parity parity = Parity::Ignored;

  X64Condition Negated() const {
    constexpr Parity kNegated[] = {Parity::Ignored, Parity::MayBeSet, Parity::MustBeClear};
    return {x64::Negated(cond), kNegated[static_cast<int>(parity)]};
  }
};

struct X64Machine {
  using Label = x64::Label;
  using Condition = X64Condition;

  static constexpr Reg kRax = 0, kRcx = 1, kRdx = 2, kRbx = 3, kRsp = 4, kRbp = 5, kRsi = 6, kRdi = 7, kR8 = 8, kR9 = 9,
                       kR10 = 10, kR11 = 11, kR12 = 12, kR13 = 13, kR14 = 14, kR15 = 15;
  static constexpr Reg kXmm0 = kFirstVector, kXmm15 = kFirstVector + 15;

  // r10, r11 and xmm15 hold nothing from one instruction to the next.
  static constexpr Reg kScratch = kR11, kScratch2 = kR10, kVectorScratch = kXmm15;
  static constexpr RegSet kCalleeSaved = SetOf(kRbx) | SetOf(kR12) | SetOf(kR13);
  static constexpr RegSet kAllocatable = SetOf(kRax) | SetOf(kRcx) | SetOf(kRdx) | SetOf(kRsi) | SetOf(kRdi) |
                                         SetOf(kR8) | SetOf(kR9) | (kVectorRegs & ~SetOf(kXmm15));
  // Not those that divisions, shifts and multiplications want; operands need some, too.
  static constexpr RegSet kPinnable = kCalleeSaved | SetOf(kRsi) | SetOf(kRdi) | SetOf(kR8) | SetOf(kR9) |
                                      (kVectorRegs & ~SetOf(kXmm15) & ~(0xfu << kFirstVector));

  static constexpr Reg ScratchOf(Kind kind) { return IsVector(kind) ? kVectorScratch : kScratch; }
};

}  // namespace gantry::baseline
