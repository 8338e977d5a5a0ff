#include "runtime/reservation.h"

#include <gtest/gtest.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/resource.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <set>
#include <vector>

#include "platform/pages.h"
#include "platform/sanitizer.h"
#include "runtime/gc/blocks.h"
#include "runtime/memory.h"

namespace gantry::runtime {
namespace {

constexpr uint64_t kFourGiB = uint64_t{4} << 30;

Reservation Take(uint64_t accessible, uint64_t wanted = kFourGiB) {
  auto taken = TakeReservation(wanted, accessible, nullptr);
  EXPECT_TRUE(taken.has_value());
  return *taken;
}

bool IsZero(const uint8_t* bytes, uint64_t size) {
  return std::all_of(bytes, bytes + size, [](uint8_t byte) { return byte == 0; });
}

sigjmp_buf fault_return;
void OnFault(int) { siglongjmp(fault_return, 1); }

// Does reading this byte fault?
bool Faults(const uint8_t* address) {
  struct sigaction action{}, old{};
  action.sa_handler = &OnFault;
  sigaction(SIGSEGV, &action, &old);
  bool faults = true;
  if (sigsetjmp(fault_return, 1) == 0) {
    *static_cast<const volatile uint8_t*>(address);
    faults = false;
  }
  sigaction(SIGSEGV, &old, nullptr);
  return faults;
}

TEST(Reservation, FreedOnesAreReused) {
  const Reservation first = Take(1 << 16);
  GiveBackReservation(first);
  const Reservation second = Take(1 << 16);
  EXPECT_EQ(second.base, first.base);
  GiveBackReservation(second);
}

// The class of bug that shows one guest another's data: dirty everything, reuse with other sizes, expect zeros and
// faults.
TEST(Reservation, NothingOfThePreviousOwnerIsSeen) {
  const uint64_t sizes[] = {1 << 16, 3 << 16, 40 << 16, 0, 4096, 1 << 16, 2 << 16};
  for (int round = 0; round < 3; ++round) {
    for (uint64_t size : sizes) {
      const Reservation r = Take(size);
      ASSERT_EQ(r.accessible, size);
      ASSERT_TRUE(IsZero(r.base, size));
      ASSERT_TRUE(Faults(r.base + size));
      ASSERT_TRUE(Faults(r.base + (uint64_t{41} << 16)));
      ASSERT_TRUE(Faults(r.base - 1));
      std::memset(r.base, 0xdd, size);
      GiveBackReservation(r);
    }
  }
}

TEST(Reservation, PagesTouchedHereAndThereAreZeroAgain) {
  constexpr uint64_t kSize = uint64_t{8} << 20;
  for (int round = 0; round < 20; ++round) {
    const Reservation r = Take(kSize);
    ASSERT_TRUE(IsZero(r.base, kSize));
    for (uint64_t at = static_cast<uint64_t>(round) * 100; at < kSize; at += 4096 * static_cast<uint64_t>(1 + round)) {
      r.base[at] = 1;
    }
    GiveBackReservation(r);
  }
}

TEST(Reservation, GrowthAfterReuseIsZeroAndExact) {
  Reservation r = Take(1 << 16);
  ASSERT_TRUE(GrowAccessible(&r, 10 << 16));
  std::memset(r.base, 0xaa, 10 << 16);
  GiveBackReservation(r);
  Reservation again = Take(1 << 16);
  EXPECT_TRUE(Faults(again.base + (1 << 16)));
  ASSERT_TRUE(GrowAccessible(&again, 10 << 16));
  EXPECT_TRUE(IsZero(again.base, 10 << 16));
  EXPECT_TRUE(Faults(again.base + (10 << 16)));
  EXPECT_FALSE(GrowAccessible(&again, kFourGiB + 1));
  GiveBackReservation(again);
}

TEST(Reservation, FreeListIsBounded) {
  ReleaseFreeReservations();
  std::vector<Reservation> taken;
  for (int i = 0; i < 200; ++i) taken.push_back(Take(1 << 16));
  std::set<uint8_t*> bases;
  for (const Reservation& r : taken) bases.insert(r.base);
  EXPECT_EQ(bases.size(), 200u);
  for (const Reservation& r : taken) GiveBackReservation(r);
  EXPECT_EQ(ReleaseFreeReservations(), 64u);
}

TEST(Reservation, ShortAddressSpaceGivesSmallerReservations) {
  if (platform::kSanitized) GTEST_SKIP() << "the sanitizer needs address space of its own";
  ReleaseFreeReservations();
  gc::ReleaseFreeCages();
  rlimit old_limit;
  ASSERT_EQ(getrlimit(RLIMIT_AS, &old_limit), 0);
  uint64_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages;
  const rlimit limit{pages * 4096 + (uint64_t{1} << 30), old_limit.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_AS, &limit), 0);
  std::vector<Reservation> taken;
  for (int i = 0; i < 5; ++i) {
    auto r = TakeReservation(kFourGiB, 1 << 20, nullptr);
    EXPECT_TRUE(r.has_value());
    if (!r) break;
    EXPECT_LT(r->capacity, kFourGiB);
    r->base[(1 << 20) - 1] = 1;
    EXPECT_TRUE(GrowAccessible(&*r, 2 << 20));
    taken.push_back(*r);
  }
  EXPECT_FALSE(TakeReservation(kFourGiB, uint64_t{2} << 30, nullptr).has_value());
  ASSERT_EQ(setrlimit(RLIMIT_AS, &old_limit), 0);
  for (const Reservation& r : taken) GiveBackReservation(r);
  ReleaseFreeReservations();
}

wasm::MemoryType Type(uint64_t min, std::optional<uint64_t> max, uint8_t page_size_log2 = 16, bool is_64 = false) {
  wasm::MemoryType type;
  type.limits = {min, max};
  type.page_size_log2 = page_size_log2;
  type.is_64 = is_64;
  return type;
}

TEST(MemoryStorage, GrowsUpToItsMaximumWithoutMoving) {
  auto memory = *MemoryStorage::Create(Type(1, 4), nullptr);
  uint8_t* base = memory->def()->base;
  base[100] = 7;
  EXPECT_EQ(memory->Grow(0, ~uint64_t{0}), 1);
  EXPECT_EQ(memory->Grow(2, ~uint64_t{0}), 1);
  EXPECT_EQ(memory->Grow(2, ~uint64_t{0}), -1);
  EXPECT_EQ(memory->Grow(~uint64_t{0}, ~uint64_t{0}), -1);
  EXPECT_EQ(memory->Grow(1, 3 << 16), -1);
  EXPECT_EQ(memory->Grow(1, ~uint64_t{0}), 3);
  EXPECT_EQ(memory->def()->base, base);
  EXPECT_EQ(base[100], 7);
  base[(4 << 16) - 1] = 1;
}

TEST(MemoryStorage, TinyPagesCountBytes) {
  auto memory = *MemoryStorage::Create(Type(5, 70'000, 0), nullptr);
  EXPECT_EQ(memory->def()->length.load(), 5u);
  EXPECT_EQ(memory->Grow(1, ~uint64_t{0}), 5);
  EXPECT_EQ(memory->pages(), 6u);
  EXPECT_EQ(memory->Grow(69'994, ~uint64_t{0}), 6);
  EXPECT_EQ(memory->Grow(1, ~uint64_t{0}), -1);
  memory->def()->base[69'999] = 1;
  // Without a maximum the size must fit the address type.
  auto open = *MemoryStorage::Create(Type(0, std::nullopt, 0), nullptr);
  EXPECT_EQ(open->Grow(uint64_t{1} << 32, ~uint64_t{0}), -1);
  EXPECT_EQ(open->Grow(0xffffffff, ~uint64_t{0}), 0);
}

TEST(MemoryStorage, BigMemoriesOf64Bits) {
  auto memory = *MemoryStorage::Create(Type(1, std::nullopt, 16, true), nullptr);
  EXPECT_EQ(memory->Grow(uint64_t{1} << 47, ~uint64_t{0}), -1);
  EXPECT_EQ(memory->Grow(100'000, ~uint64_t{0}), 1);  // beyond 4 GiB
  memory->def()->base[(uint64_t{100'000} << 16) + 5] = 1;
}

}  // namespace
}  // namespace gantry::runtime
