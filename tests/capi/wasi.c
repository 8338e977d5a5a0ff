// wasi.h: each setting reaches the program. The program passes WASI's functions on, so the tests call them with
// pointers into its memory.
#define _POSIX_C_SOURCE 200809L
#define _DEFAULT_SOURCE 1  // mkdtemp
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "guest.h"

enum { kSuccess = 0, kIo = 29, kPermission = 63 };

#define PASS_ON(name, count) \
  " (func (export \"" name "\") (param i32 i32 i32 i32) (result i32) (call $" name PARAMS_##count "))"
#define PARAMS_2 " (local.get 0) (local.get 1)"
#define PARAMS_3 PARAMS_2 " (local.get 2)"
#define PARAMS_4 PARAMS_3 " (local.get 3)"
#define IMPORT(name, params) \
  " (import \"wasi_snapshot_preview1\" \"" name "\" (func $" name " (param" params ") (result i32)))"

static const char kProgram[] = "(module" IMPORT("args_sizes_get", " i32 i32") IMPORT("args_get", " i32 i32")
    IMPORT("environ_sizes_get", " i32 i32") IMPORT("environ_get", " i32 i32") IMPORT("fd_read", " i32 i32 i32 i32")
        IMPORT("fd_write", " i32 i32 i32 i32") IMPORT("fd_prestat_get", " i32 i32")
            IMPORT("fd_prestat_dir_name", " i32 i32 i32")
                IMPORT("path_open", " i32 i32 i32 i32 i32 i64 i64 i32 i32") " (memory (export \"memory\") 1)" PASS_ON(
                    "args_sizes_get", 2) PASS_ON("args_get", 2) PASS_ON("environ_sizes_get", 2)
                    PASS_ON("environ_get", 2) PASS_ON("fd_read", 4) PASS_ON("fd_write", 4) PASS_ON("fd_prestat_get", 2)
                        PASS_ON("fd_prestat_dir_name", 3)
    // path_open(directory, path, size, out): makes a file to be written
    " (func (export \"path_open\") (param i32 i32 i32 i32) (result i32) (call $path_open (local.get 0) (i32.const 0)"
    "   (local.get 1) (local.get 2) (i32.const 1) (i64.const 64) (i64.const 0) (i32.const 0) (local.get 3))))";

struct program {
  wasm_engine_t* engine;
  wasmtime_linker_t* linker;
  wasmtime_store_t* store;
  wasmtime_context_t* context;
  wasmtime_instance_t instance;
};

// A program that has the configuration, which it takes.
static struct program start(wasi_config_t* config) {
  struct program p;
  p.engine = wasm_engine_new();
  p.store = wasmtime_store_new(p.engine, NULL, NULL);
  p.context = wasmtime_store_context(p.store);
  OK(wasmtime_context_set_wasi(p.context, config));
  p.linker = wasmtime_linker_new(p.engine);
  OK(wasmtime_linker_define_wasi(p.linker));
  wasmtime_module_t* module = module_of(p.engine, kProgram);
  wasm_trap_t* trap = NULL;
  OK(wasmtime_linker_instantiate(p.linker, p.context, module, &p.instance, &trap));
  CHECK(trap == NULL);
  wasmtime_module_delete(module);
  return p;
}

static void stop(struct program* p) {
  wasmtime_linker_delete(p->linker);
  wasmtime_store_delete(p->store);
  wasm_engine_delete(p->engine);
}

static uint8_t* memory_of(struct program* p) {
  const wasmtime_extern_t memory = export_of(p->context, &p->instance, "memory");
  return wasmtime_memory_data(p->context, &memory.of.memory);
}

static uint32_t word(struct program* p, uint32_t address) {
  uint32_t value;
  memcpy(&value, memory_of(p) + address, 4);
  return value;
}

static int32_t run(struct program* p, const char* name, int32_t a, int32_t b, int32_t c, int32_t d) {
  const wasmtime_extern_t item = export_of(p->context, &p->instance, name);
  const wasmtime_val_t args[] = {i32_val(a), i32_val(b), i32_val(c), i32_val(d)};
  wasmtime_val_t result;
  wasm_trap_t* trap = NULL;
  OK(wasmtime_func_call(p->context, &item.of.func, args, 4, &result, 1, &trap));
  CHECK(trap == NULL);
  return result.of.i32;
}

