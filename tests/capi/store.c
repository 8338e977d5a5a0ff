// wasmtime/store.h, engine.h, module.h, wat.h: limits, data, fuel, epochs, WASI, collection, serialization.
#define _POSIX_C_SOURCE 200809L  // mkstemp
#include "guest.h"

static int freed;
static void count_free(void* data) {
  (void)data;
  ++freed;
}

static void data_and_limits(wasm_engine_t* engine) {
  int mine = 1, other = 2;
  wasmtime_store_t* store = wasmtime_store_new(engine, &mine, count_free);
  wasmtime_context_t* context = wasmtime_store_context(store);
  CHECK(wasmtime_context_get_data(context) == &mine);
  wasmtime_context_set_data(context, &other);
  CHECK(wasmtime_context_get_data(context) == &other);

  wasmtime_store_limiter(store, 3 * 65536, 5, 2, -1, 1);
  wasmtime_module_t* module = module_of(engine, "(module (memory (export \"m\") 1) (table (export \"t\") 1 funcref)"
                                                "  (func (export \"grow\") (param i32) (result i32) (memory.grow (local.get 0))))");
  const wasmtime_instance_t instance = instance_of(context, module);
  const wasmtime_extern_t m = export_of(context, &instance, "m"), t = export_of(context, &instance, "t");
  uint64_t before;
  CHECK_EQ(call_i32(context, &instance, "grow", 3), -1);
  CHECK_EQ(call_i32(context, &instance, "grow", 2), 1);
  FAILS(wasmtime_memory_grow(context, &m.of.memory, 1, &before), "failed to grow");
  wasmtime_val_t none;
  none.kind = WASMTIME_FUNCREF;
  wasmtime_funcref_set_null(&none.of.funcref);
  OK(wasmtime_table_grow(context, &t.of.table, 4, &none, &before));
  FAILS(wasmtime_table_grow(context, &t.of.table, 1, &none, &before), "failed to grow");
  wasmtime_instance_t second;
  wasm_trap_t* trap = NULL;
  FAILS(wasmtime_instance_new(context, module, NULL, 0, &second, &trap), "memory count too high");
  wasmtime_store_limiter(store, -1, -1, 1, -1, -1);
  FAILS(wasmtime_instance_new(context, module, NULL, 0, &second, &trap), "instance count too high");
  wasmtime_module_delete(module);
  CHECK_EQ(freed, 0);
  wasmtime_store_delete(store);
  CHECK_EQ(freed, 1);
}

static const char kForever[] = "(module (func (export \"run\") (param i32) (result i32) (loop (br 0)) (unreachable))"
                               "  (func (export \"count\") (param i32) (result i32)"
                               "    (loop $l (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))) (i32.const 7)))";

static wasm_trap_t* run_forever(wasmtime_context_t* context, const wasmtime_instance_t* instance) {
  const wasmtime_extern_t run = export_of(context, instance, "run");
  const wasmtime_val_t arg = i32_val(0);
  wasmtime_val_t result;
  wasm_trap_t* trap = NULL;
  OK(wasmtime_func_call(context, &run.of.func, &arg, 1, &result, 1, &trap));
  return trap;
}

static void fuel(void) {
  wasm_config_t* config = wasm_config_new();
  wasmtime_config_consume_fuel_set(config, true);
  wasm_engine_t* engine = wasm_engine_new_with_config(config);
  wasmtime_store_t* store = wasmtime_store_new(engine, NULL, NULL);
  wasmtime_context_t* context = wasmtime_store_context(store);
  wasmtime_module_t* module = module_of(engine, kForever);
  const wasmtime_instance_t instance = instance_of(context, module);
  uint64_t left = 1;
  OK(wasmtime_context_get_fuel(context, &left));
  CHECK_EQ(left, 0);
  OK(wasmtime_context_set_fuel(context, 10000));
  CHECK_EQ(call_i32(context, &instance, "count", 100), 7);
  OK(wasmtime_context_get_fuel(context, &left));
  CHECK(left < 10000 && left > 9000);
  TRAPS(run_forever(context, &instance), "all fuel consumed by WebAssembly");
  OK(wasmtime_context_set_fuel(context, UINT64_MAX));
  OK(wasmtime_context_get_fuel(context, &left));
  CHECK(left == UINT64_MAX);
  wasmtime_module_delete(module);
  wasmtime_store_delete(store);
  wasm_engine_delete(engine);
}

