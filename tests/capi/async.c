// wasmtime/async.h: calls that pause, on stacks of their own.
#define _POSIX_C_SOURCE 200809L
#define _DEFAULT_SOURCE  // MAP_ANONYMOUS

#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>

#include "guest.h"

static const char kModule[] =
    "(module"
    "  (import \"host\" \"wait\" (func $wait (param i32) (result i32)))"
    "  (func (export \"twice\") (param i32) (result i32)"
    "    (i32.add (call $wait (local.get 0)) (call $wait (i32.add (local.get 0) (i32.const 1)))))"
    "  (func (export \"count\") (param i32) (result i32) (local i32)"
    "    (loop $l (local.set 1 (i32.add (local.get 1) (i32.const 1)))"
    "      (br_if $l (i32.lt_u (local.get 1) (local.get 0)))) (local.get 1))"
    "  (func (export \"forever\") (param i32) (result i32) (loop $l (br $l)) (unreachable))"
    "  (func (export \"trap\") (param i32) (result i32) (unreachable)))";

// What the host function of the tests does.
static struct {
  int polls_needed;  // before each wait is over
  int polls, calls, freed_waits, freed_functions;
  bool traps, wrong_result, no_continuation;
} host;

typedef struct {
  int polls;
  int32_t arg;
  wasmtime_val_t* result;
  wasm_trap_t** trap;
} wait_t;

static bool wait_is_over(void* env) {
  wait_t* wait = (wait_t*)env;
  ++host.polls;
  if (wait->polls++ < host.polls_needed) return false;
  // The places for results and trap are good until now.
  *wait->result = host.wrong_result ? i64_val(1) : i32_val(wait->arg * 10);
  if (host.traps) *wait->trap = wasmtime_trap_new("the host has had enough", 23);
  return true;
}

static void free_wait(void* env) {
  ++host.freed_waits;
  free(env);
}

static void begin_wait(void* env, wasmtime_caller_t* caller, const wasmtime_val_t* args, size_t nargs,
                       wasmtime_val_t* results, size_t nresults, wasm_trap_t** trap,
                       wasmtime_async_continuation_t* continuation) {
  CHECK(env == &host && nargs == 1 && nresults == 1);
  CHECK(wasmtime_caller_context(caller) != NULL);
  ++host.calls;
  if (host.no_continuation) {
    results[0] = i32_val(args[0].of.i32 + 1);
    return;
  }
  wait_t* wait = (wait_t*)calloc(1, sizeof *wait);
  wait->arg = args[0].of.i32;
  wait->result = &results[0];
  wait->trap = trap;
  continuation->callback = wait_is_over;
  continuation->env = wait;
  continuation->finalizer = free_wait;
}

static void free_function(void* env) {
  CHECK(env == &host);
  ++host.freed_functions;
}

typedef struct {
  wasm_engine_t* engine;
  wasmtime_linker_t* linker;
  wasmtime_module_t* module;
  wasmtime_store_t* store;
  wasmtime_context_t* context;
  wasmtime_instance_t instance;
} world_t;

static world_t world_with(wasm_config_t* config) {
  memset(&host, 0, sizeof host);
  world_t world;
  world.engine = wasm_engine_new_with_config(config);
  CHECK(world.engine != NULL);
  world.linker = wasmtime_linker_new(world.engine);
  wasm_functype_t* type = unary_type();
  OK(wasmtime_linker_define_async_func(world.linker, "host", 4, "wait", 4, type, begin_wait, &host, free_function));
  wasm_functype_delete(type);
  world.module = module_of(world.engine, kModule);
  world.store = wasmtime_store_new(world.engine, NULL, NULL);
  world.context = wasmtime_store_context(world.store);
  wasm_trap_t* trap = NULL;
  OK(wasmtime_linker_instantiate(world.linker, world.context, world.module, &world.instance, &trap));
  CHECK(trap == NULL);
  return world;
}

static void leave(world_t* world) {
  if (world->store != NULL) wasmtime_store_delete(world->store);
  wasmtime_module_delete(world->module);
  wasmtime_linker_delete(world->linker);
  wasm_engine_delete(world->engine);
  CHECK_EQ(host.freed_functions, 1);
}

// A call of an export that takes and gives one i32.
typedef struct {
  wasmtime_extern_t func;
  wasmtime_val_t arg, result;
  wasm_trap_t* trap;
  wasmtime_error_t* error;
  wasmtime_call_future_t* future;
} call_t;

