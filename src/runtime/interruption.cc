// Interruption of a store's code: requests of the host, epoch deadlines, fuel.
//
// The flag that code polls (StoreContext::interrupt_pending) only says "ask"; the truth is interrupt_requested_ and the
// epoch's deadline. [I1] Whoever makes the truth true sets the flag afterwards; OnPoll clears the flag before it reads
// the truth. So a request that
//      comes at any moment is seen by this poll or leaves the flag set for the next one.
// [I2] A passed deadline stays passed: OnPoll leaves the flag set until the embedder moves the deadline.
// [I3] Native code polls at function entries by its stack limit, which is raised along with the flag and comes back
// down with it; whoever
//      lowers it looks at the truth afterwards.
// Interrupt and NotifyEpoch use only atomics and a futex wake, so signal handlers may call them.
// Tested by interruption_test.cc.
#include <algorithm>
#include <limits>

#include "platform/futex.h"
#include "runtime/store.h"

namespace gantry::runtime {

using abi::Status;
using abi::TrapCode;

namespace {

// The slice that code counts down is signed; the rest of the budget waits in the reserve.
constexpr uint64_t kMaxSlice = uint64_t{1} << 62;

uint64_t MaxSlice(uint64_t interval) { return interval == 0 ? kMaxSlice : std::min(interval, kMaxSlice); }

}  // namespace

void Store::AskToStop() {
  context_.interrupt_pending.store(1);
  if (config_.epoch_interruption) context_.native_stack_limit.store(~uintptr_t{0});  // [I3]
}

void Store::StartNativeStack(uintptr_t sp, uintptr_t end) {
  end = std::max(
      {end, reinterpret_cast<uintptr_t>(native_stack_bound_), sp - std::min<uint64_t>(sp, config_.max_wasm_stack)});
  context_.native_stack_end = end;
  // Mostly the limit is as the last run left it, and an ordered write costs what the rest of a call costs.
  if (context_.native_stack_limit.load(std::memory_order_relaxed) == end) return;
  context_.native_stack_limit.store(end);
  if (context_.interrupt_pending.load() != 0) AskToStop();  // [I3]
}

void Store::Interrupt() {
  interrupt_requested_.store(true);
  AskToStop();  // [I1]
  Wake();
}

void Store::NotifyEpoch(uint64_t now) {
  if (now < epoch_deadline_.load()) return;
  AskToStop();  // [I1]
  Wake();
}

bool Store::interrupt_is_due() const {
  if (interrupt_requested_.load()) return true;
  const std::atomic<uint64_t>* epoch = epoch_.load();
  return epoch != nullptr && epoch->load() >= epoch_deadline_.load();
}

Status Store::OnPoll() {
  context_.interrupt_pending.store(0);                           // [I1]
  context_.native_stack_limit.store(context_.native_stack_end);  // [I3]
  if (interrupt_requested_.exchange(false)) {
    // A deadline may have passed as well.
    if (interrupt_is_due()) AskToStop();
    Trap(TrapCode::Interrupt);
    return Status::Interrupt;
  }
  if (!interrupt_is_due()) return Status::Ok;
  if (epoch_callback_) {
    const EpochCallback callback = epoch_callback_;  // it may be replaced while it runs, or while it lets others run
    const std::expected<uint64_t, Status> ticks = callback();
    if (!ticks) {
      context_.interrupt_pending.store(1);  // [I2]
      return ticks.error();
    }
    const std::atomic<uint64_t>* epoch = epoch_.load();
    const uint64_t now = epoch->load();
    SetEpochDeadline(epoch, *ticks > ~uint64_t{0} - now ? ~uint64_t{0} : now + *ticks);
    return Status::Ok;
  }
  AskToStop();  // [I2]
  return Trap(TrapCode::Interrupt);
}

void Store::SetEpochDeadline(const std::atomic<uint64_t>* counter, uint64_t deadline) {
  epoch_deadline_.store(deadline);
  epoch_.store(counter);
  // An increment between the two stores and before may have seen the old deadline.
  if (interrupt_is_due()) AskToStop();
}

Status Store::OnFuel() {
  const uint64_t owed = context_.fuel < 0 ? static_cast<uint64_t>(-context_.fuel) : 0;
  if (owed > fuel_reserve_) {
    context_.fuel = 0;
    fuel_reserve_ = 0;
    return Trap(TrapCode::OutOfFuel);
  }
  const uint64_t slice = std::min(fuel_reserve_, std::max(MaxSlice(fuel_interval_), owed));
  fuel_reserve_ -= slice;
  context_.fuel += static_cast<int64_t>(slice);
  if (fuel_interval_ == 0) return Status::Ok;
  const std::function<Status()> yield = yield_fuel_;  // likewise
  return yield();
}

void Store::SetFuelYield(uint64_t interval, std::function<Status()> yield) {
  fuel_interval_ = interval;
  yield_fuel_ = std::move(yield);
  SetFuel(Fuel());
}

Status Store::ChargeFuel(uint64_t units) {
  const auto charge = static_cast<int64_t>(std::min<uint64_t>(units, std::numeric_limits<int64_t>::max()));
  if (__builtin_sub_overflow(context_.fuel, charge, &context_.fuel))
    context_.fuel = -std::numeric_limits<int64_t>::max();
  return context_.fuel < 0 ? OnFuel() : Status::Ok;
}

void Store::SetFuel(uint64_t fuel) {
  const uint64_t slice = std::min(fuel, MaxSlice(fuel_interval_));
  context_.fuel = static_cast<int64_t>(slice);
  fuel_reserve_ = fuel - slice;
}

uint64_t Store::Fuel() const {
  const uint64_t slice = context_.fuel > 0 ? static_cast<uint64_t>(context_.fuel) : 0;
  return slice + fuel_reserve_;
}

}  // namespace gantry::runtime
