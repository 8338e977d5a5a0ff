#include "platform/threads.h"

#include <pthread.h>

#include <algorithm>
#include <thread>
#include <vector>

namespace gantry::platform {

namespace {

void* RunWork(void* work) {
  (*static_cast<const std::function<void()>*>(work))();
  return nullptr;
}

}  // namespace

uint32_t ProcessorCount() { return std::max(1u, std::thread::hardware_concurrency()); }

void RunOnThreads(uint32_t threads, const std::function<void()>& work) {
  // Not std::thread, which ends a program without exceptions when the host refuses.
  std::vector<pthread_t> others;
  for (uint32_t i = 1; i < threads; ++i) {
    pthread_t other;
    if (pthread_create(&other, nullptr, &RunWork, const_cast<std::function<void()>*>(&work)) != 0) break;
    others.push_back(other);
  }
  work();
  for (pthread_t other : others) pthread_join(other, nullptr);
}

}  // namespace gantry::platform
