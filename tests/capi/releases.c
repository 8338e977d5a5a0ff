// What is deleted and unrooted gives its memory back: each function that does nothing else, a thousand times.
#include "guest.h"

static wasm_engine_t* engine;
static wasmtime_store_t* store;
static wasmtime_context_t* context;

static const wasmtime_field_type_t kByte = {true, {WASMTIME_STORAGE_TYPE_KIND_I8, NULL}};

static wasm_valtype_t* bytes_ref(void) {
  wasmtime_valtype_t type;
  memset(&type, 0, sizeof type);
  type.kind = WASMTIME_VALTYPE_KIND_REF;
  type.reftype.heaptype.kind = WASMTIME_HEAPTYPE_KIND_CONCRETE_ARRAY;
  type.reftype.heaptype.of.concrete_array = wasmtime_array_type_new(engine, &kByte);
  wasm_valtype_t* made = wasmtime_valtype_to_wasm(engine, &type);
  wasmtime_array_type_delete(type.reftype.heaptype.of.concrete_array);
  CHECK(made != NULL);
  return made;
}

static wasmtime_exn_type_t* exn_type(void) {
  wasm_valtype_vec_t params;
  wasm_valtype_t* number = wasm_valtype_new_i32();
  wasm_valtype_vec_new(&params, 1, &number);
  wasmtime_exn_type_t* type = NULL;
  OK(wasmtime_exn_type_new(engine, &params, &type));
  wasm_valtype_vec_delete(&params);
  return type;
}

static void types(void) {
  CHECK_RELEASES(wasmtime_struct_type_delete(wasmtime_struct_type_new(engine, &kByte, 1)));
  CHECK_RELEASES(wasmtime_array_type_delete(wasmtime_array_type_new(engine, &kByte)));
  CHECK_RELEASES(wasmtime_exn_type_delete(exn_type()));

  const wasmtime_field_type_t field = {true, {WASMTIME_STORAGE_TYPE_KIND_VALTYPE, bytes_ref()}};
  wasmtime_field_type_t field_copy;
  CHECK_RELEASES((wasmtime_field_type_clone(&field, &field_copy), wasmtime_field_type_delete(&field_copy)));
  wasmtime_storage_type_t storage;
  CHECK_RELEASES((wasmtime_storage_type_clone(&field.storage, &storage), wasmtime_storage_type_delete(&storage)));
  wasmtime_valtype_t type, type_copy;
  wasmtime_valtype_new(field.storage.valtype, &type);
  CHECK_RELEASES((wasmtime_valtype_clone(&type, &type_copy), wasmtime_valtype_delete(&type_copy)));
  wasmtime_reftype_t ref;
  CHECK_RELEASES((wasmtime_reftype_clone(&type.reftype, &ref), wasmtime_reftype_delete(&ref)));
  wasmtime_heaptype_t heap;
  CHECK_RELEASES((wasmtime_heaptype_clone(&type.reftype.heaptype, &heap), wasmtime_heaptype_delete(&heap)));
  wasmtime_valtype_delete(&type);
  wasm_valtype_delete(field.storage.valtype);
}

// Each has a root of its own, shared with those that come from it.
static void new_roots(const wasmtime_structref_t* structure, const wasmtime_arrayref_t* array) {
  wasmtime_anyref_t any;
  wasmtime_eqref_t eq;
  wasmtime_structref_t as_struct;
  wasmtime_arrayref_t as_array;
  wasmtime_structref_to_anyref(structure, &any);
  const uint32_t raw_struct = wasmtime_anyref_to_raw(context, &any);
  wasmtime_anyref_unroot(&any);
  wasmtime_arrayref_to_anyref(array, &any);
  const uint32_t raw_array = wasmtime_anyref_to_raw(context, &any);
  wasmtime_anyref_unroot(&any);

  wasmtime_anyref_from_raw(context, raw_struct, &any);
  CHECK(wasmtime_anyref_as_struct(context, &any, &as_struct));
  wasmtime_anyref_unroot(&any);
  wasmtime_structref_unroot(&as_struct);
  wasmtime_anyref_from_raw(context, raw_array, &any);
  CHECK(wasmtime_anyref_as_array(context, &any, &as_array));
  wasmtime_anyref_unroot(&any);
  wasmtime_arrayref_unroot(&as_array);
  wasmtime_anyref_from_raw(context, raw_array, &any);
  CHECK(wasmtime_anyref_as_eqref(context, &any, &eq));
  wasmtime_anyref_unroot(&any);
  wasmtime_eqref_unroot(&eq);
}

