// The interpreter (docs/architecture.md section 6): register-form code, translated per function on first call.
//
// Entry points: NewModuleCode once per module; Enter is the array entry of every interpreted function.
#pragma once

#include <memory>
#include <string>

#include "abi/context.h"
#include "base/error.h"
#include "runtime/compiled_module.h"

namespace gantry::interp {

// What is baked into translated code. One per engine configuration.
struct CodeOptions {
  bool consume_fuel = false;
  bool polls = false;  // check StoreContext::interrupt_pending at loop heads and function entries
  bool relaxed_deterministic = false;
  bool pairs = true;  // neighbouring instructions share handlers (fuse.h); off to compare
};

struct ModuleCode;  // InstanceContext::code points at it

// Code for a validated module, nothing translated yet. Refers to `module`, which must outlive it. Translation of a
// function is published once by an atomic pointer; any thread.
std::shared_ptr<ModuleCode> NewModuleCode(const wasm::Module& module, const CodeOptions& options);

// abi::ArrayEntry of interpreted functions: runs `self` on the store's value stack. Translates it first if needed.
abi::Status Enter(abi::FuncRef* self, abi::Caller* caller, abi::Slot* slots);

// Translates every function now (for measurements and precompilation). Returns bytes of register code made.
size_t TranslateAll(ModuleCode& code);

// Text of a function's register code, for golden tests and developers.
std::string DumpCode(ModuleCode& code, uint32_t func_index);

}  // namespace gantry::interp
