// X64Compiler: calls of the runtime (abi/builtins.def).
#include "compiler/baseline/x64/compiler.h"

namespace gantry::baseline {

using abi::Builtin;
using wasm::OpFamily;
using x64::Gpr;
using x64::Inst;

namespace {

constexpr Reg kBuiltinRegs[] = {X64Machine::kRsi, X64Machine::kRdx, X64Machine::kRcx, X64Machine::kR8, X64Machine::kR9};

}  // namespace

// The `operands` on top of the stack are what Arg::Operand counts, from the deepest. They are gone afterwards, and so
// is everything in caller-saved registers; the value is in rax.
void X64Compiler::CallBuiltin(Builtin builtin, uint32_t operands, std::initializer_list<Arg> args) {
  FlushFuel();
  SaveForCall(operands);
  const uint32_t first = depth() - operands;
  ClearMoves();
  size_t n = 0;
  for (const Arg& arg : args) {
    const Reg reg = kBuiltinRegs[n++];
    if (arg.what == Arg::What::Operand) AddMoveOf(stack_[first + arg.index], reg);
  }
  RunMoves();
  n = 0;
  for (const Arg& arg : args) {
    const Reg reg = kBuiltinRegs[n++];
    if (arg.what == Arg::What::Number) LoadConst(Kind::I64, reg, arg.number);
    if (arg.what == Arg::What::Address) a_.RegMem<Inst::Lea64>(G(reg), Home(arg.home));
    if (arg.what == Arg::What::Pair) {
      a_.RegMem<Inst::Mov32Rm>(G(reg), Home(arg.home));
      a_.RegMem<Inst::Mov32Rm>(Gpr::r11, Home(arg.high));
      a_.OnlyRm<Inst::Shl64Mi>(Gpr::r11, {.imm = 32});
      a_.RegRm<Inst::Or64Rm>(G(reg), Gpr::r11);
    }
  }
  CallBuiltinEntry(builtin);
  AddCallSite();  // with the operands: references in slots that the builtin reads are roots while it runs
  Drop(operands);
  Forget(~kCalleeSaved);
}

// The value's bits as the first operand of a Pure builtin. Other values are saved.
void X64Compiler::PassBits(const Operand& value) {
  SaveForCall(0);
  const Reg reg = RegOf(value);
  if (reg != kNoReg && reg >= kFirstVector) {
    MoveToGeneral(value.kind == Kind::F64, kRsi, reg);
  } else if (value.where == Where::Const) {
    LoadConst(Kind::I64, kRsi, value.bits);
  } else {
    Load(value.kind == Kind::F64 ? Kind::I64 : Kind::I32, kRsi, Home(HomeOf(value)));
  }
}

void X64Compiler::CallPure(Builtin builtin) {
  CallBuiltinEntry(builtin);
  Forget(~kCalleeSaved);
}

// The length on top of the stack costs fuel.
void X64Compiler::ChargePerUnit() {
  OperandToHome(depth() - 1);
  const Operand length = stack_.back();
  FlushFuel();
  SaveForCall(0);
  LoadHome(length.kind, kRsi, length.home);
  CallBuiltinEntry(Builtin::ChargeFuel);
  AddCallSite();
  Forget(~kCalleeSaved);
}

namespace {

uint64_t Pair(uint32_t low, uint32_t high) { return low | static_cast<uint64_t>(high) << 32; }

}  // namespace

bool X64Compiler::Bulk() {
  using A = Arg;
  auto table_kind = [&](uint32_t table) { return module_.tables[table].type.is_64 ? Kind::I64 : Kind::I32; };
  switch (FamilyOf(in_.op)) {
    case OpFamily::MemoryGrow: {
      const Kind kind = module_.memories[in_.index].type.is_64 ? Kind::I64 : Kind::I32;
      CallBuiltin(Builtin::MemoryGrow, 1, {A::Of(in_.index), A::At(0)});
      PushReg(kind, kRax);
      return true;
    }
    case OpFamily::MemoryFill:
      if (FillInline()) return true;
      CallBuiltin(Builtin::MemoryFill, 3, {A::Of(in_.index), A::At(0), A::At(1), A::At(2)});
      return true;
    case OpFamily::MemoryCopy:
      if (CopyInline()) return true;
      CallBuiltin(Builtin::MemoryCopy, 3, {A::Of(Pair(in_.index, in_.index2)), A::At(0), A::At(1), A::At(2)});
      return true;
    case OpFamily::MemoryInit:
      CallBuiltin(Builtin::MemoryInit, 3, {A::Of(Pair(in_.index2, in_.index)), A::At(0), A::At(1), A::At(2)});
      return true;
    case OpFamily::DataDrop:
      CallBuiltin(Builtin::DataDrop, 0, {A::Of(in_.index)});
      return true;
    case OpFamily::TableGrow: {
      const uint32_t table = in_.index;
      CallBuiltin(Builtin::TableGrow, 2, {A::Of(table), A::At(0), A::At(1)});
      PushReg(table_kind(table), kRax);
      return true;
    }
    case OpFamily::TableFill:
      CallBuiltin(Builtin::TableFill, 3, {A::Of(in_.index), A::At(0), A::At(1), A::At(2)});
      return true;
    case OpFamily::TableCopy:
      CallBuiltin(Builtin::TableCopy, 3, {A::Of(Pair(in_.index, in_.index2)), A::At(0), A::At(1), A::At(2)});
      return true;
    case OpFamily::TableInit:
      CallBuiltin(Builtin::TableInit, 3, {A::Of(Pair(in_.index2, in_.index)), A::At(0), A::At(1), A::At(2)});
      return true;
    case OpFamily::TableSet:
      CallBuiltin(Builtin::TableSet, 2, {A::Of(in_.index), A::At(0), A::At(1)});
      return true;
    case OpFamily::ElemDrop:
      CallBuiltin(Builtin::ElemDrop, 0, {A::Of(in_.index)});
      return true;
    default:
      return false;
  }
}

}  // namespace gantry::baseline
