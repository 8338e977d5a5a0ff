// X64Compiler: conditions. A comparison looks at the instruction behind it: a branch, an `if` or a `select` takes the
// flags as they are, anything else a number.
#pragma once

#include "compiler/baseline/x64/compiler.h"

namespace gantry::baseline {

// `emit_flags` emits the comparison, whose operands have been popped, and returns its condition.
template <class EmitFlags>
void X64Compiler::Conditional(EmitFlags&& emit_flags) {
  const Fusion fusion = TakeFusion();
  auto flags = [&] {
    const X64Condition condition = emit_flags();
    return fusion.negated ? condition.Negated() : condition;
  };
  switch (fusion.kind) {
    case Fusion::Kind::BrIf:
      FlushFuel();
      BranchIf(in_.index, flags());
      return;
    case Fusion::Kind::If:
      FlushFuel();
      BeginIf(in_.block, flags());
      return;
    case Fusion::Kind::Select: {
      const Operand second = Pop(), first = Pop();
      SelectValues(first, second, flags);
      return;
    }
    case Fusion::Kind::None: {
      const Reg dst = DstBeside(kGeneralRegs);
      Lock(dst);
      a_.RegRm<Inst::Xor32Rm>(G(dst), G(dst));
      PushCondition(flags(), dst);
      return;
    }
  }
}

// first if the condition holds, else second. `flags` emits it, when all that might change flags is done.
template <class EmitFlags>
void X64Compiler::SelectValues(const Operand& first, const Operand& second, EmitFlags&& flags) {
  const Src x = Use(first), y = Use(second);
  SelectByFlags(first.kind, x, y, flags());
}

}  // namespace gantry::baseline
