// wasmtime/anyref.h, eqref.h, structref.h, arrayref.h, externref.h: references as roots, casts, fields, elements.
#include "guest.h"

static wasm_engine_t* engine;
static wasmtime_store_t* store;
static wasmtime_context_t* context;

static int freed;
static void count_free(void* data) {
  CHECK(data != NULL);
  ++freed;
}

static wasmtime_field_type_t field_of(wasmtime_storage_type_kind_t kind, wasm_valtype_t* type, bool is_mutable) {
  wasmtime_field_type_t field;
  field.mutable_ = is_mutable;
  field.storage.kind = kind;
  field.storage.valtype = type;
  return field;
}

static wasm_valtype_t* any_type(void) {
  wasmtime_valtype_t type;
  memset(&type, 0, sizeof type);
  type.kind = WASMTIME_VALTYPE_KIND_REF;
  type.reftype.nullable = true;
  type.reftype.heaptype.kind = WASMTIME_HEAPTYPE_KIND_ANY;
  return wasmtime_valtype_to_wasm(engine, &type);
}

// (struct (field (mut i8)) (field i64) (field (mut anyref)))
static wasmtime_struct_type_t* struct_type(void) {
  wasm_valtype_t* i64 = wasm_valtype_new_i64();
  wasm_valtype_t* any = any_type();
  const wasmtime_field_type_t fields[] = {field_of(WASMTIME_STORAGE_TYPE_KIND_I8, NULL, true),
                                          field_of(WASMTIME_STORAGE_TYPE_KIND_VALTYPE, i64, false),
                                          field_of(WASMTIME_STORAGE_TYPE_KIND_VALTYPE, any, true)};
  wasmtime_struct_type_t* type = wasmtime_struct_type_new(engine, fields, 3);
  CHECK(type != NULL);
  wasm_valtype_delete(i64);
  wasm_valtype_delete(any);
  return type;
}

static wasmtime_val_t any_val(const wasmtime_anyref_t* ref) {
  wasmtime_val_t val;
  val.kind = WASMTIME_ANYREF;
  val.of.anyref = *ref;
  return val;
}

static wasmtime_structref_t new_struct(int32_t number, int64_t wide, const wasmtime_anyref_t* ref) {
  wasmtime_struct_type_t* type = struct_type();
  wasmtime_struct_ref_pre_t* pre = wasmtime_struct_ref_pre_new(context, type);
  wasmtime_struct_type_delete(type);
  const wasmtime_val_t fields[] = {i32_val(number), i64_val(wide), any_val(ref)};
  wasmtime_structref_t made;
  OK(wasmtime_structref_new(context, pre, fields, 3, &made));
  wasmtime_struct_ref_pre_delete(pre);
  CHECK(!wasmtime_structref_is_null(&made));
  return made;
}

static int64_t read_field(const wasmtime_structref_t* ref, size_t index) {
  wasmtime_val_t val;
  OK(wasmtime_structref_field(context, ref, index, &val));
  return val.kind == WASMTIME_I32 ? val.of.i32 : val.of.i64;
}

