#include "wasm/type_registry.h"

#include <gtest/gtest.h>

#include <thread>

namespace gantry::wasm {
namespace {

SubType FuncType(std::vector<ValType> params, std::vector<ValType> results) {
  SubType type;
  type.params = std::move(params);
  type.results = std::move(results);
  return type;
}

SubType StructType(std::vector<FieldType> fields, uint32_t super = kNone, bool is_final = false) {
  SubType type;
  type.kind = CompKind::Struct;
  type.fields = std::move(fields);
  type.super = super;
  type.is_final = is_final;
  return type;
}

ValType RefTo(uint32_t index) { return ValType::Ref(HeapType::Concrete(index), true); }

struct Space {
  std::vector<CanonId> canon;
  TypeHold hold;
  void Add(std::vector<SubType> group) {
    TypeRegistry::Get().InternGroup(group, static_cast<uint32_t>(canon.size()), &canon, &hold);
  }
};

TEST(TypeRegistry, EqualGroupsOfTwoModulesGetOneId) {
  Space a, b;
  a.Add({FuncType({kI32}, {kI64})});
  b.Add({StructType({})});
  b.Add({FuncType({kI32}, {kI64})});
  EXPECT_EQ(a.canon[0], b.canon[1]);
  EXPECT_NE(b.canon[0], b.canon[1]);
}

TEST(TypeRegistry, RecursiveGroupsAreComparedByShape) {
  Space a, b;
  a.Add({StructType({{RefTo(0), true}})});
  b.Add({FuncType({}, {})});
  b.Add({StructType({{RefTo(1), true}})});
  EXPECT_EQ(a.canon[0], b.canon[1]);
  b.Add({StructType({{RefTo(1), true}})});  // refers to the other group, not to itself
  EXPECT_NE(b.canon[1], b.canon[2]);
}

TEST(TypeRegistry, PositionInAGroupMatters) {
  Space a;
  a.Add({StructType({}), StructType({})});
  a.Add({StructType({})});
  EXPECT_NE(a.canon[0], a.canon[1]);
  EXPECT_NE(a.canon[0], a.canon[2]);
}

TEST(TypeRegistry, SubtypesFollowTheDeclaredChain) {
  Space a;
  a.Add({StructType({})});
  a.Add({StructType({{kI32, false}}, 0)});
  a.Add({StructType({{kI32, false}, {kI64, false}}, 1)});
  TypeRegistry& registry = TypeRegistry::Get();
  EXPECT_TRUE(registry.IsSubtype(a.canon[2], a.canon[0]));
  EXPECT_TRUE(registry.IsSubtype(a.canon[2], a.canon[1]));
  EXPECT_FALSE(registry.IsSubtype(a.canon[0], a.canon[2]));
  EXPECT_TRUE(registry.Matches(ValType::Ref(HeapType::Concrete(a.canon[2]), false), ValType::Ref(HeapKind::Eq, true)));
  EXPECT_FALSE(
      registry.Matches(ValType::Ref(HeapKind::Struct, true), ValType::Ref(HeapType::Concrete(a.canon[2]), true)));
  EXPECT_TRUE(registry.Matches(ValType::Ref(HeapKind::None, true), ValType::Ref(HeapType::Concrete(a.canon[2]), true)));
  EXPECT_FALSE(
      registry.Matches(ValType::Ref(HeapKind::NoFunc, true), ValType::Ref(HeapType::Concrete(a.canon[2]), true)));
}

TEST(TypeRegistry, GroupsDieWithTheirLastHolder) {
  const size_t before = TypeRegistry::Get().live_groups();
  {
    Space a;
    a.Add({FuncType({kF64, kF64, kF64}, {kV128})});
    a.Add({FuncType({RefTo(0)}, {kV128, kV128})});
    EXPECT_EQ(TypeRegistry::Get().live_groups(), before + 2);
    TypeHold second;
    const ValType param = ValType::Ref(HeapType::Concrete(a.canon[0]), true);
    const ValType results[] = {kV128, kV128};
    EXPECT_EQ(TypeRegistry::Get().InternFunc(std::span(&param, 1), results, &second), a.canon[1]);
    TypeHold third;
    TypeRegistry::Get().Keep(a.canon[0], &third);
    EXPECT_EQ(TypeRegistry::Get().live_groups(), before + 2);
    a = Space();
    EXPECT_EQ(TypeRegistry::Get().live_groups(), before + 2);  // the second hold keeps both: one refers to the other
  }
  EXPECT_EQ(TypeRegistry::Get().live_groups(), before);
  {
    TypeHold kept;
    {
      Space a;
      a.Add({FuncType({kF64, kF64, kF64}, {kV128})});
      TypeRegistry::Get().Keep(a.canon[0], &kept);
    }
    EXPECT_EQ(TypeRegistry::Get().live_groups(), before + 1);
  }
  EXPECT_EQ(TypeRegistry::Get().live_groups(), before);
}

TEST(TypeRegistry, ManyThreadsInternTheSameGroups) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([] {
      for (int i = 0; i < 300; ++i) {
        Space a;
        a.Add({StructType({{kI32, true}})});
        a.Add({StructType({{kI32, true}, {RefTo(0), false}}, 0)});
        EXPECT_TRUE(TypeRegistry::Get().IsSubtype(a.canon[1], a.canon[0]));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace gantry::wasm
