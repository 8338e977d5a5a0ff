/// \file wasmtime/component/types/instance.hh
///
/// The types of instances of components.

#ifndef WASMTIME_COMPONENT_TYPES_INSTANCE_HH
#define WASMTIME_COMPONENT_TYPES_INSTANCE_HH

#include <wasmtime/conf.h>

#ifdef WASMTIME_FEATURE_COMPONENT_MODEL

#include <wasmtime/component/types/instance.h>

#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>
#include <wasmtime/engine.hh>
#include <wasmtime/helpers.hh>

namespace wasmtime {
namespace component {

class ComponentItem;

/// The type of an instance: what it exports.
class ComponentInstanceType
    : public wasmtime::detail::Copyable<ComponentInstanceType, wasmtime_component_instance_type_t,
                                        wasmtime_component_instance_type_delete,
                                        wasmtime_component_instance_type_clone> {
 public:
  using Copyable::Copyable;

  /// How many exports there are.
  std::size_t export_count(const Engine& engine) const {
    return wasmtime_component_instance_type_export_count(capi(), engine.capi());
  }
  /// The type of the export of that name, if there is one.
  std::optional<ComponentItem> export_get(const Engine& engine, std::string_view name) const;
  /// Name and type of an export, if there are so many. The name is good as long as this type.
  std::optional<std::pair<std::string_view, ComponentItem>> export_nth(const Engine& engine, std::size_t nth) const;
};

}  // namespace component
}  // namespace wasmtime

// Defines what is declared above.
#include <wasmtime/component/types/component.hh>

#endif  // WASMTIME_FEATURE_COMPONENT_MODEL

#endif  // WASMTIME_COMPONENT_TYPES_INSTANCE_HH
