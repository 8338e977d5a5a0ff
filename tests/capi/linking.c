// gantry.h: modules and instances as values, the product, settings, core dumps.
#include "guest.h"

static wasm_engine_t* linking_engine(void) {
  wasm_config_t* config = wasm_config_new();
  OK(gantry_config_feature_set(config, "module-linking", 14, true));
  FAILS(gantry_config_feature_set(config, "no-such", 7, true), "there is no feature `no-such`");
  CHECK(gantry_config_tier_set(config, GANTRY_TIER_INTERPRETER));
  CHECK(gantry_config_tier_set(config, GANTRY_TIER_AUTO));
  CHECK(!gantry_config_tier_set(config, 200));
  gantry_config_max_backtrace_set(config, 1);
  gantry_config_gc_heap_max_set(config, 1 << 20);
  return wasm_engine_new_with_config(config);
}

// $inner is closed over: what $make exports has captured it.
static const char kNested[] =
    "(module"
    "  (module $inner (global $n (mut i32) (i32.const 0))"
    "    (func (export \"bump\") (param i32) (result i32)"
    "      (global.set $n (i32.add (global.get $n) (local.get 0))) (global.get $n)))"
    "  (module $make"
    "    (instance $own (instantiate (module outer 0 $inner)))"
    "    (export \"bump\" (func $own \"bump\")))"
    "  (instance $first (instantiate $make))"
    "  (export \"make\" (module $make))"
    "  (export \"first\" (instance $first)))";

static int32_t bump(wasmtime_context_t* context, const wasmtime_extern_t* instance, int32_t by) {
  wasmtime_extern_t item;
  CHECK(gantry_extern_export_get(context, instance, "bump", 4, &item));
  CHECK(!gantry_extern_export_get(context, instance, "none", 4, &item));
  CHECK(gantry_extern_export_get(context, instance, "bump", 4, &item));
  CHECK_EQ(item.kind, WASMTIME_EXTERN_FUNC);
  const wasmtime_val_t arg = i32_val(by);
  wasmtime_val_t result;
  wasm_trap_t* trap = NULL;
  OK(wasmtime_func_call(context, &item.of.func, &arg, 1, &result, 1, &trap));
  return result.of.i32;
}

static void values(wasm_engine_t* engine) {
  wasmtime_store_t* store = wasmtime_store_new(engine, NULL, NULL);
  wasmtime_context_t* context = wasmtime_store_context(store);
  wasmtime_module_t* nested = module_of(engine, kNested);
  const wasmtime_instance_t root = instance_of(context, nested);
  wasmtime_extern_t make, first, second;
  CHECK(!wasmtime_instance_export_get(context, &root, "make", 4, &make));  // not a kind of the standard headers
  CHECK(gantry_instance_export_get(context, &root, "make", 4, &make));
  CHECK_EQ(make.kind, GANTRY_EXTERN_MODULE);
  CHECK(gantry_instance_export_get(context, &root, "first", 5, &first));
  CHECK_EQ(first.kind, GANTRY_EXTERN_INSTANCE);
  wasm_externtype_t* type = wasmtime_extern_type(context, &make);
  CHECK_EQ(wasm_externtype_kind(type), GANTRY_EXTERN_MODULE);
  wasm_externtype_delete(type);
  wasm_trap_t* trap = NULL;
  OK(gantry_extern_instantiate(context, &make, NULL, 0, &second, &trap));
  FAILS(gantry_extern_instantiate(context, &make, &first, 1, &second, &trap), "expected 0 imports, found 1");
  FAILS(gantry_extern_instantiate(context, &first, NULL, 0, &second, &trap), "a module was expected");
  OK(gantry_extern_instantiate(context, &make, NULL, 0, &second, &trap));
  // State of their own.
  CHECK_EQ(bump(context, &first, 5), 5);
  CHECK_EQ(bump(context, &first, 5), 10);
  CHECK_EQ(bump(context, &second, 1), 1);

  // The same from an image.
  wasm_byte_vec_t image;
  OK(wasmtime_module_serialize(nested, &image));
  wasmtime_module_t* loaded = NULL;
  OK(wasmtime_module_deserialize(engine, (const uint8_t*)image.data, image.size, &loaded));
  wasm_byte_vec_delete(&image);
  const wasmtime_instance_t again = instance_of(context, loaded);
  CHECK(gantry_instance_export_get(context, &again, "first", 5, &second));
  CHECK_EQ(bump(context, &second, 3), 3);
  wasmtime_module_delete(loaded);
  wasmtime_module_delete(nested);
  wasmtime_store_delete(store);
}

static const char kUser[] =
    "(module"
    "  (import \"lib\" (instance $lib (export \"bump\" (func (param i32) (result i32)))))"
    "  (import \"maker\" (module $maker (export \"bump\" (func (param i32) (result i32)))))"
    "  (instance $made (instantiate $maker))"
    "  (func (export \"run\") (param i32) (result i32)"
    "    (i32.mul (call (func $lib \"bump\") (local.get 0)) (call (func $made \"bump\") (i32.const 10)))))";

