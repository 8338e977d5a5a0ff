// A compiled module in a file, for a later start without compiling.
#include "common.h"

static const char kModule[] =
    "(module"
    "  (func (export \"square\") (param i32) (result i32) (i32.mul (local.get 0) (local.get 0))))";

// Compiles the module and writes it to a file, as a build would do.
static void prepare(const char* path) {
  wasm_engine_t* engine = wasm_engine_new();
  wasmtime_module_t* module = compile(engine, kModule);
  wasm_byte_vec_t bytes;
  check("serializing", wasmtime_module_serialize(module, &bytes), NULL);
  FILE* file = fopen(path, "wb");
  if (file == NULL || fwrite(bytes.data, 1, bytes.size, file) != bytes.size || fclose(file) != 0) {
    perror(path);
    exit(1);
  }
  wasm_byte_vec_delete(&bytes);
  wasmtime_module_delete(module);
  wasm_engine_delete(engine);
}

int main(int argc, char** argv) {
  const char* path = argc > 1 ? argv[1] : "square.cwasm";
  prepare(path);
  printf("written\n");

  // Another engine with the same settings loads it, in this process or in another one with the same library. Only load
  // what a program of yours has written: the code inside is trusted.
  wasm_engine_t* engine = wasm_engine_new();
  wasmtime_module_t* module = NULL;
  check("loading", wasmtime_module_deserialize_file(engine, path, &module), NULL);
  printf("loaded\n");

  wasmtime_store_t* store = wasmtime_store_new(engine, NULL, NULL);
  wasmtime_context_t* context = wasmtime_store_context(store);
  wasmtime_instance_t instance;
  wasm_trap_t* trap = NULL;
  wasmtime_error_t* error = wasmtime_instance_new(context, module, NULL, 0, &instance, &trap);
  check("instantiating", error, trap);
  const wasmtime_func_t square = get_func(context, &instance, "square");
  const wasmtime_val_t number = i32_val(12);
  printf("square(12) = %d\n", call_i32(context, &square, &number, 1));

  // What is no serialized module is refused.
  wasmtime_module_t* wrong = NULL;
  error = wasmtime_module_deserialize(engine, (const uint8_t*)"not a module", 12, &wrong);
  printf("other bytes: %s\n", error != NULL ? "refused" : "taken?");
  wasmtime_error_delete(error);

  wasmtime_store_delete(store);
  wasmtime_module_delete(module);
  wasm_engine_delete(engine);
  remove(path);
  return 0;
}
