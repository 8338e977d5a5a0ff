#include "wasm/binary/section_reader.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/utf8.h"
#include "wasm/binary/i32_constant.h"
#include "wasm/binary/instr_reader.h"
#include "wasm/limits.h"

namespace gantry::wasm::binary {

namespace {

constexpr size_t kHeaderSize = 8;

}  // namespace

SectionReader::SectionReader(Module* module)
    : module_(module),
      features_(module->features),
      reader_(module->Bytes(module->extent).subspan(kHeaderSize), module->extent.offset + kHeaderSize) {}

void SectionReader::Fail(Error error) {
  if (ok()) error_ = std::move(error);
}

Error SectionReader::TakeError() {
  Error error = error_ ? std::move(*error_) : MakeFaultError(fault_, reader_);
  if (item_ == kNone) return error;
  return std::move(error).WithContext(fmt::format("in entry {}", item_));
}

bool SectionReader::ReadSectionHeader(SectionRange* section) {
  item_ = kNone;
  section->id = reader_.U8();
  const uint64_t at = reader_.offset();
  const uint32_t size = reader_.U32();
  if (!reader_.ok()) return false;
  if (size > reader_.remaining()) {
    Fail(MakeError(ErrorId::LengthOutOfBounds, at,
                   fmt::format("section of {} bytes, {} bytes are left", size, reader_.remaining())));
    return false;
  }
  section->range = {static_cast<uint32_t>(reader_.offset()), size};
  section_end_ = section->range.end();
  return true;
}

void SectionReader::FinishSection(SectionRange section) {
  if (!ok() || reader_.offset() == section.range.end()) return;
  item_ = kNone;
  Fail(MakeError(ErrorId::SectionSizeMismatch, reader_.offset(),
                 fmt::format("declared end is {:#x}, content ends at {:#x}", section.range.end(), reader_.offset())));
}

void SectionReader::FinishModule() {
  item_ = kNone;
  const size_t funcs = module_->funcs.size() - module_->imported_funcs;
  if (funcs != code_count_) {
    Fail(MakeError(ErrorId::FuncCodeLengths, reader_.offset(),
                   fmt::format("{} functions, {} bodies", funcs, code_count_)));
  }
  if (module_->has_data_count && module_->data_count != module_->datas.size()) {
    Fail(MakeError(ErrorId::DataCountLengths, reader_.offset(),
                   fmt::format("count {}, {} segments", module_->data_count, module_->datas.size())));
  }
}

bool SectionReader::CheckLimit(size_t count, uint32_t limit, uint64_t at) {
  if (count <= limit) return true;
  Fail(MakeError(ErrorId::OverLimit, at, fmt::format("{} entries, at most {}", count, limit)));
  return false;
}

std::string_view SectionReader::ReadName() {
  const uint64_t at = reader_.offset();
  const uint32_t size = reader_.U32();
  if (!reader_.ok()) return {};
  if (size > reader_.remaining()) {
    Fail(MakeError(ErrorId::LengthOutOfBounds, at,
                   fmt::format("name of {} bytes, {} bytes are left", size, reader_.remaining())));
    return {};
  }
  const auto bytes = reader_.Bytes(size);
  const std::string_view name(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (!IsUtf8(name)) Fail(MakeError(ErrorId::MalformedUtf8, at));
  return name;
}

ConstExpr SectionReader::ReadConstExpr() {
  const uint64_t start = reader_.offset();
  if (const uint32_t size = SizeOfI32Constant({reader_.pos(), reader_.remaining()}); size != 0) {
    reader_.Bytes(size);
    return {static_cast<uint32_t>(start), size};
  }
  InstrReader instrs({reader_.pos(), reader_.remaining()}, start, features_);
  Instr instr;
  uint32_t depth = 0;
  while (instrs.Next(&instr)) {
    switch (instr.info().family) {
      case OpFamily::Block:
      case OpFamily::Loop:
      case OpFamily::If:
      case OpFamily::TryTable:
        ++depth;
        break;
      case OpFamily::End:
        if (depth-- == 0) {
          const uint32_t size = static_cast<uint32_t>(instrs.offset() - start);
          reader_.Bytes(size);
          return {static_cast<uint32_t>(start), size};
        }
        break;
      default:
        break;
    }
  }
  Fail(instrs.ok() ? MakeError(ErrorId::UnexpectedEndOfSection, instrs.offset(), "END opcode expected")
                   : instrs.error());
  return {};
}

void SectionReader::ReadCustom(SectionRange section, uint8_t after) {
  const ByteReader rest = reader_;
  reader_ = ByteReader(module_->Bytes(section.range), section.range.offset);  // a name must not reach past the section
  const std::string_view name = ReadName();
  if (!ok()) return;
  const uint32_t start = static_cast<uint32_t>(reader_.offset());
  module_->customs.push_back({name, {start, section.range.end() - start}, after});
  reader_ = rest;
  reader_.Bytes(section.range.size);
}

void SectionReader::ReadTypes() {
  ReadItems(limits::kTypes, module_->types.size(), [this](uint32_t left) {
    if (module_->types.capacity() == 0) {
      Reserve(&module_->types, left, 3);
      Reserve(&module_->rec_groups, left, 3);
    }
    if (links()) {
      AddHeaderItem(HeaderKind::RecGroup, module_->rec_groups.size(), reader_.offset());
      if (ReadLinkType()) return;
    }
    ReadType();
  });
}

void SectionReader::ReadType() {
  const uint64_t at = reader_.offset();
  const uint32_t first = static_cast<uint32_t>(module_->types.size());
  if (reader_.Peek() != 0x4e) {
    if (!CheckLimit(size_t{first} + 1, limits::kTypes, at)) return;
    module_->types.push_back(types().ReadSubType());
    module_->rec_groups.push_back({first, 1, false});
    return;
  }
  reader_.U8();
  if (!features_.has(Feature::Gc)) fault_.Set(ErrorId::MalformedDefType, at, 0x4e, Feature::Gc);
  const uint32_t count = reader_.U32();
  if (!ok() || !CheckLimit(size_t{first} + count, limits::kTypes, at)) return;
  Reserve(&module_->types, count, 3);
  for (uint32_t i = 0; i < count && ok(); ++i) module_->types.push_back(types().ReadSubType());
  module_->rec_groups.push_back({first, count, true});
}

ExternDesc SectionReader::ReadExternType() {
  ExternDesc type;
  const uint64_t at = reader_.offset();
  const uint8_t kind = reader_.U8();
  if (!reader_.ok()) return type;
  type.kind = static_cast<ExternKind>(kind);
  switch (kind) {
    case 0:
      type.type = reader_.U32();
      break;
    case 1:
      type.table = types().ReadTableType();
      break;
    case 2:
      type.memory = types().ReadMemoryType();
      break;
    case 3:
      type.global = types().ReadGlobalType();
      break;
    case 4:
      if (!features_.has(Feature::Exceptions)) fault_.Set(ErrorId::MalformedImportKind, at, kind, Feature::Exceptions);
      type.type = types().ReadTagType();
      break;
    case 5:
    case 6:
      if (!links()) fault_.Set(ErrorId::MalformedImportKind, at, kind, Feature::ModuleLinking);
      type.type = reader_.U32();
      break;
    default:
      fault_.Set(ErrorId::MalformedImportKind, at, kind);
  }
  return type;
}

uint32_t SectionReader::AddItem(const ExternDesc& type) {
  Module& m = *module_;
  switch (type.kind) {
    case ExternKind::Func:
      m.funcs.push_back({type.type, {}});
      return m.imported_funcs++;
    case ExternKind::Table:
      m.tables.push_back({type.table, {}});
      return m.imported_tables++;
    case ExternKind::Memory:
      m.memories.push_back({type.memory});
      return m.imported_memories++;
    case ExternKind::Global:
      m.globals.push_back({type.global, {}});
      return m.imported_globals++;
    case ExternKind::Tag:
      m.tags.push_back({type.type});
      return m.imported_tags++;
    case ExternKind::Module:
      return m.linking->module_count++;
    case ExternKind::Instance:
      return m.linking->instance_count++;
  }
  return kNone;
}

Import* SectionReader::AddImport(std::string_view module, std::string_view name, const ExternDesc& type,
                                 ImportForm form, bool first) {
  Module& m = *module_;
  if (!ok() || !CheckLimit(m.imports.size() + 1, limits::kImports, reader_.offset())) return nullptr;
  Import& import = m.imports.emplace_back(Import{module, name, type.kind, AddItem(type), form, first});
  import.type = type.type;
  return &import;
}

void SectionReader::ReadImports() {
  ReadItems(limits::kImports, module_->imports.size(), [this](uint32_t left) {
    if (module_->imports.capacity() == 0) Reserve(&module_->imports, left, 4);
    ReadImport();
  });
}

void SectionReader::ReadImport() {
  const uint64_t start = reader_.offset();
  const std::string_view module = ReadName();
  const std::string_view name = ReadName();
  if (TakeSingleLevel(name)) {
    const ExternDesc type = ReadExternType();
    AddHeaderItem(HeaderKind::Import, module_->imports.size(), start);
    if (Import* import = AddImport(module, {}, type, ImportForm::Single, false)) import->has_name = false;
    return;
  }
  const uint8_t kind = reader_.Peek();
  if (name.empty() && (kind == 0x7f || kind == 0x7e) && features_.has(Feature::CompactImports)) {
    reader_.U8();
    const uint32_t before = static_cast<uint32_t>(module_->imports.size());
    ReadImportGroup(module, /*has_shared_type=*/kind == 0x7e);
    if (before == module_->imports.size()) {
      module_->empty_import_groups.push_back(
          {before, {static_cast<uint32_t>(start), static_cast<uint32_t>(reader_.offset() - start)}});
    }
    return;
  }
  const ExternDesc type = ReadExternType();
  AddImplicitInstance(module, start);
  AddHeaderItem(HeaderKind::Import, module_->imports.size(), start);
  AddImport(module, name, type, ImportForm::Single, false);
}

// Compact import section: several items of one module, each with its type or all of one type.
void SectionReader::ReadImportGroup(std::string_view module, bool has_shared_type) {
  ExternDesc shared;
  if (has_shared_type) shared = ReadExternType();
  const uint32_t count = reader_.U32();
  for (uint32_t i = 0; i < count && ok(); ++i) {
    const uint64_t at = reader_.offset();
    const std::string_view name = ReadName();
    AddImplicitInstance(module, at);
    AddHeaderItem(HeaderKind::Import, module_->imports.size(), at);
    if (has_shared_type) {
      AddImport(module, name, shared, ImportForm::GroupItemSharedType, i == 0);
    } else {
      const ExternDesc type = ReadExternType();
      AddImport(module, name, type, ImportForm::GroupItem, i == 0);
    }
  }
}

void SectionReader::ReadFuncs() {
  ReadItems(limits::kFuncs, module_->funcs.size(), [this](uint32_t left) {
    if (item_ == 0) Reserve(&module_->funcs, left, 1);
    module_->funcs.push_back({reader_.U32(), {}});
  });
}

void SectionReader::ReadTables() {
  ReadItems(limits::kTables, module_->tables.size(), [this](uint32_t) { ReadTable(); });
}

void SectionReader::ReadTable() {
  Table table;
  const uint64_t at = reader_.offset();
  if (reader_.Peek() == 0x40) {
    reader_.U8();
    if (!features_.has(Feature::FunctionReferences))
      fault_.Set(ErrorId::MalformedRefType, at, 0x40, Feature::FunctionReferences);
    const uint64_t zero_at = reader_.offset();
    if (const uint8_t zero = reader_.U8(); zero != 0) fault_.Set(ErrorId::ZeroByteExpected, zero_at, zero);
    table.has_init_form = true;
  }
  table.type = types().ReadTableType();
  if (table.has_init_form && ok()) table.init = ReadConstExpr();
  module_->tables.push_back(table);
}

void SectionReader::ReadMemories() {
  ReadItems(limits::kMemories, module_->memories.size(),
            [this](uint32_t) { module_->memories.push_back({types().ReadMemoryType()}); });
}

void SectionReader::ReadTags() {
  ReadItems(limits::kTags, module_->tags.size(),
            [this](uint32_t) { module_->tags.push_back({types().ReadTagType()}); });
}

void SectionReader::ReadGlobals() {
  ReadItems(limits::kGlobals, module_->globals.size(), [this](uint32_t left) {
    if (item_ == 0) Reserve(&module_->globals, left, 4);
    Global global;
    global.type = types().ReadGlobalType();
    if (ok()) global.init = ReadConstExpr();
    module_->globals.push_back(global);
  });
}

void SectionReader::ReadExports() {
  ReadItems(limits::kExports, 0, [this](uint32_t left) {
    if (item_ == 0) Reserve(&module_->exports, left, 3);
    const std::string_view name = ReadName();
    const uint64_t at = reader_.offset();
    const uint8_t kind = reader_.U8();
    if (kind > 6) fault_.Set(ErrorId::MalformedExportKind, at, kind);
    if (kind > 4 && !links()) fault_.Set(ErrorId::MalformedExportKind, at, kind, Feature::ModuleLinking);
    if (kind == 4 && !features_.has(Feature::Exceptions))
      fault_.Set(ErrorId::MalformedExportKind, at, kind, Feature::Exceptions);
    module_->exports.push_back({name, static_cast<ExternKind>(kind), reader_.U32()});
  });
}

void SectionReader::ReadStart() { module_->start = reader_.U32(); }

void SectionReader::ReadDataCount() {
  module_->has_data_count = true;
  module_->data_count = reader_.U32();
}

void SectionReader::ReadCode() {
  ReadItems(limits::kFuncs, 0, [this](uint32_t) {
    const uint64_t at = reader_.offset();
    const uint32_t size = reader_.U32();
    if (!reader_.ok()) return;
    if (size > limits::kFuncSize && size <= reader_.remaining()) {
      Fail(MakeError(ErrorId::OverLimit, at, fmt::format("function of {} bytes, at most {}", size, limits::kFuncSize)));
      return;
    }
    const ByteRange body{static_cast<uint32_t>(reader_.offset()), size};
    reader_.Bytes(size);
    // A body without a function is counted, and refused at the end of the module.
    const size_t func = size_t{module_->imported_funcs} + code_count_++;
    if (ok() && func < module_->funcs.size()) module_->funcs[func].body = body;
  });
}

}  // namespace gantry::wasm::binary
