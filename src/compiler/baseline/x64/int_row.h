// Rows of the table by which instructions on i32 and i64 are selected (integer.cc).
#pragma once

#include "compiler/asm/x64/forms.h"
#include "compiler/asm/x64/registers.h"

namespace gantry::baseline {

enum class IntShape : uint8_t {
  None,
  Alu,
  Multiply,
  DivS,
  DivU,
  RemS,
  RemU,
  Shift,
  Rotate,
  Clz,
  Ctz,
  Popcnt,
  Eqz,
  Compare,
  Extend,
  Wrap,
  ExtendU
};

struct IntRow {
  IntShape shape = IntShape::None;
  bool wide = false;
  bool commutative = false;
  x64::Cond cond = x64::Cond::o;
  // Shift: by cl, by a constant, BMI2 by a register. Extend: rm.
  x64::Inst rm{}, imm8{}, imm{};
};

// A constant of an instruction as a number.
inline int64_t Signed(bool wide, uint64_t bits) {
  return wide ? static_cast<int64_t>(bits) : static_cast<int32_t>(bits);
}
inline bool Fits32(int64_t value) { return value == static_cast<int32_t>(value); }
inline bool Fits8(int64_t value) { return value == static_cast<int8_t>(value); }

}  // namespace gantry::baseline
