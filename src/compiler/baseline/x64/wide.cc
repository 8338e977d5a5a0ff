// X64Compiler: 128-bit arithmetic on pairs of i64, low half first.
#include "compiler/baseline/x64/compiler.h"

namespace gantry::baseline {

using x64::Gpr;
using x64::Inst;

bool X64Compiler::Wide() {
  switch (in_.op) {
    case Op::I64Add128:
      AddWide(Inst::Add64Rm, Inst::Adc64Rm);
      return true;
    case Op::I64Sub128:
      AddWide(Inst::Sub64Rm, Inst::Sbb64Rm);
      return true;
    case Op::I64MulWideS:
      MultiplyWide(Inst::Imul64M);
      return true;
    case Op::I64MulWideU:
      MultiplyWide(Inst::Mul64M);
      return true;
    default:
      return false;
  }
}

void X64Compiler::AddWide(Inst low, Inst high) {
  const Operand b_high = Pop(), b_low = Pop(), a_high = Pop(), a_low = Pop();
  const Src bh = Use(b_high), bl = Use(b_low), ah = Use(a_high), al = Use(a_low);
  // A destination may not be an operand that is still to be read, nor the other destination.
  Reg to_low = al.reg;
  if (!al.mine || al.reg == bh.reg || al.reg == ah.reg) to_low = AllocTemp(kGeneralRegs);
  Reg to_high = ah.reg;
  if (!ah.mine || ah.reg == bl.reg || ah.reg == bh.reg || ah.reg == al.reg) to_high = AllocTemp(kGeneralRegs);
  Move(Kind::I64, to_low, al.reg);
  Move(Kind::I64, to_high, ah.reg);
  a_.RegRm(low, to_low, bl.reg);
  a_.RegRm(high, to_high, bh.reg);
  PushReg(Kind::I64, to_low);
  PushReg(Kind::I64, to_high);
}

void X64Compiler::MultiplyWide(Inst inst) {
  const Operand b = Pop(), a = Pop();
  Src y = Use(b);
  const Src x = Use(a);
  if (y.reg == kRax || y.reg == kRdx) {
    a_.RegRm<Inst::Mov64Rm>(Gpr::r10, G(y.reg));
    y.reg = kScratch2;
  }
  locked_ |= SetOf(kRax) | SetOf(kRdx);
  Vacate(kRax);
  Vacate(kRdx);
  Move(Kind::I64, kRax, x.reg);
  a_.OnlyRm(inst, y.reg);
  PushReg(Kind::I64, kRax);
  PushReg(Kind::I64, kRdx);
}

}  // namespace gantry::baseline
