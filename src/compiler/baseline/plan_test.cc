// The planner: weights, live ranges and locals that need zeros, as text.
#include "compiler/baseline/plan.h"

#include <fmt/core.h>
#include <gtest/gtest.h>

#include "wasm/binary/instr_reader.h"
#include "wasm/binary/reader.h"
#include "wasm/text/wat.h"
#include "wasm/valid/validator.h"

namespace gantry::baseline {
namespace {

// Offsets are left out: `end` stands for the number of reads or loop ends before.
std::string TextOf(const FuncPlan& plan) {
  std::string text;
  for (const LoopPlan& loop : plan.loops) {
    text += fmt::format("loop calls {}:", loop.call_weight);
    for (uint32_t i = 0; i < loop.general + loop.vector; ++i) {
      const Candidate& candidate = plan.candidates[loop.first + i];
      text += fmt::format(" {}*{}{}{}", candidate.local, candidate.weight, candidate.is_assigned ? "=" : "",
                          candidate.is_live_at_header ? "" : "-");
    }
    text += "\n";
  }
  text += "alive to:";
  for (const wasm::LocalPlan& local : plan.locals) text += fmt::format(" {}", uint32_t{local.live_end});
  text += "; zero:";
  for (size_t i = 0; i < plan.locals.size(); ++i) {
    if (plan.locals[i].read_before_set) text += fmt::format(" {}", i);
  }
  return text;
}

// What TextOf leaves out.
std::string RestOf(const FuncPlan& plan) {
  std::string text = fmt::format("calls {}", plan.calls);
  for (const LoopPlan& loop : plan.loops)
    text += fmt::format(", {} to {}: {} general", loop.offset, loop.end, loop.general);
  return text;
}

struct BothPlans {
  std::string from_bytes, rest_from_bytes;
  std::string kept, rest_kept;  // by validation
};

// Of the module's first function.
BothPlans PlansOf(const std::string& func) {
  const auto bytes = wasm::text::ParseWat("(module (memory 1) " + func + ")");
  if (!bytes) return {bytes.error().Summary()};
  auto module = wasm::binary::ReadModule(wasm::ModuleBytes::Own(*bytes), wasm::Features::AllProposals());
  wasm::TypeHold hold;
  wasm::PlanParts parts;
  const auto valid = wasm::valid::ValidateModule(&*module, &hold, {.plans = &parts});
  if (!valid) return {valid.error().Summary()};
  const wasm::Func& first = module->funcs[module->imported_funcs];
  wasm::binary::InstrReader reader(module->Bytes(first.body), 0, module->features);
  std::vector<wasm::binary::LocalRun> runs;
  EXPECT_TRUE(reader.ReadLocals(&runs));
  std::vector<Kind> kinds;
  const auto& params = module->types[first.type].params;
  for (const auto& param : params) kinds.push_back(KindOf(*module, param));
  for (const auto& run : runs) kinds.insert(kinds.end(), run.count, KindOf(*module, run.type));
  Planner planner;
  const FuncPlan& plan = planner.Plan({reader.pos(), reader.end()}, kinds, static_cast<uint32_t>(params.size()));
  BothPlans both{TextOf(plan), RestOf(plan), "none", ""};
  if (FuncPlan kept; wasm::FindPlan(parts, module->imported_funcs, &kept)) {
    both.kept = TextOf(kept);
    both.rest_kept = RestOf(kept);
  }
  return both;
}

std::string PlanOf(const std::string& func) {
  const BothPlans both = PlansOf(func);
  EXPECT_EQ(both.kept, both.from_bytes);
  EXPECT_EQ(both.rest_kept, both.rest_from_bytes);
  return both.from_bytes;
}

TEST(BaselinePlan, LocalsOfALoopByWeight) {
  EXPECT_EQ(PlanOf(R"((func (param $n i32) (param $x f64) (local $i i32)
    (loop $l
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (drop (local.get $x))
      (br_if $l (i32.lt_u (local.get $i) (local.get $n))))))"),
            "loop calls 0: 2*3= 0*1 1*1\nalive to: 21 21 21; zero: 2");
}

TEST(BaselinePlan, InnerLoopsCountEightfold) {
  EXPECT_EQ(PlanOf(R"((func (param $a i32) (param $b i32)
    (loop (drop (local.get $a)) (loop (drop (local.get $b))) (drop (local.get $a)))))"),
            "loop calls 0: 1*8 0*2\nloop calls 0: 1*1\nalive to: 16 16; zero:");
}

