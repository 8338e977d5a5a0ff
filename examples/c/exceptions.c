// Exceptions: thrown by the host and caught by WebAssembly, and the other way round.
#include "common.h"

static const char kModule[] =
    "(module"
    "  (import \"host\" \"tag\" (tag $tag (param i32)))"
    "  (import \"host\" \"open\" (func $open (param i32)))"
    // Gives what an exception of the host's carries, or 0 if there was none.
    "  (func (export \"try\") (param i32) (result i32)"
    "    (block $caught (result i32)"
    "      (try_table (catch $tag $caught) (call $open (local.get 0)))"
    "      (i32.const 0)))"
    "  (func (export \"fail\") (param i32) (throw $tag (local.get 0))))";

// Throws for odd numbers: an exception that carries the number.
static wasm_trap_t* open_number(void* env, wasmtime_caller_t* caller, const wasmtime_val_t* args, size_t nargs,
                                wasmtime_val_t* results, size_t nresults) {
  (void)nargs, (void)results, (void)nresults;
  const wasmtime_tag_t* tag = env;
  if (args[0].of.i32 % 2 == 0) return NULL;
  wasmtime_context_t* context = wasmtime_caller_context(caller);
  wasmtime_exnref_t exception;
  check("making the exception", wasmtime_exnref_new(context, tag, args, 1, &exception), NULL);
  // Makes it the exception on its way; the trap that this gives carries it to WebAssembly.
  wasm_trap_t* trap = wasmtime_context_set_exception(context, &exception);
  wasmtime_exnref_unroot(&exception);
  return trap;
}

int main(void) {
  wasm_engine_t* engine = wasm_engine_new();
  wasmtime_store_t* store = wasmtime_store_new(engine, NULL, NULL);
  wasmtime_context_t* context = wasmtime_store_context(store);
  wasmtime_module_t* module = compile(engine, kModule);

  // Exceptions are recognized by their tag, which both sides know.
  wasm_tagtype_t* tag_type = wasm_tagtype_new(wasm_functype_new_1_0(wasm_valtype_new_i32()));
  wasmtime_extern_t imports[2];
  imports[0].kind = WASMTIME_EXTERN_TAG;
  check("making the tag", wasmtime_tag_new(context, tag_type, &imports[0].of.tag), NULL);
  wasm_tagtype_delete(tag_type);
  wasm_functype_t* type = wasm_functype_new_1_0(wasm_valtype_new_i32());
  imports[1].kind = WASMTIME_EXTERN_FUNC;
  wasmtime_func_new(context, type, open_number, &imports[0].of.tag, NULL, &imports[1].of.func);
  wasm_functype_delete(type);
  wasmtime_instance_t instance;
  wasm_trap_t* trap = NULL;
  wasmtime_error_t* error = wasmtime_instance_new(context, module, imports, 2, &instance, &trap);
  check("instantiating", error, trap);

  // WebAssembly catches what the host throws.
  const wasmtime_func_t try_it = get_func(context, &instance, "try");
  for (int32_t i = 6; i < 8; ++i) {
    const wasmtime_val_t number = i32_val(i);
    printf("try(%d) = %d\n", i, call_i32(context, &try_it, &number, 1));
  }

  // What WebAssembly throws and does not catch ends the call with a trap, and the exception waits in the store.
  const wasmtime_func_t fail = get_func(context, &instance, "fail");
  const wasmtime_val_t number = i32_val(99);
  error = wasmtime_func_call(context, &fail, &number, 1, NULL, 0, &trap);
  check("calling", error, NULL);
  wasmtime_exnref_t exception;
  if (trap == NULL || !wasmtime_context_take_exception(context, &exception)) return 1;
  wasm_trap_delete(trap);
  wasmtime_tag_t tag;
  check("asking for the tag", wasmtime_exnref_tag(context, &exception, &tag), NULL);
  wasmtime_val_t carried;
  check("reading", wasmtime_exnref_field(context, &exception, 0, &carried), NULL);
  printf("the host caught %s, which carries %d\n",
         wasmtime_tag_eq(context, &tag, &imports[0].of.tag) ? "it" : "another", carried.of.i32);
  wasmtime_exnref_unroot(&exception);

  wasmtime_store_delete(store);
  wasmtime_module_delete(module);
  wasm_engine_delete(engine);
  return 0;
}
