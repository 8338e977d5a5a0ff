/// \file wasmtime/config.h
///
/// Settings of an engine.
///
/// wasm_config_new() makes settings, the functions here change them, and wasm_engine_new_with_config() takes them over.
/// Settings that contradict each other, that ask for what this library does not have, or whose value is none of those
/// listed make wasm_engine_new_with_config() return NULL and write the reason to standard error; the functions here
/// never fail by themselves unless they return an error.
///
/// Some settings concern an optimizing compiler, profilers or debuggers of native code only: they are kept, and change
/// nothing in this version.
///
/// Threads: settings are used by one thread at a time. Callbacks set here are called by any thread that uses the
/// engine, several at a time.

#ifndef WASMTIME_CONFIG_H
#define WASMTIME_CONFIG_H

#include <wasm.h>
#include <wasmtime/conf.h>
#include <wasmtime/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Which compiler makes native code; one of #wasmtime_strategy_enum.
typedef uint8_t wasmtime_strategy_t;

/// The compilers, named as in the Wasmtime C API.
enum wasmtime_strategy_enum {
  /// The best that there is. The default.
  WASMTIME_STRATEGY_AUTO,
  /// The optimizing compiler.
  WASMTIME_STRATEGY_CRANELIFT,
  /// The baseline compiler: makes code quickly.
  WASMTIME_STRATEGY_WINCH,
};

/// How much the optimizing compiler does; one of #wasmtime_opt_level_enum.
typedef uint8_t wasmtime_opt_level_t;

/// Levels of optimization.
enum wasmtime_opt_level_enum {
  /// No optimization.
  WASMTIME_OPT_LEVEL_NONE,
  /// For speed. The default.
  WASMTIME_OPT_LEVEL_SPEED,
  /// For speed, without what makes code much larger.
  WASMTIME_OPT_LEVEL_SPEED_AND_SIZE,
};

/// What is told to profilers of native code; one of #wasmtime_profiling_strategy_enum.
typedef uint8_t wasmtime_profiling_strategy_t;

/// Profilers of native code.
enum wasmtime_profiling_strategy_enum {
  /// None. The default.
  WASMTIME_PROFILING_STRATEGY_NONE,
  /// Linux perf, with a jitdump file.
  WASMTIME_PROFILING_STRATEGY_JITDUMP,
  /// Intel VTune.
  WASMTIME_PROFILING_STRATEGY_VTUNE,
  /// Linux perf, with a map file.
  WASMTIME_PROFILING_STRATEGY_PERFMAP,
};

/// How the optimizing compiler gives out registers; one of #wasmtime_regalloc_algorithm_enum.
typedef uint8_t wasmtime_regalloc_algorithm_t;

/// Register allocators.
enum wasmtime_regalloc_algorithm_enum {
  /// The one that gives the faster code. The default.
  WASMTIME_REGALLOC_BACKTRACKING,
  /// The one that is faster itself.
  WASMTIME_REGALLOC_SINGLE_PASS,
};

/// Says whether native debuggers are told about native code, with debug information of the modules; at first not.
/// Concerns native code only.
WASM_API_EXTERN void wasmtime_config_debug_info_set(wasm_config_t* config, bool enable);

/// Says whether running code uses fuel (wasmtime_context_set_fuel()) and traps without; at first not.
WASM_API_EXTERN void wasmtime_config_consume_fuel_set(wasm_config_t* config, bool enable);

/// Says whether running code looks at the engine's epoch, and stops at its store's deadline
/// (wasmtime_context_set_epoch_deadline()); at first not. A store begins with a deadline of 0, which is reached at
/// once.
WASM_API_EXTERN void wasmtime_config_epoch_interruption_set(wasm_config_t* config, bool enable);

/// Sets how many bytes of stack WebAssembly may use in one call from the host, all calls nested in it included; at
/// first 512 KiB. Beyond that it traps. Must not be 0.
WASM_API_EXTERN void wasmtime_config_max_wasm_stack_set(wasm_config_t* config, size_t size);

#ifdef WASMTIME_FEATURE_THREADS

