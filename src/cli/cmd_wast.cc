#include <cstdint>

#include "cli/cli.h"
#include "cli/engine_setup.h"
#include "cli/report.h"
#include "wast/run.h"

namespace gantry::cli {

int RunWast(const Args& args) {
  if (!CheckOperands(args, 1, SIZE_MAX)) return kExitUsage;
  const Result<Settings> settings = ReadSettings(args);
  if (!settings) return Fail(settings.error());
  wast::Options options;
  options.engine = EngineConfigOf(*settings);
  options.limits = StoreLimitsOf(*settings);
  options.fuel = settings->Number(Key::Fuel).value_or(options.fuel);
  options.validate_only = args.has(Option::ValidateOnly);
  options.ignore_messages = args.has(Option::IgnoreMessages);
  options.verbose = args.has(Option::Verbose);
  options.suite_file = args.value(Option::Suite);
  options.print = [](std::string_view line) {
    WriteText(stdout, line);
    WriteText(stdout, "\n");
  };
  const std::vector<std::string> paths(args.operands.begin(), args.operands.end());
  const Result<wast::Counts> counts = wast::RunPaths(options, paths);
  if (!counts) return Fail(counts.error());
  return counts->failed == 0 ? kExitOk : kExitFailure;
}

}  // namespace gantry::cli
