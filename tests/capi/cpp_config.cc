// wasmtime/config.hh, engine.hh: every setter arrives, memories come from the host, engines are shared.
#include "guest.hh"

using namespace wasmtime;

static Engine engine_of(Config config) {
  Engine engine(std::move(config));
  CHECK(engine.capi() != nullptr);
  return engine;
}

// A feature that is on at first accepts the module; turned off, the module is refused.
static void feature(void (Config::*set)(bool), std::string_view text) {
  const std::vector<uint8_t> wasm = VALUE(wat2wasm(text));
  Config on;
  (on.*set)(true);
  Engine with = engine_of(std::move(on));
  (void)VALUE(Module::validate(with, wasm));
  Config off;
  (off.*set)(false);
  Engine without = engine_of(std::move(off));
  CHECK(!Module::validate(without, wasm));
  CHECK(!Module::compile(without, wasm));
}

static void features() {
  feature(&Config::wasm_tail_call, "(module (func $f return_call $f))");
  feature(&Config::wasm_threads, "(module (memory 1 1 shared))");
  feature(&Config::wasm_simd, "(module (func (drop (v128.const i32x4 0 0 0 0))))");
  feature(&Config::wasm_bulk_memory,
          "(module (memory 1) (func (memory.fill (i32.const 0) (i32.const 0) (i32.const 0))))");
  feature(&Config::wasm_multi_value, "(module (func (result i32 i32) i32.const 1 i32.const 2))");
  feature(&Config::wasm_multi_memory, "(module (memory 1) (memory 1))");
  feature(&Config::wasm_memory64, "(module (memory i64 1))");
  feature(&Config::wasm_gc, "(module (type (struct)))");
  feature(&Config::wasm_wide_arithmetic,
          "(module (func (param i64 i64) (result i64 i64) local.get 0 local.get 1 i64.mul_wide_u))");
  feature(&Config::wasm_exceptions, "(module (tag))");
  feature(&Config::wasm_custom_page_sizes, "(module (memory 1 (pagesize 1)))");
  feature(&Config::wasm_relaxed_simd,
          "(module (func (param v128 v128) (result v128) local.get 0 local.get 1 i8x16.relaxed_swizzle))");
}

// Setters without an effect that could be seen from here: they are taken, and the engine is made.
static void others() {
  Config config;
  config.debug_info(false);
  config.wasm_reference_types(true);
  config.wasm_function_references(true);
  config.wasm_relaxed_simd_deterministic(true);
  config.wasm_component_model(true);
  config.wasm_component_model_map(false);
  config.wasm_component_model_async(true);
  config.wasm_component_model_more_async_builtins(false);
  config.wasm_component_model_async_stackful(false);
  config.concurrency_support(true);
  config.parallel_compilation(false);
  config.strategy(Strategy::Auto);
  config.cranelift_debug_verifier(false);
  config.cranelift_nan_canonicalization(false);
  config.cranelift_opt_level(OptLevel::SpeedAndSize);
  config.cranelift_regalloc_algorithm(RegallocAlgorithm::SinglePass);
  config.profiler(ProfilingStrategy::None);
  config.memory_reservation(1 << 20);
  config.memory_reservation_for_growth(1 << 20);
  config.memory_guard_size(1 << 16);
  config.memory_may_move(true);
  config.memory_init_cow(false);
  config.native_unwind_info(true);
  config.macos_use_mach_ports(false);
  config.signals_based_traps(true);
  config.max_wasm_stack(256 << 10);
  config.shared_memory(true);
  const Config moved = std::move(config);
  CHECK(moved.capi() != nullptr && config.capi() == nullptr);
  config = Config();
  (void)VALUE(config.cache_load_default());
  CHECK(!config.cache_load("/nonexistent/cache.toml"));
  Engine engine = engine_of(std::move(config));
  CHECK(!engine.is_pulley());

  // An unknown flag of the compiler makes no engine, or is kept: either way nothing crashes.
  Config flags;
  flags.cranelift_flag_enable("enable_verifier");
  flags.cranelift_flag_set("opt_level", "speed");
  const Engine flagged(std::move(flags));
}

static void stack_bound() {
  Config config;
  config.max_wasm_stack(64 << 10);
  Engine engine = engine_of(std::move(config));
  Store store(engine);
  const Module module = VALUE(Module::compile(engine, "(module (func $f (export \"f\") call $f))"));
  const Instance instance = VALUE(Instance::create(store, module, {}));
  const auto result = export_of<Func>(store, instance, "f").call(store, {});
  FAILS(result, "call stack exhausted");
  CHECK(std::get<Trap>(result.err_ref().data).code() == WASMTIME_TRAP_CODE_STACK_OVERFLOW);
}

