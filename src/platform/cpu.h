// What the processor can do beyond its architecture's baseline.
#pragma once

#include <cstdint>
#include <vector>

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

// What processors of one age have.
struct CpuLevel {
  const char* name;
  CpuFeatures features;
};
// From the architecture's baseline up to all that `cpu` has, a group of extensions at a time: for tests.
std::vector<CpuLevel> LevelsOf(const CpuFeatures& cpu);

// Tests: what HostCpu says from now on, if the processor has it all. Before anything asks in another thread.
void PretendHostCpu(const CpuFeatures& features);

}  // namespace gantry::platform
