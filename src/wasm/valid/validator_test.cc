#include "wasm/valid/validator.h"

#include <gtest/gtest.h>

#include <atomic>
#include <set>
#include <string>
#include <thread>

#include "wasm/binary/reader.h"
#include "wasm/binary/test_bytes.h"
#include "wasm/errors.h"
#include "wasm/text/wat.h"
#include "wasm/valid/func_validator.h"

namespace gantry::wasm::valid {
namespace {

using binary::test::Bytes;

struct Validated {
  Module module;
  TypeHold hold;
  std::vector<FuncSummary> summaries;
};

Result<Validated> ValidateBytes(std::vector<uint8_t> bytes, Features features = Features::AllProposals()) {
  GANTRY_ASSIGN_OR_RETURN(Module module, binary::ReadModule(ModuleBytes::Own(std::move(bytes)), features));
  Validated out{std::move(module), {}, {}};
  Options options;
  options.summaries = &out.summaries;
  GANTRY_RETURN_IF_ERROR(ValidateModule(&out.module, &out.hold, options));
  return out;
}

Result<Validated> Validate(std::string_view wat, Features features = Features::AllProposals()) {
  GANTRY_ASSIGN_OR_RETURN(auto bytes, text::ParseWat(wat));
  return ValidateBytes(std::move(bytes), features);
}

// The message and its context frames, innermost first.
std::string Fault(const Result<Validated>& result) {
  if (result) return "valid";
  std::string text = result.error().message();
  for (const std::string& frame : result.error().context()) text += "; " + frame;
  return text;
}

struct InvalidCase {
  std::string_view wat;
  std::string_view fault;  // whole
};

// One or more for each row of errors.def that validation reports.
const InvalidCase kInvalid[] = {
    // Operands.
    {"(func $f (drop (i32.add (i64.const 1) (i32.const 2))))",
     "type mismatch: instruction requires [i32 i32] but stack has [i64 i32]; in function 0 `f`, at instruction 2"},
    {"(func (i32.const 1) (f32.store (i32.const 2)))(memory 1)",
     "type mismatch: instruction requires [i32 f32] but stack has [i32 i32]; in function 0, at instruction 2"},
    {"(func (block (i32.const 1) (block (drop))))",
     "type mismatch: instruction requires a value but stack has []; in function 0, at instruction 3"},
    {"(func (result i32) (i32.const 1) (i32.const 2))",
     "type mismatch: block requires [i32] but stack has [i32 i32]; in function 0, at instruction 2"},
    {"(func (result i32) (if (result i32) (i32.const 1) (then (i32.const 2) (i32.const 3)) (else (i32.const 4))))",
     "type mismatch: block requires [i32] but stack has [i32 i32]; in function 0, at instruction 4"},
    {"(type $t (struct (field i64))) (func (param (ref $t)) (drop (struct.get $t 0 (ref.null $t))) (drop (i32.eqz "
     "(local.get 0))))",
     "type mismatch: instruction requires [i32] but stack has [(ref 0)]; in function 0, at instruction 4"},
    {"(func (drop (select (ref.null func) (ref.null func) (i32.const 0))))",
     "type mismatch: `select` without a type takes numbers and vectors only; in function 0, at instruction 3"},
    {"(func (drop (select (i32.const 0) (i64.const 0) (i32.const 0))))",
     "type mismatch: instruction requires two operands of one type but stack has [i32 i64]; in function 0, at "
     "instruction 3"},
    {"(func (block (if (param i32) (i32.const 1) (then drop))))",
     "type mismatch: instruction requires [i32] but stack has []; in function 0, at instruction 2"},
    {"(table 1 funcref) (func (call_indirect (param i64) (f32.const 1) (i32.const 0)))",
     "type mismatch: instruction requires [i64] but stack has [f32]; in function 0, at instruction 2"},
    {"(func (drop (ref.is_null (i32.const 0))))",
     "type mismatch: instruction requires a reference but stack has [i32]; in function 0, at instruction 1"},
    {"(func (param i32) (if (param i32) (result i64) (local.get 0) (i32.const 1) (then (drop) (i64.const 0))))",
     "type mismatch: `if` without `else` has parameters [i32] and results [i64]; in function 0, at instruction 5"},
    // Branches and calls.
    {"(func (br 1))", "unknown label 1; in function 0, at instruction 0"},
    {"(func (block (result i32) (block (br_table 0 1 (i32.const 1) (i32.const 2))) (i32.const 3)) (drop))",
     "type mismatch: label 0 has 0 operands, the default has 1; in function 0, at instruction 4"},
    {"(func (call 1))", "unknown function 1; in function 0, at instruction 0"},
    {"(func (return_call $g)) (func $g (result i32) (i32.const 1))",
     "type mismatch: callee has results [i32], the function has []; in function 0, at instruction 0"},
    {"(func (call_indirect (i32.const 0)))", "unknown table 0; in function 0, at instruction 1"},
    {"(table 1 externref) (func (call_indirect (i32.const 0)))",
     "type mismatch: table 0 holds no functions; in function 0, at instruction 1"},
    {"(func (throw 0))", "unknown tag 0; in function 0, at instruction 0"},
    {"(tag $e (param i32)) (func (block (try_table (catch $e 0))))",
     "type mismatch: catch clause gives [i32] but its label requires []; in function 0, at instruction 1"},
    {"(func (param anyref) (block (result i31ref) (br_on_cast 0 i31ref anyref (ref.null i31))) (drop))",
     "type mismatch: cast from (ref null i31) to (ref null any), which is no subtype; in function 0, at instruction 2"},
    {"(func (param anyref) (block (br_on_non_null 0 (local.get 0))))",
     "type mismatch: the label of `br_on_non_null` takes no reference; in function 0, at instruction 2"},
    // Locals and globals.
    {"(func (local i32) (drop (local.get 1)))", "unknown local 1; in function 0, at instruction 0"},
    {"(func (local (ref func)) (block (local.set 0 (ref.func 0))) (drop (local.get 0))) (export \"f\" (func 0))",
     "uninitialized local 0; in function 0, at instruction 4"},
    {"(func (global.set 0 (i32.const 1)))", "unknown global 0; in function 0, at instruction 1"},
    {"(global i32 (i32.const 1)) (func (global.set 0 (i32.const 1)))",
     "immutable global 0; in function 0, at instruction 1"},
    // References, structures, arrays.
    {"(func (drop (ref.func 0)))", "undeclared function reference 0; in function 0, at instruction 0"},
    {"(type (struct)) (func (drop (struct.get 0 0 (unreachable))))",
     "unknown field 0; in function 0, at instruction 1"},
    {"(type (struct (field i32))) (func (struct.set 0 0 (unreachable)))",
     "immutable field 0; in function 0, at instruction 1"},
    {"(type (struct (field i8))) (func (drop (struct.get 0 0 (unreachable))))",
     "type mismatch: `struct.get` on a field of type i8; in function 0, at instruction 1"},
    {"(type (struct (field (ref any)))) (func (drop (struct.new_default 0)))",
     "type mismatch: a field of the structure has no default value; in function 0, at instruction 0"},
    {"(type (array i32)) (func (array.set 0 (unreachable)))", "immutable array 0; in function 0, at instruction 1"},
    {"(type (array (mut i32))) (type (array i64)) (func (array.copy 0 1 (unreachable)))",
     "array types do not match; in function 0, at instruction 1"},
    {"(type (array (mut anyref))) (data \"\") (func (array.init_data 0 0 (unreachable)))",
     "array type is not numeric or vector; in function 0, at instruction 1"},
    {"(type (array i32)) (func (drop (struct.new 0)))",
     "type mismatch: type 0 is no structure type; in function 0, at instruction 0"},
    {"(func (drop (ref.null 4)))", "unknown type 4; in function 0, at instruction 0"},
    {"(func (drop (select (result) (unreachable))))",
     "invalid result arity: `select` with 0 types; in function 0, at instruction 1"},
    // Memories and tables.
    {"(func (drop (i32.load (i32.const 0))))", "unknown memory 0; in function 0, at instruction 1"},
    {"(memory 1) (func (drop (i32.load align=8 (i32.const 0))))",
     "alignment must not be larger than natural: 2**3 is larger than 2**2; in function 0, at instruction 1"},
    {"(memory 1) (func (drop (i32.atomic.load align=2 (i32.const 0))))",
     "atomic alignment must be natural; in function 0, at instruction 1"},
    {"(memory 1) (func (drop (i32.load offset=0x100000000 (i32.const 0))))",
     "offset out of range: 0x100000000; in function 0, at instruction 1"},
    {"(func (drop (i8x16.extract_lane_s 16 (v128.const i64x2 0 0))))",
     "invalid lane index 16; in function 0, at instruction 1"},
    {"(func (elem.drop 0))", "unknown elem segment 0; in function 0, at instruction 0"},
    {"(func (data.drop 3)) (data \"\")", "unknown data segment 3; in function 0, at instruction 0"},
    // Outside of bodies.
    {"(memory 2 1)", "size minimum must not be greater than maximum; in memory 0"},
    {"(memory 65537)", "memory size must be at most 65536 pages (4GiB); in memory 0"},
    {"(memory i64 0x1000000000001)", "memory size must be at most 281474976710656 pages; in memory 0"},
    {"(memory 1 (pagesize 2))", "invalid custom page size: 2**1; in memory 0"},
    {"(table 0x100000000 funcref)", "table size must be at most 2^32-1 elements; in table 0"},
    {"(memory 1 shared)", "shared memory must have maximum; in memory 0"},
    {"(table 1 (ref func))", "type mismatch: elements without a default value need an initializer; in table 0"},
    {"(func) (export \"a\" (func 0)) (export \"a\" (func 0))", "duplicate export name: a; in export 1"},
    {"(func (param i32)) (start 0)", "start function 0 must have no parameters and no results"},
    {"(tag (result i32))", "non-empty tag result type; in tag 0"},
    {"(global i32 (i32.clz (i32.const 1)))", "constant expression required: `i32.clz` is not constant; in global 0"},
    {"(global (mut i32) (i32.const 0)) (global i32 (global.get 0))",
     "constant expression required: the global is mutable; in global 1"},
    {"(global i32 (global.get 0))", "unknown global 0; in global 0"},
    {"(table 1 funcref) (elem (i32.const 0) externref (ref.null extern))",
     "type mismatch: segment of (ref null extern) for a table of (ref null func); in element segment 0"},
    {"(data (i32.const 0) \"\")", "unknown memory 0; in data segment 0"},
    {"(type (sub (func))) (type (sub 0 (struct)))", "sub type 1 does not match super type 0"},
    {"(type (func)) (type (sub 0 (func)))", "sub type 1 does not match super type 0, which is final"},
    {"(type (sub (struct (field (mut anyref))))) (type (sub 0 (struct (field (mut i31ref)))))",
     "sub type 1 does not match super type 0"},
    {"(type (struct (field (ref 1)))) (type (struct))", "unknown type 1"},
};

TEST(ValidatorTest, InvalidModules) {
  for (const InvalidCase& test : kInvalid) EXPECT_EQ(Fault(Validate(test.wat)), test.fault) << test.wat;
}

TEST(ValidatorTest, ADuplicateExportIsFoundAmongFewAndMany) {
  for (const int count : {1, 15, 16, 17, 100}) {
    std::string wat = "(func)";
    for (int i = 0; i < count; ++i) wat += "(export \"e" + std::to_string(i) + "\" (func 0))";
    EXPECT_EQ(Fault(Validate(wat)), "valid") << count;
    const std::string last = "e" + std::to_string(count - 1);
    wat += "(export \"" + last + "\" (func 0))";
    EXPECT_EQ(Fault(Validate(wat)), "duplicate export name: " + last + "; in export " + std::to_string(count));
  }
}

TEST(ValidatorTest, EveryErrorOfValidationIsReached) {
  std::set<uint16_t> reached = {static_cast<uint16_t>(ErrorId::MultipleMemories),
                                static_cast<uint16_t>(ErrorId::MultipleTables)};  // below
  for (const InvalidCase& test : kInvalid) {
    auto result = Validate(test.wat);
    if (!result) reached.insert(result.error().code());
  }
  for (auto id = static_cast<uint16_t>(ErrorId::TypeMismatch); id <= static_cast<uint16_t>(ErrorId::SubTypeMismatch);
       ++id) {
    EXPECT_TRUE(reached.contains(id)) << ErrorText(static_cast<ErrorId>(id));
  }
}

TEST(ValidatorTest, LimitsWithoutProposals) {
  Features features = Features::AllProposals();
  features.set(Feature::MultiMemory, false).set(Feature::ReferenceTypes, false);
  EXPECT_EQ(Fault(Validate("(memory 1) (memory 1)", features)), "multiple memories; in memory 1");
  EXPECT_EQ(Fault(Validate("(table 1 funcref) (table 1 funcref)", features)), "multiple tables; in table 1");
  features.set(Feature::MultiValue, false);
  EXPECT_EQ(Fault(Validate("(type (func (result i32 i32)))", features)),
            "invalid result arity: several results need the feature `multi-value`");
  features.set(Feature::ExtendedConst, false);
  EXPECT_EQ(Fault(Validate("(global i32 (i32.add (i32.const 1) (i32.const 2)))", features)),
            "constant expression required: `i32.add` is not constant; in global 0");
}

TEST(ValidatorTest, ErrorsHaveByteOffsets) {
  const auto result = ValidateBytes(binary::test::FuncModule({0x60, 0, 0}, {0x01, 0x41, 0, 0x42, 0, 0x6a, 0x0b}));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().offset(), 28u);  // of the i32.add
  EXPECT_EQ(result.error().error_class(), ErrorClass::Invalid);
}

TEST(ValidatorTest, TypeErrorsHaveByteOffsets) {
  using binary::test::ModuleOf;
  using binary::test::Section;
  const auto result = ValidateBytes(ModuleOf({Section(1, {2, 0x60, 0, 0, 0x4e, 2, 0x5f, 0, 0x5f, 1, 0x64, 9, 0})}));
  ASSERT_FALSE(result);
  EXPECT_EQ(Fault(result), "unknown type 9");
  EXPECT_EQ(result.error().offset(), 18u);
}

TEST(ValidatorTest, BodiesThatDoNotEnd) {
  using binary::test::FuncModule;
  EXPECT_EQ(Fault(ValidateBytes(FuncModule({0x60, 0, 0}, {0x01}))),
            "unexpected end of section or function: END opcode expected; in function 0, at instruction 0");
  EXPECT_EQ(Fault(ValidateBytes(FuncModule({0x60, 0, 0}, {0x0b, 0x01}))),
            "section size mismatch: bytes follow the last `end`; in function 0, at instruction 0");
  EXPECT_EQ(Fault(ValidateBytes(FuncModule({0x60, 0, 0}, {0x05, 0x0b}))),
            "END opcode expected: `else` without `if`; in function 0, at instruction 0");
  EXPECT_EQ(Fault(ValidateBytes(FuncModule({0x60, 0, 0}, {0x01, 0xd3 + 3, 0x0b}))),
            "unknown label 11; in function 0, at instruction 1");
}

TEST(ValidatorTest, DataCountIsRequiredByCode) {
  using namespace binary::test;
  const Bytes func = {0x60, 0, 0};
  const Bytes module = Join({FuncModule(func, {0xfc, 0x09, 0, 0x0b}), Section(11, {1, 1, 0})});
  EXPECT_EQ(Fault(ValidateBytes(module)), "data count section required; in function 0, at instruction 0");
}

TEST(ValidatorTest, UnreachableCodeIsPolymorphicInPlace) {
  EXPECT_TRUE(Validate("(func (result i32) (unreachable) (i32.add))"));
  EXPECT_TRUE(Validate("(func (result i32) (unreachable) (select))"));
  EXPECT_TRUE(Validate("(func (result i64) (return (i64.const 1)) (br_table 0 0 0))"));
  EXPECT_TRUE(Validate("(func (result (ref any)) (unreachable) (ref.as_non_null))"));
  EXPECT_TRUE(Validate("(type (array i32)) (func (drop (array.new_fixed 0 4000000000 (unreachable))))"));  // at once
  EXPECT_FALSE(Validate("(func (result i32) (unreachable) (i64.const 1) (i32.add))"));
}

TEST(ValidatorTest, LocalsAreInitialisedPerBlock) {
  EXPECT_TRUE(
      Validate("(func (param $p (ref any)) (local $x (ref any)) (local.set $x (local.get $p))"
               " (block (drop (local.get $x))) (drop (local.get $x)))"));
  EXPECT_FALSE(
      Validate("(func (param $p (ref any)) (local $x (ref any))"
               " (if (i32.const 1) (then (local.set $x (local.get $p))) (else (drop (local.get $x)))))"));
}

TEST(ValidatorTest, ManyLocalsAreFoundByTheirRun) {
  // (local i32 x 1000) (local f32 x 1000) (local i64 x 1), the last of each run read.
  using namespace binary::test;
  const Bytes locals = {4, 0xe8, 0x07, 0x7f, 0, 0x7c, 0xe8, 0x07, 0x7d, 1, 0x7e};
  const Bytes code = {0x20, 0xe7, 0x07, 0x45, 0x1a, 0x20, 0xcf, 0x0f, 0x8b, 0x1a, 0x20, 0xd0, 0x0f, 0x50, 0x1a, 0x0b};
  const auto result = ValidateBytes(FuncModule({0x60, 0, 0}, code, locals));
  EXPECT_EQ(Fault(result), "valid");
  EXPECT_EQ(result->summaries[0].local_count, 2001u);
}

TEST(ValidatorTest, OperandsAreBounded) {
  // A function with 1000 results, called 2000 times without dropping.
  std::string wat = "(func $f (result";
  for (int i = 0; i < 1000; ++i) wat += " i32";
  wat += ") (unreachable)) (func";
  for (int i = 0; i < 2000; ++i) wat += " (call $f)";
  wat += " (unreachable))";
  EXPECT_EQ(Fault(Validate(wat)),
            "implementation limit exceeded: more than 1000000 operands; in function 1, at instruction 1000");
}

TEST(ValidatorTest, DeepNestingTakesNoStack) {
  Bytes code;
  for (int i = 0; i < 500000; ++i) code.insert(code.end(), {0x03, 0x40});
  code.insert(code.end(), 500001, 0x0b);
  const auto leb = [](size_t n) {
    return Bytes{static_cast<uint8_t>(n | 0x80), static_cast<uint8_t>((n >> 7) | 0x80),
                 static_cast<uint8_t>((n >> 14) | 0x80), static_cast<uint8_t>((n >> 21) & 0x7f)};
  };
  using namespace binary::test;
  const Bytes body = Join({{0}, code});
  const Bytes entry = Join({{1}, leb(body.size()), body});
  const auto result = ValidateBytes(
      Join({ModuleOf({Section(1, {1, 0x60, 0, 0}), Section(3, {1, 0})}), {10}, leb(entry.size()), entry}));
  ASSERT_EQ(Fault(result), "valid");
  EXPECT_EQ(result->summaries[0].loops.size(), 500000u);
  EXPECT_EQ(result->summaries[0].loops.back().depth, 500000u);
  EXPECT_EQ(result->summaries[0].max_depth, 500001u);
}

TEST(ValidatorTest, FactsAboutTheModule) {
  const auto result = Validate(
      "(type $a (func)) (type $b (func)) (func $f (type $a)) (func $g (type $b) (drop (ref.func $f)))"
      "(func $h) (elem declare func $f) (export \"h\" (func $h))");
  ASSERT_TRUE(result);
  EXPECT_EQ(result->module.canon[0], result->module.canon[1]);
  EXPECT_TRUE(result->module.func_escapes[0]);
  EXPECT_FALSE(result->module.func_escapes[1]);
  EXPECT_TRUE(result->module.func_escapes[2]);
}

TEST(ValidatorTest, BodiesOneByOne) {
  auto bytes = text::ParseWat("(func $a (drop (i32.const 1))) (func $b (drop (i32.add)))");
  ASSERT_TRUE(bytes);
  auto module = binary::ReadModule(ModuleBytes::Own(std::move(*bytes)), Features::AllProposals());
  ASSERT_TRUE(module);
  TypeHold hold;
  ASSERT_TRUE(ValidateModule(&*module, &hold, {.skip_bodies = true}));
  Scratch scratch;
  FuncSummary summary;
  EXPECT_TRUE(ValidateFunc(*module, 0, &scratch, &summary));
  EXPECT_EQ(summary.instr_count, 3u);
  const auto bad = ValidateFunc(*module, 1, &scratch, nullptr);
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().context()[0], "in function 1 `b`, at instruction 0");
}

