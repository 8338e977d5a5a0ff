#include "wast/verdict.h"

#include <gtest/gtest.h>

namespace gantry::wast {
namespace {

using abi::TrapCode;

TEST(Verdict, TrapsAnswerToBothTexts) {
  EXPECT_TRUE(MessageMatches("null structure reference", TrapCode::NullStruct, false));
  EXPECT_TRUE(MessageMatches("null reference", TrapCode::NullStruct, false));
  EXPECT_FALSE(MessageMatches("null array reference", TrapCode::NullStruct, false));
  EXPECT_TRUE(MessageMatches("null array reference", TrapCode::NullStruct, true));
  EXPECT_TRUE(MessageMatches("out of bounds table access", TrapCode::UndefinedElement, false));
}

TEST(Verdict, AnElementsNumberMayFollow) {
  EXPECT_TRUE(MessageMatches("uninitialized element 2", TrapCode::IndirectCallToNull, false));
  EXPECT_FALSE(MessageMatches("uninitialized element two", TrapCode::IndirectCallToNull, false));
  EXPECT_FALSE(MessageMatches("uninitialized elements", TrapCode::IndirectCallToNull, false));
}

TEST(Verdict, ErrorsMatchByContainment) {
  const Error error(ErrorClass::Malformed, "unexpected end of section or function: more", 8);
  EXPECT_TRUE(MessageMatches("unexpected end", error, false));
  EXPECT_FALSE(MessageMatches("unexpected end of file", error, false));
  EXPECT_EQ(Describe(error), "malformed module: unexpected end of section or function: more (at offset 0x8)");
}

}  // namespace
}  // namespace gantry::wast
