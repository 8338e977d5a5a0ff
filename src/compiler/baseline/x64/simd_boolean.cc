// X64Compiler: a number from all lanes of a vector: any_true, all_true, bitmask. The first two are conditions
// (condition-inl.h).
#include "compiler/baseline/x64/condition-inl.h"

namespace gantry::baseline {

using x64::Cond;
using x64::Gpr;
using x64::Inst;
using x64::Isa;

bool X64Compiler::Booleans() {
  switch (in_.op) {
    case Op::V128AnyTrue:
      AnyTrue();
      return true;
    case Op::I8x16AllTrue:
      AllTrue(Inst::Pcmpeqb, /*is_quad=*/false);
      return true;
    case Op::I16x8AllTrue:
      AllTrue(Inst::Pcmpeqw, /*is_quad=*/false);
      return true;
    case Op::I32x4AllTrue:
      AllTrue(Inst::Pcmpeqd, /*is_quad=*/false);
      return true;
    case Op::I64x2AllTrue:
      AllTrue(Inst::Pcmpeqd, /*is_quad=*/true);
      return true;
    case Op::I8x16Bitmask:
      Bitmask(1);
      return true;
    case Op::I16x8Bitmask:
      Bitmask(2);
      return true;
    case Op::I32x4Bitmask:
      Bitmask(4);
      return true;
    case Op::I64x2Bitmask:
      Bitmask(8);
      return true;
    default:
      return false;
  }
}

void X64Compiler::AnyTrue() {
  const Operand operand = Pop();
  Conditional([&]() -> X64Condition {
    const Reg reg = Use(operand).reg;
    if (HasAvxOr(Isa::Sse41)) {
      Unary(Inst::Ptest, reg, reg);
      return {Cond::ne};
    }
    Binary(Inst::Pxor, kVectorScratch, kVectorScratch, kVectorScratch);
    Binary(Inst::Pcmpeqb, kVectorScratch, kVectorScratch, reg);
    a_.RegRm<Inst::Pmovmskb>(Gpr::r11, X(kVectorScratch));
    a_.OnlyRm<Inst::Cmp32Mi>(Gpr::r11, {.imm = 0xffff});
    return {Cond::ne};
  });
}

// No lane equals zero. `equal` compares lanes, or halves of them.
void X64Compiler::AllTrue(Inst equal, bool is_quad) {
  const Operand operand = Pop();
  Conditional([&]() -> X64Condition {
    const Reg reg = Use(operand).reg;
    const bool sse41 = HasAvxOr(Isa::Sse41);
    Binary(Inst::Pxor, kVectorScratch, kVectorScratch, kVectorScratch);
    Binary(is_quad && sse41 ? Inst::Pcmpeqq : equal, kVectorScratch, kVectorScratch, reg);
    if (sse41) {
      Unary(Inst::Ptest, kVectorScratch, kVectorScratch);
      return {Cond::e};
    }
    if (is_quad) {
      const Reg other_half = AllocTemp(kVectorRegs);
      Unary(Inst::Pshufd, other_half, kVectorScratch, 0xb1);
      Binary(Inst::Pand, kVectorScratch, kVectorScratch, other_half);
    }
    a_.RegRm<Inst::Pmovmskb>(Gpr::r11, X(kVectorScratch));
    a_.RegRm<Inst::Test32Mr>(Gpr::r11, Gpr::r11);
    return {Cond::e};
  });
}

void X64Compiler::Bitmask(uint8_t size) {
  const Src src = PopReg();
  const Reg dst = Dst(kGeneralRegs);
  Inst inst = size == 4 ? Inst::Movmskps : size == 8 ? Inst::Movmskpd : Inst::Pmovmskb;
  constexpr int kToVex = static_cast<int>(Inst::Vpmovmskb) - static_cast<int>(Inst::Pmovmskb);
  if (has_avx_) inst = static_cast<Inst>(static_cast<int>(inst) + kToVex);
  if (size == 2) {
    // Narrowing keeps signs; they come twice.
    Binary(Inst::Packsswb, kVectorScratch, src.reg, src.reg);
    a_.RegRm(inst, N(dst), N(kVectorScratch));
    a_.RegRm<Inst::Movzx8To32>(G(dst), G(dst));
  } else {
    a_.RegRm(inst, N(dst), N(src.reg));
  }
  PushReg(Kind::I32, dst);
}

}  // namespace gantry::baseline