/// Turns atomics and types of shared memories on or off; at first on.
WASM_API_EXTERN void wasmtime_config_wasm_threads_set(wasm_config_t* config, bool enable);

#endif  // WASMTIME_FEATURE_THREADS

/// Says whether shared memories can be made, by modules and by wasmtime_sharedmemory_new(); at first not.
WASM_API_EXTERN void wasmtime_config_shared_memory_set(wasm_config_t* config, bool enable);

/// Turns tail calls on or off; at first on.
WASM_API_EXTERN void wasmtime_config_wasm_tail_call_set(wasm_config_t* config, bool enable);

#ifdef WASMTIME_FEATURE_GC

/// Turns references as values, and several tables on or off; at first on.
WASM_API_EXTERN void wasmtime_config_wasm_reference_types_set(wasm_config_t* config, bool enable);

/// Turns typed references to functions on or off; at first on.
WASM_API_EXTERN void wasmtime_config_wasm_function_references_set(wasm_config_t* config, bool enable);

/// Turns structs, arrays and i31 values on or off; at first on.
WASM_API_EXTERN void wasmtime_config_wasm_gc_set(wasm_config_t* config, bool enable);

#endif  // WASMTIME_FEATURE_GC

/// Says whether there is a collected heap; at first there is. Without it structs, arrays and references to things of
/// the host's are refused, whatever their own settings say.
WASM_API_EXTERN void wasmtime_config_gc_support_set(wasm_config_t* config, bool enable);

/// Turns vectors of 128 bits on or off; at first on.
WASM_API_EXTERN void wasmtime_config_wasm_simd_set(wasm_config_t* config, bool enable);

/// Turns vector instructions whose results may depend on the machine on or off; at first on. Without vectors they are
/// off too.
WASM_API_EXTERN void wasmtime_config_wasm_relaxed_simd_set(wasm_config_t* config, bool enable);

/// Says whether those instructions must give the same results on every machine; at first they need not.
WASM_API_EXTERN void wasmtime_config_wasm_relaxed_simd_deterministic_set(wasm_config_t* config, bool enable);

/// Turns `memory.copy`, `table.init` and their like on or off; at first on.
WASM_API_EXTERN void wasmtime_config_wasm_bulk_memory_set(wasm_config_t* config, bool enable);

/// Turns several results of functions and blocks on or off; at first on.
WASM_API_EXTERN void wasmtime_config_wasm_multi_value_set(wasm_config_t* config, bool enable);

/// Turns several memories in a module on or off; at first on.
WASM_API_EXTERN void wasmtime_config_wasm_multi_memory_set(wasm_config_t* config, bool enable);

/// Turns memories and tables with 64-bit addresses on or off; at first on.
WASM_API_EXTERN void wasmtime_config_wasm_memory64_set(wasm_config_t* config, bool enable);

/// Turns arithmetic of 128-bit integers on or off; at first on.
WASM_API_EXTERN void wasmtime_config_wasm_wide_arithmetic_set(wasm_config_t* config, bool enable);

/// Turns hints about branches on or off; at first off.
WASM_API_EXTERN void wasmtime_config_wasm_branch_hinting_set(wasm_config_t* config, bool enable);

#ifdef WASMTIME_FEATURE_GC

/// Turns exceptions on or off; at first on.
WASM_API_EXTERN void wasmtime_config_wasm_exceptions_set(wasm_config_t* config, bool enable);

#endif  // WASMTIME_FEATURE_GC

/// Turns memories whose pages have one byte on or off; at first off.
WASM_API_EXTERN void wasmtime_config_wasm_custom_page_sizes_set(wasm_config_t* config, bool enable);

#ifdef WASMTIME_FEATURE_COMPILER

/// Turns continuations on or off; at first off. This library does not have them: on is refused.
WASM_API_EXTERN void wasmtime_config_wasm_stack_switching_set(wasm_config_t* config, bool enable);

/// Chooses the compiler; at first #WASMTIME_STRATEGY_AUTO. The environment variable GANTRY_COMPILER overrides it.
WASM_API_EXTERN void wasmtime_config_strategy_set(wasm_config_t* config, wasmtime_strategy_t strategy);

#endif  // WASMTIME_FEATURE_COMPILER

