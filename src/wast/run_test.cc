#include "wast/run.h"

#include <gtest/gtest.h>

#include <filesystem>

namespace gantry::wast {
namespace {

namespace fs = std::filesystem;

// Runs paths and returns the lines of output, joined.
std::string RunAll(Options options, const std::vector<std::string>& paths, Counts* counts) {
  std::string lines;
  options.print = [&](std::string_view line) { lines.append(line).append("\n"); };
  const Result<Counts> result = RunPaths(options, paths);
  if (!result) return result.error().message();
  *counts = *result;
  return lines;
}

Counts RunText(const Options& base, std::string_view script, std::string* lines) {
  Options options = base;
  options.print = [&](std::string_view line) { lines->append(line).append("\n"); };
  return RunScript(options, "t.wast", script);
}

TEST(Run, CountsDirectives) {
  std::string lines;
  const Counts counts = RunText({}, R"((module (func (export "f") (result i32) (i32.const 1)))
(assert_return (invoke "f") (i32.const 1))
(assert_return (invoke "f") (i32.const 2))
(component))",
                                &lines);
  EXPECT_EQ(counts.passed, 2u);
  EXPECT_EQ(counts.failed, 1u);
  EXPECT_EQ(counts.skipped, 1u);
  EXPECT_EQ(lines, "t.wast:3: expected (i32.const 2), got (i32.const 1)\n");
}

TEST(Run, AThreadsDirectivesCount) {
  std::string lines;
  const Counts counts =
      RunText({}, R"((thread $T (module (func (export "f"))) (invoke "f") (invoke "g")) (wait $T))", &lines);
  EXPECT_EQ(counts.passed, 4u);
  EXPECT_EQ(counts.failed, 1u);
  EXPECT_EQ(lines, "t.wast:1: expected a return, got error: unknown export \"g\"\n");
}

TEST(Run, MessagesCanBeIgnoredButNotTheKindOfFailure) {
  Options options;
  options.ignore_messages = true;
  std::string lines;
  const Counts counts = RunText(options, R"(
(assert_invalid (module (func (result i32))) "some other text")
(assert_malformed (module binary "") "some other text")
(assert_invalid (module binary "") "some other text")
(module (func (export "f") unreachable))
(assert_trap (invoke "f") "some other text")
(assert_exhaustion (invoke "f") "some other text"))",
                                &lines);
  EXPECT_EQ(counts.passed, 4u);
  EXPECT_EQ(counts.failed, 2u);
}

TEST(Run, ValidateOnlyInstantiatesNothing) {
  Options options;
  options.validate_only = true;
  std::string lines;
  const Counts counts = RunText(options, R"(
(module (import "nowhere" "f" (func)))
(invoke "f")
(assert_unlinkable (module (import "nowhere" "f" (func))) "unknown import")
(assert_invalid (module (func (result i32))) "type mismatch")
(assert_invalid (module) "type mismatch"))",
                                &lines);
  EXPECT_EQ(counts.passed, 3u);
  EXPECT_EQ(counts.failed, 1u);
  EXPECT_EQ(counts.skipped, 1u);
}

TEST(Run, MissingFilesAreErrors) {
  Counts counts;
  EXPECT_NE(RunAll({}, {"no-such-file.wast"}, &counts).find("cannot read `no-such-file.wast`"), std::string::npos);
}

// Ways of running the official suite and our scripts with objects.
struct Way {
  const char* name;
  void (*set)(engine::Config* config);
};

// A collection at every allocation that moves every object.
void Stress(engine::Config* config) { config->heap.collect_at_every_allocation = true; }
void CountFuel(engine::Config* config) { config->consume_fuel = true; }
void Poll(engine::Config* config) { config->epoch_interruption = true; }
void Native(engine::Config* config) { config->tier = engine::Tier::Baseline; }
void Lazy(engine::Config* config) { Native(config), config->lazy = true; }

constexpr Way kWays[] = {
    {"Stress", &Stress},
    {"Fuel", &CountFuel},
    {"Native", &Native},
    {"NativeStress", [](engine::Config* config) { Native(config), Stress(config), Poll(config); }},
    {"NativeFuel", [](engine::Config* config) { Native(config), CountFuel(config); }},
    {"NativePolls", [](engine::Config* config) { Native(config), Poll(config); }},
    {"LazyStress", [](engine::Config* config) { Lazy(config), Stress(config), Poll(config); }},
    {"LazyFuel", [](engine::Config* config) { Lazy(config), CountFuel(config); }},
};

class Suites : public testing::TestWithParam<Way> {};

TEST_P(Suites, Pass) {
  const fs::path spec = fs::path(GANTRY_SOURCE_DIR) / ".." / "shared" / "testdata" / "spec";
  const fs::path own = fs::path(GANTRY_SOURCE_DIR) / "tests" / "wast";
  std::vector<std::string> paths;
  for (const char* name : {"patterns", "host_modules", "small_arrays", "small_bulk"}) {
    paths.push_back((own / (std::string(name) + ".wast")).string());
  }
  if (fs::exists(spec)) paths.push_back(spec.string());
  Options options;
  GetParam().set(&options.engine);
  options.suite_file = (own / "suites.toml").string();
  Counts counts;
  const std::string lines = RunAll(options, paths, &counts);
  EXPECT_EQ(counts.failed, 0u) << lines;
  EXPECT_GT(counts.passed, 30u) << lines;
}

INSTANTIATE_TEST_SUITE_P(Run, Suites, testing::ValuesIn(kWays),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace gantry::wast
