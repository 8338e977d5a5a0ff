// Small costs of the C API, for bench/capi.py: prints a line "NAME NANOSECONDS" for each, the best of several rounds.
// Uses the interface of version 48 alone, so the same program runs on any library that has it.
#include "measure.h"

static const char kModule[] =
    "(module"
    "  (import \"host\" \"checked\" (func $checked (param i32) (result i32)))"
    "  (import \"host\" \"unchecked\" (func $unchecked (param i32) (result i32)))"
    "  (memory (export \"memory\") 1 4)"
    "  (table (export \"table\") 8 funcref)"
    "  (global (export \"global\") (mut i64) (i64.const 5))"
    "  (func (export \"nothing\"))"
    "  (func (export \"add\") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))"
    "  (func (export \"call_checked\") (param i32) (loop $l (drop (call $checked (local.get 0)))"
    "    (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))))"
    "  (func (export \"call_unchecked\") (param i32) (loop $l (drop (call $unchecked (local.get 0)))"
    "    (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))))"
    "  (elem (i32.const 0) func $checked $unchecked)"
    "  (data (i32.const 16) \"some bytes\"))";

static wasm_engine_t* engine;
static wasmtime_module_t* module;
static wasmtime_linker_t* linker;
static wasmtime_store_t* store;
static wasmtime_context_t* context;
static wasmtime_instance_t instance;
static wasm_byte_vec_t binary;

static wasm_trap_t* Checked(void* env, wasmtime_caller_t* caller, const wasmtime_val_t* args, size_t nargs,
                            wasmtime_val_t* results, size_t nresults) {
  (void)env, (void)caller, (void)nargs, (void)nresults;
  results[0] = args[0];
  return NULL;
}

static wasm_trap_t* Unchecked(void* env, wasmtime_caller_t* caller, wasmtime_val_raw_t* values, size_t count) {
  (void)env, (void)caller, (void)values, (void)count;
  return NULL;
}

static wasmtime_extern_t Export(const char* name) { return ExportOf(context, &instance, name); }

static void Compile(void) {
  Check("compile", wasmtime_module_new(engine, (const uint8_t*)binary.data, binary.size, &module), NULL);
}

static void Instantiate(const wasmtime_instance_pre_t* pre) {
  wasm_trap_t* trap = NULL;
  store = wasmtime_store_new(engine, NULL, NULL);
  context = wasmtime_store_context(store);
  Check("instantiate", wasmtime_instance_pre_instantiate(pre, context, &instance, &trap), trap);
}

static wasm_functype_t* UnaryType(void) {
  return wasm_functype_new_1_1(wasm_valtype_new_i32(), wasm_valtype_new_i32());
}

// Calls through wasm.h.
static wasm_trap_t* Identity(const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  results->data[0] = args->data[0];
  return NULL;
}

// The exports by their places in kModule.
enum { kNothing = 3, kAdd = 4, kCallChecked = 5 };

static void MeasureStandard(const wasm_functype_t* type) {
  wasm_store_t* own_store = wasm_store_new(engine);
  wasm_module_t* own_module = wasm_module_new(own_store, &binary);
  wasm_func_t* host = wasm_func_new(own_store, type, Identity);
  wasm_extern_t* imports[] = {wasm_func_as_extern(host), wasm_func_as_extern(host)};
  const wasm_extern_vec_t import_vec = WASM_ARRAY_VEC(imports);
  wasm_trap_t* trap = NULL;
  wasm_instance_t* own_instance = wasm_instance_new(own_store, own_module, &import_vec, &trap);
  Check("wasm_instance_new", NULL, trap);
  wasm_extern_vec_t exports;
  wasm_instance_exports(own_instance, &exports);
  const wasm_func_t* nothing = wasm_extern_as_func(exports.data[kNothing]);
  const wasm_func_t* add = wasm_extern_as_func(exports.data[kAdd]);
  const wasm_func_t* loop = wasm_extern_as_func(exports.data[kCallChecked]);
  wasm_val_t two[] = {WASM_I32_VAL(1), WASM_I32_VAL(2)}, count[] = {WASM_I32_VAL(1000)}, result[] = {WASM_INIT_VAL};
  const wasm_val_vec_t args = WASM_ARRAY_VEC(two), count_vec = WASM_ARRAY_VEC(count);
  wasm_val_vec_t none = WASM_EMPTY_VEC, results = WASM_ARRAY_VEC(result);
  MEASURE("standard_call", 10, 20000, Check("nothing", NULL, wasm_func_call(nothing, &none, &none)));
  MEASURE("standard_call_add", 10, 20000, Check("add", NULL, wasm_func_call(add, &args, &results)));
  MEASURE("standard_host_x1000", 10, 20, Check("loop", NULL, wasm_func_call(loop, &count_vec, &none)));
  wasm_extern_vec_delete(&exports);
  wasm_instance_delete(own_instance);
  wasm_func_delete(host);
  wasm_module_delete(own_module);
  wasm_store_delete(own_store);
}

static void CallLoop(const wasmtime_func_t* func, int count) {
  wasmtime_val_t arg = {.kind = WASMTIME_I32, .of = {.i32 = count}};
  wasm_trap_t* trap = NULL;
  Check("loop", wasmtime_func_call(context, func, &arg, 1, NULL, 0, &trap), trap);
}