static void imports(wasm_engine_t* engine) {
  wasmtime_store_t* store = wasmtime_store_new(engine, NULL, NULL);
  wasmtime_context_t* context = wasmtime_store_context(store);
  wasmtime_module_t* library = module_of(engine, "(module (func (export \"bump\") (param i32) (result i32) (i32.add (local.get 0) (i32.const 1))))");
  wasmtime_module_t* user = module_of(engine, kUser);
  wasmtime_linker_t* linker = wasmtime_linker_new(engine);
  wasmtime_instance_t instance;
  wasm_trap_t* trap = NULL;
  FAILS(wasmtime_linker_instantiate(linker, context, user, &instance, &trap), "`lib::bump` has not been defined");
  const wasmtime_instance_t plain = instance_of(context, library);
  wasmtime_extern_t lib, items, maker;
  gantry_extern_from_instance(context, &plain, &lib);
  OK(gantry_linker_define_name(linker, context, "lib", 3, &lib));
  OK(gantry_linker_define_module(linker, "maker", 5, library));
  OK(wasmtime_linker_instantiate(linker, context, user, &instance, &trap));
  CHECK_EQ(call_i32(context, &instance, "run", 2), 33);

  // Without a linker: by position, the instance put together from an item.
  wasm_name_t names[2];
  wasm_name_new_from_string(&names[0], "bump");
  wasm_name_new_from_string(&names[1], "bump");
  wasmtime_extern_t parts[2] = {export_of(context, &plain, "bump"), export_of(context, &plain, "bump")};
  OK(gantry_extern_from_items(context, names, parts, 1, &items));
  FAILS(gantry_extern_from_items(context, names, parts, 2, &maker), "two items named `bump`");
  OK(gantry_extern_from_module(context, library, &maker));
  wasmtime_extern_t both[2] = {items, maker};
  OK(wasmtime_instance_new(context, user, both, 2, &instance, &trap));
  CHECK_EQ(call_i32(context, &instance, "run", 2), 33);
  for (int i = 0; i < 2; ++i) wasm_name_delete(&names[i]);

  wasm_engine_t* plain_engine = wasm_engine_new();
  wasmtime_module_t* foreign = module_of(plain_engine, "(module)");
  FAILS(gantry_extern_from_module(context, foreign, &maker), "different engines");
  FAILS(gantry_linker_define_module(linker, "x", 1, foreign), "different engines");
  wasmtime_store_t* other = wasmtime_store_new(plain_engine, NULL, NULL);
  FAILS(gantry_extern_from_module(wasmtime_store_context(other), foreign, &maker), "module-linking off");
  wasmtime_store_delete(other);
  wasmtime_module_delete(foreign);
  wasm_engine_delete(plain_engine);
  wasmtime_linker_delete(linker);
  wasmtime_module_delete(user);
  wasmtime_module_delete(library);
  wasmtime_store_delete(store);
}

static void core_dump(wasm_engine_t* engine) {
  wasmtime_store_t* store = wasmtime_store_new(engine, NULL, NULL);
  wasmtime_context_t* context = wasmtime_store_context(store);
  wasmtime_module_t* module = module_of(engine, "(module (memory 1) (func $f unreachable) (func (export \"run\") (call $f)))");
  const wasmtime_instance_t instance = instance_of(context, module);
  const wasmtime_extern_t run = export_of(context, &instance, "run");
  wasm_trap_t* trap = NULL;
  OK(wasmtime_func_call(context, &run.of.func, NULL, 0, NULL, 0, &trap));
  wasm_frame_vec_t frames;
  wasm_trap_trace(trap, &frames);
  CHECK_EQ(frames.size, 1);  // as many as the configuration allows
  wasm_frame_vec_delete(&frames);
  wasm_byte_vec_t dump;
  OK(gantry_context_coredump(context, trap, "tested", &dump));
  CHECK(dump.size > 8 && memcmp(dump.data, "\0asm", 4) == 0);
  CHECK(contains(&dump, "corestack") && contains(&dump, "tested"));
  wasm_byte_vec_delete(&dump);
  TRAPS(trap, "unreachable");
  wasmtime_module_delete(module);
  wasmtime_store_delete(store);
}

// An array of two million bytes fits the usual heap, and not the one of linking_engine().
static wasm_trap_t* allocate(wasm_engine_t* engine) {
  wasmtime_store_t* store = wasmtime_store_new(engine, NULL, NULL);
  wasmtime_context_t* context = wasmtime_store_context(store);
  wasmtime_module_t* module = module_of(engine, "(module (type $bytes (array i8)) (func (export \"run\")"
                                                "  (drop (array.new_default $bytes (i32.const 2000000)))))");
  const wasmtime_instance_t instance = instance_of(context, module);
  const wasmtime_extern_t run = export_of(context, &instance, "run");
  wasm_trap_t* trap = NULL;
  OK(wasmtime_func_call(context, &run.of.func, NULL, 0, NULL, 0, &trap));
  wasmtime_module_delete(module);
  wasmtime_store_delete(store);
  return trap;
}

static void heap_limit(wasm_engine_t* small) {
  TRAPS(allocate(small), "GC heap");
  wasm_engine_t* engine = wasm_engine_new();
  CHECK(allocate(engine) == NULL);
  wasm_engine_delete(engine);
}

int main(void) {
  CHECK(strlen(gantry_version()) >= 5);
  wasm_engine_t* engine = linking_engine();
  values(engine);
  imports(engine);
  core_dump(engine);
  heap_limit(engine);
  wasm_engine_delete(engine);
  return 0;
}
