// Engines, stores, modules, instances and externs of wasm.h.
#include "wasm_helpers.h"

static void configurations(void) {
  wasm_config_t* config = wasm_config_new();
  CHECK(config != NULL);
  wasm_config_delete(config);
  wasm_config_delete(NULL);
  // The settings reach the engine.
  const char text[] = "(module (func (result v128) (v128.const i64x2 0 0)))";
  for (int simd = 0; simd < 2; ++simd) {
    config = wasm_config_new();
    wasmtime_config_wasm_simd_set(config, simd != 0);
    wasmtime_config_wasm_relaxed_simd_set(config, simd != 0);
    wasm_engine_t* engine = wasm_engine_new_with_config(config);
    CHECK(engine != NULL);
    wasm_store_t* store = wasm_store_new(engine);
    wasm_engine_delete(engine);
    wasm_byte_vec_t binary;
    CHECK(wasmtime_wat2wasm(text, strlen(text), &binary) == NULL);
    CHECK_EQ(wasm_module_validate(store, &binary), simd);
    wasm_module_t* module = wasm_module_new(store, &binary);
    CHECK_EQ(module != NULL, simd);
    wasm_module_delete(module);
    wasm_byte_vec_delete(&binary);
    wasm_store_delete(store);
  }
  wasm_engine_delete(NULL);
  wasm_store_delete(NULL);
}

static void bad_modules(wasm_store_t* store) {
  const char* const texts[] = {"", "\0asm", "\0asm\1\0\0\0\1", "(module)"};
  const size_t sizes[] = {0, 4, 9, 8};
  for (size_t i = 0; i < 4; ++i) {
    wasm_byte_vec_t bytes;
    wasm_byte_vec_new(&bytes, sizes[i], texts[i]);
    CHECK(!wasm_module_validate(store, &bytes));
    CHECK(wasm_module_new(store, &bytes) == NULL);
    CHECK(wasm_module_deserialize(store, &bytes) == NULL);
    wasm_byte_vec_delete(&bytes);
  }
}

static const char kModule[] =
    "(module (import \"a\" \"f\" (func (param i32) (result i64))) (import \"a\" \"g\" (global (mut f32)))"
    " (import \"b\" \"t\" (table 1 2 externref)) (import \"b\" \"m\" (memory 3)) (import \"\" \"\" (tag (param f64)))"
    " (func (export \"nine\") (result i32) i32.const 9) (export \"\xc3\xa9\" (memory 0)) (export \"\" (func 0))"
    " (export \"g\" (global 0)) (export \"t\" (table 0)) (export \"e\" (tag 0)))";

static void check_imports(const wasm_module_t* module) {
  wasm_importtype_vec_t imports;
  wasm_module_imports(module, &imports);
  CHECK_EQ(imports.size, 5);
  CHECK_BYTES(*wasm_importtype_module(imports.data[0]), "a");
  CHECK_BYTES(*wasm_importtype_name(imports.data[0]), "f");
  CHECK_BYTES(*wasm_importtype_module(imports.data[4]), "");
  const wasm_externtype_t* types[5];
  const wasm_externkind_t kinds[] = {WASM_EXTERN_FUNC, WASM_EXTERN_GLOBAL, WASM_EXTERN_TABLE, WASM_EXTERN_MEMORY,
                                     WASM_EXTERN_TAG};
  for (size_t i = 0; i < 5; ++i) {
    types[i] = wasm_importtype_type(imports.data[i]);
    CHECK_EQ(wasm_externtype_kind(types[i]), kinds[i]);
  }
  const wasm_functype_t* func = wasm_externtype_as_functype_const(types[0]);
  CHECK_EQ(wasm_valtype_kind(wasm_functype_params(func)->data[0]), WASM_I32);
  CHECK_EQ(wasm_valtype_kind(wasm_functype_results(func)->data[0]), WASM_I64);
  const wasm_globaltype_t* global = wasm_externtype_as_globaltype_const(types[1]);
  CHECK_EQ(wasm_valtype_kind(wasm_globaltype_content(global)), WASM_F32);
  CHECK_EQ(wasm_globaltype_mutability(global), WASM_VAR);
  const wasm_tabletype_t* table = wasm_externtype_as_tabletype_const(types[2]);
  CHECK_EQ(wasm_tabletype_limits(table)->min, 1);
  CHECK_EQ(wasm_tabletype_limits(table)->max, 2);
  CHECK_EQ(wasm_memorytype_limits(wasm_externtype_as_memorytype_const(types[3]))->min, 3);
  CHECK_EQ(wasm_memorytype_limits(wasm_externtype_as_memorytype_const(types[3]))->max, wasm_limits_max_default);
  const wasm_functype_t* payload = wasm_tagtype_functype(wasm_externtype_as_tagtype_const(types[4]));
  CHECK_EQ(wasm_valtype_kind(wasm_functype_params(payload)->data[0]), WASM_F64);
  wasm_importtype_vec_delete(&imports);
}