static void begin(world_t* world, call_t* call, const char* name, int32_t arg) {
  call->func = export_of(world->context, &world->instance, name);
  call->arg = i32_val(arg);
  call->result = i32_val(-7);
  call->trap = NULL;
  call->error = NULL;
  call->future = wasmtime_func_call_async(world->context, &call->func.of.func, &call->arg, 1, &call->result, 1,
                                          &call->trap, &call->error);
  CHECK(call->future != NULL);
}

// Polls to the end; how often it paused.
static int finish(call_t* call) {
  int pauses = 0;
  while (!wasmtime_call_future_poll(call->future)) ++pauses;
  CHECK(wasmtime_call_future_poll(call->future));  // has ended, and stays so
  wasmtime_call_future_delete(call->future);
  return pauses;
}

static void waits(void) {
  world_t world = world_with(wasm_config_new());
  call_t call;
  host.polls_needed = 3;
  begin(&world, &call, "twice", 4);
  CHECK_EQ(host.calls, 0);  // nothing runs before it is polled
  CHECK(!wasmtime_call_future_poll(call.future));
  CHECK_EQ(host.calls, 1);
  CHECK_EQ(host.polls, 1);
  CHECK_EQ(call.result.of.i32, -7);
  CHECK_EQ(finish(&call), 5);
  CHECK(call.trap == NULL && call.error == NULL);
  CHECK_EQ(call.result.kind, WASMTIME_I32);
  CHECK_EQ(call.result.of.i32, 90);
  CHECK_EQ(host.polls, 8);
  CHECK_EQ(host.freed_waits, 2);

  // What is there at once does not pause, also outside of an asynchronous call.
  host.polls_needed = 0;
  begin(&world, &call, "twice", 1);
  CHECK_EQ(finish(&call), 0);
  CHECK_EQ(call.result.of.i32, 30);
  CHECK_EQ(call_i32(world.context, &world.instance, "twice", 1), 30);
  host.no_continuation = true;
  CHECK_EQ(call_i32(world.context, &world.instance, "twice", 1), 5);
  host.no_continuation = false;

  // Code that never pauses ends with the first poll.
  begin(&world, &call, "count", 10);
  CHECK_EQ(finish(&call), 0);
  CHECK_EQ(call.result.of.i32, 10);
  leave(&world);
}

static void ends_badly(void) {
  world_t world = world_with(wasm_config_new());
  call_t call;
  begin(&world, &call, "trap", 0);
  CHECK_EQ(finish(&call), 0);
  CHECK(call.error == NULL);
  TRAPS(call.trap, "unreachable");
  CHECK_EQ(call.result.of.i32, -7);

  host.polls_needed = 1;
  host.traps = true;
  begin(&world, &call, "twice", 0);
  CHECK_EQ(finish(&call), 1);
  CHECK(call.trap == NULL);  // a trap of the host's own is an error, as from any host function
  FAILS(call.error, "the host has had enough");
  host.traps = false;
  host.wrong_result = true;
  begin(&world, &call, "twice", 0);
  CHECK_EQ(finish(&call), 1);
  FAILS(call.error, "incompatible value");
  host.wrong_result = false;

  // Wrong arguments.
  const wasmtime_extern_t twice = export_of(world.context, &world.instance, "twice");
  call.error = NULL;
  call.future =
      wasmtime_func_call_async(world.context, &twice.of.func, NULL, 0, &call.result, 1, &call.trap, &call.error);
  CHECK_EQ(finish(&call), 0);
  FAILS(call.error, "expected 1 arguments, got 0");

  // A wait that would have to pause where nothing can.
  const wasmtime_val_t arg = i32_val(1);
  wasm_trap_t* trap = NULL;
  FAILS(wasmtime_func_call(world.context, &twice.of.func, &arg, 1, &call.result, 1, &trap),
        "outside of an asynchronous call");
  CHECK_EQ(host.freed_waits, 3);

  // Names that are taken or no text.
  wasm_functype_t* type = unary_type();
  FAILS(wasmtime_linker_define_async_func(world.linker, "host", 4, "wait", 4, type, begin_wait, &host, free_function),
        "host");
  FAILS(wasmtime_linker_define_async_func(world.linker, "\xff", 1, "wait", 4, type, begin_wait, &host, free_function),
        "utf-8");
  wasm_functype_delete(type);
  CHECK_EQ(host.freed_functions, 2);
  host.freed_functions = 0;
  leave(&world);
}

