// Random bytes from the host's secure generator.
#pragma once

#include <cstddef>

namespace gantry::platform {

// Fills the buffer. 0, or a host errno.
int SecureRandom(void* buffer, size_t size);

}  // namespace gantry::platform
