// FuncSummary: facts about one function body that validation learns on its way and that compilers want before they
// start: loops with their nesting and the locals that they assign, calls, stack height, what kinds of instructions
// occur.
//
// [I1] Loops stand in the order of their `loop` instructions, so a parent stands before its children.
// [I2] The locals that a loop assigns are assigned[first_assigned .. end_assigned), its children's included; a local
// may stand there
//      more than once when inner loops assign it too. Parameters count as locals.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "wasm/types.h"

namespace gantry::wasm::valid {

// What occurs in a function, bits of FuncSummary::uses. TailCallOut: a tail call whose callee may belong to another
// instance. TableWrite: anything that changes a table.
namespace uses {
inline constexpr uint32_t kMemory = 1, kTable = 2, kGc = 4, kExceptions = 8, kSimd = 16, kAtomics = 32, kTailCall = 64,
                          kRefs = 128, kGlobal = 256, kMemoryGrow = 512, kIndirectCall = 1024, kTailCallOut = 2048,
                          kTableWrite = 4096;
}  // namespace uses

struct LoopSummary {
  uint32_t offset = 0;      // of the `loop` instruction in the module
  uint32_t end_offset = 0;  // of its `end`
  uint32_t parent = kNone;  // index of the loop around it
  uint32_t depth = 1;       // 1 for an outermost loop
  uint32_t first_assigned = 0;
  uint32_t end_assigned = 0;
  bool has_call = false;  // direct, indirect or by reference; inner loops included
};

struct FuncSummary {
  uint32_t instr_count = 0;
  uint32_t call_count = 0;
  uint32_t local_count = 0;  // parameters included
  uint32_t max_stack = 0;    // operands, parameters and locals not counted
  uint32_t max_depth = 0;    // of nested blocks, the body itself counted
  uint32_t uses = 0;
  std::vector<LoopSummary> loops;
  std::vector<uint32_t> assigned;

  void Clear();
  std::span<const uint32_t> AssignedIn(const LoopSummary& loop) const {
    return std::span(assigned).subspan(loop.first_assigned, loop.end_assigned - loop.first_assigned);
  }
};

// Text for golden tests and `inspect`: a line of figures, then a line per loop, indented by depth.
std::string DumpSummary(const FuncSummary& summary);

}  // namespace gantry::wasm::valid
