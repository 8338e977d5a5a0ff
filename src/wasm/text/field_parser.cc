// Second pass over a module: fields to sections. Segments are in segment_parser.cc.
#include "wasm/binary/encoder.h"
#include "wasm/text/module_parser.h"

namespace gantry::wasm::text {

bool ModuleParser::Parse(const Binder& name) {
  const uint32_t begin = in_.index();
  name_ = name.name;
  identifier_ = name.identifier;
  if (!(links_ ? ScanLinking() : Scan())) return false;
  const uint32_t end = in_.index();
  if ((links_ && !EmitHeader(HeaderPass::Emit)) || !EmitFields() ||
      !ReadModuleAnnotations(&in_, begin, end, spans_, &customs_))
    return false;
  in_.Seek(end);
  return true;
}

bool ModuleParser::EmitFields() {
  for (const Field& field : fields_) {
    in_.Seek(field.token);
    if (field.kind == Keyword::Type && !types_.ParseTypeDefinition()) return false;
    if (field.kind == Keyword::Rec && !types_.ParseRecGroup()) return false;
  }
  for (const Field& field : fields_) {
    if (!EmitField(field)) return false;
  }
  if (links_) {
    FlushTypes();
    SortExports();
  }
  return true;
}

bool ModuleParser::EmitField(const Field& field) {
  if (field.kind == Keyword::Type || field.kind == Keyword::Rec) return true;
  in_.Seek(field.token + 2);
  bool ok = false;
  switch (field.kind) {
    case Keyword::Func:
      ok = ParseFunc(field.index);
      break;
    case Keyword::Table:
      ok = ParseTable(field.index);
      break;
    case Keyword::Memory:
      ok = ParseMemory(field.index);
      break;
    case Keyword::Global:
      ok = ParseGlobal(field.index);
      break;
    case Keyword::Tag:
      ok = ParseTag(field.index);
      break;
    case Keyword::Import:
      ok = ParseImport(field.index);
      break;
    case Keyword::Export:
      ok = ParseExport();
      break;
    case Keyword::Start:
      ok = ParseStart();
      break;
    case Keyword::Elem:
      ok = ParseElem();
      break;
    default:
      ok = ParseData();
      break;
  }
  return ok && in_.ExpectRight();
}

bool ModuleParser::ReadInlineExports(Space space, uint32_t index) {
  Binder binder;  // defined by the scan
  if (!in_.ReadBinder(&binder, "field")) return false;
  // An export with an item is a field of a nested module.
  while (in_.AtLeft(Keyword::Export) && (space != Space::Module || in_.Peek(3).kind == TokenKind::RightParen)) {
    in_.Skip(2);
    const uint32_t token = in_.index();
    std::string_view name;
    if (!in_.ReadName(&name) || !in_.ExpectRight()) return false;
    AddExport(name, space, index, token);
  }
  return true;
}

void ModuleParser::PutImportNames(std::string_view module, std::optional<std::string_view> name, ByteWriter* out) {
  constexpr uint8_t kSingleLevel = 0xff;
  out->Name(module);
  out->Name(name.value_or(""));
  if (!name) out->U8(kSingleLevel);
}

bool ModuleParser::TakeInlineImport(Space space, bool* is_import) {
  *is_import = in_.TakeLeft(Keyword::Import);
  if (!*is_import) return true;
  std::string_view module;
  std::optional<std::string_view> name;
  if (!in_.ReadName(&module)) return false;
  const bool is_single_level = links_ && in_.Peek().kind == TokenKind::RightParen;
  if ((!is_single_level && !in_.ReadName(&name.emplace())) || !in_.ExpectRight()) return false;
  Section& imports = SectionOf(SectionSlot::Import);
  PutImportNames(module, name, &imports.bytes);
  imports.bytes.U8(KindByte(space));
  ++imports.count;
  return true;
}

// The type of an import, as it stands after the identifier. `func`: of a function; kNone inside a type, where
// parameters have no names.
bool ModuleParser::ReadTypeOf(Space space, uint32_t func, ByteWriter* out) {
  binary::Encoder encoder(out);
  switch (space) {
    case Space::Func:
    case Space::Tag: {
      uint32_t type;
      const bool has_names = space == Space::Func && func != kNone;
      if (has_names) symbols_.BeginFunction(func);
      const ParamNames names = has_names ? ParamNames::Locals : ParamNames::Ignored;
      if (!types_.ReadTypeUse(&type_use_, names) || !types_.ResolveTypeUse(type_use_, &type)) return false;
      if (space == Space::Tag) out->U8(0);  // attribute: exception
      out->U32(type);
      return true;
    }
    case Space::Table: {
      TableType type;
      if (!types_.ReadTableType(&type)) return false;
      encoder.Table(type);
      return true;
    }
    case Space::Memory: {
      MemoryType type;
      if (!types_.ReadMemoryType(&type)) return false;
      encoder.Memory(type);
      return true;
    }
    case Space::Module:
    case Space::Instance: {
      uint32_t type;
      if (!ReadLinkTypeUse(space == Space::Module, &type)) return false;
      out->U32(type);
      return true;
    }
    default: {
      GlobalType type;
      if (!types_.ReadGlobalType(&type)) return false;
      encoder.Global(type);
      return true;
    }
  }
}

bool ModuleParser::ParseFunc(uint32_t index) {
  bool is_import;
  if (!ReadInlineExports(Space::Func, index) || !TakeInlineImport(Space::Func, &is_import)) return false;
  if (is_import) return ReadTypeOf(Space::Func, index, &SectionOf(SectionSlot::Import).bytes);
  Section& funcs = SectionOf(SectionSlot::Func);
  if (!ReadTypeOf(Space::Func, index, &funcs.bytes)) return false;
  ++funcs.count;
  if (!ReadLocals() || !ParseFuncBody()) return false;
  if (body_hints_.empty()) return true;
  hints_.bytes.U32(index);
  hints_.bytes.U32(static_cast<uint32_t>(body_hints_.size()));
  for (const BranchHint& hint : body_hints_) {
    hints_.bytes.U32(hint.offset);
    hints_.bytes.U32(1);  // size of the value
    hints_.bytes.U8(hint.value);
  }
  ++hints_.count;
  return true;
}

bool ModuleParser::ReadLocals() {
  locals_.clear();
  while (in_.TakeLeft(Keyword::Local)) {
    if (!in_.AtBinder()) {
      const size_t before = locals_.size();
      if (!types_.ReadValTypes(&locals_)) return false;
      symbols_.DefineAnonymousLocals(static_cast<uint32_t>(locals_.size() - before));
      continue;
    }
    Binder binder;
    ValType type;
    if (!in_.ReadBinder(&binder, "local") || !types_.ReadValType(&type) || !in_.ExpectRight() ||
        !symbols_.DefineLocal(binder)) {
      return false;
    }
    locals_.push_back(type);
  }
  return true;
}

// Locals in runs of one type, then the code.
bool ModuleParser::ParseFuncBody() {
  body_.Clear();
  body_hints_.clear();
  const auto run_end = [this](size_t i) {
    size_t end = i;
    while (end < locals_.size() && locals_[end] == locals_[i]) ++end;
    return end;
  };
  uint32_t runs = 0;
  for (size_t i = 0; i < locals_.size(); i = run_end(i)) ++runs;
  body_.U32(runs);
  binary::Encoder encoder(&body_);
  for (size_t i = 0; i < locals_.size(); i = run_end(i)) {
    body_.U32(static_cast<uint32_t>(run_end(i) - i));
    encoder.Value(locals_[i]);
  }
  if (!instrs_.ParseBody(&body_, &body_hints_)) return false;
  Section& code = SectionOf(SectionSlot::Code);
  code.bytes.U32(static_cast<uint32_t>(body_.size()));
  code.bytes.Bytes(body_.view());
  ++code.count;
  return true;
}

bool ModuleParser::ParseTable(uint32_t index) {
  bool is_import;
  if (!ReadInlineExports(Space::Table, index) || !TakeInlineImport(Space::Table, &is_import)) return false;
  if (is_import) return ReadTypeOf(Space::Table, 0, &SectionOf(SectionSlot::Import).bytes);
  Section& tables = SectionOf(SectionSlot::Table);
  ++tables.count;
  binary::Encoder encoder(&tables.bytes);
  TableType type;
  const uint32_t start = in_.index();
  type.is_64 = types_.TakeAddressType();
  if (types_.AtRefType()) {
    if (!types_.ReadRefType(&type.element) || !ParseTableElems(index, &type)) return false;
    encoder.Table(type);
    return true;
  }
  in_.Seek(start);
  if (!types_.ReadTableType(&type)) return false;
  if (in_.Peek().kind == TokenKind::RightParen) {
    encoder.Table(type);
    return true;
  }
  encoder.Byte(0x40);  // with an initializer
  encoder.Byte(0x00);
  encoder.Table(type);
  return instrs_.ParseExpr(&tables.bytes);
}

bool ModuleParser::ParseMemory(uint32_t index) {
  bool is_import;
  if (!ReadInlineExports(Space::Memory, index) || !TakeInlineImport(Space::Memory, &is_import)) return false;
  if (is_import) return ReadTypeOf(Space::Memory, 0, &SectionOf(SectionSlot::Import).bytes);
  Section& memories = SectionOf(SectionSlot::Memory);
  ++memories.count;
  MemoryType type;
  const uint32_t start = in_.index();
  type.is_64 = types_.TakeAddressType();
  const bool is_inline = in_.AtLeft(Keyword::Data) || in_.AtLeft(Keyword::PageSize);
  if (!is_inline) {
    in_.Seek(start);
    if (!types_.ReadMemoryType(&type)) return false;
    binary::Encoder(&memories.bytes).Memory(type);
    return true;
  }
  // `(data ...)` in place of limits: as many pages as the bytes need.
  if (!types_.ReadPageSize(&type)) return false;
  if (!in_.TakeLeft(Keyword::Data)) return in_.Unexpected("`(data`");
  std::string bytes;
  in_.TakeStrings(&bytes);
  if (!in_.ExpectRight()) return false;
  const uint64_t page = type.page_size();
  type.limits.min = bytes.size() / page + (bytes.size() % page != 0);
  type.limits.max = type.limits.min;
  binary::Encoder(&memories.bytes).Memory(type);

  Section& datas = SectionOf(SectionSlot::Data);
  datas.bytes.U8(index == 0 ? 0 : 2);
  if (index != 0) datas.bytes.U32(index);
  datas.bytes.U8(static_cast<uint8_t>(InfoOf(type.is_64 ? Op::I64Const : Op::I32Const).code));
  datas.bytes.U8(0);
  datas.bytes.U8(static_cast<uint8_t>(InfoOf(Op::End).code));
  datas.bytes.Name(bytes);
  ++datas.count;
  return true;
}

bool ModuleParser::ParseGlobal(uint32_t index) {
  bool is_import;
  if (!ReadInlineExports(Space::Global, index) || !TakeInlineImport(Space::Global, &is_import)) return false;
  if (is_import) return ReadTypeOf(Space::Global, 0, &SectionOf(SectionSlot::Import).bytes);
  Section& globals = SectionOf(SectionSlot::Global);
  ++globals.count;
  return ReadTypeOf(Space::Global, 0, &globals.bytes) && instrs_.ParseExpr(&globals.bytes);
}

bool ModuleParser::ParseTag(uint32_t index) {
  bool is_import;
  if (!ReadInlineExports(Space::Tag, index) || !TakeInlineImport(Space::Tag, &is_import)) return false;
  Section& section = SectionOf(is_import ? SectionSlot::Import : SectionSlot::Tag);
  if (!is_import) ++section.count;
  return ReadTypeOf(Space::Tag, 0, &section.bytes);
}

bool ModuleParser::ParseImport(uint32_t next_func) {
  std::string_view module;
  std::optional<std::string_view> name;
  if (!in_.ReadName(&module)) return false;
  Section& imports = SectionOf(SectionSlot::Import);
  ++imports.count;
  const bool is_single_level = links_ && in_.Peek().kind == TokenKind::LeftParen && !in_.AtLeft(Keyword::Item);
  if (in_.Peek().kind != TokenKind::String && !is_single_level) return ParseImportGroup(module, next_func);
  Space space;
  Binder binder;
  if ((!is_single_level && !in_.ReadName(&name.emplace())) || !in_.ExpectLeft() || !ReadExternKind(&space) ||
      !in_.ReadBinder(&binder, SpaceName(space)))
    return false;
  PutImportNames(module, name, &imports.bytes);
  imports.bytes.U8(KindByte(space));
  return ReadTypeOf(space, next_func, &imports.bytes) && in_.ExpectRight();
}

// After the module's name; the scan has checked that items are alike.
bool ModuleParser::ParseImportGroup(std::string_view module, uint32_t next_func) {
  constexpr uint8_t kEachWithType = 0x7f, kOneType = 0x7e;
  ByteWriter items;
  uint32_t count = 0;
  bool has_types = false;
  for (; in_.TakeLeft(Keyword::Item); ++count) {
    std::string_view name;
    if (!in_.ReadName(&name)) return false;
    items.Name(name);
    if (in_.Peek().kind == TokenKind::LeftParen) {
      has_types = true;
      Space space;
      Binder binder;
      in_.Skip();
      if (!ReadExternKind(&space) || !in_.ReadBinder(&binder, SpaceName(space))) return false;
      items.U8(KindByte(space));
      if (!ReadTypeOf(space, next_func, &items) || !in_.ExpectRight()) return false;
      if (space == Space::Func) ++next_func;
    }
    if (!in_.ExpectRight()) return false;
  }
  Section& imports = SectionOf(SectionSlot::Import);
  imports.bytes.Name(module);
  imports.bytes.Name("");
  const bool is_shared = in_.Peek().kind == TokenKind::LeftParen;
  if (is_shared && has_types) return in_.Unexpected("`)`: the items have types of their own");
  imports.bytes.U8(is_shared ? kOneType : kEachWithType);
  if (is_shared) {
    Space space;
    in_.Skip();
    if (!ReadExternKind(&space)) return false;
    imports.bytes.U8(KindByte(space));
    if (!ReadTypeOf(space, next_func, &imports.bytes) || !in_.ExpectRight()) return false;
  }
  imports.bytes.U32(count);
  imports.bytes.Bytes(items.view());
  return true;
}

bool ModuleParser::ParseExport() {
  const uint32_t token = in_.index();
  std::string_view name;
  Space space;
  uint32_t index;
  if (!in_.ReadName(&name) || !ReadItem(&space, &index)) return false;
  AddExport(name, space, index, token);
  return true;
}

bool ModuleParser::ReadItem(Space* space, uint32_t* index) {
  if (const Symbols::InlineRef* ref = symbols_.InlineAt()) {
    *space = ref->space;
    if (!IsExtern(*space)) return UnexpectedKind(in_.Peek(1));  // a type
    return symbols_.ReadIndex(*space, index);
  }
  return in_.ExpectLeft() && ReadExternKind(space) && symbols_.ReadIndex(*space, index) && in_.ExpectRight();
}

bool ModuleParser::ParseStart() {
  const Token& keyword = in_.At(in_.index() - 1);
  if (has_start_) return in_.Fail(ErrorId::MultipleStarts, keyword);
  has_start_ = true;
  uint32_t index;
  if (!symbols_.ReadIndex(Space::Func, &index)) return false;
  SectionOf(SectionSlot::Start).bytes.U32(index);
  return true;
}

}  // namespace gantry::wasm::text
