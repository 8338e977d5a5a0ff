#include <fmt/core.h>

#include "cli/cli.h"
#include "cli/engine_setup.h"
#include "cli/input.h"
#include "cli/printable.h"
#include "cli/progress.h"
#include "cli/report.h"
#include "engine/module.h"

namespace gantry::cli {

namespace {

Result<void> ValidateFile(const engine::Engine& engine, std::string_view path) {
  GANTRY_ASSIGN_OR_RETURN(const ModuleInput input, ModuleInput::Open(path, engine.config().features));
  std::optional<ProgressLine> progress;
  if (input.bytes()->view().size() >= kLargeModule) progress.emplace(fmt::format("validating `{}`", Printable(path)));
  Result<void> valid = engine::Module::Validate(engine, input.bytes());
  GANTRY_RETURN_IF_ERROR(input.CheckUnchanged());
  return valid;
}

}  // namespace

int RunValidate(const Args& args) {
  if (!CheckOperands(args, 1, SIZE_MAX)) return kExitUsage;
  const Result<Settings> settings = ReadSettings(args);
  if (!settings) return Fail(settings.error());
  const std::shared_ptr<engine::Engine> engine = engine::Engine::New(EngineConfigOf(*settings));
  int exit_code = kExitOk;
  for (std::string_view path : args.operands) {
    const Result<void> valid = ValidateFile(*engine, path);
    if (valid) continue;
    const bool is_read = valid.error().error_class() != ErrorClass::Host;
    exit_code =
        Fail(is_read ? fmt::format("`{}` is not a valid module", path) : fmt::format("failed to validate `{}`", path),
             valid.error());
  }
  return exit_code;
}

}  // namespace gantry::cli
