// Table: spec 4.2.7. Elements are FuncTableEntry for the func hierarchy, 4-byte GC references for all others.
#pragma once

#include <memory>

#include "abi/context.h"
#include "base/error.h"
#include "wasm/types.h"

namespace gantry::runtime {

class Store;

class Table {
 public:
  // All elements null. `type.element` is canonical. Error (Limit or Host) when the minimum cannot be had.
  static Result<std::unique_ptr<Table>> Create(const wasm::TableType& type);
  ~Table();

  const wasm::TableType& type() const { return type_; }
  abi::TableDef* def() { return &def_; }
  uint64_t size() const { return def_.length; }
  bool holds_funcs() const { return holds_funcs_; }

  // Element as a slot: FuncRef* or GC reference. `index` < size().
  abi::Slot Get(uint64_t index) const;
  void Set(uint64_t index, abi::Slot value);
  // Old size, or -1.
  int64_t Grow(uint64_t delta, abi::Slot init, uint64_t max_elements);
  // Ranges must be in bounds.
  void Fill(uint64_t start, abi::Slot value, uint64_t count);
  void CopyFrom(const Table& source, uint64_t to, uint64_t from, uint64_t count);  // source may be this; overlap is fine

 private:
  explicit Table(const wasm::TableType& type);
  wasm::TableType type_;
  bool holds_funcs_;
  abi::TableDef def_{};
  uint64_t capacity_ = 0;
};

}  // namespace gantry::runtime