TEST(ValidatorTest, BodiesOnSeveralThreads) {
  std::string wat = "(type $s (struct (field i32)))";
  for (int i = 0; i < 200; ++i)
    wat +=
        "(func (result (ref $s)) (loop (br_if 0 (i32.const 1))) (struct.new $s (i32.const " + std::to_string(i) + ")))";
  auto bytes = text::ParseWat(wat);
  ASSERT_TRUE(bytes);
  auto module = binary::ReadModule(ModuleBytes::Own(std::move(*bytes)), Features::AllProposals());
  ASSERT_TRUE(module);
  TypeHold hold;
  ASSERT_TRUE(ValidateModule(&*module, &hold, {.skip_bodies = true}));
  std::atomic<uint32_t> next = 0, valid = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      Scratch scratch;
      FuncSummary summary;
      for (uint32_t func; (func = next++) < module->funcs.size();)
        valid += ValidateFunc(*module, func, &scratch, &summary).has_value();
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(valid, 200u);
}

TEST(ValidatorTest, WhatAModuleUses) {
  const auto uses = [](std::string_view wat) {
    const auto result = Validate(wat);
    return result ? result->module.uses : ~0u;
  };
  EXPECT_EQ(uses("(func) (func (return_call 0))"), uses::kTailCall);
  EXPECT_EQ(uses("(import \"m\" \"f\" (func)) (func) (func (return_call 0))"), uses::kTailCall | uses::kTailCallOut);
  EXPECT_EQ(uses("(memory 1) (func (memory.fill (i32.const 0) (i32.const 0) (i32.const 0)))"), uses::kMemory);
  EXPECT_EQ(uses("(memory 1)"), 0u);
  // Bodies that nobody has looked at may use anything.
  auto bytes = text::ParseWat("(func)");
  auto module = binary::ReadModule(ModuleBytes::Own(std::move(*bytes)), Features::AllProposals());
  TypeHold hold;
  ASSERT_TRUE(ValidateModule(&*module, &hold, {.skip_bodies = true}));
  EXPECT_EQ(module->uses, ~0u);
}

