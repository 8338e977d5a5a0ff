#include "wast/suite.h"

#include <gtest/gtest.h>

namespace gantry::wast {
namespace {

using wasm::Feature;
using wasm::Features;

TEST(Suite, PathsMatchByWholeComponents) {
  EXPECT_TRUE(PathMatches("spec/proposals/threads/atomic.wast", "proposals/threads"));
  EXPECT_TRUE(PathMatches("spec/proposals/threads/atomic.wast", "threads/atomic.wast"));
  EXPECT_TRUE(PathMatches("legacy/throw.wast", "legacy"));
  EXPECT_FALSE(PathMatches("spec/not-legacy/throw.wast", "legacy"));
  EXPECT_FALSE(PathMatches("spec/legacy2/throw.wast", "legacy"));
  EXPECT_TRUE(PathMatches("a/legacy2/legacy/throw.wast", "legacy"));
}

TEST(Suite, RulesApplyInOrderAndSkipsHaveReasons) {
  const auto suite = ParseSuite(R"(
[[rule]]
path = "proposals"
features = { gc = false, custom-page-sizes = true }
[[rule]]
path = "proposals/x"
features = { gc = true }
[[skip]]
path = "legacy"
reason = "old"
)",
                                "suites.toml");
  ASSERT_TRUE(suite);
  Features features = Features::Default();
  suite->Apply("proposals/y/a.wast", &features);
  EXPECT_FALSE(features.has(Feature::Gc));
  EXPECT_TRUE(features.has(Feature::CustomPageSizes));
  suite->Apply("proposals/x/a.wast", &features);
  EXPECT_TRUE(features.has(Feature::Gc));
  EXPECT_EQ(suite->SkipReason("legacy/a.wast"), "old");
  EXPECT_FALSE(suite->SkipReason("a.wast"));
}

TEST(Suite, FaultsNameTheFile) {
  for (const char* bad :
       {"[[rule]]\npath = \"a\"", "[[rule]]\npath = \"a\"\nfeatures = { no-such = true }",
        "[[rule]]\npath = \"a\"\nfeatures = { gc = 1 }", "[[skip]]\npath = \"a\"", "other = 1", "= 3"}) {
    const auto suite = ParseSuite(bad, "suites.toml");
    ASSERT_FALSE(suite) << bad;
    EXPECT_EQ(suite.error().message().find("suites.toml"), 0u) << suite.error().message();
  }
}

TEST(Suite, ScriptsSwitchFeatures) {
  Features features = Features::Default();
  const auto lacking = ApplyScriptSwitches(
      ";;! custom_page_sizes = true\r\n;;! gc = false\n;;! hogs_memory = true\n(module)\n;;! simd = false", &features);
  ASSERT_TRUE(lacking);
  EXPECT_FALSE(*lacking);
  EXPECT_TRUE(features.has(Feature::CustomPageSizes));
  EXPECT_FALSE(features.has(Feature::Gc));
  EXPECT_TRUE(features.has(Feature::Simd));
}

TEST(Suite, UnknownSwitchesAreNamedOnlyIfOn) {
  Features features;
  EXPECT_EQ(**ApplyScriptSwitches(";;! stack-switching = true", &features), "stack-switching");
  EXPECT_FALSE(*ApplyScriptSwitches(";;! stack-switching = false\n", &features));
  const auto bad = ApplyScriptSwitches(";;! gc = true\n;;! gc\n", &features);
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().line(), 2u);
}

}  // namespace
}  // namespace gantry::wast
