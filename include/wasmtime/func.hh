/// \file wasmtime/func.hh
///
/// Functions: calling those of WebAssembly, and making those of the host.

#ifndef WASMTIME_FUNC_HH
#define WASMTIME_FUNC_HH

#include <wasmtime/func.h>

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>
#include <wasmtime/_func_class.hh>
#include <wasmtime/_val_class.hh>
#include <wasmtime/store.hh>

namespace wasmtime {

namespace detail {

/// Numbers as parameters and results: type `T` stands in the member `Field` of a raw value.
template <typename T, typename FieldType, FieldType wasmtime_val_raw_t::* Field, ValType (*Type)()>
struct WasmNumber {
  /// Numbers can be.
  static constexpr bool valid = true;
  /// Their type.
  static ValType valtype() { return Type(); }
  /// Writes one.
  static void store(Store::Context, wasmtime_val_raw_t* raw, T value) { raw->*Field = static_cast<FieldType>(value); }
  /// Reads one.
  static T load(Store::Context, wasmtime_val_raw_t* raw) { return static_cast<T>(raw->*Field); }
};

/// i32.
template <>
struct WasmType<std::int32_t> : WasmNumber<std::int32_t, std::int32_t, &wasmtime_val_raw_t::i32, ValType::i32> {};
/// i32.
template <>
struct WasmType<std::uint32_t> : WasmNumber<std::uint32_t, std::int32_t, &wasmtime_val_raw_t::i32, ValType::i32> {};
/// i64.
template <>
struct WasmType<std::int64_t> : WasmNumber<std::int64_t, std::int64_t, &wasmtime_val_raw_t::i64, ValType::i64> {};
/// i64.
template <>
struct WasmType<std::uint64_t> : WasmNumber<std::uint64_t, std::int64_t, &wasmtime_val_raw_t::i64, ValType::i64> {};
/// f32.
template <>
struct WasmType<float> : WasmNumber<float, float32_t, &wasmtime_val_raw_t::f32, ValType::f32> {};
/// f64.
template <>
struct WasmType<double> : WasmNumber<double, float64_t, &wasmtime_val_raw_t::f64, ValType::f64> {};

/// References to functions as parameters and results.
template <>
struct WasmType<std::optional<Func>> {
  /// They can be.
  static constexpr bool valid = true;
  /// Their type.
  static ValType valtype() { return ValType::funcref(); }
  /// Writes one.
  static void store(Store::Context cx, wasmtime_val_raw_t* raw, const std::optional<Func>& func) {
    raw->funcref = func ? wasmtime_func_to_raw(cx.capi(), &func->capi()) : nullptr;
  }
  /// Reads one.
  static std::optional<Func> load(Store::Context cx, wasmtime_val_raw_t* raw) {
    if (raw->funcref == nullptr) return std::nullopt;
    wasmtime_func_t func;
    wasmtime_func_from_raw(cx.capi(), raw->funcref, &func);
    return Func(func);
  }
};

/// No values.
template <>
struct WasmTypeList<std::monostate> {
  /// They can be.
  static constexpr bool valid = true;
  /// None.
  static constexpr std::size_t size = 0;
  /// Whether the list is empty.
  static bool matches(ValType::ListRef types) { return types.size() == 0; }
  /// Their types.
  static std::vector<ValType> types() { return {}; }
  /// Writes nothing.
  static void store(Store::Context, wasmtime_val_raw_t*, std::monostate) {}
  /// Reads nothing.
  static std::monostate load(Store::Context, wasmtime_val_raw_t*) { return {}; }
};

/// Several values.
template <typename... T>
struct WasmTypeList<std::tuple<T...>> {
  /// Whether they can all be.
  static constexpr bool valid = (WasmType<T>::valid && ...);
  /// How many there are.
  static constexpr std::size_t size = sizeof...(T);

  /// Whether their types are these.
  static bool matches(ValType::ListRef types) {
    if (types.size() != size) return false;
    [[maybe_unused]] std::size_t i = 0;
    return ((WasmType<T>::valtype() == types.begin()[i++]) && ...);
  }
  /// Their types.
  static std::vector<ValType> types() { return {WasmType<T>::valtype()...}; }

  /// Writes them.
  static void store(Store::Context cx, wasmtime_val_raw_t* raw, std::tuple<T...>&& values) {
    store_each(cx, raw, std::move(values), Indices());
  }
  /// Writes them.
  static void store(Store::Context cx, wasmtime_val_raw_t* raw, const std::tuple<T...>& values) {
    store_each(cx, raw, values, Indices());
  }
  /// Reads them.
  static std::tuple<T...> load(Store::Context cx, wasmtime_val_raw_t* raw) { return load_each(cx, raw, Indices()); }

 private:
  using Indices = std::index_sequence_for<T...>;

  template <typename Tuple, std::size_t... I>
  static void store_each([[maybe_unused]] Store::Context cx, [[maybe_unused]] wasmtime_val_raw_t* raw,
                         [[maybe_unused]] Tuple&& values, std::index_sequence<I...>) {
    (WasmType<T>::store(cx, raw + I, std::get<I>(std::forward<Tuple>(values))), ...);
  }
  template <std::size_t... I>
  static std::tuple<T...> load_each([[maybe_unused]] Store::Context cx, [[maybe_unused]] wasmtime_val_raw_t* raw,
                                    std::index_sequence<I...>) {
    return std::tuple<T...>(WasmType<T>::load(cx, raw + I)...);
  }
};

/// A host function that returns nothing.
template <>
struct WasmHostRet<void> {
  /// No results.
  using Results = WasmTypeList<std::monostate>;

