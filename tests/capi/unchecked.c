// Callbacks without kinds (wasmtime_func_new_unchecked, wasmtime_linker_define_func_unchecked) as guests call them:
// every kind of value in registers and on the stack, every way to end, everything that a callback may do meanwhile.
#include "guest.h"

static wasm_engine_t* engine;
static wasmtime_store_t* store;
static wasmtime_context_t* context;

static wasm_functype_t* type_of(const char* params, const char* results) {
  wasm_valtype_vec_t sides[2];
  const char* const letters[2] = {params, results};
  for (int side = 0; side < 2; ++side) {
    wasm_valtype_vec_new_uninitialized(&sides[side], strlen(letters[side]));
    for (size_t i = 0; i < sides[side].size; ++i) {
      const char letter = letters[side][i];
      sides[side].data[i] = wasm_valtype_new(letter == 'i'   ? WASM_I32
                                             : letter == 'l' ? WASM_I64
                                             : letter == 's' ? WASM_F32
                                             : letter == 'd' ? WASM_F64
                                             : letter == 'f' ? WASM_FUNCREF
                                                             : WASM_EXTERNREF);
    }
  }
  return wasm_functype_new(&sides[0], &sides[1]);
}

static wasmtime_linker_t* new_linker(void) { return wasmtime_linker_new(engine); }

static void define(wasmtime_linker_t* linker, const char* name, const char* params, const char* results,
                   wasmtime_func_unchecked_callback_t callback, void* env) {
  wasm_functype_t* type = type_of(params, results);
  OK(wasmtime_linker_define_func_unchecked(linker, "host", 4, name, strlen(name), type, callback, env, NULL));
  wasm_functype_delete(type);
}

// Takes the linker.
static wasmtime_instance_t guest_of(wasmtime_linker_t* linker, const char* text) {
  wasmtime_module_t* module = module_of(engine, text);
  wasmtime_instance_t instance;
  wasm_trap_t* trap = NULL;
  OK(wasmtime_linker_instantiate(linker, context, module, &instance, &trap));
  CHECK(trap == NULL);
  wasmtime_module_delete(module);
  wasmtime_linker_delete(linker);
  return instance;
}

static wasmtime_func_t func_of(const wasmtime_instance_t* instance, const char* name) {
  return export_of(context, instance, name).of.func;
}

// --- values

enum { kMany = 26 };
static const char kManyParams[] = "iiiiiiiiilsdefisdsdsdsdsdl";

// Backwards, and rubbish above what is narrower than 64 bits.
static wasm_trap_t* turn_round(void* env, wasmtime_caller_t* caller, wasmtime_val_raw_t* values, size_t count) {
  CHECK(*(int*)env == 7);
  CHECK(wasmtime_caller_context(caller) == context);
  CHECK_EQ(count, kMany);
  ++*(int*)env;
  wasmtime_val_raw_t old[kMany];
  memcpy(old, values, sizeof old);
  for (int i = 0; i < kMany; ++i) {
    const char letter = kManyParams[i];
    if (letter == 'i' || letter == 'e') CHECK_EQ(old[i].i64 >> 32, 0);
  }
  for (int i = 0; i < kMany; ++i) {
    values[i] = old[kMany - 1 - i];
    const char letter = kManyParams[kMany - 1 - i];
    if (letter == 'i' || letter == 'e' || letter == 's') values[i].i64 |= (int64_t)0x5a5a5a5a << 32;
  }
  return NULL;
}