static void pool() {
  PoolAllocationConfig bounds;
  bounds.max_unused_warm_slots(1);
  bounds.decommit_batch_size(2);
  bounds.async_stack_keep_resident(3 << 16);
  bounds.linear_memory_keep_resident(4 << 16);
  bounds.table_keep_resident(5 << 16);
  bounds.total_component_instances(6);
  bounds.max_component_instance_size(7 << 16);
  bounds.max_core_instances_per_component(8);
  bounds.max_memories_per_component(9);
  bounds.max_tables_per_component(10);
  bounds.total_memories(3);
  bounds.total_tables(3);
  bounds.total_stacks(3);
  bounds.total_core_instances(2);
  bounds.max_core_instance_size(15 << 16);
  bounds.max_tables_per_module(1);
  bounds.table_elements(17);
  bounds.max_memories_per_module(1);
  bounds.max_memory_size(2 << 16);
  bounds.total_gc_heaps(3);
  const PoolAllocationConfig moved = std::move(bounds);

  Config config;
  config.memory_reservation(2 << 16);
  config.pooling_allocation_strategy(moved);
  Engine engine = engine_of(std::move(config));
  CHECK(!Module::compile(engine, "(module (memory 1) (memory 1))"));
  const Module module = VALUE(Module::compile(engine, "(module (memory (export \"m\") 1))"));
  Store store(engine);
  const Instance first = VALUE(Instance::create(store, module, {}));
  (void)VALUE(Instance::create(store, module, {}));
  CHECK(!Instance::create(store, module, {}));
  const Memory memory = export_of<Memory>(store, first, "m");
  CHECK_EQ(VALUE(memory.grow(store, 1)), 1);
  CHECK(!memory.grow(store, 1));
}

// Makes memories of vectors, and counts them.
struct VectorMemories {
  struct Memory {
    Counted counted;
    std::vector<uint8_t> bytes;

    uint8_t* get_memory(size_t* byte_size, size_t* byte_capacity) {
      *byte_size = bytes.size();
      *byte_capacity = bytes.capacity();
      return bytes.data();
    }
    Result<std::monostate> grow_memory(size_t new_size) {
      if (new_size > 4 * 65536) return Error("no more than four pages here");
      bytes.resize(new_size);
      return std::monostate();
    }
  };

  int& memories;
  Counted counted;

  Result<Memory> new_memory(const MemoryType::Ref& ty, size_t minimum, size_t maximum, size_t reserved, size_t guard) {
    CHECK(ty.min() * 65536 == minimum && reserved == 0 && guard == 0 && maximum >= minimum);
    if (minimum > 4 * 65536) return Error("too large from the start");
    return Memory{Counted(memories), std::vector<uint8_t>(minimum)};
  }
};

static void host_memories() {
  int memories = 0, creators = 0;
  {
    Config config;
    config.memory_guard_size(0);
    config.memory_reservation(0);
    config.memory_reservation_for_growth(0);
    config.host_memory_creator(VectorMemories{memories, Counted(creators)});
    CHECK_EQ(creators, 1);
    Engine engine = engine_of(std::move(config));
    const Module module = VALUE(Module::compile(engine, R"((module (memory (export "m") 1)
      (func (export "last") (param i32) (result i32) local.get 0 i32.load8_u)
      (data (i32.const 3) "x")))"));
    Store store(engine);
    const Instance instance = VALUE(Instance::create(store, module, {}));
    CHECK_EQ(memories, 1);
    const Memory memory = export_of<Memory>(store, instance, "m");
    CHECK(memory.data(store).size() == 65536 && memory.data(store)[3] == 'x');
    CHECK_EQ(VALUE(memory.grow(store, 2)), 1);
    CHECK(memory.data(store).size() == 3 * 65536 && memory.data(store)[3] == 'x');
    memory.data(store)[3 * 65536 - 1] = 42;
    CHECK_EQ(VALUE(export_of<Func>(store, instance, "last").call(store, {3 * 65536 - 1}))[0].i32(), 42);
    CHECK(!memory.grow(store, 2));
    CHECK_EQ(memory.size(store), 3);
    FAILS(Memory::create(store, MemoryType(5)), "too large");
  }
  CHECK(memories == 0 && creators == 0);
}

static void engines() {
  Engine engine;
  Engine copy = engine;
  copy = engine;
  const Engine moved = std::move(copy);
  copy = moved;
  // A module of one is a module of the other: they are the same engine.
  const Module module = VALUE(Module::compile(copy, "(module)"));
  Store store(engine);
  (void)VALUE(Instance::create(store, module, {}));

  Config contradiction;
  contradiction.max_wasm_stack(0);
  CHECK(Engine(std::move(contradiction)).capi() == nullptr);
}

int main() {
  features();
  others();
  stack_bound();
  pool();
  host_memories();
  engines();
  return 0;
}
