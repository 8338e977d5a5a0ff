// What the processor can do beyond its architecture's baseline.
#pragma once

#include <cstdint>

namespace gantry::platform {

// Extensions of x86-64 that compiled code makes use of; all false elsewhere. `avx` and what builds on it only where the
// system saves the registers.
struct CpuFeatures {
  bool sse3 = false, ssse3 = false, sse41 = false, sse42 = false, popcnt = false, lzcnt = false, bmi1 = false,
       bmi2 = false;
  bool avx = false, avx2 = false, fma = false;
};

// Asked once per process.
const CpuFeatures& HostCpu();

}  // namespace gantry::platform
