// Functions with several results, of the host's and of WebAssembly.
#include "common.h"

static const char kModule[] =
    "(module"
    "  (import \"host\" \"divide\" (func $divide (param i32 i32) (result i32 i32)))"
    "  (func (export \"digits\") (param i32) (result i32 i32 i32)"
    "    (call $divide (local.get 0) (i32.const 10))"
    "    (local.set 0)"
    "    (call $divide (i32.const 10))"
    "    (local.get 0)))";

// Gives a quotient and a remainder. Results are written in order; all of them, unless a trap is returned.
static wasm_trap_t* divide(void* env, wasmtime_caller_t* caller, const wasmtime_val_t* args, size_t nargs,
                           wasmtime_val_t* results, size_t nresults) {
  (void)env, (void)caller, (void)nargs, (void)nresults;
  const int32_t dividend = args[0].of.i32, divisor = args[1].of.i32;
  if (divisor == 0) return wasmtime_trap_new_code(WASMTIME_TRAP_CODE_INTEGER_DIVISION_BY_ZERO);
  results[0] = i32_val(dividend / divisor);
  results[1] = i32_val(dividend % divisor);
  return NULL;
}

int main(void) {
  wasm_engine_t* engine = wasm_engine_new();
  wasmtime_store_t* store = wasmtime_store_new(engine, NULL, NULL);
  wasmtime_context_t* context = wasmtime_store_context(store);
  wasmtime_module_t* module = compile(engine, kModule);

  // The function's type says how many results there are.
  wasm_functype_t* type = wasm_functype_new_2_2(wasm_valtype_new_i32(), wasm_valtype_new_i32(), wasm_valtype_new_i32(),
                                                wasm_valtype_new_i32());
  wasmtime_extern_t import;
  import.kind = WASMTIME_EXTERN_FUNC;
  wasmtime_func_new(context, type, divide, NULL, NULL, &import.of.func);
  wasm_functype_delete(type);
  wasmtime_instance_t instance;
  wasm_trap_t* trap = NULL;
  wasmtime_error_t* error = wasmtime_instance_new(context, module, &import, 1, &instance, &trap);
  check("instantiating", error, trap);

  // A call gives room for exactly as many results.
  const wasmtime_val_t args[] = {i32_val(17), i32_val(5)};
  wasmtime_val_t results[3];
  error = wasmtime_func_call(context, &import.of.func, args, 2, results, 2, &trap);
  check("calling", error, trap);
  printf("17 / 5 = %d, remainder %d\n", results[0].of.i32, results[1].of.i32);

  const wasmtime_func_t digits = get_func(context, &instance, "digits");
  const wasmtime_val_t number = i32_val(742);
  error = wasmtime_func_call(context, &digits, &number, 1, results, 3, &trap);
  check("calling", error, trap);
  printf("the digits of 742: %d %d %d\n", results[0].of.i32, results[1].of.i32, results[2].of.i32);

  wasmtime_store_delete(store);
  wasmtime_module_delete(module);
  wasm_engine_delete(engine);
  return 0;
}
