// A WASI program: what it is given, where its output goes, and how it ends.
#include "common.h"

// Writes its arguments to standard output, each ended by a NUL that becomes a line's end here, and exits with the
// number of arguments.
static const char kProgram[] =
    "(module"
    "  (import \"wasi_snapshot_preview1\" \"args_sizes_get\" (func $sizes (param i32 i32) (result i32)))"
    "  (import \"wasi_snapshot_preview1\" \"args_get\" (func $args (param i32 i32) (result i32)))"
    "  (import \"wasi_snapshot_preview1\" \"fd_write\" (func $write (param i32 i32 i32 i32) (result i32)))"
    "  (import \"wasi_snapshot_preview1\" \"proc_exit\" (func $exit (param i32)))"
    "  (memory (export \"memory\") 1)"
    "  (func (export \"_start\") (local $i i32) (local $count i32)"
    "    (drop (call $sizes (i32.const 0) (i32.const 4)))"
    "    (local.set $count (i32.load (i32.const 0)))"
    "    (drop (call $args (i32.const 0x100) (i32.const 0x1000)))"
    // The bytes from 0x1000 on are to be written: NUL bytes turn into newlines first.
    "    (i32.store (i32.const 0) (i32.const 0x1000))"
    "    (loop $next"
    "      (if (i32.eqz (i32.load8_u offset=0x1000 (local.get $i)))"
    "        (then (i32.store8 offset=0x1000 (local.get $i) (i32.const 10))))"
    "      (local.set $i (i32.add (local.get $i) (i32.const 1)))"
    "      (br_if $next (i32.lt_u (local.get $i) (i32.load (i32.const 4)))))"
    "    (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))"
    "    (call $exit (local.get $count))))";

int main(void) {
  wasm_engine_t* engine = wasm_engine_new();
  wasmtime_module_t* module = compile(engine, kProgram);

  // A linker with all functions of WASI.
  wasmtime_linker_t* linker = wasmtime_linker_new(engine);
  check("defining WASI", wasmtime_linker_define_wasi(linker), NULL);

  // What programs in the store may see. At first that is nothing; wasi.h has environment variables, files and folders
  // as well.
  wasmtime_store_t* store = wasmtime_store_new(engine, NULL, NULL);
  wasmtime_context_t* context = wasmtime_store_context(store);
  wasi_config_t* config = wasi_config_new();
  const char* args[] = {"program", "first", "second"};
  wasi_config_set_argv(config, 3, args);
  wasi_config_inherit_stdout(config);
  check("configuring WASI", wasmtime_context_set_wasi(context, config), NULL);

  // The program is a command: its `_start` is what running it means.
  check("linking", wasmtime_linker_module(linker, context, "", 0, module), NULL);
  wasmtime_func_t start;
  check("finding _start", wasmtime_linker_get_default(linker, context, "", 0, &start), NULL);
  printf("the program says:\n");
  fflush(stdout);  // the program writes to the same file, past the buffer of this one
  wasm_trap_t* trap = NULL;
  wasmtime_error_t* error = wasmtime_func_call(context, &start, NULL, 0, NULL, 0, &trap);

  // Ending with an exit status comes as an error that says so, also for status 0.
  int status = 0;
  if (error == NULL || !wasmtime_error_exit_status(error, &status)) {
    check("running", error, trap);
    printf("it returned\n");
  } else {
    printf("it exited with %d\n", status);
    wasmtime_error_delete(error);
  }

  wasmtime_store_delete(store);
  wasmtime_linker_delete(linker);
  wasmtime_module_delete(module);
  wasm_engine_delete(engine);
  return 0;
}
