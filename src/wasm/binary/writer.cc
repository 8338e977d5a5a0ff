#include "wasm/binary/writer.h"

#include <algorithm>

#include "wasm/binary/body_writer.h"
#include "wasm/binary/branch_hints.h"
#include "wasm/binary/name_section.h"
#include "wasm/linking.h"

namespace gantry::wasm::binary {

namespace {

enum SectionId : uint8_t {
  kCustom,
  kType,
  kImport,
  kFunction,
  kTable,
  kMemory,
  kGlobal,
  kExport,
  kStart,
  kElem,
  kCode,
  kData,
  kDataCount,
  kTag,
  kModule,
  kInstance,
  kAlias,
};

// The order of known sections in a module (spec 5.5.17).
constexpr uint8_t kOrder[] = {kType,   kImport, kFunction, kTable,     kMemory, kTag, kGlobal,
                              kExport, kStart,  kElem,     kDataCount, kCode,   kData};

constexpr bool IsHeader(uint8_t id) { return id == kType || id == kImport || (id >= kModule && id <= kAlias); }

constexpr uint8_t kPreamble[] = {0x00, 'a', 's', 'm', 0x01, 0x00, 0x00, 0x00};
constexpr uint8_t kRecGroup = 0x4e, kSubFinal = 0x4f, kSub = 0x50;
constexpr uint8_t kModuleType = 0x61, kInstanceType = 0x62, kSingleLevel = 0xff;
constexpr uint8_t kFuncType = 0x60, kStructType = 0x5f, kArrayType = 0x5e;
constexpr uint8_t kGroupOfItems = 0x7f, kGroupOfNames = 0x7e;  // after an empty name (compact import section)
constexpr uint8_t kTableWithInit = 0x40, kElemKindFunc = 0x00, kTagAttribute = 0x00;

class ModuleWriter {
 public:
  ModuleWriter(const Module& module, Encoding encoding) : m_(module), canonical_(encoding == Encoding::Canonical) {}

  std::vector<uint8_t> Write() {
    if (canonical_) {
      WriteCanonical();
    } else {
      WriteAsRead();
    }
    return bytes_.Take();
  }

 private:
  void WriteAsRead() {
    out_.FollowTemplate(m_.Bytes(m_.extent));
    out_.Bytes(kPreamble);
    size_t next_custom = 0;
    std::span<const HeaderItem> items;
    if (m_.linking != nullptr) items = m_.linking->items;
    for (const SectionRange& section : m_.sections) {
      out_.Byte(section.id);
      const Encoder::SizeMark mark = out_.BeginSized();
      out_.FollowTemplate(m_.bytes->view().subspan(section.range.offset));
      if (section.id == kCustom) {
        WriteCustom(m_.customs[next_custom++]);
      } else if (m_.linking != nullptr && IsHeader(section.id)) {
        size_t count = 0;
        const uint32_t index = static_cast<uint32_t>(&section - m_.sections.data());
        while (count < items.size() && items[count].section == index) ++count;
        WriteItems(section.id, items.first(count), section.range);
        items = items.subspan(count);
      } else {
        WriteSection(section.id);
      }
      out_.EndSized(mark);
    }
  }

  void WriteCanonical() {
    out_.Bytes(kPreamble);
    size_t next_custom = 0;
    WriteCustomsAfter(kCustom, &next_custom);
    const bool is_interleaved = IsInterleaved(m_);
    if (is_interleaved) WriteHeader();
    while (is_interleaved && next_custom < m_.customs.size() && IsHeader(m_.customs[next_custom].after)) {
      WriteCustomSection(m_.customs[next_custom++]);
    }
    for (uint8_t id : kOrder) {
      if (is_interleaved && IsHeader(id)) continue;
      if (!IsEmpty(id)) {
        out_.Byte(id);
        const Encoder::SizeMark mark = out_.BeginSized();
        WriteSection(id);
        out_.EndSized(mark);
      }
      WriteCustomsAfter(id, &next_custom);
    }
  }

  void WriteCustomsAfter(uint8_t id, size_t* next) {
    for (; *next < m_.customs.size() && m_.customs[*next].after == id; ++*next) WriteCustomSection(m_.customs[*next]);
  }

  void WriteCustomSection(const CustomSection& custom) {
    out_.Byte(kCustom);
    const Encoder::SizeMark mark = out_.BeginSized();
    WriteCustom(custom);
    out_.EndSized(mark);
  }

