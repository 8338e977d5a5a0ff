#include "wasm/text/printer.h"

#include <algorithm>

#include "wasm/binary/name_section.h"
#include "wasm/binary/type_reader.h"
#include "wasm/binary/writer.h"
#include "wasm/errors.h"
#include "wasm/linking.h"
#include "wasm/text/printer_code.h"
#include "wasm/text/printer_literals.h"

namespace gantry::wasm::text {

using binary::BranchHints;
using binary::kBranchHintSection;
using binary::NameKind;
using binary::NameSection;

namespace {

// Text per byte of module that the readable style may take, and the compact one [I2].
constexpr size_t kReadableGrowth = 100, kCompactGrowth = 1000, kFreeText = size_t{1} << 20;

constexpr uint8_t kCodeSection = 10;

constexpr std::string_view kPlaces[] = {"before first", "after type", "after import", "after func", "after table",
                                        "after memory", "after global", "after export", "after start", "after elem",
                                        "after code", "after data", "after datacount", "after tag",
                                        // with module linking; the header is one to the text
                                        "after import", "after import", "after import"};

constexpr std::string_view kExternWords[] = {" (func", " (table",  " (memory",  " (global",
                                             " (tag",  " (module", " (instance"};
constexpr NameKind kNameKinds[] = {
    NameKind::Function, NameKind::Table,  NameKind::Memory, NameKind::Global,
    NameKind::Tag,      NameKind::Module, NameKind::Module};  // the last two have no names

NameKind NameKindOf(ExternKind kind) { return kNameKinds[static_cast<size_t>(kind)]; }

class ModulePrinter {
 public:
  ModulePrinter(const Module& module, const PrintOptions& options, bool compact)
      : m_(module), options_(options), c_{.module = module} {
    const size_t size = module.bytes->view().size();
    c_.style.compact = compact;
    c_.style.offsets = options.offsets && !compact;
    c_.style.limit = kFreeText + size * (compact ? kCompactGrowth : kReadableGrowth);
    if (!compact) {
      FindNames();
      FindBranchHints();
    }
  }

  Result<std::string> Print() {
    c_.Put("(module");
    if (c_.names != nullptr && c_.names->module) PrintModuleName(*c_.names->module);
    if (IsInterleaved(m_)) {
      GANTRY_RETURN_IF_ERROR(PrintHeader());
    } else {
      PrintTypes();
      PrintImports();
    }
    GANTRY_RETURN_IF_ERROR(PrintTables());
    PrintMemories();
    PrintTags();
    GANTRY_RETURN_IF_ERROR(PrintGlobals());
    PrintExports();
    PrintStart();
    GANTRY_RETURN_IF_ERROR(PrintElems());
    GANTRY_RETURN_IF_ERROR(PrintFuncs());
    GANTRY_RETURN_IF_ERROR(PrintDatas());
    PrintCustoms();
    c_.Put("\n)\n");
    was_full_ = c_.full() || nested_full_;
    return std::move(c_.out);
  }

  // Whether the text was cut off.
  bool was_full() const { return was_full_; }

 private:
  // ---- what becomes identifiers and annotations ----

  void FindNames() {
    for (const CustomSection& custom : m_.customs) {
      if (custom.name != "name") continue;
      if (name_section_ != nullptr) {  // two of them: both stay as they are
        name_section_ = nullptr;
        return;
      }
      name_section_ = &custom;
    }
    if (name_section_ == nullptr) return;
    if (!binary::DecodeNames(m_.Bytes(name_section_->payload), name_section_->payload.offset, &names_) ||
        !NamesAreExpressible(m_, names_)) {
      name_section_ = nullptr;
      return;
    }
    c_.names = &names_;
    for (int kind = 0; kind < binary::kNameKindCount; ++kind) {
      const NameKind k = static_cast<NameKind>(kind);
      if (k != NameKind::Local && k != NameKind::Label && k != NameKind::Field) c_.spaces[kind].Assign(names_.of(k));
    }
  }

  // Hints become annotations if their section is where the parser would make it: the last before the code.
  void FindBranchHints() {
    const CustomSection* last = nullptr;
    size_t next_custom = 0;
    for (const SectionRange& section : m_.sections) {
      if (section.id == kCodeSection) break;
      last = section.id == 0 ? &m_.customs[next_custom++] : nullptr;
    }
    if (last == nullptr || last->name != kBranchHintSection) return;
    for (const CustomSection& custom : m_.customs) {
      if (custom.name == kBranchHintSection && &custom != last) return;
    }
    std::optional<BranchHints> hints = BranchHints::Decode(m_, last->payload);
    if (!hints) return;
    hints_ = std::move(*hints);
    c_.hints = &hints_;
    hint_section_ = last;
  }

