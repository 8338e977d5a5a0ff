#include "wasm/binary/writer.h"

#include <gtest/gtest.h>

#include "wasm/binary/reader.h"

namespace gantry::wasm::binary {
namespace {

using Bytes = std::vector<uint8_t>;

Bytes WithPreamble(std::initializer_list<Bytes> sections) {
  Bytes bytes = {0, 'a', 's', 'm', 1, 0, 0, 0};
  for (const Bytes& section : sections) bytes.insert(bytes.end(), section.begin(), section.end());
  return bytes;
}

// A section with its size in the shortest form.
Bytes Section(uint8_t id, const Bytes& payload) {
  Bytes section = {id, static_cast<uint8_t>(payload.size())};
  section.insert(section.end(), payload.begin(), payload.end());
  return section;
}

const Bytes kOneType = Section(1, {1, 0x60, 0, 0}), kOneFunc = Section(3, {1, 0});

Module Read(const Bytes& bytes) {
  Result<Module> module = ReadModule(ModuleBytes::Copy(bytes), Features::AllProposals());
  EXPECT_TRUE(module) << module.error().Summary();
  return module ? *std::move(module) : Module();
}

void ExpectKept(const Bytes& bytes) { EXPECT_EQ(WriteModule(Read(bytes)), bytes); }
void ExpectCanonical(const Bytes& bytes, const Bytes& canonical) {
  EXPECT_EQ(WriteModule(Read(bytes), Encoding::Canonical), canonical);
}

TEST(Writer, KeepsAnEmptyModule) { ExpectKept(WithPreamble({})); }

TEST(Writer, KeepsPaddedNumbersAndShortensThemInCanonicalForm) {
  const Bytes padded = WithPreamble({{1, 0x88, 0x80, 0x00, 0x81, 0x00, 0x60, 0x80, 0x00, 0x81, 0x00, 0x7f}});
  ExpectKept(padded);
  ExpectCanonical(padded, WithPreamble({Section(1, {1, 0x60, 0, 1, 0x7f})}));
}

TEST(Writer, KeepsLongFormsOfReferenceTypes) {
  const Bytes wide = WithPreamble({Section(1, {1, 0x60, 2, 0x63, 0x70, 0x70, 1, 0x63, 0x6f})});
  ExpectKept(wide);
  ExpectCanonical(wide, WithPreamble({Section(1, {1, 0x60, 2, 0x70, 0x70, 1, 0x6f})}));
}

TEST(Writer, KeepsTypeIndicesBeyondAllLimits) {
  ExpectKept(WithPreamble({Section(1, {1, 0x60, 1, 0x64, 0xff, 0xff, 0xff, 0xff, 0x02, 0})}));
}

TEST(Writer, KeepsEmptySectionsAndDropsThemInCanonicalForm) {
  const Bytes bytes = WithPreamble({{1, 1, 0}, {5, 1, 0}, {0, 3, 1, 'x', 9}});
  ExpectKept(bytes);
  ExpectCanonical(bytes, WithPreamble({{0, 3, 1, 'x', 9}}));
}

TEST(Writer, KeepsFormsOfSubtypes) {
  ExpectKept(WithPreamble({Section(1, {3, 0x50, 0, 0x5f, 0, 0x4f, 0, 0x60, 0, 0, 0x4e, 1, 0x5e, 0x78, 1})}));
}

TEST(Writer, KeepsGroupsOfImportsEmptyOnesToo) {
  ExpectKept(WithPreamble({kOneType, Section(2, {4,                                                     //
                                                 1, 'a', 0,    0x7f, 0,                                 // no items
                                                 1, 'b', 0,    0x7f, 2,    1, 'x', 0, 0, 1, 'y', 0, 0,  //
                                                 1, 'c', 0x80, 0x00, 0x7e, 0, 0,   0,  // a type, no names
                                                 1, 'd', 0,    0,    0})}));
}

TEST(Writer, KeepsBodiesWithPaddedImmediatesAndSizes) {
  const Bytes bytes = WithPreamble(
      {kOneType, kOneFunc, Section(10, {1, 0x8a, 0x00, 2, 1, 0x7f, 0, 0x7e, 0x41, 0x81, 0x00, 0x1a, 0x0b})});
  ExpectKept(bytes);
  ExpectCanonical(bytes,
                  WithPreamble({kOneType, kOneFunc,
                                Section(10, {1, 7, 1, 1, 0x7f, 0x41, 1, 0x1a, 0x0b})}));  // no empty run of locals
}

TEST(Writer, RepeatsBodiesThatDoNotDecode) {
  ExpectKept(WithPreamble({kOneType, kOneFunc, Section(10, {1, 5, 0, 0x41, 0x00, 0xff, 0x0b})}));
}

TEST(Writer, KeepsMemoryIndexOfMemArgs) {
  const Bytes bytes = WithPreamble({kOneType, kOneFunc, Section(5, {1, 0, 0}),
                                    Section(10, {1, 10, 0, 0x41, 0, 0x28, 0x42, 0x00, 0x80, 0x00, 0x1a, 0x0b})});
  ExpectKept(bytes);
  ExpectCanonical(bytes, WithPreamble({kOneType, kOneFunc, Section(5, {1, 0, 0}),
                                       Section(10, {1, 8, 0, 0x41, 0, 0x28, 0x02, 0x00, 0x1a, 0x0b})}));
}

TEST(EncodeInstr, WritesPrefixedOpcodesAndTheirImmediates) {
  ByteWriter out;
  Instr instr{};
  instr.op = Op::V128Load8Lane;
  instr.index = 1;
  instr.value = 300;
  instr.lane = 5;
  EncodeInstr(instr, &out);
  EXPECT_EQ(out.Take(), (Bytes{0xfd, 0x54, 0x40, 0x01, 0xac, 0x02, 0x05}));
}

}  // namespace
}  // namespace gantry::wasm::binary
