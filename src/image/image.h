// Images: compiled modules at rest. An image is an ELF64 file (little-endian, EI_OSABI 200, e_flags: bit 0 a module,
// bit 1 a component) whose sections hold
//
//   .gantry.engine  the compatibility key: format version, then the product version that wrote it
//   .gantry.wasm    the module's bytes, unchanged
//
// and, once there is native code for a target, that code with its tables. An image without text suits every machine:
// its bytes are validated again when it is loaded, and so a damaged one can do no harm. Nested modules and the plan
// that links them lie in the module's bytes.
//
// Everything that is read is checked against the size of the input. Tested by image_test.cc.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace gantry::image {

enum class Kind : uint8_t { Module, Component };

struct Image {
  Kind kind;
  std::string_view version;  // of the product that wrote it
  std::span<const uint8_t> wasm;
};

// Could these bytes be an image (or another ELF file) rather than WebAssembly? Looks at the first four.
bool LooksLikeImage(std::span<const uint8_t> bytes);

// The same input gives the same bytes.
std::vector<uint8_t> Write(const Image& image);

// Views into `bytes`. Error (Malformed) with an offset for what is no image; Error (Unsupported) that names the format
// version or the kind of file for images of other products and later versions.
Result<Image> Read(std::span<const uint8_t> bytes);

}  // namespace gantry::image
