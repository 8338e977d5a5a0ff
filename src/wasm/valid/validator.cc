#include "wasm/valid/validator.h"

#include <fmt/core.h>

#include "base/check.h"
#include "wasm/binary/name_section.h"
#include "wasm/valid/func_validator.h"
#include "wasm/valid/link_validator.h"
#include "wasm/valid/module_validator.h"

namespace gantry::wasm::valid {

namespace {

// The name section follows the code, so an error looks for it.
std::string FuncContext(const Module& module, uint32_t func, uint32_t instr) {
  const binary::ModuleNames names(module);
  const std::string_view name = names.FunctionName(func);
  return fmt::format("in function {}{}, at instruction {}", func, name.empty() ? "" : fmt::format(" `{}`", name),
                     instr);
}

}  // namespace

Scratch::Scratch() : impl_(std::make_unique<Impl>()) {}
Scratch::~Scratch() = default;
Scratch::Scratch(Scratch&&) noexcept = default;
Scratch& Scratch::operator=(Scratch&&) noexcept = default;

Result<void> ValidateFunc(const Module& module, uint32_t func, Scratch* scratch, FuncSummary* summary,
                          PlanPart* plans) {
  GANTRY_DCHECK(func >= module.imported_funcs && func < module.funcs.size(), "not a defined function");
  FuncValidator validator(module, scratch);
  auto result = validator.ValidateBody(func, summary, plans);
  if (result) return result;
  return std::unexpected(std::move(result).error().WithContext(FuncContext(module, func, validator.instr_index())));
}

Result<void> CheckBodies(Module* module, Scratch* scratch, const Options& options) {
  if (options.skip_bodies) return {};
  uint32_t uses = 0;
  const uint32_t count = static_cast<uint32_t>(module->funcs.size());
  if (options.summaries != nullptr) options.summaries->resize(count - module->imported_funcs);
  uint32_t part_bytes = kPlanPartBytes;
  for (uint32_t func = module->imported_funcs; func < count; ++func) {
    FuncSummary* summary =
        options.summaries == nullptr ? &scratch->impl().summary : &(*options.summaries)[func - module->imported_funcs];
    PlanPart* part = nullptr;
    if (options.plans != nullptr) {
      if (part_bytes >= kPlanPartBytes) {
        options.plans->emplace_back(func);
        part_bytes = 0;
      }
      part = &options.plans->back();
      part_bytes += module->funcs[func].body.size;
    }
    GANTRY_RETURN_IF_ERROR(ValidateFunc(*module, func, scratch, summary, part));
    uses |= summary->uses;
  }
  module->uses = uses;
  return {};
}

Result<void> ValidateModule(Module* module, TypeHold* hold, const Options& options) {
  if (module->linking != nullptr) return ValidateLinking(module, hold, options);
  Scratch scratch;
  ModuleValidator validator(module, hold, &scratch);
  GANTRY_RETURN_IF_ERROR(validator.CheckBeforeCode());
  GANTRY_RETURN_IF_ERROR(CheckBodies(module, &scratch, options));
  return validator.CheckData();
}

}  // namespace gantry::wasm::valid
