// The pass over a body, the operand stack, locals and globals. Control is in func_validator_control.cc.
#include "wasm/valid/func_validator.h"

#include <fmt/core.h>

#include <algorithm>

#include "wasm/binary/instr_reader-inl.h"
#include "wasm/limits.h"

namespace gantry::wasm::valid {

namespace {

// Locals whose types are kept one by one; those beyond are found by their run, so that a module of many functions with
// many locals each costs no more than its bytes.
constexpr uint32_t kFlatLocals = 256;
constexpr uint32_t kFirstStack = 256;
constexpr size_t kShownOperands = 20;

// FuncSummary::uses of each family.
constexpr uint32_t UsesOf(OpFamily family) {
  using enum OpFamily;
  if (family >= Load && family <= MemoryFill) return uses::kMemory | (family == MemoryGrow ? uses::kMemoryGrow : 0);
  if (family >= AtomicNotify && family <= AtomicCmpxchg)
    return uses::kAtomics | (family == AtomicFence ? 0 : uses::kMemory);
  if (family == TableGet || family == TableSize || family == ElemDrop) return uses::kTable;
  if (family >= TableGet && family <= TableFill) return uses::kTable | uses::kTableWrite;
  if (family >= RefI31 && family <= ArrayInitElem) return uses::kGc | uses::kRefs;
  if (family >= RefNull && family <= RefCast) return uses::kRefs;
  if (family >= BrOnNull && family <= BrOnCastFail) return uses::kRefs;
  if (family == GlobalGet || family == GlobalSet) return uses::kGlobal;
  if (family == TryTable || family == Throw || family == ThrowRef) return uses::kExceptions;
  if (family == ReturnCall) return uses::kTailCall;
  if (family == ReturnCallIndirect || family == ReturnCallRef) return uses::kTailCall | uses::kTailCallOut;
  if (family == CallIndirect) return uses::kIndirectCall | uses::kTable;
  if (family == CallRef) return uses::kIndirectCall | uses::kRefs;
  return 0;
}

// What a step needs of an opcode's row, packed, so that the hot part of the table stays in the nearest cache.
struct HotRow {
  uint16_t uses;
  OpFamily family;
  uint8_t param0, param1, result;  // ValType::bits of number and vector types
  PlanStep plan_step;
};
struct HotRows {
  HotRow of[kOpCount];
};
constexpr HotRows kHotRows = [] {
  HotRows rows{};
  for (int i = 0; i < kOpCount; ++i) {
    const OpInfo& info = InfoOf(static_cast<Op>(i));
    rows.of[i] = {static_cast<uint16_t>(UsesOf(info.family) | (info.prefix == 0xfd ? uses::kSimd : 0)),
                  info.family,
                  static_cast<uint8_t>(info.sig.params[0].bits()),
                  static_cast<uint8_t>(info.sig.params[1].bits()),
                  static_cast<uint8_t>(info.sig.results[0].bits()),
                  PlanStepOf(info.family)};
  }
  return rows;
}();

bool IsFloatOrVector(ValType type) { return type == kF32 || type == kF64 || type == kV128; }

}  // namespace

std::string NameOfCanonical(const Module& module, ValType type) {
  if (!type.is_ref() || !type.heap().is_concrete()) return TypeName(type);
  const auto it = std::find(module.canon.begin(), module.canon.end(), type.heap().index());
  if (it == module.canon.end()) return TypeName(type);
  const auto index = static_cast<uint32_t>(it - module.canon.begin());
  return TypeName(ValType::Ref(HeapType::Concrete(index), type.is_nullable()));
}

FuncValidator::FuncValidator(const Module& module, Scratch* scratch)
    : module_(module), registry_(TypeRegistry::Get()), scratch_(scratch->impl()), summary_(&scratch_.summary) {
  if (scratch_.stack.empty()) scratch_.stack.resize(kFirstStack);
  base_ = top_ = floor_ = instr_top_ = max_top_ = scratch_.stack.data();
  limit_ = base_ + scratch_.stack.size();
  scratch_.frames.clear();
}

// --- errors

bool FuncValidator::Fail(Error error) {
  if (!error_) error_ = std::move(error);
  return false;
}

bool FuncValidator::FailUnknown(ErrorId id, uint32_t index) {
  return Fail(MakeErrorAbout(id, instr_.offset, fmt::format("{}", index)));
}

bool FuncValidator::FailMismatch(std::string_view detail) {
  return Fail(MakeError(ErrorId::TypeMismatch, instr_.offset, detail));
}

std::string FuncValidator::NamesOf(TypeList types) const {
  std::string names = "[";
  if (types.size() > kShownOperands) {
    names += "... ";
    types = types.last(kShownOperands);
  }
  for (size_t i = 0; i < types.size(); ++i) {
    if (i != 0) names += ' ';
    names += NameOfCanonical(module_, types[i]);
  }
  return names + "]";
}

bool FuncValidator::FailOperands(TypeList required, const ValType* top) {
  const size_t there = static_cast<size_t>(top - floor_);
  const size_t shown = std::min(there, required.size());
  return FailMismatch(fmt::format("instruction requires {} but stack has {}", NamesOf(required),
                                  NamesOf(TypeList(floor_ + (there - shown), shown))));  // [I3]
}

// --- operand stack

void FuncValidator::Grow(size_t count) {
  const size_t top = height(), floor = static_cast<size_t>(floor_ - base_),
               start = static_cast<size_t>(instr_top_ - base_);
  const size_t max = static_cast<size_t>(max_top_ - base_);
  scratch_.stack.resize(std::max(scratch_.stack.size() * 2, top + count));
  base_ = scratch_.stack.data();
  limit_ = base_ + scratch_.stack.size();
  top_ = base_ + top;
  floor_ = base_ + floor;
  instr_top_ = base_ + start;
  max_top_ = base_ + max;
}

bool FuncValidator::PushAll(TypeList types) {
  if (height() + types.size() > limits::kOperandStack) [[unlikely]] {  // [I4]
    return Fail(
        MakeError(ErrorId::OverLimit, instr_.offset, fmt::format("more than {} operands", limits::kOperandStack)));
  }
  if (static_cast<size_t>(limit_ - top_) < types.size()) Grow(types.size());
  top_ = std::copy(types.begin(), types.end(), top_);
  return true;
}

bool FuncValidator::PopAll(TypeList types) {
  for (size_t i = types.size(); i-- > 0;) {
    if (top_ == floor_) {
      // [I2]: the rest is there as well
      return scratch_.frames.back().unreachable || FailOperands(types, top_ + (types.size() - 1 - i));
    }
    if (!Matches(*--top_, types[i])) return FailOperands(types, top_ + (types.size() - i));
  }
  return true;
}

bool FuncValidator::CheckTop(TypeList types) {
  const ValType* p = top_;
  for (size_t i = types.size(); i-- > 0;) {
    if (p == floor_) return scratch_.frames.back().unreachable || FailOperands(types, top_);
    if (!Matches(*--p, types[i])) return FailOperands(types, top_);
  }
  return true;
}

bool FuncValidator::PopAny(ValType* type) {
  if (top_ != floor_) {
    *type = *--top_;
    return true;
  }
  *type = kBot;
  return scratch_.frames.back().unreachable || FailMismatch("instruction requires a value but stack has []");
}

bool FuncValidator::PopRef(ValType* type) {
  if (!PopAny(type)) return false;
  if (type->is_ref() || *type == kBot) return true;
  return FailMismatch(fmt::format("instruction requires a reference but stack has [{}]", TypeName(*type)));
}

void FuncValidator::EnterFrame() {
  const Frame& frame = scratch_.frames.back();
  floor_ = base_ + frame.height;
  in_loop_ = frame.loop != kNone;
  if (in_loop_) loop_start_ = scratch_.assign_base + summary_->loops[frame.loop].first_assigned;
}

void FuncValidator::SetUnreachable() {
  top_ = floor_;
  scratch_.frames.back().unreachable = true;
}

// --- types of immediates

bool FuncValidator::Canonical(HeapType type, HeapType* out) {
  if (type.is_concrete() && !module_.HasType(type.index())) return FailUnknown(ErrorId::UnknownType, type.index());
  *out = CanonicalType(type, module_.canon);
  return true;
}

bool FuncValidator::Canonical(ValType type, ValType* out) {
  if (type.is_ref() && type.heap().is_concrete() && !module_.HasType(type.heap().index())) {
    return FailUnknown(ErrorId::UnknownType, type.heap().index());
  }
  *out = CanonicalType(type, module_.canon);
  return true;
}

bool FuncValidator::FuncTypeOf(uint32_t type_index, const CanonType** type) {
  return CompositeOf(type_index, CompKind::Func, type);
}

// --- locals and globals

ValType FuncValidator::LocalType(uint32_t local) const {
  if (local < flat_locals_) return flat_[local];
  const auto run = std::upper_bound(scratch_.run_ends.begin(), scratch_.run_ends.end(), local);
  return CanonicalType(scratch_.runs[static_cast<size_t>(run - scratch_.run_ends.begin())].type, module_.canon);
}

bool FuncValidator::SetLocals(TypeList params) {
  auto& locals = scratch_.locals;
  locals.assign(params.begin(), params.end());
  param_count_ = static_cast<uint32_t>(params.size());
  has_uninitialized_ = false;
  scratch_.run_ends.clear();
  uint32_t end = param_count_;
  for (binary::LocalRun& run : scratch_.runs) {
    ValType type;
    if (!Canonical(run.type, &type)) return false;
    end += run.count;
    scratch_.run_ends.push_back(end);
    if (run.count != 0 && !type.is_defaultable()) has_uninitialized_ = true;
    if (locals.size() < kFlatLocals) locals.resize(std::min(end, std::max(kFlatLocals, param_count_)), type);
  }
  local_count_ = end;
  flat_ = locals.data();
  flat_locals_ = static_cast<uint32_t>(locals.size());
  if (scratch_.assigned_at.size() < local_count_) scratch_.assigned_at.resize(local_count_);
  assigned_at_ = scratch_.assigned_at.data();
  ++scratch_.epoch;
  scratch_.initialized.clear();
  if (has_uninitialized_ && scratch_.init_epoch.size() < local_count_) scratch_.init_epoch.resize(local_count_);
  return true;
}

bool FuncValidator::LocalGet() {
  const uint32_t local = instr_.index;
  if (local < flat_locals_ && !has_uninitialized_) [[likely]] {
    Push(flat_[local]);
    return true;
  }
  if (local >= local_count_) return FailUnknown(ErrorId::UnknownLocal, local);
  const ValType type = LocalType(local);
  if (has_uninitialized_ && local >= param_count_ && !type.is_defaultable() &&
      scratch_.init_epoch[local] != scratch_.epoch) {
    return FailUnknown(ErrorId::UninitializedLocal, local);
  }
  Push(type);
  return true;
}

bool FuncValidator::LocalSet() {
  const uint32_t local = instr_.index;
  if (local >= local_count_) return FailUnknown(ErrorId::UnknownLocal, local);
  const ValType type = LocalType(local);
  if (has_uninitialized_ && !type.is_defaultable() && scratch_.init_epoch[local] != scratch_.epoch) {
    scratch_.init_epoch[local] = scratch_.epoch;
    scratch_.initialized.push_back(local);
  }
  NoteAssigned(local);
  return Pop(type);
}

bool FuncValidator::LocalTee() {
  if (!LocalSet()) return false;
  Push(LocalType(instr_.index));
  return true;
}

// An assignment that the innermost loop has not seen yet. What it has seen, all loops around it have too.
void FuncValidator::AddAssigned(uint32_t local) {
  summary_->assigned.push_back(local);
  assigned_at_[local] = scratch_.assign_base + summary_->assigned.size();
}

bool FuncValidator::GlobalGet() {
  const uint32_t index = instr_.index;
  if (index >= (is_const_expr_ ? visible_globals_ : module_.globals.size()))
    return FailUnknown(ErrorId::UnknownGlobal, index);
  const GlobalType& global = module_.globals[index].type;
  if (is_const_expr_ && global.is_mutable)
    return Fail(MakeError(ErrorId::ConstExprRequired, instr_.offset, "the global is mutable"));
  Push(CanonicalType(global.type, module_.canon));
  return true;
}

bool FuncValidator::GlobalSet() {
  const uint32_t index = instr_.index;
  if (index >= module_.globals.size()) return FailUnknown(ErrorId::UnknownGlobal, index);
  const GlobalType& global = module_.globals[index].type;
  if (!global.is_mutable)
    return Fail(MakeErrorAbout(ErrorId::ImmutableGlobal, instr_.offset, fmt::format("{}", index)));
  return Pop(CanonicalType(global.type, module_.canon));
}

// --- the pass

bool FuncValidator::StartBody(uint32_t func) {
  func_type_ = &registry_[module_.FuncCanon(func)];
  if (!reader_->ReadLocals(&scratch_.runs)) return Fail(reader_->error());
  instr_.offset = module_.funcs[func].body.offset;
  if (!SetLocals(func_type_->params)) return false;
  StartFastLane();
  summary_->local_count = local_count_;
  return PushFrame({.kind = OpFamily::Block, .type_kind = BlockKind::Type, .type = func_type_->id});
}

Result<void> FuncValidator::ValidateBody(uint32_t func, FuncSummary* summary, PlanPart* plans) {
  if (summary != nullptr) summary_ = summary;
  summary_->Clear();
  const ByteRange body = module_.funcs[func].body;
  reader_.emplace(module_.Bytes(body), body.offset, module_.features);
  if (!StartBody(func)) return std::unexpected(std::move(*error_));
  // A body that has few instructions for its locals would leave a plan much larger than itself.
  has_plan_ = plans != nullptr && local_count_ <= flat_locals_ && local_count_ <= body.size;
  if (has_plan_) StartPlan();
  GANTRY_RETURN_IF_ERROR(Run());
  scratch_.assign_base += summary_->assigned.size() + 1;
  if (has_plan_) FlushPlan();
  if (plans != nullptr) {
    const FuncPlan plan = has_plan_ ? scratch_.plan.Finish() : FuncPlan();
    plans->Add(has_plan_ ? &plan : nullptr);
  }
  return FinishRange();
}

Result<void> FuncValidator::ValidateConstExprs(ByteRange range, uint32_t count, ValType expected,
                                               uint32_t visible_globals, std::vector<bool>* declared) {
  is_const_expr_ = true;
  visible_globals_ = visible_globals;
  declared_ = declared;
  reader_.emplace(module_.Bytes(range), range.offset, module_.features);
  for (uint32_t i = 0; i < count; ++i) {
    summary_->Clear();
    scratch_.frames.clear();
    top_ = floor_ = base_;
    PushFrame({.kind = OpFamily::Block, .type_kind = BlockKind::Value, .value = expected});
    GANTRY_RETURN_IF_ERROR(Run());
  }
  return FinishRange();
}

[[gnu::always_inline]] inline bool FuncValidator::Step() {
  const HotRow& row = kHotRows.of[static_cast<size_t>(instr_.op)];
  summary_->uses |= row.uses;
  if (is_const_expr_ && !CheckConst(instr_.info())) [[unlikely]]
    return false;
  using enum OpFamily;
  switch (row.family) {
    case LocalGet:
      return this->LocalGet();
    case LocalSet:
      return this->LocalSet();
    case LocalTee:
      return this->LocalTee();
    case GlobalGet:
      return this->GlobalGet();
    case GlobalSet:
      return this->GlobalSet();

    case Nop:
      return true;
    case Const:
      Push(ValType::FromBits(row.result));
      return true;
    case Test:
    case Unary:
    case Convert:
    case Splat:
      if (top_ == floor_ || top_[-1].bits() != row.param0) [[unlikely]]
        return Generic();
      top_[-1] = ValType::FromBits(row.result);
      return true;
    case Compare:
    case Binary:
    case Shift:
      if (top_ - floor_ < 2 || top_[-1].bits() != row.param1 || top_[-2].bits() != row.param0) [[unlikely]]
        return Generic();
      --top_;
      top_[-1] = ValType::FromBits(row.result);
      return true;
    case Ternary:
    case Wide:
    case AtomicFence:
      return Generic();
    case ExtractLane:
    case ReplaceLane:
    case Shuffle:
      return CheckLane(instr_.info()) && Generic();

    case Load:
      return this->Load(instr_.info());
    case Store:
      return this->Store(instr_.info());
    case LoadLane:
    case StoreLane:
    case MemorySize:
    case MemoryGrow:
    case MemoryInit:
    case DataDrop:
    case MemoryCopy:
    case MemoryFill:
    case AtomicNotify:
    case AtomicWait:
    case AtomicLoad:
    case AtomicStore:
    case AtomicRmw:
    case AtomicCmpxchg:
      return Memory(row.family);
    case TableGet:
    case TableSet:
    case TableInit:
    case ElemDrop:
    case TableCopy:
    case TableGrow:
    case TableSize:
    case TableFill:
      return Table(row.family);

    case Unreachable:
      SetUnreachable();
      return true;
    case Block:
    case Loop:
    case If:
      return this->Block(row.family);
    case Else:
      return this->Else();
    case End:
      return this->End();
    case TryTable:
      return this->TryTable();
    case Throw:
      return this->Throw();
    case ThrowRef:
      if (!Pop(ValType::Ref(HeapKind::Exn, true))) return false;
      SetUnreachable();
      return true;
    case Br:
      return Branch();
    case BrIf:
      return BranchIf();
    case BrTable:
      return BranchTable();
    case BrOnNull:
      return BranchOnNull();
    case BrOnNonNull:
      return BranchOnNonNull();
    case BrOnCast:
      return BranchOnCast(/*on_fail=*/false);
    case BrOnCastFail:
      return BranchOnCast(/*on_fail=*/true);
    case Return:
      return this->Return();
    case Call:
    case CallIndirect:
    case CallRef: {
      const CanonType* type = nullptr;
      return CalleeOf(&type) && this->Call(*type);
    }
    case ReturnCall:
    case ReturnCallIndirect:
    case ReturnCallRef: {
      const CanonType* type = nullptr;
      if (!CalleeOf(&type)) return false;
      if (row.family == ReturnCall && module_.is_imported_func(instr_.index)) summary_->uses |= uses::kTailCallOut;
      return TailCall(*type);
    }

    case RefNull:
    case RefIsNull:
    case RefFunc:
    case RefEq:
    case RefAsNonNull:
    case RefTest:
    case RefCast:
    case RefI31:
    case I31Get:
    case AnyConvertExtern:
    case ExternConvertAny:
      return Reference(row.family);
    case StructNew:
    case StructNewDefault:
    case StructGet:
    case StructSet:
      return Structure(row.family);
    case ArrayNew:
    case ArrayNewDefault:
    case ArrayNewFixed:
    case ArrayNewData:
    case ArrayNewElem:
    case ArrayGet:
    case ArraySet:
    case ArrayLen:
    case ArrayFill:
    case ArrayCopy:
    case ArrayInitData:
    case ArrayInitElem:
      return Array(row.family);

    case Drop: {
      ValType type;
      return PopAny(&type);
    }
    case Select:
      return this->Select();
    case SelectT:
      return SelectTyped();
  }
  return true;
}

void FuncValidator::StartPlan() {
  plan_base_ = static_cast<uint32_t>(reader_->offset()) - kFirstPlanOffset;
  next_event_ = scratch_.events;
  scratch_.plan.Start(local_count_, param_count_, [this](uint32_t i) { return IsFloatOrVector(flat_[i]); });
}

void FuncValidator::FlushPlan() {
  scratch_.plan.Take(std::span(scratch_.events, next_event_));
  next_event_ = scratch_.events;
}

// The instruction that Step has just accepted.
void FuncValidator::NoteForPlan() {
  constexpr uint8_t kUnreachable = 0x00;
  PlanStep step = kHotRows.of[static_cast<size_t>(instr_.op)].plan_step;
  if (step == PlanStep::None) return;
  if (step == PlanStep::Call && !reader_->at_end() && *reader_->pos() == kUnreachable) step = PlanStep::LastCall;
  const bool names_local = step == PlanStep::Get || step == PlanStep::Set;
  *next_event_++ = {instr_.offset - plan_base_, names_local ? static_cast<uint16_t>(instr_.index) : uint16_t{0}, step};
  if (next_event_ == std::end(scratch_.events)) FlushPlan();
}

// Runs to the `end` of the outermost block.
Result<void> FuncValidator::Run() { return has_plan_ ? RunWith<true>() : RunWith<false>(); }

template <bool kPlans>
Result<void> FuncValidator::RunWith() {
  FuncSummary& summary = *summary_;
  binary::InstrReader& reader = *reader_;
  max_top_ = base_;
  const bool use_fast_lane = scratch_.use_fast_lane && !is_const_expr_;
  while (true) {
    if (use_fast_lane) FastLane<kPlans>();
    if (!reader.NextInline(&instr_)) break;
    instr_top_ = top_;
    ++summary.instr_count;
    if (!Step()) return std::unexpected(std::move(*error_));
    if (kPlans) NoteForPlan();
    if (top_ > max_top_) max_top_ = top_;
    if (instr_.op == Op::End && scratch_.frames.empty()) {
      summary.max_stack = static_cast<uint32_t>(max_top_ - base_);
      return {};
    }
  }
  if (!reader_->ok()) {
    ++summary.instr_count;
    return std::unexpected(reader_->error());
  }
  // The body's last `end` is missing. If the next byte in the module is one, the declared size is what is wrong.
  const uint64_t at = reader_->offset();
  const auto bytes = module_.bytes->view();
  if (at < bytes.size() && bytes[at] == InfoOf(Op::End).code) {
    return std::unexpected(
        MakeError(ErrorId::SectionSizeMismatch, at, "the function's `end` stands behind its declared size"));
  }
  return std::unexpected(MakeError(ErrorId::UnexpectedEndOfSection, at, ErrorText(ErrorId::EndExpected)));
}

Result<void> FuncValidator::FinishRange() {
  if (reader_->at_end()) return {};
  return std::unexpected(MakeError(ErrorId::SectionSizeMismatch, reader_->offset(), "bytes follow the last `end`"));
}

// Constant expressions allow some instructions only (spec 3.4.17).
bool FuncValidator::CheckConst(const OpInfo& info) {
  if (info.has(op_flags::kConst)) return true;
  if (info.has(op_flags::kExtConst) && module_.features.has(Feature::ExtendedConst)) return true;
  return Fail(MakeError(ErrorId::ConstExprRequired, instr_.offset, fmt::format("`{}` is not constant", info.text)));
}

// Instructions whose types are all in the table. Those with one or two operands, the bulk of all code, are checked in
// Step.
bool FuncValidator::Generic() {
  const OpSig& sig = instr_.info().sig;
  return PopAll(TypeList(sig.params, sig.param_count)) && PushAll(TypeList(sig.results, sig.result_count));
}

bool FuncValidator::Select() {
  ValType a, b;
  if (!Pop(kI32) || !PopAny(&b) || !PopAny(&a)) return false;
  if (a.is_ref() || b.is_ref()) return FailMismatch("`select` without a type takes numbers and vectors only");
  if (a != b && a != kBot && b != kBot) {
    return FailMismatch(
        fmt::format("instruction requires two operands of one type but stack has [{} {}]", TypeName(a), TypeName(b)));
  }
  Push(a == kBot ? b : a);
  return true;
}

bool FuncValidator::SelectTyped() {
  if (instr_.types.size() != 1) {
    return Fail(
        MakeError(ErrorId::ResultArity, instr_.offset, fmt::format("`select` with {} types", instr_.types.size())));
  }
  ValType type;
  if (!Canonical(instr_.types[0], &type) || !PopAll({type, type, kI32})) return false;
  Push(type);
  return true;
}

}  // namespace gantry::wasm::valid
