/// \file wasmtime/types/table.hh
///
/// The types of tables.

#ifndef WASMTIME_TYPES_TABLE_HH
#define WASMTIME_TYPES_TABLE_HH

#include <wasm.h>

#include <cstdint>
#include <optional>
#include <wasmtime/helpers.hh>
#include <wasmtime/types/val.hh>

namespace wasmtime {

/// The type of a table: what its elements are and how many there may be.
class TableType {
 public:
  /// Shows a table type that belongs to somebody else.
  class Ref {
   public:
    /// Shows `ty`.
    Ref(const wasm_tabletype_t* ty) noexcept : ptr_(ty) {}
    /// Shows `ty`.
    Ref(const TableType& ty) noexcept : Ref(ty.capi()) {}

    /// How many elements there are at least.
    std::uint32_t min() const { return wasm_tabletype_limits(ptr_)->min; }
    /// How many elements there are at most, if that is bounded.
    std::optional<std::uint32_t> max() const {
      const std::uint32_t max = wasm_tabletype_limits(ptr_)->max;
      if (max == wasm_limits_max_default) return std::nullopt;
      return max;
    }
    /// The elements' type; good as long as the table type.
    ValType::Ref element() const { return wasm_tabletype_element(ptr_); }

    /// The type, as the C API takes it.
    const wasm_tabletype_t* capi() const noexcept { return ptr_; }

   private:
    const wasm_tabletype_t* ptr_;
  };

  /// Takes over `ty`.
  TableType(detail::Adopt, wasm_tabletype_t* ty) : box_(ty) {}
  /// Copies the type that `ty` shows.
  TableType(Ref ty) : box_(ty.capi()) {}
  /// The type of tables with at least `min` elements of type `ty`, which must be a reference type.
  TableType(ValType ty, std::uint32_t min) : TableType(ty, min, wasm_limits_max_default) {}
  /// The type of tables with at least `min` and at most `max` elements of type `ty`, which must be a reference type.
  TableType(ValType ty, std::uint32_t min, std::uint32_t max) : box_(make(ty, {min, max})) {}

  /// What shows this type.
  Ref* operator->() noexcept { return box_.ref(); }
  /// What shows this type.
  const Ref* operator->() const noexcept { return box_.ref(); }
  /// What shows this type.
  Ref* operator*() noexcept { return box_.ref(); }
  /// What shows this type.
  const Ref* operator*() const noexcept { return box_.ref(); }

  /// The type, as the C API takes it. It stays this class's.
  const wasm_tabletype_t* capi() const noexcept { return box_.get(); }

 private:
  static wasm_tabletype_t* make(const ValType& ty, wasm_limits_t limits) {
    return wasm_tabletype_new(wasm_valtype_copy(ty.capi()), &limits);
  }

  detail::TypeBox<wasm_tabletype_t, Ref, wasm_tabletype_delete, wasm_tabletype_copy> box_;
};

}  // namespace wasmtime

#endif  // WASMTIME_TYPES_TABLE_HH
