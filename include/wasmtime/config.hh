/// \file wasmtime/config.hh
///
/// Settings of an engine. wasmtime/config.h says more about each of them: what it is at first, and which ones this
/// library keeps without effect.

#ifndef WASMTIME_CONFIG_HH
#define WASMTIME_CONFIG_HH

#include <wasmtime/conf.h>
#include <wasmtime/config.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <wasmtime/error.hh>
#include <wasmtime/helpers.hh>
#include <wasmtime/types/memory.hh>

namespace wasmtime {

/// Which compiler makes native code.
enum class Strategy {
  /// The best that there is.
  Auto = WASMTIME_STRATEGY_AUTO,
  /// The optimizing compiler.
  Cranelift = WASMTIME_STRATEGY_CRANELIFT,
  /// The baseline compiler: makes code quickly.
  Winch = WASMTIME_STRATEGY_WINCH,
};

/// How much the optimizing compiler does.
enum class OptLevel {
  /// No optimization.
  None = WASMTIME_OPT_LEVEL_NONE,
  /// For speed.
  Speed = WASMTIME_OPT_LEVEL_SPEED,
  /// For speed, without what makes code much larger.
  SpeedAndSize = WASMTIME_OPT_LEVEL_SPEED_AND_SIZE,
};

/// Which profiler is told about native code.
enum class ProfilingStrategy {
  /// None.
  None = WASMTIME_PROFILING_STRATEGY_NONE,
  /// Linux perf, with a jitdump file.
  Jitdump = WASMTIME_PROFILING_STRATEGY_JITDUMP,
  /// Intel VTune.
  Vtune = WASMTIME_PROFILING_STRATEGY_VTUNE,
  /// Linux perf, with a map file.
  Perfmap = WASMTIME_PROFILING_STRATEGY_PERFMAP,
};

/// How the optimizing compiler gives out registers.
enum RegallocAlgorithm {
  /// The one that gives the faster code.
  Backtracking = WASMTIME_REGALLOC_BACKTRACKING,
  /// The one that is faster itself.
  SinglePass = WASMTIME_REGALLOC_SINGLE_PASS,
};

#ifdef WASMTIME_FEATURE_POOLING_ALLOCATOR

/// Bounds on how many things of each kind an engine may have at the same time, and on what one module may define.
class PoolAllocationConfig : public detail::Owned<PoolAllocationConfig, wasmtime_pooling_allocation_config_t,
                                                  wasmtime_pooling_allocation_config_delete> {
 public:
  using Owned::Owned;

  /// The default bounds.
  PoolAllocationConfig() : Owned(wasmtime_pooling_allocation_config_new()) {}

  /// Sets how many unused places are kept ready for the module that used them last.
  void max_unused_warm_slots(std::uint32_t count) {
    wasmtime_pooling_allocation_config_max_unused_warm_slots_set(capi(), count);
  }
  /// Sets how many places are cleaned at a time.
  void decommit_batch_size(std::size_t size) {
    wasmtime_pooling_allocation_config_decommit_batch_size_set(capi(), size);
  }
#ifdef WASMTIME_FEATURE_ASYNC
  /// Sets how many bytes of an asynchronous call's stack stay in memory after the call.
  void async_stack_keep_resident(std::size_t size) {
    wasmtime_pooling_allocation_config_async_stack_keep_resident_set(capi(), size);
  }
#endif  // WASMTIME_FEATURE_ASYNC
  /// Sets how many bytes of a memory stay in memory after its end.
  void linear_memory_keep_resident(std::size_t size) {
    wasmtime_pooling_allocation_config_linear_memory_keep_resident_set(capi(), size);
  }
  /// Sets how many bytes of a table stay in memory after its end.
  void table_keep_resident(std::size_t size) {
    wasmtime_pooling_allocation_config_table_keep_resident_set(capi(), size);
  }
  /// Bounds the instances of components.
  void total_component_instances(std::uint32_t count) {
    wasmtime_pooling_allocation_config_total_component_instances_set(capi(), count);
  }
  /// Bounds the bytes that describe an instance of a component.
  void max_component_instance_size(std::size_t size) {
    wasmtime_pooling_allocation_config_max_component_instance_size_set(capi(), size);
  }
  /// Bounds the instances of modules in a component.
  void max_core_instances_per_component(std::uint32_t count) {
    wasmtime_pooling_allocation_config_max_core_instances_per_component_set(capi(), count);
  }
  /// Bounds the memories in a component.
  void max_memories_per_component(std::uint32_t count) {
    wasmtime_pooling_allocation_config_max_memories_per_component_set(capi(), count);
  }
  /// Bounds the tables in a component.
  void max_tables_per_component(std::uint32_t count) {
    wasmtime_pooling_allocation_config_max_tables_per_component_set(capi(), count);
  }
  /// Bounds the memories.
  void total_memories(std::uint32_t count) { wasmtime_pooling_allocation_config_total_memories_set(capi(), count); }
  /// Bounds the tables.
  void total_tables(std::uint32_t count) { wasmtime_pooling_allocation_config_total_tables_set(capi(), count); }
#ifdef WASMTIME_FEATURE_ASYNC
  /// Bounds the asynchronous calls.
  void total_stacks(std::uint32_t count) { wasmtime_pooling_allocation_config_total_stacks_set(capi(), count); }
#endif  // WASMTIME_FEATURE_ASYNC
  /// Bounds the instances of modules.
  void total_core_instances(std::uint32_t count) {
    wasmtime_pooling_allocation_config_total_core_instances_set(capi(), count);
  }
  /// Bounds the bytes that describe an instance of a module.
  void max_core_instance_size(std::size_t size) {
    wasmtime_pooling_allocation_config_max_core_instance_size_set(capi(), size);
  }
  /// Bounds the tables that a module may define.
  void max_tables_per_module(std::uint32_t count) {
    wasmtime_pooling_allocation_config_max_tables_per_module_set(capi(), count);
  }
  /// Bounds the elements of a table.
  void table_elements(std::size_t count) { wasmtime_pooling_allocation_config_table_elements_set(capi(), count); }
  /// Bounds the memories that a module may define.
  void max_memories_per_module(std::uint32_t count) {
    wasmtime_pooling_allocation_config_max_memories_per_module_set(capi(), count);
  }
  /// Bounds the bytes of a memory.
  void max_memory_size(std::size_t bytes) { wasmtime_pooling_allocation_config_max_memory_size_set(capi(), bytes); }
#ifdef WASMTIME_FEATURE_GC
  /// Bounds the stores that have a collected heap.
  void total_gc_heaps(std::uint32_t count) { wasmtime_pooling_allocation_config_total_gc_heaps_set(capi(), count); }
#endif  // WASMTIME_FEATURE_GC
};

#endif  // WASMTIME_FEATURE_POOLING_ALLOCATOR

/// Settings of an engine to be. Mistakes come to light when the engine is made.
class Config : public detail::Owned<Config, wasm_config_t, wasm_config_delete> {
 public:
  using Owned::Owned;