static void i31(void) {
  wasmtime_anyref_t any;
  wasmtime_anyref_from_i31(context, 0x40000005u, &any);
  CHECK(!wasmtime_anyref_is_null(&any));
  CHECK(wasmtime_anyref_is_i31(context, &any));
  CHECK(wasmtime_anyref_is_eqref(context, &any));
  CHECK(!wasmtime_anyref_is_struct(context, &any));
  CHECK(!wasmtime_anyref_is_array(context, &any));
  uint32_t u = 0;
  int32_t s = 0;
  CHECK(wasmtime_anyref_i31_get_u(context, &any, &u));
  CHECK_EQ(u, 0x40000005);
  CHECK(wasmtime_anyref_i31_get_s(context, &any, &s));
  CHECK_EQ(s, 0x40000005 - (1ll << 31));
  wasmtime_heaptype_t type;
  CHECK(wasmtime_anyref_type(context, &any, &type));
  CHECK_EQ(type.kind, WASMTIME_HEAPTYPE_KIND_I31);

  wasmtime_eqref_t eq;
  CHECK(wasmtime_anyref_as_eqref(context, &any, &eq));
  CHECK(wasmtime_eqref_is_i31(context, &eq));
  CHECK(wasmtime_eqref_i31_get_u(context, &eq, &u) && u == 0x40000005);
  s = 0;
  CHECK(wasmtime_eqref_i31_get_s(context, &eq, &s) && s < 0);
  CHECK(wasmtime_eqref_type(context, &eq, &type));
  CHECK_EQ(type.kind, WASMTIME_HEAPTYPE_KIND_I31);
  wasmtime_eqref_t made;
  wasmtime_eqref_from_i31(context, ~0u, &made);
  CHECK(wasmtime_eqref_i31_get_s(context, &made, &s));
  CHECK_EQ(s, -1);
  wasmtime_anyref_t widened;
  wasmtime_eqref_to_anyref(&made, &widened);
  CHECK(wasmtime_anyref_i31_get_u(context, &widened, &u));
  CHECK_EQ(u, 0x7fffffff);
  // The number survives being a raw value, and needs no unrooting; but it may be.
  const uint32_t raw = wasmtime_anyref_to_raw(context, &any);
  wasmtime_anyref_t back;
  wasmtime_anyref_from_raw(context, raw, &back);
  CHECK(wasmtime_anyref_i31_get_u(context, &back, &u) && u == 0x40000005);
  wasmtime_anyref_unroot(&any);
  wasmtime_eqref_unroot(&eq);
}

static void nulls(void) {
  wasmtime_anyref_t any, any_copy;
  wasmtime_anyref_set_null(&any);
  CHECK(wasmtime_anyref_is_null(&any));
  CHECK(!wasmtime_anyref_is_i31(context, &any) && !wasmtime_anyref_is_eqref(context, &any));
  CHECK(!wasmtime_anyref_is_struct(context, &any) && !wasmtime_anyref_is_array(context, &any));
  CHECK_EQ(wasmtime_anyref_to_raw(context, &any), 0);
  wasmtime_anyref_clone(&any, &any_copy);
  CHECK(wasmtime_anyref_is_null(&any_copy));
  wasmtime_anyref_clone(NULL, &any_copy);
  CHECK(wasmtime_anyref_is_null(&any_copy));
  wasmtime_anyref_from_raw(context, 0, &any_copy);
  CHECK(wasmtime_anyref_is_null(&any_copy));
  uint32_t u = 9;
  int32_t s = 9;
  CHECK(!wasmtime_anyref_i31_get_u(context, &any, &u) && !wasmtime_anyref_i31_get_s(context, NULL, &s));
  CHECK(u == 9 && s == 9);
  wasmtime_heaptype_t type;
  CHECK(!wasmtime_anyref_type(context, &any, &type) && !wasmtime_anyref_type(context, NULL, &type));
  wasmtime_eqref_t eq;
  CHECK(!wasmtime_anyref_as_eqref(context, &any, &eq) && wasmtime_eqref_is_null(&eq));
  CHECK(!wasmtime_eqref_is_i31(context, &eq) && !wasmtime_eqref_is_struct(context, &eq) &&
        !wasmtime_eqref_is_array(context, &eq));
  CHECK(!wasmtime_eqref_i31_get_u(context, &eq, &u) && !wasmtime_eqref_i31_get_s(context, &eq, &s));
  CHECK(!wasmtime_eqref_type(context, &eq, &type));
  wasmtime_eqref_clone(NULL, &eq);
  CHECK(wasmtime_eqref_is_null(&eq));
  wasmtime_eqref_to_anyref(NULL, &any_copy);
  CHECK(wasmtime_anyref_is_null(&any_copy));
  wasmtime_structref_t st;
  CHECK(!wasmtime_anyref_as_struct(context, &any, &st) && wasmtime_structref_is_null(&st));
  CHECK(!wasmtime_eqref_as_struct(context, &eq, &st) && wasmtime_structref_is_null(&st));
  wasmtime_arrayref_t arr;
  CHECK(!wasmtime_anyref_as_array(context, &any, &arr) && wasmtime_arrayref_is_null(&arr));
  CHECK(!wasmtime_eqref_as_array(context, &eq, &arr) && wasmtime_arrayref_is_null(&arr));

  wasmtime_val_t val;
  FAILS(wasmtime_structref_field(context, &st, 0, &val), "non-null structref required");
  FAILS(wasmtime_structref_set_field(context, NULL, 0, &val), "non-null structref required");
  CHECK(wasmtime_structref_type(context, &st) == NULL && wasmtime_structref_type(context, NULL) == NULL);
  FAILS(wasmtime_arrayref_len(context, &arr, &u), "non-null arrayref required");
  FAILS(wasmtime_arrayref_get(context, &arr, 0, &val), "non-null arrayref required");
  FAILS(wasmtime_arrayref_set(context, NULL, 0, &val), "non-null arrayref required");
  CHECK(wasmtime_arrayref_type(context, &arr) == NULL && wasmtime_arrayref_type(context, NULL) == NULL);
  wasmtime_externref_t ext;
  wasmtime_externref_set_null(&ext);
  CHECK(wasmtime_externref_is_null(&ext));
  CHECK(wasmtime_externref_data(context, &ext) == NULL && wasmtime_externref_data(context, NULL) == NULL);
  CHECK_EQ(wasmtime_externref_to_raw(context, NULL), 0);
  wasmtime_anyref_unroot(&any);
  wasmtime_anyref_unroot(NULL);
  wasmtime_eqref_unroot(NULL);
  wasmtime_structref_unroot(NULL);
  wasmtime_arrayref_unroot(NULL);
  wasmtime_externref_unroot(NULL);
  wasmtime_struct_ref_pre_delete(NULL);
  wasmtime_array_ref_pre_delete(NULL);
}

