// Table: spec 4.2.7. Elements are FuncTableEntry for the func hierarchy, 4-byte GC references for all others.
// Null is zero, so a large table costs nothing until it is written to. Growing may move the elements.
#pragma once

#include <memory>

#include "abi/context.h"
#include "base/error.h"
#include "runtime/gc/heap.h"
#include "wasm/types.h"

namespace gantry::runtime {

// Largest table (implementation limit): 4 GiB of function references.
inline constexpr uint64_t kMaxTableElements = uint64_t{1} << 27;

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
  // Makes every element of a new table `value`.
  void Fill(abi::Slot value) { Fill(0, value, size()); }
  // Ranges must be in bounds.
  void Fill(uint64_t start, abi::Slot value, uint64_t count);
  void CopyFrom(const Table& source, uint64_t to, uint64_t from,
                uint64_t count);  // source may be this; overlap is fine
  void VisitRefs(gc::RootVisitor& visitor);

 private:
  explicit Table(const wasm::TableType& type);
  bool EnsureCapacity(uint64_t elements);
  abi::FuncTableEntry* funcs() const { return static_cast<abi::FuncTableEntry*>(def_.base); }
  gc::Ref* refs() const { return static_cast<gc::Ref*>(def_.base); }

  wasm::TableType type_;
  bool holds_funcs_;
  bool is_mapped_ = false;  // large: pages of its own, else from the heap
  abi::TableDef def_{};
  uint64_t capacity_ = 0;  // elements beyond the length are null
};

}  // namespace gantry::runtime
