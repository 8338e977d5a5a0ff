#include <unistd.h>

#include <thread>

#include "platform/clock.h"
#include "wasi/p1/test_guest.h"

namespace gantry::wasi::p1 {
namespace {

constexpr uint32_t kIn = 1024;
constexpr uint32_t kEvents = 2048;
constexpr uint64_t kMilli = 1'000'000;

Subscription ClockSub(uint64_t userdata, uint64_t timeout, uint32_t id = 1, uint16_t flags = 0) {
  Subscription sub{};
  sub.userdata = userdata;
  sub.tag = EventType::Clock;
  sub.clock = {.id = id, .padding = 0, .timeout = timeout, .precision = 0, .flags = flags, .padding2 = {}};
  return sub;
}

Subscription FdSub(uint64_t userdata, EventType type, uint32_t fd) {
  Subscription sub{};
  sub.userdata = userdata;
  sub.tag = type;
  sub.clock.id = fd;  // the number lies first in the union
  return sub;
}

class WasiPoll : public testing::Test {
 protected:
  WasiPoll() {
    int ends[2];
    if (pipe(ends) != 0) abort();
    WasiConfig config;
    config.in = StreamConfig::File(platform::OwnedFd(ends[0]));
    write_end_.Reset(ends[1]);
    guest_ = std::make_unique<Guest>(std::move(config));
  }
  std::vector<Event> Poll(std::initializer_list<Subscription> subs) {
    uint32_t at = kIn;
    for (const Subscription& sub : subs) {
      std::memcpy(guest_->at(at), &sub, sizeof(sub));
      at += sizeof(sub);
    }
    error_ = PollOneoff(guest_->context(), guest_->memory(), kIn, kEvents, static_cast<uint32_t>(subs.size()), kOut);
    std::vector<Event> events;
    for (uint32_t i = 0; error_ == Errno::Success && i < guest_->U32(kOut); ++i) {
      events.push_back(guest_->Value<Event>(kEvents + i * static_cast<uint32_t>(sizeof(Event))));
    }
    return events;
  }