static void many_values(void) {
  char results[kMany + 1] = {0};
  for (int i = 0; i < kMany; ++i) results[i] = kManyParams[kMany - 1 - i];
  int calls = 7;
  wasmtime_linker_t* linker = new_linker();
  define(linker, "turn", kManyParams, results, turn_round, &calls);
  // The guest passes them on, in a call and in a tail call.
  static char text[8192];
  char* end = text;
  end += sprintf(end, "(module (import \"host\" \"turn\" (func $turn (type $many))) (type $many (func (param");
  const char* const names[128] = {
      ['i'] = "i32", ['l'] = "i64", ['s'] = "f32", ['d'] = "f64", ['f'] = "funcref", ['e'] = "externref"};
  for (int i = 0; i < kMany; ++i) end += sprintf(end, " %s", names[(int)kManyParams[i]]);
  end += sprintf(end, ") (result");
  for (int i = 0; i < kMany; ++i) end += sprintf(end, " %s", names[(int)results[i]]);
  end +=
      sprintf(end, ")))\n(table 1 funcref) (elem (i32.const 0) $turn) (global $turn (ref $many) (ref.func $turn))\n");
  const char* const ways[] = {"call $turn", "return_call $turn", "(call_indirect (type $many) (i32.const 0))",
                              "(call_ref $many (global.get $turn))", "(return_call_ref $many (global.get $turn))"};
  for (size_t way = 0; way < 5; ++way) {
    end += sprintf(end, "(func (export \"%d\") (type $many)", (int)way);
    for (int i = 0; i < kMany; ++i) end += sprintf(end, " local.get %d", i);
    end += sprintf(end, " %s)\n", ways[way]);
  }
  // The last result is looked at in all 64 bits.
  end += sprintf(end, "(func (export \"wide\") (param i32) (result i64)");
  const char* const zeros[128] = {['i'] = "local.get 0", ['l'] = "i64.const 0",   ['s'] = "f32.const 0",
                                  ['d'] = "f64.const 0", ['f'] = "ref.null func", ['e'] = "ref.null extern"};
  for (int i = 0; i < kMany; ++i) end += sprintf(end, " %s", zeros[(int)kManyParams[i]]);
  sprintf(end, " call $turn i64.extend_i32_u return))");
  const wasmtime_instance_t instance = guest_of(linker, text);

  wasmtime_externref_t extern_ref;
  CHECK(wasmtime_externref_new(context, &calls, NULL, &extern_ref));
  for (int way = 0; way < 5; ++way) {
    const char name[2] = {(char)('0' + way), 0};
    const wasmtime_func_t func = func_of(&instance, name);
    wasmtime_val_raw_t values[kMany], given[kMany];
    memset(given, 0, sizeof given);
    for (int i = 0; i < kMany; ++i) {
      const char letter = kManyParams[i];
      if (letter == 'i') given[i].i32 = -1 - i;
      if (letter == 'l') given[i].i64 = (int64_t)-3000000000000 + i;
      if (letter == 's') given[i].f32 = 0.5f + (float)i;
      if (letter == 'd') given[i].f64 = -0.25 - i;
      if (letter == 'f') given[i].funcref = wasmtime_func_to_raw(context, &func);
      if (letter == 'e') given[i].externref = wasmtime_externref_to_raw(context, &extern_ref);
    }
    memcpy(values, given, sizeof given);
    calls = 7;
    wasm_trap_t* trap = NULL;
    OK(wasmtime_func_call_unchecked(context, &func, values, kMany, &trap));
    CHECK(trap == NULL);
    CHECK_EQ(calls, 8);
    for (int i = 0; i < kMany; ++i) CHECK_EQ(values[i].i64, given[kMany - 1 - i].i64);
  }
  wasmtime_externref_unroot(&extern_ref);

  const wasmtime_func_t wide = func_of(&instance, "wide");
  const wasmtime_val_t arg = i32_val(-5);
  wasmtime_val_t result;
  wasm_trap_t* trap = NULL;
  calls = 7;
  OK(wasmtime_func_call(context, &wide, &arg, 1, &result, 1, &trap));
  CHECK_EQ(result.of.i64, 0xfffffffb);
}

static wasm_trap_t* rotate(void* env, wasmtime_caller_t* caller, wasmtime_val_raw_t* values, size_t count) {
  (void)env, (void)caller;
  CHECK_EQ(count, 3);
  wasmtime_val_raw_t first = values[0];
  values[0] = values[1];
  values[1] = values[2];
  values[2] = first;
  return NULL;
}

