/// \file wasmtime/component/types/component.hh
///
/// The types of components, and of what they import and export.

#ifndef WASMTIME_COMPONENT_TYPES_COMPONENT_HH
#define WASMTIME_COMPONENT_TYPES_COMPONENT_HH

#include <wasmtime/conf.h>

#ifdef WASMTIME_FEATURE_COMPONENT_MODEL

#include <wasmtime/component/types/component.h>

#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>
#include <wasmtime/component/types/func.hh>
#include <wasmtime/component/types/instance.hh>
#include <wasmtime/component/types/module.hh>
#include <wasmtime/component/types/val.hh>
#include <wasmtime/engine.hh>
#include <wasmtime/helpers.hh>
#include <wasmtime/types/func.hh>

namespace wasmtime {
namespace component {

class ComponentItem;

/// The type of a component: what it imports and exports.
class ComponentType : public wasmtime::detail::Copyable<ComponentType, wasmtime_component_type_t,
                                                        wasmtime_component_type_delete, wasmtime_component_type_clone> {
 public:
  using Copyable::Copyable;

  /// How many imports there are.
  std::size_t import_count(const Engine& engine) const {
    return wasmtime_component_type_import_count(capi(), engine.capi());
  }
  /// The type of the import of that name, if there is one.
  std::optional<ComponentItem> import_get(const Engine& engine, std::string_view name) const;
  /// Name and type of an import, if there are so many. The name is good as long as this type.
  std::optional<std::pair<std::string_view, ComponentItem>> import_nth(const Engine& engine, std::size_t nth) const;

  /// How many exports there are.
  std::size_t export_count(const Engine& engine) const {
    return wasmtime_component_type_export_count(capi(), engine.capi());
  }
  /// The type of the export of that name, if there is one.
  std::optional<ComponentItem> export_get(const Engine& engine, std::string_view name) const;
  /// Name and type of an export, if there are so many. The name is good as long as this type.
  std::optional<std::pair<std::string_view, ComponentItem>> export_nth(const Engine& engine, std::size_t nth) const;
};

namespace detail {

/// Frees the content of an item, unless it is all zeros: what moving leaves behind.
inline void destroy_item(wasmtime_component_item_t* item) {
  if (item->kind == WASMTIME_COMPONENT_ITEM_COMPONENT && item->of.component == nullptr) return;
  wasmtime_component_item_delete(item);
}

}  // namespace detail

/// The type of anything that components import and export. Asking for another kind than it is ends the process.
class ComponentItem : public wasmtime::detail::Value<ComponentItem, wasmtime_component_item_t,
                                                     wasmtime_component_item_clone, detail::destroy_item> {
 public:
  /// Takes over the content of a structure of the C API, which owns nothing afterwards.
  explicit ComponentItem(wasmtime_component_item_t&& item) : Value(std::exchange(item, wasmtime_component_item_t{})) {}

  /// Whether this is the type of a component.
  bool is_component() const { return is(WASMTIME_COMPONENT_ITEM_COMPONENT); }
  /// Whether this is the type of an instance.
  bool is_component_instance() const { return is(WASMTIME_COMPONENT_ITEM_COMPONENT_INSTANCE); }
  /// Whether this is the type of a module.
  bool is_module() const { return is(WASMTIME_COMPONENT_ITEM_MODULE); }
  /// Whether this is the type of a function.
  bool is_component_func() const { return is(WASMTIME_COMPONENT_ITEM_COMPONENT_FUNC); }
  /// Whether this is a type of resources.
  bool is_resource() const { return is(WASMTIME_COMPONENT_ITEM_RESOURCE); }
  /// Whether this is the type of a function of WebAssembly below components.
  bool is_core_func() const { return is(WASMTIME_COMPONENT_ITEM_CORE_FUNC); }
  /// Whether this is a type of values.
  bool is_type() const { return is(WASMTIME_COMPONENT_ITEM_TYPE); }

  /// The type of a component; good as long as this item.
  const ComponentType& component() const {
    return *ComponentType::from_capi(&of(WASMTIME_COMPONENT_ITEM_COMPONENT).component);
  }
  /// The type of an instance; good as long as this item.
  const ComponentInstanceType& component_instance() const {
    return *ComponentInstanceType::from_capi(&of(WASMTIME_COMPONENT_ITEM_COMPONENT_INSTANCE).component_instance);
  }
  /// The type of a module; good as long as this item.
  const ModuleType& module() const { return *ModuleType::from_capi(&of(WASMTIME_COMPONENT_ITEM_MODULE).module); }
  /// The type of a function; good as long as this item.
  const FuncType& component_func() const {
    return *FuncType::from_capi(&of(WASMTIME_COMPONENT_ITEM_COMPONENT_FUNC).component_func);
  }
  /// The type of resources; good as long as this item.
  const ResourceType& resource() const {
    return *ResourceType::from_capi(&of(WASMTIME_COMPONENT_ITEM_RESOURCE).resource);
  }
  /// The type of a function below components; good as long as this item.
  wasmtime::FuncType::Ref core_func() const { return of(WASMTIME_COMPONENT_ITEM_CORE_FUNC).core_func; }
  /// The type of values; good as long as this item.
  const ValType& type() const { return *ValType::from_capi(&of(WASMTIME_COMPONENT_ITEM_TYPE).type); }

 private:
  bool is(wasmtime_component_item_kind_t kind) const { return capi()->kind == kind; }
  const wasmtime_component_item_union_t& of(wasmtime_component_item_kind_t kind) const {
    if (!is(kind)) wasmtime::detail::misuse("a ComponentItem is read as something that it is not");
    return capi()->of;
  }
};

namespace detail {

/// The type of an import or export of a name, found by one of the functions of the C API for that.
template <typename Type, typename Get>
std::optional<ComponentItem> item_get(const Type* type, Get get, const Engine& engine, std::string_view name) {
  wasmtime_component_item_t item;
  if (!get(type, engine.capi(), name.data(), name.size(), &item)) return std::nullopt;
  return ComponentItem(std::move(item));
}

/// Name and type of an import or export at a position, found by one of the functions of the C API for that.
template <typename Type, typename Nth>
std::optional<std::pair<std::string_view, ComponentItem>> item_nth(const Type* type, Nth nth_item, const Engine& engine,
                                                                   std::size_t nth) {
  const char* name = nullptr;
  std::size_t name_len = 0;
  wasmtime_component_item_t item;
  if (!nth_item(type, engine.capi(), nth, &name, &name_len, &item)) return std::nullopt;
  return std::pair(std::string_view(name, name_len), ComponentItem(std::move(item)));
}

}  // namespace detail

inline std::optional<ComponentItem> ComponentType::import_get(const Engine& engine, std::string_view name) const {
  return detail::item_get(capi(), wasmtime_component_type_import_get, engine, name);
}

inline std::optional<std::pair<std::string_view, ComponentItem>> ComponentType::import_nth(const Engine& engine,
                                                                                           std::size_t nth) const {
  return detail::item_nth(capi(), wasmtime_component_type_import_nth, engine, nth);
}

inline std::optional<ComponentItem> ComponentType::export_get(const Engine& engine, std::string_view name) const {
  return detail::item_get(capi(), wasmtime_component_type_export_get, engine, name);
}

inline std::optional<std::pair<std::string_view, ComponentItem>> ComponentType::export_nth(const Engine& engine,
                                                                                           std::size_t nth) const {
  return detail::item_nth(capi(), wasmtime_component_type_export_nth, engine, nth);
}

inline std::optional<ComponentItem> ComponentInstanceType::export_get(const Engine& engine,
                                                                      std::string_view name) const {
  return detail::item_get(capi(), wasmtime_component_instance_type_export_get, engine, name);
}

inline std::optional<std::pair<std::string_view, ComponentItem>> ComponentInstanceType::export_nth(
    const Engine& engine, std::size_t nth) const {
  return detail::item_nth(capi(), wasmtime_component_instance_type_export_nth, engine, nth);
}

}  // namespace component
}  // namespace wasmtime

#endif  // WASMTIME_FEATURE_COMPONENT_MODEL

#endif  // WASMTIME_COMPONENT_TYPES_COMPONENT_HH