static void structs(void) {
  wasmtime_anyref_t seven;
  wasmtime_anyref_from_i31(context, 7, &seven);
  wasmtime_structref_t ref = new_struct(0x1fe, -5, &seven);
  CHECK_EQ(read_field(&ref, 0), 0xfe);
  CHECK_EQ(read_field(&ref, 1), -5);
  wasmtime_val_t val;
  OK(wasmtime_structref_field(context, &ref, 2, &val));
  CHECK_EQ(val.kind, WASMTIME_ANYREF);
  uint32_t u = 0;
  CHECK(wasmtime_anyref_i31_get_u(context, &val.of.anyref, &u) && u == 7);
  wasmtime_val_unroot(&val);

  val = i32_val(-2);
  OK(wasmtime_structref_set_field(context, &ref, 0, &val));
  CHECK_EQ(read_field(&ref, 0), 0xfe);
  FAILS(wasmtime_structref_set_field(context, &ref, 1, &val), "not mutable");
  FAILS(wasmtime_structref_set_field(context, &ref, 2, &val), "type mismatch");
  FAILS(wasmtime_structref_set_field(context, &ref, 3, &val), "only has 3 fields");
  FAILS(wasmtime_structref_field(context, &ref, (size_t)1 << 40, &val), "only has 3 fields");

  // A struct that refers to itself, and to another one.
  wasmtime_anyref_t any;
  wasmtime_structref_to_anyref(&ref, &any);
  wasmtime_structref_t outer = new_struct(1, 2, &any);
  val = any_val(&any);
  OK(wasmtime_structref_set_field(context, &ref, 2, &val));
  CHECK(wasmtime_anyref_is_struct(context, &any) && wasmtime_anyref_is_eqref(context, &any));
  CHECK(!wasmtime_anyref_is_i31(context, &any) && !wasmtime_anyref_is_array(context, &any));
  wasmtime_arrayref_t no_array;
  CHECK(!wasmtime_anyref_as_array(context, &any, &no_array) && wasmtime_arrayref_is_null(&no_array));

  // Collections move objects; references follow.
  for (int i = 0; i < 3; ++i) OK(wasmtime_context_gc(context));
  CHECK_EQ(read_field(&ref, 1), -5);
  OK(wasmtime_structref_field(context, &outer, 2, &val));
  wasmtime_structref_t inner;
  CHECK(wasmtime_anyref_as_struct(context, &val.of.anyref, &inner));
  CHECK_EQ(read_field(&inner, 1), -5);
  wasmtime_structref_unroot(&inner);
  wasmtime_val_unroot(&val);

  wasmtime_eqref_t eq, eq_copy;
  wasmtime_structref_to_eqref(&ref, &eq);
  wasmtime_eqref_clone(&eq, &eq_copy);
  wasmtime_eqref_unroot(&eq);
  CHECK(wasmtime_eqref_is_struct(context, &eq_copy) && !wasmtime_eqref_is_array(context, &eq_copy));
  CHECK(!wasmtime_eqref_is_i31(context, &eq_copy));
  CHECK(wasmtime_eqref_as_struct(context, &eq_copy, &inner));
  CHECK_EQ(read_field(&inner, 1), -5);
  wasmtime_heaptype_t type;
  CHECK(wasmtime_eqref_type(context, &eq_copy, &type));
  CHECK_EQ(type.kind, WASMTIME_HEAPTYPE_KIND_CONCRETE_STRUCT);
  CHECK_EQ(wasmtime_struct_type_num_fields(type.of.concrete_struct), 3);
  wasmtime_heaptype_delete(&type);
  wasmtime_structref_t copy;
  wasmtime_structref_clone(&inner, &copy);
  wasmtime_structref_unroot(&inner);
  wasmtime_struct_type_t* own = wasmtime_structref_type(context, &copy);
  CHECK_EQ(wasmtime_struct_type_num_fields(own), 3);
  wasmtime_struct_type_delete(own);
  wasmtime_structref_unroot(&copy);
  wasmtime_eqref_to_anyref(&eq_copy, &seven);
  CHECK_EQ(wasmtime_anyref_to_raw(context, &seven), wasmtime_anyref_to_raw(context, &any));
  wasmtime_anyref_unroot(&seven);
  wasmtime_eqref_unroot(&eq_copy);
  wasmtime_anyref_unroot(&any);
  wasmtime_structref_unroot(&outer);
  wasmtime_structref_unroot(&ref);
}

