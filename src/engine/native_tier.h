// NativeTier: what an engine needs to run native code: stubs, compilation of a module's functions, linking.
// Thread-safe.
#pragma once

#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "abi/function_compiler.h"
#include "runtime/compiled_module.h"
#include "runtime/native/code_memory.h"
#include "runtime/native/native_module.h"
#include "wasm/func_plan.h"

namespace gantry::engine {

struct Config;

class NativeTier {
 public:
  // Null when the host cannot run native code: another processor, or no memory may be made executable.
  static std::unique_ptr<NativeTier> Create(const Config& config);
  // Which of the two it was.
  static const char* WhyNot();

  const runtime::NativeLinks& links() const;
  // Does Compile want the plans that validation makes, of a module with bodies of `code_bytes`? Not if functions are
  // compiled on their first call.
  static bool WantsPlans(const Config& config, uint64_t code_bytes);
  // The native code of a validated module. Functions that the compiler leaves out are interpreted.
  Result<std::shared_ptr<const runtime::NativeCode>> Compile(const Config& config,
                                                             const runtime::CompiledModule& compiled,
                                                             const wasm::PlanParts& plans);

 private:
  Result<std::vector<native::TypeStubs>> StubsFor(const wasm::Module& module);

  std::mutex mutex_;
  std::unordered_map<std::string, native::TypeStubs> stubs_;  // by shape (compiler/stubs)
  std::vector<native::CodeMemory> stub_memory_;
};

}  // namespace gantry::engine
