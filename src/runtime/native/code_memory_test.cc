#include "runtime/native/code_memory.h"

#include <gtest/gtest.h>

#include <cstring>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "platform/pages.h"

namespace gantry::native {
namespace {

using platform::kPageSize;

// What the kernel says about the mapping of an address: "rw-p" and the like, empty without one.
std::string AccessOf(const uint8_t* address) {
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    size_t end = 0;
    const uint64_t first = std::stoull(line, &end, 16);
    const uint64_t last = std::stoull(line.substr(end + 1), nullptr, 16);
    const uint64_t at = reinterpret_cast<uintptr_t>(address);
    if (at >= first && at < last) return line.substr(line.find(' ') + 1, 4);
  }
  return "";
}

CodeMemory Allocate(uint64_t bytes) {
  Result<CodeMemory> memory = CodeMemory::Allocate(bytes);
  EXPECT_TRUE(memory.has_value());
  return *std::move(memory);
}

uint8_t* BaseOfDropped(uint64_t bytes) {
  CodeMemory memory = Allocate(bytes);
  std::memset(memory.base(), 0x90, bytes);
  EXPECT_TRUE(memory.Publish().has_value());
  EXPECT_EQ(AccessOf(memory.base()), "r-xp");
  return memory.base();
}

TEST(CodeMemory, IsWritableThenExecutableNeverBoth) {
  ReleaseFreeCode();
  CodeMemory memory = Allocate(5000);
  EXPECT_EQ(memory.size(), 2 * kPageSize);
  EXPECT_EQ(AccessOf(memory.base()), "rw-p");
  ASSERT_TRUE(memory.Publish().has_value());
  EXPECT_EQ(AccessOf(memory.base()), "r-xp");
  EXPECT_EQ(AccessOf(memory.base() + kPageSize), "r-xp");
}

TEST(CodeMemory, FreedBlocksCannotRunAndServeAgainWithoutWhatTheyHeld) {
  ReleaseFreeCode();
  uint8_t* const first = BaseOfDropped(100);
  EXPECT_EQ(AccessOf(first), "rw-p");
  const CodeMemory again = Allocate(kPageSize);
  ASSERT_EQ(again.base(), first);
  EXPECT_EQ(std::vector<uint8_t>(first, first + kPageSize), std::vector<uint8_t>(kPageSize, 0xcc));
}

TEST(CodeMemory, ABlockServesOnlySizesAboveHalfOfIt) {
  ReleaseFreeCode();
  uint8_t* const four = BaseOfDropped(4 * kPageSize);
  const CodeMemory two = Allocate(2 * kPageSize);
  EXPECT_NE(two.base(), four);
  const CodeMemory three = Allocate(3 * kPageSize);
  EXPECT_EQ(three.base(), four);
  EXPECT_EQ(three.size(), 4 * kPageSize);
  const CodeMemory other = Allocate(3 * kPageSize);
  EXPECT_NE(other.base(), four);
}

TEST(CodeMemory, LargeBlocksAreUnmapped) {
  ReleaseFreeCode();
  BaseOfDropped(uint64_t{17} * kPageSize);
  EXPECT_EQ(ReleaseFreeCode(), 0u);
}

TEST(CodeMemory, WhatIsKeptIsBounded) {
  ReleaseFreeCode();
  {
    std::vector<CodeMemory> blocks;
    for (int i = 0; i < 100; ++i) blocks.push_back(Allocate(uint64_t{16} * kPageSize));
  }
  EXPECT_EQ(ReleaseFreeCode(), 16u);  // 1 MiB
}

TEST(CodeMemory, ThreadsNeverShareABlock) {
  ReleaseFreeCode();
  const auto work = [](uint8_t mark) {
    for (int i = 0; i < 300; ++i) {
      const CodeMemory memory = Allocate(64);
      std::memset(memory.base(), mark, 64);
      std::this_thread::yield();
      for (int at = 0; at < 64; ++at) ASSERT_EQ(memory.base()[at], mark);
    }
  };
  std::vector<std::thread> threads;
  for (uint8_t mark = 1; mark <= 4; ++mark) threads.emplace_back(work, mark);
  for (std::thread& thread : threads) thread.join();
  EXPECT_LE(ReleaseFreeCode(), 4u);
}

}  // namespace
}  // namespace gantry::native
