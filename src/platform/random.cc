#include "platform/random.h"

#include <errno.h>
#include <sys/random.h>

#include <algorithm>

namespace gantry::platform {

int SecureRandom(void* buffer, size_t size) {
  char* at = static_cast<char*>(buffer);
  while (size > 0) {
    const ssize_t n = getrandom(at, std::min<size_t>(size, 1 << 20), 0);
    if (n < 0) {
      if (errno == EINTR) continue;
      return errno;
    }
    at += n;
    size -= static_cast<size_t>(n);
  }
  return 0;
}

}  // namespace gantry::platform
