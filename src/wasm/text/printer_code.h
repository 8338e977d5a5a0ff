// CodePrinter: function bodies and constant expressions for the printer, one instruction per line, nested blocks
// indented.
//
// [I1] Control structure is checked while printing: a body whose blocks do not nest is an error, since it has no text
// form. [I2] Every loop over what a module says asks full(): the text never grows beyond the limit it was given.
#pragma once

#include <array>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/error.h"
#include "wasm/binary/branch_hints.h"
#include "wasm/binary/instr_reader.h"
#include "wasm/text/printer_names.h"

namespace gantry::wasm::text {

struct PrintStyle {
  bool compact = false;  // no indentation, no comments, no signatures beside type indices
  bool offsets = false;
  size_t limit = 0;  // bytes of text
};

// What printing any part of a module needs.
struct PrintContext {
  const Module& module;
  const binary::NameSection* names = nullptr;  // null: print without identifiers
  std::array<IdentifierSpace, binary::kNameKindCount>
      spaces{};                                // not Local, Label and Field, which are per function or type
  const binary::BranchHints* hints = nullptr;  // null: none, or kept as a custom section
  PrintStyle style;
  std::string out{};

  bool full() const { return out.size() > style.limit; }
  const IdentifierSpace& space(binary::NameKind kind) const { return spaces[static_cast<size_t>(kind)]; }

  void Put(std::string_view text) { out += text; }
  void PutNumber(uint64_t value);
  void PutType(ValType type);
  void PutHeap(HeapType type);
  void PutField(FieldType type);
  // A use: " $name" or " 12".
  void PutUse(binary::NameKind kind, uint32_t index);
  // A definition: " $name", with its number as a comment and a name annotation where needed.
  void PutDefinition(binary::NameKind kind, uint32_t index);
  // " $name" or nothing, with an annotation where needed.
  void PutIdentifier(const Identifier* id);
  // " (type 3) (param $x i32) (result i32)"; the signature is left out in the compact style.
  void PutTypeUse(uint32_t type, const IdentifierSpace* locals);
  // " (param i32)" and " (result i32)" of a function type.
  void PutSignature(uint32_t type, const IdentifierSpace* locals);
};

class CodePrinter {
 public:
  explicit CodePrinter(PrintContext* context) : c_(*context), m_(context->module) {}

  // Locals and instructions of a defined function, each on its own line.
  Result<void> PrintBody(uint32_t func, const IdentifierSpace& locals);
  // Instructions of an expression on one line, each with a space before.
  Result<void> PrintExpr(ConstExpr expr);
  // " (i32.const 1)" or " (KEYWORD i32.const 1 i32.const 2 i32.add)".
  Result<void> PrintFolded(ConstExpr expr, std::string_view keyword);
  // `count` expressions in a row, each as PrintFolded.
  Result<void> PrintItems(ByteRange range, uint32_t count);

 private:
  struct Block {
    OpFamily family;
    std::string_view label;     // identifier text, empty if none
    uint32_t shadowed = kNone;  // position of the outer block with the same label
  };

  void PrintLocals(const std::vector<binary::LocalRun>& runs, uint32_t params);
  Result<void> PrintInstrs(binary::InstrReader* reader, uint32_t func, uint32_t body_offset);
  Result<void> PrintFlat(binary::InstrReader* reader, uint32_t* instr_count);
  void PrintLine();
  void NewLine(size_t depth);
  void PrintInstr();
  void PrintImmediates();
  void PrintBlockType();
  void PrintCatches();
  void PrintLabels();
  void PrintLabel(uint32_t depth);
  void PrintMemArg();
  void PrintV128();
  void PrintRefType(HeapType heap, bool nullable);
  void PrintSecondary(binary::NameKind first, binary::NameKind second);
  void PrintField();
  void PrintBlockStart();
  const Identifier* PrintNewLabel();
  void OpenBlock(const Identifier* id);
  void CloseBlock();
  bool EnterElse();
  const IdentifierSpace& FieldsOf(uint32_t type);

  PrintContext& c_;
  const Module& m_;
  Instr instr_{};
  const IdentifierSpace* locals_ = nullptr;
  IdentifierSpace labels_;
  uint32_t next_label_ = 0;
  std::vector<Block> blocks_;
  std::map<std::string_view, uint32_t> innermost_;        // label -> position in blocks_
  std::unordered_map<uint32_t, IdentifierSpace> fields_;  // by type, filled on demand
};

}  // namespace gantry::wasm::text
