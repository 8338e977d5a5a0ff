/// \file wasmtime/val.hh
///
/// Values: what WebAssembly computes with.

#ifndef WASMTIME_VAL_HH
#define WASMTIME_VAL_HH

#include <wasmtime/val.h>

#include <cstring>
#include <optional>
#include <utility>
#include <wasmtime/_anyref_class.hh>
#include <wasmtime/_exnref_class.hh>
#include <wasmtime/_externref_class.hh>
#include <wasmtime/_func_class.hh>
#include <wasmtime/_val_class.hh>

namespace wasmtime {

namespace detail {

/// Moves a reference out of its class; null if there is none.
template <typename Ref>
typename Ref::Raw move_out(std::optional<Ref>& ref) {
  if (!ref) return typename Ref::Raw{};
  return std::exchange(*ref->capi(), typename Ref::Raw{});
}

/// A copy of a reference, unless it is null.
template <typename Ref>
std::optional<Ref> copy_unless_null(const typename Ref::Raw& ref) {
  if (ref.store_id == 0) return std::nullopt;
  return *Ref::from_capi(&ref);
}

/// Vectors as parameters and results of typed functions.
template <>
struct WasmType<V128> {
  /// Vectors can be.
  static constexpr bool valid = true;
  /// Their type.
  static ValType valtype() { return ValType::v128(); }
  /// Writes one.
  static void store(Store::Context, wasmtime_val_raw_t* raw, const V128& value) {
    std::memcpy(raw->v128, value.v128, sizeof value.v128);
  }
  /// Reads one.
  static V128 load(Store::Context, wasmtime_val_raw_t* raw) { return V128(raw->v128); }
};

}  // namespace detail

inline Val::Val(std::optional<Func> func) : Val(kind_only(WASMTIME_FUNCREF)) {
  if (func) {
    capi()->of.funcref = func->capi();
  } else {
    wasmtime_funcref_set_null(&capi()->of.funcref);
  }
}

inline Val::Val(Func func) : Val(std::optional<Func>(func)) {}

inline std::optional<Func> Val::funcref() const {
  const wasmtime_func_t& func = of(WASMTIME_FUNCREF).funcref;
  if (wasmtime_funcref_is_null(&func)) return std::nullopt;
  return Func(func);
}

#ifdef WASMTIME_FEATURE_GC

inline Val::Val(std::optional<ExternRef> ref) : Val(kind_only(WASMTIME_EXTERNREF)) {
  capi()->of.externref = detail::move_out(ref);
}

inline Val::Val(ExternRef ref) : Val(std::optional<ExternRef>(std::move(ref))) {}

inline std::optional<ExternRef> Val::externref() const {
  return detail::copy_unless_null<ExternRef>(of(WASMTIME_EXTERNREF).externref);
}

inline Val::Val(std::optional<AnyRef> ref) : Val(kind_only(WASMTIME_ANYREF)) {
  capi()->of.anyref = detail::move_out(ref);
}

inline Val::Val(AnyRef ref) : Val(std::optional<AnyRef>(std::move(ref))) {}

inline std::optional<AnyRef> Val::anyref() const {
  return detail::copy_unless_null<AnyRef>(of(WASMTIME_ANYREF).anyref);
}

inline Val::Val(std::optional<ExnRef> ref) : Val(kind_only(WASMTIME_EXNREF)) {
  capi()->of.exnref = detail::move_out(ref);
}

inline Val::Val(ExnRef ref) : Val(std::optional<ExnRef>(std::move(ref))) {}

inline std::optional<ExnRef> Val::exnref() const {
  return detail::copy_unless_null<ExnRef>(of(WASMTIME_EXNREF).exnref);
}

#endif  // WASMTIME_FEATURE_GC

}  // namespace wasmtime

#endif  // WASMTIME_VAL_HH
