// Threads: each has a store of its own; engine and module are shared, and so is a memory that is made for it.
#include <wasmtime.h>

#include <cstring>
#include <iostream>
#include <thread>
#include <vector>
#include <wasmtime.hh>

using namespace wasmtime;

static const char kModule[] = R"((module
  (import "host" "memory" (memory 1 1 shared))
  (func (export "count") (param $rounds i32)
    (loop $next
      (drop (i32.atomic.rmw.add (i32.const 0) (i32.const 1)))
      (br_if $next (local.tee $rounds (i32.sub (local.get $rounds) (i32.const 1)))))))
)";

// Shared memories are part of the C API only. Every class has capi() for such cases.
static wasmtime_sharedmemory_t* make_memory(Engine& engine) {
  MemoryType type = MemoryType::Builder().min(1).max(1).shared(true).build().unwrap();
  wasmtime_sharedmemory_t* memory = nullptr;
  if (wasmtime_error_t* error = wasmtime_sharedmemory_new(engine.capi(), type.capi(), &memory)) {
    std::cerr << Error(error) << "\n";
    std::exit(1);
  }
  return memory;
}

static void count(Engine engine, Module module, wasmtime_sharedmemory_t* memory) {
  // A store is used by one thread at a time, so that each thread makes one.
  Store store(engine);
  Linker linker(engine);
  wasmtime_extern_t item;
  item.kind = WASMTIME_EXTERN_SHAREDMEMORY;
  item.of.sharedmemory = memory;
  if (wasmtime_error_t* error =
          wasmtime_linker_define(linker.capi(), store.context().capi(), "host", 4, "memory", 6, &item)) {
    std::cerr << Error(error) << "\n";
    std::exit(1);
  }
  Instance instance = linker.instantiate(store, module).unwrap();
  std::get<Func>(*instance.get(store, "count")).call(store, {10000}).unwrap();
}

int main() {
  // Shared memories have to be allowed.
  Config config;
  config.shared_memory(true);
  Engine engine(std::move(config));
  Module module = Module::compile(engine, kModule).unwrap();
  wasmtime_sharedmemory_t* memory = make_memory(engine);

  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) threads.emplace_back(count, engine, module, memory);
  for (std::thread& thread : threads) thread.join();

  // All threads have ended: the host may read without atomics.
  int32_t total = 0;
  std::memcpy(&total, wasmtime_sharedmemory_data(memory), sizeof total);
  std::cout << threads.size() << " threads counted to " << total << "\n";
  wasmtime_sharedmemory_delete(memory);
}
