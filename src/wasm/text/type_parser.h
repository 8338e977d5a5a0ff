// TypeParser: types, type uses and type definitions of the text format (spec 6.4), and the type section that they make.
//
// Type uses without an explicit type find the first equal function type or add one at the end of the section, in the
// order in which they are read (spec 6.4.7, abbreviations).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/byte_writer.h"
#include "wasm/features.h"
#include "wasm/text/name_table.h"
#include "wasm/text/symbols.h"
#include "wasm/text/token_cursor.h"
#include "wasm/types.h"

namespace gantry::wasm::text {

// What identifiers of parameters mean.
enum class ParamNames : uint8_t { Refused, Ignored, Locals };

struct TypeUse {
  std::optional<uint32_t> index;  // `(type x)`
  uint32_t token = 0;             // where it starts, for errors
  std::vector<ValType> params, results;

  bool has_inline() const { return !params.empty() || !results.empty(); }
};

class TypeParser {
 public:
  TypeParser(TokenCursor* in, Symbols* symbols, Features features)
      : in_(*in), symbols_(*symbols), features_(features) {}

  // --- types
  bool AtRefType() const;
  bool AtValType() const;
  bool ReadValType(ValType* type);
  bool ReadRefType(ValType* type);
  bool ReadHeapType(HeapType* type);
  // Any number of types up to `)`, which is taken.
  bool ReadValTypes(std::vector<ValType>* types);
  bool ReadGlobalType(GlobalType* type);
  // `i32` or `i64`, or nothing.
  bool TakeAddressType();  // true if i64
  bool ReadLimits(Limits* limits, bool is_64);
  bool ReadTableType(TableType* type);
  bool ReadMemoryType(MemoryType* type);
  // `(pagesize n)`, if it is there.
  bool ReadPageSize(MemoryType* type);

  // --- type uses
  bool ReadTypeUse(TypeUse* use, ParamNames names);
  // The type index that it stands for.
  bool ResolveTypeUse(const TypeUse& use, uint32_t* index);
  // Number of parameters of a function type; nothing if the index is not one.
  std::optional<uint32_t> ParamCount(uint32_t type) const;

  // --- definitions: at `(type` and `(rec`, in textual order
  bool ParseTypeDefinition();
  bool ParseRecGroup();

  ByteWriter& section() { return section_; }
  uint32_t section_count() const { return group_count_; }

  // --- module linking
  // A type of a module or instance, encoded: the first equal one, or a new one.
  uint32_t FindOrAddLinkType(const ByteWriter& definition);
  uint32_t AddLinkType(const ByteWriter& definition);
  // A type that an alias brings in from outside.
  uint32_t AddOuterType();
  void ClearSection() {
    section_.Clear();
    group_count_ = 0;
  }
  // As if nothing had been parsed.
  void Reset();

 private:
  struct TypeEntry {
    bool is_func = false;
    uint32_t first = 0;  // params, then results, in pool_
    uint32_t param_count = 0, result_count = 0;
  };

  bool ParseSubType(bool is_single);
  bool ParseStruct(uint32_t type);
  bool ReadFieldType(FieldType* field);
  bool ReadSignature(std::vector<ValType>* params, std::vector<ValType>* results, ParamNames names);
  bool ReadParams(std::vector<ValType>* params, ParamNames names);
  void EmitSignature(const std::vector<ValType>& params, const std::vector<ValType>& results);
  void AddFuncType(const std::vector<ValType>& params, const std::vector<ValType>& results, bool can_be_found);
  std::string SignatureKey(const std::vector<ValType>& params, const std::vector<ValType>& results) const;

  TokenCursor& in_;
  Symbols& symbols_;
  Features features_;
  ByteWriter section_;
  uint32_t group_count_ = 0;
  std::vector<TypeEntry> types_;
  std::vector<ValType> pool_;
  NameTable link_types_;                   // encoded definitions of module linking -> type index
  NameTable signatures_;                   // SignatureKey -> first type index that a type use may find
  std::vector<ValType> params_, results_;  // scratch
};

}  // namespace gantry::wasm::text
