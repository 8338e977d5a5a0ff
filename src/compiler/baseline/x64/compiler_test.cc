// Native code against the interpreter and against arithmetic done here, for what suites and generated modules rarely
// meet: constants as divisors, limits of registers and frames, addresses at the end of a memory with garbage where
// nobody should look.
#include "compiler/baseline/x64/compiler.h"

#include <fmt/core.h>
#include <gtest/gtest.h>

#include "engine/linker.h"

namespace gantry::baseline {
namespace {

using engine::Value;

// A module in a store of its own.
struct Running {
  Running(std::string_view wat, engine::Tier tier, engine::Config config = {})
      : engine([&] {
          config.tier = tier;
          config.features = wasm::Features::AllProposals();
          return engine::Engine::New(config);
        }()),
        store(engine),
        linker(engine) {
    auto module = engine::Module::CompileAny(engine, std::vector<uint8_t>(wat.begin(), wat.end()));
    if (!module) {
      ADD_FAILURE() << module.error().Summary();
      return;
    }
    auto made = linker.Instantiate(store, **module);
    if (!made)
      ADD_FAILURE() << made.error().Message();
    else
      instance = *made;
  }

  // Results or trap as text.
  std::string Call(std::string_view name, const std::vector<Value>& args) {
    auto results = engine::Call(store.runtime(), instance->Export(name)->func, args);
    if (!results) return results.error().Message();
    std::string text;
    for (const Value& value : *results) text += fmt::format("{:x} ", value.low);
    return text;
  }