  /// The default settings.
  Config() : Owned(wasm_config_new()) {}

  /// Says whether native debuggers are told about native code.
  void debug_info(bool enable) { wasmtime_config_debug_info_set(capi(), enable); }
  /// Says whether running code looks at the engine's epoch and stops at its store's deadline.
  void epoch_interruption(bool enable) { wasmtime_config_epoch_interruption_set(capi(), enable); }
  /// Says whether running code uses fuel and traps without.
  void consume_fuel(bool enable) { wasmtime_config_consume_fuel_set(capi(), enable); }
  /// Sets how many bytes of stack WebAssembly may use in one call from the host.
  void max_wasm_stack(std::size_t size) { wasmtime_config_max_wasm_stack_set(capi(), size); }
#ifdef WASMTIME_FEATURE_THREADS
  /// Turns atomics and types of shared memories on or off.
  void wasm_threads(bool enable) { wasmtime_config_wasm_threads_set(capi(), enable); }
#endif  // WASMTIME_FEATURE_THREADS
  /// Says whether shared memories can be made.
  void shared_memory(bool enable) { wasmtime_config_shared_memory_set(capi(), enable); }
  /// Turns tail calls on or off.
  void wasm_tail_call(bool enable) { wasmtime_config_wasm_tail_call_set(capi(), enable); }
#ifdef WASMTIME_FEATURE_GC
  /// Turns references as values, and several tables on or off.
  void wasm_reference_types(bool enable) { wasmtime_config_wasm_reference_types_set(capi(), enable); }
#endif  // WASMTIME_FEATURE_GC
  /// Turns vectors of 128 bits on or off.
  void wasm_simd(bool enable) { wasmtime_config_wasm_simd_set(capi(), enable); }
  /// Turns vector instructions whose results may depend on the machine on or off.
  void wasm_relaxed_simd(bool enable) { wasmtime_config_wasm_relaxed_simd_set(capi(), enable); }
  /// Says whether those instructions must give the same results on every machine.
  void wasm_relaxed_simd_deterministic(bool enable) {
    wasmtime_config_wasm_relaxed_simd_deterministic_set(capi(), enable);
  }
  /// Turns `memory.copy`, `table.init` and their like on or off.
  void wasm_bulk_memory(bool enable) { wasmtime_config_wasm_bulk_memory_set(capi(), enable); }
  /// Turns several results of functions and blocks on or off.
  void wasm_multi_value(bool enable) { wasmtime_config_wasm_multi_value_set(capi(), enable); }
  /// Turns several memories in a module on or off.
  void wasm_multi_memory(bool enable) { wasmtime_config_wasm_multi_memory_set(capi(), enable); }
  /// Turns memories and tables with 64-bit addresses on or off.
  void wasm_memory64(bool enable) { wasmtime_config_wasm_memory64_set(capi(), enable); }
#ifdef WASMTIME_FEATURE_GC
  /// Turns structs, arrays and i31 values on or off.
  void wasm_gc(bool enable) { wasmtime_config_wasm_gc_set(capi(), enable); }
  /// Turns typed references to functions on or off.
  void wasm_function_references(bool enable) { wasmtime_config_wasm_function_references_set(capi(), enable); }
#endif  // WASMTIME_FEATURE_GC
  /// Turns arithmetic of 128-bit integers on or off.
  void wasm_wide_arithmetic(bool enable) { wasmtime_config_wasm_wide_arithmetic_set(capi(), enable); }
#ifdef WASMTIME_FEATURE_GC
  /// Turns exceptions on or off.
  void wasm_exceptions(bool enable) { wasmtime_config_wasm_exceptions_set(capi(), enable); }
#endif  // WASMTIME_FEATURE_GC
  /// Turns memories whose pages have one byte on or off.
  void wasm_custom_page_sizes(bool enable) { wasmtime_config_wasm_custom_page_sizes_set(capi(), enable); }
#ifdef WASMTIME_FEATURE_COMPONENT_MODEL
  /// Turns the Component Model on or off.
  void wasm_component_model(bool enable) { wasmtime_config_wasm_component_model_set(capi(), enable); }
  /// Turns maps in the interfaces of components on or off.
  void wasm_component_model_map(bool enable) { wasmtime_config_wasm_component_model_map_set(capi(), enable); }
  /// Says whether components may do several things at a time.
  void concurrency_support(bool enable) { wasmtime_config_concurrency_support_set(capi(), enable); }
#endif  // WASMTIME_FEATURE_COMPONENT_MODEL
#ifdef WASMTIME_FEATURE_COMPONENT_MODEL_ASYNC
  /// Turns asynchronous functions of components on or off.
  void wasm_component_model_async(bool enable) { wasmtime_config_wasm_component_model_async_set(capi(), enable); }
  /// Turns further built-in functions for asynchronous components on or off.
  void wasm_component_model_more_async_builtins(bool enable) {
    wasmtime_config_wasm_component_model_more_async_builtins_set(capi(), enable);
  }
  /// Turns asynchronous functions of components with stacks of their own on or off.
  void wasm_component_model_async_stackful(bool enable) {
    wasmtime_config_wasm_component_model_async_stackful_set(capi(), enable);
  }
#endif  // WASMTIME_FEATURE_COMPONENT_MODEL_ASYNC
#ifdef WASMTIME_FEATURE_PARALLEL_COMPILATION
  /// Says whether a module may be checked and compiled by several threads.
  void parallel_compilation(bool enable) { wasmtime_config_parallel_compilation_set(capi(), enable); }
#endif  // WASMTIME_FEATURE_PARALLEL_COMPILATION
#ifdef WASMTIME_FEATURE_COMPILER
  /// Chooses the compiler.
  void strategy(Strategy strategy) { wasmtime_config_strategy_set(capi(), static_cast<wasmtime_strategy_t>(strategy)); }
  /// Says whether the optimizing compiler checks its own work at each step.
  void cranelift_debug_verifier(bool enable) { wasmtime_config_cranelift_debug_verifier_set(capi(), enable); }
  /// Says whether every NaN that an instruction computes gets the same bits.
  void cranelift_nan_canonicalization(bool enable) {
    wasmtime_config_cranelift_nan_canonicalization_set(capi(), enable);
  }
  /// Sets how much the optimizing compiler does.
  void cranelift_opt_level(OptLevel level) {
    wasmtime_config_cranelift_opt_level_set(capi(), static_cast<wasmtime_opt_level_t>(level));
  }
  /// Sets how the optimizing compiler gives out registers.
  void cranelift_regalloc_algorithm(RegallocAlgorithm algorithm) {
    wasmtime_config_cranelift_regalloc_algorithm_set(capi(), static_cast<wasmtime_regalloc_algorithm_t>(algorithm));
  }
#endif  // WASMTIME_FEATURE_COMPILER
  /// Sets which profiler is told about native code.
  void profiler(ProfilingStrategy profiler) {
    wasmtime_config_profiler_set(capi(), static_cast<wasmtime_profiling_strategy_t>(profiler));
  }
  /// Sets how many bytes of address space a memory reserves at first.
  void memory_reservation(std::uint64_t size) { wasmtime_config_memory_reservation_set(capi(), size); }
  /// Sets how many more bytes a memory reserves when it is moved.
  void memory_reservation_for_growth(std::uint64_t size) {
    wasmtime_config_memory_reservation_for_growth_set(capi(), size);
  }
  /// Sets how many bytes of address space behind a memory must stay empty.
  void memory_guard_size(std::uint64_t size) { wasmtime_config_memory_guard_size_set(capi(), size); }
  /// Says whether a memory that has no room to grow may be moved.
  void memory_may_move(bool enable) { wasmtime_config_memory_may_move_set(capi(), enable); }
  /// Says whether memories start as copy-on-write images of their modules' data.
  void memory_init_cow(bool enable) { wasmtime_config_memory_init_cow_set(capi(), enable); }
  /// Says whether native code comes with the tables that native debuggers unwind stacks with.
  void native_unwind_info(bool enable) { wasmtime_config_native_unwind_info_set(capi(), enable); }
  /// Says whether faults are caught through Mach ports on macOS.
  void macos_use_mach_ports(bool enable) { wasmtime_config_macos_use_mach_ports_set(capi(), enable); }
  /// Says whether native code may leave checks to the processor, whose faults are caught with signal handlers.
  void signals_based_traps(bool enable) { wasmtime_config_signals_based_traps_set(capi(), enable); }

#ifdef WASMTIME_FEATURE_COMPILER
  /// Turns on a setting of the compiler, by its name.
  void cranelift_flag_enable(const std::string& flag) { wasmtime_config_cranelift_flag_enable(capi(), flag.c_str()); }
  /// Gives a setting of the compiler a value.
  void cranelift_flag_set(const std::string& flag, const std::string& value) {
    wasmtime_config_cranelift_flag_set(capi(), flag.c_str(), value.c_str());
  }
#endif  // WASMTIME_FEATURE_COMPILER

#ifdef WASMTIME_FEATURE_CACHE
  /// Turns on the cache of compiled modules on disk, with its default settings.
  Result<std::monostate> cache_load_default() {
    return detail::done(wasmtime_config_cache_config_load(capi(), nullptr));
  }
  /// Turns on the cache of compiled modules on disk, with the settings in a file.
  Result<std::monostate> cache_load(const std::string& path) {
    return detail::done(wasmtime_config_cache_config_load(capi(), path.c_str()));
  }
#endif  // WASMTIME_FEATURE_CACHE

#ifdef WASMTIME_FEATURE_POOLING_ALLOCATOR
  /// Sets the bounds of the engine; they are copied.
  void pooling_allocation_strategy(const PoolAllocationConfig& config) {
    wasmtime_pooling_allocation_strategy_set(capi(), config.capi());
  }
#endif  // WASMTIME_FEATURE_POOLING_ALLOCATOR