TEST(BaselinePlan, ALocalSetFirstInEachRoundIsNotAliveAtTheHeader) {
  EXPECT_EQ(PlanOf(R"((func (param $n i32) (local $t i32)
    (loop $l
      (local.set $t (i32.load (local.get $n)))
      (drop (local.get $t))
      (br_if $l (local.get $n)))))"),
            "loop calls 0: 0*2 1*2=-\nalive to: 18 11; zero:");
}

TEST(BaselinePlan, ASetInABlockDoesNotReachBehindIt) {
  EXPECT_EQ(PlanOf("(func (param i32) (local i32) (block (br_if 0 (local.get 0)) (local.set 1 (i32.const 5))) (drop "
                   "(local.get 1)))"),
            "alive to: 4 13; zero: 1");
  EXPECT_EQ(PlanOf("(func (param i32) (local i32) (local.set 1 (i32.const 5)) (block (drop (local.get 1))))"),
            "alive to: 0 8; zero:");
  EXPECT_EQ(PlanOf("(func (param i32) (local i32) (if (local.get 0) (then (local.set 1 (i32.const 5))) (else (drop "
                   "(local.get 1)))))"),
            "alive to: 2 11; zero: 1");
}

TEST(BaselinePlan, CallsThatNothingReturnsFromDoNotCount) {
  EXPECT_EQ(PlanOf("(func $f (loop (call $f) (call $f) (unreachable)))"), "loop calls 1:\nalive to:; zero:");
}

TEST(BaselinePlan, ALoopPassesOnOnlyItsBest) {
  std::string body = "(func (local";
  for (int i = 0; i < 40; ++i) body += " i32";
  body += ") (loop (loop";
  for (int i = 0; i < 40; ++i) {
    for (int k = 0; k <= i; ++k) body += fmt::format(" (drop (local.get {}))", i);
  }
  body += ")))";
  const std::string plan = PlanOf(body);
  EXPECT_EQ(plan.substr(0, plan.find("\nloop")),
            "loop calls 0: 39*320 38*312 37*304 36*296 35*288 34*280 33*272 32*264 31*256 30*248 29*240 28*232");
}

TEST(BaselinePlan, ValidationKeepsWhatTheBytesSay) {
  // More events than are handed on at a time, locals of one and two bytes, and every step.
  std::string body = "(func $f (param $n i32) (local f64 v128) (local";
  for (int i = 0; i < 200; ++i) body += " i64";
  body += ")";
  for (int i = 0; i < 300; ++i) {
    body += fmt::format(
        "(loop $l (block (if (local.get $n) (then (call $f (local.get $n)) (unreachable)) (else (local.set {0} "
        "(local.get "
        "{1})))) (br_if 0 (local.get $n)) (try_table (catch_all 0) (call $f (i32.const {2})) (local.set 1 (local.tee 1 "
        "(f64.const 1)))) (memory.fill (i32.const 0) (i32.const 1) (local.get $n))) (br_if $l (i32.eqz (local.get "
        "$n))) "
        "(drop (local.get 2)))",
        3 + i % 200, 3 + i * 7 % 200, i * 1000);
    if (i % 10 == 3) body += "(block (data.drop 0) (local.set $n (i32.load offset=70000 (local.get $n))))";
  }
  EXPECT_EQ(PlanOf(body + ") (data \"\")").substr(0, 32), "loop calls 2: 0*5 3*2= 1*2=- 2*1");
}

TEST(BaselinePlan, ValidationKeepsNoneThatIsMuchLargerThanTheBody) {
  std::string types;
  for (int i = 0; i < 50; ++i) types += " i32";
  const BothPlans both = PlansOf("(func (local" + types + ") (local.set 49 (i32.const 1)))");
  EXPECT_EQ(both.kept, "none");
  EXPECT_EQ(both.from_bytes.substr(0, 9), "alive to:");
}

}  // namespace
}  // namespace gantry::baseline
