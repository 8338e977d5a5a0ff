// wasmtime/memory.h, sharedmemory.h, table.h, global.h, tag.h, extern.h: items made by the host and by modules.
#include "guest.h"

static void memory_types(void) {
  wasm_memorytype_t* type = NULL;
  OK(wasmtime_memorytype_new(1, true, 3, false, false, 16, &type));
  uint64_t max = 0;
  CHECK_EQ(wasmtime_memorytype_minimum(type), 1);
  CHECK(wasmtime_memorytype_maximum(type, &max));
  CHECK_EQ(max, 3);
  CHECK(!wasmtime_memorytype_is64(type) && !wasmtime_memorytype_isshared(type));
  CHECK_EQ(wasmtime_memorytype_page_size(type), 65536);
  CHECK_EQ(wasmtime_memorytype_page_size_log2(type), 16);
  wasm_memorytype_delete(type);
  OK(wasmtime_memorytype_new(5, false, 0, true, false, 0, &type));
  CHECK(!wasmtime_memorytype_maximum(type, &max));
  CHECK(wasmtime_memorytype_is64(type));
  CHECK_EQ(wasmtime_memorytype_page_size(type), 1);
  wasm_memorytype_delete(type);
  OK(wasmtime_memorytype_new(1, true, 2, false, true, 16, &type));
  CHECK(wasmtime_memorytype_isshared(type));
  wasm_memorytype_delete(type);
  FAILS(wasmtime_memorytype_new(3, true, 1, false, false, 16, &type), "cannot be smaller");
  FAILS(wasmtime_memorytype_new(65537, false, 0, false, false, 16, &type), "exceeds");
  FAILS(wasmtime_memorytype_new(1, false, 0, false, true, 16, &type), "maximum");
  FAILS(wasmtime_memorytype_new(1, false, 0, false, false, 3, &type), "page size");
}

static void memories(wasm_engine_t* engine, wasmtime_context_t* context) {
  wasmtime_module_t* module = module_of(engine, "(module (memory (export \"m\") 1 2) (data (i32.const 2) \"ab\"))");
  const wasmtime_instance_t instance = instance_of(context, module);
  const wasmtime_extern_t item = export_of(context, &instance, "m");
  CHECK_EQ(item.kind, WASMTIME_EXTERN_MEMORY);
  const wasmtime_memory_t* memory = &item.of.memory;
  CHECK_EQ(wasmtime_memory_size(context, memory), 1);
  CHECK_EQ(wasmtime_memory_data_size(context, memory), 65536);
  CHECK_EQ(wasmtime_memory_page_size(context, memory), 65536);
  CHECK_EQ(wasmtime_memory_page_size_log2(context, memory), 16);
  CHECK(memcmp(wasmtime_memory_data(context, memory), "\0\0ab\0", 5) == 0);
  uint64_t before = 0;
  OK(wasmtime_memory_grow(context, memory, 1, &before));
  CHECK_EQ(before, 1);
  CHECK_EQ(wasmtime_memory_size(context, memory), 2);
  FAILS(wasmtime_memory_grow(context, memory, 1, &before), "failed to grow memory by `1`");
  wasm_memorytype_t* type = wasmtime_memory_type(context, memory);
  CHECK_EQ(wasmtime_memorytype_minimum(type), 1);
  wasm_memorytype_delete(type);
  wasmtime_module_delete(module);

  wasm_limits_t limits = {2, 2};
  type = wasm_memorytype_new(&limits);
  wasmtime_memory_t own;
  OK(wasmtime_memory_new(context, type, &own));
  CHECK_EQ(wasmtime_memory_size(context, &own), 2);
  wasmtime_memory_data(context, &own)[131071] = 1;
  wasm_memorytype_delete(type);
  OK(wasmtime_memorytype_new(1, true, 2, false, true, 16, &type));
  FAILS(wasmtime_memory_new(context, type, &own), "shared");
  wasm_memorytype_delete(type);
}