static void check_exports(const wasm_module_t* module) {
  wasm_exporttype_vec_t exports;
  wasm_module_exports(module, &exports);
  CHECK_EQ(exports.size, 6);
  const char* const names[] = {"nine", "\xc3\xa9", "", "g", "t", "e"};
  const wasm_externkind_t kinds[] = {WASM_EXTERN_FUNC,   WASM_EXTERN_MEMORY, WASM_EXTERN_FUNC,
                                     WASM_EXTERN_GLOBAL, WASM_EXTERN_TABLE,  WASM_EXTERN_TAG};
  for (size_t i = 0; i < 6; ++i) {
    CHECK_BYTES(*wasm_exporttype_name(exports.data[i]), names[i]);
    CHECK_EQ(wasm_externtype_kind(wasm_exporttype_type(exports.data[i])), kinds[i]);
  }
  wasm_exporttype_vec_delete(&exports);
}

static void imports_and_exports(wasm_store_t* store) {
  wasm_module_t* module = compile(store, kModule);
  check_imports(module);
  check_exports(module);
  wasm_module_delete(module);
}

static int32_t run_nine(wasm_store_t* store, const wasm_module_t* module) {
  wasm_instance_t* instance = wasm_instance_new(store, module, NULL, NULL);
  wasm_func_t* func = func_at(instance, 0);
  wasm_val_t result;
  call(func, 0, NULL, 1, &result);
  wasm_func_delete(func);
  wasm_instance_delete(instance);
  return result.of.i32;
}

static void serialization(wasm_engine_t* engine) {
  wasm_store_t* store = wasm_store_new(engine);
  wasm_module_t* module = compile(store, "(module (func (export \"nine\") (result i32) i32.const 9))");
  wasm_byte_vec_t image;
  wasm_module_serialize(module, &image);
  CHECK(image.size > 0);
  wasm_module_delete(module);
  wasm_store_delete(store);

  wasm_engine_t* other_engine = wasm_engine_new();
  store = wasm_store_new(other_engine);
  module = wasm_module_deserialize(store, &image);
  CHECK(module != NULL);
  CHECK_EQ(run_nine(store, module), 9);
  wasm_module_delete(module);
  image.data[image.size / 2] ^= 0x55;
  image.size /= 2;
  CHECK(wasm_module_deserialize(store, &image) == NULL);
  wasm_byte_vec_delete(&image);
  wasm_store_delete(store);
  wasm_engine_delete(other_engine);
}

static void sharing(wasm_engine_t* engine) {
  wasm_store_t* first = wasm_store_new(engine);
  wasm_module_t* module = compile(first, "(module (func (export \"nine\") (result i32) i32.const 9))");
  wasm_shared_module_t* shared = wasm_module_share(module);
  wasm_module_delete(module);
  wasm_store_delete(first);
  wasm_store_t* second = wasm_store_new(engine);
  module = wasm_module_obtain(second, shared);
  CHECK(module != NULL);
  CHECK_EQ(run_nine(second, module), 9);
  wasm_engine_t* other_engine = wasm_engine_new();
  wasm_store_t* third = wasm_store_new(other_engine);
  CHECK(wasm_module_obtain(third, shared) == NULL);
  wasm_shared_module_delete(shared);
  wasm_shared_module_delete(NULL);
  // A module goes with every store of its engine, but with no other.
  wasm_store_t* fourth = wasm_store_new(engine);
  CHECK_EQ(run_nine(fourth, module), 9);
  wasm_trap_t* trap = NULL;
  CHECK(wasm_instance_new(third, module, NULL, &trap) == NULL);
  CHECK(trap != NULL);
  wasm_trap_delete(trap);
  wasm_module_delete(module);
  wasm_store_delete(second);
  wasm_store_delete(third);
  wasm_store_delete(fourth);
  wasm_engine_delete(other_engine);
}