static void vectors(void) {
  wasmtime_linker_t* linker = new_linker();
  // wasm.h cannot say v128: the type is taken from a function that has it.
  wasmtime_module_t* module =
      module_of(engine, "(module (func (export \"f\") (param v128 i32 v128) (result i32 v128 v128) unreachable))");
  const wasmtime_instance_t model = instance_of(context, module);
  wasmtime_module_delete(module);
  const wasmtime_func_t like = func_of(&model, "f");
  wasm_functype_t* type = wasmtime_func_type(context, &like);
  OK(wasmtime_linker_define_func_unchecked(linker, "host", 4, "rotate", 6, type, rotate, NULL, NULL));
  wasm_functype_delete(type);
  const wasmtime_instance_t instance =
      guest_of(linker,
               "(module (import \"host\" \"rotate\" (func $rotate (param v128 i32 v128) (result i32 v128 v128)))"
               "(func (export \"run\") (param v128 i32 v128) (result i32 v128 v128)"
               "  (call $rotate (local.get 0) (local.get 1) (local.get 2))))");
  const wasmtime_func_t run = func_of(&instance, "run");
  wasmtime_val_raw_t values[3];
  memset(values, 0, sizeof values);
  for (int i = 0; i < 16; ++i) values[0].v128[i] = (uint8_t)i, values[2].v128[i] = (uint8_t)(100 + i);
  values[1].i32 = 77;
  wasm_trap_t* trap = NULL;
  OK(wasmtime_func_call_unchecked(context, &run, values, 3, &trap));
  CHECK(trap == NULL);
  CHECK_EQ(values[0].i32, 77);
  for (int i = 0; i < 16; ++i) CHECK(values[1].v128[i] == 100 + i && values[2].v128[i] == i);
}

// --- ends

static wasm_trap_t* end_call(void* env, wasmtime_caller_t* caller, wasmtime_val_raw_t* values, size_t count) {
  CHECK_EQ(count, 1);
  switch (values[0].i32) {
    case 0:
      return wasmtime_trap_new("my own words", 12);
    case 1:
      return wasmtime_trap_new_code(WASMTIME_TRAP_CODE_INTEGER_OVERFLOW);
    case 2: {
      const wasmtime_tag_t* tag = &((wasmtime_extern_t*)env)->of.tag;
      const wasmtime_val_t payload = i32_val(41);
      wasmtime_exnref_t exception;
      OK(wasmtime_exnref_new(wasmtime_caller_context(caller), tag, &payload, 1, &exception));
      wasm_trap_t* const trap = wasmtime_context_set_exception(wasmtime_caller_context(caller), &exception);
      wasmtime_exnref_unroot(&exception);
      return trap;
    }
    default:
      values[0].i32 += 1000;
      return NULL;
  }
}

static void ends(void) {
  wasmtime_linker_t* linker = new_linker();
  wasmtime_extern_t tag;
  define(linker, "end", "i", "i", end_call, &tag);
  const wasmtime_instance_t instance =
      guest_of(linker,
               "(module (import \"host\" \"end\" (func $end (param i32) (result i32)))"
               "(tag $e (export \"e\") (param i32))"
               "(func $inner (param i32) (result i32) (call $end (local.get 0)))"
               "(func (export \"run\") (param i32) (result i32) (i32.add (call $inner (local.get 0)) (i32.const 1)))"
               "(func (export \"catch\") (param i32 i64 f64) (result i32)"
               "  (i32.add (i32.wrap_i64 (i64.add (local.get 1) (i64.trunc_f64_s (local.get 2))))"
               "    (block $h (result i32) (try_table (result i32) (catch $e $h) (call $end (local.get 0)))))))");
  tag = export_of(context, &instance, "e");
  CHECK_EQ(tag.kind, WASMTIME_EXTERN_TAG);
  const wasmtime_func_t run = func_of(&instance, "run"), catching = func_of(&instance, "catch");
  wasmtime_val_raw_t values[3];
  // The embedder's own words are an error, a code is a trap; both know where.
  for (int code = 0; code < 2; ++code) {
    wasm_trap_t* trap = NULL;
    wasm_frame_vec_t frames;
    values[0].i32 = code;
    wasmtime_error_t* error = wasmtime_func_call_unchecked(context, &run, values, 1, &trap);
    CHECK((error == NULL) == (code == 1) && (trap == NULL) == (code == 0));
    if (code == 0) {
      wasmtime_error_wasm_trace(error, &frames);
      FAILS(error, "my own words");
    } else {
      wasm_trap_trace(trap, &frames);
      TRAPS(trap, "integer overflow");
    }
    CHECK_EQ(frames.size, 2);
    CHECK_EQ(wasm_frame_func_index(frames.data[0]), 1);
    CHECK_EQ(wasm_frame_func_index(frames.data[1]), 2);
    wasm_frame_vec_delete(&frames);
  }
  for (int round = 0; round < 3; ++round) {
    wasm_trap_t* trap = NULL;
    values[0].i32 = 2;
    values[1].i64 = 100;
    values[2].f64 = 1000;
    OK(wasmtime_func_call_unchecked(context, &catching, values, 3, &trap));
    CHECK(trap == NULL);
    CHECK_EQ(values[0].i32, 1141);
  }
  wasm_trap_t* trap = NULL;
  values[0].i32 = 2;
  OK(wasmtime_func_call_unchecked(context, &run, values, 1, &trap));
  CHECK(trap != NULL && wasmtime_context_has_exception(context));
  wasm_trap_delete(trap);
  wasmtime_exnref_t exception;
  CHECK(wasmtime_context_take_exception(context, &exception));
  wasmtime_exnref_unroot(&exception);
  trap = NULL;
  values[0].i32 = 5;
  OK(wasmtime_func_call_unchecked(context, &run, values, 1, &trap));
  CHECK_EQ(values[0].i32, 1006);
}

