// Properties of the parser that golden files cannot show: sizes, depth, time. Encodings and diagnostics:
// tests/filetests/text.
#include "wasm/text/wat.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "wasm/opcode.h"
#include "wasm/text/keywords.h"
#include "wasm/text/name_table.h"

namespace gantry::wasm::text {
namespace {

std::string Repeat(std::string_view piece, size_t count) {
  std::string text;
  for (size_t i = 0; i < count; ++i) text += piece;
  return text;
}

TEST(Keywords, EveryInstructionAndWordIsFound) {
  for (int i = 0; i < kOpCount; ++i) {
    const std::string_view text = InfoOf(static_cast<Op>(i)).text;
    if (text.find(' ') != std::string_view::npos || static_cast<Op>(i) == Op::SelectT) continue;
    const Word word = FindWord(text);
    EXPECT_EQ(word.kind, Word::Kind::Instruction) << text;
    EXPECT_EQ(word.value, i) << text;
  }
  const Word module = FindWord("module");
  EXPECT_EQ(module.kind, Word::Kind::Keyword);
  EXPECT_EQ(module.value, static_cast<uint16_t>(Keyword::Module));
  for (const char* text : {"i32.ad", "i32.addd", "x", "get_local", "ref.test null"}) {
    EXPECT_EQ(FindWord(text).kind, Word::Kind::Unknown) << text;
  }
}

TEST(NameTable, ScopesAreApart) {
  NameTable table;
  std::vector<std::string> names;
  for (int i = 0; i < 1000; ++i) names.push_back("name" + std::to_string(i));
  for (uint32_t i = 0; i < names.size(); ++i) {
    EXPECT_TRUE(table.Insert(names[i], i, 1));
    EXPECT_TRUE(table.Insert(names[i], i + 5000, 2));
    EXPECT_FALSE(table.Insert(names[i], 0, 1));
  }
  for (uint32_t i = 0; i < names.size(); ++i) {
    ASSERT_NE(table.Find(names[i], 2), nullptr);
    EXPECT_EQ(*table.Find(names[i], 1), i);
    EXPECT_EQ(*table.Find(names[i], 2), i + 5000);
    EXPECT_EQ(table.Find(names[i], 3), nullptr);
  }
}

constexpr size_t kDeep = 300'000;

TEST(Wat, DeepNestingIsNoRecursion) {
  EXPECT_TRUE(ParseWat("(module (func " + Repeat("(block ", kDeep) + Repeat(")", kDeep) + "))"));
  EXPECT_TRUE(ParseWat("(module (func " + Repeat("block ", kDeep) + Repeat("end ", kDeep) + "))"));
  EXPECT_TRUE(
      ParseWat("(module (func (drop " + Repeat("(i32.eqz ", kDeep) + "(i32.const 0)" + Repeat(")", kDeep) + ")))"));
  EXPECT_TRUE(ParseWat("(module (func " + Repeat("(if (i32.const 0) (then ", kDeep) + Repeat("))", kDeep) + "))"));
  EXPECT_TRUE(
      ParseWat(Repeat("(;", kDeep) + Repeat(";)", kDeep) + "(@a " + Repeat("(", kDeep) + Repeat(")", kDeep) + ")"));
}

TEST(Wat, DeepNestingCutOffIsAnError) {
  for (const char* piece : {"(", "(module (func ", "(block ", "(;", "(@a ", "(rec ", "(import \"a\" "}) {
    EXPECT_FALSE(ParseWat(Repeat(piece, 100'000))) << piece;
    EXPECT_FALSE(ParseWat("(module (func " + Repeat(piece, 100'000))) << piece;
  }
}

TEST(Wat, EveryPrefixOfAModuleIsAnErrorNotACrash) {
  const std::string text =
      "(module $m (@name \"n\") (@custom \"c\" (after code) \"\\00\") (type $t (sub (struct (field $f (mut i8)))))\n"
      "  (import \"a\" \"b\" (func $i (param $p i32) (result f64)))\n"
      "  (import \"g\" (item \"x\" (global i32)) (item \"y\" (memory 1)))\n"
      "  (table $tab (export \"t\") funcref (elem $i $f)) (memory $mem (data \"a\\u{20ac}\")) (global f32 (f32.const "
      "0x1.8p1))\n"
      "  (func $f (param $x i32) (local $y v128) (if $l (i32.eqz (local.get $x)) (then (br $l)) (else nop))\n"
      "    (@metadata.code.branch_hint \"\\00\") (br_if 0 (i32.const 1)) (local.set $y (v128.const i32x4 1 2 3 4))\n"
      "    try_table $tt (catch_all 0) end $tt (drop (i32.load offset=4 align=2 (i32.const 0))))\n"
      "  (elem declare funcref (item ref.func $f)) (data (offset i32.const 0) \"x\" \"y\") (start $i) (export \"e\" "
      "(func $f)))";
  ASSERT_TRUE(ParseWat(text)) << ParseWat(text).error().Summary();
  for (size_t size = 0; size < text.size(); ++size) {
    const auto result = ParseWat(std::string_view(text).substr(0, size));
    if (size == 0) continue;  // the empty module
    ASSERT_FALSE(result) << size;
    EXPECT_NE(result.error().line(), 0u) << size;
  }
  // One byte changed at a time: any answer but a crash.
  for (size_t i = 0; i < text.size(); ++i) {
    for (char c : {'(', ')', '"', '$', '0', '\x80', ' ', '\\'}) {
      std::string changed = text;
      changed[i] = c;
      (void)ParseWat(changed);
    }
  }
}

TEST(Wat, LabelsAreFoundInConstantTime) {
  std::string text = "(module (func ";
  for (int i = 0; i < 100'000; ++i) text += "(block $l" + std::to_string(i) + " ";
  text += Repeat("(br $l0)", 100'000) + Repeat(")", 100'000) + "))";
  const auto start = std::chrono::steady_clock::now();
  EXPECT_TRUE(ParseWat(text));
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10));  // 10^10 steps would take longer
}

TEST(Wat, NamesCanBeLeftOut) {
  const auto with = ParseWat("(module $m (func $f))");
  const auto without = ParseWat("(module $m (func $f))", {.names = false});
  const auto unnamed = ParseWat("(module (func))");
  ASSERT_TRUE(with && without && unnamed);
  EXPECT_EQ(*without, *unnamed);
  EXPECT_GT(with->size(), without->size());
}

// Module linking: parsing of nested modules and types recurses, so both are bounded.
TEST(Wat, NestedModulesAndTypesAreBounded) {
  WatOptions options;
  options.features.set(Feature::ModuleLinking);
  const auto modules = [&](int depth) {
    return ParseWat(Repeat("(module ", depth + 1) + Repeat(")", depth + 1), options);
  };
  const auto types = [&](int depth) {
    return ParseWat("(module (type " + Repeat("(instance (export \"\" ", depth) + "(func)" + Repeat("))", depth) + "))",
                    options);
  };
  EXPECT_TRUE(modules(100));
  EXPECT_TRUE(types(100));
  for (int depth : {101, 100'000}) {
    EXPECT_EQ(modules(depth).error().message(), "implementation limit exceeded: module nesting too deep");
    EXPECT_EQ(types(depth).error().message(), "implementation limit exceeded: instance type nesting too deep");
  }
}

}  // namespace
}  // namespace gantry::wasm::text
