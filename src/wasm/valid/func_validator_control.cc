// FuncValidator: blocks, branches, calls, exceptions (spec 3.4.10, 3.4.11).
#include <fmt/core.h>

#include <algorithm>

#include "wasm/limits.h"
#include "wasm/valid/func_validator.h"

namespace gantry::wasm::valid {

namespace {

TypeList AllButLast(TypeList types) { return types.first(types.size() - 1); }

}  // namespace

TypeList FuncValidator::StartTypes(const Frame& frame) const {
  return frame.type_kind == BlockKind::Type ? TypeList(registry_[frame.type].params) : TypeList();
}

TypeList FuncValidator::EndTypes(const Frame& frame) const {
  switch (frame.type_kind) {
    case BlockKind::Empty:
      break;
    case BlockKind::Value:
      return TypeList(&frame.value, 1);
    case BlockKind::Type:
      return registry_[frame.type].results;
  }
  return {};
}

bool FuncValidator::PushFrame(Frame frame) {
  auto& frames = scratch_.frames;
  frame.height = height();
  frame.init_height = static_cast<uint32_t>(scratch_.initialized.size());
  if (!frames.empty()) frame.loop = frames.back().loop;
  if (frame.kind == OpFamily::Loop) {
    auto& loops = summary_->loops;
    LoopSummary loop{.offset = instr_.offset, .parent = frame.loop};
    if (frame.loop != kNone) loop.depth = loops[frame.loop].depth + 1;
    loop.first_assigned = static_cast<uint32_t>(summary_->assigned.size());
    frame.loop = static_cast<uint32_t>(loops.size());
    loops.push_back(loop);
  }
  frames.push_back(frame);
  summary_->max_depth = std::max(summary_->max_depth, static_cast<uint32_t>(frames.size()));
  EnterFrame();
  return true;
}

bool FuncValidator::LabelAt(uint32_t depth, const Frame** frame) {
  const auto& frames = scratch_.frames;
  if (depth >= frames.size()) return FailUnknown(ErrorId::UnknownLabel, depth);
  *frame = &frames[frames.size() - 1 - depth];
  return true;
}

bool FuncValidator::ReadBlockType(Frame* frame) {
  frame->type_kind = instr_.block.kind;
  switch (instr_.block.kind) {
    case BlockKind::Empty:
      return true;
    case BlockKind::Value:
      return Canonical(instr_.block.value, &frame->value);
    case BlockKind::Type: {
      const CanonType* type = nullptr;
      if (!FuncTypeOf(instr_.block.type, &type)) return false;
      frame->type = type->id;
      return true;
    }
  }
  return true;
}

bool FuncValidator::Block(OpFamily kind) {
  Frame frame{.kind = kind};
  if (!ReadBlockType(&frame)) return false;
  if (kind == OpFamily::If && !Pop(kI32)) return false;
  const TypeList params = StartTypes(frame);
  return PopAll(params) && PushFrame(frame) && PushAll(params);
}

bool FuncValidator::Else() {
  Frame& frame = scratch_.frames.back();
  if (frame.kind != OpFamily::If) return Fail(MakeError(ErrorId::EndExpected, instr_.offset, "`else` without `if`"));
  const TypeList results = EndTypes(frame);
  if (!PopAll(results)) return false;
  if (top_ != floor_) {
    return FailMismatch(
        fmt::format("block requires {} but stack has {}", NamesOf(results), NamesOf(TypeList(floor_, instr_top_))));
  }
  frame.kind = OpFamily::Else;
  frame.unreachable = false;
  for (; scratch_.initialized.size() > frame.init_height; scratch_.initialized.pop_back()) {
    scratch_.init_epoch[scratch_.initialized.back()] = 0;
  }
  return PushAll(StartTypes(frame));
}

bool FuncValidator::End() {
  const Frame frame = scratch_.frames.back();
  const TypeList results = EndTypes(frame);
  if (!PopAll(results)) return false;
  if (top_ != floor_) {
    return FailMismatch(
        fmt::format("block requires {} but stack has {}", NamesOf(results), NamesOf(TypeList(floor_, instr_top_))));
  }
  // An `if` without `else` passes its parameters on.
  if (frame.kind == OpFamily::If) {
    const TypeList params = StartTypes(frame);
    if (!std::ranges::equal(params, results, [this](ValType sub, ValType super) { return Matches(sub, super); })) {
      return FailMismatch(
          fmt::format("`if` without `else` has parameters {} and results {}", NamesOf(params), NamesOf(results)));
    }
  }
  for (; scratch_.initialized.size() > frame.init_height; scratch_.initialized.pop_back()) {
    scratch_.init_epoch[scratch_.initialized.back()] = 0;
  }
  if (frame.kind == OpFamily::Loop) {
    LoopSummary& loop = summary_->loops[frame.loop];
    loop.end_offset = instr_.offset;
    loop.end_assigned = static_cast<uint32_t>(summary_->assigned.size());
    if (loop.has_call && loop.parent != kNone) summary_->loops[loop.parent].has_call = true;
  }
  scratch_.frames.pop_back();
  if (scratch_.frames.empty()) return true;
  EnterFrame();
  return PushAll(results);
}

// Clauses are typed outside of the block (spec 3.4.11).
bool FuncValidator::TryTable() {
  const ValType exn = ValType::Ref(HeapKind::Exn, /*nullable=*/false);
  std::vector<ValType> caught;
  for (const CatchClause& clause : instr_.catches) {
    caught.clear();
    if (clause.kind == CatchKind::Catch || clause.kind == CatchKind::CatchRef) {
      if (clause.tag >= module_.tags.size()) return FailUnknown(ErrorId::UnknownTag, clause.tag);
      const auto& params = registry_[module_.canon[module_.tags[clause.tag].type]].params;
      caught.assign(params.begin(), params.end());
    }
    if (clause.kind == CatchKind::CatchRef || clause.kind == CatchKind::CatchAllRef) caught.push_back(exn);
    const Frame* target = nullptr;
    if (!LabelAt(clause.label, &target)) return false;
    const TypeList label = LabelTypes(*target);
    if (!std::ranges::equal(caught, label, [this](ValType sub, ValType super) { return Matches(sub, super); })) {
      return FailMismatch(
          fmt::format("catch clause gives {} but its label requires {}", NamesOf(caught), NamesOf(label)));
    }
  }
  return Block(OpFamily::TryTable);
}

bool FuncValidator::Throw() {
  if (instr_.index >= module_.tags.size()) return FailUnknown(ErrorId::UnknownTag, instr_.index);
  if (!PopAll(registry_[module_.canon[module_.tags[instr_.index].type]].params)) return false;
  SetUnreachable();
  return true;
}

bool FuncValidator::Branch() {
  const Frame* target = nullptr;
  if (!LabelAt(instr_.index, &target) || !PopAll(LabelTypes(*target))) return false;
  SetUnreachable();
  return true;
}

bool FuncValidator::BranchIf() {
  const Frame* target = nullptr;
  if (!LabelAt(instr_.index, &target) || !Pop(kI32)) return false;
  const TypeList types = LabelTypes(*target);
  return types.empty() || (PopAll(types) && PushAll(types));
}

bool FuncValidator::BranchTable() {
  if (!Pop(kI32)) return false;
  const Frame* target = nullptr;
  if (!LabelAt(instr_.labels.back(), &target)) return false;
  const TypeList types = LabelTypes(*target);
  for (uint32_t label : instr_.labels.first(instr_.labels.size() - 1)) {
    const Frame* other = nullptr;
    if (!LabelAt(label, &other)) return false;
    const TypeList other_types = LabelTypes(*other);
    if (other_types.size() != types.size()) {
      return FailMismatch(
          fmt::format("label {} has {} operands, the default has {}", label, other_types.size(), types.size()));
    }
    if (other != target && !CheckTop(other_types)) return false;
  }
  if (!PopAll(types)) return false;
  SetUnreachable();
  return true;
}

bool FuncValidator::BranchOnNull() {
  const Frame* target = nullptr;
  ValType ref;
  if (!LabelAt(instr_.index, &target) || !PopRef(&ref)) return false;
  const TypeList types = LabelTypes(*target);
  if (!PopAll(types) || !PushAll(types)) return false;
  Push(ref == kBot ? ValType::Ref(HeapKind::Bot, false) : ref.with_nullable(false));
  return true;
}

bool FuncValidator::BranchOnNonNull() {
  const Frame* target = nullptr;
  ValType ref;
  if (!LabelAt(instr_.index, &target) || !PopRef(&ref)) return false;
  const TypeList types = LabelTypes(*target);
  if (types.empty() || !types.back().is_ref()) return FailMismatch("the label of `br_on_non_null` takes no reference");
  Push(ref == kBot ? ValType::Ref(HeapKind::Bot, false) : ref.with_nullable(false));
  return PopAll(types) && PushAll(AllButLast(types));
}

bool FuncValidator::BranchOnCast(bool on_fail) {
  const Frame* target = nullptr;
  HeapType from_heap, to_heap;
  if (!LabelAt(instr_.index, &target) || !Canonical(instr_.heap, &from_heap) || !Canonical(instr_.heap2, &to_heap))
    return false;
  const ValType from = ValType::Ref(from_heap, (instr_.cast_flags & 1) != 0);
  const ValType to = ValType::Ref(to_heap, (instr_.cast_flags & 2) != 0);
  if (!Matches(to, from)) {
    return FailMismatch(fmt::format("cast from {} to {}, which is no subtype", NameOfCanonical(module_, from),
                                    NameOfCanonical(module_, to)));
  }
  // What remains of `from` when the cast fails: a nullable target takes the null away.
  const ValType rest = to.is_nullable() ? from.with_nullable(false) : from;
  const TypeList types = LabelTypes(*target);
  if (types.empty()) return FailMismatch(fmt::format("the label of `{}` takes no reference", instr_.info().text));
  if (!Pop(from)) return false;
  Push(on_fail ? rest : to);
  if (!PopAll(types) || !PushAll(AllButLast(types))) return false;
  Push(on_fail ? to : rest);
  return true;
}

bool FuncValidator::Return() {
  if (!PopAll(EndTypes(scratch_.frames.front()))) return false;
  SetUnreachable();
  return true;
}

void FuncValidator::NoteCall() {
  ++summary_->call_count;
  const uint32_t loop = scratch_.frames.back().loop;
  if (loop != kNone) summary_->loops[loop].has_call = true;
}

// The function type that a call instruction calls; pops the callee where it is an operand.
bool FuncValidator::CalleeOf(const CanonType** type) {
  switch (instr_.info().family) {
    case OpFamily::Call:
    case OpFamily::ReturnCall:
      if (instr_.index >= module_.funcs.size()) return FailUnknown(ErrorId::UnknownFunc, instr_.index);
      *type = &registry_[module_.FuncCanon(instr_.index)];
      return true;
    case OpFamily::CallIndirect:
    case OpFamily::ReturnCallIndirect: {
      const TableType* table = nullptr;
      if (!TableOf(instr_.index2, &table) || !FuncTypeOf(instr_.index, type)) return false;
      if (!Matches(CanonicalType(table->element, module_.canon), ValType::FuncRef())) {
        return FailMismatch(fmt::format("table {} holds no functions", instr_.index2));
      }
      return Pop(table->address_type());
    }
    default:
      return FuncTypeOf(instr_.index, type) && Pop(RefTo(**type, /*nullable=*/true));
  }
}

bool FuncValidator::Call(const CanonType& type) {
  NoteCall();
  return PopAll(type.params) && PushAll(type.results);
}

bool FuncValidator::TailCall(const CanonType& type) {
  NoteCall();
  const TypeList results = EndTypes(scratch_.frames.front());
  if (!std::ranges::equal(type.results, results, [this](ValType sub, ValType super) { return Matches(sub, super); })) {
    return FailMismatch(
        fmt::format("callee has results {}, the function has {}", NamesOf(type.results), NamesOf(results)));
  }
  if (!PopAll(type.params)) return false;
  SetUnreachable();
  return true;
}

}  // namespace gantry::wasm::valid
