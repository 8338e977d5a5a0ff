#include "runtime/native/code_piece.h"

#include <algorithm>

namespace gantry::native {

using abi::CallSite;
using abi::FunctionRecord;
using abi::TrapSite;

CodePiece::CodePiece(const uint8_t* base, uint32_t start, const abi::CodeBatch& batch)
    : base_(base),
      functions_(batch.functions),
      traps_(batch.traps),
      calls_(batch.calls),
      handlers_(batch.handlers),
      maps_(batch.maps) {
  for (FunctionRecord& function : functions_) function.start += start;
}

Position CodePiece::Find(uintptr_t pc) const {
  const uintptr_t at = pc - reinterpret_cast<uintptr_t>(base_);
  auto after = std::upper_bound(functions_.begin(), functions_.end(), at,
                                [](uintptr_t p, const FunctionRecord& f) { return p < f.start; });
  if (after == functions_.begin()) return {};
  const FunctionRecord& function = *(after - 1);
  const uintptr_t within = at - function.start;
  if (within >= function.size) return {};
  return {&function, static_cast<uint32_t>(within), this};
}

const TrapSite* CodePiece::FindTrap(Position at) const {
  const auto sites = std::span(traps_).subspan(at.function->first_trap, at.function->trap_count);
  auto found =
      std::lower_bound(sites.begin(), sites.end(), at.pc, [](const TrapSite& s, uint32_t pc) { return s.pc < pc; });
  return found == sites.end() || found->pc != at.pc ? nullptr : &*found;
}

const CallSite* CodePiece::FindCall(Position at) const {
  const auto sites = std::span(calls_).subspan(at.function->first_call, at.function->call_count);
  auto found = std::lower_bound(sites.begin(), sites.end(), at.pc,
                                [](const CallSite& s, uint32_t pc) { return s.return_pc < pc; });
  return found == sites.end() || found->return_pc != at.pc ? nullptr : &*found;
}

}  // namespace gantry::native