  std::shared_ptr<engine::Engine> engine;
  engine::Store store;
  engine::Linker linker;
  runtime::Instance* instance = nullptr;
};

// Both tiers.
struct Tiers {
  explicit Tiers(const std::string& wat, engine::Config config = {})
      : interp(wat, engine::Tier::Interp, config), native(wat, engine::Tier::Baseline, config) {}
  void ExpectSame(std::string_view name, const std::vector<Value>& args) {
    EXPECT_EQ(interp.Call(name, args), native.Call(name, args)) << name;
  }
  Running interp, native;
};

constexpr uint64_t kNumbers[] = {0,
                                 1,
                                 2,
                                 3,
                                 5,
                                 6,
                                 7,
                                 9,
                                 10,
                                 11,
                                 12,
                                 13,
                                 25,
                                 28,
                                 99,
                                 100,
                                 125,
                                 625,
                                 641,
                                 1000,
                                 10000,
                                 65535,
                                 65536,
                                 0x7ffffffe,
                                 0x7fffffff,
                                 0x80000000,
                                 0x80000001,
                                 0xcccccccc,
                                 0xfffffff6,
                                 0xfffffffe,
                                 0xffffffff,
                                 0x100000000,
                                 0x100000001,
                                 6700417,
                                 0x123456789abcdef,
                                 0x7ffffffffffffffe,
                                 0x7fffffffffffffff,
                                 0x8000000000000000,
                                 0x8000000000000001,
                                 0xcccccccccccccccc,
                                 0xfffffffffffffff6,
                                 0xfffffffffffffffe,
                                 0xffffffffffffffff};

template <class T>
T Reference(const std::string& op, T x, T y) {
  using S = std::make_signed_t<T>;
  if (op == "div_u") return x / y;
  if (op == "rem_u") return x % y;
  if (y == static_cast<T>(-1)) return op == "div_s" ? T{0} - x : 0;
  return static_cast<T>(op == "div_s" ? static_cast<S>(x) / static_cast<S>(y) : static_cast<S>(x) % static_cast<S>(y));
}

template <class T>
void TestConstantDivisors(const char* type) {
  std::string wat = "(module";
  std::vector<T> divisors;
  for (uint64_t number : kNumbers) {
    if (static_cast<T>(number) != 0) divisors.push_back(static_cast<T>(number));
  }
  for (int k = 1; k < static_cast<int>(8 * sizeof(T)); ++k) divisors.push_back(static_cast<T>(uint64_t{1} << k));
  const std::string ops[] = {"div_u", "rem_u", "div_s", "rem_s"};
  for (size_t i = 0; i < divisors.size(); ++i) {
    for (const std::string& op : ops) {
      // The dividend stays in use behind the division, or does not.
      wat += fmt::format(
          "(func (export \"{1}{2}\") (param {0}) (result {0} {0})"
          "({0}.{1} (local.get 0) ({0}.const {3})) ({0}.{1} ({0}.add (local.get 0) ({0}.const 0)) ({0}.const {3})))",
          type, op, i, static_cast<std::make_signed_t<T>>(divisors[i]));
    }
  }
  Running native(wat + ")", engine::Tier::Baseline);
  for (size_t i = 0; i < divisors.size(); ++i) {
    for (const std::string& op : ops) {
      for (uint64_t number : kNumbers) {
        for (T x :
             {static_cast<T>(number), static_cast<T>(number * divisors[i]), static_cast<T>(number * divisors[i] - 1)}) {
          const T least = T{1} << (8 * sizeof(T) - 1);
          const bool overflows = op == "div_s" && x == least && divisors[i] == static_cast<T>(-1);
          const T expected = overflows ? 0 : Reference<T>(op, x, divisors[i]);
          const std::string text = overflows ? "wasm trap: integer overflow" : fmt::format("{0:x} {0:x} ", expected);
          const Value arg = sizeof(T) == 8 ? Value::I64(x) : Value::I32(static_cast<uint32_t>(x));
          const std::string result = native.Call(fmt::format("{}{}", op, i), {arg});
          if (overflows)
            EXPECT_NE(result.find("integer overflow"), std::string::npos) << result;
          else
            EXPECT_EQ(result, text) << type << "." << op << " " << x << " " << divisors[i];
        }
      }
    }
  }
}

TEST(X64Baseline, DivisionByConstants) {
  TestConstantDivisors<uint32_t>("i32");
  TestConstantDivisors<uint64_t>("i64");
}

// Class A: the index of an access is 32 bits, whatever the register's upper half was before.
TEST(X64Baseline, UpperHalvesOfIndicesAreZero) {
  const std::string wat = R"((module (memory 1)
    (data (i32.const 8) "\2a\00\00\00")
    (func $callee (param i32) (result i32) (local.get 0))
    (func (export "wrap") (param i64) (result i32) (i32.load (i32.wrap_i64 (local.get 0))))
    (func (export "wrap_kept") (param i64) (result i64) (local i32)
      (local.set 1 (i32.wrap_i64 (local.get 0)))
      (i64.add (i64.extend_i32_u (i32.load (local.get 1))) (i64.and (local.get 0) (i64.const 0xffffffff00000000))))
    (func (export "spilled") (param i64) (result i32) (local i32 i32)
      (local.set 1 (i32.wrap_i64 (local.get 0)))
      (local.set 2 (call $callee (local.get 1)))
      (i32.add (i32.load (local.get 1)) (i32.load (local.get 2))))
    (func (export "sub") (param i32) (result i32) (i32.load (i32.sub (local.get 0) (i32.const 4))))
    (func (export "extend") (param i32) (result i64) (i64.extend_i32_u (i32.add (local.get 0) (i32.const -1))))
    (func (export "select") (param i64 i32) (result i32)
      (i32.load (select (i32.wrap_i64 (local.get 0)) (i32.const 8) (local.get 1))))
    (func (export "loop") (param i64 i32) (result i32) (local i32 i32)
      (local.set 2 (i32.wrap_i64 (local.get 0)))
      (loop (local.set 3 (i32.add (local.get 3) (i32.load (local.get 2))))
        (br_if 0 (local.tee 1 (i32.sub (local.get 1) (i32.const 1)))))
      (local.get 3))))";
  Tiers tiers(wat);
  const uint64_t poisoned = 0xdeadbeef00000008;
  for (const char* name : {"wrap", "wrap_kept", "spilled"}) tiers.ExpectSame(name, {Value::I64(poisoned)});
  EXPECT_EQ(tiers.native.Call("wrap", {Value::I64(poisoned)}), "2a ");
  EXPECT_EQ(tiers.native.Call("spilled", {Value::I64(poisoned)}), "54 ");
  tiers.ExpectSame("select", {Value::I64(poisoned), Value::I32(1)});
  tiers.ExpectSame("loop", {Value::I64(poisoned), Value::I32(3)});
  tiers.ExpectSame("sub", {Value::I32(2)});  // wraps to the end of the index space
  tiers.ExpectSame("sub", {Value::I32(12)});
  tiers.ExpectSame("extend", {Value::I32(0)});
}

