// The internal C++ API end to end: modules in the text format, run by the default tier.
#include "engine/engine.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <cstdio>
#include <thread>

#include "engine/host_func.h"
#include "engine/linker.h"

namespace gantry::engine {
namespace {

using abi::Caller;
using abi::Status;
using abi::TrapCode;

std::shared_ptr<const Module> MakeModule(const std::shared_ptr<Engine>& engine, std::string_view wat) {
  auto module = Module::CompileAny(engine, std::vector<uint8_t>(wat.begin(), wat.end()));
  if (!module) ADD_FAILURE() << module.error().Summary();
  return module ? *module : nullptr;
}

struct Env {
  explicit Env(const Config& config = {}, const runtime::StoreLimits& limits = {})
      : engine(Engine::New(config)), store(engine, limits), linker(engine) {}

  runtime::Instance* Make(std::string_view wat) {
    auto module = MakeModule(engine, wat);
    if (!module) return nullptr;
    auto instance = linker.Instantiate(store, *module);
    if (!instance) ADD_FAILURE() << instance.error().Message();
    return instance ? *instance : nullptr;
  }
  std::expected<std::vector<Value>, Failure> Call(runtime::Instance* instance, std::string_view name,
                                                  std::vector<Value> args = {}) {
    return engine::Call(store.runtime(), instance->Export(name)->func, args);
  }

  std::shared_ptr<Engine> engine;
  Store store;
  Linker linker;
};

TEST(Engine, RunsAFunction) {
  Env env;
  auto* instance = env.Make(R"((module (func (export "add") (param i32 i32) (result i32)
      (i32.add (local.get 0) (local.get 1)))))");
  auto results = env.Call(instance, "add", {Value::I32(40), Value::I32(2)});
  ASSERT_TRUE(results);
  EXPECT_EQ((*results)[0].i32(), 42u);
}

TEST(Engine, RefusesArgumentsOfOtherTypes) {
  Env env;
  auto* instance = env.Make(R"((module (func (export "f") (param i32))))");
  EXPECT_FALSE(env.Call(instance, "f", {}));
  EXPECT_FALSE(env.Call(instance, "f", {Value::I64(1)}));
}

TEST(Engine, TypedHostFunctionsSeeArgumentsAndCaller) {
  Env env;
  std::vector<std::string> seen;
  ASSERT_TRUE(env.linker.DefineFunc(
      "h", "f", MakeHostFunc([&](Caller* caller, int32_t a, int64_t b, float c, double d) -> double {
        EXPECT_NE(caller->instance, nullptr);
        seen.push_back(std::to_string(a) + " " + std::to_string(b) + " " + std::to_string(c));
        return d * 2;
      })));
  auto* instance = env.Make(R"((module (import "h" "f" (func $f (param i32 i64 f32 f64) (result f64)))
      (func (export "go") (result f64) (call $f (i32.const -1) (i64.const -2) (f32.const 0.5) (f64.const 21)))))");
  auto results = env.Call(instance, "go");
  ASSERT_TRUE(results);
  EXPECT_EQ((*results)[0].f64(), 42.0);
  EXPECT_EQ(seen, std::vector<std::string>{"-1 -2 0.500000"});
}

TEST(Engine, BacktraceGoesThroughNestedCallsAndHostFunctions) {
  Env env;
  runtime::Instance* instance = nullptr;
  ASSERT_TRUE(env.linker.DefineFunc("h", "back", MakeHostFunc([&](Caller* caller) -> HostResult<void> {
                                      abi::Slot slots[1];
                                      const Status status = caller->store->Call(instance->Export("inner")->func, slots);
                                      if (status != Status::Ok) return std::unexpected(status);
                                      return {};
                                    })));
  instance = env.Make(R"((module $m (import "h" "back" (func $back))
      (func $inner (export "inner") (call $deep))
      (func $deep unreachable)
      (func $outer (export "outer") (call $back))))");
  auto results = env.Call(instance, "outer");
  ASSERT_FALSE(results);
  ASSERT_EQ(results.error().kind, Failure::Kind::Trap);
  EXPECT_EQ(results.error().trap->code, TrapCode::Unreachable);
  const std::string text = FormatBacktrace(results.error().trap->backtrace);
  const size_t deep = text.find("m!deep"), inner = text.find("m!inner"), outer = text.find("m!outer");
  EXPECT_NE(deep, std::string::npos) << text;
  EXPECT_LT(deep, inner) << text;
  EXPECT_LT(inner, outer) << text;
  EXPECT_NE(outer, std::string::npos) << text;
}