static void shared_memories(void) {
  wasm_memorytype_t* type;
  OK(wasmtime_memorytype_new(1, true, 2, false, true, 16, &type));
  wasm_engine_t* plain = wasm_engine_new();
  wasmtime_sharedmemory_t* memory = NULL;
  FAILS(wasmtime_sharedmemory_new(plain, type, &memory), "disabled");
  wasm_engine_delete(plain);

  wasm_config_t* config = wasm_config_new();
  wasmtime_config_shared_memory_set(config, true);
  wasmtime_config_wasm_threads_set(config, true);
  wasm_engine_t* engine = wasm_engine_new_with_config(config);
  OK(wasmtime_sharedmemory_new(engine, type, &memory));
  CHECK_EQ(wasmtime_sharedmemory_size(memory), 1);
  CHECK_EQ(wasmtime_sharedmemory_data_size(memory), 65536);
  wasm_memorytype_t* again = wasmtime_sharedmemory_type(memory);
  CHECK(wasmtime_memorytype_isshared(again));
  wasm_memorytype_delete(again);
  uint64_t before;
  OK(wasmtime_sharedmemory_grow(memory, 1, &before));
  CHECK_EQ(before, 1);
  FAILS(wasmtime_sharedmemory_grow(memory, 1, &before), "failed to grow");
  wasmtime_sharedmemory_t* other = wasmtime_sharedmemory_clone(memory);
  wasmtime_sharedmemory_delete(memory);

  // Two stores see the same bytes.
  wasmtime_module_t* module =
      module_of(engine, "(module (memory (export \"m\") (import \"\" \"m\") 1 2 shared)"
                        "  (func (export \"bump\") (param i32) (result i32) (i32.atomic.rmw.add (i32.const 8) (local.get 0))))");
  for (int i = 0; i < 2; ++i) {
    wasmtime_store_t* store = wasmtime_store_new(engine, NULL, NULL);
    wasmtime_context_t* context = wasmtime_store_context(store);
    wasmtime_extern_t import;
    import.kind = WASMTIME_EXTERN_SHAREDMEMORY;
    import.of.sharedmemory = other;
    wasm_externtype_t* kind = wasmtime_extern_type(context, &import);
    CHECK_EQ(wasm_externtype_kind(kind), WASM_EXTERN_MEMORY);
    wasm_externtype_delete(kind);
    wasmtime_instance_t instance;
    wasm_trap_t* trap = NULL;
    OK(wasmtime_instance_new(context, module, &import, 1, &instance, &trap));
    CHECK_EQ(call_i32(context, &instance, "bump", 5), 5 * i);
    wasmtime_extern_t item = export_of(context, &instance, "m");
    CHECK_EQ(item.kind, WASMTIME_EXTERN_SHAREDMEMORY);
    CHECK(wasmtime_sharedmemory_data(item.of.sharedmemory) == wasmtime_sharedmemory_data(other));
    wasmtime_extern_delete(&item);
    wasmtime_store_delete(store);
  }
  CHECK_EQ(wasmtime_sharedmemory_data(other)[8], 10);
  wasmtime_module_delete(module);
  wasmtime_sharedmemory_delete(other);
  wasm_memorytype_delete(type);
  wasm_engine_delete(engine);
}

