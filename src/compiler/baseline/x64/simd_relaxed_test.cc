// Relaxed SIMD where results need not be deterministic: every lane must be one of those that the specification allows
// (spec 4.3.4). And of all recipes: each is taken on some processor, so that the tests here and in simd_test.cc see it.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <functional>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "base/numeric.h"
#include "compiler/baseline/x64/simd_recipes.h"
#include "compiler/baseline/x64/test_machine.h"
#include "platform/cpu.h"
#include "wasm/binary/reader.h"
#include "wasm/text/wat.h"
#include "wasm/valid/validator.h"

namespace gantry::baseline {
namespace {

using test::Machine;
using test::Value;

// Results for operands a, b, c; a lane may be any one's.
using Allowed = std::vector<V128>;
struct Relaxed {
  const char* text;
  int operands;
  int lane_bytes;
  bool is_float;
  std::function<Allowed(const V128& a, const V128& b, const V128& c)> allowed;
};

template <class T>
V128 Zip(const V128& a, const V128& b, const V128& c, auto f) {
  Lanes<T> x = ToLanes<T>(a);
  const Lanes<T> y = ToLanes<T>(b), z = ToLanes<T>(c);
  for (size_t i = 0; i < x.size(); ++i) x[i] = f(x[i], y[i], z[i]);
  return FromLanes<T>(x);
}

// By the top bit of the mask's lanes.
template <class T>
V128 SelectByTopBit(const V128& a, const V128& b, const V128& mask) {
  return Zip<T>(a, b, mask, [](T x, T y, T m) { return m >> (8 * sizeof(T) - 1) != 0 ? x : y; });
}

// Integers from floats: `other` for what cannot be represented.
template <class F>
V128 Truncated(const V128& a, const V128& saturated, double least, double end, uint32_t other) {
  const Lanes<F> x = ToLanes<F>(a);
  Lanes<uint32_t> result = ToLanes<uint32_t>(saturated);
  for (size_t i = 0; i < x.size(); ++i) {
    if (!(x[i] > least - 1 && x[i] < end)) result[i] = other;
  }
  return FromLanes<uint32_t>(result);
}

template <class F>
Allowed Minima(const V128& a, const V128& b, const V128& exact, auto less) {
  return {exact, Zip<F>(a, b, b, [&](F x, F y, F) { return less(x, y) ? x : y; }),
          Zip<F>(a, b, b, [&](F x, F y, F) { return less(y, x) ? y : x; })};
}

template <class F>
Allowed Sums(const V128& a, const V128& b, const V128& c, F sign) {
  return {Zip<F>(a, b, c, [=](F x, F y, F z) { return sign * x * y + z; }),
          Zip<F>(a, b, c, [=](F x, F y, F z) { return std::fma(sign * x, y, z); })};
}

// Pairs of products of signed by unsigned bytes, saturating.
V128 MixedDot(const V128& a, const V128& b) {
  Lanes<int16_t> result;
  for (int i = 0; i < 8; ++i) {
    const int sum =
        Lane<int8_t>(a, 2 * i) * Lane<uint8_t>(b, 2 * i) + Lane<int8_t>(a, 2 * i + 1) * Lane<uint8_t>(b, 2 * i + 1);
    result[static_cast<size_t>(i)] = static_cast<int16_t>(std::clamp(sum, -32768, 32767));
  }
  return FromLanes<int16_t>(result);
}

const std::vector<Relaxed>& AllRelaxed() {
  using V = const V128&;
  constexpr double kTwo31 = 2147483648.0, kTwo32 = 4294967296.0;
  constexpr uint32_t kLeast = 0x80000000, kMost = 0xffffffff;
  const auto less = [](auto x, auto y) { return x < y; };
  const auto more = [](auto x, auto y) { return x > y; };
  static const std::vector<Relaxed> all = {
      {"i8x16.relaxed_swizzle", 2, 1, false,
       [](V a, V b, V) {
         return Allowed{num::I8x16Swizzle(a, b), num::I8x16Swizzle(a, num::V128And(b, num::I8x16Splat(15)))};
       }},
      {"i32x4.relaxed_trunc_f32x4_s", 1, 4, false,
       [](V a, V, V) {
         const V128 s = num::I32x4TruncSatF32x4S(a);
         return Allowed{s, Truncated<float>(a, s, -kTwo31 + 1, kTwo31, kLeast)};
       }},
      {"i32x4.relaxed_trunc_f32x4_u", 1, 4, false,
       [](V a, V, V) {
         const V128 s = num::I32x4TruncSatF32x4U(a);
         return Allowed{s, Truncated<float>(a, s, 0, kTwo32, kMost)};
       }},
      {"i32x4.relaxed_trunc_f64x2_s_zero", 1, 4, false,
       [](V a, V, V) {
         const V128 s = num::I32x4TruncSatF64x2SZero(a);
         return Allowed{s, Truncated<double>(a, s, -kTwo31, kTwo31, kLeast)};
       }},
      {"i32x4.relaxed_trunc_f64x2_u_zero", 1, 4, false,
       [](V a, V, V) {
         const V128 s = num::I32x4TruncSatF64x2UZero(a);
         return Allowed{s, Truncated<double>(a, s, 0, kTwo32, kMost)};
       }},
      {"f32x4.relaxed_madd", 3, 4, true, [](V a, V b, V c) { return Sums<float>(a, b, c, 1); }},
      {"f32x4.relaxed_nmadd", 3, 4, true, [](V a, V b, V c) { return Sums<float>(a, b, c, -1); }},
      {"f64x2.relaxed_madd", 3, 8, true, [](V a, V b, V c) { return Sums<double>(a, b, c, 1); }},
      {"f64x2.relaxed_nmadd", 3, 8, true, [](V a, V b, V c) { return Sums<double>(a, b, c, -1); }},
      {"f32x4.relaxed_min", 2, 4, true, [=](V a, V b, V) { return Minima<float>(a, b, num::F32x4Min(a, b), less); }},
      {"f32x4.relaxed_max", 2, 4, true, [=](V a, V b, V) { return Minima<float>(a, b, num::F32x4Max(a, b), more); }},
      {"f64x2.relaxed_min", 2, 8, true, [=](V a, V b, V) { return Minima<double>(a, b, num::F64x2Min(a, b), less); }},
      {"f64x2.relaxed_max", 2, 8, true, [=](V a, V b, V) { return Minima<double>(a, b, num::F64x2Max(a, b), more); }},
      {"i8x16.relaxed_laneselect", 3, 1, false,
       [](V a, V b, V c) { return Allowed{num::V128Bitselect(a, b, c), SelectByTopBit<uint8_t>(a, b, c)}; }},
      {"i16x8.relaxed_laneselect", 3, 2, false,
       [](V a, V b, V c) { return Allowed{num::V128Bitselect(a, b, c), SelectByTopBit<uint16_t>(a, b, c)}; }},
      {"i32x4.relaxed_laneselect", 3, 4, false,
       [](V a, V b, V c) { return Allowed{num::V128Bitselect(a, b, c), SelectByTopBit<uint32_t>(a, b, c)}; }},
      {"i64x2.relaxed_laneselect", 3, 8, false,
       [](V a, V b, V c) { return Allowed{num::V128Bitselect(a, b, c), SelectByTopBit<uint64_t>(a, b, c)}; }},
      {"i16x8.relaxed_q15mulr_s", 2, 2, false,
       [](V a, V b, V) {
         const V128 exact = num::I16x8Q15mulrSatS(a, b);
         return Allowed{exact, Zip<uint16_t>(a, b, exact, [](uint16_t x, uint16_t y, uint16_t z) {
                          return x == 0x8000 && y == 0x8000 ? x : z;
                        })};
       }},
      {"i16x8.relaxed_dot_i8x16_i7x16_s", 2, 2, false,
       [](V a, V b, V) { return Allowed{num::I16x8RelaxedDotI8x16I7x16S(a, b), MixedDot(a, b)}; }},
      {"i32x4.relaxed_dot_i8x16_i7x16_add_s", 3, 4, false,
       [](V a, V b, V c) {
         return Allowed{num::I32x4RelaxedDotI8x16I7x16AddS(a, b, c),
                        num::I32x4Add(num::I32x4ExtaddPairwiseI16x8S(MixedDot(a, b)), c)};
       }},
  };
  return all;
}

// Random bits, and extremes of all kinds among them.
class Operands {
 public:
  V128 Next() {
    V128 v = FromLanes<uint64_t>({random_(), random_()});
    for (int i = 0; i < 4; ++i) {
      constexpr uint32_t kLanes[] = {0x80008000, 0x7fc00000, 0xff800000, 0x4f000000, 0xcf000000, 0x4f800000,
                                     0x00000000, 0x80000000, 0x3f800000, 0xbf800000, 0x4effffff, 0xcf000001,
                                     0x40490fdb, 0x7f7fffff, 0xffffffff, 0x41e00000, 0xc1e00000, 0x0f1080ff};
      const uint64_t choice = random_();
      if (choice % 3 == 0) v = WithLane(v, i, kLanes[choice / 3 % std::size(kLanes)]);
    }
    for (int i = 0; i < 2; ++i) {
      constexpr double kLanes[] = {2147483647.5, -2147483648.5, 4294967295.5, -0.75, 1.5, -3e9, 1e300, 0.0, -0.0};
      const uint64_t choice = random_();
      if (choice % 3 == 0) v = WithLane(v, i, kLanes[choice / 3 % std::size(kLanes)]);
    }
    return v;
  }

