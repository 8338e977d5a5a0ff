#include "runtime/const_expr.h"

#include <cstring>

#include "abi/gc_layout.h"
#include "base/check.h"
#include "base/numeric_int.h"
#include "runtime/gc/access.h"
#include "wasm/binary/instr_reader.h"

namespace gantry::runtime {

using abi::Slot;
using abi::Status;
using wasm::Instr;
using wasm::Op;
using wasm::OpFamily;

namespace {

// The operand stack, in slots. Its references are roots, since GC instructions may collect.
class Evaluator {
 public:
  explicit Evaluator(Instance& instance) : instance_(instance), store_(instance.store()), stack_(store_) {}

  Status Run(wasm::ConstExpr expr, ConstValue* out, uint32_t* end) {
    const wasm::Module& module = instance_.module();
    wasm::binary::InstrReader reader(module.Bytes(expr), expr.offset, module.features);
    Instr instr;
    while (reader.Next(&instr) && instr.op != Op::End) {
      const Status status = Step(instr);
      if (status != Status::Ok) return status;
    }
    GANTRY_CHECK(reader.ok() && (stack_.size() == 1 || stack_.size() == 2), "constant expression was validated");
    if (end != nullptr) *end = static_cast<uint32_t>(reader.offset());
    *out = {stack_[0], stack_.size() == 2 ? stack_[1] : 0};
    return Status::Ok;
  }

 private:
  Status Step(const Instr& instr) {
    switch (instr.info().family) {
      case OpFamily::Const:
        PushConst(instr);
        return Status::Ok;
      case OpFamily::Binary:
        Binary(instr.op);
        return Status::Ok;
      case OpFamily::RefNull:
        stack_.Push(0, false);
        return Status::Ok;
      case OpFamily::RefFunc:
        stack_.Push(reinterpret_cast<uintptr_t>(instance_.Func(instr.index)), false);
        return Status::Ok;
      case OpFamily::GlobalGet:
        PushGlobal(*instance_.global(instr.index));
        return Status::Ok;
      case OpFamily::RefI31: {
        const auto value = static_cast<uint32_t>(stack_.Pop());
        stack_.Push(gc::MakeI31(value), true);
        return Status::Ok;
      }
      case OpFamily::AnyConvertExtern:
      case OpFamily::ExternConvertAny:
        return Status::Ok;  // one representation for both
      case OpFamily::StructNew:
        return NewStruct(instr.index, /*with_operands=*/true);
      case OpFamily::StructNewDefault:
        return NewStruct(instr.index, /*with_operands=*/false);
      case OpFamily::ArrayNew:
        return NewArray(instr.index, /*with_operand=*/true);
      case OpFamily::ArrayNewDefault:
        return NewArray(instr.index, /*with_operand=*/false);
      case OpFamily::ArrayNewFixed:
        return NewFixedArray(instr.index, instr.index2);
      default:
        GANTRY_UNREACHABLE("not a constant instruction");
    }
  }

  void PushConst(const Instr& instr) {
    if (instr.op == Op::V128Const) {
      Slot halves[2];
      std::memcpy(halves, instr.bytes.data(), sizeof(halves));
      stack_.Push(halves[0], false);
      stack_.Push(halves[1], false);
      return;
    }
    const bool is_narrow = instr.op == Op::I32Const || instr.op == Op::F32Const;
    stack_.Push(is_narrow ? static_cast<uint32_t>(instr.value) : instr.value, false);
  }

  void PushGlobal(const Global& global) {
    stack_.Push(global.cell->low, global.is_gc_ref);
    if (global.type.type.slots() == 2) stack_.Push(global.cell->high, false);
  }

