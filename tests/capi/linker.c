// wasmtime/linker.h and instance.h: definitions, unknown imports, commands and reactors, prepared modules, several threads.
#include <pthread.h>

#include "guest.h"

static int freed;
static void count_free(void* env) {
  (void)env;
  ++freed;
}

static wasm_trap_t* give_env(void* env, wasmtime_caller_t* caller, const wasmtime_val_t* args, size_t nargs, wasmtime_val_t* results,
                             size_t nresults) {
  (void)caller;
  (void)nargs;
  (void)nresults;
  results[0] = i32_val(args[0].of.i32 + (int)(intptr_t)env);
  return NULL;
}

static wasm_trap_t* double_raw(void* env, wasmtime_caller_t* caller, wasmtime_val_raw_t* values, size_t count) {
  (void)env;
  (void)caller;
  (void)count;
  values[0].i32 *= 2;
  return NULL;
}

static const char kUser[] =
    "(module (import \"env\" \"f\" (func $f (param i32) (result i32)))"
    "  (func (export \"run\") (param i32) (result i32) (call $f (local.get 0))))";

static wasmtime_error_t* define(wasmtime_linker_t* linker, intptr_t env) {
  wasm_functype_t* type = unary_type();
  wasmtime_error_t* error = wasmtime_linker_define_func(linker, "env", 3, "f", 1, type, give_env, (void*)env, count_free);
  wasm_functype_delete(type);
  return error;
}

static void definitions(wasm_engine_t* engine) {
  wasmtime_store_t* store = wasmtime_store_new(engine, NULL, NULL);
  wasmtime_context_t* context = wasmtime_store_context(store);
  wasmtime_linker_t* linker = wasmtime_linker_new(engine);
  wasmtime_module_t* user = module_of(engine, kUser);
  wasmtime_instance_t instance;
  wasm_trap_t* trap = NULL;
  FAILS(wasmtime_linker_instantiate(linker, context, user, &instance, &trap), "unknown import: `env::f` has not been defined");
  OK(define(linker, 1));
  FAILS(define(linker, 2), "import of `env::f` defined twice");
  CHECK_EQ(freed, 1);
  OK(wasmtime_linker_instantiate(linker, context, user, &instance, &trap));
  CHECK_EQ(call_i32(context, &instance, "run", 10), 11);

  // A copy goes its own way.
  wasmtime_linker_t* copy = wasmtime_linker_clone(linker);
  wasmtime_linker_allow_shadowing(copy, true);
  OK(define(copy, 3));
  OK(wasmtime_linker_instantiate(copy, context, user, &instance, &trap));
  CHECK_EQ(call_i32(context, &instance, "run", 10), 13);
  OK(wasmtime_linker_instantiate(linker, context, user, &instance, &trap));
  CHECK_EQ(call_i32(context, &instance, "run", 10), 11);

  wasm_functype_t* type = unary_type();
  OK(wasmtime_linker_define_func_unchecked(copy, "env", 3, "f", 1, type, double_raw, NULL, NULL));
  FAILS(wasmtime_linker_define_func(copy, "\xff", 1, "f", 1, type, give_env, NULL, NULL), "utf-8");
  wasm_functype_delete(type);
  OK(wasmtime_linker_instantiate(copy, context, user, &instance, &trap));
  CHECK_EQ(call_i32(context, &instance, "run", 10), 20);

  // An instance's exports, and single items.
  OK(wasmtime_linker_define_instance(copy, context, "user", 4, &instance));
  wasmtime_extern_t item;
  CHECK(wasmtime_linker_get(copy, context, "user", 4, "run", 3, &item));
  CHECK_EQ(item.kind, WASMTIME_EXTERN_FUNC);
  CHECK(!wasmtime_linker_get(copy, context, "user", 4, "walk", 4, &item));
  OK(wasmtime_linker_define(copy, context, "other", 5, "run", 3, &item));
  CHECK(wasmtime_linker_get(copy, context, "other", 5, "run", 3, &item));

  // Items of one store do not fit another.
  wasmtime_store_t* second = wasmtime_store_new(engine, NULL, NULL);
  FAILS(wasmtime_linker_define(copy, wasmtime_store_context(second), "x", 1, "y", 1, &item), "does not belong");
  wasmtime_module_t* needs_user =
      module_of(engine, "(module (import \"user\" \"run\" (func (param i32) (result i32))))");
  FAILS(wasmtime_linker_instantiate(copy, wasmtime_store_context(second), needs_user, &instance, &trap), "another store");
  // Types are compared.
  wasmtime_module_t* wrong = module_of(engine, "(module (import \"env\" \"f\" (func (param i64))))");
  FAILS(wasmtime_linker_instantiate(copy, context, wrong, &instance, &trap), "incompatible import type for `env::f`");
  wasm_engine_t* foreign_engine = wasm_engine_new();
  wasmtime_module_t* foreign = module_of(foreign_engine, "(module)");
  FAILS(wasmtime_linker_instantiate(copy, context, foreign, &instance, &trap), "different engines");

  wasmtime_module_delete(foreign);
  wasm_engine_delete(foreign_engine);
  wasmtime_module_delete(wrong);
  wasmtime_module_delete(needs_user);
  wasmtime_store_delete(second);
  wasmtime_linker_delete(copy);
  wasmtime_linker_delete(linker);
  wasmtime_module_delete(user);
  // The store still owns what it called.
  CHECK(freed < 3);
  wasmtime_store_delete(store);
  CHECK_EQ(freed, 3);
}

