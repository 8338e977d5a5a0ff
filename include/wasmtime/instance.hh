/// \file wasmtime/instance.hh
///
/// Instances: a module joined with its imports, alive in a store.

#ifndef WASMTIME_INSTANCE_HH
#define WASMTIME_INSTANCE_HH

#include <wasmtime/instance.h>

#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>
#include <wasmtime/extern.hh>
#include <wasmtime/externref.hh>
#include <wasmtime/func.hh>
#include <wasmtime/global.hh>
#include <wasmtime/memory.hh>
#include <wasmtime/module.hh>
#include <wasmtime/store.hh>
#include <wasmtime/table.hh>
#include <wasmtime/tag.hh>
#include <wasmtime/trap.hh>

namespace wasmtime {

/// An instance of a store: a handle, copied at will, good as long as the store.
class Instance {
 public:
  /// An instance of the C API.
  Instance(wasmtime_instance_t instance) noexcept : instance_(instance) {}

  /// Instantiates a module with imports in the order in which it has them, and runs its start function. Gives a trap,
  /// if a segment or the start function trapped, or an error, if the imports do not fit or something could not be made.
  /// Linker::instantiate() finds imports by name instead.
  static TrapResult<Instance> create(Store::Context cx, const Module& m, const std::vector<Extern>& imports) {
    std::vector<wasmtime_extern_t> raw;
    raw.reserve(imports.size());
    for (const Extern& import : imports) raw.push_back(detail::lend_extern(import));
    wasmtime_instance_t instance;
    wasm_trap_t* trap = nullptr;
    return detail::call_result_of<Instance>(
        wasmtime_instance_new(cx.capi(), m.capi(), raw.data(), raw.size(), &instance, &trap), trap, instance);
  }

  /// The export of that name, if there is one. Shared memories have no class and are not found.
  std::optional<Extern> get(Store::Context cx, std::string_view name) const {
    wasmtime_extern_t item;
    if (!wasmtime_instance_export_get(cx.capi(), &instance_, name.data(), name.size(), &item)) return std::nullopt;
    return detail::take_extern(item);
  }

  /// Name and item of the export at a position, from 0, in the order of Module::exports(); nothing beyond the last one,
  /// and for shared memories, which have no class. The name is good until the store is used again.
  std::optional<std::pair<std::string_view, Extern>> get(Store::Context cx, std::size_t index) const {
    wasmtime_extern_t item;
    char* name = nullptr;
    std::size_t name_len = 0;
    if (!wasmtime_instance_export_nth(cx.capi(), &instance_, index, &name, &name_len, &item)) return std::nullopt;
    std::optional<Extern> taken = detail::take_extern(item);
    if (!taken) return std::nullopt;
    return std::pair(std::string_view(name, name_len), *taken);
  }

  /// The instance, as the C API takes it.
  const wasmtime_instance_t& capi() const noexcept { return instance_; }

 private:
  wasmtime_instance_t instance_;
};

}  // namespace wasmtime

#endif  // WASMTIME_INSTANCE_HH