// Class B: no access is wider than the instruction says, at the last byte of the memory.
TEST(X64Baseline, TheLastBytesOfAMemory) {
  const struct {
    const char* load;
    int size;
  } kLoads[] = {{"i32.load8_s", 1},  {"i32.load16_u", 2}, {"i32.load", 4}, {"i64.load8_u", 1}, {"i64.load16_s", 2},
                {"i64.load32_s", 4}, {"i64.load32_u", 4}, {"i64.load", 8}, {"f32.load", 4},    {"f64.load", 8}};
  std::string wat = "(module (memory 1 1)";
  int n = 0;
  for (const auto& load : kLoads) {
    const std::string type(load.load, 3);
    wat += fmt::format(
        "(func (export \"get{0}\") (param i32) (result {1}) ({2} (local.get 0)))"
        "(func (export \"add{0}\") (param i32 {1}) (result {1}) ({1}.add (local.get 1) ({2} (local.get 0))))"
        "(func (export \"eqz{0}\") (param i32) (result i32) ({1}.eq ({2} (local.get 0)) ({1}.const 0)))",
        n++, type, load.load);
  }
  Tiers tiers(wat + ")");
  n = 0;
  for (const auto& load : kLoads) {
    const Value zero = {load.load[0] == 'i' ? (load.load[1] == '3' ? wasm::kI32 : wasm::kI64)
                                            : (load.load[1] == '3' ? wasm::kF32 : wasm::kF64)};
    const std::string number = std::to_string(n++);
    for (uint32_t at :
         {65536u - static_cast<uint32_t>(load.size), 65537u - static_cast<uint32_t>(load.size), 0xffffffffu}) {
      tiers.ExpectSame("get" + number, {Value::I32(at)});
      tiers.ExpectSame("add" + number, {Value::I32(at), zero});
      tiers.ExpectSame("eqz" + number, {Value::I32(at)});
    }
    EXPECT_EQ(tiers.native.Call("get" + number, {Value::I32(65536u - static_cast<uint32_t>(load.size))}), "0 ");
    EXPECT_NE(tiers.native.Call("get" + number, {Value::I32(65537u - static_cast<uint32_t>(load.size))})
                  .find("out of bounds"),
              std::string::npos);
  }
}

TEST(X64Baseline, OffsetsAroundTheGuard) {
  std::string wat = "(module (memory 1)";
  const uint64_t offsets[] = {0,        65532,      65533,      33554428,   33554429,
                              33554432, 0x7ffffffc, 0x80000000, 0xfffffffc, 0xffffffff};
  for (size_t i = 0; i < std::size(offsets); ++i) {
    wat += fmt::format(
        "(func (export \"f{0}\") (param i32) (result i32) (i32.load offset={1} (local.get 0)))"
        "(func (export \"c{0}\") (result i32) (i32.load offset={1} (i32.const -4)))"
        "(func (export \"z{0}\") (result i32) (i32.load offset={1} (i32.const 0)))",
        i, offsets[i]);
  }
  Tiers tiers(wat + ")");
  for (size_t i = 0; i < std::size(offsets); ++i) {
    for (uint32_t index : {0u, 1u, 65532u, 0x7fffffffu, 0x80000000u, 0xfffffffcu, 0xffffffffu}) {
      tiers.ExpectSame("f" + std::to_string(i), {Value::I32(index)});
    }
    tiers.ExpectSame("c" + std::to_string(i), {});
    tiers.ExpectSame("z" + std::to_string(i), {});
  }
}

// More operands and locals than registers, of all kinds, over calls and loops.
TEST(X64Baseline, MoreValuesThanRegisters) {
  std::string wat = "(module (func $id (param i32) (result i32) (local.get 0))";
  for (const char* type : {"i32", "i64", "f32", "f64"}) {
    std::string params, sum, loop;
    constexpr int kCount = 40;
    for (int i = 0; i < kCount; ++i) {
      params += fmt::format(" {}", type);
      loop += fmt::format("(local.set {0} ({1}.add (local.get {0}) (local.get {2})))", i, type, (i * 7 + 3) % kCount);
      if (i % 9 == 4) loop += fmt::format("(local.set {0} (call $id (local.get {0})))", kCount);
    }
    for (int i = 0; i < kCount; ++i) sum += fmt::format(" (local.get {})", i);
    sum += fmt::format(" (drop (call $id (local.get {})))", kCount);
    for (int i = 1; i < kCount; ++i) sum += fmt::format(" {}.sub", type);
    wat += fmt::format(
        "(func (export \"{0}\") (param{1}) (result {0}) (local i32) (local.set {2} (i32.const 5))"
        "(loop {3} (br_if 0 (local.tee {2} (i32.sub (local.get {2}) (i32.const 1))))) {4})",
        type, params, kCount, loop, sum);
  }
  Tiers tiers(wat + ")");
  const std::pair<const char*, wasm::ValType> kTypes[] = {
      {"i32", wasm::kI32}, {"i64", wasm::kI64}, {"f32", wasm::kF32}, {"f64", wasm::kF64}};
  for (const auto& [name, type] : kTypes) {
    std::vector<Value> args;
    for (int i = 0; i < 40; ++i) {
      const double number = i * 1.25 - 11;
      if (type == wasm::kF32)
        args.push_back(Value::F32(static_cast<float>(number)));
      else if (type == wasm::kF64)
        args.push_back(Value::F64(number));
      else
        args.push_back({type, static_cast<uint32_t>(i * 0x9e3779b9u)});
    }
    tiers.ExpectSame(name, args);
  }
}

