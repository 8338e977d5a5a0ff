#include "cli/program.h"

#include <gtest/gtest.h>
#include <pthread.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>

#include "platform/sanitizer.h"

namespace gantry::cli {
namespace {

// From here on no thread can be had: there is memory for a store, but not for the stack of a thread, which has 8 MiB.
bool UseUpThreads() {
  std::FILE* const file = std::fopen("/proc/self/statm", "r");
  unsigned long pages = 0;
  if (file == nullptr || std::fscanf(file, "%lu", &pages) != 1) return false;
  const rlimit little{(pages << 12) + (4u << 20), (pages << 12) + (4u << 20)};
  if (setrlimit(RLIMIT_AS, &little) != 0) return false;
  pthread_t sleeper;
  for (int i = 0; i < 1000; ++i) {
    if (pthread_create(&sleeper, nullptr, [](void*) -> void* { return pause(), nullptr; }, nullptr) != 0) return true;
  }
  return false;
}

// A program that was to be stopped after a while must not run when nobody will stop it.
TEST(Program, WithoutItsTimerNothingRuns) {
  if (platform::kSanitized) GTEST_SKIP() << "sanitizers need address space";
  const pid_t child = fork();
  if (child == 0) {
    Settings settings;
    if (!settings.Add(Option::Wasm, "timeout", "10s")) _exit(2);
    Program program(settings);
    auto module = program.Compile({0, 'a', 's', 'm', 1, 0, 0, 0});
    if (!module || !program.Instantiate(**module, "empty.wasm")) _exit(3);
    if (!UseUpThreads()) _exit(4);
    program.NewStore();
    const auto instance = program.Instantiate(**module, "empty.wasm");
    if (instance) _exit(5);
    const std::optional<Error>& error = instance.error().failure.error;
    _exit(error && error->message().find("refuses the thread") != std::string::npos ? 0 : 6);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

}  // namespace
}  // namespace gantry::cli
