// Globals, tables and memories of wasm.h, made by the embedder and by modules.
#include "wasm_helpers.h"

static wasm_global_t* new_global(wasm_store_t* store, wasm_valkind_t kind, wasm_mutability_t mutability,
                                 const wasm_val_t* val) {
  wasm_globaltype_t* type = wasm_globaltype_new(wasm_valtype_new(kind), mutability);
  wasm_global_t* global = wasm_global_new(store, type, val);
  wasm_globaltype_delete(type);
  return global;
}

static int64_t global_i64(const wasm_global_t* global) {
  wasm_val_t val;
  wasm_global_get(global, &val);
  CHECK_EQ(val.kind, WASM_I64);
  return val.of.i64;
}

static void globals(wasm_store_t* store) {
  wasm_val_t val;
  val.kind = WASM_I64, val.of.i64 = -5;
  wasm_global_t* global = new_global(store, WASM_I64, WASM_VAR, &val);
  wasm_global_t* constant = new_global(store, WASM_I64, WASM_CONST, &val);
  CHECK(!wasm_global_same(global, constant));
  wasm_globaltype_t* type = wasm_global_type(global);
  CHECK_EQ(wasm_globaltype_mutability(type), WASM_VAR);
  CHECK_EQ(wasm_valtype_kind(wasm_globaltype_content(type)), WASM_I64);
  wasm_globaltype_delete(type);
  CHECK_EQ(global_i64(global), -5);
  val.of.i64 = 6;
  wasm_global_set(global, &val);
  wasm_global_set(constant, &val);
  CHECK_EQ(global_i64(global), 6);
  CHECK_EQ(global_i64(constant), -5);
  wasm_val_t wrong = i32_val(1);
  wasm_global_set(global, &wrong);
  CHECK_EQ(global_i64(global), 6);
  CHECK(new_global(store, WASM_I64, WASM_VAR, &wrong) == NULL);
  CHECK(new_global(store, WASM_EXTERNREF, WASM_VAR, &wrong) == NULL);

  // WebAssembly code sees it, and its own can be set.
  wasm_extern_t* imports[] = {wasm_global_as_extern(global)};
  wasm_instance_t* instance =
      instantiate(store,
                  "(module (import \"\" \"g\" (global $g (mut i64)))"
                  " (func (export \"double\") (global.set $g (i64.add (global.get $g) (global.get $g))))"
                  " (global (export \"own\") (mut f64) (f64.const 1.5)))",
                  1, imports);
  wasm_func_t* twice = func_at(instance, 0);
  call(twice, 0, NULL, 0, NULL);
  CHECK_EQ(global_i64(global), 12);
  wasm_global_t* own = wasm_extern_as_global(export_at(instance, 1));
  wasm_global_get(own, &val);
  CHECK(val.kind == WASM_F64 && val.of.f64 == 1.5);
  val.of.f64 = -2.5;
  wasm_global_set(own, &val);
  val.of.f64 = 0;
  wasm_global_get(own, &val);
  CHECK(val.of.f64 == -2.5);

  // References.
  wasm_foreign_t* foreign = wasm_foreign_new(store);
  val = ref_val(WASM_EXTERNREF, wasm_foreign_as_ref(foreign));
  wasm_global_t* holder = new_global(store, WASM_EXTERNREF, WASM_VAR, &val);
  wasm_val_t got;
  wasm_global_get(holder, &got);
  CHECK(got.kind == WASM_EXTERNREF && got.of.ref == wasm_foreign_as_ref(foreign));
  wasm_val_delete(&got);
  CHECK(got.of.ref == NULL);
  wasm_global_set(holder, &got);
  wasm_global_get(holder, &got);
  CHECK(got.of.ref == NULL);
  wasm_foreign_delete(foreign);
  wasm_global_delete(holder);
  wasm_global_delete(own);
  wasm_func_delete(twice);
  wasm_instance_delete(instance);
  wasm_global_delete(global);
  wasm_global_delete(constant);
}

