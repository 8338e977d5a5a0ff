#include "engine/linker.h"

#include <fmt/core.h>

#include <algorithm>

#include "engine/link_machine.h"
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
  return caller->store->Fail(
      Error(ErrorClass::Host, fmt::format("unknown import: {} has not been defined", func->name)));
}

// Every result type of a default function has zero as its default value.
Status ReturnDefaults(abi::FuncRef* self, abi::Caller*, abi::Slot* slots) {
  const wasm::CanonType& type = wasm::TypeRegistry::Get()[self->type()];
  for (uint32_t i = 0; i < type.result_slots; ++i) slots[i] = 0;
  return Status::Ok;
}

}  // namespace

const Linker::Definition* Linker::Find(std::string_view module, std::string_view name) const {
  const auto names = modules_.find(module);
  if (names == modules_.end()) return nullptr;
  const auto it = names->second.find(name);
  return it == names->second.end() ? nullptr : &it->second;
}

Result<void> Linker::Insert(std::string_view module, std::string_view name, Definition definition) {
  auto names = modules_.find(module);
  if (names == modules_.end()) names = modules_.emplace(module, Names{}).first;
  return InsertInto(&names->second, name, std::move(definition), Quoted(module, name));
}

Result<void> Linker::InsertInto(Names* names, std::string_view name, Definition definition, const std::string& quoted) {
  const auto [it, inserted] = names->try_emplace(std::string(name), definition);
  if (inserted) return {};
  if (!allow_shadowing_) {
    return std::unexpected(Error(ErrorClass::Usage, fmt::format("import of {} defined twice", quoted)));
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

Result<void> Linker::Define(std::string_view name, const runtime::Store& store, Extern item) {
  Definition definition;
  definition.store_id = store.id();
  definition.item = item;
  return InsertInto(&single_level_, name, std::move(definition), fmt::format("`{}`", name));
}

Result<void> Linker::DefineModule(std::string_view name, std::shared_ptr<const Module> module) {
  Definition definition;
  definition.module = std::move(module);
  return InsertInto(&single_level_, name, std::move(definition), fmt::format("`{}`", name));
}

Result<void> Linker::DefineFunc(std::string_view module, std::string_view name, HostFuncDef func) {
  LinkedFunc linked;
  linked.type = wasm::TypeRegistry::Get().InternFunc(func.params, func.results, &linked.hold);
  linked.def = std::move(func);
  linked.name = Quoted(module, name);
  Definition definition;
  definition.func = std::make_shared<const LinkedFunc>(std::move(linked));
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
    const wasm::Import& import = imports[i];
    if (single_level_.contains(import.module)) continue;
    if (!import.has_name || Find(import.module, import.name) == nullptr) missing.push_back(i);
  }
  return missing;
}

abi::FuncRef* Store::HostFunc(const std::shared_ptr<const LinkedFunc>& linked) {
  const auto [place, is_new] = host_funcs_.try_emplace(linked.get(), nullptr);
  if (is_new) {
    // The store shares ownership of the callable and its type: the linker may die first.
    runtime_.KeepAlive(linked);
    const HostFuncDef& def = linked->def;
    runtime::HostFunc* const func =
        runtime_.NewHostFunc(linked->type, wasm::TypeHold(), def.entry, def.data.get(), nullptr, linked->name);
    func->raw = def.raw;
    place->second = &func->ref;
  }
  return place->second;
}

namespace {

// The item of a store that a definition stands for there.
template <class Definition>
Result<Extern> Materialize(Store& store, const Definition& definition, std::string_view module, std::string_view name) {
  if (definition.module) {
    Extern item{.kind = ExternKind::Module, .func = nullptr};
    item.module = definition.module->ToValue(store.runtime());
    if (item.module != nullptr) return item;
    return std::unexpected(
        Error(ErrorClass::Usage, fmt::format("{} belongs to an engine without module linking", Quoted(module, name))));
  }
  if (definition.func) return Extern{.kind = ExternKind::Func, .func = store.HostFunc(definition.func)};
  if (definition.store_id == store.runtime().id()) return definition.item;
  return std::unexpected(
      Error(ErrorClass::Usage, fmt::format("{} is defined by an item of another store", Quoted(module, name))));
}

Error NoDefault(const std::string& name) {
  return wasm::MakeError(wasm::ErrorId::UnknownImport, Error::kNoOffset, fmt::format("{} has no default value", name));
}

bool HaveDefaults(const std::vector<wasm::ValType>& types) {
  return std::all_of(types.begin(), types.end(), [](wasm::ValType type) { return type.is_defaultable(); });
}

// An item with a default value for an import that nothing defines; functions trap instead if `trap`.
Result<Extern> MakeUnknown(Store& engine_store, const wasm::ExternType& type, const std::string& name, bool trap) {
  runtime::Store& store = engine_store.runtime();
  Extern item{.kind = type.kind, .func = nullptr};
  switch (type.kind) {
    case ExternKind::Func: {
      if (!trap && !HaveDefaults(wasm::TypeRegistry::Get()[type.func].results)) return std::unexpected(NoDefault(name));
      // The store keeps the module, and with it the type.
      item.func =
          &store.NewHostFunc(type.func, wasm::TypeHold(), trap ? &TrapOnCall : &ReturnDefaults, nullptr, nullptr, name)
               ->ref;
      return item;
    }
    case ExternKind::Memory: {
      GANTRY_ASSIGN_OR_RETURN(item.memory, store.NewMemory(type.memory));
      return item;
    }
    case ExternKind::Table: {
      if (!type.table.element.is_defaultable()) break;
      GANTRY_ASSIGN_OR_RETURN(item.table, store.NewTable(type.table, 0));
      return item;
    }
    case ExternKind::Global: {
      if (!type.global.type.is_defaultable()) break;
      item.global = store.NewGlobal(type.global, {0, 0});
      return item;
    }
    case ExternKind::Tag: {
      item.tag = store.NewTag(type.func, wasm::TypeHold());
      return item;
    }
    case ExternKind::Module:
    case ExternKind::Instance:
      break;
  }
  return std::unexpected(NoDefault(name));
}

// What keeps the canonical types of a module alive.
std::shared_ptr<const wasm::TypeHold> TypesOf(const Module& module) {
  if (module.unit() != nullptr) return {module.unit(), &module.unit()->types};
  return {module.compiled(), &module.compiled()->types};
}

}  // namespace

Result<void> Linker::DefineUnknownAsTraps(const Module& module) {
  for (uint32_t index : MissingImports(module)) {
    const wasm::Import& import = module.wasm().imports[index];
    if (import.kind != ExternKind::Func || !import.has_name) continue;
    const wasm::CanonType& type = wasm::TypeRegistry::Get()[TypeOfItem(module.wasm(), import.kind, import.index).func];
    GANTRY_RETURN_IF_ERROR(
        DefineFunc(import.module, import.name, {type.params, type.results, &TrapOnCall, nullptr, TypesOf(module)}));
  }
  return {};
}

Result<void> Linker::DefineUnknownAsDefaults(Store& store, const Module& module) {
  for (uint32_t index : MissingImports(module)) {
    const wasm::Import& import = module.wasm().imports[index];
    if (!import.has_name) continue;
    const wasm::ExternType type = TypeOfItem(module.wasm(), import.kind, import.index);
    if (import.kind == ExternKind::Func) {
      const wasm::CanonType& func = wasm::TypeRegistry::Get()[type.func];
      if (!HaveDefaults(func.results)) return std::unexpected(NoDefault(Quoted(import.module, import.name)));
      GANTRY_RETURN_IF_ERROR(DefineFunc(import.module, import.name,
                                        {func.params, func.results, &ReturnDefaults, nullptr, TypesOf(module)}));
    } else {
      store.runtime().KeepAlive(TypesOf(module));
      GANTRY_ASSIGN_OR_RETURN(const Extern item, MakeUnknown(store, type, Quoted(import.module, import.name), false));
      GANTRY_RETURN_IF_ERROR(Define(import.module, import.name, store.runtime(), item));
    }
  }
  return {};
}

namespace {

Error UnknownImports(const std::vector<std::string>& names) {
  std::string text = "unknown import:";
  for (size_t i = 0; i < names.size(); ++i)
    text += fmt::format("{} {} has not been defined", i == 0 ? "" : "\n   ", names[i]);
  return Error(ErrorClass::Unlinkable, std::move(text));
}

}  // namespace

// All of them at once, so that they can be mended at once.
Error Linker::MissingError(const Module& module) const {
  std::vector<std::string> names;
  for (uint32_t index : MissingImports(module)) {
    const wasm::Import& import = module.wasm().imports[index];
    names.push_back(Quoted(import.module, import.name));
  }
  return UnknownImports(names);
}

std::expected<runtime::Instance*, Failure> Linker::Instantiate(Store& store, const Module& module) const {
  if (store.engine() != engine_ || module.engine() != engine_) {
    return Refuse(Error(ErrorClass::Usage, "linker, store and module belong to different engines"));
  }
  if (module.unit() != nullptr) return InstantiateLinking(store, module);
  const wasm::Module& wasm = module.wasm();
  std::vector<Extern> items;
  items.reserve(wasm.imports.size());
  if (unknown_ != Unknown::Refuse) store.runtime().KeepAlive(module.compiled());
  for (const wasm::Import& import : wasm.imports) {
    const Definition* definition = Find(import.module, import.name);
    if (definition == nullptr && unknown_ == Unknown::Refuse) return Refuse(MissingError(module));
    Result<Extern> item = definition == nullptr
                              ? MakeUnknown(store, TypeOfItem(wasm, import.kind, import.index),
                                            Quoted(import.module, import.name), unknown_ == Unknown::Trap)
                              : Materialize(store, *definition, import.module, import.name);
    if (!item) return Refuse(std::move(item).error());
    items.push_back(*item);
  }
  auto instance = runtime::Instantiate(store.runtime(), module.compiled(), items);
  if (!instance) return std::unexpected(TakeFailure(store.runtime(), std::move(instance).error()));
  return *instance;
}

Result<Extern> Linker::Resolve(Store& store, const wasm::ExternList::Item& import,
                               std::vector<std::string>* missing) const {
  if (const auto single = single_level_.find(import.name); single != single_level_.end()) {
    return Materialize(store, single->second, import.name, {});
  }
  Extern item{.kind = import.type.kind, .func = nullptr};
  if (import.type.kind != ExternKind::Instance) {
    if (unknown_ != Unknown::Refuse)
      return MakeUnknown(store, import.type, fmt::format("`{}`", import.name), unknown_ == Unknown::Trap);
    missing->push_back(fmt::format("`{}`", import.name));
    return item;
  }
  std::vector<std::pair<std::string, Extern>> items;
  for (const wasm::ExternList::Item& wanted : import.type.instance->exports.items()) {
    const std::string quoted = Quoted(import.name, wanted.name);
    if (const Definition* definition = Find(import.name, wanted.name)) {
      GANTRY_ASSIGN_OR_RETURN(Extern found, Materialize(store, *definition, import.name, wanted.name));
      items.emplace_back(wanted.name, found);
    } else if (unknown_ != Unknown::Refuse) {
      GANTRY_ASSIGN_OR_RETURN(Extern made, MakeUnknown(store, wanted.type, quoted, unknown_ == Unknown::Trap));
      items.emplace_back(wanted.name, made);
    } else {
      missing->push_back(quoted);
    }
  }
  item.instance = runtime::NewInstanceValue(store.runtime(), std::move(items));
  return item;
}

std::expected<runtime::Instance*, Failure> Linker::InstantiateLinking(Store& store, const Module& module) const {
  const runtime::ModuleValue& value = *module.ToValue(store.runtime());
  std::vector<Extern> imports;
  std::vector<std::string> missing;
  for (const wasm::ExternList::Item& import : value.type().imports.items()) {
    Result<Extern> item = Resolve(store, import, &missing);
    if (!item) return Refuse(std::move(item).error());
    imports.push_back(*item);
  }
  if (!missing.empty()) return Refuse(UnknownImports(missing));
  auto instance = RunLinking(store.runtime(), value, imports);
  if (!instance) return std::unexpected(TakeFailure(store.runtime(), std::move(instance).error()));
  return *instance;
}

Result<std::optional<Extern>> Linker::Get(Store& store, std::string_view module, std::string_view name) const {
  const Definition* definition = Find(module, name);
  if (definition == nullptr) return std::nullopt;
  GANTRY_ASSIGN_OR_RETURN(Extern item, Materialize(store, *definition, module, name));
  return item;
}

std::expected<runtime::Instance*, Failure> Instantiate(Store& store, const Module& module,
                                                       std::span<const Extern> imports) {
  if (store.engine() != module.engine())
    return Refuse(Error(ErrorClass::Usage, "store and module belong to different engines"));
  const runtime::ModuleValue* const value = module.ToValue(store.runtime());
  const size_t wanted = value != nullptr ? value->type().imports.items().size() : module.wasm().imports.size();
  if (imports.size() != wanted) {
    return Refuse(Error(ErrorClass::Usage, fmt::format("expected {} imports, found {}", wanted, imports.size())));
  }
  auto instance = value != nullptr ? RunLinking(store.runtime(), *value, imports)
                                   : runtime::Instantiate(store.runtime(), module.compiled(), imports);
  if (!instance) return std::unexpected(TakeFailure(store.runtime(), std::move(instance).error()));
  return *instance;
}

Result<InstancePre> InstancePre::Create(const Linker& linker, std::shared_ptr<const Module> module) {
  if (module->engine() != linker.engine_)
    return std::unexpected(Error(ErrorClass::Usage, "linker and module belong to different engines"));
  InstancePre pre;
  pre.module_ = std::move(module);
  if (pre.module_->unit() != nullptr || linker.unknown_ != Linker::Unknown::Refuse) {
    pre.linker_ = std::make_shared<const Linker>(linker);
    return pre;
  }
  const wasm::Module& wasm = pre.module_->wasm();
  for (const wasm::Import& import : wasm.imports) {
    const Linker::Definition* definition = linker.Find(import.module, import.name);
    if (definition == nullptr) return std::unexpected(linker.MissingError(*pre.module_));
    pre.items_.push_back(*definition);
  }
  return pre;
}

std::expected<runtime::Instance*, Failure> InstancePre::Instantiate(Store& store) const {
  if (store.engine() != module_->engine())
    return Refuse(Error(ErrorClass::Usage, "store and module belong to different engines"));
  if (linker_ != nullptr) return linker_->Instantiate(store, *module_);
  std::vector<Extern> items;
  items.reserve(items_.size());
  for (size_t i = 0; i < items_.size(); ++i) {
    const wasm::Import& import = module_->wasm().imports[i];
    Result<Extern> item = Materialize(store, items_[i], import.module, import.name);
    if (!item) return Refuse(std::move(item).error());
    items.push_back(*item);
  }
  return engine::Instantiate(store, *module_, items);
}

}  // namespace gantry::engine
