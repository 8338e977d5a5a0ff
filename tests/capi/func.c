// wasmtime/func.h, val.h, trap.h, error.h: calls in both directions, every kind of value, every way a call can end.
#include "guest.h"

static int freed;
static void count_free(void* env) {
  (void)env;
  ++freed;
}

static wasm_trap_t* add_env(void* env, wasmtime_caller_t* caller, const wasmtime_val_t* args, size_t nargs, wasmtime_val_t* results,
                            size_t nresults) {
  CHECK_EQ(nargs, 1);
  CHECK_EQ(nresults, 1);
  CHECK(wasmtime_caller_context(caller) != NULL);
  results[0] = i32_val(args[0].of.i32 + *(int*)env);
  return NULL;
}

static wasm_trap_t* swap_raw(void* env, wasmtime_caller_t* caller, wasmtime_val_raw_t* values, size_t count) {
  (void)env;
  (void)caller;
  CHECK_EQ(count, 2);
  const int64_t first = values[0].i64;
  values[0].f64 = values[1].f64;
  values[1].i64 = first;
  return NULL;
}

static wasm_trap_t* read_memory(void* env, wasmtime_caller_t* caller, const wasmtime_val_t* args, size_t nargs, wasmtime_val_t* results,
                                size_t nresults) {
  (void)env;
  (void)nargs;
  (void)nresults;
  wasmtime_extern_t item;
  if (!wasmtime_caller_export_get(caller, "memory", 6, &item)) {
    results[0] = i32_val(-1);
    return NULL;
  }
  CHECK_EQ(item.kind, WASMTIME_EXTERN_MEMORY);
  CHECK(!wasmtime_caller_export_get(caller, "nothing", 7, &item));
  CHECK(wasmtime_caller_export_get(caller, "memory", 6, &item));
  results[0] = i32_val(wasmtime_memory_data(wasmtime_caller_context(caller), &item.of.memory)[args[0].of.i32]);
  return NULL;
}

static wasm_trap_t* end_call(void* env, wasmtime_caller_t* caller, const wasmtime_val_t* args, size_t nargs, wasmtime_val_t* results,
                             size_t nresults) {
  (void)env;
  (void)caller;
  (void)nargs;
  (void)nresults;
  if (args[0].of.i32 == 0) return wasmtime_trap_new("my own words", 12);
  if (args[0].of.i32 == 1) return wasmtime_trap_new_code(WASMTIME_TRAP_CODE_INTEGER_OVERFLOW);
  results[0].kind = WASMTIME_F64;  // not what the type says
  results[0].of.f64 = 1;
  return NULL;
}

static void host_functions(wasmtime_context_t* context) {
  wasm_functype_t* type = unary_type();
  int offset = 5;
  wasmtime_func_t func;
  wasmtime_func_new(context, type, add_env, &offset, count_free, &func);
  const wasmtime_val_t arg = i32_val(37);
  wasmtime_val_t result;
  wasm_trap_t* trap = NULL;
  OK(wasmtime_func_call(context, &func, &arg, 1, &result, 1, &trap));
  CHECK_EQ(result.of.i32, 42);
  wasm_functype_t* again = wasmtime_func_type(context, &func);
  CHECK_EQ(wasm_functype_params(again)->size, 1);
  CHECK_EQ(wasm_valtype_kind(wasm_functype_results(again)->data[0]), WASM_I32);
  wasm_functype_delete(again);

  FAILS(wasmtime_func_call(context, &func, &arg, 0, &result, 1, &trap), "expected 1 arguments, got 0");
  FAILS(wasmtime_func_call(context, &func, &arg, 1, &result, 0, &trap), "expected 1 results, got 0");
  const wasmtime_val_t wrong = i64_val(1);
  FAILS(wasmtime_func_call(context, &func, &wrong, 1, &result, 1, &trap), "expected i32, got i64");
  wasm_functype_delete(type);

  type = wasm_functype_new_2_2(wasm_valtype_new_i64(), wasm_valtype_new_f64(), wasm_valtype_new_f64(), wasm_valtype_new_i64());
  wasmtime_func_t swap;
  wasmtime_func_new_unchecked(context, type, swap_raw, NULL, count_free, &swap);
  wasm_functype_delete(type);
  wasmtime_val_raw_t raw[2];
  raw[0].i64 = -7;
  raw[1].f64 = 2.5;
  OK(wasmtime_func_call_unchecked(context, &swap, raw, 2, &trap));
  CHECK(raw[0].f64 == 2.5 && raw[1].i64 == -7);
  FAILS(wasmtime_func_call_unchecked(context, &swap, raw, 1, &trap), "2");

  void* pointer = wasmtime_func_to_raw(context, &func);
  CHECK(pointer != NULL);
  wasmtime_func_t back;
  wasmtime_func_from_raw(context, pointer, &back);
  OK(wasmtime_func_call(context, &back, &arg, 1, &result, 1, &trap));
  CHECK_EQ(result.of.i32, 42);
  wasmtime_funcref_set_null(&back);
  CHECK(wasmtime_funcref_is_null(&back));
  FAILS(wasmtime_func_call(context, &back, &arg, 1, &result, 1, &trap), "null");
}