  // ---- the header of module linking ----

  static uint8_t SectionOf(const HeaderItem& item) {
    switch (item.kind) {
      case HeaderKind::RecGroup:
        return kType;
      case HeaderKind::Import:
      case HeaderKind::ImplicitInstance:
        return kImport;
      case HeaderKind::NestedModule:
        return kModule;
      case HeaderKind::Instance:
        return kInstance;
      case HeaderKind::Alias:
        return kAlias;
    }
    return kCustom;
  }

  // Neighbours of one kind share a section.
  void WriteHeader() {
    std::span<const HeaderItem> items = m_.linking->items;
    while (!items.empty()) {
      const uint8_t id = SectionOf(items[0]);
      size_t count = 1;
      while (count < items.size() && SectionOf(items[count]) == id) ++count;
      out_.Byte(id);
      const Encoder::SizeMark mark = out_.BeginSized();
      WriteItems(id, items.first(count), {});
      out_.EndSized(mark);
      items = items.subspan(count);
    }
  }

  // The contents of one section. `range`: as it was read, for groups without items, which have no canonical form here.
  void WriteItems(uint8_t id, std::span<const HeaderItem> items, ByteRange range) {
    if (id == kImport) return WriteImportItems(items, range);
    Count(items.size());
    for (const HeaderItem& item : items) {
      switch (item.kind) {
        case HeaderKind::RecGroup:
          WriteRecGroup(m_.rec_groups[item.index]);
          break;
        case HeaderKind::NestedModule:
          WriteNested(*m_.linking->nested[item.index]);
          break;
        case HeaderKind::Instance:
          WriteInstance(m_.linking->instances[item.index]);
          break;
        case HeaderKind::Alias:
          WriteAlias(m_.linking->aliases[item.index]);
          break;
        case HeaderKind::Import:
        case HeaderKind::ImplicitInstance:
          break;
      }
    }
  }

  void WriteImportItems(std::span<const HeaderItem> items, ByteRange range) {
    size_t first = kNone, end = 0;
    for (const HeaderItem& item : items) {
      if (item.kind != HeaderKind::Import) continue;
      first = std::min<size_t>(first, item.index);
      end = item.index + 1;
    }
    if (end == 0) first = 0;
    std::vector<EmptyImportGroup> empty;
    for (const EmptyImportGroup& group : m_.empty_import_groups) {
      if (group.bytes.offset >= range.offset && group.bytes.offset < range.end()) empty.push_back(group);
    }
    WriteImportRange(first, end, empty);
  }

  void WriteNested(const Module& nested) {
    const std::vector<uint8_t> bytes = WriteModule(nested, canonical_ ? Encoding::Canonical : Encoding::AsRead);
    const Encoder::SizeMark mark = out_.BeginSized();
    out_.Bytes(bytes);
    out_.EndSized(mark);
  }

  void WriteInstance(const Instantiation& instance) {
    out_.Byte(0x00);
    out_.U32(instance.module);
    Count(instance.arguments.size());
    for (const LinkArgument& argument : instance.arguments) {
      out_.Name(argument.name);
      out_.Byte(static_cast<uint8_t>(argument.kind));
      out_.U32(argument.index);
    }
  }

  void WriteAlias(const Alias& alias) {
    constexpr uint8_t kTypeKind = 7;
    out_.Byte(alias.form == AliasForm::Export ? 0x00 : 0x01);
    if (alias.form == AliasForm::Export) {
      out_.U32(alias.instance);
      out_.Byte(static_cast<uint8_t>(alias.kind));
      out_.Name(alias.name);
    } else {
      out_.U32(alias.depth);
      out_.Byte(alias.form == AliasForm::OuterType ? kTypeKind : static_cast<uint8_t>(ExternKind::Module));
      out_.U32(alias.outer_index);
    }
  }

  void WriteLinkType(const LinkType& type, bool is_module) {
    out_.Byte(is_module ? kModuleType : kInstanceType);
    if (is_module) {
      Count(type.imports.size());
      for (const ImportDecl& import : type.imports) {
        out_.Name(import.module);
        out_.Name(import.name);
        if (!import.has_name) out_.Byte(kSingleLevel);
        WriteDesc(import.desc);
      }
    }
    Count(type.exports.size());
    for (const ExportDecl& item : type.exports) {
      out_.Name(item.name);
      WriteDesc(item.desc);
    }
  }

