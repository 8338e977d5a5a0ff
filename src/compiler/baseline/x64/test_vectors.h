// For tests: vectors whose lanes, of whatever size and kind, are extremes or what instructions treat in a way of their
// own.
#pragma once

#include <bit>
#include <random>
#include <vector>

#include "base/v128.h"

namespace gantry::baseline::test {

inline std::vector<V128> Vectors() {
  const auto f = [](uint32_t bits) { return std::bit_cast<float>(bits); };
  const auto d = [](uint64_t bits) { return std::bit_cast<double>(bits); };
  std::vector<V128> values = {
      V128{},
      FromLanes<uint64_t>({~0ull, ~0ull}),
      FromLanes<uint64_t>({1ull << 63, ~0ull}),
      FromLanes<uint64_t>({1ull << 63, 1ull << 63}),
      FromLanes<uint64_t>({(1ull << 63) - 1, 1}),
      FromLanes<uint64_t>({0x80000000ull, 0x7fffffffffffffffull}),
      FromLanes<uint64_t>({0x1'00000000ull, 0xffffffffull}),
      FromLanes<uint8_t>({0, 1, 2, 127, 128, 129, 254, 255, 15, 16, 17, 64, 85, 170, 240, 31}),
      FromLanes<uint8_t>({15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0}),
      FromLanes<uint8_t>(
          {0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7f, 0x7f, 0x7f, 0x7f, 0x81, 0x81, 0xff, 0xff}),
      FromLanes<uint16_t>({0x8000, 0x7fff, 0xffff, 0, 1, 0x8001, 0x00ff, 0xff00}),
      FromLanes<uint16_t>({0x8000, 0x8000, 0x8000, 0x8000, 0x4000, 0x4000, 0xc000, 0x5a82}),
      FromLanes<uint32_t>({0x80000000, 0x7fffffff, 0xffffffff, 0}),
      FromLanes<uint32_t>({0x8000, 0xffff, 0x10000, 0xffff8000}),
      FromLanes<uint32_t>({0x7fff, 0xffff7fff, 0x80007fff, 0x7fff8000}),
      FromLanes<uint32_t>({0x01000001, 0xffffff7f, 0xffffff80, 0xfffffe81}),
      FromLanes<float>({-0.0f, 0.0f, f(0x7fc00000), f(0xff800000)}),
      FromLanes<float>({0.0f, -0.0f, f(0x7f800000), f(0x7fc00000)}),
      FromLanes<float>({f(0x7f800001), f(0xffc12345), 1.0f, f(0xffc00000)}),
      FromLanes<float>({2.5f, -0.5f, 2147483648.0f, 4294967296.0f}),
      FromLanes<float>({0.5f, -1.5f, 0.99999994f, -0.49999997f}),
      FromLanes<float>({-2147483648.0f, -1e20f, 3e38f, 8388609.0f}),
      FromLanes<float>({2147483520.0f, 4294967040.0f, 8388607.5f, -8388607.5f}),
      FromLanes<float>({3000000000.0f, 1e-40f, -1.0f, 16777217.0f}),
      FromLanes<double>({d(0x7ff0000000000001), -0.5}),
      FromLanes<double>({d(0xfff8123456789abc), d(0x7ff0000000000000)}),
      FromLanes<double>({4294967295.5, -2147483648.5}),
      FromLanes<double>({4294967296.0, 2147483647.5}),
      FromLanes<double>({-2147483649.0, 3000000000.75}),
      FromLanes<double>({0.0, -0.0}),
      FromLanes<double>({-0.0, 0.0}),
      FromLanes<double>({2.5, -1.5}),
      FromLanes<double>({4503599627370495.5, -4503599627370495.5}),
      FromLanes<double>({0.99999999999999989, 1e300}),
  };
  std::mt19937_64 random(7);
  for (int i = 0; i < 16; ++i) values.push_back(FromLanes<uint64_t>({random(), random()}));
  return values;
}

}  // namespace gantry::baseline::test