  // ---- fields of the module ----

  void Field(std::string_view keyword) {
    c_.Put(c_.style.compact ? "\n(" : "\n  (");
    c_.Put(keyword);
  }

  void PrintModuleName(std::string_view name) {
    if (m_.linking != nullptr && m_.linking->depth != 0) {  // the identifier of a nested module belongs to its parent
      Identifier id;
      id.name = name;
      id.annotate = true;
      return c_.PutIdentifier(&id);
    }
    const binary::NameEntry entry{0, 0, name};
    IdentifierSpace space;
    space.Assign({&entry, 1});
    c_.PutIdentifier(space.Find(0));
  }

  // ---- the header of module linking, in its order ----

  Result<void> PrintHeader() {
    const Linking& linking = *m_.linking;
    for (size_t i = 0; i < linking.items.size() && !c_.full(); ++i) {
      const HeaderItem& item = linking.items[i];
      switch (item.kind) {
        case HeaderKind::RecGroup:
          PrintRecGroup(m_.rec_groups[item.index]);
          break;
        case HeaderKind::ImplicitInstance:
          break;
        case HeaderKind::Import: {
          const size_t end = m_.EndOfImportEntry(item.index);
          PrintImportEntry(item.index, end);
          while (i + 1 < linking.items.size() && linking.items[i + 1].kind == HeaderKind::Import &&
                 linking.items[i + 1].index < end)
            ++i;
          break;
        }
        case HeaderKind::NestedModule:
          GANTRY_RETURN_IF_ERROR(PrintNested(*linking.nested[item.index]));
          break;
        case HeaderKind::Instance:
          PrintInstance(linking.instances[item.index]);
          break;
        case HeaderKind::Alias:
          PrintAlias(linking.aliases[item.index]);
          break;
      }
    }
    return {};
  }

  // Nesting is bounded (limits::kModuleNesting), and so is recursion here.
  Result<void> PrintNested(const Module& nested) {
    ModulePrinter printer(nested, options_, c_.style.compact);
    Result<std::string> text = printer.Print();
    if (!text) return std::unexpected(std::move(text).error());
    if (!text->empty() && text->back() == '\n') text->pop_back();
    c_.Put("\n");
    if (c_.style.compact) {
      c_.Put(*text);
    } else {
      for (size_t at = 0; at < text->size();) {
        const size_t end = std::min(text->find('\n', at), text->size());
        c_.Put(at == 0 ? "  " : "\n  ");
        c_.Put(std::string_view(*text).substr(at, end - at));
        at = end + 1;
      }
    }
    nested_full_ = nested_full_ || printer.was_full();
    return {};
  }

  void PrintInstance(const Instantiation& instance) {
    Field("instance");
    c_.PutDefinition(NameKind::Module, instance.index);
    c_.Put(" (instantiate");
    c_.PutUse(NameKind::Module, instance.module);
    for (const LinkArgument& argument : instance.arguments) {
      c_.Put(c_.style.compact ? "\n(import " : "\n    (import ");
      AppendName(argument.name, &c_.out);
      c_.Put(kExternWords[static_cast<size_t>(argument.kind)]);
      c_.PutUse(NameKindOf(argument.kind), argument.index);
      c_.Put("))");
    }
    c_.Put("))");
  }

  void PrintAlias(const Alias& alias) {
    Field("alias");
    if (alias.form == AliasForm::Export) {
      c_.Put(" ");
      c_.PutNumber(alias.instance);
      c_.Put(" ");
      AppendName(alias.name, &c_.out);
      c_.Put(kExternWords[static_cast<size_t>(alias.kind)]);
      c_.PutDefinition(NameKindOf(alias.kind), alias.index);
    } else {
      const bool is_type = alias.form == AliasForm::OuterType;
      c_.Put(" outer ");
      c_.PutNumber(alias.depth);
      c_.Put(" ");
      c_.PutNumber(alias.outer_index);
      c_.Put(is_type ? " (type" : " (module");
      c_.PutDefinition(is_type ? NameKind::Type : NameKind::Module, alias.index);
    }
    c_.Put("))");
  }

