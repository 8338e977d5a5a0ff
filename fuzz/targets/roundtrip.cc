// Input: bytes of a module. All round trips of oracles/round_trip.h.
#include "oracles/round_trip.h"
#include "target.h"

using namespace gantry;

int FuzzOne(const uint8_t* data, size_t size) {
  const fuzz::RoundTripResult result =
      fuzz::CheckRoundTrip(wasm::ModuleBytes::Copy({data, size}), wasm::Features::AllProposals());
  fuzz::Require(result.failure.empty(), "round trip", result.failure);
  return 0;
}
