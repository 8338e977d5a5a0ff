/// \file wasmtime/_func_class.hh
///
/// The classes of functions without what needs values; include `wasmtime/func.hh`.

#ifndef WASMTIME_FUNC_CLASS_HH
#define WASMTIME_FUNC_CLASS_HH

#include <wasmtime/func.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <initializer_list>
#include <optional>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>
#include <wasmtime/_store_class.hh>
#include <wasmtime/error.hh>
#include <wasmtime/extern_declare.hh>
#include <wasmtime/helpers.hh>
#include <wasmtime/span.hh>
#include <wasmtime/trap.hh>
#include <wasmtime/types/func.hh>
#include <wasmtime/types/val.hh>

namespace wasmtime {

class Val;

/// Who called a host function. Good as long as the call.
class Caller {
 public:
  /// A caller of the C API.
  explicit Caller(wasmtime_caller_t* caller) noexcept : ptr_(caller) {}

  /// An export of the instance whose code called, if there is one of that name; not when the host itself called. Shared
  /// memories have no class and are not found. Needs `wasmtime/extern.hh`.
  std::optional<Extern> get_export(std::string_view name);

  /// The store as functions take it. Needs `wasmtime/store.hh`.
  Store::Context context() { return this; }

  /// The caller, as the C API takes it.
  wasmtime_caller_t* capi() noexcept { return ptr_; }

 private:
  wasmtime_caller_t* ptr_;
};

namespace detail {

/// How values of type `T` become values of WebAssembly, for Func::wrap() and TypedFunc::call().
///
/// Where `valid` is true there are: `valtype()`, the type in WebAssembly; `store(cx, raw, value)`, which writes a
/// value; `load(cx, raw)`, which reads one.
template <typename T>
struct WasmType {
  /// Values of this type cannot.
  static constexpr bool valid = false;
};

/// How lists of values become lists of values of WebAssembly: `std::tuple`, `std::monostate` for none, or here one
/// value by itself.
template <typename T>
struct WasmTypeList {
  /// Whether they can.
  static constexpr bool valid = WasmType<T>::valid;
  /// How many values there are.
  static constexpr std::size_t size = 1;

  /// Whether their types are these.
  static bool matches(ValType::ListRef types) { return types.size() == 1 && WasmType<T>::valtype() == *types.begin(); }
  /// Their types.
  static std::vector<ValType> types() { return {WasmType<T>::valtype()}; }
  /// Writes them.
  static void store(Store::Context cx, wasmtime_val_raw_t* raw, T&& value) {
    WasmType<T>::store(cx, raw, std::move(value));
  }
  /// Writes them.
  static void store(Store::Context cx, wasmtime_val_raw_t* raw, const T& value) { WasmType<T>::store(cx, raw, value); }
  /// Reads them.
  static T load(Store::Context cx, wasmtime_val_raw_t* raw) { return WasmType<T>::load(cx, raw); }
};

/// What a host function of Func::wrap() may return, and how that becomes results of WebAssembly. Here values.
template <typename R>
struct WasmHostRet {
  /// The results.
  using Results = WasmTypeList<R>;

  /// Calls `function` and writes its results; gives the trap, if it refused.
  template <typename F, typename... Args>
  static std::optional<Trap> invoke(F& function, Store::Context cx, wasmtime_val_raw_t* raw, Args&&... args) {
    Results::store(cx, raw, function(std::forward<Args>(args)...));
    return std::nullopt;
  }
};

/// What something callable takes and returns as a function of WebAssembly, for Func::wrap(). Has no definition for what
/// cannot be one.
template <typename F, typename = void>
struct WasmHostFunc;

/// What the C API calls for a host function of class `F` whose values are checked.
template <typename F>
wasm_trap_t* call_checked(void* env, wasmtime_caller_t* caller, const wasmtime_val_t* args, std::size_t nargs,
                          wasmtime_val_t* results, std::size_t nresults) noexcept;

/// What the C API calls for a host function of class `F` whose type says which values there are.
template <typename F>
wasm_trap_t* call_unchecked(void* env, wasmtime_caller_t* caller, wasmtime_val_raw_t* args_and_results,
                            std::size_t) noexcept {
  std::optional<Trap> trap = WasmHostFunc<F>::invoke(*static_cast<F*>(env), Caller(caller), args_and_results);
  return trap ? trap->capi_release() : nullptr;
}

/// The type of functions with the parameters and results of `Host`, a WasmHostFunc.
template <typename Host>
FuncType host_func_type() {
  return FuncType::from_iters(Host::Params::types(), Host::Results::types());
}

}  // namespace detail

// Programs may say WasmType without naming the namespace of details.
using namespace detail;

template <typename Params, typename Results>
class TypedFunc;

/// A function of a store, of WebAssembly or of the host: a handle, copied at will, good as long as the store.
class Func {
 public:
  /// A function of the C API.
  Func(wasmtime_func_t func) noexcept : func_(func) {}

