// Module linking through the internal C++ API: what the linker gives to imports, limits, chains and time.
#include "engine/link_machine.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "engine/host_func.h"
#include "engine/linker.h"

namespace gantry::engine {
namespace {

Config LinkingConfig() {
  Config config;
  config.features.set(wasm::Feature::ModuleLinking);
  return config;
}

struct Env {
  explicit Env(const runtime::StoreLimits& limits = {})
      : engine(Engine::New(LinkingConfig())), store(engine, limits), linker(engine) {}

  std::shared_ptr<const Module> Compile(std::string_view wat) {
    auto module = Module::CompileAny(engine, std::vector<uint8_t>(wat.begin(), wat.end()));
    if (!module) ADD_FAILURE() << module.error().Summary();
    return module ? *module : nullptr;
  }
  runtime::Instance* Make(std::string_view wat) {
    auto module = Compile(wat);
    if (!module) return nullptr;
    auto instance = linker.Instantiate(store, *module);
    if (!instance) ADD_FAILURE() << instance.error().Message();
    return instance ? *instance : nullptr;
  }
  std::string Refusal(std::string_view wat) {
    auto module = Compile(wat);
    if (!module) return "";
    auto instance = linker.Instantiate(store, *module);
    return instance ? "" : instance.error().Message();
  }
  uint32_t Call(runtime::Instance* instance, std::string_view name) {
    auto results = engine::Call(store.runtime(), instance->Export(name)->func, {});
    if (!results) ADD_FAILURE() << results.error().Message();
    return results && !results->empty() ? (*results)[0].i32() : ~0u;
  }

  std::shared_ptr<Engine> engine;
  Store store;
  Linker linker;
};

// Row M27.
TEST(LinkMachine, AnInstanceImportIsPutTogetherFromDefinitions) {
  Env env;
  ASSERT_TRUE(env.linker.DefineFunc("m", "x", MakeHostFunc([](abi::Caller*) -> int32_t { return 5; })));
  auto* instance = env.Make(R"((module (import "m" (instance $m (export "x" (func (result i32)))))
      (export "x" (func $m "x"))))");
  EXPECT_EQ(env.Call(instance, "x"), 5u);
  instance = env.Make(R"((module (import "m" "x" (func $x (result i32))) (export "x" (func $x))))");
  EXPECT_EQ(env.Call(instance, "x"), 5u);
}

// Row M27.
TEST(LinkMachine, EveryMissingItemIsNamed) {
  Env env;
  ASSERT_TRUE(env.linker.DefineFunc("m", "x", MakeHostFunc([](abi::Caller*) {})));
  EXPECT_EQ(
      env.Refusal(R"((module (import "m" (instance (export "x" (func)) (export "y" (func))))
      (import "n" (instance (export "z" (global i32)))) (import "o" (module))))"),
      "unknown import: `m::y` has not been defined\n    `n::z` has not been defined\n    `o` has not been defined");
}

TEST(LinkMachine, ModulesCanBeDefinedByTheHost) {
  Env env;
  ASSERT_TRUE(env.linker.DefineModule("lib", env.Compile(R"((module (func (export "f") (result i32) i32.const 9)))")));
  auto* instance = env.Make(R"((module (import "lib" (module $lib (export "f" (func (result i32)))))
      (instance $i (instantiate $lib)) (export "f" (func $i "f")) (export "lib" (module $lib)) (export "i" (instance $i))))");
  EXPECT_EQ(env.Call(instance, "f"), 9u);
  // What it exports can be given to another module.
  ASSERT_TRUE(env.linker.DefineInstance("first", instance));
  instance = env.Make(R"((module (type $m (module (export "f" (func (result i32)))))
      (type $t (instance (export "f" (func (result i32)))))
      (import "first" "lib" (module $lib (type $m))) (import "first" "i" (instance $i (type $t)))
      (instance $j (instantiate $lib)) (export "f" (func $j "f")) (export "g" (func $i "f"))))");
  EXPECT_EQ(env.Call(instance, "f"), 9u);
  EXPECT_EQ(env.Call(instance, "g"), 9u);
}

TEST(LinkMachine, AModuleOfAnotherTypeIsRefused) {
  Env env;
  ASSERT_TRUE(env.linker.DefineModule("lib", env.Compile(R"((module (import "x" (func))))")));
  EXPECT_EQ(env.Refusal(R"((module (import "lib" (module))))"),
            "incompatible import type for `lib`: module types do not match: no import named `x`");
}