TEST(ValidatorTest, Summary) {
  const auto result = Validate(R"((memory 1) (global $g (mut i32) (i32.const 0))
    (func $callee (param i32))
    (func (param $n i32) (local $i i32) (local $j i32) (local $k i32)
      (local.set $k (i32.const 7))
      (loop $outer
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (loop $inner
          (local.set $j (i32.load (local.get $i)))
          (local.set $j (i32.const 0))
          (br_if $inner (local.get $j)))
        (local.set $i (i32.const 0))
        (loop $calls
          (call $callee (local.tee $k (i32.const 1))))
        (br_if $outer (local.get $n)))
      (loop $last (global.set $g (i32.const 2)))))");
  ASSERT_TRUE(result) << result.error().Summary();
  EXPECT_EQ(DumpSummary(result->summaries[0]), "instrs 1 calls 0 locals 1 stack 0 depth 1 uses []\n");
  EXPECT_EQ(DumpSummary(result->summaries[1]),
            "instrs 31 calls 1 locals 4 stack 2 depth 3 uses [memory global]\n"
            "  loop 0x2f..0x5b calls assigns [1 2 3]\n"
            "    loop 0x38..0x49 assigns [2]\n"
            "    loop 0x4e..0x56 calls assigns [3]\n"
            "  loop 0x5c..0x62 assigns []\n");
}

