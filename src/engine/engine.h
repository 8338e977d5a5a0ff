// Engine: configuration shared by modules and stores, and the epoch they are interrupted by. Thread-safe.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <unordered_map>

#include "abi/function_compiler.h"
#include "base/error.h"
#include "platform/fiber.h"
#include "runtime/store.h"
#include "wasm/features.h"

namespace gantry::engine {

struct LinkedFunc;  // linker.h
class NativeTier;   // native_tier.h

// Which tier runs wasm functions. Auto and Baseline: native code; on hosts that cannot run it, the interpreter.
// Baseline compiles modules when they are made, Auto larger ones function by function as they are called.
enum class Tier : uint8_t { Auto, Interp, Baseline };

// Bytes of function bodies up to which Auto compiles a module at once.
inline constexpr uint64_t kMaxEagerCode = uint64_t{32} << 10;

// What a 32-bit memory can be addressed at: with less reserved, code cannot leave bounds to guard pages.
inline constexpr uint64_t kFullReservation = uint64_t{4} << 30;

// The tier with this name: auto, interp, baseline, or a compiler of the reference's: winch (baseline), cranelift (the
// best there is).
std::optional<Tier> TierNamed(std::string_view name);
// The tier that the environment variable GANTRY_COMPILER names, else `otherwise`. Every engine is made with it. Error
// (Usage) when the variable names no tier.
Result<Tier> TierFromEnvironment(Tier otherwise);

struct Config {
  wasm::Features features = wasm::Features::Default();
  Tier tier = Tier::Auto;    // unless GANTRY_COMPILER says otherwise
  std::optional<bool> lazy;  // are functions compiled when they are first called? Unset: as the tier says
  bool consume_fuel = false;
  bool epoch_interruption = false;  // also needed for timeouts and Store::Interrupt
  bool shared_memory = false;       // may modules define shared memories?
  bool relaxed_simd_deterministic = false;
  bool interp_pairs = true;  // neighbouring instructions share handlers in the interpreter; off to compare
  bool guard_pages = true;   // native code leaves bounds of 32-bit memories to guard pages; else it compares
  bool fault_traps = true;  // native code traps by faults; without, and without guard_pages, it needs no signal handler
  bool memory_init_cow = true;                             // copy-on-write data images
  uint64_t max_wasm_stack = 512 << 10;                     // bytes
  uint32_t max_backtrace = 20;                             // frames in a trap's backtrace
  bool parallel_compilation = true;                        // validate and compile large modules on several threads
  uint64_t memory_growth_bound = ~uint64_t{0};             // bytes beyond which no memory grows
  std::shared_ptr<runtime::MemoryCreator> memory_creator;  // of unshared memories; null: reservations
  std::optional<runtime::PoolLimits> pool;                 // bounds on what all stores of the engine have together
  gc::HeapConfig heap;
  uint64_t async_stack_size = uint64_t{2} << 20;  // bytes of native stack of an asynchronous call
  std::shared_ptr<platform::StackSource>
      stack_source;  // where those stacks come from; null: platform::FiberStack::Take
  abi::NewFunctionCompiler function_compiler = nullptr;  // Baseline: compiles functions; null: the baseline compiler
};

class Engine {
 public:
  static std::shared_ptr<Engine> New(const Config& config);
  ~Engine();

  const Config& config() const { return config_; }
  // Null if this engine only interprets.
  NativeTier* native() const { return native_.get(); }
  // Why it does although its configuration asks for native code; else null.
  const char* why_interpreted() const { return why_interpreted_; }

  // Null without bounds.
  runtime::Pool* pool() const { return pool_.get(); }

  // Moves the epoch on by one; stores past their deadline trap (or call back) at their next poll. Async-signal-safe.
  void IncrementEpoch();
  const std::atomic<uint64_t>& epoch() const { return epoch_; }

 private:
  friend class Store;
  struct StoreList;
  explicit Engine(const Config& config);

  Config config_;
  std::unique_ptr<runtime::Pool> pool_;
  std::unique_ptr<NativeTier> native_;
  const char* why_interpreted_ = nullptr;
  std::atomic<uint64_t> epoch_{0};
  std::unique_ptr<StoreList> stores_;
};

// A runtime store bound to its engine. See runtime/store.h for threads and lifetimes.
class Store {
 public:
  explicit Store(std::shared_ptr<Engine> engine, const runtime::StoreLimits& limits = {});
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  const std::shared_ptr<Engine>& engine() const { return engine_; }
  runtime::Store& runtime() { return runtime_; }

  // The store's function for a host function of a linker: the same one each time.
  abi::FuncRef* HostFunc(const std::shared_ptr<const LinkedFunc>& linked);

  // Trap once the engine's epoch has moved `ticks` beyond now. A store whose engine has epoch interruption on starts
  // with no deadline.
  void SetEpochDeadline(uint64_t ticks);

 private:
  std::shared_ptr<Engine> engine_;
  runtime::Store runtime_;
  std::atomic<runtime::Store*>* place_ = nullptr;                    // in the engine's list
  std::unordered_map<const LinkedFunc*, abi::FuncRef*> host_funcs_;  // runtime_ shares ownership of the keys
};

}  // namespace gantry::engine
