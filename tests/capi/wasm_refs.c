// References of wasm.h: one object is one reference, host info goes with the object, finalizers run once, casts know
// the kind, and objects keep their store alive.
#include "wasm_helpers.h"

static int finalized;
static void count_finalizer(void* info) { finalized += *(int*)info; }

static wasm_trap_t* do_nothing(const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  (void)args, (void)results;
  return NULL;
}

// What every kind of reference can do. `make` gives a new handle of the same object each time, `other` one of another
// object.
#define REFERENCE(name, make, make_other)                                  \
  static void name##_reference(wasm_store_t* store) {                      \
    (void)store;                                                           \
    wasm_##name##_t* a = make;                                             \
    wasm_##name##_t* other = make_other;                                   \
    wasm_##name##_t* b = wasm_##name##_copy(a);                            \
    CHECK(a == b);                                                         \
    CHECK(wasm_##name##_same(a, b) && !wasm_##name##_same(a, other));      \
    CHECK(wasm_##name##_same(NULL, NULL) && !wasm_##name##_same(a, NULL)); \
    CHECK(wasm_##name##_copy(NULL) == NULL);                               \
    CHECK(wasm_##name##_get_host_info(a) == NULL);                         \
    int one = 1, ten = 10;                                                 \
    wasm_##name##_set_host_info(a, &one);                                  \
    CHECK(wasm_##name##_get_host_info(b) == &one);                         \
    CHECK(wasm_##name##_get_host_info(other) == NULL);                     \
    finalized = 0;                                                         \
    wasm_##name##_set_host_info_with_finalizer(b, &ten, count_finalizer);  \
    CHECK(wasm_##name##_get_host_info(a) == &ten);                         \
    CHECK_EQ(finalized, 0);                                                \
    wasm_##name##_set_host_info_with_finalizer(a, &one, count_finalizer);  \
    CHECK_EQ(finalized, 10);                                               \
    wasm_##name##_set_host_info(a, NULL);                                  \
    CHECK_EQ(finalized, 11);                                               \
    wasm_##name##_delete(b);                                               \
    wasm_##name##_delete(other);                                           \
    wasm_##name##_delete(a);                                               \
    wasm_##name##_delete(NULL);                                            \
    CHECK_EQ(finalized, 11);                                               \
  }

static wasm_func_t* shared_func;
static wasm_global_t* shared_global;
static wasm_table_t* shared_table;
static wasm_memory_t* shared_memory;
static wasm_instance_t* shared_instance;

static wasm_func_t* new_func(wasm_store_t* store) {
  wasm_functype_t* type = wasm_functype_new_0_0();
  wasm_func_t* func = wasm_func_new(store, type, do_nothing);
  wasm_functype_delete(type);
  return func;
}

static wasm_global_t* new_global(wasm_store_t* store) {
  wasm_globaltype_t* type = wasm_globaltype_new(wasm_valtype_new_i32(), WASM_VAR);
  wasm_val_t zero = i32_val(0);
  wasm_global_t* global = wasm_global_new(store, type, &zero);
  wasm_globaltype_delete(type);
  return global;
}

static wasm_table_t* new_table(wasm_store_t* store) {
  const wasm_limits_t limits = {1, 10};
  wasm_tabletype_t* type = wasm_tabletype_new(wasm_valtype_new_externref(), &limits);
  wasm_table_t* table = wasm_table_new(store, type, NULL);
  wasm_tabletype_delete(type);
  return table;
}

static wasm_memory_t* new_memory(wasm_store_t* store) {
  const wasm_limits_t limits = {1, 1};
  wasm_memorytype_t* type = wasm_memorytype_new(&limits);
  wasm_memory_t* memory = wasm_memory_new(store, type);
  wasm_memorytype_delete(type);
  return memory;
}

static wasm_trap_t* new_trap(wasm_store_t* store, const char* text) {
  wasm_message_t message;
  wasm_name_new_from_string_nt(&message, text);
  wasm_trap_t* trap = wasm_trap_new(store, &message);
  wasm_byte_vec_delete(&message);
  return trap;
}

REFERENCE(ref, wasm_foreign_as_ref(wasm_foreign_new(store)), wasm_foreign_as_ref(wasm_foreign_new(store)))
REFERENCE(foreign, wasm_foreign_new(store), wasm_foreign_new(store))
REFERENCE(trap, new_trap(store, "a"), new_trap(store, "a"))
REFERENCE(module, compile(store, "(module)"), compile(store, "(module)"))
REFERENCE(instance, wasm_instance_copy(shared_instance), instantiate(store, "(module)", 0, NULL))
REFERENCE(func, wasm_func_copy(shared_func), new_func(store))
REFERENCE(global, wasm_global_copy(shared_global), new_global(store))
REFERENCE(table, wasm_table_copy(shared_table), new_table(store))
REFERENCE(memory, wasm_memory_copy(shared_memory), new_memory(store))
REFERENCE(extern, wasm_extern_copy(wasm_func_as_extern(shared_func)), wasm_memory_as_extern(new_memory(store)))

// Each kind as a wasm_ref_t: exactly its own casts lead back.
static void casts_of_ref(wasm_ref_t* ref, int kind, int is_extern) {
  CHECK((wasm_ref_as_func(ref) != NULL) == (kind == 0));
  CHECK((wasm_ref_as_global(ref) != NULL) == (kind == 1));
  CHECK((wasm_ref_as_table(ref) != NULL) == (kind == 2));
  CHECK((wasm_ref_as_memory(ref) != NULL) == (kind == 3));
  CHECK((wasm_ref_as_instance(ref) != NULL) == (kind == 4));
  CHECK((wasm_ref_as_module(ref) != NULL) == (kind == 5));
  CHECK((wasm_ref_as_trap(ref) != NULL) == (kind == 6));
  CHECK((wasm_ref_as_foreign(ref) != NULL) == (kind == 7));
  CHECK((wasm_ref_as_extern(ref) != NULL) == is_extern);
  CHECK((wasm_ref_as_func_const(ref) != NULL) == (kind == 0));
  CHECK((wasm_ref_as_global_const(ref) != NULL) == (kind == 1));
  CHECK((wasm_ref_as_table_const(ref) != NULL) == (kind == 2));
  CHECK((wasm_ref_as_memory_const(ref) != NULL) == (kind == 3));
  CHECK((wasm_ref_as_instance_const(ref) != NULL) == (kind == 4));
  CHECK((wasm_ref_as_module_const(ref) != NULL) == (kind == 5));
  CHECK((wasm_ref_as_trap_const(ref) != NULL) == (kind == 6));
  CHECK((wasm_ref_as_foreign_const(ref) != NULL) == (kind == 7));
  CHECK((wasm_ref_as_extern_const(ref) != NULL) == is_extern);
}

#define CAST_THERE_AND_BACK(name, ref, kind, is_extern) \
  do {                                                  \
    wasm_##name##_t* it = ref;                          \
    wasm_ref_t* general = wasm_##name##_as_ref(it);     \
    CHECK(wasm_##name##_as_ref_const(it) == general);   \
    CHECK(wasm_ref_as_##name(general) == it);           \
    CHECK(wasm_ref_as_##name##_const(general) == it);   \
    casts_of_ref(general, kind, is_extern);             \
  } while (0)

// Each kind of extern: exactly its own casts lead back, and its kind says which.
#define EXTERN_THERE_AND_BACK(name, ref, kind)                                            \
  do {                                                                                    \
    wasm_##name##_t* it = ref;                                                            \
    wasm_extern_t* item = wasm_##name##_as_extern(it);                                    \
    CHECK(wasm_##name##_as_extern_const(it) == item);                                     \
    CHECK_EQ(wasm_extern_kind(item), kind);                                               \
    CHECK(wasm_extern_as_##name(item) == it);                                             \
    CHECK(wasm_extern_as_##name##_const(item) == it);                                     \
    CHECK((wasm_extern_as_func(item) != NULL) == ((kind) == WASM_EXTERN_FUNC));           \
    CHECK((wasm_extern_as_global(item) != NULL) == ((kind) == WASM_EXTERN_GLOBAL));       \
    CHECK((wasm_extern_as_table(item) != NULL) == ((kind) == WASM_EXTERN_TABLE));         \
    CHECK((wasm_extern_as_memory(item) != NULL) == ((kind) == WASM_EXTERN_MEMORY));       \
    CHECK((wasm_extern_as_func_const(item) != NULL) == ((kind) == WASM_EXTERN_FUNC));     \
    CHECK((wasm_extern_as_global_const(item) != NULL) == ((kind) == WASM_EXTERN_GLOBAL)); \
    CHECK((wasm_extern_as_table_const(item) != NULL) == ((kind) == WASM_EXTERN_TABLE));   \
    CHECK((wasm_extern_as_memory_const(item) != NULL) == ((kind) == WASM_EXTERN_MEMORY)); \
  } while (0)

static void casts(wasm_store_t* store) {
  CAST_THERE_AND_BACK(func, shared_func, 0, 1);
  CAST_THERE_AND_BACK(global, shared_global, 1, 1);
  CAST_THERE_AND_BACK(table, shared_table, 2, 1);
  CAST_THERE_AND_BACK(memory, shared_memory, 3, 1);
  CAST_THERE_AND_BACK(instance, shared_instance, 4, 0);
  CAST_THERE_AND_BACK(extern, wasm_func_as_extern(shared_func), 0, 1);
  wasm_module_t* module = compile(store, "(module)");
  CAST_THERE_AND_BACK(module, module, 5, 0);
  wasm_module_delete(module);
  wasm_trap_t* trap = new_trap(store, "x");
  CAST_THERE_AND_BACK(trap, trap, 6, 0);
  wasm_trap_delete(trap);
  wasm_foreign_t* foreign = wasm_foreign_new(store);
  CAST_THERE_AND_BACK(foreign, foreign, 7, 0);
  wasm_foreign_delete(foreign);
  casts_of_ref(NULL, -1, 0);
  EXTERN_THERE_AND_BACK(func, shared_func, WASM_EXTERN_FUNC);
  EXTERN_THERE_AND_BACK(global, shared_global, WASM_EXTERN_GLOBAL);
  EXTERN_THERE_AND_BACK(table, shared_table, WASM_EXTERN_TABLE);
  EXTERN_THERE_AND_BACK(memory, shared_memory, WASM_EXTERN_MEMORY);
  CHECK(wasm_extern_as_func(NULL) == NULL && wasm_extern_as_memory_const(NULL) == NULL);
}

// However an object is come by, it is the same reference, and its host info is there, even if nobody held it meanwhile.
static void one_object_one_reference(wasm_engine_t* engine) {
  wasm_store_t* store = wasm_store_new(engine);
  wasm_instance_t* instance =
      instantiate(store,
                  "(module (func (export \"f\")) (table (export \"t\") 1 funcref) (elem (i32.const 0) func 0)"
                  " (func (export \"get\") (result funcref) ref.func 0)"
                  " (memory (export \"m\") 1) (global (export \"g\") i32 (i32.const 0)) (tag (export \"e\")))",
                  0, NULL);
  int one = 1, ten = 10, hundred = 100, thousand = 1000;
  finalized = 0;
  wasm_extern_vec_t exports, again;
  wasm_instance_exports(instance, &exports);
  wasm_instance_exports(instance, &again);
  CHECK_EQ(exports.size, 6);
  for (size_t i = 0; i < 6; ++i) CHECK(exports.data[i] == again.data[i]);
  wasm_extern_vec_delete(&again);
  CHECK_EQ(wasm_extern_kind(exports.data[5]), WASM_EXTERN_TAG);

  wasm_func_t* func = wasm_extern_as_func(exports.data[0]);
  wasm_ref_t* element = wasm_table_get(wasm_extern_as_table(exports.data[1]), 0);
  CHECK(element == wasm_func_as_ref(func));
  wasm_val_t result;
  call(wasm_extern_as_func(exports.data[2]), 0, NULL, 1, &result);
  CHECK_EQ(result.kind, WASM_FUNCREF);
  CHECK(result.of.ref == element);
  wasm_ref_delete(element);
  wasm_val_delete(&result);

  wasm_func_set_host_info_with_finalizer(func, &one, count_finalizer);
  wasm_extern_set_host_info_with_finalizer(exports.data[3], &ten, count_finalizer);
  wasm_extern_set_host_info_with_finalizer(exports.data[5], &hundred, count_finalizer);
  wasm_instance_set_host_info_with_finalizer(instance, &thousand, count_finalizer);
  wasm_extern_vec_delete(&exports);
  CHECK_EQ(finalized, 0);
  wasm_instance_exports(instance, &exports);
  CHECK(wasm_extern_get_host_info(exports.data[0]) == &one);
  CHECK(wasm_extern_get_host_info(exports.data[3]) == &ten);
  CHECK(wasm_extern_get_host_info(exports.data[5]) == &hundred);
  CHECK(wasm_extern_get_host_info(exports.data[4]) == NULL);
  wasm_extern_vec_delete(&exports);
  wasm_instance_delete(instance);
  CHECK_EQ(finalized, 0);
  wasm_store_delete(store);
  CHECK_EQ(finalized, 1111);
}

// The store lives as long as something of it does, in every order of deletion.
static void objects_keep_their_store(wasm_engine_t* engine) {
  wasm_store_t* store = wasm_store_new(engine);
  wasm_instance_t* instance =
      instantiate(store, "(module (memory (export \"m\") 1) (func (export \"f\") (result i32) i32.const 7))", 0, NULL);
  wasm_memory_t* memory = wasm_extern_as_memory(export_at(instance, 0));
  wasm_func_t* func = func_at(instance, 1);
  int one = 1;
  finalized = 0;
  wasm_memory_set_host_info_with_finalizer(memory, &one, count_finalizer);
  wasm_store_delete(store);
  wasm_instance_delete(instance);
  wasm_memory_data(memory)[0] = 'x';
  CHECK_EQ(wasm_memory_data_size(memory), MEMORY_PAGE_SIZE);
  wasm_memory_delete(memory);
  CHECK_EQ(finalized, 0);
  wasm_val_t result;
  call(func, 0, NULL, 1, &result);
  CHECK_EQ(result.of.i32, 7);
  wasm_func_delete(func);
  CHECK_EQ(finalized, 1);
}

// The last handle of a store may be of any kind.
static void last_handles(wasm_engine_t* engine) {
  static int one = 1;
  for (int kind = 0; kind < 2; ++kind) {
    wasm_store_t* store = wasm_store_new(engine);
    wasm_instance_t* instance = instantiate(store, "(module (func (export \"f\") unreachable))", 0, NULL);
    wasm_extern_t* item = export_at(instance, 0);
    finalized = 0;
    wasm_instance_set_host_info_with_finalizer(instance, &one, count_finalizer);
    wasm_instance_delete(instance);
    wasm_store_delete(store);
    if (kind == 0) {
      CHECK_EQ(finalized, 0);
      wasm_extern_delete(item);
    } else {
      wasm_trap_t* trap = call_fails(wasm_extern_as_func(item), 0, NULL, 0, NULL, "unreachable");
      wasm_extern_delete(item);
      wasm_frame_t* frame = wasm_trap_origin(trap);
      wasm_trap_delete(trap);
      CHECK_EQ(finalized, 0);
      CHECK(wasm_instance_get_host_info(wasm_frame_instance(frame)) == &one);
      wasm_frame_delete(frame);
    }
    CHECK_EQ(finalized, 1);
  }
}

// Modules, traps and foreign objects die with their last reference.
static void objects_that_are_their_references(wasm_store_t* store) {
  int one = 1;
  finalized = 0;
  wasm_foreign_t* foreign = wasm_foreign_new(store);
  wasm_foreign_set_host_info_with_finalizer(foreign, &one, count_finalizer);
  wasm_foreign_t* copy = wasm_foreign_copy(foreign);
  wasm_foreign_delete(foreign);
  CHECK_EQ(finalized, 0);
  wasm_foreign_delete(copy);
  CHECK_EQ(finalized, 1);
  wasm_trap_t* trap = new_trap(store, "x");
  wasm_trap_set_host_info_with_finalizer(trap, &one, count_finalizer);
  wasm_trap_delete(trap);
  CHECK_EQ(finalized, 2);
  wasm_module_t* module = compile(store, "(module)");
  wasm_module_set_host_info_with_finalizer(module, &one, count_finalizer);
  wasm_instance_t* instance = wasm_instance_new(store, module, NULL, NULL);
  wasm_module_delete(module);
  CHECK_EQ(finalized, 3);
  wasm_instance_delete(instance);
}

// What WebAssembly code holds lives on, with the store and no longer: there is no cycle, whatever is in a table of the
// store.
static void tables_hold_objects(wasm_engine_t* engine) {
  wasm_store_t* store = wasm_store_new(engine);
  int one = 1, ten = 10;
  finalized = 0;
  wasm_table_t* table = new_table(store);
  wasm_foreign_t* foreign = wasm_foreign_new(store);
  wasm_foreign_set_host_info_with_finalizer(foreign, &one, count_finalizer);
  CHECK(wasm_table_set(table, 0, wasm_foreign_as_ref(foreign)));
  wasm_foreign_delete(foreign);
  CHECK_EQ(finalized, 0);
  wasm_ref_t* element = wasm_table_get(table, 0);
  CHECK(wasm_ref_as_foreign(element) == foreign);
  CHECK(wasm_ref_get_host_info(element) == &one);
  wasm_ref_delete(element);
  // The table itself, as an element of itself.
  wasm_table_set_host_info_with_finalizer(table, &ten, count_finalizer);
  CHECK(wasm_table_grow(table, 1, wasm_table_as_ref(table)));
  element = wasm_table_get(table, 1);
  CHECK(wasm_ref_as_table(element) == table);
  wasm_ref_delete(element);
  wasm_store_delete(store);
  CHECK_EQ(finalized, 0);
  wasm_table_delete(table);
  CHECK_EQ(finalized, 11);
}

int main(void) {
  wasm_engine_t* engine = wasm_engine_new();
  wasm_store_t* store = wasm_store_new(engine);
  shared_func = new_func(store);
  shared_global = new_global(store);
  shared_table = new_table(store);
  shared_memory = new_memory(store);
  shared_instance = instantiate(store, "(module)", 0, NULL);
  ref_reference(store);
  foreign_reference(store);
  trap_reference(store);
  module_reference(store);
  instance_reference(store);
  func_reference(store);
  global_reference(store);
  table_reference(store);
  memory_reference(store);
  extern_reference(store);
  casts(store);
  objects_that_are_their_references(store);
  wasm_func_delete(shared_func);
  wasm_global_delete(shared_global);
  wasm_table_delete(shared_table);
  wasm_memory_delete(shared_memory);
  wasm_instance_delete(shared_instance);
  wasm_store_delete(store);
  one_object_one_reference(engine);
  objects_keep_their_store(engine);
  last_handles(engine);
  tables_hold_objects(engine);
  wasm_engine_delete(engine);
  return 0;
}
