// Functions of wasm.h: callbacks, calls in both directions, what goes wrong.
#include "wasm_helpers.h"

static wasm_trap_t* new_trap(wasm_store_t* store, const char* text) {
  wasm_message_t message;
  wasm_name_new_from_string_nt(&message, text);
  wasm_trap_t* trap = wasm_trap_new(store, &message);
  wasm_byte_vec_delete(&message);
  return trap;
}

static wasm_functype_t* func_type(size_t params, const wasm_valkind_t* param_kinds, size_t results,
                                  const wasm_valkind_t* result_kinds) {
  wasm_valtype_vec_t param_vec, result_vec;
  wasm_valtype_vec_new_uninitialized(&param_vec, params);
  for (size_t i = 0; i < params; ++i) param_vec.data[i] = wasm_valtype_new(param_kinds[i]);
  wasm_valtype_vec_new_uninitialized(&result_vec, results);
  for (size_t i = 0; i < results; ++i) result_vec.data[i] = wasm_valtype_new(result_kinds[i]);
  return wasm_functype_new(&param_vec, &result_vec);
}

// --- numbers both ways

static int calls;
static wasm_trap_t* reverse(const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  ++calls;
  CHECK_EQ(args->size, 4);
  CHECK_EQ(results->size, 4);
  for (size_t i = 0; i < 4; ++i) wasm_val_copy(&results->data[i], &args->data[3 - i]);
  return NULL;
}

static void numbers(wasm_store_t* store) {
  const wasm_valkind_t kinds[] = {WASM_I32, WASM_I64, WASM_F32, WASM_F64},
                       reversed[] = {WASM_F64, WASM_F32, WASM_I64, WASM_I32};
  wasm_functype_t* type = func_type(4, kinds, 4, reversed);
  wasm_func_t* host = wasm_func_new(store, type, reverse);
  wasm_functype_delete(type);
  wasm_extern_t* imports[] = {wasm_func_as_extern(host)};
  wasm_instance_t* instance =
      instantiate(store,
                  "(module (type $t (func (param i32 i64 f32 f64) (result f64 f32 i64 i32)))"
                  " (import \"\" \"f\" (func $f (type $t)))"
                  " (func (export \"g\") (type $t) local.get 0 local.get 1 local.get 2 local.get 3 call $f))",
                  1, imports);
  wasm_func_t* guest = func_at(instance, 0);
  CHECK(!wasm_func_same(host, guest));
  calls = 0;
  wasm_func_t* both[] = {host, guest};
  for (size_t i = 0; i < 2; ++i) {
    CHECK_EQ(wasm_func_param_arity(both[i]), 4);
    CHECK_EQ(wasm_func_result_arity(both[i]), 4);
    wasm_functype_t* its_type = wasm_func_type(both[i]);
    for (size_t k = 0; k < 4; ++k) {
      CHECK_EQ(wasm_valtype_kind(wasm_functype_params(its_type)->data[k]), kinds[k]);
      CHECK_EQ(wasm_valtype_kind(wasm_functype_results(its_type)->data[k]), reversed[k]);
    }
    wasm_functype_delete(its_type);
    wasm_val_t args[4], results[4];
    args[0].kind = WASM_I32, args[0].of.i32 = -2;
    args[1].kind = WASM_I64, args[1].of.i64 = INT64_MIN + 1;
    args[2].kind = WASM_F32, args[2].of.f32 = -0.5f;
    args[3].kind = WASM_F64, args[3].of.f64 = 1e300;
    call(both[i], 4, args, 4, results);
    CHECK(results[0].kind == WASM_F64 && results[0].of.f64 == 1e300);
    CHECK(results[1].kind == WASM_F32 && results[1].of.f32 == -0.5f);
    CHECK(results[2].kind == WASM_I64 && results[2].of.i64 == INT64_MIN + 1);
    CHECK(results[3].kind == WASM_I32 && results[3].of.i32 == -2);
  }
  CHECK_EQ(calls, 2);
  wasm_func_delete(host);
  wasm_func_delete(guest);
  wasm_instance_delete(instance);
}

// --- environments

static wasm_trap_t* add_env(void* env, const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  results->data[0].kind = WASM_I32;
  results->data[0].of.i32 = args->data[0].of.i32 + *(int*)env;
  return NULL;
}

static int finalized;
static void count_finalizer(void* env) { finalized += *(int*)env; }

