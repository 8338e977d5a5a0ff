#include "wasm/binary/reader.h"

#include <gtest/gtest.h>

#include <string>

#include "wasm/binary/test_bytes.h"
#include "wasm/errors.h"

namespace gantry::wasm::binary {
namespace {

using namespace test;

Result<Module> Read(const Bytes& bytes, Features features = Features::AllProposals()) {
  return ReadModule(Share(bytes), features);
}

// "text @offset" of the error, "" for success.
std::string Fault(const Bytes& bytes, Features features = Features::AllProposals()) {
  auto module = Read(bytes, features);
  if (module) return "";
  return module.error().message() + " @" + std::to_string(module.error().offset());
}

bool Fails(const Bytes& bytes, std::string_view text, Features features = Features::AllProposals()) {
  const std::string fault = Fault(bytes, features);
  if (fault.find(text) != std::string::npos) return true;
  ADD_FAILURE() << "expected `" << text << "`, got `" << fault << "`";
  return false;
}

TEST(ReaderTest, HeaderOfEveryLength) {
  EXPECT_EQ(Fault({}), "unexpected end @0");
  EXPECT_EQ(Fault({0, 'a', 's'}), "unexpected end @3");
  EXPECT_EQ(Fault({0, 'a', 's', 'n'}), "magic header not detected @0");
  EXPECT_EQ(Fault({0, 'a', 's', 'm', 1, 0}), "unexpected end @6");
  EXPECT_EQ(Fault({0, 'a', 's', 'm', 2, 0, 0, 0}), "unknown binary version @4");
  EXPECT_EQ(Fault({0, 'a', 's', 'm', 13, 0, 1, 0}), "unknown binary version: this is a component, not a module @4");
  EXPECT_EQ(Fault(Header()), "");
}

TEST(ReaderTest, SectionsComeInOrderAndOnce) {
  EXPECT_EQ(Fault(ModuleOf({Section(5, {0}), Section(13, {0}), Section(6, {0}), Section(9, {0}), Section(12, {0}),
                            Section(10, {0}), Section(11, {0})})),
            "");
  EXPECT_TRUE(Fails(ModuleOf({Section(6, {0}), Section(13, {0})}),
                    "unexpected content after last section: the section is out of order @11"));
  EXPECT_TRUE(Fails(ModuleOf({Section(1, {0}), Section(1, {0})}),
                    "unexpected content after last section: the section stands twice"));
  EXPECT_TRUE(Fails(ModuleOf({Section(14, {0})}), "malformed section id 14 @8"));
}

TEST(ReaderTest, TagSectionNeedsItsFeature) {
  EXPECT_TRUE(Fails(ModuleOf({Section(13, {0})}), "malformed section id 13",
                    Features::AllProposals().set(Feature::Exceptions, false)));
}

TEST(ReaderTest, SectionSizes) {
  EXPECT_TRUE(Fails(ModuleOf({{1, 5, 0}}), "length out of bounds: section of 5 bytes, 1 bytes are left @9"));
  EXPECT_TRUE(Fails(ModuleOf({Section(1, {0, 0})}), "section size mismatch"));
  EXPECT_TRUE(Fails(ModuleOf({{5, 1, 1}, {0, 1, 0}}), "section size mismatch: an entry goes past"));
}

TEST(ReaderTest, CustomSectionsKeepTheirPlace) {
  auto module = Read(ModuleOf(
      {Section(0, {1, 'a', 9}), Section(1, {0}), Section(0, {1, 'b'}), Section(11, {0}), Section(0, {0, 7, 8})}));
  ASSERT_TRUE(module);
  ASSERT_EQ(module->customs.size(), 3u);
  EXPECT_EQ(module->customs[0].name, "a");
  EXPECT_EQ(module->customs[0].after, 0);
  EXPECT_EQ(module->customs[0].payload.size, 1u);
  EXPECT_EQ(module->customs[1].after, 1);
  EXPECT_EQ(module->customs[2].after, 11);
  EXPECT_EQ(module->customs[2].payload.size, 2u);
  EXPECT_EQ(module->sections.size(), 5u);
}

TEST(ReaderTest, CustomNameStaysInsideItsSection) {
  EXPECT_TRUE(Fails(ModuleOf({{0, 2, 3, 'a'}, Section(0, {1, 'b'})}), "length out of bounds"));
  EXPECT_TRUE(Fails(ModuleOf({{0, 0}}), "unexpected end"));
  EXPECT_TRUE(Fails(ModuleOf({Section(0, {1, 0xff})}), "malformed UTF-8 encoding"));
}

TEST(ReaderTest, ErrorsSayWhere) {
  auto module = Read(ModuleOf({Section(6, {2, 0x7f, 0, 0x41, 0, 0x0b, 0x7f, 2, 0x41, 0, 0x0b})}));
  ASSERT_FALSE(module);
  EXPECT_EQ(module.error().message(), "malformed mutability 0x02");
  EXPECT_EQ(module.error().offset(), 17u);
  ASSERT_EQ(module.error().context().size(), 2u);
  EXPECT_EQ(module.error().context()[0], "in entry 1");
  EXPECT_EQ(module.error().context()[1], "in the global section");
  EXPECT_EQ(module.error().code(), static_cast<uint16_t>(ErrorId::MalformedMutability));
}

TEST(ReaderTest, TypesWithGroupsAndForms) {
  auto module = Read(ModuleOf(
      {Section(1, {3,    0x60, 1,    0x7f, 1,    0x64, 0x6e,              // (func (param i32) (result (ref any)))
                   0x4e, 2,    0x50, 0,    0x5f, 1,    0x78, 1,           // (rec (sub (struct (mut i8)))
                   0x4f, 1,    1,    0x5f, 2,    0x78, 1,    0x63, 2, 0,  //  (sub final 1 (struct .. (ref null 2))))
                   0x5e, 0x7b, 0})}));                                    // (array v128)
  ASSERT_TRUE(module) << module.error().Summary();
  ASSERT_EQ(module->types.size(), 4u);
  ASSERT_EQ(module->rec_groups.size(), 3u);
  EXPECT_FALSE(module->rec_groups[0].is_explicit);
  EXPECT_TRUE(module->rec_groups[1].is_explicit);
  EXPECT_EQ(module->rec_groups[1].first, 1u);
  EXPECT_EQ(module->rec_groups[1].count, 2u);
  EXPECT_EQ(module->types[0].results[0], ValType::Ref(HeapKind::Any, false));
  EXPECT_EQ(module->types[1].form, SubTypeForm::Sub);
  EXPECT_FALSE(module->types[1].is_final);
  EXPECT_EQ(module->types[2].super, 1u);
  EXPECT_EQ(module->types[2].fields[1].storage, ValType::Ref(HeapType::Concrete(2), true));
  EXPECT_EQ(module->types[3].kind, CompKind::Array);
}

TEST(ReaderTest, MalformedTypes) {
  EXPECT_TRUE(Fails(ModuleOf({Section(1, {1, 0x61})}), "malformed definition type 0x61"));
  EXPECT_TRUE(Fails(ModuleOf({Section(1, {1, 0xe0, 0x7f, 0, 0})}), "integer representation too long"));
  EXPECT_TRUE(Fails(ModuleOf({Section(1, {1, 0x60, 1, 0x40, 0})}), "malformed value type 0x40"));
  EXPECT_TRUE(Fails(ModuleOf({Section(1, {1, 0x60, 1, 0x64, 0x40, 0})}), "malformed heap type 0x40"));
  EXPECT_TRUE(Fails(ModuleOf({Section(1, {1, 0x5f, 1, 0x76, 0})}), "malformed storage type 0x76"));
  EXPECT_TRUE(Fails(ModuleOf({Section(1, {1, 0x50, 2, 0, 0, 0x60, 0, 0})}), "malformed list of supertypes 0x02"));
  EXPECT_TRUE(Fails(ModuleOf({Section(13, {1, 1, 0})}), "malformed tag attribute 0x01"));
  EXPECT_TRUE(Fails(ModuleOf({Section(1, {1, 0x60, 0xe9, 0x07, 0})}), "unexpected end"));
  EXPECT_TRUE(Fails(ModuleOf({Section(1, {1, 0x5f, 0})}), "malformed definition type 0x5f: needs the feature `gc`",
                    Features::AllProposals().set(Feature::Gc, false)));
}

TEST(ReaderTest, WithoutACollectedHeapThereAreNoReferencesToTheHostsThings) {
  const Features features = Features::AllProposals().set(Feature::GcTypes, false).Consistent();
  EXPECT_TRUE(Fails(ModuleOf({Section(1, {1, 0x60, 1, 0x6f, 0})}), "needs the feature `gc-support`", features));
  EXPECT_TRUE(Fails(ModuleOf({Section(1, {1, 0x60, 1, 0x63, 0x6f, 0})}), "needs the feature `gc-support`", features));
  EXPECT_TRUE(Fails(ModuleOf({Section(1, {1, 0x5f, 0})}), "needs the feature `gc`", features));
  EXPECT_EQ(Fault(ModuleOf({Section(1, {1, 0x60, 1, 0x70, 0})}), features), "");
}

TEST(ReaderTest, ParameterLimit) {
  Bytes type = {0x60, 0xe9, 0x07};  // 1001 parameters
  type.insert(type.end(), 1001, 0x7f);
  type.push_back(0);
  Bytes payload = Join({{1}, type});
  const Bytes section = Join(
      {{1, static_cast<uint8_t>((payload.size() & 0x7f) | 0x80), static_cast<uint8_t>(payload.size() >> 7)}, payload});
  EXPECT_TRUE(Fails(ModuleOf({section}), "implementation limit exceeded (1001)"));
}

TEST(ReaderTest, TypeCountIsCheckedBeforeMemoryIsTaken) {
  EXPECT_TRUE(Fails(ModuleOf({Section(1, {0xff, 0xff, 0xff, 0xff, 0x0f})}), "implementation limit exceeded"));
  EXPECT_TRUE(Fails(ModuleOf({Section(1, {0xc0, 0x84, 0x3d})}), "unexpected end"));
  EXPECT_TRUE(Fails(ModuleOf({Section(1, {1, 0x4e, 0xff, 0xff, 0xff, 0x7f})}), "implementation limit exceeded"));
}

TEST(ReaderTest, ImportsOfEveryKindAndGroups) {
  auto module = Read(ModuleOf(
      {Section(1, {1, 0x60, 0, 0}),
       Section(2, {8,   1,   'm', 1,    'f',  0,    0,   1,   'm', 1,   't',  1,   0x70, 0,    1, 1,   'm', 1,
                   'e', 2,   3,   1,    2,    1,    'm', 1,   'g', 3,   0x7e, 1,   1,    'm',  1, 'x', 4,   0,
                   0,   1,   'n', 0,    0x7f, 2,    1,   'a', 0,   0,   1,    'b', 3,    0x7f, 0,  // group, a type each
                   1,   'n', 0,   0x7e, 3,    0x7f, 0,   2,   1,   'c', 1,    'd',                 // group, one type
                   1,   'n', 0,   0x7f, 0})}));                                                    // empty group
  ASSERT_TRUE(module) << module.error().Summary();
  ASSERT_EQ(module->imports.size(), 9u);
  EXPECT_EQ(module->imported_funcs, 2u);
  EXPECT_EQ(module->imported_globals, 4u);
  EXPECT_TRUE(module->memories[0].type.is_shared);
  EXPECT_TRUE(module->globals[0].type.is_mutable);
  EXPECT_EQ(module->imports[5].form, ImportForm::GroupItem);
  EXPECT_TRUE(module->imports[5].first_in_group);
  EXPECT_FALSE(module->imports[6].first_in_group);
  EXPECT_EQ(module->imports[8].form, ImportForm::GroupItemSharedType);
  EXPECT_EQ(module->imports[8].name, "d");
  EXPECT_EQ(module->imports[8].index, 3u);
  ASSERT_EQ(module->empty_import_groups.size(), 1u);
  EXPECT_EQ(module->empty_import_groups[0].before, 9u);
}

TEST(ReaderTest, MalformedImportsAndExports) {
  EXPECT_TRUE(Fails(ModuleOf({Section(2, {1, 0, 0, 5})}), "malformed import kind 0x05"));
  EXPECT_TRUE(Fails(ModuleOf({Section(2, {1, 0, 0, 0x7f, 0})}), "malformed import kind 0x7f",
                    Features::AllProposals().set(Feature::CompactImports, false)));
  EXPECT_TRUE(Fails(ModuleOf({Section(7, {1, 0, 5, 0})}), "malformed export kind 0x05"));
  EXPECT_TRUE(Fails(ModuleOf({Section(7, {1, 9, 'a', 0, 0})}), "length out of bounds"));
}

TEST(ReaderTest, LimitsFlags) {
  auto module = Read(ModuleOf(
      {Section(4, {2, 0x70, 5, 1, 2, 0x40, 0, 0x70, 0, 3, 0xd0, 0x70, 0x0b}), Section(5, {2, 4, 1, 8, 1, 0})}));
  ASSERT_TRUE(module) << module.error().Summary();
  EXPECT_TRUE(module->tables[0].type.is_64);
  EXPECT_EQ(module->tables[0].type.limits.max, 2u);
  EXPECT_TRUE(module->tables[1].has_init_form);
  EXPECT_EQ(module->tables[1].init.size, 3u);
  EXPECT_TRUE(module->memories[0].type.is_64);
  EXPECT_EQ(module->memories[1].type.page_size(), 1u);
  EXPECT_TRUE(Fails(ModuleOf({Section(4, {1, 0x70, 8, 0})}), "malformed limits flags 0x08"));
  EXPECT_TRUE(Fails(ModuleOf({Section(5, {1, 0x10, 0})}), "malformed limits flags 0x10"));
  EXPECT_TRUE(Fails(ModuleOf({Section(5, {1, 8, 0, 0})}),
                    "malformed limits flags 0x08: needs the feature `custom-page-sizes`", Features::Default()));
  EXPECT_TRUE(Fails(ModuleOf({Section(5, {1, 8, 0, 0x41})}), "invalid custom page size 0x41"));
  EXPECT_TRUE(Fails(ModuleOf({Section(4, {1, 0x40, 1, 0x70, 0, 0})}), "zero byte expected"));
  EXPECT_TRUE(Fails(ModuleOf({Section(4, {1, 0x7f, 0, 0})}), "malformed reference type 0x7f"));
}

TEST(ReaderTest, SegmentsOfEveryKind) {
  auto module = Read(
      ModuleOf({Section(9, {8,    0, 0x41, 0,    0x0b, 1, 0, 1,    0, 1,    0,    2,    0, 0x41, 0,
                            0x0b, 0, 0,    3,    0,    0, 4, 0x41, 0, 0x0b, 1,    0xd2, 0, 0x0b, 5,
                            0x6f, 1, 0xd0, 0x6f, 0x0b, 6, 0, 0x41, 0, 0x0b, 0x70, 0,    7, 0x70, 0}),
                Section(12, {3}), Section(11, {3, 0, 0x41, 0, 0x0b, 1, 'a', 1, 2, 'b', 'c', 2, 1, 0x41, 0, 0x0b, 0})}));
  ASSERT_TRUE(module) << module.error().Summary();
  ASSERT_EQ(module->elems.size(), 8u);
  EXPECT_EQ(module->elems[0].mode, SegmentMode::Active);
  EXPECT_EQ(module->elems[0].type, ValType::Ref(HeapKind::Func, false));
  EXPECT_EQ(module->elems[0].items.size, 1u);
  EXPECT_EQ(module->elems[3].mode, SegmentMode::Declarative);
  EXPECT_EQ(module->elems[4].type, ValType::FuncRef());
  EXPECT_TRUE(module->elems[5].is_expr);
  EXPECT_EQ(module->elems[5].items.size, 3u);
  EXPECT_EQ(module->elems[7].mode, SegmentMode::Declarative);
  EXPECT_EQ(module->datas[1].mode, SegmentMode::Passive);
  EXPECT_EQ(module->datas[1].bytes.size, 2u);
  EXPECT_EQ(module->datas[2].memory, 1u);
  EXPECT_TRUE(Fails(ModuleOf({Section(9, {1, 8})}), "malformed elements segment kind 0x08"));
  EXPECT_TRUE(Fails(ModuleOf({Section(9, {1, 1, 1, 0})}), "malformed elements segment kind 0x01"));
  EXPECT_TRUE(Fails(ModuleOf({Section(11, {1, 3})}), "malformed data segment kind 0x03"));
  EXPECT_TRUE(Fails(ModuleOf({Section(12, {2})}),
                    "data count and data section have inconsistent lengths: count 2, 0 segments"));
}

TEST(ReaderTest, InitializersEndWithTheirOwnEnd) {
  // Blocks are decoded though no constant expression may have one.
  auto module = Read(ModuleOf({Section(6, {1, 0x7f, 0, 0x02, 0x40, 0x0b, 0x41, 0, 0x0b})}));
  ASSERT_TRUE(module) << module.error().Summary();
  EXPECT_EQ(module->globals[0].init.size, 6u);
  EXPECT_TRUE(Fails(ModuleOf({Section(6, {1, 0x7f, 0, 0x41, 0})}),
                    "unexpected end of section or function: END opcode expected"));
  EXPECT_TRUE(Fails(ModuleOf({Section(6, {1, 0x7f, 0, 0xff, 0x0b})}), "illegal opcode ff"));
}

TEST(ReaderTest, FunctionsAndBodies) {
  EXPECT_TRUE(Fails(ModuleOf({Section(3, {1, 0})}),
                    "function and code section have inconsistent lengths: 1 functions, 0 bodies"));
  EXPECT_TRUE(Fails(ModuleOf({Section(10, {1, 2, 0, 0x0b})}), "function and code section have inconsistent lengths"));
  EXPECT_TRUE(Fails(ModuleOf({Section(3, {1, 0}), {10, 8, 1, 0xb2, 0x96, 0xd3, 3, 0, 0, 0}}), "unexpected end"));
  auto module = Read(FuncModule({0x60, 0, 0}, {0x0b}));
  ASSERT_TRUE(module);
  EXPECT_EQ(module->funcs[0].body.size, 2u);
}

TEST(ReaderTest, WrongBodySizeIsFoundInTheBody) {
  // The body says 3 bytes, its memory access goes on with an integer that is too long.
  const Bytes bytes = ModuleOf({Section(1, {1, 0x60, 0, 0}),
                                Section(3, {1, 0}),
                                {10, 5, 1, 3, 0, 0x41, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0, 0x0b}});
  EXPECT_TRUE(Fails(bytes, "integer representation too long"));
}

// Every prefix and every one-byte change of a module that has a bit of everything either reads or fails; nothing else.
TEST(ReaderTest, DamagedModulesDoNotCrash) {
  const Bytes bytes = ModuleOf(
      {Section(1, {3, 0x60, 1, 0x7f, 1, 0x7f, 0x4e, 1, 0x50, 0, 0x5f, 1, 0x78, 1, 0x5e, 0x63, 1, 0}),
       Section(2, {2, 1, 'm', 1, 'f', 0, 0, 1, 'n', 0, 0x7e, 3, 0x7f, 0, 2, 1, 'c', 1, 'd'}), Section(3, {1, 0}),
       Section(4, {1, 0x40, 0, 0x70, 0, 1, 0xd0, 0x70, 0x0b}), Section(5, {1, 0x0d, 0, 1, 0}), Section(13, {1, 0, 0}),
       Section(6, {1, 0x7e, 0, 0x42, 0x80, 1, 0x0b}), Section(7, {1, 1, 'e', 0, 1}), Section(8, {1}),
       Section(9, {1, 5, 0x70, 1, 0xd2, 0, 0x0b}), Section(12, {1}),
       Section(10, {1, 9, 1, 2, 0x7f, 0x41, 1, 0x0e, 0, 0, 0x0b}), Section(11, {1, 1, 3, 1, 2, 3})});
  ASSERT_EQ(Fault(bytes), "");
  for (size_t size = 0; size < bytes.size(); ++size) {
    (void)Read(Bytes(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size)));
  }
  for (size_t i = 8; i < bytes.size(); ++i) {
    for (int value = 0; value < 256; ++value) {
      Bytes changed = bytes;
      changed[i] = static_cast<uint8_t>(value);
      (void)Read(changed);
    }
  }
}

}  // namespace
}  // namespace gantry::wasm::binary
