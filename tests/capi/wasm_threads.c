// What wasm.h allows on several threads: type objects, shared modules, handles copied and deleted while their store
// runs.
#include <pthread.h>

#include "wasm_helpers.h"

enum { kThreads = 4, kRounds = 300 };

static void on_threads(void* (*body)(void*), void* argument) {
  pthread_t threads[kThreads];
  for (int i = 0; i < kThreads; ++i) CHECK_EQ(pthread_create(&threads[i], NULL, body, argument), 0);
  for (int i = 0; i < kThreads; ++i) CHECK_EQ(pthread_join(threads[i], NULL), 0);
}

// All threads ask for the same parts first.
static void* read_types(void* argument) {
  wasm_functype_t* type = (wasm_functype_t*)argument;
  for (int i = 0; i < kRounds; ++i) {
    CHECK_EQ(wasm_valtype_kind(wasm_functype_params(type)->data[0]), WASM_I64);
    CHECK_EQ(wasm_functype_results(type)->size, 1);
    wasm_functype_t* copy = wasm_functype_copy(type);
    CHECK_EQ(wasm_valtype_kind(wasm_functype_results(copy)->data[0]), WASM_F64);
    wasm_functype_delete(copy);
  }
  return NULL;
}

static void types(wasm_engine_t* engine) {
  wasm_store_t* store = wasm_store_new(engine);
  wasm_instance_t* instance =
      instantiate(store, "(module (func (export \"f\") (param i64) (result f64) f64.const 0))", 0, NULL);
  wasm_func_t* func = func_at(instance, 0);
  wasm_functype_t* type = wasm_func_type(func);
  wasm_func_delete(func);
  wasm_instance_delete(instance);
  wasm_store_delete(store);
  on_threads(read_types, type);
  wasm_functype_delete(type);
}

struct shared {
  wasm_engine_t* engine;
  wasm_shared_module_t* module;
};

static void* run_shared(void* argument) {
  const struct shared* shared = (const struct shared*)argument;
  for (int i = 0; i < kRounds / 10; ++i) {
    wasm_store_t* store = wasm_store_new(shared->engine);
    wasm_module_t* module = wasm_module_obtain(store, shared->module);
    wasm_instance_t* instance = wasm_instance_new(store, module, NULL, NULL);
    wasm_func_t* func = func_at(instance, 0);
    wasm_val_t arg = i32_val(i), result;
    call(func, 1, &arg, 1, &result);
    CHECK_EQ(result.of.i32, i * i);
    wasm_func_delete(func);
    wasm_instance_delete(instance);
    wasm_module_delete(module);
    wasm_store_delete(store);
  }
  return NULL;
}

static void modules(wasm_engine_t* engine) {
  wasm_store_t* store = wasm_store_new(engine);
  wasm_module_t* module =
      compile(store, "(module (func (export \"f\") (param i32) (result i32) (i32.mul (local.get 0) (local.get 0))))");
  struct shared shared = {engine, wasm_module_share(module)};
  wasm_module_delete(module);
  wasm_store_delete(store);
  on_threads(run_shared, &shared);
  wasm_shared_module_delete(shared.module);
}

// Handles come and go on other threads, down to the last one of an object, while the store's thread uses the same
// objects.
struct handles {
  wasm_func_t* func;
  wasm_foreign_t* foreign;
  wasm_ref_t* object;  // of the heap
  pthread_mutex_t lock;
  wasm_ref_t* inbox[64];
  int count;
  bool done;
};

static void* copy_and_delete(void* argument) {
  struct handles* handles = (struct handles*)argument;
  for (bool done = false; !done;) {
    wasm_func_delete(wasm_func_copy(handles->func));
    wasm_foreign_delete(wasm_foreign_copy(handles->foreign));
    wasm_ref_delete(wasm_ref_copy(handles->object));
    wasm_ref_t* ref = NULL;
    pthread_mutex_lock(&handles->lock);
    if (handles->count != 0) ref = handles->inbox[--handles->count];
    done = handles->done && handles->count == 0;
    pthread_mutex_unlock(&handles->lock);
    wasm_ref_delete(ref);
  }
  return NULL;
}

