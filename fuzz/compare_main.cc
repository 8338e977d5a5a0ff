// Runs generated modules in the interpreter and compiled, and compares all that can be seen of them:
//
//   gantry_compare FIRST COUNT     modules of the seeds FIRST to FIRST + COUNT - 1
//
// A seed decides about the module (one alone, or a pair that imports from each other) and how its code is made and run:
// extensions of the processor, guard pages or comparisons, polls, fuel, at once or lazily, a collection at every
// allocation. Each is compared with the interpreter under the same limits. Differences are printed with their seed; the
// exit status is 1 then. What agrees as soon as sums and products of NaNs are made canonical in the module itself is
// counted apart: tiers may choose there.
#include <cstdio>
#include <cstdlib>
#include <random>

#include "module_generator.h"
#include "oracles/execution.h"
#include "platform/cpu.h"

namespace {

using namespace gantry;

constexpr uint32_t kMostBytes = 3000;  // of choices for one module
constexpr uint32_t kReportEvery = 10000;

std::vector<uint8_t> Choices(std::mt19937_64& random) {
  std::vector<uint8_t> bytes(random() % kMostBytes);
  for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(random());
  return bytes;
}

struct Counts {
  uint64_t modules = 0, empty = 0, differences = 0, nan_choices = 0;
};

struct Observed {
  std::string interpreted, compiled;
};

Observed Observe(const std::vector<uint8_t>& choices, bool is_pair, const fuzz::GeneratorOptions& generator,
                 fuzz::ExecutionOptions* native) {
  const fuzz::GeneratedPair pair = is_pair ? fuzz::GeneratePair(choices, generator) : fuzz::GeneratedPair{};
  const std::vector<uint8_t> module = is_pair ? std::vector<uint8_t>{} : fuzz::GenerateModule(choices, generator);
  auto observe = [&](const fuzz::ExecutionOptions& options) {
    return is_pair ? fuzz::ObservePair(pair.provider, pair.user, options) : fuzz::Observe(module, options);
  };
  std::string expected = observe({.count_fuel = native->count_fuel});
  if (expected.empty()) {  // a shared memory, which the limits with fuel forbid
    native->count_fuel = false;
    expected = observe({.count_fuel = false});
  }
  return {std::move(expected), observe(*native)};
}

void Compare(uint64_t seed, const std::vector<platform::CpuLevel>& levels, Counts* counts) {
  std::mt19937_64 random(seed);
  const std::vector<uint8_t> choices = Choices(random);
  const platform::CpuLevel& level = levels[random() % levels.size()];
  platform::PretendHostCpu(level.features);
  fuzz::ExecutionOptions native{.native = true};
  native.count_fuel = random() % 2 == 0;
  native.polls = random() % 2 == 0;
  native.lazy = random() % 2 == 0;
  native.guard_pages = random() % 4 != 0;
  native.collect_always = random() % 2 == 0;

  const bool is_pair = random() % 3 == 0;
  const auto [expected, got] = Observe(choices, is_pair, {}, &native);
  counts->modules += is_pair ? 2 : 1;
  counts->empty += expected.empty();
  if (expected == got) return;
  const Observed settled = Observe(choices, is_pair, {.settle_nans = true}, &native);
  if (settled.interpreted == settled.compiled) {
    ++counts->nan_choices;
    return;
  }
  ++counts->differences;
  std::printf("seed %llu (%s%s%s%s%s%s) differs:\n--- interpreter\n%s--- compiled\n%s",
              static_cast<unsigned long long>(seed), level.name, native.guard_pages ? "" : ", no guards",
              native.polls ? ", polls" : "", native.lazy ? ", lazy" : "", native.count_fuel ? ", fuel" : "",
              native.collect_always ? ", collecting" : "", expected.c_str(), got.c_str());
  std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: gantry_compare FIRST COUNT\n");
    return 2;
  }
  const uint64_t first = std::strtoull(argv[1], nullptr, 10), count = std::strtoull(argv[2], nullptr, 10);
  const std::vector<platform::CpuLevel> levels = platform::LevelsOf(platform::HostCpu());
  Counts counts;
  for (uint64_t i = 0; i < count; ++i) {
    Compare(first + i, levels, &counts);
    if ((i + 1) % kReportEvery == 0) {
      std::printf("%llu seeds, %llu modules, %llu differences\n", static_cast<unsigned long long>(i + 1),
                  static_cast<unsigned long long>(counts.modules), static_cast<unsigned long long>(counts.differences));
      std::fflush(stdout);
    }
  }
  std::printf(
      "%llu modules of %llu seeds at %zu processor levels: %llu differences, %llu choices of NaNs, %llu without "
      "anything to see\n",
      static_cast<unsigned long long>(counts.modules), static_cast<unsigned long long>(count), levels.size(),
      static_cast<unsigned long long>(counts.differences), static_cast<unsigned long long>(counts.nan_choices),
      static_cast<unsigned long long>(counts.empty));
  return counts.differences != 0 || counts.empty != 0;
}
