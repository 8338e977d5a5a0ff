/// \file wasmtime/types/_val_class.hh
///
/// The class wasmtime::ValType without what needs reference types; include `wasmtime/types/val.hh`.

#ifndef WASMTIME_TYPES_VAL_CLASS_HH
#define WASMTIME_TYPES_VAL_CLASS_HH

#include <wasm.h>
#include <wasmtime/types/val.h>

#include <cstddef>
#include <wasmtime/engine.hh>
#include <wasmtime/helpers.hh>

namespace wasmtime {

class RefType;

/// The type of a value: a number, a vector or a reference.
class ValType {
 public:
  /// Shows a value type that belongs to somebody else.
  class Ref {
   public:
    /// Shows `ty`.
    Ref(const wasm_valtype_t* ty) noexcept : ptr_(ty) {}
    /// Shows `ty`.
    Ref(const ValType& ty) noexcept : Ref(ty.capi()) {}

    /// Whether both are the same type.
    bool operator==(const Ref& other) const { return wasmtime_wasm_valtype_equal(ptr_, other.ptr_); }
    /// Whether they differ.
    bool operator!=(const Ref& other) const { return !(*this == other); }

    /// The type, as the C API takes it.
    const wasm_valtype_t* capi() const noexcept { return ptr_; }

   private:
    const wasm_valtype_t* ptr_;
  };

  /// Shows a list of value types that belongs to somebody else.
  class ListRef {
   public:
    /// What walks over the types.
    using iterator = const Ref*;

    /// Shows `list`.
    ListRef(const wasm_valtype_vec_t* list) noexcept : list_(list) {}

    /// Where the types begin.
    iterator begin() const { return reinterpret_cast<iterator>(list_->data); }
    /// Where the types end.
    iterator end() const { return begin() + list_->size; }
    /// How many there are.
    std::size_t size() const { return list_->size; }

   private:
    const wasm_valtype_vec_t* list_;
    static_assert(sizeof(Ref) == sizeof(wasm_valtype_t*));
  };

  /// Takes over `ty`.
  ValType(detail::Adopt, wasm_valtype_t* ty) : box_(ty), full_(ty) {}
  /// Copies the type that `ty` shows.
  ValType(Ref ty) : ValType(detail::Adopt(), wasm_valtype_copy(ty.capi())) {}
  /// The type of references of type `ref_type`. Needs `wasmtime/types/val.hh`.
  ValType(const Engine& engine, const RefType& ref_type);

  /// The type of integers of 32 bits.
  static ValType i32() { return of_kind(WASM_I32); }
  /// The type of integers of 64 bits.
  static ValType i64() { return of_kind(WASM_I64); }
  /// The type of floating-point numbers of 32 bits.
  static ValType f32() { return of_kind(WASM_F32); }
  /// The type of floating-point numbers of 64 bits.
  static ValType f64() { return of_kind(WASM_F64); }
  /// The type of vectors of 128 bits.
  static ValType v128() { return ValType(detail::Adopt(), wasmtime_wasm_valtype_v128()); }
  /// The type of references to functions, null included.
  static ValType funcref() { return of_kind(WASM_FUNCREF); }
  /// The type of references to things of the host's, null included.
  static ValType externref() { return of_kind(WASM_EXTERNREF); }
  /// The type of references to WebAssembly's own objects, null included. Needs `wasmtime/types/val.hh`.
  static ValType anyref();
  /// The type of references to exceptions, null included. Needs `wasmtime/types/val.hh`.
  static ValType exnref();

  /// What shows this type.
  Ref* operator->() noexcept { return box_.ref(); }
  /// What shows this type.
  const Ref* operator->() const noexcept { return box_.ref(); }
  /// What shows this type.
  Ref* operator*() noexcept { return box_.ref(); }
  /// What shows this type.
  const Ref* operator*() const noexcept { return box_.ref(); }

  /// Whether both are the same type.
  bool operator==(const Ref& other) const { return *box_.ref() == other; }
  /// Whether both are the same type.
  bool operator==(const ValType& other) const { return *box_.ref() == Ref(other); }
  /// Whether they differ.
  bool operator!=(const Ref& other) const { return !(*this == other); }
  /// Whether they differ.
  bool operator!=(const ValType& other) const { return !(*this == other); }

  /// Whether this is the type of integers of 32 bits.
  bool is_i32() const { return is(WASMTIME_VALTYPE_KIND_I32); }
  /// Whether this is the type of integers of 64 bits.
  bool is_i64() const { return is(WASMTIME_VALTYPE_KIND_I64); }
  /// Whether this is the type of floating-point numbers of 32 bits.
  bool is_f32() const { return is(WASMTIME_VALTYPE_KIND_F32); }
  /// Whether this is the type of floating-point numbers of 64 bits.
  bool is_f64() const { return is(WASMTIME_VALTYPE_KIND_F64); }
  /// Whether this is the type of vectors.
  bool is_v128() const { return is(WASMTIME_VALTYPE_KIND_V128); }

  /// The reference type, which is good as long as this type is neither changed nor gone; null for numbers and vectors.
  /// Needs `wasmtime/types/val.hh`.
  const RefType* as_ref() const;

  /// The type, as functions of `wasm.h` take it.
  const wasm_valtype_t* capi() const noexcept { return box_.get(); }
  /// The type, as functions of `wasmtime/types/val.h` take it.
  const wasmtime_valtype_t* wasmtime_capi() const noexcept { return full_.capi(); }

 private:
  // The type with all its parts.
  struct Full : detail::Value<Full, wasmtime_valtype_t, wasmtime_valtype_clone, wasmtime_valtype_delete> {
    explicit Full(const wasm_valtype_t* ty) {
      if (ty != nullptr) wasmtime_valtype_new(ty, capi());
    }
  };

  static ValType of_kind(wasm_valkind_t kind) { return ValType(detail::Adopt(), wasm_valtype_new(kind)); }
  bool is(wasmtime_valtype_kind_t kind) const { return full_.capi()->kind == kind; }

  detail::TypeBox<wasm_valtype_t, Ref, wasm_valtype_delete, wasm_valtype_copy> box_;
  Full full_;
};

}  // namespace wasmtime

#endif  // WASMTIME_TYPES_VAL_CLASS_HH
