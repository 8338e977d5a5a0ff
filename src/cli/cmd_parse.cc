#include <unistd.h>

#include "cli/cli.h"
#include "cli/input.h"
#include "cli/report.h"
#include "cli/settings.h"
#include "wasm/text/wat.h"

namespace gantry::cli {

namespace {

Result<void> ParseFile(std::string_view path, std::string_view output, const wasm::text::WatOptions& options) {
  GANTRY_ASSIGN_OR_RETURN(const std::vector<uint8_t> source, ReadInput(path));
  if (source.empty()) return std::unexpected(Error(ErrorClass::Malformed, "it is empty"));
  if (source[0] == 0) {
    return std::unexpected(
        Error(ErrorClass::Malformed, "it is in the binary format already; `gantry print` gives its text"));
  }
  GANTRY_ASSIGN_OR_RETURN(const std::vector<uint8_t> bytes, wasm::text::ParseWat(AsText(source), options));
  return WriteOutput(output, bytes);
}

}  // namespace

int RunParse(const Args& args) {
  if (!CheckOperands(args, 1, 1)) return kExitUsage;
  const std::string_view output = args.has(Option::Output) ? args.value(Option::Output) : "-";
  if (output == "-" && isatty(STDOUT_FILENO)) {
    PrintErrorChain("a binary module would go to the terminal; name a file with `-o FILE`", {});
    return kExitUsage;
  }
  const Result<Settings> settings = ReadSettings(args);
  if (!settings) return Fail(settings.error());
  wasm::text::WatOptions options;
  options.names = !args.has(Option::NoNames);
  options.features.set(wasm::Feature::ModuleLinking, settings->Features().has(wasm::Feature::ModuleLinking));
  const Result<void> parsed = ParseFile(args.operands[0], output, options);
  return parsed ? kExitOk : Fail("failed to parse `" + std::string(args.operands[0]) + "`", parsed.error());
}

}  // namespace gantry::cli
