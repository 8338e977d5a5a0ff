// What compiling any function of a module needs to know, worked out once. Immutable; any thread.
#pragma once

#include <vector>

#include "abi/call_layout.h"
#include "abi/instance_layout.h"
#include "abi/native.h"
#include "compiler/baseline/value.h"
#include "wasm/func_plan.h"

namespace gantry::baseline {

// What code depends on, besides the module's bytes.
struct Options {
  uint32_t isa = 0;         // extensions that the processor has, by the target's numbers
  bool guard_pages = true;  // 32-bit memories have a guard of abi::kGuardBytes (native.h)
  bool fault_traps = true;  // traps are faults; else calls of abi::kTrapEntry
  bool polls = false;       // loops look at the interrupt flag
  bool consume_fuel = false;
  // Some tail call in the module may leave the instance: r14 and r15 are reloaded after every call.
  bool tail_calls_leave = true;
  bool table_writes = true;  // some function of the module changes a table
  bool deterministic_relaxed_simd = false;
  bool marks = false;                      // CodeBatch::marks
  const wasm::PlanParts* plans = nullptr;  // that validation kept; for speed only
};

// A field of a structure or an element of an array.
struct Field {
  uint32_t offset;        // elements: of the first
  wasm::ValType storage;  // syntactic
};

struct ModuleInfo {
  ModuleInfo(const wasm::Module& module, const Options& options);

  const wasm::Module& module;
  Options options;
  abi::ContextLayout layout;
  bool has_gc_types = false;
  std::vector<abi::CallLayout> calls;         // by type index; empty for types that are not functions
  std::vector<std::vector<uint32_t>> fields;  // by type index: offsets of a structure's fields
  // By table: it holds functions that the module defines, of the same instance, and nothing else for ever: nobody but
  // its segments writes to it.
  std::vector<bool> own_functions;

  const abi::CallLayout& CallOf(uint32_t func) const { return calls[module.funcs[func].type]; }
  bool IsGuarded(uint32_t memory) const {
    const wasm::MemoryType& type = module.memories[memory].type;
    return options.guard_pages && !type.is_64 && type.page_size_log2 == 16;
  }
};

}  // namespace gantry::baseline
