// The actions of FunctionGenerator that leave straight-line code: branches, calls, exceptions.
#include "function_generator.h"
#include "wasm/binary/writer.h"

namespace gantry::fuzz {

using wasm::CompKind;
using wasm::Feature;
using wasm::HeapKind;
using wasm::HeapType;
using wasm::Instr;
using wasm::kI32;
using wasm::kNone;
using wasm::Op;

namespace {

constexpr ValType kExnRef = ValType::Ref(HeapKind::Exn, true), kAnyRef = ValType::Ref(HeapKind::Any, true);

}  // namespace

bool FunctionGenerator::AddBr() {
  const uint32_t depth = PickLabel();
  const Types types = LabelTypes(depth);
  Args(types);
  Emit(Op::Br, depth);
  Unreachable();
  return true;
}

bool FunctionGenerator::AddBrIf() {
  const uint32_t depth = PickLabel();
  Types types = LabelTypes(depth);
  types.push_back(kI32);
  Args(types);
  Emit(Op::BrIf, depth);
  types.pop_back();
  Push(types);
  return true;
}

bool FunctionGenerator::AddBrTable() {
  const uint32_t depth = PickLabel();
  Types types = LabelTypes(depth);
  std::vector<uint32_t> labels;
  for (uint32_t other = 0; other < frames_.size(); ++other) {
    if (LabelTypes(other) == types && m_.choices.Chance(70)) labels.push_back(other);
  }
  labels.push_back(depth);
  types.push_back(kI32);
  Args(types);
  Instr instr{};
  instr.op = Op::BrTable;
  instr.labels = labels;
  EmitInstr(instr);
  Unreachable();
  return true;
}

bool FunctionGenerator::AddReturn() {
  Args(results_);
  Emit(Op::Return);
  Unreachable();
  return true;
}

bool FunctionGenerator::AddCall() {
  const uint32_t func = Below(m_.funcs.size());
  const SubType type = m_.types[m_.funcs[func]];
  Args(type.params);
  Emit(Op::Call, func);
  Push(type.results);
  return true;
}

// Through the first table of functions.
bool FunctionGenerator::IndirectCall(Op op, uint32_t type_index) {
  for (uint32_t table = 0; table < m_.tables.size(); ++table) {
    if (m_.tables[table].element != ValType::FuncRef()) continue;
    const Types params = m_.types[type_index].params;
    Args(params);
    PushSmall(m_.tables[table].address_type(), 8);
    stack_.pop_back();
    Emit(op, type_index, table);
    return true;
  }
  return false;
}

bool FunctionGenerator::AddCallIndirect() {
  const uint32_t type_index = m_.funcs[Below(m_.funcs.size())];
  if (!IndirectCall(Op::CallIndirect, type_index)) return false;
  Push(m_.types[type_index].results);
  return true;
}

bool FunctionGenerator::AddCallRef() {
  if (!has(Feature::FunctionReferences)) return false;
  const uint32_t type_index = m_.funcs[Below(m_.funcs.size())];
  const SubType type = m_.types[type_index];
  Args(type.params);
  PushValue(ValType::Ref(HeapType::Concrete(type_index), true));
  stack_.pop_back();
  Emit(Op::CallRef, type_index);
  Push(type.results);
  return true;
}

bool FunctionGenerator::AddReturnCall() {
  if (!has(Feature::TailCall)) return false;
  const uint32_t func = Below(m_.funcs.size());
  const SubType type = m_.types[m_.funcs[func]];
  if (type.results != results_) return false;
  Args(type.params);
  Emit(Op::ReturnCall, func);
  Unreachable();
  return true;
}

bool FunctionGenerator::AddReturnCallIndirect() {
  if (!has(Feature::TailCall)) return false;
  const uint32_t type_index = m_.funcs[Below(m_.funcs.size())];
  if (m_.types[type_index].results != results_ || !IndirectCall(Op::ReturnCallIndirect, type_index)) return false;
  Unreachable();
  return true;
}

bool FunctionGenerator::AddReturnCallRef() {
  if (!has(Feature::TailCall) || !has(Feature::FunctionReferences)) return false;
  const uint32_t type_index = m_.funcs[Below(m_.funcs.size())];
  const SubType type = m_.types[type_index];
  if (type.results != results_) return false;
  Args(type.params);
  PushValue(ValType::Ref(HeapType::Concrete(type_index), true));
  stack_.pop_back();
  Emit(Op::ReturnCallRef, type_index);
  Unreachable();
  return true;
}

bool FunctionGenerator::AddThrow() {
  if (m_.tags.empty()) return false;
  const uint32_t tag = Below(m_.tags.size());
  const Types params = m_.types[m_.tags[tag]].params;
  Args(params);
  Emit(Op::Throw, tag);
  Unreachable();
  return true;
}

bool FunctionGenerator::AddThrowRef() {
  if (!has(Feature::Exceptions)) return false;
  const ValType params[] = {kExnRef};
  Args(params);
  Emit(Op::ThrowRef);
  Unreachable();
  return true;
}

bool FunctionGenerator::AddBrOnNull() {
  if (!has(Feature::FunctionReferences)) return false;
  const uint32_t depth = PickLabel();
  const Types types = LabelTypes(depth);
  const ValType ref = has(Feature::Gc) ? PickAnyRef() : ValType::FuncRef();
  Types params = types;
  params.push_back(ref);
  Args(params);
  Emit(Op::BrOnNull, depth);
  Push(types);
  Push(ref.with_nullable(false));
  return true;
}

bool FunctionGenerator::AddBrOnNonNull() {
  const uint32_t depth = LabelEndingInRef();
  if (!has(Feature::FunctionReferences) || depth == kNone) return false;
  Types types = LabelTypes(depth);
  types.back() = types.back().with_nullable(true);
  Args(types);
  Emit(Op::BrOnNonNull, depth);
  types.pop_back();
  Push(types);
  return true;
}

namespace {

bool IsAnyHierarchy(ValType type, const GeneratedModule& m) {
  if (!type.is_ref()) return false;
  const HeapType heap = type.heap();
  if (heap.is_concrete()) return m.types[heap.index()].kind != CompKind::Func;
  return heap.is(HeapKind::Any) || heap.is(HeapKind::Eq) || heap.is(HeapKind::I31) || heap.is(HeapKind::Struct) ||
         heap.is(HeapKind::Array) || heap.is(HeapKind::None);
}

}  // namespace

bool FunctionGenerator::AddBrOnCast() {
  const uint32_t depth = LabelEndingInRef();
  if (!has(Feature::Gc) || depth == kNone || !IsAnyHierarchy(LabelTypes(depth).back(), m_)) return false;
  Types types = LabelTypes(depth);
  const ValType target = types.back();
  types.back() = kAnyRef;
  Args(types);
  Instr instr{};
  instr.op = Op::BrOnCast;
  instr.index = depth;
  instr.heap = HeapKind::Any;
  instr.heap2 = target.heap();
  instr.cast_flags = target.is_nullable() ? 3 : 1;
  EmitInstr(instr);
  types.back() = kAnyRef.with_nullable(!target.is_nullable());
  Push(types);
  return true;
}

bool FunctionGenerator::AddBrOnCastFail() {
  if (!has(Feature::Gc)) return false;
  for (uint32_t depth = 0; depth < frames_.size(); ++depth) {
    Types types = LabelTypes(depth);
    if (types.empty() || types.back() != kAnyRef) continue;
    Args(types);
    const ValType target = PickAnyRef();
    Instr instr{};
    instr.op = Op::BrOnCastFail;
    instr.index = depth;
    instr.heap = HeapKind::Any;
    instr.heap2 = target.heap();
    instr.cast_flags = target.is_nullable() ? 3 : 1;
    EmitInstr(instr);
    types.back() = target;
    Push(types);
    return true;
  }
  return false;
}

}  // namespace gantry::fuzz
