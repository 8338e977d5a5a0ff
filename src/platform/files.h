// Host file descriptors: ownership, and opening a path that must stay below a directory.
// Errors are host errno values; 0 means success.
#pragma once

#include <fcntl.h>
#include <sys/types.h>
#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <utility>

namespace gantry::platform {

// Closes its descriptor.
class OwnedFd {
 public:
  OwnedFd() = default;
  explicit OwnedFd(int fd) : fd_(fd) {}
  OwnedFd(OwnedFd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  OwnedFd& operator=(OwnedFd&& other) noexcept {
    if (this != &other) Reset(std::exchange(other.fd_, -1));
    return *this;
  }
  ~OwnedFd() { Reset(); }

  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }
  int Release() { return std::exchange(fd_, -1); }
  void Reset(int fd = -1);

 private:
  int fd_ = -1;
};

// True when the kernel can resolve a path without leaving a directory in one step (Linux 5.6). Probed once.
bool HasOpenBeneath();

// Opens `path` with the whole resolution, symbolic links and ".." included, confined below `root`; magic links are
// refused. The descriptor, or -errno; EXDEV when the path would leave `root`. Requires HasOpenBeneath().
int OpenBeneath(int root, const char* path, int flags, mode_t mode);

// Appends to the end of the file, whatever the open flags say; moves the file position behind what was written.
// The bytes written, or -errno.
ssize_t AppendVector(int fd, const iovec* iov, int count);

// One block of directory entries in the kernel's form from the descriptor's position; bytes, 0 at the end, or -errno.
ssize_t ReadDirectory(int fd, void* buffer, size_t size);

// A directory entry as ReadDirectory stores it. `length` is the distance to the next one.
struct DirectoryEntry {
  uint64_t inode;
  int64_t next;  // position behind this entry, for lseek
  uint16_t length;
  uint8_t type;      // DT_*
  const char* name;  // NUL-terminated, in the buffer
};

// Decodes the entry at `at`, which must lie in a buffer that ReadDirectory filled.
DirectoryEntry DecodeDirectoryEntry(const uint8_t* at);

// An anonymous file with these contents, positioned at the start; no descriptor if the host refuses.
OwnedFd AnonymousFile(const void* data, size_t size);

}  // namespace gantry::platform