TEST(Engine, MissingImportsAreListedTogether) {
  Env env;
  auto module = MakeModule(env.engine, R"((module (import "a" "x" (func)) (import "b" "y" (global i32))))");
  auto instance = env.linker.Instantiate(env.store, *module);
  ASSERT_FALSE(instance);
  EXPECT_NE(instance.error().Message().find("unknown import: `a::x` has not been defined"), std::string::npos);
  EXPECT_NE(instance.error().Message().find("`b::y` has not been defined"), std::string::npos);
}

TEST(Engine, UnknownImportsCanTrapOrGiveDefaults) {
  Env env;
  env.linker.OnUnknownImport(Linker::Unknown::Default);
  const char* wat =
      R"((module (import "a" "x" (func $x (result i32 i64))) (import "a" "m" (memory 1)) (import "a" "g" (global i32))
      (func (export "f") (result i32) call $x drop)))";
  auto results = env.Call(env.Make(wat), "f");
  ASSERT_TRUE(results);
  EXPECT_EQ((*results)[0].i32(), 0u);
  env.linker.OnUnknownImport(Linker::Unknown::Trap);
  results = env.Call(env.Make(wat), "f");
  ASSERT_FALSE(results);
  EXPECT_NE(results.error().Message().find("`a::x` has not been defined"), std::string::npos);
}

TEST(Engine, ExceptionsPassThroughHostFunctions) {
  Env env;
  runtime::Instance* instance = nullptr;
  ASSERT_TRUE(env.linker.DefineFunc("h", "back", MakeHostFunc([&](Caller* caller) -> HostResult<void> {
                                      abi::Slot slots[1];
                                      const Status status =
                                          caller->store->Call(instance->Export("thrower")->func, slots);
                                      if (status != Status::Ok) return std::unexpected(status);
                                      return {};
                                    })));
  instance = env.Make(R"((module (import "h" "back" (func $back)) (tag $t (param i32))
      (func (export "thrower") (throw $t (i32.const 7)))
      (func (export "catcher") (result i32)
        (block $b (result i32) (try_table (catch $t $b) (call $back)) (i32.const 0)))))");
  auto results = env.Call(instance, "catcher");
  ASSERT_TRUE(results) << results.error().Message();
  EXPECT_EQ((*results)[0].i32(), 7u);
  results = env.Call(instance, "thrower");
  ASSERT_FALSE(results);
  EXPECT_EQ(results.error().kind, Failure::Kind::Exception);
}

TEST(Engine, ExitEndsTheGuest) {
  Env env;
  ASSERT_TRUE(env.linker.DefineFunc("h", "exit", MakeHostFunc([](Caller* caller, int32_t code) -> HostResult<void> {
                                      return std::unexpected(caller->store->Exit(code));
                                    })));
  auto* instance = env.Make(R"((module (import "h" "exit" (func $exit (param i32)))
      (func (export "f") (call $exit (i32.const 3)) unreachable)))");
  auto results = env.Call(instance, "f");
  ASSERT_FALSE(results);
  ASSERT_EQ(results.error().kind, Failure::Kind::Exit);
  EXPECT_EQ(results.error().exit_code, 3);
}

// Fuel that a body consumes, beyond an empty function's; numbers measured on the reference runtime 48.
struct FuelRow {
  const char* body;
  uint64_t fuel;
};

class FuelCosts : public testing::TestWithParam<FuelRow> {};

