// Interrupts, epochs and fuel; and atomic waits, which they end. Threads here make it worth running under
// ThreadSanitizer.
#include <gtest/gtest.h>

#include <atomic>
#include <cstring>
#include <thread>
#include <vector>

#include "platform/futex.h"
#include "runtime/instance.h"
#include "runtime/shared_bytes.h"

namespace gantry::runtime {
namespace {

using abi::Status;
using abi::TrapCode;

bool Pending(Store& store) { return store.context()->interrupt_pending.load() != 0; }

TEST(Interruption, RequestIsSeenByTheNextPollOnce) {
  Store store{StoreConfig{}};
  store.Interrupt();
  ASSERT_TRUE(Pending(store));
  EXPECT_EQ(store.OnPoll(), Status::Interrupt);
  EXPECT_EQ(store.TakeTrap().code, TrapCode::Interrupt);
  EXPECT_FALSE(Pending(store));
  EXPECT_EQ(store.OnPoll(), Status::Ok);
}

TEST(Interruption, NoRequestIsLostBetweenThreads) {
  Store store{StoreConfig{}};
  constexpr int kRequests = 2000;
  std::atomic<int> seen{0};
  std::thread interrupter([&] {
    for (int i = 0; i < kRequests; ++i) {
      store.Interrupt();
      while (seen.load() <= i) std::this_thread::yield();  // hangs if one is lost
    }
  });
  while (seen.load() < kRequests) {
    if (Pending(store) && store.OnPoll() == Status::Interrupt) seen.fetch_add(1);
    std::this_thread::yield();
  }
  interrupter.join();
}

TEST(Interruption, PassedDeadlineStaysPassed) {
  Store store{StoreConfig{}};
  std::atomic<uint64_t> epoch{5};
  store.SetEpochDeadline(&epoch, 7);
  EXPECT_FALSE(Pending(store));
  epoch = 6;
  store.NotifyEpoch(6);
  EXPECT_FALSE(Pending(store));
  epoch = 7;
  store.NotifyEpoch(7);
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(Pending(store));
    EXPECT_EQ(store.OnPoll(), Status::Trap);
    EXPECT_EQ(store.TakeTrap().code, TrapCode::Interrupt);
  }
  store.SetEpochDeadline(&epoch, 9);
  EXPECT_EQ(store.OnPoll(), Status::Ok);
  EXPECT_FALSE(Pending(store));
  store.SetEpochDeadline(&epoch, 7);  // already passed
  EXPECT_TRUE(Pending(store));
}

TEST(Interruption, CallbackMovesTheDeadline) {
  Store store{StoreConfig{}};
  std::atomic<uint64_t> epoch{1};
  int asked = 0;
  store.SetEpochCallback([&]() -> std::expected<uint64_t, abi::Status> {
    if (++asked == 3) return std::unexpected(store.Trap(abi::TrapCode::Interrupt));
    return 2;
  });
  store.SetEpochDeadline(&epoch, 1);
  EXPECT_EQ(store.OnPoll(), Status::Ok);
  EXPECT_FALSE(Pending(store));
  epoch = 3;
  store.NotifyEpoch(3);
  EXPECT_EQ(store.OnPoll(), Status::Ok);
  epoch = 5;
  store.NotifyEpoch(5);
  EXPECT_EQ(store.OnPoll(), Status::Trap);
  EXPECT_EQ(asked, 3);
}

TEST(Fuel, BudgetIsSliceAndReserve) {
  Store store{StoreConfig{}};
  EXPECT_EQ(store.Fuel(), 0u);
  store.SetFuel(~uint64_t{0});
  EXPECT_EQ(store.Fuel(), ~uint64_t{0});
  store.context()->fuel -= 100;
  EXPECT_EQ(store.Fuel(), ~uint64_t{0} - 100);
  // Code has used up the slice and three units more.
  store.context()->fuel = -3;
  const uint64_t reserve = store.Fuel();
  EXPECT_EQ(store.OnFuel(), Status::Ok);
  EXPECT_GE(store.context()->fuel, 0);
  EXPECT_EQ(store.Fuel(), reserve - 3);
  store.SetFuel(10);
  store.context()->fuel -= 11;
  EXPECT_EQ(store.OnFuel(), Status::Trap);
  EXPECT_EQ(store.TakeTrap().code, TrapCode::OutOfFuel);
  EXPECT_EQ(store.Fuel(), 0u);
}

// --- atomics

class AtomicsTest : public testing::Test {
 protected:
  AtomicsTest() {
    wasm::MemoryType type;
    type.limits = {1, 100};
    type.is_shared = true;
    memory = *MemoryStorage::Create(type, nullptr);
    bytes = memory->def()->base;
  }
  std::shared_ptr<MemoryStorage> memory;
  uint8_t* bytes;
};

TEST_F(AtomicsTest, WaitComparesFirst) {
  Store store{StoreConfig{}};
  uint32_t result = 9;
  EXPECT_EQ(AtomicWait32(store, bytes, 1, -1, &result), Status::Ok);
  EXPECT_EQ(result, 1u);
  EXPECT_EQ(AtomicWait64(store, bytes, 1, -1, &result), Status::Ok);
  EXPECT_EQ(result, 1u);
  EXPECT_EQ(AtomicNotify(bytes, 1), 0u);
}

TEST_F(AtomicsTest, WaitTimesOut) {
  Store store{StoreConfig{}};
  uint32_t result = 9;
  const int64_t before = platform::NowNs();
  EXPECT_EQ(AtomicWait32(store, bytes, 0, 5'000'000, &result), Status::Ok);
  EXPECT_EQ(result, 2u);
  EXPECT_GE(platform::NowNs() - before, 5'000'000);
  EXPECT_EQ(AtomicWait64(store, bytes, 0, 0, &result), Status::Ok);
  EXPECT_EQ(result, 2u);
}

TEST_F(AtomicsTest, NotifyWakesAsManyAsAsked) {
  std::atomic<int> woken{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 6; ++i) {
    threads.emplace_back([&] {
      Store store{StoreConfig{}};
      uint32_t result;
      ASSERT_EQ(AtomicWait32(store, bytes + 8, 0, -1, &result), Status::Ok);
      ASSERT_EQ(result, 0u);
      woken.fetch_add(1);
    });
  }
  EXPECT_EQ(AtomicNotify(bytes + 12, 100), 0u);  // another address
  uint32_t total = 0;
  while (total < 2) total += AtomicNotify(bytes + 8, 2 - total);
  while (woken.load() < 2) std::this_thread::yield();
  EXPECT_EQ(woken.load(), 2);
  while (total < 6) total += AtomicNotify(bytes + 8, ~0u);
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(woken.load(), 6);
}

TEST_F(AtomicsTest, PingPongLosesNoNotification) {
  constexpr uint32_t kRounds = 500;
  const auto play = [&](uint32_t parity) {
    Store store{StoreConfig{}};
    auto* word = reinterpret_cast<uint32_t*>(bytes);
    for (uint32_t turn = parity; turn < kRounds; turn += 2) {
      for (;;) {
        const uint32_t now = __atomic_load_n(word, __ATOMIC_SEQ_CST);
        if (now == turn) break;
        uint32_t result;
        ASSERT_EQ(AtomicWait32(store, bytes, now, -1, &result), Status::Ok);
      }
      __atomic_store_n(word, turn + 1, __ATOMIC_SEQ_CST);
      AtomicNotify(bytes, 1);
    }
  };
  std::thread other(play, 1);
  play(0);
  other.join();
}

TEST_F(AtomicsTest, InterruptEndsAWait) {
  for (int i = 0; i < 50; ++i) {
    Store store{StoreConfig{}};
    std::thread interrupter([&] {
      if (i % 2) std::this_thread::sleep_for(std::chrono::milliseconds(1));
      store.Interrupt();
    });
    uint32_t result;
    EXPECT_EQ(AtomicWait32(store, bytes, 0, -1, &result), Status::Interrupt);
    interrupter.join();
    EXPECT_EQ(AtomicNotify(bytes, 1), 0u);  // it left the queue
  }
}

TEST_F(AtomicsTest, EpochEndsAWaitUnlessTheCallbackGoesOn) {
  Store store{StoreConfig{}};
  std::atomic<uint64_t> epoch{0};
  int asked = 0;
  store.SetEpochCallback([&]() -> std::expected<uint64_t, abi::Status> {
    if (++asked == 5) return std::unexpected(store.Trap(abi::TrapCode::Interrupt));
    return 1;
  });
  store.SetEpochDeadline(&epoch, 1);
  std::atomic<bool> done{false};
  std::thread ticker([&] {
    while (!done) {
      store.NotifyEpoch(epoch.fetch_add(1) + 1);
      std::this_thread::sleep_for(std::chrono::microseconds(300));
    }
  });
  uint32_t result;
  EXPECT_EQ(AtomicWait32(store, bytes, 0, -1, &result), Status::Trap);
  EXPECT_EQ(asked, 5);
  done = true;
  ticker.join();
}

TEST_F(AtomicsTest, SharedMemoryGrowsInOrder) {
  std::vector<std::thread> threads;
  std::atomic<int64_t> sum{0};
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&] {
      for (int k = 0; k < 33; ++k) {
        const int64_t old = memory->Grow(1, ~uint64_t{0});
        ASSERT_GE(old, 1);
        sum.fetch_add(old);
        // What a thread got it may use at once.
        __atomic_store_n(bytes + (old << 16), uint8_t{1}, __ATOMIC_RELAXED);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(memory->pages(), 100u);
  EXPECT_EQ(sum.load(), 99 * 100 / 2);  // each old size was seen once
  EXPECT_EQ(memory->Grow(1, ~uint64_t{0}), -1);
}

TEST_F(AtomicsTest, BulkAccessesRaceWithoutHarm) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&, i] {
      const std::vector<uint8_t> source(5000, static_cast<uint8_t>(i));
      for (int k = 0; k < 20; ++k) {
        FillShared(bytes + 3, static_cast<uint8_t>(i), 5000);
        CopyToShared(bytes + 1001, source.data(), source.size());
        MoveShared(bytes + 10, bytes + 3, 4000);
        MoveShared(bytes + 3, bytes + 11, 4000);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST(SharedBytes, MovesLikeMemmove) {
  for (size_t from : {0, 1, 8, 13}) {
    for (size_t to : {0, 1, 5, 8, 16, 21}) {
      for (size_t count : {0, 1, 7, 8, 40, 100}) {
        alignas(8) uint8_t actual[160], expected[160];
        for (size_t i = 0; i < 160; ++i) actual[i] = expected[i] = static_cast<uint8_t>(i * 7);
        MoveShared(actual + to, actual + from, count);
        std::memmove(expected + to, expected + from, count);
        ASSERT_EQ(std::memcmp(actual, expected, 160), 0) << from << " " << to << " " << count;
        FillShared(actual + to, 0x5a, count);
        std::memset(expected + to, 0x5a, count);
        ASSERT_EQ(std::memcmp(actual, expected, 160), 0);
      }
    }
  }
}

}  // namespace
}  // namespace gantry::runtime
