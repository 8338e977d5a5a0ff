#include "runtime/gc/heap.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <fstream>
#include <random>
#include <vector>

#include "platform/sanitizer.h"
#include "wasm/type_registry.h"

namespace gantry::gc {
namespace {

using wasm::HeapKind;
using wasm::HeapType;
using wasm::SubType;
using wasm::ValType;

const ValType kAnyRef = ValType::Ref(HeapKind::Any, true);

// A pair of references and a number; arrays of references and of bytes; and a subtype of the pair.
struct Types {
  Types() {
    SubType pair, refs, bytes, sub;
    pair.kind = sub.kind = wasm::CompKind::Struct;
    pair.is_final = false;
    pair.fields = {{kAnyRef, true}, {wasm::kI64, true}, {kAnyRef, true}};
    sub.super = 0;
    sub.fields = pair.fields;
    sub.fields.push_back({wasm::TypeKind::I8, true});
    refs.kind = bytes.kind = wasm::CompKind::Array;
    refs.fields = {{kAnyRef, true}};
    bytes.fields = {{wasm::TypeKind::I8, true}};
    const SubType all[] = {pair, refs, bytes, sub};
    for (uint32_t i = 0; i < 4; ++i)
      wasm::TypeRegistry::Get().InternGroup(std::span(all).subspan(i, 1), i, &canon, &hold);
  }
  std::vector<wasm::CanonId> canon;
  wasm::TypeHold hold;
};

class HeapTest : public testing::Test {
 protected:
  void Make(const HeapConfig& config) {
    auto made = Heap::Create(config);
    ASSERT_TRUE(made.has_value());
    heap = std::move(*made);
    pair = *heap->DescriptorFor(types.canon[0]);
    refs = *heap->DescriptorFor(types.canon[1]);
    bytes = *heap->DescriptorFor(types.canon[2]);
    sub = *heap->DescriptorFor(types.canon[3]);
    heap->SetRootScanner([this](RootVisitor& visitor) {
      for (uint64_t& slot : slots) visitor.VisitSlot(&slot);
    });
  }
  Ref NewPair(uint64_t number) {
    AllocFailure failure;
    const Ref ref = heap->AllocStruct(pair, &failure);
    if (ref != 0) Number(ref) = number;
    return ref;
  }
  // LayoutStruct: reference at 4, i64 at 8, reference at 16.
  Ref& Left(Ref ref) { return *heap->At<Ref>(ref + 4); }
  uint64_t& Number(Ref ref) { return *heap->At<uint64_t>(ref + 8); }
  Ref& Right(Ref ref) { return *heap->At<Ref>(ref + 16); }

