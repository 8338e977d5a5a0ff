// The guest's scatter/gather list as the host's, pointing straight into guest memory: small reads and writes copy
// nothing.
#pragma once

#include <sys/uio.h>

#include <algorithm>
#include <cstdint>

#include "wasi/p1/context.h"
#include "wasi/p1/errno.h"
#include "wasi/p1/guest_memory.h"
#include "wasi/p1/types.h"

namespace gantry::wasi::p1 {

class IovecList {
 public:
  // As many as the host takes in one call; a longer list is served in part, as a short read or write.
  static constexpr uint32_t kMax = 1024;

  Errno Load(const WasiContext& context, GuestMemory memory, uint32_t iovs, uint32_t count) {
    const uint64_t list_bytes = uint64_t{count} * sizeof(Iovec);
    const uint8_t* from = memory.At(iovs, list_bytes);
    if (!from) return Errno::Fault;
    count = std::min(count, kMax);
    for (uint32_t i = 0; i < count; ++i) {
      Iovec iov;  // copied once: another thread may change the guest's
      std::memcpy(&iov, from + size_t{i} * sizeof(iov), sizeof(iov));
      if (iov.buf_len == 0) continue;
      uint8_t* at = memory.At(iov.buf, iov.buf_len);
      if (!at) return Errno::Fault;
      items_[count_++] = {at, iov.buf_len};
      total_ += iov.buf_len;
    }
    return context.Afford(list_bytes + total_);
  }

  const iovec* data() const { return items_; }
  iovec* data() { return items_; }
  int count() const { return static_cast<int>(count_); }
  uint64_t total() const { return total_; }

 private:
  uint32_t count_ = 0;
  uint64_t total_ = 0;
  iovec items_[kMax];  // uninitialised on purpose: 16 KiB of stack, of which a call touches what it uses
};

}  // namespace gantry::wasi::p1
