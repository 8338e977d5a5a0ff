// Classes D and E: references that are alive while the heap is collected, and what an earlier program left behind.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include "engine/linker.h"
#include "everywhere.h"

namespace gantry::security_tests {
namespace {

using engine::Value;

// More references than registers, in locals, operands, arguments on the stack, loops and caught exceptions, while every
// allocation moves everything.
TEST(References, StayAliveOverCollections) {
  std::string params, args, sum, locals, sets;
  for (int i = 0; i < 14; ++i) {
    params += " (ref $s)";
    args += fmt::format(" (struct.new $s (i32.const {}))", i + 1);
    sum += fmt::format(" (i32.add (struct.get $s 0 (local.get {})))", i);
    locals += " (ref null $s)";
    sets += fmt::format("(local.set {} (struct.new $s (i32.const {})))", i + 1, 3 * i);
  }
  std::string sum_locals = "(i32.const 0)";
  for (int i = 0; i < 14; ++i)
    sum_locals = fmt::format("(i32.add {} (struct.get $s 0 (local.get {})))", sum_locals, i + 1);
  std::string sum_params = "(i32.const 0)";
  for (int i = 0; i < 14; ++i) sum_params = fmt::format("(i32.add {} (struct.get $s 0 (local.get {})))", sum_params, i);
  const std::string wat = fmt::format(R"((module
    (type $s (struct (field (mut i32)))) (type $n (struct (field i32) (field (ref null $n)))) (type $a (array (mut (ref null $s))))
    (tag $e (param i32 (ref $s)))
    (func $many (param{0}) (result i32) (drop (struct.new $s (i32.const 99))) (drop (array.new_default $a (i32.const 20))) {3})
    (func (export "arguments") (result i32) (call $many{1}))
    (func (export "locals") (param i32) (result i32) (local{2}) {4}
      (loop (drop (struct.new $s (i32.const 1))) (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))) {5})
    (func (export "list") (param i32) (result i32) (local (ref null $n) i32)
      (loop (local.set 1 (struct.new $n (local.get 0) (local.get 1)))
        (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
      (loop (local.set 2 (i32.add (i32.mul (local.get 2) (i32.const 3)) (struct.get $n 0 (local.get 1))))
        (local.set 1 (struct.get $n 1 (local.get 1))) (br_if 0 (i32.eqz (ref.is_null (local.get 1)))))
      (local.get 2))
    (func $throws (param (ref $s)) (drop (struct.new $s (i32.const 5))) (throw $e (i32.const 8) (local.get 0)))
    (func (export "caught") (param i32) (result i32) (local (ref null $s) i32)
      (local.set 1 (struct.new $s (i32.const 1000)))
      (loop
        (block $h (result i32 (ref $s))
          (try_table (catch $e $h) (call $throws (struct.new $s (local.get 0)))) unreachable)
        (drop (struct.new $s (i32.const 6)))
        (local.set 2 (i32.add (struct.get $s 0) (local.get 2))) drop
        (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
      (i32.add (struct.get $s 0 (local.get 1)) (local.get 2)))
    (func (export "arrays") (param i32) (result i32) (local (ref null $a) i32)
      (local.set 1 (array.new_fixed $a 3 (struct.new $s (i32.const 1)) (struct.new $s (i32.const 2)) (struct.new $s (i32.const 3))))
      (loop
        (array.set $a (local.get 1) (i32.rem_u (local.get 0) (i32.const 3)) (struct.new $s (local.get 0)))
        (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
      (i32.add (struct.get $s 0 (array.get $a (local.get 1) (i32.const 0)))
        (i32.mul (i32.const 100) (struct.get $s 0 (array.get $a (local.get 1) (i32.const 2))))))
    (func (export "null") (param i32) (result i32) (struct.get $s 0 (select (result (ref null $s)) (ref.null $s)
      (struct.new $s (i32.const 4)) (local.get 0))))
    (func (export "cast") (param i32) (result i32) (local anyref)
      (local.set 1 (select (result anyref) (ref.i31 (local.get 0)) (struct.new $s (i32.const 17)) (local.get 0)))
      (drop (struct.new $s (i32.const 1)))
      (block $b (result (ref $s)) (drop (br_on_cast $b anyref (ref $s) (local.get 1))) (return (i31.get_s (ref.cast (ref i31) (local.get 1)))))
      (struct.get $s 0))))",
                                      params, args, locals, sum_params, sets, sum_locals);
  std::vector<Call> calls = {
      {"arguments", {}, "69 "}, {"null", {Value::I32(1)}, "null"}, {"null", {Value::I32(0)}, "4 "}};
  for (uint32_t n : {1u, 2u, 7u, 20u}) {
    for (const char* name : {"locals", "list", "caught", "arrays", "cast"}) calls.push_back({name, {Value::I32(n)}});
  }
  calls.push_back({"cast", {Value::I32(0)}, "11 "});
  ExpectSameEverywhere(wat, calls);
}

struct Slot {
  Slot(const std::shared_ptr<engine::Engine>& engine, const std::string& wat) : store(engine) {
    auto module = engine::Module::CompileAny(engine, std::vector<uint8_t>(wat.begin(), wat.end()));
    engine::Linker linker(engine);
    auto made = linker.Instantiate(store, **module);
    EXPECT_TRUE(made);
    instance = made ? *made : nullptr;
  }
  std::string Run(std::string_view name, std::vector<Value> args) {
    auto results = engine::Call(store.runtime(), instance->Export(name)->func, args);
    return results ? fmt::format("{:x}", (*results)[0].low) : results.error().Message();
  }

  engine::Store store;
  runtime::Instance* instance = nullptr;
};

// One program fills its memories and tables and goes; the next one, of another shape, finds zeros and bounds of its
// own.
TEST(Reuse, NothingIsLeftOfTheProgramBefore) {
  for (const engine::Tier tier : {engine::Tier::Interp, engine::Tier::Baseline}) {
    engine::Config config;
    config.features = wasm::Features::AllProposals();
    config.tier = tier;
    const auto engine = engine::Engine::New(config);
    const std::string dirty =
        R"((module (memory 4 10) (table 50 funcref) (table 50 externref) (elem (i32.const 0) $f $f $f)
      (func $f (export "f") (result i32) (memory.fill (i32.const 0) (i32.const 0xee) (i32.const 262144))
        (drop (memory.grow (i32.const 3))) (memory.fill (i32.const 262144) (i32.const 0xdd) (i32.const 196608))
        (table.fill 0 (i32.const 0) (ref.func $f) (i32.const 50)) (i32.const 1))))";
    for (const char* limits : {"0 10", "1 10", "0 0", "1 1", "i64 1 3", "2 5"}) {
      const std::string_view text = limits;
      const bool is_64 = text.starts_with("i64");
      const uint64_t pages = static_cast<uint64_t>(text[is_64 ? 4 : 0] - '0');
      const std::string index = is_64 ? "i64" : "i32";
      const std::string clean = fmt::format(
          "(module (memory {0}) (table 4 10 funcref) (func (export \"get\") (param {1}) (result i32) (i32.load8_u "
          "(local.get 0)))"
          "(func (export \"grow\") (param {1}) (result {1}) (memory.grow (local.get 0)))"
          "(func (export \"call\") (param i32) (result i32) (call_indirect (result i32) (local.get 0)))"
          "(func (export \"grow_table\") (param i32) (result i32) (table.grow (ref.null func) (local.get 0))))",
          limits, index);
      EXPECT_EQ(Slot(engine, dirty).Run("f", {}), "1");
      Slot slot(engine, clean);
      auto at = [&](uint64_t address) {
        return slot.Run("get", {is_64 ? Value::I64(address) : Value::I32(static_cast<uint32_t>(address))});
      };
      for (uint64_t address :
           {uint64_t{0}, uint64_t{4096}, 65536 * pages - 1, 65536 * pages, uint64_t{262143}, uint64_t{400000}}) {
        if (address < 65536 * pages)
          EXPECT_EQ(at(address), "0") << limits << " " << address;
        else
          EXPECT_NE(at(address).find("out of bounds"), std::string::npos) << limits << " " << address;
      }
      slot.Run("grow", {is_64 ? Value::I64(1) : Value::I32(1)});
      const std::string grown = at(65536 * pages + 5);
      EXPECT_TRUE(grown == "0" || grown.find("out of bounds") != std::string::npos) << limits << ": " << grown;
      for (uint32_t element : {0u, 3u})
        EXPECT_NE(slot.Run("call", {Value::I32(element)}).find("uninitialized"), std::string::npos);
      for (uint32_t element : {4u, 49u})
        EXPECT_NE(slot.Run("call", {Value::I32(element)}).find("undefined"), std::string::npos);
      EXPECT_EQ(slot.Run("grow_table", {Value::I32(6)}), "4");
      for (uint32_t element : {4u, 9u})
        EXPECT_NE(slot.Run("call", {Value::I32(element)}).find("uninitialized"), std::string::npos);
    }
  }
}

// A table entry is called with the types of the caller's module, whatever other modules call theirs.
TEST(Reuse, TypesOfOneModuleAreNotThoseOfAnother) {
  for (const engine::Tier tier : {engine::Tier::Interp, engine::Tier::Baseline}) {
    engine::Config config;
    config.features = wasm::Features::AllProposals();
    config.tier = tier;
    const auto engine = engine::Engine::New(config);
    engine::Store store(engine);
    engine::Linker linker(engine);
    auto instantiate = [&](const std::string& wat) {
      auto module = engine::Module::CompileAny(engine, std::vector<uint8_t>(wat.begin(), wat.end()));
      auto made = linker.Instantiate(store, **module);
      EXPECT_TRUE(made);
      return made ? *made : nullptr;
    };
    runtime::Instance* const owner = instantiate(
        "(module (type (func (param i64) (result i64))) (type $f (func (param f64) (result i32))) (memory 1) (data "
        "(i32.const 0) \"\\2a\")"
        "(table (export \"t\") 3 funcref) (elem (i32.const 0) $a $b)"
        "(func $a (param f64) (result i32) (i32.load8_u (i32.const 0))) (func $b (param i32) (result i32) (local.get "
        "0)))");
    ASSERT_TRUE(linker.DefineInstance("owner", owner));
    runtime::Instance* const user = instantiate(
        "(module (import \"owner\" \"t\" (table 3 funcref)) (type $f (func (param i32) (result i32))) (memory 1) (data "
        "(i32.const 0) \"\\07\")"
        "(func (export \"call\") (param i32) (result i32) (i32.add (call_indirect (type $f) (i32.const 5) (local.get "
        "0)) "
        "(i32.load8_u (i32.const 0))))"
        "(func (export \"other\") (param i32) (result i32) (i32.add (i32.mul (i32.const 256) (call_indirect (param "
        "f64) (result i32) "
        "(f64.const 5) (local.get 0))) (i32.load8_u (i32.const 0)))))");
    auto run = [&](const char* name, uint32_t element) {
      const Value args[] = {Value::I32(element)};
      auto results = engine::Call(store.runtime(), user->Export(name)->func, args);
      return results ? fmt::format("{:x}", (*results)[0].low) : results.error().Message();
    };
    EXPECT_NE(run("call", 0).find("type mismatch"), std::string::npos);
    EXPECT_EQ(run("call", 1), "c");
    EXPECT_NE(run("call", 2).find("uninitialized"), std::string::npos);
    EXPECT_EQ(run("other", 0), "2a07");  // each in its own memory
    EXPECT_NE(run("other", 1).find("type mismatch"), std::string::npos);
  }
}

}  // namespace
}  // namespace gantry::security_tests