static void given_up(void) {
  world_t world = world_with(wasm_config_new());
  call_t call;
  host.polls_needed = 1000;
  begin(&world, &call, "twice", 0);
  CHECK(!wasmtime_call_future_poll(call.future));
  wasmtime_call_future_delete(call.future);  // in the middle
  CHECK_EQ(host.freed_waits, 1);
  CHECK_EQ(host.calls, 1);
  CHECK(call.trap == NULL && call.error == NULL);
  CHECK_EQ(call.result.of.i32, -7);
  begin(&world, &call, "twice", 0);
  wasmtime_call_future_delete(call.future);  // before the beginning
  wasmtime_call_future_delete(NULL);
  host.polls_needed = 0;
  CHECK_EQ(call_i32(world.context, &world.instance, "twice", 2), 50);

  // One call at a time; the second one may begin when the first has ended.
  call_t second;
  host.polls_needed = 1;
  begin(&world, &call, "twice", 0);
  begin(&world, &second, "twice", 1);
  CHECK(!wasmtime_call_future_poll(call.future));
  CHECK(wasmtime_call_future_poll(second.future));
  FAILS(second.error, "has not ended");
  wasmtime_call_future_delete(second.future);
  const wasmtime_extern_t count = export_of(world.context, &world.instance, "count");
  const wasmtime_val_t arg = i32_val(1);
  wasm_trap_t* trap = NULL;
  FAILS(wasmtime_func_call(world.context, &count.of.func, &arg, 1, &second.result, 1, &trap), "has not ended");
  FAILS(wasmtime_linker_instantiate(world.linker, world.context, world.module, &world.instance, &trap),
        "has not ended");
  wasmtime_instance_pre_t* pre;
  OK(wasmtime_linker_instantiate_pre(world.linker, world.module, &pre));
  FAILS(wasmtime_instance_pre_instantiate(pre, world.context, &world.instance, &trap), "has not ended");
  wasmtime_instance_pre_delete(pre);
  FAILS(wasmtime_instance_new(world.context, world.module, NULL, 0, &world.instance, &trap), "has not ended");
  wasmtime_val_raw_t raw;
  FAILS(wasmtime_func_call_unchecked(world.context, &count.of.func, &raw, 1, &trap), "has not ended");
  CHECK_EQ(finish(&call), 1);
  CHECK_EQ(call.result.of.i32, 10);

  // A store that goes before its future.
  begin(&world, &call, "twice", 0);
  CHECK(!wasmtime_call_future_poll(call.future));
  wasmtime_store_delete(world.store);
  world.store = NULL;
  CHECK_EQ(host.freed_waits, host.calls);
  CHECK(wasmtime_call_future_poll(call.future));
  wasmtime_call_future_delete(call.future);
  leave(&world);
}

static void fuel_yields(void) {
  wasm_config_t* config = wasm_config_new();
  wasmtime_config_consume_fuel_set(config, true);
  world_t world = world_with(config);
  OK(wasmtime_context_set_fuel(world.context, 100000));
  OK(wasmtime_context_fuel_async_yield_interval(world.context, 1000));
  call_t call;
  begin(&world, &call, "count", 1000);
  const int pauses = finish(&call);
  CHECK_EQ(call.result.of.i32, 1000);
  uint64_t left = 0;
  OK(wasmtime_context_get_fuel(world.context, &left));
  const int used = (int)(100000 - left);
  CHECK(used > 2000);
  CHECK(pauses >= used / 1000 - 1 && pauses <= used / 1000 + 1);
  OK(wasmtime_context_set_fuel(world.context, 2500));
  begin(&world, &call, "forever", 0);
  CHECK_EQ(finish(&call), 2);
  TRAPS(call.trap, "all fuel consumed");
  // Without portions, and where nothing can pause.
  const wasmtime_val_t arg = i32_val(1000);
  const wasmtime_extern_t count = export_of(world.context, &world.instance, "count");
  OK(wasmtime_context_set_fuel(world.context, 100000));
  wasm_trap_t* trap = NULL;
  FAILS(wasmtime_func_call(world.context, &count.of.func, &arg, 1, &call.result, 1, &trap),
        "outside of an asynchronous call");
  OK(wasmtime_context_fuel_async_yield_interval(world.context, 0));
  OK(wasmtime_context_set_fuel(world.context, 100000));
  CHECK_EQ(call_i32(world.context, &world.instance, "count", 1000), 1000);
  leave(&world);

  world = world_with(wasm_config_new());
  FAILS(wasmtime_context_fuel_async_yield_interval(world.context, 10), "fuel is not configured");
  leave(&world);
}

