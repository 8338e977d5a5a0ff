// Encoding: one function per kind of operands. With a constant instruction everything that depends on its form folds
// away; for the others a table has it ready to write.
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

// A form as its encoding needs it.
struct Encoding {
  uint32_t opcode;       // escape bytes and the opcode, the first one lowest; VEX: the opcode
  uint8_t opcode_bytes;  // 1 to 3
  uint8_t prefix;        // 0x66, 0xf3 or 0xf2; 0: none
  uint8_t rex;           // 0x40 and W
  uint8_t digit;
  uint8_t imm_bytes;
  bool has_reg;
  bool is_byte_reg, is_byte_rm;  // spl to dil need a REX prefix
  bool is_vex, has_vvvv;
  uint8_t vex_tail;  // W and pp
  uint8_t vex_map;
};

constexpr Encoding EncodingFor(const Form& form) {
  constexpr uint8_t kPrefixes[] = {0, 0x66, 0xf3, 0xf2};
  Encoding out{};
  const uint32_t map = static_cast<uint32_t>(form.map), opcode = form.opcode;
  out.is_vex = form.is_vex();
  if (out.is_vex || form.map == Map::M0) {
    out.opcode = opcode;
    out.opcode_bytes = 1;
  } else if (form.map == Map::M1) {
    out.opcode = 0x0f | opcode << 8;
    out.opcode_bytes = 2;
  } else {
    out.opcode = 0x0f | (form.map == Map::M2 ? 0x38u : 0x3au) << 8 | opcode << 16;
    out.opcode_bytes = 3;
  }
  out.prefix = kPrefixes[static_cast<int>(form.prefix)];
  out.rex = static_cast<uint8_t>(0x40 | form.w << 3);
  out.digit = form.digit;
  out.imm_bytes = form.imm_bytes;
  out.has_reg = form.has_reg();
  out.is_byte_reg = out.has_reg && form.reg == Operand::G1;
  out.is_byte_rm = form.rm == Operand::G1;
  out.has_vvvv = form.has_vvvv();
  out.vex_tail = static_cast<uint8_t>(form.w << 7 | static_cast<int>(form.prefix));
  out.vex_map = static_cast<uint8_t>(map);
  return out;
}

struct Encodings {
  Encoding of[kFormCount];
};
inline constexpr Encodings kEncodings = [] {
  Encodings encodings{};
  for (int i = 0; i < kFormCount; ++i) encodings.of[i] = EncodingFor(kForms[i]);
  return encodings;
}();

constexpr const Encoding& EncodingOf(Inst inst) { return kEncodings.of[static_cast<int>(inst)]; }

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

// Prefixes and opcode of a form without VEX. `reg`, `index` and `base` as they go into R, X and B.
GANTRY_INLINE uint8_t* PutLegacyHead(uint8_t* at, const Encoding& form, uint8_t reg, uint8_t index, uint8_t base,
                                     bool force_rex) {
  constexpr uint8_t kNoRex = 0x40;
  *at = form.prefix;
  at += form.prefix != 0;
  const uint8_t rex = static_cast<uint8_t>(form.rex | (reg & 8) >> 1 | (index & 8) >> 2 | base >> 3);
  *at = rex;
  at += (rex != kNoRex) | force_rex;
  std::memcpy(at, &form.opcode, 4);
  return at + form.opcode_bytes;
}

