// Arguments, environment, clocks, random numbers and the program's end.
#include <fmt/core.h>
#include <sched.h>

#include "platform/clock.h"
#include "platform/random.h"
#include "wasi/p1/functions.h"

namespace gantry::wasi::p1 {

static Errno PutStrings(const StringList& list, GuestMemory memory, uint32_t pointers, uint32_t bytes) {
  const uint64_t pointer_bytes = uint64_t{list.count()} * sizeof(uint32_t);
  uint8_t* to_pointers = memory.At(pointers, pointer_bytes);
  uint8_t* to_bytes = memory.At(bytes, list.bytes().size());
  if (!to_pointers || !to_bytes) return Errno::Fault;
  for (uint32_t i = 0; i < list.count(); ++i) {
    const uint32_t address = bytes + list.offsets()[i];
    std::memcpy(to_pointers + size_t{i} * sizeof(address), &address, sizeof(address));
  }
  std::memcpy(to_bytes, list.bytes().data(), list.bytes().size());
  return Errno::Success;
}

static Errno PutSizes(const StringList& list, GuestMemory memory, uint32_t count, uint32_t size) {
  if (!memory.Has(count, 4) || !memory.Has(size, 4)) return Errno::Fault;
  memory.Store(count, list.count());
  memory.Store(size, static_cast<uint32_t>(list.bytes().size()));
  return Errno::Success;
}

Errno ArgsGet(WasiContext& context, GuestMemory memory, uint32_t argv, uint32_t argv_buf) {
  return PutStrings(context.args(), memory, argv, argv_buf);
}

Errno ArgsSizesGet(WasiContext& context, GuestMemory memory, uint32_t argc, uint32_t argv_buf_size) {
  return PutSizes(context.args(), memory, argc, argv_buf_size);
}

Errno EnvironGet(WasiContext& context, GuestMemory memory, uint32_t environ, uint32_t environ_buf) {
  return PutStrings(context.env(), memory, environ, environ_buf);
}

Errno EnvironSizesGet(WasiContext& context, GuestMemory memory, uint32_t environ_count, uint32_t environ_buf_size) {
  return PutSizes(context.env(), memory, environ_count, environ_buf_size);
}

// The interface numbers its clocks as platform::Clock does.
static constexpr uint32_t kClocks = 4;
static_assert(static_cast<uint32_t>(platform::Clock::ThreadCpu) == kClocks - 1);

Errno ClockResGet(WasiContext&, GuestMemory memory, uint32_t id, uint32_t resolution) {
  if (id >= kClocks) return Errno::Invalid;
  const uint64_t nanos = platform::ClockResolution(static_cast<platform::Clock>(id));
  return memory.Store(resolution, nanos) ? Errno::Success : Errno::Fault;
}

Errno ClockTimeGet(WasiContext&, GuestMemory memory, uint32_t id, uint64_t, uint32_t time) {
  if (id >= kClocks) return Errno::Invalid;
  const uint64_t nanos = platform::ClockNow(static_cast<platform::Clock>(id));
  return memory.Store(time, nanos) ? Errno::Success : Errno::Fault;
}

Errno RandomGet(WasiContext& context, GuestMemory memory, uint32_t buf, uint32_t buf_len) {
  if (buf_len > context.max_random_bytes()) {
    context.Fail(Error(ErrorClass::Limit, fmt::format("random_get: requested len {} exceeds limit {}", buf_len,
                                                      context.max_random_bytes())));
    return Errno::NoMemory;
  }
  uint8_t* to = memory.At(buf, buf_len);
  if (!to) return Errno::Fault;
  const int error = platform::SecureRandom(to, buf_len);
  return error ? FromHost(error) : Errno::Success;
}

Errno SchedYield(WasiContext&, GuestMemory) {
  sched_yield();
  return Errno::Success;
}

Errno ProcRaise(WasiContext&, GuestMemory, uint32_t) { return Errno::NotSupported; }

void ProcExit(WasiContext& context, GuestMemory, uint32_t code) { context.exit_code = code; }

}  // namespace gantry::wasi::p1