static void struct_mistakes(void) {
  wasmtime_struct_type_t* type = struct_type();
  wasmtime_struct_ref_pre_t* pre = wasmtime_struct_ref_pre_new(context, type);
  wasmtime_anyref_t null;
  wasmtime_anyref_set_null(&null);
  wasmtime_val_t fields[] = {i32_val(1), i64_val(2), any_val(&null)};
  wasmtime_structref_t ref;
  FAILS(wasmtime_structref_new(context, pre, fields, 2, &ref), "expected 3 fields, got 2");
  CHECK(wasmtime_structref_is_null(&ref));
  fields[1] = i32_val(2);
  FAILS(wasmtime_structref_new(context, pre, fields, 3, &ref), "type mismatch");
  fields[1] = i64_val(2);
  // References and types of another store.
  wasmtime_store_t* other = wasmtime_store_new(engine, NULL, NULL);
  wasmtime_context_t* other_context = wasmtime_store_context(other);
  FAILS(wasmtime_structref_new(other_context, pre, fields, 3, &ref), "another store");
  wasmtime_anyref_t foreign;
  wasmtime_struct_ref_pre_t* other_pre = wasmtime_struct_ref_pre_new(other_context, type);
  OK(wasmtime_structref_new(other_context, other_pre, fields, 3, &ref));
  wasmtime_structref_to_anyref(&ref, &foreign);
  wasmtime_structref_unroot(&ref);
  fields[2] = any_val(&foreign);
  FAILS(wasmtime_structref_new(context, pre, fields, 3, &ref), "store");
  wasmtime_store_delete(other);
  wasmtime_anyref_unroot(&foreign);  // also after its store
  wasmtime_struct_ref_pre_delete(other_pre);
  wasmtime_struct_ref_pre_delete(pre);
  wasmtime_struct_type_delete(type);
}

