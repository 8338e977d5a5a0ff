#include "platform/files.h"

#include <errno.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <set>
#include <string>

#include "platform/clock.h"
#include "platform/random.h"

namespace gantry::platform {
namespace {

bool IsOpen(int fd) { return fcntl(fd, F_GETFD) >= 0; }

std::string Contents(int fd) {
  char text[100];
  const ssize_t n = pread(fd, text, sizeof(text), 0);
  return n < 0 ? "?" : std::string(text, static_cast<size_t>(n));
}

TEST(OwnedFd, ClosesOnce) {
  int raw = -1;
  {
    OwnedFd one = AnonymousFile("x", 1);
    raw = one.get();
    OwnedFd two = std::move(one);
    EXPECT_FALSE(one);
    EXPECT_EQ(two.get(), raw);
    EXPECT_TRUE(IsOpen(raw));
    OwnedFd* same = &two;
    two = std::move(*same);
    EXPECT_TRUE(IsOpen(raw));
  }
  EXPECT_FALSE(IsOpen(raw));
  OwnedFd file = AnonymousFile("", 0);
  const int released = file.Release();
  EXPECT_FALSE(file);
  EXPECT_TRUE(IsOpen(released));
  close(released);
}

TEST(Files, AnonymousFilesStartAtTheirStart) {
  const OwnedFd file = AnonymousFile("hello", 5);
  char text[10];
  EXPECT_EQ(read(file.get(), text, sizeof(text)), 5);
  EXPECT_EQ(std::string(text, 5), "hello");
}

TEST(Files, AppendingMovesThePosition) {
  const OwnedFd file = AnonymousFile("1234", 4);
  char more[] = "56";
  const iovec iov{more, 2};
  EXPECT_EQ(AppendVector(file.get(), &iov, 1), 2);
  EXPECT_EQ(Contents(file.get()), "123456");
  EXPECT_EQ(lseek(file.get(), 0, SEEK_CUR), 6);
  EXPECT_EQ(AppendVector(-1, &iov, 1), -EBADF);
}

TEST(Files, DirectoryEntriesDecode) {
  const OwnedFd dir(open("/proc/self", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  ASSERT_TRUE(dir);
  std::set<std::string> names;
  alignas(8) uint8_t block[512];
  for (ssize_t n; (n = ReadDirectory(dir.get(), block, sizeof(block))) > 0;) {
    for (ssize_t at = 0; at < n;) {
      const DirectoryEntry entry = DecodeDirectoryEntry(block + at);
      ASSERT_GT(entry.length, 0);
      names.insert(entry.name);
      at += entry.length;
    }
  }
  for (const char* name : {".", "..", "maps", "exe", "task"}) EXPECT_TRUE(names.contains(name)) << name;
  EXPECT_EQ(ReadDirectory(-1, block, sizeof(block)), -EBADF);
}

TEST(Files, OpenBeneathConfines) {
  if (!HasOpenBeneath()) GTEST_SKIP() << "the kernel cannot";
  const OwnedFd root(open("/proc/self", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  EXPECT_TRUE(OwnedFd(OpenBeneath(root.get(), "status", O_RDONLY, 0)));
  EXPECT_EQ(OpenBeneath(root.get(), "../1/status", O_RDONLY, 0), -EXDEV);
  EXPECT_EQ(OpenBeneath(root.get(), "/etc/passwd", O_RDONLY, 0), -EXDEV);
  EXPECT_EQ(OpenBeneath(root.get(), "exe", O_RDONLY, 0), -ELOOP) << "a magic link";
}

TEST(Clock, ConversionsSaturate) {
  EXPECT_EQ(ToNanos({.tv_sec = -1, .tv_nsec = 5}), 0u);
  EXPECT_EQ(ToNanos({.tv_sec = 2, .tv_nsec = 5}), 2'000'000'005u);
  EXPECT_EQ(ToNanos({.tv_sec = INT64_MAX, .tv_nsec = 0}), ~uint64_t{0});
  const timespec most = FromNanos(~uint64_t{0});
  EXPECT_EQ(ToNanos(most), ~uint64_t{0});
  EXPECT_GT(ClockNow(Clock::Realtime), uint64_t{1'700'000'000} * kNanosPerSecond);
  EXPECT_GT(ClockResolution(Clock::Monotonic), 0u);
}

TEST(Random, FillsLargeBuffers) {
  std::string bytes((1 << 20) + 7, 0);
  ASSERT_EQ(SecureRandom(bytes.data(), bytes.size()), 0);
  EXPECT_NE(bytes.substr(0, 32), std::string(32, 0));
  EXPECT_NE(bytes.substr(bytes.size() - 7), std::string(7, 0));
  EXPECT_EQ(SecureRandom(nullptr, 0), 0);
}

}  // namespace
}  // namespace gantry::platform
