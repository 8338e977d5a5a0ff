// The interpreter: the text of register code for what the translator is known for, and runs of what suites do not
// reach.
#include "runtime/interp/interp.h"

#include <gtest/gtest.h>

#include <set>

#include "engine/engine.h"
#include "engine/host_func.h"
#include "engine/linker.h"
#include "engine/module.h"
#include "runtime/interp/fuse.h"
#include "runtime/interp/pairs.h"
#include "runtime/interp/rcode.h"

namespace gantry::interp {
namespace {

using abi::TrapCode;
using engine::Value;

struct Env {
  explicit Env(engine::Config config = {}) : engine(New(config)), store(engine), linker(engine) {}
  static std::shared_ptr<engine::Engine> New(engine::Config& config) {
    config.tier = engine::Tier::Interp;
    return engine::Engine::New(config);
  }

  std::shared_ptr<const engine::Module> Compile(std::string_view wat) {
    auto module = engine::Module::CompileAny(engine, std::vector<uint8_t>(wat.begin(), wat.end()));
    if (!module) ADD_FAILURE() << module.error().Summary();
    return module ? *module : nullptr;
  }
  runtime::Instance* Make(std::string_view wat, const char* name = nullptr) {
    auto module = Compile(wat);
    if (!module) return nullptr;
    auto instance = linker.Instantiate(store, *module);
    if (!instance) {
      ADD_FAILURE() << instance.error().Message();
      return nullptr;
    }
    if (name != nullptr) {
      EXPECT_TRUE(linker.DefineInstance(name, *instance));
    }
    return *instance;
  }
  std::expected<std::vector<Value>, engine::Failure> Call(runtime::Instance* instance, std::string_view name,
                                                          std::vector<Value> args = {}) {
    return engine::Call(store.runtime(), instance->Export(name)->func, args);
  }
  uint32_t I32(runtime::Instance* instance, std::string_view name, std::vector<Value> args = {}) {
    auto results = Call(instance, name, std::move(args));
    if (!results) {
      ADD_FAILURE() << results.error().Message();
      return 0;
    }
    return (*results)[0].i32();
  }
  TrapCode Trap(runtime::Instance* instance, std::string_view name, std::vector<Value> args = {}) {
    auto results = Call(instance, name, std::move(args));
    EXPECT_FALSE(results);
    if (results || results.error().kind != engine::Failure::Kind::Trap) {
      ADD_FAILURE() << "no trap";
      return TrapCode::Interrupt;
    }
    return results.error().trap->code;
  }

  std::shared_ptr<engine::Engine> engine;
  engine::Store store;
  engine::Linker linker;
};

std::string Code(std::string_view wat) {
  Env env;
  auto module = env.Compile(wat);
  if (!module) return "";
  const wasm::Module& decoded = module->compiled()->module;
  auto code = NewModuleCode(decoded, {});
  const std::string text = DumpCode(*code, decoded.imported_funcs);
  return text.substr(text.find('\n') + 1);
}

// The same without the marks of pairs, which not every build has.
std::string Singles(std::string_view wat) {
  std::string text = Code(wat);
  for (size_t at; (at = text.find(" +\n")) != std::string::npos;) text.erase(at, 2);
  return text;
}

// --- code

TEST(Translator, LocalsAndConstantsVanishIntoOperands) {
  EXPECT_EQ(Singles(R"((module (func (param i32 i32) (result i32)
      (i32.sub (i32.add (local.get 0) (i32.const 7)) (local.get 1)))))"),
            "    0  I32AddIT s0 7\n"
            "    1  I32SubBT s1\n"
            "    2  Return1Q 2\n");
}

TEST(Translator, LocalSetRetargetsItsProducer) {
  EXPECT_EQ(Singles(R"((module (func (param i32 i32)
      (local.set 0 (i32.mul (local.get 0) (local.get 1))))))"),
            "    0  I32Mul s0 s0 s1\n"
            "    1  Return0 2\n");
}

TEST(Translator, WaitingAliasIsSavedBeforeItsLocalChanges) {
  EXPECT_EQ(Singles(R"((module (func (param i32) (result i32)
      local.get 0
      i32.const 5
      local.set 0
      local.get 0
      i32.add)))"),
            "    0  Mov s4 s0\n"
            "    1  Const32 s0 5\n"
            "    2  I32AddT s4 s0\n"
            "    3  Return1Q 1\n");
}

