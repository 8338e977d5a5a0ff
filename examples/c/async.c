// Calls that can be paused: several WebAssembly programs wait for the host at the same time, on one thread.
#include "common.h"

static const char kModule[] =
    "(module"
    "  (import \"host\" \"fetch\" (func $fetch (param i32) (result i32)))"
    "  (func (export \"sum\") (param i32) (result i32)"
    "    (i32.add (call $fetch (local.get 0)) (call $fetch (i32.mul (local.get 0) (i32.const 10))))))";

// Something that takes a while: here it is ready after a number of questions. In a real program a socket, a timer or
// another thread would tell.
struct Waiting {
  int32_t key;
  int questions;
  wasmtime_val_t* result;
};

// Asked at each poll whether the waiting is over; then the result has to be there.
static bool is_ready(void* env) {
  struct Waiting* waiting = env;
  if (++waiting->questions < 3) return false;
  *waiting->result = i32_val(waiting->key + 1);
  return true;
}

// A function that lets its caller wait: it starts what has to be done, says what to ask, and returns at once. The place
// for the result stays valid until the waiting is over.
static void fetch(void* env, wasmtime_caller_t* caller, const wasmtime_val_t* args, size_t nargs,
                  wasmtime_val_t* results, size_t nresults, wasm_trap_t** trap,
                  wasmtime_async_continuation_t* continuation) {
  (void)env, (void)caller, (void)nargs, (void)nresults;
  struct Waiting* waiting = malloc(sizeof *waiting);
  if (waiting == NULL) {
    *trap = wasmtime_trap_new("out of memory", 13);
    return;
  }
  *waiting = (struct Waiting){args[0].of.i32, 0, results};
  printf("fetching %d\n", waiting->key);
  continuation->callback = is_ready;
  continuation->env = waiting;
  continuation->finalizer = free;
}

// Polls a call until it ends, for calls that have nothing to wait for.
static void finish(wasmtime_call_future_t* future) {
  while (!wasmtime_call_future_poll(future)) {
  }
  wasmtime_call_future_delete(future);
}

// One program that runs, with a store of its own. While its future lives, all of this stays where it is.
struct Task {
  wasmtime_store_t* store;
  wasmtime_func_t sum;
  wasmtime_val_t arg, result;
  wasmtime_error_t* error;
  wasm_trap_t* trap;
  wasmtime_call_future_t* future;
};

int main(void) {
  wasm_engine_t* engine = wasm_engine_new();
  wasmtime_module_t* module = compile(engine, kModule);
  wasmtime_linker_t* linker = wasmtime_linker_new(engine);
  wasm_functype_t* type = wasm_functype_new_1_1(wasm_valtype_new_i32(), wasm_valtype_new_i32());
  check("defining", wasmtime_linker_define_async_func(linker, "host", 4, "fetch", 5, type, fetch, NULL, NULL), NULL);
  wasm_functype_delete(type);

  // Making a future runs nothing yet.
  struct Task tasks[2];
  for (int i = 0; i < 2; ++i) {
    struct Task* task = &tasks[i];
    task->store = wasmtime_store_new(engine, NULL, NULL);
    wasmtime_context_t* context = wasmtime_store_context(task->store);
    wasmtime_instance_t instance;
    // Start functions may call what waits, so that instantiating is a call that can be paused too.
    task->error = NULL;
    task->trap = NULL;
    finish(wasmtime_linker_instantiate_async(linker, context, module, &instance, &task->trap, &task->error));
    check("instantiating", task->error, task->trap);
    task->sum = get_func(context, &instance, "sum");
    task->arg = i32_val(i + 1);
    task->future =
        wasmtime_func_call_async(context, &task->sum, &task->arg, 1, &task->result, 1, &task->trap, &task->error);
  }

  // Polling runs a program until it waits or ends. An event loop would do something else between the polls.
  int running = 2;
  for (int round = 1; running > 0; ++round) {
    for (int i = 0; i < 2; ++i) {
      struct Task* task = &tasks[i];
      if (task->future == NULL || !wasmtime_call_future_poll(task->future)) continue;
      wasmtime_call_future_delete(task->future);
      task->future = NULL;
      check("calling", task->error, task->trap);
      printf("round %d: sum(%d) = %d\n", round, task->arg.of.i32, task->result.of.i32);
      wasmtime_store_delete(task->store);
      --running;
    }
  }

  wasmtime_linker_delete(linker);
  wasmtime_module_delete(module);
  wasm_engine_delete(engine);
  return 0;
}
