// The library in its process: nothing happens before it is used, signals go on to whom they belong, code without
// signals, and forks.
#define _DEFAULT_SOURCE
#include <dirent.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "guest.h"

// Sanitizers have handlers of their own.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED
#endif
#endif

// Traps of all sorts, a loop, a call back into the host.
static const char kProgram[] =
    "(module (memory (export \"memory\") 1) (table 4 funcref) (elem (i32.const 0) $twice)"
    "  (type $unary (func (param i32) (result i32)))"
    "  (type $other (func (param i64)))"
    "  (func $twice (type $unary) (i32.mul (local.get 0) (i32.const 2)))"
    "  (func (export \"load\") (type $unary) (i32.load (local.get 0)))"
    "  (func (export \"divide\") (type $unary) (i32.div_s (i32.const 6) (local.get 0)))"
    "  (func (export \"truncate\") (type $unary) (i32.trunc_f32_s (f32.div (f32.const 1) (f32.convert_i32_s (local.get "
    "0)))))"
    "  (func (export \"indirect\") (type $unary) (call_indirect (type $unary) (i32.const 21) (local.get 0)))"
    "  (func (export \"wrong_type\") (type $unary) (call_indirect (type $other) (i64.const 1) (local.get 0)) "
    "(i32.const 0))"
    "  (func (export \"unreachable\") (type $unary) (if (local.get 0) (then unreachable)) (i32.const 1))"
    "  (func $deep (export \"deep\") (type $unary) (i32.add (call $deep (local.get 0)) (i32.const 1)))"
    "  (type $pair (struct (field i32) (field (mut i32)))) (type $numbers (array (mut i32)))"
    "  (func (export \"null_field\") (type $unary) (struct.get $pair 1 (ref.null $pair)))"
    "  (func (export \"set_null_field\") (type $unary) (struct.set $pair 1 (ref.null $pair) (local.get 0)) (local.get "
    "0))"
    "  (func (export \"null_element\") (type $unary) (array.get $numbers (ref.null $numbers) (local.get 0)))"
    "  (func (export \"set_null_element\") (type $unary)"
    "    (array.set $numbers (ref.null $numbers) (local.get 0) (i32.const 1)) (local.get 0))"
    "  (func (export \"null_length\") (type $unary) (array.len (ref.null $numbers)))"
    "  (func (export \"sum\") (type $unary) (local i32)"
    "    (loop (local.set 1 (i32.add (local.get 1) (local.get 0)))"
    "      (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))) (local.get 1)))";

static void traps(wasmtime_context_t* context, const wasmtime_instance_t* instance, const char* name, int32_t arg,
                  const char* words) {
  const wasmtime_extern_t item = export_of(context, instance, name);
  const wasmtime_val_t val = i32_val(arg);
  wasmtime_val_t result;
  wasm_trap_t* trap = NULL;
  OK(wasmtime_func_call(context, &item.of.func, &val, 1, &result, 1, &trap));
  CHECK(trap != NULL);
  wasm_frame_vec_t frames;
  wasm_trap_trace(trap, &frames);
  CHECK(frames.size >= 1);
  wasm_frame_vec_delete(&frames);
  TRAPS(trap, words);
}

static void run_all(wasm_engine_t* engine, wasmtime_module_t* module) {
  wasmtime_store_t* store = wasmtime_store_new(engine, NULL, NULL);
  wasmtime_context_t* context = wasmtime_store_context(store);
  const wasmtime_instance_t instance = instance_of(context, module);
  for (int i = 0; i < 2; ++i) {  // a trap leaves everything as it was
    CHECK_EQ(call_i32(context, &instance, "sum", 100), 5050);
    CHECK_EQ(call_i32(context, &instance, "load", 65532), 0);
    traps(context, &instance, "load", 65533, "out of bounds memory access");
    traps(context, &instance, "load", -1, "out of bounds memory access");
    CHECK_EQ(call_i32(context, &instance, "divide", 3), 2);
    traps(context, &instance, "divide", 0, "integer divide by zero");
    traps(context, &instance, "truncate", 0, "integer overflow");
    CHECK_EQ(call_i32(context, &instance, "indirect", 0), 42);
    traps(context, &instance, "indirect", 1, "uninitialized element");
    traps(context, &instance, "indirect", 4, "out of bounds table access");
    traps(context, &instance, "wrong_type", 0, "indirect call type mismatch");
    traps(context, &instance, "unreachable", 1, "unreachable");
    traps(context, &instance, "null_field", 1, "null reference");
    traps(context, &instance, "set_null_field", 1, "null reference");
    traps(context, &instance, "null_element", 0, "null reference");
    traps(context, &instance, "set_null_element", 0, "null reference");
    traps(context, &instance, "null_length", 0, "null reference");
    traps(context, &instance, "deep", 1, "call stack exhausted");
  }
  wasmtime_store_delete(store);
}