TEST_P(FuelCosts, EqualTheReference) {
  for (Tier tier : {Tier::Interp, Tier::Baseline}) {
    Config config;
    config.consume_fuel = true;
    config.tier = tier;
    Env env(config);
    env.store.runtime().SetFuel(1'000'000);
    const std::string wat =
        std::string(R"((module (memory 10 100) (table $t 100 10000 funcref) (elem $e func $g $g $g $g)
      (data $d "0123456789abcdef") (type $s (struct (field (mut i32)))) (type $a (array (mut i32)))
      (type $ba (array (mut i8))) (global $gl (mut i32) (i32.const 0)) (func $g) (tag $tag) (type $ft (func))
      (elem declare func $g) (func (export "f") )") +
        GetParam().body + "))";
    auto* instance = env.Make(wat);
    const uint64_t before = env.store.runtime().Fuel();
    ASSERT_TRUE(env.Call(instance, "f")) << GetParam().body;
    EXPECT_EQ(before - env.store.runtime().Fuel(), GetParam().fuel + 1) << GetParam().body << static_cast<int>(tier);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Table, FuelCosts,
    testing::Values(
        FuelRow{"", 0}, FuelRow{"nop", 0}, FuelRow{"(drop (i32.const 1))", 1}, FuelRow{"(block)", 0},
        FuelRow{"(loop)", 0}, FuelRow{"(if (i32.const 1) (then))", 2}, FuelRow{"(if (i32.const 0) (then) (else))", 2},
        FuelRow{"return", 0}, FuelRow{"(block br 0)", 1}, FuelRow{"(block (br_if 0 (i32.const 1)))", 2},
        FuelRow{"(block (br_table 0 0 (i32.const 1)))", 2},
        FuelRow{"(br_if 0 (i32.const 1)) (drop (i32.const 1)) (drop (i32.const 1))", 2},
        FuelRow{"(br_if 0 (i32.const 0)) (drop (i32.const 1)) (drop (i32.const 1))", 4},
        FuelRow{"(block (br_if 0 (i32.const 1)) (drop (i32.const 1)))", 2}, FuelRow{"(br_table 0 0 (i32.const 5))", 2},
        FuelRow{"(if (i32.const 0) (then (drop (i32.const 1)) (drop (i32.const 1))))", 2},
        FuelRow{
            "(if (i32.const 1) (then (drop (i32.const 1)) (br 1)) (else (drop (i32.const 1)))) (drop (i32.const 1))",
            4},
        FuelRow{"call $g", 2}, FuelRow{"(call_ref $ft (ref.func $g))", 3}, FuelRow{"return_call $g", 2},
        FuelRow{"(try_table)", 1}, FuelRow{"(block (try_table (catch_all 0) (throw $tag)))", 2},
        FuelRow{"(memory.copy (i32.const 0) (i32.const 0) (i32.const 100))", 104},
        FuelRow{"(memory.fill (i32.const 0) (i32.const 0) (i32.const 100))", 104},
        FuelRow{"(memory.init $d (i32.const 0) (i32.const 0) (i32.const 16))", 20},
        FuelRow{"(drop (memory.grow (i32.const 5)))", 2},
        FuelRow{"(drop (table.grow $t (ref.null func) (i32.const 5)))", 8},
        FuelRow{"(table.fill $t (i32.const 0) (ref.null func) (i32.const 50))", 54},
        FuelRow{"(table.copy (i32.const 0) (i32.const 0) (i32.const 50))", 54},
        FuelRow{"(table.init $t $e (i32.const 0) (i32.const 0) (i32.const 4))", 8},
        FuelRow{"(drop (struct.new $s (i32.const 1)))", 2},
        FuelRow{"(drop (array.new $a (i32.const 1) (i32.const 100)))", 103},
        FuelRow{"(drop (array.new_default $a (i32.const 100)))", 102},
        FuelRow{"(drop (array.new_fixed $a 3 (i32.const 1) (i32.const 1) (i32.const 1)))", 4},
        FuelRow{"(drop (array.new_data $ba $d (i32.const 0) (i32.const 16)))", 19},
        FuelRow{"(array.fill $a (array.new_default $a (i32.const 100)) (i32.const 0) (i32.const 0) (i32.const 50))",
                156},
        FuelRow{"(local $i i32) (loop $l (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) "
                "(i32.const 3))))",
                21}));

TEST(Engine, RunsOutOfFuel) {
  Config config;
  config.consume_fuel = true;
  Env env(config);
  auto* instance = env.Make(R"((module (func (export "f") (loop (br 0)))))");
  env.store.runtime().SetFuel(10000);
  auto results = env.Call(instance, "f");
  ASSERT_FALSE(results);
  EXPECT_EQ(results.error().trap->code, TrapCode::OutOfFuel);
  EXPECT_EQ(env.store.runtime().Fuel(), 0u);
}

TEST(Engine, EpochDeadlineStopsALoop) {
  Config config;
  config.epoch_interruption = true;
  Env env(config);
  auto* instance = env.Make(R"((module (func (export "f") (loop (br 0))) (func (export "g"))))");
  env.store.SetEpochDeadline(2);
  EXPECT_TRUE(env.Call(instance, "g"));
  env.engine->IncrementEpoch();
  EXPECT_TRUE(env.Call(instance, "g"));
  std::thread ticker([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    env.engine->IncrementEpoch();
  });
  auto results = env.Call(instance, "f");
  ticker.join();
  ASSERT_FALSE(results);
  EXPECT_EQ(results.error().trap->code, TrapCode::Interrupt);
}

TEST(Engine, EpochCallbackMovesTheDeadline) {
  Config config;
  config.epoch_interruption = true;
  Env env(config);
  int calls = 0;
  env.store.runtime().SetEpochCallback([&]() -> std::expected<uint64_t, abi::Status> {
    if (++calls == 3) return std::unexpected(env.store.runtime().Trap(abi::TrapCode::Interrupt));
    env.engine->IncrementEpoch();
    return 0;
  });
  env.store.SetEpochDeadline(0);
  auto* instance = env.Make(R"((module (func (export "f") (loop (br 0)))))");
  env.engine->IncrementEpoch();
  auto results = env.Call(instance, "f");
  ASSERT_FALSE(results);
  EXPECT_EQ(results.error().trap->code, TrapCode::Interrupt);
  EXPECT_EQ(calls, 3);
}

TEST(Engine, InterruptFromAnotherThread) {
  Config config;
  config.epoch_interruption = true;
  Env env(config);
  auto* instance = env.Make(R"((module (func (export "f") (loop (br 0)))))");
  std::thread other([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    env.store.runtime().Interrupt();
  });
  auto results = env.Call(instance, "f");
  other.join();
  ASSERT_FALSE(results);
  EXPECT_EQ(results.error().trap->code, TrapCode::Interrupt);
}

TEST(Engine, DeepRecursionTraps) {
  Env env;
  auto* instance = env.Make(R"((module (func $f (export "f") (param i64) (result i64)
      (i64.add (i64.const 1) (call $f (local.get 0))))))");
  auto results = env.Call(instance, "f", {Value::I64(0)});
  ASSERT_FALSE(results);
  EXPECT_EQ(results.error().trap->code, TrapCode::StackOverflow);
  EXPECT_TRUE(env.Make(R"((module (func (export "g"))))"));
}

