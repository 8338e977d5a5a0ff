#include "runtime/native/code_piece.h"

#include <algorithm>

namespace gantry::native {

using abi::CallSite;
using abi::CodeBatch;
using abi::FunctionRecord;
using abi::TrapSite;

void CodePiece::Reserve(std::span<const CodeBatch> batches) {
  size_t functions = 0, traps = 0, calls = 0, handlers = 0, maps = 0;
  for (const CodeBatch& batch : batches) {
    functions += batch.functions.size();
    traps += batch.traps.size();
    calls += batch.calls.size();
    handlers += batch.handlers.size();
    maps += batch.maps.size();
  }
  functions_.reserve(functions);
  traps_.reserve(traps);
  calls_.reserve(calls);
  handlers_.reserve(handlers);
  maps_.reserve(maps);
}

// One after another, indices between them moved along.
void CodePiece::Add(const CodeBatch& batch, uint32_t start) {
  const auto trap_base = static_cast<uint32_t>(traps_.size()), call_base = static_cast<uint32_t>(calls_.size());
  const auto map_base = static_cast<uint32_t>(maps_.size()), handler_base = static_cast<uint32_t>(handlers_.size());
  for (FunctionRecord function : batch.functions) {
    function.start += start;
    function.first_trap += trap_base;
    function.first_call += call_base;
    functions_.push_back(function);
  }
  for (CallSite site : batch.calls) {
    if (site.map != CallSite::kNoMap) site.map += map_base;
    if (site.handler != CallSite::kNoHandler) site.handler += handler_base;
    calls_.push_back(site);
  }
  traps_.insert(traps_.end(), batch.traps.begin(), batch.traps.end());
  handlers_.insert(handlers_.end(), batch.handlers.begin(), batch.handlers.end());
  maps_.insert(maps_.end(), batch.maps.begin(), batch.maps.end());
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