static int threads(void) {
  DIR* folder = opendir("/proc/self/task");
  CHECK(folder != NULL);
  int count = 0;
  for (struct dirent* entry; (entry = readdir(folder)) != NULL;) count += entry->d_name[0] != '.';
  closedir(folder);
  return count;
}

static const int kSignals[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE};
enum { kSignalCount = sizeof kSignals / sizeof kSignals[0] };

// Loading the library and making engines starts no thread; signals are as they were until native code needs them.
static void quiet(void) {
#ifndef SANITIZED
  struct sigaction action;
  for (int i = 0; i < kSignalCount; ++i) {
    CHECK_EQ(sigaction(kSignals[i], NULL, &action), 0);
    CHECK(action.sa_handler == SIG_DFL);
  }
#endif
  const int before = threads();
  wasm_config_t* config = wasm_config_new();
  wasmtime_config_signals_based_traps_set(config, false);
  wasm_engine_t* engine = wasm_engine_new_with_config(config);
  CHECK_EQ(threads(), before);
  wasm_engine_delete(engine);
}

// Without signals: handlers are as before, and with the signals blocked a fault would end the process.
static void without_signals(void) {
  struct sigaction before[kSignalCount], after;
  sigset_t blocked;
  sigemptyset(&blocked);
  for (int i = 0; i < kSignalCount; ++i) {
    sigaddset(&blocked, kSignals[i]);
    CHECK_EQ(sigaction(kSignals[i], NULL, &before[i]), 0);
  }
  CHECK_EQ(pthread_sigmask(SIG_BLOCK, &blocked, NULL), 0);
  wasm_config_t* config = wasm_config_new();
  wasmtime_config_signals_based_traps_set(config, false);
  wasmtime_config_strategy_set(config, WASMTIME_STRATEGY_WINCH);
  wasm_engine_t* engine = wasm_engine_new_with_config(config);
  wasmtime_module_t* module = module_of(engine, kProgram);
  run_all(engine, module);
  wasmtime_module_delete(module);
  wasm_engine_delete(engine);
  for (int i = 0; i < kSignalCount; ++i) {
    CHECK_EQ(sigaction(kSignals[i], NULL, &after), 0);
    CHECK(after.sa_handler == before[i].sa_handler);
  }
  CHECK_EQ(pthread_sigmask(SIG_UNBLOCK, &blocked, NULL), 0);
}

// What `action` does in a child of its own: its exit code, or minus the signal that ended it.
static int in_child(void (*action)(void)) {
  fflush(NULL);
  const pid_t child = fork();
  CHECK(child >= 0);
  if (child == 0) {
    action();
    fflush(NULL);
    _exit(0);
  }
  int status = 0;
  CHECK_EQ(waitpid(child, &status, 0), child);
  return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

static wasm_engine_t* engine;
static wasmtime_module_t* module;

static void load_out_of_bounds(void) {
  sigset_t blocked;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGSEGV);
  CHECK_EQ(pthread_sigmask(SIG_BLOCK, &blocked, NULL), 0);
  wasmtime_store_t* store = wasmtime_store_new(engine, NULL, NULL);
  wasmtime_context_t* context = wasmtime_store_context(store);
  const wasmtime_instance_t instance = instance_of(context, module);
  traps(context, &instance, "load", 65533, "out of bounds memory access");
  wasmtime_store_delete(store);
}

// A smaller reservation means comparisons: no fault is to be seen.
static void reservations(void) {
  struct {
    uint64_t bytes;
    bool may_fault;
  } rows[] = {{0, false}, {1 << 20, false}, {4ull << 30, true}};
  for (int i = 0; i < 3; ++i) {
    wasm_config_t* config = wasm_config_new();
    wasmtime_config_memory_reservation_set(config, rows[i].bytes);
    wasmtime_config_strategy_set(config, WASMTIME_STRATEGY_WINCH);
    engine = wasm_engine_new_with_config(config);
    module = module_of(engine, kProgram);
    run_all(engine, module);
#if defined(__x86_64__) && !defined(SANITIZED)
    if (getenv("GANTRY_COMPILER") == NULL) CHECK_EQ(in_child(load_out_of_bounds), rows[i].may_fault ? -SIGSEGV : 0);
#endif
    wasmtime_module_delete(module);
    wasm_engine_delete(engine);
  }
}

// --- when code is made

// Bytes of executable memory that no file backs and nobody can write.
static size_t code_bytes(void) {
  FILE* maps = fopen("/proc/self/maps", "r");
  CHECK(maps != NULL);
  char line[512];
  size_t bytes = 0;
  while (fgets(line, sizeof line, maps) != NULL) {
    unsigned long start, end, inode;
    char rights[5];
    if (sscanf(line, "%lx-%lx %4s %*s %*s %lu", &start, &end, rights, &inode) == 4 && strcmp(rights, "r-xp") == 0 &&
        inode == 0) {
      bytes += end - start;
    }
  }
  fclose(maps);
  return bytes;
}