TEST(Translator, ComparisonsFuseWithBranchesAndSelects) {
  EXPECT_EQ(Singles(R"((module (func (param i32 i32) (result i32)
      (block (br_if 0 (i32.eqz (i32.lt_s (local.get 0) (local.get 1)))) (return (i32.const 1)))
      (select (local.get 0) (local.get 1) (i32.gt_u (local.get 0) (i32.const 3))))))"),
            "    0  BrI32GeS s0 s1 @3\n"
            "    1  Const32 s5 1\n"
            "    2  Return1 s5 2\n"
            "    3  SelI32GtUI s5 s0 s1 [0 3 0 0]\n"
            "    5  Return1 s5 2\n");
}

TEST(Translator, AddressesFuseWithAccesses) {
  EXPECT_EQ(Singles(R"((module (memory 1) (func (param i32 i32) (result i32)
      (i32.store offset=4 (local.get 0) (i32.const -1))
      (i32.load offset=8 (i32.add (local.get 0) (i32.shl (local.get 1) (i32.const 2)))))))"),
            "    0  I32StoreI -1 s0 4\n"
            "    1  I32LoadYT s0 s1 0x8\n"
            "    3  Return1Q 2\n");
}

TEST(Translator, BackEdgesFuseWithTheirIncrement) {
  EXPECT_EQ(Singles(R"((module (func (param i32 i32)
      (loop (br_if 0 (i32.ne (local.tee 0 (i32.add (local.get 0) (i32.const 4))) (local.get 1)))))))"),
            "    0  IncBrNe s0 4 @0 [1 0 0 0]\n"
            "    2  Return0 2\n");
}

TEST(Translator, NeighboursMakePairs) {
  if (kPairCount == 0) GTEST_SKIP() << "this build has no pairs";
  // As few dispatches as there can be: three.
  EXPECT_EQ(Code(R"((module (memory 1) (func (param i32 i32) (result i32)
      (loop $l
        (i32.store (local.get 0) (i32.xor (i32.add (i32.load (local.get 0)) (i32.const 7)) (local.get 1)))
        (br_if $l (local.tee 1 (i32.sub (local.get 1) (i32.const 1)))))
      (local.get 1))))"),
            "    0  I32LoadT s0 0\n"
            "    1  I32AddIBT 7 +\n"
            "    2  I32XorBT s1\n"
            "    3  I32StoreQ s0 0 +\n"
            "    4  IncBrNz s1 -1 @0\n"
            "    5  Return1 s1 2\n");
}

// Every number is one pair's; few pairs are in two families.
TEST(Translator, PairsAreNumberedApart) {
  std::set<uint16_t> seen;
  for (int i = 0; i < kROpCount; ++i) {
    EXPECT_EQ(SingleOf(static_cast<uint16_t>(i)), static_cast<ROp>(i));
    for (int j = 0; j < kROpCount; ++j) {
      const uint16_t pair = PairOf(static_cast<ROp>(i), static_cast<ROp>(j));
      if (pair == 0) continue;
      EXPECT_TRUE(seen.insert(pair).second);
      EXPECT_EQ(SingleOf(pair), static_cast<ROp>(i));
    }
  }
  EXPECT_LE(seen.size(), static_cast<size_t>(kPairCount));
  EXPECT_GE(seen.size(), static_cast<size_t>(kPairCount) * 9 / 10);
}

// --- control

