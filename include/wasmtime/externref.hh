/// \file wasmtime/externref.hh
///
/// References to things of the host's.

#ifndef WASMTIME_EXTERNREF_HH
#define WASMTIME_EXTERNREF_HH

#include <wasmtime/_externref_class.hh>

#ifdef WASMTIME_FEATURE_GC

#include <optional>
#include <wasmtime/_func_class.hh>

namespace wasmtime {
namespace detail {

/// References to things of the host's as parameters and results of typed functions.
template <>
struct WasmType<std::optional<ExternRef>> {
  /// They can be.
  static constexpr bool valid = true;
  /// Their type.
  static ValType valtype() { return ValType::externref(); }
  /// Writes one, which is given up.
  static void store(Store::Context cx, wasmtime_val_raw_t* raw, std::optional<ExternRef>&& ref) {
    raw->externref = ref ? ref->take_raw(cx) : 0;
  }
  /// Writes one.
  static void store(Store::Context cx, wasmtime_val_raw_t* raw, const std::optional<ExternRef>& ref) {
    raw->externref = ref ? ref->borrow_raw(cx) : 0;
  }
  /// Reads one.
  static std::optional<ExternRef> load(Store::Context cx, wasmtime_val_raw_t* raw) {
    if (raw->externref == 0) return std::nullopt;
    wasmtime_externref_t ref;
    wasmtime_externref_from_raw(cx.capi(), raw->externref, &ref);
    return ExternRef(ref);
  }
};

}  // namespace detail
}  // namespace wasmtime

#endif  // WASMTIME_FEATURE_GC

#endif  // WASMTIME_EXTERNREF_HH
