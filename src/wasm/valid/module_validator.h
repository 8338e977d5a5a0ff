// ModuleValidator: checks everything of a module outside function bodies (spec 3.2 and 3.5). Used only inside
// wasm/valid.
//
// Checks run in the order of the binary's sections; the data section comes after the code, so it has an entry of its
// own. [I1] Types are interned group by group, and only after every index in the group is known to be in range.
#pragma once

#include <string>
#include <unordered_set>
#include <vector>

#include "base/error.h"
#include "wasm/errors.h"
#include "wasm/linking.h"
#include "wasm/module.h"
#include "wasm/type_registry.h"
#include "wasm/valid/func_validator.h"

namespace gantry::wasm::valid {

class ModuleValidator {
 public:
  ModuleValidator(Module* module, TypeHold* hold, Scratch* scratch);

  // Types to element segments. Sets Module::canon and Module::func_escapes.
  Result<void> CheckBeforeCode();
  Result<void> CheckData();

  // The pieces that a header of module linking goes through one by one (link_validator.cc); then all but types and
  // imports.
  Result<void> CheckRecGroup(const RecGroup& group);
  Result<void> CheckCoreDesc(const ExternDesc& desc, uint32_t index, uint64_t at);
  Result<void> CheckDefinitions();

 private:
  // type_validator.cc
  Result<void> CheckTypes();
  Result<void> CheckReferences(const SubType& type, uint32_t index, uint32_t end);
  Result<void> CheckSuper(uint32_t index);
  Result<void> CheckSubtyping(uint32_t index);
  bool ContentMatches(const CanonType& sub, const CanonType& super) const;
  uint64_t OffsetOfType(uint32_t index) const;

  Result<void> CheckImports();
  Result<void> CheckFuncs();
  Result<void> CheckTables();
  Result<void> CheckMemories();
  Result<void> CheckTags();
  Result<void> CheckGlobals();
  Result<void> CheckExports();
  Result<void> CheckStart();
  Result<void> CheckElems();
  Result<void> CheckElem(const ElemSegment& segment);
  Result<void> CheckElemFuncs(const ElemSegment& segment);

  Result<void> CheckFuncType(uint32_t type, uint64_t at);
  Result<void> CheckTagType(uint32_t type, uint64_t at);
  Result<void> CheckTableType(const TableType& table, uint32_t index, uint64_t at);
  Result<void> CheckMemoryType(const MemoryType& memory, uint32_t index, uint64_t at);
  Result<void> CheckValType(ValType type, uint64_t at);
  Result<void> CheckConst(ByteRange range, uint32_t count, ValType expected, uint32_t visible_globals);

  // Where the payload of a section starts, 0 without it.
  uint64_t SectionOffset(uint8_t id) const;
  uint64_t OffsetOf(std::string_view name) const;
  // Globals that initialisers of tables and segments see.
  uint32_t VisibleGlobals() const;

  Module& module_;
  TypeHold* hold_;
  Scratch* scratch_;
  const TypeRegistry& registry_;
  std::vector<uint8_t> depths_;  // supertypes above each type, where it has any
};

}  // namespace gantry::wasm::valid