#ifdef WASMTIME_FEATURE_PARALLEL_COMPILATION

/// Says whether a module may be checked and compiled by several threads; at first it may.
WASM_API_EXTERN void wasmtime_config_parallel_compilation_set(wasm_config_t* config, bool enable);

#endif  // WASMTIME_FEATURE_PARALLEL_COMPILATION

#ifdef WASMTIME_FEATURE_COMPILER

/// Says whether the optimizing compiler checks its own work at each step; at first not. Concerns native code only.
WASM_API_EXTERN void wasmtime_config_cranelift_debug_verifier_set(wasm_config_t* config, bool enable);

/// Says whether every NaN that an instruction computes gets the same bits; at first not. This library cannot do that
/// yet: on is refused.
WASM_API_EXTERN void wasmtime_config_cranelift_nan_canonicalization_set(wasm_config_t* config, bool enable);

/// Sets how much the optimizing compiler does; at first #WASMTIME_OPT_LEVEL_SPEED. Concerns native code only.
WASM_API_EXTERN void wasmtime_config_cranelift_opt_level_set(wasm_config_t* config, wasmtime_opt_level_t level);

/// Sets how the optimizing compiler gives out registers; at first #WASMTIME_REGALLOC_BACKTRACKING. Concerns native code
/// only.
WASM_API_EXTERN void wasmtime_config_cranelift_regalloc_algorithm_set(wasm_config_t* config,
                                                                      wasmtime_regalloc_algorithm_t algorithm);

#endif  // WASMTIME_FEATURE_COMPILER

/// Sets which profiler is told about native code; at first #WASMTIME_PROFILING_STRATEGY_NONE. Concerns native code
/// only.
WASM_API_EXTERN void wasmtime_config_profiler_set(wasm_config_t* config, wasmtime_profiling_strategy_t profiler);

/// Says whether a memory that has no room to grow may be moved; at first it may. Memories of this library never move,
/// so that only the other answer has an effect: memories then grow to wasmtime_config_memory_reservation_set() and no
/// further.
WASM_API_EXTERN void wasmtime_config_memory_may_move_set(wasm_config_t* config, bool enable);

/// Sets how many bytes of address space a memory may count on, 4 GiB by default. With less, native code compares
/// addresses instead of leaving bounds to guard pages; it takes more all the same where the system gives it. If
/// memories may not move (wasmtime_config_memory_may_move_set()) it is also the largest size of any memory.
WASM_API_EXTERN void wasmtime_config_memory_reservation_set(wasm_config_t* config, uint64_t size);

/// Sets how many bytes of address space behind a memory must stay empty. Concerns native code only.
WASM_API_EXTERN void wasmtime_config_memory_guard_size_set(wasm_config_t* config, uint64_t size);

/// Sets how many more bytes a memory reserves when it is moved. Memories of this library never move: without effect.
WASM_API_EXTERN void wasmtime_config_memory_reservation_for_growth_set(wasm_config_t* config, uint64_t size);

/// Says whether native code comes with the tables that native debuggers unwind stacks with; at first it does. Concerns
/// native code only.
WASM_API_EXTERN void wasmtime_config_native_unwind_info_set(wasm_config_t* config, bool enable);

#ifdef WASMTIME_FEATURE_CACHE

/// Turns on the cache of compiled modules on disk. Concerns native code only; the file is read and checked at once.
///
/// \param config the settings.
/// \param path   a file with a table `[cache]` in TOML, its name ending with NUL; NULL for the default settings.
/// \return NULL, or an error that the caller owns when the file cannot be read or says something unknown.
WASM_API_EXTERN wasmtime_error_t* wasmtime_config_cache_config_load(wasm_config_t* config, const char* path);

#endif  // WASMTIME_FEATURE_CACHE

/// Sets the machine that native code is made for, by default this one with all it can do.
///
/// \param config the settings.
/// \param target the name of a target, as `x86_64-unknown-linux-gnu`, ending with NUL.
/// \return NULL, or an error that the caller owns when the name is not that of this machine: code for others cannot be
///         made yet.
WASM_API_EXTERN wasmtime_error_t* wasmtime_config_target_set(wasm_config_t* config, const char* target);