// Places in the guest's memory.
enum { kList = 64, kCount = 80, kText = 1024, kTextSize = 4096 };

static int32_t transfer(struct program* p, const char* name, int fd, size_t size) {
  const uint32_t list[] = {kText, (uint32_t)size};
  memcpy(memory_of(p) + kList, list, sizeof(list));
  return run(p, name, fd, kList, 1, kCount);
}

static int32_t write_text(struct program* p, int fd, const char* text) {
  memcpy(memory_of(p) + kText, text, strlen(text));
  return transfer(p, "fd_write", fd, strlen(text));
}

static void check_input(struct program* p, const char* text) {
  CHECK_EQ(transfer(p, "fd_read", 0, kTextSize), kSuccess);
  CHECK_EQ(word(p, kCount), strlen(text));
  CHECK(memcmp(memory_of(p) + kText, text, strlen(text)) == 0);
}

// What `get` gives: `count` strings, one behind the other with their NULs, `size` bytes.
static const char* strings_of(struct program* p, const char* sizes, const char* get, uint32_t* count, uint32_t* size) {
  CHECK_EQ(run(p, sizes, 0, 4, 0, 0), kSuccess);
  *count = word(p, 0);
  *size = word(p, 4);
  CHECK(*count < 2000 && *size < 40000);
  CHECK_EQ(run(p, get, 16384, 24576, 0, 0), kSuccess);
  return (const char*)memory_of(p) + 24576;
}

static bool has_variable(struct program* p, const char* entry) {
  uint32_t count, size;
  const char* text = strings_of(p, "environ_sizes_get", "environ_get", &count, &size);
  for (uint32_t i = 0; i < count; ++i, text += strlen(text) + 1) {
    if (strcmp(text, entry) == 0) return true;
  }
  return false;
}

static void arguments(const char* own_name) {
  wasi_config_t* config = wasi_config_new();
  const char* first[] = {"prog", "a b"};
  const char* more[] = {"\xc3\xa9"};
  const char* bad[] = {"good", "\xff"};
  const char* missing[] = {NULL};
  CHECK(wasi_config_set_argv(config, 2, first));
  CHECK(wasi_config_set_argv(config, 1, more));
  CHECK(!wasi_config_set_argv(config, 2, bad));
  CHECK(!wasi_config_set_argv(config, 1, missing));
  CHECK(!wasi_config_set_argv(config, 1, NULL));
  CHECK(wasi_config_set_argv(config, 0, NULL));
  struct program p = start(config);
  uint32_t count, size;
  const char* text = strings_of(&p, "args_sizes_get", "args_get", &count, &size);
  CHECK_EQ(count, 3);
  CHECK_EQ(size, 12);
  CHECK(memcmp(text, "prog\0a b\0\xc3\xa9", 12) == 0);
  stop(&p);

  config = wasi_config_new();
  wasi_config_inherit_argv(config);
  p = start(config);
  text = strings_of(&p, "args_sizes_get", "args_get", &count, &size);
  CHECK_EQ(count, 1);
  CHECK(strcmp(text, own_name) == 0);
  stop(&p);
  config = wasi_config_new();
  p = start(config);
  strings_of(&p, "args_sizes_get", "args_get", &count, &size);
  CHECK(count == 0 && size == 0);
  stop(&p);
}

static void environment(void) {
  wasi_config_t* config = wasi_config_new();
  const char* names[] = {"A", "B", "A"};
  const char* values[] = {"1", "x=y", "2"};
  const char* bad[] = {"\xfe"};
  CHECK(wasi_config_set_env(config, 3, names, values));
  CHECK(!wasi_config_set_env(config, 1, bad, values));
  CHECK(!wasi_config_set_env(config, 1, names, bad));
  CHECK(!wasi_config_set_env(config, 1, names, NULL));
  CHECK(wasi_config_set_env(config, 0, NULL, NULL));
  struct program p = start(config);
  uint32_t count, size;
  strings_of(&p, "environ_sizes_get", "environ_get", &count, &size);
  CHECK_EQ(count, 2);
  CHECK(has_variable(&p, "A=2") && has_variable(&p, "B=x=y") && !has_variable(&p, "A=1"));
  stop(&p);

  setenv("GANTRY_WASI_TEST", "here", 1);
  setenv("GANTRY_WASI_OTHER", "there", 1);
  config = wasi_config_new();
  wasi_config_inherit_env(config);
  const char* mine[] = {"GANTRY_WASI_OTHER"};
  const char* changed[] = {"changed"};
  CHECK(wasi_config_set_env(config, 1, mine, changed));
  p = start(config);
  CHECK(has_variable(&p, "GANTRY_WASI_TEST=here"));
  CHECK(has_variable(&p, "GANTRY_WASI_OTHER=changed") && !has_variable(&p, "GANTRY_WASI_OTHER=there"));
  stop(&p);
}

