// Waiting for host descriptors in a way that an interrupt of the guest ends.
#pragma once

#include <poll.h>

#include <cstdint>
#include <span>

#include "wasi/p1/context.h"

namespace gantry::wasi::p1 {

inline constexpr uint64_t kNever = ~uint64_t{0};

// Waits until one of the descriptors is ready (their revents say which), the monotonic clock reaches `deadline`, or an
// interrupt.
Errno WaitForAny(WasiContext& context, std::span<pollfd> fds, uint64_t deadline);

// Waits until `fd` can be read from. Returns at once when nobody could interrupt the wait: the read itself may wait
// then.
Errno WaitReadable(WasiContext& context, int fd);

}  // namespace gantry::wasi::p1
