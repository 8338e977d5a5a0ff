#include "wasm/valid/link_validator.h"

#include <fmt/core.h>

#include <array>
#include <memory>
#include <unordered_map>
#include <unordered_set>

#include "wasm/limits.h"
#include "wasm/linking.h"
#include "wasm/valid/module_validator.h"

namespace gantry::wasm::valid {

namespace {

constexpr int kKinds = 7;
constexpr size_t kModuleSpace = static_cast<size_t>(ExternKind::Module),
                 kInstanceSpace = static_cast<size_t>(ExternKind::Instance);

std::unexpected<Error> Fail(ErrorId id, uint64_t at, std::string_view detail = {}) {
  return std::unexpected(MakeError(id, at, detail));
}
std::unexpected<Error> FailAbout(ErrorId id, uint64_t at, std::string_view subject) {
  return std::unexpected(MakeErrorAbout(id, at, subject));
}

std::string Quoted(std::string_view name) { return fmt::format("`{}`", name); }

ErrorId UnknownId(ExternKind kind) {
  constexpr ErrorId kIds[] = {ErrorId::UnknownFunc,    ErrorId::UnknownTable, ErrorId::UnknownMemory,
                              ErrorId::UnknownGlobal,  ErrorId::UnknownTag,   ErrorId::UnknownModule,
                              ErrorId::UnknownInstance};
  return kIds[static_cast<size_t>(kind)];
}

ValType AbstractOf(ValType type) {
  if (!type.is_ref() || !type.heap().is_concrete()) return type;
  constexpr HeapKind kHeaps[] = {HeapKind::Func, HeapKind::Struct, HeapKind::Array};
  const CompKind kind = TypeRegistry::Get()[type.heap().index()].kind;
  return ValType::Ref(kHeaps[static_cast<size_t>(kind)], type.is_nullable());
}

// A definition for a type that the module did not write itself. References to other types become abstract ones, which
// tells code generation what it needs; validation looks at the canonical type.
SubType DefinitionOf(CanonId id) {
  const CanonType& canon = TypeRegistry::Get()[id];
  SubType type;
  type.kind = canon.kind;
  type.is_final = canon.is_final;
  for (ValType param : canon.params) type.params.push_back(AbstractOf(param));
  for (ValType result : canon.results) type.results.push_back(AbstractOf(result));
  for (FieldType field : canon.fields) type.fields.push_back({AbstractOf(field.storage), field.is_mutable});
  return type;
}

std::unexpected<Error> Duplicate(ErrorId id, std::string_view name, uint64_t at) {
  return FailAbout(id, at, Quoted(name) + " already defined");
}

// The imports of a module or a module type, those by two names folded into an instance for each first name.
class FoldedImports {
 public:
  // The instance of a first name. Error: a single-level import has the name.
  Result<std::shared_ptr<InstanceType>> InstanceOf(std::string_view name, uint64_t at) {
    if (const auto found = instances_.find(name); found != instances_.end()) return found->second;
    if (single_level_.contains(name)) return Twice(name, at);
    auto instance = std::make_shared<InstanceType>();
    instances_[name] = instance;
    ExternType type;
    type.kind = ExternKind::Instance;
    type.instance = instance;
    items_.emplace_back(name, std::move(type));
    ++size_;
    return instance;
  }

  Result<void> Add(std::string_view module, std::string_view name, ExternType type, uint64_t at) {
    GANTRY_ASSIGN_OR_RETURN(const std::shared_ptr<InstanceType> instance, InstanceOf(module, at));
    size_ += 1 + type.size();
    if (!instance->exports.Add(name, std::move(type)))
      return Duplicate(ErrorId::DuplicateImport, fmt::format("{}::{}", module, name), at);
    return {};
  }

  Result<void> Add(std::string_view name, ExternType type, uint64_t at) {
    if (instances_.contains(name)) return Twice(name, at);
    if (!single_level_.insert(name).second) return Duplicate(ErrorId::DuplicateImport, name, at);
    size_ += 1 + type.size();
    items_.emplace_back(name, std::move(type));
    return {};
  }

  uint64_t size() const { return size_; }  // effective

  ExternList Take() {
    ExternList list;
    for (auto& [name, type] : items_) list.Add(name, std::move(type));
    return list;
  }

