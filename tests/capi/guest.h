// What tests of wasmtime.h share: modules from text, and ends of calls.
#ifndef TESTS_CAPI_GUEST_H
#define TESTS_CAPI_GUEST_H

#include <gantry.h>
#include <wasmtime.h>

#include "check.h"

// A function does not fail.
#define OK(call)                                                                                    \
  do {                                                                                              \
    wasmtime_error_t* error_ = (call);                                                              \
    if (error_ != NULL) {                                                                           \
      wasm_name_t text_;                                                                            \
      wasmtime_error_message(error_, &text_);                                                       \
      fprintf(stderr, "%s:%d: %s: %.*s\n", __FILE__, __LINE__, #call, (int)text_.size, text_.data); \
      exit(1);                                                                                      \
    }                                                                                               \
  } while (0)

// A function fails, with these words in the message.
#define FAILS(call, words) check_message(__FILE__, __LINE__, #call, (call), words)

static inline bool contains(const wasm_name_t* text, const char* words) {
  const size_t size = strlen(words);
  for (size_t i = 0; i + size <= text->size; ++i) {
    if (memcmp(text->data + i, words, size) == 0) return true;
  }
  return false;
}

static inline void check_message(const char* file, int line, const char* call, wasmtime_error_t* error,
                                 const char* words) {
  if (error == NULL) {
    fprintf(stderr, "%s:%d: %s does not fail\n", file, line, call);
    exit(1);
  }
  wasm_name_t text;
  wasmtime_error_message(error, &text);
  if (!contains(&text, words)) {
    fprintf(stderr, "%s:%d: %s says `%.*s`, not `%s`\n", file, line, call, (int)text.size, text.data, words);
    exit(1);
  }
  wasm_name_delete(&text);
  wasmtime_error_delete(error);
}

static inline void check_trap(const char* file, int line, wasm_trap_t* trap, const char* words) {
  if (trap == NULL) {
    fprintf(stderr, "%s:%d: no trap\n", file, line);
    exit(1);
  }
  wasm_message_t text;
  wasm_trap_message(trap, &text);
  if (!contains(&text, words)) {
    fprintf(stderr, "%s:%d: the trap says `%.*s`, not `%s`\n", file, line, (int)text.size, text.data, words);
    exit(1);
  }
  wasm_byte_vec_delete(&text);
  wasm_trap_delete(trap);
}
// A trap with these words in its message. Takes it.
#define TRAPS(trap, words) check_trap(__FILE__, __LINE__, trap, words)

static inline wasmtime_module_t* module_of(wasm_engine_t* engine, const char* text) {
  wasm_byte_vec_t binary;
  OK(gantry_wat2wasm(engine, text, strlen(text), &binary));
  wasmtime_module_t* module = NULL;
  OK(wasmtime_module_new(engine, (const uint8_t*)binary.data, binary.size, &module));
  wasm_byte_vec_delete(&binary);
  return module;
}

static inline wasmtime_instance_t instance_of(wasmtime_context_t* context, wasmtime_module_t* module) {
  wasmtime_instance_t instance;
  wasm_trap_t* trap = NULL;
  OK(wasmtime_instance_new(context, module, NULL, 0, &instance, &trap));
  CHECK(trap == NULL);
  return instance;
}

static inline wasmtime_extern_t export_of(wasmtime_context_t* context, const wasmtime_instance_t* instance,
                                          const char* name) {
  wasmtime_extern_t item;
  CHECK(wasmtime_instance_export_get(context, instance, name, strlen(name), &item));
  return item;
}

static inline wasmtime_val_t i32_val(int32_t value) {
  wasmtime_val_t val;
  val.kind = WASMTIME_I32;
  val.of.i32 = value;
  return val;
}

static inline wasmtime_val_t i64_val(int64_t value) {
  wasmtime_val_t val;
  val.kind = WASMTIME_I64;
  val.of.i64 = value;
  return val;
}

// Calls an export that takes and gives one i32.
static inline int32_t call_i32(wasmtime_context_t* context, const wasmtime_instance_t* instance, const char* name,
                               int32_t arg) {
  const wasmtime_extern_t item = export_of(context, instance, name);
  const wasmtime_val_t val = i32_val(arg);
  wasmtime_val_t result;
  wasm_trap_t* trap = NULL;
  OK(wasmtime_func_call(context, &item.of.func, &val, 1, &result, 1, &trap));
  CHECK(trap == NULL);
  CHECK_EQ(result.kind, WASMTIME_I32);
  return result.of.i32;
}

static inline wasm_functype_t* unary_type(void) {
  return wasm_functype_new_1_1(wasm_valtype_new_i32(), wasm_valtype_new_i32());
}

#endif  // TESTS_CAPI_GUEST_H