// Fails with these words.
static void refused(wasm_store_t* store, const wasm_module_t* module, size_t count, wasm_extern_t** imports,
                    const char* words) {
  const wasm_extern_vec_t vec = {count, imports};
  wasm_trap_t* trap = NULL;
  CHECK(wasm_instance_new(store, module, &vec, &trap) == NULL);
  CHECK(trap != NULL);
  wasm_message_t message;
  wasm_trap_message(trap, &message);
  if (strstr(message.data, words) == NULL) {
    fprintf(stderr, "`%s` is not in: %s\n", words, message.data);
    exit(1);
  }
  wasm_byte_vec_delete(&message);
  wasm_trap_delete(trap);
  CHECK(wasm_instance_new(store, module, &vec, NULL) == NULL);
}

static void instances(wasm_engine_t* engine) {
  wasm_store_t* store = wasm_store_new(engine);
  wasm_store_t* other_store = wasm_store_new(engine);
  const char provider[] = "(module (func (export \"f\") (result i32) i32.const 3) (memory (export \"m\") 1))";
  wasm_instance_t* provides = instantiate(store, provider, 0, NULL);
  wasm_instance_t* elsewhere = instantiate(other_store, provider, 0, NULL);
  wasm_extern_t* func = export_at(provides, 0);
  wasm_extern_t* memory = export_at(provides, 1);
  wasm_extern_t* foreign_func = export_at(elsewhere, 0);
  wasm_module_t* module = compile(
      store, "(module (import \"\" \"f\" (func (result i32))) (import \"\" \"m\" (memory 1)) (export \"f\" (func 0)))");
  wasm_extern_t* right[] = {func, memory};
  wasm_extern_t* swapped[] = {memory, func};
  wasm_extern_t* of_another[] = {foreign_func, memory};
  wasm_extern_t* missing[] = {func, NULL};
  refused(store, module, 0, NULL, "expected 2 imports, found 0");
  refused(store, module, 1, right, "expected 2 imports, found 1");
  refused(store, module, 2, swapped, "incompatible import type");
  refused(store, module, 2, of_another, "import 0 belongs to another store");
  refused(store, module, 2, missing, "import 1 is missing");
  const wasm_extern_vec_t vec = {2, right};
  wasm_trap_t* trap = (wasm_trap_t*)&vec;
  wasm_instance_t* instance = wasm_instance_new(store, module, &vec, &trap);
  CHECK(instance != NULL && trap == NULL);
  // What is exported again is the same function.
  wasm_extern_t* again = export_at(instance, 0);
  CHECK(again == func);
  wasm_extern_delete(again);
  CHECK_EQ(wasm_extern_kind(func), WASM_EXTERN_FUNC);
  wasm_externtype_t* type = wasm_extern_type(func);
  CHECK_EQ(wasm_functype_results(wasm_externtype_as_functype(type))->size, 1);
  wasm_externtype_delete(type);

  wasm_module_t* traps = compile(store, "(module (func $f unreachable) (start $f))");
  refused(store, traps, 0, NULL, "wasm `unreachable` instruction executed");
  wasm_module_delete(traps);
  wasm_instance_delete(instance);
  wasm_module_delete(module);
  wasm_extern_delete(func);
  wasm_extern_delete(memory);
  wasm_extern_delete(foreign_func);
  wasm_instance_delete(provides);
  wasm_instance_delete(elsewhere);
  wasm_store_delete(store);
  wasm_store_delete(other_store);
}

