// A WASI program: what it is given, where its output goes, and how it ends.
#include <iostream>
#include <wasmtime.hh>

using namespace wasmtime;

// Writes its arguments to standard output, each ended by a NUL that becomes a line's end here, and exits with the
// number of arguments.
static const char kProgram[] = R"((module
  (import "wasi_snapshot_preview1" "args_sizes_get" (func $sizes (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "args_get" (func $args (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (func (export "_start") (local $i i32) (local $count i32)
    (drop (call $sizes (i32.const 0) (i32.const 4)))
    (local.set $count (i32.load (i32.const 0)))
    (drop (call $args (i32.const 0x100) (i32.const 0x1000)))
    ;; The bytes from 0x1000 on are to be written: NUL bytes turn into newlines first.
    (i32.store (i32.const 0) (i32.const 0x1000))
    (loop $next
      (if (i32.eqz (i32.load8_u offset=0x1000 (local.get $i)))
        (then (i32.store8 offset=0x1000 (local.get $i) (i32.const 10))))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $i) (i32.load (i32.const 4)))))
    (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
    (call $exit (local.get $count))))
)";

int main() {
  Engine engine;
  Module module = Module::compile(engine, kProgram).unwrap();

  // A linker with all functions of WASI.
  Linker linker(engine);
  linker.define_wasi().unwrap();

  // What programs in the store may see. At first that is nothing; there are environment variables, files and folders
  // as well.
  Store store(engine);
  WasiConfig config;
  config.argv({"program", "first", "second"});
  config.inherit_stdout();
  store.context().set_wasi(std::move(config)).unwrap();

  // The program is a command: its `_start` is what running it means.
  linker.module(store, "", module).unwrap();
  Func start = linker.get_default(store, "").unwrap();
  std::cout << "the program says:\n" << std::flush;  // it writes past the buffer of this program
  TrapResult<std::vector<Val>> result = start.call(store, {});

  // Ending with an exit status comes as an error that says so, also for status 0.
  if (result) {
    std::cout << "it returned\n";
  } else if (const Error* error = std::get_if<Error>(&result.err_ref().data); error != nullptr && error->i32_exit()) {
    std::cout << "it exited with " << *error->i32_exit() << "\n";
  } else {
    std::cerr << result.err_ref().message() << "\n";
    return 1;
  }
}