#ifdef WASMTIME_FEATURE_COMPILER

/// Turns on a setting of the compiler, by its name. Concerns native code only.
///
/// \param config the settings.
/// \param flag   the name, ending with NUL; it is copied.
WASM_API_EXTERN void wasmtime_config_cranelift_flag_enable(wasm_config_t* config, const char* flag);

/// Gives a setting of the compiler a value. They are kept, and change nothing; but the one that would change results,
/// `enable_nan_canonicalization`, must stay false.
///
/// \param config the settings.
/// \param key    the name, ending with NUL; it is copied.
/// \param value  the value, ending with NUL; it is copied.
WASM_API_EXTERN void wasmtime_config_cranelift_flag_set(wasm_config_t* config, const char* key, const char* value);

#endif  // WASMTIME_FEATURE_COMPILER

/// Says whether faults are caught through Mach ports on macOS, where that is the default. Without effect elsewhere.
WASM_API_EXTERN void wasmtime_config_macos_use_mach_ports_set(wasm_config_t* config, bool enable);

/// Says whether code may leave checks to the processor, whose faults are caught with signal handlers; at first it may.
/// Otherwise native code compares addresses and calls to trap, which takes longer and needs no signal handlers.
WASM_API_EXTERN void wasmtime_config_signals_based_traps_set(wasm_config_t* config, bool enable);

/// Tells where a memory of the embedder's is.
///
/// \param env           what stands in the #wasmtime_linear_memory_t.
/// \param byte_size     receives its size in bytes.
/// \param byte_capacity receives the size to which it can grow without moving.
/// \return the address of its first byte.
typedef uint8_t* (*wasmtime_memory_get_callback_t)(void* env, size_t* byte_size, size_t* byte_capacity);

/// Makes a memory of the embedder's larger. It may move; where it is then is asked again.
///
/// \param env      what stands in the #wasmtime_linear_memory_t.
/// \param new_size the size in bytes that it must have. New bytes must be 0, old ones as they were.
/// \return NULL, or an error, which is taken over; the memory then stays as it is.
typedef wasmtime_error_t* (*wasmtime_memory_grow_callback_t)(void* env, size_t new_size);

/// A memory of the embedder's.
typedef struct wasmtime_linear_memory {
  /// Passed to the functions below.
  void* env;
  /// Tells where it is.
  wasmtime_memory_get_callback_t get_memory;
  /// Makes it larger.
  wasmtime_memory_grow_callback_t grow_memory;
  /// Called with `env` when the memory is not needed any more; NULL for none.
  void (*finalizer)(void*);
} wasmtime_linear_memory_t;

/// Makes a memory. May be called from several threads at the same time.
///
/// \param env                    what stands in the #wasmtime_memory_creator_t.
/// \param ty                     the type of the memory; it is only lent.
/// \param minimum                how many bytes it must have; all must be 0.
/// \param maximum                the size in bytes beyond which it never grows; the largest size_t if there is none.
/// \param reserved_size_in_bytes how many bytes it should be able to grow to without moving; 0 if that does not matter.
/// \param guard_size_in_bytes    how many bytes behind it should be inaccessible; 0 if that does not matter.
/// \param memory_ret             receives the memory, which is taken over.
/// \return NULL, or an error, which is taken over and becomes that of whoever needed the memory.
typedef wasmtime_error_t* (*wasmtime_new_memory_callback_t)(void* env, const wasm_memorytype_t* ty, size_t minimum,
                                                            size_t maximum, size_t reserved_size_in_bytes,
                                                            size_t guard_size_in_bytes,
                                                            wasmtime_linear_memory_t* memory_ret);

/// Where memories come from.
typedef struct wasmtime_memory_creator {
  /// Passed to the function below.
  void* env;
  /// Makes a memory.
  wasmtime_new_memory_callback_t new_memory;
  /// Called with `env` when neither the settings nor an engine made from them needs it any more; NULL for none.
  void (*finalizer)(void*);
} wasmtime_memory_creator_t;

