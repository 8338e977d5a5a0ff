// Times the phases before a program runs: decoding and validation, translation, parsing of its text; all of it up to
// native code of every function ("native"); and instantiation.
//
//   gantry_phases MODULE…     binary modules; prints one table
//
// Times are CPU time of all threads of the process, the best of a few runs, so they hold for one core whatever else the
// machine does. Memory is the growth of the process's anonymous memory while it decodes and validates, looked at every
// millisecond; the module is mapped.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <string>
#include <thread>

#include "engine/linker.h"
#include "engine/module.h"
#include "wasm/text/printer.h"
#include "wasm/text/wat.h"

namespace gantry {

namespace {

double CpuSeconds() {
  timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

[[noreturn]] void Die(const std::string& message) {
  fmt::print(stderr, "gantry_phases: {}\n", message);
  std::exit(1);
}

template <class T, class E>
T Need(std::expected<T, E> result, const char* what) {
  if (!result) Die(fmt::format("{}: {}", what, result.error().Summary()));
  return std::move(*result);
}

// Bytes now resident that no file backs.
double AnonymousBytes() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("RssAnon:")) return std::atof(line.c_str() + 8) * 1024;
  }
  return 0;
}

// Looks at AnonymousBytes while it lives.
class PeakWatch {
 public:
  PeakWatch()
      : first_(AnonymousBytes()), thread_([this](std::stop_token stop) {
          while (!stop.stop_requested()) {
            Look();
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
          }
        }) {}
  double Growth() {
    thread_.request_stop();
    thread_.join();
    Look();
    return peak_ - first_;
  }

 private:
  void Look() { peak_ = std::max(peak_, AnonymousBytes()); }

  double first_;
  double peak_ = 0;
  std::jthread thread_;
};

long PeakKilobytes() {
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

// The file as it lies in the page cache.
class MappedBytes : public wasm::ModuleBytes {
 public:
  explicit MappedBytes(const char* path) {
    const int file = open(path, O_RDONLY | O_CLOEXEC);
    struct stat status;
    if (file < 0 || fstat(file, &status) != 0) Die(fmt::format("cannot open {}", path));
    const size_t size = static_cast<size_t>(status.st_size);
    void* const at = mmap(nullptr, size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, file, 0);
    if (at == MAP_FAILED) Die(fmt::format("cannot map {}", path));
    close(file);
    view_ = {static_cast<const uint8_t*>(at), size};
  }
};

struct Phases {
  double code_bytes = 0, file_bytes = 0, text_bytes = 0;
  double validate_seconds = 1e9, translate_seconds = 1e9, parse_seconds = 1e9;
  double validate_memory = 0, translated_bytes = 0;
  double native_seconds = 1e9, native_memory = 0;  // validation and native code of every function
};

void MeasureNative(const char* path, const std::shared_ptr<MappedBytes>& bytes, Phases* result) {
  engine::Config config;
  config.features = wasm::Features::AllProposals();
  config.tier = engine::Tier::Baseline;
  config.lazy = false;
  config.parallel_compilation = false;
  const auto engine = engine::Engine::New(config);
  {
    PeakWatch watch;
    Need(engine::Module::Compile(engine, bytes), path);
    result->native_memory = watch.Growth();
  }
  constexpr int kLeastRuns = 4;
  constexpr double kLeastSeconds = 0.5;  // in all, so that small modules have many runs
  const double begin = CpuSeconds();
  for (int i = 0; i < kLeastRuns || CpuSeconds() - begin < kLeastSeconds; ++i) {
    const double start = CpuSeconds();
    Need(engine::Module::Compile(engine, bytes), path);
    result->native_seconds = std::min(result->native_seconds, CpuSeconds() - start);
  }
}

Phases Measure(const char* path) {
  Phases result;
  const auto bytes = std::make_shared<MappedBytes>(path);
  result.file_bytes = static_cast<double>(bytes->view().size());
  MeasureNative(path, bytes, &result);
  engine::Config config;
  config.features = wasm::Features::AllProposals();
  config.tier = engine::Tier::Interp;
  const auto engine = engine::Engine::New(config);
  {
    PeakWatch watch;
    Need(engine::Module::Compile(engine, bytes), path);
    result.validate_memory = watch.Growth();
  }
  for (int i = 0; i < 3; ++i) {
    const double start = CpuSeconds();
    const auto module = Need(engine::Module::Compile(engine, bytes), path);
    const double validated = CpuSeconds();
    result.translated_bytes = static_cast<double>(module->CompileAll());
    const double translated = CpuSeconds();
    result.validate_seconds = std::min(result.validate_seconds, validated - start);
    result.translate_seconds = std::min(result.translate_seconds, translated - validated);
    result.code_bytes = 0;
    for (const auto& func : module->wasm().funcs) result.code_bytes += func.body.size;
    if (i != 0) continue;
    const std::string text = Need(wasm::text::PrintModule(module->wasm()), "printing");
    result.text_bytes = static_cast<double>(text.size());
    for (int j = 0; j < 2; ++j) {
      const double begin = CpuSeconds();
      Need(wasm::text::ParseWat(text), "parsing");
      result.parse_seconds = std::min(result.parse_seconds, CpuSeconds() - begin);
    }
  }
  return result;
}

void PrintPhases(const char* path) {
  const Phases p = Measure(path);
  const std::string name = path;
  const std::string tail = name.size() > 40 ? "…" + name.substr(name.size() - 39) : name;
  fmt::print("{:40} {:8.2f} {:10.0f} {:10.2f} {:10.0f} {:12.1f} {:10.0f} {:11.1f} {:9.2f}\n", tail, p.code_bytes * 1e-6,
             p.code_bytes * 1e-6 / p.validate_seconds, p.validate_memory / p.file_bytes,
             p.code_bytes * 1e-6 / p.translate_seconds, p.translated_bytes / p.code_bytes,
             p.text_bytes * 1e-6 / p.parse_seconds, p.code_bytes * 1e-6 / p.native_seconds,
             p.native_memory / p.code_bytes);
}

constexpr std::string_view kSmallModule = R"((module
  (memory (export "memory") 1)
  (table 4 funcref)
  (global $g (mut i32) (i32.const 7))
  (func $f (export "f") (param i32) (result i32) (i32.add (local.get 0) (global.get $g)))
  (elem (i32.const 0) $f)
  (data (i32.const 16) "small")))";

