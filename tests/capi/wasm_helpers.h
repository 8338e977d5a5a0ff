// For tests of wasm.h: modules from text, and short ways to what they export.
#ifndef TESTS_CAPI_WASM_HELPERS_H
#define TESTS_CAPI_WASM_HELPERS_H

#include <gantry.h>
#include <wasm.h>
#include <wasmtime.h>

#include "check.h"

// A module from the text format. The test fails if it is not valid. Text that depends on the engine's proposals (module
// linking) needs the engine, else NULL will do.
static inline wasm_module_t* compile_for(wasm_engine_t* engine, wasm_store_t* store, const char* text) {
  wasm_byte_vec_t binary;
  const size_t size = strlen(text);
  wasmtime_error_t* error =
      engine != NULL ? gantry_wat2wasm(engine, text, size, &binary) : wasmtime_wat2wasm(text, size, &binary);
  if (error != NULL) {
    wasm_name_t message;
    wasmtime_error_message(error, &message);
    fprintf(stderr, "%.*s\n", (int)message.size, message.data);
    exit(1);
  }
  wasm_module_t* module = wasm_module_new(store, &binary);
  if (module == NULL) fprintf(stderr, "not valid: %s\n", text);
  CHECK(module != NULL);
  wasm_byte_vec_delete(&binary);
  return module;
}

static inline wasm_module_t* compile(wasm_store_t* store, const char* text) { return compile_for(NULL, store, text); }

// An instance of a module, which it takes. `imports` are `count` borrowed externs.
static inline wasm_instance_t* instance_of(wasm_store_t* store, wasm_module_t* module, size_t count,
                                           wasm_extern_t** imports) {
  const wasm_extern_vec_t vec = {count, imports};
  wasm_trap_t* trap = NULL;
  wasm_instance_t* instance = wasm_instance_new(store, module, &vec, &trap);
  CHECK(trap == NULL);
  CHECK(instance != NULL);
  wasm_module_delete(module);
  return instance;
}

static inline wasm_instance_t* instantiate(wasm_store_t* store, const char* text, size_t count,
                                           wasm_extern_t** imports) {
  return instance_of(store, compile(store, text), count, imports);
}

// An export by its number, to be deleted.
static inline wasm_extern_t* export_at(const wasm_instance_t* instance, size_t index) {
  wasm_extern_vec_t exports;
  wasm_instance_exports(instance, &exports);
  CHECK(index < exports.size);
  wasm_extern_t* item = wasm_extern_copy(exports.data[index]);
  wasm_extern_vec_delete(&exports);
  return item;
}

static inline wasm_func_t* func_at(const wasm_instance_t* instance, size_t index) {
  wasm_func_t* func = wasm_extern_as_func(export_at(instance, index));
  CHECK(func != NULL);
  return func;
}

// A call that must succeed.
static inline void call(const wasm_func_t* func, size_t arg_count, wasm_val_t* args, size_t result_count,
                        wasm_val_t* results) {
  const wasm_val_vec_t arg_vec = {arg_count, args};
  wasm_val_vec_t result_vec = {result_count, results};
  wasm_trap_t* trap = wasm_func_call(func, &arg_vec, &result_vec);
  CHECK(trap == NULL);
}

// A call that must not, and whose message holds these words. Returns the trap.
static inline wasm_trap_t* call_fails(const wasm_func_t* func, size_t arg_count, wasm_val_t* args, size_t result_count,
                                      wasm_val_t* results, const char* words) {
  const wasm_val_vec_t arg_vec = {arg_count, args};
  wasm_val_vec_t result_vec = {result_count, results};
  wasm_trap_t* trap = wasm_func_call(func, &arg_vec, &result_vec);
  CHECK(trap != NULL);
  wasm_message_t message;
  wasm_trap_message(trap, &message);
  CHECK(message.size != 0 && message.data[message.size - 1] == '\0');
  if (strstr(message.data, words) == NULL) {
    fprintf(stderr, "`%s` is not in: %s\n", words, message.data);
    exit(1);
  }
  wasm_byte_vec_delete(&message);
  return trap;
}

static inline wasm_val_t i32_val(int32_t number) {
  wasm_val_t val;
  val.kind = WASM_I32;
  val.of.i32 = number;
  return val;
}

// The reference stays the caller's.
static inline wasm_val_t ref_val(wasm_valkind_t kind, wasm_ref_t* ref) {
  wasm_val_t val;
  val.kind = kind;
  val.of.ref = ref;
  return val;
}

#endif  // TESTS_CAPI_WASM_HELPERS_H
