// Encoding: one function per kind of operands. With a constant instruction everything that depends on its form folds
// away.
//
// Each writes at `at`, at most kMaxInstBytes, and returns the end. It may write up to kSlackBytes beyond that, so a
// buffer needs so many bytes of room.
//
// Sources: Intel SDM volume 2, chapter 2. Tested by forms_test.cc.
#pragma once

#include <cstring>

#include "compiler/asm/x64/forms.h"
#include "compiler/asm/x64/operands.h"

namespace gantry::x64 {

inline constexpr int kMaxInstBytes = 15;
inline constexpr int kSlackBytes = 8;

namespace detail {

#define GANTRY_INLINE [[gnu::always_inline]] inline

GANTRY_INLINE uint8_t* Put8(uint8_t* at, uint8_t value) {
  *at = value;
  return at + 1;
}
GANTRY_INLINE uint8_t* Put32(uint8_t* at, uint32_t value) {
  std::memcpy(at, &value, 4);
  return at + 4;
}

GANTRY_INLINE uint8_t* PutImm(uint8_t* at, int bytes, int64_t imm) {
  std::memcpy(at, &imm, 8);
  return at + bytes;
}

constexpr bool IsByte(Operand operand) { return operand == Operand::G1; }

// spl to dil, which exist only with a REX prefix.
GANTRY_INLINE bool NeedsRex(Operand operand, uint8_t reg) { return IsByte(operand) && reg >= 4; }

// Prefixes and opcode. `reg`, `index` and `base` as they go into R, X and B; `vvvv` only with VEX.
GANTRY_INLINE uint8_t* PutHead(uint8_t* at, const Form& form, uint8_t reg, uint8_t index, uint8_t base, uint8_t vvvv,
                               bool force_rex) {
  if (form.is_vex()) {
    const uint8_t tail =
        static_cast<uint8_t>(form.w << 7 | (form.has_vvvv() ? ~vvvv & 15 : 15) << 3 | static_cast<int>(form.prefix));
    const uint8_t r = static_cast<uint8_t>((~reg & 8) << 4);
    if (form.map == Map::M1 && form.w == 0 && index < 8 && base < 8) {
      at = Put8(at, 0xc5);
      at = Put8(at, static_cast<uint8_t>(r | tail));
    } else {
      at = Put8(at, 0xc4);
      at = Put8(at, static_cast<uint8_t>(r | (~index & 8) << 3 | (~base & 8) << 2 | static_cast<int>(form.map)));
      at = Put8(at, tail);
    }
    return Put8(at, form.opcode);
  }
  constexpr uint8_t kPrefixes[] = {0, 0x66, 0xf3, 0xf2};
  if (form.prefix != Prefix::P0) at = Put8(at, kPrefixes[static_cast<int>(form.prefix)]);
  const uint8_t rex = static_cast<uint8_t>(0x40 | form.w << 3 | (reg & 8) >> 1 | (index & 8) >> 2 | base >> 3);
  *at = rex;
  at += (rex != 0x40) | force_rex;
  if (form.map != Map::M0) at = Put8(at, 0x0f);
  if (form.map == Map::M2) at = Put8(at, 0x38);
  if (form.map == Map::M3) at = Put8(at, 0x3a);
  return Put8(at, form.opcode);
}

GANTRY_INLINE uint8_t* PutModRmReg(uint8_t* at, uint8_t reg, uint8_t rm) {
  return Put8(at, static_cast<uint8_t>(0xc0 | (reg & 7) << 3 | (rm & 7)));
}

GANTRY_INLINE uint8_t* PutModRmMem(uint8_t* at, uint8_t reg, Mem mem) {
  constexpr uint8_t kSib = 4, kNoIndex = 4, kDisp32Base = 5;
  const uint8_t r = static_cast<uint8_t>((reg & 7) << 3);
  const uint8_t index = mem.index == Mem::kNone ? kNoIndex : mem.index & 7;
  if (mem.base == Mem::kNone) {
    at = Put8(at, r | kSib);
    at = Put8(at, static_cast<uint8_t>(mem.scale << 6 | index << 3 | kDisp32Base));
    return Put32(at, static_cast<uint32_t>(mem.disp));
  }
  const uint8_t base = mem.base & 7;
  // rbp and r13 as a base always have a displacement; rsp and r12 always an index byte.
  const uint8_t mod = mem.disp == 0 && base != 5 ? 0 : mem.disp == static_cast<int8_t>(mem.disp) ? 0x40 : 0x80;
  if (mem.index != Mem::kNone || base == kSib) {
    at = Put8(at, mod | r | kSib);
    at = Put8(at, static_cast<uint8_t>(mem.scale << 6 | index << 3 | base));
  } else {
    at = Put8(at, mod | r | base);
  }
  std::memcpy(at, &mem.disp, 4);
  return at + (mod == 0 ? 0 : mod == 0x40 ? 1 : 4);
}

}  // namespace detail

// Registers by number. `reg` and `vvvv` are ignored where the form has no operand in that place.
GANTRY_INLINE uint8_t* EncodeReg(uint8_t* at, const Form& form, uint8_t reg, uint8_t rm, uint8_t vvvv = 0,
                                 int64_t imm = 0) {
  const uint8_t middle = form.has_reg() ? reg : form.digit;
  const bool force_rex = (form.has_reg() && detail::NeedsRex(form.reg, reg)) || detail::NeedsRex(form.rm, rm);
  at = detail::PutHead(at, form, middle, 0, rm, vvvv, force_rex);
  at = detail::PutModRmReg(at, middle, rm);
  return detail::PutImm(at, form.imm_bytes, imm);
}

GANTRY_INLINE uint8_t* EncodeMem(uint8_t* at, const Form& form, uint8_t reg, Mem mem, uint8_t vvvv = 0,
                                 int64_t imm = 0) {
  constexpr uint8_t kGsPrefix = 0x65;
  const uint8_t middle = form.has_reg() ? reg : form.digit;
  const uint8_t index = mem.index == Mem::kNone ? 0 : mem.index, base = mem.base == Mem::kNone ? 0 : mem.base;
  *at = kGsPrefix;
  at += mem.gs;
  at = detail::PutHead(at, form, middle, index, base, vvvv, form.has_reg() && detail::NeedsRex(form.reg, reg));
  at = detail::PutModRmMem(at, middle, mem);
  return detail::PutImm(at, form.imm_bytes, imm);
}

// [rip + disp]; disp counts from the end of the displacement, so it must include the immediate's bytes, negated.
GANTRY_INLINE uint8_t* EncodeRip(uint8_t* at, const Form& form, uint8_t reg, int32_t disp, uint8_t vvvv = 0,
                                 int64_t imm = 0) {
  constexpr uint8_t kRipBase = 5;
  const uint8_t middle = form.has_reg() ? reg : form.digit;
  at = detail::PutHead(at, form, middle, 0, 0, vvvv, form.has_reg() && detail::NeedsRex(form.reg, reg));
  at = detail::Put8(at, static_cast<uint8_t>((middle & 7) << 3 | kRipBase));
  at = detail::Put32(at, static_cast<uint32_t>(disp));
  return detail::PutImm(at, form.imm_bytes, imm);
}

// Layouts O and OI.
GANTRY_INLINE uint8_t* EncodeOpcodeReg(uint8_t* at, const Form& form, uint8_t reg, int64_t imm = 0) {
  at = detail::PutHead(at, form, 0, 0, reg, 0, false);
  at[-1] = static_cast<uint8_t>(at[-1] + (reg & 7));
  return detail::PutImm(at, form.imm_bytes, imm);
}

// Layouts ZO and I.
GANTRY_INLINE uint8_t* EncodeAlone(uint8_t* at, const Form& form, int64_t imm = 0) {
  at = detail::PutHead(at, form, 0, 0, 0, 0, false);
  *at = form.digit;
  at += form.digit != 0;
  return detail::PutImm(at, form.imm_bytes, imm);
}

#undef GANTRY_INLINE

}  // namespace gantry::x64