static wasmtime_arrayref_t new_array(wasmtime_storage_type_kind_t kind, wasm_valtype_t* element, bool is_mutable,
                                     const wasmtime_val_t* value, uint32_t length) {
  const wasmtime_field_type_t field = field_of(kind, element, is_mutable);
  wasmtime_array_type_t* type = wasmtime_array_type_new(engine, &field);
  if (element != NULL) wasm_valtype_delete(element);
  wasmtime_array_ref_pre_t* pre = wasmtime_array_ref_pre_new(context, type);
  wasmtime_array_type_delete(type);
  wasmtime_arrayref_t ref;
  OK(wasmtime_arrayref_new(context, pre, value, length, &ref));
  wasmtime_array_ref_pre_delete(pre);
  CHECK(!wasmtime_arrayref_is_null(&ref));
  return ref;
}

static void arrays(void) {
  wasmtime_val_t val = i32_val(0x12345);
  wasmtime_arrayref_t shorts = new_array(WASMTIME_STORAGE_TYPE_KIND_I16, NULL, true, &val, 1000);
  uint32_t length = 0;
  OK(wasmtime_arrayref_len(context, &shorts, &length));
  CHECK_EQ(length, 1000);
  val = i32_val(-1);
  OK(wasmtime_arrayref_set(context, &shorts, 999, &val));
  OK(wasmtime_context_gc(context));
  OK(wasmtime_arrayref_get(context, &shorts, 998, &val));
  CHECK_EQ(val.kind, WASMTIME_I32);
  CHECK_EQ(val.of.i32, 0x2345);
  OK(wasmtime_arrayref_get(context, &shorts, 999, &val));
  CHECK_EQ(val.of.i32, 0xffff);
  FAILS(wasmtime_arrayref_get(context, &shorts, 1000, &val), "out of bounds");
  FAILS(wasmtime_arrayref_set(context, &shorts, 1000, &val), "out of bounds");
  val = i64_val(1);
  FAILS(wasmtime_arrayref_set(context, &shorts, 0, &val), "type mismatch");

  // References as elements, immutable.
  wasmtime_anyref_t any;
  wasmtime_arrayref_to_anyref(&shorts, &any);
  val = any_val(&any);
  wasmtime_arrayref_t refs = new_array(WASMTIME_STORAGE_TYPE_KIND_VALTYPE, any_type(), false, &val, 3);
  FAILS(wasmtime_arrayref_set(context, &refs, 0, &val), "not mutable");
  OK(wasmtime_context_gc(context));
  wasmtime_val_t got;
  OK(wasmtime_arrayref_get(context, &refs, 2, &got));
  CHECK_EQ(wasmtime_anyref_to_raw(context, &got.of.anyref), wasmtime_anyref_to_raw(context, &any));
  wasmtime_val_unroot(&got);

  CHECK(wasmtime_anyref_is_array(context, &any) && wasmtime_anyref_is_eqref(context, &any));
  CHECK(!wasmtime_anyref_is_struct(context, &any));
  wasmtime_eqref_t eq;
  wasmtime_arrayref_to_eqref(&refs, &eq);
  CHECK(wasmtime_eqref_is_array(context, &eq) && !wasmtime_eqref_is_struct(context, &eq));
  wasmtime_arrayref_t as_array, copy;
  CHECK(wasmtime_eqref_as_array(context, &eq, &as_array));
  wasmtime_arrayref_clone(&as_array, &copy);
  wasmtime_arrayref_unroot(&as_array);
  OK(wasmtime_arrayref_len(context, &copy, &length));
  CHECK_EQ(length, 3);
  wasmtime_array_type_t* type = wasmtime_arrayref_type(context, &copy);
  wasmtime_field_type_t element;
  wasmtime_array_type_element(type, &element);
  CHECK(!element.mutable_);
  CHECK_EQ(element.storage.kind, WASMTIME_STORAGE_TYPE_KIND_VALTYPE);
  wasmtime_field_type_delete(&element);
  wasmtime_array_type_delete(type);
  CHECK(wasmtime_anyref_as_array(context, &any, &as_array));
  wasmtime_heaptype_t heap;
  CHECK(wasmtime_anyref_type(context, &any, &heap));
  CHECK_EQ(heap.kind, WASMTIME_HEAPTYPE_KIND_CONCRETE_ARRAY);
  wasmtime_heaptype_delete(&heap);
  wasmtime_arrayref_unroot(&as_array);
  wasmtime_arrayref_unroot(&copy);
  wasmtime_eqref_unroot(&eq);
  wasmtime_arrayref_unroot(&refs);
  wasmtime_anyref_unroot(&any);

  // What cannot be made.
  wasm_valtype_t* i64 = wasm_valtype_new_i64();
  const wasmtime_field_type_t field = field_of(WASMTIME_STORAGE_TYPE_KIND_VALTYPE, i64, false);
  wasmtime_array_type_t* wide = wasmtime_array_type_new(engine, &field);
  wasm_valtype_delete(i64);
  wasmtime_array_ref_pre_t* pre = wasmtime_array_ref_pre_new(context, wide);
  val = i64_val(5);
  FAILS(wasmtime_arrayref_new(context, pre, &val, ~0u, &as_array), "too large");
  CHECK(wasmtime_arrayref_is_null(&as_array));
  val = i32_val(5);
  FAILS(wasmtime_arrayref_new(context, pre, &val, 1, &as_array), "type mismatch");
  wasmtime_store_t* other = wasmtime_store_new(engine, NULL, NULL);
  FAILS(wasmtime_arrayref_new(wasmtime_store_context(other), pre, &val, 1, &as_array), "another store");
  wasmtime_store_delete(other);
  wasmtime_array_ref_pre_delete(pre);
  wasmtime_array_type_delete(wide);
  wasmtime_arrayref_unroot(&shorts);
}

