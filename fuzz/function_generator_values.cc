// The actions of FunctionGenerator that compute: fixed signatures from the opcode table, variables, memories, tables,
// structures.
#include <algorithm>
#include <iterator>

#include "function_generator.h"
#include "wasm/binary/writer.h"

namespace gantry::fuzz {

using wasm::CompKind;
using wasm::Feature;
using wasm::FieldType;
using wasm::HeapKind;
using wasm::HeapType;
using wasm::ImmKind;
using wasm::Instr;
using wasm::kI32;
using wasm::kNone;
using wasm::Op;
using wasm::OpInfo;
using wasm::TypeKind;

namespace {

constexpr uint32_t kLongestArray = 40;

ValType FieldRef(uint32_t type) { return ValType::Ref(HeapType::Concrete(type), true); }

}  // namespace

// Any row of the opcode table with a fixed signature.
bool FunctionGenerator::AddTableOp() {
  Instr instr{};
  instr.op = plain_ops_[Below(plain_ops_.size())];
  const OpInfo& info = instr.info();
  ValType address = kI32;
  bool starts_with_address = false;
  switch (info.imm) {
    case ImmKind::MemArg:
    case ImmKind::MemArgLane:
      instr.index = Below(m_.memories.size());
      address = m_.memories[instr.index].address_type();
      instr.align_log2 = info.has(wasm::op_flags::kAtomic) ? info.align_log2() : Below(info.align_log2() + 1);
      instr.value = m_.choices.Chance(90) ? Below(64) * 8 : m_.choices.Interesting64();
      if (address == kI32) instr.value &= 0xffffffff;
      instr.lane = static_cast<uint8_t>(Below(size_t{16} >> info.align_log2()));
      starts_with_address = true;
      break;
    case ImmKind::Memory:
      instr.index = Below(m_.memories.size());
      address = m_.memories[instr.index].address_type();
      break;
    case ImmKind::Data:
      instr.index = Below(m_.data_count);
      break;
    case ImmKind::Lane:
      instr.lane = static_cast<uint8_t>(Below(info.lanes()));
      break;
    case ImmKind::Shuffle:
      for (uint8_t& lane : instr.bytes) lane = static_cast<uint8_t>(Below(32));
      break;
    default:
      break;
  }
  const wasm::OpSig& sig = info.sig;
  Types params(sig.params, sig.params + sig.param_count);
  for (ValType& type : params) {
    if (type == wasm::kBot) type = address;
  }
  if (starts_with_address && m_.choices.Chance(85)) {
    PushAddress(address);
    for (size_t i = 1; i < params.size(); ++i) PushValue(params[i]);
    stack_.resize(stack_.size() - params.size());
  } else {
    Args(params);
  }
  EmitInstr(instr);
  if (m_.options.settle_nans) SettleNan(instr.op);
  for (int i = 0; i < sig.result_count; ++i) Push(sig.results[i] == wasm::kBot ? address : sig.results[i]);
  return true;
}

bool FunctionGenerator::AddValue() {
  PushValue(m_.PickType());
  return true;
}

bool FunctionGenerator::AddDrop() {
  if (available() == 0) return false;
  Drop();
  return true;
}

bool FunctionGenerator::AddSelect() {
  ValType type = available() != 0 ? stack_.back() : m_.PickType();
  if (type.is_ref()) type = type.with_nullable(true);
  if (type.is_ref() && !has(Feature::ReferenceTypes)) return false;
  const ValType params[] = {type, type, kI32};
  Args(params);
  Instr instr{};
  instr.op = type.is_ref() ? Op::SelectT : Op::Select;
  instr.types = {&type, 1};
  EmitInstr(instr);
  Push(type);
  return true;
}

bool FunctionGenerator::AddLocal() {
  if (locals_.empty()) return false;
  const uint32_t local = Below(locals_.size());
  const ValType params[] = {locals_[local]};
  switch (Below(3)) {
    case 0:
      Emit(Op::LocalGet, local);
      Push(locals_[local]);
      return true;
    case 1:
      Args(params);
      Emit(Op::LocalSet, local);
      return true;
    default:
      Args(params);
      Emit(Op::LocalTee, local);
      Push(locals_[local]);
      return true;
  }
}

// Never the fuel.
bool FunctionGenerator::AddGlobal() {
  if (m_.globals.size() < 2) return false;
  const uint32_t global = 1 + Below(m_.globals.size() - 1);
  const ValType params[] = {m_.globals[global].type};
  if (m_.globals[global].is_mutable && m_.choices.Chance(50)) {
    Args(params);
    Emit(Op::GlobalSet, global);
  } else {
    Emit(Op::GlobalGet, global);
    Push(params[0]);
  }
  return true;
}

bool FunctionGenerator::AddMemoryCopy() {
  if (m_.memories.empty() || !has(Feature::BulkMemory)) return false;
  const uint32_t to = Below(m_.memories.size()), from = Below(m_.memories.size());
  const ValType to_type = m_.memories[to].address_type(), from_type = m_.memories[from].address_type();
  PushAddress(to_type);
  PushAddress(from_type);
  PushSmall(to_type == from_type ? to_type : kI32, 256);
  stack_.resize(stack_.size() - 3);
  Emit(Op::MemoryCopy, to, from);
  return true;
}

bool FunctionGenerator::AddMemoryInit() {
  if (m_.data_count == 0 || !has(Feature::BulkMemory)) return false;
  const uint32_t memory = Below(m_.memories.size());
  PushAddress(m_.memories[memory].address_type());
  PushSmall(kI32, 16);
  PushSmall(kI32, 32);
  stack_.resize(stack_.size() - 3);
  Emit(Op::MemoryInit, Below(m_.data_count), memory);
  return true;
}

// Nobody wakes it, so it waits for a moment, if at all.
bool FunctionGenerator::AddAtomicWait() {
  if (m_.memories.empty() || !has(Feature::Threads)) return false;
  const bool is_long = m_.choices.Chance(50);
  Instr instr{};
  instr.op = is_long ? Op::MemoryAtomicWait64 : Op::MemoryAtomicWait32;
  instr.index = Below(m_.memories.size());
  instr.align_log2 = instr.info().align_log2();
  instr.value = Below(64) * 8;
  PushAddress(m_.memories[instr.index].address_type());
  PushSmall(is_long ? wasm::kI64 : kI32, 2);
  PushSmall(wasm::kI64, 1000);  // nanoseconds
  stack_.resize(stack_.size() - 3);
  EmitInstr(instr);
  Push(kI32);
  return true;
}

bool FunctionGenerator::AddTableAccess() {
  if (m_.tables.empty() || !has(Feature::ReferenceTypes)) return false;
  const uint32_t table = Below(m_.tables.size());
  const ValType index = m_.tables[table].address_type(), element = m_.tables[table].element;
  const uint32_t size = static_cast<uint32_t>(m_.tables[table].limits.min);
  switch (Below(5)) {
    case 0:
      Emit(Op::TableSize, table);
      Push(index);
      return true;
    case 1:
      PushSmall(index, size);
      stack_.pop_back();
      Emit(Op::TableGet, table);
      Push(element);
      return true;
    case 2:
      PushSmall(index, size);
      PushValue(element);
      stack_.resize(stack_.size() - 2);
      Emit(Op::TableSet, table);
      return true;
    case 3:
      PushValue(element);
      PushSmall(index, 8);
      stack_.resize(stack_.size() - 2);
      Emit(Op::TableGrow, table);
      Push(index);
      return true;
    default:
      PushSmall(index, size);
      PushValue(element);
      PushSmall(index, 8);
      stack_.resize(stack_.size() - 3);
      Emit(Op::TableFill, table);
      return true;
  }
}

bool FunctionGenerator::AddTableSegment() {
  if (m_.tables.empty() || !has(Feature::BulkMemory)) return false;
  const uint32_t table = Below(m_.tables.size());
  const ValType index = m_.tables[table].address_type(), element = m_.tables[table].element;
  const uint32_t kind = Below(3);
  if (kind == 0) {
    for (uint32_t from = 0; from < m_.tables.size(); ++from) {
      if (m_.tables[from].element != element) continue;
      const ValType from_index = m_.tables[from].address_type();
      PushSmall(index, 12);
      PushSmall(from_index, 12);
      PushSmall(index == from_index ? index : kI32, 8);
      stack_.resize(stack_.size() - 3);
      Emit(Op::TableCopy, table, from);
      return true;
    }
  }
  if (m_.elem_types.empty()) return false;
  const uint32_t elem = Below(m_.elem_types.size());
  if (kind == 1 || m_.elem_types[elem] != element) {
    Emit(Op::ElemDrop, elem);
    return true;
  }
  PushSmall(index, 12);
  PushSmall(kI32, 5);
  PushSmall(kI32, 5);
  stack_.resize(stack_.size() - 3);
  Emit(Op::TableInit, elem, table);
  return true;
}

// ---- references ----

// A nullable or non-null type that values of anyref may be cast to.
ValType FunctionGenerator::PickAnyRef() {
  const bool nullable = m_.choices.Chance(50);
  if (m_.aggregate_count != 0 && m_.choices.Chance(60)) {
    return ValType::Ref(HeapType::Concrete(Below(m_.aggregate_count)), nullable);
  }
  const HeapKind kinds[] = {HeapKind::Any, HeapKind::Eq, HeapKind::I31, HeapKind::Struct, HeapKind::Array};
  return ValType::Ref(kinds[Below(std::size(kinds))], true);
}

bool FunctionGenerator::AddRefTest() {
  if (!has(Feature::Gc)) return false;
  const ValType params[] = {ValType::Ref(HeapKind::Any, true)};
  const ValType target = PickAnyRef();
  Args(params);
  if (m_.choices.Chance(50)) {
    EmitHeap(target.is_nullable() ? Op::RefTestNull : Op::RefTest, target.heap());
    Push(kI32);
  } else {
    EmitHeap(target.is_nullable() ? Op::RefCastNull : Op::RefCast, target.heap());
    Push(target);
  }
  return true;
}

bool FunctionGenerator::AddRefNullTest() {
  if (!has(Feature::ReferenceTypes)) return false;
  ValType type = available() != 0 && stack_.back().is_ref() ? stack_.back() : ValType::FuncRef();
  const ValType params[] = {type};
  switch (Below(3)) {
    case 0:
      Args(params);
      Emit(Op::RefIsNull);
      Push(kI32);
      return true;
    case 1:
      if (!has(Feature::FunctionReferences)) return false;
      Args(params);
      Emit(Op::RefAsNonNull);
      Push(type.with_nullable(false));
      return true;
    default: {
      if (!has(Feature::Gc)) return false;
      const ValType both[] = {ValType::Ref(HeapKind::Eq, true), ValType::Ref(HeapKind::Eq, true)};
      Args(both);
      Emit(Op::RefEq);
      Push(kI32);
      return true;
    }
  }
}

bool FunctionGenerator::AddI31() {
  if (!has(Feature::Gc)) return false;
  const ValType number[] = {kI32}, i31[] = {ValType::Ref(HeapKind::I31, true)};
  if (m_.choices.Chance(50)) {
    Args(number);
    Emit(Op::RefI31);
    Push(i31[0].with_nullable(false));
  } else {
    Args(i31);
    Emit(m_.choices.Chance(50) ? Op::I31GetS : Op::I31GetU);
    Push(kI32);
  }
  return true;
}

bool FunctionGenerator::AddConvert() {
  if (!has(Feature::Gc)) return false;
  const ValType any[] = {ValType::Ref(HeapKind::Any, true)}, ext[] = {ValType::ExternRef()};
  const bool outwards = m_.choices.Chance(50);
  Args(outwards ? any : ext);
  Emit(outwards ? Op::ExternConvertAny : Op::AnyConvertExtern);
  Push(outwards ? ext[0] : any[0]);
  return true;
}

// ---- structures ----

uint32_t FunctionGenerator::PickAggregate(CompKind kind) {
  const uint32_t start = Below(m_.aggregate_count);
  for (uint32_t i = 0; i < m_.aggregate_count; ++i) {
    const uint32_t type = (start + i) % m_.aggregate_count;
    if (m_.types[type].kind == kind) return type;
  }
  return kNone;
}

bool FunctionGenerator::AddStruct() {
  const uint32_t type = PickAggregate(CompKind::Struct);
  if (type == kNone) return false;
  const std::vector<FieldType> fields = m_.types[type].fields;
  const ValType ref = FieldRef(type);
  if (fields.empty() || m_.choices.Chance(30)) {
    Types params;
    for (FieldType field : fields) params.push_back(field.storage.unpacked());
    Args(params);
    Emit(Op::StructNew, type);
    Push(ref.with_nullable(false));
    return true;
  }
  const uint32_t index = Below(fields.size());
  const FieldType field = fields[index];
  if (field.is_mutable && m_.choices.Chance(50)) {
    const ValType params[] = {ref, field.storage.unpacked()};
    Args(params);
    Emit(Op::StructSet, type, index);
    return true;
  }
  const ValType params[] = {ref};
  Args(params);
  Emit(!field.storage.is_packed() ? Op::StructGet
       : m_.choices.Chance(50)    ? Op::StructGetS
                                  : Op::StructGetU,
       type, index);
  Push(field.storage.unpacked());
  return true;
}

bool FunctionGenerator::AddArray() {
  const uint32_t type = PickAggregate(CompKind::Array);
  if (type == kNone) return false;
  const FieldType field = m_.types[type].fields[0];
  const ValType ref = FieldRef(type), element = field.storage.unpacked();
  const ValType one[] = {ref};
  switch (Below(6)) {
    case 0:
      Args(one);
      Emit(Op::ArrayLen);
      Push(kI32);
      return true;
    case 1:
      PushValue(element);
      PushSmall(kI32, kLongestArray);
      stack_.resize(stack_.size() - 2);
      Emit(Op::ArrayNew, type);
      Push(ref.with_nullable(false));
      return true;
    case 2: {
      const uint32_t count = Below(5);
      const Types params(count, element);
      Args(params);
      Emit(Op::ArrayNewFixed, type, count);
      Push(ref.with_nullable(false));
      return true;
    }
    case 3:
      if (!field.is_mutable) return false;
      PushValue(ref);
      PushSmall(kI32, 12);
      PushValue(element);
      stack_.resize(stack_.size() - 3);
      Emit(Op::ArraySet, type);
      return true;
    default:
      PushValue(ref);
      PushSmall(kI32, 12);
      stack_.resize(stack_.size() - 2);
      Emit(!field.storage.is_packed() ? Op::ArrayGet : m_.choices.Chance(50) ? Op::ArrayGetS : Op::ArrayGetU, type);
      Push(element);
      return true;
  }
}

bool FunctionGenerator::AddArrayBulk() {
  const uint32_t type = PickAggregate(CompKind::Array);
  if (type == kNone) return false;
  const FieldType field = m_.types[type].fields[0];
  const ValType ref = FieldRef(type);
  const bool from_data = !field.storage.is_ref();
  uint32_t segment = kNone;
  if (from_data) {
    if (m_.data_count != 0) segment = Below(m_.data_count);
  } else {
    const auto it = std::ranges::find(m_.elem_types, field.storage);
    if (it != m_.elem_types.end()) segment = static_cast<uint32_t>(it - m_.elem_types.begin());
  }
  switch (Below(4)) {
    case 0:
      if (segment == kNone) return false;
      PushSmall(kI32, 6);
      PushSmall(kI32, 6);
      stack_.resize(stack_.size() - 2);
      Emit(from_data ? Op::ArrayNewData : Op::ArrayNewElem, type, segment);
      Push(ref.with_nullable(false));
      return true;
    case 1:
      if (segment == kNone || !field.is_mutable) return false;
      PushValue(ref);
      for (int i = 0; i < 3; ++i) PushSmall(kI32, 5);
      stack_.resize(stack_.size() - 4);
      Emit(from_data ? Op::ArrayInitData : Op::ArrayInitElem, type, segment);
      return true;
    case 2:
      if (!field.is_mutable) return false;
      PushValue(ref);
      PushSmall(kI32, 8);
      PushValue(field.storage.unpacked());
      PushSmall(kI32, 8);
      stack_.resize(stack_.size() - 4);
      Emit(Op::ArrayFill, type);
      return true;
    default:
      if (!field.is_mutable) return false;
      PushValue(ref);
      PushSmall(kI32, 8);
      PushValue(ref);
      for (int i = 0; i < 2; ++i) PushSmall(kI32, 8);
      stack_.resize(stack_.size() - 5);
      Emit(Op::ArrayCopy, type, type);
      return true;
  }
}

}  // namespace gantry::fuzz
