// CompiledModule: a validated module with everything that is computed once and shared by all its instances.
// Immutable after engine::Module makes it (lazily translated code inside `code` publishes itself atomically). Any
// thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "abi/context.h"
#include "runtime/native_code.h"
#include "wasm/binary/name_section.h"
#include "wasm/module.h"
#include "wasm/type_registry.h"

namespace gantry::runtime {

struct InstancePlan;  // what instantiation needs (instance_plan.h)
class MemoryImage;    // copy-on-write data image of one memory (memory_image.h)

struct CompiledModule {
  wasm::Module module;
  wasm::TypeHold types;                      // keeps module.canon valid
  abi::ArrayEntry array_entry;               // generic entry of the tier that runs this module's functions
  std::shared_ptr<void> code;                // the tier's code, InstanceContext::code of every instance
  std::shared_ptr<const NativeCode> native;  // native code of its functions, or null
  std::vector<std::shared_ptr<const MemoryImage>> images;  // by memory index; null: initialise by copying
  std::unique_ptr<const wasm::binary::ModuleNames> names;  // for backtraces and messages
  bool has_gc_types = false;                               // has a struct or array type

  CompiledModule();
  ~CompiledModule();

  // Made once, when `module` and `has_gc_types` are final.
  void MakePlan();
  const InstancePlan& plan() const { return *plan_; }

 private:
  std::unique_ptr<const InstancePlan> plan_;
};

}  // namespace gantry::runtime
