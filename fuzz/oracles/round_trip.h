// CheckRoundTrip: what must hold for every module that decodes.
//
//   WriteModule(m) gives the bytes that were read.
//   WriteModule(m, Canonical) decodes, and writing that canonically changes nothing.
//   ParseWat(PrintModule(m)) gives the canonical bytes, if the bodies decode and nest.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "wasm/module.h"

namespace gantry::fuzz {

struct RoundTripResult {
  bool decoded = false;  // false: nothing to check
  bool printed = false;  // false: has no text form (malformed bodies)
  std::string failure;   // empty: all holds
};

RoundTripResult CheckRoundTrip(std::shared_ptr<const wasm::ModuleBytes> bytes, wasm::Features features);

// ...and for every text that parses: printing its module and parsing again gives the same bytes.
RoundTripResult CheckTextRoundTrip(std::string_view source, wasm::Features features);

}  // namespace gantry::fuzz