static const char kEveryKind[] =
    "(module (func (export \"all\")"
    "  (param i32 i64 f32 f64 v128 funcref externref anyref exnref)"
    "  (result exnref anyref externref funcref v128 f64 f32 i64 i32)"
    "  local.get 8 local.get 7 local.get 6 local.get 5 local.get 4 local.get 3 local.get 2 local.get 1 local.get 0))";

static void every_kind(wasm_engine_t* engine, wasmtime_context_t* context) {
  wasmtime_module_t* module = module_of(engine, kEveryKind);
  const wasmtime_instance_t instance = instance_of(context, module);
  const wasmtime_extern_t all = export_of(context, &instance, "all");
  wasmtime_val_t in[9], out[9];
  in[0] = i32_val(-3);
  in[1] = i64_val(INT64_MIN);
  in[2].kind = WASMTIME_F32;
  in[2].of.f32 = 1.5f;
  in[3].kind = WASMTIME_F64;
  in[3].of.f64 = -2.25;
  in[4].kind = WASMTIME_V128;
  for (int i = 0; i < 16; ++i) in[4].of.v128[i] = (uint8_t)(i * 17);
  in[5].kind = WASMTIME_FUNCREF;
  in[5].of.funcref = all.of.func;
  in[6].kind = WASMTIME_EXTERNREF;
  int thing;
  CHECK(wasmtime_externref_new(context, &thing, NULL, &in[6].of.externref));
  in[7].kind = WASMTIME_ANYREF;
  wasmtime_anyref_from_i31(context, 99, &in[7].of.anyref);
  in[8].kind = WASMTIME_EXNREF;
  wasmtime_exnref_set_null(&in[8].of.exnref);
  wasm_trap_t* trap = NULL;
  OK(wasmtime_func_call(context, &all.of.func, in, 9, out, 9, &trap));
  CHECK_EQ(out[8].of.i32, -3);
  CHECK_EQ(out[7].of.i64, INT64_MIN);
  CHECK(out[6].of.f32 == 1.5f && out[5].of.f64 == -2.25);
  CHECK(memcmp(out[4].of.v128, in[4].of.v128, 16) == 0);
  CHECK_EQ(out[3].kind, WASMTIME_FUNCREF);
  CHECK(wasmtime_func_to_raw(context, &out[3].of.funcref) == wasmtime_func_to_raw(context, &all.of.func));
  CHECK(wasmtime_externref_data(context, &out[2].of.externref) == &thing);
  uint32_t small;
  CHECK(wasmtime_anyref_i31_get_u(context, &out[1].of.anyref, &small));
  CHECK_EQ(small, 99);
  CHECK(wasmtime_exnref_is_null(&out[0].of.exnref));

  wasmtime_val_t copy;
  wasmtime_val_clone(&in[6], &copy);
  wasmtime_val_unroot(&in[6]);
  OK(wasmtime_context_gc(context));
  CHECK(wasmtime_externref_data(context, &copy.of.externref) == &thing);
  wasmtime_val_unroot(&copy);
  wasmtime_val_unroot(&in[7]);
  for (int i = 0; i < 9; ++i) wasmtime_val_unroot(&out[i]);
  wasmtime_module_delete(module);
}

static const char kGuest[] =
    "(module $guest (import \"\" \"add\" (func $add (param i32) (result i32)))"
    "  (import \"\" \"peek\" (func $peek (param i32) (result i32)))"
    "  (import \"\" \"end\" (func $end (param i32) (result i32)))"
    "  (memory (export \"memory\") 1) (data (i32.const 3) \"*\")"
    "  (func (export \"add\") (param i32) (result i32) (call $add (local.get 0)))"
    "  (func (export \"peek\") (param i32) (result i32) (call $peek (local.get 0)))"
    "  (func $outer (export \"end\") (param i32) (result i32) (call $end (local.get 0)))"
    "  (func $inner (result i32) (i32.div_s (i32.const 1) (i32.const 0)))"
    "  (func (export \"divide\") (param i32) (result i32) (call $inner)))";

static wasm_trap_t* traps(wasmtime_context_t* context, const wasmtime_instance_t* instance, const char* name, int32_t arg) {
  const wasmtime_extern_t item = export_of(context, instance, name);
  const wasmtime_val_t val = i32_val(arg);
  wasmtime_val_t result;
  wasm_trap_t* trap = NULL;
  OK(wasmtime_func_call(context, &item.of.func, &val, 1, &result, 1, &trap));
  return trap;
}

