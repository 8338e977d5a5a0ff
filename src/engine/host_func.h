// MakeHostFunc: a host function from a C++ callable, typed at compile time. Arguments and results are read from and
// written to slots directly; there is no value array in between.
//
//   linker.DefineFunc("env", "add", MakeHostFunc([](abi::Caller*, int32_t a, int32_t b) -> int32_t { return a + b; }));
//
// Parameters: the Caller, then int32_t, uint32_t, int64_t, uint64_t, float, double. Result: void, one of these, or
// HostResult of one (or of void): an abi::Status that the callable has left pending in the store ends the call. A C++
// exception that leaves the callable ends the process.
#pragma once

#include <bit>
#include <concepts>
#include <expected>
#include <type_traits>
#include <utility>

#include "engine/linker.h"

namespace gantry::engine {

template <class T>
using HostResult = std::expected<T, abi::Status>;

namespace internal {

template <class T>
constexpr wasm::ValType TypeOf() {
  if constexpr (std::same_as<T, int32_t> || std::same_as<T, uint32_t>)
    return wasm::kI32;
  else if constexpr (std::same_as<T, int64_t> || std::same_as<T, uint64_t>)
    return wasm::kI64;
  else if constexpr (std::same_as<T, float>)
    return wasm::kF32;
  else {
    static_assert(std::same_as<T, double>, "not a WebAssembly number type");
    return wasm::kF64;
  }
}

template <class T>
T FromSlot(abi::Slot slot) {
  if constexpr (std::same_as<T, float>)
    return std::bit_cast<float>(static_cast<uint32_t>(slot));
  else if constexpr (std::same_as<T, double>)
    return std::bit_cast<double>(slot);
  else
    return static_cast<T>(slot);
}

template <class T>
abi::Slot ToSlot(T value) {
  if constexpr (std::same_as<T, float>)
    return std::bit_cast<uint32_t>(value);
  else if constexpr (std::same_as<T, double>)
    return std::bit_cast<uint64_t>(value);
  else
    return static_cast<std::make_unsigned_t<T>>(value);
}

template <class R>
struct ResultOf {
  using Type = R;
  static constexpr bool may_fail = false;
};
template <class R>
struct ResultOf<HostResult<R>> {
  using Type = R;
  static constexpr bool may_fail = true;
};

template <class F, class R, class... Args>
struct HostEntry {
  using Value = typename ResultOf<R>::Type;

  static abi::Status Enter(abi::FuncRef* self, abi::Caller* caller, abi::Slot* slots) noexcept {
    F& callable = *static_cast<F*>(static_cast<runtime::HostFunc*>(self->host)->data);
    return [&]<size_t... I>(std::index_sequence<I...>) {
      if constexpr (ResultOf<R>::may_fail) {
        R result = callable(caller, FromSlot<Args>(slots[I])...);
        if (!result) return result.error();
        if constexpr (!std::is_void_v<Value>) slots[0] = ToSlot<Value>(*result);
      } else if constexpr (std::is_void_v<R>) {
        callable(caller, FromSlot<Args>(slots[I])...);
      } else {
        slots[0] = ToSlot<R>(callable(caller, FromSlot<Args>(slots[I])...));
      }
      return abi::Status::Ok;
    }(std::index_sequence_for<Args...>{});
  }

  static HostFuncDef Make(F callable) {
    HostFuncDef def;
    (def.params.push_back(TypeOf<Args>()), ...);
    if constexpr (!std::is_void_v<Value>) def.results.push_back(TypeOf<Value>());
    def.entry = &Enter;
    def.data = std::make_shared<F>(std::move(callable));
    return def;
  }
};

template <class F, class C, class R, class... Args>
HostFuncDef MakeFrom(F callable, R (C::*)(abi::Caller*, Args...) const) {
  return HostEntry<F, R, Args...>::Make(std::move(callable));
}
template <class F, class C, class R, class... Args>
HostFuncDef MakeFrom(F callable, R (C::*)(abi::Caller*, Args...)) {
  return HostEntry<F, R, Args...>::Make(std::move(callable));
}

}  // namespace internal

template <class F>
HostFuncDef MakeHostFunc(F callable) {
  return internal::MakeFrom(std::move(callable), &F::operator());
}

}  // namespace gantry::engine
