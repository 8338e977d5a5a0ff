// FuncValidator: tables, memories and vector lanes (spec 3.4.8, 3.4.9, 3.4.13).
#include <fmt/core.h>

#include "wasm/valid/func_validator.h"

namespace gantry::wasm::valid {

namespace {

// The smaller address type of two; lengths of copies have it.
ValType MinAddress(ValType a, ValType b) { return a == kI32 ? a : b; }

constexpr uint32_t kShuffleLanes = 32;

}  // namespace

bool FuncValidator::TableOf(uint32_t index, const TableType** table) {
  if (index >= module_.tables.size()) return FailUnknown(ErrorId::UnknownTable, index);
  *table = &module_.tables[index].type;
  return true;
}

bool FuncValidator::CheckElem(uint32_t index) {
  return index < module_.elems.size() || FailUnknown(ErrorId::UnknownElem, index);
}

// Code that names a data segment must know how many there are before the data section is seen (spec 5.5.16).
bool FuncValidator::CheckData(uint32_t index) {
  if (index >= (module_.has_data_count ? module_.data_count : module_.datas.size()))
    return FailUnknown(ErrorId::UnknownData, index);
  return module_.has_data_count || Fail(MakeError(ErrorId::DataCountRequired, instr_.offset));
}

bool FuncValidator::MemoryAddress(uint32_t index, ValType* address) {
  if (index >= module_.memories.size()) return FailUnknown(ErrorId::UnknownMemory, index);
  *address = module_.memories[index].type.address_type();
  return true;
}

bool FuncValidator::Table(OpFamily family) {
  const TableType* table = nullptr;
  if (family == OpFamily::ElemDrop) return CheckElem(instr_.index);
  if (!TableOf(family == OpFamily::TableInit ? instr_.index2 : instr_.index, &table)) return false;
  const ValType element = CanonicalType(table->element, module_.canon);
  const ValType address = table->address_type();
  switch (family) {
    case OpFamily::TableGet:
      if (!Pop(address)) return false;
      Push(element);
      return true;
    case OpFamily::TableSet:
      return PopAll({address, element});
    case OpFamily::TableSize:
      Push(address);
      return true;
    case OpFamily::TableGrow:
      if (!PopAll({element, address})) return false;
      Push(address);
      return true;
    case OpFamily::TableFill:
      return PopAll({address, element, address});
    case OpFamily::TableInit: {
      if (!CheckElem(instr_.index)) return false;
      const ValType segment = CanonicalType(module_.elems[instr_.index].type, module_.canon);
      if (!Matches(segment, element)) {
        return FailMismatch(fmt::format("segment of {} for a table of {}", NameOfCanonical(module_, segment),
                                        NameOfCanonical(module_, element)));
      }
      return PopAll({address, kI32, kI32});
    }
    case OpFamily::TableCopy: {
      const TableType* from = nullptr;
      if (!TableOf(instr_.index2, &from)) return false;
      const ValType from_element = CanonicalType(from->element, module_.canon);
      if (!Matches(from_element, element)) {
        return FailMismatch(fmt::format("copy from a table of {} to one of {}", NameOfCanonical(module_, from_element),
                                        NameOfCanonical(module_, element)));
      }
      return PopAll({address, from->address_type(), MinAddress(address, from->address_type())});
    }
    default:
      return true;
  }
}

// Alignment and offset of a memory access (spec 3.4.9).
bool FuncValidator::CheckMemArg(const OpInfo& info) {
  if (instr_.align_log2 > info.align_log2()) {
    return Fail(MakeError(ErrorId::Alignment, instr_.offset,
                          fmt::format("2**{} is larger than 2**{}", instr_.align_log2, info.align_log2())));
  }
  if (info.has(op_flags::kAtomic) && instr_.align_log2 != info.align_log2()) {
    return Fail(MakeError(ErrorId::AtomicAlignment, instr_.offset));
  }
  if (instr_.value > 0xffffffff && !module_.memories[instr_.index].type.is_64) {
    return Fail(MakeError(ErrorId::OffsetOutOfRange, instr_.offset, fmt::format("{:#x}", instr_.value)));
  }
  return true;
}

bool FuncValidator::CheckLane(const OpInfo& info) {
  if (info.family == OpFamily::Shuffle) {
    for (uint8_t lane : instr_.bytes) {
      if (lane >= kShuffleLanes) return FailUnknown(ErrorId::LaneIndex, lane);
    }
    return true;
  }
  const bool is_access = info.family == OpFamily::LoadLane || info.family == OpFamily::StoreLane;
  const uint32_t lanes = is_access ? 16u >> info.align_log2() : info.lanes();
  return instr_.lane < lanes || FailUnknown(ErrorId::LaneIndex, instr_.lane);
}

bool FuncValidator::Load(const OpInfo& info) {
  ValType address;
  if (!MemoryAddress(instr_.index, &address) || !CheckMemArg(info) || !Pop(address)) return false;
  Push(info.sig.results[0]);
  return true;
}

bool FuncValidator::Store(const OpInfo& info) {
  ValType address;
  if (!MemoryAddress(instr_.index, &address) || !CheckMemArg(info)) return false;
  const ValType value = info.sig.params[1];
  if (top_ - floor_ >= 2 && top_[-1] == value && top_[-2] == address) [[likely]] {
    top_ -= 2;
    return true;
  }
  return PopAll({address, value});
}

bool FuncValidator::Memory(OpFamily family) {
  const OpInfo& info = instr_.info();
  ValType address;
  switch (family) {
    case OpFamily::DataDrop:
      return CheckData(instr_.index);
    case OpFamily::MemoryInit:
      return MemoryAddress(instr_.index2, &address) && CheckData(instr_.index) && PopAll({address, kI32, kI32});
    case OpFamily::MemoryCopy: {
      ValType from;
      return MemoryAddress(instr_.index, &address) && MemoryAddress(instr_.index2, &from) &&
             PopAll({address, from, MinAddress(address, from)});
    }
    default:
      break;
  }
  if (!MemoryAddress(instr_.index, &address)) return false;
  if (info.imm != ImmKind::Memory && !CheckMemArg(info)) return false;
  if (info.imm == ImmKind::MemArgLane && !CheckLane(info)) return false;
  // The table's signature with the memory's address type in place of the letter `a`.
  const OpSig& sig = info.sig;
  ValType params[4];
  for (int i = 0; i < sig.param_count; ++i) params[i] = sig.params[i] == kBot ? address : sig.params[i];
  if (!PopAll(TypeList(params, sig.param_count))) return false;
  if (sig.result_count != 0) Push(sig.results[0] == kBot ? address : sig.results[0]);
  return true;
}

}  // namespace gantry::wasm::valid
