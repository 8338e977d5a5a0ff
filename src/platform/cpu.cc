#include "platform/cpu.h"

namespace gantry::platform {

const CpuFeatures& HostCpu() {
  static const CpuFeatures features = [] {
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

}  // namespace gantry::platform
