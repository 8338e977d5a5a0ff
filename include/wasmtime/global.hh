/// \file wasmtime/global.hh
///
/// Globals.

#ifndef WASMTIME_GLOBAL_HH
#define WASMTIME_GLOBAL_HH

#include <wasmtime/global.h>

#include <variant>
#include <wasmtime/error.hh>
#include <wasmtime/store.hh>
#include <wasmtime/types/global.hh>
#include <wasmtime/val.hh>

namespace wasmtime {

/// A global of a store: a handle, copied at will, good as long as the store.
class Global {
 public:
  /// A global of the C API.
  Global(wasmtime_global_t global) noexcept : global_(global) {}

  /// Makes a global that holds `init`, which must be of its type.
  static Result<Global> create(Store::Context cx, const GlobalType& ty, const Val& init) {
    wasmtime_global_t global;
    return detail::result_of<Global>(wasmtime_global_new(cx.capi(), ty.capi(), init.capi(), &global), global);
  }

  /// The global's type.
  GlobalType type(Store::Context cx) const {
    return GlobalType(detail::Adopt(), wasmtime_global_type(cx.capi(), &global_));
  }

  /// What the global holds.
  Val get(Store::Context cx) const {
    wasmtime_val_t val;
    wasmtime_global_get(cx.capi(), &global_, &val);
    return Val(val);
  }

  /// Writes the global. An error if it is immutable or of another type.
  Result<std::monostate> set(Store::Context cx, const Val& val) const {
    return detail::done(wasmtime_global_set(cx.capi(), &global_, val.capi()));
  }

  /// The global, as the C API takes it.
  const wasmtime_global_t& capi() const noexcept { return global_; }

 private:
  wasmtime_global_t global_;
};

}  // namespace wasmtime

#endif  // WASMTIME_GLOBAL_HH
