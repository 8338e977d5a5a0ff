// Program: a main module with its surroundings, from the options of `run` to the exit code. `run` and `bench` share it.
#pragma once

#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/log.h"
#include "cli/settings.h"
#include "cli/stats.h"
#include "engine/linker.h"
#include "engine/module.h"
#include "wasi/host/config.h"

namespace gantry::cli {

// How a step ended badly, with what was being done, outermost first. Good as long as its Program: a backtrace names
// instances.
struct Stop {
  engine::Failure failure;
  std::vector<std::string> context;

  Stop(engine::Failure f, std::string doing = "");
  Stop(Error error, std::string doing = "");
};

template <class T>
using Step = std::expected<T, Stop>;

class Program {
 public:
  explicit Program(const Settings& settings, Log log = {});

  // May Compile load what `gantry compile` made? Off at first.
  void AllowPrecompiled() { allow_precompiled_ = true; }

  engine::Engine& engine() { return *engine_; }
  engine::Store& store() { return *store_; }
  engine::Linker& linker() { return linker_; }
  // Times so far.
  Stats& stats() { return stats_; }

  // A new store, and a linker without definitions. The first ones are there already.
  void NewStore();
  Step<std::shared_ptr<const engine::Module>> Compile(std::string_view path);
  // Bytes in the binary format, or an image if those are allowed.
  Step<std::shared_ptr<const engine::Module>> Compile(std::vector<uint8_t> bytes, std::string_view path = "");
  // What the system interface offers, as far as -S asks for it.
  Step<void> LinkSystem(wasi::WasiConfig config);
  // `--preload NAME=PATH`, in order.
  Step<void> Preload(std::string_view name, std::string_view path);
  Step<runtime::Instance*> Instantiate(const engine::Module& module, std::string_view path);
  // Calls `_initialize` if there is one.
  Step<void> Initialize(runtime::Instance* instance);
  // Is there something that Initialize or Start would call?
  static bool HasStart(const runtime::Instance& instance);
  // Calls the export `""` or `_start`, if there is one.
  Step<void> Start(runtime::Instance* instance);
  // Calls an export with arguments from text, prints its results.
  Step<void> Invoke(runtime::Instance* instance, std::string_view name, std::span<const std::string_view> arguments);

 private:
  Step<std::vector<engine::Value>> Call(abi::FuncRef* func, std::span<const engine::Value> arguments,
                                        std::string_view name, std::string doing);

  const Settings& settings_;
  bool allow_precompiled_ = false;
  Log log_;
  Stats stats_;
  std::shared_ptr<engine::Engine> engine_;
  std::unique_ptr<engine::Store> store_;
  engine::Linker linker_;
  bool has_timer_ = true;  // off: the store was to have a limit of time and has none, so nothing may run
};

// The exit code of a program that stopped so; prints the chain of causes unless the program ended itself.
int ExitCodeOf(const Stop& stop, std::string_view path);

}  // namespace gantry::cli
