#include "image/image.h"

#include <gtest/gtest.h>

namespace gantry::image {
namespace {

const std::vector<uint8_t> kWasm = {0, 'a', 's', 'm', 1, 0, 0, 0};

std::vector<uint8_t> Sample() { return Write({Kind::Module, "0.1.0", kWasm}); }

TEST(Image, ReadsWhatWasWritten) {
  const std::vector<uint8_t> bytes = Sample();
  EXPECT_TRUE(LooksLikeImage(bytes));
  const Result<Image> image = Read(bytes);
  ASSERT_TRUE(image) << image.error().Summary();
  EXPECT_EQ(image->kind, Kind::Module);
  EXPECT_EQ(image->version, "0.1.0");
  EXPECT_EQ(std::vector<uint8_t>(image->wasm.begin(), image->wasm.end()), kWasm);
  EXPECT_EQ(bytes, Sample());
}

TEST(Image, TellsOtherFilesApart) {
  EXPECT_FALSE(LooksLikeImage(kWasm));
  EXPECT_FALSE(Read(kWasm));
  std::vector<uint8_t> program = Sample();
  program[7] = 0;  // EI_OSABI
  ASSERT_FALSE(Read(program));
  EXPECT_EQ(Read(program).error().message(), "this ELF file is a program or library, not a precompiled module");
}

TEST(Image, NamesALaterFormat) {
  std::vector<uint8_t> later = Sample();
  later[64] = 9;  // the key lies behind the header
  ASSERT_FALSE(Read(later));
  EXPECT_EQ(Read(later).error().message(), "the image has format version 9, this build reads version 1");
}

// Whatever is cut off or changed, reading ends with an Error or with views inside the bytes.
TEST(Image, DamagedInputIsRefusedOrHarmless) {
  const std::vector<uint8_t> whole = Sample();
  for (size_t size = 0; size < whole.size(); ++size) {
    const std::vector<uint8_t> cut(whole.begin(), whole.begin() + static_cast<long>(size));
    EXPECT_FALSE(Read(cut)) << size;
  }
  for (size_t at = 0; at < whole.size(); ++at) {
    for (uint8_t value : {0, 1, 0x7f, 0x80, 0xff}) {
      std::vector<uint8_t> changed = whole;
      changed[at] = value;
      const Result<Image> image = Read(changed);
      if (!image) continue;
      EXPECT_GE(image->wasm.data(), changed.data());
      EXPECT_LE(image->wasm.data() + image->wasm.size(), changed.data() + changed.size());
    }
  }
}

}  // namespace
}  // namespace gantry::image
