#include "runtime/link_values.h"

#include <algorithm>

#include "runtime/instance.h"

namespace gantry::runtime {

std::optional<Extern> InstanceValue::Export(std::string_view name) const {
  if (instance != nullptr) return instance->Export(name);
  const auto found =
      std::ranges::lower_bound(items, name, {}, [](const auto& item) { return std::string_view(item.first); });
  if (found == items.end() || found->first != name) return std::nullopt;
  return found->second;
}

const InstanceValue* NewInstanceValue(Store& store, Instance* instance) {
  auto value = std::make_shared<InstanceValue>();
  value->instance = instance;
  store.KeepAlive(value);
  return value.get();
}

const InstanceValue* NewInstanceValue(Store& store, std::vector<std::pair<std::string, Extern>> items) {
  std::ranges::sort(items, {}, [](const auto& item) { return std::string_view(item.first); });
  auto value = std::make_shared<InstanceValue>();
  value->items = std::move(items);
  store.KeepAlive(value);
  return value.get();
}

const ModuleValue* NewModuleValue(Store& store, std::shared_ptr<const LinkUnit> unit, uint32_t index,
                                  std::vector<const ModuleValue*> captures) {
  auto value = std::make_shared<const ModuleValue>(ModuleValue{std::move(unit), index, std::move(captures)});
  store.KeepAlive(value);
  return value.get();
}

}  // namespace gantry::runtime
