// ParseWat: the text format of core modules (spec 6) to the binary format, in canonical encoding.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "wasm/features.h"

namespace gantry::wasm::text {

struct WatOptions {
  // Emit a name section from the identifiers and `@name` annotations, if there are any.
  bool names = true;
  // Only the grammar that depends on a proposal looks at it: sizes of memories and tables are 32 bits wide without
  // memory64.
  Features features = Features::AllProposals();
};

// One module: `(module ...)` or its fields alone. Faults carry line and column, the source line with a caret, and what
// was expected. Structure and names are checked here, types and index ranges by the validator.
Result<std::vector<uint8_t>> ParseWat(std::string_view source, const WatOptions& options = {});

}  // namespace gantry::wasm::text
