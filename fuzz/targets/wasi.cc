// Input: choices of calls of WASI 0.1 and of their arguments, over a folder of its own. No call harms the process,
// reaches beyond the guest's memory (which lies between fences) or the folder, or keeps a host descriptor; answers are
// errno values.
#include <sys/resource.h>

#include <atomic>
#include <csignal>
#include <cstring>
#include <memory>

#include "byte_choices.h"
#include "target.h"
#include "wasi/host/test_scratch.h"
#include "wasi/p1/test_calls.h"

using namespace gantry;
using namespace gantry::wasi;
using fuzz::ByteChoices;
using fuzz::Require;

namespace {

constexpr uint32_t kMostCalls = 200;
constexpr uint32_t kPlaces = 64, kPlaceSize = 64;  // where arguments may point

// What the process must not do on behalf of any guest.
void LimitProcess() {
  std::signal(SIGXFSZ, SIG_IGN);
  std::signal(SIGPIPE, SIG_IGN);
  rlimit limit;
  getrlimit(RLIMIT_FSIZE, &limit);
  limit.rlim_cur = 1 << 20;
  setrlimit(RLIMIT_FSIZE, &limit);
}

// The lowest descriptor number that is free: it moves when one is leaked.
int LowestFree() {
  const int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
  close(fd);
  return fd;
}

void FillPlaces(ByteChoices& choices, GuestMemory memory) {
  static constexpr const char* kTexts[] = {
      "file",      "dir",          "dir/nested/file", "link", "out", "abs/etc", "../secret",
      "dir/../..", "new",          "dir/new",         "/etc", ".",   "..",      "dir/",
      "loop",      "out-dir/file", "dir-link/nested", "x\xff"};
  const uint32_t place = choices.Below(kPlaces);
  if (choices.Chance(60)) {
    const char* text = kTexts[choices.Below(std::size(kTexts))];
    std::memcpy(memory.base + place * kPlaceSize, text, strlen(text));
    return;
  }
  for (uint32_t i = 0; i < kPlaceSize; i += 8) {
    const uint64_t word = choices.Interesting64();
    std::memcpy(memory.base + place * kPlaceSize + i, &word, sizeof(word));
  }
}

uint64_t Argument(ByteChoices& choices, char letter) {
  if (choices.Chance(12)) return choices.Interesting64();
  switch (letter) {
    case 'f':
      return choices.Below(10);
    case 'p':
    case 'x':
    case 'v':
    case 'o':
    case 'w':
    case 'q':
      return uint64_t{choices.Below(kPlaces)} * kPlaceSize;
    case 'n':
      return choices.Below(12);
    case 'r':
      return choices.Chance(80) ? p1::kAllRights : choices.Interesting64();
    default:
      return choices.Below(40);
  }
}

std::shared_ptr<WasiContext> MakeContext(const ScratchDir& scratch) {
  WasiConfig config;
  config.args = {"program", "one"};
  config.env = {"A=1"};
  config.preopens.push_back({scratch.inside(), "/", false});
  config.preopens.push_back({scratch.inside(), "/ro", true});
  config.max_descriptors = 64;
  auto context = WasiContext::Create(std::move(config));
  Require(context.has_value(), "the folder can be opened");
  return *context;
}

}  // namespace

int FuzzOne(const uint8_t* data, size_t size) {
  static const int limited = (LimitProcess(), 0);
  static const auto memory = std::make_unique<p1::FencedMemory>();
  static std::atomic<uint32_t> interrupted{1};  // no call may sleep
  (void)limited;
  ByteChoices choices({data, size});
  const int free_before = LowestFree();
  {
    const ScratchDir scratch;
    scratch.MakeTree();
    scratch.Link("loop", "loop");
    SetPathResolver(choices.Chance(50) ? PathResolver::Walk : PathResolver::Auto);
    const std::shared_ptr<WasiContext> context = MakeContext(scratch);
    context->interrupt_flag = &interrupted;
    const GuestMemory view = memory->view();
    std::memset(view.base, 0, view.size);
    for (uint32_t i = 0; i < kMostCalls && !choices.at_end(); ++i) {
      FillPlaces(choices, view);
      const uint32_t which = choices.Below(std::size(p1::kCalls));
      const p1::FunctionInfo& info = p1::Functions()[which];
      uint64_t args[p1::kMaxParameters] = {};
      for (size_t k = 0; k < info.parameter_letters().size(); ++k)
        args[k] = Argument(choices, info.parameter_letters()[k]);
      const p1::Errno result = p1::kCalls[which](*context, view, args);
      Require(p1::ErrnoName(result) != "unknown", "answers are errno values", std::string(info.name));
    }
    Require(scratch.Read("../secret") == "secret" && scratch.Read("../outside/file") == "outside",
            "nothing outside changes");
    Require(!scratch.Exists("../new") && !scratch.Exists("../file") && !scratch.Exists("../outside/new"),
            "nothing appears outside");
  }
  Require(LowestFree() == free_before, "no host descriptor is kept");
  return 0;
}
