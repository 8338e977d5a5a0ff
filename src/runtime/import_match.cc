// Import matching (spec 3.4.13 and 4.5.3): may this item be used where a module imports something of that type? The
// relation is that of wasm/extern_type.h; here are the types of living objects.
#include <fmt/core.h>

#include <string>

#include "runtime/instance.h"
#include "runtime/link_values.h"
#include "wasm/errors.h"

namespace gantry::runtime {

using wasm::ExternKind;
using wasm::ExternType;

namespace {

// Limits match with the current size as the minimum: it is in the type of a living memory or table (spec 4.5.3).
wasm::TableType CurrentType(const Table& table) {
  wasm::TableType type = table.type();
  type.limits.min = table.size();
  return type;
}

wasm::MemoryType CurrentType(MemoryStorage& memory) {
  wasm::MemoryType type = memory.type();
  type.limits.min = memory.pages();
  return type;
}

// Of modules and instances only the kind.
ExternType TypeOf(const Extern& item) {
  ExternType type;
  type.kind = item.kind;
  switch (item.kind) {
    case ExternKind::Func:
      type.func = item.func->type();
      break;
    case ExternKind::Table:
      type.table = CurrentType(*item.table);
      break;
    case ExternKind::Memory:
      type.memory = CurrentType(*item.memory->storage);
      break;
    case ExternKind::Global:
      type.global = item.global->type;
      break;
    case ExternKind::Tag:
      type.func = item.tag->def.type;
      break;
    case ExternKind::Module:
    case ExternKind::Instance:
      break;
  }
  return type;
}

// Instances are compared by the objects that they have, so tables and memories inside count with their current size.
// Recursion is as deep as the wanted type (wasm/extern_type.h [I1]).
bool Matches(const ExternType& wanted, const Extern& item, std::string* cause) {
  const bool is_kind = item.kind == wanted.kind;
  if (is_kind && wanted.kind == ExternKind::Instance) {
    for (const wasm::ExternList::Item& wanted_item : wanted.instance->exports.items()) {
      const std::optional<Extern> found = item.instance->Export(wanted_item.name);
      if (!found) {
        *cause = fmt::format("instance type mismatch: no export named `{}`", wanted_item.name);
        return false;
      }
      if (Matches(wanted_item.type, *found, cause)) continue;
      *cause = fmt::format("in the export `{}`: {}", wanted_item.name, *cause);
      return false;
    }
    return true;
  }
  wasm::ExternMatcher matcher;
  if (is_kind && wanted.kind == ExternKind::Module) {
    if (matcher.Matches(item.module->type(), *wanted.module)) return true;
    *cause = "module types do not match: " + matcher.MakeError(Error::kNoOffset).message();
    return false;
  }
  const ExternType found = TypeOf(item);
  if (matcher.Matches(found, wanted)) return true;
  *cause = fmt::format("expected {}, found {}", ExternText(wanted), ExternText(found));
  return false;
}

}  // namespace

Result<void> CheckImport(const wasm::Module& module, const wasm::Import& import, const Extern& item) {
  const ExternType wanted = TypeOfItem(module, import.kind, import.index), found = TypeOf(item);
  if (wasm::ExternMatcher().Matches(found, wanted)) return {};
  return std::unexpected(wasm::MakeErrorAbout(wasm::ErrorId::IncompatibleImport, Error::kNoOffset,
                                              fmt::format("for `{}::{}`: expected {}, found {}", import.module,
                                                          import.name, ExternText(wanted), ExternText(found))));
}

Result<void> CheckExtern(const ExternType& wanted, const Extern& item, std::string_view name) {
  std::string cause;
  if (Matches(wanted, item, &cause)) return {};
  return std::unexpected(wasm::MakeErrorAbout(wasm::ErrorId::IncompatibleImport, Error::kNoOffset,
                                              fmt::format("for `{}`: {}", name, cause)));
}

}  // namespace gantry::runtime
