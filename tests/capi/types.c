// wasmtime/types/*.h: value types in full, types of structs, arrays and exceptions.
#include "guest.h"

static wasm_engine_t* engine;

static wasm_valtype_t* wasm_type(wasmtime_valtype_kind_t kind) {
  wasmtime_valtype_t type;
  memset(&type, 0, sizeof type);
  type.kind = kind;
  wasm_valtype_t* made = wasmtime_valtype_to_wasm(engine, &type);
  CHECK(made != NULL);
  return made;
}

static wasm_valtype_t* wasm_ref(bool nullable, wasmtime_heaptype_kind_t heap) {
  wasmtime_valtype_t type;
  memset(&type, 0, sizeof type);
  type.kind = WASMTIME_VALTYPE_KIND_REF;
  type.reftype.nullable = nullable;
  type.reftype.heaptype.kind = heap;
  return wasmtime_valtype_to_wasm(engine, &type);
}

static void numbers(void) {
  for (wasmtime_valtype_kind_t kind = WASMTIME_VALTYPE_KIND_I32; kind <= WASMTIME_VALTYPE_KIND_V128; ++kind) {
    wasm_valtype_t* type = wasm_type(kind);
    wasmtime_valtype_t shown;
    wasmtime_valtype_new(type, &shown);
    CHECK_EQ(shown.kind, kind);
    wasmtime_valtype_t copy;
    wasmtime_valtype_clone(&shown, &copy);
    CHECK_EQ(copy.kind, kind);
    wasmtime_valtype_delete(&copy);
    wasmtime_valtype_delete(&shown);
    wasm_valtype_t* v128 = wasmtime_wasm_valtype_v128();
    CHECK(wasmtime_wasm_valtype_equal(type, type));
    CHECK(wasmtime_wasm_valtype_equal(type, v128) == (kind == WASMTIME_VALTYPE_KIND_V128));
    wasm_valtype_delete(v128);
    wasm_valtype_delete(type);
  }
  wasm_valtype_t* i64 = wasm_type(WASMTIME_VALTYPE_KIND_I64);
  CHECK_EQ(wasm_valtype_kind(i64), WASM_I64);
  wasm_valtype_delete(i64);
}

static bool is_concrete(wasmtime_heaptype_kind_t kind) {
  return kind == WASMTIME_HEAPTYPE_KIND_CONCRETE_FUNC || kind == WASMTIME_HEAPTYPE_KIND_CONCRETE_ARRAY ||
         kind == WASMTIME_HEAPTYPE_KIND_CONCRETE_STRUCT || kind == WASMTIME_HEAPTYPE_KIND_CONCRETE_EXN;
}

static void abstract_references(void) {
  for (int nullable = 0; nullable < 2; ++nullable) {
    for (wasmtime_heaptype_kind_t kind = 0; kind <= WASMTIME_HEAPTYPE_KIND_NOEXN; ++kind) {
      if (is_concrete(kind)) continue;
      wasm_valtype_t* type = wasm_ref(nullable == 1, kind);
      CHECK(type != NULL);
      wasmtime_valtype_t shown;
      wasmtime_valtype_new(type, &shown);
      CHECK_EQ(shown.kind, WASMTIME_VALTYPE_KIND_REF);
      CHECK_EQ(shown.reftype.nullable, nullable);
      CHECK_EQ(shown.reftype.heaptype.kind, kind);
      wasmtime_reftype_t copy;
      wasmtime_reftype_clone(&shown.reftype, &copy);
      CHECK_EQ(copy.nullable, nullable);
      CHECK_EQ(copy.heaptype.kind, kind);
      wasmtime_reftype_delete(&copy);
      wasmtime_valtype_delete(&shown);
      wasm_valtype_delete(type);
    }
  }
  wasm_valtype_t* externref = wasm_ref(true, WASMTIME_HEAPTYPE_KIND_EXTERN);
  CHECK_EQ(wasm_valtype_kind(externref), WASM_EXTERNREF);
  wasm_valtype_delete(externref);
  CHECK(wasm_ref(true, 16) == NULL);
  wasmtime_valtype_t unknown;
  memset(&unknown, 0, sizeof unknown);
  unknown.kind = 6;
  CHECK(wasmtime_valtype_to_wasm(engine, &unknown) == NULL);
  wasmtime_heaptype_delete(NULL);
  wasmtime_reftype_delete(NULL);
  wasmtime_valtype_delete(NULL);
}

static wasmtime_field_type_t field_of(wasmtime_storage_type_kind_t kind, wasm_valtype_t* type, bool is_mutable) {
  wasmtime_field_type_t field;
  field.mutable_ = is_mutable;
  field.storage.kind = kind;
  field.storage.valtype = type;
  return field;
}

