#include "platform/cpu.h"

namespace gantry::platform {

namespace {

CpuFeatures& Features() {
  static CpuFeatures features = [] {
    CpuFeatures cpu;
#if defined(__x86_64__)
    __builtin_cpu_init();
    cpu.sse3 = __builtin_cpu_supports("sse3");
    cpu.ssse3 = __builtin_cpu_supports("ssse3");
    cpu.sse41 = __builtin_cpu_supports("sse4.1");
    cpu.sse42 = __builtin_cpu_supports("sse4.2");
    cpu.popcnt = __builtin_cpu_supports("popcnt");
    cpu.lzcnt = __builtin_cpu_supports("lzcnt");
    cpu.bmi1 = __builtin_cpu_supports("bmi");
    cpu.bmi2 = __builtin_cpu_supports("bmi2");
    cpu.avx = __builtin_cpu_supports("avx");
    cpu.avx2 = __builtin_cpu_supports("avx2");
    cpu.fma = __builtin_cpu_supports("fma");
#endif
    return cpu;
  }();
  return features;
}

}  // namespace

const CpuFeatures& HostCpu() { return Features(); }

std::vector<CpuLevel> LevelsOf(const CpuFeatures& cpu) {
  using Flag = bool CpuFeatures::*;
  struct Group {
    const char* name;
    std::vector<Flag> flags;
  };
  using F = CpuFeatures;
  const Group groups[] = {{"SSSE3", {&F::sse3, &F::ssse3}},
                          {"SSE4.1", {&F::sse41}},
                          {"SSE4.2", {&F::sse42, &F::popcnt}},
                          {"BMI", {&F::lzcnt, &F::bmi1, &F::bmi2}},
                          {"AVX", {&F::avx}},
                          {"AVX2", {&F::avx2}},
                          {"FMA", {&F::fma}}};
  std::vector<CpuLevel> levels = {{"SSE2", {}}};
  for (const Group& group : groups) {
    CpuLevel level{group.name, levels.back().features};
    bool has_all = true;
    for (Flag flag : group.flags) {
      has_all &= cpu.*flag;
      level.features.*flag = cpu.*flag;
    }
    if (has_all) levels.push_back(level);
  }
  return levels;
}

void PretendHostCpu(const CpuFeatures& features) { Features() = features; }

}  // namespace gantry::platform
