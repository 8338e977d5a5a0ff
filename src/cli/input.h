// Reading and writing of whole files, and what a module file holds.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "wasm/features.h"
#include "wasm/module.h"

namespace gantry::cli {

// The bytes of a file; `-` is standard input. At most 4 GiB - 1, the largest module.
Result<std::vector<uint8_t>> ReadInput(std::string_view path);

// Writes a file; `-` is standard output.
Result<void> WriteOutput(std::string_view path, std::span<const uint8_t> bytes);

// A core module in the binary format from a file in either format. Errors say what else the file is. The text format
// depends on `features` only where these are module linking.
Result<std::vector<uint8_t>> ReadModuleFile(std::string_view path, wasm::Features features = {});

// A file's core module without a copy of its own where that can be: a regular file in the binary format is mapped. Its
// bytes may change while it is used; what that does is checked in the end.
class ModuleInput {
 public:
  static Result<ModuleInput> Open(std::string_view path, wasm::Features features = {});
  const std::shared_ptr<const wasm::ModuleBytes>& bytes() const { return bytes_; }
  // Error (Host) when the file changed since it was opened, so that what was found means nothing.
  Result<void> CheckUnchanged() const;

 private:
  class Mapped;
  std::string path_;
  std::shared_ptr<const wasm::ModuleBytes> bytes_;
  std::shared_ptr<const Mapped> mapped_;  // null for a copy
};

// The same for bytes in memory.
Result<std::vector<uint8_t>> ToBinary(std::vector<uint8_t> bytes, wasm::Features features = {});

std::string_view AsText(std::span<const uint8_t> bytes);

}  // namespace gantry::cli