static int epoch_callbacks;
static wasmtime_error_t* yield_at_deadline(wasmtime_context_t* context, void* data, uint64_t* delta,
                                           wasmtime_update_deadline_kind_t* kind) {
  CHECK(context != NULL && data == &epoch_callbacks);
  if (++epoch_callbacks == 4) return wasmtime_error_new("long enough");
  *delta = 0;
  *kind = WASMTIME_UPDATE_DEADLINE_YIELD;
  return NULL;
}

static void epoch_yields(void) {
  wasm_config_t* config = wasm_config_new();
  wasmtime_config_epoch_interruption_set(config, true);
  world_t world = world_with(config);
  // With a new deadline that is reached at once, code pauses whenever it looks.
  wasmtime_context_set_epoch_deadline(world.context, 0);
  OK(wasmtime_context_epoch_deadline_async_yield_and_update(world.context, 0));
  call_t call;
  begin(&world, &call, "forever", 0);
  for (int i = 0; i < 5; ++i) {
    CHECK(!wasmtime_call_future_poll(call.future));
    OK(wasmtime_context_epoch_deadline_async_yield_and_update(world.context, 0));  // also in the middle
  }
  wasmtime_call_future_delete(call.future);

  // With one that is not reached, it goes on.
  wasmtime_context_set_epoch_deadline(world.context, 1);
  OK(wasmtime_context_epoch_deadline_async_yield_and_update(world.context, 1));
  begin(&world, &call, "count", 1000);
  wasmtime_engine_increment_epoch(world.engine);
  CHECK_EQ(finish(&call), 1);
  CHECK(call.trap == NULL && call.error == NULL);
  CHECK_EQ(call.result.of.i32, 1000);

  wasmtime_context_set_epoch_deadline(world.context, 0);
  wasmtime_store_epoch_deadline_callback(world.store, yield_at_deadline, &epoch_callbacks, NULL);
  begin(&world, &call, "forever", 0);
  CHECK_EQ(finish(&call), 3);
  CHECK_EQ(epoch_callbacks, 4);
  FAILS(call.error, "long enough");
  // Where nothing can pause, asking for it is an error.
  epoch_callbacks = 0;
  const wasmtime_extern_t forever = export_of(world.context, &world.instance, "forever");
  const wasmtime_val_t arg = i32_val(0);
  wasm_trap_t* trap = NULL;
  FAILS(wasmtime_func_call(world.context, &forever.of.func, &arg, 1, &call.result, 1, &trap),
        "outside of an asynchronous call");
  leave(&world);
}

// Start functions that wait.
static void instantiations(void) {
  world_t world = world_with(wasm_config_new());
  wasmtime_module_t* module = module_of(world.engine,
                                        "(module (import \"host\" \"wait\" (func $wait (param i32) (result i32)))"
                                        "  (global (export \"g\") (mut i32) (i32.const 0))"
                                        "  (func $start (global.set 0 (call $wait (i32.const 6)))) (start $start))");
  host.polls_needed = 2;
  wasm_trap_t* trap = NULL;
  wasmtime_error_t* error = NULL;
  wasmtime_instance_t instance;
  memset(&instance, 0, sizeof instance);
  wasmtime_call_future_t* future =
      wasmtime_linker_instantiate_async(world.linker, world.context, module, &instance, &trap, &error);
  CHECK(!wasmtime_call_future_poll(future) && !wasmtime_call_future_poll(future));
  CHECK_EQ(instance.store_id, 0);
  CHECK(wasmtime_call_future_poll(future));
  wasmtime_call_future_delete(future);
  CHECK(trap == NULL && error == NULL);
  wasmtime_extern_t global = export_of(world.context, &instance, "g");
  wasmtime_val_t value;
  wasmtime_global_get(world.context, &global.of.global, &value);
  CHECK_EQ(value.of.i32, 60);

  wasmtime_instance_pre_t* pre;
  OK(wasmtime_linker_instantiate_pre(world.linker, module, &pre));
  wasmtime_instance_t second;
  future = wasmtime_instance_pre_instantiate_async(pre, world.context, &second, &trap, &error);
  while (!wasmtime_call_future_poll(future)) continue;
  wasmtime_call_future_delete(future);
  CHECK(trap == NULL && error == NULL);
  global = export_of(world.context, &second, "g");
  wasmtime_global_get(world.context, &global.of.global, &value);
  CHECK_EQ(value.of.i32, 60);
  // Given up in the middle of the start function.
  future = wasmtime_instance_pre_instantiate_async(pre, world.context, &second, &trap, &error);
  CHECK(!wasmtime_call_future_poll(future));
  wasmtime_call_future_delete(future);
  CHECK(trap == NULL && error == NULL);
  wasmtime_instance_pre_delete(pre);
  wasmtime_module_delete(module);

  module = module_of(world.engine, "(module (import \"host\" \"nothing\" (func)))");
  future = wasmtime_linker_instantiate_async(world.linker, world.context, module, &second, &trap, &error);
  CHECK(wasmtime_call_future_poll(future));
  FAILS(error, "has not been defined");
  wasmtime_call_future_delete(future);
  wasmtime_module_delete(module);
  leave(&world);
}