/// Makes the embedder provide all memories that are not shared.
///
/// \param config  the settings.
/// \param creator copied; what it points to is taken over, finalizer included.
WASM_API_EXTERN void wasmtime_config_host_memory_creator_set(wasm_config_t* config, wasmtime_memory_creator_t* creator);

/// Says whether memories start as copy-on-write images of their modules' data instead of being filled; at first they
/// do.
WASM_API_EXTERN void wasmtime_config_memory_init_cow_set(wasm_config_t* config, bool enable);

#ifdef WASMTIME_FEATURE_POOLING_ALLOCATOR

/// Bounds on how many things of each kind an engine may have at the same time, and on what one module may define.
///
/// In this library instances always come from a pool that grows as needed; asking for the pooling allocator sets the
/// bounds. Beyond them instantiation fails with an error, and a module that defines too much is refused.
typedef struct wasmtime_pooling_allocation_config_t wasmtime_pooling_allocation_config_t;

/// Makes the default bounds, which the caller owns.
WASM_API_EXTERN wasmtime_pooling_allocation_config_t* wasmtime_pooling_allocation_config_new(void);

/// Frees bounds; NULL is allowed.
WASM_API_EXTERN void wasmtime_pooling_allocation_config_delete(wasmtime_pooling_allocation_config_t* config);

/// Sets how many unused places are kept ready for the module that used them last; at first 100. A hint, without effect.
WASM_API_EXTERN void wasmtime_pooling_allocation_config_max_unused_warm_slots_set(
    wasmtime_pooling_allocation_config_t* config, uint32_t count);

/// Sets how many places are cleaned at a time; at first 1. A hint, without effect.
WASM_API_EXTERN void wasmtime_pooling_allocation_config_decommit_batch_size_set(
    wasmtime_pooling_allocation_config_t* config, size_t size);

#ifdef WASMTIME_FEATURE_ASYNC

/// Sets how many bytes of an asynchronous call's stack stay in memory after the call; at first 0. A hint, without
/// effect.
WASM_API_EXTERN void wasmtime_pooling_allocation_config_async_stack_keep_resident_set(
    wasmtime_pooling_allocation_config_t* config, size_t size);

#endif  // WASMTIME_FEATURE_ASYNC

/// Sets how many bytes of a memory stay in memory after its end; at first 0. A hint, without effect.
WASM_API_EXTERN void wasmtime_pooling_allocation_config_linear_memory_keep_resident_set(
    wasmtime_pooling_allocation_config_t* config, size_t size);

/// Sets how many bytes of a table stay in memory after its end; at first 0. A hint, without effect.
WASM_API_EXTERN void wasmtime_pooling_allocation_config_table_keep_resident_set(
    wasmtime_pooling_allocation_config_t* config, size_t size);

/// Bounds the instances of components; at first 1000.
WASM_API_EXTERN void wasmtime_pooling_allocation_config_total_component_instances_set(
    wasmtime_pooling_allocation_config_t* config, uint32_t count);

/// Bounds the bytes that describe an instance of a component; at first 1 MiB. A hint, without effect.
WASM_API_EXTERN void wasmtime_pooling_allocation_config_max_component_instance_size_set(
    wasmtime_pooling_allocation_config_t* config, size_t size);

/// Bounds the instances of modules in a component; at first unbounded.
WASM_API_EXTERN void wasmtime_pooling_allocation_config_max_core_instances_per_component_set(
    wasmtime_pooling_allocation_config_t* config, uint32_t count);

/// Bounds the memories in a component; at first unbounded.
WASM_API_EXTERN void wasmtime_pooling_allocation_config_max_memories_per_component_set(
    wasmtime_pooling_allocation_config_t* config, uint32_t count);

/// Bounds the tables in a component; at first unbounded.
WASM_API_EXTERN void wasmtime_pooling_allocation_config_max_tables_per_component_set(
    wasmtime_pooling_allocation_config_t* config, uint32_t count);

/// Bounds the memories; at first 1000.
WASM_API_EXTERN void wasmtime_pooling_allocation_config_total_memories_set(wasmtime_pooling_allocation_config_t* config,
                                                                           uint32_t count);