static void unknown_imports(wasm_engine_t* engine) {
  wasmtime_store_t* store = wasmtime_store_new(engine, NULL, NULL);
  wasmtime_context_t* context = wasmtime_store_context(store);
  wasmtime_linker_t* linker = wasmtime_linker_new(engine);
  wasmtime_module_t* user = module_of(engine, kUser);
  OK(wasmtime_linker_define_unknown_imports_as_traps(linker, user));
  wasmtime_instance_t instance;
  wasm_trap_t* trap = NULL;
  OK(wasmtime_linker_instantiate(linker, context, user, &instance, &trap));
  const wasmtime_extern_t run = export_of(context, &instance, "run");
  const wasmtime_val_t arg = i32_val(1);
  wasmtime_val_t result;
  FAILS(wasmtime_func_call(context, &run.of.func, &arg, 1, &result, 1, &trap), "unknown import: `env::f` has not been defined");
  wasmtime_linker_delete(linker);

  linker = wasmtime_linker_new(engine);
  wasmtime_module_t* all = module_of(engine, "(module (import \"a\" \"f\" (func $f (param i32) (result i32)))"
                                             "  (import \"a\" \"m\" (memory 1)) (import \"a\" \"t\" (table 3 funcref))"
                                             "  (import \"a\" \"g\" (global (mut i64)))"
                                             "  (func (export \"run\") (param i32) (result i32) (i32.add (call $f (local.get 0)) (table.size))))");
  OK(wasmtime_linker_define_unknown_imports_as_default_values(linker, context, all));
  OK(wasmtime_linker_instantiate(linker, context, all, &instance, &trap));
  CHECK_EQ(call_i32(context, &instance, "run", 9), 3);
  wasmtime_module_t* hopeless = module_of(engine, "(module (import \"b\" \"g\" (global (ref func))))");
  FAILS(wasmtime_linker_define_unknown_imports_as_default_values(linker, context, hopeless), "no default value");
  wasmtime_module_delete(hopeless);
  wasmtime_module_delete(all);
  wasmtime_module_delete(user);
  wasmtime_linker_delete(linker);
  wasmtime_store_delete(store);
}

static int32_t run_default(wasmtime_linker_t* linker, wasmtime_context_t* context, const char* name) {
  wasmtime_func_t func;
  OK(wasmtime_linker_get_default(linker, context, name, strlen(name), &func));
  wasm_trap_t* trap = NULL;
  OK(wasmtime_func_call(context, &func, NULL, 0, NULL, 0, &trap));
  CHECK(trap == NULL);
  return 0;
}

