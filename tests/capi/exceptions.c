// wasmtime/exnref.h and tag.h: making, throwing, catching and reading exceptions.
#include "guest.h"

static wasm_engine_t* engine;
static wasmtime_store_t* store;
static wasmtime_context_t* context;

static wasmtime_tag_t tag_of(wasmtime_context_t* where) {
  wasm_tagtype_t* type =
      wasm_tagtype_new(wasm_functype_new_2_0(wasm_valtype_new_i32(), wasm_valtype_new(WASM_EXTERNREF)));
  wasmtime_tag_t tag;
  OK(wasmtime_tag_new(where, type, &tag));
  wasm_tagtype_delete(type);
  return tag;
}

static wasmtime_exnref_t exception_of(const wasmtime_tag_t* tag, int32_t number, void* data) {
  wasmtime_val_t fields[2] = {i32_val(number), i32_val(0)};
  fields[1].kind = WASMTIME_EXTERNREF;
  CHECK(wasmtime_externref_new(context, data, NULL, &fields[1].of.externref));
  wasmtime_exnref_t exception;
  OK(wasmtime_exnref_new(context, tag, fields, 2, &exception));
  wasmtime_val_unroot(&fields[1]);
  CHECK(!wasmtime_exnref_is_null(&exception));
  return exception;
}

static int32_t number_of(const wasmtime_exnref_t* exception) {
  wasmtime_val_t val;
  OK(wasmtime_exnref_field(context, exception, 0, &val));
  CHECK_EQ(val.kind, WASMTIME_I32);
  return val.of.i32;
}

static void values(void) {
  int mine = 1;
  const wasmtime_tag_t tag = tag_of(context), twin = tag_of(context);
  wasmtime_exnref_t exception = exception_of(&tag, 5, &mine), copy;
  OK(wasmtime_context_gc(context));
  CHECK_EQ(wasmtime_exnref_field_count(context, &exception), 2);
  CHECK_EQ(number_of(&exception), 5);
  wasmtime_val_t val;
  OK(wasmtime_exnref_field(context, &exception, 1, &val));
  CHECK(wasmtime_externref_data(context, &val.of.externref) == &mine);
  wasmtime_val_unroot(&val);
  FAILS(wasmtime_exnref_field(context, &exception, 2, &val), "only has 2 fields");
  wasmtime_tag_t thrown;
  OK(wasmtime_exnref_tag(context, &exception, &thrown));
  CHECK(wasmtime_tag_eq(context, &thrown, &tag) && !wasmtime_tag_eq(context, &thrown, &twin));
  wasmtime_exnref_clone(&exception, &copy);
  wasmtime_exnref_unroot(&exception);
  const uint32_t raw = wasmtime_exnref_to_raw(context, &copy);
  CHECK(raw != 0);
  wasmtime_exnref_from_raw(context, raw, &exception);
  wasmtime_exnref_unroot(&copy);
  OK(wasmtime_context_gc(context));
  CHECK_EQ(number_of(&exception), 5);
  wasmtime_exn_type_t* type = wasmtime_exnref_type(context, &exception);
  wasm_tagtype_t* tag_type = wasmtime_exn_type_tag_type(type);
  CHECK_EQ(wasm_functype_params(wasm_tagtype_functype(tag_type))->size, 2);
  wasm_tagtype_delete(tag_type);
  wasmtime_exn_type_delete(type);
  wasmtime_exnref_unroot(&exception);
}

static void mistakes(void) {
  const wasmtime_tag_t tag = tag_of(context);
  wasmtime_val_t fields[2] = {i32_val(1), i32_val(2)};
  wasmtime_exnref_t exception;
  FAILS(wasmtime_exnref_new(context, &tag, fields, 1, &exception), "expected 2 fields, got 1");
  FAILS(wasmtime_exnref_new(context, &tag, fields, 2, &exception), "type mismatch");
  wasmtime_store_t* other = wasmtime_store_new(engine, NULL, NULL);
  FAILS(wasmtime_exnref_new(wasmtime_store_context(other), &tag, fields, 2, &exception), "wrong store");
  wasmtime_store_delete(other);
  wasmtime_exnref_set_null(&exception);
  CHECK(wasmtime_exnref_is_null(&exception));
  CHECK_EQ(wasmtime_exnref_field_count(context, &exception), 0);
  wasmtime_val_t val;
  wasmtime_tag_t none;
  FAILS(wasmtime_exnref_field(context, &exception, 0, &val), "exnref is null");
  FAILS(wasmtime_exnref_tag(context, &exception, &none), "exnref is null");
  CHECK(wasmtime_exnref_type(context, &exception) == NULL && wasmtime_exnref_type(context, NULL) == NULL);
  CHECK_EQ(wasmtime_exnref_to_raw(context, &exception), 0);
  wasmtime_exnref_t copy;
  wasmtime_exnref_clone(NULL, &copy);
  CHECK(wasmtime_exnref_is_null(&copy));
  wasmtime_exnref_from_raw(context, 0, &copy);
  CHECK(wasmtime_exnref_is_null(&copy));
  wasmtime_exnref_unroot(&copy);
  wasmtime_exnref_unroot(NULL);
  CHECK(!wasmtime_context_has_exception(context));
  CHECK(!wasmtime_context_take_exception(context, &copy));
  TRAPS(wasmtime_context_set_exception(context, &exception), "exnref is null");
  CHECK(!wasmtime_context_has_exception(context));
}

