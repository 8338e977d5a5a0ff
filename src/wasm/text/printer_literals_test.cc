#include "wasm/text/printer_literals.h"

#include <gtest/gtest.h>

namespace gantry::wasm::text {
namespace {

std::string Float32(uint32_t bits) {
  std::string out;
  AppendFloat32(bits, &out);
  return out;
}

std::string Float64(uint64_t bits) {
  std::string out;
  AppendFloat64(bits, &out);
  return out;
}

std::string Name(std::string_view name) {
  std::string out;
  AppendName(name, &out);
  return out;
}

TEST(PrinterLiterals, FloatsAreTheShortestThatReadBack) {
  EXPECT_EQ(Float32(0x3dcccccd), "0.1");
  EXPECT_EQ(Float32(0x00000001), "1e-45");
  EXPECT_EQ(Float32(0x80000000), "-0");
  EXPECT_EQ(Float64(0x3fb999999999999a), "0.1");
  EXPECT_EQ(Float64(0x7fefffffffffffff), "1.7976931348623157e+308");
}

TEST(PrinterLiterals, NansCarryTheirPayload) {
  EXPECT_EQ(Float32(0x7fc00000), "nan");
  EXPECT_EQ(Float32(0xffc00000), "-nan");
  EXPECT_EQ(Float32(0x7f800001), "nan:0x1");
  EXPECT_EQ(Float64(0xfff0000000000000), "-inf");
  EXPECT_EQ(Float64(0x7ff8000000000001), "nan:0x8000000000001");
}

TEST(PrinterLiterals, NamesHideNothing) {
  EXPECT_EQ(Name("caf\xc3\xa9 \"\\\n\x7f"), "\"caf\xc3\xa9 \\\"\\\\\\n\\7f\"");
  EXPECT_EQ(Name("\xe2\x80\xae"), "\"\\e2\\80\\ae\"");  // turns the direction of text
  EXPECT_EQ(Name(std::string_view("\0", 1)), "\"\\00\"");
  EXPECT_EQ(Name("\xff"), "\"\\ff\"");
}

TEST(PrinterLiterals, IdentifiersAreQuotedIfTheyMustBe) {
  EXPECT_EQ(IdentifierFor("a.b!c"), "$a.b!c");
  EXPECT_EQ(IdentifierFor("a b"), "$\"a b\"");
  EXPECT_EQ(IdentifierFor("a;b"), "$\"a;b\"");
}

}  // namespace
}  // namespace gantry::wasm::text