static int asked;
static wasmtime_error_t* answer(wasmtime_context_t* context, void* data, uint64_t* delta, wasmtime_update_deadline_kind_t* kind) {
  CHECK(context != NULL);
  wasmtime_engine_increment_epoch((wasm_engine_t*)data);
  ++asked;
  if (asked == 3) return wasmtime_error_new("enough");
  *delta = 0;  // asks again at the next poll
  *kind = asked == 5 ? WASMTIME_UPDATE_DEADLINE_YIELD : WASMTIME_UPDATE_DEADLINE_CONTINUE;
  return NULL;
}

static void epochs(void) {
  wasm_config_t* config = wasm_config_new();
  wasmtime_config_epoch_interruption_set(config, true);
  wasm_engine_t* engine = wasm_engine_new_with_config(config);
  wasm_engine_t* same = wasmtime_engine_clone(engine);
  wasmtime_store_t* store = wasmtime_store_new(engine, NULL, NULL);
  wasmtime_context_t* context = wasmtime_store_context(store);
  wasmtime_module_t* module = module_of(engine, kForever);
  const wasmtime_instance_t instance = instance_of(context, module);
  wasmtime_context_set_epoch_deadline(context, 1);
  CHECK_EQ(call_i32(context, &instance, "count", 10), 7);
  wasmtime_engine_increment_epoch(same);
  wasm_trap_t* trap = run_forever(context, &instance);
  wasmtime_trap_code_t code;
  CHECK(wasmtime_trap_code(trap, &code));
  CHECK_EQ(code, WASMTIME_TRAP_CODE_INTERRUPT);
  TRAPS(trap, "interrupt");

  wasmtime_store_epoch_deadline_callback(store, answer, engine, count_free);
  const wasmtime_extern_t run = export_of(context, &instance, "run");
  const wasmtime_val_t arg = i32_val(0);
  wasmtime_val_t result;
  FAILS(wasmtime_func_call(context, &run.of.func, &arg, 1, &result, 1, &trap), "enough");
  CHECK_EQ(asked, 3);
  FAILS(wasmtime_func_call(context, &run.of.func, &arg, 1, &result, 1, &trap), "cannot yield");
  CHECK_EQ(asked, 5);

  freed = 0;
  wasmtime_store_delete(store);
  CHECK_EQ(freed, 1);
  wasmtime_module_delete(module);
  wasm_engine_delete(same);
  wasm_engine_delete(engine);
}

static void interrupt(void) {
  wasm_config_t* config = wasm_config_new();
  wasmtime_config_epoch_interruption_set(config, true);
  wasm_engine_t* engine = wasm_engine_new_with_config(config);
  wasmtime_store_t* store = wasmtime_store_new(engine, NULL, NULL);
  wasmtime_context_t* context = wasmtime_store_context(store);
  wasmtime_context_set_epoch_deadline(context, 1000);
  wasmtime_module_t* module = module_of(engine, kForever);
  const wasmtime_instance_t instance = instance_of(context, module);
  gantry_context_interrupt(context);
  TRAPS(run_forever(context, &instance), "interrupt");
  CHECK_EQ(call_i32(context, &instance, "count", 10), 7);
  wasmtime_module_delete(module);
  wasmtime_store_delete(store);
  wasm_engine_delete(engine);
}

