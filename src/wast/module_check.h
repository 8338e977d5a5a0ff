// CheckModule: everything that can be asked of a module without running it.
#pragma once

#include <cstdint>
#include <span>

#include "base/error.h"
#include "wasm/features.h"

namespace gantry::wast {

// Decodes and validates. Then the module must survive: written as it was read it gives the same bytes; printed and
// parsed it gives the same bytes if it is in canonical encoding, else a module for which that holds. A failure of these
// is an Error of class Host, since it is a fault of the tools and not of the module.
Result<void> CheckModule(std::span<const uint8_t> bytes, wasm::Features features);

}  // namespace gantry::wast
