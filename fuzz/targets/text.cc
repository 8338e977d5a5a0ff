// Input: text. Parsing is safe on anything, as a module and as a script; a module that parses decodes and round-trips.
#include <string_view>

#include "oracles/round_trip.h"
#include "target.h"
#include "wasm/text/wast.h"

using namespace gantry;

int FuzzOne(const uint8_t* data, size_t size) {
  const std::string_view source(reinterpret_cast<const char*>(data), size);
  Result<wasm::text::Script> script = wasm::text::ParseWast(source);
  if (!script) (void)script.error().Summary();
  const fuzz::RoundTripResult result = fuzz::CheckTextRoundTrip(source, wasm::Features::AllProposals());
  fuzz::Require(result.failure.empty(), "text round trip", result.failure);
  return 0;
}
