// Import matching (spec 3.4.13 and 4.5.3): may this item be used where a module imports something of that type?
#include <fmt/core.h>

#include <string>

#include "runtime/instance.h"
#include "wasm/errors.h"

namespace gantry::runtime {

using wasm::ExternKind;
using wasm::TypeRegistry;

namespace {

// Limits match with the current size as the minimum (spec 4.5.3: the type of a memory or table instance has its current size).
bool LimitsMatch(uint64_t size, const std::optional<uint64_t>& max, const wasm::Limits& wanted) {
  if (size < wanted.min) return false;
  return !wanted.max || (max && *max <= *wanted.max);
}

std::string LimitsText(uint64_t min, const std::optional<uint64_t>& max) {
  return max ? fmt::format("{} {}", min, *max) : fmt::format("{}", min);
}

std::string MemoryText(const wasm::MemoryType& type, uint64_t pages) {
  return fmt::format("(memory {}{}{}{})", type.is_64 ? "i64 " : "", LimitsText(pages, type.limits.max),
                     type.is_shared ? " shared" : "", type.page_size_log2 != 16 ? " (pagesize 1)" : "");
}

std::string TableText(const wasm::TableType& type, uint64_t size) {
  return fmt::format("(table {}{} {})", type.is_64 ? "i64 " : "", LimitsText(size, type.limits.max), TypeName(type.element));
}

std::string GlobalText(const wasm::GlobalType& type) {
  return type.is_mutable ? fmt::format("(global (mut {}))", TypeName(type.type)) : fmt::format("(global {})", TypeName(type.type));
}

std::string FuncText(const char* word, wasm::CanonId id) {
  const wasm::CanonType& type = TypeRegistry::Get()[id];
  std::string text = fmt::format("({}", word);
  if (!type.params.empty()) text += " (param";
  for (wasm::ValType param : type.params) text += " " + TypeName(param);
  if (!type.params.empty()) text += ")";
  if (!type.results.empty()) text += " (result";
  for (wasm::ValType result : type.results) text += " " + TypeName(result);
  if (!type.results.empty()) text += ")";
  return text + ")";
}

std::string TextOf(const Extern& item) {
  switch (item.kind) {
    case ExternKind::Func: return FuncText("func", item.func->type());
    case ExternKind::Table: return TableText(item.table->type(), item.table->size());
    case ExternKind::Memory: return MemoryText(item.memory->storage->type(), item.memory->storage->pages());
    case ExternKind::Global: return GlobalText(item.global->type);
    case ExternKind::Tag: return FuncText("tag", item.tag->def.type);
  }
  return {};
}

std::string TextOf(const wasm::Module& module, const wasm::Import& import) {
  switch (import.kind) {
    case ExternKind::Func: return FuncText("func", module.FuncCanon(import.index));
    case ExternKind::Table: {
      wasm::TableType type = module.tables[import.index].type;
      type.element = wasm::CanonicalType(type.element, module.canon);
      return TableText(type, type.limits.min);
    }
    case ExternKind::Memory: {
      const wasm::MemoryType& type = module.memories[import.index].type;
      return MemoryText(type, type.limits.min);
    }
    case ExternKind::Global: {
      const wasm::GlobalType& type = module.globals[import.index].type;
      return GlobalText({wasm::CanonicalType(type.type, module.canon), type.is_mutable});
    }
    case ExternKind::Tag: return FuncText("tag", module.canon[module.tags[import.index].type]);
  }
  return {};
}

bool TableMatches(const Table& table, const wasm::TableType& wanted, const wasm::Module& module) {
  const wasm::TableType& type = table.type();
  return type.is_64 == wanted.is_64 && type.element == wasm::CanonicalType(wanted.element, module.canon) &&
         LimitsMatch(table.size(), type.limits.max, wanted.limits);
}

bool MemoryMatches(MemoryStorage& memory, const wasm::MemoryType& wanted) {
  const wasm::MemoryType& type = memory.type();
  return type.is_64 == wanted.is_64 && type.is_shared == wanted.is_shared && type.page_size_log2 == wanted.page_size_log2 &&
         LimitsMatch(memory.pages(), type.limits.max, wanted.limits);
}

bool GlobalMatches(const Global& global, const wasm::GlobalType& wanted, const wasm::Module& module) {
  const wasm::ValType type = wasm::CanonicalType(wanted.type, module.canon);
  if (global.type.is_mutable != wanted.is_mutable) return false;
  return wanted.is_mutable ? global.type.type == type : TypeRegistry::Get().Matches(global.type.type, type);
}

bool Matches(const wasm::Module& module, const wasm::Import& import, const Extern& item) {
  if (item.kind != import.kind) return false;
  switch (item.kind) {
    case ExternKind::Func: return TypeRegistry::Get().IsSubtype(item.func->type(), module.FuncCanon(import.index));
    case ExternKind::Table: return TableMatches(*item.table, module.tables[import.index].type, module);
    case ExternKind::Memory: return MemoryMatches(*item.memory->storage, module.memories[import.index].type);
    case ExternKind::Global: return GlobalMatches(*item.global, module.globals[import.index].type, module);
    case ExternKind::Tag: return item.tag->def.type == module.canon[module.tags[import.index].type];
  }
  return false;
}

}  // namespace

Result<void> CheckImport(const wasm::Module& module, const wasm::Import& import, const Extern& item) {
  if (Matches(module, import, item)) return {};
  return std::unexpected(wasm::MakeErrorAbout(
      wasm::ErrorId::IncompatibleImport, Error::kNoOffset,
      fmt::format("for `{}::{}`: expected {}, found {}", import.module, import.name, TextOf(module, import), TextOf(item))));
}

}  // namespace gantry::runtime