static void environments(wasm_engine_t* engine) {
  wasm_store_t* store = wasm_store_new(engine);
  wasm_functype_t* type = wasm_functype_new_1_1(wasm_valtype_new_i32(), wasm_valtype_new_i32());
  int ten = 10, hundred = 100;
  wasm_func_t* a = wasm_func_new_with_env(store, type, add_env, &ten, count_finalizer);
  wasm_func_t* b = wasm_func_new_with_env(store, type, add_env, &hundred, NULL);
  wasm_functype_delete(type);
  wasm_val_t arg = i32_val(1), result;
  call(a, 1, &arg, 1, &result);
  CHECK_EQ(result.of.i32, 11);
  call(b, 1, &arg, 1, &result);
  CHECK_EQ(result.of.i32, 101);
  wasm_func_delete(a);
  wasm_func_delete(b);
  CHECK_EQ(finalized, 0);
  wasm_store_delete(store);
  CHECK_EQ(finalized, 10);
}

// --- what goes wrong

static wasm_store_t* trapping_store;
static wasm_trap_t* kept_trap;
static wasm_trap_t* always_trap(const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  (void)args, (void)results;
  wasm_trap_t* trap = new_trap(trapping_store, "the host says no");
  wasm_trap_set_host_info(trap, &calls);
  kept_trap = wasm_trap_copy(trap);
  return trap;
}

static wasm_trap_t* wrong_kind(const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  (void)args;
  results->data[0].kind = WASM_I64;
  results->data[0].of.i64 = 1;
  return NULL;
}

static wasm_trap_t* no_kind(const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  (void)args;
  CHECK_EQ(results->data[0].kind, WASM_I32);
  results->data[0].of.i32 = 5;
  return NULL;
}

static wasm_trap_t* own_vector(const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  (void)args;
  wasm_val_t six = i32_val(6);
  wasm_val_vec_new(results, 1, &six);
  return NULL;
}

static wasm_trap_t* no_vector(const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  (void)args;
  wasm_val_vec_new_empty(results);
  return NULL;
}

// A trap of a callback comes out as the same object, with the frames that it came through.
static void traps_of_callbacks(wasm_store_t* store) {
  trapping_store = store;
  wasm_functype_t* type = wasm_functype_new_0_0();
  wasm_func_t* host = wasm_func_new(store, type, always_trap);
  wasm_functype_delete(type);
  wasm_extern_t* imports[] = {wasm_func_as_extern(host)};
  wasm_instance_t* instance =
      instantiate(store, "(module (import \"\" \"f\" (func $f)) (func $g (export \"g\") call $f))", 1, imports);
  wasm_func_t* guest = func_at(instance, 0);
  for (int i = 0; i < 2; ++i) {
    wasm_trap_t* trap = call_fails(i == 0 ? host : guest, 0, NULL, 0, NULL, "the host says no");
    CHECK(wasm_trap_same(trap, kept_trap));
    CHECK(wasm_trap_get_host_info(trap) == &calls);
    wasm_frame_t* origin = wasm_trap_origin(trap);
    CHECK((origin != NULL) == (i == 1));
    wasm_frame_delete(origin);
    wasm_trap_delete(trap);
    wasm_trap_delete(kept_trap);
  }
  // During instantiation, too.
  wasm_module_t* module = compile(store, "(module (import \"\" \"f\" (func $f)) (start $f))");
  const wasm_extern_vec_t vec = {1, imports};
  wasm_trap_t* trap = NULL;
  CHECK(wasm_instance_new(store, module, &vec, &trap) == NULL);
  CHECK(wasm_trap_same(trap, kept_trap));
  wasm_trap_delete(trap);
  wasm_trap_delete(kept_trap);
  CHECK(wasm_instance_new(store, module, &vec, NULL) == NULL);
  wasm_trap_delete(kept_trap);
  wasm_module_delete(module);
  wasm_func_delete(host);
  wasm_func_delete(guest);
  wasm_instance_delete(instance);
}

static void results_of_callbacks(wasm_store_t* store) {
  wasm_functype_t* type = wasm_functype_new_0_1(wasm_valtype_new_i32());
  wasm_func_t* func = wasm_func_new(store, type, wrong_kind);
  wasm_val_t result = i32_val(77);
  wasm_trap_delete(call_fails(func, 0, NULL, 1, &result, "function attempted to return an incompatible value"));
  CHECK_EQ(result.of.i32, 77);
  wasm_func_delete(func);
  func = wasm_func_new(store, type, no_vector);
  wasm_trap_delete(call_fails(func, 0, NULL, 1, &result, "too few results"));
  wasm_func_delete(func);
  func = wasm_func_new(store, type, no_kind);
  call(func, 0, NULL, 1, &result);
  CHECK_EQ(result.of.i32, 5);
  wasm_func_delete(func);
  func = wasm_func_new(store, type, own_vector);
  call(func, 0, NULL, 1, &result);
  CHECK_EQ(result.of.i32, 6);
  wasm_func_delete(func);
  wasm_functype_delete(type);
}