static wasm_table_t* new_table(wasm_store_t* store, wasm_valkind_t kind, uint32_t min, uint32_t max, wasm_ref_t* init) {
  const wasm_limits_t limits = {min, max};
  wasm_tabletype_t* type = wasm_tabletype_new(wasm_valtype_new(kind), &limits);
  wasm_table_t* table = wasm_table_new(store, type, init);
  wasm_tabletype_delete(type);
  return table;
}

static void check_element(const wasm_table_t* table, uint32_t index, const wasm_ref_t* wanted) {
  wasm_ref_t* element = wasm_table_get(table, index);
  CHECK(element == wanted);
  wasm_ref_delete(element);
}

static void tables(wasm_store_t* store) {
  wasm_instance_t* instance =
      instantiate(store, "(module (func (export \"seven\") (result i32) i32.const 7))", 0, NULL);
  wasm_func_t* seven = func_at(instance, 0);
  wasm_ref_t* seven_ref = wasm_func_as_ref(seven);
  wasm_table_t* table = new_table(store, WASM_FUNCREF, 2, 5, seven_ref);
  CHECK_EQ(wasm_table_size(table), 2);
  wasm_tabletype_t* type = wasm_table_type(table);
  CHECK_EQ(wasm_valtype_kind(wasm_tabletype_element(type)), WASM_FUNCREF);
  CHECK_EQ(wasm_tabletype_limits(type)->min, 2);
  CHECK_EQ(wasm_tabletype_limits(type)->max, 5);
  wasm_tabletype_delete(type);
  check_element(table, 0, seven_ref);
  check_element(table, 1, seven_ref);
  check_element(table, 2, NULL);
  CHECK(wasm_table_set(table, 1, NULL));
  check_element(table, 1, NULL);
  CHECK(!wasm_table_set(table, 2, seven_ref));
  CHECK(wasm_table_grow(table, 2, seven_ref));
  CHECK_EQ(wasm_table_size(table), 4);
  check_element(table, 3, seven_ref);
  CHECK(!wasm_table_grow(table, 2, NULL));
  CHECK_EQ(wasm_table_size(table), 4);
  CHECK(wasm_table_grow(table, 1, NULL));
  check_element(table, 4, NULL);

  // WebAssembly code calls through it.
  wasm_extern_t* imports[] = {wasm_table_as_extern(table)};
  wasm_instance_t* caller =
      instantiate(store,
                  "(module (import \"\" \"t\" (table 1 funcref)) (type $t (func (result i32)))"
                  " (func (export \"call\") (param i32) (result i32) (call_indirect (type $t) (local.get 0))))",
                  1, imports);
  wasm_func_t* indirect = func_at(caller, 0);
  wasm_val_t index = i32_val(0), result;
  call(indirect, 1, &index, 1, &result);
  CHECK_EQ(result.of.i32, 7);
  index.of.i32 = 1;
  wasm_trap_delete(call_fails(indirect, 1, &index, 1, &result, "uninitialized element"));

  // Wrong kinds, wrong limits.
  wasm_foreign_t* foreign = wasm_foreign_new(store);
  CHECK(!wasm_table_set(table, 0, wasm_foreign_as_ref(foreign)));
  CHECK(!wasm_table_grow(table, 0, wasm_foreign_as_ref(foreign)));
  CHECK(new_table(store, WASM_FUNCREF, 1, 1, wasm_foreign_as_ref(foreign)) == NULL);
  check_element(table, 0, seven_ref);
  CHECK(new_table(store, WASM_FUNCREF, 0xfffffffe, wasm_limits_max_default, NULL) == NULL);

  // Every kind of object is an externref.
  wasm_table_t* anything = new_table(store, WASM_EXTERNREF, 1, wasm_limits_max_default, wasm_foreign_as_ref(foreign));
  CHECK(wasm_table_grow(anything, 1, seven_ref));
  CHECK(wasm_table_grow(anything, 1, wasm_instance_as_ref(instance)));
  CHECK(wasm_table_grow(anything, 1, NULL));
  check_element(anything, 0, wasm_foreign_as_ref(foreign));
  check_element(anything, 1, seven_ref);
  check_element(anything, 2, wasm_instance_as_ref(instance));
  check_element(anything, 3, NULL);
  wasm_foreign_delete(foreign);
  wasm_table_delete(anything);
  wasm_func_delete(indirect);
  wasm_instance_delete(caller);
  wasm_table_delete(table);
  wasm_func_delete(seven);
  wasm_instance_delete(instance);
}