// References that are arguments and results live as long as they must, whatever is collected meanwhile.
static wasmtime_context_t* collected;
static bool collect_and_poll(void* env) {
  OK(wasmtime_context_gc(collected));
  return ++*(int*)env == 3;
}
static void wait_with_reference(void* env, wasmtime_caller_t* caller, const wasmtime_val_t* args, size_t nargs,
                                wasmtime_val_t* results, size_t nresults, wasm_trap_t** trap,
                                wasmtime_async_continuation_t* continuation) {
  CHECK(nargs == 1 && nresults == 1 && trap != NULL);
  collected = wasmtime_caller_context(caller);
  wasmtime_val_clone(&args[0], &results[0]);
  continuation->callback = collect_and_poll;
  continuation->env = env;
}
static int freed;
static void count_free(void* data) {
  CHECK(data == &freed);
  ++freed;
}

static void references(void) {
  wasm_engine_t* engine = wasm_engine_new();
  wasmtime_linker_t* linker = wasmtime_linker_new(engine);
  int polls = 0;
  wasm_functype_t* type = wasm_functype_new_1_1(wasm_valtype_new(WASM_EXTERNREF), wasm_valtype_new(WASM_EXTERNREF));
  OK(wasmtime_linker_define_async_func(linker, "", 0, "f", 1, type, wait_with_reference, &polls, NULL));
  wasm_functype_delete(type);
  wasmtime_store_t* store = wasmtime_store_new(engine, NULL, NULL);
  wasmtime_context_t* context = wasmtime_store_context(store);
  wasmtime_extern_t f;
  CHECK(wasmtime_linker_get(linker, context, "", 0, "f", 1, &f));
  wasmtime_val_t arg, result;
  arg.kind = WASMTIME_EXTERNREF;
  CHECK(wasmtime_externref_new(context, &freed, count_free, &arg.of.externref));
  wasm_trap_t* trap = NULL;
  wasmtime_error_t* error = NULL;
  wasmtime_call_future_t* future = wasmtime_func_call_async(context, &f.of.func, &arg, 1, &result, 1, &trap, &error);
  while (!wasmtime_call_future_poll(future)) continue;
  CHECK_EQ(polls, 3);
  CHECK(trap == NULL && error == NULL);
  CHECK(wasmtime_externref_data(context, &result.of.externref) == &freed);
  wasmtime_call_future_delete(future);
  wasmtime_val_unroot(&arg);
  wasmtime_val_unroot(&result);
  CHECK_EQ(freed, 0);
  OK(wasmtime_context_gc(context));
  CHECK_EQ(freed, 1);
  wasmtime_store_delete(store);
  wasmtime_linker_delete(linker);
  wasm_engine_delete(engine);
}

// Each poll on a thread of its own, which gets what faults of compiled code need even if the call began on another.
static void* poll_once(void* future) {
  const bool ended = wasmtime_call_future_poll((wasmtime_call_future_t*)future);
  stack_t alternate;
  CHECK(sigaltstack(NULL, &alternate) == 0);
  CHECK((alternate.ss_flags & SS_DISABLE) == 0);
  return ended ? future : NULL;
}

