// Threads, where the host may refuse them: std::thread ends a program without exceptions then.
#pragma once

#include <pthread.h>

#include <cstdint>
#include <functional>

namespace gantry::platform {

// How many threads can run at once on this machine; at least 1.
uint32_t ProcessorCount();

class Thread {
 public:
  Thread() = default;
  Thread(const Thread&) = delete;
  Thread& operator=(const Thread&) = delete;
  ~Thread();  // waits for it

  // False if the host refuses. Once; `work` must not throw.
  bool Start(std::function<void()> work);
  bool is_started() const { return is_started_; }
  void Join();
  // It runs on its own from now on, at most as long as the process.
  void Detach();

 private:
  pthread_t thread_{};
  bool is_started_ = false;
};

// Runs `work` on the calling thread and on up to `threads` - 1 others at once; returns when all are done. `work` takes
// its share from something they have in common, so that any number of threads does all of it: a host that refuses
// threads costs time and nothing else. `work` must not throw.
void RunOnThreads(uint32_t threads, const std::function<void()>& work);

}  // namespace gantry::platform
