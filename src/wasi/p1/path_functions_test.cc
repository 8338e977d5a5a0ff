// path_*: every function against missing names, links, trailing slashes, ways out and read-only directories, with both
// resolvers.
#include <functional>

#include "wasi/p1/test_guest.h"

namespace gantry::wasi::p1 {
namespace {

class WasiPath : public testing::TestWithParam<PathResolver> {
 protected:
  WasiPath() : choice_(GetParam()) { g.scratch.MakeTree(); }

  Errno Mkdir(std::string_view path, uint32_t dir = kPreopen) {
    return PathCreateDirectory(g.context(), g.memory(), dir, g.Put(path), g.Size(path));
  }
  Errno Rmdir(std::string_view path, uint32_t dir = kPreopen) {
    return PathRemoveDirectory(g.context(), g.memory(), dir, g.Put(path), g.Size(path));
  }
  Errno Unlink(std::string_view path, uint32_t dir = kPreopen) {
    return PathUnlinkFile(g.context(), g.memory(), dir, g.Put(path), g.Size(path));
  }
  Errno Rename(std::string_view from, std::string_view to, uint32_t from_dir = kPreopen, uint32_t to_dir = kPreopen) {
    return PathRename(g.context(), g.memory(), from_dir, g.Put(from), g.Size(from), to_dir, g.Put(to), g.Size(to));
  }
  Errno Link(std::string_view from, std::string_view to, uint32_t from_dir = kPreopen, uint32_t to_dir = kPreopen,
             uint32_t flags = 0) {
    return PathLink(g.context(), g.memory(), from_dir, flags, g.Put(from), g.Size(from), to_dir, g.Put(to), g.Size(to));
  }
  Errno Symlink(std::string_view target, std::string_view path, uint32_t dir = kPreopen) {
    return PathSymlink(g.context(), g.memory(), g.Put(target), g.Size(target), dir, g.Put(path), g.Size(path));
  }
  Errno Stat(std::string_view path, uint32_t flags = 0, uint32_t dir = kPreopen) {
    return PathFilestatGet(g.context(), g.memory(), dir, flags, g.Put(path), g.Size(path), kOut);
  }
  Errno Times(std::string_view path, uint64_t mtim, uint32_t flags = 0, uint32_t dir = kPreopen) {
    return PathFilestatSetTimes(g.context(), g.memory(), dir, flags, g.Put(path), g.Size(path), 0, mtim, kMtim);
  }
  std::string Readlink(std::string_view path, uint32_t size = 100) {
    const Errno error = PathReadlink(g.context(), g.memory(), kPreopen, g.Put(path), g.Size(path), kData, size, kOut);
    return error == Errno::Success ? g.Text(kData, g.U32(kOut)) : "!" + std::string(ErrnoName(error));
  }
  Errno Open(std::string_view path, uint32_t oflags = 0, Rights rights = kFdRead, uint32_t dir = kPreopen,
             uint32_t lookup = 0) {
    uint32_t fd;
    const Errno error = g.Open(dir, path, oflags, rights, &fd, 0, lookup);
    if (error == Errno::Success) {
      EXPECT_EQ(g.Close(fd), Errno::Success);
    }
    return error;
  }
  uint64_t Mtim(std::string_view path, uint32_t flags = 0) {
    EXPECT_EQ(Stat(path, flags), Errno::Success);
    return g.Value<Filestat>(kOut).mtim;
  }

