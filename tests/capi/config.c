// wasmtime/config.h: every setting has its effect, is kept for later, or gives no engine.
#define _POSIX_C_SOURCE 200809L  // mkstemp

#include "guest.h"

// An engine with one setting changed; NULL if there is none.
#define ENGINE_WITH(setting) (config = wasm_config_new(), setting, wasm_engine_new_with_config(config))

static wasm_config_t* config;

// Does an engine accept a module? Takes the engine.
static bool accepts(wasm_engine_t* engine, const char* text) {
  CHECK(engine != NULL);
  wasm_byte_vec_t binary;
  OK(wasmtime_wat2wasm(text, strlen(text), &binary));
  wasmtime_error_t* error = wasmtime_module_validate(engine, (const uint8_t*)binary.data, binary.size);
  const bool accepted = error == NULL;
  wasmtime_error_delete(error);
  wasm_byte_vec_delete(&binary);
  wasm_engine_delete(engine);
  return accepted;
}

// A setting of a proposal turns a module on and off.
#define TURNS(setting, text)                                    \
  do {                                                          \
    CHECK(accepts(ENGINE_WITH(setting(config, true)), text));   \
    CHECK(!accepts(ENGINE_WITH(setting(config, false)), text)); \
  } while (0)

static void proposals(void) {
  TURNS(wasmtime_config_wasm_threads_set,
        "(module (func (param i32) (drop (i32.atomic.load (local.get 0)))) (memory 1 1 shared)"
        " (func atomic.fence))");
  TURNS(wasmtime_config_wasm_tail_call_set, "(module (func $f (return_call $f)))");
  TURNS(wasmtime_config_wasm_reference_types_set, "(module (func (param externref)))");
  TURNS(wasmtime_config_wasm_function_references_set,
        "(module (type $t (func)) (func (param (ref $t)) (call_ref $t (local.get 0))))");
  TURNS(wasmtime_config_wasm_gc_set, "(module (type (struct (field i32))))");
  TURNS(wasmtime_config_gc_support_set, "(module (func (param externref)))");
  CHECK(!accepts(ENGINE_WITH(wasmtime_config_gc_support_set(config, false)), "(module (type (struct)))"));
  CHECK(accepts(ENGINE_WITH(wasmtime_config_gc_support_set(config, false)), "(module (tag))"));
  CHECK(accepts(ENGINE_WITH(wasmtime_config_gc_support_set(config, false)), "(module (func (param funcref)))"));
  TURNS(wasmtime_config_wasm_simd_set, "(module (func (param v128)))");
  TURNS(wasmtime_config_wasm_relaxed_simd_set,
        "(module (func (param v128) (result v128) (i8x16.relaxed_swizzle (local.get 0) (local.get 0))))");
  TURNS(wasmtime_config_wasm_bulk_memory_set,
        "(module (memory 1) (func (memory.fill (i32.const 0) (i32.const 0) (i32.const 0))))");
  TURNS(wasmtime_config_wasm_multi_value_set, "(module (func (result i32 i32) (i32.const 0) (i32.const 0)))");
  TURNS(wasmtime_config_wasm_multi_memory_set, "(module (memory 1) (memory 1))");
  TURNS(wasmtime_config_wasm_memory64_set, "(module (memory i64 1))");
  TURNS(wasmtime_config_wasm_wide_arithmetic_set,
        "(module (func (param i64) (result i64 i64) (i64.mul_wide_u (local.get 0) (local.get 0))))");
  TURNS(wasmtime_config_wasm_exceptions_set, "(module (tag $e) (func (throw $e)))");
  TURNS(wasmtime_config_wasm_custom_page_sizes_set, "(module (memory 1 (pagesize 1)))");
  // A hint is a custom section, so a module is valid with and without; a malformed one is not looked at without.
  CHECK(accepts(ENGINE_WITH(wasmtime_config_wasm_branch_hinting_set(config, true)), "(module)"));
  CHECK(accepts(ENGINE_WITH(wasmtime_config_wasm_branch_hinting_set(config, false)), "(module)"));
}

// --- what runs differently

static wasmtime_error_t* make_module(wasm_engine_t* engine, const char* text, wasmtime_module_t** module) {
  wasm_byte_vec_t binary;
  OK(wasmtime_wat2wasm(text, strlen(text), &binary));
  wasmtime_error_t* error = wasmtime_module_new(engine, (const uint8_t*)binary.data, binary.size, module);
  wasm_byte_vec_delete(&binary);
  return error;
}

