#include <fmt/core.h>

#include "cli/cli.h"
#include "cli/input.h"
#include "cli/report.h"
#include "cli/settings.h"
#include "link/flatten.h"
#include "wasm/binary/reader.h"
#include "wasm/valid/validator.h"

namespace gantry::cli {

namespace {

Result<void> FlattenFile(std::string_view path, std::string_view output, wasm::Features features) {
  features.set(wasm::Feature::ModuleLinking);
  GANTRY_ASSIGN_OR_RETURN(std::vector<uint8_t> bytes, ReadModuleFile(path, features));
  GANTRY_ASSIGN_OR_RETURN(wasm::Module module,
                          wasm::binary::ReadModule(wasm::ModuleBytes::Own(std::move(bytes)), features));
  wasm::TypeHold types;
  GANTRY_RETURN_IF_ERROR(wasm::valid::ValidateModule(&module, &types));
  GANTRY_ASSIGN_OR_RETURN(const std::vector<uint8_t> flat, link::Flatten(link::MakePlan(&module)));
  return WriteOutput(output, flat);
}

}  // namespace

int RunFlatten(const Args& args) {
  if (!CheckOperands(args, 1, 1)) return kExitUsage;
  const Result<Settings> settings = ReadSettings(args);
  if (!settings) return Fail(settings.error());
  const std::string_view output = args.has(Option::Output) ? args.value(Option::Output) : "-";
  const Result<void> flattened = FlattenFile(args.operands[0], output, settings->Features());
  return flattened ? kExitOk : Fail(fmt::format("failed to flatten `{}`", args.operands[0]), flattened.error());
}

}  // namespace gantry::cli
