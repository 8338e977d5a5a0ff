#include <fmt/core.h>

#include "cli/cli.h"
#include "cli/input.h"
#include "cli/report.h"
#include "cli/settings.h"
#include "wasm/binary/reader.h"
#include "wasm/text/printer.h"

namespace gantry::cli {

namespace {

Result<void> PrintFile(const Args& args, std::string_view output) {
  Settings settings;
  GANTRY_RETURN_IF_ERROR(settings.Add(Option::Wasm, "all-proposals", "y"));
  for (std::string_view group : args.values(Option::Wasm))
    GANTRY_RETURN_IF_ERROR(settings.AddGroup(Option::Wasm, group));
  GANTRY_ASSIGN_OR_RETURN(std::vector<uint8_t> bytes, ReadModuleFile(args.operands[0], settings.Features()));
  GANTRY_ASSIGN_OR_RETURN(const wasm::Module module,
                          wasm::binary::ReadModule(wasm::ModuleBytes::Own(std::move(bytes)), settings.Features()));
  GANTRY_ASSIGN_OR_RETURN(const std::string text,
                          wasm::text::PrintModule(module, {.offsets = args.has(Option::Offsets)}));
  return WriteOutput(output, std::span(reinterpret_cast<const uint8_t*>(text.data()), text.size()));
}

}  // namespace

int RunPrint(const Args& args) {
  if (!CheckOperands(args, 1, 1)) return kExitUsage;
  const Result<void> printed = PrintFile(args, args.has(Option::Output) ? args.value(Option::Output) : "-");
  return printed ? kExitOk : Fail(fmt::format("failed to print `{}`", args.operands[0]), printed.error());
}

}  // namespace gantry::cli
