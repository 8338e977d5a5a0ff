// X64Compiler: exceptions.
//
// Inside a try_table every call site names a list of clauses, innermost first; the runtime searches it (abi/native.h).
// A clause's landing finds all locals and operands at home, since calls inside save them there, and goes on to the
// clause's label like a branch. Landings stand at the end of their try_table, when the labels around are still open.
#include "abi/gc_layout.h"
#include "compiler/baseline/x64/compiler.h"

namespace gantry::baseline {

using abi::Builtin;
using abi::CallSite;
using abi::TrapCode;
using wasm::OpFamily;
using x64::Cond;
using x64::Gpr;
using x64::Inst;
using x64::Label;

bool X64Compiler::Exceptions() {
  switch (FamilyOf(in_.op)) {
    case OpFamily::TryTable:
      BeginTry();
      return true;
    case OpFamily::Throw:
      Throw();
      return true;
    case OpFamily::ThrowRef: {
      FlushFuel();
      const Operand exception = Pop();
      const Src src = Use(exception);
      a_.RegRm<Inst::Test32Mr>(G(src.reg), G(src.reg));
      TrapIf(Cond::e, TrapCode::NullException);
      PushAgain(exception, src);
      CallBuiltin(Builtin::ThrowRef, 1, {Arg::At(0)});
      SetUnreachable();
      return true;
    }
    default:
      return false;
  }
}

void X64Compiler::BeginTry() {
  constexpr size_t kMostHandlersPerByte = 16;  // [C6]
  FlushFuel();
  FlushShared();
  Control& control = OpenControl(ControlKind::Try, in_.block);
  control.outer_handler = handler_;
  control.first_clause = static_cast<uint32_t>(clauses_.size());
  std::vector<abi::Handler>& handlers = batch_->handlers;
  const uint32_t list = static_cast<uint32_t>(handlers.size());
  bool catches_all = false;
  for (const wasm::CatchClause& clause : in_.catches) {
    const uint32_t number = static_cast<uint32_t>(clauses_.size());
    clauses_.push_back({clause, 0});
    if (catches_all) continue;
    catches_all = clause.kind == wasm::CatchKind::CatchAll || clause.kind == wasm::CatchKind::CatchAllRef;
    handlers.push_back({0, clause.tag, static_cast<uint8_t>(clause.kind), false});
    handler_clauses_.push_back(number);
  }
  // What this one does not catch, the one around may.
  for (uint32_t i = handler_; i != CallSite::kNoHandler && !catches_all; ++i) {
    handlers.push_back(handlers[i]);
    handler_clauses_.push_back(handler_clauses_[i - first_handler_]);
    if (handlers[i].last) break;
  }
  if (handlers.size() > list) {
    handlers.back().last = true;
    handler_ = list;
  }
  if (handlers.size() - first_handler_ > kMostHandlersPerByte * module_.funcs[func_index_].body.size) {
    Refuse("too many exception handlers are nested");
  }
  control.clauses = static_cast<uint32_t>(clauses_.size()) - control.first_clause;
}

// The landings. The state behind them is the one before.
void X64Compiler::EndTry(Control* control) {
  handler_ = control->outer_handler;
  const uint32_t first_clause = control->first_clause, clauses = control->clauses;
  if (clauses == 0) return;
  Label around;
  Snapshot before;
  if (reachable_) {
    TakeSnapshot(&before, depth());
    Jump(&around);
  }
  Snapshot at_home;
  for (uint32_t i = first_clause; i < first_clause + clauses; ++i) {
    SetState(at_home, depth());
    clauses_[i].landing = position();
    const uint32_t pushed = PushCaught(clauses_[i].clause);
    GoTo(&controls_[controls_.size() - 2 - clauses_[i].clause.label]);
    Drop(pushed);
  }
  SetState(reachable_ ? before : at_home, depth());
  if (reachable_) Bind(&around);
}

// What a clause gives its label, from the exception in rax. Returns how many operands.
uint32_t X64Compiler::PushCaught(const wasm::CatchClause& clause) {
  using enum wasm::CatchKind;
  const bool wants_ref = clause.kind == CatchRef || clause.kind == CatchAllRef;
  const bool wants_fields = clause.kind == Catch || clause.kind == CatchRef;
  uint32_t count = 0;
  if (wants_fields) {
    const wasm::SubType& type = module_.types[module_.tags[clause.tag].type];
    const abi::StructLayout layout =
        abi::LayoutExn(wasm::TypeRegistry::Get()[module_.canon[module_.tags[clause.tag].type]]);
    a_.RegMem<Inst::Mov64Rm>(Gpr::r10, Context(offsetof(abi::InstanceContext, store)));
    a_.RegMem<Inst::Mov64Rm>(Gpr::r10, Mem::At(Gpr::r10, offsetof(abi::StoreContext, gc_base)));
    for (size_t i = 0; i < type.params.size(); ++i, ++count) {
      const Kind kind = KindOf(module_, type.params[i]);
      const Reg scratch = ScratchOf(kind);
      Load(kind, scratch, Mem::At(Gpr::r10, Gpr::rax, 0, static_cast<int32_t>(layout.offsets[i])));
      PushHome(kind);
      StoreHome(kind, scratch, stack_.back().home);
    }
  }
  if (wants_ref) {
    PushReg(Kind::Ref, kRax);
    ++count;
  }
  return count;
}

// The payload lies in slots below the operands, in order, as roots of the call.
void X64Compiler::Throw() {
  const wasm::SubType& type = module_.types[module_.tags[in_.index].type];
  const uint32_t count = static_cast<uint32_t>(type.params.size());
  FlushFuel();
  const int32_t area = SlotsOf(count);
  CallBuiltin(Builtin::Throw, count, {Arg::Of(in_.index), Arg::AddressOf(area)});
  extra_roots_.clear();
  SetUnreachable();
}

// Copies the operands on top to 8-byte slots in ascending order, which a builtin wants. Returns where they begin.
int32_t X64Compiler::SlotsOf(uint32_t count) {
  const uint32_t first = depth() - count;
  int32_t bytes = 0;
  for (uint32_t i = first; i < depth(); ++i) bytes += HomeBytes(stack_[i].kind);
  const int32_t area = top_ - bytes;
  lowest_ = std::min(lowest_, area);
  int32_t at = area;
  for (uint32_t i = first; i < depth(); ++i) {
    CopyToMemory(stack_[i], Area::Frame, at);
    if (stack_[i].kind == Kind::Ref) extra_roots_.push_back(at / 8);
    at += HomeBytes(stack_[i].kind);
  }
  return area;
}

}  // namespace gantry::baseline