// Arguments and results beyond the registers, direct, indirect, and as tail calls between different numbers of them.
TEST(X64Baseline, StackArgumentsAndResults) {
  std::string wat = "(module (table funcref (elem $f30 $f12)) (memory 1)";
  auto list = [](int n) {
    std::string text;
    for (int i = 0; i < n; ++i) text += i % 3 == 0 ? " i32" : i % 3 == 1 ? " f64" : " i64";
    return text;
  };
  auto forward = [](int n, int from) {
    std::string text;
    for (int i = 0; i < n; ++i) text += fmt::format(" (local.get {})", i < from ? i : i % 3);
    return text;
  };
  for (int n : {3, 12, 30}) {
    wat += fmt::format("(type $t{0} (func (param{1}) (result{1})))", n, list(n));
    wat += fmt::format("(func $f{0} (type $t{0}) {1})", n, forward(n, n));
  }
  wat += fmt::format("(func (export \"direct\") (type $t30) (call $f30 {}))", forward(30, 30));
  wat += fmt::format("(func (export \"indirect\") (type $t30) (call_indirect (type $t30) {} (i32.const 0)))",
                     forward(30, 30));
  wat += fmt::format("(func $more (param{}) (result{}) (return_call $f30 {}))", list(3), list(30), forward(30, 3));
  wat += fmt::format("(func $fewer (param{}) (result{}) (return_call $more {}))", list(30), list(30), forward(3, 3));
  wat += fmt::format("(func (export \"tail\") (type $t30) (return_call $fewer {}))", forward(30, 30));
  wat += fmt::format("(func $by_table (param{}) (result{}) (return_call_indirect (type $t12) {} (i32.const 1)))",
                     list(3), list(12), forward(12, 3));
  wat += fmt::format("(func (export \"table\") (type $t12) (call $by_table {}) )", forward(3, 3));
  Tiers tiers(wat + ")");
  std::vector<Value> args;
  for (int i = 0; i < 30; ++i) {
    if (i % 3 == 0)
      args.push_back(Value::I32(static_cast<uint32_t>(-i)));
    else if (i % 3 == 1)
      args.push_back(Value::F64(i * 1.5));
    else
      args.push_back(Value::I64(~uint64_t{0} - static_cast<uint64_t>(i)));
  }
  for (const char* name : {"direct", "indirect", "tail"}) tiers.ExpectSame(name, args);
  tiers.ExpectSame("table", std::vector<Value>(args.begin(), args.begin() + 12));
}

// A dead number's callee-saved register is no place for the reference that is made of it: collectors do not look there.
TEST(X64Baseline, ReferencesMadeOfNumbersInCalleeSavedRegisters) {
  engine::Config config;
  config.consume_fuel = true;
  Tiers tiers(R"((module (func $nothing)
    (func (export "f") (param i32) (result i32) (local i32)
      (loop
        (call $nothing) (local.set 1 (i32.add (local.get 1) (local.get 0)))
        (br_if 0 (i32.lt_u (local.get 1) (i32.const 10))))
      (ref.i31 (local.get 1))
      (if (local.get 0) (then (call $nothing)))
      (i31.get_s))))",
              config);
  for (Running* running : {&tiers.interp, &tiers.native}) {
    running->store.runtime().SetFuel(1000);
    EXPECT_EQ(running->Call("f", {Value::I32(3)}), "c ");
  }
}

TEST(X64Baseline, LargeFrames) {
  std::string wat =
      "(module (func $g (param i32) (result i32) (local.get 0)) (func (export \"f\") (param i32) (result i64) (local";
  for (int i = 0; i < 3000; ++i) wat += " i64";
  wat += ")";
  for (int i = 1; i <= 3000; ++i)
    wat += fmt::format("(local.set {} (i64.extend_i32_u (call $g (i32.add (local.get 0) (i32.const {})))))", i, i);
  wat += "(i64.const 0)";
  for (int i = 1; i <= 3000; ++i) wat += fmt::format("(i64.add (i64.mul (local.get {}) (i64.const {})))", i, i);
  wat += ") (func $deep (export \"deep\") (param i32) (result i64) (local";
  for (int i = 0; i < 1500; ++i) wat += " i64";
  wat += ") (local.set 7 (call $deep (i32.add (local.get 0) (i32.const 1)))) (i64.add (local.get 7) (local.get 900))))";
  Tiers tiers(wat);
  tiers.ExpectSame("f", {Value::I32(77)});
  EXPECT_NE(tiers.native.Call("deep", {Value::I32(0)}).find("call stack exhausted"), std::string::npos);
  tiers.ExpectSame("f", {Value::I32(78)});
}

}  // namespace
}  // namespace gantry::baseline
