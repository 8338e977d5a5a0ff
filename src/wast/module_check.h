// CheckModule: everything that can be asked of a module without running it.
#pragma once

#include <cstdint>
#include <span>

#include "base/error.h"
#include "wasm/features.h"

namespace gantry::wast {

// Decodes and validates. Then the module must survive: written as it was read it gives the same bytes, and its text, parsed,
// gives its canonical encoding. A failure of these two is an Error of class Host, a fault of the tools and not of the module.
Result<void> CheckModule(std::span<const uint8_t> bytes, wasm::Features features);

}  // namespace gantry::wast