  void PrintLinkType(const LinkType& type) {
    c_.PutDefinition(NameKind::Type, type.type);
    c_.Put(m_.types[type.type].kind == CompKind::Module ? " (module" : " (instance");
    for (const ImportDecl& import : type.imports) {
      if (c_.full()) return;
      c_.Put(" (import ");
      AppendName(import.module, &c_.out);
      if (import.has_name) {
        c_.Put(" ");
        AppendName(import.name, &c_.out);
      }
      PrintDesc(import.desc);
      c_.Put(")");
    }
    for (const ExportDecl& item : type.exports) {
      if (c_.full()) return;
      c_.Put(" (export ");
      AppendName(item.name, &c_.out);
      PrintDesc(item.desc);
      c_.Put(")");
    }
    c_.Put(")");
  }

  void PrintDesc(const ExternDesc& desc) {
    c_.Put(kExternWords[static_cast<size_t>(desc.kind)]);
    PrintDescType(desc);
    c_.Put(")");
  }

  void PrintDescType(const ExternDesc& desc) {
    switch (desc.kind) {
      case ExternKind::Func:
      case ExternKind::Tag:
        return c_.PutTypeUse(desc.type, nullptr);
      case ExternKind::Table:
        return PrintTableType(desc.table);
      case ExternKind::Memory:
        return PrintMemoryType(desc.memory);
      case ExternKind::Global:
        return PrintGlobalType(desc.global);
      case ExternKind::Module:
      case ExternKind::Instance:
        return PutLinkTypeUse(desc.type);
    }
  }

  void PutLinkTypeUse(uint32_t type) {
    c_.Put(" (type");
    c_.PutUse(NameKind::Type, type);
    c_.Put(")");
  }

  // ---- types and imports ----

  void PrintTypes() {
    for (const RecGroup& group : m_.rec_groups) PrintRecGroup(group);
  }

  void PrintRecGroup(const RecGroup& group) {
    if (group.is_explicit) Field("rec");
    const LinkType* link_type = m_.linking == nullptr ? nullptr : m_.linking->FindType(group.first);
    for (uint32_t i = 0; i < group.count && !c_.full(); ++i) {
      if (group.is_explicit && !c_.style.compact) c_.Put("\n    (type");
      if (group.is_explicit && c_.style.compact) c_.Put("\n(type");
      if (!group.is_explicit) Field("type");
      if (link_type != nullptr) {
        PrintLinkType(*link_type);
      } else {
        PrintSubType(group.first + i);
      }
      c_.Put(")");
    }
    if (group.is_explicit) c_.Put(c_.style.compact ? ")" : "\n  )");
  }

  void PrintSubType(uint32_t index) {
    const SubType& type = m_.types[index];
    c_.PutDefinition(NameKind::Type, index);
    if (type.form != SubTypeForm::Plain) {
      c_.Put(type.is_final ? " (sub final" : " (sub");
      if (type.super != kNone) c_.PutUse(NameKind::Type, type.super);
    }
    switch (type.kind) {
      case CompKind::Func:
        c_.Put(" (func");
        c_.PutSignature(index, nullptr);
        break;
      case CompKind::Struct:
        PrintFields(index);
        break;
      case CompKind::Array:
        c_.Put(" (array ");
        c_.PutField(type.fields[0]);
        break;
      case CompKind::Module:
      case CompKind::Instance:
        break;  // PrintLinkType
    }
    c_.Put(")");
    if (type.form != SubTypeForm::Plain) c_.Put(")");
  }

  void PrintFields(uint32_t index) {
    IdentifierSpace ids;
    if (c_.names != nullptr) ids.Assign(c_.names->In(NameKind::Field, index));
    const SubType& type = m_.types[index];
    c_.Put(" (struct");
    for (uint32_t i = 0; i < type.fields.size() && !c_.full(); ++i) {
      c_.Put(" (field");
      c_.PutIdentifier(ids.Find(i));
      c_.Put(" ");
      c_.PutField(type.fields[i]);
      c_.Put(")");
    }
  }

  void PrintImports() {
    size_t next_empty = 0;
    for (size_t i = 0; i < m_.imports.size() && !c_.full();) {
      PrintEmptyGroups(i, &next_empty);
      const size_t end = m_.EndOfImportEntry(i);
      PrintImportEntry(i, end);
      i = end;
    }
    PrintEmptyGroups(m_.imports.size(), &next_empty);
  }