// Calls the export "f" of a module without imports; the trap, or NULL.
static wasm_trap_t* run(wasm_engine_t* engine, const char* text) {
  wasmtime_store_t* store = wasmtime_store_new(engine, NULL, NULL);
  wasmtime_context_t* context = wasmtime_store_context(store);
  wasmtime_module_t* module = module_of(engine, text);
  const wasmtime_instance_t instance = instance_of(context, module);
  const wasmtime_extern_t f = export_of(context, &instance, "f");
  wasm_trap_t* trap = NULL;
  OK(wasmtime_func_call(context, &f.of.func, NULL, 0, NULL, 0, &trap));
  wasmtime_module_delete(module);
  wasmtime_store_delete(store);
  return trap;
}

static const char kNothing[] = "(module (func (export \"f\")))";
static const char kLoop[] =
    "(module (func (export \"f\") (local i32) (local.set 0 (i32.const 100))"
    "  (loop $l (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))))";
static const char kRecursion[] = "(module (func $f (export \"f\") (call $f)))";

static void budgets(void) {
  wasm_engine_t* engine = ENGINE_WITH(wasmtime_config_consume_fuel_set(config, true));
  TRAPS(run(engine, kLoop), "all fuel consumed");
  wasm_engine_delete(engine);
  engine = ENGINE_WITH(wasmtime_config_epoch_interruption_set(config, true));
  TRAPS(run(engine, kLoop), "interrupt");
  wasm_engine_delete(engine);
  engine = wasm_engine_new();
  CHECK(run(engine, kLoop) == NULL);
  wasm_engine_delete(engine);
}

// How deep a recursion gets before it traps.
static int32_t depth(wasm_engine_t* engine) {
  wasmtime_store_t* store = wasmtime_store_new(engine, NULL, NULL);
  wasmtime_context_t* context = wasmtime_store_context(store);
  wasmtime_module_t* module =
      module_of(engine,
                "(module (global $depth (export \"depth\") (mut i32) (i32.const 0))"
                "  (func $f (export \"f\")"
                "    (global.set $depth (i32.add (global.get $depth) (i32.const 1))) (call $f)))");
  const wasmtime_instance_t instance = instance_of(context, module);
  const wasmtime_extern_t f = export_of(context, &instance, "f"), global = export_of(context, &instance, "depth");
  wasm_trap_t* trap = NULL;
  OK(wasmtime_func_call(context, &f.of.func, NULL, 0, NULL, 0, &trap));
  TRAPS(trap, "call stack exhausted");
  wasmtime_val_t value;
  wasmtime_global_get(context, &global.of.global, &value);
  wasmtime_module_delete(module);
  wasmtime_store_delete(store);
  wasm_engine_delete(engine);
  return value.of.i32;
}

static void stacks(void) {
  const int32_t usual = depth(wasm_engine_new());
  const int32_t small = depth(ENGINE_WITH(wasmtime_config_max_wasm_stack_set(config, 64 << 10)));
  CHECK(small > 10);
  CHECK(small * 4 < usual);
  CHECK(ENGINE_WITH(wasmtime_config_max_wasm_stack_set(config, 0)) == NULL);
  // As much as was asked for must fit; without a wish it does.
  CHECK(depth(ENGINE_WITH(wasmtime_config_max_wasm_stack_set(config, 4 << 20))) > usual);
  config = wasm_config_new();
  wasmtime_config_max_wasm_stack_set(config, 4 << 20);
  wasmtime_config_async_stack_size_set(config, 1 << 20);
  CHECK(wasm_engine_new_with_config(config) == NULL);
}

static void shared_memories(void) {
  const char text[] = "(module (memory 1 1 shared))";
  wasmtime_module_t* module = NULL;
  wasm_engine_t* engine = wasm_engine_new();
  FAILS(make_module(engine, text, &module), "shared memories are disabled");
  wasm_engine_delete(engine);
  engine = ENGINE_WITH(wasmtime_config_shared_memory_set(config, true));
  OK(make_module(engine, text, &module));
  wasmtime_module_delete(module);
  wasm_engine_delete(engine);
}

