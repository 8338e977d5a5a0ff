// Another process swaps a directory for a link that leads out while names below it are opened, created, looked at,
// moved, linked and removed: nothing outside is reached. That the test would notice is tested, too, with a resolver
// whose check and use are two steps.
#include <errno.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>

#include <chrono>

#include "wasi/host/dir.h"
#include "wasi/host/test_scratch.h"

namespace gantry::wasi {
namespace {

using platform::OwnedFd;

// inside/way is a directory with a file, or a link to ../outside, which has a file of the same name; a child swaps them
// for good.
class Swapper {
 public:
  explicit Swapper(const ScratchDir& scratch) {
    scratch.Mkdir("way");
    scratch.Write("way/file", "inside");
    scratch.Link("../outside", "trap");
    const OwnedFd root(open(scratch.inside().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    child_ = fork();
    if (child_ == 0) {
      for (;;) renameat2(root.get(), "way", root.get(), "trap", RENAME_EXCHANGE);
    }
  }
  ~Swapper() {
    kill(child_, SIGKILL);
    waitpid(child_, nullptr, 0);
  }

 private:
  pid_t child_;
};

HostPath PathOf(std::string_view text) {
  HostPath path;
  EXPECT_EQ(path.Assign(text), 0);
  return path;
}

// The calls under test. 0 or an errno each, as wasi/host/dir.h.
struct Calls {
  int (*open)(const Dir& dir, std::string_view path, int flags, OwnedFd* out);
  int (*stat)(const Dir& dir, std::string_view path, struct stat* out);
  int (*unlink)(const Dir& dir, std::string_view path);
  int (*mkdir)(const Dir& dir, std::string_view path);
  int (*rename)(const Dir& dir, std::string_view from, std::string_view to);
  int (*link)(const Dir& dir, std::string_view from, std::string_view to);
};

constexpr Calls kOurs = {
    [](const Dir& dir, std::string_view path, int flags, OwnedFd* out) {
      return Open(dir, PathOf(path), {.flags = flags, .follow = FollowLink::Yes}, out);
    },
    [](const Dir& dir, std::string_view path, struct stat* out) {
      return GetStat(dir, PathOf(path), FollowLink::Yes, out);
    },
    [](const Dir& dir, std::string_view path) { return UnlinkFile(dir, PathOf(path)); },
    [](const Dir& dir, std::string_view path) { return CreateDirectory(dir, PathOf(path)); },
    [](const Dir& dir, std::string_view from, std::string_view to) {
      return Rename(dir, PathOf(from), dir, PathOf(to));
    },
    [](const Dir& dir, std::string_view from, std::string_view to) { return Link(dir, PathOf(from), dir, PathOf(to)); },
};

// The check that is weakened on purpose: the way is looked at first, and then used by its name.
bool LooksInside(const Dir& dir, std::string_view path) {
  ParentPath parent;
  return ResolveParent(dir.fd, PathOf(path), &parent) == 0;
}
template <class Use>
int CheckThenUse(const Dir& dir, std::string_view path, Use use) {
  if (!LooksInside(dir, path)) return EPERM;
  return use(std::string(path).c_str()) < 0 ? errno : 0;
}
constexpr Calls kWeak = {
    [](const Dir& dir, std::string_view path, int flags, OwnedFd* out) {
      return CheckThenUse(dir, path, [&](const char* name) {
        out->Reset(openat(dir.fd, name, flags | O_CLOEXEC, 0666));
        return out->get();
      });
    },
    [](const Dir& dir, std::string_view path, struct stat* out) {
      return CheckThenUse(dir, path, [&](const char* name) { return fstatat(dir.fd, name, out, 0); });
    },
    [](const Dir& dir, std::string_view path) {
      return CheckThenUse(dir, path, [&](const char* name) { return unlinkat(dir.fd, name, 0); });
    },
    [](const Dir& dir, std::string_view path) {
      return CheckThenUse(dir, path, [&](const char* name) { return mkdirat(dir.fd, name, 0777); });
    },
    [](const Dir& dir, std::string_view from, std::string_view to) {
      if (!LooksInside(dir, from) || !LooksInside(dir, to)) return EPERM;
      return renameat(dir.fd, std::string(from).c_str(), dir.fd, std::string(to).c_str()) < 0 ? errno : 0;
    },
    [](const Dir& dir, std::string_view from, std::string_view to) {
      if (!LooksInside(dir, from) || !LooksInside(dir, to)) return EPERM;
      return linkat(dir.fd, std::string(from).c_str(), dir.fd, std::string(to).c_str(), 0) < 0 ? errno : 0;
    },
};

// What went wrong in the rounds of one test, by kind.
struct Breaches {
  int read = 0, seen = 0, changed = 0;
  int total() const { return read + seen + changed; }
};

class Race {
 public:
  explicit Race(const Calls& calls)
      : calls_(calls), root_(open(scratch_.inside().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
    scratch_.Write("mine", "mine");
    if (stat(scratch_.At("../outside/file").c_str(), &outside_) != 0) abort();
  }

  // Until `limit` breaches are found or the rounds are over.
  Breaches Run(int rounds, int limit) {
    const Swapper swapper(scratch_);
    const Dir dir{root_.get(), /*read_only=*/false};
    for (int i = 0; i < rounds && breaches_.total() < limit; ++i) {
      Look(dir);
      Change(dir, i);
      CheckOutside();
    }
    return breaches_;
  }
  int reached() const { return reached_; }

 private:
  void Look(const Dir& dir) {
    OwnedFd file;
    if (calls_.open(dir, "way/file", O_RDONLY, &file) == 0) {
      char text[16];
      const ssize_t n = read(file.get(), text, sizeof(text));
      if (std::string_view(text, n < 0 ? 0 : static_cast<size_t>(n)) == "outside") ++breaches_.read;
      ++reached_;
    }
    struct stat info;
    if (calls_.stat(dir, "way/file", &info) == 0 && info.st_ino == outside_.st_ino && info.st_dev == outside_.st_dev)
      ++breaches_.seen;
    if (calls_.open(dir, "way/../../secret", O_RDONLY, &file) == 0) ++breaches_.read;
  }

  void Change(const Dir& dir, int round) {
    OwnedFd file;
    (void)calls_.open(dir, "way/new", O_WRONLY | O_CREAT | O_TRUNC, &file);
    (void)calls_.mkdir(dir, "way/folder");
    (void)calls_.rename(dir, "mine", "way/moved");
    (void)calls_.rename(dir, "way/moved", "mine");
    (void)calls_.link(dir, "mine", "way/linked");
    (void)calls_.unlink(dir, round % 2 ? "way/linked" : "way/new");
    if (round % 50 == 0) (void)calls_.unlink(dir, "way/file");
    scratch_.Write("mine", "mine");
  }

  void CheckOutside() {
    struct stat info;
    const bool is_whole = stat(scratch_.At("../outside/file").c_str(), &info) == 0 && info.st_ino == outside_.st_ino;
    if (!is_whole) {
      ++breaches_.changed;
      scratch_.Write("../outside/file", "outside");
      (void)stat(scratch_.At("../outside/file").c_str(), &outside_);
    }
    for (const char* name : {"new", "moved", "linked"}) {
      if (unlink(scratch_.At(std::string("../outside/") + name).c_str()) == 0) ++breaches_.changed;
    }
    if (rmdir(scratch_.At("../outside/folder").c_str()) == 0) ++breaches_.changed;
  }

  const Calls& calls_;
  ScratchDir scratch_;
  OwnedFd root_;
  struct stat outside_;
  Breaches breaches_;
  int reached_ = 0;
};

class RaceTest : public testing::TestWithParam<PathResolver> {
 protected:
  RaceTest() : choice_(GetParam()) {}
  ResolverChoice choice_;
};

TEST_P(RaceTest, NothingOutsideIsReached) {
  Race race(kOurs);
  const Breaches breaches = race.Run(/*rounds=*/1000, /*limit=*/1);
  EXPECT_EQ(breaches.read, 0);
  EXPECT_EQ(breaches.seen, 0);
  EXPECT_EQ(breaches.changed, 0);
  EXPECT_GT(race.reached(), 0) << "the way was never open: nothing was tested";
}

TEST_P(RaceTest, AWeakCheckIsCaught) {
  Race race(kWeak);
  EXPECT_GT(race.Run(/*rounds=*/200000, /*limit=*/3).total(), 0);
}

INSTANTIATE_TEST_SUITE_P(Resolvers, RaceTest, testing::Values(PathResolver::Auto, PathResolver::Walk),
                         [](const auto& info) { return ResolverName(info.param); });

}  // namespace
}  // namespace gantry::wasi
