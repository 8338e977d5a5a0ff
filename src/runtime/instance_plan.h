// InstancePlan: what instantiating a module needs to know about it, worked out once: its constant expressions in
// decoded form, the layout of an instance's allocation, its exports by name. Immutable.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "abi/instance_layout.h"
#include "base/byte_reader.h"
#include "wasm/module.h"

namespace gantry::runtime {

// A constant expression. Nearly all are one instruction; only `General` ones need the evaluator.
struct ConstInit {
  enum class Kind : uint8_t { Absent, Value, Func, Global, General };
  Kind kind = Kind::Absent;
  uint32_t index = 0;  // Func, Global
  uint64_t low = 0;    // Value: slots
  uint64_t high = 0;
};
ConstInit ReadConstInit(const wasm::Module& module, wasm::ConstExpr expr);
// Reads the expression at the reader's position; a General one is not consumed.
ConstInit ReadConstInit(ByteReader* reader);

// Byte offsets of the parts of an instance's allocation. The InstanceContext is at 0, what code sees behind it, then
// what only the runtime knows.
struct InstanceLayout : abi::ContextLayout {
  uint32_t memory_objects, table_objects, global_objects, tag_objects;  // pointers to the runtime's objects, by index
  uint32_t own_globals;                                                 // Global[defined]
  uint32_t own_tags;                                                    // Tag[defined]
  uint64_t size;
};

struct InstancePlan {
  explicit InstancePlan(const wasm::Module& module, bool has_gc_types);

  std::optional<uint32_t> FindExport(const wasm::Module& module, std::string_view name) const;

  InstanceLayout layout;
  std::vector<ConstInit> globals;       // defined ones
  std::vector<ConstInit> tables;        // defined ones
  std::vector<ConstInit> elem_offsets;  // by segment
  std::vector<ConstInit> data_offsets;  // by segment
  // Every active segment has a constant offset and fits the minimum of a table or memory that the module defines.
  bool segments_succeed = true;
  std::vector<uint32_t> exports_by_name;  // sorted; empty if there are few
};

}  // namespace gantry::runtime