static void give_away(struct handles* handles, wasm_ref_t* ref) {
  for (;;) {
    pthread_mutex_lock(&handles->lock);
    const bool room = handles->count < 64;
    if (room) handles->inbox[handles->count++] = ref;
    pthread_mutex_unlock(&handles->lock);
    if (room) return;
  }
}

static void handles(wasm_engine_t* engine) {
  wasm_store_t* store = wasm_store_new(engine);
  wasm_instance_t* instance = instantiate(store,
                                          "(module (type $s (struct (field i32))) (table (export \"t\") 4 externref)"
                                          " (func (export \"new\") (result structref) (struct.new $s (i32.const 1)))"
                                          " (func (export \"id\") (param externref) (result externref) local.get 0))",
                                          0, NULL);
  wasm_table_t* table = wasm_extern_as_table(export_at(instance, 0));
  wasm_func_t* make = func_at(instance, 1);
  wasm_func_t* id = func_at(instance, 2);
  wasm_val_t object;
  call(make, 0, NULL, 1, &object);
  struct handles handles = {id, wasm_foreign_new(store), object.of.ref, PTHREAD_MUTEX_INITIALIZER, {NULL}, 0, false};
  pthread_t threads[2];
  for (int i = 0; i < 2; ++i) CHECK_EQ(pthread_create(&threads[i], NULL, copy_and_delete, &handles), 0);
  for (int i = 0; i < 5 * kRounds; ++i) {
    // A foreign object that the heap knows, a struct, and an export whose only handle is given away each time.
    wasm_foreign_t* foreign = wasm_foreign_new(store);
    wasm_val_t arg = ref_val(WASM_EXTERNREF, wasm_foreign_as_ref(foreign)), result;
    call(id, 1, &arg, 1, &result);
    CHECK(wasm_table_set(table, (uint32_t)i % 4, result.of.ref));
    give_away(&handles, result.of.ref);
    give_away(&handles, wasm_foreign_as_ref(foreign));
    call(make, 0, NULL, 1, &result);
    give_away(&handles, result.of.ref);
    give_away(&handles, wasm_extern_as_ref(export_at(instance, 1)));
    give_away(&handles, wasm_table_get(table, (uint32_t)i % 3));
  }
  pthread_mutex_lock(&handles.lock);
  handles.done = true;
  pthread_mutex_unlock(&handles.lock);
  for (int i = 0; i < 2; ++i) CHECK_EQ(pthread_join(threads[i], NULL), 0);
  wasm_foreign_delete(handles.foreign);
  wasm_val_delete(&object);
  wasm_table_delete(table);
  wasm_func_delete(make);
  wasm_func_delete(id);
  wasm_instance_delete(instance);
  wasm_store_delete(store);
}

// The last handle of a store goes on another thread.
static void* delete_func(void* argument) {
  wasm_func_delete((wasm_func_t*)argument);
  return NULL;
}

static void last_handle(wasm_engine_t* engine) {
  wasm_store_t* store = wasm_store_new(engine);
  wasm_instance_t* instance = instantiate(store, "(module (func (export \"f\")))", 0, NULL);
  wasm_func_t* func = func_at(instance, 0);
  wasm_instance_delete(instance);
  wasm_store_delete(store);
  pthread_t thread;
  CHECK_EQ(pthread_create(&thread, NULL, delete_func, func), 0);
  CHECK_EQ(pthread_join(thread, NULL), 0);
}

int main(void) {
  wasm_engine_t* engine = wasm_engine_new();
  types(engine);
  modules(engine);
  handles(engine);
  last_handle(engine);
  wasm_engine_delete(engine);
  return 0;
}
