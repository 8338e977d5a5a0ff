// Translation of instructions on memories and tables.
#include "abi/gc_layout.h"
#include "runtime/interp/acc_forms.h"
#include "runtime/interp/translator.h"

namespace gantry::interp {

using wasm::OpFamily;

namespace {

// By wasm::Op: addressing modes of loads and stores.
struct Modes {
  ROp plain = kNoForm, wide = kNoForm, indexed = kNoForm, scaled = kNoForm, absolute = kNoForm, general = kNoForm,
      immediate = kNoForm;
};
struct ModeTable {
  Modes modes[wasm::kOpCount];
};
constexpr ModeTable MakeModeTable() {
  ModeTable table{};
#define GANTRY_ROW(Name)                                           \
  table.modes[static_cast<int>(wasm::Op::Name)].plain = ROp::Name; \
  table.modes[static_cast<int>(wasm::Op::Name)].general = ROp::Name##G;
#define GANTRY_ON_Load(Name) GANTRY_ROW(Name)
#define GANTRY_ON_Store(Name) GANTRY_ROW(Name)
#include "runtime/interp/wasm_families.inc"
#undef GANTRY_ROW
#define GANTRY_ROW(Name) table.modes[static_cast<int>(wasm::Op::Name)].plain = ROp::Name;
#define GANTRY_ON_LoadLane(Name) GANTRY_ROW(Name)
#define GANTRY_ON_StoreLane(Name) GANTRY_ROW(Name)
#define GANTRY_ON_AtomicLoad(Name) GANTRY_ROW(Name)
#define GANTRY_ON_AtomicStore(Name) GANTRY_ROW(Name)
#define GANTRY_ON_AtomicRmw(Name) GANTRY_ROW(Name)
#define GANTRY_ON_AtomicCmpxchg(Name) GANTRY_ROW(Name)
#define GANTRY_ON_AtomicNotify(Name) GANTRY_ROW(Name)
#define GANTRY_ON_AtomicWait(Name) GANTRY_ROW(Name)
#include "runtime/interp/wasm_families.inc"
#undef GANTRY_ROW
#define GANTRY_ROW(Name)                                                \
  table.modes[static_cast<int>(wasm::Op::Name)].wide = ROp::Name##W;    \
  table.modes[static_cast<int>(wasm::Op::Name)].indexed = ROp::Name##X; \
  table.modes[static_cast<int>(wasm::Op::Name)].scaled = ROp::Name##Y;  \
  table.modes[static_cast<int>(wasm::Op::Name)].absolute = ROp::Name##A;
  GANTRY_RC_SCALAR_LOAD(GANTRY_ROW)
  GANTRY_RC_SCALAR_STORE(GANTRY_ROW)
#undef GANTRY_ROW
#define GANTRY_ROW(Name) table.modes[static_cast<int>(wasm::Op::Name)].immediate = ROp::Name##I;
  GANTRY_RC_INT_STORE(GANTRY_ROW)
#undef GANTRY_ROW
  return table;
}
constexpr ModeTable kModes = MakeModeTable();

Cell CellOfLetter(wasm::ValType type) { return type == wasm::kV128 ? Cell::Vec : Cell::Num; }

}  // namespace

// The memory whose base and length the handlers keep at hand: plain accesses suffice.
bool Translator::IsPlain(uint32_t memory) const {
  return memory == 0 && !module_.memories[0].type.is_64 && !module_.memories[0].type.is_shared;
}

bool Translator::Memories(const Instr& in) {
  switch (in.info().family) {
    case OpFamily::Load:
      Load(in);
      return true;
    case OpFamily::Store:
      Store(in);
      return true;
    case OpFamily::LoadLane:
    case OpFamily::StoreLane:
    case OpFamily::AtomicNotify:
    case OpFamily::AtomicWait:
    case OpFamily::AtomicLoad:
    case OpFamily::AtomicStore:
    case OpFamily::AtomicRmw:
    case OpFamily::AtomicCmpxchg:
      Atomic(in);
      return true;
    case OpFamily::AtomicFence:
      Emit(ROp::AtomicFence);
      return true;
    case OpFamily::MemorySize: {
      const uint16_t slot = TempSlot();
      Emit(ROp::MemorySize, slot, 0, in.index);
      PushHome(Cell::Num);
      return true;
    }
    case OpFamily::MemoryGrow: {
      const uint16_t delta = PopSlot();
      Emit(ROp::MemoryGrow, top_, delta, in.index);
      PushHome(Cell::Num);
      return true;
    }
    case OpFamily::MemoryFill:
      ForceHomes(stack_.size() - 3);
      Truncate(stack_.size() - 3);
      Emit(ROp::MemoryFill, top_, in.index);
      return true;
    case OpFamily::MemoryCopy:
      Bulk(ROp::MemoryCopy, 3, in.index, in.index2);
      return true;
    case OpFamily::MemoryInit:
      Bulk(ROp::MemoryInit, 3, in.index2, in.index);
      return true;
    case OpFamily::DataDrop:
      EmitWide(ROp::DataDrop, 0, in.index);
      return true;
    case OpFamily::TableCopy:
      Bulk(ROp::TableCopy, 3, in.index, in.index2);
      return true;
    case OpFamily::TableInit:
      Bulk(ROp::TableInit, 3, in.index2, in.index);
      return true;
    case OpFamily::ElemDrop:
      EmitWide(ROp::ElemDrop, 0, in.index);
      return true;
    case OpFamily::TableFill:
      ForceHomes(stack_.size() - 3);
      Truncate(stack_.size() - 3);
      Emit(ROp::TableFill, top_, in.index);
      return true;
    case OpFamily::TableSize: {
      const uint16_t slot = TempSlot();
      Emit(ROp::TableSize, slot, 0, in.index);
      PushHome(Cell::Num);
      return true;
    }
    case OpFamily::TableGrow: {
      const uint16_t delta = PopSlot();
      const uint16_t init = PopSlot();
      Emit(ROp::TableGrow, top_, delta, in.index);
      Extra4(init);
      PushHome(Cell::Num);
      return true;
    }
    case OpFamily::TableGet: {
      const Cell cell = CellOf(module_.tables[in.index].type.element);
      const uint16_t index = PopSlot();
      Emit(cell == Cell::Ref ? ROp::TableGetRef : ROp::TableGetFunc, top_, index, in.index);
      PushHome(cell);
      return true;
    }
    case OpFamily::TableSet: {
      const Operand value = Pop();
      const Operand index = Pop();
      const uint16_t value_slot = SlotOf(value);
      const uint16_t index_slot = SlotOf(index);
      Emit(value.cell == Cell::Ref ? ROp::TableSetRef : ROp::TableSetFunc, value_slot, index_slot, in.index);
      return true;
    }
    default:
      return false;
  }
}

// Operands in consecutive homes, two indices.
void Translator::Bulk(ROp op, uint32_t operands, uint32_t first, uint32_t second) {
  ForceHomes(stack_.size() - operands);
  Truncate(stack_.size() - operands);
  Emit(op, top_);
  Extra2(first, second);
}

// Takes back the address computation `base + index` or, for accesses of 1 << shift bytes, `base + (index << shift)`.
bool Translator::FuseAddress(const Operand& address, uint32_t shift, uint16_t* base, uint16_t* index, bool* scaled) {
  if (!IsLast(address)) return false;
  Word add = At(last_);
  const ROp op = add.rop();
  if (op != ROp::I32Add && op != ROp::I32AddB) return false;
  if (!UndoAccumulator(&add)) return false;
  *base = add.b;
  *index = add.c;
  *scaled = false;
  DropLast();
  if (last_ != kNowhere) {
    const Word shl = At(last_);
    // The shifted value must be a temporary, which nothing else reads. Operand homes below the top are still in use.
    if (shl.rop() == ROp::I32ShlI && (shl.c & 31) == shift && shl.a >= top_ &&
        shl.a == (shl.a == add.c ? add.c : add.b) && add.b != add.c) {
      if (shl.a == add.b) *base = add.c;
      *index = shl.b;
      *scaled = true;
      DropLast();
    }
  }
  return true;
}

void Translator::Load(const Instr& in) {
  const Modes& modes = kModes.modes[static_cast<int>(in.op)];
  const Operand address = Pop();
  const Cell cell = CellOfLetter(in.info().sig.results[0]);
  const uint32_t home = address.home;
  TempSlot(2);
  uint16_t base, index;
  bool scaled;
  if (!IsPlain(in.index) || (in.value > 0xffff && modes.wide == kNoForm)) {
    const uint16_t slot = SlotOf(address);
    Emit(modes.general, home, slot, in.index);
    Extra(in.value);
  } else if (modes.absolute != kNoForm && address.kind == Kind::Const && address.bits + in.value <= 0xffffffff) {
    EmitWide(modes.absolute, home, static_cast<uint32_t>(address.bits + in.value));
  } else if (modes.indexed != kNoForm && FuseAddress(address, in.info().align_log2(), &base, &index, &scaled)) {
    Emit(scaled ? modes.scaled : modes.indexed, home, base, index);
    Extra(in.value);
  } else if (in.value <= 0xffff) {
    const uint16_t slot = SlotOf(address);
    EmitPopped(kPoppedB, modes.plain, home, slot, static_cast<uint32_t>(in.value));
  } else {
    const uint16_t slot = SlotOf(address);
    Emit(modes.wide, home, slot);
    Extra(in.value);
  }
  PushHome(cell);
}

void Translator::Store(const Instr& in) {
  const Modes& modes = kModes.modes[static_cast<int>(in.op)];
  const Operand value = Pop();
  const Operand address = Pop();
  uint16_t base, index;
  bool scaled;
  if (!IsPlain(in.index) || (in.value > 0xffff && modes.wide == kNoForm)) {
    const uint16_t value_slot = SlotOf(value);
    const uint16_t slot = SlotOf(address);
    Emit(modes.general, value_slot, slot, in.index);
    Extra(in.value);
    return;
  }
  if (modes.immediate != kNoForm && value.kind == Kind::Const && address.kind != Kind::Const && in.value <= 0xffff) {
    const int64_t number =
        in.info().sig.params[1] == wasm::kI32 ? static_cast<int32_t>(value.bits) : static_cast<int64_t>(value.bits);
    if (number == static_cast<int16_t>(number)) {
      const uint16_t slot = SlotOf(address);
      Emit(modes.immediate, static_cast<uint16_t>(number), slot, static_cast<uint32_t>(in.value));
      return;
    }
  }
  if (modes.absolute != kNoForm && address.kind == Kind::Const && address.bits + in.value <= 0xffffffff) {
    const uint16_t value_slot = SlotOf(value);
    EmitWide(modes.absolute, value_slot, static_cast<uint32_t>(address.bits + in.value));
    return;
  }
  if (modes.indexed != kNoForm && value.kind == Kind::Local &&
      FuseAddress(address, in.info().align_log2(), &base, &index, &scaled)) {
    Emit(scaled ? modes.scaled : modes.indexed, local_slots_[value.local], base, index);
    Extra(in.value);
    return;
  }
  const uint16_t value_slot = SlotOf(value);
  const uint16_t slot = SlotOf(address);
  if (in.value <= 0xffff) {
    EmitPopped(kPoppedA | kPoppedB, modes.plain, value_slot, slot, static_cast<uint32_t>(in.value));
  } else {
    Emit(modes.wide, value_slot, slot);
    Extra(in.value);
  }
}

// Lane accesses and atomics: one form for all memories.
void Translator::Atomic(const Instr& in) {
  const ROp op = kModes.modes[static_cast<int>(in.op)].plain;
  const wasm::OpSig& sig = in.info().sig;
  Operand operands[3];
  for (int i = sig.param_count; i-- > 0;) operands[i] = Pop();
  uint16_t slots[3] = {};
  for (int i = 0; i < sig.param_count; ++i) slots[i] = SlotOf(operands[i]);
  TempSlot(2);
  const uint32_t home = operands[0].home;
  switch (in.info().family) {
    case OpFamily::AtomicLoad:
      Emit(op, home, slots[0], in.index);
      Extra(in.value);
      break;
    case OpFamily::AtomicStore:
      Emit(op, slots[1], slots[0], in.index);
      Extra(in.value);
      break;
    case OpFamily::LoadLane:
      Emit(op, home, slots[0], slots[1]);
      Extra(in.value);
      Extra4(in.index, in.lane);
      break;
    case OpFamily::StoreLane:
      Emit(op, slots[1], slots[0], in.lane);
      Extra(in.value);
      Extra4(in.index);
      break;
    default:  // AtomicRmw, AtomicCmpxchg, AtomicWait, AtomicNotify
      Emit(op, home, slots[0], slots[1]);
      Extra(in.value);
      Extra4(in.index, slots[2]);
      break;
  }
  for (int i = 0; i < sig.result_count; ++i) PushHome(CellOfLetter(sig.results[i]));
}

}  // namespace gantry::interp
