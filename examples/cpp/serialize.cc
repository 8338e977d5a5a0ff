// A compiled module in a file, for a later start without compiling.
#include <cstdio>
#include <fstream>
#include <iostream>
#include <wasmtime.hh>

using namespace wasmtime;

static const char kModule[] = R"((module
  (func (export "square") (param i32) (result i32) (i32.mul (local.get 0) (local.get 0))))
)";

// Compiles the module and writes it to a file, as a build would do.
static void prepare(const std::string& path) {
  Engine engine;
  Module module = Module::compile(engine, kModule).unwrap();
  std::vector<uint8_t> bytes = module.serialize().unwrap();
  std::ofstream file(path, std::ios::binary);
  file.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  file.close();
  if (!file) {
    std::cerr << path << ": cannot be written\n";
    std::exit(1);
  }
}

int main(int argc, char** argv) {
  const std::string path = argc > 1 ? argv[1] : "square.cwasm";
  prepare(path);
  std::cout << "written\n";

  // Another engine with the same settings loads it, in this process or in another one with the same library. Only load
  // what a program of yours has written: the code inside is trusted.
  Engine engine;
  Module module = Module::deserialize_file(engine, path).unwrap();
  std::cout << "loaded\n";
  Store store(engine);
  Instance instance = Instance::create(store, module, {}).unwrap();
  auto square = std::get<Func>(*instance.get(store, "square")).typed<int32_t, int32_t>(store).unwrap();
  std::cout << "square(12) = " << square.call(store, 12).unwrap() << "\n";

  // What is no serialized module is refused.
  std::vector<uint8_t> other = {'n', 'o', 't', ' ', 'a', ' ', 'm', 'o', 'd', 'u', 'l', 'e'};
  std::cout << "other bytes: " << (Module::deserialize(engine, other) ? "taken?" : "refused") << "\n";
  std::remove(path.c_str());
}
