// X64Compiler: memory.copy and memory.fill of a few bytes, how many being constant, without a call.
//
// [B1] Nothing is written before all is read, so overlaps need no care, and the bytes that lie highest are written
// first: if the range does not fit, the guard stops that write, and memory is as it was.
#include "compiler/baseline/x64/compiler.h"

namespace gantry::baseline {

using x64::Gpr;
using x64::Inst;

namespace {

// Pieces that cover `count` bytes, the highest first; they may overlap. 0 pieces: count is not for us.
struct Pieces {
  static constexpr uint32_t kMost = 4;
  explicit Pieces(uint64_t count) {
    if (count < 4 || count > kMost * 16) return;
    size = count >= 16 ? 16 : count >= 8 ? 8 : 4;
    kind = size == 16 ? Kind::V128 : size == 8 ? Kind::F64 : Kind::F32;
    const int32_t last = static_cast<int32_t>(count) - size;
    at[pieces++] = last;
    for (int32_t next = 0; next < last; next += size) at[pieces++] = next;
  }

  uint32_t pieces = 0;
  int32_t size = 0;
  Kind kind{};
  int32_t at[kMost];
};

x64::Mem Plus(x64::Mem mem, int32_t bytes) {
  mem.disp += bytes;
  return mem;
}

}  // namespace

// A constant on top of the stack that counts bytes of memory 0, which has a guard. Fuel is paid per byte, elsewhere.
bool X64Compiler::IsInlineCount(const Operand& count) const {
  return count.where == Where::Const && info_.IsGuarded(0) && !module_.memories[0].type.is_shared &&
         !info_.options.consume_fuel && Pieces(static_cast<uint32_t>(count.bits)).pieces != 0;
}

// Where an address in memory 0 is, with room for small displacements behind it.
x64::Mem X64Compiler::BulkAddress(const Operand& address) {
  constexpr uint32_t kMaxDisp = 0x7fff0000;
  const uint32_t constant = static_cast<uint32_t>(address.bits);
  if (address.where == Where::Const && constant < kMaxDisp) {
    return Mem::At(Gpr::r15, static_cast<int32_t>(constant));
  }
  return Mem::At(Gpr::r15, G(Use(address).reg), 0, 0);
}

bool X64Compiler::CopyInline() {
  if (in_.index != 0 || in_.index2 != 0 || !IsInlineCount(stack_.back())) return false;
  const Pieces pieces(static_cast<uint32_t>(Pop().bits));
  const Operand from = Pop(), to = Pop();
  const Mem source = BulkAddress(from), target = BulkAddress(to);
  Reg regs[Pieces::kMost];
  for (uint32_t i = 0; i < pieces.pieces; ++i) {
    regs[i] = AllocTemp(kVectorRegs);
    MayFault();
    Load(pieces.kind, regs[i], Plus(source, pieces.at[i]));
  }
  for (uint32_t i = 0; i < pieces.pieces; ++i) {
    MayFault();
    Store(pieces.kind, regs[i], Plus(target, pieces.at[i]));
  }
  return true;
}

bool X64Compiler::FillInline() {
  if (in_.index != 0 || !IsInlineCount(stack_.back()) || stack_[depth() - 2].where != Where::Const) return false;
  const Pieces pieces(static_cast<uint32_t>(Pop().bits));
  const uint64_t bytes = (Pop().bits & 0xff) * 0x0101010101010101;
  const Mem target = BulkAddress(Pop());
  LoadConst(Kind::V128, kVectorScratch, Literal128(bytes, bytes));
  for (uint32_t i = 0; i < pieces.pieces; ++i) {
    MayFault();
    Store(pieces.kind, kVectorScratch, Plus(target, pieces.at[i]));
  }
  return true;
}

}  // namespace gantry::baseline
