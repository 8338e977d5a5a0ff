#include "compiler/asm/x64/forms.h"

namespace gantry::x64 {

std::string_view TextOf(Inst inst) {
  static constexpr std::string_view kTexts[] = {
#define FORM(Id, text, layout, reg, rm, mem, w, prefix, map, opcode, digit, imm, isa) text,
#include "compiler/asm/x64/forms.def"
  };
  return kTexts[static_cast<int>(inst)];
}

}  // namespace gantry::x64
