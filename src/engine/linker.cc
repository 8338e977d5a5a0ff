#include "engine/linker.h"

#include <fmt/core.h>

#include "wasm/errors.h"

namespace gantry::engine {

using abi::Status;
using runtime::Extern;
using wasm::ExternKind;

namespace {

std::unexpected<Failure> Refuse(Error error) {
  Failure failure{};
  failure.kind = Failure::Kind::Error;
  failure.error = std::move(error);
  return std::unexpected(std::move(failure));
}

std::string Quoted(std::string_view module, std::string_view name) { return fmt::format("`{}::{}`", module, name); }

Status TrapOnCall(abi::FuncRef* self, abi::Caller* caller, abi::Slot*) {
  const auto* func = static_cast<runtime::HostFunc*>(self->host);
  return caller->store->Fail(Error(ErrorClass::Host, fmt::format("unknown import: {} has not been defined", func->name)));
}

// Every result type of a default function has zero as its default value.
Status ReturnDefaults(abi::FuncRef* self, abi::Caller*, abi::Slot* slots) {
  const wasm::CanonType& type = wasm::TypeRegistry::Get()[self->type()];
  for (uint32_t i = 0; i < type.result_slots; ++i) slots[i] = 0;
  return Status::Ok;
}

}  // namespace

// The definition of a name, const if the modules are; null if there is none.
template <class Modules>
static auto FindIn(Modules& modules, std::string_view module, std::string_view name) -> decltype(&modules.begin()->second.begin()->second) {
  const auto names = modules.find(module);
  if (names == modules.end()) return nullptr;
  const auto it = names->second.find(name);
  return it == names->second.end() ? nullptr : &it->second;
}

const Linker::Definition* Linker::Find(std::string_view module, std::string_view name) const { return FindIn(modules_, module, name); }
Linker::Definition* Linker::Find(std::string_view module, std::string_view name) { return FindIn(modules_, module, name); }

Result<void> Linker::Insert(std::string_view module, std::string_view name, Definition definition) {
  auto names = modules_.find(module);
  if (names == modules_.end()) names = modules_.emplace(module, Names{}).first;
  const auto [it, inserted] = names->second.try_emplace(std::string(name), definition);
  if (inserted) return {};
  if (!allow_shadowing_) {
    return std::unexpected(Error(ErrorClass::Usage, fmt::format("import of {} defined twice", Quoted(module, name))));
  }
  it->second = std::move(definition);
  return {};
}

Result<void> Linker::Define(std::string_view module, std::string_view name, const runtime::Store& store, Extern item) {
  Definition definition;
  definition.store_id = store.id();
  definition.item = item;
  return Insert(module, name, std::move(definition));
}

Result<void> Linker::DefineFunc(std::string_view module, std::string_view name, HostFuncDef func) {
  Definition definition;
  definition.func = std::make_shared<const HostFuncDef>(std::move(func));
  return Insert(module, name, std::move(definition));
}

Result<void> Linker::DefineInstance(std::string_view module, runtime::Instance* instance) {
  const std::vector<wasm::Export>& exports = instance->module().exports;
  for (uint32_t i = 0; i < exports.size(); ++i) {
    GANTRY_RETURN_IF_ERROR(Define(module, exports[i].name, instance->store(), instance->ExportAt(i)));
  }
  return {};
}

std::vector<uint32_t> Linker::MissingImports(const Module& module) const {
  std::vector<uint32_t> missing;
  const std::vector<wasm::Import>& imports = module.wasm().imports;
  for (uint32_t i = 0; i < imports.size(); ++i) {
    if (Find(imports[i].module, imports[i].name) == nullptr) missing.push_back(i);
  }
  return missing;
}

Result<Extern> Linker::Materialize(runtime::Store& store, Definition& definition, std::string_view module, std::string_view name) {
  if (!definition.func) {
    if (definition.store_id != store.id()) {
      return std::unexpected(Error(ErrorClass::Usage, fmt::format("{} is defined by an item of another store", Quoted(module, name))));
    }
    return definition.item;
  }
  Extern item{.kind = ExternKind::Func, .func = definition.made};
  if (definition.made_in == store.id()) return item;
  const HostFuncDef& func = *definition.func;
  wasm::TypeHold hold;
  const wasm::CanonId type = wasm::TypeRegistry::Get().InternFunc(func.params, func.results, &hold);
  // The store shares ownership of the callable: the linker may die first.
  store.KeepAlive(func.data);
  item.func = &store.NewHostFunc(type, std::move(hold), func.entry, func.data.get(), nullptr, Quoted(module, name))->ref;
  definition.made = item.func;
  definition.made_in = store.id();
  return item;
}

Result<Extern> Linker::MakeUnknown(Store& engine_store, const wasm::Module& module, const wasm::Import& import) {
  runtime::Store& store = engine_store.runtime();
  const bool trap = unknown_ == Unknown::Trap;
  const std::string name = Quoted(import.module, import.name);
  const auto refuse = [&] {
    return std::unexpected(wasm::MakeError(wasm::ErrorId::UnknownImport, Error::kNoOffset,
                                           fmt::format("{} has no default value", name)));
  };
  Extern item{.kind = import.kind, .func = nullptr};
  switch (import.kind) {
    case ExternKind::Func: {
      const wasm::CanonType& type = wasm::TypeRegistry::Get()[module.FuncCanon(import.index)];
      for (wasm::ValType result : type.results) {
        if (!trap && !result.is_defaultable()) return refuse();
      }
      // The store keeps the module, and with it the type.
      item.func = &store.NewHostFunc(type.id, wasm::TypeHold(), trap ? &TrapOnCall : &ReturnDefaults, nullptr, nullptr, name)->ref;
      return item;
    }
    case ExternKind::Memory: {
      GANTRY_ASSIGN_OR_RETURN(item.memory, store.NewMemory(module.memories[import.index].type));
      return item;
    }
    case ExternKind::Table: {
      wasm::TableType type = module.tables[import.index].type;
      type.element = wasm::CanonicalType(type.element, module.canon);
      if (!type.element.is_defaultable()) return refuse();
      GANTRY_ASSIGN_OR_RETURN(item.table, store.NewTable(type, 0));
      return item;
    }
    case ExternKind::Global: {
      wasm::GlobalType type = module.globals[import.index].type;
      type.type = wasm::CanonicalType(type.type, module.canon);
      if (!type.type.is_defaultable()) return refuse();
      item.global = store.NewGlobal(type, {0, 0});
      return item;
    }
    case ExternKind::Tag: {
      item.tag = store.NewTag(module.canon[module.tags[import.index].type], wasm::TypeHold());
      return item;
    }
  }
  return refuse();
}

std::expected<runtime::Instance*, Failure> Linker::Instantiate(Store& store, const Module& module) {
  if (store.engine() != engine_ || module.engine() != engine_) {
    return Refuse(Error(ErrorClass::Usage, "linker, store and module belong to different engines"));
  }
  const wasm::Module& wasm = module.wasm();
  std::vector<Extern> items;
  items.reserve(wasm.imports.size());
  if (unknown_ != Unknown::Refuse) store.runtime().KeepAlive(module.compiled());
  for (const wasm::Import& import : wasm.imports) {
    Definition* definition = Find(import.module, import.name);
    if (definition == nullptr && unknown_ == Unknown::Refuse) {
      // All of them at once, so that they can be mended at once.
      std::string text = "unknown import:";
      const std::vector<uint32_t> missing = MissingImports(module);
      for (size_t i = 0; i < missing.size(); ++i) {
        const wasm::Import& m = wasm.imports[missing[i]];
        text += fmt::format("{} {} has not been defined", i == 0 ? "" : "\n   ", Quoted(m.module, m.name));
      }
      return Refuse(Error(ErrorClass::Unlinkable, std::move(text)));
    }
    Result<Extern> item = definition == nullptr ? MakeUnknown(store, wasm, import)
                                                : Materialize(store.runtime(), *definition, import.module, import.name);
    if (!item) return Refuse(std::move(item).error());
    items.push_back(*item);
  }
  auto instance = runtime::Instantiate(store.runtime(), module.compiled(), items);
  if (!instance) return std::unexpected(TakeFailure(store.runtime(), std::move(instance).error()));
  return *instance;
}

Result<std::optional<Extern>> Linker::Get(Store& store, std::string_view module, std::string_view name) {
  Definition* definition = Find(module, name);
  if (definition == nullptr) return std::nullopt;
  GANTRY_ASSIGN_OR_RETURN(Extern item, Materialize(store.runtime(), *definition, module, name));
  return item;
}

}  // namespace gantry::engine
