// A linker: modules find what they import by name, in the host and in each other.
#include <iostream>
#include <wasmtime.hh>

using namespace wasmtime;

// A library: it has the memory, and writes texts of it through the host.
static const char kLibrary[] = R"((module
  (import "host" "print" (func $print (param i32 i32)))
  (memory (export "memory") 1)
  (global (export "base") i32 (i32.const 0x100))
  (func (export "double") (param i32) (result i32) (i32.mul (local.get 0) (i32.const 2)))
  (func (export "log") (param i32 i32) (call $print (local.get 0) (local.get 1))))
)";

// A program that uses the library's memory and functions.
static const char kProgram[] = R"((module
  (import "library" "memory" (memory 1))
  (import "library" "base" (global $base i32))
  (import "library" "double" (func $double (param i32) (result i32)))
  (import "library" "log" (func $log (param i32 i32)))
  (func (export "run") (param i32) (result i32)
    (memory.init $text (global.get $base) (i32.const 0) (i32.const 17))
    (call $log (global.get $base) (i32.const 17))
    (call $double (local.get 0)))
  (data $text "the program runs\n"))
)";

// Writes a text that lies in the caller's memory. A caller that names a place outside of it is ended with a trap.
static Result<std::monostate, Trap> print(Caller caller, uint32_t from, uint32_t size) {
  std::optional<Extern> item = caller.get_export("memory");
  const Memory* memory = item ? std::get_if<Memory>(&*item) : nullptr;
  if (memory == nullptr) return Trap("the caller has no memory");
  Span<uint8_t> bytes = memory->data(caller);
  if (from > bytes.size() || size > bytes.size() - from) return Trap(WASMTIME_TRAP_CODE_MEMORY_OUT_OF_BOUNDS);
  std::cout.write(reinterpret_cast<const char*>(bytes.data()) + from, size);
  return std::monostate();
}

int main() {
  Engine engine;
  Store store(engine);
  Module library = Module::compile(engine, kLibrary).unwrap();
  Module program = Module::compile(engine, kProgram).unwrap();

  // Names have two parts. Functions that a linker defines by itself belong to no store and can be used in any.
  Linker linker(engine);
  linker.func_wrap("host", "print", print).unwrap();

  // The program alone misses something, and the error says what.
  TrapResult<Instance> alone = linker.instantiate(store, program);
  std::cout << "without the library: " << (alone ? "it works?" : "an import is missing") << "\n";

  // Instantiates the library and defines everything that it exports.
  linker.module(store, "library", library).unwrap();
  Instance instance = linker.instantiate(store, program).unwrap();
  Func run = std::get<Func>(*instance.get(store, "run"));
  const int32_t doubled = run.call(store, {21}).unwrap()[0].i32();
  std::cout << "run(21) = " << doubled << "\n";
}
