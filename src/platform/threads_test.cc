#include "platform/threads.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <mutex>
#include <set>
#include <thread>

#include "platform/sanitizer.h"

namespace gantry::platform {
namespace {

TEST(Threads, AllOfThemWork) {
  std::mutex mutex;
  std::set<std::thread::id> seen;
  std::atomic<int> arrived{0};
  RunOnThreads(3, [&] {
    {
      std::lock_guard lock(mutex);
      seen.insert(std::this_thread::get_id());
    }
    for (arrived.fetch_add(1); arrived.load() < 3;) std::this_thread::yield();  // all three are there at once
  });
  EXPECT_EQ(seen.size(), 3u);
  EXPECT_EQ(seen.count(std::this_thread::get_id()), 1u);
}

TEST(Threads, OneMeansTheCaller) {
  std::thread::id worker;
  RunOnThreads(1, [&] { worker = std::this_thread::get_id(); });
  EXPECT_EQ(worker, std::this_thread::get_id());
  EXPECT_GE(ProcessorCount(), 1u);
}

TEST(Threads, OneIsJoinedOrRunsOn) {
  std::atomic<int> done{0};
  {
    Thread thread;
    ASSERT_TRUE(thread.Start([&] { done.fetch_add(1); }));
    EXPECT_TRUE(thread.is_started());
  }
  EXPECT_EQ(done.load(), 1);
  Thread thread;
  ASSERT_TRUE(thread.Start([&] { done.fetch_add(1); }));
  thread.Detach();
  EXPECT_FALSE(thread.is_started());
  while (done.load() != 2) std::this_thread::yield();
}

// A child whose address space is full: no stack for a thread can be had.
TEST(Threads, RefusedOnesAreDoneWithout) {
  if (kSanitized) GTEST_SKIP() << "sanitizers need address space";
  const pid_t child = fork();
  if (child == 0) {
    const rlimit none{1, 1};
    if (setrlimit(RLIMIT_AS, &none) != 0) _exit(2);
    // Stacks of threads that are gone may be there.
    bool is_refused = false;
    for (int i = 0; i < 1000 && !is_refused; ++i) {
      pthread_t sleeper;
      is_refused = pthread_create(&sleeper, nullptr, [](void*) -> void* { return pause(), nullptr; }, nullptr) != 0;
    }
    std::atomic<int> left{1000}, done{0};
    RunOnThreads(4, [&] {
      while (left.fetch_sub(1) > 0) done.fetch_add(1);
    });
    Thread thread;
    is_refused = is_refused && !thread.Start([] {}) && !thread.is_started();
    _exit(is_refused && done.load() == 1000 ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

}  // namespace
}  // namespace gantry::platform