  /// Makes a host function of a type known only when the program runs. Func::wrap() makes one that is called faster.
  ///
  /// \param cx       the store.
  /// \param ty       the function's type.
  /// \param function called as `function(Caller, Span<const Val> args, Span<Val> results)`. It writes all results, of
  ///                 the right types, and returns a `Result<std::monostate, Trap>` (or one of both): a trap ends the
  ///                 WebAssembly that called. It lives as long as the store. An exception that leaves it ends the
  ///                 process.
  template <typename F,
            std::enable_if_t<std::is_invocable_r_v<Result<std::monostate, Trap>, F, Caller, Span<const Val>, Span<Val>>,
                             bool> = true>
  Func(Store::Context cx, const FuncType& ty, F function) : func_{} {
    wasmtime_func_new(cx.capi(), ty.capi(), detail::call_checked<F>, detail::box(std::move(function)), detail::unbox<F>,
                      &func_);
  }

  /// Makes a host function whose type follows from that of `function`, something callable.
  ///
  /// Its first parameter may be a Caller. The others, and what it returns, are of these types: `int32_t` and `uint32_t`
  /// for i32, `int64_t` and `uint64_t` for i64, `float`, `double`, V128, `std::optional<Func>` for funcref and
  /// `std::optional<ExternRef>` for externref. It may also return nothing, `std::monostate`, a `std::tuple` for several
  /// results, or a `Result<T, Trap>` of any of those; a trap ends the WebAssembly that called. It lives as long as the
  /// store. An exception that leaves it ends the process.
  template <typename F, std::enable_if_t<detail::WasmHostFunc<F>::Params::valid, bool> = true,
            std::enable_if_t<detail::WasmHostFunc<F>::Results::valid, bool> = true>
  static Func wrap(Store::Context cx, F function) {
    const FuncType ty = detail::host_func_type<detail::WasmHostFunc<F>>();
    wasmtime_func_t func;
    wasmtime_func_new_unchecked(cx.capi(), ty.capi(), detail::call_unchecked<F>, detail::box(std::move(function)),
                                detail::unbox<F>, &func);
    return func;
  }

  /// Calls the function with the values from `begin` to `end`. Gives the results; a trap, if the code trapped; an
  /// error, if the arguments do not fit or something else kept the code from ending.
  template <typename Iterator>
  TrapResult<std::vector<Val>> call(Store::Context cx, const Iterator& begin, const Iterator& end) const;
  /// Calls the function with these values.
  TrapResult<std::vector<Val>> call(Store::Context cx, const std::vector<Val>& params) const;
  /// Calls the function with these values.
  TrapResult<std::vector<Val>> call(Store::Context cx, const std::initializer_list<Val>& params) const;

  /// The function's type.
  FuncType type(Store::Context cx) const { return FuncType(detail::Adopt(), wasmtime_func_type(cx.capi(), &func_)); }

  /// Checks once that the function takes `Params` and gives `Results`, for calls that are faster and need no Val. Both
  /// are one of the types that Func::wrap() knows, or a `std::tuple` of them. Gives a trap if the function is of
  /// another type.
  template <typename Params, typename Results, std::enable_if_t<detail::WasmTypeList<Params>::valid, bool> = true,
            std::enable_if_t<detail::WasmTypeList<Results>::valid, bool> = true>
  Result<TypedFunc<Params, Results>, Trap> typed(Store::Context cx) const {
    const FuncType ty = type(cx);
    if (!detail::WasmTypeList<Params>::matches(ty->params()) ||
        !detail::WasmTypeList<Results>::matches(ty->results())) {
      return Trap("static type for this function does not match actual type");
    }
    return TypedFunc<Params, Results>(*this);
  }

  /// The function, as the C API takes it.
  const wasmtime_func_t& capi() const noexcept { return func_; }

 private:
  TrapResult<std::vector<Val>> call_raw(Store::Context cx, const wasmtime_val_t* params, std::size_t size) const;

  wasmtime_func_t func_;
};

/// A function whose type was checked by Func::typed(). Good as long as the store.
template <typename Params, typename Results>
class TypedFunc {
 public:
  /// Calls the function: with a value, or a tuple of values, and the same for the results. Gives a trap, if the code
  /// trapped, or an error, if something else kept it from ending.
  TrapResult<Results> call(Store::Context cx, const Params& params) const {
    constexpr std::size_t kSize = std::max(detail::WasmTypeList<Params>::size, detail::WasmTypeList<Results>::size);
    std::array<wasmtime_val_raw_t, std::max<std::size_t>(kSize, 1)> raw;
    detail::WasmTypeList<Params>::store(cx, raw.data(), params);
    wasm_trap_t* trap = nullptr;
    wasmtime_error_t* error = wasmtime_func_call_unchecked(cx.capi(), &func_.capi(), raw.data(), kSize, &trap);
    if (error != nullptr) return TrapError(Error(error));
    if (trap != nullptr) return TrapError(Trap(trap));
    return detail::WasmTypeList<Results>::load(cx, raw.data());
  }

  /// The function without its type.
  const Func& func() const noexcept { return func_; }

 private:
  friend class Func;
  explicit TypedFunc(Func func) noexcept : func_(func) {}

  Func func_;
};

}  // namespace wasmtime

#endif  // WASMTIME_FUNC_CLASS_HH