TEST(Interp, BranchesCarryValues) {
  Env env;
  auto* m = env.Make(R"((module
      (func (export "if") (param i32) (result i32)
        (block $out (result i32)
          (i32.const 100)
          (br_if $out (i32.const 1) (i32.eq (local.get 0) (i32.const 1)))
          (br_if $out (i32.const 2) (i32.eq (local.get 0) (i32.const 2)))
          (i32.add) (i32.add)))
      (func (export "table") (param i32) (result i32)
        (block $a (result i32)
          (i32.const 10)
          (block $b (result i32)
            (i32.const 20)
            (block $c (result i32)
              (i32.const 30) (local.get 0) (br_table $a $b $c))
            (i32.add))
          (i32.add)))
      (func (export "loop") (param i32) (result i32)
        (i32.const 0) (local.get 0)
        (loop $l (param i32 i32) (result i32)
          (local.set 0)
          (i32.add (local.get 0))
          (i32.sub (local.get 0) (i32.const 1))
          (br_if $l (local.tee 0) (local.get 0))
          (drop)))
      (func (export "swap") (param i32 i32) (result i32 i32) (local.get 1) (local.get 0))))");
  EXPECT_EQ(env.I32(m, "if", {Value::I32(1)}), 1u);
  EXPECT_EQ(env.I32(m, "if", {Value::I32(2)}), 2u);
  EXPECT_EQ(env.I32(m, "if", {Value::I32(3)}), 103u);
  EXPECT_EQ(env.I32(m, "table", {Value::I32(0)}), 30u);
  EXPECT_EQ(env.I32(m, "table", {Value::I32(1)}), 40u);
  EXPECT_EQ(env.I32(m, "table", {Value::I32(7)}), 60u);
  EXPECT_EQ(env.I32(m, "loop", {Value::I32(4)}), 10u);
  auto swapped = env.Call(m, "swap", {Value::I32(1), Value::I32(2)});
  ASSERT_TRUE(swapped);
  EXPECT_EQ((*swapped)[0].i32(), 2u);
  EXPECT_EQ((*swapped)[1].i32(), 1u);
}

// A body beyond the reach of 16-bit branch offsets.
TEST(Interp, FarBranches) {
  std::string body;
  for (int i = 0; i < 40000; ++i)
    body += "(i32.store (local.get 0) (i32.add (i32.load (local.get 0)) (i32.const 1)))\n";
  Env env;
  auto* m = env.Make(
      "(module (memory 1) (func (export \"f\") (param i32 i32) (result i32) (loop $l (block $b (br_if $b (i32.eqz "
      "(local.get 1)))" +
      body +
      "(local.set 1 (i32.sub (local.get 1) (i32.const 1))) (br_if $l (i32.gt_s (local.get 1) (i32.const 0)))))"
      "(i32.load (local.get 0))))");
  EXPECT_EQ(env.I32(m, "f", {Value::I32(64), Value::I32(3)}), 120000u);
  EXPECT_EQ(env.I32(m, "f", {Value::I32(128), Value::I32(0)}), 0u);
}

TEST(Interp, ManyLocals) {
  Env env;
  std::string locals;
  for (int i = 0; i < 50; ++i) {
    locals += "(local";
    for (int j = 0; j < 1000; ++j) locals += " i64";
    locals += ")";
  }
  auto* m = env.Make("(module (func (export \"f\") (param i64) (result i64)" + locals +
                     "(local.set 49999 (local.get 0)) (i64.add (local.get 49999) (local.get 25000))))");
  auto result = env.Call(m, "f", {Value::I64(7)});
  ASSERT_TRUE(result) << result.error().Message();
  EXPECT_EQ((*result)[0].i64(), 7u);
  // A frame larger than the largest one is no frame.
  std::string wide;
  for (char c : locals) wide += c;
  for (size_t at = 0; (at = wide.find("i64", at)) != std::string::npos; at += 4) wide.replace(at, 3, "v128");
  auto* too_large = env.Make("(module (func (export \"f\")" + wide + "))");
  EXPECT_EQ(env.Trap(too_large, "f"), TrapCode::StackOverflow);
}

// --- calls

TEST(Interp, DeepRecursionTraps) {
  Env env;
  auto* m = env.Make(R"((module
      (type $t (func (param i32) (result i32)))
      (table funcref (elem $g))
      (func $f (export "f") (param i32) (result i32) (i32.add (i32.const 1) (call $f (local.get 0))))
      (func $g (export "g") (param i32) (result i32) (i32.add (i32.const 1) (call_indirect (type $t) (local.get 0) (i32.const 0))))))");
  EXPECT_EQ(env.Trap(m, "f", {Value::I32(0)}), TrapCode::StackOverflow);
  EXPECT_EQ(env.Trap(m, "g", {Value::I32(0)}), TrapCode::StackOverflow);
}

