#include "engine/link_machine.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <vector>

#include "base/check.h"

namespace gantry::engine {

namespace {

using link::Step;
using link::StepKind;
using runtime::Extern;
using runtime::Instance;
using runtime::InstanceValue;
using runtime::ModuleValue;
using wasm::ExternKind;

constexpr int kKinds = 7;

// An instance under construction: what its steps have given so far.
struct Frame {
  const ModuleValue* module;
  std::vector<Extern> imports;                     // in the order of the module's type
  size_t next = 0;                                 // step
  std::vector<Extern> core;                        // items that code sees, in their order
  std::array<std::vector<Extern>, kKinds> spaces;  // by kind

  void Give(const Extern& item) {
    if (static_cast<int>(item.kind) < wasm::kCoreKinds) core.push_back(item);
    spaces[static_cast<size_t>(item.kind)].push_back(item);
  }
  const Extern& At(ExternKind kind, uint32_t index) const { return spaces[static_cast<size_t>(kind)][index]; }
};

class LinkMachine {
 public:
  explicit LinkMachine(runtime::Store& store) : store_(store) {}

  std::expected<Instance*, runtime::Failure> Run(const ModuleValue& module, std::span<const Extern> imports) {
    stack_.push_back({&module, {imports.begin(), imports.end()}, 0, {}, {}});
    for (;;) {
      Frame& frame = stack_.back();
      const auto& steps = frame.module->program().steps;
      if (frame.next < steps.size()) {
        RunStep(frame, steps[frame.next++]);
        continue;
      }
      auto instance = Finish(frame);
      stack_.pop_back();
      if (!instance || stack_.empty()) return instance;
      Extern item{.kind = ExternKind::Instance, .func = nullptr};
      item.instance = runtime::NewInstanceValue(store_, *instance);
      stack_.back().Give(item);
    }
  }

 private:
  void RunStep(Frame& frame, const Step& step) {
    switch (step.kind) {
      case StepKind::Import:
        return frame.Give(frame.imports[step.index]);
      case StepKind::DefineModule:
        return DefineModule(frame, step);
      case StepKind::Instantiate:
        return Enter(frame, step);
      case StepKind::AliasExport: {
        // Subtyping has promised the export.
        const std::optional<Extern> item = frame.At(ExternKind::Instance, step.index).instance->Export(step.name);
        GANTRY_CHECK(item && item->kind == step.gives, "an instance lacks an export of its type");
        return frame.Give(*item);
      }
      case StepKind::AliasCapture:
        return frame.Give(ModuleExtern(frame.module->captures[step.index]));
    }
  }

  static Extern ModuleExtern(const ModuleValue* value) {
    Extern item{.kind = ExternKind::Module, .func = nullptr};
    item.module = value;
    return item;
  }

  void DefineModule(Frame& frame, const Step& step) {
    std::vector<const ModuleValue*> captures;
    captures.reserve(step.captures.size());
    for (const link::Capture& capture : step.captures) {
      captures.push_back(capture.is_own ? frame.module->captures[capture.index]
                                        : frame.At(ExternKind::Module, capture.index).module);
    }
    frame.Give(ModuleExtern(runtime::NewModuleValue(store_, frame.module->unit, step.index, std::move(captures))));
  }

  // Arguments go by name: the module may import less than was offered.
  void Enter(Frame& frame, const Step& step) {
    const ModuleValue* child = frame.At(ExternKind::Module, step.index).module;
    std::vector<Extern> imports;
    for (const wasm::ExternList::Item& import : child->type().imports.items()) {
      const auto argument =
          std::ranges::lower_bound(step.arguments, std::string_view(import.name), {}, &link::Argument::name);
      GANTRY_CHECK(argument != step.arguments.end() && argument->name == import.name,
                   "an argument is missing that validation saw");
      imports.push_back(frame.At(argument->kind, argument->index));
    }
    stack_.push_back({child, std::move(imports), 0, {}, {}});  // `frame` may move
  }

  std::expected<Instance*, runtime::Failure> Finish(Frame& frame) {
    runtime::LinkedItems linked;
    for (const Extern& item : frame.spaces[static_cast<size_t>(ExternKind::Module)])
      linked.modules.push_back(item.module);
    for (const Extern& item : frame.spaces[static_cast<size_t>(ExternKind::Instance)])
      linked.instances.push_back(item.instance);
    const std::shared_ptr<const runtime::LinkUnit>& unit = frame.module->unit;
    std::shared_ptr<const runtime::CompiledModule> compiled(unit, unit->modules[frame.module->index].get());
    return runtime::InstantiateLinked(store_, std::move(compiled), frame.core, std::move(linked));
  }

  runtime::Store& store_;
  std::vector<Frame> stack_;
};

runtime::Failure FailureOf(Error error) {
  runtime::Failure failure;
  failure.error = std::move(error);
  return failure;
}

}  // namespace

std::expected<Instance*, runtime::Failure> RunLinking(runtime::Store& store, const ModuleValue& module,
                                                      std::span<const Extern> imports) {
  const auto& wanted = module.type().imports.items();
  if (imports.size() != wanted.size()) {
    return std::unexpected(FailureOf(
        Error(ErrorClass::Usage, fmt::format("expected {} imports, found {}", wanted.size(), imports.size()))));
  }
  for (size_t i = 0; i < wanted.size(); ++i) {
    Result<void> fits = runtime::CheckExtern(wanted[i].type, imports[i], wanted[i].name);
    if (!fits) return std::unexpected(FailureOf(std::move(fits).error()));
  }
  return LinkMachine(store).Run(module, imports);
}

}  // namespace gantry::engine