  void Binary(Op op) {
    const Slot b = stack_.Pop();
    const Slot a = stack_.Pop();
    const auto a32 = static_cast<uint32_t>(a), b32 = static_cast<uint32_t>(b);
    Slot value = 0;
    switch (op) {
      case Op::I32Add:
        value = num::I32Add(a32, b32);
        break;
      case Op::I32Sub:
        value = num::I32Sub(a32, b32);
        break;
      case Op::I32Mul:
        value = num::I32Mul(a32, b32);
        break;
      case Op::I64Add:
        value = num::I64Add(a, b);
        break;
      case Op::I64Sub:
        value = num::I64Sub(a, b);
        break;
      case Op::I64Mul:
        value = num::I64Mul(a, b);
        break;
      default:
        GANTRY_UNREACHABLE("not a constant instruction");
    }
    stack_.Push(value, false);
  }

  const wasm::CanonType& Type(uint32_t index) const {
    return wasm::TypeRegistry::Get()[instance_.context()->canon[index]];
  }
  uint32_t Descriptor(uint32_t index) const { return instance_.context()->descriptors[index]; }
  gc::Heap& heap() { return *store_.heap(); }  // made with the instance, since the module has GC types

  Status NewStruct(uint32_t type_index, bool with_operands) {
    gc::AllocFailure failure;
    const gc::Ref object = heap().AllocStruct(Descriptor(type_index), &failure);
    if (object == 0) return store_.TrapAllocation(failure);
    if (with_operands) {
      const wasm::CanonType& type = Type(type_index);
      const abi::StructLayout layout = abi::LayoutStruct(type);
      size_t slots = 0;
      for (const wasm::FieldType& field : type.fields) slots += field.storage.slots();
      const size_t first = stack_.size() - slots;
      size_t next = first;
      for (size_t i = 0; i < type.fields.size(); ++i) {
        const wasm::ValType storage = type.fields[i].storage;
        gc::WriteStorage(heap().At<uint8_t>(object + layout.offsets[i]), storage, &stack_[next]);
        next += storage.slots();
      }
      stack_.Truncate(first);
    }
    stack_.Push(object, true);
    return Status::Ok;
  }

  Status NewArray(uint32_t type_index, bool with_operand) {
    const wasm::ValType storage = Type(type_index).fields[0].storage;
    const auto length = static_cast<uint32_t>(stack_.Pop());
    gc::AllocFailure failure;
    const gc::Ref array = heap().AllocArray(Descriptor(type_index), length, &failure);
    if (array == 0) return store_.TrapAllocation(failure);
    if (with_operand) {
      const size_t first = stack_.size() - storage.slots();
      const uint32_t size = abi::StorageSize(storage);
      for (uint64_t i = 0; i < length; ++i) {
        gc::WriteStorage(heap().At<uint8_t>(array) + abi::kArrayDataOffset + i * size, storage, &stack_[first]);
      }
      stack_.Truncate(first);
    }
    stack_.Push(array, true);
    return Status::Ok;
  }

  Status NewFixedArray(uint32_t type_index, uint32_t count) {
    const wasm::ValType storage = Type(type_index).fields[0].storage;
    gc::AllocFailure failure;
    const gc::Ref array = heap().AllocArray(Descriptor(type_index), count, &failure);
    if (array == 0) return store_.TrapAllocation(failure);
    const size_t first = stack_.size() - size_t{count} * storage.slots();
    const uint32_t size = abi::StorageSize(storage);
    for (uint32_t i = 0; i < count; ++i) {
      gc::WriteStorage(heap().At<uint8_t>(array) + abi::kArrayDataOffset + uint64_t{i} * size, storage,
                       &stack_[first + size_t{i} * storage.slots()]);
    }
    stack_.Truncate(first);
    stack_.Push(array, true);
    return Status::Ok;
  }

  Instance& instance_;
  Store& store_;
  TemporaryRoots stack_;
};

}  // namespace

Status EvalConstExpr(Instance& instance, wasm::ConstExpr expr, ConstValue* out, uint32_t* end) {
  return Evaluator(instance).Run(expr, out, end);
}

}  // namespace gantry::runtime
