#include "wasi/host/dir.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "platform/clock.h"

namespace gantry::wasi {

using platform::OwnedFd;

static int Errno(int result) { return result < 0 ? errno : 0; }

// Is the name a directory itself (links are not)? 0, ENOTDIR, or why it cannot be looked at.
static int RequireDirectory(const ParentPath& at) {
  struct stat info;
  if (fstatat(at.dir, at.name, &info, AT_SYMLINK_NOFOLLOW) < 0) return errno;
  return S_ISDIR(info.st_mode) ? 0 : ENOTDIR;
}

// Why a new name that ends in a slash cannot be made, unless it is a directory's.
static int RefuseSlash(const ParentPath& at) {
  const int error = RequireDirectory(at);
  return error ? error : EEXIST;
}

int Open(const Dir& dir, const HostPath& path, const OpenRequest& request, OwnedFd* out) {
  const bool changes = (request.flags & (O_CREAT | O_TRUNC)) || (request.flags & O_ACCMODE) != O_RDONLY;
  if (dir.read_only && changes) return EPERM;  // [I1]
  const int fd = OpenPath(dir.fd, path, request.flags | O_NOCTTY, 0666, request.follow);
  if (fd < 0) return -fd;
  out->Reset(fd);
  return 0;
}

int GetStat(const Dir& dir, const HostPath& path, FollowLink follow, struct stat* out) {
  ParentPath at;
  if (int error = ResolveParent(dir.fd, path, &at)) return error;
  if (!at.trailing_slash) {
    if (fstatat(at.dir, at.name, out, AT_SYMLINK_NOFOLLOW) < 0) return errno;
    if (follow == FollowLink::No || !S_ISLNK(out->st_mode)) return 0;
  }
  const int flags = O_PATH | (at.trailing_slash ? O_DIRECTORY : 0);
  const int fd = OpenPath(dir.fd, path, flags, 0, FollowLink::Yes);
  if (fd < 0) return -fd;
  const OwnedFd file(fd);
  return Errno(fstat(file.get(), out));
}

static timespec ToTimespec(TimeChange change) {
  switch (change.kind) {
    case TimeChange::Kind::Keep:
      return {.tv_sec = 0, .tv_nsec = UTIME_OMIT};
    case TimeChange::Kind::Now:
      return {.tv_sec = 0, .tv_nsec = UTIME_NOW};
    case TimeChange::Kind::Set:
      break;
  }
  return platform::FromNanos(change.nanos);
}

int SetFileTimes(int fd, TimeChange access, TimeChange modify) {
  const timespec times[2] = {ToTimespec(access), ToTimespec(modify)};
  return Errno(futimens(fd, times));
}

// For a descriptor opened with O_PATH, which futimens refuses.
static int SetPathTimes(int fd, TimeChange access, TimeChange modify) {
  const timespec times[2] = {ToTimespec(access), ToTimespec(modify)};
  if (utimensat(fd, "", times, AT_EMPTY_PATH) == 0) return 0;
  if (errno != EINVAL && errno != ENOENT) return errno;
  char self[32];  // before Linux 5.8
  snprintf(self, sizeof(self), "/proc/self/fd/%d", fd);
  return Errno(utimensat(AT_FDCWD, self, times, 0));
}

int SetTimes(const Dir& dir, const HostPath& path, FollowLink follow, TimeChange access, TimeChange modify) {
  if (dir.read_only) return EPERM;  // [I1]
  ParentPath at;
  if (int error = ResolveParent(dir.fd, path, &at)) return error;
  if (follow == FollowLink::No && !at.trailing_slash) {
    const timespec times[2] = {ToTimespec(access), ToTimespec(modify)};
    return Errno(utimensat(at.dir, at.name, times, AT_SYMLINK_NOFOLLOW));
  }
  const int fd = OpenPath(dir.fd, path, O_PATH | (at.trailing_slash ? O_DIRECTORY : 0), 0, FollowLink::Yes);
  if (fd < 0) return -fd;
  const OwnedFd file(fd);
  return SetPathTimes(file.get(), access, modify);
}

int CreateDirectory(const Dir& dir, const HostPath& path) {
  if (dir.read_only) return EPERM;  // [I1]
  ParentPath at;
  if (int error = ResolveParent(dir.fd, path, &at)) return error;
  return Errno(mkdirat(at.dir, at.name, 0777));
}

int RemoveDirectory(const Dir& dir, const HostPath& path) {
  if (dir.read_only) return EPERM;  // [I1]
  ParentPath at;
  if (int error = ResolveParent(dir.fd, path, &at)) return error;
  return Errno(unlinkat(at.dir, at.name, AT_REMOVEDIR));
}

int UnlinkFile(const Dir& dir, const HostPath& path) {
  if (dir.read_only) return EPERM;  // [I1]
  ParentPath at;
  if (int error = ResolveParent(dir.fd, path, &at)) return error;
  if (at.trailing_slash) {
    const int error = RequireDirectory(at);
    return error ? error : EISDIR;
  }
  return Errno(unlinkat(at.dir, at.name, 0));
}

int Rename(const Dir& from, const HostPath& old_path, const Dir& to, const HostPath& new_path) {
  if (from.read_only || to.read_only) return EPERM;  // [I1]
  ParentPath source, target;
  if (int error = ResolveParent(from.fd, old_path, &source)) return error;
  if (int error = ResolveParent(to.fd, new_path, &target)) return error;
  if (source.trailing_slash || target.trailing_slash) {
    if (int error = RequireDirectory(source)) return error;
  }
  return Errno(renameat(source.dir, source.name, target.dir, target.name));
}

int Link(const Dir& from, const HostPath& old_path, const Dir& to, const HostPath& new_path) {
  if (from.read_only || to.read_only) return EPERM;  // [I1]
  ParentPath source, target;
  if (int error = ResolveParent(from.fd, old_path, &source)) return error;
  if (int error = ResolveParent(to.fd, new_path, &target)) return error;
  if (source.trailing_slash) {
    const int error = RequireDirectory(source);
    return error ? error : EPERM;  // directories have one name
  }
  if (target.trailing_slash) return RefuseSlash(target);
  return Errno(linkat(source.dir, source.name, target.dir, target.name, 0));
}

int Symlink(const HostPath& target, const Dir& dir, const HostPath& path) {
  if (dir.read_only) return EPERM;  // [I1]
  if (target.view().starts_with('/')) return EPERM;
  ParentPath at;
  if (int error = ResolveParent(dir.fd, path, &at)) return error;
  if (at.trailing_slash) return RefuseSlash(at);
  return Errno(symlinkat(target.c_str(), at.dir, at.name));
}

int ReadLink(const Dir& dir, const HostPath& path, char* buffer, size_t size, size_t* length) {
  ParentPath at;
  if (int error = ResolveParent(dir.fd, path, &at)) return error;
  if (at.trailing_slash) {
    struct stat info;
    const int error = GetStat(dir, path, FollowLink::Yes, &info);
    return error ? error : EINVAL;
  }
  char target[kMaxPath];
  const ssize_t n = readlinkat(at.dir, at.name, target, sizeof(target));
  if (n < 0) return errno;
  if (n > 0 && target[0] == '/') return EPERM;
  *length = std::min(size, static_cast<size_t>(n));
  std::memcpy(buffer, target, *length);
  return 0;
}

}  // namespace gantry::wasi