static void relaxed_simd(void) {
  // What a relaxed conversion makes of a NaN may depend on the machine, unless it must not.
  const char text[] =
      "(module (func (export \"f\") (if (i32x4.extract_lane 0 (i32x4.relaxed_trunc_f32x4_s"
      "  (f32x4.splat (f32.const nan)))) (then unreachable))))";
  wasm_engine_t* engine = ENGINE_WITH(wasmtime_config_wasm_relaxed_simd_deterministic_set(config, true));
  CHECK(run(engine, text) == NULL);
  wasm_engine_delete(engine);
}

static void images(void) {
  const char text[] =
      "(module (memory 1) (data (i32.const 8) \"*\")"
      "  (func (export \"f\") (if (i32.ne (i32.load8_u (i32.const 8)) (i32.const 42)) (then unreachable))))";
  for (int on = 0; on < 2; ++on) {
    wasm_engine_t* engine = ENGINE_WITH(wasmtime_config_memory_init_cow_set(config, on == 1));
    CHECK(run(engine, text) == NULL);
    wasm_engine_delete(engine);
  }
}

// --- memories

static void reservations(void) {
  config = wasm_config_new();
  wasmtime_config_memory_may_move_set(config, false);
  wasmtime_config_memory_reservation_set(config, 2 << 16);
  wasmtime_config_memory_guard_size_set(config, 0);
  wasmtime_config_memory_reservation_for_growth_set(config, 0);
  wasm_engine_t* engine = wasm_engine_new_with_config(config);
  wasmtime_store_t* store = wasmtime_store_new(engine, NULL, NULL);
  wasmtime_context_t* context = wasmtime_store_context(store);
  wasm_memorytype_t* type;
  OK(wasmtime_memorytype_new(1, false, 0, false, false, 16, &type));
  wasmtime_memory_t memory;
  OK(wasmtime_memory_new(context, type, &memory));
  uint64_t before;
  OK(wasmtime_memory_grow(context, &memory, 1, &before));
  FAILS(wasmtime_memory_grow(context, &memory, 1, &before), "failed to grow");
  wasm_memorytype_delete(type);
  wasmtime_store_delete(store);
  wasm_engine_delete(engine);
}

// A memory of ours: moves each time that it grows.
typedef struct {
  uint8_t* bytes;
  size_t size;
} own_memory_t;

typedef struct {
  int memories, freed_memories, freed_creators;
  size_t minimum, maximum, reserved, guard;
  bool is_64, refuses, lies;
} memory_host_t;
static memory_host_t host;

static uint8_t* own_get(void* env, size_t* size, size_t* capacity) {
  const own_memory_t* memory = (own_memory_t*)env;
  *size = *capacity = host.lies ? memory->size - 1 : memory->size;
  return memory->bytes;
}

static wasmtime_error_t* own_grow(void* env, size_t size) {
  own_memory_t* memory = (own_memory_t*)env;
  if (host.refuses) return wasmtime_error_new("no more");
  uint8_t* bytes = (uint8_t*)calloc(size, 1);
  memcpy(bytes, memory->bytes, memory->size);
  free(memory->bytes);
  memory->bytes = bytes;
  memory->size = size;
  return NULL;
}

static void own_free(void* env) {
  free(((own_memory_t*)env)->bytes);
  free(env);
  ++host.freed_memories;
}

static wasmtime_error_t* own_new(void* env, const wasm_memorytype_t* type, size_t minimum, size_t maximum,
                                 size_t reserved, size_t guard, wasmtime_linear_memory_t* out) {
  CHECK(env == &host);
  if (host.refuses) return wasmtime_error_new("none left");
  own_memory_t* memory = (own_memory_t*)malloc(sizeof *memory);
  memory->size = minimum;
  memory->bytes = (uint8_t*)calloc(minimum == 0 ? 1 : minimum, 1);
  out->env = memory;
  out->get_memory = own_get;
  out->grow_memory = own_grow;
  out->finalizer = own_free;
  ++host.memories;
  host.minimum = minimum;
  host.maximum = maximum;
  host.reserved = reserved;
  host.guard = guard;
  host.is_64 = wasmtime_memorytype_is64(type);
  return NULL;
}

static void host_done(void* env) {
  CHECK(env == &host);
  ++host.freed_creators;
}

