// What a compiler of WebAssembly functions is to those who use it.
#pragma once

#include <memory>
#include <vector>

#include "abi/instance_layout.h"
#include "abi/native.h"
#include "wasm/module.h"

namespace gantry::abi {

// What a module's code is compiled for. Everything that code depends on besides the module itself and the processor.
struct CompileOptions {
  ContextLayout layout;
  std::vector<bool> guarded;  // by memory, imports included: accesses may rely on guards (kGuardBytes)
  bool consume_fuel = false;
  bool polls = false;  // look at StoreContext::interrupt_pending at loop heads
  bool relaxed_deterministic = false;
};

// Compiles functions of one module. One thread at a time; a module may have several. `module` outlives it.
class FunctionCompiler {
 public:
  virtual ~FunctionCompiler() = default;
  // Appends a defined function to the batch. False: not compiled, the batch is as it was, the function is interpreted.
  virtual bool Compile(uint32_t func_index, CodeBatch* batch) = 0;
};

using NewFunctionCompiler = std::unique_ptr<FunctionCompiler> (*)(const wasm::Module& module,
                                                                  const CompileOptions& options);

}  // namespace gantry::abi
