// X64Compiler: which file takes an instruction.
#include "compiler/baseline/x64/compiler.h"

namespace gantry::baseline {

using abi::TrapCode;
using wasm::OpFamily;

// Numbers, but for constants.
void X64Compiler::Numeric() {
  if (!Integer() && !Float() && !Convert()) Refuse(in_.info().text.data());
}

void X64Compiler::Select() {
  if (in_.op >= Op::V128Load8x8S && in_.op <= Op::I32x4RelaxedDotI8x16I7x16AddS && Simd()) return;
  switch (FamilyOf(in_.op)) {
    case OpFamily::Unreachable:
      FlushFuel();
      Trap(TrapCode::Unreachable);
      SetUnreachable();
      return;
    case OpFamily::Const:
      if (in_.op == Op::V128Const) {
        uint64_t halves[2];
        std::memcpy(halves, in_.bytes.data(), 16);
        PushConst(Kind::V128, Literal128(halves[0], halves[1]));
      } else {
        constexpr Kind kKinds[] = {Kind::I32, Kind::I64, Kind::F32, Kind::F64};
        const Kind kind = kKinds[static_cast<int>(in_.op) - static_cast<int>(Op::I32Const)];
        PushConst(kind, kind == Kind::I32 ? static_cast<uint32_t>(in_.value) : in_.value);
      }
      return;
    case OpFamily::Select:
    case OpFamily::SelectT:
      DoSelect();
      return;
    case OpFamily::Test:
    case OpFamily::Compare:
    case OpFamily::Unary:
    case OpFamily::Binary:
    case OpFamily::Convert:
      Numeric();
      return;
    case OpFamily::Load:
    case OpFamily::Store:
      Access();
      return;
    case OpFamily::Call:
    case OpFamily::CallIndirect:
      if (Calls()) return;
      break;
    case OpFamily::GlobalGet:
    case OpFamily::GlobalSet:
      if (Globals()) return;
      break;
    case OpFamily::StructGet:
    case OpFamily::StructSet:
    case OpFamily::ArrayGet:
    case OpFamily::ArraySet:
      if (Objects()) return;
      break;
    default:
      if (Calls() || Globals() || References() || Bulk() || Objects() || Exceptions() || Wide() || Atomics()) return;
      break;
  }
  Refuse(in_.info().text.data());
}

}  // namespace gantry::baseline