static char folder[] = "/tmp/gantry-capi-wasi-XXXXXX";
static char path_text[256];
static const char* path_of(const char* name) {
  snprintf(path_text, sizeof(path_text), "%s/%s", folder, name);
  return path_text;
}

static void write_file(const char* path, const char* text) {
  FILE* file = fopen(path, "w");
  CHECK(file != NULL);
  CHECK_EQ(fwrite(text, 1, strlen(text), file), strlen(text));
  fclose(file);
}

static void check_file(const char* path, const char* text) {
  char found[256] = {0};
  FILE* file = fopen(path, "r");
  CHECK(file != NULL);
  const size_t size = fread(found, 1, sizeof(found) - 1, file);
  CHECK_EQ(size, strlen(text));
  CHECK(strcmp(found, text) == 0);
  fclose(file);
}

static void input(void) {
  wasi_config_t* config = wasi_config_new();
  struct program p = start(config);
  check_input(&p, "");
  stop(&p);

  write_file(path_of("in"), "from a file");
  config = wasi_config_new();
  CHECK(!wasi_config_set_stdin_file(config, path_of("missing")));
  CHECK(!wasi_config_set_stdin_file(config, NULL));
  CHECK(wasi_config_set_stdin_file(config, path_of("in")));
  p = start(config);
  check_input(&p, "from a file");
  check_input(&p, "");
  stop(&p);

  config = wasi_config_new();
  wasm_byte_vec_t bytes;
  wasm_byte_vec_new(&bytes, 10, "from bytes");
  wasi_config_set_stdin_bytes(config, &bytes);
  CHECK(bytes.size == 0 && bytes.data == NULL);
  p = start(config);
  check_input(&p, "from bytes");
  check_input(&p, "");
  stop(&p);
  config = wasi_config_new();
  wasm_byte_vec_new_empty(&bytes);
  wasi_config_set_stdin_bytes(config, &bytes);
  p = start(config);
  check_input(&p, "");
  stop(&p);

  int ends[2];
  CHECK_EQ(pipe(ends), 0);
  const int before = dup(0);
  CHECK_EQ(dup2(ends[0], 0), 0);
  CHECK_EQ(write(ends[1], "from the process", 16), 16);
  config = wasi_config_new();
  wasi_config_inherit_stdin(config);
  p = start(config);
  check_input(&p, "from the process");
  stop(&p);
  CHECK_EQ(dup2(before, 0), 0);
  close(before);
  close(ends[0]);
  close(ends[1]);
}

static char taken[64];
static int taken_error;
static int finalized;
static ptrdiff_t take(void* data, const unsigned char* bytes, size_t size) {
  CHECK(data == &finalized);
  if (taken_error != 0) return -taken_error;
  if (size > 6) size = 6;  // no more at once
  strncat(taken, (const char*)bytes, size);
  return (ptrdiff_t)size;
}
static void count_finalizer(void* data) { ++*(int*)data; }

// One of the two outputs.
struct output {
  int fd;
  bool (*to_file)(wasi_config_t*, const char*);
  void (*inherit)(wasi_config_t*);
  void (*custom)(wasi_config_t*, ptrdiff_t (*)(void*, const unsigned char*, size_t), void*, void (*)(void*));
};