// A type as a reference to it, and back: through a heap type, a reference type, a value type of wasm.h and a structure
// again.
static void round_trip(wasmtime_heaptype_t* heap, const void* (*identity)(const wasmtime_heaptype_t*)) {
  wasmtime_heaptype_t copy;
  wasmtime_heaptype_clone(heap, &copy);
  CHECK_EQ(copy.kind, heap->kind);
  CHECK(identity(&copy) != identity(heap));
  wasmtime_valtype_t type;
  memset(&type, 0, sizeof type);
  type.kind = WASMTIME_VALTYPE_KIND_REF;
  type.reftype.nullable = true;
  type.reftype.heaptype = copy;
  wasm_valtype_t* made = wasmtime_valtype_to_wasm(engine, &type);
  wasmtime_valtype_t cloned, shown;
  wasmtime_valtype_clone(&type, &cloned);
  CHECK(identity(&cloned.reftype.heaptype) != identity(&copy));
  wasmtime_valtype_delete(&type);
  wasm_valtype_t* again = wasmtime_valtype_to_wasm(engine, &cloned);
  CHECK(wasmtime_wasm_valtype_equal(made, again));
  wasmtime_valtype_new(made, &shown);
  if (heap->kind != WASMTIME_HEAPTYPE_KIND_CONCRETE_EXN) {
    CHECK_EQ(shown.reftype.heaptype.kind, heap->kind);
  } else {
    CHECK_EQ(shown.reftype.heaptype.kind, WASMTIME_HEAPTYPE_KIND_EXN);  // the language has no narrower type
  }
  CHECK(shown.reftype.nullable);
  wasmtime_valtype_delete(&shown);
  wasmtime_valtype_delete(&cloned);
  wasm_valtype_delete(again);
  wasm_valtype_delete(made);
  wasmtime_heaptype_delete(heap);
}

static const void* payload(const wasmtime_heaptype_t* heap) { return heap->of.concrete_func; }

static void structs(void) {
  wasm_valtype_t* i64 = wasm_type(WASMTIME_VALTYPE_KIND_I64);
  const wasmtime_field_type_t fields[] = {field_of(WASMTIME_STORAGE_TYPE_KIND_I8, NULL, true),
                                          field_of(WASMTIME_STORAGE_TYPE_KIND_I16, NULL, false),
                                          field_of(WASMTIME_STORAGE_TYPE_KIND_VALTYPE, i64, true)};
  wasmtime_struct_type_t* type = wasmtime_struct_type_new(engine, fields, 3);
  CHECK(type != NULL);
  wasmtime_struct_type_t* copy = wasmtime_struct_type_copy(type);
  CHECK(copy != NULL && copy != type);
  wasmtime_struct_type_delete(type);
  CHECK_EQ(wasmtime_struct_type_num_fields(copy), 3);
  for (size_t i = 0; i < 3; ++i) {
    wasmtime_field_type_t field, cloned;
    CHECK(wasmtime_struct_type_field(copy, i, &field));
    CHECK_EQ(field.mutable_, fields[i].mutable_);
    CHECK_EQ(field.storage.kind, fields[i].storage.kind);
    wasmtime_field_type_clone(&field, &cloned);
    CHECK_EQ(cloned.mutable_, field.mutable_);
    CHECK_EQ(cloned.storage.kind, field.storage.kind);
    wasmtime_storage_type_t storage;
    wasmtime_storage_type_clone(&field.storage, &storage);
    CHECK_EQ(storage.kind, field.storage.kind);
    if (i == 2) {
      CHECK_EQ(wasm_valtype_kind(field.storage.valtype), WASM_I64);
      CHECK(storage.valtype != field.storage.valtype);
      CHECK(wasmtime_wasm_valtype_equal(storage.valtype, cloned.storage.valtype));
    }
    wasmtime_storage_type_delete(&storage);
    wasmtime_field_type_delete(&cloned);
    wasmtime_field_type_delete(&field);
  }
  wasmtime_field_type_t none;
  CHECK(!wasmtime_struct_type_field(copy, 3, &none));
  wasmtime_heaptype_t heap;
  heap.kind = WASMTIME_HEAPTYPE_KIND_CONCRETE_STRUCT;
  heap.of.concrete_struct = copy;
  round_trip(&heap, payload);

  wasmtime_struct_type_t* empty = wasmtime_struct_type_new(engine, NULL, 0);
  CHECK_EQ(wasmtime_struct_type_num_fields(empty), 0);
  wasmtime_struct_type_delete(empty);
  // What cannot be a field.
  wasmtime_field_type_t bad = field_of(3, NULL, false);
  CHECK(wasmtime_struct_type_new(engine, &bad, 1) == NULL);
  bad = field_of(WASMTIME_STORAGE_TYPE_KIND_VALTYPE, NULL, false);
  CHECK(wasmtime_struct_type_new(engine, &bad, 1) == NULL);
  CHECK(wasmtime_array_type_new(engine, &bad) == NULL);
  wasmtime_field_type_t* many = (wasmtime_field_type_t*)calloc(10001, sizeof *many);
  CHECK(wasmtime_struct_type_new(engine, many, 10001) == NULL);
  wasmtime_struct_type_t* largest = wasmtime_struct_type_new(engine, many, 10000);
  CHECK_EQ(wasmtime_struct_type_num_fields(largest), 10000);
  wasmtime_struct_type_delete(largest);
  free(many);
  wasmtime_struct_type_delete(NULL);
  wasmtime_field_type_delete(NULL);
  wasmtime_storage_type_delete(NULL);
  wasm_valtype_delete(i64);
}

