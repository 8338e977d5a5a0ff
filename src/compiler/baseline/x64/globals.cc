// X64Compiler: globals, and the size of memories.
#include "compiler/baseline/x64/compiler.h"

namespace gantry::baseline {

using wasm::OpFamily;
using x64::Gpr;
using x64::Inst;

bool X64Compiler::Globals() {
  switch (FamilyOf(in_.op)) {
    case OpFamily::GlobalGet:
      GlobalGet();
      return true;
    case OpFamily::GlobalSet:
      GlobalSet();
      return true;
    case OpFamily::MemorySize:
      MemorySize();
      return true;
    default:
      return false;
  }
}

// Own globals lie in the instance's allocation. May use r11.
x64::Mem X64Compiler::GlobalCell(uint32_t index) {
  if (index >= module_.imported_globals) {
    return Context(info_.layout.cells + sizeof(abi::GlobalCell) * (index - module_.imported_globals));
  }
  a_.RegMem<Inst::Mov64Rm>(Gpr::r11, Context(info_.layout.globals + 8 * index));
  return Mem::At(Gpr::r11);
}

void X64Compiler::GlobalGet() {
  const Kind kind = KindOf(module_, module_.globals[in_.index].type.type);
  const Mem cell = GlobalCell(in_.index);
  const Reg dst = Dst(ClassOf(kind));
  Load(kind, dst, cell);
  PushReg(kind, dst);
}

// An i32's upper half in the cell is zero and stays so.
void X64Compiler::GlobalSet() {
  const Operand value = Pop();
  const Kind kind = value.kind;
  if (value.where == Where::Const && (kind == Kind::I32 || kind == Kind::F32)) {
    a_.OnlyMem<Inst::Mov32Mi>(GlobalCell(in_.index), {.imm = static_cast<int32_t>(value.bits)});
    return;
  }
  const Src src = Use(value);
  Store(kind, src.reg, GlobalCell(in_.index));
}

void X64Compiler::MemorySize() {
  const wasm::MemoryType& type = module_.memories[in_.index].type;
  a_.RegMem<Inst::Mov64Rm>(Gpr::r11, Context(info_.layout.memories + 8 * in_.index));
  const Reg dst = Dst(kGeneralRegs);
  a_.RegMem<Inst::Mov64Rm>(G(dst), Mem::At(Gpr::r11, offsetof(abi::MemoryDef, length)));
  if (type.page_size_log2 != 0) a_.OnlyRm<Inst::Shr64Mi>(G(dst), {.imm = type.page_size_log2});
  if (!type.is_64) a_.RegRm<Inst::Mov32Rm>(G(dst), G(dst));  // [X2]: the largest size of one-byte pages has 33 bits
  PushReg(type.is_64 ? Kind::I64 : Kind::I32, dst);
}

}  // namespace gantry::baseline
