/// \file wasmtime/component/func.hh
///
/// Functions of components.

#ifndef WASMTIME_COMPONENT_FUNC_HH
#define WASMTIME_COMPONENT_FUNC_HH

#include <wasmtime/conf.h>

#ifdef WASMTIME_FEATURE_COMPONENT_MODEL

#include <wasmtime/component/func.h>

#include <variant>
#include <wasmtime/component/types/func.hh>
#include <wasmtime/component/val.hh>
#include <wasmtime/error.hh>
#include <wasmtime/span.hh>
#include <wasmtime/store.hh>

namespace wasmtime {
namespace component {

/// A function of a component's instance: a handle, copied at will, good as long as the store.
class Func {
 public:
  /// A function of the C API.
  explicit Func(const wasmtime_component_func_t& func) noexcept : func_(func) {}

  /// Calls the function. There must be as many places for results as it has; what stands there is replaced. A trap
  /// comes as an error too.
  Result<std::monostate> call(Store::Context cx, Span<const Val> args, Span<Val> results) const {
    return wasmtime::detail::done(wasmtime_component_func_call(
        &func_, cx.capi(), Val::to_capi(args.data()), args.size(), Val::to_capi(results.data()), results.size()));
  }

  /// Tells the function that its results are not needed any more. Functions do that by themselves now; calling it is
  /// allowed and changes nothing.
  Result<std::monostate> post_return(Store::Context cx) const {
    return wasmtime::detail::done(wasmtime_component_func_post_return(&func_, cx.capi()));
  }

  /// The function's type.
  FuncType type(Store::Context cx) const { return FuncType(wasmtime_component_func_type(&func_, cx.capi())); }

  /// The function, as the C API takes it.
  const wasmtime_component_func_t* capi() const noexcept { return &func_; }

 private:
  wasmtime_component_func_t func_;
};

}  // namespace component
}  // namespace wasmtime

#endif  // WASMTIME_FEATURE_COMPONENT_MODEL

#endif  // WASMTIME_COMPONENT_FUNC_HH
