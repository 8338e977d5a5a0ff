// What the scanner knows of registers and frame cells at a place in the code.
#pragma once

#include <array>
#include <cstdint>
#include <map>

namespace gantry::native_tests {

enum class What : uint8_t {
  Any,
  Const,          // number
  Saved,          // the caller's register `arg`
  ReturnAddress,  //
  Stack,          // rsp at the function's entry + number
  Area,           // somewhere in the frame from there on: a loop that fills it
  Context,        // of this instance
  Foreign,        // of another instance
  Store,
  Builtins,
  Memory0,      // base of memory 0, which is r15
  MemoryDef,    // of memory `arg`
  MemoryBase,   // base of memory `arg`
  Extent,       // index + number, without overflow, not compared yet
  MayWrap,      // the same, perhaps with overflow
  Checked,      // index + number, at most the length of memory `arg`
  CheckedEnd,   // that and the base of memory `arg`
  TableDef,     // of table `arg`
  TableBase,    // first element of table `arg`
  DoubleIndex,  // twice an index below the length of table `arg`
  DoubleCount,  // twice an index below `arg`
  TableEntry,   // of function table `arg`
  FuncRef,      // a function reference, perhaps null
  OwnFunc,      // the same, of this instance
  CageWord,     // eight bytes of an object: a function reference if the program treats it as one
  GlobalCell,   // of imported global `arg`
  GcBase,
  GcWindow,
  Object,         // GcBase and the reference in register `arg`
  ScaledElement,  // 16 times an index below the length of that array
  AtMost,         // number, and not below 0
  Clamped,        // at most `arg` - 1
  JumpTable,      // table at position `arg`, and so on
  JumpSlot,
  JumpDelta,
  JumpTarget,
};

enum class Below : uint8_t { None, Count, Table, Array };

struct Value {
  What what = What::Any;
  bool clean = false;  // bits 32 to 63 are zero
  Below below =
      Below::None;  // it is less than `below_arg`, or the length of that table, or of the array in that register
  uint32_t arg = 0;
  uint32_t below_arg = 0;
  int64_t number = 0;

  bool operator==(const Value&) const = default;
  bool is(What w) const { return what == w; }
  // May the program treat it as a function reference?
  bool is_func() const {
    return is(What::FuncRef) || is(What::OwnFunc) || is(What::CageWord) || (is(What::Const) && number == 0);
  }

  static Value Of(What what, uint32_t arg = 0, int64_t number = 0) {
    Value value;
    value.what = what;
    value.arg = arg;
    value.number = number;
    return value;
  }
  static Value Clean() {
    Value value;
    value.clean = true;
    return value;
  }
  static Value ConstOf(uint64_t number) {
    Value value = Of(What::Const, 0, static_cast<int64_t>(number));
    value.clean = number <= 0xffffffff;
    return value;
  }
};

// What both are.
Value Join(const Value& a, const Value& b);

// What the latest comparison, or addition, was about.
struct Flags {
  enum class About : uint8_t { Nothing, Length, Count, TableLength, ArrayLength, Carry, Clamp } about = About::Nothing;
  uint8_t reg = 0;
  uint32_t arg = 0;

  bool operator==(const Flags&) const = default;
};

struct State {
  std::array<Value, 16> regs;
  std::map<int32_t, Value> cells;  // by distance from rsp at the entry; those about which anything is known
  Flags flags;

  // Makes this what both are. True if it has changed.
  bool JoinWith(const State& other);
};

}  // namespace gantry::native_tests