 private:
  static std::unexpected<Error> Twice(std::string_view name, uint64_t at) {
    return FailAbout(ErrorId::ImportTwice, at, Quoted(name) + " twice");
  }

  std::vector<std::pair<std::string_view, ExternType>> items_;
  std::unordered_set<std::string_view> single_level_;
  std::unordered_map<std::string_view, std::shared_ptr<InstanceType>> instances_;
  uint64_t size_ = 0;
};

// One module under way.
struct Frame {
  Frame(Module* m, TypeHold* hold, Scratch* scratch) : module(m), linking(*m->linking), validator(m, hold, scratch) {}

  Module* module;
  Linking& linking;
  ModuleValidator validator;
  size_t next = 0;                                       // header item
  std::array<std::vector<ExternType>, kKinds> spaces;    // by kind: what the header has given so far
  std::vector<std::pair<ExternKind, uint32_t>> aliased;  // core items whose types are not the module's own
  std::unordered_map<uint32_t, ExternType> types;        // of modules and instances, by type index
  ExternMatcher matcher;                                 // knows only types that `spaces` keeps alive
  FoldedImports imports;
  std::unordered_map<std::string_view, uint32_t> implicit_sections;  // where each folded instance began
};

class LinkValidator {
 public:
  LinkValidator(TypeHold* hold, const Options& options) : hold_(hold), options_(options) {}

  Result<void> Run(Module* root) {
    Push(root);
    while (!stack_.empty()) {
      Frame& frame = *stack_.back();
      Result<void> done = Step(frame);
      if (!done) {
        Error error = std::move(done).error();
        for (size_t i = stack_.size(); i-- > 1;) {
          error = std::move(error).WithContext(
              fmt::format("in the module at offset {:#x}", stack_[i]->module->extent.offset));
        }
        return std::unexpected(std::move(error));
      }
    }
    return {};
  }

 private:
  void Push(Module* module) {
    module->canon.clear();
    module->visible_types = 0;
    stack_.push_back(std::make_unique<Frame>(module, hold_, &scratch_));
  }

  Result<void> Step(Frame& frame) {
    if (frame.next < frame.linking.items.size()) {
      const HeaderItem& item = frame.linking.items[frame.next++];
      return CheckItem(frame, item);
    }
    GANTRY_RETURN_IF_ERROR(Finish(frame));
    const std::shared_ptr<const ModuleType> type = frame.linking.type;
    stack_.pop_back();
    if (!stack_.empty()) AddModule(*stack_.back(), type);
    return {};
  }

  static void AddModule(Frame& frame, std::shared_ptr<const ModuleType> type) {
    ExternType item;
    item.kind = ExternKind::Module;
    item.module = std::move(type);
    frame.spaces[kModuleSpace].push_back(std::move(item));
  }

  Result<void> CheckItem(Frame& frame, const HeaderItem& item) {
    switch (item.kind) {
      case HeaderKind::RecGroup:
        return CheckType(frame, frame.module->rec_groups[item.index], item.offset);
      case HeaderKind::Import:
        return CheckImport(frame, frame.module->imports[item.index], item);
      case HeaderKind::ImplicitInstance: {
        const Import& import = frame.module->imports[frame.linking.items[frame.next].index];
        ExternType instance;
        instance.kind = ExternKind::Instance;
        GANTRY_ASSIGN_OR_RETURN(instance.instance, frame.imports.InstanceOf(import.module, item.offset));
        frame.implicit_sections[import.module] = item.section;
        return AddItem(frame, std::move(instance), item.offset);
      }
      case HeaderKind::NestedModule:
        GANTRY_RETURN_IF_ERROR(CheckRoom(frame, ExternKind::Module, item.offset));
        Push(frame.linking.nested[item.index].get());
        return {};
      case HeaderKind::Instance:
        return CheckInstance(frame, frame.linking.instances[item.index], item.offset);
      case HeaderKind::Alias:
        return CheckAlias(frame, frame.linking.aliases[item.index], item.offset);
    }
    return {};
  }

  static Result<void> CheckRoom(Frame& frame, ExternKind kind, uint64_t at) {
    if (kind != ExternKind::Module && kind != ExternKind::Instance) return {};
    const uint32_t limit = kind == ExternKind::Module ? limits::kModules : limits::kInstances;
    if (frame.spaces[static_cast<size_t>(kind)].size() < limit) return {};
    return Fail(ErrorId::OverLimit, at, fmt::format("more than {} {}s", limit, ExternWord(kind)));
  }

