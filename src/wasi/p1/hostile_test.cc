// Random calls with hostile arguments: nothing crashes, nothing outside the guest's memory is touched, nothing outside
// the preopen changes, no host descriptor is left behind.
#include <signal.h>
#include <sys/resource.h>

#include <random>

#include "wasi/p1/test_calls.h"
#include "wasi/p1/test_guest.h"

namespace gantry::wasi::p1 {
namespace {

class Fuzzer {
 public:
  explicit Fuzzer(uint32_t seed) : random_(seed) {}

  uint64_t Pick(uint64_t count) { return random_() % count; }

  // Mostly sensible, so that calls get far; sometimes extreme.
  uint64_t Argument(char letter) {
    static constexpr uint64_t kExtremes[] = {0,
                                             1,
                                             0x7fffffff,
                                             0x80000000,
                                             0xffffffff,
                                             0xfffffffc,
                                             FencedMemory::kSize - 1,
                                             FencedMemory::kSize,
                                             ~uint64_t{0},
                                             uint64_t{1} << 63,
                                             (uint64_t{1} << 63) - 1};
    if (Pick(6) == 0) return kExtremes[Pick(std::size(kExtremes))];
    switch (letter) {
      case 'f':
        return Pick(9);
      case 'p':
      case 'x':
      case 'v':
      case 'o':
      case 'w':
      case 'q':
        return Pick(64) * 64;
      case 'n':
        return Pick(40);
      case 'r':
        return Pick(2) ? kAllRights : random_();
      case 's':
        return Pick(100) - 50;
      default:
        return Pick(33);
    }
  }

  // Fills the memory with paths, lists and numbers at the places that arguments point to.
  void FillMemory(GuestMemory memory) {
    static constexpr const char* kTexts[] = {"a",    "b/c",       "../secret", "dir/", "dir/file", "link",
                                             "/etc", "dir/../..", "x\0y",      "\xff", "."};
    for (size_t at = 0; at + 64 <= 4096; at += 64) {
      for (size_t i = 0; i < 64; i += 4) {
        const uint32_t word = static_cast<uint32_t>(Pick(4) ? Pick(200) : random_());
        std::memcpy(memory.base + at + i, &word, sizeof(word));
      }
      if (Pick(2)) {
        const char* text = kTexts[Pick(std::size(kTexts))];
        std::memcpy(memory.base + at, text, strlen(text));
      }
    }
  }

 private:
  std::mt19937_64 random_;
};

size_t OpenHostDescriptors() {
  size_t count = 0;
  for (int fd = 0; fd < 2000; ++fd) count += fcntl(fd, F_GETFD) >= 0;
  return count;
}

TEST(WasiHostile, RandomCallsStayInTheirMemoryAndDirectory) {
  const auto old_handler = signal(SIGXFSZ, SIG_IGN);
  rlimit old_limit;
  getrlimit(RLIMIT_FSIZE, &old_limit);
  const rlimit small{1 << 20, old_limit.rlim_max};  // a guest may fill its disk; the test's stays free
  setrlimit(RLIMIT_FSIZE, &small);
  const size_t host_descriptors = OpenHostDescriptors();
  std::atomic<uint32_t> interrupted{1};  // no call may sleep
  for (uint32_t seed = 0; seed < 60; ++seed) {
    WasiConfig config = Guest::MakeConfig();
    config.max_descriptors = 100;
    Guest g(std::move(config));
    g.scratch.Mkdir("dir");
    g.scratch.Write("dir/file", "text");
    g.scratch.Link("../secret", "link");
    g.context().interrupt_flag = &interrupted;
    const FencedMemory memory;
    Fuzzer fuzzer(seed);
    for (int i = 0; i < 600; ++i) {
      if (i % 20 == 0) fuzzer.FillMemory(memory.view());
      const size_t which = fuzzer.Pick(std::size(kCalls));
      const std::string_view letters = Functions()[which].parameter_letters();
      uint64_t args[kMaxParameters] = {};
      for (size_t k = 0; k < letters.size(); ++k) args[k] = fuzzer.Argument(letters[k]);
      const Errno result = kCalls[which](g.context(), memory.view(), args);
      ASSERT_NE(ErrnoName(result), "unknown") << Functions()[which].name;
    }
    EXPECT_EQ(g.scratch.Read("../secret"), "secret");
    EXPECT_EQ(g.scratch.Read("../outside/file"), "outside");
    EXPECT_FALSE(g.scratch.Exists("../a"));
  }
  EXPECT_EQ(OpenHostDescriptors(), host_descriptors);
  setrlimit(RLIMIT_FSIZE, &old_limit);
  signal(SIGXFSZ, old_handler);
}

}  // namespace
}  // namespace gantry::wasi::p1
