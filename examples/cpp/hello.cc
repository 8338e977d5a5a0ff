// The whole way from text to a call: an engine, a module, a store, a function of the host's, an instance.
#include <iostream>
#include <wasmtime.hh>

using namespace wasmtime;

static const char kModule[] = R"((module
  (import "host" "hello" (func $hello))
  (func (export "run") (call $hello)))
)";

int main() {
  // An engine holds settings and is shared by everything that has them. A program needs one.
  Engine engine;

  // A module is checked and compiled once, and can be instantiated many times. What can fail gives a Result; unwrap()
  // takes the value out of it, or ends the program with the error's message.
  Module module = Module::compile(engine, kModule).unwrap();

  // Everything that runs lives in a store and goes with it: instances, memories, functions.
  Store store(engine);

  // A function of the host's is anything callable; its WebAssembly type follows from its C++ type.
  Func hello = Func::wrap(store, [] { std::cout << "Hello from the host\n"; });

  // The instance, with imports in the order in which the module has them; linking.cc shows how they are found by name.
  Instance instance = Instance::create(store, module, {hello}).unwrap();

  // Exports are variants of functions, memories, tables, globals and tags.
  Func run = std::get<Func>(*instance.get(store, "run"));
  std::cout << "Calling run\n";
  run.call(store, {}).unwrap();
  std::cout << "It returned\n";
}
