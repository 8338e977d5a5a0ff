// Fuel: a bound on how much WebAssembly may compute that does not depend on the machine.
#include <iostream>
#include <wasmtime.hh>

using namespace wasmtime;

static const char kModule[] = R"((module
  (func $fib (export "fib") (param $n i32) (result i32)
    (if (result i32) (i32.lt_u (local.get $n) (i32.const 2))
      (then (local.get $n))
      (else (i32.add (call $fib (i32.sub (local.get $n) (i32.const 1)))
                     (call $fib (i32.sub (local.get $n) (i32.const 2))))))))
)";

int main() {
  // Code uses fuel only if the engine is told so.
  Config config;
  config.consume_fuel(true);
  Engine engine(std::move(config));
  Module module = Module::compile(engine, kModule).unwrap();
  Store store(engine);
  Instance instance = Instance::create(store, module, {}).unwrap();
  auto fib = std::get<Func>(*instance.get(store, "fib")).typed<int32_t, int32_t>(store).unwrap();

  // The same portion for each call; each step of WebAssembly uses a little of it.
  for (int32_t n = 5;; n += 5) {
    store.context().set_fuel(100000).unwrap();
    TrapResult<int32_t> result = fib.call(store, n);
    if (!result) {
      const Trap* trap = std::get_if<Trap>(&result.err_ref().data);
      if (trap == nullptr || trap->code() != WASMTIME_TRAP_CODE_OUT_OF_FUEL) {
        std::cerr << result.err_ref().message() << "\n";
        return 1;
      }
      std::cout << "fib(" << n << ") ran out of fuel\n";
      break;
    }
    const uint64_t left = store.context().get_fuel().unwrap();
    std::cout << "fib(" << n << ") = " << result.ok() << ", and " << (left > 50000 ? "most" : "some")
              << " of the fuel is left\n";
  }
}