TEST(Engine, DeepRecursionThroughTheHostTraps) {
  Env env;
  runtime::Instance* instance = nullptr;
  ASSERT_TRUE(env.linker.DefineFunc("h", "back", MakeHostFunc([&](Caller* caller) -> HostResult<void> {
                                      abi::Slot slots[1];
                                      const Status status = caller->store->Call(instance->Export("f")->func, slots);
                                      if (status != Status::Ok) return std::unexpected(status);
                                      return {};
                                    })));
  instance = env.Make(R"((module (import "h" "back" (func $back)) (func (export "f") (call $back))))");
  auto results = env.Call(instance, "f");
  ASSERT_FALSE(results);
  EXPECT_EQ(results.error().trap->code, TrapCode::StackOverflow);
}

TEST(Engine, LimitsRefuseMoreThanTheyAllow) {
  runtime::StoreLimits limits;
  limits.max_memory_bytes = 2 << 16;
  limits.max_table_elements = 10;
  limits.max_instances = 4;
  limits.max_memories = 2;
  limits.max_tables = 2;
  Env env({}, limits);
  auto* instance = env.Make(R"((module (memory 1) (table 5 funcref)
      (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
      (func (export "tgrow") (param i32) (result i32) (table.grow (ref.null func) (local.get 0)))))");
  EXPECT_EQ((*env.Call(instance, "grow", {Value::I32(1)}))[0].i32(), 1u);
  EXPECT_EQ((*env.Call(instance, "grow", {Value::I32(1)}))[0].i32(), ~0u);
  EXPECT_EQ((*env.Call(instance, "tgrow", {Value::I32(5)}))[0].i32(), 5u);
  EXPECT_EQ((*env.Call(instance, "tgrow", {Value::I32(1)}))[0].i32(), ~0u);
  auto fails = [&](const char* wat) {
    auto result = env.linker.Instantiate(env.store, *MakeModule(env.engine, wat));
    return !result && result.error().kind == Failure::Kind::Error;
  };
  EXPECT_TRUE(fails(R"((module (memory 3)))"));
  EXPECT_TRUE(fails(R"((module (table 11 funcref)))"));
  env.Make(R"((module (memory 1) (table 1 funcref)))");
  EXPECT_TRUE(fails(R"((module (memory 1)))"));
  EXPECT_TRUE(fails(R"((module (table 1 funcref)))"));
}

