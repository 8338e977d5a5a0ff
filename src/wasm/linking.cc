#include "wasm/linking.h"

#include <algorithm>

namespace gantry::wasm {

const LinkType* Linking::FindType(uint32_t index) const {
  const auto found = std::ranges::lower_bound(types, index, {}, &LinkType::type);
  return found == types.end() || found->type != index ? nullptr : &*found;
}

ExternDesc DescOf(const Module& module, const Import& import) {
  ExternDesc desc;
  desc.kind = import.kind;
  desc.type = import.type;
  if (import.kind == ExternKind::Table) desc.table = module.tables[import.index].type;
  if (import.kind == ExternKind::Memory) desc.memory = module.memories[import.index].type;
  if (import.kind == ExternKind::Global) desc.global = module.globals[import.index].type;
  return desc;
}

bool IsOuterType(const Module& module, uint32_t type) {
  return module.linking != nullptr && std::ranges::binary_search(module.linking->outer_types, type);
}

bool IsInterleaved(const Module& module) {
  if (module.linking == nullptr) return false;
  const Linking& linking = *module.linking;
  return !linking.nested.empty() || !linking.instances.empty() || !linking.aliases.empty();
}

bool UsesLinking(const Module& module) {
  if (module.linking == nullptr) return false;
  if (IsInterleaved(module) || !module.linking->types.empty()) return true;
  return std::ranges::any_of(module.imports, [](const Import& import) { return !import.has_name; });
}

}  // namespace gantry::wasm
