#include "cli/stats.h"

#include <fmt/core.h>

#include <cstdio>
#include <memory>

#include "cli/printable.h"

namespace gantry::cli {

namespace {

// Of this process alone: getrusage would count the parent's pages before exec.
uint64_t PeakMemory() {
  constexpr uint64_t kKilobyte = 1024;
  struct CloseFile {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  const std::unique_ptr<std::FILE, CloseFile> status(std::fopen("/proc/self/status", "re"));
  char line[256];
  unsigned long long kilobytes = 0;
  while (status && std::fgets(line, sizeof(line), status.get())) {
    if (std::sscanf(line, "VmHWM: %llu kB", &kilobytes) == 1) break;
  }
  return kilobytes * kKilobyte;
}

}  // namespace

std::string TimeText(std::chrono::nanoseconds time) {
  const double nanoseconds = static_cast<double>(time.count());
  constexpr struct {
    double size;
    std::string_view name;
  } kUnits[] = {{1e9, "s"}, {1e6, "ms"}, {1e3, "µs"}};
  for (const auto& unit : kUnits) {
    if (nanoseconds >= unit.size) return fmt::format("{:#.3g} {}", nanoseconds / unit.size, unit.name);
  }
  return fmt::format("{} ns", time.count());
}

std::string StatsText(const Stats& stats) {
  const uint64_t peak = PeakMemory();
  std::string text = "\n";
  text += fmt::format("compile         {:>20}\n", TimeText(stats.compile));
  text += fmt::format("instantiate     {:>20}\n", TimeText(stats.instantiate));
  text += fmt::format("run             {:>20}\n", TimeText(stats.run));
  text += fmt::format("instructions    {:>20}\n", Grouped(stats.instructions));
  text += fmt::format("native          {:>20} of {} functions, {} bytes\n", Grouped(stats.native.functions),
                      Grouped(stats.functions), Grouped(stats.native.code_bytes));
  text += fmt::format("  lazily        {:>20} in {}\n", Grouped(stats.native.lazy),
                      TimeText(std::chrono::nanoseconds(stats.native.lazy_nanoseconds)));
  text += fmt::format("guest memory    {:>20} bytes\n", Grouped(stats.guest_memory));
  text += fmt::format("peak memory     {:>20} bytes, of the whole process\n", Grouped(peak));
  return text;
}

}  // namespace gantry::cli