TEST(ValidatorTest, SummaryOfReusedScratchForgets) {
  const std::string loop =
      "(func (local i32 i32) (loop (local.set 1 (i32.const 1)) (loop (local.set 1 (i32.const 2)))))";
  const auto result = Validate(loop + loop);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->summaries[0].loops.size(), 2u);
  for (const FuncSummary& summary : result->summaries) {
    EXPECT_EQ(summary.AssignedIn(summary.loops[0]).front(), 1u);
    EXPECT_EQ(summary.AssignedIn(summary.loops[1]).front(), 1u);
  }
}

// A body with something of everything.
constexpr std::string_view kMixed = R"((type $s (sub (struct (field (mut i32)) (field i8)))) (type $a (array (mut i32)))
    (tag $e (param i32)) (memory 1) (table $t 1 funcref) (global $g (mut i32) (i32.const 0)) (elem declare func $f) (data "abc")
    (func $f (param i32) (result i32) (local (ref $s)) (local i64)
      (local.set 1 (struct.new $s (local.get 0) (i32.const 2)))
      (block $l (result i32)
        (try_table (result i32) (catch $e $l) (if (result i32) (local.get 0) (then (i32.load8_u (i32.const 4))) (else (i32.const 1)))))
      (loop (br_table 0 0 (struct.get_u $s 1 (local.get 1))))
      (drop (array.new_data $a 0 (i32.const 0) (i32.const 0)))
      (drop (block $m (result anyref) (br_on_cast $m anyref i31ref (ref.null any))))
      (drop (i32x4.extract_lane 1 (v128.const i32x4 1 2 3 4)))
      (drop (call_indirect (param i32) (result i32) (i32.const 1) (global.get $g)))
      (i32.add (memory.grow (i32.const 1)))))";