// --- meanwhile

static int deepest;
static wasm_trap_t* again(void* env, wasmtime_caller_t* caller, wasmtime_val_raw_t* values, size_t count) {
  (void)env, (void)count;
  wasmtime_extern_t item;
  CHECK(wasmtime_caller_export_get(caller, "run", 3, &item));
  CHECK(!wasmtime_caller_export_get(caller, "runs", 4, &item));
  CHECK(wasmtime_caller_export_get(caller, "run", 3, &item));
  const int depth = values[0].i32;
  if (depth > deepest) deepest = depth;
  wasmtime_val_raw_t inner;
  inner.i32 = depth + 1;
  wasm_trap_t* trap = NULL;
  if (depth == 50) return NULL;
  wasmtime_error_t* error =
      wasmtime_func_call_unchecked(wasmtime_caller_context(caller), &item.of.func, &inner, 1, &trap);
  CHECK(error == NULL);
  if (trap != NULL) return trap;
  values[0].i32 = inner.i32 + 1;
  return NULL;
}

static wasm_trap_t* collect(void* env, wasmtime_caller_t* caller, wasmtime_val_raw_t* values, size_t count) {
  (void)env, (void)values;
  CHECK_EQ(count, 0);
  OK(wasmtime_context_gc(wasmtime_caller_context(caller)));
  return NULL;
}

static wasm_trap_t* peek(void* env, wasmtime_caller_t* caller, wasmtime_val_raw_t* values, size_t count) {
  (void)env;
  CHECK_EQ(count, 2);
  wasmtime_extern_t item;
  CHECK(wasmtime_caller_export_get(caller, "memory", 6, &item));
  values[0].i64 = wasmtime_memory_data(wasmtime_caller_context(caller), &item.of.memory)[values[1].i32];
  return NULL;
}

static void meanwhile(void) {
  wasmtime_linker_t* linker = new_linker();
  define(linker, "again", "i", "i", again, NULL);
  wasmtime_instance_t instance =
      guest_of(linker,
               "(module (import \"host\" \"again\" (func $again (param i32) (result i32)))"
               "(func (export \"run\") (param i32) (result i32) (local i32) (local.set 1 (call $again (local.get 0)))"
               "  (if (i32.eq (local.get 0) (i32.const 10)) (then (if (i32.eqz (i32.const 1)) (then unreachable))))"
               "  (local.get 1)))");
  CHECK_EQ(call_i32(context, &instance, "run", 0), 100);
  CHECK_EQ(deepest, 50);
  // Deeper than there may be calls from the host.
  const wasmtime_func_t run = func_of(&instance, "run");
  wasmtime_val_raw_t value;
  value.i32 = -2000000;
  wasm_trap_t* trap = NULL;
  OK(wasmtime_func_call_unchecked(context, &run, &value, 1, &trap));
  TRAPS(trap, "call stack exhausted");
  CHECK_EQ(call_i32(context, &instance, "run", 40), 60);

  linker = new_linker();
  define(linker, "collect", "", "", collect, NULL);
  instance = guest_of(linker,
                      "(module (import \"host\" \"collect\" (func $collect))"
                      "(type $s (struct (field i32) (field (ref null $s))))"
                      "(func (export \"run\") (param i32) (result i32) (local $kept (ref null $s)) (local $i i32)"
                      "  (loop $l"
                      "    (local.set $kept (struct.new $s (local.get $i) (local.get $kept)))"
                      "    (drop (struct.new $s (i32.const 0) (ref.null $s)))"
                      "    (call $collect)"
                      "    (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get 0))))"
                      "  (local.set $i (i32.const 0))"
                      "  (loop $l (if (ref.is_null (local.get $kept)) (then (return (local.get $i))))"
                      "    (local.set $i (i32.add (local.get $i) (struct.get $s 0 (local.get $kept))))"
                      "    (local.set $kept (struct.get $s 1 (local.get $kept))) (br $l)) (unreachable)))");
  CHECK_EQ(call_i32(context, &instance, "run", 100), 4950);

  linker = new_linker();
  define(linker, "peek", "li", "l", peek, NULL);
  instance =
      guest_of(linker,
               "(module (import \"host\" \"peek\" (func $peek (param i64 i32) (result i64)))"
               "(memory (export \"memory\") 1) (data (i32.const 9) \"\\2a\")"
               "(func (export \"run\") (param i32) (result i32)"
               "  (i32.add (i32.wrap_i64 (call $peek (i64.const 0) (local.get 0))) (i32.load8_u (local.get 0)))))");
  CHECK_EQ(call_i32(context, &instance, "run", 9), 84);
  // By the host itself there is no instance that calls.
  wasm_functype_t* type = type_of("i", "i");
  wasmtime_func_t func;
  int seen = 0;
  wasmtime_func_new_unchecked(context, type, end_call, &seen, NULL, &func);
  wasm_functype_delete(type);
  value.i32 = 8;
  trap = NULL;
  OK(wasmtime_func_call_unchecked(context, &func, &value, 1, &trap));
  CHECK_EQ(value.i32, 1008);
}

