#include "wasm/text/printer.h"

#include <gtest/gtest.h>

#include "wasm/binary/reader.h"
#include "wasm/binary/writer.h"
#include "wasm/text/wat.h"

namespace gantry::wasm::text {
namespace {

Module Read(std::vector<uint8_t> bytes) {
  Result<Module> module = binary::ReadModule(ModuleBytes::Own(std::move(bytes)), Features::AllProposals());
  EXPECT_TRUE(module) << module.error().Summary();
  return module ? *std::move(module) : Module();
}

std::vector<uint8_t> Parse(std::string_view text) {
  Result<std::vector<uint8_t>> bytes = ParseWat(text);
  EXPECT_TRUE(bytes) << bytes.error().Summary() << "\n" << text;
  return bytes ? *bytes : std::vector<uint8_t>{0, 'a', 's', 'm', 1, 0, 0, 0};
}

std::string Print(const Module& module) {
  Result<std::string> text = PrintModule(module);
  EXPECT_TRUE(text) << text.error().Summary();
  return text ? *text : std::string();
}

// `source`, parsed and printed, is `expected`, and that parses to the same bytes.
void ExpectPrinted(std::string_view source, std::string_view expected) {
  const std::vector<uint8_t> bytes = Parse(source);
  const std::string text = Print(Read(bytes));
  EXPECT_EQ(text, expected);
  EXPECT_EQ(Parse(text), bytes);
}

void ExpectRoundTrip(std::string_view source) {
  const std::vector<uint8_t> bytes = Parse(source);
  const std::string text = Print(Read(bytes));
  EXPECT_EQ(Parse(text), bytes) << text;
}

TEST(Printer, IndentsBlocksAndNamesLabels) {
  ExpectPrinted(R"((module $m
    (func $f (param $x i32) (result i32) (local i64 i64 f32)
      (block $out (result i32)
        (loop (br_if $out (i32.const 1) (local.get $x)) (drop) (br 0))
        unreachable))))",
                R"((module $m
  (type (;0;) (func (param i32) (result i32)))
  (func $f (;0;) (type 0) (param $x i32) (result i32)
    (local i64 i64 f32)
    block $out (result i32)
      loop
        i32.const 1
        local.get $x
        br_if $out
        drop
        br 0
      end
      unreachable
    end
  )
)
)");
}

TEST(Printer, UsesNumbersForHiddenLabels) {
  ExpectPrinted("(func (block $a (block $a (br 1) (br $a))))", R"((module
  (type (;0;) (func))
  (func (;0;) (type 0)
    block $a
      block $a
        br 1
        br $a
      end
    end
  )
)
)");
}

TEST(Printer, KeepsNamesThatNoIdentifierCanHave) {
  ExpectPrinted(
      R"((module (@name "") (func $"a b") (func (@name "")) (func $c (@name "twice")) (func $d (@name "twice"))))",
      R"((module (@name "")
  (type (;0;) (func))
  (func $"a b" (;0;) (type 0)
  )
  (func (@name "") (;1;) (type 0)
  )
  (func $twice (;2;) (type 0)
  )
  (func $twice#3 (@name "twice") (;3;) (type 0)
  )
)
)");
}

TEST(Printer, NamesEverythingThatNamesExistFor) {
  ExpectRoundTrip(R"((module $m
    (type $t (func)) (type $s (struct (field $a i32) (field i64) (field $b (mut (ref null $t)))))
    (import "i" "f" (func $imported (param $p i32)))
    (table $tab 1 funcref) (memory $mem 1) (global $g i32 (i32.const 0)) (tag $tag)
    (elem $e funcref) (data $d "x")
    (func $f (param $x (ref $s)) (local $y f32)
      (struct.set $s $b (local.get $x) (ref.null $t)) (loop $l (br $l)))))");
}

TEST(Printer, PutsCustomSectionsInTheirPlaces) {
  ExpectRoundTrip(R"((module $m (@custom "a" (before first) "1") (@custom "b" (after type) "\00\ff\"") (type (func))
    (@custom "c" (after code) "x") (func $f) (@custom "d" "y") (@custom "e" (before data) "z") (data "q") (memory 1)))");
}

TEST(Printer, MovesNamesToWhereTheyStood) {
  // A name section before the types.
  const std::vector<uint8_t> bytes = {0,   'a', 's', 'm', 1, 0,   0, 0, 0, 9,    4, 'n', 'a',
                                      'm', 'e', 0,   2,   1, 'm', 1, 4, 1, 0x60, 0, 0};
  const std::string text = Print(Read(bytes));
  EXPECT_EQ(Parse(text), bytes) << text;
}

TEST(Printer, KeepsNameSectionsThatDoNotFitAsBytes) {
  // The name of a function that is not there, and a subsection that nobody knows.
  for (const std::vector<uint8_t>& payload :
       {std::vector<uint8_t>{1, 4, 1, 7, 1, 'f'}, std::vector<uint8_t>{77, 1, 0}, std::vector<uint8_t>{}}) {
    std::vector<uint8_t> bytes = {0, 'a', 's', 'm', 1,  0, 0, 0, 0, static_cast<uint8_t>(5 + payload.size()),
                                  4, 'n', 'a', 'm', 'e'};
    bytes.insert(bytes.end(), payload.begin(), payload.end());
    const std::string text = Print(Read(bytes));
    EXPECT_EQ(Parse(text), bytes) << text;
  }
}

TEST(Printer, TurnsBranchHintsIntoAnnotations) {
  ExpectPrinted(R"((func (param i32) (local.get 0) (@metadata.code.branch_hint "\01") (if (then))))", R"((module
  (type (;0;) (func (param i32)))
  (func (;0;) (type 0) (param i32)
    local.get 0
    (@metadata.code.branch_hint "\01")
    if
    end
  )
)
)");
}

