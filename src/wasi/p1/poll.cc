// poll_oneoff: waits for the first of a set of clocks and descriptors.
//
// [I1] The list is bounded by kMaxSubscriptions and read once, since it lies in guest memory; at most as many events
// are written as
//      there are subscriptions, into a range checked before waiting.
#include <errno.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <limits>
#include <vector>

#include "platform/clock.h"
#include "wasi/p1/functions.h"
#include "wasi/p1/wait.h"

namespace gantry::wasi::p1 {

namespace {

constexpr uint32_t kMaxSubscriptions = 16384;  // pollfds of 128 KiB on the host's side

// When a clock subscription fires, as a time of the host's monotonic clock; its error if the clock cannot be waited
// for.
struct Deadline {
  Errno error = Errno::Success;
  uint64_t monotonic = kNever;
};

Deadline DecodeClock(const SubscriptionClock& clock, uint64_t now) {
  Deadline deadline;
  if (clock.flags & ~kAbstime) {
    deadline.error = Errno::Invalid;
  } else if (clock.id > static_cast<uint32_t>(platform::Clock::Monotonic)) {
    deadline.error =
        clock.id <= static_cast<uint32_t>(platform::Clock::ThreadCpu) ? Errno::NotSupported : Errno::Invalid;
  } else {
    uint64_t wait = clock.timeout;
    if (clock.flags & kAbstime) {
      const uint64_t current = platform::ClockNow(static_cast<platform::Clock>(clock.id));
      wait = clock.timeout > current ? clock.timeout - current : 0;
    }
    if (__builtin_add_overflow(now, wait, &deadline.monotonic)) deadline.monotonic = kNever;
  }
  return deadline;
}

// One subscription after decoding.
struct Wait {
  uint64_t userdata;
  EventType type;
  Errno error = Errno::Success;  // known at once; the event is reported without waiting
  bool ready = false;            // likewise
  int poll_index = -1;           // into the pollfds
  uint64_t deadline = kNever;
};

// Bytes that can be read without blocking, as far as the host tells.
uint64_t Readable(int fd) {
  struct stat info;
  if (fstat(fd, &info) == 0 && S_ISREG(info.st_mode)) {
    const off_t at = lseek(fd, 0, SEEK_CUR);
    return at >= 0 && info.st_size > at ? static_cast<uint64_t>(info.st_size - at) : 0;
  }
  int bytes = 0;
  return ioctl(fd, FIONREAD, &bytes) == 0 && bytes > 0 ? static_cast<uint64_t>(bytes) : 0;
}

class Poller {
 public:
  explicit Poller(WasiContext& context) : context_(context), now_(platform::ClockNow(platform::Clock::Monotonic)) {}

  void Reserve(uint32_t count) { waits_.reserve(count); }

  Errno Add(uint64_t userdata, EventType type, const SubscriptionClock& clock, uint32_t fd) {
    Wait wait{.userdata = userdata, .type = type};
    switch (type) {
      case EventType::Clock: {
        const Deadline deadline = DecodeClock(clock, now_);
        wait.error = deadline.error;
        wait.deadline = deadline.monotonic;
        break;
      }
      case EventType::FdRead:
      case EventType::FdWrite:
        AddDescriptor(fd, &wait);
        break;
      default:
        return Errno::Invalid;
    }
    immediate_ |= wait.ready || wait.error != Errno::Success;
    earliest_ = std::min(earliest_, wait.deadline);
    waits_.push_back(wait);
    return Errno::Success;
  }

  // Waits until something can be reported.
  Errno Run() {
    const Errno error = WaitForAny(context_, fds_, immediate_ ? now_ : earliest_);
    now_ = platform::ClockNow(platform::Clock::Monotonic);
    return error;
  }

  // Writes the events that occurred, returns how many.
  uint32_t Report(GuestMemory memory, uint32_t out) const {
    uint32_t count = 0;
    for (const Wait& wait : waits_) {
      Event event{};
      if (!Occurred(wait, &event)) continue;
      memory.Store(out + count * static_cast<uint32_t>(sizeof(Event)), event);
      ++count;
    }
    return count;
  }

