// X64Compiler: division and remainder of i32 and i64.
//
// A divisor that is constant is not divided by: its reciprocal, as an integer of enough bits, is multiplied with, and
// what is left over is shifted out. Sources: Granlund and Montgomery, "Division by Invariant Integers using
// Multiplication", PLDI 1994, figures 4.2 and 5.2; Warren, "Hacker's Delight", chapter 10.
#include "compiler/baseline/x64/compiler.h"
#include "compiler/baseline/x64/int_row.h"

namespace gantry::baseline {

using abi::TrapCode;
using x64::Cond;
using x64::Gpr;
using x64::Inst;
using x64::Label;

namespace {

using Wide = unsigned __int128;

// n / d = high(n * multiplier) >> shift, for unsigned n of `bits` bits; with `adds`, the multiplier has one bit more,
// at the top.
struct UnsignedReciprocal {
  uint64_t multiplier;
  int shift;
  bool adds;
};

UnsignedReciprocal ReciprocalOf(uint64_t d, int bits) {
  const int log = 64 - std::countl_zero(d - 1);  // the least power of two that is not below d
  for (int shift = 0; shift < log; ++shift) {
    const Wide power = Wide{1} << (bits + shift);
    const Wide multiplier = (power + d - 1) / d;
    if (multiplier >> bits == 0 && multiplier * d - power <= Wide{1} << shift) {
      return {static_cast<uint64_t>(multiplier), shift, false};
    }
  }
  const Wide rest = (Wide{1} << bits) * ((Wide{1} << log) - d);
  return {static_cast<uint64_t>(rest / d + 1), log - 1, true};
}

// n / d = (high(n * multiplier) [+ n]) >> shift, plus one if that is negative; n is added if the multiplier is
// negative. For d > 1.
struct SignedReciprocal {
  int64_t multiplier;
  int shift;
};

SignedReciprocal SignedReciprocalOf(uint64_t d, int bits) {
  // The least power that is exact enough for all |n| < 2^(bits - 1).
  const Wide half = Wide{1} << (bits - 1);
  const Wide largest = half - half % d - 1;  // the largest n with remainder d - 1
  int power = bits;
  while ((Wide{1} << power) <= largest * (d - (Wide{1} << power) % d)) ++power;
  const Wide multiplier = ((Wide{1} << power) + d - (Wide{1} << power) % d) / d;
  const uint64_t low = static_cast<uint64_t>(multiplier);
  return {bits == 64 ? static_cast<int64_t>(low) : static_cast<int32_t>(low), power - bits};
}

}  // namespace

void X64Compiler::Divide(const IntRow& row) {
  const bool wide = row.wide, is_signed = row.shape == IntShape::DivS || row.shape == IntShape::RemS;
  const bool is_rem = row.shape == IntShape::RemS || row.shape == IntShape::RemU;
  const Kind kind = wide ? Kind::I64 : Kind::I32;
  const Operand b = Pop(), a = Pop();
  const bool is_const = b.where == Where::Const;
  const int64_t divisor = is_const ? Signed(wide, b.bits) : 0;
  if (is_const && DivideByConst(row, a, divisor)) return;

  Src y = Use(b);
  const Src x = Use(a);
  if (y.reg == kRax || y.reg == kRdx) {
    a_.RegRm<Inst::Mov64Rm>(Gpr::r10, G(y.reg));
    y.reg = kScratch2;
  }
  locked_ |= SetOf(kRax) | SetOf(kRdx);
  Vacate(kRax);
  Vacate(kRdx);
  if (x.reg != kRax) a_.RegRm<Inst::Mov64Rm>(Gpr::rax, G(x.reg));
  if (!is_const || divisor == 0) {
    a_.RegRm(wide ? Inst::Test64Mr : Inst::Test32Mr, y.reg, y.reg);
    TrapIf(Cond::e, TrapCode::DivideByZero);
  }
  if (!is_signed) {
    a_.RegRm<Inst::Xor32Rm>(Gpr::rdx, Gpr::rdx);
    a_.OnlyRm(wide ? Inst::Div64M : Inst::Div32M, y.reg);
  } else {
    // The least number divided by -1 overflows; its remainder is 0.
    Label divide, done;
    const bool may_overflow = !is_const || divisor == -1;
    if (may_overflow) {
      a_.OnlyRm(wide ? Inst::Cmp64Mi8 : Inst::Cmp32Mi8, y.reg, {.imm = -1});
      a_.Jump(Cond::ne, &divide, x64::Distance::Short);
      if (is_rem) {
        a_.RegRm<Inst::Xor32Rm>(Gpr::rdx, Gpr::rdx);
        a_.Jump(&done, x64::Distance::Short);
      } else {
        a_.OnlyRm(wide ? Inst::Cmp64Mi8 : Inst::Cmp32Mi8, kRax, {.imm = 1});  // overflows for the least number alone
        TrapIf(Cond::o, TrapCode::IntegerOverflow);
      }
    }
    a_.Bind(&divide);
    if (wide)
      a_.Alone<Inst::Cqo>();
    else
      a_.Alone<Inst::Cdq>();
    a_.OnlyRm(wide ? Inst::Idiv64M : Inst::Idiv32M, y.reg);
    a_.Bind(&done);
  }
  PushReg(kind, is_rem ? kRdx : kRax);
}

bool X64Compiler::DivideByConst(const IntRow& row, const Operand& a, int64_t divisor) {
  const bool is_signed = row.shape == IntShape::DivS || row.shape == IntShape::RemS;
  const uint64_t bits = row.wide ? static_cast<uint64_t>(divisor) : static_cast<uint32_t>(divisor);
  if (!is_signed) {
    if (bits == 0) return false;
    return std::has_single_bit(bits) ? DivideByPower(row, a, bits) : DivideByReciprocal(row, a, bits);
  }
  if (divisor < 2) return false;
  return std::has_single_bit(bits) ? DivideSignedByPower(row, a, std::countr_zero(bits))
                                   : DivideSignedByReciprocal(row, a, bits);
}

// x / 2^k, x % 2^k, unsigned.
bool X64Compiler::DivideByPower(const IntRow& row, const Operand& a, uint64_t divisor) {
  const Kind kind = row.wide ? Kind::I64 : Kind::I32;
  const bool is_rem = row.shape == IntShape::RemU;
  if (is_rem && row.wide && !Fits32(static_cast<int64_t>(divisor - 1))) return false;
  const Src src = Use(a);
  const Reg dst = Dst(kGeneralRegs, src);
  Move(kind, dst, src.reg);
  if (is_rem)
    a_.OnlyRm(row.wide ? Inst::And64Mi : Inst::And32Mi, dst, {.imm = static_cast<int64_t>(divisor - 1)});
  else if (divisor != 1)
    a_.OnlyRm(row.wide ? Inst::Shr64Mi : Inst::Shr32Mi, dst, {.imm = std::countr_zero(divisor)});
  PushReg(kind, dst);
  return true;
}

// x / 2^k, x % 2^k, signed, k > 0: 2^k - 1 is added to negative numbers, so that they are rounded up.
bool X64Compiler::DivideSignedByPower(const IntRow& row, const Operand& a, int k) {
  const bool wide = row.wide;
  const Kind kind = wide ? Kind::I64 : Kind::I32;
  const int width = wide ? 64 : 32;
  const bool is_rem = row.shape == IntShape::RemS;
  const int64_t mask = static_cast<int64_t>((uint64_t{1} << k) - 1);
  if (is_rem && !Fits32(mask)) return false;
  const Src src = Use(a);
  const Reg dst = Dst(kGeneralRegs, src);
  const Reg bias = kScratch;
  Move(kind, bias, src.reg);
  if (k > 1) a_.OnlyRm(wide ? Inst::Sar64Mi : Inst::Sar32Mi, bias, {.imm = width - 1});
  a_.OnlyRm(wide ? Inst::Shr64Mi : Inst::Shr32Mi, bias, {.imm = width - k});
  Move(kind, dst, src.reg);
  a_.RegRm(wide ? Inst::Add64Rm : Inst::Add32Rm, dst, bias);
  if (is_rem) {
    a_.OnlyRm(wide ? Inst::And64Mi : Inst::And32Mi, dst, {.imm = mask});
    a_.RegRm(wide ? Inst::Sub64Rm : Inst::Sub32Rm, dst, bias);
  } else {
    a_.OnlyRm(wide ? Inst::Sar64Mi : Inst::Sar32Mi, dst, {.imm = k});
  }
  PushReg(kind, dst);
  return true;
}

// r11 = the upper half of r11 * x. Of 64 bits it goes through rax and rdx, which are free.
void X64Compiler::MultiplyHigh(bool wide, bool is_signed, Reg x) {
  if (wide) {
    a_.RegRm<Inst::Mov64Rm>(Gpr::rax, Gpr::r11);
    a_.OnlyRm(is_signed ? Inst::Imul64M : Inst::Mul64M, x);
    a_.RegRm<Inst::Mov64Rm>(Gpr::r11, Gpr::rdx);
    return;
  }
  if (is_signed) {
    a_.RegRm<Inst::Movsx32To64>(Gpr::r10, G(x));
    a_.RegRm<Inst::Imul64Rm>(Gpr::r11, Gpr::r10);
  } else {
    a_.RegRm<Inst::Imul64Rm>(Gpr::r11, G(x));
  }
  a_.OnlyRm<Inst::Shr64Mi>(Gpr::r11, {.imm = 32});
}

// The dividend, in a register that the multiplication leaves alone.
Src X64Compiler::UseDividend(bool wide, const Operand& a) {
  Src x = Use(a);
  if (!wide) return x;
  locked_ |= SetOf(kRax) | SetOf(kRdx);
  if (x.reg == kRax || x.reg == kRdx) {
    const Reg reg = AllocTemp(kGeneralRegs);
    Move(Kind::I64, reg, x.reg);
    x = {reg, true};
  }
  Vacate(kRax);
  Vacate(kRdx);
  return x;
}

// The quotient in r11 becomes the result, or what is left of the dividend.
void X64Compiler::PushQuotient(const IntRow& row, Src x, uint64_t divisor) {
  const bool wide = row.wide, is_rem = row.shape == IntShape::RemS || row.shape == IntShape::RemU;
  const Kind kind = wide ? Kind::I64 : Kind::I32;
  const Reg dst = Dst(kGeneralRegs, x);
  if (!is_rem) {
    Move(kind, dst, kScratch);
  } else {
    if (!wide || Fits32(static_cast<int64_t>(divisor))) {
      a_.RegRm(wide ? Inst::Imul64Rmi : Inst::Imul32Rmi, kScratch, kScratch, {.imm = static_cast<int32_t>(divisor)});
    } else {
      LoadImm64(Gpr::r10, divisor);
      a_.RegRm<Inst::Imul64Rm>(Gpr::r11, Gpr::r10);
    }
    Move(kind, dst, x.reg);
    a_.RegRm(wide ? Inst::Sub64Rm : Inst::Sub32Rm, dst, kScratch);
  }
  PushReg(kind, dst);
}

bool X64Compiler::DivideByReciprocal(const IntRow& row, const Operand& a, uint64_t divisor) {
  const bool wide = row.wide;
  const UnsignedReciprocal reciprocal = ReciprocalOf(divisor, wide ? 64 : 32);
  const Src x = UseDividend(wide, a);
  LoadImm64(Gpr::r11, reciprocal.multiplier);
  MultiplyHigh(wide, /*is_signed=*/false, x.reg);
  const Inst shr = wide ? Inst::Shr64Mi : Inst::Shr32Mi;
  if (reciprocal.adds) {
    // (((x - high) >> 1) + high) >> shift: the sum with x might overflow.
    Move(wide ? Kind::I64 : Kind::I32, kScratch2, x.reg);
    a_.RegRm(wide ? Inst::Sub64Rm : Inst::Sub32Rm, kScratch2, kScratch);
    a_.OnlyRm(shr, kScratch2, {.imm = 1});
    a_.RegRm(wide ? Inst::Add64Rm : Inst::Add32Rm, kScratch, kScratch2);
  }
  if (reciprocal.shift != 0) a_.OnlyRm(shr, kScratch, {.imm = reciprocal.shift});
  PushQuotient(row, x, divisor);
  return true;
}

bool X64Compiler::DivideSignedByReciprocal(const IntRow& row, const Operand& a, uint64_t divisor) {
  const bool wide = row.wide;
  const SignedReciprocal reciprocal = SignedReciprocalOf(divisor, wide ? 64 : 32);
  const Src x = UseDividend(wide, a);
  LoadImm64(Gpr::r11, static_cast<uint64_t>(reciprocal.multiplier));
  MultiplyHigh(wide, /*is_signed=*/true, x.reg);
  if (reciprocal.multiplier < 0) a_.RegRm(wide ? Inst::Add64Rm : Inst::Add32Rm, kScratch, x.reg);
  if (reciprocal.shift != 0) a_.OnlyRm(wide ? Inst::Sar64Mi : Inst::Sar32Mi, kScratch, {.imm = reciprocal.shift});
  a_.RegRm<Inst::Mov64Rm>(Gpr::r10, Gpr::r11);
  a_.OnlyRm(wide ? Inst::Shr64Mi : Inst::Shr32Mi, kScratch2, {.imm = wide ? 63 : 31});
  a_.RegRm(wide ? Inst::Add64Rm : Inst::Add32Rm, kScratch, kScratch2);
  PushQuotient(row, x, divisor);
  return true;
}

}  // namespace gantry::baseline
