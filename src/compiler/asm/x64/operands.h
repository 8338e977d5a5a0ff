// Memory operands.
#pragma once

#include "compiler/asm/x64/registers.h"

namespace gantry::x64 {

// [segment: base + index << scale + disp]. Without a base: [index << scale + disp32] or, without an index as well, an
// absolute address of 31 bits.
struct Mem {
  static constexpr uint8_t kNone = 0xff;

  uint8_t base = kNone;
  uint8_t index = kNone;  // never rsp
  uint8_t scale = 0;      // 0 to 3
  bool gs = false;        // relative to the GS base
  int32_t disp = 0;

  static constexpr Mem At(Gpr base, int32_t disp = 0) { return {Number(base), kNone, 0, false, disp}; }
  static constexpr Mem At(Gpr base, Gpr index, uint8_t scale, int32_t disp = 0) {
    return {Number(base), Number(index), scale, false, disp};
  }
  static constexpr Mem Scaled(Gpr index, uint8_t scale, int32_t disp) {
    return {kNone, Number(index), scale, false, disp};
  }
  constexpr Mem InGs() const {
    Mem mem = *this;
    mem.gs = true;
    return mem;
  }
};

// [base + index + disp], with a base of r8 to r15 but for r13: what an access to guest memory looks like.
struct IndexedMem {
  Gpr base;
  Gpr index;  // never rsp
  int32_t disp;

  constexpr operator Mem() const { return Mem::At(base, index, 0, disp); }
};

// [rbp + disp].
struct FrameMem {
  int32_t disp;
};

}  // namespace gantry::x64
