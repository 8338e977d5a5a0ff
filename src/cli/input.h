// Reading and writing of whole files, and what a module file holds.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace gantry::cli {

// The bytes of a file; `-` is standard input. At most 4 GiB - 1, the largest module.
Result<std::vector<uint8_t>> ReadInput(std::string_view path);

// Writes a file; `-` is standard output.
Result<void> WriteOutput(std::string_view path, std::span<const uint8_t> bytes);

// A core module in the binary format from a file in either format. Errors say what else the file is.
Result<std::vector<uint8_t>> ReadModuleFile(std::string_view path);

// The same for bytes in memory.
Result<std::vector<uint8_t>> ToBinary(std::vector<uint8_t> bytes);

std::string_view AsText(std::span<const uint8_t> bytes);

}  // namespace gantry::cli
