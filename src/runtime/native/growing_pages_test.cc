#include "runtime/native/growing_pages.h"

#include <gtest/gtest.h>

#include <cstring>
#include <fstream>
#include <string>

#include "platform/pages.h"

namespace gantry::native {
namespace {

using platform::kLargePage;
using platform::kPageSize;

constexpr uint64_t kRoom = 8 * kLargePage;

GrowingPages Reserve(uint64_t bytes = kRoom) {
  GrowingPages pages = GrowingPages::Reserve(bytes, bytes);
  EXPECT_NE(pages.base(), nullptr);
  return pages;
}

// How many bytes from `address` on are readable and writable.
uint64_t WritableFrom(const uint8_t* address) {
  std::ifstream maps("/proc/self/maps");
  uint64_t at = reinterpret_cast<uintptr_t>(address);
  for (std::string line; std::getline(maps, line);) {
    size_t end = 0;
    const uint64_t first = std::stoull(line, &end, 16);
    const uint64_t last = std::stoull(line.substr(end + 1), nullptr, 16);
    if (first <= at && at < last && line.substr(line.find(' ') + 1, 4) == "rw-p") at = last;
  }
  return at - reinterpret_cast<uintptr_t>(address);
}

bool IsZero(const uint8_t* at, uint64_t bytes) {
  for (uint64_t i = 0; i < bytes; ++i) {
    if (at[i] != 0) return false;
  }
  return true;
}

TEST(GrowingPages, PiecesAreZeroAlignedAndDoNotMove) {
  GrowingPages pages = Reserve();
  uint8_t* const first = pages.Take(5000, 0);
  ASSERT_EQ(first, pages.base());
  EXPECT_TRUE(IsZero(first, 5000));
  std::memset(first, 1, 5000);
  uint8_t* const second = pages.Take(3 * kLargePage, 0);
  ASSERT_EQ(second, first + 5008);
  EXPECT_TRUE(IsZero(second, 3 * kLargePage));
  std::memset(second, 2, 3 * kLargePage);
  EXPECT_EQ(first[4999], 1);
  EXPECT_EQ(pages.taken(), 5008 + 3 * kLargePage);
}

TEST(GrowingPages, TheBaseIsThatOfALargePage) {
  EXPECT_EQ(reinterpret_cast<uintptr_t>(Reserve().base()) % kLargePage, 0u);
}

TEST(GrowingPages, LittleIsWritableWhenLittleIsExpected) {
  GrowingPages pages = Reserve();
  uint8_t* const at = pages.Take(5000, 0);
  EXPECT_EQ(WritableFrom(at), 2 * kPageSize);
  pages.Take(5000, kLargePage / 2 - 20000);
  EXPECT_EQ(WritableFrom(at), 3 * kPageSize);
}

TEST(GrowingPages, AWholeLargePageIsWritableWhenHalfOfItIsExpected) {
  GrowingPages pages = Reserve();
  uint8_t* const at = pages.Take(5000, kLargePage / 2);
  EXPECT_EQ(WritableFrom(at), kLargePage);
  pages.Take(kLargePage, 0);  // little of the next
  EXPECT_EQ(WritableFrom(at), kLargePage + 2 * kPageSize);
  pages.Take(kLargePage, 100 * kLargePage);
  EXPECT_EQ(WritableFrom(at), 3 * kLargePage);
}

TEST(GrowingPages, ALargePageThatWasBegunWithSmallOnesGoesOnWithThem) {
  GrowingPages pages = Reserve();
  uint8_t* const at = pages.Take(5000, 0);
  pages.Take(5000, 100 * kLargePage);
  EXPECT_EQ(WritableFrom(at), 3 * kPageSize);
  pages.Take(kLargePage, 100 * kLargePage);
  EXPECT_EQ(WritableFrom(at), 2 * kLargePage);
}

TEST(GrowingPages, NothingIsTakenWithoutRoom) {
  GrowingPages pages = Reserve(kLargePage);
  uint8_t* const first = pages.Take(kLargePage - 100, 0);
  ASSERT_NE(first, nullptr);
  EXPECT_EQ(pages.Take(101, 0), nullptr);
  EXPECT_EQ(pages.Take(~uint64_t{0}, 0), nullptr);
  EXPECT_EQ(pages.taken(), kLargePage - 100);
  EXPECT_EQ(pages.Take(90, ~uint64_t{0}), first + kLargePage - 96);
  EXPECT_EQ(pages.Take(1, 0), nullptr);
}

TEST(GrowingPages, TrimGivesBackTheRest) {
  GrowingPages pages = Reserve();
  uint8_t* const at = pages.Take(5000, kLargePage);
  std::memset(at, 7, 5000);
  pages.Trim();
  EXPECT_EQ(pages.size(), 2 * kPageSize);
  EXPECT_EQ(WritableFrom(at), 2 * kPageSize);
  EXPECT_EQ(at[4999], 7);
  EXPECT_EQ(pages.Take(1, 0), nullptr);
}

TEST(GrowingPages, TrimOfNothingLeavesNothing) {
  GrowingPages pages = Reserve();
  pages.Trim();
  EXPECT_EQ(pages.base(), nullptr);
  EXPECT_EQ(pages.size(), 0u);
}

TEST(GrowingPages, NoHostHasSoMuch) {
  const GrowingPages pages = GrowingPages::Reserve(uint64_t{1} << 60, uint64_t{1} << 59);
  EXPECT_EQ(pages.base(), nullptr);
  EXPECT_EQ(pages.size(), 0u);
}

}  // namespace
}  // namespace gantry::native
