// Clocks of the host, in nanoseconds. Inline: a reading is one vDSO call.
#pragma once

#include <time.h>

#include <cstdint>

namespace gantry::platform {

enum class Clock : uint8_t { Realtime, Monotonic, ProcessCpu, ThreadCpu };

constexpr clockid_t HostClock(Clock clock) {
  switch (clock) {
    case Clock::Realtime:
      return CLOCK_REALTIME;
    case Clock::Monotonic:
      return CLOCK_MONOTONIC;
    case Clock::ProcessCpu:
      return CLOCK_PROCESS_CPUTIME_ID;
    case Clock::ThreadCpu:
      return CLOCK_THREAD_CPUTIME_ID;
  }
  return CLOCK_MONOTONIC;
}

constexpr uint64_t kNanosPerSecond = 1'000'000'000;

// Times before 1970 are 0; times beyond 2554 stick at the largest value.
constexpr uint64_t ToNanos(const timespec& t) {
  if (t.tv_sec < 0) return 0;
  uint64_t nanos = 0;
  if (__builtin_mul_overflow(static_cast<uint64_t>(t.tv_sec), kNanosPerSecond, &nanos)) return ~uint64_t{0};
  if (__builtin_add_overflow(nanos, static_cast<uint64_t>(t.tv_nsec), &nanos)) return ~uint64_t{0};
  return nanos;
}

constexpr timespec FromNanos(uint64_t nanos) {
  return timespec{.tv_sec = static_cast<time_t>(nanos / kNanosPerSecond),
                  .tv_nsec = static_cast<long>(nanos % kNanosPerSecond)};
}

inline uint64_t ClockNow(Clock clock) {
  timespec now{};
  clock_gettime(HostClock(clock), &now);
  return ToNanos(now);
}

inline uint64_t ClockResolution(Clock clock) {
  timespec resolution{};
  clock_getres(HostClock(clock), &resolution);
  return ToNanos(resolution);
}

}  // namespace gantry::platform
