// Memories: reading and writing them from both sides, growing them, and what happens beyond their end.
#include "common.h"

static const char kModule[] =
    "(module"
    "  (memory (export \"memory\") 2 3)"
    "  (func (export \"size\") (result i32) (memory.size))"
    "  (func (export \"load\") (param i32) (result i32) (i32.load8_u (local.get 0)))"
    "  (func (export \"store\") (param i32 i32) (i32.store8 (local.get 0) (local.get 1)))"
    "  (data (i32.const 0x1000) \"Hello, memory\"))";

int main(void) {
  wasm_engine_t* engine = wasm_engine_new();
  wasmtime_store_t* store = wasmtime_store_new(engine, NULL, NULL);
  wasmtime_context_t* context = wasmtime_store_context(store);
  wasmtime_module_t* module = compile(engine, kModule);
  wasmtime_instance_t instance;
  wasm_trap_t* trap = NULL;
  wasmtime_error_t* error = wasmtime_instance_new(context, module, NULL, 0, &instance, &trap);
  check("instantiating", error, trap);
  const wasmtime_memory_t memory = get_export(context, &instance, "memory", WASMTIME_EXTERN_MEMORY).of.memory;
  const wasmtime_func_t size = get_func(context, &instance, "size");
  const wasmtime_func_t load = get_func(context, &instance, "load");
  const wasmtime_func_t store_byte = get_func(context, &instance, "store");

  // The host sees the bytes where they are. The address is good until the memory grows, so that it is asked for anew
  // after each call into WebAssembly. Check against the size before reading at a place that WebAssembly names.
  printf("%zu bytes, %d pages\n", wasmtime_memory_data_size(context, &memory), call_i32(context, &size, NULL, 0));
  printf("at 0x1000: %.13s\n", (const char*)wasmtime_memory_data(context, &memory) + 0x1000);

  // What one side writes the other one reads.
  wasmtime_memory_data(context, &memory)[0x1000] = 'J';
  const wasmtime_val_t where = i32_val(0x1000);
  printf("WebAssembly reads: %c\n", call_i32(context, &load, &where, 1));
  const wasmtime_val_t write[] = {i32_val(0x1004), i32_val('y')};
  error = wasmtime_func_call(context, &store_byte, write, 2, NULL, 0, &trap);
  check("calling", error, trap);
  printf("the host reads: %.13s\n", (const char*)wasmtime_memory_data(context, &memory) + 0x1000);

  // Beyond the end WebAssembly traps; the memory and the instance stay usable.
  const wasmtime_val_t beyond = i32_val(0x20000);
  wasmtime_val_t result;
  error = wasmtime_func_call(context, &load, &beyond, 1, &result, 1, &trap);
  check("calling", error, NULL);
  wasmtime_trap_code_t code;
  if (trap == NULL || !wasmtime_trap_code(trap, &code)) return 1;
  printf("beyond the end: %s\n", code == WASMTIME_TRAP_CODE_MEMORY_OUT_OF_BOUNDS ? "out of bounds" : "something else");
  wasm_trap_delete(trap);

  // Memories grow in pages of 64 KiB, up to the maximum of their type.
  uint64_t before = 0;
  check("growing", wasmtime_memory_grow(context, &memory, 1, &before), NULL);
  printf("grown from %d to %d pages\n", (int)before, (int)wasmtime_memory_size(context, &memory));
  printf("0x20000 holds %d now\n", call_i32(context, &load, &beyond, 1));
  error = wasmtime_memory_grow(context, &memory, 1, &before);
  printf("a fourth page: %s\n", error == NULL ? "yes" : "no");
  wasmtime_error_delete(error);

  wasmtime_store_delete(store);
  wasmtime_module_delete(module);
  wasm_engine_delete(engine);
  return 0;
}
