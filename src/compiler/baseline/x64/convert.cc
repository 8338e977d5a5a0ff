// X64Compiler: conversions between integers and floats.
//
// The processor converts what it cannot represent to the least integer. Results that may be that take a way through
// cold code, which looks at the operand: NaN, too small, too large, or after all in range.
#include "compiler/baseline/x64/compiler.h"

namespace gantry::baseline {

using abi::TrapCode;
using x64::Cond;
using x64::Gpr;
using x64::Inst;
using x64::Label;

namespace {

enum class Shape : uint8_t { None, Trunc, FromInt, Promote, Demote, ToBits, FromBits };

}  // namespace

struct ConvertRow {
  Shape shape = Shape::None;
  bool is_double = false;  // the float
  bool wide = false;       // the integer
  bool is_unsigned = false;
  bool saturates = false;
};

namespace {

constexpr OpTable<ConvertRow> kRows = [] {
  using wasm::Op;
  OpTable<ConvertRow> table;
#define TRUNC(Int, wide, Float, is_double)                                             \
  table[Op::Int##Trunc##Float##S] = {Shape::Trunc, is_double, wide, false, false};     \
  table[Op::Int##Trunc##Float##U] = {Shape::Trunc, is_double, wide, true, false};      \
  table[Op::Int##TruncSat##Float##S] = {Shape::Trunc, is_double, wide, false, true};   \
  table[Op::Int##TruncSat##Float##U] = {Shape::Trunc, is_double, wide, true, true};    \
  table[Op::Float##Convert##Int##S] = {Shape::FromInt, is_double, wide, false, false}; \
  table[Op::Float##Convert##Int##U] = {Shape::FromInt, is_double, wide, true, false};
  TRUNC(I32, false, F32, false)
  TRUNC(I32, false, F64, true)
  TRUNC(I64, true, F32, false)
  TRUNC(I64, true, F64, true)
#undef TRUNC
  table[Op::F64PromoteF32] = {Shape::Promote, true};
  table[Op::F32DemoteF64] = {Shape::Demote, false};
  table[Op::I32ReinterpretF32] = {Shape::ToBits, false, false};
  table[Op::I64ReinterpretF64] = {Shape::ToBits, true, true};
  table[Op::F32ReinterpretI32] = {Shape::FromBits, false, false};
  table[Op::F64ReinterpretI64] = {Shape::FromBits, true, true};
  return table;
}();

constexpr uint64_t kTwo63AsF64 = 0x43e0000000000000;
constexpr uint32_t kTwo63AsF32 = 0x5f000000;

}  // namespace

bool X64Compiler::Convert() {
  const ConvertRow& row = kRows[in_.op];
  const Kind float_kind = row.is_double ? Kind::F64 : Kind::F32, int_kind = row.wide ? Kind::I64 : Kind::I32;
  switch (row.shape) {
    case Shape::None:
      return false;
    case Shape::Trunc:
      Truncate(row);
      return true;
    case Shape::FromInt:
      FromInteger(row);
      return true;
    case Shape::Promote:
    case Shape::Demote: {
      const Src src = PopReg();
      const Reg dst = Dst(kVectorRegs, src);
      Unary(row.shape == Shape::Promote ? Inst::Cvtss2sd : Inst::Cvtsd2ss, dst, src.reg);
      PushReg(float_kind, dst);
      return true;
    }
    case Shape::ToBits:
    case Shape::FromBits: {
      const Operand operand = Pop();
      const Kind kind = row.shape == Shape::ToBits ? int_kind : float_kind;
      if (operand.where == Where::Const) {
        PushConst(kind, operand.bits);
        return true;
      }
      if (IsBestAtHome(operand)) {
        const Reg dst = Dst(ClassOf(kind));
        Load(kind, dst, Home(HomeOf(operand)));
        PushReg(kind, dst);
        return true;
      }
      const Src src = Use(operand);
      const Reg dst = Dst(ClassOf(kind));
      if (row.shape == Shape::ToBits)
        MoveToGeneral(row.wide, dst, src.reg);
      else
        MoveToVector(row.wide, dst, src.reg);
      PushReg(kind, dst);
      return true;
    }
  }
  return false;
}

void X64Compiler::MoveToGeneral(bool wide, Reg to, Reg from) {
  const Inst inst =
      wide ? (has_avx_ ? Inst::VmovqToGpr : Inst::MovqToGpr) : (has_avx_ ? Inst::VmovdToGpr : Inst::MovdToGpr);
  a_.RegRm(inst, N(from), N(to));
}

void X64Compiler::MoveToVector(bool wide, Reg to, Reg from) {
  const Inst inst =
      wide ? (has_avx_ ? Inst::VmovqFromGpr : Inst::MovqFromGpr) : (has_avx_ ? Inst::VmovdFromGpr : Inst::MovdFromGpr);
  a_.RegRm(inst, N(to), N(from));
}

// --- integer to float

void X64Compiler::FromInteger(const ConvertRow& row) {
  const Kind kind = row.is_double ? Kind::F64 : Kind::F32;
  const bool from_64 = row.wide || row.is_unsigned;  // an unsigned i32 is an i64 [X2]
  Inst inst =
      row.is_double ? (from_64 ? Inst::Cvtsi2sd64 : Inst::Cvtsi2sd32) : (from_64 ? Inst::Cvtsi2ss64 : Inst::Cvtsi2ss32);
  constexpr int kToVex = static_cast<int>(Inst::Vcvtsi2sd32) - static_cast<int>(Inst::Cvtsi2sd32);
  if (has_avx_) inst = static_cast<Inst>(static_cast<int>(inst) + kToVex);
  const Src src = PopReg();
  const Reg dst = Dst(kVectorRegs);
  Binary(Inst::Xorps, dst, dst, dst);  // the instruction keeps the upper part: no wait for what was there
  auto convert = [&](Reg from) { a_.RegRm(inst, N(dst), N(from), {.vvvv = N(dst)}); };
  if (!row.wide || !row.is_unsigned) {
    convert(src.reg);
    PushReg(kind, dst);
    return;
  }
  // From 2^63 on: half of it, with the lost bit kept for rounding, twice.
  Label large, done;
  a_.RegRm<Inst::Test64Mr>(G(src.reg), G(src.reg));
  a_.Jump(Cond::s, &large, x64::Distance::Short);
  convert(src.reg);
  a_.Jump(&done, x64::Distance::Short);
  a_.Bind(&large);
  a_.RegRm<Inst::Mov64Rm>(Gpr::r11, G(src.reg));
  a_.RegRm<Inst::Mov64Rm>(Gpr::r10, G(src.reg));
  a_.OnlyRm<Inst::Shr64Mi>(Gpr::r11, {.imm = 1});
  a_.OnlyRm<Inst::And32Mi8>(Gpr::r10, {.imm = 1});
  a_.RegRm<Inst::Or64Rm>(Gpr::r11, Gpr::r10);
  convert(kScratch);
  Binary(row.is_double ? Inst::Addsd : Inst::Addss, dst, dst, dst);
  a_.Bind(&done);
  PushReg(kind, dst);
}

// --- float to integer

void X64Compiler::EmitTruncate(bool is_double, bool wide, Reg to, Reg from) {
  Inst inst =
      is_double ? (wide ? Inst::Cvttsd2si64 : Inst::Cvttsd2si32) : (wide ? Inst::Cvttss2si64 : Inst::Cvttss2si32);
  constexpr int kToVex = static_cast<int>(Inst::Vcvttsd2si32) - static_cast<int>(Inst::Cvttsd2si32);
  if (has_avx_) inst = static_cast<Inst>(static_cast<int>(inst) + kToVex);
  a_.RegRm(inst, N(to), N(from));
}

void X64Compiler::Truncate(const ConvertRow& row) {
  const Src src = PopReg();
  const Reg dst = Dst(kGeneralRegs);
  ColdTruncation cold{.row = &row, .dst = dst, .src = src.reg, .offset = offset_, .fuel = fuel_};
  const bool wide_result = row.wide || row.is_unsigned;
  EmitTruncate(row.is_double, wide_result, dst, src.reg);
  if (!row.is_unsigned) {
    a_.OnlyRm(row.wide ? Inst::Cmp64Mi8 : Inst::Cmp32Mi8, dst, {.imm = 1});  // overflows for the least integer alone
    a_.Jump(Cond::o, &cold.label);
  } else if (!row.wide) {
    a_.RegRm<Inst::Mov32Rm>(Gpr::r11, G(dst));
    a_.RegRm<Inst::Cmp64Rm>(Gpr::r11, G(dst));
    a_.Jump(Cond::ne, &cold.label);
  } else {
    a_.RegRm<Inst::Test64Mr>(G(dst), G(dst));
    a_.Jump(Cond::s, &cold.label);
  }
  a_.Bind(&cold.back);
  cold_truncations_.push_back(std::move(cold));
  PushReg(row.wide ? Kind::I64 : Kind::I32, dst);
}

void X64Compiler::EmitColdTruncation(ColdTruncation* cold) {
  const ConvertRow& row = *cold->row;
  const Reg dst = cold->dst, src = cold->src;
  const Inst compare = row.is_double ? Inst::Ucomisd : Inst::Ucomiss;
  auto compare_literal = [&](uint64_t f64, uint32_t f32) {
    UnaryLiteral(compare, src, row.is_double ? Literal64(f64) : Literal32(f32));
  };
  auto trap = [&](TrapCode code) { EmitTrap(code, cold->offset, cold->fuel); };
  Label nan, out_of_range;
  a_.Bind(&cold->label);
  if (row.is_unsigned && row.wide) {
    // From 2^63 on: convert what is above it.
    BinaryLiteral(row.is_double ? Inst::Subsd : Inst::Subss, kVectorScratch, src,
                  row.is_double ? Literal64(kTwo63AsF64) : Literal32(kTwo63AsF32));
    EmitTruncate(row.is_double, true, dst, kVectorScratch);
    a_.RegRm<Inst::Test64Mr>(G(dst), G(dst));
    a_.Jump(Cond::s, &out_of_range);
    LoadImm64(Gpr::r11, uint64_t{1} << 63);
    a_.RegRm<Inst::Xor64Rm>(G(dst), Gpr::r11);
    a_.Jump(&cold->back);
    a_.Bind(&out_of_range);
  }
  Unary(compare, src, src);
  a_.Jump(Cond::p, &nan, x64::Distance::Short);
  if (row.saturates) {
    Binary(Inst::Xorps, kVectorScratch, kVectorScratch, kVectorScratch);
    Unary(compare, src, kVectorScratch);
    if (row.is_unsigned) {
      // Below zero: zero. Above: all ones.
      a_.Jump(Cond::b, &nan, x64::Distance::Short);
      if (row.wide)
        a_.OnlyRm<Inst::Mov64Mi>(G(dst), {.imm = -1});
      else
        a_.OpcodeReg<Inst::Mov32Oi>(G(dst), -1);
    } else {
      // Below zero the least integer is right.
      a_.Jump(Cond::b, &cold->back);
      LoadImm64(G(dst), row.wide ? 0x7fffffffffffffff : 0x7fffffff);
    }
    a_.Jump(&cold->back);
    a_.Bind(&nan);
    a_.RegRm<Inst::Xor32Rm>(G(dst), G(dst));
    a_.Jump(&cold->back);
    return;
  }
  if (!row.is_unsigned) {
    // In range after all: at or just below the least integer.
    constexpr uint64_t kBelowLeastI32 = 0xc1e0000000200000, kLeastI64 = 0xc3e0000000000000;
    constexpr uint32_t kLeastI32AsF32 = 0xcf000000, kLeastI64AsF32 = 0xdf000000;
    Label overflow;
    const bool exclusive = row.is_double && !row.wide;
    compare_literal(row.wide ? kLeastI64 : kBelowLeastI32, row.wide ? kLeastI64AsF32 : kLeastI32AsF32);
    a_.Jump(exclusive ? Cond::be : Cond::b, &overflow, x64::Distance::Short);
    Binary(Inst::Xorps, kVectorScratch, kVectorScratch, kVectorScratch);
    Unary(compare, src, kVectorScratch);
    a_.Jump(Cond::b, &cold->back);
    a_.Bind(&overflow);
  }
  trap(TrapCode::IntegerOverflow);
  a_.Bind(&nan);
  trap(TrapCode::InvalidConversion);
}

}  // namespace gantry::baseline
