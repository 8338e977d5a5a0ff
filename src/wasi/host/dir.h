// What a guest may do to names below a directory it holds. Each call is one host call on a resolved name
// (wasi/host/path.h). All return 0 or a host errno.
//
// [I1] A read-only directory refuses everything that changes the file system with EPERM, and so do hard links out of
// it: a second
//      name in a writable directory would make its files writable.
// Tested by dir_test.cc.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <string_view>

#include "wasi/host/path.h"

namespace gantry::wasi {

struct Dir {
  int fd;
  bool read_only;
};

// New time stamps; each either left alone, set to now, or set to `nanos`.
struct TimeChange {
  enum class Kind : uint8_t { Keep, Now, Set } kind = Kind::Keep;
  uint64_t nanos = 0;
};

struct OpenRequest {
  int flags = 0;  // O_* for openat: access mode, O_CREAT, O_EXCL, O_TRUNC, O_DIRECTORY, O_SYNC, O_DSYNC, O_NONBLOCK
  FollowLink follow = FollowLink::No;
};

[[nodiscard]] int Open(const Dir& dir, const HostPath& path, const OpenRequest& request, platform::OwnedFd* out);
[[nodiscard]] int GetStat(const Dir& dir, const HostPath& path, FollowLink follow, struct stat* out);
[[nodiscard]] int SetTimes(const Dir& dir, const HostPath& path, FollowLink follow, TimeChange access,
                           TimeChange modify);
[[nodiscard]] int SetFileTimes(int fd, TimeChange access, TimeChange modify);
[[nodiscard]] int CreateDirectory(const Dir& dir, const HostPath& path);
[[nodiscard]] int RemoveDirectory(const Dir& dir, const HostPath& path);
[[nodiscard]] int UnlinkFile(const Dir& dir, const HostPath& path);
[[nodiscard]] int Rename(const Dir& from, const HostPath& old_path, const Dir& to, const HostPath& new_path);
[[nodiscard]] int Link(const Dir& from, const HostPath& old_path, const Dir& to, const HostPath& new_path);
// An absolute `target` is refused: nothing behind it could be opened, and programs outside the sandbox would follow it.
[[nodiscard]] int Symlink(const HostPath& target, const Dir& dir, const HostPath& path);
// The first `size` bytes of the link's target; EPERM when it is absolute, so that host paths stay unknown.
[[nodiscard]] int ReadLink(const Dir& dir, const HostPath& path, char* buffer, size_t size, size_t* length);

}  // namespace gantry::wasi