TEST(Printer, PrintsConstantsExactly) {
  ExpectPrinted(R"((func
      (drop (f32.const nan:0x200000)) (drop (f32.const -nan)) (drop (f64.const -inf)) (drop (f64.const 0x1p-1074))
      (drop (f32.const 0.1)) (drop (f64.const -0.0)) (drop (i64.const -9223372036854775808))
      (drop (v128.const i64x2 1 0x8000000000000000))))",
                R"((module
  (type (;0;) (func))
  (func (;0;) (type 0)
    f32.const nan:0x200000
    drop
    f32.const -nan
    drop
    f64.const -inf
    drop
    f64.const 5e-324
    drop
    f32.const 0.1
    drop
    f64.const -0
    drop
    i64.const -9223372036854775808
    drop
    v128.const i32x4 0x00000001 0x00000000 0x00000000 0x80000000
    drop
  )
)
)");
}

TEST(Printer, PrintsOffsetsAndAlignmentsOnlyIfTheyMatter) {
  ExpectPrinted(
      "(memory 1) (memory $two 1) (func (drop (i32.load offset=4 align=1 (i32.const 0))) (drop (i64.load $two "
      "(i32.const 0))))",
      R"((module
  (type (;0;) (func))
  (memory (;0;) 1)
  (memory $two (;1;) 1)
  (func (;0;) (type 0)
    i32.const 0
    i32.load offset=4 align=1
    drop
    i32.const 0
    i64.load $two
    drop
  )
)
)");
}

TEST(Printer, PrintsSegmentsOfEveryKind) {
  ExpectRoundTrip(R"((module (func $f) (table $t 4 funcref) (table $u 4 externref) (memory 1) (memory $n 1)
    (elem (i32.const 1) func $f) (elem (table $u) (i32.const 0) externref (ref.null extern)) (elem declare func $f)
    (elem funcref (ref.func $f) (item ref.null func)) (elem (i32.const 0) funcref (ref.func $f)) (elem (ref func) (ref.func $f))
    (elem declare funcref (ref.null func)) (elem (table $t) (offset i32.const 1 i32.const 2 i32.add) func)
    (data (i32.const 3) "a\n\t\\\"\7f") (data (memory $n) (offset (i32.add (i32.const 1) (i32.const 2))) "") (data "passive")))");
}

TEST(Printer, PrintsGroupsOfImports) {
  ExpectRoundTrip(R"((module (type (func)) (import "m" (item "a" (func $a (type 0))) (item "b" (global $b i32)))
    (import "m" (item "c") (item "d") (memory 1)) (import "m") (import "m" (func (type 0)))
    (import "m" (item "e" (table i64 1 2 (ref null 0))) (item "f" (tag (type 0))))))");
}

TEST(Printer, PrintsEveryKindOfType) {
  ExpectRoundTrip(
      R"((module (rec (type $a (sub (struct (field i8) (field (mut i16))))) (type (sub final $a (struct (field i8) (field (mut i16)) (field (ref $a))))))
    (rec (type (array (mut v128)))) (type (sub (func (param anyref eqref i31ref structref arrayref nullref exnref nullexnref) (result externref nullexternref funcref nullfuncref (ref i31)))))
    (memory i64 1 2) (memory 1 2 shared) (memory 0 (pagesize 1)) (table i64 3 funcref) (global (mut (ref null $a)) (ref.null $a))
    (table 2 (ref i31) (ref.i31 (i32.const 1)))))");
}

TEST(Printer, RefusesBodiesThatDoNotNest) {
  const auto with_body = [](std::vector<uint8_t> code) {
    std::vector<uint8_t> bytes = {0,   'a',
                                  's', 'm',
                                  1,   0,
                                  0,   0,
                                  1,   4,
                                  1,   0x60,
                                  0,   0,
                                  3,   2,
                                  1,   0,
                                  10,  static_cast<uint8_t>(code.size() + 3),
                                  1,   static_cast<uint8_t>(code.size() + 1),
                                  0};
    bytes.insert(bytes.end(), code.begin(), code.end());
    return bytes;
  };
  EXPECT_FALSE(PrintModule(Read(with_body({0x0b, 0x01}))));
  EXPECT_FALSE(PrintModule(Read(with_body({0x05, 0x0b}))));
  EXPECT_FALSE(PrintModule(Read(with_body({0x02, 0x40, 0x0b}))));
}

TEST(Printer, RefusesElseInConstantExpressions) {
  EXPECT_FALSE(PrintModule(Read({0, 'a', 's', 'm', 1, 0, 0, 0, 6, 5, 1, 0x7f, 0, 0x05, 0x0b})));
}

// Text may not grow out of proportion to the module.
TEST(Printer, FallsBackToTheCompactStyle) {
  std::string source = "(module (func $" + std::string(1000, 'x') + ") (func ";
  for (int i = 0; i < 60000; ++i) source += "call 0 ";
  source += "))";
  const std::vector<uint8_t> bytes = Parse(source);
  const std::string text = Print(Read(bytes));
  EXPECT_LT(text.size(), bytes.size() * 20);
  EXPECT_EQ(Parse(text), bytes);
}

TEST(Printer, StaysFlatInDeepNesting) {
  std::string source = "(module (func ";
  for (int i = 0; i < 50000; ++i) source += "block ";
  for (int i = 0; i < 50000; ++i) source += "end ";
  source += "))";
  const std::vector<uint8_t> bytes = Parse(source);
  const std::string text = Print(Read(bytes));
  EXPECT_LT(text.size(), bytes.size() * 200);
  EXPECT_EQ(Parse(text), bytes);
}

}  // namespace
}  // namespace gantry::wasm::text
