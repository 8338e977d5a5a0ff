#include "cli/values.h"

#include <gtest/gtest.h>

#include <limits>

namespace gantry::cli {
namespace {

using engine::Value;
using wasm::HeapKind;

// The value's bits, all ones if the text is refused.
uint64_t Bits(wasm::ValType type, std::string_view text) {
  const Result<Value> value = ParseValue(type, text);
  return value ? value->low : ~uint64_t{0} - 1;
}
constexpr uint64_t kRefused = ~uint64_t{0} - 1;

TEST(Values, IntegersInEveryForm) {
  EXPECT_EQ(Bits(wasm::kI32, "7"), 7u);
  EXPECT_EQ(Bits(wasm::kI32, "-1"), 0xffffffffu);
  EXPECT_EQ(Bits(wasm::kI32, "4294967295"), 0xffffffffu);
  EXPECT_EQ(Bits(wasm::kI32, "0x80000000"), 0x80000000u);
  EXPECT_EQ(Bits(wasm::kI32, "-0x80000000"), 0x80000000u);
  EXPECT_EQ(Bits(wasm::kI64, "-9223372036854775808"), uint64_t{1} << 63);
  EXPECT_EQ(Bits(wasm::kI64, "0xFFFFFFFFFFFFFFFF"), ~uint64_t{0});
}

TEST(Values, IntegersOutOfRangeAreRefused) {
  for (const char* text : {"4294967296", "-2147483649", "", "-", "0x", "1.5", "--1", "7 ", "x"}) {
    EXPECT_EQ(Bits(wasm::kI32, text), kRefused) << text;
  }
}

TEST(Values, Floats) {
  EXPECT_EQ(ParseValue(wasm::kF64, "1.5")->f64(), 1.5);
  EXPECT_EQ(ParseValue(wasm::kF64, "-1e3")->f64(), -1000.0);
  EXPECT_EQ(ParseValue(wasm::kF32, "0x1.8p1")->f32(), 3.0f);
  EXPECT_EQ(ParseValue(wasm::kF64, "-inf")->f64(), -std::numeric_limits<double>::infinity());
  EXPECT_EQ(Bits(wasm::kF64, "-0"), uint64_t{1} << 63);
  EXPECT_EQ(Bits(wasm::kF64, "--1"), kRefused);
  EXPECT_EQ(Bits(wasm::kF64, "one"), kRefused);
}

TEST(Values, OtherTypesAreRefused) {
  EXPECT_FALSE(ParseValue(wasm::kV128, "0"));
  EXPECT_FALSE(ParseValue(wasm::ValType::Ref(HeapKind::Extern, true), "0"));
}

TEST(Values, TextOfNumbers) {
  EXPECT_EQ(ValueText(Value::I32(0xffffffff)), "-1");
  EXPECT_EQ(ValueText(Value::I64(1)), "1");
  EXPECT_EQ(ValueText(Value::F64(1)), "1");
  EXPECT_EQ(ValueText(Value::F64(-0.0)), "-0");
  EXPECT_EQ(ValueText(Value::F64(0.1)), "0.1");
  EXPECT_EQ(ValueText(Value::F64(123.456)), "123.456");
  EXPECT_EQ(ValueText(Value::F64(1e21)), "1000000000000000000000");
  EXPECT_EQ(ValueText(Value::F64(1e-7)), "0.0000001");
  EXPECT_EQ(ValueText(Value::F32(0.1f)), "0.1");
  EXPECT_EQ(ValueText(Value::F64(std::numeric_limits<double>::infinity())), "inf");
  EXPECT_EQ(ValueText(Value::F32(-std::numeric_limits<float>::quiet_NaN())), "NaN");
  EXPECT_EQ(ValueText(Value::F64(std::numeric_limits<double>::denorm_min())).size(), 326u);
  EXPECT_EQ(ValueText(Value::V128(0, 1)), "18446744073709551616");
}

TEST(Values, TextOfReferences) {
  EXPECT_EQ(ValueText(Value::Ref(wasm::ValType::Ref(HeapKind::Extern, true), 0)), "<null externref>");
  EXPECT_EQ(ValueText(Value::Ref(wasm::ValType::Ref(HeapKind::Extern, true), 8)), "<externref>");
  EXPECT_EQ(ValueText(Value::Ref(wasm::ValType::Ref(HeapKind::Struct, true), 8)), "<anyref>");
  EXPECT_EQ(ValueText(Value::Func(wasm::ValType::Ref(HeapKind::Func, true), nullptr)), "<null funcref>");
}

}  // namespace
}  // namespace gantry::cli
