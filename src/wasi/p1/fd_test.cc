// fd_*: reading, writing, state, rights, numbers, directories; and sockets.
#include <sys/socket.h>
#include <sys/un.h>

#include <set>

#include "wasi/p1/test_guest.h"

namespace gantry::wasi::p1 {
namespace {

using platform::OwnedFd;

TEST(WasiFd, ReadsAndWritesThroughLists) {
  Guest g;
  const uint32_t fd = g.MustOpen("file", kCreat);
  g.Iovs({{g.Put("abc"), 3}, {kOutside, 0}, {g.Put("defg"), 4}});
  ASSERT_EQ(FdWrite(g.context(), g.memory(), fd, kIovs, 3, kOut), Errno::Success);
  EXPECT_EQ(g.U32(kOut), 7u);
  EXPECT_EQ(g.scratch.Read("file"), "abcdefg");
  EXPECT_EQ(FdTell(g.context(), g.memory(), fd, kOut), Errno::Success);
  EXPECT_EQ(g.U64(kOut), 7u);
  ASSERT_EQ(FdSeek(g.context(), g.memory(), fd, 1, 0, kOut), Errno::Success);
  g.Iovs({{kData, 2}, {kData + 10, 100}});
  ASSERT_EQ(FdRead(g.context(), g.memory(), fd, kIovs, 2, kOut), Errno::Success);
  EXPECT_EQ(g.U32(kOut), 6u);
  EXPECT_EQ(g.Text(kData, 2), "bc");
  EXPECT_EQ(g.Text(kData + 10, 4), "defg");
  EXPECT_EQ(g.Read(fd), "");
  EXPECT_EQ(FdWrite(g.context(), g.memory(), fd, kIovs, 0, kOut), Errno::Success);
  EXPECT_EQ(g.U32(kOut), 0u);
}

TEST(WasiFd, PositionedTransfersKeepThePosition) {
  Guest g;
  const uint32_t fd = g.MustOpen("file", kCreat);
  ASSERT_EQ(g.Write(fd, "0123456789"), Errno::Success);
  g.Iovs({{g.Put("xy"), 2}});
  ASSERT_EQ(FdPwrite(g.context(), g.memory(), fd, kIovs, 1, 3, kOut), Errno::Success);
  g.Iovs({{kData, 4}});
  ASSERT_EQ(FdPread(g.context(), g.memory(), fd, kIovs, 1, 2, kOut), Errno::Success);
  EXPECT_EQ(g.Text(kData, 4), "2xy5");
  ASSERT_EQ(FdTell(g.context(), g.memory(), fd, kOut), Errno::Success);
  EXPECT_EQ(g.U64(kOut), 10u);
  EXPECT_EQ(FdPread(g.context(), g.memory(), fd, kIovs, 1, ~uint64_t{0}, kOut), Errno::Invalid);
  EXPECT_EQ(FdPwrite(g.context(), g.memory(), fd, kIovs, 1, uint64_t{1} << 63, kOut), Errno::Invalid);
}

TEST(WasiFd, AppendingGoesToTheEndAndPositionedWritesDoNot) {
  Guest g;
  const uint32_t fd = g.MustOpen("file", kCreat, kReadWrite, kAppend);
  EXPECT_EQ(g.Stat(fd).flags, kAppend);
  ASSERT_EQ(g.Write(fd, "1234"), Errno::Success);
  ASSERT_EQ(FdSeek(g.context(), g.memory(), fd, 0, 0, kOut), Errno::Success);
  ASSERT_EQ(g.Write(fd, "56"), Errno::Success);
  ASSERT_EQ(FdTell(g.context(), g.memory(), fd, kOut), Errno::Success);
  EXPECT_EQ(g.U64(kOut), 6u);
  g.Iovs({{g.Put("ab"), 2}});
  ASSERT_EQ(FdPwrite(g.context(), g.memory(), fd, kIovs, 1, 0, kOut), Errno::Success);
  EXPECT_EQ(g.scratch.Read("file"), "ab3456");
  ASSERT_EQ(FdFdstatSetFlags(g.context(), g.memory(), fd, 0), Errno::Success);
  ASSERT_EQ(FdSeek(g.context(), g.memory(), fd, 2, 0, kOut), Errno::Success);
  ASSERT_EQ(g.Write(fd, "c"), Errno::Success);
  EXPECT_EQ(g.scratch.Read("file"), "abc456");
}

TEST(WasiFd, HostileListsAreFaults) {
  Guest g;
  const uint32_t fd = g.MustOpen("file", kCreat);
  EXPECT_EQ(FdWrite(g.context(), g.memory(), fd, kMemorySize - 4, 1, kOut), Errno::Fault);
  EXPECT_EQ(FdWrite(g.context(), g.memory(), fd, 8, 0xffffffff, kOut), Errno::Fault);
  EXPECT_EQ(FdRead(g.context(), g.memory(), fd, 0xffffffff, 0xffffffff, kOut), Errno::Fault);
  g.Iovs({{0xffffffff, 0xffffffff}});
  EXPECT_EQ(FdWrite(g.context(), g.memory(), fd, kIovs, 1, kOut), Errno::Fault);
  g.Iovs({{kMemorySize - 4, 5}});
  EXPECT_EQ(FdRead(g.context(), g.memory(), fd, kIovs, 1, kOut), Errno::Fault);
  g.Iovs({{kData, 4}});
  EXPECT_EQ(FdWrite(g.context(), g.memory(), fd, kIovs, 1, kMemorySize - 3), Errno::Fault);
  EXPECT_EQ(g.scratch.Read("file"), "") << "a fault has no effect";
  EXPECT_EQ(FdSeek(g.context(), g.memory(), fd, 0, 0, kMemorySize - 7), Errno::Fault);
  EXPECT_EQ(FdFilestatGet(g.context(), g.memory(), fd, kMemorySize - 63), Errno::Fault);
  EXPECT_EQ(FdFdstatGet(g.context(), g.memory(), fd, kMemorySize - 23), Errno::Fault);
}

TEST(WasiFd, LongListsAreServedInPart) {
  Guest g;
  const uint32_t fd = g.MustOpen("file", kCreat);
  constexpr uint32_t kCount = 5000;
  for (uint32_t i = 0; i < kCount; ++i) {
    const Iovec iov{kData, 1};
    std::memcpy(g.at(8192 + i * 8), &iov, sizeof(iov));
  }
  ASSERT_EQ(FdWrite(g.context(), g.memory(), fd, 8192, kCount, kOut), Errno::Success);
  EXPECT_EQ(g.U32(kOut), 1024u);
}

TEST(WasiFd, UnknownDescriptors) {
  Guest g;
  for (const uint32_t fd : {5u, 99u, 0x7fffffffu, 0xffffffffu}) {
    EXPECT_EQ(FdRead(g.context(), g.memory(), fd, kIovs, 0, kOut), Errno::BadFd);
    EXPECT_EQ(FdClose(g.context(), g.memory(), fd), Errno::BadFd);
    EXPECT_EQ(FdSeek(g.context(), g.memory(), fd, 0, 0, kOut), Errno::BadFd);
    EXPECT_EQ(FdFdstatGet(g.context(), g.memory(), fd, kOut), Errno::BadFd);
    EXPECT_EQ(FdFilestatGet(g.context(), g.memory(), fd, kOut), Errno::BadFd);
    EXPECT_EQ(FdPrestatGet(g.context(), g.memory(), fd, kOut), Errno::BadFd);
    EXPECT_EQ(FdPrestatDirName(g.context(), g.memory(), fd, kOut, 10), Errno::BadFd);
    EXPECT_EQ(FdReaddir(g.context(), g.memory(), fd, kData, 10, 0, kOut), Errno::BadFd);
    EXPECT_EQ(FdRenumber(g.context(), g.memory(), fd, 1), Errno::BadFd);
    EXPECT_EQ(FdRenumber(g.context(), g.memory(), 1, fd), Errno::BadFd);
    EXPECT_EQ(FdFdstatSetRights(g.context(), g.memory(), fd, 0, 0), Errno::BadFd);
    EXPECT_EQ(FdFdstatSetFlags(g.context(), g.memory(), fd, 0), Errno::BadFd);
    EXPECT_EQ(FdFilestatSetTimes(g.context(), g.memory(), fd, 0, 0, 0), Errno::BadFd);
    EXPECT_EQ(SockRecv(g.context(), g.memory(), fd, kIovs, 0, 0, kOut, kOut2), Errno::BadFd);
    EXPECT_EQ(SockAccept(g.context(), g.memory(), fd, 0, kOut), Errno::BadFd);
    uint32_t opened;
    EXPECT_EQ(g.Open(fd, "x", 0, 0, &opened), Errno::BadFd);
  }
  EXPECT_EQ(g.Stat(1).filetype, FileType::Unknown) << "still open";
}

TEST(WasiFd, Seeking) {
  Guest g;
  g.scratch.Write("file", "0123456789");
  const uint32_t fd = g.MustOpen("file");
  ASSERT_EQ(FdSeek(g.context(), g.memory(), fd, -3, 2, kOut), Errno::Success);
  EXPECT_EQ(g.U64(kOut), 7u);
  ASSERT_EQ(FdSeek(g.context(), g.memory(), fd, -2, 1, kOut), Errno::Success);
  EXPECT_EQ(g.U64(kOut), 5u);
  EXPECT_EQ(g.Read(fd, 2), "56");
  EXPECT_EQ(FdSeek(g.context(), g.memory(), fd, -100, 1, kOut), Errno::Invalid);
  EXPECT_EQ(FdSeek(g.context(), g.memory(), fd, 0, 3, kOut), Errno::Invalid);
  EXPECT_EQ(FdSeek(g.context(), g.memory(), fd, INT64_MIN, 0, kOut), Errno::Invalid);
  ASSERT_EQ(FdSeek_p0(g.context(), g.memory(), fd, 3, 2, kOut), Errno::Success) << "preview0: 2 is the start";
  EXPECT_EQ(g.U64(kOut), 3u);
  ASSERT_EQ(FdSeek_p0(g.context(), g.memory(), fd, 0, 1, kOut), Errno::Success);
  EXPECT_EQ(g.U64(kOut), 10u);
  EXPECT_EQ(FdSeek_p0(g.context(), g.memory(), fd, 0, 3, kOut), Errno::Invalid);
}

TEST(WasiFd, AccessModesHold) {
  Guest g;
  g.scratch.Write("file", "text");
  const uint32_t reader = g.MustOpen("file", 0, kFdRead);
  EXPECT_EQ(g.Read(reader), "text");
  EXPECT_EQ(g.Write(reader, "x"), Errno::BadFd);
  EXPECT_EQ(FdFilestatSetSize(g.context(), g.memory(), reader, 0), Errno::BadFd);
  EXPECT_EQ(FdAllocate(g.context(), g.memory(), reader, 0, 1), Errno::BadFd);
  const uint32_t writer = g.MustOpen("file", 0, kFdWrite);
  EXPECT_EQ(g.Read(writer), "!badf");
  EXPECT_EQ(g.Write(writer, "T"), Errno::Success);
  EXPECT_FALSE(g.Stat(writer).rights_base & kFdRead);
  EXPECT_TRUE(g.Stat(writer).rights_base & kFdWrite);
}

TEST(WasiFd, DirectoriesAreNotFiles) {
  Guest g;
  EXPECT_EQ(g.Read(kPreopen), "!badf");
  EXPECT_EQ(g.Write(kPreopen, "x"), Errno::BadFd);
  EXPECT_EQ(FdSeek(g.context(), g.memory(), kPreopen, 0, 0, kOut), Errno::BadFd);
  EXPECT_EQ(FdTell(g.context(), g.memory(), kPreopen, kOut), Errno::BadFd);
  EXPECT_EQ(FdAllocate(g.context(), g.memory(), kPreopen, 0, 1), Errno::BadFd);
  EXPECT_EQ(FdAdvise(g.context(), g.memory(), kPreopen, 0, 1, 0), Errno::BadFd);
  EXPECT_EQ(FdFilestatSetSize(g.context(), g.memory(), kPreopen, 0), Errno::BadFd);
  g.scratch.Write("file", "");
  const uint32_t file = g.MustOpen("file");
  EXPECT_EQ(FdReaddir(g.context(), g.memory(), file, kData, 10, 0, kOut), Errno::NotDir);
  uint32_t fd;
  EXPECT_EQ(g.Open(file, "x", 0, 0, &fd), Errno::NotDir);
}

TEST(WasiFd, RightsCanOnlyBeDropped) {
  Guest g;
  g.scratch.Write("file", "text");
  const uint32_t fd = g.MustOpen("file");
  const Fdstat before = g.Stat(fd);
  ASSERT_EQ(FdFdstatSetRights(g.context(), g.memory(), fd, before.rights_base & ~kReadWrite, 0), Errno::Success);
  EXPECT_EQ(g.Stat(fd).rights_base, before.rights_base & ~kReadWrite);
  EXPECT_EQ(g.Read(fd), "!notcapable");
  EXPECT_EQ(g.Write(fd, "x"), Errno::NotCapable);
  EXPECT_EQ(FdFdstatSetRights(g.context(), g.memory(), fd, before.rights_base, 0), Errno::NotCapable);
  EXPECT_EQ(FdFdstatSetRights(g.context(), g.memory(), fd, 0, kFdRead), Errno::NotCapable);
  EXPECT_EQ(FdFdstatSetRights(g.context(), g.memory(), fd, ~uint64_t{0}, 0), Errno::NotCapable);

  const Fdstat dir = g.Stat(kPreopen);
  ASSERT_EQ(FdFdstatSetRights(g.context(), g.memory(), kPreopen, dir.rights_base & ~kPathFilestatSetSize,
                              dir.rights_inheriting & ~kFdWrite),
            Errno::Success);
  uint32_t opened;
  EXPECT_EQ(g.Open(kPreopen, "file", kTrunc, kFdRead, &opened), Errno::NotCapable);
  EXPECT_EQ(g.Open(kPreopen, "file", 0, kFdWrite, &opened), Errno::NotCapable);
  EXPECT_EQ(g.Open(kPreopen, "file", 0, kFdRead, &opened), Errno::Success);
  EXPECT_EQ(g.scratch.Read("file"), "text");
}

TEST(WasiFd, FlagsThatTheHostFixesStay) {
  Guest g;
  const uint32_t fd = g.MustOpen("file", kCreat, kReadWrite, kSync);
  EXPECT_EQ(g.Stat(fd).flags, kSync);
  EXPECT_EQ(FdFdstatSetFlags(g.context(), g.memory(), fd, kSync | kNonblock), Errno::Success);
  EXPECT_EQ(g.Stat(fd).flags, kSync | kNonblock);
  EXPECT_EQ(FdFdstatSetFlags(g.context(), g.memory(), fd, 0), Errno::Invalid);
  EXPECT_EQ(FdFdstatSetFlags(g.context(), g.memory(), fd, kSync | 0x100), Errno::Invalid);
}

TEST(WasiFd, AttributesSizesAndTimes) {
  Guest g;
  const uint32_t fd = g.MustOpen("file", kCreat);
  ASSERT_EQ(FdFilestatSetSize(g.context(), g.memory(), fd, 100), Errno::Success);
  ASSERT_EQ(FdFilestatGet(g.context(), g.memory(), fd, kOut), Errno::Success);
  Filestat stat = g.Value<Filestat>(kOut);
  EXPECT_EQ(stat.size, 100u);
  EXPECT_EQ(stat.filetype, FileType::RegularFile);
  EXPECT_EQ(stat.nlink, 1u);
  EXPECT_NE(stat.ino, 0u);
  ASSERT_EQ(FdFilestatSetTimes(g.context(), g.memory(), fd, 5, 7'000'000'001, kMtim), Errno::Success);
  ASSERT_EQ(FdFilestatGet(g.context(), g.memory(), fd, kOut), Errno::Success);
  EXPECT_EQ(g.Value<Filestat>(kOut).mtim, 7'000'000'001u);
  EXPECT_EQ(g.Value<Filestat>(kOut).atim, stat.atim);
  EXPECT_EQ(FdFilestatSetTimes(g.context(), g.memory(), fd, 0, 0, kMtim | kMtimNow), Errno::Invalid);
  EXPECT_EQ(FdFilestatSetTimes(g.context(), g.memory(), fd, 0, 0, kAtim | kAtimNow), Errno::Invalid);
  EXPECT_EQ(FdFilestatSetTimes(g.context(), g.memory(), fd, 0, 0, 1 << 4), Errno::Invalid);
  EXPECT_EQ(FdFilestatSetSize(g.context(), g.memory(), fd, ~uint64_t{0}), Errno::Invalid);
  ASSERT_EQ(FdFilestatGet_p0(g.context(), g.memory(), fd, kOut), Errno::Success);
  const Filestat_p0 old = g.Value<Filestat_p0>(kOut);
  EXPECT_EQ(old.size, 100u);
  EXPECT_EQ(old.nlink, 1u);
  EXPECT_EQ(old.mtim, 7'000'000'001u);
  EXPECT_EQ(FdFilestatGet_p0(g.context(), g.memory(), fd, kMemorySize - 55), Errno::Fault);
}

TEST(WasiFd, AdviceAllocationAndSync) {
  Guest g;
  const uint32_t fd = g.MustOpen("file", kCreat);
  EXPECT_EQ(FdAdvise(g.context(), g.memory(), fd, 10, 50, 3), Errno::Success);
  EXPECT_EQ(FdAdvise(g.context(), g.memory(), fd, 0, 0, 6), Errno::Invalid);
  EXPECT_EQ(FdAdvise(g.context(), g.memory(), fd, ~uint64_t{0}, 1, 0), Errno::Invalid);
  EXPECT_EQ(FdAllocate(g.context(), g.memory(), fd, 90, 20), Errno::Success);
  ASSERT_EQ(FdFilestatGet(g.context(), g.memory(), fd, kOut), Errno::Success);
  EXPECT_EQ(g.Value<Filestat>(kOut).size, 110u);
  EXPECT_EQ(FdAllocate(g.context(), g.memory(), fd, 0, 0), Errno::Invalid);
  EXPECT_EQ(FdAllocate(g.context(), g.memory(), fd, INT64_MAX, 2), Errno::Invalid);
  EXPECT_EQ(FdSync(g.context(), g.memory(), fd), Errno::Success);
  EXPECT_EQ(FdDatasync(g.context(), g.memory(), fd), Errno::Success);
}

TEST(WasiFd, Preopens) {
  Guest g;
  ASSERT_EQ(FdPrestatGet(g.context(), g.memory(), kReadOnly, kOut), Errno::Success);
  EXPECT_EQ(g.U32(kOut), 0u);
  EXPECT_EQ(g.U32(kOut + 4), 3u);
  ASSERT_EQ(FdPrestatDirName(g.context(), g.memory(), kReadOnly, kData, 10), Errno::Success);
  EXPECT_EQ(g.Text(kData, 4), std::string("/ro\0", 4));
  EXPECT_EQ(FdPrestatDirName(g.context(), g.memory(), kReadOnly, kData, 2), Errno::NameTooLong);
  EXPECT_EQ(FdPrestatDirName(g.context(), g.memory(), kReadOnly, kMemorySize - 2, 3), Errno::Fault);
  EXPECT_EQ(FdPrestatGet(g.context(), g.memory(), 1, kOut), Errno::BadFd) << "not a preopen";
  EXPECT_EQ(g.Close(kReadOnly), Errno::Success);
  EXPECT_EQ(FdPrestatGet(g.context(), g.memory(), kReadOnly, kOut), Errno::BadFd);
}

size_t OpenHostDescriptors() {
  size_t count = 0;
  for (int fd = 0; fd < 1024; ++fd) count += fcntl(fd, F_GETFD) >= 0;
  return count;
}

TEST(WasiFd, RenumberingMovesAndLeaksNothing) {
  Guest g;
  const uint32_t one = g.MustOpen("one", kCreat);
  const uint32_t two = g.MustOpen("two", kCreat);
  const size_t open = OpenHostDescriptors();
  ASSERT_EQ(FdRenumber(g.context(), g.memory(), one, two), Errno::Success);
  EXPECT_EQ(OpenHostDescriptors(), open - 1);
  EXPECT_EQ(g.Close(one), Errno::BadFd);
  ASSERT_EQ(g.Write(two, "text"), Errno::Success);
  EXPECT_EQ(g.scratch.Read("one"), "text");
  EXPECT_EQ(FdRenumber(g.context(), g.memory(), two, one), Errno::BadFd);
  EXPECT_EQ(FdRenumber(g.context(), g.memory(), two, two), Errno::Success);
  EXPECT_EQ(g.Write(two, "!"), Errno::Success);
  EXPECT_EQ(FdRenumber(g.context(), g.memory(), two, 1), Errno::Success) << "over a standard stream";
  EXPECT_EQ(FdRenumber(g.context(), g.memory(), 1, kPreopen), Errno::Success) << "over a preopen";
  EXPECT_EQ(FdPrestatGet(g.context(), g.memory(), kPreopen, kOut), Errno::BadFd);
  EXPECT_EQ(g.Write(kPreopen, "!"), Errno::Success);
  EXPECT_EQ(g.scratch.Read("one"), "text!!");
}

TEST(WasiFd, NumbersAreReusedAndBounded) {
  WasiConfig config;
  config.max_descriptors = 10;
  Guest g(std::move(config));
  EXPECT_EQ(g.MustOpen("a", kCreat), 5u);
  EXPECT_EQ(g.MustOpen("b", kCreat), 6u);
  EXPECT_EQ(g.Close(5), Errno::Success);
  EXPECT_EQ(g.MustOpen("c", kCreat), 5u);
  for (uint32_t i = 7; i < 10; ++i) g.MustOpen("d", kCreat);
  uint32_t fd;
  EXPECT_EQ(g.Open(kPreopen, "late", kCreat, kFdWrite, &fd), Errno::TooManyFiles);
  EXPECT_FALSE(g.scratch.Exists("late"));
  EXPECT_EQ(g.Close(7), Errno::Success);
  EXPECT_EQ(g.Open(kPreopen, "late", kCreat, kFdWrite, &fd), Errno::Success);
}

TEST(WasiFd, StandardStreams) {
  std::string written;
  WasiConfig config;
  config.in = StreamConfig::File(platform::AnonymousFile("typed", 5));
  config.out = StreamConfig::Sink([&](const uint8_t* data, size_t size) {
    const size_t n = std::min<size_t>(size, 4);
    written.append(reinterpret_cast<const char*>(data), n);
    return static_cast<ptrdiff_t>(n);
  });
  Guest g(std::move(config));
  EXPECT_EQ(g.Read(0), "typed");
  EXPECT_EQ(g.Write(0, "x"), Errno::BadFd) << "input only";
  g.Iovs({{g.Put("abc"), 3}, {g.Put("defghi"), 6}});
  ASSERT_EQ(FdWrite(g.context(), g.memory(), 1, kIovs, 2, kOut), Errno::Success);
  EXPECT_EQ(g.U32(kOut), 7u) << "the sink took part of the second buffer";
  EXPECT_EQ(written, "abcdefg");
  EXPECT_EQ(g.Read(1), "!badf");
  EXPECT_EQ(g.Write(2, "thrown away"), Errno::Success);
  EXPECT_EQ(FdSeek(g.context(), g.memory(), 1, 0, 0, kOut), Errno::SeekPipe);
  EXPECT_EQ(FdTell(g.context(), g.memory(), 2, kOut), Errno::SeekPipe);
  EXPECT_EQ(FdFilestatGet(g.context(), g.memory(), 2, kOut), Errno::Success);
  EXPECT_EQ(g.Close(1), Errno::Success);
  EXPECT_EQ(g.Write(1, "x"), Errno::BadFd);
}

TEST(WasiFd, InheritedStreamsStayWithTheProcess) {
  WasiConfig config;
  config.out = StreamConfig::Inherit();
  Guest g(std::move(config));
  const int before = fcntl(1, F_GETFL);
  ASSERT_EQ(FdFdstatSetFlags(g.context(), g.memory(), 1, g.Stat(1).flags | kNonblock), Errno::Success);
  EXPECT_EQ(fcntl(1, F_GETFL), before) << "the flags belong to everyone who has this stream";
  EXPECT_TRUE(g.Stat(1).flags & kNonblock);
  EXPECT_EQ(g.Close(1), Errno::Success);
  EXPECT_GE(fcntl(1, F_GETFD), 0);
}

// All names that reading with this buffer size gives, and how often each.
std::multiset<std::string> List(Guest& g, uint32_t fd, uint32_t buffer) {
  std::multiset<std::string> names;
  uint64_t cookie = 0;
  for (int calls = 0; calls < 10000; ++calls) {
    if (FdReaddir(g.context(), g.memory(), fd, kData, buffer, cookie, kOut) != Errno::Success) {
      ADD_FAILURE();
      break;
    }
    const uint32_t used = g.U32(kOut);
    uint32_t at = 0;
    while (used - at >= sizeof(Dirent)) {
      const Dirent entry = g.Value<Dirent>(kData + at);
      if (used - at - sizeof(Dirent) < entry.namlen) break;
      names.insert(g.Text(kData + at + sizeof(Dirent), entry.namlen));
      at += static_cast<uint32_t>(sizeof(Dirent)) + entry.namlen;
      cookie = entry.next;
    }
    if (used < buffer) break;
  }
  return names;
}

TEST(WasiReaddir, GivesEveryEntryOnceWithAnyBuffer) {
  Guest g;
  g.scratch.Mkdir("dir");
  std::multiset<std::string> expected = {".", ".."};
  for (int i = 0; i < 300; ++i) {
    const std::string name = "file." + std::to_string(i) + std::string(static_cast<size_t>(i) % 200, 'x');
    g.scratch.Write("dir/" + name, "");
    expected.insert(name);
  }
  const uint32_t fd = g.MustOpen("dir", kDirectory, kFdReaddir);
  for (const uint32_t buffer : {300u, 512u, 4096u, 50000u}) EXPECT_EQ(List(g, fd, buffer), expected) << buffer;
}

TEST(WasiReaddir, CookiesSurviveRemoval) {
  Guest g;
  g.scratch.Mkdir("dir");
  for (int i = 0; i < 50; ++i) g.scratch.Write("dir/file." + std::to_string(i), "");
  const uint32_t fd = g.MustOpen("dir", kDirectory, kFdReaddir);
  ASSERT_EQ(FdReaddir(g.context(), g.memory(), fd, kData, 200, 0, kOut), Errno::Success);
  const Dirent first = g.Value<Dirent>(kData);
  ASSERT_EQ(FdReaddir(g.context(), g.memory(), fd, kData, 200, first.next, kOut), Errno::Success);
  const Dirent second = g.Value<Dirent>(kData);
  const std::string name = g.Text(kData + 24, second.namlen);
  ASSERT_EQ(FdReaddir(g.context(), g.memory(), fd, kData, 200, second.next, kOut), Errno::Success);
  const std::string third = g.Text(kData + 24, g.Value<Dirent>(kData).namlen);
  if (name != "." && name != "..") remove(g.scratch.At("dir/" + name).c_str());
  ASSERT_EQ(FdReaddir(g.context(), g.memory(), fd, kData, 200, second.next, kOut), Errno::Success);
  EXPECT_EQ(g.Text(kData + 24, g.Value<Dirent>(kData).namlen), third);
}

TEST(WasiReaddir, CutsWhatDoesNotFitAndHidesTheParent) {
  Guest g;
  g.scratch.Mkdir("dir");
  const uint32_t fd = g.MustOpen("dir", kDirectory, kFdReaddir);
  ASSERT_EQ(FdReaddir(g.context(), g.memory(), fd, kData, 5, 0, kOut), Errno::Success);
  EXPECT_EQ(g.U32(kOut), 5u);
  ASSERT_EQ(FdReaddir(g.context(), g.memory(), fd, kData, 0, 0, kOut), Errno::Success);
  EXPECT_EQ(g.U32(kOut), 0u);
  ASSERT_EQ(FdFilestatGet(g.context(), g.memory(), kPreopen, kOut), Errno::Success);
  const uint64_t own = g.Value<Filestat>(kOut).ino;
  ASSERT_EQ(FdReaddir(g.context(), g.memory(), kPreopen, kData, 1000, 0, kOut), Errno::Success);
  const uint32_t used = g.U32(kOut);
  for (uint32_t at = 0; at < used;) {
    const Dirent entry = g.Value<Dirent>(kData + at);
    if (g.Text(kData + at + 24, entry.namlen) == "..") {
      EXPECT_EQ(entry.ino, own);
    }
    at += 24 + entry.namlen;
  }
  EXPECT_EQ(FdReaddir(g.context(), g.memory(), fd, kMemorySize - 10, 11, 0, kOut), Errno::Fault);
  EXPECT_EQ(FdReaddir(g.context(), g.memory(), fd, kData, 10, 0, kMemorySize - 3), Errno::Fault);
  EXPECT_EQ(FdReaddir(g.context(), g.memory(), fd, kData, 10, ~uint64_t{0}, kOut), Errno::Invalid);
  FdReaddir(g.context(), g.memory(), fd, kData, 1000, 0x123456789abcdef, kOut);  // any cookie is safe
}

TEST(WasiLimits, OneCallMayNameSoManyBytes) {
  WasiConfig config;
  config.max_call_bytes = 1000;
  Guest g(std::move(config));
  WasiContext& c = g.context();
  const GuestMemory m = g.memory();
  const uint32_t text = g.Put(std::string(1001, 'x'));
  EXPECT_EQ(PathCreateDirectory(c, m, kPreopen, text, 1001), Errno::NoMemory);
  EXPECT_EQ(PathCreateDirectory(c, m, kPreopen, text, 1000), Errno::NameTooLong) << "the host's answer";
  EXPECT_EQ(PathRename(c, m, kPreopen, text, 500, kPreopen, text, 501), Errno::NoMemory);
  EXPECT_EQ(PathLink(c, m, kPreopen, 0, text, 500, kPreopen, text, 501), Errno::NoMemory);
  EXPECT_EQ(PathSymlink(c, m, text, 500, kPreopen, text, 501), Errno::NoMemory);

  const uint32_t fd = g.MustOpen("file", kCreat);
  const auto transfers = [&](uint32_t count) {
    EXPECT_EQ(FdRead(c, m, fd, kIovs, count, kOut), FdWrite(c, m, fd, kIovs, count, kOut));
    EXPECT_EQ(FdPread(c, m, fd, kIovs, count, 0, kOut), FdPwrite(c, m, fd, kIovs, count, 0, kOut));
    return FdWrite(c, m, fd, kIovs, count, kOut);
  };
  EXPECT_EQ(transfers(125), Errno::Success) << "a thousand bytes of list, and nothing in it";
  EXPECT_EQ(transfers(126), Errno::NoMemory);
  g.Iovs({{kData, 992}});
  EXPECT_EQ(transfers(1), Errno::Success);
  g.Iovs({{kData, 500}, {kData, 485}});
  EXPECT_EQ(transfers(2), Errno::NoMemory) << "with the list";

  EXPECT_EQ(PollOneoff(c, m, kData, kData + 2000, 12, kOut), Errno::Success);
  EXPECT_EQ(PollOneoff(c, m, kData, kData + 2000, 13, kOut), Errno::NoMemory);
}

TEST(WasiLimits, RandomBytesEndTheProgram) {
  WasiConfig config;
  config.max_random_bytes = 10;
  Guest g(std::move(config));
  EXPECT_EQ(RandomGet(g.context(), g.memory(), kData, 10), Errno::Success);
  EXPECT_FALSE(g.context().needs_attention);
  RandomGet(g.context(), g.memory(), kData, 11);
  EXPECT_TRUE(g.context().needs_attention);
  ASSERT_TRUE(g.context().failure);
  EXPECT_EQ(g.context().failure->message(), "random_get: requested len 11 exceeds limit 10");
}

TEST(WasiSock, WorksOnSocketsHandedIn) {
  int pair[2];
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
  const OwnedFd peer(pair[1]);
  WasiConfig config;
  config.sockets.emplace_back(pair[0]);
  ScratchDir extra;
  Guest g(std::move(config));
  const uint32_t fd = 3;  // before the preopens
  EXPECT_EQ(g.Stat(fd).filetype, FileType::SocketStream);
  g.Iovs({{g.Put("ping"), 4}});
  ASSERT_EQ(SockSend(g.context(), g.memory(), fd, kIovs, 1, 0, kOut), Errno::Success);
  EXPECT_EQ(g.U32(kOut), 4u);
  EXPECT_EQ(SockSend(g.context(), g.memory(), fd, kIovs, 1, 1, kOut), Errno::Invalid);
  ASSERT_EQ(send(peer.get(), "pong", 4, 0), 4);
  g.Iovs({{kData, 100}});
  ASSERT_EQ(SockRecv(g.context(), g.memory(), fd, kIovs, 1, kRecvPeek, kOut, kOut2), Errno::Success);
  ASSERT_EQ(SockRecv(g.context(), g.memory(), fd, kIovs, 1, 0, kOut, kOut2), Errno::Success);
  EXPECT_EQ(g.Text(kData, g.U32(kOut)), "pong");
  EXPECT_EQ(SockRecv(g.context(), g.memory(), fd, kIovs, 1, 4, kOut, kOut2), Errno::Invalid);
  EXPECT_EQ(SockShutdown(g.context(), g.memory(), fd, 0), Errno::Invalid);
  EXPECT_EQ(SockShutdown(g.context(), g.memory(), fd, kShutdownWrite), Errno::Success);
  EXPECT_EQ(g.Write(fd, "x"), Errno::BrokenPipe) << "and no signal";
}

TEST(WasiSock, StandBeforeThePreopens) {
  int pair[2];
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
  const OwnedFd peer(pair[1]);
  WasiConfig config;
  config.sockets.emplace_back(pair[0]);
  Guest g(std::move(config));
  // A libc looks for directories up to the first BADF; it must see those behind the socket.
  ASSERT_EQ(FdPrestatGet(g.context(), g.memory(), 3, kOut), Errno::Success);
  EXPECT_EQ(g.Value<Prestat>(kOut).tag, PrestatTag::Socket);
  EXPECT_EQ(FdPrestatDirName(g.context(), g.memory(), 3, kData, 100), Errno::NotDir);
  ASSERT_EQ(FdPrestatGet(g.context(), g.memory(), 4, kOut), Errno::Success);
  EXPECT_EQ(g.Value<Prestat>(kOut).tag, PrestatTag::Directory);
  ASSERT_EQ(FdPrestatDirName(g.context(), g.memory(), 5, kData, 100), Errno::Success);
  EXPECT_EQ(g.Text(kData, 3), "/ro");
  EXPECT_EQ(FdPrestatGet(g.context(), g.memory(), 6, kOut), Errno::BadFd);
}

TEST(WasiSock, AcceptsConnections) {
  ScratchDir place;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  snprintf(address.sun_path, sizeof(address.sun_path), "%s/s", place.inside().c_str());
  OwnedFd listener(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  ASSERT_EQ(bind(listener.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
  ASSERT_EQ(listen(listener.get(), 1), 0);
  const OwnedFd client(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  ASSERT_EQ(connect(client.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
  WasiConfig config;
  config.sockets.push_back(std::move(listener));
  Guest g(std::move(config));
  EXPECT_EQ(SockAccept(g.context(), g.memory(), 3, 0xff, kOut), Errno::Invalid);
  EXPECT_EQ(SockAccept(g.context(), g.memory(), 3, 0, kMemorySize - 3), Errno::Fault);
  ASSERT_EQ(SockAccept(g.context(), g.memory(), 3, kNonblock, kOut), Errno::Success);
  const uint32_t fd = g.U32(kOut);
  EXPECT_EQ(g.Stat(fd).flags, kNonblock);
  EXPECT_EQ(g.Read(fd), "!again");
  ASSERT_EQ(send(client.get(), "hi", 2, 0), 2);
  EXPECT_EQ(g.Read(fd), "hi");
}

TEST(WasiSock, OtherDescriptorsAreNotSockets) {
  Guest g;
  for (const uint32_t fd : {0u, kPreopen}) {
    EXPECT_EQ(SockAccept(g.context(), g.memory(), fd, 0, kOut), Errno::NotSocket);
    EXPECT_EQ(SockRecv(g.context(), g.memory(), fd, kIovs, 0, 0, kOut, kOut2), Errno::NotSocket);
    EXPECT_EQ(SockSend(g.context(), g.memory(), fd, kIovs, 0, 0, kOut), Errno::NotSocket);
    EXPECT_EQ(SockShutdown(g.context(), g.memory(), fd, 1), Errno::NotSocket);
  }
}

}  // namespace
}  // namespace gantry::wasi::p1
