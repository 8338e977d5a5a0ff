// SectionReader: what the module linking proposal adds: types of modules and instances, single-level imports, and the
// sections of nested modules (14), instances (15) and aliases (16).
#include <fmt/core.h>

#include "wasm/binary/section_reader.h"
#include "wasm/limits.h"

namespace gantry::wasm::binary {

namespace {

constexpr uint8_t kModuleType = 0x61, kInstanceType = 0x62;
constexpr uint8_t kModuleKind = 5, kInstanceKind = 6, kTypeKind = 7;

}  // namespace

void SectionReader::AddHeaderItem(HeaderKind kind, size_t index, uint64_t at) {
  if (!links() || !ok()) return;
  module_->linking->items.push_back({kind, static_cast<uint32_t>(index), static_cast<uint32_t>(at),
                                     static_cast<uint32_t>(module_->sections.size() - 1)});
}

// `00 ff`: an empty second name and a kind that no import has.
bool SectionReader::TakeSingleLevel(std::string_view name) {
  if (!links() || !ok() || !name.empty() || reader_.Peek() != 0xff) return false;
  reader_.U8();
  return true;
}

void SectionReader::AddImplicitInstance(std::string_view module, uint64_t at) {
  if (!links() || !ok() || !implicit_instances_.insert(module).second) return;
  AddHeaderItem(HeaderKind::ImplicitInstance, module_->linking->instance_count++, at);
}

// Reads a type definition if it is one of a module or an instance.
bool SectionReader::ReadLinkType() {
  const uint8_t form = reader_.Peek();
  if (form != kModuleType && form != kInstanceType) return false;
  const uint64_t at = reader_.offset();
  const uint32_t index = static_cast<uint32_t>(module_->types.size());
  if (!CheckLimit(size_t{index} + 1, limits::kTypes, at)) return true;
  reader_.U8();
  SubType definition;
  definition.kind = form == kModuleType ? CompKind::Module : CompKind::Instance;
  module_->types.push_back(std::move(definition));
  module_->rec_groups.push_back({index, 1, false});
  LinkType type{index, {}, {}};
  if (form == kModuleType) {
    const uint32_t count = reader_.U32();
    if (!ok() || !CheckLimit(count, limits::kTypeSize, at)) return true;
    Reserve(&type.imports, count, 4);
    for (uint32_t i = 0; i < count && ok(); ++i) {
      ImportDecl& import = type.imports.emplace_back();
      import.module = ReadName();
      import.name = ReadName();
      import.has_name = !TakeSingleLevel(import.name);
      import.desc = ReadExternType();
    }
  }
  const uint32_t count = reader_.U32();
  if (!ok() || !CheckLimit(count, limits::kTypeSize, at)) return true;
  Reserve(&type.exports, count, 3);
  for (uint32_t i = 0; i < count && ok(); ++i) {
    ExportDecl& item = type.exports.emplace_back();
    item.name = ReadName();
    item.desc = ReadExternType();
  }
  module_->linking->types.push_back(std::move(type));
  return true;
}

void SectionReader::ReadModules() {
  ReadItems(limits::kModules, module_->linking->module_count, [this](uint32_t) { ReadNestedModule(); });
}

void SectionReader::ReadNestedModule() {
  Linking& linking = *module_->linking;
  const uint64_t at = reader_.offset();
  const uint32_t size = reader_.U32();
  if (!reader_.ok()) return;
  const uint64_t start = reader_.offset();
  if (size > section_end_ - std::min(section_end_, start)) {
    return Fail(MakeError(
        ErrorId::LengthOutOfBounds, at,
        fmt::format("module of {} bytes, {} bytes are left", size, section_end_ - std::min(section_end_, start))));
  }
  if (linking.depth + 1 > limits::kModuleNesting) {
    return Fail(MakeError(ErrorId::OverLimit, at, fmt::format("modules nest deeper than {}", limits::kModuleNesting)));
  }
  reader_.Bytes(size);
  AddHeaderItem(HeaderKind::NestedModule, linking.nested.size(), start);
  auto nested = std::make_unique<Module>();
  nested->bytes = module_->bytes;
  nested->features = module_->features;
  nested->extent = {static_cast<uint32_t>(start), size};
  nested->linking = std::make_shared<Linking>();
  nested->linking->depth = linking.depth + 1;
  linking.nested.push_back(std::move(nested));
  linking.nested_index.push_back(linking.module_count++);
}

ExternKind SectionReader::ReadKind(ErrorId malformed) {
  const uint64_t at = reader_.offset();
  const uint8_t kind = reader_.U8();
  if (kind > kInstanceKind) fault_.Set(malformed, at, kind);
  if (kind == 4 && !features_.has(Feature::Exceptions)) fault_.Set(malformed, at, kind, Feature::Exceptions);
  return static_cast<ExternKind>(kind);
}

void SectionReader::ReadInstances() {
  Linking& linking = *module_->linking;
  ReadItems(limits::kInstances, linking.instance_count, [&](uint32_t) {
    const uint64_t at = reader_.offset();
    if (const uint8_t form = reader_.U8(); form != 0) fault_.Set(ErrorId::MalformedInstance, at, form);
    Instantiation instance{reader_.U32(), linking.instance_count++, {}};
    const uint32_t count = reader_.U32();
    if (!ok() || !CheckLimit(count, limits::kTypeSize, at)) return;
    Reserve(&instance.arguments, count, 3);
    for (uint32_t i = 0; i < count && ok(); ++i) {
      LinkArgument& argument = instance.arguments.emplace_back();
      argument.name = ReadName();
      argument.kind = ReadKind(ErrorId::MalformedExportKind);
      argument.index = reader_.U32();
    }
    AddHeaderItem(HeaderKind::Instance, linking.instances.size(), at);
    linking.instances.push_back(std::move(instance));
  });
}

void SectionReader::ReadAliases() {
  ReadItems(limits::kImports, module_->linking->aliases.size(), [this](uint32_t) { ReadAlias(); });
}

void SectionReader::ReadAlias() {
  Module& m = *module_;
  Alias alias;
  const uint64_t at = reader_.offset();
  const uint8_t form = reader_.U8();
  if (form > 1) return fault_.Set(ErrorId::MalformedAlias, at, form);
  if (form == 0) {
    alias.instance = reader_.U32();
    alias.kind = ReadKind(ErrorId::MalformedAliasKind);
    alias.name = ReadName();
  } else {
    alias.depth = reader_.U32();
    const uint64_t kind_at = reader_.offset();
    const uint8_t kind = reader_.U8();
    if (!reader_.ok()) return;
    if (kind != kModuleKind && kind != kTypeKind) return fault_.Set(ErrorId::MalformedAliasKind, kind_at, kind);
    alias.outer_index = reader_.U32();
    alias.form = kind == kModuleKind ? AliasForm::OuterModule : AliasForm::OuterType;
    alias.kind = ExternKind::Module;
  }
  if (!ok()) return;
  // Validation gives it its type.
  if (alias.form == AliasForm::OuterType) {
    if (!CheckLimit(m.types.size() + 1, limits::kTypes, at)) return;
    alias.index = static_cast<uint32_t>(m.types.size());
    m.types.emplace_back();
    m.linking->outer_types.push_back(alias.index);
  } else {
    alias.index = AddItem({alias.kind});
  }
  AddHeaderItem(HeaderKind::Alias, m.linking->aliases.size(), at);
  m.linking->aliases.push_back(alias);
}

}  // namespace gantry::wasm::binary
