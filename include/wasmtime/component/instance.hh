/// \file wasmtime/component/instance.hh
///
/// Instances of components.

#ifndef WASMTIME_COMPONENT_INSTANCE_HH
#define WASMTIME_COMPONENT_INSTANCE_HH

#include <wasmtime/conf.h>

#ifdef WASMTIME_FEATURE_COMPONENT_MODEL

#include <wasmtime/component/instance.h>

#include <optional>
#include <string_view>
#include <wasmtime/component/component.hh>
#include <wasmtime/component/func.hh>
#include <wasmtime/store.hh>

namespace wasmtime {
namespace component {

/// An instance of a component: a handle, copied at will, good as long as the store.
class Instance {
 public:
  /// An instance of the C API.
  explicit Instance(const wasmtime_component_instance_t& instance) noexcept : instance_(instance) {}

  /// Where the export of that name stands, if there is one: in this instance, or in the instance that it exports at
  /// `instance`, unless that is null.
  std::optional<ExportIndex> get_export_index(Store::Context cx, const ExportIndex* instance,
                                              std::string_view name) const {
    wasmtime_component_export_index_t* index = wasmtime_component_instance_get_export_index(
        &instance_, cx.capi(), instance == nullptr ? nullptr : instance->capi(), name.data(), name.size());
    if (index == nullptr) return std::nullopt;
    return ExportIndex(index);
  }

  /// The function that stands there, if what stands there is one.
  std::optional<Func> get_func(Store::Context cx, const ExportIndex& index) const {
    wasmtime_component_func_t func;
    if (!wasmtime_component_instance_get_func(&instance_, cx.capi(), index.capi(), &func)) return std::nullopt;
    return Func(func);
  }

  /// The instance, as the C API takes it.
  const wasmtime_component_instance_t* capi() const noexcept { return &instance_; }

 private:
  wasmtime_component_instance_t instance_;
};

}  // namespace component
}  // namespace wasmtime

#endif  // WASMTIME_FEATURE_COMPONENT_MODEL

#endif  // WASMTIME_COMPONENT_INSTANCE_HH
