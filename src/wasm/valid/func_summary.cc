#include "wasm/valid/func_summary.h"

#include <fmt/core.h>

#include <algorithm>

namespace gantry::wasm::valid {

namespace {

struct UseName {
  uint32_t bit;
  std::string_view name;
};
constexpr UseName kUseNames[] = {
    {uses::kMemory, "memory"},
    {uses::kMemoryGrow, "memory.grow"},
    {uses::kTable, "table"},
    {uses::kGlobal, "global"},
    {uses::kRefs, "references"},
    {uses::kGc, "gc"},
    {uses::kExceptions, "exceptions"},
    {uses::kSimd, "simd"},
    {uses::kAtomics, "atomics"},
    {uses::kIndirectCall, "indirect-call"},
    {uses::kTailCall, "tail-call"},
    {uses::kTailCallOut, "tail-call-out"},
    {uses::kTableWrite, "table-write"},
};

}  // namespace

void FuncSummary::Clear() {
  loops.clear();
  assigned.clear();
  instr_count = call_count = local_count = max_stack = max_depth = uses = 0;
}

std::string DumpSummary(const FuncSummary& summary) {
  std::string text = fmt::format("instrs {} calls {} locals {} stack {} depth {} uses [", summary.instr_count,
                                 summary.call_count, summary.local_count, summary.max_stack, summary.max_depth);
  std::string_view separator = "";
  for (const UseName& use : kUseNames) {
    if ((summary.uses & use.bit) == 0) continue;
    text += fmt::format("{}{}", separator, use.name);
    separator = " ";
  }
  text += "]\n";
  for (const LoopSummary& loop : summary.loops) {
    const auto assigned = summary.AssignedIn(loop);
    std::vector<uint32_t> locals(assigned.begin(), assigned.end());
    std::ranges::sort(locals);
    locals.erase(std::unique(locals.begin(), locals.end()), locals.end());
    text += fmt::format("{:>{}}loop {:#x}..{:#x}{} assigns [", "", 2 * std::min(loop.depth, 40u), loop.offset,
                        loop.end_offset, loop.has_call ? " calls" : "");
    for (size_t i = 0; i < locals.size(); ++i) text += fmt::format("{}{}", i == 0 ? "" : " ", locals[i]);
    text += "]\n";
  }
  return text;
}

}  // namespace gantry::wasm::valid