static void host_memories(void) {
  memset(&host, 0, sizeof host);
  wasmtime_memory_creator_t creator = {&host, own_new, host_done};
  config = wasm_config_new();
  wasmtime_config_host_memory_creator_set(config, &creator);
  wasmtime_config_memory_reservation_set(config, 1 << 20);
  wasmtime_config_memory_guard_size_set(config, 4096);
  wasm_engine_t* engine = wasm_engine_new_with_config(config);
  wasmtime_store_t* store = wasmtime_store_new(engine, NULL, NULL);
  wasmtime_context_t* context = wasmtime_store_context(store);
  wasmtime_module_t* module =
      module_of(engine,
                "(module (memory (export \"m\") 1 4) (data (i32.const 3) \"abc\")"
                "  (func (export \"grow\") (param i32) (result i32)"
                "    (i32.store8 (i32.const 0) (i32.const 7)) (memory.grow (local.get 0)))"
                "  (func (export \"load\") (param i32) (result i32) (i32.load8_u (local.get 0))))");
  const wasmtime_instance_t instance = instance_of(context, module);
  CHECK_EQ(host.memories, 1);
  CHECK_EQ(host.minimum, 65536);
  CHECK_EQ(host.maximum, 4 * 65536);
  CHECK_EQ(host.reserved, 1 << 20);
  CHECK_EQ(host.guard, 4096);
  CHECK(!host.is_64);
  const wasmtime_extern_t memory = export_of(context, &instance, "m");
  CHECK(memcmp(wasmtime_memory_data(context, &memory.of.memory) + 3, "abc", 3) == 0);

  // It moves, and code as well as the embedder see where it has gone.
  CHECK_EQ(call_i32(context, &instance, "grow", 1), 1);
  CHECK_EQ(call_i32(context, &instance, "load", 4), 'b');
  CHECK_EQ(call_i32(context, &instance, "load", 0), 7);
  CHECK_EQ(call_i32(context, &instance, "load", 2 * 65536 - 1), 0);
  uint64_t before;
  OK(wasmtime_memory_grow(context, &memory.of.memory, 1, &before));
  CHECK_EQ(before, 2);
  wasmtime_memory_data(context, &memory.of.memory)[3 * 65536 - 1] = 9;
  CHECK_EQ(call_i32(context, &instance, "load", 3 * 65536 - 1), 9);

  // A refusal leaves everything as it was.
  host.refuses = true;
  CHECK_EQ(call_i32(context, &instance, "grow", 1), -1);
  CHECK_EQ(wasmtime_memory_size(context, &memory.of.memory), 3);
  wasmtime_error_t* refusal = wasmtime_memory_grow(context, &memory.of.memory, 1, &before);
  wasm_name_t text;
  wasmtime_error_message(refusal, &text);
  CHECK(contains(&text, "failed to grow memory by `1`") && contains(&text, "no more"));
  wasm_name_delete(&text);
  wasmtime_error_delete(refusal);
  wasmtime_instance_t second;
  wasm_trap_t* trap = NULL;
  FAILS(wasmtime_instance_new(context, module, NULL, 0, &second, &trap), "none left");
  // So does a memory that is smaller than it must be.
  host.refuses = false;
  host.lies = true;
  FAILS(wasmtime_instance_new(context, module, NULL, 0, &second, &trap), "smaller than it must be");
  CHECK_EQ(host.freed_memories, 1);
  CHECK_EQ(call_i32(context, &instance, "grow", 1), -1);
  host.lies = false;

  // A memory that the embedder asks for; without a maximum, and empty.
  wasm_memorytype_t* type;
  OK(wasmtime_memorytype_new(0, false, 0, true, false, 16, &type));
  wasmtime_memory_t mine;
  OK(wasmtime_memory_new(context, type, &mine));
  wasm_memorytype_delete(type);
  CHECK_EQ(host.minimum, 0);
  CHECK(host.maximum == (size_t)-1);
  CHECK(host.is_64);

  wasmtime_module_delete(module);
  wasmtime_store_delete(store);
  CHECK_EQ(host.freed_memories, host.memories);
  CHECK_EQ(host.freed_creators, 0);
  wasm_engine_delete(engine);
  CHECK_EQ(host.freed_creators, 1);

  creator.new_memory = NULL;
  CHECK(ENGINE_WITH(wasmtime_config_host_memory_creator_set(config, &creator)) == NULL);
  CHECK_EQ(host.freed_creators, 1);
}

// --- bounds

