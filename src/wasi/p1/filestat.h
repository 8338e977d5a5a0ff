// File attributes of the host as the guest sees them, and the time stamps that a guest asks to set.
#pragma once

#include <sys/stat.h>

#include "wasi/host/dir.h"
#include "wasi/p1/errno.h"
#include "wasi/p1/types.h"

namespace gantry::wasi::p1 {

Filestat MakeFilestat(const struct stat& info);

// Invalid when a flag is unknown or a time is both set and "now".
Errno DecodeTimes(uint64_t atim, uint64_t mtim, uint32_t fst_flags, TimeChange* access, TimeChange* modify);

}  // namespace gantry::wasi::p1
