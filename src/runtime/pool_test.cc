#include "runtime/pool.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace gantry::runtime {
namespace {

PoolLimits FourOfEach() {
  PoolLimits limits;
  for (uint32_t& total : limits.total) total = 4;
  return limits;
}

TEST(Pool, GivesAsManyAsThereAre) {
  Pool pool(FourOfEach());
  EXPECT_TRUE(pool.Take(Pooled::Memory, 3));
  Result<void> more = pool.Take(Pooled::Memory, 2);
  ASSERT_FALSE(more);
  EXPECT_EQ(more.error().Summary(), "maximum concurrent limit of 4 for memories reached");
  EXPECT_TRUE(pool.Take(Pooled::Memory, 1)) << "what was refused has taken nothing";
  EXPECT_FALSE(pool.Take(Pooled::Memory, 1));
  EXPECT_TRUE(pool.Take(Pooled::Table, 4)) << "each kind for itself";
  pool.GiveBack(Pooled::Memory, 4);
  EXPECT_TRUE(pool.Take(Pooled::Memory, 4));
}

TEST(Pool, RefusesMoreThanCouldBeCounted) {
  Pool pool(FourOfEach());
  EXPECT_TRUE(pool.Take(Pooled::Stack, 1));
  EXPECT_FALSE(pool.Take(Pooled::Stack, ~0u));
  EXPECT_TRUE(pool.Take(Pooled::Stack, 0));
}

TEST(Pool, ThreadsNeverGetMoreTogether) {
  Pool pool(FourOfEach());
  std::atomic<int> most{0}, now{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 1000; ++i) {
        if (!pool.Take(Pooled::Instance, 1)) continue;
        const int count = now.fetch_add(1) + 1;
        int seen = most.load();
        while (count > seen && !most.compare_exchange_weak(seen, count)) {
        }
        now.fetch_sub(1);
        pool.GiveBack(Pooled::Instance, 1);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_LE(most.load(), 4);
  EXPECT_TRUE(pool.Take(Pooled::Instance, 4)) << "everything has come back";
}

}  // namespace
}  // namespace gantry::runtime
