// X64Compiler: single lanes of vectors: splat, extract_lane, replace_lane.
#include <cstring>

#include "compiler/baseline/x64/compiler.h"

namespace gantry::baseline {

using x64::Gpr;
using x64::Inst;
using x64::Isa;

struct LaneRow {
  enum class Shape : uint8_t { None, Splat, Extract, Replace };
  Shape shape = Shape::None;
  uint8_t size = 0;        // bytes of a lane
  Kind kind{};             // of the number
  bool is_signed = false;  // Extract
};

namespace {

constexpr OpTable<LaneRow> kRows = [] {
  using wasm::Op;
  using enum LaneRow::Shape;
  OpTable<LaneRow> table;
#define LANES(P, size, kind)                       \
  table[Op::P##Splat] = {Splat, size, Kind::kind}; \
  table[Op::P##ReplaceLane] = {Replace, size, Kind::kind};
#define EXTRACT(Name, size, kind, is_signed) table[Op::Name] = {Extract, size, Kind::kind, is_signed};
  LANES(I8x16, 1, I32)
  LANES(I16x8, 2, I32)
  LANES(I32x4, 4, I32)
  LANES(I64x2, 8, I64)
  LANES(F32x4, 4, F32)
  LANES(F64x2, 8, F64)
  EXTRACT(I8x16ExtractLaneS, 1, I32, true)
  EXTRACT(I8x16ExtractLaneU, 1, I32, false)
  EXTRACT(I16x8ExtractLaneS, 2, I32, true)
  EXTRACT(I16x8ExtractLaneU, 2, I32, false)
  EXTRACT(I32x4ExtractLane, 4, I32, false)
  EXTRACT(I64x2ExtractLane, 8, I64, false)
  EXTRACT(F32x4ExtractLane, 4, F32, false)
  EXTRACT(F64x2ExtractLane, 8, F64, false)
#undef EXTRACT
#undef LANES
  return table;
}();

// Insertions and extractions through general registers: the VEX forms stand behind all legacy ones.
constexpr Inst VexLane(Inst inst) {
  return static_cast<Inst>(static_cast<int>(inst) + static_cast<int>(Inst::Vpinsrb) - static_cast<int>(Inst::Pinsrb));
}

// By log2 of the lanes' size.
constexpr Inst kBroadcasts[] = {Inst::Vpbroadcastb, Inst::Vpbroadcastw, Inst::Vpbroadcastd, Inst::Vpbroadcastq};
constexpr Inst kInserts[] = {Inst::Pinsrb, Inst::Pinsrw, Inst::Pinsrd, Inst::Pinsrq};
int Log2(uint8_t size) { return std::countr_zero(size); }

}  // namespace

bool X64Compiler::Lanes() {
  const LaneRow& row = kRows[in_.op];
  switch (row.shape) {
    case LaneRow::Shape::None:
      return false;
    case LaneRow::Shape::Splat:
      Splat(row);
      return true;
    case LaneRow::Shape::Extract:
      ExtractLane(row);
      return true;
    case LaneRow::Shape::Replace:
      ReplaceLane(row);
      return true;
  }
  return false;
}

// --- splat

void X64Compiler::Splat(const LaneRow& row) {
  const Operand value = Pop();
  if (value.where == Where::Const) {
    ByteLanes bytes;
    for (size_t i = 0; i < bytes.size(); i += row.size) std::memcpy(&bytes[i], &value.bits, row.size);
    PushConst(Kind::V128, Literal128Of(bytes));
    return;
  }
  if (has_avx_ && Has(Isa::Avx2) && IsBestAtHome(value)) {
    const Reg dst = Dst(kVectorRegs);
    a_.RegMem(kBroadcasts[Log2(row.size)], N(dst), Home(HomeOf(value)));
    PushReg(Kind::V128, dst);
    return;
  }
  const Src src = Use(value);
  const Reg dst = IsVector(row.kind) ? Dst(kVectorRegs, src) : Dst(kVectorRegs);
  if (row.kind == Kind::F32) {
    Binary(Inst::Shufps, dst, src.reg, src.reg, 0);
  } else if (row.kind == Kind::F64) {
    if (HasAvxOr(Isa::Sse3))
      Unary(Inst::Movddup, dst, src.reg);
    else
      Binary(Inst::Unpcklpd, dst, src.reg, src.reg);
  } else {
    MoveToVector(row.kind == Kind::I64, dst, src.reg);
    Spread(row.size, dst);
  }
  PushReg(Kind::V128, dst);
}

// The lowest lane of integers to all.
void X64Compiler::Spread(uint8_t size, Reg reg) {
  if (size <= 2 && has_avx_ && Has(Isa::Avx2)) {
    a_.RegRm(kBroadcasts[Log2(size)], N(reg), N(reg));
    return;
  }
  if (size == 8) {
    Binary(Inst::Punpcklqdq, reg, reg, reg);
    return;
  }
  if (size == 1) {
    if (HasAvxOr(Isa::Ssse3)) {
      Binary(Inst::Pxor, kVectorScratch, kVectorScratch, kVectorScratch);
      Binary(Inst::Pshufb, reg, reg, kVectorScratch);
      return;
    }
    Binary(Inst::Punpcklbw, reg, reg, reg);
  }
  if (size <= 2) Unary(Inst::Pshuflw, reg, reg, 0);
  Unary(Inst::Pshufd, reg, reg, 0);
}

// --- extract

void X64Compiler::ExtractLane(const LaneRow& row) {
  const Operand vector = Pop();
  const bool is_float = IsVector(row.kind);
  if (IsBestAtHome(vector)) {
    const Mem mem = Home(HomeOf(vector) + in_.lane * row.size);
    const Reg dst = Dst(ClassOf(row.kind));
    constexpr Inst kNarrow[2][2] = {{Inst::Movzx8To32, Inst::Movsx8To32}, {Inst::Movzx16To32, Inst::Movsx16To32}};
    if (row.size <= 2)
      a_.RegMem(kNarrow[row.size - 1][row.is_signed], N(dst), mem);
    else
      Load(row.kind, dst, mem);
    PushReg(row.kind, dst);
    return;
  }
  const Src src = Use(vector);
  if (!is_float) {
    const Reg dst = Dst(kGeneralRegs);
    ExtractBits(row.size, row.is_signed, dst, src.reg);
    PushReg(row.kind, dst);
    return;
  }
  const Reg dst = Dst(kVectorRegs, src);
  if (in_.lane == 0)
    Move(row.kind, dst, src.reg);
  else if (!has_avx_)
    Unary(Inst::Pshufd, dst, src.reg, row.size == 8 ? 0xee : in_.lane);
  else if (row.size == 8)
    Binary(Inst::Shufpd, dst, src.reg, src.reg, 1);
  else
    Binary(Inst::Shufps, dst, src.reg, src.reg, in_.lane);
  PushReg(row.kind, dst);
}

void X64Compiler::ExtractBits(uint8_t size, bool is_signed, Reg to, Reg from) {
  const uint8_t lane = in_.lane;
  auto extract = [&](Inst inst) { a_.RegRm(has_avx_ ? VexLane(inst) : inst, N(from), N(to), {.imm = lane}); };
  auto extract_word = [&](uint8_t word) {
    a_.RegRm(has_avx_ ? Inst::Vpextrw : Inst::Pextrw, N(to), N(from), {.imm = word});
  };
  switch (size) {
    case 1:
      if (HasAvxOr(Isa::Sse41)) {
        extract(Inst::Pextrb);
        if (is_signed) a_.RegRm<Inst::Movsx8To32>(G(to), G(to));
        return;
      }
      extract_word(lane / 2);
      if (lane % 2 != 0) a_.OnlyRm<Inst::Shr32Mi>(G(to), {.imm = 8});
      a_.RegRm(is_signed ? Inst::Movsx8To32 : Inst::Movzx8To32, N(to), N(to));
      return;
    case 2:
      extract_word(lane);
      if (is_signed) a_.RegRm<Inst::Movsx16To32>(G(to), G(to));
      return;
    default: {
      const bool wide = size == 8;
      if (lane == 0) {
        MoveToGeneral(wide, to, from);
      } else if (HasAvxOr(Isa::Sse41)) {
        extract(wide ? Inst::Pextrq : Inst::Pextrd);
      } else {
        Unary(Inst::Pshufd, kVectorScratch, from, wide ? 0xee : lane);
        MoveToGeneral(wide, to, kVectorScratch);
      }
      return;
    }
  }
}

// --- replace

void X64Compiler::ReplaceLane(const LaneRow& row) {
  const Operand value = Pop(), vector = Pop();
  const Src x = Use(vector), y = Use(value);
  const Reg dst = Dst(kVectorRegs, x);
  if (IsVector(row.kind))
    InsertFloat(row.size, dst, x.reg, y.reg);
  else
    InsertBits(row.size, dst, x.reg, y.reg);
  PushReg(Kind::V128, dst);
}

// `value` may be r11; r10 and r11 change.
void X64Compiler::InsertBits(uint8_t size, Reg to, Reg vector, Reg value) {
  const uint8_t lane = in_.lane;
  auto insert = [&](Inst inst, Reg from, int number) {
    if (has_avx_) {
      a_.RegRm(VexLane(inst), N(to), N(from), {N(vector), number});
      return;
    }
    Move(Kind::V128, to, vector);
    a_.RegRm(inst, N(to), N(from), {.imm = number});
    vector = to;
  };
  if (size == 2 || HasAvxOr(Isa::Sse41)) {
    insert(kInserts[Log2(size)], value, lane);
    return;
  }
  switch (size) {
    case 1:  // into the word that is there
      a_.RegRm<Inst::Pextrw>(Gpr::r10, X(vector), {.imm = lane / 2});
      if (lane % 2 == 0) {
        a_.OnlyRm<Inst::And32Mi>(Gpr::r10, {.imm = 0xff00});
        a_.RegRm<Inst::Movzx8To32>(Gpr::r11, G(value));
      } else {
        a_.RegRm<Inst::Movzx8To32>(Gpr::r10, Gpr::r10);
        Move(Kind::I32, kScratch, value);
        a_.OnlyRm<Inst::Shl32Mi>(Gpr::r11, {.imm = 8});
      }
      a_.RegRm<Inst::Or32Rm>(Gpr::r10, Gpr::r11);
      insert(Inst::Pinsrw, kScratch2, lane / 2);
      return;
    case 4:
      insert(Inst::Pinsrw, value, 2 * lane);
      Move(Kind::I32, kScratch, value);
      a_.OnlyRm<Inst::Shr32Mi>(Gpr::r11, {.imm = 16});
      insert(Inst::Pinsrw, kScratch, 2 * lane + 1);
      return;
    default:
      MoveToVector(/*wide=*/true, kVectorScratch, value);
      InsertFloat(8, to, vector, kVectorScratch);
      return;
  }
}

void X64Compiler::InsertFloat(uint8_t size, Reg to, Reg vector, Reg value) {
  const uint8_t lane = in_.lane;
  if (size == 8) {
    Binary(lane == 0 ? Inst::MovsdReg : Inst::Movlhps, to, vector, value);
  } else if (HasAvxOr(Isa::Sse41)) {
    Binary(Inst::Insertps, to, vector, value, lane << 4);
  } else if (lane == 0) {
    Binary(Inst::MovssReg, to, vector, value);
  } else {
    MoveToGeneral(/*wide=*/false, kScratch, value);
    InsertBits(4, to, vector, kScratch);
  }
}

}  // namespace gantry::baseline
