// TypeRegistry: the process's canonical types (spec 3.1.2, iso-recursive equivalence). Two recursion groups of the same
// shape get the same ids, whatever module they came from, so type equality is one compare and a subtype test one
// display load.
//
// [I1] An id stays valid while any TypeHold names its group; ids are not reused before.
// [I2] Lookups (operator[], IsSubtype, Matches) take no lock and may run on any thread while others intern.
// [I3] A CanonType never changes after it is published.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/error.h"
#include "wasm/types.h"

namespace gantry::wasm {

using CanonId = uint32_t;

// All types inside are canonical.
struct CanonType {
  CompKind kind;
  bool is_final;
  CanonId id;
  CanonId super;                 // kNone without
  uint32_t depth;                // number of proper supertypes
  std::vector<CanonId> display;  // display[d] = the supertype at depth d; display[depth] = id
  std::vector<ValType> params, results;
  std::vector<FieldType> fields;
  uint32_t param_slots = 0, result_slots = 0;  // Func: 8-byte cells
  uint32_t group_first = 0, group_count = 1;
};

// Keeps the groups of some types alive. Movable; thread-compatible.
class TypeHold {
 public:
  TypeHold() = default;
  TypeHold(TypeHold&& other) noexcept { groups_.swap(other.groups_); }
  TypeHold& operator=(TypeHold&& other) noexcept {
    groups_.swap(other.groups_);
    return *this;
  }
  TypeHold(const TypeHold&) = delete;
  TypeHold& operator=(const TypeHold&) = delete;
  ~TypeHold();
  bool is_empty() const { return groups_.empty(); }

 private:
  friend class TypeRegistry;
  std::vector<uint32_t> groups_;  // group numbers, one count each
};

class TypeRegistry {
 public:
  static TypeRegistry& Get();

  const CanonType& operator[](CanonId id) const;

  // Interns one recursion group. types[i] is the definition of type index first + i; `canon` maps every earlier type
  // index to its id and gains the group's ids. Indices must be in range (validation has checked). Adds the group to
  // `hold`.
  void InternGroup(std::span<const SubType> types, uint32_t first, std::vector<CanonId>* canon, TypeHold* hold);

  // Interns a type of its own, a group of one, given in canonical types; `super` is canonical too. For host functions,
  // and for types that the embedder makes.
  CanonId Intern(const SubType& type, TypeHold* hold);
  // The same for a function type.
  CanonId InternFunc(std::span<const ValType> params, std::span<const ValType> results, TypeHold* hold);

  // Adds the group of a type that is alive to `hold`.
  void Keep(CanonId id, TypeHold* hold);

  bool IsSubtype(CanonId sub, CanonId super) const {
    if (sub == super) return true;
    const CanonType& super_type = (*this)[super];
    const CanonType& sub_type = (*this)[sub];
    return super_type.depth < sub_type.depth && sub_type.display[super_type.depth] == super;
  }
  bool IsSubtype(HeapType sub, HeapType super) const;  // spec 3.3.3
  bool Matches(ValType sub, ValType super) const;      // spec 3.3.4; Bot matches everything

  // Number of live groups, for tests.
  size_t live_groups() const;

  struct Impl;

 private:
  TypeRegistry();
  friend class TypeHold;
  void Release(std::span<const uint32_t> groups);
  Impl* impl_;
};

// Syntactic -> canonical with a module's index map.
inline HeapType CanonicalType(HeapType type, const std::vector<CanonId>& canon) {
  return type.is_concrete() ? HeapType::Concrete(canon[type.index()]) : type;
}
inline ValType CanonicalType(ValType type, const std::vector<CanonId>& canon) {
  if (!type.is_ref() || !type.heap().is_concrete()) return type;
  return ValType::Ref(CanonicalType(type.heap(), canon), type.is_nullable());
}
inline FieldType CanonicalType(FieldType type, const std::vector<CanonId>& canon) {
  return {CanonicalType(type.storage, canon), type.is_mutable};
}

// The abstract type at the top of a heap type's hierarchy: any, func, extern or exn.
HeapKind TopOf(HeapType type);
// The one at the bottom: none, nofunc, noextern or noexn.
HeapKind BottomOf(HeapType type);

}  // namespace gantry::wasm
