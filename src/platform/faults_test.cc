#include "platform/faults.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <thread>

namespace gantry::platform {
namespace {

constexpr int kTaken = 42, kPassedOn = 43;

// Each runs in a process of its own, which has its own handlers.
class Faults : public testing::Test {
 protected:
  void SetUp() override {
    if (!FaultsAreSupported()) GTEST_SKIP();
    testing::FLAGS_gtest_death_test_style = "threadsafe";
  }
};

bool Refuse(Fault*) { return false; }

void SetEarlier(int signal, void (*handler)(int)) {
  struct sigaction action = {};
  action.sa_handler = handler;
  sigaction(signal, &action, nullptr);
}

void TouchNothing() { *reinterpret_cast<volatile int*>(uintptr_t{16}) = 1; }

TEST_F(Faults, ATakenFaultGoesOnElsewhere) {
  EXPECT_EXIT(
      {
        InstallFaultHandler([](Fault* fault) {
          if (fault->address != 16) _exit(1);
          fault->pc = reinterpret_cast<uintptr_t>(+[] { _exit(kTaken); });
          return true;
        });
        TouchNothing();
      },
      testing::ExitedWithCode(kTaken), "");
}

TEST_F(Faults, AnotherHandlerGetsWhatIsNotTaken) {
  EXPECT_EXIT(
      {
        SetEarlier(SIGSEGV, [](int) { _exit(kPassedOn); });
        InstallFaultHandler(&Refuse);
        TouchNothing();
      },
      testing::ExitedWithCode(kPassedOn), "");
}

TEST_F(Faults, AHandlerThatWantsInformationGetsIt) {
  EXPECT_EXIT(
      {
        struct sigaction action = {};
        action.sa_flags = SA_SIGINFO;
        action.sa_sigaction = [](int, siginfo_t* info, void* context) {
          _exit(info->si_addr == reinterpret_cast<void*>(16) && context != nullptr ? kPassedOn : 1);
        };
        sigaction(SIGSEGV, &action, nullptr);
        InstallFaultHandler(&Refuse);
        TouchNothing();
      },
      testing::ExitedWithCode(kPassedOn), "");
}

TEST_F(Faults, TheDefaultActionEndsTheProcess) {
  for (auto handler : {SIG_DFL, SIG_IGN}) {
    EXPECT_EXIT(
        {
          SetEarlier(SIGSEGV, handler);
          InstallFaultHandler(&Refuse);
          TouchNothing();
        },
        testing::KilledBySignal(SIGSEGV), "");
  }
}

TEST_F(Faults, SignalsThatAreSentAreNoFaults) {
  EXPECT_EXIT(
      {
        SetEarlier(SIGFPE, SIG_IGN);
        SetEarlier(SIGSEGV, SIG_DFL);
        InstallFaultHandler([](Fault*) {
          _exit(1);
          return true;
        });
        raise(SIGFPE);
        raise(SIGSEGV);
      },
      testing::KilledBySignal(SIGSEGV), "");
}

TEST_F(Faults, ThreadsHaveAnAlternateStack) {
  std::thread([] {
    const ThreadStack& stack = PrepareThread();
    stack_t alternate;
    ASSERT_EQ(sigaltstack(nullptr, &alternate), 0);
    EXPECT_EQ(alternate.ss_flags & SS_DISABLE, 0);
    // Not a variable's address: AddressSanitizer keeps those elsewhere.
    EXPECT_TRUE(stack.Contains(reinterpret_cast<uintptr_t>(__builtin_frame_address(0))));
    EXPECT_FALSE(stack.Contains(stack.high));
    EXPECT_FALSE(stack.Contains(stack.low - 1));
    // Whoever has one keeps it.
    EXPECT_EQ(&PrepareThread(), &stack);
  }).join();
}

}  // namespace
}  // namespace gantry::platform
