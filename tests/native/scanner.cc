#include "scanner.h"

#include <algorithm>
#include <cstring>

#include "scan_impl.h"
#include "wasm/binary/instr_reader.h"
#include "wasm/opcode.h"

namespace gantry::native_tests {

namespace {

constexpr uint8_t kCallerSaved[] = {kRax, kRcx, kRdx, kRsi, 7, kR8, kR9, kR10, kR11};
constexpr uint8_t kCalleeSaved[] = {kRbx, kR12, kR13, kRbp};
constexpr size_t kMostFindings = 10;  // per function

constexpr abi::BuiltinShape kShapes[] = {
#define GANTRY_BUILTIN(Id, shape, operands, note) abi::BuiltinShape::shape,
#include "abi/builtins.def"
};

// Kinds of instructions that no compiler of ours emits.
bool IsForbidden(const ZydisDecodedInstruction& instruction) {
  switch (instruction.meta.category) {
    case ZYDIS_CATEGORY_INTERRUPT:
    case ZYDIS_CATEGORY_IO:
    case ZYDIS_CATEGORY_IOSTRINGOP:
    case ZYDIS_CATEGORY_SEGOP:
    case ZYDIS_CATEGORY_STRINGOP:
    case ZYDIS_CATEGORY_SYSCALL:
    case ZYDIS_CATEGORY_SYSRET:
    case ZYDIS_CATEGORY_SYSTEM:
    case ZYDIS_CATEGORY_X87_ALU:
      return true;
    default:
      return instruction.mnemonic == ZYDIS_MNEMONIC_STD || instruction.mnemonic == ZYDIS_MNEMONIC_INT3;
  }
}

}  // namespace

// --- preparation

bool Scanner::Impl::Decode(uint32_t pc) {
  pc_ = pc;
  return ZYAN_SUCCESS(ZydisDecoderDecodeFull(&decoder_, text_ + pc, record_->code_size - pc, &instruction_, operands_));
}

void Scanner::Impl::Bad(const std::string& what) {
  if (own_findings_++ >= kMostFindings) return;
  char text[256] = "";
  ZydisFormatterFormatInstruction(&formatter_, &instruction_, operands_, instruction_.operand_count_visible, text,
                                  sizeof text, pc_, nullptr);
  std::string line = fmt::format("function {} at {:#x}: {}: {}", record_->func_index, pc_, text, what);
  if (std::find(findings_->begin(), findings_->end(), line) == findings_->end()) findings_->push_back(std::move(line));
}

const abi::DataRange* Scanner::Impl::DataAt(uint32_t start) const {
  for (uint32_t i = 0; i < record_->data_count; ++i) {
    const abi::DataRange& data = batch_->data[record_->first_data + i];
    if (data.start == start) return &data;
  }
  return nullptr;
}

int32_t Scanner::Impl::TableEntry(const abi::DataRange& data, uint32_t i) const {
  int32_t distance;
  std::memcpy(&distance, text_ + data.start + 4 * i, 4);
  return static_cast<int32_t>(data.start + 4 * i + 4) + distance;
}

// Where instructions begin, and which are jumped to. Everything up to the constants decodes.
void Scanner::Impl::FindInstructions() {
  starts_.assign(record_->code_size + 1, false);
  leaders_.assign(record_->code_size + 1, false);
  uint32_t next_data = 0;
  std::vector<int64_t> targets;
  for (uint32_t pc = 0; pc < record_->code_size;) {
    if (next_data < record_->data_count && batch_->data[record_->first_data + next_data].start == pc) {
      const abi::DataRange& data = batch_->data[record_->first_data + next_data++];
      for (uint32_t i = 0; i < data.size / 4; ++i) targets.push_back(TableEntry(data, i));
      pc += data.size;
      continue;
    }
    if (!Decode(pc)) {
      Bad("does not decode");
      return;
    }
    ++instructions_;
    starts_[pc] = true;
    if (IsForbidden(instruction_)) Bad("is no instruction for compiled code");
    const auto category = instruction_.meta.category;
    const bool is_jump = category == ZYDIS_CATEGORY_COND_BR || category == ZYDIS_CATEGORY_UNCOND_BR;
    if (is_jump && operands_[0].type == ZYDIS_OPERAND_TYPE_IMMEDIATE &&
        RelocationAt(record_->start + pc + instruction_.length - 4) == nullptr) {
      targets.push_back(static_cast<int64_t>(pc) + instruction_.length + operands_[0].imm.value.s);
    }
    pc += instruction_.length;
  }
  for (int64_t target : targets) {
    if (!IsStart(target))
      Bad(fmt::format("some jump of the function goes to {:#x}, which is no instruction of it", target));
    else
      leaders_[target] = true;
  }
}

// Trap sites, call sites and landings name instructions of the right kind.
void Scanner::Impl::CheckTables() {
  uint32_t last = 0;
  for (uint32_t i = 0; i < record_->trap_count; ++i) {
    const abi::TrapSite& trap = batch_->traps[record_->first_trap + i];
    if (trap.pc < last) Bad("trap sites are out of order");
    last = trap.pc;
    if (!IsStart(trap.pc) || !Decode(trap.pc)) {
      Bad(fmt::format("the trap site {:#x} is no instruction", trap.pc));
      continue;
    }
    bool can_fault = instruction_.mnemonic == ZYDIS_MNEMONIC_UD2;
    for (int k = 0; k < instruction_.operand_count; ++k) {
      can_fault |= operands_[k].type == ZYDIS_OPERAND_TYPE_MEMORY && operands_[k].mem.type == ZYDIS_MEMOP_TYPE_MEM;
    }
    if (!can_fault) Bad("is a trap site, but cannot fault");
    if (!options_.fault_traps && instruction_.mnemonic != ZYDIS_MNEMONIC_UD2) Bad("faults where nobody catches it");
  }
  last = 0;
  std::vector<bool> behind_call(record_->code_size + 1, false);
  for (uint32_t pc = 0; pc < record_->code_size; ++pc) {
    if (!starts_[pc] || !Decode(pc)) continue;
    if (instruction_.meta.category == ZYDIS_CATEGORY_CALL) behind_call[pc + instruction_.length] = true;
  }
  for (uint32_t i = 0; i < record_->call_count; ++i) {
    const abi::CallSite& site = batch_->calls[record_->first_call + i];
    if (site.return_pc < last) Bad("call sites are out of order");
    last = site.return_pc;
    if (site.return_pc > record_->code_size || !behind_call[site.return_pc])
      Bad(fmt::format("the call site {:#x} stands behind no call", site.return_pc));
    for (uint32_t h = site.handler; h != abi::CallSite::kNoHandler; ++h) {
      if (h >= batch_->handlers.size() || !IsStart(batch_->handlers[h].landing)) {
        Bad("a handler's landing is no instruction");
        break;
      }
      leaders_[batch_->handlers[h].landing] = true;
      if (batch_->handlers[h].last) break;
    }
  }
}

State Scanner::Impl::EntryState() const {
  State state;
  for (uint8_t reg : kCalleeSaved) state.regs[reg] = Value::Of(What::Saved, reg);
  state.regs[kRsp] = Value::Of(What::Stack);
  state.regs[kR14] = Value::Of(What::Context);
  if (!module_.memories.empty()) state.regs[kR15] = Value::Of(What::Memory0);
  state.cells[0] = Value::Of(What::ReturnAddress);
  const wasm::Func& func = module_.funcs[record_->func_index];
  const wasm::SubType& type = module_.types[func.type];
  for (size_t i = 0; i < type.params.size(); ++i) {
    const abi::Place& place = calls_[func.type].params[i];
    const bool is_func = IsFunc(module_, type.params[i]);
    if (place.kind == abi::Place::Kind::Gpr) {
      if (is_func)
        state.regs[place.reg].what = What::FuncRef;
      else
        state.regs[place.reg].clean = type.params[i].kind() != wasm::TypeKind::I64;
    } else if (place.kind == abi::Place::Kind::Stack && is_func) {
      state.cells[8 + static_cast<int32_t>(place.offset)] = Value::Of(What::FuncRef);
    }
  }
  return state;
}

void Scanner::Impl::Scan(const abi::CodeBatch& batch, const abi::FunctionRecord& record,
                         std::vector<std::string>* findings) {
  batch_ = &batch;
  record_ = &record;
  findings_ = findings;
  own_findings_ = 0;
  text_ = batch.text.data() + record.start;
  in_.clear();
  pending_.clear();
  if (record.code_size == 0) {
    findings->push_back(fmt::format("function {} is empty", record.func_index));
    return;
  }
  FindInstructions();
  if (own_findings_ != 0) return;
  CheckTables();
  leaders_[0] = true;
  Flow(0, EntryState());
  while (!pending_.empty()) {
    const uint32_t pc = pending_.back();
    pending_.pop_back();
    RunBlock(pc);
  }
}

// --- flow

void Scanner::Impl::Flow(uint32_t pc, const State& state) {
  const auto [it, is_new] = in_.emplace(pc, state);
  if (is_new || it->second.JoinWith(state)) {
    if (std::find(pending_.end() - std::min<ptrdiff_t>(pending_.size(), 4), pending_.end(), pc) == pending_.end())
      pending_.push_back(pc);
  }
}

void Scanner::Impl::RunBlock(uint32_t pc) {
  state_ = in_.at(pc);
  for (;;) {
    if (pc >= record_->code_size || !starts_[pc] || !Decode(pc)) {
      Bad("the code runs into what is no instruction");
      return;
    }
    const uint32_t next = pc + instruction_.length;
    if (!Step()) return;
    if (next < leaders_.size() && leaders_[next]) {
      Flow(next, state_);
      return;
    }
    pc = next;
  }
}

const abi::CallSite* Scanner::Impl::SiteBehind(uint32_t return_pc) const {
  const auto begin = batch_->calls.begin() + record_->first_call, end = begin + record_->call_count;
  const auto it = std::lower_bound(begin, end, return_pc,
                                   [](const abi::CallSite& site, uint32_t pc) { return site.return_pc < pc; });
  return it != end && it->return_pc == return_pc ? &*it : nullptr;
}

const abi::TrapSite* Scanner::Impl::TrapAt(uint32_t pc) const {
  const auto begin = batch_->traps.begin() + record_->first_trap, end = begin + record_->trap_count;
  const auto it = std::lower_bound(begin, end, pc, [](const abi::TrapSite& site, uint32_t at) { return site.pc < at; });
  return it != end && it->pc == pc ? &*it : nullptr;
}

const abi::Relocation* Scanner::Impl::RelocationAt(uint32_t at) const {
  const auto it = std::lower_bound(batch_->relocations.begin(), batch_->relocations.end(), at,
                                   [](const abi::Relocation& relocation, uint32_t a) { return relocation.at < a; });
  return it != batch_->relocations.end() && it->at == at ? &*it : nullptr;
}

bool Scanner::Impl::Step() {
  switch (instruction_.meta.category) {
    case ZYDIS_CATEGORY_COND_BR:
    case ZYDIS_CATEGORY_UNCOND_BR:
      return Jump();
    case ZYDIS_CATEGORY_CALL:
      CallAt();
      return true;
    case ZYDIS_CATEGORY_RET:
      Leave(/*is_return=*/true);
      return false;
    default:
      break;
  }
  if (instruction_.mnemonic == ZYDIS_MNEMONIC_UD2) {
    if (TrapAt(pc_) == nullptr) Bad("is no trap site");
    return false;
  }
  const Access* memory = nullptr;
  Access access;
  Value loaded;
  const bool is_push_or_pop =
      instruction_.meta.category == ZYDIS_CATEGORY_PUSH || instruction_.meta.category == ZYDIS_CATEGORY_POP;
  for (int i = 0; i < instruction_.operand_count && !is_push_or_pop; ++i) {
    const ZydisDecodedOperand& operand = operands_[i];
    if (operand.type != ZYDIS_OPERAND_TYPE_MEMORY || operand.visibility == ZYDIS_OPERAND_VISIBILITY_HIDDEN) continue;
    access = AccessOf(operand);
    memory = &access;
    if (operand.mem.type == ZYDIS_MEMOP_TYPE_MEM) loaded = Load(access);
  }
  if (!Special(memory, loaded)) Generic();
  return true;
}

// Jumps within the function; false: nothing follows.
bool Scanner::Impl::Jump() {
  const uint32_t next = pc_ + instruction_.length;
  if (operands_[0].type == ZYDIS_OPERAND_TYPE_REGISTER) {
    const Value& target = Reg(RegOf(operands_[0]));
    const abi::DataRange* data = target.is(What::JumpTarget) ? DataAt(target.arg) : nullptr;
    if (data == nullptr) {
      Bad("jumps to what comes from no jump table");
      return false;
    }
    for (uint32_t i = 0; i < data->size / 4; ++i) Flow(static_cast<uint32_t>(TableEntry(*data, i)), state_);
    return false;
  }
  if (operands_[0].type == ZYDIS_OPERAND_TYPE_MEMORY) {
    const Access access = AccessOf(operands_[0]);
    JumpAway(access.base == 0xff ? Value() : Reg(access.base), access.disp);
    return false;
  }
  if (const abi::Relocation* relocation = RelocationAt(record_->start + next - 4); relocation != nullptr) {
    if (!Reg(kR14).is(What::Context)) Bad("leaves for a function of the module without the instance's context");
    if (!module_.memories.empty() && !Reg(kR15).is(What::Memory0)) Bad("leaves without the base of memory 0");
    Leave(/*is_return=*/false);
    return false;
  }
  const uint32_t target = static_cast<uint32_t>(next + operands_[0].imm.value.s);
  const bool is_conditional = instruction_.meta.category == ZYDIS_CATEGORY_COND_BR;
  State taken = state_;
  taken.flags = {};
  Flow(target, taken);
  if (!is_conditional) return false;
  BranchFacts();
  state_.flags = {};
  return true;
}

// What is known when the jump is not taken.
void Scanner::Impl::BranchFacts() {
  const Flags flags = state_.flags;
  Value& value = Reg(flags.reg);
  const ZydisMnemonic jump = instruction_.mnemonic;
  switch (flags.about) {
    case Flags::About::Length:  // ja
      if (jump == ZYDIS_MNEMONIC_JNBE && value.is(What::Extent))
        value = Value::Of(What::Checked, flags.arg, value.number);
      return;
    case Flags::About::Count:
      if (jump != ZYDIS_MNEMONIC_JNB) return;
      value.below = Below::Count;
      value.below_arg = flags.arg;
      return;
    case Flags::About::TableLength:  // jae
      if (jump != ZYDIS_MNEMONIC_JNB) return;
      value.below = Below::Table;
      value.below_arg = flags.arg;
      return;
    case Flags::About::ArrayLength:
      if (jump != ZYDIS_MNEMONIC_JNB) return;
      value.below = Below::Array;
      value.below_arg = flags.arg;
      return;
    case Flags::About::Carry:  // jb
      if (jump == ZYDIS_MNEMONIC_JB && value.is(What::MayWrap)) value.what = What::Extent;
      return;
    default:
      return;
  }
}

// A tail call through a function reference.
void Scanner::Impl::JumpAway(const Value& base, int64_t disp) {
  if (!base.is_func() || disp != offsetof(abi::FuncRef, native_entry)) Bad("jumps to what is no function");
  if (!Reg(kR14).is(What::Foreign)) Bad("leaves the instance without the callee's context");
  Leave(/*is_return=*/false);
}

// The frame is gone: the return address is next, the caller's registers are back.
void Scanner::Impl::Leave(bool is_return) {
  const abi::CallLayout& layout = calls_[module_.funcs[record_->func_index].type];
  if (!Reg(kRsp).is(What::Stack)) {
    Bad("leaves with an unknown rsp");
    return;
  }
  const auto cell = state_.cells.find(static_cast<int32_t>(Rsp()));
  if (cell == state_.cells.end() || !cell->second.is(What::ReturnAddress)) Bad("leaves without the return address");
  for (uint8_t reg : kCalleeSaved) {
    if (!Reg(reg).is(What::Saved) || Reg(reg).arg != reg) Bad("leaves without the caller's registers");
  }
  if (!is_return) return;
  const int64_t popped = instruction_.operand_count_visible > 0 && operands_[0].type == ZYDIS_OPERAND_TYPE_IMMEDIATE
                             ? static_cast<int64_t>(operands_[0].imm.value.u)
                             : 0;
  if (Rsp() != 0 || popped != layout.arg_bytes) Bad("does not pop its arguments");
  if (!options_.tail_calls_leave && !Reg(kR14).is(What::Context)) Bad("returns with another context");
}

void Scanner::Impl::CheckMemory0() {
  if (!module_.memories.empty() && !Reg(kR15).is(What::Memory0)) Bad("calls without the base of memory 0");
}

void Scanner::Impl::CallAt() {
  const uint32_t next = pc_ + instruction_.length;
  const abi::CallSite* site = SiteBehind(next);
  if (!Reg(kRsp).is(What::Stack) || ((Rsp() + 8) & 15) != 0) Bad("calls with rsp not a multiple of 16");
  struct Kept {
    int32_t cell;
    What what;
  };
  for (const Kept kept : {Kept{0, What::ReturnAddress}, Kept{kFrame, What::Saved}, Kept{kFrame - 8, What::Context}}) {
    const auto it = state_.cells.find(kept.cell);
    if (it == state_.cells.end() || !it->second.is(kept.what)) Bad("calls from a frame that a walk cannot read");
  }
  if (operands_[0].type == ZYDIS_OPERAND_TYPE_MEMORY) {
    const Access access = AccessOf(operands_[0]);
    const Value base = access.base == 0xff || access.index != 0xff ? Value() : Reg(access.base);
    if (base.is(What::Builtins) && access.disp == 8 * abi::kTrapEntry && !options_.fault_traps) {
      if (TrapAt(next) == nullptr) Bad("traps where no trap site is");
      return;
    }
    if (base.is(What::Builtins)) {
      if (access.disp < 0 || access.disp % 8 != 0 || access.disp / 8 >= abi::kBuiltinCount) {
        Bad("calls no builtin");
        return;
      }
      const auto builtin = static_cast<abi::Builtin>(access.disp / 8);
      const abi::BuiltinShape shape = kShapes[access.disp / 8];
      if (site == nullptr && shape != abi::BuiltinShape::Pure) Bad("has no call site");
      if (!Reg(kR14).is(What::Context)) Bad("calls a builtin with another context");
      const Value memory = Reg(kRsi);
      if (shape == abi::BuiltinShape::KeepAll) {
        Reg(kR10) = Reg(kR11) = Value();
      } else {
        for (uint8_t reg : kCallerSaved) Reg(reg) = Value();
        Reg(kRax) = Value::Clean();
        const bool is_64 =
            (builtin == abi::Builtin::MemoryGrow && memory.is(What::Const) &&
             module_.memories[memory.number].type.is_64) ||
            (builtin == abi::Builtin::TableGrow && memory.is(What::Const) && module_.tables[memory.number].type.is_64);
        if (is_64 || builtin >= abi::Builtin::F32Ceil) Reg(kRax) = Value();
      }
      AfterCall(site);
      return;
    }
    if (!base.is_func() || access.disp != offsetof(abi::FuncRef, native_entry)) Bad("calls what is no function");
    const bool stays = base.is(What::OwnFunc) && Reg(kR14).is(What::Context);
    if (stays) {
      CheckMemory0();
    } else if (!Reg(kR14).is(What::Foreign)) {
      Bad("leaves the instance without the callee's context");
    }
    if (site == nullptr) {
      Bad("has no call site");
      return;
    }
    const uint32_t type = CalledType(*site);
    if (type == wasm::kNone) {
      Bad("is not a call of the source");
      return;
    }
    if (!stays || options_.tail_calls_leave) Reg(kR14) = Reg(kR15) = Value();
    TakeResults(type, Rsp());
    AfterCall(site);
    return;
  }
  const abi::Relocation* relocation = RelocationAt(record_->start + next - 4);
  if (relocation == nullptr || relocation->func_index < module_.imported_funcs ||
      relocation->func_index >= module_.funcs.size()) {
    Bad("calls no function of the module");
    return;
  }
  if (site == nullptr) Bad("has no call site");
  if (!Reg(kR14).is(What::Context)) Bad("calls a function of the module with another context");
  CheckMemory0();
  if (options_.tail_calls_leave) Reg(kR14) = Reg(kR15) = Value();
  TakeResults(module_.funcs[relocation->func_index].type, Rsp());
  AfterCall(site);
}

// Registers and stack behind the call of a function of this type.
void Scanner::Impl::TakeResults(uint32_t type_index, int64_t rsp) {
  const wasm::SubType& type = module_.types[type_index];
  const abi::CallLayout& layout = calls_[type_index];
  for (uint8_t reg : kCallerSaved) Reg(reg) = Value();
  const int64_t results = rsp + layout.arg_bytes, end = results + layout.result_bytes;
  for (auto it = state_.cells.lower_bound(static_cast<int32_t>(rsp)); it != state_.cells.end() && it->first < end;)
    it = state_.cells.erase(it);
  Reg(kRsp) = Value::Of(What::Stack, 0, results);
  for (size_t i = 0; i < type.results.size(); ++i) {
    const abi::Place& place = layout.results[i];
    const bool is_func = IsFunc(module_, type.results[i]);
    if (place.kind == abi::Place::Kind::Gpr) {
      if (is_func)
        Reg(place.reg).what = What::FuncRef;
      else
        Reg(place.reg).clean = type.results[i].kind() != wasm::TypeKind::I64;
    } else if (place.kind == abi::Place::Kind::Stack && is_func) {
      state_.cells[static_cast<int32_t>(results + place.offset)] = Value::Of(What::FuncRef);
    }
  }
}

void Scanner::Impl::AfterCall(const abi::CallSite* site) {
  state_.flags = {};
  if (site == nullptr || site->handler == abi::CallSite::kNoHandler) return;
  State landing = state_;
  for (Value& value : landing.regs) value = Value();
  for (uint8_t reg : {kRbx, kR12, kR13, kRbp}) landing.regs[reg] = state_.regs[reg];
  landing.regs[kRax] = Value::Clean();
  landing.regs[kRsp] = Value::Of(What::Stack, 0, kFrame - static_cast<int64_t>(record_->frame_size));
  landing.regs[kR14] = Value::Of(What::Context);
  if (!module_.memories.empty()) landing.regs[kR15] = Value::Of(What::Memory0);
  for (uint32_t h = site->handler; h < batch_->handlers.size(); ++h) {
    Flow(batch_->handlers[h].landing, landing);
    if (batch_->handlers[h].last) return;
  }
}

// The type of the function that the source calls here.
uint32_t Scanner::Impl::CalledType(const abi::CallSite& site) {
  const wasm::Func& func = module_.funcs[record_->func_index];
  if (site.offset < func.body.offset || site.offset >= func.body.offset + func.body.size) return wasm::kNone;
  const uint32_t skipped = site.offset - static_cast<uint32_t>(func.body.offset);
  wasm::binary::InstrReader reader(module_.Bytes(func.body).subspan(skipped), site.offset, module_.features);
  wasm::Instr instr{};
  if (!reader.Next(&instr)) return wasm::kNone;
  switch (instr.info().family) {
    case wasm::OpFamily::Call:
      return module_.funcs[instr.index].type;
    case wasm::OpFamily::CallIndirect:
    case wasm::OpFamily::CallRef:
      return instr.index;
    default:
      return wasm::kNone;
  }
}

// --- Scanner

Scanner::Scanner(const wasm::Module& module, const pipeline::Options& options)
    : impl_(std::make_unique<Impl>(module, options)) {}
Scanner::~Scanner() = default;

void Scanner::Scan(const abi::CodeBatch& batch, const abi::FunctionRecord& record, std::vector<std::string>* findings) {
  impl_->Scan(batch, record, findings);
}

uint64_t Scanner::instructions() const { return impl_->instructions_; }
uint64_t Scanner::accesses() const { return impl_->accesses_; }

}  // namespace gantry::native_tests