static void output(const struct output* out) {
  struct program p = start(wasi_config_new());
  CHECK_EQ(write_text(&p, out->fd, "into the void"), kSuccess);
  CHECK_EQ(word(&p, kCount), 13);
  stop(&p);

  wasi_config_t* config = wasi_config_new();
  write_file(path_of("out"), "what was there before, longer than what comes");
  CHECK(!out->to_file(config, folder));
  CHECK(!out->to_file(config, NULL));
  CHECK(out->to_file(config, path_of("out")));
  check_file(path_of("out"), "");
  p = start(config);
  CHECK_EQ(write_text(&p, out->fd, "to a file"), kSuccess);
  stop(&p);
  check_file(path_of("out"), "to a file");

  int ends[2];
  CHECK_EQ(pipe(ends), 0);
  fflush(stdout);
  const int before = dup(out->fd);
  CHECK_EQ(dup2(ends[1], out->fd), out->fd);
  config = wasi_config_new();
  out->inherit(config);
  p = start(config);
  const int32_t done = write_text(&p, out->fd, "inherited");
  stop(&p);
  CHECK_EQ(dup2(before, out->fd), out->fd);
  CHECK_EQ(done, kSuccess);
  char found[32];
  CHECK_EQ(read(ends[0], found, sizeof(found)), 9);
  CHECK(memcmp(found, "inherited", 9) == 0);
  close(before);
  close(ends[0]);
  close(ends[1]);

  taken[0] = '\0';
  finalized = 0;
  config = wasi_config_new();
  out->custom(config, take, &finalized, count_finalizer);
  p = start(config);
  CHECK_EQ(write_text(&p, out->fd, "abcdefghi"), kSuccess);
  CHECK_EQ(word(&p, kCount), 6);
  CHECK_EQ(write_text(&p, out->fd, "!"), kSuccess);
  CHECK(strcmp(taken, "abcdef!") == 0);
  taken_error = EIO;
  CHECK_EQ(write_text(&p, out->fd, "x"), kIo);
  taken_error = 0;
  CHECK_EQ(finalized, 0);
  stop(&p);
  CHECK_EQ(finalized, 1);
  // A setting that is replaced, and a configuration that nobody took.
  config = wasi_config_new();
  out->custom(config, take, &finalized, count_finalizer);
  out->custom(config, take, &finalized, count_finalizer);
  CHECK_EQ(finalized, 2);
  out->custom(config, take, &finalized, NULL);
  CHECK_EQ(finalized, 3);
  out->custom(config, take, &finalized, count_finalizer);
  wasi_config_delete(config);
  CHECK_EQ(finalized, 4);
}

static void directories(void) {
  wasi_config_t* config = wasi_config_new();
  CHECK(!wasi_config_preopen_dir(config, path_of("missing"), "/", true));
  CHECK(!wasi_config_preopen_dir(config, folder, "\xff", true));
  CHECK(!wasi_config_preopen_dir(config, NULL, "/", true));
  CHECK(!wasi_config_preopen_dir(config, folder, NULL, true));
  char moved[sizeof(folder) + 8];
  snprintf(moved, sizeof(moved), "%s-moved", folder);
  CHECK(wasi_config_preopen_dir(config, folder, "/writable", true));
  CHECK(wasi_config_preopen_dir(config, folder, "fixed", false));
  // The directories are open already: their names may change.
  CHECK_EQ(rename(folder, moved), 0);
  struct program p = start(config);
  CHECK_EQ(rename(moved, folder), 0);
  CHECK_EQ(run(&p, "fd_prestat_get", 3, kList, 0, 0), kSuccess);
  CHECK_EQ(word(&p, kList + 4), 9);
  CHECK_EQ(run(&p, "fd_prestat_dir_name", 3, kText, 9, 0), kSuccess);
  CHECK(memcmp(memory_of(&p) + kText, "/writable", 9) == 0);
  CHECK_EQ(run(&p, "fd_prestat_dir_name", 4, kText, 5, 0), kSuccess);
  CHECK(memcmp(memory_of(&p) + kText, "fixed", 5) == 0);
  CHECK(run(&p, "fd_prestat_get", 5, kList, 0, 0) != kSuccess);
  memcpy(memory_of(&p) + kText, "made", 4);
  CHECK_EQ(run(&p, "path_open", 4, kText, 4, kCount), kPermission);
  CHECK(access(path_of("made"), F_OK) != 0);
  CHECK_EQ(run(&p, "path_open", 3, kText, 4, kCount), kSuccess);
  CHECK_EQ(write_text(&p, (int)word(&p, kCount), "by the guest"), kSuccess);
  stop(&p);
  check_file(path_of("made"), "by the guest");
  unlink(path_of("made"));
}

