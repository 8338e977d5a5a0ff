// Names below a directory: opening, making, moving, removing, looking. The sandbox is wasi/host/path.h's; here are
// rights and flags.
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "wasi/p1/filestat.h"
#include "wasi/p1/functions.h"

namespace gantry::wasi::p1 {

namespace {

Errno FromCode(int host_errno) { return host_errno ? FromHost(host_errno) : Errno::Success; }

std::string_view TextAt(const uint8_t* at, uint32_t length) { return {reinterpret_cast<const char*>(at), length}; }

// The guest's path, copied once.
Errno LoadPath(GuestMemory memory, uint32_t path, uint32_t path_len, HostPath* out) {
  const uint8_t* at = memory.At(path, path_len);
  return at ? FromCode(out->Assign(TextAt(at, path_len))) : Errno::Fault;
}

// Common start: a directory with its right, and a path.
Errno Prepare(WasiContext& context, GuestMemory memory, uint32_t fd, Rights rights, uint32_t path, uint32_t path_len,
              Dir* dir, HostPath* out) {
  Descriptor* descriptor = nullptr;
  if (Errno error = context.descriptors().Find(fd, rights, &descriptor); error != Errno::Success) return error;
  if (Errno error = context.Afford(path_len); error != Errno::Success) return error;
  *dir = descriptor->dir();
  return LoadPath(memory, path, path_len, out);
}

Errno DecodeLookup(uint32_t flags, FollowLink* follow) {
  if (flags & ~kSymlinkFollow) return Errno::Invalid;
  *follow = (flags & kSymlinkFollow) ? FollowLink::Yes : FollowLink::No;
  return Errno::Success;
}

// How a file is opened on the host. Append mode stays with the descriptor (fd_io.cc).
int HostOpenFlags(uint32_t oflags, Rights rights, uint32_t fdflags) {
  const bool read = rights & (kFdRead | kFdReaddir);
  const bool write = rights & ((oflags & kDirectory) ? kFdWrite : kWriteRights);
  int flags = read && write ? O_RDWR : write ? O_WRONLY : O_RDONLY;
  if (oflags & kCreat) flags |= O_CREAT;
  if (oflags & kDirectory) flags |= O_DIRECTORY;
  if (oflags & kExcl) flags |= O_EXCL;
  if (oflags & kTrunc) flags |= O_TRUNC;
  if (fdflags & kDsync) flags |= O_DSYNC;
  if (fdflags & (kSync | kRsync)) flags |= O_SYNC;
  if (fdflags & kNonblock) flags |= O_NONBLOCK;
  return flags;
}

// What the new descriptor may do. Reading and writing as asked; every other right that the directory passes on and that
// makes sense: programs ask for too few, since the reference ignores all but reading and writing. fd_fdstat_set_rights
// drops rights for good.
Rights GrantedRights(const Descriptor& parent, FileType type, int fd, Rights asked) {
  Rights rights = RightsOf(type, fd) & parent.inheriting;
  if (!(asked & kFdRead)) rights &= ~kFdRead;
  if (!(asked & kFdWrite)) rights &= ~kFdWrite;
  if (!(asked & kWriteRights)) rights &= ~kWriteRights;
  if (parent.read_only) rights &= ~kMutatingRights;
  return rights;
}

}  // namespace

Errno PathOpen(WasiContext& context, GuestMemory memory, uint32_t fd, uint32_t dirflags, uint32_t path,
               uint32_t path_len, uint32_t oflags, uint64_t base, uint64_t, uint32_t fdflags, uint32_t opened) {
  const Rights needed =
      kPathOpen | ((oflags & kCreat) ? kPathCreateFile : 0) | ((oflags & kTrunc) ? kPathFilestatSetSize : 0);
  Dir dir;
  HostPath host_path;
  if (Errno error = Prepare(context, memory, fd, needed, path, path_len, &dir, &host_path); error != Errno::Success)
    return error;
  OpenRequest request;
  if (Errno error = DecodeLookup(dirflags, &request.follow); error != Errno::Success) return error;
  if ((oflags & ~kOflags) || (fdflags & ~kFdFlags)) return Errno::Invalid;
  if ((oflags & kCreat) && (oflags & kDirectory)) return Errno::Invalid;
  if (!memory.Has(opened, sizeof(uint32_t))) return Errno::Fault;
  DescriptorTable& table = context.descriptors();
  if (table.full()) return Errno::TooManyFiles;

  const Descriptor& parent = *table.Get(fd);
  if (base & (kFdRead | kFdWrite) & ~parent.inheriting) return Errno::NotCapable;
  const Rights asked = base & parent.inheriting;
  request.flags = HostOpenFlags(oflags, asked, fdflags);
  platform::OwnedFd file;
  if (int error = Open(dir, host_path, request, &file)) return FromHost(error);
  struct stat info;
  if (fstat(file.get(), &info) < 0) return FromHost(errno);

  Descriptor descriptor;
  descriptor.kind = Descriptor::Kind::Host;
  descriptor.type = FileTypeOf(info.st_mode);
  descriptor.read_only = parent.read_only;
  descriptor.fdflags = descriptor.is_directory() ? 0 : static_cast<uint16_t>(fdflags);
  descriptor.base = GrantedRights(parent, descriptor.type, file.get(), asked);
  descriptor.granted = descriptor.base;
  descriptor.inheriting = descriptor.is_directory() ? parent.inheriting : 0;
  descriptor.fd = file.get();
  descriptor.owned = std::move(file);
  memory.Store(opened, table.Insert(std::move(descriptor)));
  return Errno::Success;
}

Errno PathCreateDirectory(WasiContext& context, GuestMemory memory, uint32_t fd, uint32_t path, uint32_t path_len) {
  Dir dir;
  HostPath host_path;
  if (Errno error = Prepare(context, memory, fd, kPathCreateDirectory, path, path_len, &dir, &host_path);
      error != Errno::Success) {
    return error;
  }
  return FromCode(CreateDirectory(dir, host_path));
}

Errno PathRemoveDirectory(WasiContext& context, GuestMemory memory, uint32_t fd, uint32_t path, uint32_t path_len) {
  Dir dir;
  HostPath host_path;
  if (Errno error = Prepare(context, memory, fd, kPathRemoveDirectory, path, path_len, &dir, &host_path);
      error != Errno::Success) {
    return error;
  }
  return FromCode(RemoveDirectory(dir, host_path));
}

Errno PathUnlinkFile(WasiContext& context, GuestMemory memory, uint32_t fd, uint32_t path, uint32_t path_len) {
  Dir dir;
  HostPath host_path;
  if (Errno error = Prepare(context, memory, fd, kPathUnlinkFile, path, path_len, &dir, &host_path);
      error != Errno::Success)
    return error;
  return FromCode(UnlinkFile(dir, host_path));
}

Errno PathFilestatGet(WasiContext& context, GuestMemory memory, uint32_t fd, uint32_t flags, uint32_t path,
                      uint32_t path_len, uint32_t stat) {
  Dir dir;
  HostPath host_path;
  FollowLink follow;
  if (Errno error = Prepare(context, memory, fd, kPathFilestatGet, path, path_len, &dir, &host_path);
      error != Errno::Success)
    return error;
  if (Errno error = DecodeLookup(flags, &follow); error != Errno::Success) return error;
  if (!memory.Has(stat, sizeof(Filestat))) return Errno::Fault;
  struct stat info;
  if (int error = GetStat(dir, host_path, follow, &info)) return FromHost(error);
  memory.Store(stat, MakeFilestat(info));
  return Errno::Success;
}

Errno PathFilestatSetTimes(WasiContext& context, GuestMemory memory, uint32_t fd, uint32_t flags, uint32_t path,
                           uint32_t path_len, uint64_t atim, uint64_t mtim, uint32_t fst_flags) {
  Dir dir;
  HostPath host_path;
  FollowLink follow;
  TimeChange access, modify;
  if (Errno error = Prepare(context, memory, fd, kPathFilestatSetTimes, path, path_len, &dir, &host_path);
      error != Errno::Success) {
    return error;
  }
  if (Errno error = DecodeLookup(flags, &follow); error != Errno::Success) return error;
  if (Errno error = DecodeTimes(atim, mtim, fst_flags, &access, &modify); error != Errno::Success) return error;
  return FromCode(SetTimes(dir, host_path, follow, access, modify));
}

Errno PathLink(WasiContext& context, GuestMemory memory, uint32_t old_fd, uint32_t old_flags, uint32_t old_path,
               uint32_t old_path_len, uint32_t new_fd, uint32_t new_path, uint32_t new_path_len) {
  Dir from, to;
  HostPath source, target;
  if (Errno error = context.Afford(uint64_t{old_path_len} + new_path_len); error != Errno::Success) return error;
  if (Errno error = Prepare(context, memory, old_fd, kPathLinkSource, old_path, old_path_len, &from, &source);
      error != Errno::Success) {
    return error;
  }
  if (Errno error = Prepare(context, memory, new_fd, kPathLinkTarget, new_path, new_path_len, &to, &target);
      error != Errno::Success) {
    return error;
  }
  if (old_flags != 0) return Errno::Invalid;  // a link's target has a name of its own; the reference refuses as well
  return FromCode(Link(from, source, to, target));
}

Errno PathRename(WasiContext& context, GuestMemory memory, uint32_t fd, uint32_t old_path, uint32_t old_path_len,
                 uint32_t new_fd, uint32_t new_path, uint32_t new_path_len) {
  Dir from, to;
  HostPath source, target;
  if (Errno error = context.Afford(uint64_t{old_path_len} + new_path_len); error != Errno::Success) return error;
  if (Errno error = Prepare(context, memory, fd, kPathRenameSource, old_path, old_path_len, &from, &source);
      error != Errno::Success) {
    return error;
  }
  if (Errno error = Prepare(context, memory, new_fd, kPathRenameTarget, new_path, new_path_len, &to, &target);
      error != Errno::Success) {
    return error;
  }
  return FromCode(Rename(from, source, to, target));
}

Errno PathSymlink(WasiContext& context, GuestMemory memory, uint32_t target, uint32_t target_len, uint32_t fd,
                  uint32_t path, uint32_t path_len) {
  Dir dir;
  HostPath host_path, text;
  if (Errno error = context.Afford(uint64_t{target_len} + path_len); error != Errno::Success) return error;
  if (Errno error = Prepare(context, memory, fd, kPathSymlink, path, path_len, &dir, &host_path);
      error != Errno::Success)
    return error;
  const uint8_t* at = memory.At(target, target_len);
  if (!at) return Errno::Fault;
  if (int error = text.AssignText(TextAt(at, target_len))) return FromHost(error);
  return FromCode(Symlink(text, dir, host_path));
}

Errno PathReadlink(WasiContext& context, GuestMemory memory, uint32_t fd, uint32_t path, uint32_t path_len,
                   uint32_t buf, uint32_t buf_len, uint32_t used) {
  Dir dir;
  HostPath host_path;
  if (Errno error = Prepare(context, memory, fd, kPathReadlink, path, path_len, &dir, &host_path);
      error != Errno::Success)
    return error;
  uint8_t* to = memory.At(buf, buf_len);
  if (!to || !memory.Has(used, sizeof(uint32_t))) return Errno::Fault;
  size_t length = 0;
  if (int error = ReadLink(dir, host_path, reinterpret_cast<char*>(to), buf_len, &length)) return FromHost(error);
  memory.Store(used, static_cast<uint32_t>(length));
  return Errno::Success;
}

}  // namespace gantry::wasi::p1
