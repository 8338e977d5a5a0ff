#include "link/plan.h"

#include <algorithm>
#include <map>
#include <utility>

namespace gantry::link {

namespace {

using wasm::AliasForm;
using wasm::ExternKind;
using wasm::HeaderItem;
using wasm::HeaderKind;
using wasm::Module;

// A module further out and an index in its module index space.
struct OuterModule {
  uint32_t level;  // nesting depth of the module whose index space it is
  uint32_t index;
  auto operator<=>(const OuterModule&) const = default;
};

struct Place {
  uint32_t parent = 0;                       // in LinkPlan::modules
  std::map<OuterModule, uint32_t> captures;  // to the capture's index
};

uint32_t Depth(const Module& module) { return module.linking->depth; }

class Planner {
 public:
  explicit Planner(Module* root) { Flatten(root); }

  LinkPlan Make() {
    for (uint32_t i = 0; i < plan_.modules.size(); ++i) FindCaptures(i);
    plan_.programs.resize(plan_.modules.size());
    for (uint32_t i = 0; i < plan_.modules.size(); ++i) {
      plan_.programs[i].captures = static_cast<uint32_t>(places_[i].captures.size());
      AddSteps(i);
    }
    return std::move(plan_);
  }

 private:
  // All modules, parents before children, children in their order.
  void Flatten(Module* root) {
    std::vector<std::pair<Module*, uint32_t>> to_visit = {{root, 0}};
    while (!to_visit.empty()) {
      const auto [module, parent] = to_visit.back();
      to_visit.pop_back();
      const uint32_t index = static_cast<uint32_t>(plan_.modules.size());
      numbers_[module] = index;
      plan_.modules.push_back(module);
      places_.push_back({parent, {}});
      const auto& nested = module->linking->nested;
      for (auto it = nested.rbegin(); it != nested.rend(); ++it) to_visit.push_back({it->get(), index});
    }
  }

  // Every module between the one that aliases and the one that owns the item captures it.
  void FindCaptures(uint32_t number) {
    for (const wasm::Alias& alias : plan_.modules[number]->linking->aliases) {
      if (alias.form != AliasForm::OuterModule) continue;
      const OuterModule outer{Depth(*plan_.modules[number]) - 1 - alias.depth, alias.outer_index};
      for (uint32_t at = number; Depth(*plan_.modules[at]) > outer.level; at = places_[at].parent) {
        auto& captures = places_[at].captures;
        if (!captures.try_emplace(outer, static_cast<uint32_t>(captures.size())).second) break;
      }
    }
  }

  // What a child's value captures where its definition stands.
  std::vector<Capture> CapturesOf(uint32_t child) const {
    const Place& place = places_[child];
    std::vector<Capture> captures(place.captures.size());
    const uint32_t level = Depth(*plan_.modules[place.parent]);
    for (const auto& [outer, slot] : place.captures) {
      const bool is_own = outer.level != level;
      captures[slot] = {is_own, is_own ? places_[place.parent].captures.find(outer)->second : outer.index};
    }
    return captures;
  }

  void AddSteps(uint32_t number) {
    const Module& module = *plan_.modules[number];
    const wasm::Linking& linking = *module.linking;
    std::vector<Step>& steps = plan_.programs[number].steps;
    std::map<std::string_view, uint32_t> implicit;
    uint32_t folded = 0;
    for (size_t i = 0; i < linking.items.size(); ++i) {
      const HeaderItem& item = linking.items[i];
      switch (item.kind) {
        case HeaderKind::RecGroup:
          break;
        case HeaderKind::ImplicitInstance:
          implicit[module.imports[linking.items[i + 1].index].module] = item.index;
          steps.push_back({StepKind::Import, ExternKind::Instance, folded++, {}, {}, {}});
          break;
        case HeaderKind::Import: {
          const wasm::Import& import = module.imports[item.index];
          if (import.has_name) {
            steps.push_back(
                {StepKind::AliasExport, import.kind, implicit.find(import.module)->second, import.name, {}, {}});
          } else {
            steps.push_back({StepKind::Import, import.kind, folded++, {}, {}, {}});
          }
          break;
        }
        case HeaderKind::NestedModule: {
          const uint32_t child = numbers_.find(linking.nested[item.index].get())->second;
          steps.push_back({StepKind::DefineModule, ExternKind::Module, child, {}, CapturesOf(child), {}});
          break;
        }
        case HeaderKind::Instance:
          AddInstantiation(linking.instances[item.index], &steps);
          break;
        case HeaderKind::Alias:
          AddAlias(number, linking.aliases[item.index], &steps);
          break;
      }
    }
  }

  static void AddInstantiation(const wasm::Instantiation& instance, std::vector<Step>* steps) {
    Step step{StepKind::Instantiate, ExternKind::Instance, instance.module, {}, {}, {}};
    step.arguments.reserve(instance.arguments.size());
    for (const wasm::LinkArgument& argument : instance.arguments) {
      step.arguments.push_back({argument.name, argument.kind, argument.index});
    }
    std::ranges::sort(step.arguments, {}, &Argument::name);
    steps->push_back(std::move(step));
  }

  void AddAlias(uint32_t number, const wasm::Alias& alias, std::vector<Step>* steps) const {
    if (alias.form == AliasForm::Export) {
      steps->push_back({StepKind::AliasExport, alias.kind, alias.instance, alias.name, {}, {}});
    } else if (alias.form == AliasForm::OuterModule) {
      const OuterModule outer{Depth(*plan_.modules[number]) - 1 - alias.depth, alias.outer_index};
      steps->push_back(
          {StepKind::AliasCapture, ExternKind::Module, places_[number].captures.find(outer)->second, {}, {}, {}});
    }
  }

  LinkPlan plan_;
  std::vector<Place> places_;
  std::map<const Module*, uint32_t> numbers_;
};

}  // namespace

LinkPlan MakePlan(Module* root) { return Planner(root).Make(); }

}  // namespace gantry::link