  void PrintEmptyGroups(size_t before, size_t* next) {
    const auto& groups = m_.empty_import_groups;
    for (; *next < groups.size() && groups[*next].before == before && !c_.full(); ++*next) {
      PrintEmptyGroup(groups[*next].bytes);
    }
  }

  // A group without items stays in its bytes: module name, empty name, form, type if it is shared, count.
  void PrintEmptyGroup(ByteRange bytes) {
    ByteReader reader(m_.Bytes(bytes));
    const std::span<const uint8_t> name = reader.Bytes(reader.U32());
    reader.U32();
    const bool has_type = reader.U8() == 0x7e;
    Field("import ");
    AppendName({reinterpret_cast<const char*>(name.data()), name.size()}, &c_.out);
    if (has_type) {
      binary::FormatFault fault;
      binary::TypeReader types(&reader, m_.features, &fault);
      ExternDesc type;
      type.kind = static_cast<ExternKind>(reader.U8());
      switch (type.kind) {
        case ExternKind::Table:
          type.table = types.ReadTableType();
          break;
        case ExternKind::Memory:
          type.memory = types.ReadMemoryType();
          break;
        case ExternKind::Global:
          type.global = types.ReadGlobalType();
          break;
        case ExternKind::Tag:
          type.type = types.ReadTagType();
          break;
        default:
          type.type = reader.U32();
          break;
      }
      PrintDesc(type);
    }
    c_.Put(")");
  }

  void PrintImportEntry(size_t first, size_t end) {
    const Import& head = m_.imports[first];
    Field("import ");
    AppendName(head.module, &c_.out);
    if (head.form == ImportForm::Single) {
      if (head.has_name) {
        c_.Put(" ");
        AppendName(head.name, &c_.out);
      }
      PrintImportDesc(head);
    } else {
      for (size_t i = first; i < end && !c_.full(); ++i) {
        c_.Put(c_.style.compact ? "\n(item " : "\n    (item ");
        AppendName(m_.imports[i].name, &c_.out);
        if (head.form == ImportForm::GroupItem) PrintImportDesc(m_.imports[i]);
        c_.Put(")");
      }
      if (!c_.style.compact) c_.Put("\n   ");
      if (head.form == ImportForm::GroupItemSharedType) PrintImportDesc(head);
    }
    c_.Put(")");
  }

  void PrintImportDesc(const Import& import) {
    c_.Put(kExternWords[static_cast<size_t>(import.kind)]);
    // With one type for a whole group there is no single thing to name.
    if (import.form != ImportForm::GroupItemSharedType) c_.PutDefinition(NameKindOf(import.kind), import.index);
    if (import.kind == ExternKind::Func) {
      PrintFuncType(import.index);
    } else {
      PrintDescType(DescOf(m_, import));
    }
    c_.Put(")");
  }

  void PrintFuncType(uint32_t func) {
    if (c_.names != nullptr) locals_.Assign(c_.names->In(NameKind::Local, func));
    c_.PutTypeUse(m_.funcs[func].type, &locals_);
  }

  void PrintLimits(const Limits& limits, bool is_64) {
    if (is_64) c_.Put(" i64");
    c_.Put(" ");
    c_.PutNumber(limits.min);
    if (limits.max) {
      c_.Put(" ");
      c_.PutNumber(*limits.max);
    }
  }

  void PrintTableType(const TableType& type) {
    PrintLimits(type.limits, type.is_64);
    c_.Put(" ");
    c_.PutType(type.element);
  }

  void PrintMemoryType(const MemoryType& type) {
    PrintLimits(type.limits, type.is_64);
    if (type.is_shared) c_.Put(" shared");
    if (type.has_page_size) {
      c_.Put(" (pagesize ");
      c_.PutNumber(type.page_size());
      c_.Put(")");
    }
  }

  void PrintGlobalType(const GlobalType& type) {
    c_.Put(" ");
    c_.PutField({type.type, type.is_mutable});
  }

  Result<void> PrintTables() {
    for (uint32_t i = m_.imported_tables; i < m_.tables.size() && !c_.full(); ++i) {
      Field("table");
      c_.PutDefinition(NameKind::Table, i);
      PrintTableType(m_.tables[i].type);
      if (m_.tables[i].has_init_form) GANTRY_RETURN_IF_ERROR(code_.PrintExpr(m_.tables[i].init));
      c_.Put(")");
    }
    return {};
  }

  void PrintMemories() {
    for (uint32_t i = m_.imported_memories; i < m_.memories.size() && !c_.full(); ++i) {
      Field("memory");
      c_.PutDefinition(NameKind::Memory, i);
      PrintMemoryType(m_.memories[i].type);
      c_.Put(")");
    }
  }

