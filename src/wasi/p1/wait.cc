#include "wasi/p1/wait.h"

#include <errno.h>

#include <algorithm>

#include "platform/clock.h"

namespace gantry::wasi::p1 {

// How long an interrupt may go unnoticed. Only guests that can be interrupted wake up this often.
static constexpr uint64_t kSlice = 20'000'000;

Errno WaitForAny(WasiContext& context, std::span<pollfd> fds, uint64_t deadline) {
  for (;;) {
    if (context.interrupt_flag && context.interrupt_flag->load(std::memory_order_relaxed)) {
      context.needs_attention = true;
      return Errno::Interrupted;
    }
    uint64_t wait = deadline;
    if (deadline != kNever) {
      const uint64_t now = platform::ClockNow(platform::Clock::Monotonic);
      wait = deadline > now ? deadline - now : 0;
    }
    const bool is_last = !context.interrupt_flag || wait <= kSlice;
    const timespec timeout = platform::FromNanos(is_last ? wait : kSlice);
    const bool forever = is_last && wait == kNever;
    const int ready = ppoll(fds.data(), fds.size(), forever ? nullptr : &timeout, nullptr);
    if (ready < 0 && errno != EINTR) return FromHost(errno);
    if (ready > 0 || (ready == 0 && is_last)) return Errno::Success;
  }
}

Errno WaitReadable(WasiContext& context, int fd) {
  if (!context.interrupt_flag) return Errno::Success;
  pollfd item{.fd = fd, .events = POLLIN, .revents = 0};
  return WaitForAny(context, {&item, 1}, kNever);
}

}  // namespace gantry::wasi::p1
