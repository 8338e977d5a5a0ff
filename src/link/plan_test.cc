#include "link/plan.h"

#include <gtest/gtest.h>

#include <string>

#include "wasm/binary/reader.h"
#include "wasm/text/wat.h"
#include "wasm/valid/validator.h"

namespace gantry::link {
namespace {

using wasm::ExternKind;

struct Planned {
  explicit Planned(std::string_view wat) {
    wasm::text::WatOptions options;
    options.features.set(wasm::Feature::ModuleLinking);
    auto bytes = wasm::text::ParseWat(wat, options);
    EXPECT_TRUE(bytes) << bytes.error().Summary();
    auto read = wasm::binary::ReadModule(wasm::ModuleBytes::Own(std::move(*bytes)), options.features);
    EXPECT_TRUE(read) << read.error().Summary();
    root = std::move(*read);
    const auto valid = wasm::valid::ValidateModule(&root, &types);
    EXPECT_TRUE(valid) << valid.error().Summary();
    plan = MakePlan(&root);
  }
  // One letter per step.
  std::string Steps(uint32_t module) const {
    std::string text;
    for (const Step& step : plan.programs[module].steps) text += "IDNAC"[static_cast<size_t>(step.kind)];
    return text;
  }

  wasm::Module root;
  wasm::TypeHold types;
  LinkPlan plan;
};

TEST(LinkPlan, APlainModuleHasNoSteps) {
  const Planned p("(module (func) (memory 1))");
  ASSERT_EQ(p.plan.modules.size(), 1u);
  EXPECT_EQ(p.Steps(0), "");
}

TEST(LinkPlan, StepsFollowTheHeader) {
  const Planned p(
      R"((module (import "a" "f" (func)) (import "a" "g" (func)) (import "b" (func)) (module $m) (instance $i (instantiate $m))
      (module)))");
  EXPECT_EQ(p.plan.modules.size(), 3u);
  EXPECT_EQ(p.Steps(0), "IAAIDND");
  EXPECT_EQ(p.plan.programs[0].steps[2].name, "g");
  EXPECT_EQ(p.plan.programs[0].steps[3].index, 1u);  // the second folded import
}

TEST(LinkPlan, EveryModuleInBetweenCaptures) {
  const Planned p(R"((module $top (module $x) (module $a (module $b (module $c
      (instance (instantiate (module outer $top $x))) (instance (instantiate (module outer $top $x))))))))");
  // 0: $top, 1: $x, 2: $a, 3: $b, 4: $c
  ASSERT_EQ(p.plan.modules.size(), 5u);
  EXPECT_EQ(p.plan.programs[1].captures, 0u);
  EXPECT_EQ(p.Steps(4), "CNN");
  for (uint32_t module : {2u, 3u, 4u}) EXPECT_EQ(p.plan.programs[module].captures, 1u) << module;
  const Step& make_a = p.plan.programs[0].steps[1];
  ASSERT_EQ(make_a.captures.size(), 1u);
  EXPECT_FALSE(make_a.captures[0].is_own);
  EXPECT_EQ(make_a.captures[0].index, 0u);
  EXPECT_TRUE(p.plan.programs[2].steps[0].captures[0].is_own);
  EXPECT_TRUE(p.plan.programs[3].steps[0].captures[0].is_own);
}

TEST(LinkPlan, ArgumentsAreSorted) {
  const Planned p(
      R"((module (import "f" (func $f)) (module $m) (instance (instantiate $m (import "z" (func $f)) (import "a" (func $f))))))");
  const Step& step = p.plan.programs[0].steps.back();
  ASSERT_EQ(step.arguments.size(), 2u);
  EXPECT_EQ(step.arguments[0].name, "a");
}

}  // namespace
}  // namespace gantry::link
