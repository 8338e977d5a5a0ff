// Functions with several results, of the host's and of WebAssembly.
#include <iostream>
#include <wasmtime.hh>

using namespace wasmtime;

static const char kModule[] = R"((module
  (import "host" "divide" (func $divide (param i32 i32) (result i32 i32)))
  (func (export "digits") (param i32) (result i32 i32 i32)
    (call $divide (local.get 0) (i32.const 10))
    (local.set 0)
    (call $divide (i32.const 10))
    (local.get 0)))
)";

int main() {
  Engine engine;
  Store store(engine);
  Module module = Module::compile(engine, kModule).unwrap();

  // Several results are a tuple. A host function that may refuse gives a Result of them or of a trap, which ends the
  // WebAssembly that called.
  using Pair = std::tuple<int32_t, int32_t>;
  Func divide = Func::wrap(store, [](int32_t dividend, int32_t divisor) -> Result<Pair, Trap> {
    if (divisor == 0) return Trap(WASMTIME_TRAP_CODE_INTEGER_DIVISION_BY_ZERO);
    return Pair(dividend / divisor, dividend % divisor);
  });
  Instance instance = Instance::create(store, module, {divide}).unwrap();

  // Calls give tuples as well, for which structured bindings are made.
  auto [quotient, remainder] = divide.typed<Pair, Pair>(store).unwrap().call(store, {17, 5}).unwrap();
  std::cout << "17 / 5 = " << quotient << ", remainder " << remainder << "\n";

  // Without the types: a vector of values, which know what they are.
  Func digits = std::get<Func>(*instance.get(store, "digits"));
  std::cout << "the digits of 742:";
  for (const Val& digit : digits.call(store, {742}).unwrap()) std::cout << " " << digit.i32();
  std::cout << "\n";
}
