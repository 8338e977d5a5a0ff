#include "engine/engine.h"

#include <fmt/core.h>

#include <cstdlib>
#include <mutex>
#include <thread>

#include "engine/native_tier.h"

namespace gantry::engine {

// Stores that follow the epoch: blocks of atomic pointers that are only ever appended, so a signal handler may walk
// them. [I1] A store leaves by clearing its place and then waiting until no walker that may have seen it is left. A
// walker never waits,
//      and a handler that interrupts the leaving thread is done before that thread goes on, so the wait ends.
struct Engine::StoreList {
  static constexpr int kBlockSize = 64;
  struct Block {
    std::atomic<runtime::Store*> places[kBlockSize] = {};
    std::atomic<Block*> next{nullptr};
  };

  Block first;
  std::atomic<int> walkers{0};
  std::mutex mutex;  // serialises Add

  ~StoreList() {
    for (Block* block = first.next.load(); block != nullptr;) {
      Block* next = block->next.load();
      delete block;
      block = next;
    }
  }

  std::atomic<runtime::Store*>* Add(runtime::Store* store) {
    std::lock_guard lock(mutex);
    for (Block* block = &first;; block = block->next.load()) {
      for (auto& place : block->places) {
        runtime::Store* empty = nullptr;
        if (place.compare_exchange_strong(empty, store)) return &place;
      }
      if (block->next.load() == nullptr) block->next.store(new Block);
    }
  }

  void Remove(std::atomic<runtime::Store*>* place) {
    place->store(nullptr);
    while (walkers.load() != 0) std::this_thread::yield();  // [I1]
  }

  void NotifyAll(uint64_t now) {
    walkers.fetch_add(1);
    for (Block* block = &first; block != nullptr; block = block->next.load()) {
      for (auto& place : block->places) {
        if (runtime::Store* store = place.load()) store->NotifyEpoch(now);
      }
    }
    walkers.fetch_sub(1);
  }
};

Engine::Engine(const Config& config)
    : config_(config),
      pool_(config.pool ? std::make_unique<runtime::Pool>(*config.pool) : nullptr),
      stores_(std::make_unique<StoreList>()) {
  if (config_.tier == Tier::Interp) return;
  if (config_.memory_creator != nullptr) {
    why_interpreted_ = "memories of the embedder may move when they grow";
    return;
  }
  native_ = NativeTier::Create(config_);
  if (native_ == nullptr) why_interpreted_ = NativeTier::WhyNot();
}
Engine::~Engine() = default;

std::optional<Tier> TierNamed(std::string_view name) {
  struct Name {
    std::string_view word;
    Tier tier;
  };
  constexpr Name kNames[] = {{"auto", Tier::Auto},
                             {"interp", Tier::Interp},
                             {"baseline", Tier::Baseline},
                             {"cranelift", Tier::Auto},
                             {"winch", Tier::Baseline}};
  for (const Name& row : kNames) {
    if (row.word == name) return row.tier;
  }
  return std::nullopt;
}

Result<Tier> TierFromEnvironment(Tier otherwise) {
  const char* word = std::getenv("GANTRY_COMPILER");
  if (word == nullptr || *word == 0) return otherwise;
  if (const std::optional<Tier> tier = TierNamed(word)) return *tier;
  return std::unexpected(
      Error(ErrorClass::Usage,
            fmt::format("GANTRY_COMPILER is `{}`: expected auto, interp, baseline, cranelift or winch", word)));
}

// A variable that makes no sense counts for nothing here; who can report it asks TierFromEnvironment.
std::shared_ptr<Engine> Engine::New(const Config& config) {
  Config own = config;
  own.features = config.features.Consistent();
  own.tier = TierFromEnvironment(config.tier).value_or(config.tier);
  return std::shared_ptr<Engine>(new Engine(own));
}

void Engine::IncrementEpoch() {
  const uint64_t now = epoch_.fetch_add(1) + 1;
  stores_->NotifyAll(now);
}

namespace {

runtime::StoreConfig StoreConfigOf(const Engine& engine, const runtime::StoreLimits& limits) {
  const Config& config = engine.config();
  runtime::StoreConfig store;
  store.max_wasm_stack = config.max_wasm_stack;
  store.consume_fuel = config.consume_fuel;
  store.epoch_interruption = config.epoch_interruption;
  store.max_backtrace = config.max_backtrace;
  store.heap = config.heap;
  store.limits = limits;
  store.memory_growth_bound = config.memory_growth_bound;
  store.memory_creator = config.memory_creator;
  store.pool = engine.pool();
  if (engine.native() != nullptr) store.native = &engine.native()->links();
  return store;
}

}  // namespace

Store::Store(std::shared_ptr<Engine> engine, const runtime::StoreLimits& limits)
    : engine_(std::move(engine)), runtime_(StoreConfigOf(*engine_, limits)) {
  if (engine_->config().epoch_interruption) place_ = engine_->stores_->Add(&runtime_);
}

Store::~Store() {
  if (place_ != nullptr) engine_->stores_->Remove(place_);
}

void Store::SetEpochDeadline(uint64_t ticks) {
  const uint64_t now = engine_->epoch().load();
  const uint64_t deadline = ticks > ~uint64_t{0} - now ? ~uint64_t{0} : now + ticks;
  runtime_.SetEpochDeadline(&engine_->epoch(), deadline);
}

}  // namespace gantry::engine
