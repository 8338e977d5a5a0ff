// Fuel: a bound on how much WebAssembly may compute that does not depend on the machine.
#include "common.h"

static const char kModule[] =
    "(module"
    "  (func $fib (export \"fib\") (param $n i32) (result i32)"
    "    (if (result i32) (i32.lt_u (local.get $n) (i32.const 2))"
    "      (then (local.get $n))"
    "      (else (i32.add (call $fib (i32.sub (local.get $n) (i32.const 1)))"
    "                     (call $fib (i32.sub (local.get $n) (i32.const 2))))))))";

int main(void) {
  // Code uses fuel only if the engine is told so.
  wasm_config_t* config = wasm_config_new();
  wasmtime_config_consume_fuel_set(config, true);
  wasm_engine_t* engine = wasm_engine_new_with_config(config);
  wasmtime_module_t* module = compile(engine, kModule);
  wasmtime_store_t* store = wasmtime_store_new(engine, NULL, NULL);
  wasmtime_context_t* context = wasmtime_store_context(store);
  wasmtime_instance_t instance;
  wasm_trap_t* trap = NULL;
  wasmtime_error_t* error = wasmtime_instance_new(context, module, NULL, 0, &instance, &trap);
  check("instantiating", error, trap);
  const wasmtime_func_t fib = get_func(context, &instance, "fib");

  // The same portion for each call; each step of WebAssembly uses a little of it.
  for (int32_t n = 5;; n += 5) {
    check("fueling", wasmtime_context_set_fuel(context, 100000), NULL);
    const wasmtime_val_t arg = i32_val(n);
    wasmtime_val_t result;
    error = wasmtime_func_call(context, &fib, &arg, 1, &result, 1, &trap);
    check("calling", error, NULL);
    if (trap != NULL) {
      wasmtime_trap_code_t code;
      if (!wasmtime_trap_code(trap, &code) || code != WASMTIME_TRAP_CODE_OUT_OF_FUEL) check("calling", NULL, trap);
      printf("fib(%d) ran out of fuel\n", n);
      wasm_trap_delete(trap);
      break;
    }
    uint64_t left = 0;
    check("asking", wasmtime_context_get_fuel(context, &left), NULL);
    printf("fib(%d) = %d, and %s of the fuel is left\n", n, result.of.i32, left > 50000 ? "most" : "some");
  }

  wasmtime_store_delete(store);
  wasmtime_module_delete(module);
  wasm_engine_delete(engine);
  return 0;
}
