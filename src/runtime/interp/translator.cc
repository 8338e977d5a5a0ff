#include "runtime/interp/translator.h"

#include <algorithm>

#include "abi/gc_layout.h"
#include "base/check.h"
#include "runtime/interp/acc_forms.h"
#include "runtime/interp/fuse.h"

namespace gantry::interp {

using wasm::OpFamily;
using wasm::ValType;

Translator::Translator(const ModuleCode& module, uint32_t func_index, bool far)
    : module_code_(module),
      module_(module.module),
      func_index_(func_index),
      far_(far),
      out_(std::make_unique<FuncCode>()) {}

Cell Translator::CellOf(ValType type) const {
  if (type == wasm::kV128) return Cell::Vec;
  if (!type.is_ref()) return Cell::Num;
  const wasm::HeapType heap = type.heap();
  if (heap.is_concrete()) return module_.types[heap.index()].kind == wasm::CompKind::Func ? Cell::Num : Cell::Ref;
  return wasm::TopOf(heap) == wasm::HeapKind::Func ? Cell::Num : Cell::Ref;
}

// Parameters from 0, the frame link, the other locals, the operand homes.
bool Translator::SetUpFrame(wasm::binary::InstrReader* reader) {
  const wasm::SubType& type = module_.types[module_.funcs[func_index_].type];
  std::vector<wasm::binary::LocalRun> runs;
  GANTRY_CHECK(reader->ReadLocals(&runs), "a validated body decodes");
  uint64_t slot = 0;
  auto add_local = [&](ValType local_type) {
    const Cell cell = CellOf(local_type);
    if (cell == Cell::Ref) out_->root_locals.push_back(static_cast<uint16_t>(slot));
    local_slots_.push_back(static_cast<uint32_t>(slot));
    local_cells_.push_back(cell);
    slot += WidthOf(cell);
  };
  for (ValType param : type.params) add_local(param);
  uint64_t results = 0;
  for (ValType result : type.results) results += result.slots();
  out_->param_slots = static_cast<uint32_t>(slot);
  out_->result_slots = static_cast<uint32_t>(results);
  out_->link = static_cast<uint32_t>(std::max(slot, results));
  slot = out_->link + kLinkSlots;
  const uint64_t first_local = slot;
  for (const auto& run : runs) {
    if (slot + uint64_t{run.count} * run.type.slots() > kMaxSlots) return false;
    for (uint32_t i = 0; i < run.count; ++i) add_local(run.type);
  }
  if (slot > kMaxSlots) return false;
  alias_counts_.assign(local_slots_.size(), 0);
  operand_base_ = top_ = max_slots_ = static_cast<uint32_t>(slot);
  if (slot > first_local)
    EmitWide(ROp::ZeroSlots, static_cast<uint32_t>(first_local), static_cast<uint32_t>(slot - first_local));

  Control body{CtrlKind::Func};
  body.base = operand_base_;
  body.results = static_cast<uint32_t>(type.results.size());
  for (ValType result : type.results) cells_.push_back(CellOf(result));
  controls_.push_back(body);
  max_slots_ += static_cast<uint32_t>(results);
  return true;
}

bool Translator::Run() {
  const wasm::ByteRange body = module_.funcs[func_index_].body;
  wasm::binary::InstrReader reader(module_.Bytes(body), body.offset, module_.features);
  out_->func_index = func_index_;
  out_->module = &module_code_;
  out_->table = module_code_.funcs.get();
  out_->imported_funcs = module_.imported_funcs;
  out_->has_memory = !module_.memories.empty();
  code_.reserve(body.size + 4);
  if (SetUpFrame(&reader)) {
    Forget();
    offset_ = static_cast<uint32_t>(reader.offset());  // an interruption on entry is at the first instruction
    if (module_code_.options.polls) Emit(ROp::Poll);
    if (module_code_.options.consume_fuel) fuel_ = 1;  // of the call itself
    Instr in{};
    while (!refused_ && reader.Next(&in)) One(in);
    GANTRY_CHECK(refused_ || (reader.ok() && controls_.empty()), "a validated body decodes");
  } else {
    refused_ = true;
  }
  if (overflow_ && !far_) return false;
  Finish();
  return true;
}

// One instruction; unreachable ones only as far as blocks must be counted.
void Translator::One(const Instr& in) {
  const wasm::OpInfo& info = in.info();
  if (!reachable_) {
    switch (info.family) {
      case OpFamily::Block:
      case OpFamily::Loop:
      case OpFamily::If:
      case OpFamily::TryTable:
        ++dead_depth_;
        return;
      case OpFamily::Else:
        if (dead_depth_ == 0) DoElse();
        return;
      case OpFamily::End:
        if (dead_depth_ == 0)
          DoEnd();
        else
          --dead_depth_;
        return;
      default:
        return;
    }
  }
  offset_ = in.offset;
  if (module_code_.options.consume_fuel) {
    fuel_ += info.fuel;
    if (info.has(wasm::op_flags::kFuelPerUnit)) ChargePerUnit();
  }
  switch (info.family) {
    case OpFamily::Unreachable:
      FlushFuel();
      Emit(ROp::Unreachable);
      Unreachable();
      return;
    case OpFamily::Nop:
      return;
    case OpFamily::Block:
      Begin(CtrlKind::Block, in.block);
      return;
    case OpFamily::Loop:
      Begin(CtrlKind::Loop, in.block);
      return;
    case OpFamily::If:
      Begin(CtrlKind::If, in.block);
      return;
    case OpFamily::Else:
      DoElse();
      return;
    case OpFamily::End:
      DoEnd();
      return;
    case OpFamily::TryTable:
      DoTry(in);
      return;
    case OpFamily::Br:
      Branch(in.index);
      return;
    case OpFamily::BrIf:
      BranchIf(in.index, TakeCondition());
      return;
    case OpFamily::BrTable:
      BranchTable(in);
      return;
    case OpFamily::Return:
      EmitReturn();
      Unreachable();
      return;
    case OpFamily::Call:
    case OpFamily::CallIndirect:
    case OpFamily::CallRef:
      DoCall(in);
      return;
    case OpFamily::ReturnCall:
    case OpFamily::ReturnCallIndirect:
    case OpFamily::ReturnCallRef:
      DoReturnCall(in);
      return;
    case OpFamily::BrOnNull:
    case OpFamily::BrOnNonNull:
      BranchOnNull(in);
      return;
    case OpFamily::BrOnCast:
    case OpFamily::BrOnCastFail:
      BranchOnCast(in);
      return;
    default:
      break;
  }
  const bool handled = Values(in) || Memories(in) || References(in);
  GANTRY_CHECK(handled, "every family is translated");
}

void Translator::Finish() {
  FuncCode& out = *out_;
  if (refused_) {
    code_.assign(1, 0);
    Put(0, Word{static_cast<uint16_t>(ROp::Refused), 0, 0, 0});
    out.sites.clear();
    out.root_locals.clear();
    out.root_maps.clear();
    out.roots.clear();
    out.handlers.clear();
    out.frame_slots = FuncCode::kRefusedSlots;
  } else {
    for (Handler& handler : out.handlers) {
      const Clause& clause = clauses_[handler.target];
      handler.target = clause.target;
    }
    out.frame_slots = max_slots_ + 1;
  }
  out.size = here();
  out.words = std::make_unique<uint64_t[]>(code_.size());
  if (module_code_.options.pairs) FusePairs(code_);
  std::memcpy(out.words.get(), code_.data(), code_.size() * 8);
  out.code = reinterpret_cast<const Word*>(out.words.get());
  out.sites.shrink_to_fit();
  out.root_maps.shrink_to_fit();
  out.roots.shrink_to_fit();
}

// --- operands

void Translator::Push(Kind kind, Cell cell, uint32_t local, uint64_t bits) {
  stack_.push_back({kind, cell, local, top_, 0, bits});
  top_ += WidthOf(cell);
  if (top_ > max_slots_) {
    max_slots_ = top_;
    if (top_ > kMaxSlots) refused_ = true;
  }
}

uint16_t Translator::PushHome(Cell cell) {
  const uint32_t home = top_;
  Push(Kind::Home, cell, 0, 0);
  return static_cast<uint16_t>(home);
}

Translator::Operand Translator::Pop() {
  const Operand operand = stack_.back();
  stack_.pop_back();
  top_ = operand.home;
  if (operand.kind == Kind::Local) --alias_counts_[operand.local];
  flushed_ = std::min(flushed_, stack_.size());
  chained_ = std::min(chained_, stack_.size());
  return operand;
}

uint16_t Translator::SlotOf(const Operand& operand) {
  if (operand.kind == Kind::Local) return static_cast<uint16_t>(local_slots_[operand.local]);
  if (operand.kind == Kind::Const) EmitConst(operand.home, operand.bits);
  return static_cast<uint16_t>(operand.home);
}

void Translator::ForceHome(size_t index) {
  Operand& operand = stack_[index];
  if (operand.kind == Kind::Home) return;
  if (operand.kind == Kind::Const) {
    EmitConst(operand.home, operand.bits);
  } else {
    EmitMove(operand.cell, operand.home, local_slots_[operand.local]);
    --alias_counts_[operand.local];
  }
  operand.kind = Kind::Home;
  chained_ = std::min(chained_, index);
}

// All operands from `first` on; neighbouring copies of locals go in pairs.
void Translator::ForceHomes(size_t first) {
  for (size_t i = first; i < stack_.size(); ++i) {
    Operand& operand = stack_[i];
    if (i + 1 < stack_.size() && operand.kind == Kind::Local && operand.cell != Cell::Vec) {
      Operand& next = stack_[i + 1];
      if (next.kind == Kind::Local && next.cell != Cell::Vec) {
        Emit(ROp::Mov2, operand.home, local_slots_[operand.local], local_slots_[next.local]);
        --alias_counts_[operand.local];
        --alias_counts_[next.local];
        operand.kind = next.kind = Kind::Home;
        chained_ = std::min(chained_, i);
        ++i;
        continue;
      }
    }
    ForceHome(i);
  }
}

// [T3]
void Translator::FlushAliases() {
  for (size_t i = flushed_; i < stack_.size(); ++i) {
    if (stack_[i].kind == Kind::Local) ForceHome(i);
  }
  flushed_ = stack_.size();
}

// The value on top goes to a local; `keep` leaves it on the stack as well.
void Translator::SetLocal(uint32_t local, bool keep) {
  const Operand value = Pop();
  const uint32_t slot = local_slots_[local];
  const Cell cell = local_cells_[local];
  if (value.kind == Kind::Local && value.local == local) {
    if (keep) Push(Kind::Local, cell, local, 0), ++alias_counts_[local];
    return;
  }
  if (alias_counts_[local] != 0) FlushAliases();  // [T2]; all of them, so that no operand is looked at again and again
  if (value.kind == Kind::Const) {
    EmitConst(slot, value.bits);
    if (keep) {
      Push(Kind::Const, cell, 0, value.bits);
      return;
    }
  } else if (IsLast(value)) {
    Word word = At(last_);
    word.a = static_cast<uint16_t>(slot);
    Put(last_, word);
  } else {
    EmitMove(cell, slot, SlotOf(value));
  }
  if (keep) {
    Push(Kind::Local, cell, local, 0);
    ++alias_counts_[local];
  }
}

void Translator::Truncate(size_t height) {
  while (stack_.size() > height) Pop();
}

uint16_t Translator::TempSlot(uint32_t count) {
  if (top_ + count > max_slots_) {
    max_slots_ = top_ + count;
    if (max_slots_ > kMaxSlots) refused_ = true;
  }
  return static_cast<uint16_t>(top_);
}

// --- emission

uint32_t Translator::Emit(ROp op, uint32_t a, uint32_t b, uint32_t c) {
  const uint32_t position = here();
  for (size_t i = std::size(history_); --i > 0;) history_[i] = history_[i - 1];
  last_ = position;
  if (InfoOf(op).site) AddSite();
  code_.push_back(static_cast<uint64_t>(op) | static_cast<uint64_t>(a & 0xffff) << 16 |
                  static_cast<uint64_t>(b & 0xffff) << 32 | static_cast<uint64_t>(c & 0xffff) << 48);
  return position;
}

void Translator::AddSite() { out_->sites.push_back({here(), offset_, fuel_}); }

// The operands on the stack that the collector must see while the instruction at `position` runs. Maps are chains that
// share their tails: all of them together are linear in the number of operands, since below `flushed_` nothing changes
// any more.
void Translator::AddRootMap(uint32_t position) {
  uint32_t chain = chained_ == 0 ? RootMap::kEnd : stack_[chained_ - 1].chain;
  for (; chained_ < stack_.size(); ++chained_) {
    Operand& operand = stack_[chained_];
    if (operand.cell == Cell::Ref && operand.kind == Kind::Home) {
      out_->roots.push_back({operand.home, chain});
      chain = static_cast<uint32_t>(out_->roots.size()) - 1;
    }
    operand.chain = chain;
  }
  if (chain != RootMap::kEnd) out_->root_maps.push_back({position, chain});
}

void Translator::EmitConst(uint32_t slot, uint64_t bits) {
  if (bits <= 0xffffffff) {
    EmitWide(ROp::Const32, slot, static_cast<uint32_t>(bits));
  } else {
    Emit(ROp::Const64, slot);
    Extra(bits);
  }
}

void Translator::EmitMove(Cell cell, uint32_t to, uint32_t from) {
  Emit(cell == Cell::Vec ? ROp::MovV : ROp::Mov, to, from);
}

void Translator::Put(uint32_t position, const Word& word) { std::memcpy(&code_[position], &word, 8); }

bool Translator::IsLast(const Operand& operand) const {
  if (operand.kind != Kind::Home || last_ == kNowhere) return false;
  const Word word = At(last_);
  return word.a == operand.home && InfoOf(word.rop()).defines_a();
}

// [T4]
void Translator::DropLast() {
  code_.resize(last_);
  while (!out_->sites.empty() && out_->sites.back().position >= last_) out_->sites.pop_back();
  for (size_t i = 0; i + 1 < std::size(history_); ++i) history_[i] = history_[i + 1];
  history_[std::size(history_) - 1] = kNowhere;
}

uint32_t Translator::EmitPopped(uint32_t popped, ROp op, uint32_t a, uint32_t b, uint32_t c) {
  if (last_ != kNowhere) {
    Word producer = At(last_);
    const AccForm& from = AccFormOf(producer.rop());
    const AccForm& to = AccFormOf(op);
    if (to.commutative && from.to != kNoForm && (popped & kPoppedC) != 0 && c == producer.a && c != b &&
        c >= operand_base_) {
      std::swap(b, c);
      popped |= kPoppedB;
    }
    const uint32_t slots[3] = {a, b, c};
    for (uint32_t i = 0; i < 3 && from.to != kNoForm; ++i) {
      if ((popped >> i & 1) == 0 || slots[i] != producer.a || slots[i] < operand_base_ || to.input[i] == kNoForm)
        continue;
      producer.op = static_cast<uint16_t>(from.to);
      Put(last_, producer);
      op = to.input[i];
      break;
    }
  }
  return Emit(op, a, b, c);
}

bool Translator::UndoAccumulator(Word* word) {
  const AccForm& form = AccFormOf(word->rop());
  if (form.base == kNoForm) return true;
  const uint32_t feeding = history_[1];
  if (feeding == kNowhere) return false;
  Word producer = At(feeding);
  producer.op = static_cast<uint16_t>(AccFormOf(producer.rop()).from);
  Put(feeding, producer);
  word->op = static_cast<uint16_t>(form.base);
  Put(last_, *word);
  return true;
}

std::unique_ptr<FuncCode> TranslateFunction(const ModuleCode& module, uint32_t func_index) {
  for (bool far : {false, true}) {
    Translator translator(module, func_index, far);
    if (translator.Run()) return translator.Take();
  }
  GANTRY_UNREACHABLE("far mode always fits");
}

}  // namespace gantry::interp
