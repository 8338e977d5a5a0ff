// LinkPlan: what a blob of linked modules consists of and the steps that bring it to life [GANTRYDOC] The LinkPlan.
//
// Every core module found anywhere in the blob stands once in `modules`; one Program per module says how its header
// runs:
//
//   step               takes                               gives
//   Import             what the module is instantiated with the next item of its kind
//   DefineModule       a static module and captures        a module value
//   Instantiate        a module value, named arguments     a fresh instance; its own Program runs first
//   AliasExport        an instance, a name                 the next item of its kind
//   AliasCapture       a capture of this module value      a module
//
// A module value is a static module with its captures: the modules from further out that it or modules inside it alias,
// taken when the value is made. Outer types need no step: they are canonical. Exports are looked up by name when the
// step runs, since subtyping may have reordered or added some.
//
// Pipeline: valid::ValidateModule -> MakePlan -> engine::LinkMachine. Tested by plan_test.cc.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "wasm/linking.h"

namespace gantry::link {

enum class StepKind : uint8_t { Import, DefineModule, Instantiate, AliasExport, AliasCapture };

struct Capture {
  bool is_own;     // else it is a module of the defining module's index space
  uint32_t index;  // in the defining module's captures, or its module index space
};

struct Argument {
  std::string_view name;
  wasm::ExternKind kind;
  uint32_t index;
};

struct Step {
  StepKind kind;
  wasm::ExternKind gives;
  uint32_t index = 0;     // Import: in Program::imports; DefineModule: in LinkPlan::modules; AliasCapture: the capture;
                          // Instantiate: module; AliasExport: instance
  std::string_view name;  // AliasExport
  std::vector<Capture> captures;    // DefineModule
  std::vector<Argument> arguments;  // Instantiate; sorted by name
};

struct Program {
  std::vector<Step> steps;
  uint32_t captures = 0;  // how many a value of this module has
};

struct LinkPlan {
  // The static modules: 0 is the outermost, the others follow in the order of their bytes.
  std::vector<wasm::Module*> modules;
  std::vector<Program> programs;  // of each
};

// `root` is validated and has a Linking. The plan points into the tree of modules.
LinkPlan MakePlan(wasm::Module* root);

}  // namespace gantry::link
