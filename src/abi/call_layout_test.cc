#include "abi/call_layout.h"

#include <gtest/gtest.h>

namespace gantry::abi {
namespace {

using wasm::kF32;
using wasm::kF64;
using wasm::kI32;
using wasm::kI64;
using wasm::kV128;
using wasm::ValType;

Place Gpr(uint8_t reg) { return {Place::Kind::Gpr, reg, 0}; }
Place Xmm(uint8_t reg) { return {Place::Kind::Xmm, reg, 0}; }
Place Stack(uint32_t offset) { return {Place::Kind::Stack, 0, offset}; }

TEST(CallLayout, RegistersInTheirOrder) {
  const std::vector<ValType> params = {kI32, kF32, kI64, kV128, ValType::FuncRef(), kF64, ValType::ExternRef()};
  const CallLayout layout = AssignCall(params, {});
  EXPECT_EQ(layout.params, (std::vector<Place>{Gpr(0), Xmm(0), Gpr(2), Xmm(1), Gpr(1), Xmm(2), Gpr(6)}));
  EXPECT_EQ(layout.arg_bytes, 0u);
}

TEST(CallLayout, TheRestGoesToTheStack) {
  const std::vector<ValType> params(10, kI32);
  const CallLayout layout = AssignCall(params, {});
  EXPECT_EQ(layout.params[6], Gpr(9));
  EXPECT_EQ(layout.params[7], Stack(0));
  EXPECT_EQ(layout.params[9], Stack(16));
  EXPECT_EQ(layout.arg_bytes, 32u);
}

TEST(CallLayout, VectorsOnTheStackAreAligned) {
  std::vector<ValType> params(8, kV128);
  params.insert(params.end(), {kF32, kV128, kF64});
  const CallLayout layout = AssignCall(params, {});
  EXPECT_EQ(layout.params[8], Stack(0));
  EXPECT_EQ(layout.params[9], Stack(16));
  EXPECT_EQ(layout.params[10], Stack(32));
  EXPECT_EQ(layout.arg_bytes, 48u);
}

TEST(CallLayout, ResultsAreAssignedOnTheirOwn) {
  const std::vector<ValType> params(9, kI32), results(8, kI64);
  const CallLayout layout = AssignCall(params, results);
  EXPECT_EQ(layout.results[0], Gpr(0));
  EXPECT_EQ(layout.results[7], Stack(0));
  EXPECT_EQ(layout.arg_bytes, 16u);
  EXPECT_EQ(layout.result_bytes, 16u);
}

}  // namespace
}  // namespace gantry::abi