int main(void) {
  const double start = Now();
  engine = wasm_engine_new();
  printf("first_engine %.2f\n", Now() - start);
  MEASURE("engine", 20, 10, {
    wasm_engine_t* other = wasm_engine_new();
    wasm_engine_delete(other);
  });

  MEASURE("wat2wasm", 20, 20, {
    Check("wat2wasm", wasmtime_wat2wasm(kModule, sizeof kModule - 1, &binary), NULL);
    wasm_byte_vec_delete(&binary);
  });
  Check("wat2wasm", wasmtime_wat2wasm(kModule, sizeof kModule - 1, &binary), NULL);
  MEASURE("validate", 20, 50,
          Check("validate", wasmtime_module_validate(engine, (const uint8_t*)binary.data, binary.size), NULL));
  MEASURE("compile", 10, 5, {
    Compile();
    wasmtime_module_delete(module);
  });
  Compile();
  wasm_byte_vec_t image;
  Check("serialize", wasmtime_module_serialize(module, &image), NULL);
  MEASURE("deserialize", 20, 20, {
    wasmtime_module_t* again;
    Check("deserialize", wasmtime_module_deserialize(engine, (const uint8_t*)image.data, image.size, &again), NULL);
    wasmtime_module_delete(again);
  });

  linker = wasmtime_linker_new(engine);
  wasm_functype_t* type = UnaryType();
  Check("define", wasmtime_linker_define_func(linker, "host", 4, "checked", 7, type, Checked, NULL, NULL), NULL);
  Check("define", wasmtime_linker_define_func_unchecked(linker, "host", 4, "unchecked", 9, type, Unchecked, NULL, NULL),
        NULL);
  wasmtime_instance_pre_t* pre;
  Check("instantiate_pre", wasmtime_linker_instantiate_pre(linker, module, &pre), NULL);

  MEASURE("store", 20, 200, {
    wasmtime_store_t* other = wasmtime_store_new(engine, NULL, NULL);
    wasmtime_store_delete(other);
  });
  MEASURE("store_instantiate_drop", 20, 100, {
    Instantiate(pre);
    wasmtime_store_delete(store);
  });
  MEASURE("linker_instantiate_drop", 20, 100, {
    wasm_trap_t* trap = NULL;
    store = wasmtime_store_new(engine, NULL, NULL);
    context = wasmtime_store_context(store);
    Check("instantiate", wasmtime_linker_instantiate(linker, context, module, &instance, &trap), trap);
    wasmtime_store_delete(store);
  });
  Instantiate(pre);

  wasmtime_extern_t nothing = Export("nothing"), add = Export("add"), memory = Export("memory"),
                    table = Export("table"), global = Export("global"), checked = Export("call_checked"),
                    unchecked = Export("call_unchecked");
  MEASURE("export_get", 20, 1000, Export("global"));

  wasm_trap_t* trap = NULL;
  wasmtime_val_t args[2] = {{.kind = WASMTIME_I32, .of = {.i32 = 1}}, {.kind = WASMTIME_I32, .of = {.i32 = 2}}}, result;
  wasmtime_val_raw_t raw[2] = {{.i32 = 1}, {.i32 = 2}};
  MEASURE("call_checked", 10, 20000, wasmtime_func_call(context, &nothing.of.func, NULL, 0, NULL, 0, &trap));
  MEASURE("call_checked_add", 10, 20000, wasmtime_func_call(context, &add.of.func, args, 2, &result, 1, &trap));
  MEASURE("call_unchecked", 10, 20000, wasmtime_func_call_unchecked(context, &nothing.of.func, raw, 2, &trap));
  MEASURE("call_unchecked_add", 10, 20000, wasmtime_func_call_unchecked(context, &add.of.func, raw, 2, &trap));
  MEASURE("host_checked_x1000", 10, 20, CallLoop(&checked.of.func, 1000));
  MEASURE("host_unchecked_x1000", 10, 20, CallLoop(&unchecked.of.func, 1000));

  MeasureStandard(type);

  volatile uint8_t sink = 0;
  MEASURE("memory_data", 10, 20000, sink = wasmtime_memory_data(context, &memory.of.memory)[16]);
  MEASURE("memory_size", 10, 20000, sink = (uint8_t)wasmtime_memory_data_size(context, &memory.of.memory));
  wasmtime_val_t value = {.kind = WASMTIME_I64, .of = {.i64 = 7}};
  MEASURE("global_get", 10, 20000, wasmtime_global_get(context, &global.of.global, &result));
  MEASURE("global_set", 10, 20000, Check("global", wasmtime_global_set(context, &global.of.global, &value), NULL));
  MEASURE("table_get", 10, 20000, wasmtime_table_get(context, &table.of.table, 1, &result));
  MEASURE("table_set", 10, 20000, Check("table", wasmtime_table_set(context, &table.of.table, 2, &result), NULL));
  MEASURE("table_size", 10, 20000, sink = (uint8_t)wasmtime_table_size(context, &table.of.table));
  (void)sink;

  wasmtime_store_delete(store);
  wasmtime_instance_pre_delete(pre);
  wasmtime_linker_delete(linker);
  wasm_functype_delete(type);
  wasmtime_module_delete(module);
  wasm_byte_vec_delete(&image);
  wasm_byte_vec_delete(&binary);
  wasm_engine_delete(engine);
  return 0;
}