// The same of any form; `vvvv` only with VEX.
GANTRY_INLINE uint8_t* PutHead(uint8_t* at, const Encoding& form, uint8_t reg, uint8_t index, uint8_t base,
                               uint8_t vvvv, bool force_rex) {
  if (form.is_vex) {
    const uint8_t tail = static_cast<uint8_t>(form.vex_tail | (form.has_vvvv ? ~vvvv & 15 : 15) << 3);
    const uint8_t r = static_cast<uint8_t>((~reg & 8) << 4);
    if (form.vex_map == 1 && (tail & 0x80) == 0 && index < 8 && base < 8) {
      at = Put8(at, 0xc5);
      at = Put8(at, static_cast<uint8_t>(r | tail));
    } else {
      at = Put8(at, 0xc4);
      at = Put8(at, static_cast<uint8_t>(r | (~index & 8) << 3 | (~base & 8) << 2 | form.vex_map));
      at = Put8(at, tail);
    }
    return Put8(at, static_cast<uint8_t>(form.opcode));
  }
  return PutLegacyHead(at, form, reg, index, base, force_rex);
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
GANTRY_INLINE uint8_t* EncodeReg(uint8_t* at, const Encoding& form, uint8_t reg, uint8_t rm, uint8_t vvvv = 0,
                                 int64_t imm = 0) {
  const uint8_t middle = form.has_reg ? reg : form.digit;
  const bool force_rex = (form.is_byte_reg & (reg >= 4)) | (form.is_byte_rm & (rm >= 4));
  at = detail::PutHead(at, form, middle, 0, rm, vvvv, force_rex);
  at = detail::PutModRmReg(at, middle, rm);
  return detail::PutImm(at, form.imm_bytes, imm);
}

GANTRY_INLINE uint8_t* EncodeMem(uint8_t* at, const Encoding& form, uint8_t reg, Mem mem, uint8_t vvvv = 0,
                                 int64_t imm = 0) {
  constexpr uint8_t kGsPrefix = 0x65;
  const uint8_t middle = form.has_reg ? reg : form.digit;
  const uint8_t index = mem.index == Mem::kNone ? 0 : mem.index, base = mem.base == Mem::kNone ? 0 : mem.base;
  *at = kGsPrefix;
  at += mem.gs;
  at = detail::PutHead(at, form, middle, index, base, vvvv, form.is_byte_reg & (reg >= 4));
  at = detail::PutModRmMem(at, middle, mem);
  return detail::PutImm(at, form.imm_bytes, imm);
}

// The same of two frequent kinds of operands in memory, of which half of the encoding is known. Not with VEX.
GANTRY_INLINE uint8_t* EncodeIndexed(uint8_t* at, const Encoding& form, uint8_t reg, IndexedMem mem) {
  constexpr uint8_t kSib = 4;
  const uint8_t middle = form.has_reg ? reg : form.digit, index = Number(mem.index), base = Number(mem.base);
  at = detail::PutLegacyHead(at, form, middle, index, base, /*force_rex=*/true);  // the base needs it
  const uint8_t mod = mem.disp == 0 ? 0 : mem.disp == static_cast<int8_t>(mem.disp) ? 0x40 : 0x80;
  at[0] = static_cast<uint8_t>(mod | (middle & 7) << 3 | kSib);
  at[1] = static_cast<uint8_t>((index & 7) << 3 | (base & 7));
  std::memcpy(at + 2, &mem.disp, 4);
  return at + 2 + (mod == 0 ? 0 : mod == 0x40 ? 1 : 4);
}

GANTRY_INLINE uint8_t* EncodeFrame(uint8_t* at, const Encoding& form, uint8_t reg, FrameMem mem) {
  constexpr uint8_t kRbp = 5;
  const uint8_t middle = form.has_reg ? reg : form.digit;
  at = detail::PutLegacyHead(at, form, middle, 0, kRbp, form.is_byte_reg & (reg >= 4));
  const bool is_short = mem.disp == static_cast<int8_t>(mem.disp);
  at[0] = static_cast<uint8_t>((is_short ? 0x40 : 0x80) | (middle & 7) << 3 | kRbp);
  std::memcpy(at + 1, &mem.disp, 4);
  return at + 1 + (is_short ? 1 : 4);
}

// [rip + disp]; disp counts from the end of the displacement, so it must include the immediate's bytes, negated.
GANTRY_INLINE uint8_t* EncodeRip(uint8_t* at, const Encoding& form, uint8_t reg, int32_t disp, uint8_t vvvv = 0,
                                 int64_t imm = 0) {
  constexpr uint8_t kRipBase = 5;
  const uint8_t middle = form.has_reg ? reg : form.digit;
  at = detail::PutHead(at, form, middle, 0, 0, vvvv, form.is_byte_reg & (reg >= 4));
  at = detail::Put8(at, static_cast<uint8_t>((middle & 7) << 3 | kRipBase));
  at = detail::Put32(at, static_cast<uint32_t>(disp));
  return detail::PutImm(at, form.imm_bytes, imm);
}

// Layouts O and OI.
GANTRY_INLINE uint8_t* EncodeOpcodeReg(uint8_t* at, const Encoding& form, uint8_t reg, int64_t imm = 0) {
  at = detail::PutHead(at, form, 0, 0, reg, 0, false);
  at[-1] = static_cast<uint8_t>(at[-1] + (reg & 7));
  return detail::PutImm(at, form.imm_bytes, imm);
}

// Layouts ZO and I.
GANTRY_INLINE uint8_t* EncodeAlone(uint8_t* at, const Encoding& form, int64_t imm = 0) {
  at = detail::PutHead(at, form, 0, 0, 0, 0, false);
  *at = form.digit;
  at += form.digit != 0;
  return detail::PutImm(at, form.imm_bytes, imm);
}

#undef GANTRY_INLINE

}  // namespace gantry::x64