  Types types;
  std::unique_ptr<Heap> heap;
  uint32_t pair, refs, bytes, sub;
  std::vector<uint64_t> slots;
};

TEST_F(HeapTest, LiveObjectsSurviveAndMove) {
  Make({});
  slots.push_back(NewPair(7));
  const Ref first = static_cast<Ref>(slots[0]);
  Left(first) = MakeI31(5);
  Right(first) = first;
  heap->Collect();
  const Ref moved = static_cast<Ref>(slots[0]);
  EXPECT_NE(moved, first);
  EXPECT_EQ(Number(moved), 7u);
  EXPECT_EQ(Left(moved), MakeI31(5));
  EXPECT_EQ(Right(moved), moved);
  EXPECT_EQ(heap->bytes_used(), 24u);
}

TEST_F(HeapTest, DeadObjectsAreFreed) {
  Make({});
  for (int i = 0; i < 2'000'000; ++i) ASSERT_NE(NewPair(1), 0u);
  EXPECT_GT(heap->collections(), 5u);
  heap->Collect();
  EXPECT_EQ(heap->bytes_used(), 0u);
}

TEST_F(HeapTest, NewObjectsAreZeroAfterMemoryWasUsedBefore) {
  Make({});
  for (int round = 0; round < 6; ++round) {
    for (int i = 0; i < 60'000; ++i) {
      const Ref ref = NewPair(0);
      ASSERT_EQ(Left(ref), 0u);
      ASSERT_EQ(Right(ref), 0u);
      Left(ref) = Right(ref) = MakeI31(0x3fffffff);
      Number(ref) = ~uint64_t{0};
    }
    AllocFailure failure;
    const Ref array = heap->AllocArray(bytes, 300'000, &failure);
    const uint8_t* data = heap->At<uint8_t>(array + 8);
    ASSERT_TRUE(std::all_of(data, data + 300'000, [](uint8_t byte) { return byte == 0; }));
    std::fill_n(heap->At<uint8_t>(array + 8), 300'000, 0xee);
    heap->Collect();
  }
}

// A cage that a heap leaves behind serves the next one, which finds nothing of the first.
TEST_F(HeapTest, ACageThatWasUsedIsAsNew) {
  ReleaseFreeCages();
  const uint8_t* base = nullptr;
  for (int round = 0; round < 4; ++round) {
    Make({});
    if (round == 0) base = heap->base();
    EXPECT_EQ(heap->base(), base);
    EXPECT_EQ(heap->bytes_used(), 0u);
    // The supertypes of a descriptor are padded with zeros.
    const auto* descriptor = heap->At<const abi::TypeDescriptor>(pair);
    for (uint32_t i = 1; i < descriptor->display_count; ++i) EXPECT_EQ(descriptor->display[i], 0u);
    AllocFailure failure;
    const uint32_t large = 100'000 << round;
    for (const uint32_t length : {large, 100u, 20'000u}) {
      const Ref array = heap->AllocArray(bytes, length, &failure);
      ASSERT_NE(array, 0u);
      uint8_t* const data = heap->At<uint8_t>(array + 8);
      ASSERT_TRUE(std::all_of(data, data + length, [](uint8_t byte) { return byte == 0; }));
      std::fill_n(data, length, 0xee);
    }
    for (int i = 0; i < 100'000; ++i) {
      const Ref ref = NewPair(0);
      ASSERT_EQ(Left(ref), 0u);
      ASSERT_EQ(Right(ref), 0u);
      Left(ref) = MakeI31(1);
      Number(ref) = ~uint64_t{0};
    }
    if (round % 2 != 0) heap->Collect();
    heap = nullptr;
  }
  EXPECT_EQ(ReleaseFreeCages(), 1u);
}

TEST_F(HeapTest, LongListIsTracedWithoutRecursion) {
  Make({});
  slots.push_back(0);
  for (uint64_t i = 0; i < 1'000'000; ++i) {
    const Ref ref = NewPair(i);
    Left(ref) = static_cast<Ref>(slots[0]);
    slots[0] = ref;
  }
  heap->Collect();
  uint64_t expected = 1'000'000;
  for (Ref ref = static_cast<Ref>(slots[0]); ref != 0; ref = Left(ref)) ASSERT_EQ(Number(ref), --expected);
  EXPECT_EQ(expected, 0u);
}

TEST_F(HeapTest, LargeArraysStayAndKeepTheirElementsAlive) {
  Make({});
  AllocFailure failure;
  slots.push_back(heap->AllocArray(refs, 100'000, &failure));
  for (uint32_t i = 0; i < 100'000; ++i) {
    const Ref ref = NewPair(i);
    heap->At<Ref>(static_cast<Ref>(slots[0]) + 8)[i] = ref;
  }
  const Ref array = static_cast<Ref>(slots[0]);
  heap->Collect();
  EXPECT_EQ(slots[0], array);
  for (uint32_t i = 0; i < 100'000; ++i) ASSERT_EQ(Number(heap->At<Ref>(array + 8)[i]), i);
  slots[0] = 0;
  heap->Collect();
  EXPECT_EQ(heap->bytes_used(), 0u);
}

TEST_F(HeapTest, LimitsAreHeldAndReported) {
  Make({.max_bytes = 1 << 20});
  AllocFailure failure;
  EXPECT_EQ(heap->AllocArray(bytes, 0xffffffff, &failure), 0u);
  EXPECT_EQ(failure, AllocFailure::TooLarge);
  EXPECT_EQ(heap->AllocArray(bytes, 2 << 20, &failure), 0u);
  EXPECT_EQ(failure, AllocFailure::OutOfMemory);
  slots.push_back(0);
  uint64_t count = 0;
  for (;; ++count) {
    const Ref ref = heap->AllocStruct(pair, &failure);
    if (ref == 0) break;
    Left(ref) = static_cast<Ref>(slots[0]);
    slots[0] = ref;
  }
  EXPECT_EQ(failure, AllocFailure::OutOfMemory);
  EXPECT_LE(heap->bytes_used(), uint64_t{1} << 20);
  EXPECT_GT(count, (uint64_t{1} << 20) / 24 * 9 / 10);
  slots[0] = 0;
  EXPECT_NE(NewPair(1), 0u);
}

TEST_F(HeapTest, SmallCageCanBeFilledAndEmptied) {
  if (platform::kSanitized) GTEST_SKIP() << "the sanitizer needs address space of its own";
  ReleaseFreeCages();
  rlimit old_limit;
  ASSERT_EQ(getrlimit(RLIMIT_AS, &old_limit), 0);
  uint64_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages;
  const rlimit limit{pages * 4096 + (uint64_t{100} << 20), old_limit.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_AS, &limit), 0);
  Make({});
  ASSERT_EQ(setrlimit(RLIMIT_AS, &old_limit), 0);

  AllocFailure failure;
  slots.reserve(10'000);
  while (const Ref ref = heap->AllocArray(bytes, 30'000, &failure)) {
    slots.push_back(ref);
    ASSERT_LT(slots.size(), 3'000u);
  }
  EXPECT_EQ(failure, AllocFailure::OutOfMemory);
  EXPECT_GT(slots.size() * 30'000, uint64_t{20} << 20);
  slots.clear();
  EXPECT_NE(heap->AllocArray(bytes, 30 << 20, &failure), 0u);
}

TEST_F(HeapTest, ExternBoxesCallTheirFinalizerOnce) {
  Make({});
  std::vector<uint64_t> dead;
  heap->SetExternFinalizer([&](uint64_t value) { dead.push_back(value); });
  AllocFailure failure;
  slots.push_back(heap->AllocExtern(11, &failure));
  heap->AllocExtern(22, &failure);
  heap->Collect();
  EXPECT_EQ(dead, std::vector<uint64_t>{22});
  EXPECT_EQ(heap->ExternValue(static_cast<Ref>(slots[0])), 11u);
  slots[0] = 0;
  heap->Collect();
  EXPECT_EQ(dead, (std::vector<uint64_t>{22, 11}));
  heap->Collect();
  EXPECT_EQ(dead.size(), 2u);
  heap->AllocExtern(33, &failure);
  heap.reset();
  EXPECT_EQ(dead, (std::vector<uint64_t>{22, 11, 33}));
}

TEST_F(HeapTest, PersistentRootsAndHandlesKeepObjects) {
  Make({});
  const uint32_t root = heap->AddRoot(NewPair(1));
  const uint32_t other = heap->AddRoot(NewPair(2));
  heap->RemoveRoot(other);
  HandleScope outer(*heap);
  outer.Add(NewPair(3));
  {
    HandleScope inner(*heap);
    const size_t handle = inner.Add(NewPair(4));
    heap->Collect();
    EXPECT_EQ(Number(inner[handle]), 4u);
  }
  heap->Collect();
  EXPECT_EQ(Number(heap->RootValue(root)), 1u);
  EXPECT_EQ(Number(outer[0]), 3u);
  EXPECT_EQ(heap->bytes_used(), 48u);
  EXPECT_EQ(heap->AddRoot(0), other);
}

TEST_F(HeapTest, TypeTestsFollowTheHierarchy) {
  Make({});
  AllocFailure failure;
  const Ref p = NewPair(0);
  const Ref s = heap->AllocStruct(sub, &failure);
  const Ref a = heap->AllocArray(refs, 3, &failure);
  const Ref e = heap->AllocExtern(1, &failure);
  const Ref i = MakeI31(3);
  const HeapType pair_type = HeapType::Concrete(types.canon[0]), sub_type = HeapType::Concrete(types.canon[3]);
  EXPECT_TRUE(heap->RefIs(p, pair_type));
  EXPECT_FALSE(heap->RefIs(p, sub_type));
  EXPECT_TRUE(heap->RefIs(s, pair_type));
  EXPECT_TRUE(heap->RefIs(s, sub_type));
  EXPECT_FALSE(heap->RefIs(a, pair_type));
  for (Ref ref : {i, e}) EXPECT_FALSE(heap->RefIs(ref, pair_type));
  for (Ref ref : {p, s, a, i}) EXPECT_TRUE(heap->RefIs(ref, HeapKind::Eq));
  EXPECT_FALSE(heap->RefIs(e, HeapKind::Eq));
  EXPECT_TRUE(heap->RefIs(e, HeapKind::Any));
  EXPECT_TRUE(heap->RefIs(a, HeapKind::Array));
  EXPECT_FALSE(heap->RefIs(a, HeapKind::Struct));
  EXPECT_TRUE(heap->RefIs(i, HeapKind::I31));
  EXPECT_FALSE(heap->RefIs(p, HeapKind::None));
  // A descriptor lists its supertypes by depth.
  const abi::TypeDescriptor& descriptor = heap->DescriptorOf(s);
  EXPECT_EQ(descriptor.display[0], pair);
  EXPECT_EQ(descriptor.display[1], sub);
  EXPECT_GE(descriptor.display_count, abi::TypeDescriptor::kMinDisplay);
}

TEST_F(HeapTest, FastPathAllocatesInTheCurrentChunk) {
  Make({});
  EXPECT_EQ(heap->TryAllocStruct(pair, 24), 0u);  // nothing at hand yet
  ASSERT_NE(NewPair(1), 0u);
  const Ref ref = heap->TryAllocStruct(pair, 24);
  ASSERT_NE(ref, 0u);
  EXPECT_EQ(heap->DescriptorOf(ref).type, types.canon[0]);
  EXPECT_EQ(Number(ref), 0u);
  EXPECT_EQ(heap->bytes_used(), 48u);
}

// A graph that changes at random, checked against a copy outside of the heap.
class GraphTest : public HeapTest {
 protected:
  void Run(int steps, size_t size) {
    struct Shadow {
      uint64_t number;
      int left = -1, right = -1;  // index into slots
    };
    std::mt19937 random(1);
    std::vector<Shadow> shadow(size);
    slots.assign(size, 0);
    for (size_t i = 0; i < size; ++i) {
      shadow[i].number = i;
      slots[i] = NewPair(i);
      ASSERT_NE(slots[i], 0u);
    }
    for (int step = 0; step < steps; ++step) {
      const size_t at = random() % size;
      const int to = static_cast<int>(random() % size);
      switch (random() % 4) {
        case 0:
          // A new object takes the place; whoever referred to the old one still does, so forget those links first.
          for (size_t i = 0; i < size; ++i) {
            if (shadow[i].left == static_cast<int>(at)) shadow[i].left = -1, Left(static_cast<Ref>(slots[i])) = 0;
            if (shadow[i].right == static_cast<int>(at)) shadow[i].right = -1, Right(static_cast<Ref>(slots[i])) = 0;
          }
          shadow[at] = {random()};
          slots[at] = NewPair(shadow[at].number);
          break;
        case 1:
          shadow[at].left = to, Left(static_cast<Ref>(slots[at])) = static_cast<Ref>(slots[to]);
          break;
        case 2:
          shadow[at].right = to, Right(static_cast<Ref>(slots[at])) = static_cast<Ref>(slots[to]);
          break;
        case 3: {
          AllocFailure failure;
          ASSERT_NE(heap->AllocArray(random() % 2 ? refs : bytes, random() % 20'000, &failure), 0u);
          break;
        }
      }
    }
    for (size_t i = 0; i < size; ++i) {
      const Ref ref = static_cast<Ref>(slots[i]);
      ASSERT_EQ(Number(ref), shadow[i].number);
      ASSERT_EQ(Left(ref), shadow[i].left < 0 ? 0 : static_cast<Ref>(slots[shadow[i].left]));
      ASSERT_EQ(Right(ref), shadow[i].right < 0 ? 0 : static_cast<Ref>(slots[shadow[i].right]));
    }
  }
};

TEST_F(GraphTest, SurvivesManyCollections) {
  Make({});
  Run(100'000, 500);
  EXPECT_GT(heap->collections(), 10u);
}

TEST_F(GraphTest, SurvivesACollectionAtEveryAllocation) {
  Make({.collect_at_every_allocation = true});
  Run(3000, 100);
  EXPECT_GT(heap->collections(), 1000u);
}

TEST_F(HeapTest, StressModeMovesEveryObjectEachTime) {
  Make({.collect_at_every_allocation = true});
  slots.push_back(NewPair(1));
  std::vector<Ref> places;
  for (int i = 0; i < 100; ++i) {
    places.push_back(static_cast<Ref>(slots[0]));
    ASSERT_NE(NewPair(2), 0u);
    EXPECT_NE(places.back(), slots[0]);
  }
}

using HeapDeathTest = HeapTest;

TEST_F(HeapDeathTest, StressModeUnmapsOldPlaces) {
  Make({.collect_at_every_allocation = true});
  slots.push_back(NewPair(1));
  const Ref stale = static_cast<Ref>(slots[0]);
  NewPair(2);
  EXPECT_DEATH(
      {
        volatile uint64_t number = Number(stale);
        (void)number;
      },
      "");
}

}  // namespace
}  // namespace gantry::gc