  // The item's index is the number of those of its kind before it.
  static Result<void> AddItem(Frame& frame, ExternType type, uint64_t at) {
    GANTRY_RETURN_IF_ERROR(CheckRoom(frame, type.kind, at));
    frame.spaces[static_cast<size_t>(type.kind)].push_back(std::move(type));
    return {};
  }

  static Result<void> CheckSize(uint64_t size, uint32_t depth, uint64_t at) {
    if (size >= limits::kTypeSize) return Fail(ErrorId::TypeSizeTooLarge, at);
    if (depth > limits::kTypeNesting)
      return Fail(ErrorId::OverLimit, at, fmt::format("types nest deeper than {}", limits::kTypeNesting));
    return {};
  }

  // --- types

  Result<void> CheckType(Frame& frame, const RecGroup& group, uint64_t at) {
    const LinkType* type = frame.linking.FindType(group.first);
    if (type == nullptr) return frame.validator.CheckRecGroup(group);
    ExternType checked;
    FoldedImports folded;
    for (const ImportDecl& import : type->imports) {
      GANTRY_ASSIGN_OR_RETURN(ExternType item, TypeOf(frame, import.desc, at));
      GANTRY_RETURN_IF_ERROR(import.has_name ? folded.Add(import.module, import.name, std::move(item), at)
                                             : folded.Add(import.module, std::move(item), at));
      GANTRY_RETURN_IF_ERROR(CheckSize(folded.size(), 0, at));
    }
    ExternList imports = folded.Take();
    auto exports = std::make_shared<InstanceType>();
    for (const ExportDecl& item : type->exports) {
      GANTRY_ASSIGN_OR_RETURN(ExternType item_type, TypeOf(frame, item.desc, at));
      if (!exports->exports.Add(item.name, std::move(item_type)))
        return Duplicate(ErrorId::DuplicateExport, item.name, at);
      GANTRY_RETURN_IF_ERROR(CheckSize(imports.size() + exports->exports.size(), 0, at));
    }
    if (frame.module->types[group.first].kind == CompKind::Module) {
      auto module = std::make_shared<ModuleType>();
      module->imports = std::move(imports);
      module->exports = std::move(exports);
      checked.kind = ExternKind::Module;
      checked.module = std::move(module);
    } else {
      checked.kind = ExternKind::Instance;
      checked.instance = std::move(exports);
    }
    GANTRY_RETURN_IF_ERROR(CheckSize(checked.size(), checked.depth(), at));
    AddLinkType(frame, std::move(checked));
    return {};
  }

  static void AddLinkType(Frame& frame, ExternType type) {
    frame.types.emplace(static_cast<uint32_t>(frame.module->canon.size()), std::move(type));
    frame.module->canon.push_back(kNone);
    frame.module->visible_types = static_cast<uint32_t>(frame.module->canon.size());
  }

  // Checks a type written with indices of `frame` and makes it canonical. `index`: of the item in its index space, if
  // it is one of the module's.
  static Result<ExternType> TypeOf(Frame& frame, const ExternDesc& desc, uint64_t at, uint32_t index = 0) {
    const Module& module = *frame.module;
    ExternType type;
    type.kind = desc.kind;
    const bool has_index =
        desc.kind != ExternKind::Table && desc.kind != ExternKind::Memory && desc.kind != ExternKind::Global;
    if (has_index && desc.type >= module.visible_types)
      return FailAbout(ErrorId::UnknownType, at, fmt::format("{}: type index out of bounds", desc.type));
    if (desc.kind == ExternKind::Module || desc.kind == ExternKind::Instance) {
      const auto found = frame.types.find(desc.type);
      if (found == frame.types.end() || found->second.kind != desc.kind) {
        return FailAbout(ErrorId::TypeIndexKind, at, desc.kind == ExternKind::Module ? "a module" : "an instance");
      }
      return found->second;
    }
    if (has_index && module.types[desc.type].kind != CompKind::Func)
      return FailAbout(ErrorId::TypeIndexKind, at, "a function");
    GANTRY_RETURN_IF_ERROR(frame.validator.CheckCoreDesc(desc, index, at));
    if (has_index) type.func = module.canon[desc.type];
    type.table = desc.table;
    type.table.element = desc.kind == ExternKind::Table ? CanonicalType(desc.table.element, module.canon) : ValType();
    type.memory = desc.memory;
    type.global = desc.global;
    if (desc.kind == ExternKind::Global) type.global.type = CanonicalType(desc.global.type, module.canon);
    return type;
  }

