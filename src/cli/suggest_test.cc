#include "cli/suggest.h"

#include <gtest/gtest.h>

#include "cli/printable.h"

namespace gantry::cli {
namespace {

TEST(Suggest, Distance) {
  EXPECT_EQ(EditDistance("same", "same"), 0u);
  EXPECT_EQ(EditDistance("", "abc"), 3u);
  EXPECT_EQ(EditDistance("timeout", "tiemout"), 1u);
  EXPECT_EQ(EditDistance("dir", "drr"), 1u);
  EXPECT_EQ(EditDistance(std::string(100'000, 'a'), std::string(100'000, 'b')), 64u);
}

TEST(Suggest, NearWordsOnly) {
  Nearest nearest("valdate");
  nearest.Offer("run");
  EXPECT_EQ(nearest.Hint(), "");
  nearest.Offer("validate");
  EXPECT_EQ(nearest.Hint(), "; did you mean `validate`?");
}

TEST(Printable, ControlCharactersAreEscaped) {
  EXPECT_EQ(Printable("plain é"), "plain é");
  EXPECT_EQ(Printable("a\x1b[31m\n\x7f"), "a\\1b[31m\\0a\\7f");
  EXPECT_EQ(Printable("\xc2\x9bx\xc2\xa0"), "\\c2\\9bx\xc2\xa0");
}

TEST(Printable, GroupedNumbers) {
  EXPECT_EQ(Grouped(0), "0");
  EXPECT_EQ(Grouped(999), "999");
  EXPECT_EQ(Grouped(1000), "1,000");
  EXPECT_EQ(Grouped(1234567), "1,234,567");
}

}  // namespace
}  // namespace gantry::cli