TEST(LinkMachine, InstancesByOneNameWinOverDefinitions) {
  Env env;
  auto* one = env.Make(R"((module (func (export "x") (result i32) i32.const 1) (func (export "more"))))");
  runtime::Extern item{.kind = wasm::ExternKind::Instance, .func = nullptr};
  item.instance = runtime::NewInstanceValue(env.store.runtime(), one);
  ASSERT_TRUE(env.linker.Define("m", env.store.runtime(), item));
  EXPECT_FALSE(env.linker.Define("m", env.store.runtime(), item));
  auto* instance = env.Make(R"((module (import "m" "x" (func $x (result i32))) (export "x" (func $x))))");
  EXPECT_EQ(env.Call(instance, "x"), 1u);
}

TEST(LinkMachine, UnknownImportsCanTrap) {
  Env env;
  env.linker.OnUnknownImport(Linker::Unknown::Trap);
  EXPECT_NE(
      env.Make(
          R"((module (import "m" "x" (func)) (import "n" (func)) (import "i" (instance (export "g" (global i32))))))"),
      nullptr);
  EXPECT_EQ(env.Refusal(R"((module (import "m" (module))))"), "unknown import: `m` has no default value");
}

// A tree of modules: each level instantiates the one below twice.
std::string Tree(int depth) {
  std::string text = "(module (module $m0)\n";
  for (int i = 1; i <= depth; ++i) {
    const std::string below = "$m" + std::to_string(i - 1);
    text += "(module $m" + std::to_string(i) + " (instance (instantiate (module outer 0 " + std::to_string(i - 1) +
            "))) (instance (instantiate (module outer 0 " + std::to_string(i - 1) + "))))\n";
  }
  return text + "(instance (instantiate $m" + std::to_string(depth) + ")))";
}

// Row M21.
TEST(LinkMachine, NestedInstancesCount) {
  runtime::StoreLimits limits;
  limits.max_instances = 10;
  EXPECT_EQ(Env(limits).Refusal(Tree(5)), "resource limit exceeded: instance count too high at 11");
  limits.max_instances = 64;
  EXPECT_EQ(Env(limits).Refusal(Tree(5)), "");
  // Without a bound on instances this would run for ever.
  EXPECT_EQ(Env().Refusal(Tree(100)), "resource limit exceeded: instance count too high at 10001");
}

// Row M21.
TEST(LinkMachine, NestedMemoriesAndTablesCount) {
  runtime::StoreLimits limits;
  limits.max_memories = 1;
  EXPECT_NE(Env(limits)
                .Refusal("(module (module $m (memory 1)) (instance (instantiate $m)) (instance (instantiate $m)))")
                .find("memory count"),
            std::string::npos);
  limits = {};
  limits.max_tables = 1;
  EXPECT_NE(
      Env(limits)
          .Refusal("(module (module $m (table 1 funcref)) (instance (instantiate $m)) (instance (instantiate $m)))")
          .find("table count"),
      std::string::npos);
}

// [I1]: a chain of modules, each of which instantiates the one before.
TEST(LinkMachine, LongChainsNeedNoStack) {
  std::string text = "(module (module (func (export \"f\") (result i32) i32.const 3))\n";
  for (int i = 1; i < 900; ++i) {
    text += "(module (instance $i (instantiate (module outer 0 " + std::to_string(i - 1) +
            "))) (export \"f\" (func $i \"f\")))\n";
  }
  Env env;
  auto* instance = env.Make(text + "(instance $i (instantiate 899)) (export \"f\" (func $i \"f\")))");
  ASSERT_NE(instance, nullptr);
  EXPECT_EQ(env.Call(instance, "f"), 3u);
}

// A trap names the module that it came from.
TEST(LinkMachine, ABacktraceNamesTheNestedModule) {
  Env env;
  auto module = env.Compile(
      R"((module $outer (module $inner (func $boom unreachable) (start $boom)) (instance (instantiate $inner))))");
  auto instance = env.linker.Instantiate(env.store, *module);
  ASSERT_FALSE(instance);
  ASSERT_TRUE(instance.error().trap);
  EXPECT_NE(FormatBacktrace(instance.error().trap->backtrace).find("inner!boom"), std::string::npos);
}

// Types and code of a blob live as long as an instance made from it.
TEST(LinkMachine, InstancesKeepTheirBlob) {
  Env env;
  runtime::Instance* instance = nullptr;
  {
    auto module = env.Compile(R"((module (module $m (type $s (struct (field i32)))
        (func (export "f") (result i32) (struct.get $s 0 (struct.new $s (i32.const 8)))))
        (instance $i (instantiate $m)) (export "f" (func $i "f"))))");
    auto made = env.linker.Instantiate(env.store, *module);
    ASSERT_TRUE(made);
    instance = *made;
  }
  EXPECT_EQ(env.Call(instance, "f"), 8u);
}

}  // namespace
}  // namespace gantry::engine
