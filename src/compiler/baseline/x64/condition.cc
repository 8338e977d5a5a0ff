#include "compiler/baseline/x64/condition-inl.h"

namespace gantry::baseline {

using x64::Cond;
using x64::Gpr;
using x64::Inst;
using x64::Label;

// Looks at what follows a comparison. Takes `eqz` along, and a branch or select that can use the flags.
X64Compiler::Fusion X64Compiler::TakeFusion() {
  constexpr uint8_t kIf = 0x04, kBrIf = 0x0d, kSelect = 0x1b, kI32Eqz = 0x45;
  Fusion fusion;
  while (NextByte() == kI32Eqz) {
    TakeNext();
    fusion.negated = !fusion.negated;
  }
  switch (NextByte()) {
    case kBrIf:
      fusion.kind = Fusion::Kind::BrIf;
      break;
    case kIf:
      fusion.kind = Fusion::Kind::If;
      break;
    case kSelect:
      // What it selects has been pushed before the condition's operands, which are off the stack already.
      if (stack_.back().kind == Kind::V128) return fusion;
      fusion.kind = Fusion::Kind::Select;
      break;
    default:
      return fusion;
  }
  TakeNext();
  return fusion;
}

// As a number in `dst`, which is zero.
void X64Compiler::PushCondition(X64Condition condition, Reg dst) {
  constexpr int kPerCond = static_cast<int>(Inst::SetNo) - static_cast<int>(Inst::SetO);
  auto set = [](Cond cond) {
    return static_cast<Inst>(static_cast<int>(Inst::SetO) + kPerCond * static_cast<int>(cond));
  };
  a_.OnlyRm(set(condition.cond), dst);
  if (condition.parity != X64Condition::Parity::Ignored) {
    const bool clear = condition.parity == X64Condition::Parity::MustBeClear;
    a_.OnlyRm(set(clear ? Cond::np : Cond::p), kScratch);
    if (clear)
      a_.RegRm<Inst::And8Rm>(G(dst), Gpr::r11);
    else
      a_.RegRm<Inst::Or8Rm>(G(dst), Gpr::r11);
  }
  PushReg(Kind::I32, dst);
}

// The flags live: moves and evictions leave them alone [C4].
void X64Compiler::SelectByFlags(Kind kind, Src x, Src y, X64Condition condition) {
  if (IsVector(kind)) {
    SelectVectors(kind, x, y, condition);
    return;
  }
  constexpr int kPerCond = static_cast<int>(Inst::CmovNo32) - static_cast<int>(Inst::CmovO32);
  const bool wide = kind == Kind::I64 || kind == Kind::Func;
  auto cmov = [&](Cond cond) {
    return static_cast<Inst>(static_cast<int>(wide ? Inst::CmovO64 : Inst::CmovO32) +
                             kPerCond * static_cast<int>(cond));
  };
  const Reg dst = Dst(kGeneralRegs, x, y);
  if (condition.parity != X64Condition::Parity::Ignored) {
    // Neither operand may be overwritten before both flags have been looked at: build it in the scratch register.
    const bool equal = condition.parity == X64Condition::Parity::MustBeClear;
    const Reg otherwise = equal ? y.reg : x.reg, then = equal ? x.reg : y.reg;
    Move(kind, kScratch, then);
    a_.RegRm(cmov(Cond::ne), kScratch, otherwise);
    a_.RegRm(cmov(Cond::p), kScratch, otherwise);
    Move(kind, dst, kScratch);
  } else if (dst == x.reg) {
    a_.RegRm(cmov(x64::Negated(condition.cond)), dst, y.reg);
  } else {
    Move(kind, dst, y.reg);
    a_.RegRm(cmov(condition.cond), dst, x.reg);
  }
  PushReg(kind, dst);
}

void X64Compiler::SelectVectors(Kind kind, Src x, Src y, X64Condition condition) {
  Label done;
  const Reg dst = Dst(kVectorRegs, x, y);
  if (dst == y.reg) {
    JumpIf(condition.Negated(), &done);
    Move(kind, dst, x.reg);
  } else {
    Move(kind, dst, x.reg);
    JumpIf(condition, &done);
    Move(kind, dst, y.reg);
  }
  a_.Bind(&done);
  PushReg(kind, dst);
}

void X64Compiler::DoSelect() {
  const Operand condition = Pop(), second = Pop(), first = Pop();
  SelectValues(first, second, [&] { return TestOperand(condition); });
}

}  // namespace gantry::baseline