static void arrays(void) {
  // An array of references to structs keeps their type alive.
  const wasmtime_field_type_t byte = field_of(WASMTIME_STORAGE_TYPE_KIND_I8, NULL, true);
  wasmtime_valtype_t ref;
  memset(&ref, 0, sizeof ref);
  ref.kind = WASMTIME_VALTYPE_KIND_REF;
  ref.reftype.nullable = true;
  ref.reftype.heaptype.kind = WASMTIME_HEAPTYPE_KIND_CONCRETE_STRUCT;
  ref.reftype.heaptype.of.concrete_struct = wasmtime_struct_type_new(engine, &byte, 1);
  wasmtime_field_type_t element =
      field_of(WASMTIME_STORAGE_TYPE_KIND_VALTYPE, wasmtime_valtype_to_wasm(engine, &ref), false);
  wasmtime_valtype_delete(&ref);
  wasmtime_array_type_t* type = wasmtime_array_type_new(engine, &element);
  wasmtime_field_type_delete(&element);
  wasmtime_array_type_t* copy = wasmtime_array_type_copy(type);
  CHECK(copy != type);
  wasmtime_array_type_delete(type);

  wasmtime_field_type_t shown;
  wasmtime_array_type_element(copy, &shown);
  CHECK(!shown.mutable_);
  CHECK_EQ(shown.storage.kind, WASMTIME_STORAGE_TYPE_KIND_VALTYPE);
  wasmtime_valtype_t of;
  wasmtime_valtype_new(shown.storage.valtype, &of);
  CHECK_EQ(of.reftype.heaptype.kind, WASMTIME_HEAPTYPE_KIND_CONCRETE_STRUCT);
  CHECK_EQ(wasmtime_struct_type_num_fields(of.reftype.heaptype.of.concrete_struct), 1);
  wasmtime_valtype_delete(&of);
  wasmtime_field_type_delete(&shown);
  wasmtime_heaptype_t heap;
  heap.kind = WASMTIME_HEAPTYPE_KIND_CONCRETE_ARRAY;
  heap.of.concrete_array = copy;
  round_trip(&heap, payload);
  wasmtime_array_type_delete(NULL);
}

static void functions(void) {
  wasmtime_heaptype_t heap;
  heap.kind = WASMTIME_HEAPTYPE_KIND_CONCRETE_FUNC;
  heap.of.concrete_func = unary_type();
  round_trip(&heap, payload);
}

static void exceptions(void) {
  wasm_valtype_t* types[2] = {wasm_valtype_new_i32(), wasm_valtype_new_f64()};
  wasm_valtype_vec_t params;
  wasm_valtype_vec_new(&params, 2, types);
  wasmtime_exn_type_t* type = NULL;
  OK(wasmtime_exn_type_new(engine, &params, &type));
  wasm_valtype_vec_delete(&params);
  wasmtime_exn_type_t* copy = wasmtime_exn_type_copy(type);
  CHECK(copy != type);
  wasmtime_exn_type_delete(type);
  wasm_tagtype_t* tag = wasmtime_exn_type_tag_type(copy);
  const wasm_valtype_vec_t* carried = wasm_functype_params(wasm_tagtype_functype(tag));
  CHECK_EQ(carried->size, 2);
  CHECK_EQ(wasm_valtype_kind(carried->data[1]), WASM_F64);
  wasm_tagtype_delete(tag);
  wasmtime_heaptype_t heap;
  heap.kind = WASMTIME_HEAPTYPE_KIND_CONCRETE_EXN;
  heap.of.concrete_exn = copy;
  round_trip(&heap, payload);

  wasm_valtype_vec_t bad;
  wasm_valtype_vec_new_uninitialized(&bad, 1);
  bad.data[0] = NULL;
  type = NULL;
  FAILS(wasmtime_exn_type_new(engine, &bad, &type), "NULL");
  CHECK(type == NULL);
  wasm_valtype_vec_delete(&bad);
  wasm_valtype_vec_new_uninitialized(&bad, 1001);
  memset(bad.data, 0, 1001 * sizeof bad.data[0]);
  FAILS(wasmtime_exn_type_new(engine, &bad, &type), "so many");
  wasm_valtype_vec_delete(&bad);
  wasmtime_exn_type_delete(NULL);
}

static void without_gc(void) {
  wasm_config_t* config = wasm_config_new();
  wasmtime_config_wasm_gc_set(config, false);
  wasm_engine_t* plain = wasm_engine_new_with_config(config);
  const wasmtime_field_type_t byte = field_of(WASMTIME_STORAGE_TYPE_KIND_I8, NULL, true);
  CHECK(wasmtime_struct_type_new(plain, &byte, 1) == NULL);
  CHECK(wasmtime_array_type_new(plain, &byte) == NULL);
  wasm_engine_delete(plain);
}

int main(void) {
  engine = wasm_engine_new();
  numbers();
  abstract_references();
  structs();
  arrays();
  functions();
  exceptions();
  without_gc();
  wasm_engine_delete(engine);
  return 0;
}