TEST(Interp, TailCallsTakeConstantStack) {
  Env env;
  ASSERT_TRUE(env.linker.DefineFunc(
      "host", "last", engine::MakeHostFunc([](abi::Caller*, int32_t a, int32_t b) -> int32_t { return a + b; })));
  auto* a = env.Make(R"((module
      (type $t (func (param i32 i32) (result i32)))
      (import "host" "last" (func $last (type $t)))
      (table (export "table") 4 funcref)
      (elem (i32.const 0) $self $other $last)
      (func $self (export "self") (type $t)
        (if (i32.eqz (local.get 0)) (then (return (local.get 1))))
        (return_call $self (i32.sub (local.get 0) (i32.const 1)) (i32.add (local.get 1) (i32.const 1))))
      (func $other (export "other") (type $t)
        (if (i32.eqz (local.get 0)) (then (return (local.get 1))))
        (return_call_indirect (type $t) (i32.sub (local.get 0) (i32.const 1)) (local.get 1) (i32.const 3)))
      (func (export "host") (type $t) (return_call $last (local.get 0) (local.get 1)))
      (func (export "host_indirect") (type $t) (return_call_indirect (type $t) (local.get 0) (local.get 1) (i32.const 2)))
      (func (export "nested") (type $t) (i32.add (i32.const 1000) (call $other (local.get 0) (local.get 1))))
      (func $grow (export "grow") (param i32) (result i32)
        (return_call $many (local.get 0) (i32.const 1) (i32.const 2) (i32.const 3) (i32.const 4) (i32.const 5) (i32.const 6)))
      (func $many (param i32 i32 i32 i32 i32 i32 i32) (result i32)
        (if (i32.eqz (local.get 0)) (then (return (i32.add (local.get 1) (local.get 6)))))
        (return_call $grow (i32.sub (local.get 0) (i32.const 1))))))",
                     "a");
  env.Make(R"((module
      (type $t (func (param i32 i32) (result i32)))
      (import "a" "table" (table 4 funcref))
      (elem (i32.const 3) $back)
      (func $back (type $t)
        (return_call_indirect (type $t) (local.get 0) (i32.add (local.get 1) (i32.const 1)) (i32.const 1)))))");
  const std::vector<Value> args = {Value::I32(1000000), Value::I32(5)};
  EXPECT_EQ(env.I32(a, "self", args), 1000005u);
  EXPECT_EQ(env.I32(a, "other", args), 1000005u);
  EXPECT_EQ(env.I32(a, "nested", args), 1001005u);
  EXPECT_EQ(env.I32(a, "host", args), 1000005u);
  EXPECT_EQ(env.I32(a, "host_indirect", args), 1000005u);
  EXPECT_EQ(env.I32(a, "grow", {Value::I32(1000000)}), 7u);
}

TEST(Interp, CallsBetweenInstancesSwitchMemories) {
  Env env;
  env.Make(R"((module (memory (export "memory") 1)
      (func (export "peek") (param i32) (result i32) (i32.load (local.get 0)))
      (func (export "poke") (param i32 i32) (i32.store (local.get 0) (local.get 1)))
      (func (export "grow") (result i32) (memory.grow (i32.const 1)))))",
           "lib");
  auto* m = env.Make(R"((module
      (import "lib" "peek" (func $peek (param i32) (result i32)))
      (import "lib" "poke" (func $poke (param i32 i32)))
      (import "lib" "grow" (func $grow (result i32)))
      (memory 1)
      (func (export "f") (result i32)
        (i32.store (i32.const 8) (i32.const 1))
        (call $poke (i32.const 8) (i32.const 20))
        (drop (call $grow))
        (call $poke (i32.const 65536) (i32.const 300))
        (i32.add (i32.load (i32.const 8)) (i32.add (call $peek (i32.const 8)) (call $peek (i32.const 65536)))))
      (func (export "oob") (result i32) (drop (call $grow)) (i32.load (i32.const 65536)))))");
  EXPECT_EQ(env.I32(m, "f"), 321u);
  EXPECT_EQ(env.Trap(m, "oob"), TrapCode::MemoryOutOfBounds);
}

// --- exceptions