  void PrintTags() {
    for (uint32_t i = m_.imported_tags; i < m_.tags.size() && !c_.full(); ++i) {
      Field("tag");
      c_.PutDefinition(NameKind::Tag, i);
      c_.PutTypeUse(m_.tags[i].type, nullptr);
      c_.Put(")");
    }
  }

  Result<void> PrintGlobals() {
    for (uint32_t i = m_.imported_globals; i < m_.globals.size() && !c_.full(); ++i) {
      Field("global");
      c_.PutDefinition(NameKind::Global, i);
      PrintGlobalType(m_.globals[i].type);
      GANTRY_RETURN_IF_ERROR(code_.PrintExpr(m_.globals[i].init));
      c_.Put(")");
    }
    return {};
  }

  void PrintExports() {
    for (const Export& e : m_.exports) {
      if (c_.full()) return;
      Field("export ");
      AppendName(e.name, &c_.out);
      c_.Put(kExternWords[static_cast<size_t>(e.kind)]);
      c_.PutUse(NameKindOf(e.kind), e.index);
      c_.Put("))");
    }
  }

  void PrintStart() {
    if (m_.start == kNone) return;
    Field("start");
    c_.PutUse(NameKind::Function, m_.start);
    c_.Put(")");
  }

  // Where an active segment goes.
  Result<void> PrintPlace(ExternKind kind, uint32_t index, ConstExpr offset) {
    if (index != 0) {
      c_.Put(kExternWords[static_cast<size_t>(kind)]);
      c_.PutUse(NameKindOf(kind), index);
      c_.Put(")");
    }
    return code_.PrintFolded(offset, "offset");
  }

  Result<void> PrintElems() {
    for (uint32_t i = 0; i < m_.elems.size() && !c_.full(); ++i) {
      const ElemSegment& elem = m_.elems[i];
      Field("elem");
      c_.PutDefinition(NameKind::Elem, i);
      if (elem.mode == SegmentMode::Declarative) c_.Put(" declare");
      if (elem.mode == SegmentMode::Active)
        GANTRY_RETURN_IF_ERROR(PrintPlace(ExternKind::Table, elem.table, elem.offset));
      c_.Put(" ");
      if (elem.is_expr) {
        c_.PutType(elem.type);
        GANTRY_RETURN_IF_ERROR(code_.PrintItems(elem.items, elem.count));
      } else {
        c_.Put("func");
        PrintIndices(elem);
      }
      c_.Put(")");
    }
    return {};
  }

  void PrintIndices(const ElemSegment& elem) {
    ByteReader reader(m_.Bytes(elem.items));
    for (uint32_t i = 0; i < elem.count && !c_.full(); ++i) c_.PutUse(NameKind::Function, reader.U32());
  }

  Result<void> PrintFuncs() {
    for (uint32_t i = m_.imported_funcs; i < m_.funcs.size() && !c_.full(); ++i) {
      Field("func");
      c_.PutDefinition(NameKind::Function, i);
      PrintFuncType(i);
      Result<void> body = code_.PrintBody(i, locals_);
      if (!body) return std::unexpected(std::move(body).error().WithContext("in function " + std::to_string(i)));
      c_.Put(c_.style.compact ? ")" : "\n  )");
    }
    return {};
  }

  Result<void> PrintDatas() {
    for (uint32_t i = 0; i < m_.datas.size() && !c_.full(); ++i) {
      const DataSegment& data = m_.datas[i];
      Field("data");
      c_.PutDefinition(NameKind::Data, i);
      if (data.mode == SegmentMode::Active)
        GANTRY_RETURN_IF_ERROR(PrintPlace(ExternKind::Memory, data.memory, data.offset));
      c_.Put(" ");
      AppendBytes(m_.Bytes(data.bytes), &c_.out);
      c_.Put(")");
    }
    return {};
  }

  // Whether names stand where the parser puts them: behind the last known section.
  bool NamesStandBehindTheRest() const {
    if (c_.names == nullptr || names_.empty()) return false;
    return std::ranges::all_of(m_.sections, [&](const SectionRange& section) {
      return section.id == 0 || section.range.offset < name_section_->payload.offset;
    });
  }

