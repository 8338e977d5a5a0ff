#include "wasi/host/path.h"

#include <errno.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "wasi/host/test_scratch.h"

namespace gantry::wasi {
namespace {

using platform::OwnedFd;

class PathTest : public testing::TestWithParam<PathResolver> {
 protected:
  PathTest() : choice_(GetParam()), root_(open(scratch_.inside().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
    scratch_.MakeTree();
  }

  // What reading through the path gives, or "!errno-name".
  std::string Read(std::string_view path, FollowLink follow = FollowLink::Yes, int flags = O_RDONLY) {
    HostPath host;
    if (int error = host.Assign(path)) return Name(error);
    const int fd = OpenPath(root_.get(), host, flags, 0666, follow);
    if (fd < 0) return Name(-fd);
    const OwnedFd file(fd);
    char text[64];
    const ssize_t n = read(fd, text, sizeof(text));
    return n < 0 ? Name(errno) : std::string(text, static_cast<size_t>(n));
  }
  // "dir-name" of the parent and the name found.
  std::string Parent(std::string_view path) {
    HostPath host;
    if (int error = host.Assign(path)) return Name(error);
    ParentPath parent;
    if (int error = ResolveParent(root_.get(), host, &parent)) return Name(error);
    char real[4096];
    const std::string self = "/proc/self/fd/" + std::to_string(parent.dir);
    const ssize_t n = readlink(self.c_str(), real, sizeof(real));
    std::string dir(real, static_cast<size_t>(n));
    dir.erase(0, scratch_.top().size() + 1);
    return dir + " " + parent.name + (parent.trailing_slash ? " /" : "");
  }
  static std::string Name(int error) { return std::string("!") + strerrorname_np(error); }

  ScratchDir scratch_;
  ResolverChoice choice_;
  OwnedFd root_;
};

TEST_P(PathTest, OpensFilesBelowTheRoot) {
  EXPECT_EQ(Read("dir/nested/file"), "text");
  EXPECT_EQ(Read("dir/.//nested/../../dir/nested/../nested///./file"), "text");
  EXPECT_EQ(Read("./dir/nested/./file"), "text");
  EXPECT_EQ(Read("dir/nested/missing"), "!ENOENT");
  EXPECT_EQ(Read("dir/missing/file"), "!ENOENT");
  EXPECT_EQ(Read("dir/nested/file/x"), "!ENOTDIR");
}

TEST_P(PathTest, RefusesWaysOut) {
  EXPECT_EQ(Read("/etc/passwd"), "!EPERM");
  EXPECT_EQ(Read("../secret"), "!EPERM");
  EXPECT_EQ(Read(".."), "!EPERM");
  EXPECT_EQ(Read("dir/../../secret"), "!EPERM");
  EXPECT_EQ(Read("dir/../../inside/dir"), "!EPERM");
  EXPECT_EQ(Read("./.././secret"), "!EPERM");
  EXPECT_EQ(Read("../"), "!EPERM");
}

TEST_P(PathTest, RefusesLinksOut) {
  scratch_.Link(scratch_.top() + "/secret", "absolute");
  scratch_.Link("../../secret", "dir/up");
  scratch_.Link("out", "twice");
  for (const char* path : {"out", "absolute", "out-dir/file", "out-dir/", "abs", "abs/", "abs/etc/passwd", "dir/up",
                           "twice", "dir/../out"}) {
    EXPECT_EQ(Read(path), "!EPERM") << path;
  }
  EXPECT_EQ(Read("out-dir/", FollowLink::No), "!EPERM");
  EXPECT_EQ(Read("abs///", FollowLink::No), "!EPERM");
  EXPECT_EQ(Read("abs/.", FollowLink::No), "!EPERM");
  EXPECT_EQ(Read("out", FollowLink::No), "!ELOOP");
}

TEST_P(PathTest, FollowsLinksInside) {
  scratch_.Mkdir("a");
  scratch_.Mkdir("a/b");
  scratch_.Write("a/b/file", "text");
  scratch_.Link("a/b", "way");
  scratch_.Link("b/../b/file", "a/up");
  scratch_.Link("way/", "slashed");
  scratch_.Link("../a/b/file", "a/around");
  EXPECT_EQ(Read("way/file"), "text");
  EXPECT_EQ(Read("a/up"), "text");
  EXPECT_EQ(Read("slashed/file"), "text");
  EXPECT_EQ(Read("a/around"), "text");
  EXPECT_EQ(Read("way/../b/file"), "text");
  EXPECT_EQ(Read("a/up/"), "!ENOTDIR");
}

TEST_P(PathTest, LinkLoopsEnd) {
  scratch_.Link("self", "self");
  scratch_.Link("pong", "ping");
  scratch_.Link("ping", "pong");
  scratch_.Link("grow/grow", "grow");
  EXPECT_EQ(Read("self"), "!ELOOP");
  EXPECT_EQ(Read("ping"), "!ELOOP");
  EXPECT_EQ(Read("grow"), "!ELOOP");
  EXPECT_EQ(Read("self/x"), "!ELOOP");
  EXPECT_EQ(Read("self", FollowLink::No), "!ELOOP");
}

TEST_P(PathTest, TrailingSlashDemandsADirectory) {
  EXPECT_EQ(Read("file/"), "!ENOTDIR");
  EXPECT_EQ(Read("file///"), "!ENOTDIR");
  EXPECT_EQ(Read("dir/"), "!EISDIR");  // it opened; reading is what failed
  EXPECT_EQ(Read("dir///", FollowLink::No), "!EISDIR");
  EXPECT_EQ(Read("dir-link/", FollowLink::No), "!EISDIR");
  EXPECT_EQ(Read("link/"), "!ENOTDIR");
  EXPECT_EQ(Read("missing/"), "!ENOENT");
  EXPECT_EQ(Read("dir-link", FollowLink::No, O_RDONLY | O_DIRECTORY), "!ENOTDIR");
}

TEST_P(PathTest, CreatesOnlyInside) {
  scratch_.Link("../new", "out-new");
  scratch_.Link("dir/new", "in");
  EXPECT_EQ(Read("out-new", FollowLink::Yes, O_RDWR | O_CREAT), "!EPERM");
  EXPECT_EQ(Read("in", FollowLink::Yes, O_RDWR | O_CREAT), "");
  EXPECT_TRUE(scratch_.Exists("dir/new"));
  EXPECT_FALSE(scratch_.Exists("../new"));
  EXPECT_EQ(Read("in", FollowLink::Yes, O_RDWR | O_CREAT | O_EXCL), "!EEXIST");
  EXPECT_EQ(Read("new/", FollowLink::Yes, O_RDWR | O_CREAT), "!EISDIR");
  EXPECT_EQ(Read("dir/", FollowLink::Yes, O_RDWR | O_CREAT), "!EISDIR");
  EXPECT_FALSE(scratch_.Exists("new"));
}

TEST_P(PathTest, RefusesHostileText) {
  EXPECT_EQ(Read(""), "!ENOENT");
  EXPECT_EQ(Read(std::string_view("file\0", 5)), "!EINVAL");
  EXPECT_EQ(Read("\xff\xfe"), "!EILSEQ");
  EXPECT_EQ(Read("\xc0\xaf..\xc0\xaf"), "!EILSEQ");  // overlong slashes
  EXPECT_EQ(Read("\xed\xa0\x80"), "!EILSEQ");        // surrogate
  EXPECT_EQ(Read("\xf4\x90\x80\x80"), "!EILSEQ");    // beyond U+10FFFF
  EXPECT_EQ(Read("\xe2\x82"), "!EILSEQ");            // cut
  EXPECT_EQ(Read("\xf0\x9f\xa6\x80"), "!ENOENT");
  EXPECT_EQ(Read(std::string(kMaxPath + 1, 'a')), "!ENAMETOOLONG");
  EXPECT_EQ(Read(std::string(kMaxName + 1, 'a')), "!ENAMETOOLONG");
  EXPECT_EQ(Parent(std::string(kMaxName + 1, 'a')), "!ENAMETOOLONG");
  std::string dots;
  while (dots.size() + 2 < kMaxPath) dots += "./";
  EXPECT_EQ(Read(dots), "!EISDIR");
  std::string ups;
  while (ups.size() + 3 < kMaxPath) ups += "../";
  EXPECT_EQ(Read(ups), "!EPERM");
}

TEST_P(PathTest, DeepPathsAreBounded) {
  std::string path;
  OwnedFd dir(dup(root_.get()));
  for (size_t i = 0; i < kMaxDepth + 20; ++i) {
    ASSERT_EQ(mkdirat(dir.get(), "d", 0777), 0);
    dir.Reset(openat(dir.get(), "d", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    path += "d/";
  }
  const bool walks = GetParam() == PathResolver::Walk || !platform::HasOpenBeneath();
  EXPECT_EQ(Read(path), walks ? "!ENAMETOOLONG" : "!EISDIR");
}

TEST_P(PathTest, ParentsAndNames) {
  scratch_.Mkdir("a");
  scratch_.Mkdir("a/b");
  scratch_.Link("a", "way");
  EXPECT_EQ(Parent("x"), "inside x");
  EXPECT_EQ(Parent("x/"), "inside x /");
  EXPECT_EQ(Parent("a/b/x"), "inside/a/b x");
  EXPECT_EQ(Parent("a//b///x//"), "inside/a/b x /");
  EXPECT_EQ(Parent("way/x"), "inside/a x");
  EXPECT_EQ(Parent("."), "inside . /");
  EXPECT_EQ(Parent("a/."), "inside/a . /");
  EXPECT_EQ(Parent("a/b/.."), "inside/a . /");
  EXPECT_EQ(Parent("a/../way/b/../x"), "inside/a x");
  EXPECT_EQ(Parent(".."), "!EPERM");
  EXPECT_EQ(Parent("../x"), "!EPERM");
  EXPECT_EQ(Parent("a/../.."), "!EPERM");
  EXPECT_EQ(Parent("out-dir/x"), "!EPERM");
  EXPECT_EQ(Parent("out"), "inside out");  // the name itself is a link inside
  EXPECT_EQ(Parent("missing/x"), "!ENOENT");
}

// Someone swaps a directory for a link that leads out while we resolve through it: every outcome is inside.
TEST_P(PathTest, RacesWithLinksStayInside) {
  scratch_.Mkdir("real");
  scratch_.Write("real/file", "inside");
  scratch_.Link("../outside", "trap");
  scratch_.Mkdir("way");
  scratch_.Write("way/file", "inside");
  std::atomic<bool> stop{false};
  std::thread swapper([&] {
    while (!stop.load()) {
      renameat2(root_.get(), "way", root_.get(), "trap", RENAME_EXCHANGE);
    }
  });
  int inside = 0;
  for (int i = 0; i < 4000; ++i) {
    const std::string text = Read("way/file");
    if (text == "inside") ++inside;
    EXPECT_NE(text, "outside");
    const std::string up = Read("way/../real/file");
    EXPECT_NE(up, "outside");
    EXPECT_EQ(Read("way/../../secret").front(), '!');
  }
  stop = true;
  swapper.join();
  EXPECT_GT(inside, 0);
}

INSTANTIATE_TEST_SUITE_P(Resolvers, PathTest, testing::Values(PathResolver::Auto, PathResolver::Walk),
                         [](const auto& info) { return ResolverName(info.param); });

TEST(OpenBeneath, IsFoundOnKernelsThatHaveIt) {
  // Not a demand on the kernel; it says in the log which resolver the other tests named "Kernel" really used.
  RecordProperty("has_openat2", platform::HasOpenBeneath());
}

}  // namespace
}  // namespace gantry::wasi