  // --- imports

  Result<void> CheckImport(Frame& frame, const Import& import, const HeaderItem& item) {
    const ExternDesc desc = DescOf(*frame.module, import);
    GANTRY_ASSIGN_OR_RETURN(ExternType type, TypeOf(frame, desc, item.offset, import.index));
    if (import.has_name && frame.implicit_sections[import.module] != item.section) {
      return FailAbout(ErrorId::ImportTwice, item.offset,
                       Quoted(import.module) + " twice: its imports must stand in one import section");
    }
    GANTRY_RETURN_IF_ERROR(import.has_name ? frame.imports.Add(import.module, import.name, type, item.offset)
                                           : frame.imports.Add(import.module, type, item.offset));
    GANTRY_RETURN_IF_ERROR(CheckSize(frame.imports.size(), type.depth(), item.offset));
    return AddItem(frame, std::move(type), item.offset);
  }

  // --- instances

  Result<void> CheckInstance(Frame& frame, const Instantiation& instance, uint64_t at) {
    const auto& modules = frame.spaces[kModuleSpace];
    if (instance.module >= modules.size()) {
      return FailAbout(ErrorId::UnknownModule, at, fmt::format("{}: module index out of bounds", instance.module));
    }
    const std::shared_ptr<const ModuleType> module = modules[instance.module].module;
    ExternList offered;
    for (const LinkArgument& argument : instance.arguments) {
      const auto& space = frame.spaces[static_cast<size_t>(argument.kind)];
      if (argument.index >= space.size()) {
        return FailAbout(UnknownId(argument.kind), at,
                         fmt::format("{}: {} index out of bounds", argument.index, ExternWord(argument.kind)));
      }
      if (!offered.Add(argument.name, space[argument.index]))
        return Duplicate(ErrorId::DuplicateArgument, argument.name, at);
    }
    if (!frame.matcher.Offers(offered, module->imports, ErrorId::MissingArgument))
      return std::unexpected(frame.matcher.MakeError(at));
    ExternType type;
    type.kind = ExternKind::Instance;
    type.instance = module->exports;
    return AddItem(frame, std::move(type), at);
  }

  // --- aliases

  Result<void> CheckAlias(Frame& frame, const Alias& alias, uint64_t at) {
    if (alias.form == AliasForm::Export) return CheckExportAlias(frame, alias, at);
    if (alias.depth >= stack_.size() - 1) return Fail(ErrorId::AliasDepth, at);
    Frame& outer = *stack_[stack_.size() - 2 - alias.depth];
    if (alias.form == AliasForm::OuterModule) {
      const auto& modules = outer.spaces[kModuleSpace];
      if (alias.outer_index >= modules.size()) return Fail(ErrorId::AliasModuleTooEarly, at);
      return AddItem(frame, modules[alias.outer_index], at);
    }
    if (alias.outer_index >= outer.module->visible_types) return Fail(ErrorId::AliasTypeTooEarly, at);
    const CanonId canon = outer.module->canon[alias.outer_index];
    SubType& definition = frame.module->types[alias.index];
    if (canon == kNone) {
      const ExternType& type = outer.types.find(alias.outer_index)->second;
      definition.kind = type.kind == ExternKind::Module ? CompKind::Module : CompKind::Instance;
      AddLinkType(frame, type);
      return {};
    }
    definition = DefinitionOf(canon);
    frame.module->canon.push_back(canon);
    frame.module->visible_types = static_cast<uint32_t>(frame.module->canon.size());
    return {};
  }

