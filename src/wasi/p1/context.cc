#include "wasi/p1/context.h"

#include <errno.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>

namespace gantry::wasi {

using p1::Errno;
using p1::FileType;
using p1::Rights;
using platform::OwnedFd;

uint32_t DescriptorTable::Insert(Descriptor descriptor) {
  while (lowest_free_ < entries_.size() && entries_[lowest_free_].kind != Descriptor::Kind::Closed) ++lowest_free_;
  if (lowest_free_ == entries_.size()) entries_.emplace_back();
  entries_[lowest_free_] = std::move(descriptor);
  ++open_;
  return lowest_free_++;
}

void DescriptorTable::Close(uint32_t fd) {
  entries_[fd] = Descriptor();
  --open_;
  if (fd < lowest_free_) lowest_free_ = fd;
}

Errno DescriptorTable::Renumber(uint32_t from, uint32_t to) {
  if (!Get(from) || !Get(to)) return Errno::BadFd;
  if (from == to) return Errno::Success;
  entries_[to] = std::move(entries_[from]);
  Close(from);
  return Errno::Success;
}

Errno DescriptorTable::Refusal(const Descriptor& descriptor, Rights rights) {
  const Rights missing = rights & ~descriptor.base;
  if (descriptor.read_only && (missing & p1::kMutatingRights)) return Errno::NotPermitted;
  if ((missing & ~descriptor.granted) == 0) return Errno::NotCapable;  // had it once
  if (!descriptor.is_directory() && (missing & p1::kPathRights)) return Errno::NotDir;
  // The kind of descriptor, or the way it was opened, never allowed this.
  return descriptor.is_directory() && (missing & p1::kPathRights) ? Errno::NotCapable : Errno::BadFd;
}

Result<StringList> StringList::Create(const std::vector<std::string>& strings, std::string_view what) {
  // Guests allocate this much; more would not fit a 32-bit memory beside anything else.
  constexpr uint64_t kMaxBytes = uint64_t{1} << 30;
  uint64_t size = 0;
  for (const std::string& text : strings) {
    if (text.find('\0') != std::string::npos) {
      return std::unexpected(Error(ErrorClass::Usage, fmt::format("{} must not contain a NUL byte", what)));
    }
    size += text.size() + 1 + sizeof(uint32_t);
  }
  if (size > kMaxBytes)
    return std::unexpected(Error(ErrorClass::Limit, fmt::format("{} are too long: {} bytes", what, size)));
  StringList list;
  list.bytes_.reserve(static_cast<size_t>(size));
  list.offsets_.reserve(strings.size());
  for (const std::string& text : strings) {
    list.offsets_.push_back(static_cast<uint32_t>(list.bytes_.size()));
    list.bytes_.append(text.c_str(), text.size() + 1);
  }
  return list;
}

FileType FileTypeOf(uint32_t mode) {
  switch (mode & S_IFMT) {
    case S_IFBLK:
      return FileType::BlockDevice;
    case S_IFCHR:
      return FileType::CharacterDevice;
    case S_IFDIR:
      return FileType::Directory;
    case S_IFREG:
      return FileType::RegularFile;
    case S_IFLNK:
      return FileType::SymbolicLink;
    case S_IFSOCK:
      return FileType::SocketStream;
    default:
      return FileType::Unknown;  // pipes have no name in this interface
  }
}

Rights RightsOf(FileType type, int fd) {
  switch (type) {
    case FileType::Directory:
      return p1::kDirectoryRights;
    case FileType::SocketDgram:
    case FileType::SocketStream:
      return p1::kSocketRights;
    case FileType::CharacterDevice:
      return isatty(fd) ? p1::kFileRights & ~(p1::kFdSeek | p1::kFdTell) : p1::kFileRights;
    case FileType::RegularFile:
    case FileType::BlockDevice:
      return p1::kFileRights;
    case FileType::SymbolicLink:
    case FileType::Unknown:
      break;
  }
  return p1::kStreamRights | p1::kFdSync | p1::kFdDatasync;
}

static FileType OpenFileType(int fd) {
  struct stat info;
  if (fstat(fd, &info) < 0) return FileType::Unknown;
  if (!S_ISSOCK(info.st_mode)) return FileTypeOf(info.st_mode);
  int kind = 0;
  socklen_t size = sizeof(kind);
  if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &kind, &size) < 0) return FileType::Unknown;
  return kind == SOCK_DGRAM ? FileType::SocketDgram : FileType::SocketStream;
}

static uint16_t OpenFdFlags(int fd) {
  const int flags = fcntl(fd, F_GETFL);
  if (flags < 0) return 0;
  uint16_t fdflags = 0;
  if (flags & O_APPEND) fdflags |= p1::kAppend;
  if (flags & O_NONBLOCK) fdflags |= p1::kNonblock;
  if ((flags & O_SYNC) == O_SYNC) {
    fdflags |= p1::kSync;
  } else if (flags & O_DSYNC) {
    fdflags |= p1::kDsync;
  }
  return fdflags;
}

