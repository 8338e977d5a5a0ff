// X64Compiler: atomic accesses. Alignment is checked first, then bounds as of any access. Every load is an acquire on
// this processor; stores and updates are locked instructions, which are sequentially consistent.
#include "compiler/baseline/x64/compiler.h"

namespace gantry::baseline {

using abi::Builtin;
using abi::TrapCode;
using wasm::OpFamily;
using x64::Cond;
using x64::Gpr;
using x64::Inst;
using x64::Label;

namespace {

// Instructions by log2 of the access size.
constexpr Inst kLoads[] = {Inst::Movzx8To32, Inst::Movzx16To32, Inst::Mov32Rm, Inst::Mov64Rm};
constexpr Inst kExchanges[] = {Inst::Xchg8, Inst::Xchg16, Inst::Xchg32, Inst::Xchg64};
constexpr Inst kAdds[] = {Inst::Xadd8, Inst::Xadd16, Inst::Xadd32, Inst::Xadd64};
constexpr Inst kCompareExchanges[] = {Inst::Cmpxchg8, Inst::Cmpxchg16, Inst::Cmpxchg32, Inst::Cmpxchg64};

// The table has the updates in groups of as many.
constexpr int kUpdateForms = static_cast<int>(wasm::Op::I32AtomicRmwSub) - static_cast<int>(wasm::Op::I32AtomicRmwAdd);
enum class Update : uint8_t { Add, Sub, And, Or, Xor, Exchange };
constexpr Inst kLogic[] = {Inst::And64Rm, Inst::Or64Rm, Inst::Xor64Rm};

}  // namespace

bool X64Compiler::Atomics() {
  const uint32_t memory = in_.index;
  const uint64_t offset = in_.value;
  switch (FamilyOf(in_.op)) {
    case OpFamily::AtomicFence:
      a_.Alone<Inst::Mfence>();
      return true;
    case OpFamily::AtomicLoad:
      AtomicLoad();
      return true;
    case OpFamily::AtomicStore:
      AtomicStore();
      return true;
    case OpFamily::AtomicRmw:
      AtomicUpdate();
      return true;
    case OpFamily::AtomicCmpxchg:
      AtomicCompareExchange();
      return true;
    case OpFamily::AtomicNotify:
      CallBuiltin(Builtin::AtomicNotify, 2, {Arg::Of(memory), Arg::At(0), Arg::Of(offset), Arg::At(1)});
      PushReg(Kind::I32, kRax);
      return true;
    case OpFamily::AtomicWait: {
      const Builtin wait = in_.op == Op::MemoryAtomicWait32 ? Builtin::AtomicWait32 : Builtin::AtomicWait64;
      CallBuiltin(wait, 3, {Arg::Of(memory), Arg::At(0), Arg::Of(offset), Arg::At(1), Arg::At(2)});
      PushReg(Kind::I32, kRax);
      return true;
    }
    default:
      return false;
  }
}

// A popped operand in a register other than rax.
Reg X64Compiler::UseBesideRax(const Operand& operand) {
  const Src src = Use(operand);
  if (src.reg != kRax) return src.reg;
  const Reg reg = AllocTemp(kGeneralRegs & ~SetOf(kRax));
  a_.RegRm<Inst::Mov64Rm>(G(reg), Gpr::rax);
  return reg;
}

// The index is in a register.
x64::Mem X64Compiler::AtomicAddress(Reg index, uint32_t size_log2, bool* may_fault) {
  const uint32_t mask = (1u << size_log2) - 1;
  const bool is_64 = module_.memories[in_.index].type.is_64;
  if (mask != 0) {
    if ((in_.value & mask) == 0) {
      a_.OnlyRm<Inst::Test32Mi>(G(index), {.imm = mask});
    } else {
      a_.RegMem<Inst::Lea32>(Gpr::r11, Mem::At(G(index), static_cast<int32_t>(in_.value & mask)));
      a_.OnlyRm<Inst::Test32Mi>(Gpr::r11, {.imm = mask});
    }
    TrapIf(Cond::ne, TrapCode::UnalignedAtomic);
  }
  const Operand address{Where::Reg, is_64 ? Kind::I64 : Kind::I32, index};
  return AddressOf(address, mask + 1, may_fault);
}

void X64Compiler::AtomicLoad() {
  const wasm::OpInfo& info = in_.info();
  const Kind kind = info.sig.results[0] == wasm::kI64 ? Kind::I64 : Kind::I32;
  const Src index = PopReg();
  bool may_fault;
  const Mem mem = AtomicAddress(index.reg, info.align_log2(), &may_fault);
  const Reg dst = Dst(kGeneralRegs, index);
  if (may_fault) MayFault();
  a_.RegMem(kLoads[info.align_log2()], dst, mem);
  PushReg(kind, dst);
}

void X64Compiler::AtomicStore() {
  const uint32_t size_log2 = in_.info().align_log2();
  const Src value = PopReg(), index = PopReg();
  bool may_fault;
  const Mem mem = AtomicAddress(index.reg, size_log2, &may_fault);
  a_.RegRm<Inst::Mov64Rm>(Gpr::r11, G(value.reg));
  if (may_fault) MayFault();
  a_.RegMem(kExchanges[size_log2], kScratch, mem);
}

void X64Compiler::AtomicUpdate() {
  const wasm::OpInfo& info = in_.info();
  const uint32_t size_log2 = info.align_log2();
  const Kind kind = info.sig.results[0] == wasm::kI64 ? Kind::I64 : Kind::I32;
  const auto update =
      static_cast<Update>((static_cast<int>(in_.op) - static_cast<int>(Op::I32AtomicRmwAdd)) / kUpdateForms);
  bool may_fault;
  if (update == Update::Add || update == Update::Sub || update == Update::Exchange) {
    const Src value = PopReg(), index = PopReg();
    const Mem mem = AtomicAddress(index.reg, size_log2, &may_fault);
    const Reg dst = value.mine && value.reg != index.reg ? value.reg : DstBeside(kGeneralRegs);
    Move(kind, dst, value.reg);
    if (update == Update::Sub) a_.OnlyRm(kind == Kind::I64 ? Inst::Neg64M : Inst::Neg32M, dst);
    if (may_fault) MayFault();
    if (update == Update::Exchange) {
      a_.RegMem(kExchanges[size_log2], dst, mem);
    } else {
      a_.Lock();
      a_.RegMem(kAdds[size_log2], dst, mem);
    }
    // The upper bytes are still the operand's.
    if (size_log2 < 2)
      a_.RegRm(kLoads[size_log2], dst, dst);
    else if (size_log2 == 2)
      a_.RegRm<Inst::Mov32Rm>(G(dst), G(dst));
    PushReg(kind, dst);
    return;
  }
  const Operand value_operand = Pop(), index_operand = Pop();
  const Reg value = UseBesideRax(value_operand), index = UseBesideRax(index_operand);
  Lock(kRax);
  Vacate(kRax);
  const Mem mem = AtomicAddress(index, size_log2, &may_fault);
  if (may_fault) MayFault();
  a_.RegMem(kLoads[size_log2], kRax, mem);
  Label again;
  a_.Bind(&again);
  a_.RegRm<Inst::Mov64Rm>(Gpr::r11, Gpr::rax);
  a_.RegRm(kLogic[static_cast<int>(update) - static_cast<int>(Update::And)], kScratch, value);
  if (may_fault) MayFault();
  a_.Lock();
  a_.RegMem(kCompareExchanges[size_log2], kScratch, mem);
  a_.Jump(Cond::ne, &again);
  PushReg(kind, kRax);
}

// A value that is wider than the access is never found there.
void X64Compiler::AtomicCompareExchange() {
  const wasm::OpInfo& info = in_.info();
  const uint32_t size_log2 = info.align_log2();
  const Kind kind = info.sig.results[0] == wasm::kI64 ? Kind::I64 : Kind::I32;
  const bool is_narrow = size_log2 < (kind == Kind::I64 ? 3u : 2u);
  const Operand replacement_operand = Pop(), expected_operand = Pop(), index_operand = Pop();
  const Reg replacement = UseBesideRax(replacement_operand), index = UseBesideRax(index_operand);
  const Src expected = Use(expected_operand);
  Lock(kRax);
  if (expected.reg != kRax) {
    Vacate(kRax);
    a_.RegRm<Inst::Mov64Rm>(Gpr::rax, G(expected.reg));
  } else if (!expected.mine) {
    Vacate(kRax);  // the local moves, its value is here as well
  }
  bool may_fault;
  const Mem mem = AtomicAddress(index, size_log2, &may_fault);
  Label differs, done;
  if (is_narrow) {
    a_.RegRm(kLoads[size_log2], kScratch, kRax);
    a_.RegRm<Inst::Cmp64Rm>(Gpr::r11, Gpr::rax);
    a_.Jump(Cond::ne, &differs);
  }
  if (may_fault) MayFault();
  a_.Lock();
  a_.RegMem(kCompareExchanges[size_log2], replacement, mem);
  if (is_narrow) {
    a_.Jump(&done);
    a_.Bind(&differs);
    if (may_fault) MayFault();
    a_.RegMem(kLoads[size_log2], kRax, mem);
    a_.Bind(&done);
  }
  PushReg(kind, kRax);
}

}  // namespace gantry::baseline
