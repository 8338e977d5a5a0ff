#include "wasm/extern_type.h"

#include <fmt/core.h>

#include <algorithm>

namespace gantry::wasm {

namespace {

std::string LimitsText(const Limits& limits) {
  return limits.max ? fmt::format("{} {}", limits.min, *limits.max) : fmt::format("{}", limits.min);
}

std::string FuncText(std::string_view word, CanonId id) {
  const CanonType& type = TypeRegistry::Get()[id];
  std::string text = fmt::format("({}", word);
  if (!type.params.empty()) text += " (param";
  for (ValType param : type.params) text += " " + TypeName(param);
  if (!type.params.empty()) text += ")";
  if (!type.results.empty()) text += " (result";
  for (ValType result : type.results) text += " " + TypeName(result);
  if (!type.results.empty()) text += ")";
  return text + ")";
}

}  // namespace

std::string_view ExternWord(ExternKind kind) {
  constexpr std::string_view kWords[] = {"func", "table", "memory", "global", "tag", "module", "instance"};
  return kWords[static_cast<size_t>(kind)];
}

std::string ExternText(const ExternType& type) {
  switch (type.kind) {
    case ExternKind::Func:
    case ExternKind::Tag:
      return FuncText(ExternWord(type.kind), type.func);
    case ExternKind::Table:
      return fmt::format("(table {}{} {})", type.table.is_64 ? "i64 " : "", LimitsText(type.table.limits),
                         TypeName(type.table.element));
    case ExternKind::Memory:
      return fmt::format("(memory {}{}{}{})", type.memory.is_64 ? "i64 " : "", LimitsText(type.memory.limits),
                         type.memory.is_shared ? " shared" : "",
                         type.memory.page_size_log2 != 16 ? " (pagesize 1)" : "");
    case ExternKind::Global:
      return fmt::format(fmt::runtime(type.global.is_mutable ? "(global (mut {}))" : "(global {})"),
                         TypeName(type.global.type));
    case ExternKind::Module:
    case ExternKind::Instance:
      break;
  }
  return fmt::format("({})", ExternWord(type.kind));
}

uint64_t ExternType::size() const {
  switch (kind) {
    case ExternKind::Func:
    case ExternKind::Tag: {
      const CanonType& type = TypeRegistry::Get()[func];
      return 1 + type.params.size() + type.results.size();
    }
    case ExternKind::Module:
      return module->imports.size() + module->exports->exports.size();
    case ExternKind::Instance:
      return instance->exports.size();
    default:
      return 1;
  }
}

uint32_t ExternType::depth() const {
  if (kind == ExternKind::Module) return 1 + std::max(module->imports.depth(), module->exports->exports.depth());
  if (kind == ExternKind::Instance) return 1 + instance->exports.depth();
  return 0;
}

bool ExternList::Add(std::string_view name, ExternType type) {
  if (!by_name_.try_emplace(std::string(name), static_cast<uint32_t>(items_.size())).second) return false;
  size_ += 1 + type.size();
  depth_ = std::max(depth_, type.depth());
  items_.push_back({std::string(name), std::move(type)});
  return true;
}

std::optional<uint32_t> ExternList::IndexOf(std::string_view name) const {
  const auto found = by_name_.find(name);
  if (found == by_name_.end()) return std::nullopt;
  return found->second;
}

const ExternType* ExternList::Find(std::string_view name) const {
  const std::optional<uint32_t> index = IndexOf(name);
  return index ? &items_[*index].type : nullptr;
}

bool Matches(uint64_t size, const std::optional<uint64_t>& max, const Limits& wanted) {
  if (size < wanted.min) return false;
  return !wanted.max || (max && *max <= *wanted.max);
}

bool Matches(const TableType& sub, const TableType& super) {
  return sub.is_64 == super.is_64 && sub.element == super.element &&
         Matches(sub.limits.min, sub.limits.max, super.limits);
}

bool Matches(const MemoryType& sub, const MemoryType& super) {
  return sub.is_64 == super.is_64 && sub.is_shared == super.is_shared && sub.page_size_log2 == super.page_size_log2 &&
         Matches(sub.limits.min, sub.limits.max, super.limits);
}

bool Matches(const GlobalType& sub, const GlobalType& super) {
  if (sub.is_mutable != super.is_mutable) return false;
  return super.is_mutable ? sub.type == super.type : TypeRegistry::Get().Matches(sub.type, super.type);
}

bool ExternMatcher::Fail(ErrorId id, std::string_view subject) {
  error_ = id;
  subject_ = subject;
  return false;
}

Error ExternMatcher::MakeError(uint64_t offset) const {
  if (subject_.empty() && error_ != ErrorId::MissingArgument && error_ != ErrorId::MissingExport)
    return wasm::MakeError(error_, offset);
  return MakeErrorAbout(error_, offset, fmt::format("`{}`", subject_));
}

bool ExternMatcher::Offers(const ExternList& offered, const ExternList& wanted, ErrorId missing) {
  for (const ExternList::Item& item : wanted.items()) {
    const ExternType* type = offered.Find(item.name);
    if (type == nullptr) return Fail(missing, item.name);
    if (!Matches(*type, item.type)) return false;
  }
  return true;
}

bool ExternMatcher::Matches(const InstanceType& sub, const InstanceType& super) {
  if (&sub == &super || matched_.contains({&sub, &super})) return true;
  if (!Offers(sub.exports, super.exports, ErrorId::MissingExport)) return false;
  matched_.insert({&sub, &super});
  return true;
}

bool ExternMatcher::Matches(const ModuleType& sub, const ModuleType& super) {
  if (&sub == &super || matched_.contains({&sub, &super})) return true;
  // What the module imports must be on offer where it is to be instantiated.
  if (!Offers(super.imports, sub.imports, ErrorId::MissingArgument) || !Matches(*sub.exports, *super.exports))
    return false;
  matched_.insert({&sub, &super});
  return true;
}

bool ExternMatcher::Matches(const ExternType& sub, const ExternType& super) {
  if (sub.kind != super.kind) return Fail(ErrorId::ItemMismatch);
  switch (super.kind) {
    case ExternKind::Func:
      return TypeRegistry::Get().IsSubtype(sub.func, super.func) || Fail(ErrorId::FuncMismatch);
    case ExternKind::Tag:
      return sub.func == super.func || Fail(ErrorId::TagMismatch);
    case ExternKind::Table:
      return wasm::Matches(sub.table, super.table) || Fail(ErrorId::TableMismatch);
    case ExternKind::Memory:
      return wasm::Matches(sub.memory, super.memory) || Fail(ErrorId::MemoryMismatch);
    case ExternKind::Global:
      return wasm::Matches(sub.global, super.global) || Fail(ErrorId::GlobalMismatch);
    case ExternKind::Module:
      return Matches(*sub.module, *super.module);
    case ExternKind::Instance:
      return Matches(*sub.instance, *super.instance);
  }
  return false;
}

ExternType TypeOfItem(const Module& module, ExternKind kind, uint32_t index) {
  ExternType type;
  type.kind = kind;
  switch (kind) {
    case ExternKind::Func:
      type.func = module.FuncCanon(index);
      break;
    case ExternKind::Tag:
      type.func = module.canon[module.tags[index].type];
      break;
    case ExternKind::Table:
      type.table = module.tables[index].type;
      type.table.element = CanonicalType(type.table.element, module.canon);
      break;
    case ExternKind::Memory:
      type.memory = module.memories[index].type;
      break;
    case ExternKind::Global:
      type.global = module.globals[index].type;
      type.global.type = CanonicalType(type.global.type, module.canon);
      break;
    case ExternKind::Module:
    case ExternKind::Instance:
      break;
  }
  return type;
}

}  // namespace gantry::wasm
