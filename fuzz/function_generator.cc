#include "function_generator.h"

#include <algorithm>

#include "wasm/binary/writer.h"

namespace gantry::fuzz {

using wasm::BlockKind;
using wasm::BlockType;
using wasm::CatchClause;
using wasm::CatchKind;
using wasm::CompKind;
using wasm::Feature;
using wasm::HeapKind;
using wasm::HeapType;
using wasm::ImmKind;
using wasm::Instr;
using wasm::kI32;
using wasm::kNone;
using wasm::Op;
using wasm::OpFamily;
using wasm::OpInfo;

namespace {

constexpr uint32_t kMostTypes = 100;
constexpr size_t kDeepestStack = 24, kDeepestBlocks = 12;
constexpr ValType kExnRef = ValType::Ref(HeapKind::Exn, true);

// Whether an op with a fixed signature can be emitted with any operands: what it names exists, and it does not wait.
bool IsUsable(const OpInfo& info, const GeneratedModule& m) {
  if (info.sig.is_custom || info.family == OpFamily::Const || info.family == OpFamily::AtomicWait) return false;
  if (!m.has(info.feature)) return false;
  switch (info.imm) {
    case ImmKind::MemArg:
    case ImmKind::MemArgLane:
    case ImmKind::Memory:
      return !m.memories.empty();
    case ImmKind::Data:
      return m.data_count != 0;
    default:
      return true;
  }
}

}  // namespace

FunctionGenerator::FunctionGenerator(GeneratedModule* module, uint32_t func) : m_(*module) {
  const SubType& type = m_.types[m_.funcs[func]];
  locals_ = type.params;
  param_count_ = static_cast<uint32_t>(locals_.size());
  results_ = type.results;
  for (int i = 0; i < wasm::kOpCount; ++i) {
    if (IsUsable(wasm::InfoOf(static_cast<Op>(i)), m_)) plain_ops_.push_back(static_cast<Op>(i));
  }
}

std::vector<uint8_t> GenerateBody(GeneratedModule* module, uint32_t func) {
  return FunctionGenerator(module, func).Generate();
}

std::vector<uint8_t> FunctionGenerator::Generate() {
  const uint32_t extra = Below(6);
  std::vector<ValType> settled;
  if (m_.options.settle_nans) settled = {wasm::kF32, wasm::kF64};
  if (m_.options.settle_nans && has(Feature::Simd)) settled.push_back(wasm::kV128);
  e_.U32(extra + static_cast<uint32_t>(settled.size()));
  for (uint32_t i = 0; i < extra; ++i) {
    ValType type = m_.PickType();
    if (type.is_ref()) type = type.with_nullable(true);  // others would need a first assignment
    locals_.push_back(type);
    e_.U32(1);
    e_.Value(type);
  }
  for (ValType type : settled) {
    e_.U32(1);
    e_.Value(type);
  }
  left_ = 1 + Below(m_.options.max_instructions);
  PushFrame(Op::Block, {}, results_);
  EmitFuelCheck();
  while (!frames_.empty()) {
    if (left_ == 0 || m_.choices.at_end()) {
      Close();
    } else {
      --left_;
      Step();
    }
  }
  return code_.Take();
}

const FunctionGenerator::WeightedAction FunctionGenerator::kActions[] = {
    {60, &FunctionGenerator::AddTableOp},      {12, &FunctionGenerator::CloseBlock},
    {20, &FunctionGenerator::AddLocal},        {8, &FunctionGenerator::AddValue},
    {6, &FunctionGenerator::AddDrop},          {6, &FunctionGenerator::AddBlock},
    {6, &FunctionGenerator::AddLoop},          {8, &FunctionGenerator::AddIf},
    {6, &FunctionGenerator::AddTry},           {3, &FunctionGenerator::AddBr},
    {6, &FunctionGenerator::AddBrIf},          {3, &FunctionGenerator::AddBrTable},
    {1, &FunctionGenerator::AddReturn},        {8, &FunctionGenerator::AddCall},
    {4, &FunctionGenerator::AddCallIndirect},  {4, &FunctionGenerator::AddCallRef},
    {2, &FunctionGenerator::AddReturnCall},    {3, &FunctionGenerator::AddThrow},
    {1, &FunctionGenerator::AddThrowRef},      {4, &FunctionGenerator::AddSelect},
    {8, &FunctionGenerator::AddGlobal},        {3, &FunctionGenerator::AddMemoryCopy},
    {3, &FunctionGenerator::AddMemoryInit},    {5, &FunctionGenerator::AddTableAccess},
    {4, &FunctionGenerator::AddTableSegment},  {4, &FunctionGenerator::AddRefTest},
    {4, &FunctionGenerator::AddRefNullTest},   {3, &FunctionGenerator::AddI31},
    {2, &FunctionGenerator::AddConvert},       {12, &FunctionGenerator::AddStruct},
    {10, &FunctionGenerator::AddArray},        {6, &FunctionGenerator::AddArrayBulk},
    {3, &FunctionGenerator::AddBrOnNull},      {2, &FunctionGenerator::AddBrOnNonNull},
    {3, &FunctionGenerator::AddBrOnCast},      {3, &FunctionGenerator::AddBrOnCastFail},
    {2, &FunctionGenerator::AddAtomicWait},    {1, &FunctionGenerator::AddReturnCallIndirect},
    {1, &FunctionGenerator::AddReturnCallRef},
};

void FunctionGenerator::Step() {
  if (available() > kDeepestStack) return Drop();
  uint32_t total = 0;
  for (const WeightedAction& row : kActions) total += row.weight;
  uint32_t pick = Below(total);
  for (const WeightedAction& row : kActions) {
    if (pick < row.weight) {
      if (!(this->*row.action)()) AddTableOp();
      return;
    }
    pick -= row.weight;
  }
}

// ---- emission ----

void FunctionGenerator::EmitInstr(const Instr& instr) { wasm::binary::EncodeInstr(instr, &e_); }

void FunctionGenerator::Emit(Op op, uint32_t index, uint32_t index2) {
  Instr instr{};
  instr.op = op;
  instr.index = index;
  instr.index2 = index2;
  EmitInstr(instr);
}

void FunctionGenerator::EmitConst(Op op, uint64_t value) {
  Instr instr{};
  instr.op = op;
  instr.value = value;
  EmitInstr(instr);
}

// Behind a sum or product, in locals of its own: the value if it equals itself, else the canonical NaN.
void FunctionGenerator::SettleNan(Op op) {
  struct Row {
    Op constant, splat, equal;
    uint32_t local;
  };
  constexpr Row kF32Row{Op::F32Const, Op::Nop, Op::F32Eq, 0}, kF64Row{Op::F64Const, Op::Nop, Op::F64Eq, 1},
      kF32x4Row{Op::F32Const, Op::F32x4Splat, Op::F32x4Eq, 2}, kF64x2Row{Op::F64Const, Op::F64x2Splat, Op::F64x2Eq, 2};
  const Row* row = nullptr;
  switch (op) {
    case Op::F32Add:
    case Op::F32Mul:
      row = &kF32Row;
      break;
    case Op::F64Add:
    case Op::F64Mul:
      row = &kF64Row;
      break;
    case Op::F32x4Add:
    case Op::F32x4Mul:
      row = &kF32x4Row;
      break;
    case Op::F64x2Add:
    case Op::F64x2Mul:
      row = &kF64x2Row;
      break;
    default:
      return;
  }
  const uint32_t local = static_cast<uint32_t>(locals_.size()) + row->local;
  Emit(Op::LocalTee, local);
  EmitConst(row->constant, row->constant == Op::F32Const ? 0x7fc00000 : 0x7ff8000000000000);
  if (row->splat != Op::Nop) Emit(row->splat);
  Emit(Op::LocalGet, local);
  Emit(Op::LocalGet, local);
  Emit(row->equal);
  Emit(row->splat != Op::Nop ? Op::V128Bitselect : Op::Select);
}

void FunctionGenerator::EmitHeap(Op op, HeapType heap) {
  Instr instr{};
  instr.op = op;
  instr.heap = heap;
  EmitInstr(instr);
}

void FunctionGenerator::EmitFuelCheck() {
  Emit(Op::GlobalGet, 0);
  Emit(Op::I32Eqz);
  Emit(Op::If);
  Emit(Op::Unreachable);
  Emit(Op::End);
  Emit(Op::GlobalGet, 0);
  EmitConst(Op::I32Const, 1);
  Emit(Op::I32Sub);
  Emit(Op::GlobalSet, 0);
}

// ---- operands ----

void FunctionGenerator::PushConst(ValType type) {
  const uint64_t value = m_.choices.Interesting64();
  switch (type.kind()) {
    case wasm::TypeKind::I32:
      EmitConst(Op::I32Const, static_cast<uint64_t>(int64_t{static_cast<int32_t>(value)}));
      break;
    case wasm::TypeKind::I64:
      EmitConst(Op::I64Const, value);
      break;
    case wasm::TypeKind::F32:
      EmitConst(Op::F32Const, static_cast<uint32_t>(value));
      break;
    case wasm::TypeKind::F64:
      EmitConst(Op::F64Const, value);
      break;
    default: {
      Instr instr{};
      instr.op = Op::V128Const;
      for (uint8_t& byte : instr.bytes) byte = m_.choices.Byte();
      EmitInstr(instr);
    }
  }
}

// Every structure has default values, so one can always be made.
void FunctionGenerator::PushReference(ValType type) {
  const HeapType heap = type.heap();
  if (type.is_nullable() && m_.choices.Chance(30)) return EmitHeap(Op::RefNull, heap);
  // For types without values: the trap comes where the value is made.
  const auto null = [&] {
    EmitHeap(Op::RefNull, heap);
    if (!type.is_nullable()) Emit(Op::RefAsNonNull);
  };
  if (heap.is_concrete()) {
    if (m_.types[heap.index()].kind != CompKind::Func) return PushAggregate(heap.index());
    for (uint32_t func = 0; func < m_.funcs.size(); ++func) {
      if (m_.funcs[func] != heap.index()) continue;
      m_.declared.insert(func);
      return Emit(Op::RefFunc, func);
    }
    return null();
  }
  switch (heap.kind()) {
    case HeapKind::Func: {
      const uint32_t func = Below(m_.funcs.size());
      m_.declared.insert(func);
      return Emit(Op::RefFunc, func);
    }
    case HeapKind::Any:
    case HeapKind::Eq:
    case HeapKind::I31:
      EmitConst(Op::I32Const, Below(256));
      return Emit(Op::RefI31);
    case HeapKind::Struct:
    case HeapKind::Array: {
      const uint32_t aggregate = PickAggregate(heap.is(HeapKind::Struct) ? CompKind::Struct : CompKind::Array);
      if (aggregate != kNone) return PushAggregate(aggregate);
      return null();
    }
    default:
      return null();
  }
}

void FunctionGenerator::PushAggregate(uint32_t type) {
  if (m_.types[type].kind == CompKind::Struct) return Emit(Op::StructNewDefault, type);
  EmitConst(Op::I32Const, Below(16));
  Emit(Op::ArrayNewDefault, type);
}

void FunctionGenerator::PushValue(ValType type) {
  Push(type);
  const uint8_t source = m_.choices.Byte();
  if (source >= 96) {
    const uint32_t start = Below(locals_.size() + 1);
    for (uint32_t i = 0; i < locals_.size(); ++i) {
      const uint32_t local = (start + i) % locals_.size();
      if (locals_[local] == type) return Emit(Op::LocalGet, local);
    }
  }
  if (source >= 64) {
    for (uint32_t i = 1; i < m_.globals.size(); ++i) {
      if (m_.globals[i].type == type) return Emit(Op::GlobalGet, i);
    }
  }
  type.is_ref() ? PushReference(type) : PushConst(type);
}

// An index or size below `bound`, mostly.
void FunctionGenerator::PushSmall(ValType type, uint32_t bound) {
  Push(type);
  EmitConst(type == kI32 ? Op::I32Const : Op::I64Const, Below(bound + bound / 8 + 1));
}

// Addresses within the first page, mostly.
void FunctionGenerator::PushAddress(ValType type) {
  if (m_.choices.Chance(50)) return PushSmall(type, 0xffff);
  PushValue(type);
  if (m_.choices.Chance(10)) return;
  EmitConst(type == kI32 ? Op::I32Const : Op::I64Const, 0xfff8);
  Emit(type == kI32 ? Op::I32And : Op::I64And);
}

// Makes the top of the stack `params` and takes them off: those that are there already are used.
void FunctionGenerator::Args(std::span<const ValType> params) {
  size_t have = std::min(params.size(), available());
  while (have > 0 && !std::equal(stack_.end() - static_cast<ptrdiff_t>(have), stack_.end(), params.begin())) --have;
  for (size_t i = have; i < params.size(); ++i) PushValue(params[i]);
  stack_.resize(stack_.size() - params.size());
}

void FunctionGenerator::Drop() {
  const ValType type = stack_.back();
  stack_.pop_back();
  for (uint32_t i = 0; i < locals_.size(); ++i) {
    if (locals_[i] == type && m_.choices.Chance(60)) return Emit(Op::LocalSet, i);
  }
  Emit(Op::Drop);
}

// Leaves exactly `types` above the block's base.
void FunctionGenerator::Finish(const Types& types) {
  const size_t base = frames_.back().base;
  size_t keep = 0;
  while (keep < std::min(types.size(), available()) && stack_[base + keep] == types[keep]) ++keep;
  while (available() > keep) Drop();
  for (size_t i = keep; i < types.size(); ++i) PushValue(types[i]);
}

// ---- structure ----

BlockType FunctionGenerator::BlockTypeFor(const Types& params, const Types& results) {
  if (params.empty() && results.empty()) return {};
  if (params.empty() && results.size() == 1) return {BlockKind::Value, results[0], 0};
  return {BlockKind::Type, {}, m_.TypeFor(params, results)};
}

void FunctionGenerator::PushFrame(Op op, Types params, Types results) {
  const size_t base = stack_.size() - params.size();
  frames_.push_back({op, std::move(params), std::move(results), base});
}

// A block that takes some operands from the stack and gives some results.
void FunctionGenerator::Open(Op op) {
  Types params, results;
  if (has(Feature::MultiValue) && m_.types.size() < kMostTypes) {
    params.assign(stack_.end() - std::min<ptrdiff_t>(Below(3), static_cast<ptrdiff_t>(available())), stack_.end());
    for (uint32_t n = Below(3); n > 0; --n) results.push_back(m_.PickType());
  } else if (m_.choices.Chance(50)) {
    results.push_back(m_.PickType());
  }
  Instr instr{};
  instr.op = op;
  instr.block = BlockTypeFor(params, results);
  EmitInstr(instr);
  PushFrame(op, std::move(params), std::move(results));
}

void FunctionGenerator::Close() {
  Finish(frames_.back().results);
  Frame frame = std::move(frames_.back());
  if (frame.op == Op::If && (frame.params != frame.results || m_.choices.Chance(50))) {
    Emit(Op::Else);
    stack_.resize(frame.base);
    Push(frame.params);
    frame.op = Op::Else;
    frames_.back() = std::move(frame);
    return;
  }
  Emit(Op::End);
  frames_.pop_back();
}

bool FunctionGenerator::CloseBlock() {
  if (frames_.size() <= 1) return false;
  Close();
  return true;
}

bool FunctionGenerator::AddBlock() {
  if (frames_.size() >= kDeepestBlocks) return false;
  Open(Op::Block);
  return true;
}

bool FunctionGenerator::AddLoop() {
  if (frames_.size() >= kDeepestBlocks) return false;
  Open(Op::Loop);
  EmitFuelCheck();
  return true;
}

bool FunctionGenerator::AddIf() {
  if (frames_.size() >= kDeepestBlocks) return false;
  const ValType condition[] = {kI32};
  Args(condition);
  Open(Op::If);
  return true;
}

uint32_t FunctionGenerator::LabelWith(const Types& types) const {
  for (uint32_t depth = 0; depth < frames_.size(); ++depth) {
    if (LabelTypes(depth) == types) return depth;
  }
  return kNone;
}

uint32_t FunctionGenerator::LabelEndingInRef() const {
  for (uint32_t depth = 0; depth < frames_.size(); ++depth) {
    if (!LabelTypes(depth).empty() && LabelTypes(depth).back().is_ref()) return depth;
  }
  return kNone;
}

// A block that a catch clause leads to, then try_table in it; further clauses go wherever types fit.
bool FunctionGenerator::AddTry() {
  if (!has(Feature::Exceptions) || frames_.size() + 1 >= kDeepestBlocks || m_.types.size() >= kMostTypes) return false;
  std::vector<CatchClause> clauses;
  const bool with_ref = m_.choices.Chance(40);
  const uint32_t tag = m_.tags.empty() ? kNone : Below(m_.tags.size());
  Types caught = tag == kNone ? Types() : m_.types[m_.tags[tag]].params;
  if (with_ref) caught.push_back(kExnRef);
  if (caught.size() > 1 && !has(Feature::MultiValue)) return false;
  Instr instr{};
  instr.op = Op::Block;
  instr.block = BlockTypeFor({}, caught);
  EmitInstr(instr);
  PushFrame(Op::Block, {}, caught);
  if (tag != kNone) {
    clauses.push_back({with_ref ? CatchKind::CatchRef : CatchKind::Catch, tag, 0});
  } else {
    clauses.push_back({with_ref ? CatchKind::CatchAllRef : CatchKind::CatchAll, 0, 0});
  }
  for (uint32_t other = 0; other < m_.tags.size(); ++other) {
    const uint32_t depth = LabelWith(m_.types[m_.tags[other]].params);
    if (depth != kNone && m_.choices.Chance(40)) clauses.push_back({CatchKind::Catch, other, depth});
  }
  if (const uint32_t depth = LabelWith({}); depth != kNone && m_.choices.Chance(50)) {
    clauses.push_back({CatchKind::CatchAll, 0, depth});
  }
  if (const uint32_t depth = LabelWith({kExnRef}); depth != kNone && m_.choices.Chance(50)) {
    clauses.push_back({CatchKind::CatchAllRef, 0, depth});
  }
  instr.op = Op::TryTable;
  instr.block = {};
  instr.catches = clauses;
  EmitInstr(instr);
  PushFrame(Op::TryTable, {}, {});
  return true;
}

}  // namespace gantry::fuzz
