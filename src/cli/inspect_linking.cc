#include "cli/inspect_linking.h"

#include <fmt/core.h>

#include "cli/printable.h"
#include "link/plan.h"
#include "wasm/binary/name_section.h"
#include "wasm/linking.h"
#include "wasm/valid/validator.h"

namespace gantry::cli {

namespace {

using link::Step;
using link::StepKind;
using wasm::ExternKind;
using wasm::ExternType;

// Longer lists and deeper types are cut: a summary is wanted.
constexpr size_t kShownItems = 8;
constexpr int kShownDepth = 3;

std::string ListText(const wasm::ExternList& list, int depth);

std::string TypeText(const ExternType& type, int depth) {
  const std::string word(wasm::ExternWord(type.kind));
  if (type.kind == ExternKind::Instance) return word + " " + ListText(type.instance->exports, depth + 1);
  if (type.kind == ExternKind::Module) {
    return fmt::format("{} {} -> {}", word, ListText(type.module->imports, depth + 1),
                       ListText(type.module->exports->exports, depth + 1));
  }
  return word;
}

std::string ListText(const wasm::ExternList& list, int depth) {
  if (list.items().empty()) return "{}";
  if (depth > kShownDepth) return "{ … }";
  std::string text = "{";
  for (size_t i = 0; i < list.items().size(); ++i) {
    text += i == 0 ? " " : ", ";
    if (i == kShownItems) {
      text += fmt::format("{} more", list.items().size() - i);
      break;
    }
    text += fmt::format("{}: {}", Printable(list.items()[i].name), TypeText(list.items()[i].type, depth));
  }
  return text + " }";
}

std::string StepText(const link::LinkPlan& plan, uint32_t module, const Step& step) {
  switch (step.kind) {
    case StepKind::Import: {
      const auto& import = plan.modules[module]->linking->type->imports.items()[step.index];
      return fmt::format("import \"{}\"", Printable(import.name));
    }
    case StepKind::DefineModule: {
      std::string text = fmt::format("define module: plan {}", step.index);
      for (const link::Capture& capture : step.captures) {
        text += fmt::format(", captures {} {}", capture.is_own ? "own capture" : "module", capture.index);
      }
      return text;
    }
    case StepKind::Instantiate: {
      std::string text = fmt::format("instantiate module {}", step.index);
      for (const link::Argument& argument : step.arguments) {
        text +=
            fmt::format(", \"{}\" = {} {}", Printable(argument.name), wasm::ExternWord(argument.kind), argument.index);
      }
      return text;
    }
    case StepKind::AliasExport:
      return fmt::format("export \"{}\" of instance {}", Printable(step.name), step.index);
    case StepKind::AliasCapture:
      return fmt::format("capture {}", step.index);
  }
  return {};
}

}  // namespace

Result<std::string> LinkingText(wasm::Module* module) {
  wasm::TypeHold types;
  GANTRY_RETURN_IF_ERROR(wasm::valid::ValidateModule(module, &types));
  std::string text;
  const auto& imports = module->linking->type->imports.items();
  if (!imports.empty()) text += "\nImports, one per name:\n";
  for (const wasm::ExternList::Item& import : imports)
    text += fmt::format("  {}: {}\n", Printable(import.name), TypeText(import.type, 0));
  const link::LinkPlan plan = link::MakePlan(module);
  text += fmt::format("\nLink plan, {} module{}:\n", plan.modules.size(), plan.modules.size() == 1 ? "" : "s");
  for (uint32_t i = 0; i < plan.modules.size(); ++i) {
    const wasm::Module& m = *plan.modules[i];
    const wasm::binary::ModuleNames names(m);
    text +=
        fmt::format("  {}{}{}: offset {:#x}, depth {}, {} functions{}\n", i, names.ModuleName().empty() ? "" : " ",
                    Printable(names.ModuleName()), m.extent.offset, m.linking->depth, m.funcs.size() - m.imported_funcs,
                    plan.programs[i].captures == 0 ? "" : fmt::format(", captures {}", plan.programs[i].captures));
    uint32_t next[7] = {};
    for (const Step& step : plan.programs[i].steps) {
      text += fmt::format("    {} {} = {}\n", wasm::ExternWord(step.gives), next[static_cast<size_t>(step.gives)]++,
                          StepText(plan, i, step));
    }
  }
  return text;
}

}  // namespace gantry::cli
