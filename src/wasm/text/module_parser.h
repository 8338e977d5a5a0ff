// ModuleParser: the fields of a module (spec 6.6) to binary sections, in two passes over the tokens.
//
//   Scan   (module_scan.cc)    finds the fields, gives everything its index and binds identifiers; bodies are skipped
//   by their
//                              parentheses.
//   Emit   (field_parser.cc,   parses the fields in textual order, each appending to its sections. Types come first:
//   all other
//           segment_parser.cc) fields may refer to them.
//   With module linking, a header of types, imports, modules, instances and aliases comes before all that
//   (linking_scan.cc, linking_parser.cc).
//   Assemble (wat.cc)          puts the sections together with custom sections and names.
//
// [I1] Scan and Emit give the same indices, because the binary order of each index space is the textual order: imports
// after
//      definitions are refused.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
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
  // `parent`: of a nested module.
  ModuleParser(TokenCursor* in, const WatOptions& options, ModuleParser* parent = nullptr)
      : in_(*in),
        options_(options),
        parent_(parent),
        depth_(parent == nullptr ? 0 : parent->depth_ + 1),
        links_(options.features.has(Feature::ModuleLinking)),
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
  bool UnexpectedKind(const Token& token);
  // `(kind item)` of an export or an argument.
  bool ReadItem(Space* space, uint32_t* index);

  // --- module linking: linking_scan.cc
  struct HeaderEntry {
    enum class Kind : uint8_t { Field, Injected } kind;
    Keyword keyword;  // Field
    uint32_t token;   // Field: its `(`
    uint32_t index;   // Field: of what it defines; Injected: in injected_
  };
  // An alias that stands for an inline reference.
  struct InjectedAlias {
    Space space;
    bool is_outer;
    uint32_t ref;                // token of the instance, or of the module of an outer one; with `from`: unused
    uint32_t from;               // the injected alias that gives the instance, or kNone
    uint32_t name;               // token of the export's name, or of the outer item
    uint32_t index;              // its own
    std::vector<uint32_t> uses;  // tokens of references that it stands for
  };
  bool ScanLinking();
  bool ScanRawField();
  bool HasInlineImport(uint32_t token) const;
  bool IsCoreField(const Field& field) const;
  bool IsHeaderField(const Field& field) const;
  bool InjectAliases(const Field& field, uint32_t last, std::vector<HeaderEntry>* entries);
  uint32_t Inject(const InjectedAlias& alias, std::string key, std::vector<HeaderEntry>* entries);

  // --- module linking: linking_parser.cc
  enum class HeaderPass : uint8_t { Define, Emit };
  bool EmitHeader(HeaderPass pass);
  bool EmitHeaderField(HeaderEntry* entry, HeaderPass pass);
  bool EmitInjected(InjectedAlias* alias, HeaderPass pass);
  bool ParseHeaderType(HeaderPass pass);
  bool ParseHeaderImport(HeaderEntry* entry, HeaderPass pass);
  bool ParseHeaderEntity(Space space, HeaderEntry* entry, HeaderPass pass);
  bool ParseNestedModule(uint32_t binder, ByteWriter* out);
  bool ParseInstantiate(ByteWriter* out);
  bool ParseAliasField(HeaderEntry* entry, HeaderPass pass);
  bool ReadOuter(uint32_t module_token, uint32_t item_token, Space space, ByteWriter* out);
  bool ReadLinkTypeUse(bool is_module, uint32_t* type);
  bool ReadLinkType(bool is_module, ByteWriter* out);
  bool ReadLinkItem(ByteWriter* out);
  void DefineImplicitInstance(std::string_view module);
  void AddHeaderItem(uint8_t section, std::span<const uint8_t> item, uint32_t count = 1);
  void FlushTypes();
  void FlushImports();
  void WriteHeader(ByteWriter* out);
  void AddExport(std::string_view name, Space space, uint32_t index, uint32_t token);
  void SortExports();

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
  bool ParseImportGroup(std::string_view module, uint32_t next_func);
  bool ReadInlineExports(Space space, uint32_t index);
  // `name`: none in an import of a single level.
  static void PutImportNames(std::string_view module, std::optional<std::string_view> name, ByteWriter* out);
  // `(import "m" "n")`, if it is there.
  bool TakeInlineImport(Space space, bool* is_import);
  bool ReadTypeOf(Space space, uint32_t func, ByteWriter* out);
  bool ParseExport();
  bool ParseStart();

  // --- segments
  struct ElemHead {
    bool is_active, is_declarative;
    uint32_t table;
    bool is_expr;
    ValType type;
    uint32_t count;
  };
  bool ParseElem();
  void PutElem(const ElemHead& head, const ByteWriter& offset, const ByteWriter& items);
  bool ParseData();
  bool ParseTableElems(uint32_t table, TableType* type);
  bool ReadOffset(ByteWriter* out);
  bool ReadUse(Keyword keyword, Space space, bool* is_there, uint32_t* index);
  bool ReadFuncIndices(ByteWriter* out, uint32_t* count);
  bool ReadItems(ByteWriter* out, uint32_t* count);
  bool AtOffset() const { return in_.AtLeft(Keyword::Offset) || instrs_.AtFolded(); }

  TokenCursor& in_;
  const WatOptions& options_;
  ModuleParser* parent_;
  uint32_t depth_;
  const bool links_;
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

  // Module linking. Interleaved: the header keeps its order, since there are aliases, nested modules or instances.
  struct HeaderSection {
    uint8_t id;
    Section section;
  };
  std::optional<std::string_view> identifier_;  // of the module
  bool is_interleaved_ = false;
  std::vector<HeaderEntry> header_;
  std::vector<InjectedAlias> injected_;
  std::unordered_map<std::string, uint32_t> injected_by_key_;
  std::unordered_set<std::string> implicit_instances_;
  std::vector<HeaderSection> header_sections_;
  std::vector<std::pair<uint32_t, ByteWriter>> exports_;  // with the token where each stands
  uint32_t type_nesting_ = 0;

  Section& SectionOf(SectionSlot slot) { return sections_[static_cast<size_t>(slot)]; }
};

}  // namespace gantry::wasm::text
