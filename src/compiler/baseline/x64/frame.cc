// X64Compiler: the frame of a function, moves, conditions, cold code and constants.
#include <cstring>

#include "compiler/baseline/x64/compiler.h"

namespace gantry::baseline {

using abi::Builtin;
using abi::TrapCode;
using x64::Cond;
using x64::Gpr;
using x64::Label;

X64Compiler::X64Compiler(const ModuleInfo& info)
    : Core(info),
      isa_(info.options.isa),
      has_avx_((info.options.isa >> static_cast<int>(x64::Isa::Avx) & 1) != 0),
      is_memory_0_guarded_(!info.module.memories.empty() && info.IsGuarded(0)) {}

bool X64Compiler::Compile(uint32_t func_index, abi::CodeBatch* batch) {
  batch_ = batch;
  const size_t traps = batch_->traps.size(), calls = batch_->calls.size(), handlers = batch_->handlers.size(),
               maps = batch_->maps.size(), data = batch_->data.size();
  a_.Clear();
  literals_.clear();
  clauses_.clear();
  handler_clauses_.clear();
  first_handler_ = static_cast<uint32_t>(handlers);
  CompileBody(func_index);
  if (refused_ != nullptr) {
    for (Control& control : controls_) {
      control.label.Abandon();
      control.else_label.Abandon();
    }
    for (Label& label : stubs_) label.Abandon();
    for (ColdTrap& trap : cold_traps_) trap.label.Abandon();
    for (ColdCall& call : cold_calls_) call.label.Abandon();
    for (ColdTruncation& cold : cold_truncations_) cold.label.Abandon();
    for (ColdSignature& cold : cold_signatures_) cold.label.Abandon();
    for (ColdAllocation& cold : cold_allocations_) cold.label.Abandon();
    cold_traps_.clear();
    cold_calls_.clear();
    cold_truncations_.clear();
    cold_signatures_.clear();
    cold_allocations_.clear();
    batch_->traps.resize(traps);
    batch_->calls.resize(calls);
    batch_->handlers.resize(handlers);
    batch_->maps.resize(maps);
    batch_->data.resize(data);
    return false;
  }
  for (size_t i = handlers; i < batch_->handlers.size(); ++i) {
    batch_->handlers[i].landing = clauses_[handler_clauses_[i - handlers]].landing;
  }
  PatchFrame();
  EmitCold();
  const uint32_t code_size = position();
  EmitLiterals();

  std::vector<uint8_t>& text = batch_->text;
  constexpr uint8_t kInt3 = 0xcc;
  text.resize((text.size() + abi::kFunctionAlign - 1) & ~size_t{abi::kFunctionAlign - 1}, kInt3);
  const uint32_t start = static_cast<uint32_t>(text.size());
  const std::span<const uint8_t> code = a_.code();
  text.insert(text.end(), code.begin(), code.end());
  for (const x64::Reference& reference : a_.references()) {
    if (reference.kind == x64::Reference::Kind::Function)
      batch_->relocations.push_back({start + reference.at, reference.target});
  }
  uint32_t saved = 0;
  if (Contains(saved_regs_, kRbx)) saved |= abi::kSavesRbx;
  if (Contains(saved_regs_, kR12)) saved |= abi::kSavesR12;
  if (Contains(saved_regs_, kR13)) saved |= abi::kSavesR13;
  abi::FunctionRecord record;
  record.func_index = func_index;
  record.start = start;
  record.size = static_cast<uint32_t>(code.size());
  record.code_size = code_size;
  record.frame_size = FrameSize();
  record.saved = saved;
  record.first_trap = static_cast<uint32_t>(traps);
  record.trap_count = static_cast<uint32_t>(batch_->traps.size() - traps);
  record.first_call = static_cast<uint32_t>(calls);
  record.call_count = static_cast<uint32_t>(batch_->calls.size() - calls);
  record.first_data = static_cast<uint32_t>(data);
  record.data_count = static_cast<uint32_t>(batch_->data.size() - data);
  batch_->functions.push_back(record);
  return true;
}

// --- moves

void X64Compiler::Move(Kind kind, Reg to, Reg from) {
  if (to == from) return;
  if (IsVector(kind)) {
    if (has_avx_)
      a_.RegRm<Inst::VMovaps>(X(to), X(from));
    else
      a_.RegRm<Inst::Movaps>(X(to), X(from));
  } else if (kind == Kind::I64 || kind == Kind::Func) {
    a_.RegRm<Inst::Mov64Rm>(G(to), G(from));
  } else {
    a_.RegRm<Inst::Mov32Rm>(G(to), G(from));
  }
}

void X64Compiler::MoveWhole(Reg to, Reg from) { Move(to < kFirstVector ? Kind::I64 : Kind::V128, to, from); }

template <class AnyMem>
void X64Compiler::LoadFrom(Kind kind, Reg to, AnyMem mem) {
  switch (kind) {
    case Kind::I32:
    case Kind::Ref:
      a_.RegMem<Inst::Mov32Rm>(G(to), mem);
      return;
    case Kind::I64:
    case Kind::Func:
      a_.RegMem<Inst::Mov64Rm>(G(to), mem);
      return;
    case Kind::F32:
      has_avx_ ? a_.RegMem<Inst::VmovssLoad>(X(to), mem) : a_.RegMem<Inst::MovssLoad>(X(to), mem);
      return;
    case Kind::F64:
      has_avx_ ? a_.RegMem<Inst::VmovsdLoad>(X(to), mem) : a_.RegMem<Inst::MovsdLoad>(X(to), mem);
      return;
    case Kind::V128:
      has_avx_ ? a_.RegMem<Inst::VMovups>(X(to), mem) : a_.RegMem<Inst::Movups>(X(to), mem);
      return;
  }
}

// A Ref is stored as the 8-byte cell that the collector looks at.
template <class AnyMem>
void X64Compiler::StoreAt(Kind kind, Reg from, AnyMem mem) {
  switch (kind) {
    case Kind::I32:
      a_.RegMem<Inst::Mov32Mr>(G(from), mem);
      return;
    case Kind::I64:
    case Kind::Func:
    case Kind::Ref:
      a_.RegMem<Inst::Mov64Mr>(G(from), mem);
      return;
    case Kind::F32:
      has_avx_ ? a_.RegMem<Inst::VmovssStore>(X(from), mem) : a_.RegMem<Inst::MovssStore>(X(from), mem);
      return;
    case Kind::F64:
      has_avx_ ? a_.RegMem<Inst::VmovsdStore>(X(from), mem) : a_.RegMem<Inst::MovsdStore>(X(from), mem);
      return;
    case Kind::V128:
      has_avx_ ? a_.RegMem<Inst::VmovupsStore>(X(from), mem) : a_.RegMem<Inst::MovupsStore>(X(from), mem);
      return;
  }
}

void X64Compiler::Load(Kind kind, Reg to, Mem mem) { LoadFrom(kind, to, mem); }
void X64Compiler::Store(Kind kind, Reg from, Mem mem) { StoreAt(kind, from, mem); }
void X64Compiler::LoadHome(Kind kind, Reg to, int32_t home) { LoadFrom(kind, to, x64::FrameMem{home}); }
void X64Compiler::StoreHome(Kind kind, Reg from, int32_t home) { StoreAt(kind, from, x64::FrameMem{home}); }

void X64Compiler::LoadImm64(Gpr reg, uint64_t bits) {
  if (bits <= 0xffffffff)
    a_.OpcodeReg<Inst::Mov32Oi>(reg, static_cast<int64_t>(bits));
  else if (static_cast<int64_t>(bits) == static_cast<int32_t>(bits))
    a_.OnlyRm<Inst::Mov64Mi>(reg, {.imm = static_cast<int64_t>(bits)});
  else
    a_.OpcodeReg<Inst::Mov64Oi>(reg, static_cast<int64_t>(bits));
}

void X64Compiler::LoadConst(Kind kind, Reg to, uint64_t bits) {
  switch (kind) {
    case Kind::I32:
    case Kind::I64:
    case Kind::Func:
    case Kind::Ref:
      if (kind == Kind::I32) bits = static_cast<uint32_t>(bits);
      if (bits == 0)
        a_.RegRm<Inst::Xor32Rm>(G(to), G(to));
      else
        LoadImm64(G(to), bits);
      return;
    case Kind::F32:
      if (bits == 0)
        Binary(Inst::Xorps, to, to, to);
      else
        UnaryLiteral(Inst::MovssLoad, to, Literal32(static_cast<uint32_t>(bits)));
      return;
    case Kind::F64:
      if (bits == 0)
        Binary(Inst::Xorps, to, to, to);
      else
        UnaryLiteral(Inst::MovsdLoad, to, Literal64(bits));
      return;
    case Kind::V128: {
      const LiteralValue value = literals_[bits];
      if (value.low == 0 && value.high == 0)
        Binary(Inst::Pxor, to, to, to);
      else if (~value.low == 0 && ~value.high == 0)
        Binary(Inst::Pcmpeqb, to, to, to);
      else
        UnaryLiteral(Inst::Movups, to, static_cast<uint32_t>(bits));
      return;
    }
  }
}

void X64Compiler::StoreConst(Kind kind, Area area, int32_t disp, uint64_t bits) {
  const Mem mem = At(area, disp);
  if (kind == Kind::V128) {
    LoadConst(kind, kVectorScratch, bits);
    Store(kind, kVectorScratch, mem);
    return;
  }
  if (kind == Kind::I32) bits = static_cast<uint32_t>(bits);
  if (area == Area::Frame && (kind == Kind::I32 || kind == Kind::F32)) {
    a_.OnlyMem<Inst::Mov32Mi>(mem, {.imm = static_cast<int32_t>(bits)});
  } else if (static_cast<int64_t>(bits) == static_cast<int32_t>(bits)) {
    a_.OnlyMem<Inst::Mov64Mi>(mem, {.imm = static_cast<int64_t>(bits)});
  } else {
    LoadImm64(Gpr::r11, bits);
    a_.RegMem<Inst::Mov64Mr>(Gpr::r11, mem);
  }
}

// --- vector instructions

void X64Compiler::Unary(Inst inst, Reg to, Reg from, int64_t imm) {
  if (!has_avx_) {
    a_.RegRm(inst, N(to), N(from), {0, imm});
    return;
  }
  const Inst vex = Vex(inst);
  a_.RegRm(vex, N(to), N(from), {FormOf(vex).has_vvvv() ? N(from) : uint8_t{0}, imm});
}

void X64Compiler::UnaryMem(Inst inst, Reg to, Mem mem, int64_t imm) {
  if (!has_avx_)
    a_.RegMem(inst, N(to), mem, {0, imm});
  else
    a_.RegMem(Vex(inst), N(to), mem, {N(to), imm});
}

void X64Compiler::UnaryLiteral(Inst inst, Reg to, uint32_t literal, int64_t imm) {
  if (inst == Inst::MovssLoad)
    inst = has_avx_ ? Inst::VmovssLoad : inst;
  else if (inst == Inst::MovsdLoad)
    inst = has_avx_ ? Inst::VmovsdLoad : inst;
  else if (has_avx_)
    inst = Vex(inst);
  a_.RegConstant(inst, N(to), literal, {N(to), imm});
}

void X64Compiler::Binary(Inst inst, Reg to, Reg a, Reg b, int64_t imm) {
  if (has_avx_) {
    a_.RegRm(Vex(inst), N(to), N(b), {N(a), imm});
    return;
  }
  if (to == b && to != a) {
    GANTRY_DCHECK(a != kVectorScratch);
    Move(Kind::V128, kVectorScratch, b);
    b = kVectorScratch;
  }
  Move(Kind::V128, to, a);
  a_.RegRm(inst, N(to), N(b), {0, imm});
}

void X64Compiler::BinaryMem(Inst inst, Reg to, Reg a, Mem mem, int64_t imm) {
  if (has_avx_) {
    a_.RegMem(Vex(inst), N(to), mem, {N(a), imm});
    return;
  }
  Move(Kind::V128, to, a);
  a_.RegMem(inst, N(to), mem, {0, imm});
}

void X64Compiler::BinaryLiteral(Inst inst, Reg to, Reg a, uint32_t literal, int64_t imm) {
  if (has_avx_) {
    a_.RegConstant(Vex(inst), N(to), literal, {N(a), imm});
    return;
  }
  Move(Kind::V128, to, a);
  a_.RegConstant(inst, N(to), literal, {0, imm});
}

uint32_t X64Compiler::Literal(uint64_t low, uint64_t high, uint8_t bytes) {
  constexpr size_t kSearched = 32;
  const size_t first = literals_.size() > kSearched ? literals_.size() - kSearched : 0;
  for (size_t i = literals_.size(); i-- > first;) {
    const LiteralValue& value = literals_[i];
    if (value.low == low && value.high == high && value.bytes == bytes) return static_cast<uint32_t>(i);
  }
  literals_.push_back({low, high, bytes});
  return static_cast<uint32_t>(literals_.size()) - 1;
}

// The largest first, so that all are aligned.
void X64Compiler::EmitLiterals() {
  if (literals_.empty()) return;
  constexpr uint8_t kInt3 = 0xcc;
  std::vector<uint32_t> places(literals_.size());
  bool aligned = false;
  for (const uint8_t bytes : {16, 8, 4}) {
    for (size_t i = 0; i < literals_.size(); ++i) {
      const LiteralValue& value = literals_[i];
      if (value.bytes != bytes) continue;
      while (!aligned && position() % bytes != 0) a_.Bytes({&kInt3, 1});
      aligned = true;
      places[i] = position();
      uint8_t buffer[16];
      std::memcpy(buffer, &value.low, 8);
      std::memcpy(buffer + 8, &value.high, 8);
      a_.Bytes({buffer, bytes});
    }
  }
  for (const x64::Reference& reference : a_.references()) {
    if (reference.kind != x64::Reference::Kind::Constant) continue;
    a_.Patch32(reference.at, places[reference.target] - (reference.at + reference.tail));
  }
}

// --- conditions and jumps

void X64Compiler::JumpIf(X64Condition condition, Label* label) {
  switch (condition.parity) {
    case X64Condition::Parity::Ignored:
      a_.Jump(condition.cond, label);
      return;
    case X64Condition::Parity::MustBeClear: {
      Label around;
      a_.Jump(Cond::p, &around, x64::Distance::Short);
      a_.Jump(condition.cond, label);
      a_.Bind(&around);
      return;
    }
    case X64Condition::Parity::MayBeSet:
      a_.Jump(Cond::p, label);
      a_.Jump(condition.cond, label);
      return;
  }
}

X64Condition X64Compiler::TestOperand(const Operand& operand) {
  if (operand.where == Where::Const) {
    LoadConst(Kind::I32, kScratch, operand.bits);
    a_.RegRm<Inst::Test32Mr>(Gpr::r11, Gpr::r11);
  } else if (IsBestAtHome(operand)) {
    a_.OnlyMem<Inst::Cmp32Mi8>(Home(HomeOf(operand)), {.imm = 0});
  } else {
    const Src src = Use(operand);
    a_.RegRm<Inst::Test32Mr>(G(src.reg), G(src.reg));
  }
  return {Cond::ne};
}

// Entry i holds the distance from its own end. An index beyond the last entry takes that one, speculatively as well.
void X64Compiler::JumpByTable(Reg index, uint32_t entries) {
  Label table;
  LoadImm64(Gpr::r11, entries - 1);
  a_.RegRm<Inst::Cmp32Rm>(G(index), Gpr::r11);
  a_.RegRm<Inst::CmovB32>(Gpr::r11, G(index));
  a_.Lea(Gpr::r10, &table);
  a_.RegMem<Inst::Lea64>(Gpr::r10, Mem::At(Gpr::r10, Gpr::r11, 2));
  a_.RegMem<Inst::Movsx32To64>(Gpr::r11, Mem::At(Gpr::r10));
  a_.RegMem<Inst::Lea64>(Gpr::r10, Mem::At(Gpr::r10, Gpr::r11, 0, 4));
  a_.OnlyRm<Inst::JmpM>(Gpr::r10);
  a_.Bind(&table);
  batch_->data.push_back({position(), 4 * entries});
}

// --- prologue and epilogue

RegSet X64Compiler::ChooseSavedRegs(uint32_t wanted) const {
  constexpr RegSet kSets[] = {0, SetOf(kRbx), SetOf(kRbx) | SetOf(kR12), kCalleeSaved};
  return kSets[wanted];
}

uint32_t X64Compiler::FrameSize() const { return (static_cast<uint32_t>(-lowest_) + 15) & ~15u; }

void X64Compiler::Prologue() {
  a_.OpcodeReg<Inst::Push64>(Gpr::rbp);
  a_.RegRm<Inst::Mov64Rm>(Gpr::rbp, Gpr::rsp);
  a_.OpcodeReg<Inst::Push64>(Gpr::r14);
  for (RegSet rest = saved_regs_; rest != 0;) a_.OpcodeReg<Inst::Push64>(G(TakeLowest(&rest)));
  frame_patch_ = position();
  a_.OnlyRm<Inst::Sub64Mi>(Gpr::rsp, {.imm = 0});
  frame_checked_ = 0;
  // Every operand takes a byte of code or more.
  constexpr uint64_t kMostOperandBytes = 8;
  const uint64_t most = static_cast<uint64_t>(-lowest_) + kMostOperandBytes * module_.funcs[func_index_].body.size;
  if (plan_->calls == 0 && most <= abi::kUncheckedFrame) return;
  ColdCall call{.builtin = Builtin::StackLimit};
  a_.Bind(&call.back);  // if the builtin returns, the limit is looked at again
  a_.RegMem<Inst::Mov64Rm>(Gpr::r11, Context(offsetof(abi::InstanceContext, store)));
  a_.RegMem<Inst::Cmp64Rm>(Gpr::rsp, Mem::At(Gpr::r11, offsetof(abi::StoreContext, native_stack_limit)));

  // Locals have no homes with values yet: roots are the arguments alone.
  abi::CallSite site{0, code_offset_, 0, abi::CallSite::kNoMap, abi::CallSite::kNoHandler, 0};
  const uint32_t map = static_cast<uint32_t>(batch_->maps.size());
  batch_->maps.push_back(0);
  for (size_t i = 0; i < func_layout_->params.size(); ++i) {
    const abi::Place& place = func_layout_->params[i];
    if (locals_[i].kind != Kind::Ref) continue;
    if (place.kind == abi::Place::Kind::Stack)
      batch_->maps.push_back(locals_[i].home / 8);
    else
      site.register_roots |= RootBit(RegOf(place));
  }
  const uint32_t count = static_cast<uint32_t>(batch_->maps.size()) - map - 1;
  batch_->maps[map] = static_cast<int32_t>(count);
  if (count == 0)
    batch_->maps.pop_back();
  else
    site.map = map;
  call.site = site;
  a_.Jump(Cond::b, &call.label);
  cold_calls_.push_back(std::move(call));
  frame_checked_ = position();
}

void X64Compiler::RestoreSavedRegs() {
  int32_t disp = abi::kFrameContext;
  for (RegSet rest = saved_regs_; rest != 0;) {
    disp -= 8;
    a_.RegMem<Inst::Mov64Rm>(G(TakeLowest(&rest)), Home(disp));
  }
}

void X64Compiler::Return(uint32_t arg_bytes) {
  RestoreSavedRegs();
  a_.Alone<Inst::Leave>();
  if (arg_bytes == 0)
    a_.Alone<Inst::Ret>();
  else
    a_.Alone<Inst::RetI>(arg_bytes);
}

// The size of the frame, known now. A large frame is checked before rsp moves, in cold code that the prologue jumps to.
void X64Compiler::PatchFrame() {
  constexpr uint32_t kOpcodeBytes = 3;
  const uint32_t pushed = 8 + 8 * static_cast<uint32_t>(std::popcount(saved_regs_));
  const uint32_t bytes = FrameSize() - pushed;
  if (FrameSize() <= abi::kUncheckedFrame || frame_checked_ == 0) {
    a_.Patch32(frame_patch_ + kOpcodeBytes, bytes);
    return;
  }
  // jmp rel32 and two nops in place of the seven bytes of `sub`.
  const uint32_t cold = position();
  a_.Patch32(frame_patch_, 0x9090'00e9);
  a_.Patch32(frame_patch_ + 1, cold - (frame_patch_ + 5));
  a_.Patch8(frame_patch_ + 5, 0x90);
  a_.Patch8(frame_patch_ + 6, 0x90);
  Label again, below, done;
  done.PlaceAt(frame_checked_);
  a_.Bind(&again);
  a_.RegRm<Inst::Mov64Rm>(Gpr::r11, Gpr::rsp);
  a_.OnlyRm<Inst::Sub64Mi>(Gpr::r11, {.imm = static_cast<int32_t>(bytes)});
  a_.Jump(Cond::b, &below);
  a_.RegMem<Inst::Mov64Rm>(Gpr::r10, Context(offsetof(abi::InstanceContext, store)));
  a_.RegMem<Inst::Cmp64Rm>(Gpr::r11, Mem::At(Gpr::r10, offsetof(abi::StoreContext, native_stack_limit)));
  a_.Jump(Cond::b, &below);
  a_.RegRm<Inst::Mov64Rm>(Gpr::rsp, Gpr::r11);
  a_.Jump(&done);
  a_.Bind(&below);
  const int32_t align = pushed % 16 == 0 ? 0 : 8;
  if (align != 0) a_.OnlyRm<Inst::Sub64Mi8>(Gpr::rsp, {.imm = align});
  CallBuiltinEntry(Builtin::StackLimit);
  abi::CallSite site = cold_calls_.front().site;  // the prologue's, made first
  site.return_pc = position();
  batch_->calls.push_back(site);
  if (align != 0) a_.OnlyRm<Inst::Add64Mi8>(Gpr::rsp, {.imm = align});
  a_.Jump(&again);
}

void X64Compiler::StartLoop(uint32_t) {}

void X64Compiler::StartZeroing() { a_.RegRm<Inst::Xor32Rm>(Gpr::r11, Gpr::r11); }

void X64Compiler::ZeroHome(Kind kind, int32_t home) {
  for (int32_t done = 0; done < HomeBytes(kind); done += 8) a_.RegMem<Inst::Mov64Mr>(Gpr::r11, Home(home + done));
}

void X64Compiler::ZeroArea(int32_t lowest, int32_t end) {
  Label loop;
  a_.RegMem<Inst::Lea64>(Gpr::r10, Home(lowest));
  LoadImm64(Gpr::r11, static_cast<uint32_t>(end - lowest) / 8);
  a_.Bind(&loop);
  a_.OnlyMem<Inst::Mov64Mi>(Mem::At(Gpr::r10), {.imm = 0});
  a_.OnlyRm<Inst::Add64Mi8>(Gpr::r10, {.imm = 8});
  a_.OnlyRm<Inst::Dec32M>(Gpr::r11);
  a_.Jump(Cond::ne, &loop);
}

void X64Compiler::ReserveOutgoing(uint32_t bytes) {
  a_.OnlyRm<Inst::Sub64Mi>(Gpr::rsp, {.imm = static_cast<int32_t>(bytes)});
}

void X64Compiler::ReleaseOutgoing(uint32_t bytes) {
  a_.OnlyRm<Inst::Add64Mi>(Gpr::rsp, {.imm = static_cast<int32_t>(bytes)});
}

// --- interruption and fuel

void X64Compiler::CallBuiltinEntry(Builtin builtin) {
  a_.RegMem<Inst::Mov64Rm>(Gpr::r11, Context(offsetof(abi::InstanceContext, builtins)));
  a_.OnlyMem<Inst::CallM>(Mem::At(Gpr::r11, 8 * static_cast<int32_t>(builtin)));
}

uint8_t X64Compiler::RootBit(Reg reg) {
  for (size_t i = 0; i < std::size(abi::kValueGprs); ++i) {
    if (abi::kValueGprs[i] == reg) return static_cast<uint8_t>(1 << i);
  }
  GANTRY_UNREACHABLE("references lie in argument registers");
}

uint8_t X64Compiler::RegisterRoots() const {
  uint8_t roots = 0;
  for (RegSet rest = used_ & kGeneralRegs; rest != 0;) {
    const Reg reg = TakeLowest(&rest);
    const uint32_t owner = owner_[reg];
    const Kind kind = Contains(operands_, reg) ? stack_[owner & ~kOperandOwner].kind : locals_[owner].kind;
    if (kind == Kind::Ref) roots |= RootBit(reg);
  }
  return roots;
}

// Calls a builtin that changes no register, if the condition holds.
void X64Compiler::CallKeepAll(Builtin builtin, Cond cond) {
  ColdCall call{.builtin = builtin, .site = {0, offset_, fuel_, RootMap(), handler_, RegisterRoots()}};
  a_.Jump(cond, &call.label);
  a_.Bind(&call.back);
  cold_calls_.push_back(std::move(call));
}

void X64Compiler::Poll() {
  a_.RegMem<Inst::Mov64Rm>(Gpr::r11, Context(offsetof(abi::InstanceContext, store)));
  a_.OnlyMem<Inst::Cmp32Mi8>(Mem::At(Gpr::r11, offsetof(abi::StoreContext, interrupt_pending)), {.imm = 0});
  CallKeepAll(Builtin::Poll, Cond::ne);
}

void X64Compiler::PayFuel(uint32_t amount) {
  a_.RegMem<Inst::Mov64Rm>(Gpr::r11, Context(offsetof(abi::InstanceContext, store)));
  const Mem fuel = Mem::At(Gpr::r11, offsetof(abi::StoreContext, fuel));
  if (amount <= 127)
    a_.OnlyMem<Inst::Sub64Mi8>(fuel, {.imm = amount});
  else
    a_.OnlyMem<Inst::Sub64Mi>(fuel, {.imm = amount});
  fuel_ = 0;
  CallKeepAll(Builtin::OutOfFuel, Cond::s);
}

// --- traps and cold code

Label* X64Compiler::TrapLabel(TrapCode code) {
  if (cold_traps_.empty() || cold_traps_.back().code != code || cold_traps_.back().offset != offset_) {
    cold_traps_.push_back({Label(), code, offset_, fuel_});
  }
  return &cold_traps_.back().label;
}

void X64Compiler::TrapIf(Cond cond, TrapCode code) { a_.Jump(cond, TrapLabel(code)); }

void X64Compiler::Trap(TrapCode code) { EmitTrap(code, offset_, fuel_); }

void X64Compiler::EmitTrap(TrapCode code, uint32_t offset, uint32_t fuel) {
  if (!info_.options.fault_traps) {
    a_.RegMem<Inst::Mov64Rm>(Gpr::r11, Mem::At(Gpr::rbp, abi::kFrameContext));
    a_.RegMem<Inst::Mov64Rm>(Gpr::r11, Mem::At(Gpr::r11, offsetof(abi::InstanceContext, builtins)));
    a_.OnlyMem<Inst::CallM>(Mem::At(Gpr::r11, 8 * abi::kTrapEntry));
  }
  batch_->traps.push_back({position(), offset, fuel, code});
  a_.Alone<Inst::Ud2>();
}

void X64Compiler::EmitCold() {
  for (ColdCall& call : cold_calls_) {
    a_.Bind(&call.label);
    CallBuiltinEntry(call.builtin);
    call.site.return_pc = position();
    batch_->calls.push_back(call.site);
    a_.Jump(&call.back);
  }
  cold_calls_.clear();
  for (ColdTruncation& cold : cold_truncations_) EmitColdTruncation(&cold);
  cold_truncations_.clear();
  for (ColdSignature& cold : cold_signatures_) EmitColdSignature(&cold);
  cold_signatures_.clear();
  for (ColdAllocation& cold : cold_allocations_) EmitColdAllocation(&cold);
  cold_allocations_.clear();
  for (ColdTrap& trap : cold_traps_) {
    a_.Bind(&trap.label);
    EmitTrap(trap.code, trap.offset, trap.fuel);
  }
  cold_traps_.clear();
}

}  // namespace gantry::baseline