void PrintInstantiation() {
  const auto engine = engine::Engine::New({});
  const auto module =
      Need(engine::Module::CompileAny(engine, {kSmallModule.begin(), kSmallModule.end()}), "the small module");
  engine::Linker linker(engine);
  constexpr int kCount = 10000;
  auto all = [&] {
    const double start = CpuSeconds();
    for (int i = 0; i < kCount; ++i) {
      engine::Store store(engine);
      if (!linker.Instantiate(store, *module)) Die("the small module does not instantiate");
    }
    return (CpuSeconds() - start) / kCount;
  };
  double best = all();
  const long before = PeakKilobytes();
  for (int i = 0; i < 4; ++i) best = std::min(best, all());
  fmt::print("store, instantiate, drop of a small module: {:.2f} us; {} in a row more: {} KB more at the peak\n",
             best * 1e6, 4 * kCount, PeakKilobytes() - before);
}

// Each measurement in a process of its own, whose peak is its own.
template <class F>
bool Apart(F work) {
  std::fflush(stdout);
  const pid_t child = fork();
  if (child == 0) {
    work();
    std::fflush(stdout);
    _exit(0);
  }
  int status = 0;
  return child > 0 && waitpid(child, &status, 0) == child && status == 0;
}

}  // namespace

int RunPhases(int argc, char** argv) {
  bool good = true;
  fmt::print("{:40} {:>8} {:>10} {:>10} {:>10} {:>12} {:>10} {:>11} {:>9}\n", "module", "code MB", "valid MB/s",
             "mem/file", "trans MB/s", "rcode/code", "text MB/s", "native MB/s", "mem/code");
  for (int i = 1; i < argc; ++i) good &= Apart([&] { PrintPhases(argv[i]); });
  good &= Apart(PrintInstantiation);
  return good ? 0 : 1;
}

}  // namespace gantry

int main(int argc, char** argv) { return gantry::RunPhases(argc, argv); }
