// Stopping WebAssembly from outside: an epoch that another thread moves on.
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include "common.h"

static const char kModule[] =
    "(module"
    "  (func (export \"spin\") (loop (br 0)))"
    "  (func (export \"answer\") (result i32) (i32.const 42)))";

// Moves the epoch on, every 10 ms. This may be done on any thread, for all stores of the engine at once.
static atomic_bool stop;
static void* tick(void* engine) {
  while (!stop) {
    nanosleep(&(struct timespec){0, 10 * 1000 * 1000}, NULL);
    wasmtime_engine_increment_epoch(engine);
  }
  return NULL;
}

// What happens at the deadline: two more rounds, then the end.
static wasmtime_error_t* at_deadline(wasmtime_context_t* context, void* data, uint64_t* next_deadline,
                                     wasmtime_update_deadline_kind_t* kind) {
  (void)context, (void)kind;
  int* rounds = data;
  if (++*rounds > 2) return wasmtime_error_new("this takes too long");
  printf("still running\n");
  *next_deadline = 2;  // ticks from now
  return NULL;
}

int main(void) {
  // Code looks at the epoch only if the engine is told so.
  wasm_config_t* config = wasm_config_new();
  wasmtime_config_epoch_interruption_set(config, true);
  wasm_engine_t* engine = wasm_engine_new_with_config(config);
  wasmtime_module_t* module = compile(engine, kModule);
  wasmtime_store_t* store = wasmtime_store_new(engine, NULL, NULL);
  wasmtime_context_t* context = wasmtime_store_context(store);
  wasmtime_context_set_epoch_deadline(context, 1000000);
  wasmtime_instance_t instance;
  wasm_trap_t* trap = NULL;
  wasmtime_error_t* error = wasmtime_instance_new(context, module, NULL, 0, &instance, &trap);
  check("instantiating", error, trap);
  const wasmtime_func_t spin = get_func(context, &instance, "spin");
  const wasmtime_func_t answer = get_func(context, &instance, "answer");
  pthread_t ticker;
  if (pthread_create(&ticker, NULL, tick, engine) != 0) return 1;

  // Two ticks from now on, an endless loop traps.
  printf("entering the loop\n");
  wasmtime_context_set_epoch_deadline(context, 2);
  error = wasmtime_func_call(context, &spin, NULL, 0, NULL, 0, &trap);
  check("calling", error, NULL);
  wasmtime_trap_code_t code;
  if (trap == NULL || !wasmtime_trap_code(trap, &code) || code != WASMTIME_TRAP_CODE_INTERRUPT) return 1;
  printf("interrupted\n");
  wasm_trap_delete(trap);

  // A callback can give it more time, or end it with an error of its own.
  int rounds = 0;
  wasmtime_store_epoch_deadline_callback(store, at_deadline, &rounds, NULL);
  printf("entering the loop again\n");
  wasmtime_context_set_epoch_deadline(context, 2);
  error = wasmtime_func_call(context, &spin, NULL, 0, NULL, 0, &trap);
  printf("ended with %s\n", error != NULL ? "an error" : "something else");
  wasmtime_error_delete(error);

  // The instance is as good as before.
  wasmtime_context_set_epoch_deadline(context, 1000000);
  printf("the answer is still %d\n", call_i32(context, &answer, NULL, 0));

  stop = true;
  pthread_join(ticker, NULL);
  wasmtime_store_delete(store);
  wasmtime_module_delete(module);
  wasm_engine_delete(engine);
  return 0;
}
