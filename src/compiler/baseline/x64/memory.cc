// X64Compiler: addresses, loads and stores of numbers.
//
// A 32-bit memory with a guard needs no check: a 32-bit index and an offset below the guard end in its reservation,
// where accesses outside the memory fault. All others are compared with the memory's length first.
#include "compiler/baseline/x64/compiler.h"

namespace gantry::baseline {

using abi::TrapCode;
using x64::Cond;
using x64::Gpr;
using x64::Inst;

struct AccessRow {
  enum class Shape : uint8_t { None, Load, Store };
  Shape shape = Shape::None;
  Kind kind = Kind::I32;
  uint8_t size = 0;
  Inst inst{};            // floats and vectors: by kind
  Inst imm{};             // Store of a constant
  bool is_whole = false;  // Load of as many bytes as the value has
};

namespace {

constexpr bool IsWhole(Kind kind, uint32_t size) {
  return size == (kind == Kind::V128 ? 16 : kind == Kind::I64 || kind == Kind::F64 ? 8 : 4);
}

constexpr OpTable<AccessRow> kRows = [] {
  using wasm::Op;
  using enum AccessRow::Shape;
  OpTable<AccessRow> table;
#define LOAD(Name, kind, size, Form) \
  table[Op::Name] = {Load, Kind::kind, size, Inst::Form, {}, IsWhole(Kind::kind, size)};
  LOAD(I32Load, I32, 4, Mov32Rm)
  LOAD(I32Load8S, I32, 1, Movsx8To32)
  LOAD(I32Load8U, I32, 1, Movzx8To32)
  LOAD(I32Load16S, I32, 2, Movsx16To32)
  LOAD(I32Load16U, I32, 2, Movzx16To32)
  LOAD(I64Load, I64, 8, Mov64Rm)
  LOAD(I64Load8S, I64, 1, Movsx8To64)
  LOAD(I64Load8U, I64, 1, Movzx8To32)
  LOAD(I64Load16S, I64, 2, Movsx16To64)
  LOAD(I64Load16U, I64, 2, Movzx16To32)
  LOAD(I64Load32S, I64, 4, Movsx32To64)
  LOAD(I64Load32U, I64, 4, Mov32Rm)
  LOAD(F32Load, F32, 4, MovssLoad)
  LOAD(F64Load, F64, 8, MovsdLoad)
  LOAD(V128Load, V128, 16, Movups)
#undef LOAD
#define STORE(Name, kind, size, Form, Imm) table[Op::Name] = {Store, Kind::kind, size, Inst::Form, Inst::Imm};
  STORE(I32Store, I32, 4, Mov32Mr, Mov32Mi)
  STORE(I32Store8, I32, 1, Mov8Mr, Mov8Mi)
  STORE(I32Store16, I32, 2, Mov16Mr, Mov16Mi)
  STORE(I64Store, I64, 8, Mov64Mr, Mov64Mi)
  STORE(I64Store8, I64, 1, Mov8Mr, Mov8Mi)
  STORE(I64Store16, I64, 2, Mov16Mr, Mov16Mi)
  STORE(I64Store32, I64, 4, Mov32Mr, Mov32Mi)
  STORE(F32Store, F32, 4, MovssStore, Mov32Mi)
  STORE(F64Store, F64, 8, MovsdStore, Mov64Mi)
  STORE(V128Store, V128, 16, MovupsStore, MovupsStore)
#undef STORE
  return table;
}();

constexpr uint64_t kMaxDisp = 0x7fffffff;

}  // namespace

bool X64Compiler::Memory() {
  const AccessRow& row = kRows[in_.op];
  switch (row.shape) {
    case AccessRow::Shape::None:
      return false;
    case AccessRow::Shape::Load:
      IsPlainAccess(row.size, stack_.back()) ? LoadPlain(row) : DoLoad(row);
      return true;
    case AccessRow::Shape::Store:
      DoStore(row);
      return true;
  }
  return false;
}

void X64Compiler::Access() {
  if (!Memory()) Refuse(in_.info().text.data());
}

x64::Mem X64Compiler::AddressOf(const Operand& address, uint32_t size, bool* may_fault) {
  const uint64_t offset = in_.value;
  *may_fault = info_.IsGuarded(in_.index) && offset + size <= abi::kGuardBytes;
  if (!*may_fault) return CheckedAddress(address, size);
  Gpr base = Gpr::r15;
  if (in_.index != 0) {
    a_.RegMem<Inst::Mov64Rm>(Gpr::r10, Context(info_.layout.memories + 8 * in_.index));
    a_.RegMem<Inst::Mov64Rm>(Gpr::r10, Mem::At(Gpr::r10, offsetof(abi::MemoryDef, base)));
    base = Gpr::r10;
  }
  if (address.where == Where::Const && static_cast<uint32_t>(address.bits) + offset <= kMaxDisp) {
    return Mem::At(base, static_cast<int32_t>(static_cast<uint32_t>(address.bits) + offset));
  }
  return Mem::At(base, G(Use(address).reg), 0, static_cast<int32_t>(offset));
}

// r10 = index + offset + size, which must be at most the length and must not overflow.
x64::Mem X64Compiler::CheckedAddress(const Operand& address, uint32_t size) {
  const bool is_64 = module_.memories[in_.index].type.is_64;
  const uint64_t extent = in_.value + size;
  const Src index = Use(address);
  a_.RegMem<Inst::Mov64Rm>(Gpr::r11, Context(info_.layout.memories + 8 * in_.index));
  if (extent < size) {
    a_.Jump(TrapLabel(TrapCode::MemoryOutOfBounds));
    a_.RegRm<Inst::Xor32Rm>(Gpr::r10, Gpr::r10);
  } else if (!is_64 && extent <= kMaxDisp) {
    a_.RegMem<Inst::Lea64>(Gpr::r10, Mem::At(G(index.reg), static_cast<int32_t>(extent)));
  } else {
    LoadImm64(Gpr::r10, extent);
    a_.RegRm<Inst::Add64Rm>(Gpr::r10, G(index.reg));
    if (is_64) TrapIf(Cond::b, TrapCode::MemoryOutOfBounds);
  }
  a_.RegMem<Inst::Cmp64Rm>(Gpr::r10, Mem::At(Gpr::r11, offsetof(abi::MemoryDef, length)));
  TrapIf(Cond::a, TrapCode::MemoryOutOfBounds);
  if (in_.index == 0) return Mem::At(Gpr::r15, Gpr::r10, 0, -static_cast<int32_t>(size));
  a_.RegMem<Inst::Add64Rm>(Gpr::r10, Mem::At(Gpr::r11, offsetof(abi::MemoryDef, base)));
  return Mem::At(Gpr::r10, -static_cast<int32_t>(size));
}

// A load whose value is the second operand of the next instruction becomes that one's operand in memory, which is as
// wide [class B].
bool X64Compiler::FuseLoad(Kind kind, Mem mem, bool may_fault) {
  switch (kind) {
    case Kind::I32:
    case Kind::I64:
      return FuseIntLoad(kind == Kind::I64, mem, may_fault);
    case Kind::F32:
    case Kind::F64:
      return FuseFloatLoad(kind == Kind::F64, mem, may_fault);
    default:
      return false;
  }
}

void X64Compiler::LoadPlain(const AccessRow& row) {
  const Src index = PopReg();
  const x64::IndexedMem mem{Gpr::r15, G(index.reg), static_cast<int32_t>(in_.value)};
  if (row.is_whole && FuseLoad(row.kind, mem, /*may_fault=*/true)) return;
  Reg dst;
  if (IsVector(row.kind)) {
    dst = Dst(kVectorRegs);
    MayFault();
    Load(row.kind, dst, mem);
  } else {
    dst = Dst(kGeneralRegs, Src{index.reg, index.mine && index.reg < kR10});
    MayFault();
    a_.RegMem(row.inst, dst, mem);
  }
  PushReg(row.kind, dst);
}

void X64Compiler::DoLoad(const AccessRow& row) {
  const Operand address = Pop();
  bool may_fault;
  const Mem mem = AddressOf(address, row.size, &may_fault);
  if (row.is_whole && FuseLoad(row.kind, mem, may_fault)) return;
  if (IsVector(row.kind)) {
    const Reg dst = Dst(kVectorRegs);
    if (may_fault) MayFault();
    Load(row.kind, dst, mem);
    PushReg(row.kind, dst);
    return;
  }
  const Reg reg = mem.index != Mem::kNone ? mem.index : kNoReg;
  const bool is_mine = reg < kR10 && (!Contains(used_, reg) || IsOfDeadLocal(reg));
  const Reg dst = Dst(kGeneralRegs, Src{reg, is_mine});
  if (may_fault) MayFault();
  a_.RegMem(row.inst, dst, mem);
  PushReg(row.kind, dst);
}

void X64Compiler::DoStore(const AccessRow& row) {
  const Operand value = Pop(), address = Pop();
  const bool is_int = !IsVector(row.kind);
  const int64_t imm = row.kind == Kind::I32 || row.kind == Kind::F32 ? static_cast<int32_t>(value.bits)
                                                                     : static_cast<int64_t>(value.bits);
  const bool as_imm =
      value.where == Where::Const && row.kind != Kind::V128 && (row.size < 8 || imm == static_cast<int32_t>(imm));
  Src src{kNoReg, false};
  if (!as_imm) src = Use(value);
  if (is_int && !as_imm && IsPlainAccess(row.size, address)) {
    const Reg index = Use(address).reg;
    MayFault();
    a_.RegMem(row.inst, src.reg, x64::IndexedMem{Gpr::r15, G(index), static_cast<int32_t>(in_.value)});
    return;
  }
  bool may_fault;
  const Mem mem = AddressOf(address, row.size, &may_fault);
  if (may_fault) MayFault();
  if (as_imm)
    a_.OnlyMem(row.imm, mem, {.imm = imm});
  else if (is_int)
    a_.RegMem(row.inst, src.reg, mem);
  else
    Store(row.kind, src.reg, mem);
}

}  // namespace gantry::baseline
