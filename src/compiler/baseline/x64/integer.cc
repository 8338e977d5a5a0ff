// X64Compiler: i32 and i64.
//
// Unless said otherwise, "a" and "b" are the operands in the order of the instruction.
#include "compiler/baseline/x64/condition-inl.h"
#include "compiler/baseline/x64/int_row.h"

namespace gantry::baseline {

using abi::TrapCode;
using x64::Cond;
using x64::Gpr;
using x64::Inst;
using x64::Isa;
using x64::Label;

namespace {

constexpr Cond Exchanged(Cond cond) {
  switch (cond) {
    case Cond::l:
      return Cond::g;
    case Cond::g:
      return Cond::l;
    case Cond::le:
      return Cond::ge;
    case Cond::ge:
      return Cond::le;
    case Cond::b:
      return Cond::a;
    case Cond::a:
      return Cond::b;
    case Cond::be:
      return Cond::ae;
    case Cond::ae:
      return Cond::be;
    default:
      return cond;
  }
}

constexpr OpTable<IntRow> kRows = [] {
  using wasm::Op;
  OpTable<IntRow> table;
#define ALU(Name, Form, commutes)                                                                        \
  table[Op::I32##Name] = {IntShape::Alu,     false,           commutes, Cond::o, Inst::Form##32Rm,       \
                          Inst::Form##32Mi8, Inst::Form##32Mi};                                          \
  table[Op::I64##Name] = {IntShape::Alu,   true, commutes, Cond::o, Inst::Form##64Rm, Inst::Form##64Mi8, \
                          Inst::Form##64Mi};
  ALU(Add, Add, true)
  ALU(Sub, Sub, false)
  ALU(And, And, true)
  ALU(Or, Or, true)
  ALU(Xor, Xor, true)
#undef ALU
#define SHIFT(Name, Form, shape, bmi32, bmi64)                                                            \
  table[Op::I32##Name] = {shape, false, false, Cond::o, Inst::Form##32Mc, Inst::Form##32Mi, Inst::bmi32}; \
  table[Op::I64##Name] = {shape, true, false, Cond::o, Inst::Form##64Mc, Inst::Form##64Mi, Inst::bmi64};
  SHIFT(Shl, Shl, IntShape::Shift, Shlx32, Shlx64)
  SHIFT(ShrS, Sar, IntShape::Shift, Sarx32, Sarx64)
  SHIFT(ShrU, Shr, IntShape::Shift, Shrx32, Shrx64)
  SHIFT(Rotl, Rol, IntShape::Rotate, Rorx32, Rorx64)
  SHIFT(Rotr, Ror, IntShape::Rotate, Rorx32, Rorx64)
#undef SHIFT
#define PLAIN(Name, shape)                         \
  table[Op::I32##Name] = {IntShape::shape, false}; \
  table[Op::I64##Name] = {IntShape::shape, true};
  PLAIN(Mul, Multiply)
  PLAIN(DivS, DivS)
  PLAIN(DivU, DivU)
  PLAIN(RemS, RemS)
  PLAIN(RemU, RemU)
  PLAIN(Clz, Clz)
  PLAIN(Ctz, Ctz)
  PLAIN(Popcnt, Popcnt)
  PLAIN(Eqz, Eqz)
#undef PLAIN
#define COMPARE(Name, cond)                                             \
  table[Op::I32##Name] = {IntShape::Compare, false, false, Cond::cond}; \
  table[Op::I64##Name] = {IntShape::Compare, true, false, Cond::cond};
  COMPARE(Eq, e)
  COMPARE(Ne, ne)
  COMPARE(LtS, l)
  COMPARE(LtU, b)
  COMPARE(GtS, g)
  COMPARE(GtU, a)
  COMPARE(LeS, le)
  COMPARE(LeU, be)
  COMPARE(GeS, ge)
  COMPARE(GeU, ae)
#undef COMPARE
#define EXTEND(Name, wide, Form) table[Op::Name] = {IntShape::Extend, wide, false, Cond::o, Inst::Form};
  EXTEND(I32Extend8S, false, Movsx8To32)
  EXTEND(I32Extend16S, false, Movsx16To32)
  EXTEND(I64Extend8S, true, Movsx8To64)
  EXTEND(I64Extend16S, true, Movsx16To64)
  EXTEND(I64Extend32S, true, Movsx32To64)
  EXTEND(I64ExtendI32S, true, Movsx32To64)
#undef EXTEND
  table[Op::I32WrapI64] = {IntShape::Wrap, false};
  table[Op::I64ExtendI32U] = {IntShape::ExtendU, true};
  return table;
}();

}  // namespace

bool X64Compiler::Integer() {
  const IntRow& row = kRows[in_.op];
  switch (row.shape) {
    case IntShape::None:
      return false;
    case IntShape::Alu:
      Alu(row);
      return true;
    case IntShape::Multiply:
      Multiply(row.wide);
      return true;
    case IntShape::DivS:
    case IntShape::DivU:
    case IntShape::RemS:
    case IntShape::RemU:
      Divide(row);
      return true;
    case IntShape::Shift:
    case IntShape::Rotate:
      Shift(row);
      return true;
    case IntShape::Clz:
    case IntShape::Ctz:
    case IntShape::Popcnt:
      BitCount(row);
      return true;
    case IntShape::Eqz:
      TestZero(row.wide);
      return true;
    case IntShape::Compare:
      Compare(row);
      return true;
    case IntShape::Extend:
      Extend(row);
      return true;
    case IntShape::Wrap:
      Wrap();
      return true;
    case IntShape::ExtendU:
      ExtendUnsigned();
      return true;
  }
  return false;
}

// --- add, sub, and, or, xor

// The second operand may be a constant or in memory.
bool X64Compiler::IsBetterExchanged(const Operand& a, const Operand& b) const {
  return a.where == Where::Const || (b.where != Where::Const && IsBestAtHome(a) && !IsBestAtHome(b));
}

void X64Compiler::Alu(const IntRow& row) {
  const Kind kind = row.wide ? Kind::I64 : Kind::I32;
  const bool is_add = row.rm == Inst::Add32Rm || row.rm == Inst::Add64Rm,
             is_sub = row.rm == Inst::Sub32Rm || row.rm == Inst::Sub64Rm;
  Operand b = Pop(), a = Pop();
  if (row.commutative && IsBetterExchanged(a, b)) std::swap(a, b);
  if ((row.rm == Inst::And32Rm || row.rm == Inst::And64Rm) && TryTestBits(row.wide, a, b)) return;
  if (b.where == Where::Const) {
    const int64_t imm = Signed(row.wide, b.bits);
    if (Fits32(imm)) {
      const Src src = Use(a);
      const Reg dst = Dst(kGeneralRegs, src);
      if (dst != src.reg && (is_add || (is_sub && Fits32(-imm)))) {
        Lea(row.wide, dst, Mem::At(G(src.reg), static_cast<int32_t>(is_add ? imm : -imm)));
      } else {
        Move(kind, dst, src.reg);
        a_.OnlyRm(Fits8(imm) ? row.imm8 : row.imm, dst, {.imm = imm});
      }
      PushReg(kind, dst);
      return;
    }
  }
  if (IsBestAtHome(b)) {
    const Src src = Use(a);
    const Reg dst = Dst(kGeneralRegs, src);
    Move(kind, dst, src.reg);
    a_.RegMem(row.rm, dst, x64::FrameMem{HomeOf(b)});
    PushReg(kind, dst);
    return;
  }
  const Src x = Use(a), y = Use(b);
  const Reg dst = Dst(kGeneralRegs, x, row.commutative ? y : Src{kNoReg, false});
  if (dst == x.reg) {
    a_.RegRm(row.rm, dst, y.reg);
  } else if (dst == y.reg && row.commutative) {
    a_.RegRm(row.rm, dst, x.reg);
  } else if (dst == y.reg) {  // a - b = -b + a
    a_.OnlyRm(row.wide ? Inst::Neg64M : Inst::Neg32M, dst);
    a_.RegRm(row.wide ? Inst::Add64Rm : Inst::Add32Rm, dst, x.reg);
  } else if (is_add) {
    Lea(row.wide, dst, Mem::At(G(x.reg), G(y.reg), 0));
  } else {
    Move(kind, dst, x.reg);
    a_.RegRm(row.rm, dst, y.reg);
  }
  PushReg(kind, dst);
}

// load, then add, sub, and, or, xor  =>  the operation with memory
bool X64Compiler::FuseIntLoad(bool wide, Mem mem, bool may_fault) {
  const uint16_t next = wasm::DecodeOp(0, NextByte());
  if (next == wasm::internal::kNoOp) return false;
  const IntRow& row = kRows[static_cast<Op>(next)];
  if (row.shape != IntShape::Alu || row.wide != wide) return false;
  const uint32_t fuel = fuel_;
  TakeNext();
  const Kind kind = wide ? Kind::I64 : Kind::I32;
  const Src src = PopReg();
  const Reg dst = DstBeside(kGeneralRegs, src);
  Move(kind, dst, src.reg);
  if (may_fault) batch_->traps.push_back({position(), offset_, fuel, TrapCode::MemoryOutOfBounds});
  a_.RegMem(row.rm, dst, mem);
  PushReg(kind, dst);
  return true;
}

// and, with nothing wanted but whether it is zero  =>  test
bool X64Compiler::TryTestBits(bool wide, const Operand& a, const Operand& b) {
  constexpr uint8_t kIf = 0x04, kBrIf = 0x0d, kI32Eqz = 0x45, kI64Eqz = 0x50;
  const uint8_t next = NextByte();
  const bool fits = wide ? next == kI64Eqz : next == kI32Eqz || next == kIf || next == kBrIf;
  if (!fits || (b.where == Where::Const && !Fits32(Signed(wide, b.bits)))) return false;
  const bool negated = next == kI64Eqz || next == kI32Eqz;
  if (negated) TakeNext();
  Conditional([&] {
    const Src x = Use(a);
    if (b.where == Where::Const) {
      a_.OnlyRm(wide ? Inst::Test64Mi : Inst::Test32Mi, x.reg, {.imm = Signed(wide, b.bits)});
    } else if (IsBestAtHome(b)) {
      a_.RegMem(wide ? Inst::Test64Mr : Inst::Test32Mr, x.reg, x64::FrameMem{HomeOf(b)});
    } else {
      a_.RegRm(wide ? Inst::Test64Mr : Inst::Test32Mr, x.reg, Use(b).reg);
    }
    return X64Condition{negated ? Cond::e : Cond::ne};
  });
  return true;
}

// --- multiplication

void X64Compiler::Multiply(bool wide) {
  const Kind kind = wide ? Kind::I64 : Kind::I32;
  Operand b = Pop(), a = Pop();
  if (IsBetterExchanged(a, b)) std::swap(a, b);
  if (b.where == Where::Const) {
    const int64_t imm = Signed(wide, b.bits);
    const uint64_t bits = wide ? b.bits : static_cast<uint32_t>(b.bits);
    if (imm == 3 || imm == 5 || imm == 9) {
      const Src src = Use(a);
      const Reg dst = Dst(kGeneralRegs, src);
      const uint8_t scale = imm == 3 ? 1 : imm == 5 ? 2 : 3;
      Lea(wide, dst, Mem::At(G(src.reg), G(src.reg), scale));
      PushReg(kind, dst);
      return;
    }
    if (std::has_single_bit(bits)) {
      const Src src = Use(a);
      const Reg dst = Dst(kGeneralRegs, src);
      Move(kind, dst, src.reg);
      if (bits != 1) a_.OnlyRm(wide ? Inst::Shl64Mi : Inst::Shl32Mi, dst, {.imm = std::countr_zero(bits)});
      PushReg(kind, dst);
      return;
    }
    if (Fits32(imm)) {
      const Inst inst =
          Fits8(imm) ? (wide ? Inst::Imul64Rmi8 : Inst::Imul32Rmi8) : (wide ? Inst::Imul64Rmi : Inst::Imul32Rmi);
      if (IsBestAtHome(a)) {
        const Reg dst = Dst(kGeneralRegs);
        a_.RegMem(inst, dst, Home(HomeOf(a)), {.imm = imm});
        PushReg(kind, dst);
      } else {
        const Src src = Use(a);
        const Reg dst = Dst(kGeneralRegs, src);
        a_.RegRm(inst, dst, src.reg, {.imm = imm});
        PushReg(kind, dst);
      }
      return;
    }
  }
  const Inst inst = wide ? Inst::Imul64Rm : Inst::Imul32Rm;
  if (IsBestAtHome(b)) {
    const Src src = Use(a);
    const Reg dst = Dst(kGeneralRegs, src);
    Move(kind, dst, src.reg);
    a_.RegMem(inst, dst, x64::FrameMem{HomeOf(b)});
    PushReg(kind, dst);
    return;
  }
  const Src x = Use(a), y = Use(b);
  const Reg dst = Dst(kGeneralRegs, x, y);
  if (dst == y.reg && dst != x.reg) {
    a_.RegRm(inst, dst, x.reg);
  } else {
    Move(kind, dst, x.reg);
    a_.RegRm(inst, dst, y.reg);
  }
  PushReg(kind, dst);
}

// --- shifts

// x + (a << k)  =>  lea, for k up to 3. The addition is the next instruction, x below on the stack.
bool X64Compiler::FuseShiftAdd(const IntRow& row, const Operand& value, uint64_t amount) {
  constexpr uint8_t kI32Add = 0x6a, kI64Add = 0x7c;
  if (row.rm != (row.wide ? Inst::Shl64Mc : Inst::Shl32Mc) || amount == 0 || amount > 3) return false;
  if (NextByte() != (row.wide ? kI64Add : kI32Add) || stack_.back().where == Where::Const) return false;
  TakeNext();
  const Operand base = Pop();
  const Src index = Use(value), x = Use(base);
  const Reg dst = Dst(kGeneralRegs, index, x);
  Lea(row.wide, dst, Mem::At(G(x.reg), G(index.reg), static_cast<uint8_t>(amount)));
  PushReg(row.wide ? Kind::I64 : Kind::I32, dst);
  return true;
}

void X64Compiler::ShiftByConst(const IntRow& row, const Operand& value, uint8_t amount) {
  const Kind kind = row.wide ? Kind::I64 : Kind::I32;
  if (FuseShiftAdd(row, value, amount)) return;
  const Src src = Use(value);
  const Reg dst = Dst(kGeneralRegs, src);
  if (row.shape == IntShape::Rotate && Has(Isa::Bmi2) && dst != src.reg) {
    const bool left = row.rm == Inst::Rol32Mc || row.rm == Inst::Rol64Mc;
    const int width = row.wide ? 64 : 32;
    a_.RegRm(row.imm, dst, src.reg, {.imm = left ? (width - amount) & (width - 1) : amount});
  } else {
    Move(kind, dst, src.reg);
    if (amount != 0) a_.OnlyRm(row.imm8, dst, {.imm = amount});
  }
  PushReg(kind, dst);
}

void X64Compiler::Shift(const IntRow& row) {
  const Kind kind = row.wide ? Kind::I64 : Kind::I32;
  const Operand b = Pop(), a = Pop();
  if (b.where == Where::Const) {
    ShiftByConst(row, a, static_cast<uint8_t>(b.bits & (row.wide ? 63 : 31)));
    return;
  }
  if (row.shape == IntShape::Shift && Has(Isa::Bmi2)) {
    const Src y = Use(b), x = Use(a);
    const Reg dst = Dst(kGeneralRegs, x, y);
    a_.RegRm(row.imm, dst, x.reg, {.vvvv = y.reg});
    PushReg(kind, dst);
    return;
  }
  // The amount in cl.
  const Src y = Use(b), x = Use(a);
  Lock(kRcx);
  const Reg dst = x.reg == kRcx ? DstBeside(kGeneralRegs) : DstBeside(kGeneralRegs, x);
  Lock(dst);
  Move(kind, dst, x.reg);
  if (y.reg != kRcx) {
    Vacate(kRcx);
    a_.RegRm<Inst::Mov32Rm>(Gpr::rcx, G(y.reg));
  }
  a_.OnlyRm(row.rm, dst);
  PushReg(kind, dst);
}

// --- counting bits, extending

void X64Compiler::BitCount(const IntRow& row) {
  const bool wide = row.wide;
  const Kind kind = wide ? Kind::I64 : Kind::I32;
  const Operand a = Pop();
  Inst inst;
  bool has = true;
  switch (row.shape) {
    case IntShape::Clz:
      inst = wide ? Inst::Lzcnt64Rm : Inst::Lzcnt32Rm, has = Has(Isa::Lzcnt);
      break;
    case IntShape::Ctz:
      inst = wide ? Inst::Tzcnt64Rm : Inst::Tzcnt32Rm, has = Has(Isa::Bmi1);
      break;
    default:
      inst = wide ? Inst::Popcnt64Rm : Inst::Popcnt32Rm, has = Has(Isa::Popcnt);
      break;
  }
  const Src src = Use(a);
  const Reg dst = Dst(kGeneralRegs, src);
  if (has) {
    a_.RegRm(inst, dst, src.reg);
  } else if (row.shape == IntShape::Clz) {
    // Of zero bsr leaves its destination alone: what becomes the width behind the exclusive or.
    const int bits = wide ? 63 : 31;
    LoadImm64(Gpr::r11, static_cast<uint64_t>(2 * bits + 1));
    a_.RegRm(wide ? Inst::Bsr64Rm : Inst::Bsr32Rm, dst, src.reg);
    a_.RegRm<Inst::CmovE32>(G(dst), Gpr::r11);
    a_.OnlyRm<Inst::Xor32Mi8>(G(dst), {.imm = bits});
  } else if (row.shape == IntShape::Ctz) {
    LoadImm64(Gpr::r11, wide ? 64 : 32);
    a_.RegRm(wide ? Inst::Bsf64Rm : Inst::Bsf32Rm, dst, src.reg);
    a_.RegRm<Inst::CmovE32>(G(dst), Gpr::r11);
  } else {
    CountOnes(wide, dst, src.reg);
  }
  PushReg(kind, dst);
}

// Sums of neighbours: pairs, fours, bytes; a multiplication adds up the bytes.
void X64Compiler::CountOnes(bool wide, Reg dst, Reg src) {
  constexpr uint64_t kPairs = 0x5555555555555555, kFours = 0x3333333333333333, kBytes = 0x0f0f0f0f0f0f0f0f,
                     kOnes = 0x0101010101010101;
  auto mask = [&](uint64_t bits) { LoadImm64(Gpr::r10, wide ? bits : static_cast<uint32_t>(bits)); };
  auto rm = [&](Inst narrow, Inst full, Reg to, Reg from) { a_.RegRm(wide ? full : narrow, to, from); };
  auto shift = [&](Reg reg, int amount) { a_.OnlyRm(wide ? Inst::Shr64Mi : Inst::Shr32Mi, reg, {.imm = amount}); };
  Move(wide ? Kind::I64 : Kind::I32, dst, src);
  rm(Inst::Mov32Rm, Inst::Mov64Rm, kR11, dst);
  shift(kR11, 1);
  mask(kPairs);
  rm(Inst::And32Rm, Inst::And64Rm, kR11, kR10);
  rm(Inst::Sub32Rm, Inst::Sub64Rm, dst, kR11);
  mask(kFours);
  rm(Inst::Mov32Rm, Inst::Mov64Rm, kR11, dst);
  rm(Inst::And32Rm, Inst::And64Rm, dst, kR10);
  shift(kR11, 2);
  rm(Inst::And32Rm, Inst::And64Rm, kR11, kR10);
  rm(Inst::Add32Rm, Inst::Add64Rm, dst, kR11);
  rm(Inst::Mov32Rm, Inst::Mov64Rm, kR11, dst);
  shift(kR11, 4);
  rm(Inst::Add32Rm, Inst::Add64Rm, dst, kR11);
  mask(kBytes);
  rm(Inst::And32Rm, Inst::And64Rm, dst, kR10);
  mask(kOnes);
  rm(Inst::Imul32Rm, Inst::Imul64Rm, dst, kR10);
  shift(dst, wide ? 56 : 24);
}

void X64Compiler::Extend(const IntRow& row) {
  const Operand a = Pop();
  if (IsBestAtHome(a)) {
    const Reg dst = Dst(kGeneralRegs);
    a_.RegMem(row.rm, dst, x64::FrameMem{HomeOf(a)});
    PushReg(row.wide ? Kind::I64 : Kind::I32, dst);
    return;
  }
  const Src src = Use(a);
  const Reg dst = Dst(kGeneralRegs, src);
  a_.RegRm(row.rm, dst, src.reg);
  PushReg(row.wide ? Kind::I64 : Kind::I32, dst);
}

void X64Compiler::Wrap() {
  const Operand a = Pop();
  if (a.where == Where::Const) {
    PushConst(Kind::I32, static_cast<uint32_t>(a.bits));
    return;
  }
  if (IsBestAtHome(a)) {
    const Reg dst = Dst(kGeneralRegs);
    a_.RegMem<Inst::Mov32Rm>(G(dst), x64::FrameMem{HomeOf(a)});
    PushReg(Kind::I32, dst);
    return;
  }
  const Src src = Use(a);
  const Reg dst = Dst(kGeneralRegs, src);
  a_.RegRm<Inst::Mov32Rm>(G(dst), G(src.reg));  // [X2]
  PushReg(Kind::I32, dst);
}

void X64Compiler::ExtendUnsigned() {
  const Operand a = Pop();
  if (a.where == Where::Const) {
    PushConst(Kind::I64, static_cast<uint32_t>(a.bits));
    return;
  }
  if (IsBestAtHome(a)) {
    const Reg dst = Dst(kGeneralRegs);
    a_.RegMem<Inst::Mov32Rm>(G(dst), x64::FrameMem{HomeOf(a)});  // the home has four valid bytes
    PushReg(Kind::I64, dst);
    return;
  }
  const Src src = Use(a);
  const Reg dst = Dst(kGeneralRegs, src);
  Move(Kind::I32, dst, src.reg);
  PushReg(Kind::I64, dst);
}

// --- comparisons

Cond X64Compiler::EmitCompare(bool wide, const Operand& first, const Operand& second, Cond cond) {
  Operand a = first, b = second;
  if (IsBetterExchanged(a, b)) {
    std::swap(a, b);
    cond = Exchanged(cond);
  }
  if (b.where == Where::Const) {
    const int64_t imm = Signed(wide, b.bits);
    if (Fits32(imm)) {
      const Inst inst = Fits8(imm) ? (wide ? Inst::Cmp64Mi8 : Inst::Cmp32Mi8) : (wide ? Inst::Cmp64Mi : Inst::Cmp32Mi);
      if (IsBestAtHome(a)) {
        a_.OnlyMem(inst, Home(HomeOf(a)), {.imm = imm});
        return cond;
      }
      const Src x = Use(a);
      if (imm == 0)
        a_.RegRm(wide ? Inst::Test64Mr : Inst::Test32Mr, x.reg, x.reg);
      else
        a_.OnlyRm(inst, x.reg, {.imm = imm});
      return cond;
    }
  }
  const Src x = Use(a);
  if (IsBestAtHome(b)) {
    a_.RegMem(wide ? Inst::Cmp64Rm : Inst::Cmp32Rm, x.reg, x64::FrameMem{HomeOf(b)});
  } else {
    const Src y = Use(b);
    a_.RegRm(wide ? Inst::Cmp64Rm : Inst::Cmp32Rm, x.reg, y.reg);
  }
  return cond;
}

void X64Compiler::Compare(const IntRow& row) {
  const Operand b = Pop(), a = Pop();
  Conditional([&] { return X64Condition{EmitCompare(row.wide, a, b, row.cond)}; });
}

void X64Compiler::TestZero(bool wide) {
  const Operand a = Pop();
  Operand zero{Where::Const, wide ? Kind::I64 : Kind::I32};
  Conditional([&] { return X64Condition{EmitCompare(wide, a, zero, Cond::e)}; });
}

}  // namespace gantry::baseline