TEST(Interp, ExceptionsCrossFramesInstancesAndHostFunctions) {
  Env env;
  runtime::Instance* callee = nullptr;
  ASSERT_TRUE(env.linker.DefineFunc(
      "host", "call", engine::MakeHostFunc([&](abi::Caller* caller, int32_t x) -> engine::HostResult<void> {
        abi::Slot slots[1] = {static_cast<uint32_t>(x)};
        const abi::Status status = caller->store->Call(callee->Export("throw")->func, slots);
        if (status != abi::Status::Ok) return std::unexpected(status);
        return {};
      })));
  callee = env.Make(R"((module (tag $e (export "e") (param i32 i64))
      (func (export "throw") (param i32) (throw $e (local.get 0) (i64.const 3)))))",
                    "lib");
  auto* m = env.Make(R"((module
      (import "lib" "e" (tag $e (param i32 i64)))
      (import "lib" "throw" (func $throw (param i32)))
      (import "host" "call" (func $host (param i32)))
      (tag $other)
      (func $direct (param i32) (result i32)
        (block $none
          (block $h (result i32 i64)
            (try_table (catch $other $none) (catch $e $h) (call $throw (local.get 0)))
            (return (i32.const -1)))
          (i32.wrap_i64) (i32.add) (return))
        (i32.const -2))
      (func (export "direct") (param i32) (result i32) (call $direct (local.get 0)))
      (func (export "host") (param i32) (result i32)
        (block $h (result i32 i64 exnref)
          (try_table (catch_ref $e $h) (call $host (local.get 0)))
          (return (i32.const -1)))
        (drop) (i32.wrap_i64) (i32.mul))
      (func (export "rethrow") (param i32) (result i32)
        (block $outer (result i32 i64)
          (try_table (catch $e $outer)
            (block $inner (result exnref)
              (try_table (catch_all_ref $inner) (call $throw (local.get 0)))
              (return (i32.const -1)))
            (throw_ref))
          (unreachable))
        (drop))
      (func (export "loose") (param i32) (call $throw (local.get 0)))))");
  EXPECT_EQ(env.I32(m, "direct", {Value::I32(4)}), 7u);
  EXPECT_EQ(env.I32(m, "host", {Value::I32(4)}), 12u);
  EXPECT_EQ(env.I32(m, "rethrow", {Value::I32(9)}), 9u);
  auto loose = env.Call(m, "loose", {Value::I32(4)});
  ASSERT_FALSE(loose);
  EXPECT_EQ(loose.error().kind, engine::Failure::Kind::Exception);
}

// --- collection

TEST(Interp, RootsSurviveACollectionAtEveryAllocation) {
  engine::Config config;
  config.heap.collect_at_every_allocation = true;
  Env env(config);
  auto* m = env.Make(R"((module
      (type $list (struct (field i32) (field (ref null $list))))
      (type $array (array (mut (ref null $list))))
      (func $build (param i32) (result (ref null $list))
        (if (result (ref null $list)) (i32.eqz (local.get 0))
          (then (ref.null $list))
          (else (struct.new $list (local.get 0) (call $build (i32.sub (local.get 0) (i32.const 1)))))))
      (func $sum (param (ref null $list)) (result i32) (local i32)
        (loop $l
          (if (ref.is_null (local.get 0)) (then (return (local.get 1))))
          (local.set 1 (i32.add (local.get 1) (struct.get $list 0 (local.get 0))))
          (local.set 0 (struct.get $list 1 (local.get 0)))
          (br $l))
        (unreachable))
      (func (export "f") (param i32) (result i32) (local $a (ref null $array))
        ;; operands below wait in homes while the others allocate
        (call $sum (call $build (local.get 0)))
        (call $build (i32.const 3))
        (local.set $a (array.new_fixed $array 3 (call $build (i32.const 1)) (call $build (i32.const 2)) (call $build (i32.const 4))))
        (array.set $array (local.get $a) (i32.const 0) (call $build (i32.const 5)))
        (call $sum)
        (i32.add)
        (i32.add (call $sum (array.get $array (local.get $a) (i32.const 0))))
        (i32.add (call $sum (array.get $array (local.get $a) (i32.const 2)))))))");
  EXPECT_EQ(env.I32(m, "f", {Value::I32(20)}), 210u + 6 + 15 + 10);
}

}  // namespace
}  // namespace gantry::interp
