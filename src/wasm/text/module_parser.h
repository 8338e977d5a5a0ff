// ModuleParser: the fields of a module (spec 6.6) to binary sections, in two passes over the tokens.
//
//   Scan   (module_scan.cc)    finds the fields, gives everything its index and binds identifiers; bodies are skipped
//   by their
//                              parentheses.
//   Emit   (field_parser.cc,   parses the fields in textual order, each appending to its sections. Types come first:
//   all other
//           segment_parser.cc) fields may refer to them.
//   Assemble (wat.cc)          puts the sections together with custom sections and names.
//
// [I1] Scan and Emit give the same indices, because the binary order of each index space is the textual order: imports
// after
//      definitions are refused.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/byte_writer.h"
#include "wasm/module.h"
#include "wasm/text/annotations.h"
#include "wasm/text/instr_parser.h"
#include "wasm/text/symbols.h"
#include "wasm/text/token_cursor.h"
#include "wasm/text/type_parser.h"
#include "wasm/text/wat.h"

namespace gantry::wasm::text {

class ModuleParser {
 public:
  ModuleParser(TokenCursor* in, const WatOptions& options)
      : in_(*in),
        options_(options),
        symbols_(in),
        types_(in, &symbols_, options.features),
        instrs_(in, &symbols_, &types_) {}

  // At the first token after `(module $id`, or at the first field of a module without parentheses; moves to the closing
  // parenthesis or the end.
  bool Parse(const Binder& name);
  // After Parse: the module in binary format.
  std::vector<uint8_t> Assemble();

 private:
  struct Field {
    Keyword kind;
    uint32_t token;  // its `(`
    uint32_t index;  // in its index space; Import: of the first function that it may define
  };
  // A section's entries and how many they are.
  struct Section {
    ByteWriter bytes;
    uint32_t count = 0;
  };

  bool HasNamesPlace() const;

  // --- scan
  bool Scan();
  bool ScanField(const Token& kind);
  bool ScanEntity(Space space);
  bool ScanInlineSegment(Keyword segment, Space space);
  bool ScanImport();
  bool ScanExternType();
  bool ScanImportGroup();
  bool ScanRecGroup();
  bool CheckImportOrder(const Token& token);
  bool ReadExternKind(Space* space);

  // --- emit
  bool EmitFields();
  bool EmitField(const Field& field);
  bool ParseFunc(uint32_t index);
  bool ParseFuncBody();
  bool ReadLocals();
  bool ParseTable(uint32_t index);
  bool ParseMemory(uint32_t index);
  bool ParseGlobal(uint32_t index);
  bool ParseTag(uint32_t index);
  bool ParseImport(uint32_t next_func);
  bool ParseImportGroup(uint32_t next_func);
  bool ReadInlineExports(ExternKind kind, uint32_t index);
  // `(import "m" "n")`, if it is there.
  bool TakeInlineImport(ExternKind kind, bool* is_import);
  bool ReadTypeOf(Space space, uint32_t func, ByteWriter* out);
  bool ParseExport();
  bool ParseStart();

  // --- segments
  bool ParseElem();
  bool ParseData();
  bool ParseTableElems(uint32_t table, TableType* type);
  bool ReadOffset(ByteWriter* out);
  bool ReadFuncIndices(ByteWriter* out, uint32_t* count);
  bool ReadItems(ByteWriter* out, uint32_t* count);
  bool AtOffset() const { return in_.AtLeft(Keyword::Offset) || instrs_.AtFolded(); }

  TokenCursor& in_;
  const WatOptions& options_;
  Symbols symbols_;
  TypeParser types_;
  InstrParser instrs_;

  std::vector<Field> fields_;
  std::vector<FieldSpan> spans_;
  std::string_view defined_;  // kind of the first definition that imports may not follow
  bool has_start_ = false;
  std::optional<std::string_view> name_;
  std::vector<CustomAnnotation> customs_;

  std::array<Section, static_cast<size_t>(SectionSlot::Names)> sections_;  // by SectionSlot; types are in types_
  Section hints_;                                                          // of functions, for the branch hint section
  ByteWriter body_;                                                        // of the current function
  std::vector<BranchHint> body_hints_;
  std::vector<ValType> locals_;
  TypeUse type_use_;

  Section& SectionOf(SectionSlot slot) { return sections_[static_cast<size_t>(slot)]; }
};

}  // namespace gantry::wasm::text
