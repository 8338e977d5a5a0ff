// Values of module linking: modules with what they have captured, and instances as what is looked up by name.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "link/plan.h"
#include "runtime/compiled_module.h"
#include "runtime/store.h"
#include "wasm/extern_type.h"

namespace gantry::runtime {

// Everything that came from one blob: its plan and its modules, in the plan's order. Immutable, shared.
struct LinkUnit {
  link::LinkPlan plan;
  wasm::TypeHold types;
  std::vector<std::unique_ptr<CompiledModule>> modules;
};

// A module value. Its store keeps it, and with it those that it has captured.
struct ModuleValue {
  std::shared_ptr<const LinkUnit> unit;
  uint32_t index;  // of the static module
  std::vector<const ModuleValue*> captures;

  const wasm::Module& module() const { return unit->modules[index]->module; }
  const wasm::ModuleType& type() const { return *module().linking->type; }
  const link::Program& program() const { return unit->plan.programs[index]; }
};

// An instance, or named items that the linker has put together to serve as one.
struct InstanceValue {
  Instance* instance = nullptr;
  std::vector<std::pair<std::string, Extern>> items;  // sorted by name; without `instance`

  std::optional<Extern> Export(std::string_view name) const;
};

// The store keeps what these make.
const InstanceValue* NewInstanceValue(Store& store, Instance* instance);
const InstanceValue* NewInstanceValue(Store& store, std::vector<std::pair<std::string, Extern>> items);
const ModuleValue* NewModuleValue(Store& store, std::shared_ptr<const LinkUnit> unit, uint32_t index,
                                  std::vector<const ModuleValue*> captures);

}  // namespace gantry::runtime
