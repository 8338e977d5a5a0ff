#include "platform/files.h"

#include <dirent.h>
#include <errno.h>
#include <linux/openat2.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstring>

namespace gantry::platform {

void OwnedFd::Reset(int fd) {
  if (fd_ >= 0) close(fd_);  // EINTR on Linux: the descriptor is closed all the same
  fd_ = fd;
}

static int OpenAt2(int root, const char* path, int flags, mode_t mode) {
  open_how how{};
  how.flags = static_cast<uint64_t>(flags) | O_CLOEXEC;
  how.mode = (flags & O_CREAT) ? mode : 0;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
  const long fd = syscall(SYS_openat2, root, path, &how, sizeof(how));
  return fd < 0 ? -errno : static_cast<int>(fd);
}

bool HasOpenBeneath() {
  // A sandbox may answer EPERM instead of ENOSYS, so only a success counts.
  static const bool works = [] {
    return static_cast<bool>(OwnedFd(OpenAt2(AT_FDCWD, ".", O_PATH | O_DIRECTORY, 0)));
  }();
  return works;
}

int OpenBeneath(int root, const char* path, int flags, mode_t mode) {
  // EAGAIN: a rename or mount elsewhere raced with a ".." of the path and the kernel could not rule out an escape.
  constexpr int kRaces = 64;
  int fd = -EAGAIN;
  for (int i = 0; i < kRaces && (fd == -EAGAIN || fd == -EINTR); ++i) fd = OpenAt2(root, path, flags, mode);
  return fd;
}

ssize_t AppendVector(int fd, const iovec* iov, int count) {
  ssize_t n = pwritev2(fd, iov, count, /*offset=*/-1, RWF_APPEND);
  if (n < 0 && (errno == EOPNOTSUPP || errno == ENOSYS)) {  // before Linux 4.16, or a device
    lseek(fd, 0, SEEK_END);
    n = writev(fd, iov, count);
  }
  return n < 0 ? -errno : n;
}

ssize_t ReadDirectory(int fd, void* buffer, size_t size) {
  const long n = syscall(SYS_getdents64, fd, buffer, size);
  return n < 0 ? -errno : n;
}

DirectoryEntry DecodeDirectoryEntry(const uint8_t* at) {
  DirectoryEntry entry{};
  std::memcpy(&entry.inode, at + offsetof(dirent64, d_ino), sizeof(entry.inode));
  std::memcpy(&entry.next, at + offsetof(dirent64, d_off), sizeof(entry.next));
  std::memcpy(&entry.length, at + offsetof(dirent64, d_reclen), sizeof(entry.length));
  entry.type = at[offsetof(dirent64, d_type)];
  entry.name = reinterpret_cast<const char*>(at + offsetof(dirent64, d_name));
  return entry;
}

OwnedFd AnonymousFile(const void* data, size_t size) {
  OwnedFd file(memfd_create("input", MFD_CLOEXEC));
  const char* from = static_cast<const char*>(data);
  while (file && size > 0) {
    const ssize_t n = write(file.get(), from, size);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return OwnedFd();
    from += n;
    size -= static_cast<size_t>(n);
  }
  if (file) lseek(file.get(), 0, SEEK_SET);
  return file;
}

}  // namespace gantry::platform
