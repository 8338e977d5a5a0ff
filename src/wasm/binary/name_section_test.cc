#include "wasm/binary/name_section.h"

#include <gtest/gtest.h>

namespace gantry::wasm::binary {
namespace {

using Bytes = std::vector<uint8_t>;

const Bytes kAll = {0,  2,  1, 'm',                                     //
                    1,  7,  2, 0,   1, 'f', 3, 1,   'g',                //
                    2,  11, 2, 0,   1, 1,   1, 'x', 3,   1, 0, 1, 'y',  //
                    10, 6,  1, 2,   1, 0,   1, 'p'};

TEST(NameSection, DecodesAndEncodes) {
  NameSection names;
  ASSERT_TRUE(DecodeNames(kAll, 0, &names));
  EXPECT_EQ(names.module, "m");
  EXPECT_EQ(names.Find(NameKind::Function, 3), "g");
  EXPECT_EQ(names.Find(NameKind::Function, 1), std::nullopt);
  EXPECT_EQ(names.Find(NameKind::Local, 1, 0), "x");
  EXPECT_EQ(names.Find(NameKind::Field, 0, 2), "p");
  EXPECT_EQ(names.In(NameKind::Local, 3).size(), 1u);
  EXPECT_EQ(names.In(NameKind::Local, 2).size(), 0u);
  ByteWriter out;
  EncodeNames(names, &out);
  EXPECT_EQ(out.Take(), kAll);
}

void ExpectMalformed(const Bytes& payload, std::string_view text) {
  NameSection names;
  const Result<void> result = DecodeNames(payload, 0, &names);
  ASSERT_FALSE(result);
  EXPECT_NE(result.error().message().find(text), std::string::npos) << result.error().message();
}

TEST(NameSection, RefusesWhatIsMalformed) {
  ExpectMalformed({12, 0}, "unknown subsection");
  ExpectMalformed({4, 1, 0, 1, 1, 0}, "out of order");
  ExpectMalformed({1, 7, 2, 3, 1, 'f', 3, 1, 'g'}, "names out of order");
  ExpectMalformed({0, 3, 1, 'm', 'n'}, "bytes after");
  ExpectMalformed({0, 2, 1, 0xff}, "malformed UTF-8");
  ExpectMalformed({1, 5, 1, 0, 9, 'f', 'g'}, "unexpected end");
  ExpectMalformed({1, 5, 0xff, 0xff, 0xff, 0xff, 0x0f}, "unexpected end");  // a count that must not be believed
}

TEST(ModuleNames, ServesWhatWasReadBeforeAFault) {
  Bytes payload = {1, 7, 2, 0, 1, 'f', 3, 1, 'g', 99, 0};
  Module module;
  module.bytes = ModuleBytes::Copy(payload);
  module.customs.push_back({"name", {0, static_cast<uint32_t>(payload.size())}, 0});
  const ModuleNames names(module);
  EXPECT_EQ(names.FunctionName(0), "f");
  EXPECT_EQ(names.FunctionName(3), "g");
  EXPECT_EQ(names.FunctionName(1), "");
  EXPECT_EQ(names.ModuleName(), "");
}

}  // namespace
}  // namespace gantry::wasm::binary
