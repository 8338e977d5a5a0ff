// FlatMap: copies code and types of one instance with the indices that its items have in the flat module (flatten.cc).
#pragma once

#include <array>
#include <cstdint>
#include <set>
#include <unordered_map>
#include <vector>

#include "base/byte_writer.h"
#include "wasm/instr.h"
#include "wasm/module.h"
#include "wasm/type_registry.h"

namespace gantry::link {

inline constexpr int kItemKinds = 7;

struct FlatMap {
  const wasm::Module* module;
  const std::unordered_map<wasm::CanonId, uint32_t>* type_of;
  std::array<std::vector<uint32_t>, wasm::kCoreKinds> items;  // flat index of each item, by kind
  uint32_t first_elem, first_data;                            // flat indices of the segments follow these
  std::set<uint32_t>* referred;                               // gains the functions that bodies refer to

  uint32_t Type(uint32_t type) const { return type_of->find(module->canon[type])->second; }
  wasm::HeapType Heap(wasm::HeapType type) const {
    return type.is_concrete() ? wasm::HeapType::Concrete(Type(type.index())) : type;
  }
  wasm::ValType Value(wasm::ValType type) const {
    return type.is_ref() ? wasm::ValType::Ref(Heap(type.heap()), type.is_nullable()) : type;
  }
  wasm::TableType TableOf(wasm::TableType type) const {
    type.element = Value(type.element);
    return type;
  }
  wasm::GlobalType GlobalOf(wasm::GlobalType type) const {
    type.type = Value(type.type);
    return type;
  }

  // Local declarations and instructions.
  void CopyBody(wasm::ByteRange body, ByteWriter* out) const;
  void CopyExpr(wasm::ConstExpr expr, bool with_end, ByteWriter* out) const;
  // The items of an element segment.
  void CopyItems(const wasm::ElemSegment& elem, ByteWriter* out) const;
  // Does it read a global whose flat index is at least `first`?
  bool ReadsGlobalFrom(uint32_t first, wasm::ConstExpr expr) const;

 private:
  uint32_t Item(wasm::ExternKind kind, uint32_t index) const { return items[static_cast<size_t>(kind)][index]; }
  void Map(wasm::Instr* instr) const;
};

}  // namespace gantry::link
