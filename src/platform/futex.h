// A word to sleep on until another thread (or a signal handler) wakes it.
#pragma once

#include <atomic>
#include <cstdint>

namespace gantry::platform {

// Monotonic clock.
int64_t NowNs();

// Sleeps while *word == expected, until woken or the monotonic clock reaches `deadline_ns` (negative: no deadline). May
// return early.
void FutexWait(const std::atomic<uint32_t>* word, uint32_t expected, int64_t deadline_ns);
// Wakes every sleeper. Async-signal-safe; keeps errno; harmless if the word is gone.
void FutexWake(const std::atomic<uint32_t>* word);

}  // namespace gantry::platform