static void tables(wasm_engine_t* engine, wasmtime_context_t* context) {
  wasmtime_module_t* module = module_of(engine, "(module (table (export \"t\") 2 4 funcref) (elem (i32.const 1) func $f)"
                                                "  (func $f (param i32) (result i32) (i32.add (local.get 0) (i32.const 1))))");
  const wasmtime_instance_t instance = instance_of(context, module);
  const wasmtime_extern_t item = export_of(context, &instance, "t");
  const wasmtime_table_t* table = &item.of.table;
  CHECK_EQ(wasmtime_table_size(context, table), 2);
  wasmtime_val_t null_func, val;
  null_func.kind = WASMTIME_FUNCREF;
  wasmtime_funcref_set_null(&null_func.of.funcref);
  CHECK(wasmtime_table_get(context, table, 0, &val));
  CHECK(val.kind == WASMTIME_FUNCREF && wasmtime_funcref_is_null(&val.of.funcref));
  CHECK(wasmtime_table_get(context, table, 1, &val));
  const wasmtime_val_t arg = i32_val(1);
  wasmtime_val_t result;
  wasm_trap_t* trap = NULL;
  OK(wasmtime_func_call(context, &val.of.funcref, &arg, 1, &result, 1, &trap));
  CHECK_EQ(result.of.i32, 2);
  CHECK(!wasmtime_table_get(context, table, 2, &result));
  OK(wasmtime_table_set(context, table, 0, &val));
  CHECK(wasmtime_table_get(context, table, 0, &result));
  CHECK(!wasmtime_funcref_is_null(&result.of.funcref));
  FAILS(wasmtime_table_set(context, table, 2, &val), "out of bounds");
  FAILS(wasmtime_table_set(context, table, 0, &arg), "type mismatch");
  uint64_t before = 0;
  OK(wasmtime_table_grow(context, table, 2, &null_func, &before));
  CHECK_EQ(before, 2);
  CHECK_EQ(wasmtime_table_size(context, table), 4);
  FAILS(wasmtime_table_grow(context, table, 1, &null_func, &before), "failed to grow table by `1`");
  wasm_tabletype_t* type = wasmtime_table_type(context, table);
  CHECK_EQ(wasm_tabletype_limits(type)->max, 4);
  CHECK_EQ(wasm_valtype_kind(wasm_tabletype_element(type)), WASM_FUNCREF);
  wasm_tabletype_delete(type);
  wasmtime_module_delete(module);

  const wasm_limits_t limits = {1, wasm_limits_max_default};
  type = wasm_tabletype_new(wasm_valtype_new_externref(), &limits);
  wasmtime_val_t thing;
  thing.kind = WASMTIME_EXTERNREF;
  CHECK(wasmtime_externref_new(context, &before, NULL, &thing.of.externref));
  wasmtime_table_t own;
  FAILS(wasmtime_table_new(context, type, &null_func, &own), "type mismatch");
  OK(wasmtime_table_new(context, type, &thing, &own));
  wasmtime_val_unroot(&thing);
  OK(wasmtime_context_gc(context));
  CHECK(wasmtime_table_get(context, &own, 0, &thing));
  CHECK(wasmtime_externref_data(context, &thing.of.externref) == &before);
  wasmtime_val_unroot(&thing);
  wasm_tabletype_delete(type);
}

static void globals(wasm_engine_t* engine, wasmtime_context_t* context) {
  wasmtime_module_t* module =
      module_of(engine, "(module (global (export \"v\") (mut i64) (i64.const 7)) (global (export \"c\") f64 (f64.const 0.5))"
                        "  (global (export \"w\") (mut v128) (v128.const i32x4 1 2 3 4)))");
  const wasmtime_instance_t instance = instance_of(context, module);
  const wasmtime_extern_t v = export_of(context, &instance, "v"), c = export_of(context, &instance, "c"),
                          w = export_of(context, &instance, "w");
  wasmtime_val_t val = i64_val(-1);
  OK(wasmtime_global_set(context, &v.of.global, &val));
  val = i32_val(0);
  wasmtime_global_get(context, &v.of.global, &val);
  CHECK_EQ(val.of.i64, -1);
  FAILS(wasmtime_global_set(context, &c.of.global, &val), "immutable");
  wasmtime_global_get(context, &c.of.global, &val);
  CHECK(val.kind == WASMTIME_F64 && val.of.f64 == 0.5);
  FAILS(wasmtime_global_set(context, &v.of.global, &val), "type mismatch");
  wasmtime_global_get(context, &w.of.global, &val);
  CHECK_EQ(val.of.v128[12], 4);
  val.of.v128[12] = 9;
  OK(wasmtime_global_set(context, &w.of.global, &val));
  wasmtime_val_t again;
  wasmtime_global_get(context, &w.of.global, &again);
  CHECK(memcmp(val.of.v128, again.of.v128, 16) == 0);
  wasm_globaltype_t* type = wasmtime_global_type(context, &v.of.global);
  CHECK_EQ(wasm_globaltype_mutability(type), WASM_VAR);
  wasm_globaltype_delete(type);
  wasmtime_module_delete(module);

  type = wasm_globaltype_new(wasm_valtype_new_i32(), WASM_VAR);
  wasmtime_global_t own;
  val = i64_val(1);
  FAILS(wasmtime_global_new(context, type, &val, &own), "type mismatch");
  val = i32_val(11);
  OK(wasmtime_global_new(context, type, &val, &own));
  wasmtime_global_get(context, &own, &again);
  CHECK_EQ(again.of.i32, 11);
  wasm_globaltype_delete(type);
}

