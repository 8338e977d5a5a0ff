// Reading whole files.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace gantry::platform {

// The bytes of a file, at most `largest` of them. Error (Host) "failed to read `path`: why" or (Limit).
Result<std::vector<uint8_t>> ReadFile(std::string_view path, uint64_t largest);

// The same from an open descriptor, which stays open, up to its end. `name` for messages.
Result<std::vector<uint8_t>> ReadDescriptor(int fd, std::string_view name, uint64_t largest);

}  // namespace gantry::platform
