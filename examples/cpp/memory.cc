// Memories: reading and writing them from both sides, growing them, and what happens beyond their end.
#include <iostream>
#include <wasmtime.hh>

using namespace wasmtime;

static const char kModule[] = R"((module
  (memory (export "memory") 2 3)
  (func (export "size") (result i32) (memory.size))
  (func (export "load") (param i32) (result i32) (i32.load8_u (local.get 0)))
  (func (export "store") (param i32 i32) (i32.store8 (local.get 0) (local.get 1)))
  (data (i32.const 0x1000) "Hello, memory"))
)";

int main() {
  Engine engine;
  Store store(engine);
  Module module = Module::compile(engine, kModule).unwrap();
  Instance instance = Instance::create(store, module, {}).unwrap();
  Memory memory = std::get<Memory>(*instance.get(store, "memory"));

  // Functions whose types are known here are checked once and then called with C++ values.
  auto func = [&](std::string_view name) { return std::get<Func>(*instance.get(store, name)); };
  auto size = func("size").typed<std::tuple<>, int32_t>(store).unwrap();
  auto load = func("load").typed<uint32_t, uint32_t>(store).unwrap();
  auto store_byte = func("store").typed<std::tuple<uint32_t, uint32_t>, std::tuple<>>(store).unwrap();

  // The host sees the bytes where they are. The span is good until the memory grows, so that it is asked for anew after
  // each call into WebAssembly. Check against its size before reading at a place that WebAssembly names.
  auto text = [&] {
    Span<uint8_t> bytes = memory.data(store);
    return std::string_view(reinterpret_cast<const char*>(&bytes[0x1000]), 13);
  };
  std::cout << memory.data(store).size() << " bytes, " << size.call(store, {}).unwrap() << " pages\n";
  std::cout << "at 0x1000: " << text() << "\n";

  // What one side writes the other one reads.
  memory.data(store)[0x1000] = 'J';
  std::cout << "WebAssembly reads: " << static_cast<char>(load.call(store, 0x1000).unwrap()) << "\n";
  store_byte.call(store, {0x1004, 'y'}).unwrap();
  std::cout << "the host reads: " << text() << "\n";

  // Beyond the end WebAssembly traps; the memory and the instance stay usable.
  TrapResult<uint32_t> result = load.call(store, 0x20000);
  if (result) return 1;
  const Trap* trap = std::get_if<Trap>(&result.err_ref().data);
  const bool out_of_bounds = trap != nullptr && trap->code() == WASMTIME_TRAP_CODE_MEMORY_OUT_OF_BOUNDS;
  std::cout << "beyond the end: " << (out_of_bounds ? "out of bounds" : "something else") << "\n";

  // Memories grow in pages of 64 KiB, up to the maximum of their type.
  const uint64_t before = memory.grow(store, 1).unwrap();
  std::cout << "grown from " << before << " to " << memory.size(store) << " pages\n";
  std::cout << "0x20000 holds " << load.call(store, 0x20000).unwrap() << " now\n";
  std::cout << "a fourth page: " << (memory.grow(store, 1) ? "yes" : "no") << "\n";
}