  std::unique_ptr<Guest> guest_;
  platform::OwnedFd write_end_;
  Errno error_ = Errno::Success;
};

TEST_F(WasiPoll, ClocksWaitAsLongAsAsked) {
  for (const uint32_t id : {0u, 1u}) {
    const uint64_t before = platform::ClockNow(platform::Clock::Monotonic);
    const auto events = Poll({ClockSub(7, 20 * kMilli, id), ClockSub(8, 3600'000 * kMilli, id)});
    EXPECT_GE(platform::ClockNow(platform::Clock::Monotonic) - before, 20 * kMilli);
    ASSERT_EQ(events.size(), 1u);
    EXPECT_EQ(events[0].userdata, 7u);
    EXPECT_EQ(events[0].type, EventType::Clock);
    EXPECT_EQ(events[0].error, 0);
  }
}

TEST_F(WasiPoll, AbsoluteTimesInThePastFireAtOnce) {
  const uint64_t now = platform::ClockNow(platform::Clock::Monotonic);
  EXPECT_EQ(Poll({ClockSub(1, now - 1, 1, kAbstime), ClockSub(2, 5, 0, kAbstime), ClockSub(3, 0)}).size(), 3u);
  const auto events = Poll({ClockSub(1, now + 10 * kMilli, 1, kAbstime), ClockSub(2, ~uint64_t{0})});
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].userdata, 1u);
}

TEST_F(WasiPoll, DescriptorsBecomeReady) {
  auto events = Poll({FdSub(1, EventType::FdRead, 0), ClockSub(2, 5 * kMilli)});
  ASSERT_EQ(events.size(), 1u) << "nothing to read: the clock fires";
  EXPECT_EQ(events[0].userdata, 2u);
  ASSERT_EQ(write(write_end_.get(), "abc", 3), 3);
  events = Poll({FdSub(1, EventType::FdRead, 0), ClockSub(2, 3600'000 * kMilli)});
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].userdata, 1u);
  EXPECT_EQ(events[0].nbytes, 3u);
  write_end_.Reset();
  events = Poll({FdSub(1, EventType::FdRead, 0)});
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].flags, kHangup);
  EXPECT_EQ(Poll({FdSub(1, EventType::FdWrite, 1), FdSub(2, EventType::FdWrite, 2)}).size(), 2u);
}

TEST_F(WasiPoll, FilesAreAlwaysReady) {
  guest_->scratch.Write("file", "0123456789");
  const uint32_t fd = guest_->MustOpen("file");
  ASSERT_EQ(guest_->Read(fd, 4), "0123");
  const auto events = Poll({FdSub(1, EventType::FdRead, fd), FdSub(2, EventType::FdWrite, fd)});
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[0].nbytes, 6u);
}

TEST_F(WasiPoll, FaultsOfOneSubscriptionAreItsEvent) {
  const auto events = Poll({FdSub(1, EventType::FdRead, 99), FdSub(2, EventType::FdRead, 1), ClockSub(3, 0, 77),
                            ClockSub(4, 0, 2), ClockSub(5, 0, 1, 2), ClockSub(6, 3600'000 * kMilli)});
  ASSERT_EQ(events.size(), 5u);
  EXPECT_EQ(events[0].error, static_cast<uint16_t>(Errno::BadFd));
  EXPECT_EQ(events[1].error, static_cast<uint16_t>(Errno::BadFd)) << "output only";
  EXPECT_EQ(events[2].error, static_cast<uint16_t>(Errno::Invalid));
  EXPECT_EQ(events[3].error, static_cast<uint16_t>(Errno::NotSupported));
  EXPECT_EQ(events[4].error, static_cast<uint16_t>(Errno::Invalid));
}

TEST_F(WasiPoll, HostileArguments) {
  Guest& g = *guest_;
  EXPECT_EQ(PollOneoff(g.context(), g.memory(), kIn, kEvents, 0, kOut), Errno::Invalid);
  EXPECT_EQ(PollOneoff(g.context(), g.memory(), 0, 0, 0xffffffff, kOut), Errno::Invalid);
  EXPECT_EQ(PollOneoff(g.context(), g.memory(), kMemorySize - 47, kEvents, 1, kOut), Errno::Fault);
  EXPECT_EQ(PollOneoff(g.context(), g.memory(), kIn, kMemorySize - 31, 1, kOut), Errno::Fault);
  EXPECT_EQ(PollOneoff(g.context(), g.memory(), kIn, kEvents, 1, kMemorySize - 3), Errno::Fault);
  Subscription bad{};
  bad.tag = static_cast<EventType>(3);
  Poll({bad});
  EXPECT_EQ(error_, Errno::Invalid);
}

TEST_F(WasiPoll, InterruptsEndWaits) {
  Guest& g = *guest_;
  std::atomic<uint32_t> flag{0};
  g.context().interrupt_flag = &flag;
  std::thread interrupter([&] {
    usleep(30'000);
    flag = 1;
  });
  Poll({ClockSub(1, 3600'000 * kMilli)});
  EXPECT_EQ(error_, Errno::Interrupted);
  EXPECT_TRUE(g.context().needs_attention);
  interrupter.join();
  g.context().needs_attention = false;
  EXPECT_EQ(g.Read(0), "!intr") << "nothing has been written to the pipe";
  EXPECT_TRUE(g.context().needs_attention);
  flag = 0;
  EXPECT_EQ(Poll({ClockSub(1, 30 * kMilli)}).size(), 1u) << "waits longer than a slice reach their end";
  ASSERT_EQ(write(write_end_.get(), "abc", 3), 3);
  EXPECT_EQ(g.Read(0), "abc");
}

TEST_F(WasiPoll, Preview0HasItsOwnLayout) {
  Guest& g = *guest_;
  Subscription_p0 subs[2] = {};
  subs[0].userdata = 5;
  subs[0].tag = EventType::FdWrite;
  subs[0].identifier = 1;  // where its descriptor lies
  subs[1].userdata = 6;
  subs[1].tag = EventType::Clock;
  subs[1].identifier = 99;
  subs[1].clock = {.id = 1, .padding = 0, .timeout = 0, .precision = 0, .flags = 0, .padding2 = {}};
  std::memcpy(g.at(kIn), subs, sizeof(subs));
  ASSERT_EQ(PollOneoff_p0(g.context(), g.memory(), kIn, kEvents, 2, kOut), Errno::Success);
  ASSERT_EQ(g.U32(kOut), 2u);
  EXPECT_EQ(g.Value<Event>(kEvents).userdata, 5u);
  EXPECT_EQ(g.Value<Event>(kEvents + 32).userdata, 6u);
}

}  // namespace
}  // namespace gantry::wasi::p1