static wasm_engine_t* bounded(wasmtime_pooling_allocation_config_t* bounds) {
  config = wasm_config_new();
  wasmtime_pooling_allocation_strategy_set(config, bounds);
  wasmtime_pooling_allocation_config_delete(bounds);
  wasm_engine_t* engine = wasm_engine_new_with_config(config);
  CHECK(engine != NULL);
  return engine;
}

// What instantiating a module twice says, in two stores.
static wasmtime_error_t* twice(wasm_engine_t* engine, const char* text) {
  wasmtime_module_t* module = NULL;
  wasmtime_error_t* error = make_module(engine, text, &module);
  if (error == NULL) {
    wasmtime_store_t* stores[2];
    for (int i = 0; i < 2; ++i) {
      wasmtime_instance_t instance;
      wasm_trap_t* trap = NULL;
      stores[i] = wasmtime_store_new(engine, NULL, NULL);
      if (error == NULL)
        error = wasmtime_instance_new(wasmtime_store_context(stores[i]), module, NULL, 0, &instance, &trap);
      CHECK(trap == NULL);
    }
    wasmtime_store_delete(stores[0]);
    wasmtime_store_delete(stores[1]);
    wasmtime_module_delete(module);
  }
  wasm_engine_delete(engine);
  return error;
}

#define BOUND(name, value)                                                                                            \
  (bounds = wasmtime_pooling_allocation_config_new(), wasmtime_pooling_allocation_config_##name##_set(bounds, value), \
   bounded(bounds))

