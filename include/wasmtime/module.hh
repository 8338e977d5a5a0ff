/// \file wasmtime/module.hh
///
/// Modules: code of an engine.

#ifndef WASMTIME_MODULE_HH
#define WASMTIME_MODULE_HH

#include <wasmtime/conf.h>
#include <wasmtime/module.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>
#include <wasmtime/engine.hh>
#include <wasmtime/error.hh>
#include <wasmtime/helpers.hh>
#include <wasmtime/span.hh>
#include <wasmtime/types/export.hh>
#include <wasmtime/types/import.hh>
#include <wasmtime/wat.hh>

namespace wasmtime {

/// A module: checked code of an engine, to be instantiated in any number of its stores. Copies are references to the
/// same module. Any number of threads may use a module at the same time.
class Module : public detail::Copyable<Module, wasmtime_module_t, wasmtime_module_delete, wasmtime_module_clone> {
 public:
  using Copyable::Copyable;

#ifdef WASMTIME_FEATURE_COMPILER
#ifdef WASMTIME_FEATURE_WAT
  /// Checks a module in the text format and makes code of it.
  static Result<Module> compile(Engine& engine, std::string_view wat) {
    Result<std::vector<std::uint8_t>> wasm = wat2wasm(wat);
    if (!wasm) return wasm.err();
    return compile(engine, Span<const std::uint8_t>(wasm.ok_ref()));
  }
#endif  // WASMTIME_FEATURE_WAT

  /// Checks a module in the binary format and makes code of it.
  static Result<Module> compile(Engine& engine, Span<const std::uint8_t> wasm) {
    wasmtime_module_t* module = nullptr;
    return detail::result_of<Module>(wasmtime_module_new(engine.capi(), wasm.data(), wasm.size(), &module), module);
  }

  /// Checks a module in the binary format, as compile() does, and leaves it at that.
  static Result<std::monostate> validate(Engine& engine, Span<const std::uint8_t> wasm) {
    return detail::done(wasmtime_module_validate(engine.capi(), wasm.data(), wasm.size()));
  }
#endif  // WASMTIME_FEATURE_COMPILER

  /// Loads what serialize() gave to a program with this library and an engine with the same settings. Bytes of other
  /// origin must not be loaded: only their outside is checked.
  static Result<Module> deserialize(Engine& engine, Span<const std::uint8_t> bytes) {
    wasmtime_module_t* module = nullptr;
    return detail::result_of<Module>(wasmtime_module_deserialize(engine.capi(), bytes.data(), bytes.size(), &module),
                                     module);
  }

  /// Loads a file with what serialize() gave; it is mapped, not read, and must not change as long as the module is
  /// used. The rest is as for deserialize().
  static Result<Module> deserialize_file(Engine& engine, const std::string& path) {
    wasmtime_module_t* module = nullptr;
    return detail::result_of<Module>(wasmtime_module_deserialize_file(engine.capi(), path.c_str(), &module), module);
  }

  /// What the module imports, in order.
  ImportType::List imports() const {
    wasm_importtype_vec_t list;
    wasmtime_module_imports(capi(), &list);
    return ImportType::List(list);
  }

  /// What the module exports, in order.
  ExportType::List exports() const {
    wasm_exporttype_vec_t list;
    wasmtime_module_exports(capi(), &list);
    return ExportType::List(list);
  }

#ifdef WASMTIME_FEATURE_COMPILER
  /// The module's code as bytes, for deserialize().
  Result<std::vector<std::uint8_t>> serialize() const {
    wasm_byte_vec_t bytes;
    wasmtime_error_t* error = wasmtime_module_serialize(capi(), &bytes);
    if (error != nullptr) return Error(error);
    return detail::take_bytes(bytes);
  }
#endif  // WASMTIME_FEATURE_COMPILER
};

}  // namespace wasmtime

#endif  // WASMTIME_MODULE_HH
