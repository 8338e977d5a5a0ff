/// \file wasmtime/types/func.hh
///
/// The types of functions.

#ifndef WASMTIME_TYPES_FUNC_HH
#define WASMTIME_TYPES_FUNC_HH

#include <wasm.h>

#include <cstddef>
#include <initializer_list>
#include <wasmtime/helpers.hh>
#include <wasmtime/types/_val_class.hh>

namespace wasmtime {

/// The type of a function: what it takes and what it gives.
class FuncType {
 public:
  /// Shows a function type that belongs to somebody else.
  class Ref {
   public:
    /// Shows `ty`.
    Ref(const wasm_functype_t* ty) noexcept : ptr_(ty) {}
    /// Shows `ty`.
    Ref(const FuncType& ty) noexcept : Ref(ty.capi()) {}

    /// The types of what the function takes; good as long as the function type.
    ValType::ListRef params() const { return wasm_functype_params(ptr_); }
    /// The types of what the function gives; good as long as the function type.
    ValType::ListRef results() const { return wasm_functype_results(ptr_); }

    /// The type, as the C API takes it.
    const wasm_functype_t* capi() const noexcept { return ptr_; }

   private:
    const wasm_functype_t* ptr_;
  };

  /// Takes over `ty`.
  FuncType(detail::Adopt, wasm_functype_t* ty) : box_(ty) {}
  /// Copies the type that `ty` shows.
  FuncType(Ref ty) : box_(ty.capi()) {}
  /// The type of functions that take and give values of these types.
  FuncType(std::initializer_list<ValType> params, std::initializer_list<ValType> results)
      : FuncType(from_iters(params, results)) {}

  /// The type of functions that take and give values of these types. Any containers with a `size()` will do.
  template <typename Params, typename Results>
  static FuncType from_iters(const Params& params, const Results& results) {
    wasm_valtype_vec_t param_list = copy_types(params);
    wasm_valtype_vec_t result_list = copy_types(results);
    return FuncType(detail::Adopt(), wasm_functype_new(&param_list, &result_list));
  }

  /// What shows this type.
  Ref* operator->() noexcept { return box_.ref(); }
  /// What shows this type.
  const Ref* operator->() const noexcept { return box_.ref(); }
  /// What shows this type.
  Ref* operator*() noexcept { return box_.ref(); }
  /// What shows this type.
  const Ref* operator*() const noexcept { return box_.ref(); }

  /// The type, as the C API takes it. It stays this class's.
  const wasm_functype_t* capi() const noexcept { return box_.get(); }
  /// Gives the type object away: the caller has to free it.
  wasm_functype_t* capi_release() noexcept { return box_.release(); }

 private:
  template <typename Types>
  static wasm_valtype_vec_t copy_types(const Types& types) {
    wasm_valtype_vec_t list;
    wasm_valtype_vec_new_uninitialized(&list, types.size());
    wasm_valtype_t** next = list.data;
    for (const auto& type : types) *next++ = wasm_valtype_copy(ValType::Ref(type).capi());
    return list;
  }

  detail::TypeBox<wasm_functype_t, Ref, wasm_functype_delete, wasm_functype_copy> box_;
};

}  // namespace wasmtime

#endif  // WASMTIME_TYPES_FUNC_HH
