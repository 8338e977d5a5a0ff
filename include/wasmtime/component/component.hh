/// \file wasmtime/component/component.hh
///
/// Components: code of an engine that speaks in types of the Component Model.

#ifndef WASMTIME_COMPONENT_COMPONENT_HH
#define WASMTIME_COMPONENT_COMPONENT_HH

#include <wasmtime/conf.h>

#ifdef WASMTIME_FEATURE_COMPONENT_MODEL

#include <wasmtime/component/component.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>
#include <wasmtime/component/types/component.hh>
#include <wasmtime/engine.hh>
#include <wasmtime/error.hh>
#include <wasmtime/helpers.hh>
#include <wasmtime/span.hh>
#include <wasmtime/wat.hh>

namespace wasmtime {

/// The Component Model.
namespace component {

/// Where an export of a component stands: looked up by name once, used often.
class ExportIndex
    : public wasmtime::detail::Copyable<ExportIndex, wasmtime_component_export_index_t,
                                        wasmtime_component_export_index_delete, wasmtime_component_export_index_clone> {
 public:
  using Copyable::Copyable;
};

/// A component: checked code of an engine, to be instantiated in any number of its stores. Copies are references to the
/// same component. Any number of threads may use a component at the same time.
class Component : public wasmtime::detail::Copyable<Component, wasmtime_component_t, wasmtime_component_delete,
                                                    wasmtime_component_clone> {
 public:
  using Copyable::Copyable;

#ifdef WASMTIME_FEATURE_COMPILER
#ifdef WASMTIME_FEATURE_WAT
  /// Checks a component in the text format and makes code of it.
  static Result<Component> compile(Engine& engine, std::string_view wat) {
    Result<std::vector<std::uint8_t>> wasm = wat2wasm(wat);
    if (!wasm) return wasm.err();
    return compile(engine, Span<const std::uint8_t>(wasm.ok_ref()));
  }
#endif  // WASMTIME_FEATURE_WAT

  /// Checks a component in the binary format and makes code of it.
  static Result<Component> compile(Engine& engine, Span<const std::uint8_t> wasm) {
    wasmtime_component_t* component = nullptr;
    return wasmtime::detail::result_of<Component>(
        wasmtime_component_new(engine.capi(), wasm.data(), wasm.size(), &component), component);
  }
#endif  // WASMTIME_FEATURE_COMPILER

  /// Loads what serialize() gave to a program with this library and an engine with the same settings. Bytes of other
  /// origin must not be loaded: only their outside is checked.
  static Result<Component> deserialize(Engine& engine, Span<const std::uint8_t> bytes) {
    wasmtime_component_t* component = nullptr;
    return wasmtime::detail::result_of<Component>(
        wasmtime_component_deserialize(engine.capi(), bytes.data(), bytes.size(), &component), component);
  }

  /// Loads a file with what serialize() gave; it must not change as long as the component is used. The rest is as for
  /// deserialize().
  static Result<Component> deserialize_file(Engine& engine, const std::string& path) {
    wasmtime_component_t* component = nullptr;
    return wasmtime::detail::result_of<Component>(
        wasmtime_component_deserialize_file(engine.capi(), path.c_str(), &component), component);
  }

#ifdef WASMTIME_FEATURE_COMPILER
  /// The component's code as bytes, for deserialize().
  Result<std::vector<std::uint8_t>> serialize() const {
    wasm_byte_vec_t bytes;
    wasmtime_error_t* error = wasmtime_component_serialize(capi(), &bytes);
    if (error != nullptr) return Error(error);
    return wasmtime::detail::take_bytes(bytes);
  }
#endif  // WASMTIME_FEATURE_COMPILER

  /// Where the export of that name stands, if there is one: in the component, or in the instance that it exports at
  /// `instance`, unless that is null.
  std::optional<ExportIndex> export_index(const ExportIndex* instance, std::string_view name) const {
    wasmtime_component_export_index_t* index = wasmtime_component_get_export_index(
        capi(), instance == nullptr ? nullptr : instance->capi(), name.data(), name.size());
    if (index == nullptr) return std::nullopt;
    return ExportIndex(index);
  }

  /// The component's type: what it imports and exports.
  ComponentType type() const { return ComponentType(wasmtime_component_type(capi())); }
};

}  // namespace component
}  // namespace wasmtime

#endif  // WASMTIME_FEATURE_COMPONENT_MODEL

#endif  // WASMTIME_COMPONENT_COMPONENT_HH
