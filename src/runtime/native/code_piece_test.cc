#include "runtime/native/code_piece.h"

#include <gtest/gtest.h>

#include <vector>

namespace gantry::native {
namespace {

using abi::CallSite;
using abi::CodeBatch;
using abi::TrapCode;
using abi::TrapSite;

constexpr uint32_t kStart = 0x1000;
const auto* const kBase = reinterpret_cast<const uint8_t*>(uintptr_t{0x7000'0000});

// Two functions of 64 bytes, with two traps and three calls each; calls 1 and 5 have details.
CodeBatch TwoFunctions() {
  CodeBatch batch;
  for (uint32_t i = 0; i < 2; ++i) {
    batch.functions.push_back({.func_index = 7 + i,
                               .start = 64 * i,
                               .size = 64,
                               .frame_size = 16,
                               .first_trap = 2 * i,
                               .trap_count = 2,
                               .first_call = 3 * i,
                               .call_count = 3});
    batch.traps.push_back({10, 100 + i, 0, TrapCode::Unreachable});
    batch.traps.push_back({20, 200 + i, 0, TrapCode::DivideByZero});
    for (uint32_t pc : {12, 24, 36}) batch.calls.push_back({.return_pc = pc, .offset = 300 + pc + i, .fuel = 0});
  }
  batch.maps = {2, -3, -4};
  batch.handlers = {{40, 1, 0, false}, {48, 0, 2, true}};
  batch.calls[1].map = 0;
  batch.calls[1].fuel = 9;
  batch.calls[5].handler = 1;
  batch.calls[5].register_roots = 5;
  return batch;
}

Position At(const CodePiece& piece, uint32_t function, uint32_t pc) {
  Position at = piece.Find(piece.Address(piece.functions()[function], pc));
  EXPECT_EQ(at.pc, pc);
  return at;
}

TEST(CodePiece, FunctionsLieWhereTheTextWasPut) {
  const CodePiece piece(kBase, kStart, TwoFunctions());
  EXPECT_EQ(piece.start(), kStart);
  const uintptr_t text = reinterpret_cast<uintptr_t>(kBase) + kStart;
  EXPECT_EQ(piece.Find(text - 1).function, nullptr);
  EXPECT_EQ(piece.Find(text + 63).function->func_index, 7u);
  EXPECT_EQ(piece.Find(text + 64).function->func_index, 8u);
  EXPECT_EQ(piece.Find(text + 128).function, nullptr);
}

TEST(CodePiece, FindsTrapsOfTheirFunctionOnly) {
  const CodePiece piece(kBase, kStart, TwoFunctions());
  for (uint32_t i = 0; i < 2; ++i) {
    EXPECT_FALSE(piece.FindTrap(At(piece, i, 9)));
    const std::optional<TrapSite> first = piece.FindTrap(At(piece, i, 10)), second = piece.FindTrap(At(piece, i, 20));
    ASSERT_TRUE(first && second);
    EXPECT_EQ(first->offset, 100 + i);
    EXPECT_EQ(first->code, TrapCode::Unreachable);
    EXPECT_EQ(first->fuel, 0u);
    EXPECT_EQ(second->offset, 200 + i);
    EXPECT_EQ(second->code, TrapCode::DivideByZero);
    EXPECT_FALSE(piece.FindTrap(At(piece, i, 21)));
  }
}

TEST(CodePiece, TrapsKeepTheirFuel) {
  CodeBatch batch = TwoFunctions();
  batch.traps[3].fuel = 11;
  const CodePiece piece(kBase, kStart, batch);
  EXPECT_EQ(piece.FindTrap(At(piece, 1, 20))->fuel, 11u);
  EXPECT_EQ(piece.FindTrap(At(piece, 1, 10))->fuel, 0u);
}

TEST(CodePiece, CallsHaveDetailsOnlyIfTheyHadSome) {
  const CodePiece piece(kBase, kStart, TwoFunctions());
  for (uint32_t i = 0; i < 6; ++i) {
    const uint32_t pc = 12 * (i % 3 + 1);
    EXPECT_FALSE(piece.FindCall(At(piece, i / 3, pc + 1)));
    const std::optional<CallSite> call = piece.FindCall(At(piece, i / 3, pc));
    ASSERT_TRUE(call);
    EXPECT_EQ(call->return_pc, pc);
    EXPECT_EQ(call->offset, 300 + pc + i / 3);
    EXPECT_EQ(call->fuel, i == 1 ? 9u : 0u);
    EXPECT_EQ(call->register_roots, i == 5 ? 5 : 0);
    const std::span<const int32_t> map = piece.Map(*call);
    EXPECT_EQ(std::vector<int32_t>(map.begin(), map.end()),
              i == 1 ? std::vector<int32_t>({-3, -4}) : std::vector<int32_t>());
    const abi::Handler* const handlers = piece.Handlers(*call);
    ASSERT_EQ(handlers != nullptr, i == 5);
    EXPECT_TRUE(handlers == nullptr || handlers->landing == 48);
  }
}

TEST(CodePiece, UsesTheRoomItIsGivenAndNoMore) {
  const CodeBatch batch = TwoFunctions();
  const size_t bytes = CodePiece::TableBytes(batch);
  std::vector<uint8_t> room(bytes + 64, 0xee);
  const CodePiece piece(kBase, kStart, batch, room.data());
  EXPECT_EQ(reinterpret_cast<const uint8_t*>(piece.functions().data()), room.data());
  EXPECT_EQ(std::vector<uint8_t>(room.begin() + static_cast<ptrdiff_t>(bytes), room.end()),
            std::vector<uint8_t>(64, 0xee));
  EXPECT_EQ(piece.FindTrap(At(piece, 1, 20))->code, TrapCode::DivideByZero);
}

}  // namespace
}  // namespace gantry::native