  /// Calls `function`.
  template <typename F, typename... Args>
  static std::optional<Trap> invoke(F& function, Store::Context, wasmtime_val_raw_t*, Args&&... args) {
    function(std::forward<Args>(args)...);
    return std::nullopt;
  }
};

/// A host function that may trap.
template <typename R>
struct WasmHostRet<Result<R, Trap>> {
  /// Its results when it does not.
  using Results = WasmTypeList<R>;

  /// Calls `function` and writes its results, or gives its trap.
  template <typename F, typename... Args>
  static std::optional<Trap> invoke(F& function, Store::Context cx, wasmtime_val_raw_t* raw, Args&&... args) {
    Result<R, Trap> result = function(std::forward<Args>(args)...);
    if (!result) return result.err();
    Results::store(cx, raw, result.ok());
    return std::nullopt;
  }
};

/// A function.
template <typename R, typename... A>
struct WasmHostFunc<R (*)(A...)> {
  /// What it takes.
  using Params = WasmTypeList<std::tuple<std::remove_cv_t<std::remove_reference_t<A>>...>>;
  /// What it gives.
  using Results = typename WasmHostRet<R>::Results;

  /// Reads the parameters, calls `function` and writes the results, or gives its trap.
  template <typename F>
  static std::optional<Trap> invoke(F& function, Caller caller, wasmtime_val_raw_t* raw) {
    const Store::Context cx = caller.context();
    return std::apply([&](auto&&... arg) { return WasmHostRet<R>::invoke(function, cx, raw, std::move(arg)...); },
                      Params::load(cx, raw));
  }
};

/// A function that wants to know who called.
template <typename R, typename... A>
struct WasmHostFunc<R (*)(Caller, A...)> {
  /// What it takes besides.
  using Params = WasmTypeList<std::tuple<std::remove_cv_t<std::remove_reference_t<A>>...>>;
  /// What it gives.
  using Results = typename WasmHostRet<R>::Results;

  /// Reads the parameters, calls `function` and writes the results, or gives its trap.
  template <typename F>
  static std::optional<Trap> invoke(F& function, Caller caller, wasmtime_val_raw_t* raw) {
    const Store::Context cx = caller.context();
    return std::apply(
        [&](auto&&... arg) { return WasmHostRet<R>::invoke(function, cx, raw, caller, std::move(arg)...); },
        Params::load(cx, raw));
  }
};

/// A function that throws nothing.
template <typename R, typename... A>
struct WasmHostFunc<R (*)(A...) noexcept> : WasmHostFunc<R (*)(A...)> {};
/// The call operator of a lambda that changes what it holds.
template <typename R, typename C, typename... A>
struct WasmHostFunc<R (C::*)(A...)> : WasmHostFunc<R (*)(A...)> {};
/// The call operator of a lambda.
template <typename R, typename C, typename... A>
struct WasmHostFunc<R (C::*)(A...) const> : WasmHostFunc<R (*)(A...)> {};
/// The call operator of a lambda that changes what it holds and throws nothing.
template <typename R, typename C, typename... A>
struct WasmHostFunc<R (C::*)(A...) noexcept> : WasmHostFunc<R (*)(A...)> {};
/// The call operator of a lambda that throws nothing.
template <typename R, typename C, typename... A>
struct WasmHostFunc<R (C::*)(A...) const noexcept> : WasmHostFunc<R (*)(A...)> {};
/// A lambda, or another class with one call operator.
template <typename F>
struct WasmHostFunc<F, std::void_t<decltype(&F::operator())>> : WasmHostFunc<decltype(&F::operator())> {};

template <typename F>
wasm_trap_t* call_checked(void* env, wasmtime_caller_t* caller, const wasmtime_val_t* args, std::size_t nargs,
                          wasmtime_val_t* results, std::size_t nresults) noexcept {
  Result<std::monostate, Trap> result = (*static_cast<F*>(env))(
      Caller(caller), Span<const Val>(Val::from_capi(args), nargs), Span<Val>(Val::from_capi(results), nresults));
  return result ? nullptr : result.err_ref().capi_release();
}

}  // namespace detail

inline TrapResult<std::vector<Val>> Func::call_raw(Store::Context cx, const wasmtime_val_t* params,
                                                   std::size_t size) const {
  std::vector<Val> results(type(cx)->results().size());
  wasm_trap_t* trap = nullptr;
  wasmtime_error_t* error =
      wasmtime_func_call(cx.capi(), &func_, params, size, Val::to_capi(results.data()), results.size(), &trap);
  if (error != nullptr) return TrapError(Error(error));
  if (trap != nullptr) return TrapError(Trap(trap));
  return results;
}

template <typename Iterator>
TrapResult<std::vector<Val>> Func::call(Store::Context cx, const Iterator& begin, const Iterator& end) const {
  std::vector<wasmtime_val_t> params;  // lent for the call
  for (Iterator next = begin; next != end; ++next) params.push_back(*static_cast<const Val&>(*next).capi());
  return call_raw(cx, params.data(), params.size());
}

inline TrapResult<std::vector<Val>> Func::call(Store::Context cx, const std::vector<Val>& params) const {
  return call_raw(cx, Val::to_capi(params.data()), params.size());
}

inline TrapResult<std::vector<Val>> Func::call(Store::Context cx, const std::initializer_list<Val>& params) const {
  return call_raw(cx, Val::to_capi(params.begin()), params.size());
}

}  // namespace wasmtime

#endif  // WASMTIME_FUNC_HH
