/// \file wasmtime/component/types/module.hh
///
/// The types of modules that components import and export.

#ifndef WASMTIME_COMPONENT_TYPES_MODULE_HH
#define WASMTIME_COMPONENT_TYPES_MODULE_HH

#include <wasmtime/conf.h>

#ifdef WASMTIME_FEATURE_COMPONENT_MODEL

#include <wasmtime/component/types/module.h>

#include <cstddef>
#include <optional>
#include <wasmtime/engine.hh>
#include <wasmtime/helpers.hh>
#include <wasmtime/types/export.hh>
#include <wasmtime/types/extern.hh>
#include <wasmtime/types/import.hh>

namespace wasmtime {
namespace component {

/// The type of a module: what it imports and exports.
class ModuleType : public wasmtime::detail::Copyable<ModuleType, wasmtime_module_type_t, wasmtime_module_type_delete,
                                                     wasmtime_module_type_clone> {
 public:
  using Copyable::Copyable;

  /// How many imports there are.
  std::size_t import_count(const Engine& engine) const {
    return wasmtime_module_type_import_count(capi(), engine.capi());
  }

  /// An import, if there are so many.
  std::optional<ImportType> import_nth(const Engine& engine, std::size_t nth) const {
    wasm_importtype_t* import = wasmtime_module_type_import_nth(capi(), engine.capi(), nth);
    if (import == nullptr) return std::nullopt;
    return ImportType(import);
  }

  /// How many exports there are.
  std::size_t export_count(const Engine& engine) const {
    return wasmtime_module_type_export_count(capi(), engine.capi());
  }

  /// An export, if there are so many.
  std::optional<ExportType> export_nth(const Engine& engine, std::size_t nth) const {
    wasm_exporttype_t* item = wasmtime_module_type_export_nth(capi(), engine.capi(), nth);
    if (item == nullptr) return std::nullopt;
    return ExportType(item);
  }
};

}  // namespace component
}  // namespace wasmtime

#endif  // WASMTIME_FEATURE_COMPONENT_MODEL

#endif  // WASMTIME_COMPONENT_TYPES_MODULE_HH