  void WriteDesc(const ExternDesc& desc) {
    out_.Byte(static_cast<uint8_t>(desc.kind));
    switch (desc.kind) {
      case ExternKind::Func:
      case ExternKind::Module:
      case ExternKind::Instance:
        return out_.U32(desc.type);
      case ExternKind::Table:
        return out_.Table(desc.table);
      case ExternKind::Memory:
        return out_.Memory(desc.memory);
      case ExternKind::Global:
        return out_.Global(desc.global);
      case ExternKind::Tag:
        return WriteTagType({desc.type});
    }
  }

  bool IsEmpty(uint8_t id) const {
    switch (id) {
      case kType:
        return m_.rec_groups.empty();
      case kImport:
        return m_.imports.empty() && m_.empty_import_groups.empty();
      case kFunction:
      case kCode:
        return m_.funcs.size() == m_.imported_funcs;
      case kTable:
        return m_.tables.size() == m_.imported_tables;
      case kMemory:
        return m_.memories.size() == m_.imported_memories;
      case kTag:
        return m_.tags.size() == m_.imported_tags;
      case kGlobal:
        return m_.globals.size() == m_.imported_globals;
      case kExport:
        return m_.exports.empty();
      case kStart:
        return m_.start == kNone;
      case kElem:
        return m_.elems.empty();
      case kDataCount:
        return !UsesDataSegments();
      case kData:
        return m_.datas.empty();
    }
    return true;
  }

  // Only instructions that name data segments need the data count (spec 5.5.16), wherever they stand.
  bool UsesDataSegments() const {
    std::vector<LocalRun> locals;
    for (const Func& func : m_.funcs) {
      InstrReader reader(m_.Bytes(func.body), func.body.offset, m_.features);
      if (func.body.size != 0 && reader.ReadLocals(&locals) && NamesDataSegment(&reader)) return true;
    }
    const auto in_expr = [&](ByteRange range) {
      InstrReader reader(m_.Bytes(range), range.offset, m_.features);
      return NamesDataSegment(&reader);
    };
    return std::ranges::any_of(m_.globals, in_expr, &Global::init) ||
           std::ranges::any_of(m_.tables, in_expr, &Table::init) ||
           std::ranges::any_of(m_.datas, in_expr, &DataSegment::offset) ||
           std::ranges::any_of(m_.elems, [&](const ElemSegment& elem) {
             return in_expr(elem.offset) || (elem.is_expr && in_expr(elem.items));
           });
  }

  static bool NamesDataSegment(InstrReader* reader) {
    Instr instr{};
    while (reader->Next(&instr)) {
      const ImmKind imm = instr.info().imm;
      if (imm == ImmKind::MemInit || imm == ImmKind::Data || imm == ImmKind::ArrayData) return true;
    }
    return false;
  }

  void WriteSection(uint8_t id) {
    switch (id) {
      case kType:
        return WriteTypes();
      case kImport:
        return WriteImports();
      case kFunction:
        return WriteFunctions();
      case kTable:
        return WriteTables();
      case kMemory:
        return WriteMemories();
      case kTag:
        return WriteTags();
      case kGlobal:
        return WriteGlobals();
      case kExport:
        return WriteExports();
      case kStart:
        return out_.U32(m_.start);
      case kElem:
        return WriteElems();
      case kDataCount:
        return out_.U32(canonical_ ? static_cast<uint32_t>(m_.datas.size()) : m_.data_count);
      case kCode:
        return WriteCode();
      case kData:
        return WriteDatas();
    }
  }

  void WriteCustom(const CustomSection& custom) {
    out_.Name(custom.name);
    if (canonical_) {
      out_.Bytes(CanonicalPayload(m_, custom));
    } else {
      out_.Bytes(m_.Bytes(custom.payload));
    }
  }

  void Count(size_t n) { out_.U32(static_cast<uint32_t>(n)); }

  void WriteTypes() {
    Count(m_.rec_groups.size());
    for (const RecGroup& group : m_.rec_groups) WriteRecGroup(group);
  }

  void WriteRecGroup(const RecGroup& group) {
    if (group.is_explicit) {
      out_.Byte(kRecGroup);
      out_.U32(group.count);
    }
    const LinkType* link_type = m_.linking == nullptr ? nullptr : m_.linking->FindType(group.first);
    if (link_type != nullptr) return WriteLinkType(*link_type, m_.types[group.first].kind == CompKind::Module);
    for (uint32_t i = 0; i < group.count; ++i) WriteSubType(m_.types[group.first + i]);
  }

