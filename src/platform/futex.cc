#include "platform/futex.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <climits>

namespace gantry::platform {

int64_t NowNs() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * int64_t{1000000000} + now.tv_nsec;
}

void FutexWait(const std::atomic<uint32_t>* word, uint32_t expected, int64_t deadline_ns) {
  timespec deadline{deadline_ns / 1000000000, deadline_ns % 1000000000};
  // FUTEX_WAIT_BITSET takes an absolute time, so an early return does not lengthen the wait.
  syscall(SYS_futex, word, FUTEX_WAIT_BITSET_PRIVATE, expected, deadline_ns < 0 ? nullptr : &deadline, nullptr,
          FUTEX_BITSET_MATCH_ANY);
}

void FutexWake(const std::atomic<uint32_t>* word) {
  const int saved = errno;
  syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, INT_MAX, nullptr, nullptr, 0);
  errno = saved;
}

}  // namespace gantry::platform
