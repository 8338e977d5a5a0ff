// Core: blocks, loops, labels and branches.
#pragma once

#include "compiler/baseline/core.h"

namespace gantry::baseline {

// --- snapshots

template <class Target, class Machine>
uint32_t Core<Target, Machine>::NewSnapshot() {
  ++open_labels_;
  uint32_t index = free_snapshot_;
  if (index != kNone) {
    free_snapshot_ = snapshots_[index].labels;
  } else {
    index = used_snapshots_++;
    if (index == snapshots_.size()) [[unlikely]]
      snapshots_.emplace_back();
  }
  snapshots_[index].labels = 1;
  return index;
}

template <class Target, class Machine>
void Core<Target, Machine>::ClearSnapshots() {
  used_snapshots_ = open_labels_ = 0;
  free_snapshot_ = kNone;
}

// A label is behind us.
template <class Target, class Machine>
void Core<Target, Machine>::LeaveSnapshot(uint32_t index) {
  --open_labels_;
  Snapshot& snapshot = snapshots_[index];
  if (--snapshot.labels != 0) return;
  snapshot.labels = free_snapshot_;
  free_snapshot_ = index;
}

// The registers now, but for those of operands from `height` on. Without branches on what they hold: nothing foretells
// them.
template <class Target, class Machine>
void Core<Target, Machine>::TakeSnapshot(Snapshot* snapshot, uint32_t height) {
  RegSet kept = 0;
  for (RegSet rest = operands_; rest != 0;) {
    const Reg reg = TakeLowest(&rest);
    kept |= RegSet{owner_[reg] < (height | kOperandOwner)} << reg;
  }
  for (RegSet rest = used_ & ~operands_; rest != 0;) {
    const Reg reg = TakeLowest(&rest);
    const Local& local = locals_[owner_[reg]];
    const bool is_dead = (local.shared == 0) & (at_ >= local.live_end);
    kept |= RegSet{!is_dead} << reg;
  }
  snapshot->used = kept;
  snapshot->dirty = dirty_ & kept;
  snapshot->operands = operands_ & kept;
  snapshot->result = kNoReg;
  std::memcpy(snapshot->owner, owner_, kFirstVector * sizeof owner_[0]);
  if (kept >= SetOf(kFirstVector))
    std::memcpy(snapshot->owner + kFirstVector, owner_ + kFirstVector, (kRegCount - kFirstVector) * sizeof owner_[0]);
}

// Registers that hold now what they hold in the snapshot.
template <class Target, class Machine>
RegSet Core<Target, Machine>::InPlace(const Snapshot& snapshot) const {
  using Lanes [[gnu::vector_size(16)]] = uint32_t;
  constexpr int kLanes = 4;
  const RegSet both = used_ & snapshot.used;
  Lanes same = {}, bits = {1, 2, 4, 8};
  auto compare = [&](int first, int end) {
    for (int reg = first; reg < end; reg += kLanes) {
      Lanes now, then;
      std::memcpy(&now, owner_ + reg, sizeof now);
      std::memcpy(&then, snapshot.owner + reg, sizeof then);
      same |= static_cast<Lanes>(now == then) & bits;
      bits <<= kLanes;
    }
  };
  compare(0, kFirstVector);
  if (both >= SetOf(kFirstVector)) compare(kFirstVector, kRegCount);
  return (same[0] | same[1] | same[2] | same[3]) & both;
}

// The first branch decides how things lie at a label: as they lie now. False if that takes moves.
template <class Target, class Machine>
bool Core<Target, Machine>::StartLabel(Control* control) {
  const uint32_t index = NewSnapshot();
  control->snapshot = index;
  Snapshot& snapshot = snapshots_[index];
  if (open_labels_ > kManySnapshots) [[unlikely]] {
    snapshot.used = snapshot.dirty = snapshot.operands = 0;
    snapshot.result = kNoReg;
    return false;
  }
  TakeSnapshot(&snapshot, control->height);
  const uint32_t arity = ArityOf(*control);
  if (arity != 1) return arity == 0;
  const Operand& value = stack_.back();
  if (value.where == Where::Reg) {
    snapshot.result = value.reg;
    return true;
  }
  const RegSet free = ClassOf(value.kind) & Machine::kAllocatable & ~(snapshot.used | pinned_);
  if (free != 0) snapshot.result = Lowest(free);
  return false;
}

// Before a branch to a label: PlanMerge, if the label has seen one before.
template <class Target, class Machine>
bool Core<Target, Machine>::MustMove(Control* control) {
  if (control->snapshot == kNone && StartLabel(control)) return false;
  return PlanMerge(*control, snapshots_[control->snapshot]);
}

// The same of one label after the other in the same state: those that take only locals along share the snapshot of the
// first that starts.
template <class Target, class Machine>
bool Core<Target, Machine>::MustMoveBeside(Control* control, uint32_t* started) {
  if (control->snapshot != kNone || operands_ != 0 || ArityOf(*control) != 0) return MustMove(control);
  if (*started != kNone && open_labels_ < kManySnapshots) {
    ++open_labels_;
    ++snapshots_[*started].labels;
    control->snapshot = *started;
    return false;
  }
  if (!StartLabel(control)) return PlanMerge(*control, snapshots_[control->snapshot]);
  *started = control->snapshot;
  return false;
}

// Collects what must be done so that everything lies as the snapshot says. False if that is nothing.
template <class Target, class Machine>
bool Core<Target, Machine>::PlanMerge(const Control& control, const Snapshot& snapshot) {
  ClearMoves();
  store_count_ = 0;
  results_move_ = false;
  RegSet kept = InPlace(snapshot);
  const RegSet stale_homes = kept & dirty_ & ~snapshot.dirty;
  for (RegSet rest = (snapshot.used & ~kept) | stale_homes; rest != 0;) {
    const Reg reg = TakeLowest(&rest);
    const uint32_t owner = snapshot.owner[reg];
    if ((owner & kOperandOwner) != 0) {
      const Operand& operand = stack_[owner & ~kOperandOwner];
      if (operand.where == Where::Reg) kept |= SetOf(operand.reg);
      AddMoveOf(operand, reg);
      continue;
    }
    const Local& local = locals_[owner];
    if (local.reg != kNoReg) {
      kept |= SetOf(local.reg);
      if (Contains(dirty_, local.reg) && !Contains(snapshot.dirty, reg)) AddStore(local.reg, local.kind, local.home);
      AddMove(local.kind, reg, local.reg);
    } else if (!IsDead(local)) {
      loads_[load_count_++] = {local.kind, /*is_const=*/false, reg, local.home, 0};
    }
  }
  for (RegSet rest = dirty_ & ~kept; rest != 0;) {
    const Reg reg = TakeLowest(&rest);
    if (Contains(operands_, reg)) {
      const uint32_t index = owner_[reg] & ~kOperandOwner;
      if (index < control.height) AddStore(reg, stack_[index].kind, stack_[index].home);
    } else {
      const Local& local = locals_[owner_[reg]];
      if (!IsDead(local)) AddStore(reg, local.kind, local.home);
    }
  }
  const uint32_t arity = ArityOf(control);
  if (arity == 1 && snapshot.result != kNoReg) {
    AddMoveOf(stack_.back(), snapshot.result);
  } else if (arity != 0) {
    int32_t home = control.base;
    for (uint32_t i = depth() - arity; i < depth(); ++i) {
      home -= HomeBytes(stack_[i].kind);
      results_move_ |= stack_[i].where != Where::Home || stack_[i].home != home;
    }
  }
  return results_move_ || (move_count_ | load_count_ | store_count_) != 0;
}

// Emits what PlanMerge has collected. The abstract state stays. Going upwards no copy of a result destroys a later one:
// a value's home is never above its target.
template <class Target, class Machine>
void Core<Target, Machine>::EmitMerge(const Control& control) {
  for (uint32_t i = 0; i < store_count_; ++i) target().StoreHome(stores_[i].kind, stores_[i].from, stores_[i].home);
  if (results_move_) {
    int32_t home = control.base;
    for (uint32_t i = depth() - ArityOf(control); i < depth(); ++i) {
      home -= HomeBytes(stack_[i].kind);
      CopyToMemory(stack_[i], Area::Frame, home);
    }
  }
  RunMoves();
}

// The abstract state becomes the snapshot's. Operands from `height` on have been dropped.
template <class Target, class Machine>
void Core<Target, Machine>::SetState(const Snapshot& snapshot, uint32_t height) {
  const RegSet kept = InPlace(snapshot);
  for (RegSet rest = used_ & ~kept; rest != 0;) {
    const Reg reg = TakeLowest(&rest);
    const uint32_t owner = owner_[reg];
    if (Contains(operands_, reg)) {
      if ((owner & ~kOperandOwner) < height) stack_[owner & ~kOperandOwner].where = Where::Home;
    } else {
      locals_[owner].reg = kNoReg;
    }
  }
  used_ = snapshot.used;
  dirty_ = snapshot.dirty;
  operands_ = snapshot.operands;
  for (RegSet rest = snapshot.used & ~kept; rest != 0;) {
    const Reg reg = TakeLowest(&rest);
    const uint32_t owner = snapshot.owner[reg];
    owner_[reg] = owner;
    if ((owner & kOperandOwner) != 0) {
      Operand& operand = stack_[owner & ~kOperandOwner];
      operand.where = Where::Reg;
      operand.reg = reg;
    } else {
      locals_[owner].reg = reg;
    }
  }
}

// --- blocks

// Of a block that has parameters or results.
template <class Target, class Machine>
void Core<Target, Machine>::TakeType(Control* control, const wasm::BlockType& type) {
  if (type.kind == wasm::BlockKind::Value) {
    control->results = 1;
    control->value = KindOf(module_, type.value);
  } else {
    const wasm::SubType& func = module_.types[type.type];
    control->type = type.type;
    control->params = static_cast<uint32_t>(func.params.size());
    control->results = static_cast<uint32_t>(func.results.size());
  }
  if (control->params != 0) {
    control->height -= control->params;
    control->base = stack_[control->height].home + HomeBytes(stack_[control->height].kind);
  }
  // A branch may write the results' homes before they are on the stack.
  int32_t lowest = control->base;
  for (uint32_t i = 0; i < control->results; ++i) lowest -= HomeBytes(ResultKind(*control, i));
  lowest_ = std::min(lowest_, lowest);
}

template <class Target, class Machine>
void Core<Target, Machine>::BeginBlock(const wasm::BlockType& type) {
  FlushFuel();
  FlushShared();
  OpenControl(ControlKind::Block, type);
}

template <class Target, class Machine>
void Core<Target, Machine>::BeginLoop(const wasm::BlockType& type) {
  FlushFuel();
  if (shared_ != 0) {
    for (uint32_t i = LowestShared(); shared_ != 0; ++i) {
      if (stack_[i].where == Where::Local) OperandToHome(i);
    }
  }
  for (RegSet rest = operands_; rest != 0;) OperandToHome(owner_[TakeLowest(&rest)] & ~kOperandOwner);
  Control& control = OpenControl(ControlKind::Loop, type);
  for (uint32_t i = control.height; i < depth(); ++i) OperandToHome(i);

  while (plan_->loops[next_loop_].offset != at_) ++next_loop_;
  const LoopPlan& loop = plan_->loops[next_loop_];
  constexpr size_t kManyLoops = 256;  // [C6] loops that lie deeper share registers with the ones around
  if (saved_pins_.size() < kManyLoops) {
    control.pins = static_cast<uint32_t>(saved_pins_.size());
    Pins& saved = saved_pins_.emplace_back();
    saved.pinned = pinned_;
    std::copy(std::begin(pin_owner_), std::end(pin_owner_), saved.owner);
    ChoosePins(loop);
  }
  control.snapshot = NewSnapshot();
  Snapshot& snapshot = snapshots_[control.snapshot];
  snapshot.used = snapshot.dirty = snapshot.operands = 0;
  snapshot.result = kNoReg;
  const auto candidates = std::span(plan_->candidates).subspan(loop.first, loop.general + loop.vector);
  for (RegSet rest = pinned_; rest != 0;) {
    const Reg reg = TakeLowest(&rest);
    const uint32_t index = pin_owner_[reg];
    const Local& local = locals_[index];
    const auto candidate =
        std::find_if(candidates.begin(), candidates.end(), [&](const Candidate& c) { return c.local == index; });
    const bool is_candidate = candidate != candidates.end();
    // [P3]; a local that the loop does not use matters if it is alive behind it.
    const bool live = (is_candidate && candidate->is_live_at_header) || local.live_end > loop.end;
    if (!live) continue;
    snapshot.used |= SetOf(reg);
    snapshot.owner[reg] = index;
    const bool is_dirty_now = local.reg != kNoReg && Contains(dirty_, local.reg);
    const bool assigned = is_candidate && candidate->is_assigned;
    if (assigned || (is_dirty_now && loop.call_weight == 0)) snapshot.dirty |= SetOf(reg);
  }
  if (PlanMerge(control, snapshot)) EmitMerge(control);
  SetState(snapshot, depth());
  target().StartLoop(loop.call_weight);
  target().Bind(&control.label);
  if (info_.options.polls) target().Poll();
}

template <class Target, class Machine>
void Core<Target, Machine>::BeginIf(const wasm::BlockType& type, typename Machine::Condition condition) {
  FlushShared();
  Control& control = OpenControl(ControlKind::If, type);
  for (uint32_t i = control.height; i < depth(); ++i) OperandToHome(i);
  control.else_snapshot = NewSnapshot();
  TakeSnapshot(&snapshots_[control.else_snapshot], depth());
  target().JumpIf(condition.Negated(), &control.else_label);
}

// Drops what is above the label's height, takes on its snapshot and pushes its results.
template <class Target, class Machine>
void Core<Target, Machine>::ArriveAt(const Control& control) {
  Drop(depth() - control.height);
  const Snapshot& snapshot = snapshots_[control.snapshot];
  SetState(snapshot, control.height);
  for (uint32_t i = 0; i < control.results; ++i) {
    PushHome(ResultKind(control, i));
    if (snapshot.result != kNoReg) OwnByOperand(snapshot.result, depth() - 1);
  }
  reachable_ = true;
}

template <class Target, class Machine>
void Core<Target, Machine>::DoElse() {
  Control& control = controls_.back();
  if (reachable_) {
    FlushFuel();
    GoTo(&control);
  }
  fuel_ = 0;
  target().Bind(&control.else_label);
  Drop(depth() - control.height);
  SetState(snapshots_[control.else_snapshot], control.height);
  LeaveSnapshot(control.else_snapshot);
  control.else_snapshot = kNone;
  for (uint32_t i = 0; i < control.params; ++i) PushHome(ParamKind(control, i));
  control.kind = ControlKind::Else;
  reachable_ = true;
}

// The end of an `if` without `else`: the way around it has the parameters, at home, as results.
template <class Target, class Machine>
void Core<Target, Machine>::EndIf(Control* control) {
  auto start_else = [&] {
    Drop(depth() - control->height);
    SetState(snapshots_[control->else_snapshot], control->height);
    for (uint32_t i = 0; i < control->params; ++i) PushHome(ParamKind(*control, i));
  };
  if (control->snapshot == kNone) {
    if (reachable_) {
      control->snapshot = control->else_snapshot;
      control->else_snapshot = kNone;
      if (PlanMerge(*control, snapshots_[control->snapshot])) EmitMerge(*control);
      target().Bind(&control->else_label);
      ArriveAt(*control);
    } else {
      target().Bind(&control->else_label);
      start_else();
      reachable_ = true;
    }
    return;
  }
  const Snapshot& snapshot = snapshots_[control->snapshot];
  const bool falls = reachable_;
  if (falls && PlanMerge(*control, snapshot)) EmitMerge(*control);
  start_else();
  if (PlanMerge(*control, snapshot)) {
    if (falls) target().Jump(&control->label);
    target().Bind(&control->else_label);
    EmitMerge(*control);
  } else {
    target().Bind(&control->else_label);
  }
  target().Bind(&control->label);
  ArriveAt(*control);
}

template <class Target, class Machine>
void Core<Target, Machine>::DoEnd() {
  Control& control = controls_.back();
  if (control.kind == ControlKind::Func) {
    if (reachable_) {
      FlushFuel();
      EmitReturn();
    }
    reachable_ = false;
    Drop(depth());
    controls_.Pop();
    return;
  }
  if (reachable_) FlushFuel();
  switch (control.kind) {
    case ControlKind::Loop:
      if (control.pins != kNone) RestorePins(control.pins);
      break;
    case ControlKind::If:
      EndIf(&control);
      break;
    case ControlKind::Try:
      target().EndTry(&control);
      [[fallthrough]];
    default:
      if (control.snapshot == kNone) break;
      if (reachable_ && PlanMerge(control, snapshots_[control.snapshot])) EmitMerge(control);
      target().Bind(&control.label);
      ArriveAt(control);
      break;
  }
  if (!reachable_) {
    fuel_ = 0;
    Drop(depth() - control.height);
  }
  if (control.snapshot != kNone) LeaveSnapshot(control.snapshot);
  if (control.else_snapshot != kNone) LeaveSnapshot(control.else_snapshot);
  controls_.Pop();
}

template <class Target, class Machine>
void Core<Target, Machine>::SetUnreachable() {
  Drop(depth() - controls_.back().height);
  reachable_ = false;
  dead_depth_ = 0;
  fuel_ = 0;
}

// --- branches

// Goes to a label with the values on top of the stack; the abstract state stays.
template <class Target, class Machine>
void Core<Target, Machine>::GoTo(Control* control) {
  if (control->kind == ControlKind::Func) {
    EmitReturn();
    return;
  }
  if (MustMove(control)) EmitMerge(*control);
  target().Jump(&control->label);
}

template <class Target, class Machine>
void Core<Target, Machine>::Branch(uint32_t depth) {
  FlushFuel();
  GoTo(&LabelAt(depth));
  SetUnreachable();
}

template <class Target, class Machine>
void Core<Target, Machine>::BranchIf(uint32_t depth, typename Machine::Condition condition) {
  Control& control = LabelAt(depth);
  const bool returns = control.kind == ControlKind::Func;
  if (!returns && !MustMove(&control)) {
    target().JumpIf(condition, &control.label);
    return;
  }
  typename Machine::Label around;
  target().JumpIf(condition.Negated(), &around);
  if (returns) {
    EmitReturn();
  } else {
    EmitMerge(control);
    target().Jump(&control.label);
  }
  target().Bind(&around);
}

// A table with the default label last. Labels that need moves are reached through code behind it.
template <class Target, class Machine>
void Core<Target, Machine>::BranchTable() {
  const Src index = PopReg();
  FlushFuel();
  const std::span<const uint32_t> labels = in_.labels;
  const uint32_t table = tables_++;
  std::vector<typename Machine::Label>& stubs = target().stubs();
  std::vector<uint32_t> stub_depths;
  uint32_t started = kNone;
  for (const uint32_t depth : labels) {
    Control& control = LabelAt(depth);
    if (control.table_stub_of == table) continue;
    control.table_stub_of = table;
    control.table_stub = kNone;
    if (control.kind != ControlKind::Func && !MustMoveBeside(&control, &started)) continue;
    control.table_stub = static_cast<uint32_t>(stub_depths.size());
    stub_depths.push_back(depth);
  }
  stubs.clear();
  stubs.resize(stub_depths.size());
  target().JumpByTable(index.reg, static_cast<uint32_t>(labels.size()));
  for (const uint32_t depth : labels) {
    Control& control = LabelAt(depth);
    target().TableEntry(control.table_stub == kNone ? &control.label : &stubs[control.table_stub]);
  }
  for (size_t i = 0; i < stub_depths.size(); ++i) {
    target().Bind(&stubs[i]);
    GoTo(&LabelAt(stub_depths[i]));
  }
  SetUnreachable();
}

// --- pins

// Which locals have registers of their own in a loop: those that it uses most; beside them those of the loop around
// that are left.
template <class Target, class Machine>
void Core<Target, Machine>::ChoosePins(const LoopPlan& plan) {
  uint32_t chosen[kRegCount];
  std::fill(std::begin(chosen), std::end(chosen), kNone);
  const auto candidates = std::span(plan_->candidates).subspan(plan.first, plan.general + plan.vector);
  PinClass(candidates.first(plan.general), kGeneralRegs, plan.call_weight, chosen);
  PinClass(candidates.subspan(plan.general), kVectorRegs, plan.call_weight, chosen);
  RegSet kept = 0;
  for (RegSet rest = pinned_; rest != 0;) {
    const Reg reg = TakeLowest(&rest);
    if (chosen[reg] != kNone) continue;
    const bool lost_by_calls = plan.call_weight > 0 && !Contains(Machine::kCalleeSaved, reg);
    const bool has_other = std::find(std::begin(chosen), std::end(chosen), pin_owner_[reg]) != std::end(chosen);
    if (!lost_by_calls && !has_other) kept |= SetOf(reg);
  }
  for (RegSet rest = pinned_; rest != 0;) locals_[pin_owner_[TakeLowest(&rest)]].pin = kNoReg;
  for (Reg reg = 0; reg < kRegCount; ++reg) {
    if (chosen[reg] != kNone) {
      kept |= SetOf(reg);
      pin_owner_[reg] = chosen[reg];
    }
  }
  pinned_ = kept;
  for (RegSet rest = pinned_; rest != 0;) {
    const Reg reg = TakeLowest(&rest);
    locals_[pin_owner_[reg]].pin = reg;
  }
}

template <class Target, class Machine>
void Core<Target, Machine>::PinClass(std::span<const Candidate> candidates, RegSet cls, uint32_t call_weight,
                                     uint32_t* pins) {
  // A register that calls destroy pays if the local is used more often than it is lost and read again.
  constexpr uint32_t kUsesPerCall = 3;
  const RegSet saved = cls & saved_regs_;
  const RegSet all = (cls & Machine::kPinnable & ~Machine::kCalleeSaved) | saved;
  RegSet left = all;
  auto suits = [&](const Candidate& candidate) {
    RegSet suitable = left;
    if (locals_[candidate.local].kind == Kind::Ref) suitable &= ~Machine::kCalleeSaved;
    if (candidate.weight <= kUsesPerCall * call_weight) suitable &= Machine::kCalleeSaved;
    return suitable;
  };
  RegSet pending = 0;
  auto assign = [&](size_t i, Reg reg) {
    pins[reg] = candidates[i].local;
    left &= ~SetOf(reg);
    pending &= ~(RegSet{1} << i);
  };
  // The best ones, as many as there are registers; then first those that can stay where they are.
  uint32_t capacity = static_cast<uint32_t>(std::popcount(all));
  for (size_t i = 0; i < candidates.size() && capacity > 0; ++i) {
    if (suits(candidates[i]) == 0) continue;
    pending |= RegSet{1} << i;
    --capacity;
  }
  for (RegSet rest = pending; rest != 0;) {
    const size_t i = TakeLowest(&rest);
    const Reg pin = locals_[candidates[i].local].pin;
    if (pin != kNoReg && Contains(suits(candidates[i]), pin)) assign(i, pin);
  }
  for (RegSet rest = pending; rest != 0;) {
    const size_t i = TakeLowest(&rest);
    const Reg reg = locals_[candidates[i].local].reg;
    if (reg != kNoReg && Contains(suits(candidates[i]), reg) && call_weight == 0) assign(i, reg);
  }
  for (RegSet rest = pending; rest != 0;) {
    const size_t i = TakeLowest(&rest);
    const RegSet suitable = suits(candidates[i]);
    if (suitable == 0) continue;
    const RegSet preferred = call_weight > 0 && (suitable & saved) != 0 ? suitable & saved : suitable;
    assign(i, Lowest(preferred));
  }
}

template <class Target, class Machine>
void Core<Target, Machine>::RestorePins(uint32_t saved) {
  for (RegSet rest = pinned_; rest != 0;) locals_[pin_owner_[TakeLowest(&rest)]].pin = kNoReg;
  const Pins& pins = saved_pins_[saved];
  pinned_ = pins.pinned;
  std::copy(std::begin(pins.owner), std::end(pins.owner), pin_owner_);
  for (RegSet rest = pinned_; rest != 0;) {
    const Reg reg = TakeLowest(&rest);
    locals_[pin_owner_[reg]].pin = reg;
  }
  saved_pins_.resize(saved);
}

}  // namespace gantry::baseline
