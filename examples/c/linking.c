// A linker: modules find what they import by name, in the host and in each other.
#include "common.h"

// A library: it has the memory, and writes texts of it through the host.
static const char kLibrary[] =
    "(module"
    "  (import \"host\" \"print\" (func $print (param i32 i32)))"
    "  (memory (export \"memory\") 1)"
    "  (global (export \"base\") i32 (i32.const 0x100))"
    "  (func (export \"double\") (param i32) (result i32) (i32.mul (local.get 0) (i32.const 2)))"
    "  (func (export \"log\") (param i32 i32) (call $print (local.get 0) (local.get 1))))";

// A program that uses the library's memory and functions.
static const char kProgram[] =
    "(module"
    "  (import \"library\" \"memory\" (memory 1))"
    "  (import \"library\" \"base\" (global $base i32))"
    "  (import \"library\" \"double\" (func $double (param i32) (result i32)))"
    "  (import \"library\" \"log\" (func $log (param i32 i32)))"
    "  (func (export \"run\") (param i32) (result i32)"
    "    (memory.init $text (global.get $base) (i32.const 0) (i32.const 17))"
    "    (call $log (global.get $base) (i32.const 17))"
    "    (call $double (local.get 0)))"
    "  (data $text \"the program runs\\n\"))";

// Writes a text that lies in the caller's memory. A caller that names a place outside of it is ended with a trap.
static wasm_trap_t* print(void* env, wasmtime_caller_t* caller, const wasmtime_val_t* args, size_t nargs,
                          wasmtime_val_t* results, size_t nresults) {
  (void)env, (void)nargs, (void)results, (void)nresults;
  wasmtime_context_t* context = wasmtime_caller_context(caller);
  wasmtime_extern_t memory;
  if (!wasmtime_caller_export_get(caller, "memory", 6, &memory) || memory.kind != WASMTIME_EXTERN_MEMORY) {
    static const char message[] = "the caller has no memory";
    return wasmtime_trap_new(message, sizeof message - 1);
  }
  const uint64_t from = (uint32_t)args[0].of.i32, size = (uint32_t)args[1].of.i32;
  if (from + size > wasmtime_memory_data_size(context, &memory.of.memory)) {
    return wasmtime_trap_new_code(WASMTIME_TRAP_CODE_MEMORY_OUT_OF_BOUNDS);
  }
  fwrite(wasmtime_memory_data(context, &memory.of.memory) + from, 1, size, stdout);
  return NULL;
}

int main(void) {
  wasm_engine_t* engine = wasm_engine_new();
  wasmtime_store_t* store = wasmtime_store_new(engine, NULL, NULL);
  wasmtime_context_t* context = wasmtime_store_context(store);
  wasmtime_module_t* library = compile(engine, kLibrary);
  wasmtime_module_t* program = compile(engine, kProgram);

  // Names have two parts. Functions that a linker defines by itself belong to no store and can be used in any.
  wasmtime_linker_t* linker = wasmtime_linker_new(engine);
  wasm_functype_t* type = wasm_functype_new_2_0(wasm_valtype_new_i32(), wasm_valtype_new_i32());
  wasmtime_error_t* error = wasmtime_linker_define_func(linker, "host", 4, "print", 5, type, print, NULL, NULL);
  check("defining", error, NULL);
  wasm_functype_delete(type);

  // The program alone misses something, and the error says what.
  wasmtime_instance_t instance;
  wasm_trap_t* trap = NULL;
  error = wasmtime_linker_instantiate(linker, context, program, &instance, &trap);
  printf("without the library: %s\n", error != NULL ? "an import is missing" : "it works?");
  wasmtime_error_delete(error);

  // Instantiates the library and defines everything that it exports.
  check("linking", wasmtime_linker_module(linker, context, "library", 7, library), NULL);
  error = wasmtime_linker_instantiate(linker, context, program, &instance, &trap);
  check("instantiating", error, trap);
  const wasmtime_func_t run = get_func(context, &instance, "run");
  const wasmtime_val_t number = i32_val(21);
  printf("run(21) = %d\n", call_i32(context, &run, &number, 1));

  wasmtime_linker_delete(linker);
  wasmtime_store_delete(store);
  wasmtime_module_delete(program);
  wasmtime_module_delete(library);
  wasm_engine_delete(engine);
  return 0;
}
