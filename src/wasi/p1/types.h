// WASI 0.1's data types as they lie in guest memory (preview1 witx; preview0's differences are named _p0).
#pragma once

#include <cstddef>
#include <cstdint>

namespace gantry::wasi::p1 {

// Rights of a descriptor. Base rights apply to it, inheriting rights bound what is opened through it.
using Rights = uint64_t;
inline constexpr Rights kFdDatasync = 1 << 0;
inline constexpr Rights kFdRead = 1 << 1;
inline constexpr Rights kFdSeek = 1 << 2;  // implies kFdTell
inline constexpr Rights kFdFdstatSetFlags = 1 << 3;
inline constexpr Rights kFdSync = 1 << 4;
inline constexpr Rights kFdTell = 1 << 5;
inline constexpr Rights kFdWrite = 1 << 6;
inline constexpr Rights kFdAdvise = 1 << 7;
inline constexpr Rights kFdAllocate = 1 << 8;
inline constexpr Rights kPathCreateDirectory = 1 << 9;
inline constexpr Rights kPathCreateFile = 1 << 10;
inline constexpr Rights kPathLinkSource = 1 << 11;
inline constexpr Rights kPathLinkTarget = 1 << 12;
inline constexpr Rights kPathOpen = 1 << 13;
inline constexpr Rights kFdReaddir = 1 << 14;
inline constexpr Rights kPathReadlink = 1 << 15;
inline constexpr Rights kPathRenameSource = 1 << 16;
inline constexpr Rights kPathRenameTarget = 1 << 17;
inline constexpr Rights kPathFilestatGet = 1 << 18;
inline constexpr Rights kPathFilestatSetSize = 1 << 19;
inline constexpr Rights kPathFilestatSetTimes = 1 << 20;
inline constexpr Rights kFdFilestatGet = 1 << 21;
inline constexpr Rights kFdFilestatSetSize = 1 << 22;
inline constexpr Rights kFdFilestatSetTimes = 1 << 23;
inline constexpr Rights kPathSymlink = 1 << 24;
inline constexpr Rights kPathRemoveDirectory = 1 << 25;
inline constexpr Rights kPathUnlinkFile = 1 << 26;
inline constexpr Rights kPollFdReadwrite = 1 << 27;
inline constexpr Rights kSockShutdown = 1 << 28;
inline constexpr Rights kSockAccept = 1 << 29;
inline constexpr Rights kAllRights = (Rights{1} << 30) - 1;

// Which rights mean something for a file, a directory, a socket.
inline constexpr Rights kDirectoryRights =
    kFdFdstatSetFlags | kFdSync | kFdDatasync | kPathCreateDirectory | kPathCreateFile | kPathLinkSource |
    kPathLinkTarget | kPathOpen | kFdReaddir | kPathReadlink | kPathRenameSource | kPathRenameTarget |
    kPathFilestatGet | kPathFilestatSetSize | kPathFilestatSetTimes | kFdFilestatGet | kFdFilestatSetTimes |
    kPathSymlink | kPathRemoveDirectory | kPathUnlinkFile | kPollFdReadwrite;
inline constexpr Rights kFileRights = kFdDatasync | kFdRead | kFdSeek | kFdFdstatSetFlags | kFdSync | kFdTell |
                                      kFdWrite | kFdAdvise | kFdAllocate | kFdFilestatGet | kFdFilestatSetSize |
                                      kFdFilestatSetTimes | kPollFdReadwrite;
inline constexpr Rights kStreamRights = kFdRead | kFdWrite | kFdFdstatSetFlags | kFdFilestatGet | kPollFdReadwrite;
inline constexpr Rights kSocketRights = kStreamRights | kSockShutdown | kSockAccept;
// Rights that mean opening for writing.
inline constexpr Rights kWriteRights = kFdWrite | kFdAllocate | kFdFilestatSetSize;
// Rights that change the file system through a directory: a read-only one lacks them.
inline constexpr Rights kMutatingRights = kPathCreateDirectory | kPathCreateFile | kPathLinkSource | kPathLinkTarget |
                                          kPathRenameSource | kPathRenameTarget | kPathFilestatSetSize |
                                          kPathFilestatSetTimes | kFdFilestatSetTimes | kFdFilestatSetSize |
                                          kFdAllocate | kPathSymlink | kPathRemoveDirectory | kPathUnlinkFile;
// Rights that name a path below a directory: asking for one on something else is "not a directory".
inline constexpr Rights kPathRights = kPathCreateDirectory | kPathCreateFile | kPathLinkSource | kPathLinkTarget |
                                      kPathOpen | kFdReaddir | kPathReadlink | kPathRenameSource | kPathRenameTarget |
                                      kPathFilestatGet | kPathFilestatSetSize | kPathFilestatSetTimes | kPathSymlink |
                                      kPathRemoveDirectory | kPathUnlinkFile;

enum class FileType : uint8_t {
  Unknown,
  BlockDevice,
  CharacterDevice,
  Directory,
  RegularFile,
  SocketDgram,
  SocketStream,
  SymbolicLink,
};

// fdflags
inline constexpr uint32_t kAppend = 1 << 0;
inline constexpr uint32_t kDsync = 1 << 1;
inline constexpr uint32_t kNonblock = 1 << 2;
inline constexpr uint32_t kRsync = 1 << 3;
inline constexpr uint32_t kSync = 1 << 4;
inline constexpr uint32_t kFdFlags = (1 << 5) - 1;

// oflags
inline constexpr uint32_t kCreat = 1 << 0;
inline constexpr uint32_t kDirectory = 1 << 1;
inline constexpr uint32_t kExcl = 1 << 2;
inline constexpr uint32_t kTrunc = 1 << 3;
inline constexpr uint32_t kOflags = (1 << 4) - 1;

// lookupflags
inline constexpr uint32_t kSymlinkFollow = 1 << 0;

// fstflags
inline constexpr uint32_t kAtim = 1 << 0;
inline constexpr uint32_t kAtimNow = 1 << 1;
inline constexpr uint32_t kMtim = 1 << 2;
inline constexpr uint32_t kMtimNow = 1 << 3;
inline constexpr uint32_t kFstflags = (1 << 4) - 1;

// riflags, roflags, sdflags
inline constexpr uint32_t kRecvPeek = 1 << 0;
inline constexpr uint32_t kRecvWaitall = 1 << 1;
inline constexpr uint16_t kRecvDataTruncated = 1 << 0;
inline constexpr uint32_t kShutdownRead = 1 << 0;
inline constexpr uint32_t kShutdownWrite = 1 << 1;

struct Iovec {
  uint32_t buf;
  uint32_t buf_len;
};
static_assert(sizeof(Iovec) == 8);

struct Fdstat {
  FileType filetype;
  uint8_t padding;
  uint16_t flags;
  uint32_t padding2;
  Rights rights_base;
  Rights rights_inheriting;
};
static_assert(sizeof(Fdstat) == 24 && offsetof(Fdstat, flags) == 2 && offsetof(Fdstat, rights_base) == 8);

struct Filestat {
  uint64_t dev;
  uint64_t ino;
  FileType filetype;
  uint8_t padding[7];
  uint64_t nlink;
  uint64_t size;
  uint64_t atim;
  uint64_t mtim;
  uint64_t ctim;
};
static_assert(sizeof(Filestat) == 64 && offsetof(Filestat, nlink) == 24);

struct Filestat_p0 {
  uint64_t dev;
  uint64_t ino;
  FileType filetype;
  uint8_t padding[3];
  uint32_t nlink;
  uint64_t size;
  uint64_t atim;
  uint64_t mtim;
  uint64_t ctim;
};
static_assert(sizeof(Filestat_p0) == 56 && offsetof(Filestat_p0, nlink) == 20 && offsetof(Filestat_p0, size) == 24);

struct Dirent {
  uint64_t next;
  uint64_t ino;
  uint32_t namlen;
  FileType type;
  uint8_t padding[3];
};
static_assert(sizeof(Dirent) == 24 && offsetof(Dirent, type) == 20);

// The interface knows only directories. A socket's number lies among theirs, and a libc that looks for directories must
// go on behind it: they skip tags that they do not know.
enum class PrestatTag : uint8_t { Directory = 0, Socket = 1 };

struct Prestat {
  PrestatTag tag;
  uint8_t padding[3];
  uint32_t name_len;
};
static_assert(sizeof(Prestat) == 8);

enum class EventType : uint8_t { Clock, FdRead, FdWrite };

struct Event {
  uint64_t userdata;
  uint16_t error;
  EventType type;
  uint8_t padding[5];
  uint64_t nbytes;
  uint16_t flags;
  uint8_t padding2[6];
};
static_assert(sizeof(Event) == 32 && offsetof(Event, type) == 10 && offsetof(Event, nbytes) == 16);
inline constexpr uint16_t kHangup = 1 << 0;
inline constexpr uint16_t kAbstime = 1 << 0;

struct SubscriptionClock {
  uint32_t id;
  uint32_t padding;
  uint64_t timeout;
  uint64_t precision;
  uint16_t flags;
  uint8_t padding2[6];
};

// `u` holds a clock or, for descriptors, the number in its first four bytes.
struct Subscription {
  uint64_t userdata;
  EventType tag;
  uint8_t padding[7];
  SubscriptionClock clock;
};
static_assert(sizeof(Subscription) == 48 && offsetof(Subscription, clock) == 16);

// Preview0's clock begins with an identifier of its own, and the descriptor lies where that identifier does.
struct Subscription_p0 {
  uint64_t userdata;
  EventType tag;
  uint8_t padding[7];
  uint64_t identifier;
  SubscriptionClock clock;
};
static_assert(sizeof(Subscription_p0) == 56 && offsetof(Subscription_p0, clock) == 24);

}  // namespace gantry::wasi::p1