static void wrong_calls(wasm_store_t* store) {
  wasm_instance_t* instance = instantiate(
      store, "(module (func (export \"f\") (param i32) (result i32 i32) local.get 0 local.get 0))", 0, NULL);
  wasm_func_t* func = func_at(instance, 0);
  wasm_val_t args[2] = {i32_val(1), i32_val(2)}, results[3] = {i32_val(77), i32_val(77), i32_val(77)};
  wasm_trap_delete(call_fails(func, 0, NULL, 2, results, "expected 1 arguments, got 0"));
  wasm_trap_delete(call_fails(func, 2, args, 2, results, "expected 1 arguments, got 2"));
  wasm_trap_delete(call_fails(func, 1, args, 1, results, "expected 2 results, got 1"));
  args[0].kind = WASM_I64;
  wasm_trap_delete(call_fails(func, 1, args, 2, results, "type mismatch: expected i32, got i64"));
  args[0].kind = 77;
  wasm_trap_delete(call_fails(func, 1, args, 2, results, "type mismatch: expected i32, got a value of unknown kind"));
  CHECK(results[0].of.i32 == 77 && results[1].of.i32 == 77);
  // More room than needed is fine, none if the results are not wanted, and NULL is no vector.
  args[0] = i32_val(3);
  call(func, 1, args, 3, results);
  CHECK(results[0].of.i32 == 3 && results[1].of.i32 == 3 && results[2].of.i32 == 77);
  call(func, 1, args, 0, NULL);
  wasm_func_delete(func);
  wasm_instance_delete(instance);
  instance = instantiate(store, "(module (func (export \"f\")))", 0, NULL);
  func = func_at(instance, 0);
  CHECK(wasm_func_call(func, NULL, NULL) == NULL);
  wasm_func_delete(func);
  wasm_instance_delete(instance);
}

// Calls nest, until there are too many of them.
static wasm_func_t* nested_func;
static int depth;
static wasm_trap_t* nest(const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  (void)args, (void)results;
  ++depth;
  return wasm_func_call(nested_func, NULL, NULL);
}

static void nested_calls(wasm_store_t* store) {
  wasm_functype_t* type = wasm_functype_new_0_0();
  wasm_func_t* host = wasm_func_new(store, type, nest);
  wasm_functype_delete(type);
  wasm_extern_t* imports[] = {wasm_func_as_extern(host)};
  wasm_instance_t* instance =
      instantiate(store, "(module (import \"\" \"f\" (func $f)) (func (export \"g\") call $f))", 1, imports);
  nested_func = func_at(instance, 0);
  wasm_trap_delete(call_fails(nested_func, 0, NULL, 0, NULL, "call stack exhausted"));
  CHECK(depth > 10);
  wasm_func_delete(nested_func);
  wasm_func_delete(host);
  wasm_instance_delete(instance);
}

// A function with many parameters and results.
static wasm_trap_t* sum_up(const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  int32_t sum = 0;
  for (size_t i = 0; i < args->size; ++i) {
    sum += args->data[i].of.i32;
    results->data[i] = i32_val(sum);
  }
  return NULL;
}

static void many_values(wasm_store_t* store) {
  enum { kCount = 300 };
  wasm_valkind_t kinds[kCount];
  wasm_val_t args[kCount], results[kCount];
  for (int i = 0; i < kCount; ++i) {
    kinds[i] = WASM_I32;
    args[i] = i32_val(i);
  }
  wasm_functype_t* type = func_type(kCount, kinds, kCount, kinds);
  wasm_func_t* func = wasm_func_new(store, type, sum_up);
  wasm_functype_delete(type);
  call(func, kCount, args, kCount, results);
  CHECK_EQ(results[kCount - 1].of.i32, kCount * (kCount - 1) / 2);
  wasm_func_delete(func);
}

int main(void) {
  wasm_engine_t* engine = wasm_engine_new();
  wasm_store_t* store = wasm_store_new(engine);
  numbers(store);
  traps_of_callbacks(store);
  results_of_callbacks(store);
  wrong_calls(store);
  nested_calls(store);
  many_values(store);
  wasm_store_delete(store);
  environments(engine);
  wasm_engine_delete(engine);
  return 0;
}