  /// Makes the host provide all memories that are not shared.
  ///
  /// `Creator` has a type `Memory` and a function
  ///
  ///     Result<Memory> new_memory(const MemoryType::Ref& ty, size_t minimum, size_t maximum,
  ///                               size_t reserved_size_in_bytes, size_t guard_size_in_bytes);
  ///
  /// which makes a memory with `minimum` bytes, all 0, that will never get more than `maximum`. It should be able to
  /// grow to the reserved size without moving and have the guard size of inaccessible bytes behind it. It may be called
  /// by several threads at the same time. `Memory` has the functions
  ///
  ///     uint8_t* get_memory(size_t* byte_size, size_t* byte_capacity);
  ///     Result<std::monostate> grow_memory(size_t new_size);
  ///
  /// of which the first tells where the memory is, its size, and to which size it can grow there; and the second makes
  /// it larger: new bytes are 0, old ones stay as they were, and it may move.
  template <typename Creator>
  void host_memory_creator(Creator creator) {
    wasmtime_memory_creator_t raw{};
    raw.env = detail::box(std::move(creator));
    raw.new_memory = new_memory<Creator>;
    raw.finalizer = detail::unbox<Creator>;
    wasmtime_config_host_memory_creator_set(capi(), &raw);
  }

 private:
  template <typename Creator>
  static wasmtime_error_t* new_memory(void* env, const wasm_memorytype_t* ty, std::size_t minimum, std::size_t maximum,
                                      std::size_t reserved_size_in_bytes, std::size_t guard_size_in_bytes,
                                      wasmtime_linear_memory_t* memory_ret) noexcept {
    using HostMemory = typename Creator::Memory;
    Result<HostMemory> memory = static_cast<Creator*>(env)->new_memory(MemoryType::Ref(ty), minimum, maximum,
                                                                       reserved_size_in_bytes, guard_size_in_bytes);
    if (!memory) return memory.err_ref().capi_release();
    memory_ret->env = detail::box(memory.ok());
    memory_ret->get_memory = get_memory<HostMemory>;
    memory_ret->grow_memory = grow_memory<HostMemory>;
    memory_ret->finalizer = detail::unbox<HostMemory>;
    return nullptr;
  }

  template <typename HostMemory>
  static std::uint8_t* get_memory(void* env, std::size_t* byte_size, std::size_t* byte_capacity) noexcept {
    return static_cast<HostMemory*>(env)->get_memory(byte_size, byte_capacity);
  }

  template <typename HostMemory>
  static wasmtime_error_t* grow_memory(void* env, std::size_t new_size) noexcept {
    return detail::error_of(static_cast<HostMemory*>(env)->grow_memory(new_size));
  }
};

}  // namespace wasmtime

#endif  // WASMTIME_CONFIG_HH
