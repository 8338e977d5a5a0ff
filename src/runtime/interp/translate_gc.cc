// Translation of references, GC objects and exceptions.
//
// Instructions that allocate keep the operands they need after the allocation on the abstract stack until they are
// emitted, so that the root map names their slots and the collector updates them.
#include "abi/gc_layout.h"
#include "runtime/interp/translator.h"

namespace gantry::interp {

using wasm::OpFamily;

namespace {

ROp StructGetOp(Access access, bool is_signed) {
  switch (access) {
    case Access::I8:
      return is_signed ? ROp::StructGet8S : ROp::StructGet8U;
    case Access::I16:
      return is_signed ? ROp::StructGet16S : ROp::StructGet16U;
    case Access::B32:
      return ROp::StructGet32;
    case Access::B64:
      return ROp::StructGet64;
    case Access::V128:
      break;
  }
  return ROp::StructGetV;
}

ROp StructSetOp(Access access) {
  switch (access) {
    case Access::I8:
      return ROp::StructSet8;
    case Access::I16:
      return ROp::StructSet16;
    case Access::B32:
      return ROp::StructSet32;
    case Access::B64:
      return ROp::StructSet64;
    case Access::V128:
      break;
  }
  return ROp::StructSetV;
}

ROp ArrayGetOp(Access access, bool is_signed) {
  switch (access) {
    case Access::I8:
      return is_signed ? ROp::ArrayGet8S : ROp::ArrayGet8U;
    case Access::I16:
      return is_signed ? ROp::ArrayGet16S : ROp::ArrayGet16U;
    case Access::B32:
      return ROp::ArrayGet32;
    case Access::B64:
      return ROp::ArrayGet64;
    case Access::V128:
      break;
  }
  return ROp::ArrayGetV;
}

ROp ArraySetOp(Access access) {
  switch (access) {
    case Access::I8:
      return ROp::ArraySet8;
    case Access::I16:
      return ROp::ArraySet16;
    case Access::B32:
      return ROp::ArraySet32;
    case Access::B64:
      return ROp::ArraySet64;
    case Access::V128:
      break;
  }
  return ROp::ArraySetV;
}

}  // namespace

bool Translator::References(const Instr& in) {
  switch (in.info().family) {
    case OpFamily::RefNull:
      PushConst(0, CellOf(wasm::ValType::Ref(in.heap, true)));
      return true;
    case OpFamily::RefIsNull: {
      const uint16_t slot = PopSlot();
      Emit(ROp::I64Eqz, top_, slot);
      PushHome(Cell::Num);
      return true;
    }
    case OpFamily::RefEq: {
      const Operand right = Pop();
      const Operand left = Pop();
      const uint16_t x = SlotOf(left);
      const uint16_t y = SlotOf(right);
      Emit(ROp::I64Eq, top_, x, y);
      PushHome(Cell::Num);
      return true;
    }
    case OpFamily::RefFunc: {
      const uint16_t slot = TempSlot();
      EmitWide(ROp::RefFunc, slot, in.index);
      PushHome(Cell::Num);
      return true;
    }
    case OpFamily::RefAsNonNull:
      if (stack_.back().kind == Kind::Const) ForceHome(stack_.size() - 1);
      Emit(ROp::CheckNonNull, SlotOf(stack_.back()));
      return true;
    case OpFamily::RefTest: {
      const uint16_t slot = PopSlot();
      Emit(ROp::RefTest, top_, slot, in.info().has(wasm::op_flags::kNullable));
      Extra2(in.heap.code(), 0);
      PushHome(Cell::Num);
      return true;
    }
    case OpFamily::RefCast:
      if (stack_.back().kind == Kind::Const) ForceHome(stack_.size() - 1);
      Emit(ROp::RefCast, SlotOf(stack_.back()), 0, in.info().has(wasm::op_flags::kNullable));
      Extra2(in.heap.code(), 0);
      return true;
    case OpFamily::RefI31: {
      const uint16_t slot = PopSlot();
      Emit(ROp::RefI31, top_, slot);
      PushHome(Cell::Ref);
      return true;
    }
    case OpFamily::I31Get: {
      const uint16_t slot = PopSlot();
      Emit(in.info().has(wasm::op_flags::kSigned) ? ROp::I31GetS : ROp::I31GetU, top_, slot);
      PushHome(Cell::Num);
      return true;
    }
    case OpFamily::AnyConvertExtern:
    case OpFamily::ExternConvertAny:
      return true;  // the same reference
    case OpFamily::StructNew: {
      const size_t first = stack_.size() - module_.types[in.index].fields.size();
      ForceHomes(first);
      const uint32_t base = first == stack_.size() ? TempSlot() : stack_[first].home;
      const uint32_t at = EmitWide(ROp::StructNew, base, in.index);
      AddRootMap(at);
      Truncate(first);
      PushHome(Cell::Ref);
      return true;
    }
    case OpFamily::StructNewDefault: {
      const uint32_t at = EmitWide(ROp::StructNewDefault, TempSlot(), in.index);
      AddRootMap(at);
      PushHome(Cell::Ref);
      return true;
    }
    case OpFamily::StructGet:
    case OpFamily::StructSet:
      StructAccess(in);
      return true;
    case OpFamily::ArrayGet:
    case OpFamily::ArraySet:
      ArrayAccess(in);
      return true;
    case OpFamily::ArrayNew: {
      ForceHomes(stack_.size() - 2);
      const uint32_t base = stack_[stack_.size() - 2].home;
      const uint32_t at = Emit(ROp::ArrayNew, base, base, stack_.back().home);
      Extra2(in.index, 0);
      AddRootMap(at);
      Truncate(stack_.size() - 2);
      PushHome(Cell::Ref);
      return true;
    }
    case OpFamily::ArrayNewDefault: {
      const uint16_t length = PopSlot();
      const uint32_t at = Emit(ROp::ArrayNewDefault, top_, length);
      Extra2(in.index, 0);
      AddRootMap(at);
      PushHome(Cell::Ref);
      return true;
    }
    case OpFamily::ArrayNewFixed: {
      const size_t first = stack_.size() - in.index2;
      ForceHomes(first);
      const uint32_t base = first == stack_.size() ? TempSlot() : stack_[first].home;
      const uint32_t at = Emit(ROp::ArrayNewFixed, base);
      Extra2(in.index, in.index2);
      AddRootMap(at);
      Truncate(first);
      PushHome(Cell::Ref);
      return true;
    }
    case OpFamily::ArrayNewData:
    case OpFamily::ArrayNewElem: {
      const uint16_t count = PopSlot();
      const uint16_t from = PopSlot();
      const uint32_t at =
          Emit(in.info().family == OpFamily::ArrayNewData ? ROp::ArrayNewData : ROp::ArrayNewElem, top_, from, count);
      Extra2(in.index, in.index2);
      AddRootMap(at);
      PushHome(Cell::Ref);
      return true;
    }
    case OpFamily::ArrayLen: {
      const uint16_t slot = PopSlot();
      Emit(ROp::ArrayLen, top_, slot);
      PushHome(Cell::Num);
      return true;
    }
    case OpFamily::ArrayFill:
      Bulk(ROp::ArrayFill, 4, in.index, 0);
      return true;
    case OpFamily::ArrayCopy:
      Bulk(ROp::ArrayCopy, 5, in.index, in.index2);
      return true;
    case OpFamily::ArrayInitData:
      Bulk(ROp::ArrayInitData, 4, in.index, in.index2);
      return true;
    case OpFamily::ArrayInitElem:
      Bulk(ROp::ArrayInitElem, 4, in.index, in.index2);
      return true;
    case OpFamily::Throw: {
      const size_t first = stack_.size() - module_.types[module_.tags[in.index].type].params.size();
      ForceHomes(first);
      FlushFuel();
      const uint32_t base = first == stack_.size() ? TempSlot() : stack_[first].home;
      const uint32_t at = EmitWide(ROp::Throw, base, in.index);
      AddRootMap(at);
      Unreachable();
      return true;
    }
    case OpFamily::ThrowRef: {
      const uint16_t slot = PopSlot();
      FlushFuel();
      Emit(ROp::ThrowRef, slot);
      Unreachable();
      return true;
    }
    default:
      return false;
  }
}

void Translator::StructAccess(const Instr& in) {
  const bool get = in.info().family == OpFamily::StructGet;
  const wasm::ValType storage = module_.types[in.index].fields[in.index2].storage;
  const FieldAccess field = module_code_.types[in.index].fields[in.index2];
  Operand value{};
  if (!get) value = Pop();
  const Operand object = Pop();
  const uint16_t value_slot = get ? 0 : SlotOf(value);
  uint16_t slot = SlotOf(object);
  uint32_t offset = field.offset;
  if (offset > 0xffff) {
    const uint16_t temp = static_cast<uint16_t>(TempSlot(4) + 3);  // above both operands
    Emit(ROp::StructFar, temp, slot);
    Extra(offset & ~0xffffu);
    slot = temp;
    offset &= 0xffff;
  }
  if (get) {
    TempSlot(2);
    Emit(StructGetOp(field.access, in.info().has(wasm::op_flags::kSigned)), object.home, slot, offset);
    PushHome(CellOf(storage.unpacked()));
  } else {
    Emit(StructSetOp(field.access), value_slot, slot, offset);
  }
}

void Translator::ArrayAccess(const Instr& in) {
  const bool get = in.info().family == OpFamily::ArrayGet;
  const wasm::ValType storage = module_.types[in.index].fields[0].storage;
  const Access access = module_code_.types[in.index].fields[0].access;
  Operand value{};
  if (!get) value = Pop();
  const Operand index = Pop();
  const Operand array = Pop();
  const uint16_t value_slot = get ? 0 : SlotOf(value);
  const uint16_t index_slot = SlotOf(index);
  const uint16_t slot = SlotOf(array);
  if (get) {
    TempSlot(2);
    Emit(ArrayGetOp(access, in.info().has(wasm::op_flags::kSigned)), array.home, slot, index_slot);
    PushHome(CellOf(storage.unpacked()));
  } else {
    Emit(ArraySetOp(access), value_slot, slot, index_slot);
  }
}

}  // namespace gantry::interp