static wasm_memory_t* new_memory(wasm_store_t* store, uint32_t min, uint32_t max) {
  const wasm_limits_t limits = {min, max};
  wasm_memorytype_t* type = wasm_memorytype_new(&limits);
  wasm_memory_t* memory = wasm_memory_new(store, type);
  wasm_memorytype_delete(type);
  return memory;
}

static void memories(wasm_store_t* store) {
  wasm_memory_t* memory = new_memory(store, 1, 3);
  CHECK_EQ(wasm_memory_size(memory), 1);
  CHECK_EQ(wasm_memory_data_size(memory), MEMORY_PAGE_SIZE);
  wasm_memorytype_t* type = wasm_memory_type(memory);
  CHECK_EQ(wasm_memorytype_limits(type)->min, 1);
  CHECK_EQ(wasm_memorytype_limits(type)->max, 3);
  wasm_memorytype_delete(type);
  byte_t* bytes = wasm_memory_data(memory);
  for (size_t i = 0; i < MEMORY_PAGE_SIZE; ++i) CHECK_EQ(bytes[i], 0);
  bytes[0] = 42;
  CHECK(!wasm_memory_grow(memory, 3));
  CHECK_EQ(wasm_memory_size(memory), 1);
  CHECK(wasm_memory_grow(memory, 2));
  CHECK_EQ(wasm_memory_size(memory), 3);
  CHECK_EQ(wasm_memory_data_size(memory), 3 * MEMORY_PAGE_SIZE);
  CHECK_EQ(wasm_memory_data(memory)[0], 42);
  wasm_extern_t* imports[] = {wasm_memory_as_extern(memory)};
  wasm_instance_t* instance =
      instantiate(store,
                  "(module (import \"\" \"m\" (memory 1 3)) (data (i32.const 131072) \"xyz\")"
                  " (func (export \"load\") (param i32) (result i32) (i32.load8_u (local.get 0))))",
                  1, imports);
  CHECK(memcmp(wasm_memory_data(memory) + 2 * MEMORY_PAGE_SIZE, "xyz", 3) == 0);
  wasm_func_t* load = func_at(instance, 0);
  wasm_val_t address = i32_val(0), result;
  call(load, 1, &address, 1, &result);
  CHECK_EQ(result.of.i32, 42);
  address.of.i32 = 3 * (int32_t)MEMORY_PAGE_SIZE;
  wasm_trap_delete(call_fails(load, 1, &address, 1, &result, "out of bounds memory access"));
  CHECK(wasm_memory_grow(memory, 0));
  wasm_func_delete(load);
  wasm_instance_delete(instance);
  wasm_memory_delete(memory);

  // Of other types than wasm.h can say.
  instance = instantiate(
      store, "(module (memory (export \"m\") i64 1 0x1000000000000) (memory (export \"n\") 5 6 (pagesize 1)))", 0,
      NULL);
  wasm_memory_t* wide = wasm_extern_as_memory(export_at(instance, 0));
  type = wasm_memory_type(wide);
  CHECK_EQ(wasm_memorytype_limits(type)->min, 1);
  CHECK_EQ(wasm_memorytype_limits(type)->max, wasm_limits_max_default);
  wasm_memorytype_delete(type);
  wasm_memory_t* small = wasm_extern_as_memory(export_at(instance, 1));
  CHECK_EQ(wasm_memory_size(small), 5);
  CHECK_EQ(wasm_memory_data_size(small), 5);
  wasm_memory_delete(wide);
  wasm_memory_delete(small);
  wasm_instance_delete(instance);
}

int main(void) {
  wasm_config_t* config = wasm_config_new();
  wasmtime_config_wasm_custom_page_sizes_set(config, true);
  wasm_engine_t* engine = wasm_engine_new_with_config(config);
  wasm_store_t* store = wasm_store_new(engine);
  globals(store);
  tables(store);
  memories(store);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
  return 0;
}
