// Module: a decoded core module (spec 2.5). Structure is decoded; function bodies, initializer expressions and names
// stay in the bytes and are referred to by position, so a module costs little beyond its bytes and is ready for lazy
// translation.
//
// Built by binary::ReadModule (structure) and valid::ValidateModule (canonical types, facts). Immutable afterwards; any
// thread may read. Types in it are syntactic (module type indices) unless the field says canonical.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "wasm/features.h"
#include "wasm/types.h"

namespace gantry::wasm {

// Owner of a module's bytes: a copy, a moved buffer or a mapping.
class ModuleBytes {
 public:
  virtual ~ModuleBytes() = default;
  std::span<const uint8_t> view() const { return view_; }

  static std::shared_ptr<const ModuleBytes> Own(std::vector<uint8_t> bytes);
  static std::shared_ptr<const ModuleBytes> Copy(std::span<const uint8_t> bytes);

 protected:
  std::span<const uint8_t> view_;
};

// A piece of the module's bytes.
struct ByteRange {
  uint32_t offset = 0;
  uint32_t size = 0;
  uint32_t end() const { return offset + size; }
};

// An expression up to and including its `end`. `size` 0 means absent.
using ConstExpr = ByteRange;

// The binary format's numbers. Module and Instance exist with the module linking proposal only.
enum class ExternKind : uint8_t { Func, Table, Memory, Global, Tag, Module, Instance };
inline constexpr int kCoreKinds = 5;  // those that core code can use

// How an import entry was written (compact import section), for the writer and the printer.
enum class ImportForm : uint8_t { Single, GroupItem, GroupItemSharedType };

struct Import {
  std::string_view module;
  std::string_view name;
  ExternKind kind;
  uint32_t index;  // in the index space of its kind: imports come first there
  ImportForm form = ImportForm::Single;
  bool first_in_group = false;
  bool has_name = true;  // false: a single-level import (module linking), whose name is `module`
  uint32_t type = 0;     // Func, Tag, Module, Instance: type index
};

// An entry of the import section that is a group without items: it means nothing, but is kept.
struct EmptyImportGroup {
  uint32_t before;  // index into Module::imports of the import that follows
  ByteRange bytes;  // the entry as written
};

struct Func {
  uint32_t type = 0;  // type index
  ByteRange body;     // locals and code of a defined function, without the size prefix; empty for imports
};

struct Table {
  TableType type;
  ConstExpr init;              // size 0: null
  bool has_init_form = false;  // written with 0x40 0x00
};

struct Memory {
  MemoryType type;
};

struct Global {
  GlobalType type;
  ConstExpr init;  // size 0 for imports
};

struct Tag {
  uint32_t type = 0;  // type index of a function type
};

struct Export {
  std::string_view name;
  ExternKind kind;
  uint32_t index;
};

enum class SegmentMode : uint8_t { Active, Passive, Declarative };

struct ElemSegment {
  SegmentMode mode;
  uint8_t flags;       // 0..7 as written
  uint32_t table = 0;  // if active
  ConstExpr offset;    // if active
  ValType type;        // element type
  uint32_t count = 0;
  bool is_expr = false;  // items are expressions, else function indices
  ByteRange items;       // `count` LEB function indices, or `count` expressions
};

struct DataSegment {
  SegmentMode mode;  // Active or Passive
  uint8_t flags;     // 0..2 as written
  uint32_t memory = 0;
  ConstExpr offset;
  ByteRange bytes;
};

struct CustomSection {
  std::string_view name;
  ByteRange payload;  // after the name
  uint8_t after;      // id of the last known section before it, 0 at the start
};

// A section as it stands in the bytes, in order; customs included.
struct SectionRange {
  uint8_t id;
  ByteRange range;  // payload
};

struct Linking;

struct Module {
  std::shared_ptr<const ModuleBytes> bytes;
  ByteRange extent;   // the module itself: a nested module shares the bytes of the outermost
  Features features;  // it was decoded and validated with these

  std::vector<SubType> types;
  std::vector<RecGroup> rec_groups;
  std::vector<Import> imports;
  std::vector<EmptyImportGroup> empty_import_groups;
  std::vector<Func> funcs;  // index space: imports and aliases first. Likewise the next four
  std::vector<Table> tables;
  std::vector<Memory> memories;
  std::vector<Global> globals;
  std::vector<Tag> tags;
  std::vector<Export> exports;
  std::vector<ElemSegment> elems;
  std::vector<DataSegment> datas;
  std::vector<CustomSection> customs;
  std::vector<SectionRange> sections;
  // Imported or aliased.
  uint32_t imported_funcs = 0, imported_tables = 0, imported_memories = 0, imported_globals = 0, imported_tags = 0;
  uint32_t start = kNone;
  bool has_data_count = false;
  uint32_t data_count = 0;
  std::shared_ptr<Linking> linking;  // set exactly if it was decoded with the feature ModuleLinking (linking.h)

  // Set by validation.
  std::vector<uint32_t> canon;  // canonical id of each type; kNone for types of modules and instances
  uint32_t visible_types = 0;   // type indices that code may use; those behind belong to aliased items
  uint32_t uses = ~0u;          // what occurs in its bodies (valid::uses); everything as long as they are not validated
  std::vector<bool>
      func_escapes;  // function may be reached other than by a direct call: exported, in a segment, ref.func

  std::span<const uint8_t> Bytes(ByteRange range) const { return bytes->view().subspan(range.offset, range.size); }
  // May code refer to the type with this index?
  bool HasType(uint32_t index) const { return index < visible_types && canon[index] != kNone; }
  bool is_imported_func(uint32_t index) const { return index < imported_funcs; }
  // Canonical id of a function's type.
  uint32_t FuncCanon(uint32_t func) const { return canon[funcs[func].type]; }
  // One past the last import of the entry of the import section that begins with the import `first`.
  size_t EndOfImportEntry(size_t first) const;
};

}  // namespace gantry::wasm