// A body of what the fast lane takes, with immediates of several sizes and a second block to branch to.
constexpr std::string_view kPlain = R"((memory 1) (func $two (param i32 i64) (result i64) (unreachable))
    (func (param $p i32) (param $q i64) (result i32) (local $x f32) (local $y i32)
      (block $out
        (loop $again
          (local.set $y (i32.add (local.get $p) (i32.const 300)))
          (i32.store offset=70000 (local.tee $y (i32.load8_u offset=2 (local.get $y))) (i32.wrap_i64 (local.get $q)))
          (br_if $out (i32.eqz (local.get $y)))
          (local.set $q (i64.shl (local.get $q) (i64.const -5)))
          (f32.store (i32.const 1048576) (f32.neg (local.get $x)))
          (drop (i32.const -2147483648))
          (drop (i64.const -72057594037927936))
          (drop (i64.const 0x7fffffffffffffff))
          (nop)
          (if (local.get $y) (then (drop (call $two (i32.const 2147483647) (i64.const 0x123456789a)))))
          (if (local.get $y) (then (br $again)) (else (drop (call $two (local.get $p) (local.get $q))) (unreachable)))
          (br_if $again (i64.gt_s (local.get $q) (i64.const 10000000000)))))
      (local.get $y)))";

// Every one-byte change of a body is valid, invalid or malformed, nothing else, and the same with and without the fast
// lane.
void CompareDamaged(std::string_view wat) {
  auto bytes = text::ParseWat(wat);
  ASSERT_TRUE(bytes) << bytes.error().Summary();
  auto validate = [](const std::vector<uint8_t>& changed, bool use_fast_lane) -> std::string {
    auto module = binary::ReadModule(ModuleBytes::Own(changed), Features::AllProposals());
    if (!module) return "malformed";
    TypeHold hold;
    if (!ValidateModule(&*module, &hold, {.skip_bodies = true})) return "invalid";
    Scratch scratch;
    scratch.impl().use_fast_lane = use_fast_lane;
    FuncSummary summary;
    PlanPart plans(module->imported_funcs);
    std::string outcome;
    for (uint32_t func = module->imported_funcs; func < module->funcs.size(); ++func) {
      if (auto result = ValidateFunc(*module, func, &scratch, &summary, &plans); !result) {
        return result.error().Summary() + result.error().context()[0];
      }
      outcome += DumpSummary(summary);
      FuncPlan plan;
      if (!plans.Find(func, &plan)) continue;
      outcome += std::to_string(plan.calls);
      for (const LoopPlan& loop : plan.loops)
        outcome += ' ' + std::to_string(loop.end) + ' ' + std::to_string(loop.call_weight);
      for (const LocalPlan& local : plan.locals) outcome += ' ' + std::to_string(local.live_end);
    }
    return outcome;
  };
  ASSERT_TRUE(validate(*bytes, true).starts_with("instrs")) << validate(*bytes, true);
  for (size_t i = 8; i < bytes->size(); ++i) {
    for (int value = 0; value < 256; ++value) {
      std::vector<uint8_t> changed = *bytes;
      changed[i] = static_cast<uint8_t>(value);
      ASSERT_EQ(validate(changed, true), validate(changed, false)) << "byte " << i << " is " << value;
    }
  }
}

TEST(ValidatorTest, DamagedBodies) {
  CompareDamaged(kMixed);
  CompareDamaged(kPlain);
}

}  // namespace
}  // namespace gantry::wasm::valid
