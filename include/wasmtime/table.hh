/// \file wasmtime/table.hh
///
/// Tables.

#ifndef WASMTIME_TABLE_HH
#define WASMTIME_TABLE_HH

#include <wasmtime/table.h>

#include <cstdint>
#include <optional>
#include <variant>
#include <wasmtime/error.hh>
#include <wasmtime/store.hh>
#include <wasmtime/types/table.hh>
#include <wasmtime/types/val.hh>
#include <wasmtime/val.hh>

namespace wasmtime {

/// A table of a store: a handle, copied at will, good as long as the store.
class Table {
 public:
  /// A table of the C API.
  Table(wasmtime_table_t table) noexcept : table_(table) {}

  /// Makes a table of its minimal size with all elements `init`, which must be of the elements' type.
  static Result<Table> create(Store::Context cx, const TableType& ty, const Val& init) {
    wasmtime_table_t table;
    return detail::result_of<Table>(wasmtime_table_new(cx.capi(), ty.capi(), init.capi(), &table), table);
  }

  /// The table's type.
  TableType type(Store::Context cx) const {
    return TableType(detail::Adopt(), wasmtime_table_type(cx.capi(), &table_));
  }

  /// How many elements there are.
  std::uint64_t size(Store::Context cx) const { return wasmtime_table_size(cx.capi(), &table_); }

  /// Reads an element; nothing if there are not so many.
  std::optional<Val> get(Store::Context cx, std::uint64_t index) const {
    wasmtime_val_t val;
    if (!wasmtime_table_get(cx.capi(), &table_, index, &val)) return std::nullopt;
    return Val(val);
  }

  /// Writes an element. An error if there are not so many or `val` is of another type.
  Result<std::monostate> set(Store::Context cx, std::uint64_t index, const Val& val) const {
    return detail::done(wasmtime_table_set(cx.capi(), &table_, index, val.capi()));
  }

  /// Adds elements, all of them `init`; gives how many there were before. An error beyond the maximum of its type or of
  /// the store.
  Result<std::uint64_t> grow(Store::Context cx, std::uint64_t delta, const Val& init) const {
    std::uint64_t before = 0;
    return detail::result_of<std::uint64_t>(wasmtime_table_grow(cx.capi(), &table_, delta, init.capi(), &before),
                                            before);
  }

  /// The table, as the C API takes it.
  const wasmtime_table_t& capi() const noexcept { return table_; }

 private:
  wasmtime_table_t table_;
};

}  // namespace wasmtime

#endif  // WASMTIME_TABLE_HH
