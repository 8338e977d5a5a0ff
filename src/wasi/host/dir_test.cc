// Random paths, links and operations: the two resolvers agree, and nothing outside the sandbox is seen or changed.
#include "wasi/host/dir.h"

#include <errno.h>
#include <gtest/gtest.h>

#include <random>

#include "wasi/host/test_scratch.h"

namespace gantry::wasi {
namespace {

using platform::OwnedFd;

class World {
 public:
  explicit World(std::mt19937& random)
      : random_(random), root_(open(scratch_.inside().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
    for (const char* dir : {"a", "a/b", "a/b/c", "d"}) scratch_.Mkdir(dir);
    for (const char* file : {"f", "a/f", "a/b/f", "d/f"}) scratch_.Write(file, "inside");
    for (const char* place : {"", "a/", "a/b/", "d/"}) {
      for (const char* name : {"l", "m"}) scratch_.Link(RandomTarget(), std::string(place) + name);
    }
  }

  std::string RandomPath() {
    static constexpr const char* kParts[] = {"a", "b", "c", "d", "f", "l", "m", "l", "m", "..", "..", ".", "", "new"};
    std::string path;
    const int count = Pick(6) + 1;
    for (int i = 0; i < count; ++i) {
      if (i > 0) path += '/';
      path += kParts[Pick(std::size(kParts))];
    }
    if (Pick(4) == 0) path += Pick(2) ? "/" : "///";
    return path;
  }

  size_t Pick(size_t count) { return random_() % count; }
  Dir dir() const { return {root_.get(), false}; }
  const ScratchDir& scratch() const { return scratch_; }

  // Does the descriptor name something below the root?
  bool IsInside(int fd) const {
    char real[4096];
    const std::string self = "/proc/self/fd/" + std::to_string(fd);
    const ssize_t n = readlink(self.c_str(), real, sizeof(real));
    const std::string_view path(real, n < 0 ? 0 : static_cast<size_t>(n));
    const std::string inside = scratch_.inside();
    return path == inside || path.starts_with(inside + "/");
  }
  bool OutsideIsUntouched() const {
    struct stat info;
    return scratch_.Read("../secret") == "secret" && scratch_.Read("../outside/file") == "outside" &&
           stat(scratch_.At("../outside").c_str(), &info) == 0 && info.st_nlink == 2 &&
           stat(scratch_.At("../secret").c_str(), &info) == 0 && info.st_nlink == 1 && !scratch_.Exists("../new") &&
           !scratch_.Exists("../outside/new");
  }

 private:
  std::string RandomTarget() {
    switch (Pick(8)) {
      case 0:
        return "../secret";
      case 1:
        return "../../outside";
      case 2:
        return "../outside";
      case 3:
        return scratch_.top() + "/outside";
      case 4:
        return "/";
      default:
        break;
    }
    std::string path = RandomPath();
    while (!path.empty() && path[0] == '/') path.erase(0, 1);
    return path.empty() ? "." : path;
  }

  std::mt19937& random_;
  ScratchDir scratch_;
  OwnedFd root_;
};

int OpenWith(PathResolver resolver, int root, const HostPath& path, int flags, FollowLink follow) {
  const ResolverChoice choice(resolver);
  return OpenPath(root, path, flags, 0666, follow);
}

uint64_t Inode(int fd) {
  struct stat info;
  return fstat(fd, &info) == 0 ? info.st_ino : 0;
}

TEST(RandomPaths, ResolversAgreeAndStayInside) {
  std::mt19937 random(20260101);
  for (int world = 0; world < 25; ++world) {
    World w(random);
    for (int i = 0; i < 250; ++i) {
      const std::string text = w.RandomPath();
      HostPath path;
      if (path.Assign(text) != 0) continue;
      static constexpr int kFlags[] = {O_RDONLY, O_RDONLY | O_DIRECTORY, O_PATH, O_PATH | O_DIRECTORY, O_RDWR};
      const int flags = kFlags[w.Pick(std::size(kFlags))];
      const FollowLink follow = w.Pick(2) ? FollowLink::Yes : FollowLink::No;
      const OwnedFd kernel(OpenWith(PathResolver::Auto, w.dir().fd, path, flags, follow));
      const OwnedFd walker(OpenWith(PathResolver::Walk, w.dir().fd, path, flags, follow));
      EXPECT_TRUE(!kernel || w.IsInside(kernel.get())) << text;
      EXPECT_TRUE(!walker || w.IsInside(walker.get())) << text;
      // On a path with two faults the resolvers may name different ones.
      EXPECT_EQ(static_cast<bool>(kernel), static_cast<bool>(walker))
          << text << " flags " << flags << " follow " << static_cast<int>(follow);
      EXPECT_EQ(Inode(kernel.get()), Inode(walker.get())) << text;
    }
  }
}

// Performs a random operation; the results do not matter, what is left of the world does.
void Act(World& w) {
  HostPath one, two;
  if (one.Assign(w.RandomPath()) != 0 || two.Assign(w.RandomPath()) != 0) return;
  const FollowLink follow = w.Pick(2) ? FollowLink::Yes : FollowLink::No;
  struct stat info;
  char text[100];
  size_t length = 0;
  OwnedFd file;
  int error = 0;
  switch (w.Pick(11)) {
    case 0:
      error = CreateDirectory(w.dir(), one);
      break;
    case 1:
      error = RemoveDirectory(w.dir(), one);
      break;
    case 2:
      error = UnlinkFile(w.dir(), one);
      break;
    case 3:
      error = Rename(w.dir(), one, w.dir(), two);
      break;
    case 4:
      error = Link(w.dir(), one, w.dir(), two);
      break;
    case 5:
      error = Symlink(two, w.dir(), one);
      break;
    case 6:
      error = Open(w.dir(), one, {.flags = O_RDWR | O_CREAT | (w.Pick(2) ? O_TRUNC : 0), .follow = follow}, &file);
      break;
    case 7:
      error = SetTimes(w.dir(), one, follow, {TimeChange::Kind::Set, 1}, {TimeChange::Kind::Set, 1});
      break;
    case 8:
      error = ReadLink(w.dir(), one, text, sizeof(text), &length);
      break;
    case 9:
      error = GetStat(w.dir(), one, follow, &info);
      break;
    default:
      error = Open(w.dir(), one, {.flags = O_RDONLY, .follow = follow}, &file);
      break;
  }
  (void)error;
  if (file) {
    EXPECT_TRUE(w.IsInside(file.get())) << one.view();
    if (write(file.get(), "changed", 7) < 0) return;
  }
}

TEST(RandomPaths, OperationsLeaveTheOutsideAlone) {
  for (const PathResolver resolver : {PathResolver::Auto, PathResolver::Walk}) {
    const ResolverChoice choice(resolver);
    std::mt19937 random(4711);
    for (int world = 0; world < 15; ++world) {
      World w(random);
      struct stat before;
      ASSERT_EQ(stat(w.scratch().At("../secret").c_str(), &before), 0);
      for (int i = 0; i < 300; ++i) Act(w);
      struct stat after;
      ASSERT_EQ(stat(w.scratch().At("../secret").c_str(), &after), 0);
      EXPECT_EQ(before.st_mtim.tv_nsec, after.st_mtim.tv_nsec) << "times changed outside";
      EXPECT_TRUE(w.OutsideIsUntouched()) << ResolverName(resolver) << " world " << world;
    }
  }
}

TEST(DirFunctions, ReadOnlyRefusesChanges) {
  ScratchDir scratch;
  scratch.Write("file", "text");
  const OwnedFd root(open(scratch.inside().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  const Dir locked{root.get(), true}, free{root.get(), false};
  HostPath file, fresh;
  ASSERT_EQ(file.Assign("file"), 0);
  ASSERT_EQ(fresh.Assign("fresh"), 0);
  OwnedFd opened;
  for (const int flags : {O_WRONLY, O_RDWR, O_RDONLY | O_CREAT, O_RDONLY | O_TRUNC}) {
    EXPECT_EQ(Open(locked, file, {.flags = flags, .follow = FollowLink::No}, &opened), EPERM);
  }
  EXPECT_EQ(CreateDirectory(locked, fresh), EPERM);
  EXPECT_EQ(RemoveDirectory(locked, file), EPERM);
  EXPECT_EQ(UnlinkFile(locked, file), EPERM);
  EXPECT_EQ(Symlink(file, locked, fresh), EPERM);
  EXPECT_EQ(Rename(locked, file, free, fresh), EPERM);
  EXPECT_EQ(Rename(free, file, locked, fresh), EPERM);
  EXPECT_EQ(Link(locked, file, free, fresh), EPERM);
  EXPECT_EQ(Link(free, file, locked, fresh), EPERM);
  EXPECT_EQ(SetTimes(locked, file, FollowLink::No, {}, {}), EPERM);
  EXPECT_EQ(Open(locked, file, {.flags = O_RDONLY, .follow = FollowLink::No}, &opened), 0);
}

}  // namespace
}  // namespace gantry::wasi