  void PrintCustoms() {
    const bool names_are_last = NamesStandBehindTheRest();
    bool after_names = false;
    for (const CustomSection& custom : m_.customs) {
      if (c_.full()) return;
      if (&custom == hint_section_) continue;
      const bool is_names = c_.names != nullptr && &custom == name_section_;
      if (is_names && names_are_last) {
        after_names = true;
        continue;
      }
      Field("@custom ");
      AppendName(custom.name, &c_.out);
      c_.Put(" (");
      c_.Put(after_names ? "after last" : kPlaces[custom.after]);
      c_.Put(")");
      const std::vector<uint8_t> bytes = is_names ? std::vector<uint8_t>() : binary::CanonicalPayload(m_, custom);
      if (!bytes.empty()) {
        c_.Put(" ");
        AppendBytes(bytes, &c_.out);
      }
      c_.Put(")");
    }
  }

  const Module& m_;
  const PrintOptions options_;
  PrintContext c_;
  CodePrinter code_{&c_};
  bool nested_full_ = false;
  NameSection names_;
  BranchHints hints_;
  const CustomSection* name_section_ = nullptr;
  const CustomSection* hint_section_ = nullptr;
  IdentifierSpace locals_;
  bool was_full_ = false;
};

}  // namespace

// ---- PrintContext ----

void PrintContext::PutNumber(uint64_t value) { AppendUnsigned(value, &out); }

void PrintContext::PutHeap(HeapType type) {
  if (!type.is_concrete()) return Put(TypeName(type));
  const Identifier* id = space(NameKind::Type).Find(type.index());
  if (id != nullptr && !id->text.empty()) return Put(id->text);
  PutNumber(type.index());
}

void PrintContext::PutType(ValType type) {
  if (!type.is_ref()) return Put(TypeName(type));
  if (const std::string_view word = ShortRefName(type); !word.empty()) return Put(word);
  Put(type.is_nullable() ? "(ref null " : "(ref ");
  PutHeap(type.heap());
  Put(")");
}

void PrintContext::PutField(FieldType type) {
  if (type.is_mutable) Put("(mut ");
  PutType(type.storage);
  if (type.is_mutable) Put(")");
}

void PrintContext::PutUse(NameKind kind, uint32_t index) {
  Put(" ");
  const Identifier* id = space(kind).Find(index);
  if (id != nullptr && !id->text.empty()) return Put(id->text);
  PutNumber(index);
}

void PrintContext::PutIdentifier(const Identifier* id) {
  if (id == nullptr) return;
  if (!id->text.empty()) {
    Put(" ");
    Put(id->text);
  }
  if (id->annotate) {
    Put(" (@name ");
    AppendName(id->name, &out);
    Put(")");
  }
}

void PrintContext::PutDefinition(NameKind kind, uint32_t index) {
  PutIdentifier(space(kind).Find(index));
  if (style.compact) return;
  Put(" (;");
  PutNumber(index);
  Put(";)");
}

void PrintContext::PutTypeUse(uint32_t type, const IdentifierSpace* locals) {
  Put(" (type");
  PutUse(NameKind::Type, type);
  Put(")");
  if (!style.compact && !IsOuterType(module, type)) PutSignature(type, locals);
}

void PrintContext::PutSignature(uint32_t type, const IdentifierSpace* locals) {
  if (type >= module.types.size() || module.types[type].kind != CompKind::Func) return;
  const SubType& func = module.types[type];
  bool is_open = false;
  for (uint32_t i = 0; i < func.params.size() && !full(); ++i) {
    const Identifier* id = locals == nullptr ? nullptr : locals->Find(i);
    if (is_open && id != nullptr) Put(")");
    if (!is_open || id != nullptr) {
      Put(" (param");
      PutIdentifier(id);
    }
    Put(" ");
    PutType(func.params[i]);
    is_open = id == nullptr;
    if (id != nullptr) Put(")");
  }
  if (is_open) Put(")");
  if (func.results.empty()) return;
  Put(" (result");
  for (ValType result : func.results) {
    Put(" ");
    PutType(result);
  }
  Put(")");
}

Result<std::string> PrintModule(const Module& module, const PrintOptions& options) {
  ModulePrinter readable(module, options, /*compact=*/false);
  Result<std::string> text = readable.Print();
  if (!text || !readable.was_full()) return text;
  ModulePrinter compact(module, options, /*compact=*/true);
  text = compact.Print();
  if (text && compact.was_full())
    return std::unexpected(MakeError(ErrorId::OverLimit, 0, "text out of proportion to the module"));
  return text;
}

}  // namespace gantry::wasm::text