static void modules(wasm_engine_t* engine) {
  wasm_byte_vec_t binary;
  const char* bad = "(module (func (result i32)))";
  OK(wasmtime_wat2wasm(bad, strlen(bad), &binary));
  FAILS(wasmtime_module_validate(engine, (const uint8_t*)binary.data, binary.size), "type mismatch");
  wasmtime_module_t* module = NULL;
  FAILS(wasmtime_module_new(engine, (const uint8_t*)binary.data, binary.size, &module), "in function 0");
  wasm_byte_vec_delete(&binary);
  FAILS(wasmtime_wat2wasm("(module", 7, &binary), "1:8");
  FAILS(wasmtime_module_new(engine, NULL, 0, &module), "unexpected end");

  module = module_of(engine, "(module (import \"a\" \"b\" (func (param i64))) (memory (export \"m\") 3) (global (export \"g\") f32 (f32.const 1))"
                             "  (func (export \"five\") (param i32) (result i32) (i32.const 5)))");
  wasm_importtype_vec_t imports;
  wasm_exporttype_vec_t exports;
  wasmtime_module_imports(module, &imports);
  wasmtime_module_exports(module, &exports);
  CHECK_EQ(imports.size, 1);
  CHECK_BYTES(*wasm_importtype_module(imports.data[0]), "a");
  CHECK_BYTES(*wasm_importtype_name(imports.data[0]), "b");
  CHECK_EQ(exports.size, 3);
  CHECK_BYTES(*wasm_exporttype_name(exports.data[1]), "g");
  CHECK_EQ(wasm_externtype_kind(wasm_exporttype_type(exports.data[0])), WASM_EXTERN_MEMORY);
  wasm_importtype_vec_delete(&imports);
  wasm_exporttype_vec_delete(&exports);

  // At rest and back, in another engine too.
  wasm_byte_vec_t image;
  OK(wasmtime_module_serialize(module, &image));
  CHECK(gantry_is_precompiled((const uint8_t*)image.data, image.size));
  void *start, *end;
  wasmtime_module_image_range(module, &start, &end);
  CHECK((size_t)((char*)end - (char*)start) == image.size && memcmp(start, image.data, image.size) == 0);
  wasmtime_module_t* clone = wasmtime_module_clone(module);
  wasmtime_module_delete(module);
  wasmtime_module_exports(clone, &exports);
  CHECK_EQ(exports.size, 3);
  wasm_exporttype_vec_delete(&exports);
  wasmtime_module_delete(clone);

  wasm_engine_t* second = wasm_engine_new();
  OK(wasmtime_module_deserialize(second, (const uint8_t*)image.data, image.size, &module));
  wasmtime_store_t* store = wasmtime_store_new(second, NULL, NULL);
  wasmtime_linker_t* linker = wasmtime_linker_new(second);
  OK(wasmtime_linker_define_unknown_imports_as_traps(linker, module));
  wasmtime_instance_t instance;
  wasm_trap_t* trap = NULL;
  OK(wasmtime_linker_instantiate(linker, wasmtime_store_context(store), module, &instance, &trap));
  CHECK_EQ(call_i32(wasmtime_store_context(store), &instance, "five", 0), 5);
  wasmtime_linker_delete(linker);
  wasmtime_store_delete(store);
  wasmtime_module_delete(module);

  char path[] = "/tmp/gantry_store_XXXXXX";
  const int file = mkstemp(path);
  CHECK(file >= 0);
  FILE* stream = fdopen(file, "wb");
  CHECK(fwrite(image.data, 1, image.size, stream) == image.size);
  CHECK(fclose(stream) == 0);
  OK(wasmtime_module_deserialize_file(second, path, &module));
  wasmtime_module_delete(module);
  CHECK(remove(path) == 0);
  FAILS(wasmtime_module_deserialize_file(second, path, &module), "No such file");
  image.data[0] = 0;
  FAILS(wasmtime_module_deserialize(second, (const uint8_t*)image.data, image.size, &module), "not an image");
  CHECK(!gantry_is_precompiled((const uint8_t*)image.data, image.size));
  wasm_byte_vec_delete(&image);
  wasm_engine_delete(second);
}

// References survive the collector as long as somebody holds them; finalizers run once.
static void collection(wasm_engine_t* engine) {
  wasmtime_store_t* store = wasmtime_store_new(engine, NULL, NULL);
  wasmtime_context_t* context = wasmtime_store_context(store);
  OK(wasmtime_context_gc(context));
  freed = 0;
  wasmtime_externref_t refs[300], kept;
  for (int i = 0; i < 300; ++i) CHECK(wasmtime_externref_new(context, &refs[i], count_free, &refs[i]));
  wasmtime_externref_clone(&refs[7], &kept);
  for (int i = 0; i < 300; ++i) wasmtime_externref_unroot(&refs[i]);
  OK(wasmtime_context_gc(context));
  CHECK_EQ(freed, 299);
  CHECK(wasmtime_externref_data(context, &kept) == &refs[7]);
  wasmtime_store_delete(store);
  CHECK_EQ(freed, 300);
  wasmtime_externref_unroot(&kept);  // the handle outlives the store
}

int main(void) {
  wasm_engine_t* engine = wasm_engine_new();
  CHECK(!wasmtime_engine_is_pulley(engine));
  data_and_limits(engine);
  fuel();
  epochs();
  interrupt();
  modules(engine);
  collection(engine);
  wasmtime_store_t* store = wasmtime_store_new(engine, NULL, NULL);
  FAILS(wasmtime_context_set_fuel(wasmtime_store_context(store), 1), "fuel is not configured");
  uint64_t left;
  FAILS(wasmtime_context_get_fuel(wasmtime_store_context(store), &left), "fuel is not configured");
  wasmtime_store_delete(store);
  wasm_engine_delete(engine);
  return 0;
}
