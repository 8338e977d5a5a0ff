#include <fmt/core.h>

#include <algorithm>
#include <bit>

#include "base/byte_reader.h"
#include "cli/cli.h"
#include "cli/feature_scan.h"
#include "cli/input.h"
#include "cli/inspect_linking.h"
#include "cli/printable.h"
#include "cli/report.h"
#include "cli/settings.h"
#include "engine/coredump.h"
#include "wasm/binary/name_section.h"
#include "wasm/binary/reader.h"

namespace gantry::cli {

using wasm::ExternKind;
using wasm::ValType;

namespace {

std::string TypeList(const std::vector<ValType>& types) {
  std::string text = "(";
  for (ValType type : types) {
    if (text.size() > 1) text += ' ';
    text += wasm::TypeName(type);
  }
  return text + ")";
}

std::string LimitsText(const wasm::Limits& limits) {
  return limits.max ? fmt::format("{} to {}", Grouped(limits.min), Grouped(*limits.max))
                    : fmt::format("{} or more", Grouped(limits.min));
}

// Prints one module, section by section.
class Inspector {
 public:
  explicit Inspector(const wasm::Module& module) : module_(module), names_(module) {}

  Result<std::string> Text(std::string_view path) {
    Line("{}: core module, {} bytes", Printable(path), Grouped(module_.bytes->view().size()));
    if (!names_.ModuleName().empty()) Line("name: {}", Printable(names_.ModuleName()));
    GANTRY_RETURN_IF_ERROR(Dump());
    Sections();
    Imports();
    Exports();
    Definitions();
    GANTRY_RETURN_IF_ERROR(Features());
    return std::move(text_);
  }

 private:
  template <class... Args>
  void Line(fmt::format_string<Args...> format, Args&&... args) {
    text_ += fmt::format(format, std::forward<Args>(args)...) + '\n';
  }

  // Types of functions are indices into the module's types, which a module that is not valid may not have.
  std::string FuncTypeText(uint32_t type) const {
    if (type >= module_.types.size()) return fmt::format("type {}", type);
    return fmt::format("{} -> {}", TypeList(module_.types[type].params), TypeList(module_.types[type].results));
  }

  std::string ItemText(ExternKind kind, uint32_t index) const {
    switch (kind) {
      case ExternKind::Func:
        if (index < module_.funcs.size()) return "func   " + FuncTypeText(module_.funcs[index].type);
        break;
      case ExternKind::Table:
        if (index < module_.tables.size()) return "table  " + TableText(module_.tables[index].type);
        break;
      case ExternKind::Memory:
        if (index < module_.memories.size()) return "memory " + MemoryText(module_.memories[index].type);
        break;
      case ExternKind::Global:
        if (index < module_.globals.size()) return "global " + GlobalText(module_.globals[index].type);
        break;
      case ExternKind::Tag:
        if (index < module_.tags.size()) return "tag    " + FuncTypeText(module_.tags[index].type);
        break;
      case ExternKind::Module:
        return fmt::format("module {}", index);
      case ExternKind::Instance:
        return fmt::format("instance {}", index);
    }
    return fmt::format("unknown index {}", index);
  }

  static std::string MemoryText(const wasm::MemoryType& type) {
    return fmt::format("{} pages{}{}{}", LimitsText(type.limits), type.page_size_log2 == 0 ? " of one byte" : "",
                       type.is_64 ? ", 64-bit" : "", type.is_shared ? ", shared" : "");
  }
  static std::string TableText(const wasm::TableType& type) {
    return fmt::format("{} {}{}", LimitsText(type.limits), wasm::TypeName(type.element), type.is_64 ? ", 64-bit" : "");
  }
  static std::string GlobalText(const wasm::GlobalType& type) {
    return (type.is_mutable ? "mutable " : "") + wasm::TypeName(type.type);
  }

  // What a core dump says about the program's end.
  Result<void> Dump() {
    if (!engine::IsCoredump(module_)) return {};
    GANTRY_ASSIGN_OR_RETURN(const engine::Coredump dump, engine::ReadCoredump(module_));
    Line("\nCore dump of `{}`, thread `{}`, innermost frame first:", Printable(dump.program), Printable(dump.thread));
    const auto module_name = [&](const engine::Coredump::Instance& instance) {
      const std::string_view name = dump.modules[instance.module];
      return name.empty() ? std::string("<unknown>") : Printable(name);
    };
    for (size_t i = 0; i < dump.frames.size(); ++i) {
      const engine::Coredump::Frame& frame = dump.frames[i];
      Line("  {:>5}: {}!<wasm function {}> + {:#x}", i, module_name(dump.instances[frame.instance]), frame.func,
           frame.offset);
    }
    for (size_t i = 0; i < dump.instances.size(); ++i) {
      const engine::Coredump::Instance& instance = dump.instances[i];
      Line("\nInstance {} of {}:", i, module_name(instance));
      for (uint32_t index : instance.memories)
        Line("  memory {:<8} {}", index, MemoryText(module_.memories[index].type));
      for (uint32_t index : instance.globals) {
        const wasm::Global& global = module_.globals[index];
        Line("  global {:<8} {} = {}", index, GlobalText(global.type), ConstText(module_.Bytes(global.init)));
      }
    }
    return {};
  }

