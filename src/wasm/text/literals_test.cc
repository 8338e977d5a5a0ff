#include "wasm/text/literals.h"

#include <gtest/gtest.h>

#include <bit>
#include <cstdlib>
#include <string>

namespace gantry::wasm::text {
namespace {

TEST(Literals, FormsOfNumbers) {
  for (const char* text : {"0", "12", "1_000", "0x1F", "0xa_b"})
    EXPECT_EQ(ClassifyNumber(text), NumberForm::Nat) << text;
  for (const char* text : {"+0", "-12", "-0x1F"}) EXPECT_EQ(ClassifyNumber(text), NumberForm::Int) << text;
  for (const char* text :
       {"1.", "1.5", "-1e5", "1.e+5", "0x1.8p3", "0x1p-1_0", "inf", "-inf", "nan", "+nan", "nan:0x1"}) {
    EXPECT_EQ(ClassifyNumber(text), NumberForm::Float) << text;
  }
  for (const char* text : {"", "+", "_1", "1_", "1__0", "0x", "0x_1", "1e", "1e+", ".5", "1._5", "nan:0x", "nan:1",
                           "infx", "0x1p", "0x1e+1"}) {
    EXPECT_EQ(ClassifyNumber(text), NumberForm::None) << text;
  }
}

TEST(Literals, IntegersHaveSignedAndUnsignedRange) {
  EXPECT_EQ(ParseInt("4294967295", 32), 0xffffffffu);
  EXPECT_EQ(ParseInt("4294967296", 32), std::nullopt);
  EXPECT_EQ(ParseInt("-2147483648", 32), 0x80000000u);
  EXPECT_EQ(ParseInt("-2147483649", 32), std::nullopt);
  EXPECT_EQ(ParseInt("-0x8000_0000_0000_0000", 64), 0x8000000000000000u);
  EXPECT_EQ(ParseInt("18446744073709551615", 64), ~uint64_t{0});
  EXPECT_EQ(ParseInt("18446744073709551616", 64), std::nullopt);
  EXPECT_EQ(ParseInt("-1", 8), 0xffu);
  EXPECT_EQ(ParseInt("-129", 8), std::nullopt);
  EXPECT_EQ(ParseNat("256", 255), std::nullopt);
}

// The expected bits by the C library, which rounds correctly.
uint64_t Bits64(const char* text) { return std::bit_cast<uint64_t>(std::strtod(text, nullptr)); }
uint32_t Bits32(const char* text) { return std::bit_cast<uint32_t>(std::strtof(text, nullptr)); }

TEST(Literals, FloatsRoundOnce) {
  const char* const kTexts[] = {
      "0",
      "-0.0",
      "1",
      "0.1",
      "1e22",
      "1e23",
      "123456789012345678901234567890",
      "2.2250738585072014e-308",
      "2.2250738585072011e-308",
      "4.9e-324",
      "5e-324",
      "2.4703282292062327e-324",
      "2.4703282292062328e-324",
      "1e-400",
      "1e-50",
      "16777217",
      "16777217.0000001",
      "16777219",
      "9007199254740993",
      "9007199254740993.00000000000000001",
      "1.17549435e-38",
      "1.1754942e-38",
      "1.4e-45",
      "7.0064923216240853e-46",
      "7.0064923216240854e-46",
      "3.4028235e38",
      "340282346638528859811704183484516925440",
      "1.7976931348623157e308",
      "0.000000000000000000000000000000000000000000000000000000000000001e60",
      // Hexadecimal: halfway cases of both widths, subnormals, digits beyond 64 bits.
      "0x1p0",
      "0x1.8p-1",
      "0x1.000001p0",
      "0x1.000001000000000001p0",
      "0x1.000003p0",
      "0x1.00000000000008p0",
      "0x1.000000000000080001p0",
      "0x1.00000000000018p0",
      "0x0.8p-1074",
      "0x0.8000000000001p-1074",
      "0x1p-1074",
      "0x1.8p-1074",
      "0x1p-149",
      "0x0.8p-149",
      "0x0.800001p-149",
      "0x1.8p-149",
      "0x0.7fffffp-126",
      "0x0.7fffff8p-126",
      "0x1.fffffep127",
      "0x1.fffffefp127",
      "0x1.fffffffffffffp1023",
      "0x0.fffffffffffff8p-1022",
      "0x10000000000000000000000000000000001p0",
      "0x10000010000000000000000000000000000001p-16",
      "0x0.00000000000000000000000000000000000001p20",
  };
  for (const char* text : kTexts) {
    EXPECT_EQ(ParseF64(text), Bits64(text)) << text;
    const uint32_t expected = Bits32(text);
    if ((expected & 0x7fffffff) == 0x7f800000) {
      EXPECT_EQ(ParseF32(text), std::nullopt) << text;  // rounds to infinity
    } else {
      EXPECT_EQ(ParseF32(text), expected) << text;
    }
  }
}

TEST(Literals, FloatsOutOfRange) {
  EXPECT_EQ(ParseF32("340282356779733661637539395458142568448"), std::nullopt);  // halfway above the largest
  EXPECT_EQ(ParseF32("340282356779733661637539395458142568447"), 0x7f7fffffu);
  EXPECT_EQ(ParseF32("0x1.ffffffp127"), std::nullopt);
  EXPECT_EQ(ParseF64("0x1.fffffffffffff8p1023"), std::nullopt);
  EXPECT_EQ(ParseF64("1e309"), std::nullopt);
  EXPECT_EQ(ParseF64("0x1p1024"), std::nullopt);
  EXPECT_EQ(ParseF64("0x1p99999999999999999999"), std::nullopt);
  EXPECT_EQ(ParseF64("0x1p-99999999999999999999"), 0u);
  EXPECT_EQ(ParseF64("1e-99999999999999999999"), 0u);
}

TEST(Literals, InfinitiesAndNans) {
  EXPECT_EQ(ParseF32("inf"), 0x7f800000u);
  EXPECT_EQ(ParseF64("-inf"), 0xfff0000000000000u);
  EXPECT_EQ(ParseF32("nan"), 0x7fc00000u);
  EXPECT_EQ(ParseF64("-nan"), 0xfff8000000000000u);
  EXPECT_EQ(ParseF32("nan:0x1"), 0x7f800001u);
  EXPECT_EQ(ParseF32("-nan:0x7f_ffff"), 0xffffffffu);
  EXPECT_EQ(ParseF32("nan:0x0"), std::nullopt);
  EXPECT_EQ(ParseF32("nan:0x80_0000"), std::nullopt);
  EXPECT_EQ(ParseF64("nan:0xf_ffff_ffff_ffff"), 0x7fffffffffffffffu);
  EXPECT_EQ(ParseF64("nan:0x10_0000_0000_0000"), std::nullopt);
}

TEST(Literals, Strings) {
  EXPECT_EQ(DecodeString(R"("a\n\t\r\\\'\"b")"), "a\n\t\r\\'\"b");
  EXPECT_EQ(DecodeString(R"("\00\fF")"), std::string("\0\xff", 2));
  EXPECT_EQ(DecodeString(R"("\u{41}\u{e9}\u{20_ac}\u{1F600}")"), "A\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80");
  EXPECT_EQ(UnicodeEscape("d800"), std::nullopt);
  EXPECT_EQ(UnicodeEscape("110000"), std::nullopt);
}

}  // namespace
}  // namespace gantry::wasm::text
