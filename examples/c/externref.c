// References to things of the host's: WebAssembly keeps them and passes them on, and they are freed when nobody needs
// them any more.
#include "common.h"

static const char kModule[] =
    "(module"
    "  (table $kept (export \"kept\") 4 externref)"
    "  (func (export \"keep\") (param i32 externref) (table.set $kept (local.get 0) (local.get 1)))"
    "  (func (export \"get\") (param i32) (result externref) (table.get $kept (local.get 0))))";

// Called when the thing is not needed any more: at a collection, or with the store.
static void forget(void* data) { printf("freed: %s\n", (const char*)data); }

// A value that refers to a text. The reference in it is a root: the caller unroots it.
static wasmtime_val_t reference(wasmtime_context_t* context, const char* text) {
  wasmtime_val_t val;
  val.kind = WASMTIME_EXTERNREF;
  if (!wasmtime_externref_new(context, (void*)text, forget, &val.of.externref)) {
    fprintf(stderr, "no room for another reference\n");
    exit(1);
  }
  return val;
}

int main(void) {
  wasm_engine_t* engine = wasm_engine_new();
  wasmtime_store_t* store = wasmtime_store_new(engine, NULL, NULL);
  wasmtime_context_t* context = wasmtime_store_context(store);
  wasmtime_module_t* module = compile(engine, kModule);
  wasmtime_instance_t instance;
  wasm_trap_t* trap = NULL;
  wasmtime_error_t* error = wasmtime_instance_new(context, module, NULL, 0, &instance, &trap);
  check("instantiating", error, trap);
  const wasmtime_func_t keep = get_func(context, &instance, "keep");
  const wasmtime_func_t get = get_func(context, &instance, "get");

  // WebAssembly keeps two of three things. Unrooting says that the host does not need the reference itself.
  const char* const texts[] = {"one", "two", "three"};
  for (int32_t i = 0; i < 3; ++i) {
    wasmtime_val_t args[] = {i32_val(i), reference(context, texts[i])};
    if (i != 1) {
      error = wasmtime_func_call(context, &keep, args, 2, NULL, 0, &trap);
      check("calling", error, trap);
    }
    wasmtime_val_unroot(&args[1]);
  }
  printf("collecting\n");
  check("collecting", wasmtime_context_gc(context), NULL);

  // What comes back is the same thing. A result is a root of its own.
  const wasmtime_val_t index = i32_val(2);
  wasmtime_val_t result;
  error = wasmtime_func_call(context, &get, &index, 1, &result, 1, &trap);
  check("calling", error, trap);
  printf("kept: %s\n", (const char*)wasmtime_externref_data(context, &result.of.externref));
  wasmtime_val_unroot(&result);

  // An empty place of the table holds null.
  const wasmtime_val_t empty = i32_val(3);
  error = wasmtime_func_call(context, &get, &empty, 1, &result, 1, &trap);
  check("calling", error, trap);
  printf("at 3: %s\n", wasmtime_externref_is_null(&result.of.externref) ? "null" : "something");
  wasmtime_val_unroot(&result);

  // The host can look into the table as well, and empty it.
  const wasmtime_table_t kept = get_export(context, &instance, "kept", WASMTIME_EXTERN_TABLE).of.table;
  wasmtime_val_t null;
  null.kind = WASMTIME_EXTERNREF;
  wasmtime_externref_set_null(&null.of.externref);
  check("writing", wasmtime_table_set(context, &kept, 0, &null), NULL);
  printf("collecting\n");
  check("collecting", wasmtime_context_gc(context), NULL);

  printf("deleting the store\n");
  wasmtime_store_delete(store);
  wasmtime_module_delete(module);
  wasm_engine_delete(engine);
  return 0;
}
