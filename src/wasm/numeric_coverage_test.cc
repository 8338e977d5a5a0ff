// Every value row of opcodes.def has its function in base/numeric.h, with the types of the row's signature, and what the
// compiler evaluates equals what the machine computes, for edge values of all operands.
#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

#include "base/numeric.h"
#include "gtest/gtest.h"
#include "wasm/opcode.h"

namespace gantry::wasm {
namespace {

template <char kLetter>
struct TypeOfLetter;
template <>
struct TypeOfLetter<'i'> {
  using type = uint32_t;
};
template <>
struct TypeOfLetter<'l'> {
  using type = uint64_t;
};
template <>
struct TypeOfLetter<'f'> {
  using type = float;
};
template <>
struct TypeOfLetter<'d'> {
  using type = double;
};
template <>
struct TypeOfLetter<'v'> {
  using type = V128;
};

// A signature string as a template argument.
struct Sig {
  char text[8] = {};
  constexpr Sig(const char* s) {
    for (int i = 0; s[i] != 0; ++i) text[i] = s[i];
  }
  constexpr int params() const {
    int n = 0;
    while (text[n] != ':') ++n;
    return n;
  }
  constexpr int results() const { return static_cast<int>(std::string_view(text).size()) - params() - 1; }
};

template <Sig kSig, int kIndex>
using ParamType = typename TypeOfLetter<kSig.text[kIndex]>::type;

template <class Result, class Expected>
constexpr bool IsResult = std::is_same_v<Result, Expected> || std::is_same_v<Result, num::Checked<Expected>>;

// Whether `function` takes the row's operands, then the immediate, and returns the row's result.
template <Sig kSig, class... Immediate, class Function>
constexpr bool Matches(Function) {
  constexpr int kParams = kSig.params();
  auto call = [](auto... immediate) {
    if constexpr (kParams == 1) {
      return std::type_identity<std::invoke_result_t<Function, ParamType<kSig, 0>, decltype(immediate)...>>();
    } else if constexpr (kParams == 2) {
      return std::type_identity<
          std::invoke_result_t<Function, ParamType<kSig, 0>, ParamType<kSig, 1>, decltype(immediate)...>>();
    } else if constexpr (kParams == 3) {
      return std::type_identity<std::invoke_result_t<Function, ParamType<kSig, 0>, ParamType<kSig, 1>, ParamType<kSig, 2>>>();
    } else {
      return std::type_identity<std::invoke_result_t<Function, ParamType<kSig, 0>, ParamType<kSig, 1>, ParamType<kSig, 2>,
                                                     ParamType<kSig, 3>>>();
    }
  };
  using Result = typename decltype(call(Immediate{}...))::type;
  if constexpr (kSig.results() == 2) {
    return std::is_same_v<Result, num::Wide>;
  } else {
    return IsResult<Result, typename TypeOfLetter<kSig.text[kParams + 1]>::type>;
  }
}

// PICK_SECOND(VALUE_##family, SKIP)(...) calls the family's macro below, or SKIP for the other families.
#define PICK_SECOND(...) PICK_SECOND_(__VA_ARGS__)
#define PICK_SECOND_(first, second, ...) second
#define VALUE_Test ~, CHECK
#define VALUE_Compare ~, CHECK
#define VALUE_Unary ~, CHECK
#define VALUE_Binary ~, CHECK
#define VALUE_Ternary ~, CHECK
#define VALUE_Convert ~, CHECK
#define VALUE_Shift ~, CHECK
#define VALUE_Wide ~, CHECK
#define VALUE_Splat ~, CHECK
#define VALUE_ExtractLane ~, CHECK_LANE
#define VALUE_ReplaceLane ~, CHECK_LANE
#define VALUE_Shuffle ~, CHECK_SHUFFLE
#define SKIP(Name, sig)

// --- every row has its function, with the row's types.
#define CHECK(Name, sig) static_assert(Matches<sig>(num::Name), #Name);
#define CHECK_LANE(Name, sig) static_assert(Matches<sig, uint8_t>(num::Name), #Name);
#define CHECK_SHUFFLE(Name, sig) static_assert(Matches<sig, std::array<uint8_t, 16>>(num::Name), #Name);
#define WASM_OP(Name, prefix, code, text, imm, sig, family, feature, flags, fuel) \
  PICK_SECOND(VALUE_##family, SKIP, ~)(Name, sig)
#include "wasm/opcodes.def"
#undef CHECK
#undef CHECK_LANE
#undef CHECK_SHUFFLE

// --- evaluation by the compiler and by the machine agree. The most telling values come first; instructions with many operands
// take only those.
constexpr float F(uint32_t bits) { return std::bit_cast<float>(bits); }
constexpr double D(uint64_t bits) { return std::bit_cast<double>(bits); }
constexpr std::array kEdgesI = {0u, 0xffffffffu, 0x80000000u, 1u, 0x7fffffffu, 0x80000001u, 31u, 32u, 255u, 0xff80u, 0xaaaaaaaau};
constexpr std::array<uint64_t, 11> kEdgesL = {0, ~0ull, 1ull << 63, 1, ~0ull >> 1, 0x80000000, 63, 64, 0xffffffff, 0xff80, 0x20000000000001};
constexpr std::array kEdgesF = {
    F(0x7f800001),  // signalling NaN
    F(0xffc12345), F(0x7fc00000), 0.0f, -0.0f, F(1), F(0x80000001), 1.0f, -1.0f, 0.5f, -0.5f, 1.5f, 2.5f, -2.5f, -0.99999994f,
    8388607.5f, -8388609.0f, 2147483648.0f, -2147483648.0f, 2147483520.0f, 4294967296.0f, 4294967040.0f, 9223372036854775808.0f,
    -9223372036854775808.0f, 18446744073709551616.0f, -2147483904.0f, 3.4028234e38f, F(0x7f800000), F(0xff800000), F(0x00800000), 3.0f};
constexpr std::array kEdgesD = {
    D(0x7ff0000000000001), D(0xfff8123456789abc), D(0x7ff8000000000000), 0.0, -0.0, D(1), D(0x8000000000000001), 1.0, -1.0, 0.5, -0.5, 1.5, 2.5,
    -2.5, -0.99999999999999989, 4503599627370495.5, -4503599627370497.0, 2147483647.9999998, 2147483648.0, -2147483648.9999995,
    -2147483649.0, 4294967295.9999995, 4294967296.0, 9223372036854775808.0, -9223372036854775808.0, 18446744073709551616.0,
    1.7976931348623157e308, D(0x7ff0000000000000), D(0xfff0000000000000), 1e-40, 3.4028235677973366e38, 3.4028235677973362e38,
    1.0000000596046448, 3.0};
constexpr std::array<V128, 12> kEdgesV = {
    FromLanes<uint64_t>({0x7f800001'00000000, 0x80000000'ffc12345}),
    FromLanes<uint8_t>({0, 1, 2, 127, 128, 129, 254, 255, 15, 16, 17, 64, 85, 170, 240, 31}),
    FromLanes<uint16_t>({0x8000, 0x7fff, 0xffff, 0, 1, 0x8001, 0x00ff, 0xff00}),
    FromLanes<uint32_t>({0x80000000, 0x7fffffff, 0xffffffff, 0}),
    FromLanes<float>({-0.0f, 0.0f, F(0x7fc00000), F(0xff800000)}),
    FromLanes<float>({2.5f, -0.5f, 2147483648.0f, 4294967296.0f}),
    FromLanes<float>({-2147483648.0f, -1e20f, 3e38f, 8388609.0f}),
    FromLanes<double>({D(0x7ff0000000000001), -0.5}),
    FromLanes<double>({4294967295.5, -2147483648.5}),
    FromLanes<double>({1e300, -0.0}),
    FromLanes<uint64_t>({1ull << 63, ~0ull}),
    V128{},
};

template <char kLetter>
constexpr const auto& Edges() {
  if constexpr (kLetter == 'i') return kEdgesI;
  if constexpr (kLetter == 'l') return kEdgesL;
  if constexpr (kLetter == 'f') return kEdgesF;
  if constexpr (kLetter == 'd') return kEdgesD;
  if constexpr (kLetter == 'v') return kEdgesV;
}

// How many edge values of an operand are combined.
template <Sig kSig, int kIndex>
constexpr size_t kUsed = std::min<size_t>(Edges<kSig.text[kIndex]>().size(), kSig.params() == 1   ? 100
                                                                             : kSig.params() >= 3 ? 5
                                                                             : kSig.text[kIndex] == 'v' ? 8 : 16);

template <Sig kSig, int kIndex = 0>
constexpr size_t Combinations() {
  if constexpr (kIndex == kSig.params()) {
    return 1;
  } else {
    return kUsed<kSig, kIndex> * Combinations<kSig, kIndex + 1>();
  }
}

// The n-th combination of operands. In the run-time branch the values pass through an optimization barrier.
template <Sig kSig, int kIndex>
constexpr auto Operand(size_t n) {
  const size_t stride = Combinations<kSig, kIndex + 1>();
  auto value = Edges<kSig.text[kIndex]>()[n / stride % kUsed<kSig, kIndex>];
  if !consteval {
    asm volatile("" : "+m"(value));
  }
  return value;
}

template <Sig kSig, class Function>
constexpr auto CallOn(Function function, size_t n) {
  constexpr int kParams = kSig.params();
  if constexpr (kParams == 1) {
    return function(Operand<kSig, 0>(n));
  } else if constexpr (kParams == 2) {
    return function(Operand<kSig, 0>(n), Operand<kSig, 1>(n));
  } else if constexpr (kParams == 3) {
    return function(Operand<kSig, 0>(n), Operand<kSig, 1>(n), Operand<kSig, 2>(n));
  } else {
    return function(Operand<kSig, 0>(n), Operand<kSig, 1>(n), Operand<kSig, 2>(n), Operand<kSig, 3>(n));
  }
}

// Equal bits, or two quiet NaNs.
bool Same(uint32_t a, uint32_t b, std::string_view) { return a == b; }
bool Same(uint64_t a, uint64_t b, std::string_view) { return a == b; }
bool Same(float a, float b, std::string_view) {
  const uint32_t x = std::bit_cast<uint32_t>(a), y = std::bit_cast<uint32_t>(b);
  return x == y || ((x & 0x7fc00000) == 0x7fc00000 && (y & 0x7fc00000) == 0x7fc00000);
}
bool Same(double a, double b, std::string_view) {
  constexpr uint64_t kQuietNan = 0x7ff8000000000000;
  const uint64_t x = std::bit_cast<uint64_t>(a), y = std::bit_cast<uint64_t>(b);
  return x == y || ((x & kQuietNan) == kQuietNan && (y & kQuietNan) == kQuietNan);
}
bool Same(const V128& a, const V128& b, std::string_view text) {
  for (int i = 0; i < 4; ++i) {
    if (text.starts_with("f32x4") && !Same(Lane<float>(a, i), Lane<float>(b, i), text)) return false;
  }
  for (int i = 0; i < 2; ++i) {
    if (text.starts_with("f64x2") && !Same(Lane<double>(a, i), Lane<double>(b, i), text)) return false;
  }
  return text[0] == 'f' || a == b;
}
bool Same(const num::Wide& a, const num::Wide& b, std::string_view) { return a.low == b.low && a.high == b.high; }
template <class T>
bool Same(const num::Checked<T>& a, const num::Checked<T>& b, std::string_view) {
  return a.value == b.value && a.trap == b.trap;
}

template <Sig kSig, class Function>
void ExpectBranchesAgree(std::string_view text, Function function) {
  static constexpr auto kAtCompileTime = [] {
    std::array<decltype(CallOn<kSig>(Function{}, 0)), Combinations<kSig>()> results{};
    for (size_t n = 0; n < results.size(); ++n) results[n] = CallOn<kSig>(Function{}, n);
    return results;
  }();
  for (size_t n = 0; n < kAtCompileTime.size(); ++n) {
    EXPECT_TRUE(Same(CallOn<kSig>(function, n), kAtCompileTime[n], text)) << text << " of edge values, combination " << n;
  }
}

#define AGREE(Name, sig, ...)                                                \
  ExpectBranchesAgree<sig>(InfoOf(Op::Name).text, [](const auto&... operands) { \
    return num::Name(operands... __VA_OPT__(, ) __VA_ARGS__);                \
  });
#define CHECK(Name, sig) AGREE(Name, sig)
#define CHECK_LANE(Name, sig) AGREE(Name, sig, 0) AGREE(Name, sig, 1)
#define CHECK_SHUFFLE(Name, sig) AGREE(Name, sig, std::array<uint8_t, 16>{0, 31, 1, 30, 2, 29, 16, 17, 15, 14, 13, 3, 3, 3, 20, 8})

TEST(NumericCoverage, CompilerAndMachineAgree) {
#define WASM_OP(Name, prefix, code, text, imm, sig, family, feature, flags, fuel) \
  PICK_SECOND(VALUE_##family, SKIP, ~)(Name, sig)
#include "wasm/opcodes.def"
}

}  // namespace
}  // namespace gantry::wasm
