#include "base/utf8.h"

#include <gtest/gtest.h>

namespace gantry {
namespace {

TEST(Utf8, AcceptsEveryLength) {
  EXPECT_TRUE(IsUtf8(""));
  EXPECT_TRUE(IsUtf8("plain text that is longer than eight bytes"));
  EXPECT_TRUE(IsUtf8("\xc2\x80 \xdf\xbf \xe0\xa0\x80 \xef\xbf\xbf \xf0\x90\x80\x80 \xf4\x8f\xbf\xbf"));
}

TEST(Utf8, RefusesOverlongSurrogatesAndStrays) {
  for (const char* bad :
       {"\x80", "\xc0\x80", "\xc1\xbf", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80",
        "\xf5\x80\x80\x80", "\xff", "\xc2", "\xe1\x80", "\xf1\x80\x80", "abcdefgh\xc2 "}) {
    EXPECT_FALSE(IsUtf8(bad)) << bad;
  }
}

TEST(Utf8, DecodesCodePoints) {
  uint32_t point = 0;
  EXPECT_EQ(DecodeUtf8("\xe2\x82\xac!", &point), 3u);
  EXPECT_EQ(point, 0x20acu);
  EXPECT_EQ(DecodeUtf8("", &point), 0u);
}

}  // namespace
}  // namespace gantry