// A host descriptor that the embedder handed in; `own` holds it unless it is borrowed.
static Descriptor Adopt(int fd, OwnedFd own, Rights rights) {
  Descriptor descriptor;
  descriptor.kind = Descriptor::Kind::Host;
  descriptor.borrowed = !own;
  descriptor.owned = std::move(own);
  descriptor.fd = fd;
  descriptor.type = OpenFileType(fd);
  descriptor.fdflags = OpenFdFlags(fd);
  descriptor.base = RightsOf(descriptor.type, fd) & rights;
  descriptor.granted = descriptor.base;
  return descriptor;
}

static Descriptor MakeStream(StreamConfig config, int standard_fd) {
  // Streams pass data one way; their times belong to the embedder.
  const Rights one_way = standard_fd == STDIN_FILENO ? ~p1::kWriteRights : ~p1::kFdRead;
  const Rights rights = one_way & ~p1::kFdFilestatSetTimes;
  switch (config.kind) {
    case StreamConfig::Kind::Inherit:
      if (fcntl(standard_fd, F_GETFD) < 0) break;  // the process runs without this stream
      return Adopt(standard_fd, OwnedFd(), rights);
    case StreamConfig::Kind::File: {
      const int fd = config.file.get();
      if (fd < 0) break;
      return Adopt(fd, std::move(config.file), rights);
    }
    case StreamConfig::Kind::Null:
    case StreamConfig::Kind::Sink:
      break;
  }
  Descriptor descriptor;
  descriptor.kind = config.kind == StreamConfig::Kind::Sink ? Descriptor::Kind::Sink : Descriptor::Kind::Null;
  descriptor.base = p1::kStreamRights & rights;
  descriptor.granted = descriptor.base;
  descriptor.sink = std::move(config.sink);
  return descriptor;
}

static Result<Descriptor> OpenPreopen(PreopenConfig config) {
  OwnedFd dir = std::move(config.open);
  if (!dir) dir.Reset(open(config.host.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!dir) {
    return std::unexpected(
        Error(ErrorClass::Host, fmt::format("failed to open directory `{}`: {}", config.host, strerror(errno))));
  }
  Descriptor descriptor;
  descriptor.kind = Descriptor::Kind::Host;
  descriptor.type = FileType::Directory;
  descriptor.read_only = config.read_only;
  descriptor.preopen = true;
  descriptor.fd = dir.get();
  descriptor.owned = std::move(dir);
  descriptor.granted = p1::kDirectoryRights;
  descriptor.base = config.read_only ? p1::kDirectoryRights & ~p1::kMutatingRights : p1::kDirectoryRights;
  // Inheriting stays whole for a read-only directory: a libc masks what it asks for with it, and asking for too much
  // must fail when the file is opened, not at the first write.
  descriptor.inheriting = p1::kDirectoryRights | p1::kFileRights;
  descriptor.name = std::move(config.guest);
  return descriptor;
}

Result<std::shared_ptr<WasiContext>> WasiContext::Create(WasiConfig config) {
  if (config.preopens.size() + config.sockets.size() + 3 > config.max_descriptors) {
    return std::unexpected(Error(ErrorClass::Limit, "more preopened directories and sockets than descriptors"));
  }
  std::shared_ptr<WasiContext> context(new WasiContext(config.max_descriptors));
  context->max_call_bytes_ = config.max_call_bytes;
  context->max_random_bytes_ = config.max_random_bytes;
  GANTRY_ASSIGN_OR_RETURN(context->args_, StringList::Create(config.args, "arguments"));
  GANTRY_ASSIGN_OR_RETURN(context->env_, StringList::Create(config.env, "environment variables"));
  DescriptorTable& table = context->descriptors_;
  table.Insert(MakeStream(std::move(config.in), STDIN_FILENO));
  table.Insert(MakeStream(std::move(config.out), STDOUT_FILENO));
  table.Insert(MakeStream(std::move(config.err), STDERR_FILENO));
  for (OwnedFd& socket : config.sockets) {
    const int fd = socket.get();
    if (fd < 0) return std::unexpected(Error(ErrorClass::Usage, "a socket handed to WASI is not open"));
    Descriptor descriptor = Adopt(fd, std::move(socket), p1::kAllRights);
    descriptor.inheriting = p1::kSocketRights;
    descriptor.preopen = true;
    table.Insert(std::move(descriptor));
  }
  for (PreopenConfig& preopen : config.preopens) {
    GANTRY_ASSIGN_OR_RETURN(Descriptor descriptor, OpenPreopen(std::move(preopen)));
    table.Insert(std::move(descriptor));
  }
  return context;
}

}  // namespace gantry::wasi
