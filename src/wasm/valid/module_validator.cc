#include "wasm/valid/module_validator.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/byte_reader.h"
#include "wasm/binary/i32_constant.h"

namespace gantry::wasm::valid {

namespace {

constexpr uint8_t kFuncSection = 3, kTableSection = 4, kMemorySection = 5, kStartSection = 8, kTagSection = 13;
constexpr size_t kFewExports = 16;  // among which looking costs less than a table of their names

std::unexpected<Error> Unknown(ErrorId id, uint64_t at, uint32_t index) {
  return std::unexpected(MakeErrorAbout(id, at, fmt::format("{}", index)));
}

// Adds where an error happened.
Result<void> InItem(Result<void> result, std::string_view item, size_t index) {
  if (result) return result;
  return std::unexpected(std::move(result).error().WithContext(fmt::format("in {} {}", item, index)));
}

}  // namespace

ModuleValidator::ModuleValidator(Module* module, TypeHold* hold, Scratch* scratch)
    : module_(*module), hold_(hold), scratch_(scratch), registry_(TypeRegistry::Get()) {}

Result<void> ModuleValidator::CheckBeforeCode() {
  GANTRY_RETURN_IF_ERROR(CheckTypes());
  GANTRY_RETURN_IF_ERROR(CheckImports());
  return CheckDefinitions();
}

Result<void> ModuleValidator::CheckDefinitions() {
  module_.func_escapes.assign(module_.funcs.size(), false);
  GANTRY_RETURN_IF_ERROR(CheckFuncs());
  GANTRY_RETURN_IF_ERROR(CheckTables());
  GANTRY_RETURN_IF_ERROR(CheckMemories());
  GANTRY_RETURN_IF_ERROR(CheckTags());
  GANTRY_RETURN_IF_ERROR(CheckGlobals());
  GANTRY_RETURN_IF_ERROR(CheckExports());
  GANTRY_RETURN_IF_ERROR(CheckStart());
  return CheckElems();
}

uint64_t ModuleValidator::SectionOffset(uint8_t id) const {
  for (const SectionRange& section : module_.sections) {
    if (section.id == id) return section.range.offset;
  }
  return 0;
}

uint64_t ModuleValidator::OffsetOf(std::string_view name) const {
  return static_cast<uint64_t>(reinterpret_cast<const uint8_t*>(name.data()) - module_.bytes->view().data());
}

// Before the GC proposal, constant expressions saw imported globals only.
uint32_t ModuleValidator::VisibleGlobals() const {
  return module_.features.has(Feature::Gc) ? static_cast<uint32_t>(module_.globals.size()) : module_.imported_globals;
}

Result<void> ModuleValidator::CheckConst(ByteRange range, uint32_t count, ValType expected, uint32_t visible_globals) {
  const auto bytes = module_.Bytes(range);
  const bool is_constant = !bytes.empty() && binary::SizeOfI32Constant(bytes) == bytes.size();
  if (count == 1 && expected == kI32 && is_constant) return {};
  return FuncValidator(module_, scratch_)
      .ValidateConstExprs(range, count, expected, visible_globals, &module_.func_escapes);
}

Result<void> ModuleValidator::CheckValType(ValType type, uint64_t at) {
  if (!type.is_ref() || !type.heap().is_concrete() || module_.HasType(type.heap().index())) return {};
  return Unknown(ErrorId::UnknownType, at, type.heap().index());
}

Result<void> ModuleValidator::CheckFuncType(uint32_t type, uint64_t at) {
  if (type >= module_.visible_types) return Unknown(ErrorId::UnknownType, at, type);
  if (module_.types[type].kind == CompKind::Func) return {};
  return std::unexpected(MakeError(ErrorId::TypeMismatch, at, fmt::format("type {} is no function type", type)));
}

Result<void> ModuleValidator::CheckTagType(uint32_t type, uint64_t at) {
  GANTRY_RETURN_IF_ERROR(CheckFuncType(type, at));
  if (module_.types[type].results.empty()) return {};
  return std::unexpected(MakeError(ErrorId::TagResult, at));
}

Result<void> ModuleValidator::CheckTableType(const TableType& table, uint32_t index, uint64_t at) {
  if (index > 0 && !module_.features.has(Feature::ReferenceTypes))
    return std::unexpected(MakeError(ErrorId::MultipleTables, at));
  GANTRY_RETURN_IF_ERROR(CheckValType(table.element, at));
  const uint64_t largest = table.limits.max.value_or(table.limits.min);
  if (!table.is_64 && (table.limits.min > 0xffffffff || largest > 0xffffffff)) {
    return std::unexpected(MakeErrorAbout(ErrorId::TableSize, at, "2^32-1 elements"));
  }
  if (table.limits.min > largest) return std::unexpected(MakeError(ErrorId::MinAboveMax, at));
  return {};
}

Result<void> ModuleValidator::CheckMemoryType(const MemoryType& memory, uint32_t index, uint64_t at) {
  if (index > 0 && !module_.features.has(Feature::MultiMemory))
    return std::unexpected(MakeError(ErrorId::MultipleMemories, at));
  if (memory.page_size_log2 != 0 && memory.page_size_log2 != 16) {
    return std::unexpected(MakeError(ErrorId::PageSize, at, fmt::format("2**{}", memory.page_size_log2)));
  }
  // Pages that fill the address space, but not more than the page count can say.
  const bool is_byte_page = memory.page_size_log2 == 0;
  const uint64_t most =
      memory.is_64 ? (is_byte_page ? ~uint64_t{0} : uint64_t{1} << 48) : (is_byte_page ? 0xffffffff : 65536);
  const uint64_t largest = memory.limits.max.value_or(memory.limits.min);
  if (memory.limits.min > most || largest > most) {
    return std::unexpected(
        MakeErrorAbout(ErrorId::MemorySize, at, most == 65536 ? "65536 pages (4GiB)" : fmt::format("{} pages", most)));
  }
  if (memory.limits.min > largest) return std::unexpected(MakeError(ErrorId::MinAboveMax, at));
  if (memory.is_shared && !memory.limits.max) return std::unexpected(MakeError(ErrorId::SharedWithoutMax, at));
  return {};
}

Result<void> ModuleValidator::CheckImports() {
  for (size_t i = 0; i < module_.imports.size(); ++i) {
    const Import& import = module_.imports[i];
    GANTRY_RETURN_IF_ERROR(
        InItem(CheckCoreDesc(DescOf(module_, import), import.index, OffsetOf(import.name)), "import", i));
  }
  return {};
}

Result<void> ModuleValidator::CheckCoreDesc(const ExternDesc& desc, uint32_t index, uint64_t at) {
  switch (desc.kind) {
    case ExternKind::Func:
      return CheckFuncType(desc.type, at);
    case ExternKind::Table:
      return CheckTableType(desc.table, index, at);
    case ExternKind::Memory:
      return CheckMemoryType(desc.memory, index, at);
    case ExternKind::Global:
      return CheckValType(desc.global.type, at);
    case ExternKind::Tag:
      return CheckTagType(desc.type, at);
    case ExternKind::Module:
    case ExternKind::Instance:
      break;
  }
  return {};
}

Result<void> ModuleValidator::CheckFuncs() {
  for (size_t i = module_.imported_funcs; i < module_.funcs.size(); ++i) {
    GANTRY_RETURN_IF_ERROR(InItem(CheckFuncType(module_.funcs[i].type, SectionOffset(kFuncSection)), "function", i));
  }
  return {};
}

Result<void> ModuleValidator::CheckTables() {
  for (uint32_t i = module_.imported_tables; i < module_.tables.size(); ++i) {
    const Table& table = module_.tables[i];
    const uint64_t at = SectionOffset(kTableSection);
    GANTRY_RETURN_IF_ERROR(InItem(CheckTableType(table.type, i, at), "table", i));
    const ValType element = CanonicalType(table.type.element, module_.canon);
    if (table.init.size != 0) {
      // A table stands before the module's own globals.
      GANTRY_RETURN_IF_ERROR(InItem(CheckConst(table.init, 1, element, module_.imported_globals), "table", i));
    } else if (!element.is_defaultable()) {
      return InItem(
          std::unexpected(MakeError(ErrorId::TypeMismatch, at, "elements without a default value need an initializer")),
          "table", i);
    }
  }
  return {};
}

Result<void> ModuleValidator::CheckMemories() {
  for (uint32_t i = module_.imported_memories; i < module_.memories.size(); ++i) {
    GANTRY_RETURN_IF_ERROR(
        InItem(CheckMemoryType(module_.memories[i].type, i, SectionOffset(kMemorySection)), "memory", i));
  }
  return {};
}

Result<void> ModuleValidator::CheckTags() {
  for (size_t i = module_.imported_tags; i < module_.tags.size(); ++i) {
    GANTRY_RETURN_IF_ERROR(InItem(CheckTagType(module_.tags[i].type, SectionOffset(kTagSection)), "tag", i));
  }
  return {};
}

Result<void> ModuleValidator::CheckGlobals() {
  const bool sees_earlier = module_.features.has(Feature::Gc);
  for (uint32_t i = module_.imported_globals; i < module_.globals.size(); ++i) {
    const Global& global = module_.globals[i];
    GANTRY_RETURN_IF_ERROR(InItem(CheckValType(global.type.type, global.init.offset), "global", i));
    const ValType type = CanonicalType(global.type.type, module_.canon);
    GANTRY_RETURN_IF_ERROR(
        InItem(CheckConst(global.init, 1, type, sees_earlier ? i : module_.imported_globals), "global", i));
  }
  return {};
}

Result<void> ModuleValidator::CheckExports() {
  struct Space {
    ErrorId unknown;
    size_t size;
  };
  const Space spaces[] = {{ErrorId::UnknownFunc, module_.funcs.size()},
                          {ErrorId::UnknownTable, module_.tables.size()},
                          {ErrorId::UnknownMemory, module_.memories.size()},
                          {ErrorId::UnknownGlobal, module_.globals.size()},
                          {ErrorId::UnknownTag, module_.tags.size()},
                          {ErrorId::UnknownModule, module_.linking == nullptr ? 0 : module_.linking->module_count},
                          {ErrorId::UnknownInstance, module_.linking == nullptr ? 0 : module_.linking->instance_count}};
  std::unordered_set<std::string_view> names;
  const bool are_few = module_.exports.size() <= kFewExports;
  if (!are_few) names.reserve(module_.exports.size());
  const auto is_new = [&](size_t i) {
    const std::string_view name = module_.exports[i].name;
    if (!are_few) return names.insert(name).second;
    return std::none_of(module_.exports.begin(), module_.exports.begin() + static_cast<ptrdiff_t>(i),
                        [&](const Export& before) { return before.name == name; });
  };
  for (size_t i = 0; i < module_.exports.size(); ++i) {
    const Export& item = module_.exports[i];
    const Space& space = spaces[static_cast<size_t>(item.kind)];
    if (item.index >= space.size) return InItem(Unknown(space.unknown, OffsetOf(item.name), item.index), "export", i);
    if (!is_new(i)) {
      return InItem(std::unexpected(MakeError(ErrorId::DuplicateExport, OffsetOf(item.name), item.name)), "export", i);
    }
    if (item.kind == ExternKind::Func) module_.func_escapes[item.index] = true;
  }
  return {};
}

Result<void> ModuleValidator::CheckStart() {
  if (module_.start == kNone && SectionOffset(kStartSection) == 0) return {};
  const uint64_t at = SectionOffset(kStartSection);
  if (module_.start >= module_.funcs.size()) return Unknown(ErrorId::UnknownFunc, at, module_.start);
  const SubType& type = module_.types[module_.funcs[module_.start].type];
  if (type.params.empty() && type.results.empty()) return {};
  return std::unexpected(MakeErrorAbout(ErrorId::StartFunction, at,
                                        fmt::format("{} must have no parameters and no results", module_.start)));
}

Result<void> ModuleValidator::CheckElemFuncs(const ElemSegment& segment) {
  ByteReader reader(module_.Bytes(segment.items), segment.items.offset);
  for (uint32_t i = 0; i < segment.count; ++i) {
    const uint64_t at = reader.offset();
    const uint32_t func = reader.U32();
    if (func >= module_.funcs.size()) return Unknown(ErrorId::UnknownFunc, at, func);
    module_.func_escapes[func] = true;
  }
  return {};
}

Result<void> ModuleValidator::CheckElem(const ElemSegment& segment) {
  const uint64_t at = segment.mode == SegmentMode::Active ? segment.offset.offset : segment.items.offset;
  GANTRY_RETURN_IF_ERROR(CheckValType(segment.type, at));
  const ValType type = CanonicalType(segment.type, module_.canon);
  if (segment.mode == SegmentMode::Active) {
    if (segment.table >= module_.tables.size()) return Unknown(ErrorId::UnknownTable, at, segment.table);
    const TableType& table = module_.tables[segment.table].type;
    const ValType element = CanonicalType(table.element, module_.canon);
    if (!registry_.Matches(type, element)) {
      return std::unexpected(MakeError(ErrorId::TypeMismatch, at,
                                       fmt::format("segment of {} for a table of {}", NameOfCanonical(module_, type),
                                                   NameOfCanonical(module_, element))));
    }
    GANTRY_RETURN_IF_ERROR(CheckConst(segment.offset, 1, table.address_type(), VisibleGlobals()));
  }
  if (!segment.is_expr) return CheckElemFuncs(segment);
  return CheckConst(segment.items, segment.count, type, VisibleGlobals());
}

Result<void> ModuleValidator::CheckElems() {
  for (size_t i = 0; i < module_.elems.size(); ++i) {
    GANTRY_RETURN_IF_ERROR(InItem(CheckElem(module_.elems[i]), "element segment", i));
  }
  return {};
}

Result<void> ModuleValidator::CheckData() {
  for (size_t i = 0; i < module_.datas.size(); ++i) {
    const DataSegment& segment = module_.datas[i];
    if (segment.mode != SegmentMode::Active) continue;
    Result<void> result;
    if (segment.memory >= module_.memories.size()) {
      result = Unknown(ErrorId::UnknownMemory, segment.offset.offset, segment.memory);
    } else {
      result = CheckConst(segment.offset, 1, module_.memories[segment.memory].type.address_type(), VisibleGlobals());
    }
    GANTRY_RETURN_IF_ERROR(InItem(std::move(result), "data segment", i));
  }
  return {};
}

}  // namespace gantry::wasm::valid
