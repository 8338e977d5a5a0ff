// Preview0 ("wasi_unstable"): the functions whose numbers or layouts preview1 changed, mapped onto preview1's.
#include <iterator>
#include <limits>

#include "wasi/p1/functions.h"

namespace gantry::wasi::p1 {

namespace {

Filestat_p0 ToPreview0(const Filestat& stat) {
  Filestat_p0 out{};
  out.dev = stat.dev;
  out.ino = stat.ino;
  out.filetype = stat.filetype;
  out.nlink = stat.nlink > std::numeric_limits<uint32_t>::max() ? std::numeric_limits<uint32_t>::max()
                                                                : static_cast<uint32_t>(stat.nlink);
  out.size = stat.size;
  out.atim = stat.atim;
  out.mtim = stat.mtim;
  out.ctim = stat.ctim;
  return out;
}

}  // namespace

// Both run preview1's function on a scratch memory and store its answer in the older form.

Errno FdFilestatGet_p0(WasiContext& context, GuestMemory memory, uint32_t fd, uint32_t stat) {
  Filestat full{};
  const GuestMemory scratch{reinterpret_cast<uint8_t*>(&full), sizeof(full)};
  if (Errno error = FdFilestatGet(context, scratch, fd, 0); error != Errno::Success) return error;
  return memory.Store(stat, ToPreview0(full)) ? Errno::Success : Errno::Fault;
}

Errno PathFilestatGet_p0(WasiContext& context, GuestMemory memory, uint32_t fd, uint32_t flags, uint32_t path,
                         uint32_t path_len, uint32_t stat) {
  if (path_len > kMaxPath) return Errno::NameTooLong;
  const uint8_t* at = memory.At(path, path_len);
  if (!at) return Errno::Fault;
  struct {
    Filestat full;
    uint8_t path[kMaxPath];
  } scratch_space;
  std::memcpy(scratch_space.path, at, path_len);
  const GuestMemory scratch{reinterpret_cast<uint8_t*>(&scratch_space), sizeof(scratch_space)};
  if (Errno error = PathFilestatGet(context, scratch, fd, flags, sizeof(Filestat), path_len, 0);
      error != Errno::Success)
    return error;
  return memory.Store(stat, ToPreview0(scratch_space.full)) ? Errno::Success : Errno::Fault;
}

Errno FdSeek_p0(WasiContext& context, GuestMemory memory, uint32_t fd, int64_t offset, uint32_t whence,
                uint32_t position) {
  constexpr uint32_t kWhence[] = {1, 2, 0};  // preview0 counts current, end, start; preview1 start, current, end
  if (whence >= std::size(kWhence)) return Errno::Invalid;
  return FdSeek(context, memory, fd, offset, kWhence[whence], position);
}

}  // namespace gantry::wasi::p1
