// wasmtime/wasi.hh: arguments, environment, streams, folders and the exit status of a WASI program.
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "guest.hh"

using namespace wasmtime;

static std::string folder;

static std::string read(const std::string& name) {
  std::ifstream file(folder + "/" + name, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// Writes arguments, environment and standard input to standard output, "!" to standard error, and makes the file
// "new" in the first folder: each only as far as it can. Exits with what making the file gave.
static const char kProgram[] = R"((module
  (import "wasi_snapshot_preview1" "args_sizes_get" (func $args_sizes (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "args_get" (func $args (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "environ_sizes_get" (func $env_sizes (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "environ_get" (func $env (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_open"
    (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 0x8000) "!new")
  (func $put (param $fd i32) (param $from i32) (param $size i32)
    (i32.store (i32.const 0) (local.get $from))
    (i32.store (i32.const 4) (local.get $size))
    (drop (call $write (local.get $fd) (i32.const 0) (i32.const 1) (i32.const 8))))
  (func (export "_start")
    (drop (call $args_sizes (i32.const 0) (i32.const 4)))
    (drop (call $args (i32.const 0x100) (i32.const 0x1000)))
    (call $put (i32.const 1) (i32.const 0x1000) (i32.load (i32.const 4)))
    (drop (call $env_sizes (i32.const 0) (i32.const 4)))
    (drop (call $env (i32.const 0x100) (i32.const 0x2000)))
    (call $put (i32.const 1) (i32.const 0x2000) (i32.load (i32.const 4)))
    (i32.store (i32.const 0) (i32.const 0x3000))
    (i32.store (i32.const 4) (i32.const 0x100))
    (i32.store (i32.const 8) (i32.const 0))
    (drop (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))
    (call $put (i32.const 1) (i32.const 0x3000) (i32.load (i32.const 8)))
    (call $put (i32.const 2) (i32.const 0x8000) (i32.const 1))
    (call $exit (call $open (i32.const 3) (i32.const 0) (i32.const 0x8001) (i32.const 3) (i32.const 1)
      (i64.const 64) (i64.const 0) (i32.const 0) (i32.const 0))))))";

static std::optional<int32_t> run(WasiConfig config) {
  Engine engine;
  Linker linker(engine);
  VALUE(linker.define_wasi());
  CHECK(!linker.define_wasi());  // the names are taken
  Store store(engine);
  VALUE(store.context().set_wasi(std::move(config)));
  const Module module = VALUE(Module::compile(engine, kProgram));
  VALUE(linker.module(store, "", module));
  const auto result = VALUE(linker.get_default(store, "")).call(store, {});
  CHECK(!result && std::holds_alternative<Error>(result.err_ref().data));
  return std::get<Error>(result.err_ref().data).i32_exit();
}

int main() {
  char name[] = "/tmp/gantry_cpp_wasi_XXXXXX";
  CHECK(mkdtemp(name) != nullptr);
  folder = name;
  std::ofstream(folder + "/in") << "input";

  WasiConfig config;
  config.argv({"program", "one", "zwei"});
  config.env({{"KEY", "value"}, {"EMPTY", ""}});
  CHECK(config.stdin_file(folder + "/in"));
  CHECK(config.stdout_file(folder + "/out"));
  CHECK(config.stderr_file(folder + "/err"));
  CHECK(config.preopen_dir(folder, "/", true));
  CHECK(!config.stdin_file(folder + "/none"));
  CHECK(!config.stdout_file(folder + "/none/none"));
  CHECK(!config.stderr_file(folder + "/none/none"));
  CHECK(!config.preopen_dir(folder + "/none", "/none", false));
  config.inherit_network();
  config.allow_ip_name_lookup(true);
  CHECK(run(std::move(config)) == 0);
  CHECK(read("out") == std::string("program\0one\0zwei\0KEY=value\0EMPTY=\0input", 39));
  CHECK(read("err") == "!");
  CHECK_EQ(access((folder + "/new").c_str(), F_OK), 0);
  CHECK_EQ(unlink((folder + "/new").c_str()), 0);

  // A folder that must not change, and everything else of this process.
  setenv("GANTRY_CPP_WASI", "there", 1);
  WasiConfig inherits;
  inherits.inherit_argv();
  inherits.inherit_env();
  inherits.inherit_stdin();
  inherits.inherit_stdout();
  inherits.inherit_stderr();
  CHECK(inherits.stdout_file(folder + "/out"));
  CHECK(inherits.stderr_file(folder + "/err"));
  CHECK(inherits.stdin_file(folder + "/in"));
  CHECK(inherits.preopen_dir(folder, ".", false));
  const std::optional<int32_t> status = run(std::move(inherits));
  CHECK(status.has_value() && *status != 0);
  CHECK(access((folder + "/new").c_str(), F_OK) != 0);
  CHECK(read("out").find("GANTRY_CPP_WASI=there") != std::string::npos);
  CHECK(read("out").find("cpp_wasi") != std::string::npos);

  // Nothing configured: no arguments, no input, no folder.
  WasiConfig nothing;
  CHECK(nothing.stdout_file(folder + "/out"));
  CHECK(run(std::move(nothing)) == 8);  // badf
  CHECK(read("out").empty());

  for (const char* file : {"in", "out", "err"}) unlink((folder + "/" + file).c_str());
  CHECK_EQ(rmdir(folder.c_str()), 0);
  return 0;
}