static void tags(wasmtime_context_t* context) {
  wasm_tagtype_t* type = wasm_tagtype_new(wasm_functype_new_1_0(wasm_valtype_new_i32()));
  wasmtime_tag_t a, b;
  OK(wasmtime_tag_new(context, type, &a));
  OK(wasmtime_tag_new(context, type, &b));
  CHECK(wasmtime_tag_eq(context, &a, &a) && !wasmtime_tag_eq(context, &a, &b));
  wasm_tagtype_t* again = wasmtime_tag_type(context, &a);
  CHECK_EQ(wasm_functype_params(wasm_tagtype_functype(again))->size, 1);
  wasm_tagtype_delete(again);
  wasm_tagtype_delete(type);
  type = wasm_tagtype_new(wasm_functype_new_0_1(wasm_valtype_new_i32()));
  FAILS(wasmtime_tag_new(context, type, &a), "results");
  wasm_tagtype_delete(type);
}

static void kinds_of_items(wasm_engine_t* engine, wasmtime_context_t* context) {
  wasmtime_module_t* module = module_of(engine, "(module (func (export \"0\")) (global (export \"1\") i32 (i32.const 0))"
                                                "  (table (export \"2\") 1 funcref) (memory (export \"3\") 1) (tag (export \"4\")))");
  const wasmtime_instance_t instance = instance_of(context, module);
  const wasmtime_extern_kind_t kinds[] = {WASMTIME_EXTERN_FUNC, WASMTIME_EXTERN_GLOBAL, WASMTIME_EXTERN_TABLE, WASMTIME_EXTERN_MEMORY,
                                          WASMTIME_EXTERN_TAG};
  char* name;
  size_t size;
  wasmtime_extern_t item;
  for (size_t i = 0; i < 5; ++i) {
    CHECK(wasmtime_instance_export_nth(context, &instance, i, &name, &size, &item));
    CHECK(size == 1 && name[0] == (char)('0' + i));
    CHECK_EQ(item.kind, kinds[i]);
    wasm_externtype_t* type = wasmtime_extern_type(context, &item);
    CHECK_EQ(wasm_externtype_kind(type), i);
    wasm_externtype_delete(type);
    wasmtime_extern_delete(&item);
  }
  CHECK(!wasmtime_instance_export_nth(context, &instance, 5, &name, &size, &item));
  CHECK(!wasmtime_instance_export_get(context, &instance, "none", 4, &item));
  wasmtime_module_delete(module);
}

int main(void) {
  wasm_engine_t* engine = wasm_engine_new();
  wasmtime_store_t* store = wasmtime_store_new(engine, NULL, NULL);
  wasmtime_context_t* context = wasmtime_store_context(store);
  memory_types();
  memories(engine, context);
  shared_memories();
  tables(engine, context);
  globals(engine, context);
  tags(context);
  kinds_of_items(engine, context);
  wasmtime_store_delete(store);
  wasm_engine_delete(engine);
  return 0;
}
