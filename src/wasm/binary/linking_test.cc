// Module linking in the binary format: nesting, offsets of errors, writing as read.
#include "wasm/linking.h"

#include <gtest/gtest.h>

#include "wasm/binary/reader.h"
#include "wasm/binary/test_bytes.h"
#include "wasm/binary/writer.h"

namespace gantry::wasm::binary {
namespace {

using test::Bytes;
using test::Header;
using test::Join;

Features Linking() { return Features::AllProposals().set(Feature::ModuleLinking); }

Bytes Leb(size_t value) {
  Bytes out;
  do {
    out.push_back(static_cast<uint8_t>((value & 0x7f) | (value >= 0x80 ? 0x80 : 0)));
    value >>= 7;
  } while (value != 0);
  return out;
}

// A module in a module in a module: written backwards, so that even a great depth takes linear time.
Bytes Nest(size_t depth) {
  const Bytes header = Header();
  Bytes reversed(header.rbegin(), header.rend());
  for (size_t i = 0; i < depth; ++i) {
    const auto prepend = [&](const Bytes& bytes) { reversed.insert(reversed.end(), bytes.rbegin(), bytes.rend()); };
    prepend(Leb(reversed.size()));
    prepend({1});
    prepend(Leb(reversed.size()));
    prepend({14});
    prepend(header);
  }
  return Bytes(reversed.rbegin(), reversed.rend());
}

// Row M20.
TEST(BinaryLinking, NestingIsBounded) {
  EXPECT_TRUE(ReadModule(test::Share(Nest(100)), Linking()));
  for (size_t depth : {101, 200, 100000}) {
    const auto read = ReadModule(test::Share(Nest(depth)), Linking());
    ASSERT_FALSE(read) << depth;
    EXPECT_EQ(read.error().message(), "implementation limit exceeded: modules nest deeper than 100") << depth;
  }
}

TEST(BinaryLinking, ErrorsCountFromTheStartOfTheFile) {
  // A nested module whose type section holds the unknown form 0x63 at byte 22.
  const Bytes bytes = Join({Header(), {14, 14, 1, 12}, Header(), {1, 2, 1, 0x63}});
  const auto read = ReadModule(test::Share(bytes), Linking());
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().offset(), 23u);
}

TEST(BinaryLinking, TheEarliestErrorWins) {
  // The nested module is at fault, and so is the section behind it.
  const Bytes bytes = Join({Header(), {14, 14, 1, 12}, Header(), {1, 2, 1, 0x63}, {99, 0}});
  const auto read = ReadModule(test::Share(bytes), Linking());
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().offset(), 23u);
}

TEST(BinaryLinking, WritingGivesTheBytesBack) {
  // Padded numbers, an empty section, a custom section inside the header and in the nested module.
  const Bytes nested = Join({Header(), {0, 3, 1, 'c', 7}, {1, 4, 1, 0x60, 0, 0}});
  const Bytes bytes =
      Join({Header(),
            {1, 0x83, 0x00, 1, 0x62, 0},
            {2, 1, 0},
            {0, 2, 1, 'x'},
            {14, static_cast<uint8_t>(nested.size() + 3), 1, static_cast<uint8_t>(nested.size() | 0x80), 0},
            nested,
            {15, 5, 1, 0, 0x80, 0x00, 0},
            {2, 7, 1, 1, 'i', 0, 0xff, 6, 0},
            {16, 1, 0}});
  const auto read = ReadModule(test::Share(bytes), Linking());
  ASSERT_TRUE(read) << read.error().Summary();
  EXPECT_EQ(WriteModule(*read), bytes);
  EXPECT_TRUE(IsInterleaved(*read));
  EXPECT_EQ(read->linking->instance_count, 2u);
}

}  // namespace
}  // namespace gantry::wasm::binary