  // The value of a constant expression as dumps have them: one constant.
  static std::string ConstText(std::span<const uint8_t> expr) {
    ByteReader reader(expr);
    switch (reader.U8()) {
      case 0x41:
        return std::to_string(reader.S32());
      case 0x42:
        return std::to_string(reader.S64());
      case 0x43:
        return fmt::format("{}", std::bit_cast<float>(reader.Fixed32()));
      case 0x44:
        return fmt::format("{}", std::bit_cast<double>(reader.Fixed64()));
      default:
        return "…";
    }
  }

  void Sections() {
    Line("\nSections:");
    size_t custom = 0;
    for (const wasm::SectionRange& section : module_.sections) {
      std::string name(wasm::binary::SectionName(section.id));
      if (section.id == 0 && custom < module_.customs.size())
        name = fmt::format("\"{}\"", Printable(module_.customs[custom++].name));
      Line("  {:<28} {:>14} bytes", name, Grouped(section.range.size));
    }
  }

  void Imports() {
    if (module_.imports.empty()) return;
    Line("\nImports:");
    for (const wasm::Import& import : module_.imports) {
      Line("  {:<44} {}",
           import.has_name ? fmt::format("{}::{}", Printable(import.module), Printable(import.name))
                           : Printable(import.module),
           ItemText(import.kind, import.index));
    }
  }

  void Exports() {
    if (module_.exports.empty()) return;
    Line("\nExports:");
    for (const wasm::Export& item : module_.exports)
      Line("  {:<44} {}", Printable(item.name), ItemText(item.kind, item.index));
  }

  void Definitions() {
    uint64_t data = 0;
    for (const wasm::DataSegment& segment : module_.datas) data += segment.bytes.size;
    Line("\nDefines:");
    Count("functions", module_.funcs.size() - module_.imported_funcs, LargestFunction());
    Count("types", module_.types.size(), "");
    Count("tables", module_.tables.size() - module_.imported_tables, "");
    Count("memories", module_.memories.size() - module_.imported_memories, FirstMemory());
    Count("globals", module_.globals.size() - module_.imported_globals, "");
    Count("tags", module_.tags.size() - module_.imported_tags, "");
    Count("element segments", module_.elems.size(), "");
    Count("data segments", module_.datas.size(), fmt::format("{} bytes", Grouped(data)));
    if (module_.start != wasm::kNone) Line("  a start function             {:>14}", module_.start);
  }

  void Count(std::string_view what, uint64_t count, std::string_view note) {
    if (count == 0) return;
    Line("  {:<28} {:>14}{}{}", what, Grouped(count), note.empty() ? "" : "  ", note);
  }

  std::string FirstMemory() const { return module_.memories.empty() ? "" : MemoryText(module_.memories[0].type); }

  std::string LargestFunction() const {
    uint32_t largest = module_.imported_funcs;
    for (uint32_t i = largest; i < module_.funcs.size(); ++i) {
      if (module_.funcs[i].body.size > module_.funcs[largest].body.size) largest = i;
    }
    if (largest >= module_.funcs.size()) return "";
    const std::string_view name = names_.FunctionName(largest);
    return fmt::format("largest: {}{} with {} bytes", largest,
                       name.empty() ? "" : fmt::format(" `{}`", Printable(name)),
                       Grouped(module_.funcs[largest].body.size));
  }

  Result<void> Features() {
    GANTRY_ASSIGN_OR_RETURN(const wasm::Features used, FeaturesUsed(module_));
    Line("\nFeatures beyond WebAssembly 1.0:");
    bool any = false;
    for (const wasm::FeatureInfo& row : wasm::AllFeatures()) {
      if (row.feature == wasm::Feature::Core || !used.has(row.feature)) continue;
      Line("  {:<28} {}{}", row.key.empty() ? "" : row.key, row.doc, row.default_on ? "" : " (off by default)");
      any = true;
    }
    if (!any) Line("  none");
    return {};
  }

  const wasm::Module& module_;
  wasm::binary::ModuleNames names_;
  std::string text_;
};

Result<std::string> InspectFile(const Args& args) {
  // What the module needs is the question, so everything that can be decoded is on unless it was switched off.
  Settings settings;
  GANTRY_RETURN_IF_ERROR(settings.Add(Option::Wasm, "all-proposals", "y"));
  GANTRY_RETURN_IF_ERROR(settings.Add(Option::Wasm, "branch-hinting", "y"));
  for (std::string_view group : args.values(Option::Wasm))
    GANTRY_RETURN_IF_ERROR(settings.AddGroup(Option::Wasm, group));
  GANTRY_ASSIGN_OR_RETURN(std::vector<uint8_t> bytes, ReadModuleFile(args.operands[0], settings.Features()));
  GANTRY_ASSIGN_OR_RETURN(wasm::Module module,
                          wasm::binary::ReadModule(wasm::ModuleBytes::Own(std::move(bytes)), settings.Features()));
  GANTRY_ASSIGN_OR_RETURN(std::string text, Inspector(module).Text(args.operands[0]));
  if (module.linking == nullptr) return text;
  GANTRY_ASSIGN_OR_RETURN(const std::string linking, LinkingText(&module));
  return text + linking;
}

}  // namespace

int RunInspect(const Args& args) {
  if (!CheckOperands(args, 1, 1)) return kExitUsage;
  const Result<std::string> text = InspectFile(args);
  if (!text) return Fail(fmt::format("failed to inspect `{}`", args.operands[0]), text.error());
  WriteText(stdout, *text);
  return kExitOk;
}

}  // namespace gantry::cli
