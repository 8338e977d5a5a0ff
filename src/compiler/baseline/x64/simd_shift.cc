// X64Compiler: shifts of lanes, by a number modulo the lanes' width. There are none of bytes, and no signed one of
// 64-bit lanes.
#include "compiler/baseline/x64/compiler.h"

namespace gantry::baseline {

using x64::Gpr;
using x64::Inst;

struct ShiftRow {
  enum class Shape : uint8_t { None, Plain, BytesLeft, BytesRight, BytesSigned, QuadsSigned };
  Shape shape = Shape::None;
  uint8_t bits = 0;
  Inst by_reg{}, by_imm{};  // Plain
};

namespace {

using Shape = ShiftRow::Shape;

constexpr OpTable<ShiftRow> kRows = [] {
  using wasm::Op;
  OpTable<ShiftRow> table;
#define PLAIN(Name, bits, inst) table[Op::Name] = {Shape::Plain, bits, Inst::inst, Inst::inst##I};
  PLAIN(I16x8Shl, 16, Psllw)
  PLAIN(I16x8ShrS, 16, Psraw)
  PLAIN(I16x8ShrU, 16, Psrlw)
  PLAIN(I32x4Shl, 32, Pslld)
  PLAIN(I32x4ShrS, 32, Psrad)
  PLAIN(I32x4ShrU, 32, Psrld)
  PLAIN(I64x2Shl, 64, Psllq)
  PLAIN(I64x2ShrU, 64, Psrlq)
#undef PLAIN
  table[Op::I8x16Shl] = {Shape::BytesLeft, 8};
  table[Op::I8x16ShrU] = {Shape::BytesRight, 8};
  table[Op::I8x16ShrS] = {Shape::BytesSigned, 8};
  table[Op::I64x2ShrS] = {Shape::QuadsSigned, 64};
  return table;
}();

constexpr uint64_t kAllBytes = 0x0101010101010101, kTopBit = uint64_t{1} << 63;

}  // namespace

bool X64Compiler::VectorShift() {
  const ShiftRow& row = kRows[in_.op];
  if (row.shape == Shape::None) return false;
  const Operand amount = Pop(), value = Pop();
  if (amount.where == Where::Const)
    ShiftByAmount(row, value, static_cast<uint8_t>(amount.bits & (row.bits - 1)));
  else
    ShiftByOperand(row, value, amount);
  return true;
}

void X64Compiler::ShiftByAmount(const ShiftRow& row, const Operand& value, uint8_t amount) {
  const Src src = Use(value);
  const Reg dst = Dst(kVectorRegs, src);
  auto all_bytes = [&](uint8_t byte) { return Literal128(kAllBytes * byte, kAllBytes * byte); };
  if (amount == 0) {
    Move(Kind::V128, dst, src.reg);
    PushReg(Kind::V128, dst);
    return;
  }
  switch (row.shape) {
    case Shape::None:
      break;
    case Shape::Plain:
      ShiftBits(row.by_imm, dst, src.reg, amount);
      break;
    // As words, without what has come from the neighbours.
    case Shape::BytesLeft:
      ShiftBits(Inst::PsllwI, dst, src.reg, amount);
      BinaryLiteral(Inst::Pand, dst, dst, all_bytes(static_cast<uint8_t>(0xff << amount)));
      break;
    case Shape::BytesRight:
    case Shape::BytesSigned:
      ShiftBits(Inst::PsrlwI, dst, src.reg, amount);
      BinaryLiteral(Inst::Pand, dst, dst, all_bytes(static_cast<uint8_t>(0xff >> amount)));
      if (row.shape == Shape::BytesRight) break;
      // The sign is at a lower place: extended by flipping it and taking it off.
      BinaryLiteral(Inst::Pxor, dst, dst, all_bytes(static_cast<uint8_t>(0x80 >> amount)));
      BinaryLiteral(Inst::Psubb, dst, dst, all_bytes(static_cast<uint8_t>(0x80 >> amount)));
      break;
    case Shape::QuadsSigned: {
      const uint32_t sign = Literal128(kTopBit >> amount, kTopBit >> amount);
      ShiftBits(Inst::PsrlqI, dst, src.reg, amount);
      BinaryLiteral(Inst::Pxor, dst, dst, sign);
      BinaryLiteral(Inst::Psubq, dst, dst, sign);
      break;
    }
  }
  PushReg(Kind::V128, dst);
}

// The amount goes into the scratch register.
void X64Compiler::ShiftByOperand(const ShiftRow& row, const Operand& value, const Operand& amount) {
  const Src src = Use(value);
  const bool needs_temporary = row.shape != Shape::Plain;
  const Reg by = kVectorScratch, temporary = needs_temporary ? AllocTemp(kVectorRegs) : kNoReg;
  if (IsBestAtHome(amount))
    Load(Kind::I32, kScratch, Home(HomeOf(amount)));
  else
    Move(Kind::I32, kScratch, Use(amount).reg);
  const Reg dst = Dst(kVectorRegs, src);
  a_.OnlyRm<Inst::And32Mi8>(Gpr::r11, {.imm = row.bits - 1});
  if (row.shape == Shape::BytesSigned) a_.OnlyRm<Inst::Add32Mi8>(Gpr::r11, {.imm = 8});
  MoveToVector(/*wide=*/false, by, kScratch);
  switch (row.shape) {
    case Shape::None:
      break;
    case Shape::Plain:
      Binary(row.by_reg, dst, src.reg, by);
      break;
    // The bits of each byte that stay: 0xff shifted right.
    case Shape::BytesLeft:
    case Shape::BytesRight:
      Binary(Inst::Pcmpeqw, temporary, temporary, temporary);
      ShiftBits(Inst::PsrlwI, temporary, temporary, 8);
      Binary(Inst::Psrlw, temporary, temporary, by);
      Binary(Inst::Packuswb, temporary, temporary, temporary);
      if (row.shape == Shape::BytesLeft) {
        Binary(Inst::Pand, dst, src.reg, temporary);
        Binary(Inst::Psllw, dst, dst, by);
      } else {
        Binary(Inst::Psrlw, dst, src.reg, by);
        Binary(Inst::Pand, dst, dst, temporary);
      }
      break;
    // Bytes as upper halves of words.
    case Shape::BytesSigned:
      Binary(Inst::Punpckhbw, temporary, src.reg, src.reg);
      Binary(Inst::Psraw, temporary, temporary, by);
      Binary(Inst::Punpcklbw, dst, src.reg, src.reg);
      Binary(Inst::Psraw, dst, dst, by);
      Binary(Inst::Packsswb, dst, dst, temporary);
      break;
    case Shape::QuadsSigned:
      UnaryLiteral(Inst::Movups, temporary, Literal128(kTopBit, kTopBit));
      Binary(Inst::Psrlq, temporary, temporary, by);
      Binary(Inst::Psrlq, dst, src.reg, by);
      Binary(Inst::Pxor, dst, dst, temporary);
      Binary(Inst::Psubq, dst, dst, temporary);
      break;
  }
  PushReg(Kind::V128, dst);
}

}  // namespace gantry::baseline