static void new_exception_root(const wasmtime_exnref_t* exception) {
  wasmtime_exnref_t again;
  wasmtime_exnref_from_raw(context, wasmtime_exnref_to_raw(context, exception), &again);
  wasmtime_exnref_unroot(&again);
}

static void references(void) {
  wasmtime_struct_type_t* struct_type = wasmtime_struct_type_new(engine, &kByte, 1);
  CHECK_RELEASES(wasmtime_struct_ref_pre_delete(wasmtime_struct_ref_pre_new(context, struct_type)));
  wasmtime_array_type_t* array_type = wasmtime_array_type_new(engine, &kByte);
  CHECK_RELEASES(wasmtime_array_ref_pre_delete(wasmtime_array_ref_pre_new(context, array_type)));

  wasmtime_struct_ref_pre_t* struct_pre = wasmtime_struct_ref_pre_new(context, struct_type);
  wasmtime_array_ref_pre_t* array_pre = wasmtime_array_ref_pre_new(context, array_type);
  const wasmtime_val_t seven = i32_val(7);
  wasmtime_structref_t structure;
  OK(wasmtime_structref_new(context, struct_pre, &seven, 1, &structure));
  wasmtime_arrayref_t array;
  OK(wasmtime_arrayref_new(context, array_pre, &seven, 3, &array));
  CHECK_RELEASES(new_roots(&structure, &array));
  wasmtime_structref_unroot(&structure);
  wasmtime_arrayref_unroot(&array);
  wasmtime_struct_ref_pre_delete(struct_pre);
  wasmtime_array_ref_pre_delete(array_pre);
  wasmtime_struct_type_delete(struct_type);
  wasmtime_array_type_delete(array_type);

  wasmtime_exn_type_t* exception_type = exn_type();
  wasm_tagtype_t* tag_type = wasmtime_exn_type_tag_type(exception_type);
  wasmtime_tag_t tag;
  OK(wasmtime_tag_new(context, tag_type, &tag));
  wasmtime_exnref_t exception;
  OK(wasmtime_exnref_new(context, &tag, &seven, 1, &exception));
  CHECK_RELEASES(new_exception_root(&exception));
  wasmtime_exnref_unroot(&exception);
  wasm_tagtype_delete(tag_type);
  wasmtime_exn_type_delete(exception_type);
}

static void others(void) {
  CHECK_RELEASES(wasmtime_error_delete(wasmtime_error_new("a text that is longer than what fits into the object")));
  CHECK_RELEASES(wasmtime_pooling_allocation_config_delete(wasmtime_pooling_allocation_config_new()));

  wasm_name_t name;
  wasm_name_new_from_string(&name, "guest");
  CHECK_RELEASES(wasmtime_guestprofiler_delete(wasmtime_guestprofiler_new(engine, &name, 1, NULL, 0)));
  wasm_name_delete(&name);

  wasm_memorytype_t* type = NULL;
  OK(wasmtime_memorytype_new(0, true, 1, false, true, 16, &type));
  wasmtime_sharedmemory_t* memory;
  OK(wasmtime_sharedmemory_new(engine, type, &memory));
  CHECK_RELEASES(wasmtime_sharedmemory_delete(wasmtime_sharedmemory_clone(memory)));
  wasmtime_extern_t item;
  item.kind = WASMTIME_EXTERN_SHAREDMEMORY;
  CHECK_RELEASES((item.of.sharedmemory = wasmtime_sharedmemory_clone(memory), wasmtime_extern_delete(&item)));
  wasmtime_sharedmemory_delete(memory);
  wasm_memorytype_delete(type);
}

int main(void) {
  wasm_config_t* config = wasm_config_new();
  wasmtime_config_shared_memory_set(config, true);
  engine = wasm_engine_new_with_config(config);
  store = wasmtime_store_new(engine, NULL, NULL);
  context = wasmtime_store_context(store);
  types();
  references();
  others();
  wasmtime_store_delete(store);
  wasm_engine_delete(engine);
  return 0;
}
