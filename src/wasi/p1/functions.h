// The functions of WASI 0.1, one per row of functions.def. They are plain functions over the guest's memory and its
// context, so that tests, tracing and the linking of any engine can call them. Arguments are what the guest passed,
// unchecked.
//
// [I1] A function checks every pointer it will write through before it changes anything, so that an EFAULT has no
// effect. [I2] A pointer out of bounds is Errno::Fault; alignment is not demanded.
#pragma once

#include <cstdint>

#include "wasi/p1/context.h"
#include "wasi/p1/errno.h"
#include "wasi/p1/guest_memory.h"

namespace gantry::wasi::p1 {

// process.cc: what the program is told about its surroundings
Errno ArgsGet(WasiContext&, GuestMemory, uint32_t argv, uint32_t argv_buf);
Errno ArgsSizesGet(WasiContext&, GuestMemory, uint32_t argc, uint32_t argv_buf_size);
Errno EnvironGet(WasiContext&, GuestMemory, uint32_t environ, uint32_t environ_buf);
Errno EnvironSizesGet(WasiContext&, GuestMemory, uint32_t environ_count, uint32_t environ_buf_size);
Errno ClockResGet(WasiContext&, GuestMemory, uint32_t id, uint32_t resolution);
Errno ClockTimeGet(WasiContext&, GuestMemory, uint32_t id, uint64_t precision, uint32_t time);
Errno RandomGet(WasiContext&, GuestMemory, uint32_t buf, uint32_t buf_len);
Errno SchedYield(WasiContext&, GuestMemory);
Errno ProcRaise(WasiContext&, GuestMemory, uint32_t signal);
// Records the code in the context; the caller ends the program.
void ProcExit(WasiContext&, GuestMemory, uint32_t code);

// fd_io.cc: bytes in and out
Errno FdRead(WasiContext&, GuestMemory, uint32_t fd, uint32_t iovs, uint32_t iovs_len, uint32_t nread);
Errno FdPread(WasiContext&, GuestMemory, uint32_t fd, uint32_t iovs, uint32_t iovs_len, uint64_t offset,
              uint32_t nread);
Errno FdWrite(WasiContext&, GuestMemory, uint32_t fd, uint32_t iovs, uint32_t iovs_len, uint32_t nwritten);
Errno FdPwrite(WasiContext&, GuestMemory, uint32_t fd, uint32_t iovs, uint32_t iovs_len, uint64_t offset,
               uint32_t nwritten);
Errno FdSeek(WasiContext&, GuestMemory, uint32_t fd, int64_t offset, uint32_t whence, uint32_t position);
Errno FdTell(WasiContext&, GuestMemory, uint32_t fd, uint32_t position);
Errno SockAccept(WasiContext&, GuestMemory, uint32_t fd, uint32_t flags, uint32_t accepted);
Errno SockRecv(WasiContext&, GuestMemory, uint32_t fd, uint32_t iovs, uint32_t iovs_len, uint32_t flags, uint32_t nread,
               uint32_t out_flags);
Errno SockSend(WasiContext&, GuestMemory, uint32_t fd, uint32_t iovs, uint32_t iovs_len, uint32_t flags,
               uint32_t nwritten);
Errno SockShutdown(WasiContext&, GuestMemory, uint32_t fd, uint32_t how);

// fd_state.cc: descriptors and what they name
Errno FdAdvise(WasiContext&, GuestMemory, uint32_t fd, uint64_t offset, uint64_t length, uint32_t advice);
Errno FdAllocate(WasiContext&, GuestMemory, uint32_t fd, uint64_t offset, uint64_t length);
Errno FdClose(WasiContext&, GuestMemory, uint32_t fd);
Errno FdDatasync(WasiContext&, GuestMemory, uint32_t fd);
Errno FdFdstatGet(WasiContext&, GuestMemory, uint32_t fd, uint32_t stat);
Errno FdFdstatSetFlags(WasiContext&, GuestMemory, uint32_t fd, uint32_t flags);
Errno FdFdstatSetRights(WasiContext&, GuestMemory, uint32_t fd, uint64_t base, uint64_t inheriting);
Errno FdFilestatGet(WasiContext&, GuestMemory, uint32_t fd, uint32_t stat);
Errno FdFilestatSetSize(WasiContext&, GuestMemory, uint32_t fd, uint64_t size);
Errno FdFilestatSetTimes(WasiContext&, GuestMemory, uint32_t fd, uint64_t atim, uint64_t mtim, uint32_t fst_flags);
Errno FdPrestatGet(WasiContext&, GuestMemory, uint32_t fd, uint32_t prestat);
Errno FdPrestatDirName(WasiContext&, GuestMemory, uint32_t fd, uint32_t path, uint32_t path_len);
Errno FdRenumber(WasiContext&, GuestMemory, uint32_t fd, uint32_t to);
Errno FdSync(WasiContext&, GuestMemory, uint32_t fd);

// readdir.cc
Errno FdReaddir(WasiContext&, GuestMemory, uint32_t fd, uint32_t buf, uint32_t buf_len, uint64_t cookie, uint32_t used);

// path.cc: names below a directory
Errno PathCreateDirectory(WasiContext&, GuestMemory, uint32_t fd, uint32_t path, uint32_t path_len);
Errno PathFilestatGet(WasiContext&, GuestMemory, uint32_t fd, uint32_t flags, uint32_t path, uint32_t path_len,
                      uint32_t stat);
Errno PathFilestatSetTimes(WasiContext&, GuestMemory, uint32_t fd, uint32_t flags, uint32_t path, uint32_t path_len,
                           uint64_t atim, uint64_t mtim, uint32_t fst_flags);
Errno PathLink(WasiContext&, GuestMemory, uint32_t old_fd, uint32_t old_flags, uint32_t old_path, uint32_t old_path_len,
               uint32_t new_fd, uint32_t new_path, uint32_t new_path_len);
Errno PathOpen(WasiContext&, GuestMemory, uint32_t fd, uint32_t dirflags, uint32_t path, uint32_t path_len,
               uint32_t oflags, uint64_t base, uint64_t inheriting, uint32_t fdflags, uint32_t opened);
Errno PathReadlink(WasiContext&, GuestMemory, uint32_t fd, uint32_t path, uint32_t path_len, uint32_t buf,
                   uint32_t buf_len, uint32_t used);
Errno PathRemoveDirectory(WasiContext&, GuestMemory, uint32_t fd, uint32_t path, uint32_t path_len);
Errno PathRename(WasiContext&, GuestMemory, uint32_t fd, uint32_t old_path, uint32_t old_path_len, uint32_t new_fd,
                 uint32_t new_path, uint32_t new_path_len);
Errno PathSymlink(WasiContext&, GuestMemory, uint32_t target, uint32_t target_len, uint32_t fd, uint32_t path,
                  uint32_t path_len);
Errno PathUnlinkFile(WasiContext&, GuestMemory, uint32_t fd, uint32_t path, uint32_t path_len);

// poll.cc
Errno PollOneoff(WasiContext&, GuestMemory, uint32_t in, uint32_t out, uint32_t count, uint32_t nevents);

// unstable.cc: preview0, where its layouts and numbers differ
Errno FdFilestatGet_p0(WasiContext&, GuestMemory, uint32_t fd, uint32_t stat);
Errno FdSeek_p0(WasiContext&, GuestMemory, uint32_t fd, int64_t offset, uint32_t whence, uint32_t position);
Errno PathFilestatGet_p0(WasiContext&, GuestMemory, uint32_t fd, uint32_t flags, uint32_t path, uint32_t path_len,
                         uint32_t stat);
Errno PollOneoff_p0(WasiContext&, GuestMemory, uint32_t in, uint32_t out, uint32_t count, uint32_t nevents);

}  // namespace gantry::wasi::p1
