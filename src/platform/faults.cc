#include "platform/faults.h"

#include <pthread.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <mutex>

#include "base/check.h"

namespace gantry::platform {

namespace {

constexpr int kSignals[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE};
constexpr size_t kSignalCount = std::size(kSignals);
// Room for the earlier handlers, which may print a report.
constexpr size_t kAlternateStackBytes = size_t{64} << 10;

FaultHandler the_handler = nullptr;
struct sigaction earlier[kSignalCount];

size_t IndexOf(int signal) {
  return static_cast<size_t>(std::find(kSignals, kSignals + kSignalCount, signal) - kSignals);
}

#if defined(__x86_64__) && defined(__linux__)

constexpr bool kSupported = true;

bool Take(siginfo_t* info, void* context) {
  greg_t* const registers = static_cast<ucontext_t*>(context)->uc_mcontext.gregs;
  Fault fault{static_cast<uintptr_t>(registers[REG_RIP]), reinterpret_cast<uintptr_t>(info->si_addr)};
  if (!the_handler(&fault)) return false;
  registers[REG_RIP] = static_cast<greg_t>(fault.pc);
  registers[REG_R10] = static_cast<greg_t>(fault.r10);
  registers[REG_R11] = static_cast<greg_t>(fault.r11);
  return true;
}

#else

constexpr bool kSupported = false;

bool Take(siginfo_t*, void*) { return false; }

#endif

// [F2]
void PassOn(int signal, siginfo_t* info, void* context) {
  struct sigaction& action = earlier[IndexOf(signal)];
  const bool is_fault = info->si_code > 0;  // made by the processor, not by kill() and the like
  if ((action.sa_flags & SA_SIGINFO) != 0) {
    action.sa_sigaction(signal, info, context);
    return;
  }
  if (action.sa_handler == SIG_IGN && !is_fault) return;
  if (action.sa_handler != SIG_DFL && action.sa_handler != SIG_IGN) {
    action.sa_handler(signal);
    return;
  }
  // The instruction faults again and finds the default action; a signal that was sent is sent again.
  struct sigaction plain = {};
  plain.sa_handler = SIG_DFL;
  sigaction(signal, &plain, nullptr);
  if (!is_fault) raise(signal);
}

void OnSignal(int signal, siginfo_t* info, void* context) {
  const int saved_errno = errno;
  // Only what the processor raised can be a fault of generated code.
  if (info->si_code <= 0 || !Take(info, context)) PassOn(signal, info, context);
  errno = saved_errno;
}

}  // namespace

bool FaultsAreSupported() { return kSupported; }

void InstallFaultHandler(FaultHandler handler) {
  static std::once_flag once;
  std::call_once(once, [&] {
    the_handler = handler;
    for (size_t i = 0; i < kSignalCount; ++i) {
      struct sigaction action = {};
      action.sa_sigaction = &OnSignal;
      action.sa_flags = SA_SIGINFO | SA_ONSTACK;
      sigemptyset(&action.sa_mask);
      // What was there must be known before the first signal can come.
      GANTRY_CHECK(sigaction(kSignals[i], nullptr, &earlier[i]) == 0);
      GANTRY_CHECK(sigaction(kSignals[i], &action, nullptr) == 0);
    }
  });
  GANTRY_CHECK(the_handler == handler, "one fault handler for the process");
}

namespace {

class Thread {
 public:
  Thread() {
    FindBounds();
    stack_t current;
    if (sigaltstack(nullptr, &current) != 0 || (current.ss_flags & SS_DISABLE) == 0) return;
    void* memory = mmap(nullptr, kAlternateStackBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) return;  // [F1]: it goes without
    const stack_t own{.ss_sp = memory, .ss_flags = 0, .ss_size = kAlternateStackBytes};
    if (sigaltstack(&own, nullptr) != 0) {
      munmap(memory, kAlternateStackBytes);
      return;
    }
    memory_ = memory;
  }

  ~Thread() {
    internal::prepared_thread = nullptr;
    thread_exits.fetch_add(1);
    if (memory_ == nullptr) return;
    stack_t current;
    if (sigaltstack(nullptr, &current) != 0) return;
    if (current.ss_sp == memory_) {
      const stack_t none{.ss_sp = nullptr, .ss_flags = SS_DISABLE, .ss_size = 0};
      if (sigaltstack(&none, nullptr) != 0) return;
    }
    munmap(memory_, kAlternateStackBytes);
  }

  const ThreadStack& stack() const { return stack_; }

 private:
  void FindBounds() {
    pthread_attr_t attributes;
    if (pthread_getattr_np(pthread_self(), &attributes) != 0) return;
    void* low = nullptr;
    size_t size = 0;
    if (pthread_attr_getstack(&attributes, &low, &size) == 0) {
      stack_.low = reinterpret_cast<uintptr_t>(low);
      stack_.high = stack_.low + size;
    }
    pthread_attr_destroy(&attributes);
  }

  void* memory_ = nullptr;
  ThreadStack stack_;
};

}  // namespace

constinit std::atomic<uint64_t> thread_exits{0};

namespace internal {

constinit thread_local const ThreadStack* prepared_thread = nullptr;

const ThreadStack& PrepareThreadSlowly() {
  thread_local Thread thread;
  prepared_thread = &thread.stack();
  return thread.stack();
}

}  // namespace internal

}  // namespace gantry::platform
