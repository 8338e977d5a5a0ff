// GenerateModule: a valid module from any bytes. The same bytes and options give the same module.
//
// What an instruction needs comes from the opcode table: every row with a fixed signature whose feature is on takes
// part without a line of code here; rows with "*" are emitted by the arms of function_generator.cc.
//
// [I1] The module passes validation with the features of the options. It has no imports, but for the second of a pair.
// [I2] Running any export ends soon: each function entry and loop turn takes one from the exported global "fuel", which
// traps when
//      it is used up; sizes of arrays, memories and tables are bounded.
// [I3] Everything is exported: functions "f0", "f1", ..., memories "m0", globals "g0", tables "t0"; so two engines can
// be compared.
//
// Tested by module_generator_test.cc and the target `generate`.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "wasm/features.h"

namespace gantry::fuzz {

struct GeneratorOptions {
  wasm::Features features = wasm::Features::AllProposals();
  uint32_t max_functions = 6;
  uint32_t max_instructions = 300;  // per function, about
  uint32_t fuel = 64;               // bounds the depth of calls, too; the stress of the collector is quadratic in it
  bool relaxed_simd = false;        // results that engines may choose
  // Every sum and product that is a NaN becomes the canonical one: which operand's payload it has is open (spec 4.3.3).
  bool settle_nans = false;
};

std::vector<uint8_t> GenerateModule(std::span<const uint8_t> bytes, const GeneratorOptions& options = {});

// A module and one that imports from it, under the module name "provider": always the fuel, which they share, and some
// of everything else. Both have the same structures. The first is GenerateModule(bytes, options).
struct GeneratedPair {
  std::vector<uint8_t> provider, user;
};
GeneratedPair GeneratePair(std::span<const uint8_t> bytes, const GeneratorOptions& options = {});

}  // namespace gantry::fuzz
