// Linking: what the module linking proposal adds to a module: nested modules, instances and aliases, and the order in
// which they interleave with types and imports. Built by binary::ReadModule; validation adds the types.
//
// The header of a module is the sections 1, 2, 14, 15 and 16, in any order and number. Its items give every index space
// its first part; definitions follow. A two-level import is short for an import of an instance and an alias of one of
// its exports.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "wasm/extern_type.h"
#include "wasm/module.h"

namespace gantry::wasm {

enum class HeaderKind : uint8_t {
  RecGroup,          // index into Module::rec_groups
  Import,            // index into Module::imports
  ImplicitInstance,  // instance index; made by the two-level import that follows
  NestedModule,      // index into Linking::nested
  Instance,          // index into Linking::instances
  Alias,             // index into Linking::aliases
};

struct HeaderItem {
  HeaderKind kind;
  uint32_t index;
  uint32_t offset;   // in the bytes
  uint32_t section;  // index into Module::sections
};

// The type of an import or export as it was written: with the module's type indices.
struct ExternDesc {
  ExternKind kind = ExternKind::Func;
  uint32_t type = 0;  // Func, Tag, Module, Instance
  TableType table;
  MemoryType memory;
  GlobalType global;
};

struct ImportDecl {
  std::string_view module, name;
  bool has_name = true;
  ExternDesc desc;
};

struct ExportDecl {
  std::string_view name;
  ExternDesc desc;
};

// A definition of a module type (0x61) or an instance type (0x62, without imports).
struct LinkType {
  uint32_t type;  // its type index
  std::vector<ImportDecl> imports;
  std::vector<ExportDecl> exports;
};

struct LinkArgument {
  std::string_view name;
  ExternKind kind;
  uint32_t index;
};

struct Instantiation {
  uint32_t module;
  uint32_t index;  // in the instance index space
  std::vector<LinkArgument> arguments;
};

enum class AliasForm : uint8_t { Export, OuterModule, OuterType };

struct Alias {
  AliasForm form = AliasForm::Export;
  ExternKind kind = ExternKind::Func;  // Export
  std::string_view name;               // Export
  uint32_t instance = 0;               // Export
  uint32_t depth = 0;                  // outer: 0 is the enclosing module
  uint32_t outer_index = 0;
  uint32_t index = 0;  // its own, in the index space of its kind
};

struct Linking {
  uint32_t depth = 0;  // 0: the outermost module
  std::vector<HeaderItem> items;
  std::vector<LinkType> types;  // in order of type index
  std::vector<std::unique_ptr<Module>> nested;
  std::vector<uint32_t> nested_index;  // of each, in the module index space
  std::vector<Instantiation> instances;
  std::vector<Alias> aliases;
  std::vector<uint32_t> outer_types;              // type indices of aliases, ascending
  uint32_t module_count = 0, instance_count = 0;  // sizes of the index spaces

  // Set by validation.
  std::shared_ptr<const ModuleType> type;  // folded imports and exports

  const LinkType* FindType(uint32_t index) const;
};

ExternDesc DescOf(const Module& module, const Import& import);
// Does the type index belong to an alias? The module does not say what such a type is.
bool IsOuterType(const Module& module, uint32_t type);
// Has it nested modules, instances or aliases? Then its header keeps its order in canonical encoding; otherwise types
// stand first.
bool IsInterleaved(const Module& module);
// Does the module need the proposal: anything but types, and imports by two names?
bool UsesLinking(const Module& module);

}  // namespace gantry::wasm