static void threads(void) {
  world_t world = world_with(wasm_config_new());
  call_t call;
  host.polls_needed = 2;
  begin(&world, &call, "twice", 3);
  int pauses = 0;
  for (void* ended = NULL; ended == NULL;) {
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, poll_once, call.future) == 0);
    CHECK(pthread_join(thread, &ended) == 0);
    pauses += ended == NULL;
  }
  CHECK_EQ(pauses, 4);
  CHECK_EQ(call.result.of.i32, 70);
  wasmtime_call_future_delete(call.future);
  leave(&world);
}

// Many stores at the same time, each with a call in the middle.
static void many(void) {
  enum { kStores = 40 };
  world_t world = world_with(wasm_config_new());
  host.polls_needed = 1;
  world_t worlds[kStores];
  call_t calls[kStores];
  for (int i = 0; i < kStores; ++i) {
    worlds[i] = world;
    worlds[i].store = wasmtime_store_new(world.engine, NULL, NULL);
    worlds[i].context = wasmtime_store_context(worlds[i].store);
    wasm_trap_t* trap = NULL;
    OK(wasmtime_linker_instantiate(world.linker, worlds[i].context, world.module, &worlds[i].instance, &trap));
    begin(&worlds[i], &calls[i], "twice", i);
  }
  for (int poll = 0; poll < 3; ++poll) {
    for (int i = 0; i < kStores; ++i) CHECK(wasmtime_call_future_poll(calls[i].future) == (poll == 2));
  }
  for (int i = 0; i < kStores; ++i) {
    CHECK_EQ(calls[i].result.of.i32, i * 20 + 10);
    wasmtime_call_future_delete(calls[i].future);
    wasmtime_store_delete(worlds[i].store);
  }
  leave(&world);
}

// --- stacks

static struct {
  int made, freed, creators_freed;
  size_t size;
  bool refuses, short_of;
} stacks;

typedef struct {
  uint8_t* low;
  size_t size;
} own_stack_t;

static uint8_t* own_stack_top(void* env, size_t* length) {
  const own_stack_t* stack = (own_stack_t*)env;
  *length = stacks.short_of ? stack->size / 2 : stack->size;
  return stack->low + stack->size;
}

static void own_stack_free(void* env) {
  own_stack_t* stack = (own_stack_t*)env;
  munmap(stack->low, stack->size);
  free(stack);
  ++stacks.freed;
}

