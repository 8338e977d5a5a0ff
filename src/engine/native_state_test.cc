// What compiled code's runtime keeps from one call or throw to the next, per thread and per store: it must not outlive
// what it describes.
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <string>
#include <thread>

#include "engine/linker.h"
#include "engine/native_tier.h"
#include "platform/faults.h"

namespace gantry::engine {
namespace {

using abi::TrapCode;

// Runs a function of a fresh module that takes nothing and gives an i32.
uint32_t RunFresh(const std::shared_ptr<Engine>& engine, const std::string& wat, const char* name) {
  auto module = Module::CompileAny(engine, std::vector<uint8_t>(wat.begin(), wat.end()));
  if (!module) {
    ADD_FAILURE() << module.error().Summary();
    return 0;
  }
  Store store(engine);
  auto instance = Linker(engine).Instantiate(store, **module);
  if (!instance) {
    ADD_FAILURE() << instance.error().Message();
    return 0;
  }
  auto results = engine::Call(store.runtime(), (*instance)->Export(name)->func, std::vector<Value>{});
  if (!results) {
    ADD_FAILURE() << results.error().Message();
    return 0;
  }
  return (*results)[0].i32();
}

// What a thread has learnt of frames and tags while it looked for handlers holds for modules and stores that are gone;
// others come to lie at their addresses.
TEST(Exceptions, FramesAndTagsOfModulesThatAreGoneAreForgotten) {
  Config config;
  config.tier = Tier::Baseline;
  auto engine = Engine::New(config);
  const char* const payloads[] = {
      "i32", "i64", "f64 i32", "v128 i32", "f32 f32 f32 i32", "i64 i64 i64 i64 i64 i64 i32"};
  for (int round = 0; round < 30; ++round) {
    const std::string payload = payloads[round % 6];
    const int values = 1 + static_cast<int>(std::count(payload.begin(), payload.end(), ' '));
    // Frames and code of another size each time, handlers at other distances.
    std::string fill, locals, consts, drops;
    for (int i = 0; i < round % 5; ++i) fill += "(local.set $x (i64.mul (local.get $x) (i64.const 77777777777)))";
    for (int i = 0; i < round % 7; ++i) locals += " i64";
    std::string type;
    for (std::string rest = payload + " "; !rest.empty(); rest = rest.substr(rest.find(' ') + 1)) {
      type = rest.substr(0, rest.find(' '));
      consts += type == "v128" ? "(v128.const i64x2 1 2)" : "(" + type + ".const " + std::to_string(round) + ")";
    }
    for (int i = 1; i < values; ++i) drops += "(local.set $last) (drop) (local.get $last)";
    const std::string wrap = type == "i64" ? "(i32.wrap_i64)" : "";
    const std::string wat = "(module (tag $t (param " + payload +
                            ")) (tag $other (param i32))"
                            "(func $throw (param $n i32) (local $x i64) (local" +
                            locals + ") " + fill +
                            "  (if (local.get $n) (then (call $throw (i32.sub (local.get $n) (i32.const 1)))))"
                            "  (block $h (result i32) (try_table (catch $other $h)" +
                            consts +
                            " (throw $t)) (i32.const 1)) (drop))"
                            "(func (export \"run\") (result i32) (local $last " +
                            type +
                            ") (local $sum i32) (local $i i32)"
                            "  (loop $l (block $h (result " +
                            payload +
                            ")"
                            "    (try_table (catch $t $h) (call $throw (local.get $i))) (unreachable))" +
                            drops + wrap +
                            "  (local.set $sum (i32.add (local.get $sum)))"
                            "  (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const "
                            "5)))) (local.get $sum)))";
    ASSERT_EQ(RunFresh(engine, wat, "run"), 5u * static_cast<uint32_t>(round)) << wat;
  }
}

// A store goes from a thread that ends to one that looks the same: its stack lies where the first one's was.
TEST(Threads, AStoreGoesFromThreadToThread) {
  if (!platform::FaultsAreSupported()) GTEST_SKIP();
  constexpr std::string_view kModule = R"((module (memory 1)
      (func $deep (export "deep") (param i32) (result i32)
        (if (result i32) (local.get 0) (then (i32.add (i32.const 1) (call $deep (i32.sub (local.get 0) (i32.const 1)))))
          (else (i32.load (i32.const 0)))))
      (func $forever (export "forever") (param i32) (result i32) (call $forever (local.get 0)) (i32.add (i32.const 1)))))";
  Config config;
  config.tier = Tier::Baseline;
  auto engine = Engine::New(config);
  if (engine->native() == nullptr) GTEST_SKIP();
  auto module = Module::CompileAny(engine, std::vector<uint8_t>(kModule.begin(), kModule.end()));
  ASSERT_TRUE(module);
  Store store(engine);
  auto instance = Linker(engine).Instantiate(store, **module);
  ASSERT_TRUE(instance);
  const auto call = [&](const char* name, uint32_t arg) {
    return engine::Call(store.runtime(), (*instance)->Export(name)->func, std::vector<Value>{Value::I32(arg)});
  };
  for (int round = 0; round < 8; ++round) {
    std::thread([&] {
      for (int i = 0; i < 3; ++i) {
        auto results = call("deep", 100);
        ASSERT_TRUE(results);
        EXPECT_EQ((*results)[0].i32(), 100u);
      }
      stack_t alternate;
      ASSERT_EQ(sigaltstack(nullptr, &alternate), 0);
      EXPECT_EQ(alternate.ss_flags & SS_DISABLE, 0);
      auto results = call("forever", 0);
      ASSERT_FALSE(results);
      EXPECT_EQ(results.error().trap->code, TrapCode::StackOverflow);
      EXPECT_EQ(store.runtime().context()->native_stack_end, 0u);
    }).join();
  }
}

}  // namespace
}  // namespace gantry::engine
