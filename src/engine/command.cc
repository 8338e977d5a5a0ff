#include "engine/command.h"

#include <fmt/core.h>

#include <algorithm>

namespace gantry::engine {

using abi::Slot;
using abi::Status;
using wasm::ExternKind;

namespace {

struct Habit {
  std::string_view name;
  ExternKind kind;
};
constexpr Habit kHabits[] = {
    {"memory", ExternKind::Memory},      {"__indirect_function_table", ExternKind::Table},
    {"table", ExternKind::Table},        {"__data_end", ExternKind::Global},
    {"__heap_base", ExternKind::Global}, {"__dso_handle", ExternKind::Global},
    {"__rtti_base", ExternKind::Global},
};

bool IsHabitual(const wasm::Export& item) {
  return std::ranges::any_of(kHabits,
                             [&](const Habit& habit) { return habit.name == item.name && habit.kind == item.kind; });
}

struct CommandExport {
  InstancePre pre;  // keeps the module, and with it the function's type
  std::string name;
  std::function<Store&(runtime::Store&)> store_of;
};

Status CallCommand(abi::FuncRef* self, abi::Caller* caller, Slot* slots) noexcept {
  const CommandExport& command = *static_cast<const CommandExport*>(static_cast<runtime::HostFunc*>(self->host)->data);
  auto instance = command.pre.Instantiate(command.store_of(*caller->store));
  if (!instance) return PassOn(*caller->store, std::move(instance).error());
  return caller->store->Call((*instance)->Export(command.name)->func, slots);
}

}  // namespace

Result<bool> IsCommand(const wasm::Module& module) {
  const auto exports = [&](std::string_view name) {
    return std::ranges::any_of(
        module.exports, [&](const wasm::Export& item) { return item.name == name && item.kind == ExternKind::Func; });
  };
  const bool start = exports("_start");
  if (start && exports("_initialize")) {
    return std::unexpected(Error(
        ErrorClass::Usage, "module exports both `_start` and `_initialize`: it cannot be a command and a reactor"));
  }
  return start;
}

Result<void> DefineCommand(Linker& linker, std::string_view name, const std::shared_ptr<const Module>& module,
                           OtherExports others, std::function<Store&(runtime::Store&)> store_of) {
  GANTRY_ASSIGN_OR_RETURN(const InstancePre pre, InstancePre::Create(linker, module));
  for (const wasm::Export& item : module->wasm().exports) {
    if (item.kind != ExternKind::Func) {
      if (others == OtherExports::All || IsHabitual(item)) continue;
      return std::unexpected(Error(ErrorClass::Usage, fmt::format("command export `{}` is not a function", item.name)));
    }
    const wasm::CanonType& type =
        wasm::TypeRegistry::Get()[wasm::TypeOfItem(module->wasm(), item.kind, item.index).func];
    auto data = std::make_shared<CommandExport>(CommandExport{pre, std::string(item.name), store_of});
    GANTRY_RETURN_IF_ERROR(
        linker.DefineFunc(name, item.name, {type.params, type.results, &CallCommand, std::move(data), nullptr}));
  }
  return {};
}

}  // namespace gantry::engine