static wasmtime_error_t* own_stack_new(void* env, size_t size, bool zeroed, wasmtime_stack_memory_t* out) {
  CHECK(env == &stacks && !zeroed);
  if (stacks.refuses) return wasmtime_error_new("no stack left");
  own_stack_t* stack = (own_stack_t*)malloc(sizeof *stack);
  stack->size = (size + 4095) & ~(size_t)4095;
  stack->low = (uint8_t*)mmap(NULL, stack->size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  CHECK(stack->low != (uint8_t*)MAP_FAILED);
  out->env = stack;
  out->get_stack_memory = own_stack_top;
  out->finalizer = own_stack_free;
  ++stacks.made;
  stacks.size = size;
  return NULL;
}

static void stacks_done(void* env) {
  CHECK(env == &stacks);
  ++stacks.creators_freed;
}

static void host_stacks(void) {
  wasmtime_stack_creator_t creator = {&stacks, own_stack_new, stacks_done};
  wasm_config_t* config = wasm_config_new();
  wasmtime_config_host_stack_creator_set(config, &creator);
  wasmtime_config_async_stack_size_set(config, 700 << 10);
  world_t world = world_with(config);
  host.polls_needed = 1;
  call_t call;
  begin(&world, &call, "twice", 0);
  CHECK_EQ(stacks.made, 0);
  CHECK(!wasmtime_call_future_poll(call.future));
  CHECK_EQ(stacks.made, 1);
  CHECK_EQ(stacks.size, 700 << 10);
  CHECK_EQ(finish(&call), 1);
  CHECK_EQ(call.result.of.i32, 10);
  CHECK_EQ(stacks.freed, 1);
  stacks.refuses = true;
  begin(&world, &call, "twice", 0);
  CHECK_EQ(finish(&call), 0);
  FAILS(call.error, "no stack left");
  stacks.refuses = false;
  stacks.short_of = true;
  begin(&world, &call, "twice", 0);
  CHECK_EQ(finish(&call), 0);
  FAILS(call.error, "smaller than it must be");
  CHECK_EQ(stacks.freed, 2);
  leave(&world);
  CHECK_EQ(stacks.creators_freed, 1);

  creator.new_stack = NULL;
  config = wasm_config_new();
  wasmtime_config_host_stack_creator_set(config, &creator);
  CHECK(wasm_engine_new_with_config(config) == NULL);
}

static void stack_bounds(void) {
  wasmtime_pooling_allocation_config_t* bounds = wasmtime_pooling_allocation_config_new();
  wasmtime_pooling_allocation_config_total_stacks_set(bounds, 1);
  wasm_config_t* config = wasm_config_new();
  wasmtime_pooling_allocation_strategy_set(config, bounds);
  wasmtime_pooling_allocation_config_delete(bounds);
  world_t world = world_with(config);
  world_t other = world;
  other.store = wasmtime_store_new(world.engine, NULL, NULL);
  other.context = wasmtime_store_context(other.store);
  wasm_trap_t* trap = NULL;
  OK(wasmtime_linker_instantiate(world.linker, other.context, world.module, &other.instance, &trap));
  host.polls_needed = 1;
  call_t first, second;
  begin(&world, &first, "twice", 0);
  CHECK(!wasmtime_call_future_poll(first.future));
  begin(&other, &second, "twice", 0);
  CHECK(wasmtime_call_future_poll(second.future));
  FAILS(second.error, "maximum concurrent limit of 1 for fibers reached");
  wasmtime_call_future_delete(second.future);
  CHECK_EQ(finish(&first), 1);
  begin(&other, &second, "twice", 0);
  CHECK_EQ(finish(&second), 2);
  wasmtime_store_delete(other.store);
  leave(&world);
}

// A guest and a host that call each other run out of stack with a trap, however small the stack is.
static wasm_trap_t* call_back(void* env, wasmtime_caller_t* caller, const wasmtime_val_t* args, size_t nargs,
                              wasmtime_val_t* results, size_t nresults) {
  (void)env, (void)args, (void)nargs, (void)results, (void)nresults;
  wasmtime_extern_t f;
  CHECK(wasmtime_caller_export_get(caller, "f", 1, &f));
  wasm_trap_t* trap = NULL;
  OK(wasmtime_func_call(wasmtime_caller_context(caller), &f.of.func, NULL, 0, NULL, 0, &trap));
  return trap;
}

static void small_stacks(void) {
  wasm_config_t* config = wasm_config_new();
  wasmtime_config_max_wasm_stack_set(config, 64 << 10);
  wasmtime_config_async_stack_size_set(config, 64 << 10);
  wasm_engine_t* engine = wasm_engine_new_with_config(config);
  wasmtime_linker_t* linker = wasmtime_linker_new(engine);
  wasm_functype_t* type = wasm_functype_new_0_0();
  OK(wasmtime_linker_define_func(linker, "host", 4, "f", 1, type, call_back, NULL, NULL));
  wasm_functype_delete(type);
  wasmtime_module_t* module =
      module_of(engine, "(module (import \"host\" \"f\" (func $f)) (func (export \"f\") (call $f) (call $f)))");
  wasmtime_store_t* store = wasmtime_store_new(engine, NULL, NULL);
  world_t world;
  world.context = wasmtime_store_context(store);
  wasm_trap_t* trap = NULL;
  wasmtime_error_t* error = NULL;
  OK(wasmtime_linker_instantiate(linker, world.context, module, &world.instance, &trap));
  const wasmtime_extern_t f = export_of(world.context, &world.instance, "f");
  wasmtime_call_future_t* future = wasmtime_func_call_async(world.context, &f.of.func, NULL, 0, NULL, 0, &trap, &error);
  CHECK(wasmtime_call_future_poll(future));
  CHECK(error == NULL);
  TRAPS(trap, "call stack exhausted");
  wasmtime_call_future_delete(future);
  wasmtime_store_delete(store);
  wasmtime_module_delete(module);
  wasmtime_linker_delete(linker);
  wasm_engine_delete(engine);
}

int main(void) {
  waits();
  ends_badly();
  given_up();
  fuel_yields();
  epoch_yields();
  instantiations();
  references();
  threads();
  many();
  host_stacks();
  stack_bounds();
  small_stacks();
  return 0;
}