 private:
  void AddDescriptor(uint32_t fd, Wait* wait) {
    const Rights right = wait->type == EventType::FdRead ? kFdRead : kFdWrite;
    Descriptor* descriptor = nullptr;
    wait->error = context_.descriptors().Find(fd, kPollFdReadwrite | right, &descriptor);
    if (wait->error != Errno::Success) return;
    if (descriptor->kind != Descriptor::Kind::Host) {
      wait->ready = true;  // a null or callback stream never blocks
      return;
    }
    wait->poll_index = static_cast<int>(fds_.size());
    fds_.push_back(
        {.fd = descriptor->fd, .events = static_cast<short>(right == kFdRead ? POLLIN : POLLOUT), .revents = 0});
  }

  bool Occurred(const Wait& wait, Event* event) const {
    event->userdata = wait.userdata;
    event->type = wait.type;
    event->error = static_cast<uint16_t>(wait.error);
    if (wait.error != Errno::Success || wait.ready) return true;
    if (wait.type == EventType::Clock) return now_ >= wait.deadline;
    const pollfd& item = fds_[static_cast<size_t>(wait.poll_index)];
    if (item.revents == 0) return false;
    if (item.revents & POLLNVAL) event->error = static_cast<uint16_t>(Errno::BadFd);
    if (item.revents & POLLHUP) event->flags = kHangup;
    if (wait.type == EventType::FdRead) event->nbytes = Readable(item.fd);
    return true;
  }

  WasiContext& context_;
  uint64_t now_;
  uint64_t earliest_ = kNever;
  bool immediate_ = false;
  std::vector<Wait> waits_;
  std::vector<pollfd> fds_;
};

// `Layout` is Subscription or Subscription_p0; `fd_offset` is where the descriptor's number lies in it.
template <class Layout>
Errno Poll(WasiContext& context, GuestMemory memory, uint32_t in, uint32_t out, uint32_t count, uint32_t nevents,
           size_t fd_offset) {
  if (count == 0 || count > kMaxSubscriptions) return Errno::Invalid;
  const uint8_t* from = memory.At(in, uint64_t{count} * sizeof(Layout));
  if (!from || !memory.Has(out, uint64_t{count} * sizeof(Event)) || !memory.Has(nevents, sizeof(uint32_t)))
    return Errno::Fault;
  if (Errno error = context.Afford(uint64_t{count} * (sizeof(Layout) + sizeof(Event))); error != Errno::Success)
    return error;
  Poller poller(context);
  poller.Reserve(count);
  for (uint32_t i = 0; i < count; ++i) {
    const uint8_t* at = from + size_t{i} * sizeof(Layout);
    Layout subscription;
    std::memcpy(&subscription, at, sizeof(subscription));
    uint32_t fd;
    std::memcpy(&fd, reinterpret_cast<const uint8_t*>(&subscription) + fd_offset, sizeof(fd));
    if (Errno error = poller.Add(subscription.userdata, subscription.tag, subscription.clock, fd);
        error != Errno::Success)
      return error;
  }
  if (Errno error = poller.Run(); error != Errno::Success) return error;
  memory.Store(nevents, poller.Report(memory, out));
  return Errno::Success;
}

}  // namespace

Errno PollOneoff(WasiContext& context, GuestMemory memory, uint32_t in, uint32_t out, uint32_t count,
                 uint32_t nevents) {
  return Poll<Subscription>(context, memory, in, out, count, nevents, offsetof(Subscription, clock));
}

Errno PollOneoff_p0(WasiContext& context, GuestMemory memory, uint32_t in, uint32_t out, uint32_t count,
                    uint32_t nevents) {
  return Poll<Subscription_p0>(context, memory, in, out, count, nevents, offsetof(Subscription_p0, identifier));
}

}  // namespace gantry::wasi::p1
