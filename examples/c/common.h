// What the examples share: ending with a message when something fails, and modules from text.
#ifndef EXAMPLES_COMMON_H
#define EXAMPLES_COMMON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wasmtime.h>

// Ends the program if there is an error or a trap, after telling which. Functions of the library give at most one of
// the two. A program with more to lose would free what it holds, delete the error or trap, and go on.
static inline void check(const char* what, wasmtime_error_t* error, wasm_trap_t* trap) {
  if (error == NULL && trap == NULL) return;
  wasm_byte_vec_t message;
  if (error != NULL) {
    wasmtime_error_message(error, &message);
    wasmtime_error_delete(error);
  } else {
    wasm_trap_message(trap, &message);
    wasm_trap_delete(trap);
  }
  fprintf(stderr, "%s: %.*s\n", what, (int)message.size, message.data);
  wasm_byte_vec_delete(&message);
  exit(1);
}

// A module from its text. The caller deletes it.
static inline wasmtime_module_t* compile(wasm_engine_t* engine, const char* text) {
  wasm_byte_vec_t wasm;
  check("parsing", wasmtime_wat2wasm(text, strlen(text), &wasm), NULL);
  wasmtime_module_t* module = NULL;
  check("compiling", wasmtime_module_new(engine, (const uint8_t*)wasm.data, wasm.size, &module), NULL);
  wasm_byte_vec_delete(&wasm);
  return module;
}

// An export of an instance, which must be there and of this kind.
static inline wasmtime_extern_t get_export(wasmtime_context_t* context, const wasmtime_instance_t* instance,
                                           const char* name, wasmtime_extern_kind_t kind) {
  wasmtime_extern_t item;
  if (!wasmtime_instance_export_get(context, instance, name, strlen(name), &item) || item.kind != kind) {
    fprintf(stderr, "no such export: %s\n", name);
    exit(1);
  }
  return item;
}

// An exported function.
static inline wasmtime_func_t get_func(wasmtime_context_t* context, const wasmtime_instance_t* instance,
                                       const char* name) {
  return get_export(context, instance, name, WASMTIME_EXTERN_FUNC).of.func;
}

// A value: the i32 `value`.
static inline wasmtime_val_t i32_val(int32_t value) {
  wasmtime_val_t val;
  val.kind = WASMTIME_I32;
  val.of.i32 = value;
  return val;
}

// Calls a function that takes `nargs` i32 and gives one.
static inline int32_t call_i32(wasmtime_context_t* context, const wasmtime_func_t* func, const wasmtime_val_t* args,
                               size_t nargs) {
  wasmtime_val_t result;
  wasm_trap_t* trap = NULL;
  wasmtime_error_t* error = wasmtime_func_call(context, func, args, nargs, &result, 1, &trap);
  check("calling", error, trap);
  return result.of.i32;
}

#endif  // EXAMPLES_COMMON_H
