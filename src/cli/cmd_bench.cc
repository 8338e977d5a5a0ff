// `gantry bench MODULE DIR`: times one benchmark program and prints "compile_ms instantiate_us run_ms code_kb ok".
//
// A benchmark program is a WASI command that imports `bench.start` and `bench.end`, which it calls around its hot part.
// It runs $ROUNDS times (1), each in a new store with DIR preopened as `.`; the best run counts, and the first
// instantiation. All functions are translated beforehand, inside compile_ms. The program's output is thrown away.
#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>

#include "cli/cli.h"
#include "cli/input.h"
#include "cli/program.h"
#include "cli/report.h"
#include "engine/host_func.h"

namespace gantry::cli {

namespace {

using Clock = std::chrono::steady_clock;
using Milliseconds = std::chrono::duration<double, std::milli>;

// When the program said that its hot part starts and ends.
struct HotPart {
  Clock::time_point start, end;
};

struct Figures {
  double compile_ms = 0, instantiate_us = 0, run_ms = 0;
  size_t code_bytes = 0;
};

Step<void> RunRound(Program& program, const engine::Module& module, const Args& args, Figures* figures) {
  const auto part = std::make_shared<HotPart>();
  program.NewStore();
  wasi::WasiConfig config;
  config.args = {"bench"};
  config.preopens.push_back({.host = std::string(args.operands[1]), .guest = ".", .read_only = false});
  auto linked = program.LinkSystem(std::move(config));
  if (!linked) return linked;
  const auto start = [part](abi::Caller*) { part->start = Clock::now(); };
  const auto end = [part](abi::Caller*) { part->end = Clock::now(); };
  Result<void> defined = program.linker().DefineFunc("bench", "start", engine::MakeHostFunc(start));
  if (defined) defined = program.linker().DefineFunc("bench", "end", engine::MakeHostFunc(end));
  if (!defined) return std::unexpected(Stop(std::move(defined).error()));
  const Clock::time_point before = Clock::now();
  auto instance = program.Instantiate(module, args.operands[0]);
  if (!instance) return std::unexpected(std::move(instance).error());
  const Clock::time_point ready = Clock::now();
  auto started = program.Start(*instance);
  const bool is_good_exit =
      !started && started.error().failure.kind == engine::Failure::Kind::Exit && started.error().failure.exit_code == 0;
  if (!started && !is_good_exit) return started;

  const bool is_marked = part->end > part->start && part->start != Clock::time_point();
  const double run_ms =
      is_marked ? Milliseconds(part->end - part->start).count() : Milliseconds(Clock::now() - ready).count();
  if (figures->instantiate_us == 0) figures->instantiate_us = Milliseconds(ready - before).count() * 1000;
  figures->run_ms = figures->run_ms == 0 ? run_ms : std::min(figures->run_ms, run_ms);
  return {};
}

Step<Figures> Measure(Program& program, const Args& args) {
  Figures figures;
  Result<std::vector<uint8_t>> bytes = ReadModuleFile(args.operands[0], program.engine().config().features);
  if (!bytes) return std::unexpected(Stop(std::move(bytes).error()));
  const Clock::time_point before = Clock::now();
  auto module = program.Compile(std::move(*bytes));
  if (!module) return std::unexpected(std::move(module).error());
  figures.code_bytes = (*module)->CompileAll();
  figures.compile_ms = Milliseconds(Clock::now() - before).count();
  const char* rounds = std::getenv("ROUNDS");
  for (int i = rounds != nullptr ? std::max(1, std::atoi(rounds)) : 1; i > 0; --i) {
    auto round = RunRound(program, **module, args, &figures);
    if (!round) return std::unexpected(std::move(round).error());
  }
  return figures;
}

}  // namespace

int RunBench(const Args& args) {
  if (!CheckOperands(args, 2, 2)) return kExitUsage;
  Result<Settings> settings = ReadSettings(args);
  // What is compiled while it runs would be in the wrong figure.
  if (settings && !settings->Has(Key::Lazy)) {
    Result<void> added = settings->Add(Option::Codegen, "lazy", "n");
    if (!added) return Fail(added.error());
  }
  if (!settings) return Fail(settings.error());
  Program program(*settings);
  const Step<Figures> figures = Measure(program, args);
  if (!figures) return std::max<int>(ExitCodeOf(figures.error(), args.operands[0]), kExitFailure);
  WriteText(stdout, fmt::format("{:.2f} {:.1f} {:.3f} {} ok\n", figures->compile_ms, figures->instantiate_us,
                                figures->run_ms, figures->code_bytes / 1024));
  return kExitOk;
}

}  // namespace gantry::cli
