// X64Compiler: vectors from and to memory in parts: widened, splat, padded with zeros, lane by lane. Every access has
// just the bytes that the instruction names.
#include "compiler/baseline/x64/compiler.h"
#include "compiler/baseline/x64/simd_recipes.h"

namespace gantry::baseline {

using x64::Gpr;
using x64::Inst;
using x64::Isa;

struct VectorAccessRow {
  enum class Shape : uint8_t { None, Widened, Splat, Zero, LoadLane, StoreLane };
  Shape shape = Shape::None;
  uint8_t size = 0;  // bytes in memory
  Inst inst{};       // Widened
  wasm::Op widen{};  // Widened: the instruction that does it in registers
};

namespace {

constexpr OpTable<VectorAccessRow> kRows = [] {
  using wasm::Op;
  using enum VectorAccessRow::Shape;
  OpTable<VectorAccessRow> table;
#define WIDENED(Name, inst, Widen) table[Op::Name] = {Widened, 8, Inst::inst, Op::Widen};
  WIDENED(V128Load8x8S, Pmovsxbw, I16x8ExtendLowI8x16S)
  WIDENED(V128Load8x8U, Pmovzxbw, I16x8ExtendLowI8x16U)
  WIDENED(V128Load16x4S, Pmovsxwd, I32x4ExtendLowI16x8S)
  WIDENED(V128Load16x4U, Pmovzxwd, I32x4ExtendLowI16x8U)
  WIDENED(V128Load32x2S, Pmovsxdq, I64x2ExtendLowI32x4S)
  WIDENED(V128Load32x2U, Pmovzxdq, I64x2ExtendLowI32x4U)
#undef WIDENED
#define BY_SIZE(bits)                                     \
  table[Op::V128Load##bits##Splat] = {Splat, bits / 8};   \
  table[Op::V128Load##bits##Lane] = {LoadLane, bits / 8}; \
  table[Op::V128Store##bits##Lane] = {StoreLane, bits / 8};
  BY_SIZE(8)
  BY_SIZE(16)
  BY_SIZE(32)
  BY_SIZE(64)
#undef BY_SIZE
  table[Op::V128Load32Zero] = {Zero, 4};
  table[Op::V128Load64Zero] = {Zero, 8};
  return table;
}();

}  // namespace

bool X64Compiler::VectorMemory() {
  const VectorAccessRow& row = kRows[in_.op];
  switch (row.shape) {
    case VectorAccessRow::Shape::None:
      return false;
    case VectorAccessRow::Shape::Widened:
      LoadWidened(row);
      return true;
    case VectorAccessRow::Shape::Splat:
      LoadSplat(row.size);
      return true;
    case VectorAccessRow::Shape::Zero:
      LoadZero(row.size);
      return true;
    case VectorAccessRow::Shape::LoadLane:
      LoadLane(row.size);
      return true;
    case VectorAccessRow::Shape::StoreLane:
      StoreLane(row.size);
      return true;
  }
  return false;
}

// A number that fills the low part of the vector, zeros above.
void X64Compiler::LoadZero(uint8_t size) {
  const Operand address = Pop();
  bool may_fault;
  const Mem mem = AddressOf(address, size, &may_fault);
  const Reg dst = Dst(kVectorRegs);
  if (may_fault) MayFault();
  Load(size == 4 ? Kind::F32 : Kind::F64, dst, mem);
  PushReg(Kind::V128, dst);
}

void X64Compiler::LoadWidened(const VectorAccessRow& row) {
  if (!HasAvxOr(Isa::Sse41)) {
    LoadZero(row.size);
    RunRecipe(*RecipeOf(row.widen));
    return;
  }
  const Operand address = Pop();
  bool may_fault;
  const Mem mem = AddressOf(address, row.size, &may_fault);
  const Reg dst = Dst(kVectorRegs);
  if (may_fault) MayFault();
  UnaryMem(row.inst, dst, mem);
  PushReg(Kind::V128, dst);
}

void X64Compiler::LoadSplat(uint8_t size) {
  const Operand address = Pop();
  bool may_fault;
  const Mem mem = AddressOf(address, size, &may_fault);
  const Reg dst = Dst(kVectorRegs);
  if (may_fault) MayFault();
  switch (size) {
    case 1:
    case 2:
      if (has_avx_ && Has(Isa::Avx2)) {
        a_.RegMem(size == 1 ? Inst::Vpbroadcastb : Inst::Vpbroadcastw, N(dst), mem);
        break;
      }
      a_.RegMem(size == 1 ? Inst::Movzx8To32 : Inst::Movzx16To32, kScratch, mem);
      MoveToVector(/*wide=*/false, dst, kScratch);
      Spread(size, dst);
      break;
    case 4:
      if (has_avx_) {
        a_.RegMem<Inst::Vbroadcastss>(X(dst), mem);
        break;
      }
      Load(Kind::F32, dst, mem);
      Spread(size, dst);
      break;
    default:
      if (HasAvxOr(Isa::Sse3)) {
        UnaryMem(Inst::Movddup, dst, mem);
        break;
      }
      Load(Kind::F64, dst, mem);
      Spread(size, dst);
      break;
  }
  PushReg(Kind::V128, dst);
}

void X64Compiler::LoadLane(uint8_t size) {
  const Operand vector = Pop(), address = Pop();
  const Src src = Use(vector);
  bool may_fault;
  const Mem mem = AddressOf(address, size, &may_fault);
  const Reg dst = Dst(kVectorRegs, src);
  auto fault = [&] {
    if (may_fault) MayFault();
  };
  auto insert = [&](Inst legacy, Inst vex, int number) {
    if (has_avx_) {
      fault();
      a_.RegMem(vex, N(dst), mem, {N(src.reg), number});
      return;
    }
    Move(Kind::V128, dst, src.reg);
    fault();
    a_.RegMem(legacy, N(dst), mem, {.imm = number});
  };
  const uint8_t lane = in_.lane;
  const bool sse41 = HasAvxOr(Isa::Sse41);
  if (size == 8) {
    if (lane == 0)
      insert(Inst::MovlpsLoad, Inst::VmovlpsLoad, 0);
    else
      insert(Inst::MovhpsLoad, Inst::VmovhpsLoad, 0);
  } else if (size == 2) {
    insert(Inst::Pinsrw, Inst::Vpinsrw, lane);
  } else if (sse41) {
    if (size == 4)
      insert(Inst::Pinsrd, Inst::Vpinsrd, lane);
    else
      insert(Inst::Pinsrb, Inst::Vpinsrb, lane);
  } else {
    fault();
    a_.RegMem(size == 4 ? Inst::Mov32Rm : Inst::Movzx8To32, kScratch, mem);
    InsertBits(size, dst, src.reg, kScratch);
  }
  PushReg(Kind::V128, dst);
}

void X64Compiler::StoreLane(uint8_t size) {
  const Operand vector = Pop(), address = Pop();
  const Reg src = Use(vector).reg;
  bool may_fault;
  const Mem mem = AddressOf(address, size, &may_fault);
  const uint8_t lane = in_.lane;
  auto store = [&](Inst legacy, Inst vex, int number) {
    if (may_fault) MayFault();
    a_.RegMem(has_avx_ ? vex : legacy, N(src), mem, {.imm = number});
  };
  if (size == 8) {
    if (lane == 0)
      store(Inst::MovlpsStore, Inst::VmovlpsStore, 0);
    else
      store(Inst::MovhpsStore, Inst::VmovhpsStore, 0);
  } else if (size == 4 && lane == 0) {
    store(Inst::MovssStore, Inst::VmovssStore, 0);
  } else if (HasAvxOr(Isa::Sse41)) {
    if (size == 4)
      store(Inst::Pextrd, Inst::Vpextrd, lane);
    else if (size == 2)
      store(Inst::PextrwStore, Inst::VpextrwStore, lane);
    else
      store(Inst::Pextrb, Inst::Vpextrb, lane);
  } else {
    ExtractBits(size, /*is_signed=*/false, kScratch, src);
    constexpr Inst kStores[] = {Inst::Mov8Mr, Inst::Mov16Mr, Inst::Mov32Mr};
    if (may_fault) MayFault();
    a_.RegMem(kStores[size / 2], kScratch, mem);
  }
}

}  // namespace gantry::baseline
