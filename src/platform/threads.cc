#include "platform/threads.h"

#include <algorithm>
#include <memory>
#include <thread>
#include <vector>

namespace gantry::platform {

namespace {

void* Run(void* work) {
  const std::unique_ptr<std::function<void()>> owned(static_cast<std::function<void()>*>(work));
  (*owned)();
  return nullptr;
}

}  // namespace

Thread::~Thread() {
  if (is_started_) Join();
}

bool Thread::Start(std::function<void()> work) {
  auto owned = std::make_unique<std::function<void()>>(std::move(work));
  if (pthread_create(&thread_, nullptr, &Run, owned.get()) != 0) return false;
  owned.release();
  return is_started_ = true;
}

void Thread::Join() {
  pthread_join(thread_, nullptr);
  is_started_ = false;
}

void Thread::Detach() {
  pthread_detach(thread_);
  is_started_ = false;
}

uint32_t ProcessorCount() { return std::max(1u, std::thread::hardware_concurrency()); }

void RunOnThreads(uint32_t threads, const std::function<void()>& work) {
  std::vector<std::unique_ptr<Thread>> others;
  for (uint32_t i = 1; i < threads; ++i) {
    others.push_back(std::make_unique<Thread>());
    if (!others.back()->Start([&work] { work(); })) break;
  }
  work();
}

}  // namespace gantry::platform
