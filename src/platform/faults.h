// Faults: what happens when an instruction of generated code faults. One handler for the process; signals that it does
// not want go where they would have gone without it.
//
// [F1] The handler runs on the alternate stack of the thread, if there is one (AlternateStack), with the faulting
//      thread's registers as they were.
// [F2] A fault that is not taken goes to the handler that was there before, as its flags say; SIG_DFL and, for a fault
// of
//      an instruction, SIG_IGN end the process by the same signal as ever.
//
// Tested by faults_test.cc.
#pragma once

#include <atomic>
#include <cstdint>

namespace gantry::platform {

// A fault of the running thread, and how it goes on if the handler takes it: at `pc`, with these values in the
// registers r10 and r11.
struct Fault {
  uintptr_t pc;
  uintptr_t address;  // that was accessed; 0 where there is none
  uintptr_t r10 = 0, r11 = 0;
};

// True: taken; `fault` says how to go on. Async-signal-safe.
using FaultHandler = bool (*)(Fault* fault);

// Can generated code run and fault here (x86-64 on an operating system with POSIX signals)?
bool FaultsAreSupported();

// Installs the process's handler, at the first call; later ones must give the same function. Any thread.
void InstallFaultHandler(FaultHandler handler);

// What is known of the calling thread's stack.
struct ThreadStack {
  uintptr_t low = 0, high = 0;
  bool Contains(uintptr_t address) const { return address - low < high - low; }
};

// How many threads have ended that PrepareThread was called on.
extern constinit std::atomic<uint64_t> thread_exits;

// Tells the calling thread from all others that are alive. Generated code reads it from fs:0.
inline uintptr_t ThreadPointer() {
#if defined(__x86_64__) && defined(__linux__)
  uintptr_t pointer;
  asm("movq %%fs:0, %0" : "=r"(pointer));
  return pointer;
#else
  return 0;
#endif
}

namespace internal {

// The calling thread's stack, once PrepareThread has been called; null as well when the thread is about to end.
extern constinit thread_local const ThreadStack* prepared_thread;
const ThreadStack& PrepareThreadSlowly();

}  // namespace internal

// Gives the thread an alternate signal stack unless it has one, and finds its stack's bounds. The first call of a
// thread costs some system calls, later ones nothing.
inline const ThreadStack& PrepareThread() {
  const ThreadStack* const prepared = internal::prepared_thread;
  return prepared != nullptr ? *prepared : internal::PrepareThreadSlowly();
}

}  // namespace gantry::platform
