// Reading and writing descriptors and sockets. The host works on guest memory directly (iovecs.h).
#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <iterator>

#include "wasi/p1/functions.h"
#include "wasi/p1/iovecs.h"
#include "wasi/p1/wait.h"

namespace gantry::wasi::p1 {

namespace {

// What one host call moves at most (Linux read(2)); it fits the guest's 32-bit count.
constexpr uint64_t kMaxTransfer = 0x7ffff000;

bool IsSocket(const Descriptor& descriptor) {
  return descriptor.type == FileType::SocketStream || descriptor.type == FileType::SocketDgram;
}

// The process's own streams stay in blocking mode for everyone else, so the guest's wish is kept by asking first.
bool WouldBlock(const Descriptor& descriptor, short events) {
  if (!descriptor.borrowed || !(descriptor.fdflags & kNonblock)) return false;
  pollfd item{.fd = descriptor.fd, .events = events, .revents = 0};
  return poll(&item, 1, 0) == 0;
}

// Could a read sleep until somebody sends something?
bool MayWait(const Descriptor& descriptor) {
  return descriptor.type != FileType::RegularFile && !(descriptor.fdflags & kNonblock);
}

// Repeats an interrupted host call; -errno on failure.
template <class Call>
ssize_t Uninterrupted(Call call) {
  for (;;) {
    const ssize_t n = call();
    if (n >= 0) return n;
    if (errno != EINTR) return -errno;
  }
}

Errno Finish(ssize_t n, GuestMemory memory, uint32_t count) {
  if (n < 0) return FromHost(static_cast<int>(-n));
  memory.Store(count, static_cast<uint32_t>(n));
  return Errno::Success;
}

// One buffer, the usual case, takes the plain call: the kernel spends some 100 ns on a list.
ssize_t ReadVector(int fd, const IovecList& list) {
  const iovec* first = list.data();
  return Uninterrupted(
      [&] { return list.count() == 1 ? read(fd, first->iov_base, first->iov_len) : readv(fd, first, list.count()); });
}

ssize_t ReadVectorAt(int fd, const IovecList& list, off_t offset) {
  const iovec* first = list.data();
  return Uninterrupted([&] {
    return list.count() == 1 ? pread(fd, first->iov_base, first->iov_len, offset)
                             : preadv(fd, first, list.count(), offset);
  });
}

ssize_t WriteVector(int fd, const IovecList& list) {
  const iovec* first = list.data();
  return Uninterrupted(
      [&] { return list.count() == 1 ? write(fd, first->iov_base, first->iov_len) : writev(fd, first, list.count()); });
}

ssize_t WriteVectorAt(int fd, const IovecList& list, off_t offset) {
  const iovec* first = list.data();
  return Uninterrupted([&] {
    return list.count() == 1 ? pwrite(fd, first->iov_base, first->iov_len, offset)
                             : pwritev(fd, first, list.count(), offset);
  });
}

ssize_t AppendVector(int fd, const IovecList& list) {
  return Uninterrupted([&] {
    const ssize_t n = platform::AppendVector(fd, list.data(), list.count());
    if (n >= 0) return n;
    errno = static_cast<int>(-n);
    return ssize_t{-1};
  });
}

ssize_t SendVector(int fd, IovecList& list) {
  msghdr message{};
  message.msg_iov = list.data();
  message.msg_iovlen = static_cast<size_t>(list.count());
  return Uninterrupted([&] { return sendmsg(fd, &message, MSG_NOSIGNAL); });
}

ssize_t WriteSink(const OutputSink& sink, const IovecList& list) {
  ssize_t written = 0;
  for (int i = 0; i < list.count(); ++i) {
    const iovec& item = list.data()[i];
    const size_t size = std::min<size_t>(item.iov_len, kMaxTransfer - static_cast<size_t>(written));
    if (size == 0) break;
    const ptrdiff_t n = sink(static_cast<const uint8_t*>(item.iov_base), size);
    if (n < 0) return written > 0 ? written : n;
    written += std::min<ptrdiff_t>(n, static_cast<ptrdiff_t>(size));
    if (static_cast<size_t>(n) < size) break;
  }
  return written;
}

// Common start of a transfer: the descriptor with its right, the list, and a place for the count.
Errno Prepare(WasiContext& context, GuestMemory memory, uint32_t fd, Rights rights, uint32_t iovs, uint32_t iovs_len,
              uint32_t count, Descriptor** descriptor, IovecList* list) {
  if (Errno error = context.descriptors().Find(fd, rights, descriptor); error != Errno::Success) return error;
  if (!memory.Has(count, sizeof(uint32_t))) return Errno::Fault;
  return list->Load(context, memory, iovs, iovs_len);
}

// May this descriptor be read or written at an offset?
Errno CheckOffset(const Descriptor& descriptor, uint64_t offset) {
  if (!(descriptor.base & kFdSeek)) return descriptor.granted & kFdSeek ? Errno::NotCapable : Errno::SeekPipe;
  return offset > INT64_MAX ? Errno::Invalid : Errno::Success;
}

}  // namespace

Errno FdRead(WasiContext& context, GuestMemory memory, uint32_t fd, uint32_t iovs, uint32_t iovs_len, uint32_t nread) {
  Descriptor* descriptor = nullptr;
  IovecList list;
  if (Errno error = Prepare(context, memory, fd, kFdRead, iovs, iovs_len, nread, &descriptor, &list);
      error != Errno::Success)
    return error;
  if (descriptor->kind != Descriptor::Kind::Host) return Finish(0, memory, nread);
  if (WouldBlock(*descriptor, POLLIN)) return Errno::Again;
  if (MayWait(*descriptor)) {
    if (Errno error = WaitReadable(context, descriptor->fd); error != Errno::Success) return error;
  }
  return Finish(ReadVector(descriptor->fd, list), memory, nread);
}

Errno FdPread(WasiContext& context, GuestMemory memory, uint32_t fd, uint32_t iovs, uint32_t iovs_len, uint64_t offset,
              uint32_t nread) {
  Descriptor* descriptor = nullptr;
  IovecList list;
  if (Errno error = Prepare(context, memory, fd, kFdRead, iovs, iovs_len, nread, &descriptor, &list);
      error != Errno::Success)
    return error;
  if (Errno error = CheckOffset(*descriptor, offset); error != Errno::Success) return error;
  return Finish(ReadVectorAt(descriptor->fd, list, static_cast<off_t>(offset)), memory, nread);
}

Errno FdWrite(WasiContext& context, GuestMemory memory, uint32_t fd, uint32_t iovs, uint32_t iovs_len,
              uint32_t nwritten) {
  Descriptor* descriptor = nullptr;
  IovecList list;
  if (Errno error = Prepare(context, memory, fd, kFdWrite, iovs, iovs_len, nwritten, &descriptor, &list);
      error != Errno::Success) {
    return error;
  }
  switch (descriptor->kind) {
    case Descriptor::Kind::Sink:
      return Finish(WriteSink(descriptor->sink, list), memory, nwritten);
    case Descriptor::Kind::Null:
      return Finish(static_cast<ssize_t>(std::min(list.total(), kMaxTransfer)), memory, nwritten);
    case Descriptor::Kind::Closed:
    case Descriptor::Kind::Host:
      break;
  }
  if (WouldBlock(*descriptor, POLLOUT)) return Errno::Again;
  if (IsSocket(*descriptor)) return Finish(SendVector(descriptor->fd, list), memory, nwritten);
  const bool append = (descriptor->fdflags & kAppend) && descriptor->type == FileType::RegularFile;
  return Finish(append ? AppendVector(descriptor->fd, list) : WriteVector(descriptor->fd, list), memory, nwritten);
}

Errno FdPwrite(WasiContext& context, GuestMemory memory, uint32_t fd, uint32_t iovs, uint32_t iovs_len, uint64_t offset,
               uint32_t nwritten) {
  Descriptor* descriptor = nullptr;
  IovecList list;
  if (Errno error = Prepare(context, memory, fd, kFdWrite, iovs, iovs_len, nwritten, &descriptor, &list);
      error != Errno::Success) {
    return error;
  }
  if (Errno error = CheckOffset(*descriptor, offset); error != Errno::Success) return error;
  return Finish(WriteVectorAt(descriptor->fd, list, static_cast<off_t>(offset)), memory, nwritten);
}

Errno FdSeek(WasiContext& context, GuestMemory memory, uint32_t fd, int64_t offset, uint32_t whence,
             uint32_t position) {
  constexpr int kWhence[] = {SEEK_SET, SEEK_CUR, SEEK_END};
  if (whence >= std::size(kWhence)) return Errno::Invalid;
  // Asking where one is, is telling.
  const bool tell = offset == 0 && kWhence[whence] == SEEK_CUR;
  Descriptor* descriptor = nullptr;
  Errno error = context.descriptors().Find(fd, tell ? kFdTell : kFdSeek, &descriptor);
  if (error != Errno::Success && tell) error = context.descriptors().Find(fd, kFdSeek, &descriptor);
  if (error != Errno::Success) {
    const Descriptor* open = context.descriptors().Get(fd);  // pipes and terminals never seek
    return open && !open->is_directory() && !(open->granted & kFdSeek) ? Errno::SeekPipe : error;
  }
  if (!memory.Has(position, sizeof(uint64_t))) return Errno::Fault;
  const off_t now = lseek(descriptor->fd, offset, kWhence[whence]);
  if (now < 0) return FromHost(errno);
  memory.Store(position, static_cast<uint64_t>(now));
  return Errno::Success;
}

Errno FdTell(WasiContext& context, GuestMemory memory, uint32_t fd, uint32_t position) {
  return FdSeek(context, memory, fd, 0, /*whence=*/1, position);
}

// A socket that the embedder handed in, or NOTSOCK.
static Errno FindSocket(WasiContext& context, uint32_t fd, Rights rights, Descriptor** descriptor) {
  const Descriptor* open = context.descriptors().Get(fd);
  if (!open) return Errno::BadFd;
  if (!IsSocket(*open)) return Errno::NotSocket;
  return context.descriptors().Find(fd, rights, descriptor);
}

Errno SockAccept(WasiContext& context, GuestMemory memory, uint32_t fd, uint32_t flags, uint32_t accepted) {
  Descriptor* listener = nullptr;
  if (Errno error = FindSocket(context, fd, kSockAccept, &listener); error != Errno::Success) return error;
  if (flags & ~kNonblock) return Errno::Invalid;
  if (!memory.Has(accepted, sizeof(uint32_t))) return Errno::Fault;
  if (context.descriptors().full()) return Errno::TooManyFiles;
  if (MayWait(*listener)) {
    if (Errno error = WaitReadable(context, listener->fd); error != Errno::Success) return error;
  }
  const int host_flags = SOCK_CLOEXEC | ((flags & kNonblock) ? SOCK_NONBLOCK : 0);
  const ssize_t result = Uninterrupted([&] { return accept4(listener->fd, nullptr, nullptr, host_flags); });
  if (result < 0) return FromHost(static_cast<int>(-result));
  Descriptor connection;
  connection.kind = Descriptor::Kind::Host;
  connection.type = FileType::SocketStream;
  connection.fdflags = static_cast<uint16_t>(flags);
  connection.owned.Reset(static_cast<int>(result));
  connection.fd = connection.owned.get();
  connection.base = listener->inheriting & kSocketRights & ~kSockAccept;
  connection.granted = connection.base;
  memory.Store(accepted, context.descriptors().Insert(std::move(connection)));
  return Errno::Success;
}

Errno SockRecv(WasiContext& context, GuestMemory memory, uint32_t fd, uint32_t iovs, uint32_t iovs_len, uint32_t flags,
               uint32_t nread, uint32_t out_flags) {
  Descriptor* descriptor = nullptr;
  if (Errno error = FindSocket(context, fd, kFdRead, &descriptor); error != Errno::Success) return error;
  if (flags & ~(kRecvPeek | kRecvWaitall)) return Errno::Invalid;
  if (!memory.Has(nread, sizeof(uint32_t)) || !memory.Has(out_flags, sizeof(uint16_t))) return Errno::Fault;
  IovecList list;
  if (Errno error = list.Load(context, memory, iovs, iovs_len); error != Errno::Success) return error;
  msghdr message{};
  message.msg_iov = list.data();
  message.msg_iovlen = static_cast<size_t>(list.count());
  if (MayWait(*descriptor)) {
    if (Errno error = WaitReadable(context, descriptor->fd); error != Errno::Success) return error;
  }
  const int host_flags =
      MSG_CMSG_CLOEXEC | ((flags & kRecvPeek) ? MSG_PEEK : 0) | ((flags & kRecvWaitall) ? MSG_WAITALL : 0);
  const ssize_t n = Uninterrupted([&] { return recvmsg(descriptor->fd, &message, host_flags); });
  if (n < 0) return FromHost(static_cast<int>(-n));
  memory.Store(out_flags, (message.msg_flags & MSG_TRUNC) ? kRecvDataTruncated : uint16_t{0});
  return Finish(n, memory, nread);
}

Errno SockSend(WasiContext& context, GuestMemory memory, uint32_t fd, uint32_t iovs, uint32_t iovs_len, uint32_t flags,
               uint32_t nwritten) {
  Descriptor* descriptor = nullptr;
  if (Errno error = FindSocket(context, fd, kFdWrite, &descriptor); error != Errno::Success) return error;
  if (flags != 0) return Errno::Invalid;
  return FdWrite(context, memory, fd, iovs, iovs_len, nwritten);
}

Errno SockShutdown(WasiContext& context, GuestMemory, uint32_t fd, uint32_t how) {
  Descriptor* descriptor = nullptr;
  if (Errno error = FindSocket(context, fd, kSockShutdown, &descriptor); error != Errno::Success) return error;
  int host_how = 0;
  switch (how) {
    case kShutdownRead:
      host_how = SHUT_RD;
      break;
    case kShutdownWrite:
      host_how = SHUT_WR;
      break;
    case kShutdownRead | kShutdownWrite:
      host_how = SHUT_RDWR;
      break;
    default:
      return Errno::Invalid;
  }
  return shutdown(descriptor->fd, host_how) < 0 ? FromHost(errno) : Errno::Success;
}

}  // namespace gantry::wasi::p1
