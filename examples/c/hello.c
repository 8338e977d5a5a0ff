// The whole way from text to a call: an engine, a module, a store, a function of the host's, an instance.
#include "common.h"

static const char kModule[] =
    "(module"
    "  (import \"host\" \"hello\" (func $hello))"
    "  (func (export \"run\") (call $hello)))";

// What WebAssembly calls. Its type, no parameters and no results, is given where it is made into a function.
static wasm_trap_t* hello(void* env, wasmtime_caller_t* caller, const wasmtime_val_t* args, size_t nargs,
                          wasmtime_val_t* results, size_t nresults) {
  (void)env, (void)caller, (void)args, (void)nargs, (void)results, (void)nresults;
  printf("Hello from the host\n");
  return NULL;  // or a trap, which would end the WebAssembly that called
}

int main(void) {
  // An engine holds settings and is shared by everything that has them. A program needs one.
  wasm_engine_t* engine = wasm_engine_new();

  // A module is checked and compiled once, and can be instantiated many times.
  wasmtime_module_t* module = compile(engine, kModule);

  // Everything that runs lives in a store and goes with it: instances, memories, functions. Most functions take the
  // store's context, which belongs to the store.
  wasmtime_store_t* store = wasmtime_store_new(engine, NULL, NULL);
  wasmtime_context_t* context = wasmtime_store_context(store);

  // A function of the host's, and the instance that imports it. Imports are given in the order in which the module has
  // them; linking.c shows how they are found by name.
  wasm_functype_t* type = wasm_functype_new_0_0();
  wasmtime_extern_t import;
  import.kind = WASMTIME_EXTERN_FUNC;
  wasmtime_func_new(context, type, hello, NULL, NULL, &import.of.func);
  wasm_functype_delete(type);
  wasmtime_instance_t instance;
  wasm_trap_t* trap = NULL;
  wasmtime_error_t* error = wasmtime_instance_new(context, module, &import, 1, &instance, &trap);
  check("instantiating", error, trap);

  // Instances and functions are handles: copied at will, freed by nobody.
  const wasmtime_func_t run = get_func(context, &instance, "run");
  printf("Calling run\n");
  error = wasmtime_func_call(context, &run, NULL, 0, NULL, 0, &trap);
  check("calling", error, trap);
  printf("It returned\n");

  wasmtime_store_delete(store);
  wasmtime_module_delete(module);
  wasm_engine_delete(engine);
  return 0;
}