static void externs(void) {
  int mine = 5;
  wasmtime_externref_t ref, copy, other;
  freed = 0;
  CHECK(wasmtime_externref_new(context, &mine, count_free, &ref));
  CHECK(!wasmtime_externref_is_null(&ref));
  CHECK(wasmtime_externref_data(context, &ref) == &mine);
  wasmtime_externref_clone(&ref, &copy);
  wasmtime_externref_unroot(&ref);
  OK(wasmtime_context_gc(context));
  CHECK_EQ(freed, 0);
  CHECK(wasmtime_externref_data(context, &copy) == &mine);
  const uint32_t raw = wasmtime_externref_to_raw(context, &copy);
  CHECK(raw != 0);
  wasmtime_externref_from_raw(context, raw, &other);
  wasmtime_externref_unroot(&copy);
  OK(wasmtime_context_gc(context));
  CHECK_EQ(freed, 0);
  CHECK(wasmtime_externref_data(context, &other) == &mine);
  wasmtime_externref_unroot(&other);
  OK(wasmtime_context_gc(context));
  CHECK_EQ(freed, 1);
  // Without a finalizer, and with nothing inside.
  CHECK(wasmtime_externref_new(context, NULL, NULL, &ref));
  CHECK(!wasmtime_externref_is_null(&ref));
  CHECK(wasmtime_externref_data(context, &ref) == NULL);
  wasmtime_externref_unroot(&ref);
}