static wasm_trap_t* throw_it(void* env, wasmtime_caller_t* caller, const wasmtime_val_t* args, size_t nargs,
                             wasmtime_val_t* results, size_t nresults) {
  (void)results;
  CHECK(nargs == 1 && nresults == 0);
  int mine = 2;
  wasmtime_exnref_t exception = exception_of((const wasmtime_tag_t*)env, args[0].of.i32, &mine);
  wasmtime_context_t* where = wasmtime_caller_context(caller);
  wasm_trap_t* trap = wasmtime_context_set_exception(where, &exception);
  CHECK(wasmtime_context_has_exception(where));
  wasmtime_exnref_unroot(&exception);
  return trap;
}

static void through_code(void) {
  wasmtime_tag_t tag = tag_of(context);
  wasmtime_module_t* module = module_of(
      engine,
      "(module (import \"\" \"tag\" (tag $t (param i32 externref))) (import \"\" \"throw\" (func $throw (param i32)))"
      "  (func (export \"caught\") (param i32) (result i32)"
      "    (block $h (result i32 externref) (try_table (catch $t $h) (call $throw (local.get 0))) (i32.const -1) "
      "(ref.null extern))"
      "    (drop))"
      "  (func (export \"uncaught\") (param i32) (result i32) (call $throw (local.get 0)) (i32.const 0))"
      "  (func (export \"own\") (param i32) (result i32) (throw $t (i32.const 9) (ref.null extern))))");
  wasmtime_extern_t imports[2];
  imports[0].kind = WASMTIME_EXTERN_TAG;
  imports[0].of.tag = tag;
  imports[1].kind = WASMTIME_EXTERN_FUNC;
  wasm_functype_t* type = wasm_functype_new_1_0(wasm_valtype_new_i32());
  wasmtime_func_new(context, type, throw_it, &tag, NULL, &imports[1].of.func);
  wasm_functype_delete(type);
  wasmtime_instance_t instance;
  wasm_trap_t* trap = NULL;
  OK(wasmtime_instance_new(context, module, imports, 2, &instance, &trap));
  CHECK(trap == NULL);
  wasmtime_module_delete(module);

  // WebAssembly catches what the host throws.
  CHECK_EQ(call_i32(context, &instance, "caught", 33), 33);
  CHECK(!wasmtime_context_has_exception(context));

  // The host catches what WebAssembly does not.
  for (int round = 0; round < 2; ++round) {
    const wasmtime_extern_t func = export_of(context, &instance, round == 0 ? "uncaught" : "own");
    const wasmtime_val_t arg = i32_val(44);
    wasmtime_val_t result;
    OK(wasmtime_func_call(context, &func.of.func, &arg, 1, &result, 1, &trap));
    TRAPS(trap, "thrown Wasm exception");
    CHECK(wasmtime_context_has_exception(context));
    OK(wasmtime_context_gc(context));
    wasmtime_exnref_t exception;
    CHECK(wasmtime_context_take_exception(context, &exception));
    CHECK(!wasmtime_context_has_exception(context));
    CHECK(!wasmtime_context_take_exception(context, &exception));
    wasmtime_tag_t thrown;
    OK(wasmtime_exnref_tag(context, &exception, &thrown));
    CHECK(wasmtime_tag_eq(context, &thrown, &tag));
    CHECK_EQ(number_of(&exception), round == 0 ? 44 : 9);
    wasmtime_exnref_unroot(&exception);
  }

  // One that is on its way and replaced, or left there.
  int mine = 3;
  for (int i = 0; i < 2; ++i) {
    wasmtime_exnref_t exception = exception_of(&tag, i, &mine);
    wasm_trap_delete(wasmtime_context_set_exception(context, &exception));
    wasmtime_exnref_unroot(&exception);
  }
  wasmtime_exnref_t last;
  CHECK(wasmtime_context_take_exception(context, &last));
  CHECK_EQ(number_of(&last), 1);
  wasm_trap_delete(wasmtime_context_set_exception(context, &last));
  wasmtime_exnref_unroot(&last);
}

int main(void) {
  engine = wasm_engine_new();
  store = wasmtime_store_new(engine, NULL, NULL);
  context = wasmtime_store_context(store);
  values();
  mistakes();
  through_code();
  wasmtime_store_delete(store);
  wasm_engine_delete(engine);
  return 0;
}
