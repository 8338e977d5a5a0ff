#include "platform/fiber.h"

#include <gtest/gtest.h>

#include <cfenv>
#include <cstring>
#include <functional>
#include <thread>
#include <vector>

#include "platform/pages.h"
#include "platform/sanitizer.h"

namespace gantry::platform {
namespace {

std::unique_ptr<FiberStack> TakeStack(uint64_t size = kMinFiberStack) {
  auto stack = FiberStack::Take(size);
  if (!stack) ADD_FAILURE() << stack.error().Summary();
  return stack ? *std::move(stack) : nullptr;
}

// A fiber that runs a function object.
class Running {
 public:
  explicit Running(std::function<void(Fiber&)> body) : body_(std::move(body)), fiber_(TakeStack(), &Enter, this) {}
  Fiber& fiber() { return fiber_; }

 private:
  static void Enter(void* self) { static_cast<Running*>(self)->body_(static_cast<Running*>(self)->fiber_); }
  std::function<void(Fiber&)> body_;
  Fiber fiber_;
};

TEST(Fiber, GoesOnWhereItSuspended) {
  std::vector<int> seen;
  Running running([&](Fiber& fiber) {
    for (int i = 0; i < 3; ++i) {
      seen.push_back(i);
      fiber.Suspend();
    }
  });
  EXPECT_FALSE(running.fiber().has_begun());
  for (int i = 0; i < 3; ++i) {
    running.fiber().Resume();
    seen.push_back(100 + i);
    EXPECT_FALSE(running.fiber().has_returned());
  }
  running.fiber().Resume();
  EXPECT_TRUE(running.fiber().has_returned());
  EXPECT_EQ(seen, (std::vector<int>{0, 100, 1, 101, 2, 102}));
}

// The compiler may think that a function stays on its thread, so this one asks anew each time.
[[gnu::noinline]] std::thread::id ThreadNow() {
  asm volatile("" ::: "memory");
  return std::this_thread::get_id();
}

TEST(Fiber, GoesOnOnAnotherThread) {
  std::vector<std::thread::id> ids;
  Running running([&](Fiber& fiber) {
    ids.push_back(ThreadNow());
    fiber.Suspend();
    ids.push_back(ThreadNow());
  });
  running.fiber().Resume();
  std::thread other([&] {
    running.fiber().Resume();
    EXPECT_EQ(ids[1], std::this_thread::get_id());
  });
  other.join();
  EXPECT_TRUE(running.fiber().has_returned());
  EXPECT_EQ(ids[0], std::this_thread::get_id());
}

TEST(Fiber, NestsInAFiber) {
  std::vector<int> seen;
  Running outer([&](Fiber& self) {
    Running inner([&](Fiber& deeper) {
      seen.push_back(1);
      deeper.Suspend();
      seen.push_back(3);
    });
    inner.fiber().Resume();
    seen.push_back(2);
    self.Suspend();
    inner.fiber().Resume();
  });
  outer.fiber().Resume();
  seen.push_back(0);
  outer.fiber().Resume();
  EXPECT_EQ(seen, (std::vector<int>{1, 2, 0, 3}));
}

TEST(Fiber, KeepsItsRoundingMode) {
  int inside = -1;
  Running running([&](Fiber& fiber) {
    std::fesetround(FE_UPWARD);
    fiber.Suspend();
    inside = std::fegetround();
  });
  running.fiber().Resume();
  EXPECT_EQ(std::fegetround(), FE_TONEAREST);
  running.fiber().Resume();
  EXPECT_EQ(inside, FE_UPWARD);
  EXPECT_EQ(std::fegetround(), FE_TONEAREST);
}

TEST(Fiber, HasAnAlignedStackOfTheSizeAskedFor) {
  bool aligned = false;
  uintptr_t address = 0;
  auto stack = TakeStack(kMinFiberStack + 1);
  const uintptr_t top = reinterpret_cast<uintptr_t>(stack->top());
  const uint64_t size = stack->size();
  EXPECT_EQ(size, kMinFiberStack + kPageSize);
  struct Seen {
    bool* aligned;
    uintptr_t* address;
  } seen{&aligned, &address};
  Fiber fiber(
      std::move(stack),
      [](void* arg) {
        alignas(16) volatile char local[16] = {};
        auto* out = static_cast<Seen*>(arg);
        *out->address = reinterpret_cast<uintptr_t>(__builtin_frame_address(0));
        *out->aligned = reinterpret_cast<uintptr_t>(&local) % 16 == 0;
      },
      &seen);
  fiber.Resume();
  EXPECT_TRUE(aligned);
  EXPECT_LT(address, top);
  EXPECT_GT(address, top - size);
}

TEST(Fiber, StacksAreReused) {
  uint8_t* const top = TakeStack()->top();
  EXPECT_EQ(TakeStack()->top(), top);
}

TEST(Fiber, RefusesAStackThatCannotExist) {
  EXPECT_FALSE(FiberStack::Take(~uint64_t{0}));
  EXPECT_FALSE(FiberStack::Take(uint64_t{1} << 60));
}

// The page below a stack faults; the process that ran over it ends.
TEST(FiberDeathTest, RunningOverTheEndFaults) {
  if (kSanitized) GTEST_SKIP() << "sanitizers report it in their own way";
  auto stack = TakeStack();
  volatile uint8_t* const low = stack->top() - stack->size();
  *low = 1;
  EXPECT_DEATH(low[-1] = 1, "");
}

}  // namespace
}  // namespace gantry::platform