  void WriteSubType(SubType type) {
    if (canonical_ && type.form == SubTypeForm::SubFinal && type.super == kNone) type.form = SubTypeForm::Plain;
    EncodeSubType(type, &out_);
  }

  void WriteImports() { WriteImportRange(0, m_.imports.size(), m_.empty_import_groups); }

  void WriteImportRange(size_t first, size_t last, std::span<const EmptyImportGroup> empty) {
    size_t entries = empty.size();
    for (size_t i = first; i < last; i = m_.EndOfImportEntry(i)) ++entries;
    Count(entries);
    size_t next_empty = 0;
    for (size_t i = first; i < last;) {
      WriteEmptyGroups(i, empty, &next_empty);
      const size_t end = m_.EndOfImportEntry(i);
      WriteImportEntry(i, end);
      i = end;
    }
    for (; next_empty < empty.size(); ++next_empty) out_.Bytes(m_.Bytes(empty[next_empty].bytes));
  }

  void WriteEmptyGroups(size_t before, std::span<const EmptyImportGroup> groups, size_t* next) {
    for (; *next < groups.size() && groups[*next].before == before; ++*next) out_.Bytes(m_.Bytes(groups[*next].bytes));
  }

  void WriteImportEntry(size_t first, size_t end) {
    const Import& head = m_.imports[first];
    out_.Name(head.module);
    switch (head.form) {
      case ImportForm::Single:
        out_.Name(head.name);
        if (!head.has_name) out_.Byte(kSingleLevel);
        return WriteDesc(DescOf(m_, head));
      case ImportForm::GroupItem:
        out_.Name("");
        out_.Byte(kGroupOfItems);
        Count(end - first);
        for (size_t i = first; i < end; ++i) {
          out_.Name(m_.imports[i].name);
          WriteDesc(DescOf(m_, m_.imports[i]));
        }
        return;
      case ImportForm::GroupItemSharedType:
        out_.Name("");
        out_.Byte(kGroupOfNames);
        WriteDesc(DescOf(m_, head));
        Count(end - first);
        for (size_t i = first; i < end; ++i) out_.Name(m_.imports[i].name);
        return;
    }
  }

  void WriteFunctions() {
    Count(m_.funcs.size() - m_.imported_funcs);
    for (size_t i = m_.imported_funcs; i < m_.funcs.size(); ++i) out_.U32(m_.funcs[i].type);
  }

  void WriteTables() {
    Count(m_.tables.size() - m_.imported_tables);
    for (size_t i = m_.imported_tables; i < m_.tables.size(); ++i) {
      const Table& table = m_.tables[i];
      // The text has no form for an initial value without instructions, which is never valid.
      const bool has_init = table.has_init_form && !(canonical_ && table.init.size == 1);
      if (has_init) {
        out_.Byte(kTableWithInit);
        out_.Byte(0x00);
      }
      out_.Table(table.type);
      if (has_init) WriteExpr(table.init);
    }
  }

  void WriteMemories() {
    Count(m_.memories.size() - m_.imported_memories);
    for (size_t i = m_.imported_memories; i < m_.memories.size(); ++i) out_.Memory(m_.memories[i].type);
  }

  void WriteTags() {
    Count(m_.tags.size() - m_.imported_tags);
    for (size_t i = m_.imported_tags; i < m_.tags.size(); ++i) WriteTagType(m_.tags[i]);
  }

  void WriteTagType(const Tag& tag) {
    out_.Byte(kTagAttribute);
    out_.U32(tag.type);
  }

  void WriteGlobals() {
    Count(m_.globals.size() - m_.imported_globals);
    for (size_t i = m_.imported_globals; i < m_.globals.size(); ++i) {
      out_.Global(m_.globals[i].type);
      WriteExpr(m_.globals[i].init);
    }
  }

  void WriteExports() {
    Count(m_.exports.size());
    for (const Export& e : m_.exports) {
      out_.Name(e.name);
      out_.Byte(static_cast<uint8_t>(e.kind));
      out_.U32(e.index);
    }
  }

