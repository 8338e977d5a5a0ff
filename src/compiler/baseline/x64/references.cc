// X64Compiler: references as such, and tables.
#include "compiler/baseline/x64/condition-inl.h"

namespace gantry::baseline {

using abi::TrapCode;
using wasm::OpFamily;
using x64::Cond;
using x64::Gpr;
using x64::Inst;

namespace {

bool IsWide(Kind kind) { return kind == Kind::I64 || kind == Kind::Func; }

}  // namespace

bool X64Compiler::References() {
  switch (FamilyOf(in_.op)) {
    case OpFamily::RefNull:
      PushConst(KindOf(module_, wasm::ValType::Ref(in_.heap, true)), 0);
      return true;
    case OpFamily::RefIsNull:
      TestZero(IsWide(stack_.back().kind));
      return true;
    case OpFamily::RefEq: {
      const Operand b = Pop(), a = Pop();
      Conditional([&] { return X64Condition{EmitCompare(/*wide=*/false, a, b, Cond::e)}; });
      return true;
    }
    case OpFamily::RefFunc:
      RefFunc();
      return true;
    case OpFamily::RefAsNonNull: {
      const Operand operand = Pop();
      const Src src = Use(operand);
      TestNull(operand.kind, src.reg);
      TrapIf(Cond::e, TrapCode::NullReference);
      PushAgain(operand, src);
      return true;
    }
    case OpFamily::BrOnNull: {
      FlushFuel();
      const Operand operand = Pop();
      const Src src = Use(operand);
      TestNull(operand.kind, src.reg);
      BranchIf(in_.index, {Cond::e});
      PushAgain(operand, src);
      return true;
    }
    case OpFamily::BrOnNonNull: {
      FlushFuel();
      const Operand operand = Pop();
      const Src src = Use(operand);
      TestNull(operand.kind, src.reg);
      PushAgain(operand, src);
      BranchIf(in_.index, {Cond::ne});
      Drop(1);
      return true;
    }
    case OpFamily::TableGet:
      TableGet();
      return true;
    case OpFamily::TableSize: {
      const bool is_64 = module_.tables[in_.index].type.is_64;
      a_.RegMem<Inst::Mov64Rm>(Gpr::r11, Context(info_.layout.tables + 8 * in_.index));
      const Reg dst = Dst(kGeneralRegs);
      const Mem length = Mem::At(Gpr::r11, offsetof(abi::TableDef, length));
      Load(is_64 ? Kind::I64 : Kind::I32, dst, length);
      PushReg(is_64 ? Kind::I64 : Kind::I32, dst);
      return true;
    }
    default:
      return false;
  }
}

void X64Compiler::TestNull(Kind kind, Reg reg) { a_.RegRm(IsWide(kind) ? Inst::Test64Mr : Inst::Test32Mr, reg, reg); }

// An operand that was popped and brought to a register, which nothing has changed.
void X64Compiler::PushAgain(const Operand& operand, Src src) {
  if (operand.where == Where::Local)
    PushLocal(operand.local);
  else
    PushReg(operand.kind, src.reg);
}

void X64Compiler::RefFunc() {
  const Reg dst = Dst(kGeneralRegs);
  if (module_.is_imported_func(in_.index)) {
    a_.RegMem<Inst::Mov64Rm>(G(dst), Context(info_.layout.imported_funcs + 8 * in_.index));
  } else {
    a_.RegMem<Inst::Lea64>(G(dst), Context(OwnFuncRef(in_.index)));
  }
  PushReg(Kind::Func, dst);
}

uint32_t X64Compiler::OwnFuncRef(uint32_t func) const {
  return info_.layout.funcs + static_cast<uint32_t>(sizeof(abi::FuncRef)) * (func - module_.imported_funcs);
}

// r11 = the table, checked against its length. Returns the register of the index.
Reg X64Compiler::CheckedTableIndex(const Operand& index, uint32_t table, TrapCode code) {
  const Src src = Use(index);
  a_.RegMem<Inst::Mov64Rm>(Gpr::r11, Context(info_.layout.tables + 8 * table));
  const wasm::Limits& limits = module_.tables[table].type.limits;
  if (limits.max == limits.min && limits.min <= INT32_MAX) {  // it cannot grow
    a_.OnlyRm<Inst::Cmp64Mi>(G(src.reg), {.imm = static_cast<int32_t>(limits.min)});
  } else {
    a_.RegMem<Inst::Cmp64Rm>(G(src.reg), Mem::At(Gpr::r11, offsetof(abi::TableDef, length)));
  }
  TrapIf(Cond::ae, code);
  return src.reg;
}

void X64Compiler::TableGet() {
  const Kind kind = KindOf(module_, module_.tables[in_.index].type.element);
  const Reg index = CheckedTableIndex(Pop(), in_.index, TrapCode::TableOutOfBounds);
  a_.RegMem<Inst::Mov64Rm>(Gpr::r11, Mem::At(Gpr::r11, offsetof(abi::TableDef, base)));
  if (kind == Kind::Ref) {
    const Reg dst = Dst(kGeneralRegs);
    a_.RegMem<Inst::Mov32Rm>(G(dst), Mem::At(Gpr::r11, G(index), 2));
    PushReg(kind, dst);
    return;
  }
  EntryAddress(index);
  const Reg dst = Dst(kGeneralRegs);
  a_.RegMem<Inst::Mov64Rm>(G(dst), Mem::At(Gpr::r10, offsetof(abi::FuncTableEntry, ref)));
  PushReg(kind, dst);
}

// r10 = the entry of the function table whose elements are at r11.
void X64Compiler::EntryAddress(Reg index) {
  static_assert(sizeof(abi::FuncTableEntry) == 2 * 8);
  a_.RegMem<Inst::Lea64>(Gpr::r10, Mem::At(G(index), G(index), 0));
  a_.RegMem<Inst::Lea64>(Gpr::r10, Mem::At(Gpr::r11, Gpr::r10, 3));
}

}  // namespace gantry::baseline