// References through WebAssembly, as values with and without kinds.
static void through_code(void) {
  wasmtime_module_t* module = module_of(
      engine,
      "(module (type $s (struct (field (mut i8)) (field i64) (field (mut anyref))))"
      "  (global $kept (mut anyref) (ref.null any))"
      "  (func (export \"keep\") (param anyref) (result anyref) (global.set $kept (local.get 0)) (local.get 0))"
      "  (func (export \"sum\") (result i64)"
      "    (i64.add (struct.get $s 1 (ref.cast (ref $s) (global.get $kept)))"
      "             (i64.extend_i32_u (struct.get_u $s 0 (ref.cast (ref $s) (global.get $kept))))))"
      "  (func (export \"hide\") (param externref) (result anyref) (any.convert_extern (local.get 0)))"
      "  (func (export \"show\") (param anyref) (result externref) (extern.convert_any (local.get 0))))");
  const wasmtime_instance_t instance = instance_of(context, module);
  wasmtime_module_delete(module);
  wasmtime_anyref_t null;
  wasmtime_anyref_set_null(&null);
  wasmtime_structref_t ref = new_struct(40, 2, &null);
  wasmtime_anyref_t any;
  wasmtime_structref_to_anyref(&ref, &any);
  wasmtime_structref_unroot(&ref);

  // The type that the embedder made is the module's.
  const wasmtime_extern_t keep = export_of(context, &instance, "keep"), sum = export_of(context, &instance, "sum");
  wasmtime_val_t val = any_val(&any), result;
  wasm_trap_t* trap = NULL;
  OK(wasmtime_func_call(context, &keep.of.func, &val, 1, &result, 1, &trap));
  CHECK_EQ(result.kind, WASMTIME_ANYREF);
  CHECK_EQ(wasmtime_anyref_to_raw(context, &result.of.anyref), wasmtime_anyref_to_raw(context, &any));
  wasmtime_val_unroot(&result);
  wasmtime_anyref_unroot(&any);
  OK(wasmtime_context_gc(context));
  OK(wasmtime_func_call(context, &sum.of.func, NULL, 0, &result, 1, &trap));
  CHECK(trap == NULL);
  CHECK_EQ(result.of.i64, 42);

  // The same without kinds.
  ref = new_struct(1, 1000, &null);
  wasmtime_structref_to_anyref(&ref, &any);
  wasmtime_val_raw_t raw;
  raw.anyref = wasmtime_anyref_to_raw(context, &any);
  OK(wasmtime_func_call_unchecked(context, &keep.of.func, &raw, 1, &trap));
  wasmtime_anyref_t back;
  wasmtime_anyref_from_raw(context, raw.anyref, &back);
  CHECK(wasmtime_anyref_is_struct(context, &back));
  wasmtime_anyref_unroot(&back);
  wasmtime_anyref_unroot(&any);
  wasmtime_structref_unroot(&ref);
  OK(wasmtime_func_call(context, &sum.of.func, NULL, 0, &result, 1, &trap));
  CHECK_EQ(result.of.i64, 1001);

  // Something of the host's in the `any` hierarchy, and a struct among the externrefs.
  int mine = 6;
  const wasmtime_extern_t hide = export_of(context, &instance, "hide"), show = export_of(context, &instance, "show");
  val.kind = WASMTIME_EXTERNREF;
  CHECK(wasmtime_externref_new(context, &mine, NULL, &val.of.externref));
  OK(wasmtime_func_call(context, &hide.of.func, &val, 1, &result, 1, &trap));
  wasmtime_val_unroot(&val);
  CHECK_EQ(result.kind, WASMTIME_ANYREF);
  CHECK(!wasmtime_anyref_is_eqref(context, &result.of.anyref));
  wasmtime_heaptype_t type;
  CHECK(wasmtime_anyref_type(context, &result.of.anyref, &type));
  CHECK_EQ(type.kind, WASMTIME_HEAPTYPE_KIND_ANY);
  OK(wasmtime_func_call(context, &show.of.func, &result, 1, &val, 1, &trap));
  CHECK(wasmtime_externref_data(context, &val.of.externref) == &mine);
  wasmtime_val_unroot(&result);
  wasmtime_val_unroot(&val);
  ref = new_struct(1, 2, &null);
  wasmtime_structref_to_anyref(&ref, &any);
  wasmtime_structref_unroot(&ref);
  val = any_val(&any);
  OK(wasmtime_func_call(context, &show.of.func, &val, 1, &result, 1, &trap));
  wasmtime_val_unroot(&val);
  CHECK_EQ(result.kind, WASMTIME_EXTERNREF);
  CHECK(wasmtime_externref_data(context, &result.of.externref) == NULL);
  wasmtime_val_t clone;
  wasmtime_val_clone(&result, &clone);
  wasmtime_val_unroot(&result);
  wasmtime_val_unroot(&clone);
  wasmtime_anyref_from_i31(context, 3, &any);
  val = any_val(&any);
  OK(wasmtime_func_call(context, &show.of.func, &val, 1, &result, 1, &trap));
  CHECK(wasmtime_externref_data(context, &result.of.externref) == NULL);
}

