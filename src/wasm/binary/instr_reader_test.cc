#include "wasm/binary/instr_reader.h"

#include <gtest/gtest.h>

#include <string>

#include "wasm/binary/test_bytes.h"

namespace gantry::wasm::binary {
namespace {

using test::Bytes;

// The one instruction in `bytes`, which must be all of them.
Instr One(const Bytes& bytes) {
  InstrReader reader(bytes, 0, Features::AllProposals());
  Instr instr{};
  EXPECT_TRUE(reader.Next(&instr)) << (reader.ok() ? "" : reader.error().Summary());
  EXPECT_TRUE(reader.at_end());
  instr.labels = {};  // these die with the reader
  instr.catches = {};
  instr.types = {};
  return instr;
}

std::string Fault(const Bytes& bytes, Features features = Features::AllProposals()) {
  InstrReader reader(bytes, 100, features);
  Instr instr;
  while (reader.Next(&instr)) {
  }
  if (reader.ok()) return "";
  return reader.error().message() + " @" + std::to_string(reader.error().offset());
}

TEST(InstrReaderTest, Constants) {
  EXPECT_EQ(One({0x41, 0x7f}).value, ~uint64_t{0});
  EXPECT_EQ(One({0x41, 0x3f}).value, 63u);
  EXPECT_EQ(One({0x41, 0x40}).value, static_cast<uint64_t>(-64));
  EXPECT_EQ(One({0x41, 0x80, 0x80, 0x80, 0x80, 0x78}).value, 0xffffffff80000000u);
  EXPECT_EQ(One({0x42, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7f}).value, 0x8000000000000000u);
  EXPECT_EQ(One({0x43, 0, 0, 0xc0, 0x7f}).value, 0x7fc00000u);
  EXPECT_EQ(One({0x44, 1, 2, 3, 4, 5, 6, 7, 8}).value, 0x0807060504030201u);
  const Instr vector = One({0xfd, 0x0c, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15});
  EXPECT_EQ(vector.op, Op::V128Const);
  EXPECT_EQ(vector.bytes[15], 15);
}

TEST(InstrReaderTest, MemoryImmediates) {
  Instr instr = One({0x28, 2, 0x80, 1});
  EXPECT_EQ(instr.align_log2, 2u);
  EXPECT_EQ(instr.value, 128u);
  EXPECT_FALSE(instr.explicit_memory);
  instr = One({0x28, 0x42, 3, 8});
  EXPECT_EQ(instr.align_log2, 2u);
  EXPECT_EQ(instr.index, 3u);
  EXPECT_TRUE(instr.explicit_memory);
  instr = One({0xfd, 0x54, 0, 5, 7});
  EXPECT_EQ(instr.op, Op::V128Load8Lane);
  EXPECT_EQ(instr.lane, 7);
  instr = One({0xfc, 0x0a, 1, 2});
  EXPECT_EQ(instr.index, 1u);
  EXPECT_EQ(instr.index2, 2u);
  EXPECT_EQ(Fault({0x28, 0x80, 1, 0}), "malformed memop flags 0x80 @101");
  EXPECT_EQ(Fault({0x28, 0x40, 0, 0}, Features::AllProposals().set(Feature::MultiMemory, false)),
            "malformed memop flags 0x40: needs the feature `multi-memory` @101");
  EXPECT_EQ(Fault({0x3f, 1}, Features::AllProposals().set(Feature::MultiMemory, false)),
            "zero byte expected 0x01: needs the feature `multi-memory` @101");
}

TEST(InstrReaderTest, BlockTypes) {
  EXPECT_EQ(One({0x02, 0x40}).block.kind, BlockKind::Empty);
  EXPECT_EQ(One({0x02, 0x7b}).block.value, kV128);
  EXPECT_EQ(One({0x02, 0x63, 5}).block.value, ValType::Ref(HeapType::Concrete(5), true));
  EXPECT_EQ(One({0x02, 0x05}).block.type, 5u);
  EXPECT_EQ(One({0x02, 0xc0, 0}).block.type, 64u);
  EXPECT_EQ(Fault({0x02, 0xff, 0x7f}), "malformed block type 0xff @101");
  EXPECT_EQ(Fault({0x02, 0x41}), "malformed value type 0x41 @101");
}

TEST(InstrReaderTest, ListsLiveUntilTheNextInstruction) {
  const Bytes bytes = {0x0e, 2, 0, 1, 7, 0x1f, 0x40, 3, 0, 4, 0, 1, 5, 1, 3, 2, 0x1c, 1, 0x7e};
  InstrReader reader(bytes, 0, Features::AllProposals());
  Instr instr;
  ASSERT_TRUE(reader.Next(&instr));
  EXPECT_EQ(std::vector(instr.labels.begin(), instr.labels.end()), (std::vector<uint32_t>{0, 1, 7}));
  ASSERT_TRUE(reader.Next(&instr));
  ASSERT_EQ(instr.catches.size(), 3u);
  EXPECT_EQ(instr.catches[1].kind, CatchKind::CatchRef);
  EXPECT_EQ(instr.catches[1].tag, 5u);
  EXPECT_EQ(instr.catches[2].label, 2u);
  ASSERT_TRUE(reader.Next(&instr));
  EXPECT_EQ(instr.types[0], kI64);
  EXPECT_FALSE(reader.Next(&instr));
  EXPECT_TRUE(reader.ok());
}

TEST(InstrReaderTest, CastsAndFences) {
  const Instr cast = One({0xfb, 0x18, 3, 1, 0x6e, 0x05});
  EXPECT_EQ(cast.op, Op::BrOnCast);
  EXPECT_EQ(cast.index, 1u);
  EXPECT_TRUE(cast.heap.is(HeapKind::Any));
  EXPECT_EQ(cast.heap2.index(), 5u);
  EXPECT_EQ(Fault({0xfb, 0x18, 4, 0, 0x6e, 0x6e}), "malformed br_on_cast flags 0x04 @102");
  EXPECT_EQ(One({0xfe, 0x03, 0}).op, Op::AtomicFence);
  EXPECT_EQ(Fault({0xfe, 0x03, 1}), "zero byte expected 0x01 @102");
}

TEST(InstrReaderTest, HugeTypeIndexIsKeptOutOfRange) {
  EXPECT_EQ(One({0xd0, 0xff, 0xff, 0xff, 0xff, 0x0f}).heap.index(), HeapType::kMaxConcrete);
}

TEST(InstrReaderTest, IllegalOpcodes) {
  EXPECT_EQ(Fault({0x01, 0xff}), "illegal opcode ff @101");
  EXPECT_EQ(Fault({0xfd, 0xff, 0x02}), "illegal opcode fd 17f @100");
  EXPECT_EQ(Fault({0xfc, 0x87, 0x80, 0x80, 0x80, 0x80, 0}), "integer representation too long @101");
  EXPECT_EQ(Fault({0xfd, 0x0e}, Features::AllProposals().set(Feature::Simd, false)),
            "illegal opcode fd 0e: needs the feature `simd` @100");
  EXPECT_EQ(Fault({0xd3}, Features::AllProposals().set(Feature::Gc, false)),
            "illegal opcode d3: needs the feature `gc` @100");
}

TEST(InstrReaderTest, IntegersOutOfRange) {
  EXPECT_EQ(Fault({0x41, 0x80, 0x80, 0x80, 0x80, 0x70}), "integer too large @101");
  EXPECT_EQ(Fault({0x20, 0xff, 0xff, 0xff, 0xff, 0x1f}), "integer too large @101");
  EXPECT_EQ(Fault({0x42, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0}),
            "integer representation too long @101");
}

TEST(InstrReaderTest, EndInsideAnInstruction) {
  EXPECT_EQ(Fault({0x41}), "unexpected end of section or function @101");
  EXPECT_EQ(Fault({0x0e, 5, 0, 0}), "unexpected end of section or function @104");
  EXPECT_EQ(Fault({0x0e, 0xff, 0xff, 0xff, 0x7f}),
            "unexpected end of section or function: a count is larger than what is left @101");
  EXPECT_EQ(Fault({0x1f, 0x40, 1, 4, 0}), "malformed catch clause 0x04 @103");
}

TEST(InstrReaderTest, Locals) {
  std::vector<LocalRun> runs;
  const Bytes good = {2, 3, 0x7f, 0xd0, 0x80, 3, 0x7b};
  InstrReader reader(good, 0, Features::AllProposals());
  ASSERT_TRUE(reader.ReadLocals(&runs));
  EXPECT_EQ(runs[1].count, 0xc050u);
  EXPECT_EQ(runs[1].type, kV128);
  const Bytes many = {1, 0xd1, 0x86, 3, 0x7f};
  InstrReader limited(many, 0, Features::AllProposals());
  EXPECT_FALSE(limited.ReadLocals(&runs));
  EXPECT_EQ(limited.error().message(), "too many locals (50001)");
}

}  // namespace
}  // namespace gantry::wasm::binary