  Result<void> CheckExportAlias(Frame& frame, const Alias& alias, uint64_t at) {
    const auto& instances = frame.spaces[kInstanceSpace];
    if (alias.instance >= instances.size()) {
      return FailAbout(ErrorId::UnknownInstance, at, fmt::format("{}: instance index out of bounds", alias.instance));
    }
    const ExternType* found = instances[alias.instance].instance->exports.Find(alias.name);
    if (found == nullptr)
      return FailAbout(ErrorId::UnknownAlias, at, Quoted(alias.name) + " does not exist in instance");
    if (found->kind != alias.kind) return Fail(ErrorId::AliasKindMismatch, at);
    const ExternType type = *found;  // the space may move
    if (static_cast<int>(type.kind) < kCoreKinds) {
      frame.aliased.push_back({type.kind, alias.index});
      if (type.kind == ExternKind::Memory && alias.index > 0 && !frame.module->features.has(Feature::MultiMemory)) {
        return Fail(ErrorId::MultipleMemories, at);
      }
    }
    return AddItem(frame, type, at);
  }

  // --- the end of the header

  // Type indices for aliased items: one that the module has itself, or a new one behind those that it can name.
  static void GiveTypes(Frame& frame) {
    Module& module = *frame.module;
    std::unordered_map<CanonId, uint32_t> indices;
    if (!frame.aliased.empty()) {
      for (uint32_t i = 0; i < module.canon.size(); ++i) {
        if (module.canon[i] != kNone) indices.emplace(module.canon[i], i);
      }
    }
    const auto index_of = [&](CanonId id) {
      const auto [it, is_new] = indices.try_emplace(id, static_cast<uint32_t>(module.types.size()));
      if (is_new) {
        module.types.push_back(DefinitionOf(id));
        module.canon.push_back(id);
      }
      return it->second;
    };
    const auto own = [&](ValType type) {
      if (!type.is_ref() || !type.heap().is_concrete()) return type;
      return ValType::Ref(HeapType::Concrete(index_of(type.heap().index())), type.is_nullable());
    };
    for (const auto& [kind, index] : frame.aliased) {
      const ExternType& type = frame.spaces[static_cast<size_t>(kind)][index];
      switch (kind) {
        case ExternKind::Func:
          module.funcs[index].type = index_of(type.func);
          break;
        case ExternKind::Tag:
          module.tags[index].type = index_of(type.func);
          break;
        case ExternKind::Table:
          module.tables[index].type = type.table;
          module.tables[index].type.element = own(type.table.element);
          break;
        case ExternKind::Memory:
          module.memories[index].type = type.memory;
          break;
        case ExternKind::Global:
          module.globals[index].type = {own(type.global.type), type.global.is_mutable};
          break;
        case ExternKind::Module:
        case ExternKind::Instance:
          break;
      }
    }
  }

  Result<void> Finish(Frame& frame) {
    Module& module = *frame.module;
    GiveTypes(frame);
    GANTRY_RETURN_IF_ERROR(frame.validator.CheckDefinitions());
    Options options = options_;
    if (stack_.size() > 1) options.summaries = nullptr;
    GANTRY_RETURN_IF_ERROR(CheckBodies(&module, &scratch_, options));
    GANTRY_RETURN_IF_ERROR(frame.validator.CheckData());
    auto type = std::make_shared<ModuleType>();
    type->imports = frame.imports.Take();
    auto exports = std::make_shared<InstanceType>();
    const uint64_t at = module.extent.offset;
    for (const Export& item : module.exports) {
      const bool is_core = static_cast<int>(item.kind) < kCoreKinds;
      exports->exports.Add(item.name, is_core ? TypeOfItem(module, item.kind, item.index)
                                              : frame.spaces[static_cast<size_t>(item.kind)][item.index]);
      GANTRY_RETURN_IF_ERROR(CheckSize(type->imports.size() + exports->exports.size(), 0, at));
    }
    GANTRY_RETURN_IF_ERROR(CheckSize(type->imports.size() + exports->exports.size(),
                                     std::max(type->imports.depth(), exports->exports.depth()), at));
    type->exports = std::move(exports);
    frame.linking.type = std::move(type);
    return {};
  }

  TypeHold* hold_;
  const Options& options_;
  Scratch scratch_;
  std::vector<std::unique_ptr<Frame>> stack_;
};

}  // namespace

Result<void> ValidateLinking(Module* module, TypeHold* hold, const Options& options) {
  return LinkValidator(hold, options).Run(module);
}

}  // namespace gantry::wasm::valid
