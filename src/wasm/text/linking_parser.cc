// Module linking, the header of a module to sections. It is gone through twice: in the first pass everything gets its
// index, which depends on the types that type uses add on the way; the second, with all names known, gives the bytes.
#include <algorithm>
#include <memory>

#include "wasm/limits.h"
#include "wasm/text/literals.h"
#include "wasm/text/module_parser.h"

namespace gantry::wasm::text {

namespace {

constexpr uint8_t kTypeSection = 1, kImportSection = 2, kModuleSection = 14, kInstanceSection = 15, kAliasSection = 16;
constexpr uint8_t kModuleType = 0x61, kInstanceType = 0x62;

}  // namespace

// ---- sections ----

void ModuleParser::AddHeaderItem(uint8_t section, std::span<const uint8_t> item, uint32_t count) {
  if (section != kTypeSection) FlushTypes();
  if (header_sections_.empty() || header_sections_.back().id != section) header_sections_.push_back({section, {}});
  Section& last = header_sections_.back().section;
  last.bytes.Bytes(item);
  last.count += count;
}

// Types that have been parsed since come before what needs them.
void ModuleParser::FlushTypes() {
  if (!is_interleaved_ || types_.section_count() == 0) return;
  AddHeaderItem(kTypeSection, types_.section().view(), types_.section_count());
  types_.ClearSection();
}

void ModuleParser::FlushImports() {
  Section& imports = SectionOf(SectionSlot::Import);
  if (!is_interleaved_ || imports.count == 0) return;
  AddHeaderItem(kImportSection, imports.bytes.view(), imports.count);
  imports = {};
}

void ModuleParser::WriteHeader(ByteWriter* out) {
  for (const HeaderSection& header : header_sections_) {
    ByteWriter count;
    count.U32(header.section.count);
    out->U8(header.id);
    out->U32(static_cast<uint32_t>(count.size() + header.section.bytes.size()));
    out->Bytes(count.view());
    out->Bytes(header.section.bytes.view());
  }
}

void ModuleParser::AddExport(std::string_view name, Space space, uint32_t index, uint32_t token) {
  Section& exports = SectionOf(SectionSlot::Export);
  ByteWriter entry;
  ByteWriter* out = links_ ? &entry : &exports.bytes;
  out->Name(name);
  out->U8(KindByte(space));
  out->U32(index);
  if (links_) {
    exports_.emplace_back(token, std::move(entry));
  } else {
    ++exports.count;
  }
}

// The header is parsed before other fields; exports stand in textual order all the same.
void ModuleParser::SortExports() {
  std::ranges::sort(exports_, {}, [](const auto& entry) { return entry.first; });
  Section& exports = SectionOf(SectionSlot::Export);
  for (const auto& [token, entry] : exports_) exports.bytes.Bytes(entry.view());
  exports.count += static_cast<uint32_t>(exports_.size());
}

// ---- fields ----

bool ModuleParser::EmitHeader(HeaderPass pass) {
  types_.Reset();
  header_sections_.clear();
  exports_.clear();
  SectionOf(SectionSlot::Import) = {};
  implicit_instances_.clear();
  const uint32_t end = in_.index();
  for (HeaderEntry& entry : header_) {
    if (entry.kind == HeaderEntry::Kind::Injected) {
      if (!EmitInjected(&injected_[entry.index], pass)) return false;
      continue;
    }
    in_.Seek(entry.token);
    if (!EmitHeaderField(&entry, pass)) return false;
    FlushTypes();
    FlushImports();
  }
  in_.Seek(end);
  return true;
}

bool ModuleParser::EmitHeaderField(HeaderEntry* entry, HeaderPass pass) {
  switch (entry->keyword) {
    case Keyword::Type:
      return ParseHeaderType(pass);
    case Keyword::Rec:
      if (pass == HeaderPass::Define) {
        in_.Skip(2);
        if (!ScanRecGroup()) return false;
        in_.Seek(entry->token);
      }
      return types_.ParseRecGroup();
    case Keyword::Import:
      return ParseHeaderImport(entry, pass);
    case Keyword::Alias:
      return ParseAliasField(entry, pass);
    default:
      return ParseHeaderEntity(*SpaceOf(in_.At(entry->token + 1)), entry, pass);
  }
}

// At `(type`.
bool ModuleParser::ParseHeaderType(HeaderPass pass) {
  const uint32_t start = in_.index();
  in_.Skip(2);
  Binder binder;
  uint32_t index;
  if (!in_.ReadBinder(&binder, "type")) return false;
  const bool is_module = in_.AtLeft(Keyword::Module);
  if (!is_module && !in_.AtLeft(Keyword::Instance)) {
    if (pass == HeaderPass::Define && !symbols_.Define(Space::Type, binder, &index)) return false;
    in_.Seek(start);
    return types_.ParseTypeDefinition();
  }
  in_.Skip(2);
  ByteWriter definition;
  if (!ReadLinkType(is_module, &definition) || !in_.ExpectRight() || !in_.ExpectRight()) return false;
  types_.AddLinkType(definition);
  return pass == HeaderPass::Emit || symbols_.Define(Space::Type, binder, &index);
}

void ModuleParser::DefineImplicitInstance(std::string_view module) {
  if (implicit_instances_.emplace(module).second) symbols_.DefineAnonymous(Space::Instance);
}

// At `(import`.
bool ModuleParser::ParseHeaderImport(HeaderEntry* entry, HeaderPass pass) {
  in_.Skip(2);
  if (pass == HeaderPass::Define) {
    entry->index = symbols_.CountOf(Space::Func);
    const uint32_t start = in_.index();
    if (!ScanImport()) return false;
    in_.Seek(start);
  }
  return ParseImport(entry->index) && in_.ExpectRight();
}

// At `(func`, `(module`, ...: an import written inside, a nested module or an instance.
bool ModuleParser::ParseHeaderEntity(Space space, HeaderEntry* entry, HeaderPass pass) {
  const bool is_import = HasInlineImport(entry->token);
  in_.Skip(2);
  if (pass == HeaderPass::Define) {
    const uint32_t start = in_.index();
    Binder binder;
    if (!in_.ReadBinder(&binder, SpaceName(space))) return false;
    if (is_import) {
      while (in_.AtLeft(Keyword::Export)) in_.Seek(in_.Peek().extra + 1);
      std::string_view module;
      in_.Skip(2);
      if (!in_.ReadName(&module)) return false;
      if (in_.Peek().kind == TokenKind::String) DefineImplicitInstance(module);
    }
    if (!symbols_.Define(space, binder, &entry->index)) return false;
    in_.Seek(start);
    if (!is_import) return true;
  }
  if (is_import) {
    bool is_there;
    return ReadInlineExports(space, entry->index) && TakeInlineImport(space, &is_there) &&
           ReadTypeOf(space, entry->index, &SectionOf(SectionSlot::Import).bytes) && in_.ExpectRight();
  }
  const uint32_t binder_token = in_.index();
  if (!ReadInlineExports(space, entry->index)) return false;
  ByteWriter item;
  if (space == Space::Instance) {
    if (!ParseInstantiate(&item) || !in_.ExpectRight()) return false;
    AddHeaderItem(kInstanceSection, item.view());
    return true;
  }
  if (!ParseNestedModule(binder_token, &item)) return false;
  AddHeaderItem(kModuleSection, item.view());
  return in_.ExpectRight();
}

// At the first field, with the module's name at `binder_token`.
bool ModuleParser::ParseNestedModule(uint32_t binder_token, ByteWriter* out) {
  const uint32_t fields = in_.index();
  in_.Seek(binder_token);
  Binder binder;
  if (!in_.ReadBinder(&binder, SpaceName(Space::Module))) return false;
  in_.Seek(fields);
  const auto nested = std::make_unique<ModuleParser>(&in_, options_, this);  // recursion: not on the stack
  if (!nested->Parse(binder)) return false;
  const std::vector<uint8_t> bytes = nested->Assemble();
  out->U32(static_cast<uint32_t>(bytes.size()));
  out->Bytes(bytes);
  return true;
}

// `(instantiate module (import "name" (kind item))*)`.
bool ModuleParser::ParseInstantiate(ByteWriter* out) {
  if (!in_.TakeLeft(Keyword::Instantiate)) return in_.Unexpected("`(instantiate` or `(import`");
  uint32_t module, count = 0;
  if (!symbols_.ReadIndex(Space::Module, &module)) return false;
  ByteWriter arguments;
  for (; in_.TakeLeft(Keyword::Import); ++count) {
    std::string_view name;
    Space space;
    uint32_t index;
    if (!in_.ReadName(&name) || !ReadItem(&space, &index) || !in_.ExpectRight()) return false;
    arguments.Name(name);
    arguments.U8(KindByte(space));
    arguments.U32(index);
  }
  out->U8(0x00);
  out->U32(module);
  out->U32(count);
  out->Bytes(arguments.view());
  return in_.ExpectRight();
}

// ---- aliases ----

// `outer module item`: both tokens are numbers, or names that modules further out know.
bool ModuleParser::ReadOuter(uint32_t module_token, uint32_t item_token, Space space, ByteWriter* out) {
  const Token& module = in_.At(module_token);
  const Token& item = in_.At(item_token);
  uint32_t depth = 0, index = 0;
  ModuleParser* target = parent_;
  if (module.kind == TokenKind::Nat) {
    const std::optional<uint64_t> number = ParseNat(in_.TextOf(module), 0xffffffffu);
    if (!number) return in_.Fail(ErrorId::I32OutOfRange, module, "a nesting depth");
    depth = static_cast<uint32_t>(*number);
    for (uint32_t i = 0; i < depth && target != nullptr; ++i) target = target->parent_;
  } else {
    std::string_view name;
    if (!in_.IdentifierAt(module, &name)) return false;
    while (target != nullptr && target->identifier_ != name) {
      target = target->parent_;
      ++depth;
    }
    if (target == nullptr)
      return in_.FailAbout(ErrorId::UnresolvedName, module, "outer module " + std::string(in_.TextOf(module)));
  }
  if (item.kind == TokenKind::Nat) {
    const std::optional<uint64_t> number = ParseNat(in_.TextOf(item), 0xffffffffu);
    if (!number) return in_.Fail(ErrorId::I32OutOfRange, item, SpaceName(space));
    index = static_cast<uint32_t>(*number);
  } else {
    std::string_view name;
    if (!in_.IdentifierAt(item, &name)) return false;
    const std::optional<uint32_t> found = target == nullptr ? std::nullopt : target->symbols_.Find(space, name);
    if (!found)
      return in_.FailAbout(ErrorId::UnresolvedName, item,
                           std::string(SpaceName(space)) + " " + std::string(in_.TextOf(item)));
    index = *found;
  }
  out->U8(0x01);
  out->U32(depth);
  out->U8(KindByte(space));
  out->U32(index);
  return true;
}

bool ModuleParser::EmitInjected(InjectedAlias* alias, HeaderPass pass) {
  ByteWriter item;
  if (pass == HeaderPass::Define) {
    alias->index = symbols_.DefineAnonymous(alias->space);
    for (uint32_t use : alias->uses) symbols_.SetInlineIndex(use, alias->index);
  } else if (alias->is_outer) {
    if (!ReadOuter(alias->ref, alias->name, alias->space, &item)) return false;
  } else {
    uint32_t instance;
    if (alias->from != kNone) {
      instance = injected_[alias->from].index;
    } else {
      in_.Seek(alias->ref);
      if (!symbols_.ReadIndex(Space::Instance, &instance)) return false;
    }
    std::string_view name;
    in_.Seek(alias->name);
    if (!in_.ReadName(&name)) return false;
    item.U8(0x00);
    item.U32(instance);
    item.U8(KindByte(alias->space));
    item.Name(name);
  }
  if (alias->space == Space::Type) types_.AddOuterType();
  AddHeaderItem(kAliasSection, item.view());
  return true;
}

// `(alias instance "name" (kind $id?))` or `(alias outer module item (kind $id?))`.
bool ModuleParser::ParseAliasField(HeaderEntry* entry, HeaderPass pass) {
  in_.Skip(2);
  ByteWriter item;
  const bool is_outer = in_.Take(Keyword::Outer);
  std::string_view name;
  uint32_t instance = 0, outer = 0;
  if (is_outer) {
    outer = in_.index();
    for (int i = 0; i < 2; ++i) {
      if (in_.Peek().kind != TokenKind::Nat && in_.Peek().kind != TokenKind::Identifier) {
        return in_.Unexpected("the index or identifier of an outer item");
      }
      in_.Skip();
    }
  } else {
    if (!symbols_.ReadIndex(Space::Instance, &instance) || !in_.ReadName(&name)) return false;
  }
  if (!in_.ExpectLeft()) return false;
  Space space;
  if (is_outer && in_.Take(Keyword::Type)) {
    space = Space::Type;
  } else if (!ReadExternKind(&space)) {
    return false;
  }
  Binder binder;
  if (!in_.ReadBinder(&binder, SpaceName(space)) || !in_.ExpectRight() || !in_.ExpectRight()) return false;
  if (pass == HeaderPass::Define && !symbols_.Define(space, binder, &entry->index)) return false;
  if (is_outer) {
    if (pass == HeaderPass::Emit && !ReadOuter(outer, outer + 1, space, &item)) return false;
  } else {
    item.U8(0x00);
    item.U32(instance);
    item.U8(KindByte(space));
    item.Name(name);
  }
  if (space == Space::Type) types_.AddOuterType();
  AddHeaderItem(kAliasSection, item.view());
  return true;
}

// ---- types ----

// `(type $t)`, or the type's contents.
bool ModuleParser::ReadLinkTypeUse(bool is_module, uint32_t* type) {
  if (symbols_.InlineAt() != nullptr) return symbols_.ReadIndex(Space::Type, type);
  if (in_.TakeLeft(Keyword::Type)) return symbols_.ReadIndex(Space::Type, type) && in_.ExpectRight();
  ByteWriter definition;
  if (!ReadLinkType(is_module, &definition)) return false;
  *type = types_.FindOrAddLinkType(definition);
  return true;
}

// `(import ...)* (export ...)*` up to a `)`, which stays.
bool ModuleParser::ReadLinkType(bool is_module, ByteWriter* out) {
  if (++type_nesting_ > limits::kTypeNesting) {
    return in_.Fail(ErrorId::OverLimit, in_.Peek(),
                    is_module ? "module type nesting too deep" : "instance type nesting too deep");
  }
  out->U8(is_module ? kModuleType : kInstanceType);
  std::string_view name;
  if (is_module) {
    ByteWriter imports;
    uint32_t count = 0;
    for (; in_.TakeLeft(Keyword::Import); ++count) {
      std::optional<std::string_view> second;
      if (!in_.ReadName(&name)) return false;
      if (in_.Peek().kind == TokenKind::String && !in_.ReadName(&second.emplace())) return false;
      PutImportNames(name, second, &imports);
      if (!ReadLinkItem(&imports) || !in_.ExpectRight()) return false;
    }
    out->U32(count);
    out->Bytes(imports.view());
  }
  ByteWriter exports;
  uint32_t count = 0;
  for (; in_.TakeLeft(Keyword::Export); ++count) {
    if (!in_.ReadName(&name)) return false;
    exports.Name(name);
    if (!ReadLinkItem(&exports) || !in_.ExpectRight()) return false;
  }
  out->U32(count);
  out->Bytes(exports.view());
  --type_nesting_;
  if (in_.AtLeft(Keyword::Import) && is_module) return in_.Unexpected("an export or `)`: imports come first");
  return in_.Peek().kind == TokenKind::RightParen ||
         in_.Unexpected(is_module ? "an import, an export or `)`" : "an export or `)`");
}

// `(kind $id? type)`; the name means nothing.
bool ModuleParser::ReadLinkItem(ByteWriter* out) {
  Space space;
  Binder binder;
  if (!in_.ExpectLeft() || !ReadExternKind(&space) || !in_.ReadBinder(&binder, SpaceName(space))) return false;
  out->U8(KindByte(space));
  return ReadTypeOf(space, kNone, out) && in_.ExpectRight();
}

}  // namespace gantry::wasm::text
