/// \file wasmtime/types/global.hh
///
/// The types of globals.

#ifndef WASMTIME_TYPES_GLOBAL_HH
#define WASMTIME_TYPES_GLOBAL_HH

#include <wasm.h>

#include <wasmtime/helpers.hh>
#include <wasmtime/types/val.hh>

namespace wasmtime {

/// The type of a global: what it holds and whether it can be written.
class GlobalType {
 public:
  /// Shows a global type that belongs to somebody else.
  class Ref {
   public:
    /// Shows `ty`.
    Ref(const wasm_globaltype_t* ty) noexcept : ptr_(ty) {}
    /// Shows `ty`.
    Ref(const GlobalType& ty) noexcept : Ref(ty.capi()) {}

    /// Whether the global can be written.
    bool is_mutable() const { return wasm_globaltype_mutability(ptr_) == WASM_VAR; }
    /// The type of what the global holds; good as long as the global type.
    ValType::Ref content() const { return wasm_globaltype_content(ptr_); }

    /// The type, as the C API takes it.
    const wasm_globaltype_t* capi() const noexcept { return ptr_; }

   private:
    const wasm_globaltype_t* ptr_;
  };

  /// Takes over `ty`.
  GlobalType(detail::Adopt, wasm_globaltype_t* ty) : box_(ty) {}
  /// Copies the type that `ty` shows.
  GlobalType(Ref ty) : box_(ty.capi()) {}
  /// The type of globals that hold values of type `ty`.
  GlobalType(ValType ty, bool is_mutable)
      : box_(wasm_globaltype_new(wasm_valtype_copy(ty.capi()),
                                 static_cast<wasm_mutability_t>(is_mutable ? WASM_VAR : WASM_CONST))) {}

  /// What shows this type.
  Ref* operator->() noexcept { return box_.ref(); }
  /// What shows this type.
  const Ref* operator->() const noexcept { return box_.ref(); }
  /// What shows this type.
  Ref* operator*() noexcept { return box_.ref(); }
  /// What shows this type.
  const Ref* operator*() const noexcept { return box_.ref(); }

  /// The type, as the C API takes it. It stays this class's.
  const wasm_globaltype_t* capi() const noexcept { return box_.get(); }

 private:
  detail::TypeBox<wasm_globaltype_t, Ref, wasm_globaltype_delete, wasm_globaltype_copy> box_;
};

}  // namespace wasmtime

#endif  // WASMTIME_TYPES_GLOBAL_HH