static void pools(void) {
  wasmtime_pooling_allocation_config_t* bounds;
  const char text[] = "(module (memory 1) (table 1 funcref))";
  OK(twice(bounded(wasmtime_pooling_allocation_config_new()), text));
  FAILS(twice(BOUND(total_core_instances, 1), text), "maximum concurrent limit of 1 for core instances reached");
  FAILS(twice(BOUND(total_memories, 1), text), "maximum concurrent limit of 1 for memories reached");
  FAILS(twice(BOUND(total_tables, 1), text), "maximum concurrent limit of 1 for tables reached");
  FAILS(twice(BOUND(total_gc_heaps, 1), "(module (type (array i8)))"),
        "maximum concurrent limit of 1 for GC heaps reached");
  FAILS(twice(BOUND(max_memory_size, 65535), text), "minimum size above the limit of 65535 bytes");
  FAILS(twice(BOUND(table_elements, 0), text), "exceeds the limit of 0");
  FAILS(twice(BOUND(max_memories_per_module, 0), text), "defined memories count of 1");
  FAILS(twice(BOUND(max_tables_per_module, 0), text), "defined tables count of 1");
  OK(twice(BOUND(max_memories_per_module, 2), "(module (memory 1) (memory 1))"));
  OK(twice(BOUND(max_tables_per_module, 2), "(module (table 1 funcref) (table 1 funcref))"));

  // All of them, as the settings have them then.
  bounds = wasmtime_pooling_allocation_config_new();
  uint64_t value = 0;
#define BOUNDS(action)                                                                                           \
  action(max_unused_warm_slots) action(decommit_batch_size) action(async_stack_keep_resident)                    \
      action(linear_memory_keep_resident) action(table_keep_resident) action(total_component_instances)          \
          action(max_component_instance_size) action(max_core_instances_per_component)                           \
              action(max_memories_per_component) action(max_tables_per_component) action(max_core_instance_size) \
                  action(total_core_instances) action(total_memories) action(total_tables) action(total_stacks)  \
                      action(total_gc_heaps) action(max_memories_per_module) action(max_tables_per_module)       \
                          action(max_memory_size) action(table_elements)
#define SET(name) wasmtime_pooling_allocation_config_##name##_set(bounds, ++value * 101);
#define READ(name)                                            \
  CHECK(gantry_config_get(config, "pooling." #name, &value)); \
  CHECK_EQ(value, ++expected * 101);
  BOUNDS(SET)
  config = wasm_config_new();
  wasmtime_pooling_allocation_strategy_set(config, bounds);
  wasmtime_pooling_allocation_config_delete(bounds);
  uint64_t expected = 0;
  BOUNDS(READ)
  wasm_config_delete(config);
  wasmtime_pooling_allocation_config_delete(NULL);
}

// --- what concerns native code and components, and what is refused

static uint64_t setting(const char* name) {
  uint64_t value = 12345;
  CHECK(gantry_config_get(config, name, &value));
  return value;
}

// A setting has its first value, then the one that it is given.
#define KEEPS(name, first, second)                \
  do {                                            \
    CHECK_EQ(setting(#name), first);              \
    wasmtime_config_##name##_set(config, second); \
    CHECK_EQ(setting(#name), second);             \
  } while (0)

static void kept(void) {
  config = wasm_config_new();
  KEEPS(debug_info, false, true);
  KEEPS(cranelift_debug_verifier, false, true);
  KEEPS(native_unwind_info, true, false);
  KEEPS(macos_use_mach_ports, true, false);
  KEEPS(signals_based_traps, true, false);
  KEEPS(parallel_compilation, true, false);
  KEEPS(strategy, WASMTIME_STRATEGY_AUTO, WASMTIME_STRATEGY_WINCH);
  KEEPS(cranelift_opt_level, WASMTIME_OPT_LEVEL_SPEED, WASMTIME_OPT_LEVEL_SPEED_AND_SIZE);
  KEEPS(cranelift_regalloc_algorithm, WASMTIME_REGALLOC_BACKTRACKING, WASMTIME_REGALLOC_SINGLE_PASS);
  KEEPS(profiler, WASMTIME_PROFILING_STRATEGY_NONE, WASMTIME_PROFILING_STRATEGY_PERFMAP);
  KEEPS(memory_may_move, true, false);
  KEEPS(memory_reservation, 4ll << 30, 1 << 20);
  KEEPS(memory_guard_size, 32 << 20, 4096);
  KEEPS(memory_reservation_for_growth, 2ll << 30, 0);
  KEEPS(memory_init_cow, true, false);
  KEEPS(consume_fuel, false, true);
  KEEPS(async_stack_size, 2 << 20, 1 << 20);
  KEEPS(wasm_relaxed_simd_deterministic, false, true);
  KEEPS(wasm_branch_hinting, false, true);
  KEEPS(wasm_component_model, true, false);
  KEEPS(wasm_component_model_map, false, true);
  KEEPS(wasm_component_model_async, true, false);
  KEEPS(wasm_component_model_async_stackful, false, true);
  KEEPS(wasm_component_model_async_stackful, true, false);
  KEEPS(wasm_component_model_more_async_builtins, false, true);
  KEEPS(wasm_component_model_more_async_builtins, true, false);
  KEEPS(concurrency_support, true, false);
  CHECK_EQ(setting("wasm_stack_switching"), 0);
  wasmtime_config_wasm_stack_switching_set(config, false);
  wasmtime_config_cranelift_nan_canonicalization_set(config, false);
  CHECK(!gantry_config_get(config, "no_such_setting", NULL));
  CHECK(!gantry_config_get(config, "pooling.table_elements", NULL));
  CHECK(gantry_config_get(config, "strategy", NULL));
  wasmtime_config_cranelift_flag_enable(config, "has_avx");
  wasmtime_config_cranelift_flag_set(config, "opt_level", "speed");
#ifdef __aarch64__
  OK(wasmtime_config_target_set(config, "aarch64-unknown-linux-gnu"));
#else
  OK(wasmtime_config_target_set(config, "x86_64-unknown-linux-gnu"));
#endif
  OK(wasmtime_config_cache_config_load(config, NULL));
  wasmtime_config_consume_fuel_set(config, false);
  wasm_engine_t* engine = wasm_engine_new_with_config(config);
  CHECK(engine != NULL);
  CHECK(run(engine, kNothing) == NULL);
  TRAPS(run(engine, kRecursion), "call stack exhausted");
  wasm_engine_delete(engine);
}

static void refused(void) {
  CHECK(ENGINE_WITH(wasmtime_config_wasm_stack_switching_set(config, true)) == NULL);
  CHECK(ENGINE_WITH(wasmtime_config_cranelift_nan_canonicalization_set(config, true)) == NULL);
  CHECK(ENGINE_WITH(wasmtime_config_strategy_set(config, 3)) == NULL);
  CHECK(ENGINE_WITH(wasmtime_config_cranelift_opt_level_set(config, 3)) == NULL);
  CHECK(ENGINE_WITH(wasmtime_config_cranelift_regalloc_algorithm_set(config, 2)) == NULL);
  CHECK(ENGINE_WITH(wasmtime_config_profiler_set(config, 4)) == NULL);
  CHECK(ENGINE_WITH(wasmtime_config_cranelift_flag_enable(config, NULL)) == NULL);
  CHECK(ENGINE_WITH(wasmtime_config_cranelift_flag_set(config, "opt_level", NULL)) == NULL);
  CHECK(ENGINE_WITH(wasmtime_config_cranelift_flag_enable(config, "enable_nan_canonicalization")) == NULL);
  wasm_engine_t* engine = ENGINE_WITH(wasmtime_config_cranelift_flag_set(config, "enable_nan_canonicalization", "false"));
  CHECK(engine != NULL);
  wasm_engine_delete(engine);
  // Parts of the Component Model that need concurrency.
  config = wasm_config_new();
  wasmtime_config_concurrency_support_set(config, false);
  wasmtime_config_wasm_component_model_more_async_builtins_set(config, true);
  CHECK(wasm_engine_new_with_config(config) == NULL);
  config = wasm_config_new();
  wasmtime_config_concurrency_support_set(config, false);
  wasmtime_config_wasm_component_model_async_stackful_set(config, true);
  CHECK(wasm_engine_new_with_config(config) == NULL);
  config = wasm_config_new();
  FAILS(wasmtime_config_target_set(config, "riscv64gc-unknown-linux-gnu"), "riscv64gc-unknown-linux-gnu");
  FAILS(wasmtime_config_target_set(config, "x86_64-pc-windows-msvc"), "x86_64-pc-windows-msvc");
  FAILS(wasmtime_config_target_set(config, NULL), "target");
  wasm_config_delete(config);
  wasm_config_delete(NULL);
}

static wasmtime_error_t* load_cache(const char* text) {
  char path[] = "/tmp/gantry-cache-config-XXXXXX";
  const int fd = mkstemp(path);
  CHECK(fd >= 0);
  FILE* file = fdopen(fd, "w");
  CHECK(fputs(text, file) >= 0 && fclose(file) == 0);
  wasm_config_t* settings = wasm_config_new();
  wasmtime_error_t* error = wasmtime_config_cache_config_load(settings, path);
  wasm_config_delete(settings);
  remove(path);
  return error;
}

static void caches(void) {
  OK(load_cache("# nothing special\n[cache]\n"));
  OK(
      load_cache("[cache]  # the usual\ndirectory = \"/var/cache/x\"\nworker-event-queue-size = \"16\"\r\n"
                 "baseline-compression-level = 3\noptimized-compression-level=-1 # low\n\ncleanup-interval = '1h'\n"
                 "files-total-size-soft-limit = \"512Mi\"\nfile-count-limit-percent-if-deleting = \"70%\"\n"
                 "file-count-soft-limit = '64 K'"));
  FAILS(load_cache(""), "no table `[cache]`");
  FAILS(load_cache("directory = \"/x\"\n"), "line 1: `directory` stands before the table");
  FAILS(load_cache("[cache]\nenabled = true\n"), "line 2: unknown key `enabled`");
  FAILS(load_cache("[cache]\ndirectory = \"x\"\n"), "`x` is no value of `directory`");
  FAILS(load_cache("[cache]\ndirectory = \"/x\n"), "malformed value of `directory`");
  FAILS(load_cache("[cache]\ncleanup-interval = \"1 fortnight\"\n"), "is no value of");
  FAILS(load_cache("[cache]\ncleanup-interval = \"1h\" 2\n"), "text after the value");
  FAILS(load_cache("[cache]\nworker-event-queue-size =\n"), "malformed value");
  FAILS(load_cache("[cache]\nworker-event-queue-size = 1234567890123456789\n"), "is no value of");
  FAILS(load_cache("[cache]\nnonsense\n"), "expected `key = value`");
  FAILS(load_cache("[cache]\n[cache]\n"), "a second time");
  FAILS(load_cache("[cash]\n"), "unknown table");
  FAILS(load_cache("[cache\n"), "malformed table header");
  wasm_config_t* settings = wasm_config_new();
  FAILS(wasmtime_config_cache_config_load(settings, "/nonexistent/file"), "/nonexistent/file");
  wasm_config_delete(settings);
}

int main(void) {
  proposals();
  budgets();
  stacks();
  shared_memories();
  relaxed_simd();
  images();
  reservations();
  host_memories();
  pools();
  kept();
  refused();
  caches();
  return 0;
}