  // Flags (spec 5.5.12): bit 0 not active, bit 1 a table index (if active) or declarative, bit 2 expressions.
  void WriteElems() {
    Count(m_.elems.size());
    for (const ElemSegment& elem : m_.elems) {
      const uint8_t flags = ElemFlags(elem);
      out_.U32(flags);
      const bool is_active = (flags & 1) == 0;
      if (is_active && (flags & 2) != 0) out_.U32(elem.table);
      if (is_active) WriteExpr(elem.offset);
      if ((flags & 3) != 0) {
        if (elem.is_expr) {
          out_.Value(elem.type);
        } else {
          out_.Byte(kElemKindFunc);
        }
      }
      out_.U32(elem.count);
      if (elem.is_expr) {
        WriteExpr(elem.items);
      } else {
        WriteIndices(elem);
      }
    }
  }

  // The short active forms are for table 0, and with expressions for funcref.
  uint8_t ElemFlags(const ElemSegment& elem) const {
    if (!canonical_ || elem.mode != SegmentMode::Active) return elem.flags;
    const bool is_long = elem.table != 0 || (elem.is_expr && elem.type != ValType::FuncRef());
    return static_cast<uint8_t>((elem.flags & ~2) | (is_long ? 2 : 0));
  }

  void WriteIndices(const ElemSegment& elem) {
    ByteReader reader(m_.Bytes(elem.items));
    for (uint32_t i = 0; i < elem.count && reader.ok(); ++i) out_.U32(reader.U32());
  }

  void WriteDatas() {
    Count(m_.datas.size());
    for (const DataSegment& data : m_.datas) {
      const uint8_t flags = canonical_ && data.flags == 2 && data.memory == 0 ? 0 : data.flags;
      out_.U32(flags);
      if (flags == 2) out_.U32(data.memory);
      if (data.mode == SegmentMode::Active) WriteExpr(data.offset);
      out_.U32(data.bytes.size);
      out_.Bytes(m_.Bytes(data.bytes));
    }
  }

  void WriteCode() {
    Count(m_.funcs.size() - m_.imported_funcs);
    for (size_t i = m_.imported_funcs; i < m_.funcs.size(); ++i) {
      const ByteRange body = m_.funcs[i].body;
      const Encoder::SizeMark mark = out_.BeginSized();
      if (!canonical_) out_.FollowTemplate(m_.bytes->view().subspan(body.offset));
      code_.WriteBody(body);
      out_.EndSized(mark);
    }
  }

  void WriteExpr(ByteRange range) { code_.WriteExpr(range); }

  const Module& m_;
  const bool canonical_;
  ByteWriter bytes_;
  Encoder out_{&bytes_};
  BodyWriter code_{m_, canonical_, &out_};
};

}  // namespace

std::vector<uint8_t> CanonicalPayload(const Module& module, const CustomSection& custom) {
  ByteWriter out;
  NameSection names;
  if (custom.name == "name" && DecodeNames(module.Bytes(custom.payload), custom.payload.offset, &names)) {
    EncodeNames(names, &out);
    return out.Take();
  }
  if (custom.name == kBranchHintSection) {
    if (std::optional<BranchHints> hints = BranchHints::Decode(module, custom.payload)) {
      MoveToCanonicalPlaces(module, &*hints);
      hints->Encode(&out);
      return out.Take();
    }
  }
  out.Bytes(module.Bytes(custom.payload));
  return out.Take();
}

void EncodeSubType(const SubType& type, Encoder* out) {
  if (type.form != SubTypeForm::Plain) {
    out->Byte(type.form == SubTypeForm::Sub ? kSub : kSubFinal);
    out->U32(type.super == kNone ? 0 : 1);
    if (type.super != kNone) out->U32(type.super);
  }
  const auto values = [out](const std::vector<ValType>& types) {
    out->U32(static_cast<uint32_t>(types.size()));
    for (ValType t : types) out->Value(t);
  };
  switch (type.kind) {
    case CompKind::Func:
      out->Byte(kFuncType);
      values(type.params);
      values(type.results);
      return;
    case CompKind::Struct:
      out->Byte(kStructType);
      out->U32(static_cast<uint32_t>(type.fields.size()));
      for (FieldType t : type.fields) out->Field(t);
      return;
    case CompKind::Array:
      out->Byte(kArrayType);
      return out->Field(type.fields[0]);
    case CompKind::Module:
    case CompKind::Instance:
      return;  // linking.h has what they are
  }
}

std::vector<uint8_t> WriteModule(const Module& module, Encoding encoding) {
  return ModuleWriter(module, encoding).Write();
}

}  // namespace gantry::wasm::binary