  ResolverChoice choice_;
  Guest g;
};

TEST_P(WasiPath, Directories) {
  EXPECT_EQ(Mkdir("fresh"), Errno::Success);
  EXPECT_EQ(Mkdir("fresh"), Errno::Exist);
  EXPECT_EQ(Mkdir("fresh/"), Errno::Exist);
  EXPECT_EQ(Mkdir("fresh/sub/"), Errno::Success);
  EXPECT_EQ(Mkdir("missing/sub"), Errno::NoEntry);
  EXPECT_EQ(Mkdir("."), Errno::Exist);
  EXPECT_EQ(Mkdir("fresh/.."), Errno::Exist);
  EXPECT_EQ(Mkdir(".."), Errno::NotPermitted);
  EXPECT_EQ(Mkdir("../new"), Errno::NotPermitted);
  EXPECT_EQ(Rmdir("fresh"), Errno::NotEmpty);
  EXPECT_EQ(Rmdir("fresh/sub/"), Errno::Success);
  EXPECT_EQ(Rmdir("fresh/."), Errno::Invalid);
  EXPECT_EQ(Rmdir("../outside"), Errno::NotPermitted);
  EXPECT_EQ(Rmdir("fresh"), Errno::Success);
  EXPECT_EQ(Rmdir("fresh"), Errno::NoEntry);
  EXPECT_EQ(Rmdir("file"), Errno::NotDir);
  EXPECT_EQ(Rmdir("file/"), Errno::NotDir);
  EXPECT_EQ(Rmdir("out-dir"), Errno::NotDir);
  EXPECT_EQ(Rmdir("out-dir/"), Errno::NotDir);
  EXPECT_EQ(Mkdir("out-dir/new"), Errno::NotPermitted);
  EXPECT_TRUE(g.scratch.Exists("../outside/file"));
}

TEST_P(WasiPath, Unlinking) {
  EXPECT_EQ(Unlink("dir"), Errno::IsDir);
  EXPECT_EQ(Unlink("dir/"), Errno::IsDir);
  EXPECT_EQ(Unlink("file/"), Errno::NotDir);
  EXPECT_EQ(Unlink("missing/"), Errno::NoEntry);
  EXPECT_EQ(Unlink("file"), Errno::Success);
  EXPECT_EQ(Unlink("file"), Errno::NoEntry);
  EXPECT_EQ(Unlink("."), Errno::IsDir);
  EXPECT_EQ(Unlink("../secret"), Errno::NotPermitted);
  EXPECT_EQ(Unlink("out"), Errno::Success) << "the link, not what it names";
  EXPECT_TRUE(g.scratch.Exists("../secret"));
}

TEST_P(WasiPath, Renaming) {
  g.scratch.Mkdir("source");
  EXPECT_EQ(Rename("source/", "target"), Errno::Success);
  EXPECT_EQ(Rename("target", "source/"), Errno::Success);
  EXPECT_EQ(Rename("source/", "target/"), Errno::Success);
  EXPECT_EQ(Rename("file/", "x"), Errno::NotDir);
  EXPECT_EQ(Rename("file", "x/"), Errno::NotDir);
  EXPECT_EQ(Rename("file", "target"), Errno::IsDir);
  EXPECT_EQ(Rename("target", "file"), Errno::NotDir);
  g.scratch.Mkdir("full");
  g.scratch.Write("full/file", "");
  EXPECT_EQ(Rename("target", "full"), Errno::NotEmpty);
  EXPECT_EQ(Rename("missing", "x"), Errno::NoEntry);
  EXPECT_EQ(Rename("file", "../stolen"), Errno::NotPermitted);
  EXPECT_EQ(Rename("../secret", "mine"), Errno::NotPermitted);
  EXPECT_EQ(Rename("file", "out-dir/stolen"), Errno::NotPermitted);
  EXPECT_EQ(Rename("out-dir/file", "mine"), Errno::NotPermitted);
  EXPECT_EQ(Rename("out-dir/", "mine"), Errno::NotDir);
  EXPECT_EQ(Rename("file", "full/file"), Errno::Success);
  EXPECT_EQ(g.scratch.Read("full/file"), "text");
}

TEST_P(WasiPath, HardLinks) {
  EXPECT_EQ(Link("file", "dir/link"), Errno::Success);
  EXPECT_EQ(g.scratch.Read("dir/link"), "text");
  EXPECT_EQ(Link("file", "dir/link"), Errno::Exist);
  EXPECT_EQ(Link("file", "dir"), Errno::Exist);
  EXPECT_EQ(Link("file", "new/"), Errno::NoEntry);
  EXPECT_EQ(Link("file", "dir/"), Errno::Exist);
  EXPECT_EQ(Link("dir", "new"), Errno::NotPermitted);
  EXPECT_EQ(Link("dir/", "new"), Errno::NotPermitted);
  EXPECT_EQ(Link("file/", "new"), Errno::NotDir);
  EXPECT_EQ(Link("abs/", "new"), Errno::NotDir);
  EXPECT_EQ(Link("../secret", "new"), Errno::NotPermitted);
  EXPECT_EQ(Link("file", "../new"), Errno::NotPermitted);
  EXPECT_EQ(Link("file", "new", kPreopen, kPreopen, kSymlinkFollow), Errno::Invalid);
  EXPECT_EQ(Link("out", "new"), Errno::Success) << "a second name of the link itself";
  EXPECT_EQ(Readlink("new"), "../secret");
  EXPECT_EQ(Open("new", 0, kFdRead, kPreopen, kSymlinkFollow), Errno::NotPermitted);
}

TEST_P(WasiPath, SymbolicLinks) {
  EXPECT_EQ(Symlink("target", "fresh"), Errno::Success);
  EXPECT_EQ(Symlink("target", "fresh"), Errno::Exist);
  EXPECT_EQ(Symlink("target", "new/"), Errno::NoEntry);
  EXPECT_EQ(Symlink("target", "dir"), Errno::Exist);
  EXPECT_EQ(Symlink("target", "dir/"), Errno::Exist);
  EXPECT_EQ(Symlink("target", "file/"), Errno::NotDir);
  EXPECT_EQ(Symlink("/", "abs"), Errno::NotPermitted);
  EXPECT_EQ(Symlink("/etc/passwd", "abs"), Errno::NotPermitted);
  EXPECT_EQ(Symlink("", "empty"), Errno::NoEntry);
  EXPECT_EQ(Symlink("x", "../new"), Errno::NotPermitted);
  EXPECT_EQ(Symlink("../up", "dir/link"), Errno::Success);
  EXPECT_EQ(Readlink("dir/link"), "../up");
  EXPECT_EQ(Readlink("fresh"), "target");
  EXPECT_EQ(Readlink("fresh", 4), "targ");
  EXPECT_EQ(Readlink("fresh", 0), "");
  EXPECT_EQ(Readlink("dir"), "!inval");
  EXPECT_EQ(Readlink("missing"), "!noent");
  EXPECT_EQ(Readlink("fresh/"), "!noent");
  g.scratch.Link("/etc/hostname", "host");
  EXPECT_EQ(Readlink("host"), "!perm") << "host paths stay unknown";
  EXPECT_EQ(Readlink("host/"), "!perm");
  EXPECT_EQ(Readlink("../secret"), "!perm");
}

TEST_P(WasiPath, Attributes) {
  ASSERT_EQ(Stat("file"), Errno::Success);
  EXPECT_EQ(g.Value<Filestat>(kOut).size, 4u);
  ASSERT_EQ(Stat("link"), Errno::Success);
  EXPECT_EQ(g.Value<Filestat>(kOut).filetype, FileType::SymbolicLink);
  ASSERT_EQ(Stat("link", kSymlinkFollow), Errno::Success);
  EXPECT_EQ(g.Value<Filestat>(kOut).filetype, FileType::RegularFile);
  ASSERT_EQ(Stat("dir-link/"), Errno::Success);
  EXPECT_EQ(g.Value<Filestat>(kOut).filetype, FileType::Directory);
  EXPECT_EQ(Stat("out"), Errno::Success);
  EXPECT_EQ(Stat("out", kSymlinkFollow), Errno::NotPermitted);
  EXPECT_EQ(Stat("abs/"), Errno::NotPermitted);
  EXPECT_EQ(Stat("abs/", kSymlinkFollow), Errno::NotPermitted);
  EXPECT_EQ(Stat("abs/etc"), Errno::NotPermitted);
  EXPECT_EQ(Stat("file/"), Errno::NotDir);
  EXPECT_EQ(Stat("."), Errno::Success);
  EXPECT_EQ(Stat(".."), Errno::NotPermitted);
  EXPECT_EQ(Stat("file", 2), Errno::Invalid);
  const std::string_view path = "file";
  ASSERT_EQ(PathFilestatGet_p0(g.context(), g.memory(), kPreopen, 0, g.Put(path), 4, kOut), Errno::Success);
  EXPECT_EQ(g.Value<Filestat_p0>(kOut).size, 4u);
  EXPECT_EQ(PathFilestatGet_p0(g.context(), g.memory(), kPreopen, 0, kMemorySize - 2, 4, kOut), Errno::Fault);
  EXPECT_EQ(PathFilestatGet_p0(g.context(), g.memory(), kPreopen, 0, 0, 0xffffffff, kOut), Errno::NameTooLong);
}

TEST_P(WasiPath, Times) {
  const uint64_t file = Mtim("file");
  ASSERT_EQ(Times("link", 1'000'000'007), Errno::Success);
  EXPECT_EQ(Mtim("link"), 1'000'000'007u);
  EXPECT_EQ(Mtim("file"), file);
  ASSERT_EQ(Times("link", 2'000'000'007, kSymlinkFollow), Errno::Success);
  EXPECT_EQ(Mtim("file"), 2'000'000'007u);
  EXPECT_EQ(Times("dir/", 5), Errno::Success);
  EXPECT_EQ(Mtim("dir"), 5u);
  EXPECT_EQ(Times("file/", 5), Errno::NotDir);
  EXPECT_EQ(Times("out", 5, kSymlinkFollow), Errno::NotPermitted);
  EXPECT_EQ(Times("abs/", 5), Errno::NotPermitted);
  EXPECT_EQ(Times("../secret", 5), Errno::NotPermitted);
  EXPECT_EQ(Times("file", 5, 4), Errno::Invalid);
}

TEST_P(WasiPath, Opening) {
  EXPECT_EQ(Open("file"), Errno::Success);
  EXPECT_EQ(Open("link"), Errno::Loop);
  EXPECT_EQ(Open("link", 0, kFdRead, kPreopen, kSymlinkFollow), Errno::Success);
  EXPECT_EQ(Open("dir-link", kDirectory), Errno::NotDir);
  EXPECT_EQ(Open("dir-link", kDirectory, kFdRead, kPreopen, kSymlinkFollow), Errno::Success);
  EXPECT_EQ(Open("dir", kDirectory, kReadWrite), Errno::IsDir);
  EXPECT_EQ(Open("dir", kDirectory, kDirectoryRights), Errno::Success);
  EXPECT_EQ(Open("dir", 0, kFdWrite), Errno::IsDir);
  EXPECT_EQ(Open("file", kDirectory), Errno::NotDir);
  EXPECT_EQ(Open("file", kCreat | kExcl), Errno::Exist);
  EXPECT_EQ(Open("new", kCreat | kDirectory), Errno::Invalid);
  EXPECT_EQ(Open("new", 1 << 4), Errno::Invalid);
  EXPECT_EQ(Open("new"), Errno::NoEntry);
  EXPECT_EQ(Open("file", kTrunc, 0), Errno::Success);
  EXPECT_EQ(g.scratch.Read("file"), "");
  EXPECT_EQ(Open("../secret"), Errno::NotPermitted);
  EXPECT_EQ(Open("/file"), Errno::NotPermitted);
  EXPECT_EQ(Open(""), Errno::NoEntry);
  EXPECT_EQ(Open(std::string_view("file\0", 5)), Errno::Invalid);
  EXPECT_EQ(Open("\xff"), Errno::IllegalSequence);
  const uint32_t text = g.Put("new");
  EXPECT_EQ(PathOpen(g.context(), g.memory(), kPreopen, 0, text, 3, kCreat, kReadWrite, 0, 0, kMemorySize - 3),
            Errno::Fault);
  EXPECT_FALSE(g.scratch.Exists("new"));
  EXPECT_EQ(PathOpen(g.context(), g.memory(), kPreopen, 0, kMemorySize - 2, 3, 0, 0, 0, 0, kOut), Errno::Fault);
  EXPECT_EQ(PathOpen(g.context(), g.memory(), kPreopen, 0, 0, 0xffffffff, 0, 0, 0, 0, kOut), Errno::Fault);
  EXPECT_EQ(PathOpen(g.context(), g.memory(), kPreopen, 0, text, 3, 0, 0, 0, 0x20, kOut), Errno::Invalid);
  EXPECT_EQ(PathOpen(g.context(), g.memory(), kPreopen, 2, text, 3, 0, 0, 0, 0, kOut), Errno::Invalid);
}

TEST_P(WasiPath, DirectoriesOpenedBelowStayInside) {
  const uint32_t dir = g.MustOpen("dir", kDirectory, kFdRead);
  EXPECT_EQ(Open("../file", 0, kFdRead, dir), Errno::NotPermitted) << "a narrower sandbox";
  EXPECT_EQ(Open(".", kDirectory, kFdRead, dir), Errno::Success);
  const Fdstat stat = g.Stat(dir);
  EXPECT_FALSE(stat.rights_base & kFdSeek);
  EXPECT_EQ(stat.filetype, FileType::Directory);
}

// Each way to change the file system, on a read-only preopen and through a directory opened below it.
TEST_P(WasiPath, ReadOnlyIsReadOnly) {
  g.scratch.Write("dir/file", "text");
  g.scratch.Write("link-source", "text");
  const uint64_t mtim = Mtim("file");
  const uint32_t below = g.MustOpen("dir", kDirectory, kFdRead, 0, kReadOnly);
  for (const uint32_t dir : {kReadOnly, below}) {
    EXPECT_EQ(Open("file", 0, kFdRead, dir), Errno::Success);
    EXPECT_EQ(Open("file", 0, kFdWrite, dir), Errno::NotPermitted);
    EXPECT_EQ(Open("file", 0, kFdRead | kFdAllocate, dir), Errno::NotPermitted);
    EXPECT_EQ(Open("file", kTrunc, kFdRead, dir), Errno::NotPermitted);
    EXPECT_EQ(Open("new", kCreat, kFdRead, dir), Errno::NotPermitted);
    EXPECT_EQ(Mkdir("new", dir), Errno::NotPermitted);
    EXPECT_EQ(Rmdir("dir", dir), Errno::NotPermitted);
    EXPECT_EQ(Unlink("file", dir), Errno::NotPermitted);
    EXPECT_EQ(Symlink("x", "new", dir), Errno::NotPermitted);
    EXPECT_EQ(Rename("file", "new", dir, dir), Errno::NotPermitted);
    EXPECT_EQ(Rename("file", "new", dir, kPreopen), Errno::NotPermitted);
    EXPECT_EQ(Rename("file", "new", kPreopen, dir), Errno::NotPermitted);
    EXPECT_EQ(Link("file", "new", dir, kPreopen), Errno::NotPermitted)
        << "its files would be writable through the new name";
    EXPECT_EQ(Link("link-source", "new", kPreopen, dir), Errno::NotPermitted);
    EXPECT_EQ(Times("file", 5, 0, dir), Errno::NotPermitted);
    EXPECT_EQ(Stat("file", 0, dir), Errno::Success);
    EXPECT_EQ(FdFilestatSetTimes(g.context(), g.memory(), dir, 0, 5, kMtim), Errno::NotPermitted);
  }
  const uint32_t file = g.MustOpen("file", 0, kFdRead, 0, kReadOnly);
  EXPECT_EQ(g.Write(file, "x"), Errno::BadFd);
  EXPECT_EQ(FdFilestatSetTimes(g.context(), g.memory(), file, 0, 5, kMtim), Errno::NotPermitted);
  EXPECT_EQ(FdFilestatSetSize(g.context(), g.memory(), file, 0), Errno::NotPermitted);
  EXPECT_EQ(FdAllocate(g.context(), g.memory(), file, 0, 100), Errno::NotPermitted);
  EXPECT_EQ(g.Read(file), "text");
  EXPECT_EQ(Mtim("file"), mtim);
  EXPECT_FALSE(g.scratch.Exists("new"));
  EXPECT_FALSE(g.scratch.Exists("dir/new"));
}

INSTANTIATE_TEST_SUITE_P(Resolvers, WasiPath, testing::Values(PathResolver::Auto, PathResolver::Walk),
                         [](const auto& info) { return ResolverName(info.param); });

}  // namespace
}  // namespace gantry::wasi::p1