 private:
  std::mt19937_64 random_{11};
};

template <class T>
bool IsAllowed(const Relaxed& test, const V128& result, const Allowed& allowed, int lane) {
  const T got = Lane<T>(result, lane);
  const T quiet = sizeof(T) == 4 ? static_cast<T>(0x7fc00000) : static_cast<T>(0x7ff8000000000000);
  return std::ranges::any_of(allowed, [&](const V128& one) {
    const T want = Lane<T>(one, lane);
    return got == want || (test.is_float && (got & quiet) == quiet && (want & quiet) == quiet);
  });
}

bool IsAllowed(const Relaxed& test, const V128& result, const Allowed& allowed) {
  for (int lane = 0; lane < 16 / test.lane_bytes; ++lane) {
    const bool ok = test.lane_bytes == 1   ? IsAllowed<uint8_t>(test, result, allowed, lane)
                    : test.lane_bytes == 2 ? IsAllowed<uint16_t>(test, result, allowed, lane)
                    : test.lane_bytes == 4 ? IsAllowed<uint32_t>(test, result, allowed, lane)
                                           : IsAllowed<uint64_t>(test, result, allowed, lane);
    if (!ok) return false;
  }
  return true;
}

TEST(BaselineSimd, RelaxedResultsAreAllowed) {
  Machine machine;
  for (const Relaxed& test : AllRelaxed()) {
    std::string params, gets;
    for (int i = 0; i < test.operands; ++i) {
      params += " v128";
      gets += fmt::format("local.get {} ", i);
    }
    // In a register of its own, and in each operand's. The last one takes operands that are in memory.
    std::string wat =
        fmt::format("(module (func (param{}) (result v128{}) {}{} {})", params, params, gets, test.text, gets);
    for (int i = 0; i < test.operands; ++i)
      wat += fmt::format("(func (param{}) (result{}) {}{} local.set {} {})", params, params, gets, test.text, i, gets);
    wat += fmt::format("(func (param{}) (result v128) call $nothing {}{}) (func $nothing)", params, gets, test.text);
    const auto bytes = wasm::text::ParseWat(wat + ")");
    ASSERT_TRUE(bytes) << bytes.error().Summary();
    auto module = wasm::binary::ReadModule(wasm::ModuleBytes::Own(*bytes), wasm::Features::AllProposals());
    ASSERT_TRUE(module);
    wasm::TypeHold hold;
    ASSERT_TRUE(wasm::valid::ValidateModule(&*module, &hold));
    for (const test::Level& level : test::LevelsOf(platform::HostCpu())) {
      ASSERT_NO_FATAL_FAILURE(machine.Compile(*module, {.isa = level.isa}));
      Operands source;
      for (int turn = 0; turn < 500; ++turn) {
        const V128 operands[3] = {source.Next(), source.Next(), source.Next()};
        const Allowed allowed = test.allowed(operands[0], operands[1], operands[2]);
        for (int func = 0; func <= test.operands + 1; ++func) {
          std::vector<Value> results(operands, operands + test.operands);
          machine.Call(static_cast<uint32_t>(func), &results);
          const bool is_alone = func > test.operands;
          const int at = func == 0 || is_alone ? 0 : func - 1, first = func == 0 ? 1 : 0;
          ASSERT_TRUE(IsAllowed(test, results[at], allowed))
              << test.text << " with " << level.name << ", turn " << turn;
          for (int i = 0; i < test.operands && !is_alone; ++i) {
            if (func != 0 && i == at) continue;
            ASSERT_TRUE(results[first + i] == operands[i])
                << test.text << " with " << level.name << " changed operand " << i;
          }
        }
      }
    }
  }
}

TEST(BaselineSimd, EveryRecipeIsTakenSomewhere) {
  const platform::CpuFeatures all{true, true, true, true, true, true, true, true, true, true, true};
  std::vector<bool> taken(simd::kRecipes.recipe_count);
  for (const test::Level& level : test::LevelsOf(all)) {
    for (int op = 0; op < wasm::kOpCount; ++op) {
      for (bool deterministic : {false, true}) {
        const simd::Recipe* const recipe = simd::ChooseRecipe(static_cast<wasm::Op>(op), level.isa, deterministic);
        if (recipe != nullptr) taken[recipe - simd::kRecipes.recipes] = true;
      }
    }
  }
  for (int i = 1; i < simd::kRecipes.recipe_count; ++i) {
    EXPECT_TRUE(taken[i]) << "row " << i << " of simd.def is never taken";
  }
}

}  // namespace
}  // namespace gantry::baseline
