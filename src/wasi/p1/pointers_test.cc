// Every function with every pointer out of bounds, one at a time, from arguments with which it succeeds: it says so and
// changes nothing. And every other argument at its extremes: whatever the answer, it is an errno.
#include <sys/socket.h>
#include <sys/un.h>

#include "wasi/p1/test_calls.h"
#include "wasi/p1/test_guest.h"

namespace gantry::wasi::p1 {
namespace {

using platform::OwnedFd;

constexpr uint32_t kListener = 3, kStream = 4, kFolder = 5, kFile = 7;
constexpr uint32_t kFirstText = 0x1000, kSecondText = 0x1100, kList = 0x1200, kListData = 0x1300, kOutput = 0x2000,
                   kStep = 0x400,
                   kZeros = 0x8000;  // as a subscription: a clock that is due

// What a function needs to succeed.
struct Setting {
  std::string_view function;
  uint32_t fd = kFile;
  const char* first_path = "file";
  const char* second_path = "new";
  uint64_t u = 0;         // flags and numbers
  bool may_fail = false;  // there is nothing with which it succeeds
};
constexpr Setting kSettings[] = {
    {.function = "fd_prestat_get", .fd = kFolder},
    {.function = "fd_prestat_dir_name", .fd = kFolder},
    {.function = "fd_readdir", .fd = kFolder},
    {.function = "path_create_directory", .fd = kFolder, .first_path = "new"},
    {.function = "path_filestat_get", .fd = kFolder},
    {.function = "path_filestat_set_times", .fd = kFolder},
    {.function = "path_link", .fd = kFolder},
    {.function = "path_open", .fd = kFolder},
    {.function = "path_readlink", .fd = kFolder, .first_path = "link"},
    {.function = "path_remove_directory", .fd = kFolder, .first_path = "dir"},
    {.function = "path_rename", .fd = kFolder},
    {.function = "path_symlink", .fd = kFolder},
    {.function = "path_unlink_file", .fd = kFolder},
    {.function = "proc_raise", .may_fail = true},
    {.function = "sock_accept", .fd = kListener},
    {.function = "sock_recv", .fd = kStream},
    {.function = "sock_send", .fd = kStream},
    {.function = "sock_shutdown", .fd = kStream, .u = 1},
};

Setting SettingOf(std::string_view function) {
  for (const Setting& setting : kSettings) {
    if (setting.function == function) return setting;
  }
  return {.function = function};
}

bool IsPointer(char letter) { return std::string_view("pxvowq").find(letter) != std::string_view::npos; }

// A socket that listens, with a connection waiting.
OwnedFd MakeListener(OwnedFd* client) {
  OwnedFd listener(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  client->Reset(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  socklen_t size = sizeof(sa_family_t);  // the kernel picks a name
  if (bind(listener.get(), reinterpret_cast<sockaddr*>(&address), size) != 0 || listen(listener.get(), 4) != 0) abort();
  size = sizeof(address);
  if (getsockname(listener.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0 ||
      connect(client->get(), reinterpret_cast<sockaddr*>(&address), size) != 0) {
    abort();
  }
  return listener;
}

// One call of one function in a fresh world.
class Trial {
 public:
  explicit Trial(size_t row)
      : row_(row), setting_(SettingOf(Functions()[row].name)), guest_(MakeConfig(&client_, &peer_)) {
    guest_.scratch.Write("file", "text");
    guest_.scratch.Mkdir("dir");
    guest_.scratch.Link("file", "link");
    EXPECT_EQ(guest_.MustOpen("file", 0, kReadWrite, 0, kFolder), kFile);
    FillMemory();
    ChooseArguments();
  }

  std::string_view letters() const { return Functions()[row_].parameter_letters(); }
  uint64_t& arg(size_t i) { return args_[i]; }
  // Calls that would wait give up.
  void Interrupt() { guest_.context().interrupt_flag = &interrupted_; }
  bool may_fail() const { return setting_.may_fail; }
  Errno Run() { return kCalls[row_](guest_.context(), memory_.view(), args_); }

  // What the guest can see of the folder: it is what a refused call must not have changed.
  std::string World() const {
    std::string text = guest_.scratch.Read("file");
    for (const char* name : {"file", "dir", "link", "new"}) text += guest_.scratch.Exists(name) ? " 1" : " 0";
    return text;
  }

 private:
  static WasiConfig MakeConfig(OwnedFd* client, OwnedFd* peer) {
    WasiConfig config = Guest::MakeConfig();
    config.sockets.push_back(MakeListener(client));
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) abort();
    peer->Reset(pair[0]);
    if (write(pair[0], "data", 4) != 4) abort();
    config.sockets.emplace_back(pair[1]);
    return config;
  }

  void FillMemory() {
    const GuestMemory memory = memory_.view();
    std::memcpy(memory.base + kFirstText, setting_.first_path, strlen(setting_.first_path));
    std::memcpy(memory.base + kSecondText, setting_.second_path, strlen(setting_.second_path));
    memory.Store(kList, Iovec{kListData, 4});
    std::memcpy(memory.base + kListData, "more", 4);
  }

  void ChooseArguments() {
    uint32_t texts = 0, outputs = 0, rights = 0;
    for (size_t i = 0; i < letters().size(); ++i) {
      switch (letters()[i]) {
        case 'f':
          args_[i] = Functions()[row_].name == "fd_renumber" && i == 1 ? kStream : setting_.fd;
          break;
        case 'x':
          args_[i] = texts++ == 0 ? kFirstText : kSecondText;
          break;
        case 'v':
          args_[i] = kList;
          break;
        case 'p':
          args_[i] = kZeros;
          break;
        case 'o':
        case 'w':
        case 'q':
          args_[i] = kOutput + kStep * outputs++;
          break;
        case 'n':
          args_[i] = LengthAfter(i, texts);
          break;
        case 'l':
          args_[i] = Functions()[row_].name == "fd_readdir" ? 0 : 4;
          break;
        case 'r':
          args_[i] = rights++ == 0 ? kFdRead : 0;
          break;
        case 'u':
          args_[i] = setting_.u;
          break;
        default:
          args_[i] = 0;
          break;
      }
    }
  }
  uint64_t LengthAfter(size_t i, uint32_t texts) const {
    switch (letters()[i - 1]) {
      case 'x':
        return strlen(texts == 1 ? setting_.first_path : setting_.second_path);
      case 'v':
        return 1;
      default:
        return letters()[i - 1] == 'o' && letters().find('p') != std::string_view::npos ? 1 : 64;
    }
  }

  size_t row_;
  Setting setting_;
  std::atomic<uint32_t> interrupted_{1};
  OwnedFd client_, peer_;
  Guest guest_;
  FencedMemory memory_;
  uint64_t args_[kMaxParameters] = {};
};

TEST(WasiPointers, EveryFunctionSucceedsWithGoodOnes) {
  for (size_t row = 0; row < std::size(kCalls); ++row) {
    Trial trial(row);
    const Errno result = trial.Run();
    EXPECT_EQ(result == Errno::Success, !trial.may_fail()) << Functions()[row].name << " " << ErrnoName(result);
  }
}

TEST(WasiPointers, EachOutOfBoundsIsAFaultWithoutEffect) {
  constexpr uint64_t kBad[] = {FencedMemory::kSize, 0x80000000, 0xffffffff, 0xfffffff8};
  for (size_t row = 0; row < std::size(kCalls); ++row) {
    const FunctionInfo& info = Functions()[row];
    for (size_t i = 0; i < info.parameter_letters().size(); ++i) {
      if (!IsPointer(info.parameter_letters()[i])) continue;
      for (uint64_t bad : kBad) {
        Trial trial(row);
        const std::string before = trial.World();
        trial.arg(i) = bad;
        const Errno result = trial.Run();
        EXPECT_EQ(result, Errno::Fault) << info.name << ", parameter " << i << ", " << bad;
        EXPECT_EQ(trial.World(), before) << info.name;
      }
    }
  }
}

TEST(WasiPointers, ExtremesOfTheOthersGiveAnErrno) {
  constexpr uint64_t kExtremes[] = {0, 1, 0x7fffffff, 0x80000000, 0xffffffff, ~uint64_t{0}, uint64_t{1} << 63};
  for (size_t row = 0; row < std::size(kCalls); ++row) {
    const FunctionInfo& info = Functions()[row];
    for (size_t i = 0; i < info.parameter_letters().size(); ++i) {
      const std::string_view name = info.name;
      if (IsPointer(info.parameter_letters()[i]) || name == "fd_allocate" || name == "fd_filestat_set_size" ||
          name == "fd_pwrite")
        continue;
      for (uint64_t extreme : kExtremes) {
        Trial trial(row);
        trial.arg(i) = extreme;
        trial.Interrupt();
        EXPECT_NE(ErrnoName(trial.Run()), "unknown") << info.name << ", parameter " << i << ", " << extreme;
      }
    }
  }
}

}  // namespace
}  // namespace gantry::wasi::p1
