/// \file wasmtime/component/linker.hh
///
/// Linkers for components: names, and what components find under them.

#ifndef WASMTIME_COMPONENT_LINKER_HH
#define WASMTIME_COMPONENT_LINKER_HH

#include <wasmtime/conf.h>

#ifdef WASMTIME_FEATURE_COMPONENT_MODEL

#include <wasmtime/component/linker.h>

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <wasmtime/component/component.hh>
#include <wasmtime/component/instance.hh>
#include <wasmtime/component/val.hh>
#include <wasmtime/engine.hh>
#include <wasmtime/error.hh>
#include <wasmtime/helpers.hh>
#include <wasmtime/module.hh>
#include <wasmtime/span.hh>
#include <wasmtime/store.hh>

namespace wasmtime {
namespace component {

/// An instance in the making: the names in it that components can import. While it is there its linker must not be used
/// otherwise.
class LinkerInstance : public wasmtime::detail::Owned<LinkerInstance, wasmtime_component_linker_instance_t,
                                                      wasmtime_component_linker_instance_delete> {
 public:
  using Owned::Owned;

  /// Defines a name as a module.
  Result<std::monostate> add_module(std::string_view name, const Module& module) {
    return wasmtime::detail::done(
        wasmtime_component_linker_instance_add_module(capi(), name.data(), name.size(), module.capi()));
  }

  /// Defines a name as an instance, which this gives to be filled. While it is there this one must not be used.
  Result<LinkerInstance> add_instance(std::string_view name) {
    wasmtime_component_linker_instance_t* instance = nullptr;
    return wasmtime::detail::result_of<LinkerInstance>(
        wasmtime_component_linker_instance_add_instance(capi(), name.data(), name.size(), &instance), instance);
  }

  /// Defines a name as a host function.
  ///
  /// `function` is called as `function(Store::Context, const FuncType&, Span<Val> args, Span<Val> results)`. It writes
  /// all results, of the types that the function type says, and returns a `Result<std::monostate>`. It lives as long as
  /// the linker or an instance that uses it. An exception that leaves it ends the process.
  template <typename F, std::enable_if_t<std::is_invocable_r_v<Result<std::monostate>, F, Store::Context,
                                                               const FuncType&, Span<Val>, Span<Val>>,
                                         bool> = true>
  Result<std::monostate> add_func(std::string_view name, F&& function) {
    using Function = std::decay_t<F>;
    return wasmtime::detail::done(wasmtime_component_linker_instance_add_func(
        capi(), name.data(), name.size(), call<Function>, wasmtime::detail::box(std::forward<F>(function)),
        wasmtime::detail::unbox<Function>));
  }

  /// Defines a name as a resource of the host's.
  ///
  /// `destructor` is called as `destructor(Store::Context, uint32_t rep)` when a component drops one that it owns, and
  /// returns a `Result<std::monostate>`. It lives as long as the linker or an instance that uses it. An exception that
  /// leaves it ends the process.
  template <
      typename F,
      std::enable_if_t<std::is_invocable_r_v<Result<std::monostate>, F, Store::Context, std::uint32_t>, bool> = true>
  Result<std::monostate> add_resource(std::string_view name, const ResourceType& ty, F&& destructor) {
    using Destructor = std::decay_t<F>;
    return wasmtime::detail::done(wasmtime_component_linker_instance_add_resource(
        capi(), name.data(), name.size(), ty.capi(), destroy<Destructor>,
        wasmtime::detail::box(std::forward<F>(destructor)), wasmtime::detail::unbox<Destructor>));
  }

 private:
  template <typename F>
  static wasmtime_error_t* call(void* env, wasmtime_context_t* context, const wasmtime_component_func_type_t* ty,
                                wasmtime_component_val_t* args, std::size_t nargs, wasmtime_component_val_t* results,
                                std::size_t nresults) noexcept {
    auto* lent = const_cast<wasmtime_component_func_type_t*>(ty);
    return wasmtime::detail::error_of((*static_cast<F*>(env))(Store::Context(context), *FuncType::from_capi(&lent),
                                                              Span<Val>(Val::from_capi(args), nargs),
                                                              Span<Val>(Val::from_capi(results), nresults)));
  }

  template <typename F>
  static wasmtime_error_t* destroy(void* env, wasmtime_context_t* context, std::uint32_t rep) noexcept {
    return wasmtime::detail::error_of((*static_cast<F*>(env))(Store::Context(context), rep));
  }
};

/// Names, and the items that imports of components get under them.
class Linker : public wasmtime::detail::Owned<Linker, wasmtime_component_linker_t, wasmtime_component_linker_delete> {
 public:
  using Owned::Owned;

  /// An empty linker.
  explicit Linker(Engine& engine) : Owned(wasmtime_component_linker_new(engine.capi())) {}

  /// The names that stand in no instance. While it is there the linker must not be used otherwise.
  LinkerInstance root() { return LinkerInstance(wasmtime_component_linker_root(capi())); }

  /// Defines each function that the component imports and the linker lacks as one that traps when called.
  Result<std::monostate> define_unknown_imports_as_traps(const Component& component) {
    return wasmtime::detail::done(wasmtime_component_linker_define_unknown_imports_as_traps(capi(), component.capi()));
  }

  /// Says whether a name may be defined again, the later definition winning. At first that is an error.
  void allow_shadowing(bool allow) { wasmtime_component_linker_allow_shadowing(capi(), allow); }

  /// Instantiates a component with the items that stand under the names of its imports.
  Result<Instance> instantiate(Store::Context cx, const Component& component) {
    wasmtime_component_instance_t instance;
    return wasmtime::detail::result_of<Instance>(
        wasmtime_component_linker_instantiate(capi(), cx.capi(), component.capi(), &instance), instance);
  }

#ifdef WASMTIME_FEATURE_WASI
  /// Defines the interfaces of WASI 0.2. Stores that use them need Store::Context::set_wasi().
  Result<std::monostate> add_wasip2() { return wasmtime::detail::done(wasmtime_component_linker_add_wasip2(capi())); }
#endif  // WASMTIME_FEATURE_WASI

#ifdef WASMTIME_FEATURE_WASI_HTTP
  /// Defines the interfaces of WASI HTTP. Needs add_wasip2(), and stores that use them
  /// wasmtime_context_set_wasi_http().
  Result<std::monostate> add_wasi_http() {
    return wasmtime::detail::done(wasmtime_component_linker_add_wasi_http(capi()));
  }
#endif  // WASMTIME_FEATURE_WASI_HTTP

#ifdef WASMTIME_FEATURE_COMPONENT_MODEL_ASYNC
#ifdef WASMTIME_FEATURE_WASI
  /// As add_wasip2(), for asynchronous calls: functions that wait let the caller go on.
  Result<std::monostate> add_wasip2_async() {
    return wasmtime::detail::done(wasmtime_component_linker_add_wasip2_async(capi()));
  }
#endif  // WASMTIME_FEATURE_WASI

#ifdef WASMTIME_FEATURE_WASI_HTTP
  /// As add_wasi_http(), for asynchronous calls.
  Result<std::monostate> add_wasi_http_async() {
    return wasmtime::detail::done(wasmtime_component_linker_add_wasi_http_async(capi()));
  }
#endif  // WASMTIME_FEATURE_WASI_HTTP
#endif  // WASMTIME_FEATURE_COMPONENT_MODEL_ASYNC
};

}  // namespace component
}  // namespace wasmtime

#endif  // WASMTIME_FEATURE_COMPONENT_MODEL

#endif  // WASMTIME_COMPONENT_LINKER_HH