static void ends_of_calls(wasm_engine_t* engine, wasmtime_context_t* context) {
  wasm_functype_t* type = unary_type();
  int offset = 1;
  wasmtime_extern_t imports[3];
  const wasmtime_func_callback_t callbacks[3] = {add_env, read_memory, end_call};
  for (int i = 0; i < 3; ++i) {
    imports[i].kind = WASMTIME_EXTERN_FUNC;
    wasmtime_func_new(context, type, callbacks[i], &offset, NULL, &imports[i].of.func);
  }
  wasm_functype_delete(type);
  wasmtime_module_t* module = module_of(engine, kGuest);
  wasmtime_instance_t instance;
  wasm_trap_t* trap = NULL;
  FAILS(wasmtime_instance_new(context, module, imports, 2, &instance, &trap), "expected 3 imports, found 2");
  OK(wasmtime_instance_new(context, module, imports, 3, &instance, &trap));
  CHECK(trap == NULL);
  CHECK_EQ(call_i32(context, &instance, "add", 41), 42);
  CHECK_EQ(call_i32(context, &instance, "peek", 3), '*');
  // Called by the host there is no calling instance.
  const wasmtime_val_t arg = i32_val(3);
  wasmtime_val_t result;
  OK(wasmtime_func_call(context, &imports[1].of.func, &arg, 1, &result, 1, &trap));
  CHECK_EQ(result.of.i32, -1);

  trap = traps(context, &instance, "divide", 0);
  CHECK(trap != NULL);
  wasmtime_trap_code_t code;
  CHECK(wasmtime_trap_code(trap, &code));
  CHECK_EQ(code, WASMTIME_TRAP_CODE_INTEGER_DIVISION_BY_ZERO);
  wasm_frame_t* origin = wasm_trap_origin(trap);
  CHECK(origin != NULL);
  CHECK_EQ(wasm_frame_func_index(origin), 6);
  CHECK_BYTES(*wasmtime_frame_func_name(origin), "inner");
  CHECK_BYTES(*wasmtime_frame_module_name(origin), "guest");
  CHECK(wasm_frame_module_offset(origin) > wasm_frame_func_offset(origin));
  wasm_frame_delete(origin);
  wasm_frame_vec_t frames;
  wasm_trap_trace(trap, &frames);
  CHECK_EQ(frames.size, 2);
  CHECK_EQ(wasm_frame_func_index(frames.data[1]), 7);
  CHECK(wasmtime_frame_func_name(frames.data[1]) == NULL);
  wasm_frame_vec_delete(&frames);
  TRAPS(trap, "wasm trap: integer divide by zero");

  const wasmtime_extern_t end = export_of(context, &instance, "end");
  wasmtime_val_t choice = i32_val(0);
  wasmtime_error_t* error = wasmtime_func_call(context, &end.of.func, &choice, 1, &result, 1, &trap);
  CHECK(error != NULL);
  int status;
  CHECK(!wasmtime_error_exit_status(error, &status));
  wasmtime_error_wasm_trace(error, &frames);
  CHECK_EQ(frames.size, 1);
  CHECK_BYTES(*wasmtime_frame_func_name(frames.data[0]), "outer");
  wasm_frame_vec_delete(&frames);
  FAILS(error, "my own words");

  trap = traps(context, &instance, "end", 1);
  CHECK(wasmtime_trap_code(trap, &code));
  CHECK_EQ(code, WASMTIME_TRAP_CODE_INTEGER_OVERFLOW);
  TRAPS(trap, "integer overflow");
  choice = i32_val(2);
  FAILS(wasmtime_func_call(context, &end.of.func, &choice, 1, &result, 1, &trap), "incompatible value");
  wasmtime_module_delete(module);
}

static void traps_and_errors_alone(void) {
  wasm_trap_t* trap = wasmtime_trap_new("alone", 5);
  wasmtime_trap_code_t code;
  CHECK(!wasmtime_trap_code(trap, &code));
  CHECK(wasm_trap_origin(trap) == NULL);
  TRAPS(trap, "alone");
  for (int i = 0; i <= WASMTIME_TRAP_CODE_UNCAUGHT_EXCEPTION; ++i) {
    trap = wasmtime_trap_new_code((wasmtime_trap_code_t)i);
    CHECK(wasmtime_trap_code(trap, &code));
    CHECK_EQ(code, i);
    wasm_trap_delete(trap);
  }
  FAILS(wasmtime_error_new("said so"), "said so");
  wasmtime_error_t* error = wasmtime_error_new("x");
  int status;
  CHECK(!wasmtime_error_exit_status(error, &status));
  wasm_frame_vec_t frames;
  wasmtime_error_wasm_trace(error, &frames);
  CHECK_EQ(frames.size, 0);
  wasm_frame_vec_delete(&frames);
  wasmtime_error_delete(error);
}

int main(void) {
  wasm_engine_t* engine = wasm_engine_new();
  wasmtime_store_t* store = wasmtime_store_new(engine, NULL, NULL);
  wasmtime_context_t* context = wasmtime_store_context(store);
  host_functions(context);
  every_kind(engine, context);
  ends_of_calls(engine, context);
  CHECK_EQ(freed, 0);
  wasmtime_store_delete(store);
  CHECK_EQ(freed, 2);
  wasm_engine_delete(engine);
  traps_and_errors_alone();
  return 0;
}
