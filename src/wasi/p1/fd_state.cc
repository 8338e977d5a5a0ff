// What a descriptor is and what it names: attributes, flags, rights, numbers, preopens.
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <iterator>

#include "platform/clock.h"
#include "wasi/p1/filestat.h"
#include "wasi/p1/functions.h"

namespace gantry::wasi::p1 {

static Errno FromResult(int result) { return result < 0 ? FromHost(errno) : Errno::Success; }

Filestat MakeFilestat(const struct stat& info) {
  Filestat out{};
  out.dev = info.st_dev;
  out.ino = info.st_ino;
  out.filetype = FileTypeOf(info.st_mode);
  out.nlink = info.st_nlink;
  out.size = static_cast<uint64_t>(info.st_size);
  out.atim = platform::ToNanos(info.st_atim);
  out.mtim = platform::ToNanos(info.st_mtim);
  out.ctim = platform::ToNanos(info.st_ctim);
  return out;
}

Errno DecodeTimes(uint64_t atim, uint64_t mtim, uint32_t fst_flags, TimeChange* access, TimeChange* modify) {
  if (fst_flags & ~kFstflags) return Errno::Invalid;
  if ((fst_flags & kAtim) && (fst_flags & kAtimNow)) return Errno::Invalid;
  if ((fst_flags & kMtim) && (fst_flags & kMtimNow)) return Errno::Invalid;
  const auto decode = [](bool set, bool now, uint64_t nanos) {
    return TimeChange{set ? TimeChange::Kind::Set : now ? TimeChange::Kind::Now : TimeChange::Kind::Keep, nanos};
  };
  *access = decode(fst_flags & kAtim, fst_flags & kAtimNow, atim);
  *modify = decode(fst_flags & kMtim, fst_flags & kMtimNow, mtim);
  return Errno::Success;
}

Errno FdAdvise(WasiContext& context, GuestMemory, uint32_t fd, uint64_t offset, uint64_t length, uint32_t advice) {
  constexpr int kAdvice[] = {POSIX_FADV_NORMAL,   POSIX_FADV_SEQUENTIAL, POSIX_FADV_RANDOM,
                             POSIX_FADV_WILLNEED, POSIX_FADV_DONTNEED,   POSIX_FADV_NOREUSE};
  Descriptor* descriptor = nullptr;
  if (Errno error = context.descriptors().Find(fd, kFdAdvise, &descriptor); error != Errno::Success) return error;
  if (advice >= std::size(kAdvice) || offset > INT64_MAX || length > INT64_MAX) return Errno::Invalid;
  const int error =
      posix_fadvise(descriptor->fd, static_cast<off_t>(offset), static_cast<off_t>(length), kAdvice[advice]);
  return error ? FromHost(error) : Errno::Success;
}

Errno FdAllocate(WasiContext& context, GuestMemory, uint32_t fd, uint64_t offset, uint64_t length) {
  Descriptor* descriptor = nullptr;
  if (Errno error = context.descriptors().Find(fd, kFdAllocate, &descriptor); error != Errno::Success) return error;
  if (length == 0 || offset > INT64_MAX || length > INT64_MAX - offset) return Errno::Invalid;
  // fallocate and not posix_fallocate, which would write every block on file systems that cannot reserve.
  return FromResult(fallocate(descriptor->fd, 0, static_cast<off_t>(offset), static_cast<off_t>(length)));
}

Errno FdClose(WasiContext& context, GuestMemory, uint32_t fd) {
  if (!context.descriptors().Get(fd)) return Errno::BadFd;
  context.descriptors().Close(fd);
  return Errno::Success;
}

Errno FdDatasync(WasiContext& context, GuestMemory, uint32_t fd) {
  Descriptor* descriptor = nullptr;
  if (Errno error = context.descriptors().Find(fd, kFdDatasync, &descriptor); error != Errno::Success) return error;
  return FromResult(fdatasync(descriptor->fd));
}

Errno FdSync(WasiContext& context, GuestMemory, uint32_t fd) {
  Descriptor* descriptor = nullptr;
  if (Errno error = context.descriptors().Find(fd, kFdSync, &descriptor); error != Errno::Success) return error;
  return FromResult(fsync(descriptor->fd));
}

Errno FdFdstatGet(WasiContext& context, GuestMemory memory, uint32_t fd, uint32_t stat) {
  const Descriptor* descriptor = context.descriptors().Get(fd);
  if (!descriptor) return Errno::BadFd;
  Fdstat out{};
  out.filetype = descriptor->type;
  out.flags = descriptor->fdflags;
  out.rights_base = descriptor->base;
  out.rights_inheriting = descriptor->inheriting;
  return memory.Store(stat, out) ? Errno::Success : Errno::Fault;
}

Errno FdFdstatSetFlags(WasiContext& context, GuestMemory, uint32_t fd, uint32_t flags) {
  Descriptor* descriptor = nullptr;
  if (Errno error = context.descriptors().Find(fd, kFdFdstatSetFlags, &descriptor); error != Errno::Success)
    return error;
  // The host fixes synchronous writing when a file is opened.
  constexpr uint32_t kChangeable = kAppend | kNonblock;
  const uint32_t changes = flags ^ descriptor->fdflags;
  if (changes & ~kChangeable) return Errno::Invalid;
  if ((changes & kNonblock) && descriptor->kind == Descriptor::Kind::Host && !descriptor->borrowed) {
    const int host_flags = fcntl(descriptor->fd, F_GETFL);
    if (host_flags < 0) return FromHost(errno);
    const int wanted = (flags & kNonblock) ? host_flags | O_NONBLOCK : host_flags & ~O_NONBLOCK;
    if (fcntl(descriptor->fd, F_SETFL, wanted) < 0) return FromHost(errno);
  }
  descriptor->fdflags = static_cast<uint16_t>(flags);
  return Errno::Success;
}

Errno FdFdstatSetRights(WasiContext& context, GuestMemory, uint32_t fd, uint64_t base, uint64_t inheriting) {
  Descriptor* descriptor = context.descriptors().Get(fd);
  if (!descriptor) return Errno::BadFd;
  if ((base & ~descriptor->base) || (inheriting & ~descriptor->inheriting)) return Errno::NotCapable;
  descriptor->base = base;
  descriptor->inheriting = inheriting;
  return Errno::Success;
}

Errno FdFilestatGet(WasiContext& context, GuestMemory memory, uint32_t fd, uint32_t stat) {
  Descriptor* descriptor = nullptr;
  if (Errno error = context.descriptors().Find(fd, kFdFilestatGet, &descriptor); error != Errno::Success) return error;
  if (!memory.Has(stat, sizeof(Filestat))) return Errno::Fault;
  Filestat out{};
  if (descriptor->kind == Descriptor::Kind::Host) {
    struct stat info;
    if (fstat(descriptor->fd, &info) < 0) return FromHost(errno);
    out = MakeFilestat(info);
    out.filetype = descriptor->type;  // tells the kinds of sockets apart
  }
  memory.Store(stat, out);
  return Errno::Success;
}

Errno FdFilestatSetSize(WasiContext& context, GuestMemory, uint32_t fd, uint64_t size) {
  Descriptor* descriptor = nullptr;
  if (Errno error = context.descriptors().Find(fd, kFdFilestatSetSize, &descriptor); error != Errno::Success)
    return error;
  if (size > INT64_MAX) return Errno::Invalid;
  return FromResult(ftruncate(descriptor->fd, static_cast<off_t>(size)));
}

Errno FdFilestatSetTimes(WasiContext& context, GuestMemory, uint32_t fd, uint64_t atim, uint64_t mtim,
                         uint32_t fst_flags) {
  Descriptor* descriptor = nullptr;
  if (Errno error = context.descriptors().Find(fd, kFdFilestatSetTimes, &descriptor); error != Errno::Success)
    return error;
  TimeChange access, modify;
  if (Errno error = DecodeTimes(atim, mtim, fst_flags, &access, &modify); error != Errno::Success) return error;
  const int error = SetFileTimes(descriptor->fd, access, modify);
  return error ? FromHost(error) : Errno::Success;
}

// A libc asks for 3, 4, … until this fails, and takes any error but BADF for a broken host.
Errno FdPrestatGet(WasiContext& context, GuestMemory memory, uint32_t fd, uint32_t prestat) {
  const Descriptor* descriptor = context.descriptors().Get(fd);
  if (!descriptor || !descriptor->preopen) return Errno::BadFd;
  Prestat out{};
  out.tag = descriptor->is_directory() ? PrestatTag::Directory : PrestatTag::Socket;
  out.name_len = static_cast<uint32_t>(descriptor->name.size());
  return memory.Store(prestat, out) ? Errno::Success : Errno::Fault;
}

Errno FdPrestatDirName(WasiContext& context, GuestMemory memory, uint32_t fd, uint32_t path, uint32_t path_len) {
  const Descriptor* descriptor = context.descriptors().Get(fd);
  if (!descriptor || !descriptor->preopen) return Errno::BadFd;
  if (!descriptor->is_directory()) return Errno::NotDir;
  if (path_len < descriptor->name.size()) return Errno::NameTooLong;
  uint8_t* to = memory.At(path, descriptor->name.size());
  if (!to) return Errno::Fault;
  std::memcpy(to, descriptor->name.data(), descriptor->name.size());
  return Errno::Success;
}

Errno FdRenumber(WasiContext& context, GuestMemory, uint32_t fd, uint32_t to) {
  return context.descriptors().Renumber(fd, to);
}

}  // namespace gantry::wasi::p1
