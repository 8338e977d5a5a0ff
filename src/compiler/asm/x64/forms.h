// The instruction forms of forms.def as data.
#pragma once

#include <cstdint>
#include <string_view>

namespace gantry::x64 {

enum class Layout : uint8_t {
  RM,
  MR,
  M,
  MI,
  RMI,
  MRI,
  MC,
  O,
  OI,
  I,
  D,
  ZO,
  VRM,
  VMR,
  VRMI,
  VMRI,
  VRVM,
  VRVMI,
  VRVMR,
  VRMV,
  VVMI,
  VVM
};
enum class Operand : uint8_t { N, G1, G2, G4, G8, X, M };
enum class Prefix : uint8_t { P0, P66, PF3, PF2 };  // as VEX.pp counts them
enum class Map : uint8_t { M0, M1, M2, M3 };        // as VEX.mmmmm counts them
enum class Isa : uint8_t { Base, Sse3, Ssse3, Sse41, Sse42, Popcnt, Lzcnt, Bmi1, Bmi2, Avx, Avx2, Fma };

struct Form {
  Layout layout;
  Operand reg, rm;
  uint8_t mem_bytes;
  uint8_t w;
  Prefix prefix;
  Map map;
  uint8_t opcode;
  uint8_t digit;
  uint8_t imm_bytes;
  Isa isa;

  constexpr bool is_vex() const { return layout >= Layout::VRM; }
  constexpr bool has_vvvv() const { return layout >= Layout::VRVM; }
  constexpr bool has_reg() const { return reg != Operand::N && layout != Layout::VVMI && layout != Layout::VVM; }
};

enum class Inst : uint16_t {
#define FORM(Id, text, layout, reg, rm, mem, w, prefix, map, opcode, digit, imm, isa) Id,
#include "compiler/asm/x64/forms.def"
};

inline constexpr Form kForms[] = {
#define FORM(Id, text, layout, reg, rm, mem, w, prefix, map, opcode, digit, imm, isa) \
  {Layout::layout, Operand::reg, Operand::rm, mem, w, Prefix::prefix, Map::map, opcode, digit, imm, Isa::isa},
#include "compiler/asm/x64/forms.def"
};
inline constexpr int kFormCount = static_cast<int>(sizeof(kForms) / sizeof(kForms[0]));

constexpr const Form& FormOf(Inst inst) { return kForms[static_cast<int>(inst)]; }

// The mnemonic in Intel syntax.
std::string_view TextOf(Inst inst);

}  // namespace gantry::x64