// A type goes with its last user, which an object is: types made later never take its place.
static void types_outlive_their_makers(void) {
  wasmtime_anyref_t null;
  wasmtime_anyref_set_null(&null);
  wasmtime_structref_t ref = new_struct(3, 4, &null);
  for (size_t n = 0; n < 50; ++n) {
    wasmtime_field_type_t fields[50];
    for (size_t i = 0; i < n; ++i) fields[i] = field_of(WASMTIME_STORAGE_TYPE_KIND_I16, NULL, true);
    wasmtime_struct_type_t* type = wasmtime_struct_type_new(engine, fields, n);
    wasmtime_struct_ref_pre_t* pre = wasmtime_struct_ref_pre_new(context, type);
    wasmtime_struct_type_delete(type);
    wasmtime_val_t values[50];
    for (size_t i = 0; i < n; ++i) values[i] = i32_val((int32_t)i);
    wasmtime_structref_t made;
    OK(wasmtime_structref_new(context, pre, values, n, &made));
    wasmtime_struct_ref_pre_delete(pre);
    if (n > 0) CHECK_EQ(read_field(&made, n - 1), (long long)n - 1);
    wasmtime_struct_type_t* own = wasmtime_structref_type(context, &made);
    CHECK_EQ(wasmtime_struct_type_num_fields(own), n);
    wasmtime_struct_type_delete(own);
    wasmtime_structref_unroot(&made);
  }
  wasmtime_struct_type_t* own = wasmtime_structref_type(context, &ref);
  CHECK_EQ(wasmtime_struct_type_num_fields(own), 3);
  wasmtime_struct_type_delete(own);
  CHECK_EQ(read_field(&ref, 1), 4);
  wasmtime_structref_unroot(&ref);
}

// What nothing refers to any more is collected, finalizers run; the rest goes with the store. Handles may go last.
static void ends(void) {
  wasmtime_store_t* own = wasmtime_store_new(engine, NULL, NULL);
  wasmtime_context_t* own_context = wasmtime_store_context(own);
  int mine = 7;
  freed = 0;
  wasmtime_externref_t kept, copy;
  CHECK(wasmtime_externref_new(own_context, &mine, count_free, &kept));
  for (int i = 0; i < 100; ++i) {
    CHECK(wasmtime_externref_new(own_context, &mine, count_free, &copy));
    wasmtime_externref_unroot(&copy);
  }
  OK(wasmtime_context_gc(own_context));
  CHECK_EQ(freed, 100);
  wasmtime_externref_clone(&kept, &copy);
  wasmtime_store_delete(own);
  CHECK_EQ(freed, 101);
  wasmtime_externref_unroot(&kept);
  wasmtime_externref_unroot(&copy);
  CHECK_EQ(freed, 101);
}

int main(void) {
  engine = wasm_engine_new();
  store = wasmtime_store_new(engine, NULL, NULL);
  context = wasmtime_store_context(store);
  i31();  // before there is a heap
  nulls();
  structs();
  struct_mistakes();
  arrays();
  externs();
  through_code();
  types_outlive_their_makers();
  ends();
  wasmtime_store_delete(store);
  wasm_engine_delete(engine);
  return 0;
}
