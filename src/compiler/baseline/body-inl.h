// Core: the pass over a body, and how it starts.
#pragma once

#include "compiler/baseline/core.h"
#include "wasm/binary/instr_reader-inl.h"

namespace gantry::baseline {

template <class Target, class Machine>
void Core<Target, Machine>::CompileBody(uint32_t func_index) {
  const wasm::Func& func = module_.funcs[func_index];
  func_index_ = func_index;
  func_type_ = &module_.types[func.type];
  func_layout_ = &info_.calls[func.type];
  refused_ = nullptr;
  wasm::binary::InstrReader reader(module_.Bytes(func.body), func.body.offset, module_.features);
  reader_ = &reader;
  SetUpLocals();

  Control& body = controls_.Push(ControlKind::Func);
  body.type = func.type;
  body.results = static_cast<uint32_t>(func_type_->results.size());
  body.height = 0;
  body.base = top_;
  if (info_.options.consume_fuel) fuel_ = 1;  // of the call itself
  while (refused_ == nullptr) {
    if (reachable_ && !each_instruction_ && !reader.at_end()) FrequentSteps();
    if (!reader.NextInline(&in_)) break;
    Step();
  }
  GANTRY_CHECK(refused_ != nullptr || (reader.ok() && controls_.empty()), "a validated body decodes");
}

// Kinds of all locals, the plan, homes, registers of parameters.
template <class Target, class Machine>
void Core<Target, Machine>::SetUpLocals() {
  GANTRY_CHECK(reader_->ReadLocals(&runs_), "a validated body decodes");
  const uint32_t params = static_cast<uint32_t>(func_type_->params.size());
  local_kinds_.clear();
  for (wasm::ValType type : func_type_->params) local_kinds_.push_back(KindOf(module_, type));
  for (const auto& run : runs_) local_kinds_.insert(local_kinds_.end(), run.count, KindOf(module_, run.type));
  code_offset_ = static_cast<uint32_t>(reader_->offset());
  code_ = reader_->pos();
  if (info_.options.plans != nullptr && wasm::FindPlan(*info_.options.plans, func_index_, &kept_plan_))
    plan_ = &kept_plan_;
  else
    plan_ = &planner_.Plan({reader_->pos(), reader_->end()}, local_kinds_, params);

  // Nothing is left of a function before, whatever became of it.
  stack_.Clear();
  controls_.Clear();
  ClearSnapshots();
  saved_pins_.clear();
  ref_cells_.clear();
  extra_roots_.clear();
  used_ = dirty_ = operands_ = locked_ = pinned_ = 0;
  shared_ = refs_ = next_loop_ = tables_ = fuel_ = 0;
  at_ = offset_ = 0;
  reachable_ = true;
  handler_ = abi::CallSite::kNoHandler;

  saved_regs_ = target().ChooseSavedRegs(SavedRegsWanted(*plan_));
  top_ = abi::kFrameContext - 8 * std::popcount(saved_regs_);
  locals_.resize(local_kinds_.size());
  for (size_t i = 0; i < locals_.size(); ++i) {
    Local& local = locals_[i];
    local = {local_kinds_[i], kNoReg, kNoReg, 0, 0, plan_->locals[i].live_end};
    if (i < params && func_layout_->params[i].kind == abi::Place::Kind::Stack) {
      local.home = static_cast<int32_t>(abi::kIncomingArgs + func_layout_->params[i].offset);
    } else {
      top_ -= HomeBytes(local.kind);
      local.home = top_;
    }
    if (local.kind == Kind::Ref) ref_cells_.push_back(local.home / 8);
  }
  lowest_ = locals_end_ = top_;
  first_map_ = static_cast<uint32_t>(batch_->maps.size());
  function_map_ = abi::CallSite::kNoMap;
  if (!ref_cells_.empty()) {
    function_map_ = first_map_;
    batch_->maps.push_back(static_cast<int32_t>(ref_cells_.size()));
    batch_->maps.insert(batch_->maps.end(), ref_cells_.begin(), ref_cells_.end());
  }

  target().Prologue();
  for (uint32_t i = 0; i < params; ++i) {
    Local& local = locals_[i];
    if (func_layout_->params[i].kind == abi::Place::Kind::Stack) continue;
    const Reg reg = RegOf(func_layout_->params[i]);
    const bool is_ref = local.kind == Kind::Ref;
    if (is_ref) target().StoreHome(local.kind, reg, local.home);  // [C5]
    if (local.live_end != 0) OwnByLocal(reg, i, /*dirty=*/!is_ref);
  }
  ZeroLocals();
}

// Locals that may be read before they are set, and homes that the collector may look at. The first few numbers go to
// registers.
template <class Target, class Machine>
void Core<Target, Machine>::ZeroLocals() {
  constexpr uint32_t kFew = 16;
  constexpr int kLeftFree = 3;
  uint32_t count = 0;
  const size_t params = func_type_->params.size();
  for (size_t i = params; i < locals_.size(); ++i) {
    const Kind kind = locals_[i].kind;
    if (kind == Kind::Ref) {
      ++count;
    } else if (plan_->locals[i].read_before_set) {
      const RegSet free = Free(ClassOf(kind));
      if (std::popcount(free) > kLeftFree) {
        target().LoadConst(IsVector(kind) ? Kind::F64 : kind, Lowest(free), 0);
        OwnByLocal(Lowest(free), static_cast<uint32_t>(i), /*dirty=*/true);
      } else {
        ++count;
      }
    }
  }
  if (count == 0) return;
  if (count > kFew) {
    target().ZeroArea(locals_end_, locals_[params].home + HomeBytes(locals_[params].kind));
    return;
  }
  target().StartZeroing();
  for (size_t i = params; i < locals_.size(); ++i) {
    const Local& local = locals_[i];
    if (local.kind == Kind::Ref || (plan_->locals[i].read_before_set && local.reg == kNoReg)) {
      target().ZeroHome(local.kind, local.home);
    }
  }
}

// One instruction that cannot be reached: only blocks are counted.
template <class Target, class Machine>
void Core<Target, Machine>::SkipDead() {
  switch (FamilyOf(in_.op)) {
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

// The instructions that most of a body consists of, decoded in place, as long as they follow each other: one jump on
// the opcode instead of three. Ends before another instruction, or one that has an operand of an unusual size.
template <class Target, class Machine>
void Core<Target, Machine>::FrequentSteps() {
  constexpr uint8_t kBlock = 0x02, kLoop = 0x03, kIf = 0x04, kElse = 0x05, kEnd = 0x0b, kBr = 0x0c, kBrIf = 0x0d;
  constexpr uint8_t kReturn = 0x0f, kCall = 0x10, kCallIndirect = 0x11, kDrop = 0x1a, kSelect = 0x1b, kEmpty = 0x40;
  constexpr uint8_t kLocalGet = 0x20, kLocalSet = 0x21, kLocalTee = 0x22, kGlobalGet = 0x23, kGlobalSet = 0x24;
  constexpr uint8_t kFirstLoad = 0x28, kLastStore = 0x3e, kI32Const = 0x41, kI64Const = 0x42;
  constexpr uint8_t kFirstNumeric = 0x45, kLastNumeric = 0xbf, kNamesMemory = 0x40, kMoreBytes = 0x80;
  const uint8_t* pos = reader_->pos();
  auto begin = [&](uint32_t bytes) {
    at_ = static_cast<uint32_t>(pos - code_) + 2;
    locked_ = 0;
    pos += bytes;
  };
  auto begin_op = [&](uint8_t opcode, uint32_t bytes) {
    begin(bytes);
    offset_ = code_offset_ + at_ - 2;
    reader_->SeekTo(pos);
    in_.op = static_cast<Op>(wasm::binary::internal::kFirstBytes.of[opcode].op);
    in_.offset = offset_;
  };
  // Of one byte or two.
  uint32_t leb = 0, leb_bytes = 0;
  auto read_leb = [&](uint32_t at) {
    leb = pos[at];
    leb_bytes = 1;
    if (leb < kMoreBytes) return true;
    if (pos[at + 1] >= kMoreBytes) return false;
    leb = (leb & 0x7f) | static_cast<uint32_t>(pos[at + 1]) << 7;
    leb_bytes = 2;
    return true;
  };
  // Behind the opcode, signed, of any size.
  auto read_signed = [&] {
    uint64_t value = 0;
    int bits = 0;
    leb_bytes = 0;
    do {
      value |= static_cast<uint64_t>(pos[++leb_bytes] & 0x7f) << bits;
      bits += 7;
    } while (pos[leb_bytes] >= kMoreBytes);
    const int unused = std::max(64 - bits, 0);
    return static_cast<int64_t>(value << unused) >> unused;
  };
  auto other = [&] { reader_->SeekTo(pos); };
  while (true) {
    const uint8_t opcode = pos[0];
    switch (opcode) {
      case kLocalGet:
        if (!read_leb(1)) return other();
        PushLocal(leb);
        pos += 1 + leb_bytes;
        continue;
      case kLocalSet:
      case kLocalTee:
        if (!read_leb(1)) return other();
        begin(1 + leb_bytes);
        SetLocal(leb, /*keep=*/opcode == kLocalTee);
        continue;
      case kI32Const:
        PushConst(Kind::I32, static_cast<uint32_t>(read_signed()));
        pos += 1 + leb_bytes;
        continue;
      case kI64Const:
        PushConst(Kind::I64, static_cast<uint64_t>(read_signed()));
        pos += 1 + leb_bytes;
        continue;
      case kGlobalGet:
      case kGlobalSet:
        if (!read_leb(1)) return other();
        begin_op(opcode, 1 + leb_bytes);
        in_.index = leb;
        target().Globals();
        break;
      case kBlock:
        if (pos[1] != kEmpty) return other();
        begin_op(opcode, 2);
        BeginBlock({});
        break;
      case kLoop:
        if (pos[1] != kEmpty) return other();
        begin_op(opcode, 2);
        BeginLoop({});
        break;
      case kIf:
        if (pos[1] != kEmpty) return other();
        begin_op(opcode, 2);
        BeginIf({}, target().TestOperand(Pop()));
        break;
      case kElse:
        begin_op(opcode, 1);
        DoElse();
        break;
      case kEnd:
        if (controls_.size() == 1) return other();
        begin_op(opcode, 1);
        DoEnd();
        break;
      case kBr:
        if (!read_leb(1)) return other();
        begin_op(opcode, 1 + leb_bytes);
        Branch(leb);
        return;
      case kBrIf:
        if (!read_leb(1)) return other();
        begin_op(opcode, 1 + leb_bytes);
        BranchIf(leb, target().TestOperand(Pop()));
        break;
      case kReturn:
        begin_op(opcode, 1);
        EmitReturn();
        SetUnreachable();
        return;
      case kCall:
        if (!read_leb(1)) return other();
        begin_op(opcode, 1 + leb_bytes);
        in_.index = leb;
        target().Calls();
        break;
      case kCallIndirect:
        if (!read_leb(1) || pos[1 + leb_bytes] >= kMoreBytes) return other();
        begin_op(opcode, 2 + leb_bytes);
        in_.index = leb;
        in_.index2 = pos[-1];
        target().Calls();
        break;
      case kDrop:
        begin_op(opcode, 1);
        Pop();
        break;
      case kSelect:
        begin_op(opcode, 1);
        target().DoSelect();
        break;
      default:
        if (opcode >= kFirstNumeric && opcode <= kLastNumeric) {
          begin_op(opcode, 1);
          target().Numeric();
        } else if (opcode >= kFirstLoad && opcode <= kLastStore) {
          if (pos[1] >= kNamesMemory || !read_leb(2)) return other();
          begin_op(opcode, 2 + leb_bytes);
          in_.explicit_memory = false;
          in_.align_log2 = pos[-1 - static_cast<int>(leb_bytes)];
          in_.index = 0;
          in_.value = leb;
          target().Access();
        } else {
          return other();
        }
    }
    pos = reader_->pos();  // it may have taken the next instruction along
    if (!reachable_ || refused_ != nullptr) return;
  }
}

// What some options want of every instruction.
template <class Target, class Machine>
void Core<Target, Machine>::BeforeStep() {
  if (info_.options.marks) batch_->marks.push_back({target().position(), offset_});
  if (!info_.options.consume_fuel) return;
  const wasm::OpInfo& info = in_.info();
  fuel_ += info.fuel;
  if (info.has(wasm::op_flags::kFuelPerUnit)) target().ChargePerUnit();
}

template <class Target, class Machine>
void Core<Target, Machine>::Step() {
  offset_ = in_.offset;
  at_ = offset_ - code_offset_ + 2;
  locked_ = 0;
  if (!reachable_) {
    SkipDead();
    return;
  }
  if (each_instruction_) [[unlikely]]
    BeforeStep();
  switch (FamilyOf(in_.op)) {
    case OpFamily::LocalGet:
      PushLocal(in_.index);
      return;
    case OpFamily::LocalSet:
      SetLocal(in_.index, /*keep=*/false);
      return;
    case OpFamily::LocalTee:
      SetLocal(in_.index, /*keep=*/true);
      return;
    case OpFamily::Nop:
      return;
    case OpFamily::Drop:
      Pop();
      return;
    case OpFamily::Block:
      BeginBlock(in_.block);
      return;
    case OpFamily::Loop:
      BeginLoop(in_.block);
      return;
    case OpFamily::If:
      FlushFuel();
      BeginIf(in_.block, target().TestOperand(Pop()));
      return;
    case OpFamily::Else:
      DoElse();
      return;
    case OpFamily::End:
      DoEnd();
      return;
    case OpFamily::Br:
      Branch(in_.index);
      return;
    case OpFamily::BrIf:
      FlushFuel();
      BranchIf(in_.index, target().TestOperand(Pop()));
      return;
    case OpFamily::BrTable:
      BranchTable();
      return;
    case OpFamily::Return:
      FlushFuel();
      EmitReturn();
      SetUnreachable();
      return;
    default:
      target().Select();
      return;
  }
}

}  // namespace gantry::baseline
