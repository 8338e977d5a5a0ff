// Structs and arrays on the collected heap, made and read by both sides.
#include "common.h"

// A point is a struct of two f64 of which the second can be written. The host makes the same type below: types are
// equal when they are built alike.
static const char kModule[] =
    "(module"
    "  (type $point (struct (field f64) (field (mut f64))))"
    "  (type $points (array (mut (ref null $point))))"
    "  (func (export \"lift\") (param $p anyref) (param $by f64)"
    "    (local $point (ref $point))"
    "    (local.set $point (ref.cast (ref $point) (local.get $p)))"
    "    (struct.set $point 1 (local.get $point)"
    "      (f64.add (struct.get $point 1 (local.get $point)) (local.get $by))))"
    "  (func (export \"line\") (result anyref)"
    "    (array.new_fixed $points 2"
    "      (struct.new $point (f64.const 0) (f64.const 1))"
    "      (struct.new $point (f64.const 2) (f64.const 3)))))";

static wasmtime_val_t f64_val(double value) {
  wasmtime_val_t val;
  val.kind = WASMTIME_F64;
  val.of.f64 = value;
  return val;
}

static wasmtime_field_type_t f64_field(bool is_mutable, wasm_valtype_t* f64) {
  wasmtime_field_type_t field;
  field.mutable_ = is_mutable;
  field.storage.kind = WASMTIME_STORAGE_TYPE_KIND_VALTYPE;
  field.storage.valtype = f64;
  return field;
}

static void print_point(wasmtime_context_t* context, const char* what, const wasmtime_structref_t* point) {
  wasmtime_val_t x, y;
  check("reading", wasmtime_structref_field(context, point, 0, &x), NULL);
  check("reading", wasmtime_structref_field(context, point, 1, &y), NULL);
  printf("%s: (%g, %g)\n", what, x.of.f64, y.of.f64);
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

  // The type, and what allocates structs of it in this store.
  wasm_valtype_t* f64 = wasm_valtype_new_f64();
  const wasmtime_field_type_t fields[] = {f64_field(false, f64), f64_field(true, f64)};
  wasmtime_struct_type_t* type = wasmtime_struct_type_new(engine, fields, 2);
  wasmtime_struct_ref_pre_t* pre = wasmtime_struct_ref_pre_new(context, type);
  wasmtime_struct_type_delete(type);
  wasm_valtype_delete(f64);

  // A struct of the host's. The reference is a root: the struct lives until it is unrooted, wherever the collector
  // moves it.
  const wasmtime_val_t values[] = {f64_val(1), f64_val(2)};
  wasmtime_structref_t point;
  check("allocating", wasmtime_structref_new(context, pre, values, 2, &point), NULL);
  wasmtime_struct_ref_pre_delete(pre);
  print_point(context, "made by the host", &point);

  // Values hold an anyref, to which every reference to WebAssembly's own objects can be widened.
  wasmtime_val_t args[2];
  args[0].kind = WASMTIME_ANYREF;
  wasmtime_structref_to_anyref(&point, &args[0].of.anyref);
  args[1] = f64_val(0.5);
  const wasmtime_func_t lift = get_func(context, &instance, "lift");
  error = wasmtime_func_call(context, &lift, args, 2, NULL, 0, &trap);
  check("calling", error, trap);
  wasmtime_val_unroot(&args[0]);
  print_point(context, "lifted by WebAssembly", &point);

  // A field that is immutable stays as it is.
  error = wasmtime_structref_set_field(context, &point, 0, &values[1]);
  printf("writing an immutable field: %s\n", error != NULL ? "refused" : "done?");
  wasmtime_error_delete(error);
  wasmtime_structref_unroot(&point);

  // An array of WebAssembly's; the collection in between changes nothing.
  const wasmtime_func_t line = get_func(context, &instance, "line");
  wasmtime_val_t result;
  error = wasmtime_func_call(context, &line, NULL, 0, &result, 1, &trap);
  check("calling", error, trap);
  check("collecting", wasmtime_context_gc(context), NULL);
  wasmtime_arrayref_t points;
  if (!wasmtime_anyref_as_array(context, &result.of.anyref, &points)) return 1;
  uint32_t len = 0;
  check("measuring", wasmtime_arrayref_len(context, &points, &len), NULL);
  for (uint32_t i = 0; i < len; ++i) {
    wasmtime_val_t element;
    check("reading", wasmtime_arrayref_get(context, &points, i, &element), NULL);
    if (!wasmtime_anyref_as_struct(context, &element.of.anyref, &point)) return 1;
    print_point(context, "made by WebAssembly", &point);
    wasmtime_structref_unroot(&point);
    wasmtime_val_unroot(&element);
  }
  wasmtime_arrayref_unroot(&points);
  wasmtime_val_unroot(&result);

  wasmtime_store_delete(store);
  wasmtime_module_delete(module);
  wasm_engine_delete(engine);
  return 0;
}