// Two instances with memories of their own: each has its own back after a call of the host through the other.
static void two_instances(void) {
  wasmtime_linker_t* linker = new_linker();
  define(linker, "peek", "li", "l", peek, NULL);
  static const char kFirst[] =
      "(module (import \"host\" \"peek\" (func $peek (param i64 i32) (result i64)))"
      "(memory (export \"memory\") 1) (data (i32.const 0) \"\\01\")"
      "(table (export \"t\") 1 funcref) (elem (i32.const 0) $run) (type $unary (func (param i32) (result i32)))"
      "(func $run (export \"run\") (type $unary)"
      "  (i32.add (i32.wrap_i64 (call $peek (i64.const 0) (local.get 0))) (i32.load8_u (local.get 0)))))";
  wasmtime_linker_t* copy = wasmtime_linker_clone(linker);
  const wasmtime_instance_t first = guest_of(linker, kFirst);
  OK(wasmtime_linker_define_instance(copy, context, "first", 5, &first));
  const wasmtime_instance_t second = guest_of(
      copy,
      "(module (import \"first\" \"run\" (func $run (param i32) (result i32))) (import \"first\" \"t\" (table $t 1 "
      "funcref))"
      "(type $unary (func (param i32) (result i32))) (memory (export \"memory\") 1) (data (i32.const 0) \"\\40\")"
      "(table $own 2 2 funcref) (elem (table $own) (i32.const 0) func $run $mine)"
      "(func $mine (type $unary) (i32.load8_u (local.get 0)))"
      "(func (export \"run\") (param i32) (result i32)"
      "  (i32.add (i32.add (call $run (local.get 0)) (i32.load8_u (local.get 0)))"
      "    (i32.add (i32.add (call_indirect $t (type $unary) (local.get 0) (i32.const 0)) (i32.load8_u (local.get 0)))"
      "      (i32.add (call_indirect $own (type $unary) (local.get 0) (i32.const 0))"
      "        (call_indirect $own (type $unary) (local.get 0) (i32.const 1)))))))");
  CHECK_EQ(call_i32(context, &second, "run", 0), 3 * 2 + 3 * 0x40);
}

int main(void) {
  wasm_config_t* config = wasm_config_new();
  wasmtime_config_wasm_gc_set(config, true);
  wasmtime_config_wasm_function_references_set(config, true);
  wasmtime_config_wasm_exceptions_set(config, true);
  engine = wasm_engine_new_with_config(config);
  store = wasmtime_store_new(engine, NULL, NULL);
  context = wasmtime_store_context(store);
  many_values();
  vectors();
  ends();
  meanwhile();
  two_instances();
  wasmtime_store_delete(store);
  wasm_engine_delete(engine);
  return 0;
}
