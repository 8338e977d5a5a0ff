#include "module_generator.h"

#include <gtest/gtest.h>

#include <random>

#include "generated_module.h"
#include "oracles/execution.h"
#include "oracles/round_trip.h"
#include "wasm/binary/reader.h"
#include "wasm/valid/validator.h"

namespace gantry::fuzz {
namespace {

using wasm::Feature;
using wasm::Features;

std::vector<uint8_t> RandomBytes(uint32_t seed) {
  std::mt19937 random(seed);
  std::vector<uint8_t> bytes(random() % 2000);
  for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(random());
  return bytes;
}

Result<void> Validate(const std::vector<uint8_t>& bytes, Features features) {
  wasm::TypeHold hold;
  GANTRY_ASSIGN_OR_RETURN(wasm::Module module, wasm::binary::ReadModule(wasm::ModuleBytes::Copy(bytes), features));
  return wasm::valid::ValidateModule(&module, &hold);
}

void ExpectValid(const std::vector<uint8_t>& bytes, Features features, uint32_t seed) {
  const Result<void> result = Validate(bytes, features);
  EXPECT_TRUE(result) << "seed " << seed << ": " << result.error().Summary();
}

// In their order, whatever the compiler: else a corpus means something else to each.
TEST(ModuleGenerator, TakesChoicesInTheirOrder) {
  const uint8_t bytes[] = {13, 3, 255};
  const GeneratorOptions options;
  ByteChoices choices(bytes);
  GeneratedModule module{options, choices};
  module.aggregate_count = 5;
  EXPECT_EQ(module.PickType(), wasm::ValType::Ref(wasm::HeapType::Concrete(3), true));
}

TEST(ModuleGenerator, MakesValidModulesFromAnyBytes) {
  ExpectValid(GenerateModule({}), Features::AllProposals(), 0);
  for (uint32_t seed = 0; seed < 300; ++seed)
    for (const bool settle_nans : {false, true})
      ExpectValid(GenerateModule(RandomBytes(seed), {.settle_nans = settle_nans}), Features::AllProposals(), seed);
}

TEST(ModuleGenerator, StaysWithinTheFeaturesItIsGiven) {
  Features core, gc_only = Features::Default();
  core.set(Feature::SignExtension).set(Feature::BulkMemory);
  gc_only.set(Feature::Simd, false)
      .set(Feature::Exceptions, false)
      .set(Feature::Memory64, false)
      .set(Feature::TailCall, false);
  for (const Features features : {core, gc_only}) {
    for (uint32_t seed = 0; seed < 150; ++seed) {
      ExpectValid(GenerateModule(RandomBytes(seed), {.features = features}), features, seed);
      ExpectValid(GenerateModule(RandomBytes(seed), {.features = features, .settle_nans = true}), features, seed);
    }
  }
}

TEST(ModuleGenerator, RoundTripsAndRunsTheSameUnderStressAndNatively) {
  for (uint32_t seed = 0; seed < 700; ++seed) {
    const std::vector<uint8_t> bytes = GenerateModule(RandomBytes(seed));
    const RoundTripResult result = CheckRoundTrip(wasm::ModuleBytes::Copy(bytes), Features::AllProposals());
    EXPECT_TRUE(result.printed && result.failure.empty()) << "seed " << seed << ": " << result.failure;
    const std::string plain = Observe(bytes, {.count_fuel = false});
    EXPECT_EQ(plain, Observe(bytes, {.collect_always = true, .pairs = false, .count_fuel = false})) << "seed " << seed;
    EXPECT_EQ(plain, Observe(bytes, {.native = true, .count_fuel = false})) << "seed " << seed;
    EXPECT_EQ(plain, Observe(bytes, {.collect_always = true, .native = true, .lazy = true, .count_fuel = false}))
        << "seed " << seed;
    EXPECT_EQ(Observe(bytes, {}), Observe(bytes, {.native = true})) << "seed " << seed;
    EXPECT_FALSE(plain.empty());
  }
}

TEST(ModuleGenerator, FuelAndPollsAreTheSameNatively) {
  for (uint32_t seed = 0; seed < 300; ++seed) {
    const std::vector<uint8_t> bytes = GenerateModule(RandomBytes(seed));
    EXPECT_EQ(Observe(bytes, {}), Observe(bytes, {.native = true, .polls = true})) << "seed " << seed;
    EXPECT_EQ(Observe(bytes, {}), Observe(bytes, {.native = true, .lazy = true})) << "seed " << seed;
  }
}

TEST(ModuleGenerator, TheSecondOfAPairImportsFromTheFirst) {
  Features core;
  core.set(Feature::SignExtension).set(Feature::BulkMemory);
  bool seen[5] = {};
  for (const Features features : {Features::AllProposals(), core}) {
    for (uint32_t seed = 0; seed < 150; ++seed) {
      const std::vector<uint8_t> bytes = RandomBytes(seed);
      const GeneratorOptions options{.features = features};
      const GeneratedPair pair = GeneratePair(bytes, options);
      EXPECT_EQ(pair.provider, GenerateModule(bytes, options)) << "seed " << seed;
      ExpectValid(pair.user, features, seed);
      const Result<wasm::Module> user = wasm::binary::ReadModule(wasm::ModuleBytes::Copy(pair.user), features);
      ASSERT_TRUE(user);
      for (const wasm::Import& import : user->imports) seen[static_cast<int>(import.kind)] = true;
    }
  }
  for (bool kind_was_seen : seen) EXPECT_TRUE(kind_was_seen);
}

TEST(ModuleGenerator, PairsRunTheSameUnderStressAndNatively) {
  for (uint32_t seed = 0; seed < 500; ++seed) {
    const GeneratedPair pair = GeneratePair(RandomBytes(seed));
    const RoundTripResult result = CheckRoundTrip(wasm::ModuleBytes::Copy(pair.user), Features::AllProposals());
    EXPECT_TRUE(result.printed && result.failure.empty()) << "seed " << seed << ": " << result.failure;
    const std::string plain = ObservePair(pair.provider, pair.user, {.count_fuel = false});
    EXPECT_EQ(plain,
              ObservePair(pair.provider, pair.user, {.collect_always = true, .pairs = false, .count_fuel = false}))
        << "seed " << seed;
    EXPECT_EQ(plain, ObservePair(pair.provider, pair.user, {.native = true, .count_fuel = false})) << "seed " << seed;
    EXPECT_EQ(plain, ObservePair(pair.provider, pair.user, {.native = true, .lazy = true, .count_fuel = false}))
        << "seed " << seed;
    EXPECT_EQ(plain.find("instantiation: error"), std::string::npos) << "seed " << seed << " does not link: " << plain;
  }
}

}  // namespace
}  // namespace gantry::fuzz