// A command starts afresh in each call; a reactor is initialised once.
static void commands_and_reactors(wasm_engine_t* engine) {
  wasmtime_store_t* store = wasmtime_store_new(engine, NULL, NULL);
  wasmtime_context_t* context = wasmtime_store_context(store);
  wasmtime_linker_t* linker = wasmtime_linker_new(engine);
  wasm_globaltype_t* type = wasm_globaltype_new(wasm_valtype_new_i32(), WASM_VAR);
  const wasmtime_val_t zero = i32_val(0);
  wasmtime_extern_t count;
  count.kind = WASMTIME_EXTERN_GLOBAL;
  OK(wasmtime_global_new(context, type, &zero, &count.of.global));
  wasm_globaltype_delete(type);
  OK(wasmtime_linker_define(linker, context, "host", 4, "count", 5, &count));

#define COUNTER                                                                     \
  "(import \"host\" \"count\" (global $count (mut i32))) (global $own (mut i32) (i32.const 0))" \
  "(func $bump (global.set $own (i32.add (global.get $own) (i32.const 1)))"         \
  "  (global.set $count (i32.add (global.get $count) (global.get $own))))"
  wasmtime_module_t* command = module_of(engine, "(module " COUNTER "(memory (export \"memory\") 1) (export \"_start\" (func $bump)))");
  wasmtime_module_t* reactor = module_of(engine, "(module " COUNTER "(export \"_initialize\" (func $bump)) (export \"\" (func $bump)))");
  wasmtime_module_t* both = module_of(engine, "(module (func (export \"_start\")) (func (export \"_initialize\")))");
  wasmtime_module_t* odd = module_of(engine, "(module (func (export \"_start\")) (global (export \"x\") i32 (i32.const 0)))");
  OK(wasmtime_linker_module(linker, context, "command", 7, command));
  for (int i = 0; i < 3; ++i) run_default(linker, context, "command");
  wasmtime_val_t value;
  wasmtime_global_get(context, &count.of.global, &value);
  CHECK_EQ(value.of.i32, 3);
  OK(wasmtime_linker_module(linker, context, "reactor", 7, reactor));
  wasmtime_global_get(context, &count.of.global, &value);
  CHECK_EQ(value.of.i32, 4);
  run_default(linker, context, "reactor");
  wasmtime_global_get(context, &count.of.global, &value);
  CHECK_EQ(value.of.i32, 6);
  FAILS(wasmtime_linker_module(linker, context, "both", 4, both), "cannot be a command and a reactor");
  FAILS(wasmtime_linker_module(linker, context, "odd", 3, odd), "command export `x` is not a function");
  run_default(linker, context, "nobody");  // does nothing
  OK(wasmtime_linker_define(linker, context, "wrong", 5, "", 0, &count));
  wasmtime_func_t func;
  FAILS(wasmtime_linker_get_default(linker, context, "wrong", 5, &func), "is not a function");
  wasmtime_module_delete(odd);
  wasmtime_module_delete(both);
  wasmtime_module_delete(reactor);
  wasmtime_module_delete(command);
  wasmtime_linker_delete(linker);
  wasmtime_store_delete(store);
}

struct Work {
  wasm_engine_t* engine;
  const wasmtime_linker_t* linker;
  const wasmtime_module_t* module;
  const wasmtime_instance_pre_t* pre;
};

static void* instantiate_often(void* argument) {
  const struct Work* work = (const struct Work*)argument;
  for (int i = 0; i < 50; ++i) {
    wasmtime_store_t* store = wasmtime_store_new(work->engine, NULL, NULL);
    wasmtime_context_t* context = wasmtime_store_context(store);
    wasmtime_instance_t instance;
    wasm_trap_t* trap = NULL;
    if (i % 2 == 0) {
      OK(wasmtime_linker_instantiate(work->linker, context, work->module, &instance, &trap));
    } else {
      OK(wasmtime_instance_pre_instantiate(work->pre, context, &instance, &trap));
    }
    CHECK_EQ(call_i32(context, &instance, "run", i), i + 5);
    wasmtime_store_delete(store);
  }
  return NULL;
}

static void threads(wasm_engine_t* engine) {
  wasmtime_linker_t* linker = wasmtime_linker_new(engine);
  OK(define(linker, 5));
  wasmtime_module_t* user = module_of(engine, kUser);
  wasmtime_instance_pre_t* pre = NULL;
  OK(wasmtime_linker_instantiate_pre(linker, user, &pre));
  wasmtime_module_t* again = wasmtime_instance_pre_module(pre);
  wasm_exporttype_vec_t exports;
  wasmtime_module_exports(again, &exports);
  CHECK_EQ(exports.size, 1);
  wasm_exporttype_vec_delete(&exports);
  wasmtime_module_delete(again);
  struct Work work = {engine, linker, user, pre};
  pthread_t thread[4];
  for (int i = 0; i < 4; ++i) CHECK(pthread_create(&thread[i], NULL, instantiate_often, &work) == 0);
  for (int i = 0; i < 4; ++i) CHECK(pthread_join(thread[i], NULL) == 0);
  wasmtime_module_t* lonely = module_of(engine, "(module (import \"no\" \"where\" (func)) (import \"no\" \"one\" (func)))");
  wasmtime_instance_pre_t* none = NULL;
  FAILS(wasmtime_linker_instantiate_pre(linker, lonely, &none), "`no::one` has not been defined");
  wasmtime_module_delete(lonely);
  wasmtime_instance_pre_delete(pre);
  wasmtime_module_delete(user);
  wasmtime_linker_delete(linker);
}

int main(void) {
  wasm_engine_t* engine = wasm_engine_new();
  definitions(engine);
  unknown_imports(engine);
  commands_and_reactors(engine);
  threads(engine);
  wasm_engine_delete(engine);
  CHECK_EQ(freed, 4);
  return 0;
}
