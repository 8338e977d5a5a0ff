// Planner: the plan of a body (wasm/func_plan.h) from its bytes, for functions whose validation left none. It runs over
// them with a table of lengths instead of a decoder. The body must be valid. Tested by plan_test.cc.
#pragma once

#include <cstdint>
#include <span>

#include "compiler/baseline/value.h"
#include "wasm/func_plan.h"

namespace gantry::baseline {

using Candidate = wasm::LoopCandidate;
using wasm::FuncPlan;
using wasm::LoopPlan;

class Planner {
 public:
  // `code`: the instructions of a valid body, without the declarations of locals. `kinds`: of the locals, parameters
  // first. The plan holds until the next.
  const FuncPlan& Plan(std::span<const uint8_t> code, std::span<const Kind> kinds, uint32_t params);

 private:
  static constexpr size_t kEvents = 512;

  wasm::PlanBuilder builder_;
  FuncPlan plan_;
};

// Callee-saved registers that loops could use, 0 to 3.
uint32_t SavedRegsWanted(const FuncPlan& plan);

}  // namespace gantry::baseline
