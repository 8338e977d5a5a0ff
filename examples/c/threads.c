// Threads: each has a store of its own; engine and module are shared, and so is a memory that is made for it.
#include <pthread.h>

#include "common.h"

enum { kThreads = 4, kRounds = 10000 };

static const char kModule[] =
    "(module"
    "  (import \"host\" \"memory\" (memory 1 1 shared))"
    "  (func (export \"count\") (param $rounds i32)"
    "    (loop $next"
    "      (drop (i32.atomic.rmw.add (i32.const 0) (i32.const 1)))"
    "      (br_if $next (local.tee $rounds (i32.sub (local.get $rounds) (i32.const 1)))))))";

static wasm_engine_t* engine;
static wasmtime_module_t* module;
static wasmtime_sharedmemory_t* memory;

static void* count(void* unused) {
  (void)unused;
  // A store is used by one thread at a time, so that each thread makes one.
  wasmtime_store_t* store = wasmtime_store_new(engine, NULL, NULL);
  wasmtime_context_t* context = wasmtime_store_context(store);

  // Instances in different stores import the same memory. The reference stays this thread's, which deletes it.
  wasmtime_extern_t import;
  import.kind = WASMTIME_EXTERN_SHAREDMEMORY;
  import.of.sharedmemory = wasmtime_sharedmemory_clone(memory);
  wasmtime_instance_t instance;
  wasm_trap_t* trap = NULL;
  wasmtime_error_t* error = wasmtime_instance_new(context, module, &import, 1, &instance, &trap);
  check("instantiating", error, trap);
  wasmtime_extern_delete(&import);

  const wasmtime_func_t func = get_func(context, &instance, "count");
  const wasmtime_val_t rounds = i32_val(kRounds);
  error = wasmtime_func_call(context, &func, &rounds, 1, NULL, 0, &trap);
  check("calling", error, trap);
  wasmtime_store_delete(store);
  return NULL;
}

int main(void) {
  // Shared memories have to be allowed.
  wasm_config_t* config = wasm_config_new();
  wasmtime_config_shared_memory_set(config, true);
  engine = wasm_engine_new_with_config(config);
  module = compile(engine, kModule);
  wasm_memorytype_t* type = NULL;
  check("making the type", wasmtime_memorytype_new(1, true, 1, false, true, 16, &type), NULL);
  check("making the memory", wasmtime_sharedmemory_new(engine, type, &memory), NULL);
  wasm_memorytype_delete(type);

  pthread_t threads[kThreads];
  for (int i = 0; i < kThreads; ++i) {
    if (pthread_create(&threads[i], NULL, count, NULL) != 0) return 1;
  }
  for (int i = 0; i < kThreads; ++i) pthread_join(threads[i], NULL);

  // All threads have ended: the host may read without atomics.
  int32_t total = 0;
  memcpy(&total, wasmtime_sharedmemory_data(memory), sizeof total);
  printf("%d threads counted to %d\n", kThreads, total);

  wasmtime_sharedmemory_delete(memory);
  wasmtime_module_delete(module);
  wasm_engine_delete(engine);
  return 0;
}