// The type of each kind of extern.
static void types_of_externs(wasm_store_t* store) {
  wasm_instance_t* instance =
      instantiate(store,
                  "(module (func (export \"f\") (param i32)) (global (export \"g\") f64 (f64.const 0))"
                  " (table (export \"t\") 4 funcref) (memory (export \"m\") 2 8) (tag (export \"e\") (param i64)))",
                  0, NULL);
  wasm_extern_vec_t exports;
  wasm_instance_exports(instance, &exports);
  CHECK_EQ(exports.size, 5);
  wasm_externtype_t* types[5];
  for (size_t i = 0; i < 5; ++i) {
    types[i] = wasm_extern_type(exports.data[i]);
    CHECK_EQ(wasm_externtype_kind(types[i]), i);
    CHECK_EQ(wasm_extern_kind(exports.data[i]), i);
  }
  CHECK_EQ(wasm_functype_params(wasm_externtype_as_functype(types[0]))->size, 1);
  CHECK_EQ(wasm_valtype_kind(wasm_globaltype_content(wasm_externtype_as_globaltype(types[1]))), WASM_F64);
  CHECK_EQ(wasm_tabletype_limits(wasm_externtype_as_tabletype(types[2]))->min, 4);
  CHECK_EQ(wasm_memorytype_limits(wasm_externtype_as_memorytype(types[3]))->max, 8);
  const wasm_functype_t* payload = wasm_tagtype_functype(wasm_externtype_as_tagtype(types[4]));
  CHECK_EQ(wasm_valtype_kind(wasm_functype_params(payload)->data[0]), WASM_I64);
  for (size_t i = 0; i < 5; ++i) wasm_externtype_delete(types[i]);
  // A tag can be imported again.
  wasm_instance_t* importer =
      instantiate(store, "(module (import \"\" \"e\" (tag (param i64))) (export \"e\" (tag 0)))", 1, &exports.data[4]);
  wasm_extern_t* tag = export_at(importer, 0);
  CHECK(tag == exports.data[4]);
  wasm_extern_delete(tag);
  wasm_instance_delete(importer);
  wasm_extern_vec_delete(&exports);
  wasm_instance_delete(instance);
}

// Modules and instances of module linking are externs like others.
static void module_linking(void) {
  wasm_config_t* config = wasm_config_new();
  CHECK(gantry_config_feature_set(config, "module-linking", 14, true) == NULL);
  wasm_engine_t* engine = wasm_engine_new_with_config(config);
  wasm_store_t* store = wasm_store_new(engine);
  const char text[] =
      "(module (module $m (func (export \"f\") (result i32) i32.const 5)) (instance $i (instantiate $m))"
      " (export \"m\" (module $m)) (export \"i\" (instance $i)))";
  wasm_instance_t* instance = instance_of(store, compile_for(engine, store, text), 0, NULL);
  wasm_extern_vec_t exports;
  wasm_instance_exports(instance, &exports);
  CHECK_EQ(exports.size, 2);
  const wasm_externkind_t kinds[] = {GANTRY_EXTERN_MODULE, GANTRY_EXTERN_INSTANCE};
  for (size_t i = 0; i < 2; ++i) {
    CHECK_EQ(wasm_extern_kind(exports.data[i]), kinds[i]);
    wasm_externtype_t* type = wasm_extern_type(exports.data[i]);
    wasm_externtype_t* copy = wasm_externtype_copy(type);
    wasm_externtype_delete(type);
    CHECK_EQ(wasm_externtype_kind(copy), kinds[i]);
    CHECK(wasm_externtype_as_functype(copy) == NULL);
    wasm_externtype_delete(copy);
  }
  // Given on to a module that imports both, by single names.
  const char importing[] =
      "(module (import \"m\" (module (export \"f\" (func (result i32)))))"
      " (import \"i\" (instance $i (export \"f\" (func (result i32)))))"
      " (func (export \"g\") (result i32) (call (func $i \"f\"))))";
  wasm_instance_t* importer = instance_of(store, compile_for(engine, store, importing), 2, exports.data);
  wasm_func_t* func = func_at(importer, 0);
  wasm_val_t result;
  call(func, 0, NULL, 1, &result);
  CHECK_EQ(result.of.i32, 5);
  wasm_func_delete(func);
  wasm_instance_delete(importer);
  wasm_extern_vec_delete(&exports);
  wasm_instance_delete(instance);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
}

static void everything_is_released(wasm_engine_t* engine) {
  CHECK_RELEASES(wasm_config_delete(wasm_config_new()));
  CHECK_RELEASES(wasm_engine_delete(wasm_engine_new()));
  CHECK_RELEASES(wasm_store_delete(wasm_store_new(engine)));
  wasm_store_t* store = wasm_store_new(engine);
  wasm_module_t* module = compile(store, "(module)");
  CHECK_RELEASES(wasm_shared_module_delete(wasm_module_share(module)));
  wasm_module_delete(module);
  wasm_store_delete(store);
}

int main(void) {
  configurations();
  wasm_engine_t* engine = wasm_engine_new();
  wasm_store_t* store = wasm_store_new(engine);
  bad_modules(store);
  imports_and_exports(store);
  types_of_externs(store);
  wasm_store_delete(store);
  serialization(engine);
  sharing(engine);
  instances(engine);
  everything_is_released(engine);
  wasm_engine_delete(engine);
  module_linking();
  return 0;
}