/// Bounds the tables; at first 1000.
WASM_API_EXTERN void wasmtime_pooling_allocation_config_total_tables_set(wasmtime_pooling_allocation_config_t* config,
                                                                         uint32_t count);

#ifdef WASMTIME_FEATURE_ASYNC

/// Bounds the asynchronous calls; at first 1000.
WASM_API_EXTERN void wasmtime_pooling_allocation_config_total_stacks_set(wasmtime_pooling_allocation_config_t* config,
                                                                         uint32_t count);

#endif  // WASMTIME_FEATURE_ASYNC

/// Bounds the instances of modules; at first 1000.
WASM_API_EXTERN void wasmtime_pooling_allocation_config_total_core_instances_set(
    wasmtime_pooling_allocation_config_t* config, uint32_t count);

/// Bounds the bytes that describe an instance of a module; at first 1 MiB. A hint, without effect.
WASM_API_EXTERN void wasmtime_pooling_allocation_config_max_core_instance_size_set(
    wasmtime_pooling_allocation_config_t* config, size_t size);

/// Bounds the tables that a module may define; at first 1.
WASM_API_EXTERN void wasmtime_pooling_allocation_config_max_tables_per_module_set(
    wasmtime_pooling_allocation_config_t* config, uint32_t count);

/// Bounds the elements of a table; at first 20,000.
WASM_API_EXTERN void wasmtime_pooling_allocation_config_table_elements_set(wasmtime_pooling_allocation_config_t* config,
                                                                           size_t count);

/// Bounds the memories that a module may define; at first 1.
WASM_API_EXTERN void wasmtime_pooling_allocation_config_max_memories_per_module_set(
    wasmtime_pooling_allocation_config_t* config, uint32_t count);

/// Bounds the bytes of a memory; at first 4 GiB.
WASM_API_EXTERN void wasmtime_pooling_allocation_config_max_memory_size_set(
    wasmtime_pooling_allocation_config_t* config, size_t size);

#ifdef WASMTIME_FEATURE_GC

/// Bounds the stores that have a collected heap; at first 1000.
WASM_API_EXTERN void wasmtime_pooling_allocation_config_total_gc_heaps_set(wasmtime_pooling_allocation_config_t* config,
                                                                           uint32_t count);

#endif  // WASMTIME_FEATURE_GC

/// Sets the bounds of an engine.
///
/// \param config  the settings.
/// \param pooling copied; it stays the caller's.
WASM_API_EXTERN void wasmtime_pooling_allocation_strategy_set(wasm_config_t* config,
                                                              const wasmtime_pooling_allocation_config_t* pooling);

#endif  // WASMTIME_FEATURE_POOLING_ALLOCATOR

#ifdef WASMTIME_FEATURE_COMPONENT_MODEL

/// Turns the Component Model on or off; at first on.
WASM_API_EXTERN void wasmtime_config_wasm_component_model_set(wasm_config_t* config, bool enable);

/// Says whether components may do several things at a time; at first they may. Without it the settings of their
/// asynchronous parts must be off.
WASM_API_EXTERN void wasmtime_config_concurrency_support_set(wasm_config_t* config, bool enable);

/// Turns maps in the interfaces of components on or off; at first off.
WASM_API_EXTERN void wasmtime_config_wasm_component_model_map_set(wasm_config_t* config, bool enable);

#endif  // WASMTIME_FEATURE_COMPONENT_MODEL

#ifdef WASMTIME_FEATURE_COMPONENT_MODEL_ASYNC

/// Turns asynchronous functions of components on or off; at first on.
WASM_API_EXTERN void wasmtime_config_wasm_component_model_async_set(wasm_config_t* config, bool enable);

/// Turns further built-in functions for asynchronous components on or off; at first off.
WASM_API_EXTERN void wasmtime_config_wasm_component_model_more_async_builtins_set(wasm_config_t* config, bool enable);

/// Turns asynchronous functions of components with stacks of their own on or off; at first off.
WASM_API_EXTERN void wasmtime_config_wasm_component_model_async_stackful_set(wasm_config_t* config, bool enable);

#endif  // WASMTIME_FEATURE_COMPONENT_MODEL_ASYNC

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // WASMTIME_CONFIG_H
