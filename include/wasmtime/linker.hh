/// \file wasmtime/linker.hh
///
/// Linkers: names, and what modules find under them.

#ifndef WASMTIME_LINKER_HH
#define WASMTIME_LINKER_HH

#include <wasmtime/conf.h>
#include <wasmtime/linker.h>

#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <wasmtime/engine.hh>
#include <wasmtime/error.hh>
#include <wasmtime/extern.hh>
#include <wasmtime/func.hh>
#include <wasmtime/helpers.hh>
#include <wasmtime/instance.hh>
#include <wasmtime/module.hh>
#include <wasmtime/span.hh>
#include <wasmtime/store.hh>
#include <wasmtime/trap.hh>

namespace wasmtime {

/// Names, each of two parts, and the items that imports of those names get. Items of a store can only be used in that
/// store; host functions that the linker itself defines can be used in any.
class Linker : public detail::Owned<Linker, wasmtime_linker_t, wasmtime_linker_delete> {
 public:
  using Owned::Owned;

  /// An empty linker.
  explicit Linker(Engine& engine) : Owned(wasmtime_linker_new(engine.capi())) {}

  /// Says whether a name may be defined again, the later definition winning. At first that is an error.
  void allow_shadowing(bool allow) { wasmtime_linker_allow_shadowing(capi(), allow); }

  /// Defines a name as an item of a store.
  Result<std::monostate> define(Store::Context cx, std::string_view module, std::string_view name, const Extern& item) {
    const wasmtime_extern_t raw = detail::lend_extern(item);
    return detail::done(
        wasmtime_linker_define(capi(), cx.capi(), module.data(), module.size(), name.data(), name.size(), &raw));
  }

#ifdef WASMTIME_FEATURE_WASI
  /// Defines the functions of WASI. Stores that use them need Store::Context::set_wasi().
  Result<std::monostate> define_wasi() { return detail::done(wasmtime_linker_define_wasi(capi())); }
#endif  // WASMTIME_FEATURE_WASI

  /// Defines every export of an instance, under its own name in the module `name`.
  Result<std::monostate> define_instance(Store::Context cx, std::string_view name, Instance instance) {
    return detail::done(wasmtime_linker_define_instance(capi(), cx.capi(), name.data(), name.size(), &instance.capi()));
  }

  /// Instantiates a module with the items that stand under the names of its imports, and runs its start function. Gives
  /// a trap, if a segment or the start function trapped, or an error, if an import has no definition or one of another
  /// type, or something could not be made.
  TrapResult<Instance> instantiate(Store::Context cx, const Module& m) {
    wasmtime_instance_t instance;
    wasm_trap_t* trap = nullptr;
    return detail::call_result_of<Instance>(wasmtime_linker_instantiate(capi(), cx.capi(), m.capi(), &instance, &trap),
                                            trap, instance);
  }

  /// Instantiates a module and defines its exports in the module `name`. A command (it exports `_start`) is
  /// instantiated anew for each call of one of its functions; any other module is instantiated here, and its
  /// `_initialize` is called.
  Result<std::monostate> module(Store::Context cx, std::string_view name, const Module& m) {
    return detail::done(wasmtime_linker_module(capi(), cx.capi(), name.data(), name.size(), m.capi()));
  }

  /// The item under a name, if there is one that can be used in this store. Shared memories have no class and are not
  /// found.
  [[nodiscard]] std::optional<Extern> get(Store::Context cx, std::string_view module, std::string_view name) {
    wasmtime_extern_t item;
    if (!wasmtime_linker_get(capi(), cx.capi(), module.data(), module.size(), name.data(), name.size(), &item)) {
      return std::nullopt;
    }
    return detail::take_extern(item);
  }

  /// Defines a name as a host function for any store, of a type known only when the program runs: the constructor of
  /// Func says how it is called. It lives as long as the linker or a store that uses it, and may be called on several
  /// threads at the same time, for different stores.
  template <typename F,
            std::enable_if_t<std::is_invocable_r_v<Result<std::monostate, Trap>, F, Caller, Span<const Val>, Span<Val>>,
                             bool> = true>
  Result<std::monostate> func_new(std::string_view module, std::string_view name, const FuncType& ty, F&& function) {
    using Function = std::decay_t<F>;
    return detail::done(wasmtime_linker_define_func(capi(), module.data(), module.size(), name.data(), name.size(),
                                                    ty.capi(), detail::call_checked<Function>,
                                                    detail::box(std::forward<F>(function)), detail::unbox<Function>));
  }

  /// Defines a name as a host function for any store, whose type follows from that of `function`: Func::wrap() says
  /// which there are. It lives as long as the linker or a store that uses it, and may be called on several threads at
  /// the same time, for different stores.
  template <typename F, std::enable_if_t<detail::WasmHostFunc<std::decay_t<F>>::Params::valid, bool> = true,
            std::enable_if_t<detail::WasmHostFunc<std::decay_t<F>>::Results::valid, bool> = true>
  Result<std::monostate> func_wrap(std::string_view module, std::string_view name, F&& function) {
    using Function = std::decay_t<F>;
    const FuncType ty = detail::host_func_type<detail::WasmHostFunc<Function>>();
    return detail::done(wasmtime_linker_define_func_unchecked(
        capi(), module.data(), module.size(), name.data(), name.size(), ty.capi(), detail::call_unchecked<Function>,
        detail::box(std::forward<F>(function)), detail::unbox<Function>));
  }

  /// What running the module `name` means: its export with the empty name or else `_start`; for a module without
  /// either, a function that does nothing. An error if that export is not a function.
  Result<Func> get_default(Store::Context cx, std::string_view name) {
    wasmtime_func_t func;
    return detail::result_of<Func>(wasmtime_linker_get_default(capi(), cx.capi(), name.data(), name.size(), &func),
                                   func);
  }

  /// Defines each function that the module imports and the linker lacks as one that fails when called.
  Result<std::monostate> define_unknown_imports_as_traps(const Module& module) {
    return detail::done(wasmtime_linker_define_unknown_imports_as_traps(capi(), module.capi()));
  }

  /// Defines each import of the module that the linker lacks as something plain of this store: functions that return
  /// zeros and nulls, memories and tables of their minimal size, globals of value zero.
  Result<std::monostate> define_unknown_imports_as_default_values(Store::Context cx, const Module& module) {
    return detail::done(wasmtime_linker_define_unknown_imports_as_default_values(capi(), cx.capi(), module.capi()));
  }
};

}  // namespace wasmtime

#endif  // WASMTIME_LINKER_HH