// Whether a module cannot be instantiated, for lack of something.
bool IsLimited(Env& env, std::string_view wat) {
  auto result = env.linker.Instantiate(env.store, *MakeModule(env.engine, wat));
  return !result && result.error().kind == Failure::Kind::Error;
}

TEST(Engine, PoolBoundsAllStoresTogether) {
  Config config;
  config.pool.emplace();
  for (uint32_t& total : config.pool->total) total = 2;
  Env env(config);
  {
    Store other(env.engine);
    auto module = MakeModule(env.engine, "(module (memory 1) (table 1 funcref))");
    ASSERT_TRUE(env.linker.Instantiate(other, *module));
    ASSERT_TRUE(env.linker.Instantiate(env.store, *module));
    EXPECT_TRUE(IsLimited(env, "(module)")) << "a third instance";
  }
  EXPECT_FALSE(IsLimited(env, "(module)")) << "the other store gave back what it had";
}

TEST(Engine, PoolKeepsNothingOfAnInstanceThatWasNotMade) {
  Config config;
  config.pool.emplace();
  for (uint32_t& total : config.pool->total) total = 1;
  config.pool->memories_per_module = 2;
  Env env(config);
  EXPECT_TRUE(IsLimited(env, "(module (memory 1) (memory 1))"));
  EXPECT_FALSE(IsLimited(env, "(module (memory 1))"));
}

TEST(Engine, PoolBoundsWhatAModuleDefines) {
  Config config;
  config.pool.emplace();
  config.pool->memory_bytes = 2 << 16;
  config.pool->table_elements = 10;
  Env env(config);
  const auto refused = [&](std::string_view wat) {
    return !Module::CompileAny(env.engine, std::vector<uint8_t>(wat.begin(), wat.end()));
  };
  EXPECT_TRUE(refused("(module (memory 1) (memory 1))"));
  EXPECT_TRUE(refused("(module (memory 3))"));
  EXPECT_TRUE(refused("(module (table 1 funcref) (table 1 funcref))"));
  EXPECT_TRUE(refused("(module (table 11 funcref))"));
  EXPECT_FALSE(refused("(module (import \"a\" \"b\" (memory 3)) (memory 2) (table 10 funcref))"));
  auto* instance =
      env.Make(R"((module (memory 1) (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))))");
  EXPECT_EQ((*env.Call(instance, "grow", {Value::I32(1)}))[0].i32(), 1u);
  EXPECT_EQ((*env.Call(instance, "grow", {Value::I32(1)}))[0].i32(), ~0u);
}

TEST(Engine, MemoriesThatMayNotMoveGrowToTheirReservation) {
  Config config;
  config.memory_growth_bound = 2 << 16;
  Env env(config);
  auto* instance =
      env.Make(R"((module (memory 1) (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))))");
  EXPECT_EQ((*env.Call(instance, "grow", {Value::I32(1)}))[0].i32(), 1u);
  EXPECT_EQ((*env.Call(instance, "grow", {Value::I32(1)}))[0].i32(), ~0u);
  EXPECT_FALSE(IsLimited(env, "(module (memory 3))")) << "a larger minimum is no growth";
}

// A memory in a vector, which moves when it grows.
class VectorMemory final : public runtime::HostMemory {
 public:
  explicit VectorMemory(uint64_t bytes) : bytes_(bytes) {}
  uint8_t* base() override { return bytes_.data(); }
  Result<void> Grow(uint64_t bytes) override {
    std::vector<uint8_t> larger(bytes);
    std::copy(bytes_.begin(), bytes_.end(), larger.begin());
    std::fill(bytes_.begin(), bytes_.end(), 0xee);  // whoever reads the old place sees it
    bytes_.swap(larger);
    return {};
  }

 private:
  std::vector<uint8_t> bytes_;
};

class VectorMemories final : public runtime::MemoryCreator {
 public:
  Result<std::unique_ptr<runtime::HostMemory>> New(const wasm::MemoryType&, uint64_t min_bytes,
                                                   uint64_t max_bytes) override {
    max_seen = max_bytes;
    return std::make_unique<VectorMemory>(min_bytes);
  }
  uint64_t max_seen = 0;
};