// A function of many instructions: compiled with its module, or by its first call.
static void lazily(void) {
  enum { kSums = 10000, kCode = 2 * kSums };  // an addition takes two bytes at least
  static char text[64 + 24 * kSums];
  char* end = text + sprintf(text, "(module (func (export \"run\") (param i32) (result i32) local.get 0");
  for (int i = 0; i < kSums; ++i) end += sprintf(end, " local.get 0 i32.add");
  sprintf(end, "))");
  for (int lazy = 0; lazy < 2; ++lazy) {
    wasm_config_t* config = wasm_config_new();
    CHECK(gantry_config_tier_set(config, GANTRY_TIER_BASELINE));
    gantry_config_lazy_set(config, lazy != 0);
    engine = wasm_engine_new_with_config(config);
    wasmtime_module_t* small =
        module_of(engine, "(module (func (export \"run\") (param i32) (result i32) local.get 0))");
    const size_t before = code_bytes();
    module = module_of(engine, text);
    const size_t made = code_bytes();
    wasmtime_store_t* store = wasmtime_store_new(engine, NULL, NULL);
    const wasmtime_instance_t instance = instance_of(wasmtime_store_context(store), module);
    CHECK_EQ(call_i32(wasmtime_store_context(store), &instance, "run", 3), 3 * (kSums + 1));
    const size_t called = code_bytes();
#if defined(__x86_64__)
    if (getenv("GANTRY_COMPILER") == NULL) {
      CHECK((made - before >= kCode) == (lazy == 0));
      CHECK((called - made >= kCode) == (lazy == 1));
    }
#else
    CHECK_EQ(made, before);
    CHECK_EQ(called, made);
#endif
    wasmtime_store_delete(store);
    wasmtime_module_delete(module);
    wasmtime_module_delete(small);
    wasm_engine_delete(engine);
  }
}

// --- signals of others

static sigjmp_buf way_out;
static volatile sig_atomic_t faults;

static void on_fault(int signal, siginfo_t* info, void* registers) {
  (void)signal, (void)info, (void)registers;
  ++faults;
  siglongjmp(way_out, 1);
}

// Faults of the embedder's own code reach the handler that was there before the library's.
static void chained(void) {
  struct sigaction mine;
  memset(&mine, 0, sizeof mine);
  mine.sa_sigaction = on_fault;
  mine.sa_flags = SA_SIGINFO | SA_NODEFER;
  CHECK_EQ(sigaction(SIGSEGV, &mine, NULL), 0);
  engine = wasm_engine_new();
  module = module_of(engine, kProgram);
  run_all(engine, module);
  CHECK_EQ(faults, 0);
  volatile char* nowhere = (volatile char*)mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (sigsetjmp(way_out, 1) == 0) *nowhere = 1;
  CHECK_EQ(faults, 1);
  run_all(engine, module);
  CHECK_EQ(faults, 1);
  wasmtime_module_delete(module);
  wasm_engine_delete(engine);
}

// --- forks

static wasmtime_store_t* old_store;
static wasmtime_instance_t old_instance;

static void work_in_child(void) {
  // What was there before: engine, module, store.
  run_all(engine, module);
  wasmtime_context_t* context = wasmtime_store_context(old_store);
  CHECK_EQ(call_i32(context, &old_instance, "sum", 10), 55);
  traps(context, &old_instance, "load", 65533, "out of bounds memory access");
  // And everything new, on several threads where it likes.
  wasm_byte_vec_t image;
  OK(wasmtime_module_serialize(module, &image));
  wasmtime_module_t* loaded = NULL;
  OK(wasmtime_module_deserialize(engine, (const uint8_t*)image.data, image.size, &loaded));
  wasm_byte_vec_delete(&image);
  run_all(engine, loaded);
  wasmtime_module_delete(loaded);
  wasmtime_module_t* fresh = module_of(engine, kProgram);
  run_all(engine, fresh);
  wasmtime_module_delete(fresh);
  wasm_engine_t* another = wasm_engine_new();
  fresh = module_of(another, kProgram);
  run_all(another, fresh);
  wasmtime_module_delete(fresh);
  wasm_engine_delete(another);
}

static void fork_again(void) {
  work_in_child();
  CHECK_EQ(in_child(work_in_child), 0);
}

static void forks(void) {
  engine = wasm_engine_new();
  module = module_of(engine, kProgram);
  old_store = wasmtime_store_new(engine, NULL, NULL);
  old_instance = instance_of(wasmtime_store_context(old_store), module);
  CHECK_EQ(in_child(work_in_child), 0);
  run_all(engine, module);
  CHECK_EQ(in_child(fork_again), 0);
  wasmtime_store_delete(old_store);
  wasmtime_module_delete(module);
  wasm_engine_delete(engine);
}

int main(void) {
  quiet();
  without_signals();
  CHECK_EQ(in_child(chained), 0);  // before the first engine that needs handlers
  reservations();
  lazily();
  forks();
  return 0;
}
