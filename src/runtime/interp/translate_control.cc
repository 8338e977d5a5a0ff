// Translation of structured control: labels, branches, calls, exception handlers.
#include <algorithm>

#include "runtime/interp/acc_forms.h"
#include "runtime/interp/translator.h"

namespace gantry::interp {

using wasm::BlockKind;
using wasm::OpFamily;
using wasm::ValType;

namespace {

// A function type's slots, and those of the link between.
uint32_t Slots(const std::vector<ValType>& types) {
  uint32_t slots = 0;
  for (ValType type : types) slots += type.slots();
  return slots;
}

}  // namespace

Cell Translator::LabelCell(const Control& label, uint32_t i) const {
  return cells_[label.first_cell + (label.kind == CtrlKind::Loop ? 0 : label.params) + i];
}

// --- blocks

void Translator::Begin(CtrlKind kind, const wasm::BlockType& type) {
  Condition condition{};
  if (kind == CtrlKind::If) condition = TakeCondition();
  FlushFuel();
  Control control{kind};
  control.first_cell = static_cast<uint32_t>(cells_.size());
  if (type.kind == BlockKind::Value) {
    cells_.push_back(CellOf(type.value));
    control.results = 1;
  } else if (type.kind == BlockKind::Type) {
    const wasm::SubType& func = module_.types[type.type];
    for (ValType param : func.params) cells_.push_back(CellOf(param));
    for (ValType result : func.results) cells_.push_back(CellOf(result));
    control.params = static_cast<uint32_t>(func.params.size());
    control.results = static_cast<uint32_t>(func.results.size());
  }
  FlushAliases();  // [T3]
  control.height = static_cast<uint32_t>(stack_.size()) - control.params;
  control.base = control.params == 0 ? top_ : stack_[control.height].home;
  ForceHomes(control.height);
  uint32_t result_slots = 0;  // a branch may write them before they are on the stack
  for (uint32_t i = 0; i < control.results; ++i)
    result_slots += WidthOf(cells_[control.first_cell + control.params + i]);
  max_slots_ = std::max(max_slots_, control.base + result_slots);
  if (max_slots_ > kMaxSlots) refused_ = true;

  if (kind == CtrlKind::Loop) {
    Forget();
    control.position = here();
    if (module_code_.options.polls) Emit(ROp::Poll);
  } else if (kind == CtrlKind::If) {
    condition.holds = !condition.holds;
    FixKind fix;
    const uint32_t at = EmitBranch(condition, &fix);
    fixups_.push_back({fix, at, 0, kNowhere});
    control.else_fixup = static_cast<uint32_t>(fixups_.size()) - 1;
  } else if (kind == CtrlKind::Try) {
    Forget();
    control.begin = here();
  }
  controls_.push_back(control);
}

// Starts a path on which the given values lie in their homes from the block's base on.
void Translator::Restart(const Control& control, uint32_t first_cell, uint32_t count) {
  Truncate(control.height);
  for (uint32_t i = 0; i < count; ++i) PushHome(cells_[first_cell + i]);
  flushed_ = std::max(flushed_, stack_.size());
  reachable_ = true;
}

void Translator::DoElse() {
  Control& control = controls_.back();
  if (reachable_) {
    FlushFuel();
    ForceHomes(control.height);
    const uint32_t at = EmitWide(ROp::Br, 0, 0);
    Refer(control, FixKind::Long, at);
  }
  fuel_ = 0;
  Bind(control.else_fixup);
  control.else_fixup = kNowhere;
  control.kind = CtrlKind::Else;
  Restart(control, control.first_cell, control.params);
}

void Translator::DoEnd() {
  Control control = controls_.back();
  if (reachable_) FlushFuel();  // before other ways to the end come in
  if (control.kind == CtrlKind::Try) {
    Forget();
    for (uint32_t i = 0; i < control.clauses; ++i) {
      const Clause& clause = clauses_[control.first_clause + i];
      out_->handlers.push_back({control.begin, here(), clause.kind, clause.tag, control.first_clause + i, clause.slot});
    }
  }
  const uint32_t first_result = control.first_cell + control.params;
  const bool merges = control.targeted || control.else_fixup != kNowhere;
  if (merges) {
    if (reachable_) ForceHomes(control.height);
    Bind(control.fixups);
    Bind(control.else_fixup);
    if (!reachable_) fuel_ = 0;
    Restart(control, first_result, control.results);
  }
  if (control.kind == CtrlKind::Func) {
    if (reachable_) EmitReturn();
    reachable_ = false;
  }
  if (!reachable_) Truncate(control.height);
  controls_.pop_back();
  cells_.resize(control.first_cell);
}

// Handlers take effect from here to the end of the block; their labels are those around it.
void Translator::DoTry(const Instr& in) {
  const uint32_t first_clause = static_cast<uint32_t>(clauses_.size());
  for (const wasm::CatchClause& clause : in.catches) {
    Control& label = Label(clause.label);
    clauses_.push_back({clause.kind, clause.tag, label.base, label.position});
    if (label.kind != CtrlKind::Loop) Refer(label, FixKind::Clause, 0, static_cast<uint32_t>(clauses_.size()) - 1);
    uint32_t slots = 0;
    for (uint32_t i = 0; i < LabelArity(label); ++i) slots += WidthOf(LabelCell(label, i));
    max_slots_ = std::max(max_slots_, label.base + slots);
  }
  Begin(CtrlKind::Try, in.block);
  controls_.back().first_clause = first_clause;
  controls_.back().clauses = static_cast<uint32_t>(in.catches.size());
}

// --- labels

void Translator::Refer(Control& label, FixKind kind, uint32_t at, uint32_t where) {
  if (label.kind == CtrlKind::Loop) {
    Resolve({kind, at, where, kNowhere}, label.position);
    return;
  }
  fixups_.push_back({kind, at, where, label.fixups});
  label.fixups = static_cast<uint32_t>(fixups_.size()) - 1;
  label.targeted = true;
}

void Translator::Resolve(const Fixup& fixup, uint32_t target) {
  const int64_t distance = static_cast<int64_t>(target) - fixup.at;
  switch (fixup.kind) {
    case FixKind::Short: {
      if (distance != static_cast<int16_t>(distance)) overflow_ = true;
      Word word = At(fixup.at);
      word.c = static_cast<uint16_t>(distance);
      Put(fixup.at, word);
      return;
    }
    case FixKind::Long: {
      Word word = At(fixup.at);
      word.b = static_cast<uint16_t>(distance);
      word.c = static_cast<uint16_t>(distance >> 16);
      Put(fixup.at, word);
      return;
    }
    case FixKind::Entry: {
      uint64_t& entries = code_[fixup.where / 2];
      const uint32_t shift = (fixup.where & 1) * 32;
      entries = (entries & ~(uint64_t{0xffffffff} << shift)) | static_cast<uint64_t>(static_cast<uint32_t>(distance))
                                                                   << shift;
      return;
    }
    case FixKind::Clause:
      clauses_[fixup.where].target = target;
      return;
  }
}

void Translator::Bind(uint32_t chain) {
  if (chain == kNowhere) return;
  Forget();  // [T4]
  for (; chain != kNowhere; chain = fixups_[chain].next) Resolve(fixups_[chain], here());
}

void Translator::Unreachable() {
  Truncate(controls_.back().height);
  reachable_ = false;
  dead_depth_ = 0;
  fuel_ = 0;
}

void Translator::FlushFuel() {
  if (fuel_ == 0) return;
  const uint32_t amount = fuel_;
  fuel_ = 0;
  EmitWide(ROp::Fuel, 0, amount);
}

void Translator::ChargePerUnit() {
  ForceHome(stack_.size() - 1);
  FlushFuel();
  Emit(ROp::FuelUnits, stack_.back().home);
}

// --- branches

// Do the label's values on top of the stack already have the label's slots as their homes?
bool Translator::ValuesInPlace(const Control& label) const {
  const uint32_t arity = LabelArity(label);
  return arity == 0 || stack_[stack_.size() - arity].home == label.base;
}

// Copies the values on top of the stack to the label's slots. Leaves the abstract stack alone. Going upwards no copy
// destroys a later source: a value's home is never below its target.
void Translator::MoveToLabel(const Control& label) {
  const uint32_t arity = LabelArity(label);
  uint32_t to = label.base;
  for (size_t i = stack_.size() - arity; i < stack_.size(); ++i) {
    const Operand& operand = stack_[i];
    if (operand.kind == Kind::Const) {
      EmitConst(to, operand.bits);
    } else {
      const uint32_t from = operand.kind == Kind::Local ? local_slots_[operand.local] : operand.home;
      if (from != to) EmitMove(operand.cell, to, from);
    }
    to += WidthOf(operand.cell);
  }
}

// Goes to a label with the values on top of the stack; the abstract stack stays.
void Translator::Jump(uint32_t depth) {
  Control& label = Label(depth);
  if (label.kind == CtrlKind::Func) {
    EmitReturn();
    return;
  }
  MoveToLabel(label);
  const uint32_t at = EmitWide(ROp::Br, 0, 0);
  Refer(label, FixKind::Long, at);
}

void Translator::Branch(uint32_t depth) {
  FlushFuel();
  Jump(depth);
  Unreachable();
}

void Translator::BranchIf(uint32_t depth, Condition condition) {
  FlushFuel();
  Control& label = Label(depth);
  const uint32_t arity = LabelArity(label);
  const bool direct = arity == 0 || (label.kind != CtrlKind::Func && ValuesInPlace(label));
  FixKind fix;
  if (direct) {
    ForceHomes(stack_.size() - arity);
    const uint32_t at = EmitBranch(condition, &fix);
    Refer(label, fix, at);
    return;
  }
  condition.holds = !condition.holds;
  const uint32_t at = EmitBranch(condition, &fix);
  Jump(depth);
  Forget();
  Resolve({fix, at, 0, kNowhere}, here());
}

// A table of offsets; labels whose values must be moved are reached through stubs behind it.
void Translator::BranchTable(const Instr& in) {
  const uint16_t index = PopSlot();
  FlushFuel();
  FlushAliases();
  const uint32_t last = static_cast<uint32_t>(in.labels.size()) - 1;
  const uint32_t at = EmitPopped(kPoppedA, ROp::BrTable, index, last & 0xffff, last >> 16);
  const uint32_t table = here();
  code_.resize(code_.size() + (last + 2) / 2);
  for (uint32_t i = 0; i <= last; ++i) {
    Control& label = Label(in.labels[i]);
    if (LabelArity(label) == 0) {
      Refer(label, FixKind::Entry, at, table * 2 + i);
      continue;
    }
    if (label.stub_of != at) {
      label.stub_of = at;
      label.stub = here();
      Forget();
      Jump(in.labels[i]);
    }
    Resolve({FixKind::Entry, at, table * 2 + i, kNowhere}, label.stub);
  }
  Unreachable();
}

// --- conditions

namespace {

struct CompareForm {
  wasm::Op op = wasm::Op::Nop;
  bool immediate = false;
};

// By ROp: which comparison it makes.
struct CompareForms {
  CompareForm forms[kROpCount];
};
constexpr CompareForms MakeCompareForms() {
  CompareForms table{};
#define GANTRY_ROW(Name)                                              \
  table.forms[static_cast<int>(ROp::Name)] = {wasm::Op::Name, false}; \
  table.forms[static_cast<int>(ROp::Name##I)] = {wasm::Op::Name, true};
  GANTRY_RC_INT_COMPARE(GANTRY_ROW)
#undef GANTRY_ROW
#define GANTRY_ROW(Name) table.forms[static_cast<int>(ROp::Name)] = {wasm::Op::Name, false};
  GANTRY_RC_FLOAT_COMPARE(GANTRY_ROW)
#undef GANTRY_ROW
  return table;
}
constexpr CompareForms kCompareForms = MakeCompareForms();

// By wasm::Op: its fused branches. `not_taken` of an integer comparison is the branch of its negation.
struct BranchForm {
  ROp taken, not_taken, taken_imm, not_taken_imm;
};
struct BranchForms {
  BranchForm forms[wasm::kOpCount];
};
constexpr BranchForms MakeBranchForms() {
  BranchForms table{};
#define GANTRY_ROW(A, B)                                                                               \
  table.forms[static_cast<int>(wasm::Op::A)] = {ROp::Br##A, ROp::Br##B, ROp::Br##A##I, ROp::Br##B##I}; \
  table.forms[static_cast<int>(wasm::Op::B)] = {ROp::Br##B, ROp::Br##A, ROp::Br##B##I, ROp::Br##A##I};
  GANTRY_RC_NEGATIONS(GANTRY_ROW)
#undef GANTRY_ROW
#define GANTRY_ROW(A) \
  table.forms[static_cast<int>(wasm::Op::A)] = {ROp::Br##A, ROp::BrNot##A, ROp::Unreachable, ROp::Unreachable};
  GANTRY_RC_FLOAT_COMPARE(GANTRY_ROW)
#undef GANTRY_ROW
  return table;
}
constexpr BranchForms kBranchForms = MakeBranchForms();

}  // namespace

// Pops the condition; a comparison that computed it is taken back, to be fused with the branch or select.
Translator::Condition Translator::TakeCondition() {
  using Test = Condition::Test;
  const Operand operand = Pop();
  if (far_ || !IsLast(operand)) return {Test::Nz, true, Op::Nop, SlotOf(operand), 0};
  Word word = At(last_);
  if (word.rop() == ROp::I32AndB || word.rop() == ROp::I32AndIB) UndoAccumulator(&word);
  const CompareForm form = kCompareForms.forms[word.op];
  Condition condition{Test::Nz, true, Op::Nop, word.b, word.c};
  if (form.op != Op::Nop) {
    condition.test = form.immediate ? Test::CompareImm : Test::Compare;
    condition.compare = form.op;
  } else if (word.rop() == ROp::I32Eqz) {
    condition.holds = false;
  } else if (word.rop() == ROp::I64Eqz) {
    condition.test = Test::Nz64;
    condition.holds = false;
  } else if (word.rop() == ROp::I32And) {
    condition.test = Test::And;
  } else if (word.rop() == ROp::I32AndI) {
    condition.test = Test::AndImm;
  } else {
    return {Test::Nz, true, Op::Nop, static_cast<uint16_t>(operand.home), 0};
  }
  DropLast();
  return condition;
}

// x += i; branch if x != y  =>  one instruction, the back edge of most loops. kNowhere if it is something else.
uint32_t Translator::FuseIncrement(const Condition& condition) {
  using Test = Condition::Test;
  if (last_ == kNowhere) return kNowhere;
  const Word add = At(last_);
  if (add.rop() != ROp::I32AddI || add.a != add.b || add.a != condition.x) return kNowhere;
  const bool is_nz = condition.test == Test::Nz && condition.holds;
  const bool is_ne = condition.compare == (condition.holds ? Op::I32Ne : Op::I32Eq);
  if (is_nz) {
    DropLast();
    return Emit(ROp::IncBrNz, add.a, add.c);
  }
  if (!is_ne || (condition.test != Test::Compare && condition.test != Test::CompareImm)) return kNowhere;
  if (condition.test == Test::Compare && condition.y == add.a) return kNowhere;
  DropLast();
  const uint32_t at = Emit(condition.test == Test::Compare ? ROp::IncBrNe : ROp::IncBrNeI, add.a, add.c);
  Extra4(condition.y);
  return at;
}

// Emits the branch that is taken when the condition is true; its target is to be filled in.
uint32_t Translator::EmitBranch(const Condition& condition, FixKind* fix) {
  using Test = Condition::Test;
  *fix = FixKind::Short;
  const bool holds = condition.holds;
  if (!far_) {
    const uint32_t fused = FuseIncrement(condition);
    if (fused != kNowhere) return fused;
  }
  const BranchForm& form = kBranchForms.forms[static_cast<int>(condition.compare)];
  switch (condition.test) {
    case Test::Nz:
      if (far_) {
        *fix = FixKind::Long;
        return EmitWide(holds ? ROp::BrNzFar : ROp::BrZFar, condition.x, 0);
      }
      return EmitPopped(kPoppedA, holds ? ROp::BrNz : ROp::BrZ, condition.x);
    case Test::Nz64:
      if (far_) {
        *fix = FixKind::Long;
        const uint16_t temp = static_cast<uint16_t>(TempSlot(2) + 1);  // a popped reference may lie at the top
        Emit(ROp::I64Eqz, temp, condition.x);
        return EmitWide(holds ? ROp::BrZFar : ROp::BrNzFar, temp, 0);
      }
      return Emit(holds ? ROp::BrNz64 : ROp::BrZ64, condition.x);
    case Test::And:
      return Emit(holds ? ROp::BrAnd : ROp::BrNotAnd, condition.x, condition.y);
    case Test::AndImm:
      return EmitPopped(kPoppedA, holds ? ROp::BrAndI : ROp::BrNotAndI, condition.x, condition.y);
    case Test::Compare:
      return EmitPopped(kPoppedA | kPoppedB, holds ? form.taken : form.not_taken, condition.x, condition.y);
    case Test::CompareImm:
      return EmitPopped(kPoppedA, holds ? form.taken_imm : form.not_taken_imm, condition.x, condition.y);
  }
  return kNowhere;
}

// --- calls and returns

void Translator::EmitReturn() {
  FlushFuel();
  const Control& body = controls_.front();
  const uint32_t link = out_->link;
  if (body.results == 0) {
    Emit(ROp::Return0, 0, 0, link);
    return;
  }
  if (body.results == 1) {
    const Operand& value = stack_.back();
    const uint16_t slot = SlotOf(value);
    const ValType type = module_.types[module_.funcs[func_index_].type].results[0];
    const bool is_float = type == wasm::kF32 || type == wasm::kF64;
    EmitPopped(is_float ? 0u : uint32_t{kPoppedA}, value.cell == Cell::Vec ? ROp::ReturnV : ROp::Return1, slot, 0,
               link);
    return;
  }
  // The abstract stack must stay, so copies go above it.
  const size_t first = stack_.size() - body.results;
  uint32_t slots = 0;
  for (size_t i = first; i < stack_.size(); ++i) slots += WidthOf(stack_[i].cell);
  bool homes = true;
  for (size_t i = first; i < stack_.size(); ++i) homes = homes && stack_[i].kind == Kind::Home;
  uint32_t base = stack_[first].home;
  if (!homes) {
    base = TempSlot(slots);
    uint32_t to = base;
    for (size_t i = first; i < stack_.size(); ++i) {
      const Operand& value = stack_[i];
      if (value.kind == Kind::Const)
        EmitConst(to, value.bits);
      else
        EmitMove(value.cell, to, value.kind == Kind::Local ? local_slots_[value.local] : value.home);
      to += WidthOf(value.cell);
    }
  }
  Emit(ROp::ReturnN, base, slots, link);
}

// Brings a call's arguments to their homes, the first slots of the callee's frame, and takes them off the stack.
uint16_t Translator::Arguments(const wasm::SubType& type) {
  ForceHomes(stack_.size() - type.params.size());
  for (size_t i = 0; i < type.params.size(); ++i) Pop();
  const uint32_t slots = std::max(Slots(type.params), Slots(type.results));
  return TempSlot(slots);
}

void Translator::PushResults(const wasm::SubType& type, uint16_t) {
  for (ValType result : type.results) PushHome(CellOf(result));
}

void Translator::DoCall(const Instr& in) {
  FlushFuel();
  uint32_t at;
  const wasm::SubType* type;
  uint16_t base;
  if (in.info().family == OpFamily::Call) {
    type = &module_.types[module_.funcs[in.index].type];
    base = Arguments(*type);
    const bool imported = module_.is_imported_func(in.index);
    at =
        EmitWide(imported ? ROp::CallImport : ROp::Call, base, imported ? in.index : in.index - module_.imported_funcs);
  } else if (in.info().family == OpFamily::CallIndirect) {
    const uint16_t index = PopSlot();
    type = &module_.types[in.index];
    base = Arguments(*type);
    // The index may lie where a value of the call goes; handlers read it first.
    at = Emit(ROp::CallIndirect, base, index);
    Extra2(in.index, in.index2);
  } else {
    const uint16_t func = PopSlot();
    type = &module_.types[in.index];
    base = Arguments(*type);
    at = Emit(ROp::CallRef, base, func);
  }
  AddRootMap(at);
  PushResults(*type, base);
}

void Translator::DoReturnCall(const Instr& in) {
  FlushFuel();
  const uint32_t link = out_->link;
  if (in.info().family == OpFamily::ReturnCall) {
    const bool imported = module_.is_imported_func(in.index);
    const uint16_t base = Arguments(module_.types[module_.funcs[in.index].type]);
    EmitWide(imported ? ROp::ReturnCallImport : ROp::ReturnCall, base,
             imported ? in.index : in.index - module_.imported_funcs);
    Extra4(link);
  } else if (in.info().family == OpFamily::ReturnCallIndirect) {
    const uint16_t index = PopSlot();
    const uint16_t base = Arguments(module_.types[in.index]);
    Emit(ROp::ReturnCallIndirect, base, index, link);
    Extra2(in.index, in.index2);
  } else {
    const uint16_t func = PopSlot();
    const uint16_t base = Arguments(module_.types[in.index]);
    Emit(ROp::ReturnCallRef, base, func, link);
  }
  Unreachable();
}

// --- branches on references

void Translator::BranchOnNull(const Instr& in) {
  const Operand ref = Pop();
  const uint16_t slot = SlotOf(ref);
  const Cell cell = ref.cell;
  const bool on_null = in.info().family == OpFamily::BrOnNull;
  // The reference stays where it is; what is on the stack again is its home or an alias.
  auto push_again = [&] {
    Push(ref.kind == Kind::Local ? Kind::Local : Kind::Home, cell, ref.local, 0);
    if (ref.kind == Kind::Local) ++alias_counts_[ref.local];
  };
  if (on_null) {
    // The branch goes without the reference, whose slot the label's values may not touch: they are all below.
    BranchIf(in.index, NonNull(slot, false));
    push_again();
  } else {
    push_again();
    BranchIf(in.index, NonNull(slot, true));
    Pop();
  }
}

void Translator::BranchOnCast(const Instr& in) {
  const Operand ref = Pop();
  const uint16_t slot = SlotOf(ref);
  Push(ref.kind == Kind::Local ? Kind::Local : Kind::Home, ref.cell, ref.local, 0);
  if (ref.kind == Kind::Local) ++alias_counts_[ref.local];
  const uint16_t temp = static_cast<uint16_t>(TempSlot(2) + 1);  // a popped reference may lie at the top
  Emit(ROp::RefTest, temp, slot, (in.cast_flags & 2) != 0);
  Extra2(in.heap2.code(), 0);
  const bool on_cast = in.info().family == OpFamily::BrOnCast;
  BranchIf(in.index, {Condition::Test::Nz, on_cast, Op::Nop, temp, 0});
}

}  // namespace gantry::interp