TEST(Engine, MemoriesOfTheEmbedderMayMove) {
  auto memories = std::make_shared<VectorMemories>();
  Config config;
  config.memory_creator = memories;
  Env env(config);
  auto* instance = env.Make(R"((module (memory (export "m") 1 3) (data (i32.const 8) "*")
      (func (export "f") (result i32) (local i32)
        (i32.store (i32.const 16) (i32.const 1000))
        (local.set 0 (memory.grow (i32.const 1)))
        (i32.store (i32.const 70000) (i32.const 5))
        (i32.add (i32.add (i32.load8_u (i32.const 8)) (i32.load (i32.const 16))) (i32.load (i32.const 70000))))
      (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))))");
  EXPECT_EQ(memories->max_seen, uint64_t{3} << 16);
  EXPECT_EQ((*env.Call(instance, "f"))[0].i32(), 42u + 1000 + 5);
  EXPECT_EQ((*env.Call(instance, "grow", {Value::I32(2)}))[0].i32(), ~0u) << "beyond the type's maximum";
  EXPECT_EQ((*env.Call(instance, "grow", {Value::I32(1)}))[0].i32(), 2u);
}

TEST(Engine, FuelIsUsedInPortions) {
  Config config;
  config.consume_fuel = true;
  Env env(config);
  auto* instance = env.Make(R"((module (func (export "f") (param i32)
      (loop $l (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))))))");
  env.store.runtime().SetFuel(10'000);
  ASSERT_TRUE(env.Call(instance, "f", {Value::I32(100)}));
  const uint64_t used = 10'000 - env.store.runtime().Fuel();

  int portions = 0;
  env.store.runtime().SetFuelYield(used / 5, [&] {
    ++portions;
    return Status::Ok;
  });
  env.store.runtime().SetFuel(10'000);
  ASSERT_TRUE(env.Call(instance, "f", {Value::I32(100)}));
  EXPECT_EQ(10'000 - env.store.runtime().Fuel(), used) << "portions cost nothing";
  EXPECT_GE(portions, 4);
  EXPECT_LE(portions, 6);
  env.store.runtime().SetFuel(used / 2);
  auto failed = env.Call(instance, "f", {Value::I32(100)});
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().trap->code, TrapCode::OutOfFuel);
}

TEST(Engine, InstanceLimit) {
  runtime::StoreLimits limits;
  limits.max_instances = 2;
  Env env({}, limits);
  env.Make("(module)");
  env.Make("(module)");
  EXPECT_FALSE(env.linker.Instantiate(env.store, *MakeModule(env.engine, "(module)")));
}

TEST(Engine, ItemsOfAnotherStoreAreRefused) {
  Env env;
  Store other(env.engine);
  auto module = MakeModule(env.engine, R"((module (func (export "f"))))");
  auto instance = env.linker.Instantiate(other, *module);
  ASSERT_TRUE(instance);
  ASSERT_TRUE(env.linker.DefineInstance("m", *instance));
  auto user = MakeModule(env.engine, R"((module (import "m" "f" (func))))");
  auto result = env.linker.Instantiate(env.store, *user);
  ASSERT_FALSE(result);
  EXPECT_NE(result.error().Message().find("another store"), std::string::npos);
}

long PeakKilobytes() {
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

TEST(Engine, TenThousandStoresInFlatMemory) {
  auto engine = Engine::New({});
  auto module = MakeModule(
      engine, R"((module (memory 1) (table 10 funcref) (global (mut i32) (i32.const 1)) (data (i32.const 0) "x")
      (elem (i32.const 0) $f) (func $f (export "f") (result i32) (i32.load8_u (i32.const 0)))))");
  auto run = [&](int count) {
    for (int i = 0; i < count; ++i) {
      Store store(engine);
      Linker linker(engine);
      auto instance = linker.Instantiate(store, *module);
      ASSERT_TRUE(instance) << i << ": " << instance.error().Message();
      ASSERT_EQ((*engine::Call(store.runtime(), (*instance)->Export("f")->func, {}))[0].i32(), 'x');
    }
  };
  run(500);
  const long before = PeakKilobytes();
  run(10000);
  EXPECT_LT(PeakKilobytes() - before, 2048);
}

}  // namespace
}  // namespace gantry::engine
