// Validation of core modules (spec 3 and appendix "Validation Algorithm"): one pass over each function body, decoding
// included.
//
//   GANTRY_ASSIGN_OR_RETURN(Module module, binary::ReadModule(bytes, features));
//   GANTRY_RETURN_IF_ERROR(valid::ValidateModule(&module, &hold));
//
// Everything outside bodies is checked in the order of the binary, and types become canonical. Bodies can be left out
// and be validated later, one by one and on any thread. Errors carry the byte offset and context such as "in function
// 12 `foo`, at instruction 31". Tested by validator_test.cc and the official suite.
#pragma once

#include <cstdint>
#include <memory>

#include "base/error.h"
#include "wasm/func_plan.h"
#include "wasm/module.h"
#include "wasm/type_registry.h"
#include "wasm/valid/func_summary.h"

namespace gantry::wasm::valid {

struct Options {
  bool skip_bodies = false;                       // function bodies are validated later by ValidateFunc
  std::vector<FuncSummary>* summaries = nullptr;  // if set: one per defined function, unless bodies are skipped
  PlanParts* plans = nullptr;                     // likewise; of a module without nested ones
};

// Memory that validation of one function after another reuses. Thread-compatible; one per thread.
class Scratch {
 public:
  Scratch();
  ~Scratch();
  Scratch(Scratch&&) noexcept;
  Scratch& operator=(Scratch&&) noexcept;

  struct Impl;
  Impl& impl() { return *impl_; }

 private:
  std::unique_ptr<Impl> impl_;
};

// Sets the module's canonical types and facts; `hold` keeps its types alive.
Result<void> ValidateModule(Module* module, TypeHold* hold, const Options& options = {});

// Validates the body of function `func` (index space, not imported) of a module that ValidateModule has accepted
// without bodies. `summary` may be null. Who validates all of them this way sets Module::uses to what their summaries
// have together.
// With `plans`, the function's plan or that it has none is added to them.
Result<void> ValidateFunc(const Module& module, uint32_t func, Scratch* scratch, FuncSummary* summary,
                          PlanPart* plans = nullptr);

}  // namespace gantry::wasm::valid
