// What calls, throws and allocations cost, for bench/capi.py: prints a line "NAME NANOSECONDS" for each, the best of
// several rounds. Guest code runs in loops; what an empty loop costs is taken off.
// Uses the interface of version 48 alone, so the same program runs on any library that has it.
#include "measure.h"

// Each is the body of a loop of a function that counts its parameter down.
static const struct {
  const char* name;
  const char* body;
  int times;
} kLoops[] = {
    {"call_same_module", "(call $nothing)", 1000000},
    {"call_indirect", "(call_indirect (type $none) (i32.and (local.get 0) (i32.const 1)))", 1000000},
    {"host_unchecked", "(call $unchecked)", 1000000},
    {"host_checked", "(call $checked)", 1000000},
    {"memory_copy_32", "(memory.copy (i32.const 64) (i32.const 0) (i32.const 32))", 1000000},
    {"memory_fill_1k", "(memory.fill (i32.const 64) (i32.const 0) (i32.const 1024))", 1000000},
    {"struct_new", "(drop (struct.new $pair (local.get 0) (i64.const 5)))", 300000},
    {"array_new_8", "(drop (array.new $numbers (i32.const 1) (i32.const 8)))", 300000},
    {"throw_1_frame",
     "(block $h (result i32) (try_table (catch $e $h) (call $throw (i32.const 1))) (i32.const 0)) (drop)", 20000},
    {"throw_20_frames",
     "(block $h (result i32) (try_table (catch $e $h) (call $deep (i32.const 19))) (i32.const 0)) (drop)", 5000},
    {"tree_of_32767", "(drop (call $tree (i32.const 14)))", 20},
};

static const double kLeast = 0.1;  // nanoseconds that can be told from nothing

static const char kHead[] =
    "(module (import \"host\" \"checked\" (func $checked)) (import \"host\" \"unchecked\" (func $unchecked))"
    "(type $none (func)) (type $pair (struct (field i32) (field (mut i64)))) (type $numbers (array (mut i32)))"
    "(type $node (struct (field (ref null $node)) (field (ref null $node))))"
    "(tag $e (param i32)) (memory 1) (table 4 funcref) (elem (i32.const 0) $nothing $nothing)"
    "(func $nothing (export \"nothing\"))"
    "(func (export \"add\") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))"
    "(func $throw (param i32) (throw $e (local.get 0)))"
    "(func $deep (param i32) (if (local.get 0) (then (call $deep (i32.sub (local.get 0) (i32.const 1))))"
    "  (else (throw $e (i32.const 7)))))"
    "(func $tree (param i32) (result (ref null $node)) (if (result (ref null $node)) (local.get 0)"
    "  (then (struct.new $node (call $tree (i32.sub (local.get 0) (i32.const 1)))"
    "    (call $tree (i32.sub (local.get 0) (i32.const 1))))) (else (ref.null $node))))";

static wasm_engine_t* engine;
static wasmtime_context_t* context;
static wasmtime_instance_t instance;

static wasm_trap_t* Checked(void* env, wasmtime_caller_t* caller, const wasmtime_val_t* args, size_t nargs,
                            wasmtime_val_t* results, size_t nresults) {
  (void)env, (void)caller, (void)args, (void)nargs, (void)results, (void)nresults;
  return NULL;
}

static wasm_trap_t* Unchecked(void* env, wasmtime_caller_t* caller, wasmtime_val_raw_t* values, size_t count) {
  (void)env, (void)caller, (void)values, (void)count;
  return NULL;
}

static wasmtime_func_t Func(const char* name) { return ExportOf(context, &instance, name).of.func; }

static double Loop(const char* name, int times) {
  const wasmtime_func_t func = Func(name);
  const wasmtime_val_t arg = {.kind = WASMTIME_I32, .of = {.i32 = times}};
  wasm_trap_t* trap = NULL;
  double best;
  BEST(best, 7, 1, Check(name, wasmtime_func_call(context, &func, &arg, 1, NULL, 0, &trap), trap));
  return best / times;
}