// WASI 0.1 has nothing that these would change.
static void network(void) {
  wasi_config_t* config = wasi_config_new();
  wasi_config_inherit_network(config);
  wasi_config_allow_ip_name_lookup(config, true);
  struct program p = start(config);
  CHECK_EQ(write_text(&p, 1, "x"), kSuccess);
  stop(&p);
}

// A program that ends itself: the error has the exit status, and where it was asked for.
static void exits(void) {
  wasm_engine_t* engine = wasm_engine_new();
  wasmtime_store_t* store = wasmtime_store_new(engine, NULL, NULL);
  wasmtime_context_t* context = wasmtime_store_context(store);
  OK(wasmtime_context_set_wasi(context, wasi_config_new()));
  wasmtime_linker_t* linker = wasmtime_linker_new(engine);
  OK(wasmtime_linker_define_wasi(linker));
  wasmtime_module_t* module =
      module_of(engine,
                "(module $program (import \"wasi_snapshot_preview1\" \"proc_exit\" (func $exit (param i32)))"
                "  (memory (export \"memory\") 1)"
                "  (func $inner (param i32) (call $exit (local.get 0)))"
                "  (func (export \"go\") (param i32) (call $inner (local.get 0)) (unreachable)))");
  wasmtime_instance_t instance;
  wasm_trap_t* trap = NULL;
  OK(wasmtime_linker_instantiate(linker, context, module, &instance, &trap));
  const wasmtime_extern_t go = export_of(context, &instance, "go");
  for (int status = 0; status < 3; ++status) {
    const wasmtime_val_t arg = i32_val(status);
    wasmtime_error_t* error = wasmtime_func_call(context, &go.of.func, &arg, 1, NULL, 0, &trap);
    CHECK(error != NULL && trap == NULL);
    int given = -1;
    CHECK(wasmtime_error_exit_status(error, &given));
    CHECK_EQ(given, status);
    wasm_frame_vec_t frames;
    wasmtime_error_wasm_trace(error, &frames);
    CHECK_EQ(frames.size, 2);
    CHECK_EQ(wasm_frame_func_index(frames.data[0]), 1);
    CHECK_EQ(wasm_frame_func_index(frames.data[1]), 2);
    CHECK_BYTES(*wasmtime_frame_module_name(frames.data[0]), "program");
    wasm_frame_vec_delete(&frames);
    wasm_name_t text;
    wasmtime_error_message(error, &text);
    CHECK(contains(&text, "error while executing at wasm backtrace:"));
    CHECK(contains(&text, "program!inner"));
    CHECK(contains(&text, "Exited with i32 exit status"));
    wasm_name_delete(&text);
    wasmtime_error_delete(error);
  }
  wasmtime_module_delete(module);
  wasmtime_linker_delete(linker);
  wasmtime_store_delete(store);
  wasm_engine_delete(engine);
}

static void no_configuration(void) {
  wasm_engine_t* engine = wasm_engine_new();
  wasmtime_store_t* store = wasmtime_store_new(engine, NULL, NULL);
  FAILS(wasmtime_context_set_wasi(wasmtime_store_context(store), NULL), "no WASI configuration");
  wasi_config_delete(NULL);
  wasmtime_store_delete(store);
  wasm_engine_delete(engine);
}

int main(int argc, char** argv) {
  CHECK_EQ(argc, 1);
  CHECK(mkdtemp(folder) != NULL);
  arguments(argv[0]);
  environment();
  input();
  const struct output outputs[] = {
      {1, wasi_config_set_stdout_file, wasi_config_inherit_stdout, wasi_config_set_stdout_custom},
      {2, wasi_config_set_stderr_file, wasi_config_inherit_stderr, wasi_config_set_stderr_custom}};
  output(&outputs[0]);
  output(&outputs[1]);
  directories();
  network();
  exits();
  no_configuration();
  unlink(path_of("in"));
  unlink(path_of("out"));
  CHECK_EQ(rmdir(folder), 0);
  return 0;
}
