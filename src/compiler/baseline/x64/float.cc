// X64Compiler: f32 and f64. Operands keep their order: of two NaNs the first decides the result's payload.
#include "compiler/baseline/x64/condition-inl.h"

namespace gantry::baseline {

using abi::Builtin;
using x64::Cond;
using x64::Inst;
using x64::Isa;
using x64::Label;

namespace {

enum class Shape : uint8_t { None, Arith, Sqrt, Round, Abs, Neg, Copysign, Min, Max, Compare };

constexpr uint64_t kSign32 = 0x8000000080000000, kSign64 = 0x8000000000000000;

}  // namespace

struct FloatRow {
  Shape shape = Shape::None;
  bool is_double = false;
  Inst inst{};
  int8_t rounding = 0;       // Round: immediate of roundss
  Builtin builtin{};         // Round without SSE4.1
  X64Condition condition{};  // Compare; `exchange`: of b with a
  bool exchange = false;
};

namespace {

constexpr OpTable<FloatRow> kRows = [] {
  using wasm::Op;
  OpTable<FloatRow> table;
#define BOTH(Name, shape, Form)                                 \
  table[Op::F32##Name] = {Shape::shape, false, Inst::Form##ss}; \
  table[Op::F64##Name] = {Shape::shape, true, Inst::Form##sd};
  BOTH(Add, Arith, Add)
  BOTH(Sub, Arith, Sub)
  BOTH(Mul, Arith, Mul)
  BOTH(Div, Arith, Div)
  BOTH(Sqrt, Sqrt, Sqrt)
  BOTH(Min, Min, Min)
  BOTH(Max, Max, Max)
  BOTH(Abs, Abs, Add)
  BOTH(Neg, Neg, Add)
  BOTH(Copysign, Copysign, Add)
#undef BOTH
#define ROUND(Name, mode)                                                                    \
  table[Op::F32##Name] = {Shape::Round, false, Inst::Roundss, mode | 8, Builtin::F32##Name}; \
  table[Op::F64##Name] = {Shape::Round, true, Inst::Roundsd, mode | 8, Builtin::F64##Name};
  ROUND(Nearest, 0)
  ROUND(Floor, 1)
  ROUND(Ceil, 2)
  ROUND(Trunc, 3)
#undef ROUND
  // Less and less-or-equal compare the operands exchanged: only "above" and "above or equal" are false of NaNs.
#define COMPARE(Name, cond, parity, exchange)                                                                    \
  table[Op::F32##Name] = {                                                                                       \
      Shape::Compare, false, Inst::Ucomiss, 0, Builtin{}, {Cond::cond, X64Condition::Parity::parity}, exchange}; \
  table[Op::F64##Name] = {                                                                                       \
      Shape::Compare, true, Inst::Ucomisd, 0, Builtin{}, {Cond::cond, X64Condition::Parity::parity}, exchange};
  COMPARE(Eq, e, MustBeClear, false)
  COMPARE(Ne, ne, MayBeSet, false)
  COMPARE(Lt, a, Ignored, true)
  COMPARE(Gt, a, Ignored, false)
  COMPARE(Le, ae, Ignored, true)
  COMPARE(Ge, ae, Ignored, false)
#undef COMPARE
  return table;
}();

}  // namespace

bool X64Compiler::Float() {
  const FloatRow& row = kRows[in_.op];
  const Kind kind = row.is_double ? Kind::F64 : Kind::F32;
  switch (row.shape) {
    case Shape::None:
      return false;
    case Shape::Arith:
      FloatArith(row, kind);
      return true;
    case Shape::Min:
    case Shape::Max:
      FloatMinMax(row, kind);
      return true;
    case Shape::Copysign:
      Copysign(kind);
      return true;
    case Shape::Compare: {
      Operand b = Pop(), a = Pop();
      if (row.exchange) std::swap(a, b);
      Conditional([&] {
        const Src x = Use(a);
        if (IsBestAtHome(b))
          UnaryMem(row.inst, x.reg, Home(HomeOf(b)));
        else
          Unary(row.inst, x.reg, Use(b).reg);
        return row.condition;
      });
      return true;
    }
    case Shape::Sqrt: {
      const Src src = PopReg();
      const Reg dst = Dst(kVectorRegs, src);
      Unary(row.inst, dst, src.reg);
      PushReg(kind, dst);
      return true;
    }
    case Shape::Abs:
    case Shape::Neg: {
      const uint64_t sign = row.is_double ? kSign64 : kSign32;
      const uint64_t mask = row.shape == Shape::Abs ? ~sign : sign;
      const Src src = PopReg();
      const Reg dst = Dst(kVectorRegs, src);
      BinaryLiteral(row.shape == Shape::Abs ? Inst::Andps : Inst::Xorps, dst, src.reg, Literal128(mask, mask));
      PushReg(kind, dst);
      return true;
    }
    case Shape::Round:
      FloatRound(row, kind);
      return true;
  }
  return false;
}

void X64Compiler::FloatArith(const FloatRow& row, Kind kind) {
  const Operand b = Pop(), a = Pop();
  const Src x = Use(a);
  if (IsBestAtHome(b)) {
    const Reg dst = Dst(kVectorRegs, x);
    BinaryMem(row.inst, dst, x.reg, Home(HomeOf(b)));
    PushReg(kind, dst);
    return;
  }
  if (b.where == Where::Const) {
    const Reg dst = Dst(kVectorRegs, x);
    BinaryLiteral(row.inst, dst, x.reg, row.is_double ? Literal64(b.bits) : Literal32(static_cast<uint32_t>(b.bits)));
    PushReg(kind, dst);
    return;
  }
  const Src y = Use(b);
  const Reg dst = Dst(kVectorRegs, x, has_avx_ ? y : Src{kNoReg, false});
  Binary(row.inst, dst, x.reg, y.reg);
  PushReg(kind, dst);
}

// load, then add, sub, mul, div  =>  the operation with memory
bool X64Compiler::FuseFloatLoad(bool is_double, Mem mem, bool may_fault) {
  const uint16_t next = wasm::DecodeOp(0, NextByte());
  if (next == wasm::internal::kNoOp) return false;
  const FloatRow& row = kRows[static_cast<Op>(next)];
  if (row.shape != Shape::Arith || row.is_double != is_double) return false;
  const uint32_t fuel = fuel_;
  TakeNext();
  const Src src = PopReg();
  const Reg dst = Dst(kVectorRegs, src);
  if (!has_avx_) Move(Kind::V128, dst, src.reg);
  if (may_fault) batch_->traps.push_back({position(), offset_, fuel, abi::TrapCode::MemoryOutOfBounds});
  BinaryMem(row.inst, dst, has_avx_ ? src.reg : dst, mem);
  PushReg(is_double ? Kind::F64 : Kind::F32, dst);
  return true;
}

// Ordinary numbers: the instruction does. Equal ones may be zeros of different signs: min has the union of the signs,
// max what they have in common. A NaN comes out of an addition, quiet.
void X64Compiler::FloatMinMax(const FloatRow& row, Kind kind) {
  const Src y = PopReg(), x = PopReg();
  const Reg dst = DstBeside(kVectorRegs);
  const bool is_double = row.is_double;
  Label differ, nan, done;
  Unary(is_double ? Inst::Ucomisd : Inst::Ucomiss, x.reg, y.reg);
  a_.Jump(Cond::ne, &differ, x64::Distance::Short);
  a_.Jump(Cond::p, &nan, x64::Distance::Short);
  Binary(row.shape == Shape::Min ? Inst::Orps : Inst::Andps, dst, x.reg, y.reg);
  a_.Jump(&done, x64::Distance::Short);
  a_.Bind(&nan);
  Binary(is_double ? Inst::Addsd : Inst::Addss, dst, x.reg, y.reg);
  a_.Jump(&done, x64::Distance::Short);
  a_.Bind(&differ);
  Binary(row.inst, dst, x.reg, y.reg);
  a_.Bind(&done);
  PushReg(kind, dst);
}

void X64Compiler::Copysign(Kind kind) {
  const uint64_t sign = kind == Kind::F64 ? kSign64 : kSign32;
  const Src y = PopReg(), x = PopReg();
  BinaryLiteral(Inst::Andps, kVectorScratch, y.reg, Literal128(sign, sign));
  const Reg dst = Dst(kVectorRegs, x, y);
  BinaryLiteral(Inst::Andps, dst, x.reg, Literal128(~sign, ~sign));
  Binary(Inst::Orps, dst, dst, kVectorScratch);
  PushReg(kind, dst);
}

void X64Compiler::FloatRound(const FloatRow& row, Kind kind) {
  if (Has(Isa::Sse41)) {
    const Src src = PopReg();
    const Reg dst = Dst(kVectorRegs, src);
    Unary(row.inst, dst, src.reg, row.rounding);
    PushReg(kind, dst);
    return;
  }
  // On the bits, by the runtime.
  const Operand value = Pop();
  PassBits(value);
  CallPure(row.builtin);
  const Reg dst = Alloc(kVectorRegs);
  if (row.is_double)
    a_.RegRm<Inst::MovqFromGpr>(X(dst), x64::Gpr::rax);
  else
    a_.RegRm<Inst::MovdFromGpr>(X(dst), x64::Gpr::rax);
  PushReg(kind, dst);
}

}  // namespace gantry::baseline