static void AddLoop(char* text, const char* name, const char* body) {
  sprintf(
      text + strlen(text),
      "(func (export \"%s\") (param i32) (loop $l %s (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))))",
      name, body);
}

int main(void) {
  const size_t loops = sizeof kLoops / sizeof kLoops[0];
  wasm_config_t* config = wasm_config_new();
  wasmtime_config_wasm_gc_set(config, true);
  wasmtime_config_wasm_function_references_set(config, true);
  wasmtime_config_wasm_exceptions_set(config, true);
  engine = wasm_engine_new_with_config(config);

  static char text[1 << 16];
  strcpy(text, kHead);
  AddLoop(text, "empty", "");
  for (size_t i = 0; i < loops; ++i) AddLoop(text, kLoops[i].name, kLoops[i].body);
  strcat(text, ")");
  wasm_byte_vec_t binary;
  Check("wat2wasm", wasmtime_wat2wasm(text, strlen(text), &binary), NULL);
  wasmtime_module_t* module;
  Check("compile", wasmtime_module_new(engine, (const uint8_t*)binary.data, binary.size, &module), NULL);

  wasmtime_linker_t* linker = wasmtime_linker_new(engine);
  wasm_functype_t* type = wasm_functype_new_0_0();
  Check("define", wasmtime_linker_define_func(linker, "host", 4, "checked", 7, type, Checked, NULL, NULL), NULL);
  Check("define", wasmtime_linker_define_func_unchecked(linker, "host", 4, "unchecked", 9, type, Unchecked, NULL, NULL),
        NULL);
  wasmtime_instance_pre_t* pre;
  Check("instantiate_pre", wasmtime_linker_instantiate_pre(linker, module, &pre), NULL);
  wasm_trap_t* trap = NULL;
  MEASURE("store_instantiate_drop_gc", 20, 100, {
    wasmtime_store_t* other = wasmtime_store_new(engine, NULL, NULL);
    Check("instantiate", wasmtime_instance_pre_instantiate(pre, wasmtime_store_context(other), &instance, &trap), trap);
    wasmtime_store_delete(other);
  });
  wasmtime_store_t* store = wasmtime_store_new(engine, NULL, NULL);
  context = wasmtime_store_context(store);
  Check("instantiate", wasmtime_instance_pre_instantiate(pre, context, &instance, &trap), trap);

  const wasmtime_func_t nothing = Func("nothing"), add = Func("add");
  const wasmtime_val_t args[2] = {{.kind = WASMTIME_I32, .of = {.i32 = 1}}, {.kind = WASMTIME_I32, .of = {.i32 = 2}}};
  wasmtime_val_t result;
  wasmtime_val_raw_t raw[2] = {{.i32 = 1}, {.i32 = 2}};
  MEASURE("call_unchecked", 100, 20000, wasmtime_func_call_unchecked(context, &nothing, raw, 2, &trap));
  MEASURE("call_checked", 100, 20000, wasmtime_func_call(context, &nothing, NULL, 0, NULL, 0, &trap));
  MEASURE("call_checked_add", 100, 20000, wasmtime_func_call(context, &add, args, 2, &result, 1, &trap));

  const double empty = Loop("empty", 2000000);
  for (size_t i = 0; i < loops; ++i) {
    const double cost = Loop(kLoops[i].name, kLoops[i].times) - empty;
    printf("%s %.2f\n", kLoops[i].name, cost < kLeast ? kLeast : cost);
  }

  wasmtime_store_delete(store);
  wasmtime_instance_pre_delete(pre);
  wasmtime_linker_delete(linker);
  wasm_functype_delete(type);
  wasmtime_module_delete(module);
  wasm_byte_vec_delete(&binary);
  wasm_engine_delete(engine);
  return 0;
}
