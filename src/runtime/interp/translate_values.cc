// Translation of numeric and parametric instructions, locals and globals.
#include "runtime/interp/acc_forms.h"
#include "runtime/interp/translator.h"

namespace gantry::interp {

using wasm::OpFamily;

namespace {

// By wasm::Op: the plain instruction, and the variants with constants.
struct Forms {
  ROp plain = kNoForm, imm = kNoForm, wide = kNoForm, left = kNoForm;
  ROp select = kNoForm, select_imm = kNoForm;
  wasm::Op exchanged = wasm::Op::Nop;  // gives the same result with operands exchanged
  wasm::Op negated = wasm::Op::Nop;
};
struct FormTable {
  Forms forms[wasm::kOpCount];
  constexpr Forms& operator[](wasm::Op op) { return forms[static_cast<int>(op)]; }
  constexpr const Forms& operator[](wasm::Op op) const { return forms[static_cast<int>(op)]; }
};

constexpr FormTable MakeFormTable() {
  FormTable table{};
#define GANTRY_ON_PLAIN(Name) table[wasm::Op::Name].plain = ROp::Name;
#define GANTRY_ON_Test(Name) GANTRY_ON_PLAIN(Name)
#define GANTRY_ON_Unary(Name) GANTRY_ON_PLAIN(Name)
#define GANTRY_ON_Convert(Name) GANTRY_ON_PLAIN(Name)
#define GANTRY_ON_Splat(Name) GANTRY_ON_PLAIN(Name)
#define GANTRY_ON_Compare(Name) GANTRY_ON_PLAIN(Name)
#define GANTRY_ON_Binary(Name) GANTRY_ON_PLAIN(Name)
#define GANTRY_ON_Shift(Name) GANTRY_ON_PLAIN(Name)
#define GANTRY_ON_Ternary(Name) GANTRY_ON_PLAIN(Name)
#define GANTRY_ON_Wide(Name) GANTRY_ON_PLAIN(Name)
#define GANTRY_ON_ExtractLane(Name) GANTRY_ON_PLAIN(Name)
#define GANTRY_ON_ReplaceLane(Name) GANTRY_ON_PLAIN(Name)
#define GANTRY_ON_Shuffle(Name) GANTRY_ON_PLAIN(Name)
#include "runtime/interp/wasm_families.inc"
#undef GANTRY_ON_PLAIN
#define GANTRY_ROW(Name) table[wasm::Op::Name].imm = ROp::Name##I, table[wasm::Op::Name].wide = ROp::Name##K;
  GANTRY_RC_INT_BINARY(GANTRY_ROW)
  GANTRY_RC_INT_COMPARE(GANTRY_ROW)
#undef GANTRY_ROW
#define GANTRY_ROW(Name) table[wasm::Op::Name].wide = ROp::Name##K;
  GANTRY_RC_FLOAT_BINARY(GANTRY_ROW)
  GANTRY_RC_FLOAT_COMPARE(GANTRY_ROW)
#undef GANTRY_ROW
#define GANTRY_ROW(Name) table[wasm::Op::Name].left = ROp::Name##L;
  GANTRY_RC_LEFT(GANTRY_ROW)
#undef GANTRY_ROW
#define GANTRY_ROW(Name) table[wasm::Op::Name].exchanged = wasm::Op::Name;
  GANTRY_RC_COMMUTATIVE(GANTRY_ROW)
#undef GANTRY_ROW
#define GANTRY_ROW(A, B) table[wasm::Op::A].exchanged = wasm::Op::B, table[wasm::Op::B].exchanged = wasm::Op::A;
  GANTRY_RC_EXCHANGES(GANTRY_ROW)
#undef GANTRY_ROW
#define GANTRY_ROW(A, B) table[wasm::Op::A].negated = wasm::Op::B, table[wasm::Op::B].negated = wasm::Op::A;
  GANTRY_RC_NEGATIONS(GANTRY_ROW)
#undef GANTRY_ROW
#define GANTRY_ROW(Name) \
  table[wasm::Op::Name].select = ROp::Sel##Name, table[wasm::Op::Name].select_imm = ROp::Sel##Name##I;
  GANTRY_RC_INT_COMPARE(GANTRY_ROW)
#undef GANTRY_ROW
#define GANTRY_ROW(Name) table[wasm::Op::Name].select = ROp::Sel##Name;
  GANTRY_RC_FLOAT_COMPARE(GANTRY_ROW)
#undef GANTRY_ROW
  return table;
}
constexpr FormTable kForms = MakeFormTable();

// By ROp: the register instruction of the negated comparison.
struct NegationTable {
  ROp ops[kROpCount];
};
constexpr NegationTable MakeNegationTable() {
  NegationTable table{};
  for (ROp& op : table.ops) op = kNoForm;
  auto pair = [&](ROp a, ROp b) {
    table.ops[static_cast<int>(a)] = b;
    table.ops[static_cast<int>(b)] = a;
  };
#define GANTRY_ROW(A, B)      \
  pair(ROp::A, ROp::B);       \
  pair(ROp::A##I, ROp::B##I); \
  pair(ROp::A##K, ROp::B##K);
  GANTRY_RC_NEGATIONS(GANTRY_ROW)
#undef GANTRY_ROW
  pair(ROp::F32Eq, ROp::F32Ne);
  pair(ROp::F64Eq, ROp::F64Ne);
  return table;
}
constexpr NegationTable kNegations = MakeNegationTable();

Cell CellOfLetter(wasm::ValType type) { return type == wasm::kV128 ? Cell::Vec : Cell::Num; }

// A constant as the 16-bit immediate of an instruction on `type`s.
bool FitsImmediate(uint64_t bits, wasm::ValType type) {
  const int64_t value = type == wasm::kI32 ? static_cast<int32_t>(bits) : static_cast<int64_t>(bits);
  return value == static_cast<int16_t>(value);
}

// Subtraction of a constant is addition of its negation, rotation right is rotation left: fewer kinds of instructions
// make more pairs.
wasm::Op WithNegatedConstant(wasm::Op op, uint64_t* bits) {
  switch (op) {
    case wasm::Op::I32Sub:
      *bits = static_cast<uint32_t>(-*bits);
      return wasm::Op::I32Add;
    case wasm::Op::I64Sub:
      *bits = -*bits;
      return wasm::Op::I64Add;
    case wasm::Op::I32Rotr:
      *bits = -*bits & 31;
      return wasm::Op::I32Rotl;
    case wasm::Op::I64Rotr:
      *bits = -*bits & 63;
      return wasm::Op::I64Rotl;
    default:
      return op;
  }
}

}  // namespace

bool Translator::Values(const Instr& in) {
  switch (in.info().family) {
    case OpFamily::Drop:
      Pop();
      return true;
    case OpFamily::Select:
      DoSelect(stack_[stack_.size() - 2].cell == Cell::Vec, stack_[stack_.size() - 2].cell);
      return true;
    case OpFamily::SelectT:
      DoSelect(CellOf(in.types[0]) == Cell::Vec, CellOf(in.types[0]));
      return true;
    case OpFamily::LocalGet:
      Push(Kind::Local, local_cells_[in.index], in.index, 0);
      ++alias_counts_[in.index];
      return true;
    case OpFamily::LocalSet:
      SetLocal(in.index, /*keep=*/false);
      return true;
    case OpFamily::LocalTee:
      SetLocal(in.index, /*keep=*/true);
      return true;
    case OpFamily::GlobalGet: {
      const Cell cell = CellOf(module_.globals[in.index].type.type);
      const uint32_t slot = TempSlot(2);
      EmitWide(cell == Cell::Vec ? ROp::GlobalGetV : ROp::GlobalGet, slot, in.index);
      PushHome(cell);
      if (module_.globals[in.index].type.type == wasm::kF64) Forget();  // its accumulator variant is for integers
      return true;
    }
    case OpFamily::GlobalSet: {
      const Operand value = Pop();
      EmitWide(value.cell == Cell::Vec ? ROp::GlobalSetV : ROp::GlobalSet, SlotOf(value), in.index);
      return true;
    }
    case OpFamily::Const:
      if (in.op == Op::V128Const) {
        const uint32_t slot = TempSlot(2);
        Emit(ROp::ConstV, slot);
        uint64_t halves[2];
        std::memcpy(halves, in.bytes.data(), 16);
        Extra(halves[0]);
        Extra(halves[1]);
        PushHome(Cell::Vec);
      } else {
        const bool narrow = in.op == Op::I32Const || in.op == Op::F32Const;
        PushConst(narrow ? static_cast<uint32_t>(in.value) : in.value);
      }
      return true;
    case OpFamily::Test:
    case OpFamily::Unary:
    case OpFamily::Convert:
    case OpFamily::Splat:
      Unary(in);
      return true;
    case OpFamily::Compare:
    case OpFamily::Binary:
    case OpFamily::Shift:
      Binary(in);
      return true;
    case OpFamily::Ternary:
    case OpFamily::Wide:
    case OpFamily::ExtractLane:
    case OpFamily::ReplaceLane:
    case OpFamily::Shuffle:
      Numeric(in);
      return true;
    default:
      return false;
  }
}

void Translator::Unary(const Instr& in) {
  const Operand operand = Pop();
  // eqz of a comparison => the negated comparison
  if (in.op == Op::I32Eqz && IsLast(operand)) {
    Word word = At(last_);
    const ROp negated = kNegations.ops[word.op];
    if (negated != kNoForm) {
      word.op = static_cast<uint16_t>(negated);
      Put(last_, word);
      PushHome(Cell::Num);
      return;
    }
  }
  const uint16_t slot = SlotOf(operand);
  if (in.info().has(wasm::op_flags::kTraps)) AddSite();
  EmitPopped(kPoppedB, kForms[in.op].plain, operand.home, slot);
  PushHome(CellOfLetter(in.info().sig.results[0]));
}

void Translator::Binary(const Instr& in) {
  Operand right = Pop();
  Operand left = Pop();
  const wasm::OpSig& sig = in.info().sig;
  const Cell cell = CellOfLetter(sig.results[0]);
  const bool traps = in.info().has(wasm::op_flags::kTraps);
  Op op = in.op;
  if (left.kind == Kind::Const && right.kind != Kind::Const && kForms[op].exchanged != Op::Nop) {
    std::swap(left, right);
    op = kForms[op].exchanged;
  }
  if (right.kind == Kind::Const) op = WithNegatedConstant(op, &right.bits);
  const uint32_t home = std::min(left.home, right.home);
  const Forms& form = kForms[op];
  if (right.kind == Kind::Const && form.wide != kNoForm) {
    const uint16_t slot = SlotOf(left);
    if (traps) AddSite();
    if (form.imm != kNoForm && FitsImmediate(right.bits, sig.params[1])) {
      EmitPopped(kPoppedB, form.imm, home, slot, static_cast<uint16_t>(right.bits));
    } else {
      EmitPopped(kPoppedB, form.wide, home, slot);
      Extra(right.bits);
    }
  } else if (left.kind == Kind::Const && form.left != kNoForm) {
    const uint16_t slot = SlotOf(right);
    EmitPopped(kPoppedB, form.left, home, slot);
    Extra(left.bits);
  } else {
    const uint16_t x = SlotOf(left);
    const uint16_t y = SlotOf(right);
    if (traps) AddSite();
    EmitPopped(kPoppedB | kPoppedC, form.plain, home, x, y);
  }
  PushHome(cell);
}

// Three operands or more, or further immediates.
void Translator::Numeric(const Instr& in) {
  const wasm::OpSig& sig = in.info().sig;
  Operand operands[4];
  for (int i = sig.param_count; i-- > 0;) operands[i] = Pop();
  uint16_t slots[4] = {};
  for (int i = 0; i < sig.param_count; ++i) slots[i] = SlotOf(operands[i]);
  const ROp op = kForms[in.op].plain;
  const uint32_t home = operands[0].home;
  switch (in.info().family) {
    case OpFamily::Ternary:
      Emit(op, home, slots[0], slots[1]);
      Extra4(slots[2]);
      break;
    case OpFamily::Wide:
      Emit(op, home, slots[0], slots[1]);
      Extra4(slots[2], slots[3]);
      break;
    case OpFamily::ExtractLane:
      Emit(op, home, slots[0], in.lane);
      break;
    case OpFamily::ReplaceLane:
      Emit(op, home, slots[0], slots[1]);
      Extra4(in.lane);
      break;
    default: {  // Shuffle
      Emit(op, home, slots[0], slots[1]);
      uint64_t halves[2];
      std::memcpy(halves, in.bytes.data(), 16);
      Extra(halves[0]);
      Extra(halves[1]);
      break;
    }
  }
  for (int i = 0; i < sig.result_count; ++i) PushHome(CellOfLetter(sig.results[i]));
}

void Translator::DoSelect(bool vector, Cell cell) {
  using Test = Condition::Test;
  const bool fuse = !vector;
  Condition condition;
  if (fuse) {
    condition = TakeCondition();
    if (condition.test == Test::And || condition.test == Test::AndImm || condition.test == Test::Nz64) {
      // Rare: compute it after all.
      const uint16_t temp = TempSlot(2);
      if (condition.test == Test::Nz64) {
        Emit(ROp::I64Eqz, temp, condition.x);
        condition.holds = !condition.holds;
      } else {
        Emit(condition.test == Test::And ? ROp::I32And : ROp::I32AndI, temp, condition.x, condition.y);
      }
      condition = {Test::Nz, condition.holds, Op::Nop, temp, 0};
    }
  } else {
    condition = {Test::Nz, true, Op::Nop, PopSlot(), 0};
  }
  const Operand second = Pop();
  const Operand first = Pop();
  uint16_t y = SlotOf(second);
  uint16_t x = SlotOf(first);
  if (!condition.holds) std::swap(x, y);
  const uint32_t home = first.home;
  if (condition.test == Test::Nz) {
    Emit(vector ? ROp::SelectV : ROp::Select, home, x, y);
    Extra4(condition.x);
  } else {
    const Forms& form = kForms[condition.compare];
    Emit(condition.test == Test::Compare ? form.select : form.select_imm, home, x, y);
    Extra4(condition.x, condition.y);
  }
  PushHome(cell);
}

}  // namespace gantry::interp
