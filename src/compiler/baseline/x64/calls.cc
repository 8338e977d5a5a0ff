// X64Compiler: calls and tail calls of functions (abi/native.h).
//
// A callee that may belong to another instance is reached through r10: the FuncRef, or, of call_indirect, the table's
// entry, which leads to it. Nothing between the check and the call uses r10.
#include "compiler/baseline/x64/compiler.h"

namespace gantry::baseline {

using abi::Builtin;
using abi::TrapCode;
using wasm::OpFamily;
using x64::Cond;
using x64::Gpr;
using x64::Inst;
using x64::Label;

bool X64Compiler::Calls() {
  switch (FamilyOf(in_.op)) {
    case OpFamily::Call: {
      FlushFuel();
      const uint32_t callee = in_.index;
      const bool imported = module_.is_imported_func(callee);
      if (imported) a_.RegMem<Inst::Mov64Rm>(Gpr::r10, Context(info_.layout.imported_funcs + 8 * callee));
      Call(module_.funcs[callee].type, imported ? Callee::FuncRef : Callee::Direct, callee);
      return true;
    }
    case OpFamily::CallIndirect: {
      FlushFuel();
      const uint32_t type = in_.index;
      FindIndirect(type, in_.index2);
      Call(type, info_.own_functions[in_.index2] ? Callee::OwnTableEntry : Callee::TableEntry, 0);
      return true;
    }
    case OpFamily::CallRef: {
      FlushFuel();
      FindRef();
      Call(in_.index, Callee::FuncRef, 0);
      return true;
    }
    case OpFamily::ReturnCall: {
      FlushFuel();
      const uint32_t callee = in_.index;
      const bool imported = module_.is_imported_func(callee);
      if (imported) a_.RegMem<Inst::Mov64Rm>(Gpr::r10, Context(info_.layout.imported_funcs + 8 * callee));
      TailCall(module_.funcs[callee].type, imported ? Callee::FuncRef : Callee::Direct, callee);
      return true;
    }
    case OpFamily::ReturnCallIndirect:
      FlushFuel();
      FindIndirect(in_.index, in_.index2);
      TailCall(in_.index, Callee::TableEntry, 0);
      return true;
    case OpFamily::ReturnCallRef:
      FlushFuel();
      FindRef();
      TailCall(in_.index, Callee::FuncRef, 0);
      return true;
    default:
      return false;
  }
}

// --- finding the callee

// r10 = the function reference on top of the stack, which is not null.
void X64Compiler::FindRef() {
  const Src src = PopReg();
  a_.RegRm<Inst::Test64Mr>(G(src.reg), G(src.reg));
  TrapIf(Cond::e, TrapCode::NullFunction);
  a_.RegRm<Inst::Mov64Rm>(Gpr::r10, G(src.reg));
}

// r10 = the entry that the index on top of the stack means; it has the type or a subtype of it.
void X64Compiler::FindIndirect(uint32_t type, uint32_t table) {
  const Operand operand = Pop();
  const bool is_final = module_.types[type].is_final;
  if (!is_final) {
    // Finding out about a subtype is a call.
    const uint32_t args = static_cast<uint32_t>(module_.types[type].params.size());
    for (uint32_t i = depth() - args; i < depth(); ++i) OperandToHome(i);
    SaveForCall(0);
  }
  const Reg index = CheckedTableIndex(operand, table, TrapCode::UndefinedElement);
  a_.RegMem<Inst::Mov64Rm>(Gpr::r11, Mem::At(Gpr::r11, offsetof(abi::TableDef, base)));
  EntryAddress(index);
  ColdSignature cold{.type = type, .offset = offset_, .fuel = fuel_};
  a_.RegMem<Inst::Mov32Rm>(Gpr::r11, Mem::At(Gpr::r10, offsetof(abi::FuncTableEntry, type)));
  a_.RegMem<Inst::Cmp32Rm>(Gpr::r11, Context(info_.layout.canon + 4 * type));
  a_.Jump(Cond::ne, &cold.label);
  a_.Bind(&cold.back);
  cold_signatures_.push_back(std::move(cold));
  if (!is_final) Forget(~kCalleeSaved);
}

// Not the very type: no function at all, one of a subtype, or of another type. r11 has the type.
void X64Compiler::EmitColdSignature(ColdSignature* cold) {
  auto trap = [&](TrapCode code) { EmitTrap(code, cold->offset, cold->fuel); };
  Label is_null;
  a_.Bind(&cold->label);
  a_.RegRm<Inst::Test32Mr>(Gpr::r11, Gpr::r11);
  a_.Jump(Cond::e, &is_null);
  if (!module_.types[cold->type].is_final) {
    a_.OpcodeReg<Inst::Push64>(Gpr::r10);
    a_.OnlyRm<Inst::Sub64Mi8>(Gpr::rsp, {.imm = 8});
    a_.RegRm<Inst::Mov32Rm>(Gpr::rsi, Gpr::r11);
    LoadImm64(Gpr::rdx, cold->type);
    CallBuiltinEntry(Builtin::FuncSubtype);
    a_.OnlyRm<Inst::Add64Mi8>(Gpr::rsp, {.imm = 8});
    a_.OpcodeReg<Inst::Pop64>(Gpr::r10);
    a_.RegRm<Inst::Test32Mr>(Gpr::rax, Gpr::rax);
    a_.Jump(Cond::ne, &cold->back);
  }
  trap(TrapCode::BadSignature);
  a_.Bind(&is_null);
  trap(TrapCode::IndirectCallToNull);
}

// --- calls

// r10 = FuncRef, r11 = the caller's context, r14 and r15 the callee's; `entry` is what to call.
x64::Mem X64Compiler::EnterOther(Callee callee) {
  a_.RegRm<Inst::Mov64Rm>(Gpr::r11, Gpr::r14);
  if (callee != Callee::FuncRef) {
    a_.RegMem<Inst::Mov64Rm>(Gpr::r10, Mem::At(Gpr::r10, offsetof(abi::FuncTableEntry, ref)));
  }
  if (callee != Callee::OwnTableEntry) {
    a_.RegMem<Inst::Mov64Rm>(Gpr::r14, Mem::At(Gpr::r10, offsetof(abi::FuncRef, context)));
    a_.RegMem<Inst::Mov64Rm>(Gpr::r15, Context(offsetof(abi::InstanceContext, memory0_base)));
  }
  return Mem::At(Gpr::r10, offsetof(abi::FuncRef, native_entry));
}

void X64Compiler::Call(uint32_t type_index, Callee callee, uint32_t func) {
  const wasm::SubType& type = module_.types[type_index];
  const abi::CallLayout& layout = info_.calls[type_index];
  const uint32_t args = static_cast<uint32_t>(type.params.size());
  SaveForCall(args);
  PassArguments(layout);
  if (callee == Callee::Direct)
    a_.Call(func);
  else
    a_.OnlyMem<Inst::CallM>(EnterOther(callee));
  // The call site's roots are what is left when the callee has its arguments.
  Drop(args);
  Forget(~kCalleeSaved);
  AddCallSite();
  const bool stays = callee == Callee::Direct || callee == Callee::OwnTableEntry;
  if (!stays || info_.options.tail_calls_leave) ReloadContext();
  TakeResults(layout, type.results);
}

void X64Compiler::ReloadContext() {
  a_.RegMem<Inst::Mov64Rm>(Gpr::r14, Home(abi::kFrameContext));
  if (!module_.memories.empty()) {
    a_.RegMem<Inst::Mov64Rm>(Gpr::r15, Context(offsetof(abi::InstanceContext, memory0_base)));
  }
}

// The frame gives way to the callee's. If there are arguments on the stack, on either side, they are collected below
// the frame and copied up to where the function's own ended; the return address goes below them.
void X64Compiler::TailCall(uint32_t type_index, Callee callee, uint32_t func) {
  const abi::CallLayout& layout = info_.calls[type_index];
  const int32_t own = static_cast<int32_t>(func_layout_->arg_bytes), bytes = static_cast<int32_t>(layout.arg_bytes);
  PassTailArguments(layout);
  if (own == 0 && bytes == 0) {
    RestoreSavedRegs();
    a_.Alone<Inst::Leave>();
  } else {
    RestoreSavedRegs();
    const int32_t top = static_cast<int32_t>(abi::kIncomingArgs) + own - bytes;  // of the new arguments, from rbp
    const Gpr old_frame = callee == Callee::Direct ? Gpr::r10 : Gpr::r15;  // r15 is loaded again before it is used
    a_.RegMem<Inst::Mov64Rm>(Gpr::r11, Home(8));
    a_.RegMem<Inst::Mov64Rm>(old_frame, Home(0));
    for (int32_t at = bytes; at > 0;) {
      at -= 16;
      Load(Kind::V128, kVectorScratch, Mem::At(Gpr::rsp, at));
      Store(Kind::V128, kVectorScratch, Home(top + at));
    }
    a_.RegMem<Inst::Lea64>(Gpr::rsp, Home(top - 8));
    a_.RegMem<Inst::Mov64Mr>(Gpr::r11, Mem::At(Gpr::rsp));
    a_.RegRm<Inst::Mov64Rm>(Gpr::rbp, old_frame);
  }
  if (callee == Callee::Direct)
    a_.TailCall(func);
  else
    a_.OnlyMem<Inst::JmpM>(EnterOther(callee));
  SetUnreachable();
}

// The arguments only: results have the places that the caller expects.
void X64Compiler::PassTailArguments(const abi::CallLayout& layout) {
  abi::CallLayout arguments;
  arguments.params = layout.params;
  arguments.arg_bytes = layout.arg_bytes;
  PassArguments(arguments);
}

}  // namespace gantry::baseline
