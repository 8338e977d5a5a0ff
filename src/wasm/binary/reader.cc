#include "wasm/binary/reader.h"

#include <fmt/core.h>

#include <cstring>
#include <optional>
#include <vector>

#include "wasm/binary/instr_reader.h"
#include "wasm/binary/section_reader.h"
#include "wasm/limits.h"
#include "wasm/linking.h"

namespace gantry::wasm::binary {

namespace {

struct SectionRow {
  uint8_t id;
  std::string_view name;
  Feature feature;
  void (SectionReader::*read)();
};

// Known sections in the order that they must have (spec 5.5.17).
constexpr SectionRow kSections[] = {
    {1, "type", Feature::Core, &SectionReader::ReadTypes},
    {2, "import", Feature::Core, &SectionReader::ReadImports},
    {14, "module", Feature::ModuleLinking, &SectionReader::ReadModules},
    {15, "instance", Feature::ModuleLinking, &SectionReader::ReadInstances},
    {16, "alias", Feature::ModuleLinking, &SectionReader::ReadAliases},
    {3, "function", Feature::Core, &SectionReader::ReadFuncs},
    {4, "table", Feature::Core, &SectionReader::ReadTables},
    {5, "memory", Feature::Core, &SectionReader::ReadMemories},
    {13, "tag", Feature::Exceptions, &SectionReader::ReadTags},
    {6, "global", Feature::Core, &SectionReader::ReadGlobals},
    {7, "export", Feature::Core, &SectionReader::ReadExports},
    {8, "start", Feature::Core, &SectionReader::ReadStart},
    {9, "element", Feature::Core, &SectionReader::ReadElems},
    {12, "data count", Feature::BulkMemory, &SectionReader::ReadDataCount},
    {10, "code", Feature::Core, &SectionReader::ReadCode},
    {11, "data", Feature::Core, &SectionReader::ReadDatas},
};
// The first ones, in any order and number with module linking.
constexpr int kHeaderSections = 5;
constexpr uint8_t kCustomId = 0;

const SectionRow* FindSection(uint8_t id) {
  for (const SectionRow& row : kSections) {
    if (row.id == id) return &row;
  }
  return nullptr;
}

// `start` is where the module stands in the bytes.
Result<void> CheckHeader(std::span<const uint8_t> bytes, uint64_t start) {
  static constexpr uint8_t kMagic[] = {0, 'a', 's', 'm'};
  static constexpr uint8_t kVersion[] = {1, 0, 0, 0};
  static constexpr uint8_t kComponentLayer[] = {1, 0};
  if (bytes.size() < 4) return std::unexpected(MakeError(ErrorId::UnexpectedEnd, start + bytes.size()));
  if (std::memcmp(bytes.data(), kMagic, 4) != 0) return std::unexpected(MakeError(ErrorId::MagicNotDetected, start));
  if (bytes.size() < 8) return std::unexpected(MakeError(ErrorId::UnexpectedEnd, start + bytes.size()));
  if (std::memcmp(bytes.data() + 4, kVersion, 4) == 0) return {};
  const bool is_component = std::memcmp(bytes.data() + 6, kComponentLayer, 2) == 0;
  return std::unexpected(
      MakeError(ErrorId::UnknownVersion, start + 4, is_component ? "this is a component, not a module" : ""));
}

// Sections up to the module's end or the first fault.
void ReadSections(SectionReader* reader, Module* module, SectionRange* current) {
  uint8_t last_known = kCustomId;
  int last_rank = -1;
  while (reader->ok() && !reader->at_end()) {
    const uint64_t at = reader->offset();
    const uint8_t id = module->bytes->view()[at];
    *current = {id, {}};
    const SectionRow* row = FindSection(id);
    if (id != kCustomId && (row == nullptr || !module->features.has(row->feature))) {
      reader->Fail(MakeErrorAbout(ErrorId::MalformedSectionId, at, fmt::format("{}", id)));
      return;
    }
    if (!reader->ReadSectionHeader(current)) return;
    module->sections.push_back(*current);
    if (row == nullptr) {
      reader->ReadCustom(*current, last_known);
      continue;
    }
    int rank = static_cast<int>(row - kSections);
    const bool is_free = module->linking != nullptr && rank < kHeaderSections;
    if (is_free) rank = 0;
    if (rank <= last_rank && !(is_free && last_rank == 0)) {
      reader->Fail(MakeError(ErrorId::ContentAfterLastSection, at,
                             rank == last_rank ? "the section stands twice" : "the section is out of order"));
      return;
    }
    last_rank = rank;
    last_known = id;
    (reader->*row->read)();
    reader->FinishSection(*current);
  }
}

// The first fault in the encoding of a body, were it read on past its declared size. A wrong size upsets the sections
// that follow, so when one of those is malformed, the cause may stand here; the earliest error is the one to report.
std::optional<Error> FindFaultInBodies(const Module& module) {
  const auto view = module.bytes->view();
  std::vector<LocalRun> locals;
  Instr instr;
  for (size_t i = module.imported_funcs; i < module.funcs.size(); ++i) {
    const ByteRange body = module.funcs[i].body;
    if (body.size == 0) break;
    InstrReader reader(view.subspan(body.offset), body.offset, module.features);
    if (reader.ReadLocals(&locals)) {
      while (reader.offset() < body.end() && reader.Next(&instr)) {
      }
    }
    if (!reader.ok()) return reader.error().WithContext(fmt::format("in function {}", i));
  }
  return std::nullopt;
}

// A module alone. Of nested modules only the extent is known after it.
Result<void> ReadOne(Module* module) {
  GANTRY_RETURN_IF_ERROR(CheckHeader(module->Bytes(module->extent), module->extent.offset));
  SectionReader reader(module);
  SectionRange current{};
  ReadSections(&reader, module, &current);
  if (!reader.ok()) {
    if (auto error = FindFaultInBodies(*module)) return std::unexpected(std::move(*error));
    return std::unexpected(reader.TakeError().WithContext(fmt::format("in the {} section", SectionName(current.id))));
  }
  reader.FinishModule();
  if (!reader.ok()) return std::unexpected(reader.TakeError());
  return {};
}

// A module and those nested in it. The error of the earliest byte wins: a nested module stands before its parent's
// later sections.
Result<void> ReadTree(Module* root) {
  std::vector<Module*> to_read = {root};
  std::optional<Error> first;
  for (uint32_t count = 1; !to_read.empty(); ++count) {
    Module* module = to_read.back();
    to_read.pop_back();
    Result<void> read = ReadOne(module);
    if (read && count > limits::kModulesInBlob) {
      read = std::unexpected(MakeError(ErrorId::OverLimit, module->extent.offset,
                                       fmt::format("more than {} modules", limits::kModulesInBlob)));
    }
    if (!read) {
      Error error = std::move(read).error();
      if (module != root)
        error = std::move(error).WithContext(fmt::format("in the module at offset {:#x}", module->extent.offset));
      if (!first || error.offset() < first->offset()) first = std::move(error);
      if (count > limits::kModulesInBlob) break;
    }
    const auto& nested = module->linking->nested;
    for (auto it = nested.rbegin(); it != nested.rend(); ++it) to_read.push_back(it->get());
  }
  if (first) return std::unexpected(*std::move(first));
  return {};
}

}  // namespace

std::string_view SectionName(uint8_t id) {
  if (id == kCustomId) return "custom";
  const SectionRow* row = FindSection(id);
  return row == nullptr ? "unknown" : row->name;
}

Result<Module> ReadModule(std::shared_ptr<const ModuleBytes> bytes, Features features) {
  const auto view = bytes->view();
  if (view.size() > limits::kModuleSize) {
    return std::unexpected(MakeError(ErrorId::OverLimit, 0,
                                     fmt::format("module of {} bytes, at most {}", view.size(), limits::kModuleSize)));
  }
  Module module;
  module.bytes = std::move(bytes);
  module.extent = {0, static_cast<uint32_t>(view.size())};
  module.features = features;
  if (!features.has(Feature::ModuleLinking)) {
    GANTRY_RETURN_IF_ERROR(ReadOne(&module));
    return module;
  }
  module.linking = std::make_shared<Linking>();
  GANTRY_RETURN_IF_ERROR(ReadTree(&module));
  return module;
}

}  // namespace gantry::wasm::binary
