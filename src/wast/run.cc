#include "wast/run.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <system_error>
#include <vector>

#include "wasm/text/wast.h"
#include "wast/script_runner.h"
#include "wast/suite.h"

namespace gantry::wast {

namespace {

namespace fs = std::filesystem;
using wasm::text::Directive;

Error CannotRead(std::string_view path, const std::error_code& reason) {
  return Error(ErrorClass::Host, fmt::format("cannot read `{}`: {}", path, reason.message()));
}

Result<std::string> ReadFile(const std::string& path) {
  std::unique_ptr<FILE, int (*)(FILE*)> file(std::fopen(path.c_str(), "rb"), &std::fclose);
  const auto fault = [&] { return std::unexpected(CannotRead(path, std::error_code(errno, std::generic_category()))); };
  if (file == nullptr) return fault();
  std::string text;
  char buffer[1 << 16];
  while (const size_t count = std::fread(buffer, 1, sizeof buffer, file.get())) text.append(buffer, count);
  if (std::ferror(file.get())) return fault();
  return text;
}

// The scripts that `path` names, in order.
Result<std::vector<std::string>> ScriptsAt(const std::string& path) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (error) return std::unexpected(CannotRead(path, error));
  if (!fs::is_directory(status)) return std::vector<std::string>{path};
  std::vector<std::string> scripts;
  for (fs::recursive_directory_iterator it(path, error), end; !error && it != end; it.increment(error)) {
    if (it->path().extension() == ".wast" && it->is_regular_file(error)) scripts.push_back(it->path().string());
  }
  if (error) return std::unexpected(CannotRead(path, error));
  if (scripts.empty()) return std::unexpected(Error(ErrorClass::Usage, fmt::format("`{}` holds no .wast file", path)));
  std::sort(scripts.begin(), scripts.end());
  return scripts;
}

uint64_t CountDirectives(const std::vector<Directive>& directives) {
  uint64_t count = directives.size();
  for (const Directive& directive : directives) {
    for (std::vector<const Directive*> pending = {&directive}; !pending.empty();) {
      const Directive* next = pending.back();
      pending.pop_back();
      count += next->nested.size();
      for (const Directive& nested : next->nested) pending.push_back(&nested);
    }
  }
  return count;
}

// A script that is left out counts with its directives, or as one if it does not parse.
Counts Skip(const Options& options, std::string_view path, std::string_view source, std::string_view reason) {
  if (options.verbose) options.print(fmt::format("{}: skipped: {}", path, reason));
  const Result<wasm::text::Script> script = wasm::text::ParseWast(source);
  return {0, 0, script ? CountDirectives(script->directives) : 1};
}

// `features` are those of the options after the manifest; the script's own switches come last.
Counts RunWith(const Options& options, wasm::Features features, std::string_view path, std::string_view source) {
  const auto fail = [&](const Error& error) {
    options.print(fmt::format("{}:{}: {}", path, std::max(error.line(), 1u), error.message()));
    return Counts{0, 1, 0};
  };
  const Result<std::optional<std::string>> lacking = ApplyScriptSwitches(source, &features);
  if (!lacking) return fail(lacking.error());
  if (*lacking) return Skip(options, path, source, fmt::format("needs `{}`, which is not supported", **lacking));

  wasm::text::WatOptions text;
  text.features = features;
  const Result<wasm::text::Script> script = wasm::text::ParseWast(source, text);
  if (!script) return fail(script.error());
  engine::Config config = options.engine;
  config.features = features;
  config.shared_memory = features.has(wasm::Feature::Threads);
  ScriptRunner runner(options, engine::Engine::New(config), [&](uint32_t line, std::string_view text) {
    options.print(fmt::format("{}:{}: {}", path, line, text));
  });
  runner.Run(script->directives);
  return runner.counts();
}

}  // namespace

Counts RunScript(const Options& options, std::string_view path, std::string_view source) {
  return RunWith(options, options.engine.features, path, source);
}

Result<Counts> RunPaths(const Options& options, std::span<const std::string> paths) {
  Suite suite;
  if (!options.suite_file.empty()) {
    GANTRY_ASSIGN_OR_RETURN(const std::string text, ReadFile(options.suite_file));
    GANTRY_ASSIGN_OR_RETURN(suite, ParseSuite(text, options.suite_file));
  }
  Counts total;
  for (const std::string& path : paths) {
    GANTRY_ASSIGN_OR_RETURN(const std::vector<std::string> scripts, ScriptsAt(path));
    for (const std::string& script : scripts) {
      GANTRY_ASSIGN_OR_RETURN(const std::string source, ReadFile(script));
      Counts counts;
      if (const std::optional<std::string_view> reason = suite.SkipReason(script)) {
        counts = Skip(options, script, source, *reason);
      } else {
        wasm::Features features = options.engine.features;
        suite.Apply(script, &features);
        counts = RunWith(options, features, script, source);
        if (options.verbose) {
          options.print(fmt::format("{}: {} passed, {} failed, {} skipped", script, counts.passed, counts.failed,
                                    counts.skipped));
        }
      }
      total += counts;
    }
  }
  options.print(fmt::format("{} passed, {} failed, {} skipped", total.passed, total.failed, total.skipped));
  return total;
}

}  // namespace gantry::wast
