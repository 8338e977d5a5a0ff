// Input: choices of the module generator, for a module and one that imports from it. Both are valid, canonical,
// round-trip, end by themselves, and run the same whenever the collector runs, with and without pairs of instructions,
// and compiled.
#include "module_generator.h"
#include "oracles/execution.h"
#include "oracles/round_trip.h"
#include "target.h"

using namespace gantry;

int FuzzOne(const uint8_t* data, size_t size) {
  const fuzz::GeneratedPair modules = fuzz::GeneratePair({data, size});
  for (const std::vector<uint8_t>& bytes : {modules.provider, modules.user}) {
    const fuzz::RoundTripResult result =
        fuzz::CheckRoundTrip(wasm::ModuleBytes::Copy(bytes), wasm::Features::AllProposals());
    fuzz::Require(result.decoded && result.printed && result.failure.empty(), "generated modules round-trip",
                  result.failure);
  }
  const std::string plain = fuzz::ObservePair(modules.provider, modules.user, {.count_fuel = false});
  fuzz::Require(!plain.empty(), "generated modules are valid");
  const std::string stressed =
      fuzz::ObservePair(modules.provider, modules.user, {.collect_always = true, .pairs = false, .count_fuel = false});
  fuzz::Require(plain == stressed, "neither collections nor pairs can be seen", plain + "---\n" + stressed);
  for (const bool lazy : {false, true}) {
    const std::string native = fuzz::ObservePair(
        modules.provider, modules.user, {.collect_always = true, .native = true, .lazy = lazy, .count_fuel = false});
    fuzz::Require(plain == native, "compiled code does what the interpreter does", plain + "---\n" + native);
  }
  return 0;
}
