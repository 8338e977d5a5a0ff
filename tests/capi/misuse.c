// Mistakes of embedders in wasmtime.h: objects of other stores and engines, wrong types, nothing where something is
// expected. Where a function can say so it gives an error; otherwise the process ends and says why (docs/embedding.md).
#define _DEFAULT_SOURCE
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "guest.h"

static wasm_engine_t* engine;
// Two stores with the same things in them.
typedef struct {
  wasmtime_store_t* store;
  wasmtime_context_t* context;
  wasmtime_instance_t instance;
  wasmtime_func_t func;
  wasmtime_global_t global;
  wasmtime_table_t table;
  wasmtime_memory_t memory;
  wasmtime_tag_t tag;
  wasmtime_val_t extern_val, func_val, any_val, exn_val;
} place_t;
static place_t here, there;

static const char kItems[] =
    "(module (func (export \"func\") (param externref) (result externref) (local.get 0))"
    "  (func (export \"take\") (param funcref anyref exnref))"
    "  (global (export \"global\") (mut externref) (ref.null extern))"
    "  (table (export \"table\") 2 externref) (memory (export \"memory\") 1 2) (tag (export \"tag\")))";

static place_t new_place(wasmtime_module_t* module) {
  place_t place;
  place.store = wasmtime_store_new(engine, NULL, NULL);
  place.context = wasmtime_store_context(place.store);
  place.instance = instance_of(place.context, module);
  place.func = export_of(place.context, &place.instance, "func").of.func;
  place.global = export_of(place.context, &place.instance, "global").of.global;
  place.table = export_of(place.context, &place.instance, "table").of.table;
  place.memory = export_of(place.context, &place.instance, "memory").of.memory;
  place.tag = export_of(place.context, &place.instance, "tag").of.tag;
  place.extern_val.kind = WASMTIME_EXTERNREF;
  CHECK(wasmtime_externref_new(place.context, &here, NULL, &place.extern_val.of.externref));
  place.func_val.kind = WASMTIME_FUNCREF;
  place.func_val.of.funcref = place.func;
  place.any_val.kind = WASMTIME_ANYREF;
  wasmtime_anyref_from_i31(place.context, 5, &place.any_val.of.anyref);
  place.exn_val.kind = WASMTIME_EXNREF;
  OK(wasmtime_exnref_new(place.context, &place.tag, NULL, 0, &place.exn_val.of.exnref));
  return place;
}

static void leave(place_t* place) {
  wasmtime_val_unroot(&place->extern_val);
  wasmtime_val_unroot(&place->any_val);
  wasmtime_val_unroot(&place->exn_val);
  wasmtime_store_delete(place->store);
}

// A child does it, and must end by abort() with these words on standard error.
static void ends(const char* name, void (*action)(void), const char* words) {
  int out[2];
  CHECK_EQ(pipe(out), 0);
  fflush(NULL);
  const pid_t child = fork();
  CHECK(child >= 0);
  if (child == 0) {
    signal(SIGABRT, SIG_DFL);
    dup2(out[1], STDERR_FILENO);
    action();
    _exit(0);
  }
  close(out[1]);
  char said[1024];
  size_t size = 0;
  for (ssize_t got; size < sizeof said - 1 && (got = read(out[0], said + size, sizeof said - 1 - size)) > 0;)
    size += (size_t)got;
  said[size] = 0;
  close(out[0]);
  int status = 0;
  CHECK_EQ(waitpid(child, &status, 0), child);
  if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGABRT || strstr(said, words) == NULL) {
    fprintf(stderr, "%s: status %d, says `%s`\n", name, status, said);
    exit(1);
  }
}

// --- objects of another store, in functions that cannot fail

static wasm_trap_t* trap;
static wasmtime_val_t val;
static wasmtime_extern_t item;
static char* text;
static size_t size;
static uint64_t number;
static uint32_t word;

#define OTHER_STORE(action)                                                                                            \
  action(func_type, wasmtime_func_type(here.context, &there.func))                                                     \
      action(func_to_raw, wasmtime_func_to_raw(here.context, &there.func)) action(                                     \
          func_call, wasmtime_func_call(here.context, &there.func, &here.extern_val, 1, &val, 1, &trap))               \
          action(global_type, wasmtime_global_type(here.context, &there.global)) action(                               \
              global_get, wasmtime_global_get(here.context, &there.global, &val))                                      \
              action(global_set, wasmtime_global_set(here.context, &there.global, &here.extern_val)) action(           \
                  table_type, wasmtime_table_type(here.context, &there.table))                                         \
                  action(table_get, wasmtime_table_get(here.context, &there.table, 0, &val)) action(                   \
                      table_set, wasmtime_table_set(here.context, &there.table, 0, &here.extern_val))                  \
                      action(table_size, wasmtime_table_size(here.context, &there.table)) action(                      \
                          table_grow, wasmtime_table_grow(here.context, &there.table, 1, &here.extern_val, &number))   \
                          action(memory_type, wasmtime_memory_type(here.context, &there.memory))                       \
                              action(memory_data, wasmtime_memory_data(here.context, &there.memory)) action(           \
                                  memory_data_size, wasmtime_memory_data_size(here.context, &there.memory))            \
                                  action(memory_size, wasmtime_memory_size(here.context, &there.memory)) action(       \
                                      memory_grow, wasmtime_memory_grow(here.context, &there.memory, 1, &number))      \
                                      action(tag_type, wasmtime_tag_type(here.context, &there.tag)) action(            \
                                          export_get, wasmtime_instance_export_get(here.context, &there.instance,      \
                                                                                   "func", 4, &item))                  \
                                          action(export_nth,                                                           \
                                                 wasmtime_instance_export_nth(here.context, &there.instance, 0, &text, \
                                                                              &size, &item))                           \
                                              action(define_instance, wasmtime_linker_define_instance(                 \
                                                                          wasmtime_linker_new(engine),                 \
                                                                          here.context, "x", 1, &there.instance))      \
                                                  action(externref_data,                                               \
                                                         wasmtime_externref_data(                                      \
                                                             here.context, &there.extern_val.of.externref))            \
                                                      action(externref_to_raw,                                         \
                                                             wasmtime_externref_to_raw(                                \
                                                                 here.context, &there.extern_val.of.externref))        \
                                                          action(anyref_to_raw,                                        \
                                                                 wasmtime_anyref_to_raw(                               \
                                                                     here.context, &there.any_val.of.anyref))          \
                                                              action(anyref_i31, wasmtime_anyref_i31_get_u(            \
                                                                                     here.context,                     \
                                                                                     &there.any_val.of.anyref, &word)) \
                                                                  action(exnref_to_raw,                                \
                                                                         wasmtime_exnref_to_raw(                       \
                                                                             here.context, &there.exn_val.of.exnref))  \
                                                                      action(                                          \
                                                                          exnref_count,                                \
                                                                          wasmtime_exnref_field_count(                 \
                                                                              here.context, &there.exn_val.of.exnref))

#define ACTION(name, call) \
  static void name(void) { (void)call; }
OTHER_STORE(ACTION)

// Handles that nobody filled in belong to no store.
static const wasmtime_memory_t kNoMemory;
static void no_memory(void) { wasmtime_memory_data(here.context, &kNoMemory); }
static void unknown_item(void) {
  memset(&item, 0, sizeof item);
  item.kind = 200;
  wasmtime_extern_type(here.context, &item);
}

static void fatal(void) {
#define ENDS(name, call) ends(#name, name, "object used with the wrong store");
  OTHER_STORE(ENDS)
  ends("no memory", no_memory, "object used with the wrong store");
  ends("unknown item", unknown_item, "an item of unknown kind");
}

// --- values of another store

static wasmtime_val_t foreign_result;
static wasm_trap_t* give_foreign(void* env, wasmtime_caller_t* caller, const wasmtime_val_t* args, size_t nargs,
                                 wasmtime_val_t* results, size_t nresults) {
  (void)env, (void)caller, (void)args, (void)nargs, (void)nresults;
  results[0] = foreign_result;
  return NULL;
}

#define WRONG "a store that it does not belong to"
static void values(void) {
  FAILS(wasmtime_func_call(here.context, &here.func, &there.extern_val, 1, &val, 1, &trap), WRONG);
  const wasmtime_func_t take = export_of(here.context, &here.instance, "take").of.func;
  for (int wrong = 0; wrong < 3; ++wrong) {
    const wasmtime_val_t args[] = {wrong == 0 ? there.func_val : here.func_val,
                                   wrong == 1 ? there.any_val : here.any_val,
                                   wrong == 2 ? there.exn_val : here.exn_val};
    FAILS(wasmtime_func_call(here.context, &take, args, 3, NULL, 0, &trap), WRONG);
  }
  const wasmtime_val_t right[] = {here.func_val, here.any_val, here.exn_val};
  OK(wasmtime_func_call(here.context, &take, right, 3, NULL, 0, &trap));
  FAILS(wasmtime_global_set(here.context, &here.global, &there.extern_val), WRONG);
  FAILS(wasmtime_table_set(here.context, &here.table, 0, &there.extern_val), WRONG);
  FAILS(wasmtime_table_grow(here.context, &here.table, 1, &there.extern_val, &number), WRONG);
  CHECK_EQ(wasmtime_table_size(here.context, &here.table), 2);
  CHECK(wasmtime_table_get(here.context, &here.table, 0, &val));
  CHECK(wasmtime_externref_is_null(&val.of.externref));

  wasm_globaltype_t* global = wasm_globaltype_new(wasm_valtype_new(WASM_EXTERNREF), WASM_VAR);
  wasmtime_global_t new_global;
  FAILS(wasmtime_global_new(here.context, global, &there.extern_val, &new_global), WRONG);
  wasm_globaltype_delete(global);
  const wasm_limits_t limits = {1, 1};
  wasm_tabletype_t* table = wasm_tabletype_new(wasm_valtype_new(WASM_EXTERNREF), &limits);
  wasmtime_table_t new_table;
  FAILS(wasmtime_table_new(here.context, table, &there.extern_val, &new_table), WRONG);
  wasm_tabletype_delete(table);

  // What a host function gives back.
  wasm_functype_t* type = wasm_functype_new_0_1(wasm_valtype_new(WASM_EXTERNREF));
  wasmtime_func_t giver;
  wasmtime_func_new(here.context, type, give_foreign, NULL, NULL, &giver);
  wasmtime_val_clone(&there.extern_val, &foreign_result);
  FAILS(wasmtime_func_call(here.context, &giver, NULL, 0, &val, 1, &trap), "incompatible value");
  foreign_result = i32_val(1);
  FAILS(wasmtime_func_call(here.context, &giver, NULL, 0, &val, 1, &trap), "expected (ref null extern), got i32");
  wasm_functype_delete(type);
}

// --- items and modules

static void items(void) {
  wasmtime_module_t* user = module_of(engine, "(module (import \"\" \"\" (memory 1 2)))");
  wasmtime_extern_t import;
  import.kind = WASMTIME_EXTERN_MEMORY;
  import.of.memory = there.memory;
  wasmtime_instance_t instance;
  FAILS(wasmtime_instance_new(here.context, user, &import, 1, &instance, &trap), "does not belong");
  import.of.memory = here.memory;
  OK(wasmtime_instance_new(here.context, user, &import, 1, &instance, &trap));
  FAILS(wasmtime_instance_new(here.context, user, &import, 0, &instance, &trap), "expected 1 imports, found 0");
  import.kind = WASMTIME_EXTERN_TABLE;
  import.of.table = here.table;
  FAILS(wasmtime_instance_new(here.context, user, &import, 1, &instance, &trap), "incompatible import type");
  import.kind = 200;
  FAILS(wasmtime_instance_new(here.context, user, &import, 1, &instance, &trap), "unknown kind");

  // Engines do not mix.
  wasm_engine_t* other = wasm_engine_new();
  wasmtime_module_t* foreign = module_of(other, "(module (func (export \"f\")))");
  FAILS(wasmtime_instance_new(here.context, foreign, NULL, 0, &instance, &trap), "different engines");
  wasmtime_linker_t* linker = wasmtime_linker_new(engine);
  FAILS(wasmtime_linker_instantiate(linker, here.context, foreign, &instance, &trap), "different engines");
  FAILS(wasmtime_linker_module(linker, here.context, "m", 1, foreign), "different engines");
  wasmtime_instance_pre_t* pre = NULL;
  FAILS(wasmtime_linker_instantiate_pre(linker, foreign, &pre), "different engines");
  wasmtime_linker_t* foreign_linker = wasmtime_linker_new(other);
  FAILS(wasmtime_linker_instantiate(foreign_linker, here.context, foreign, &instance, &trap), "different engines");
  OK(wasmtime_linker_instantiate_pre(foreign_linker, foreign, &pre));
  FAILS(wasmtime_instance_pre_instantiate(pre, here.context, &instance, &trap), "different engines");
  wasmtime_instance_pre_delete(pre);
  wasmtime_linker_delete(foreign_linker);

  // A store's items stay its own, also in a linker.
  import.kind = WASMTIME_EXTERN_MEMORY;
  import.of.memory = there.memory;
  FAILS(wasmtime_linker_define(linker, here.context, "", 0, "", 0, &import), "does not belong");
  OK(wasmtime_linker_define(linker, there.context, "", 0, "", 0, &import));
  FAILS(wasmtime_linker_instantiate(linker, here.context, user, &instance, &trap), "another store");
  OK(wasmtime_linker_instantiate(linker, there.context, user, &instance, &trap));
  CHECK(!wasmtime_linker_get(linker, here.context, "", 0, "", 0, &item));
  CHECK(wasmtime_linker_get(linker, there.context, "", 0, "", 0, &item));
  wasmtime_linker_delete(linker);
  wasmtime_module_delete(foreign);
  wasm_engine_delete(other);
  wasmtime_module_delete(user);
}

// --- nothing where something could be

static void nothing(void) {
  wasmtime_module_t* module = NULL;
  FAILS(wasmtime_module_new(engine, NULL, 0, &module), "unexpected end");
  FAILS(wasmtime_module_validate(engine, NULL, 0), "unexpected end");
  FAILS(wasmtime_module_deserialize(engine, NULL, 0, &module), "not an image");
  wasm_byte_vec_t binary;
  OK(wasmtime_wat2wasm(NULL, 0, &binary));  // an empty module
  wasm_byte_vec_delete(&binary);
  CHECK(!wasmtime_instance_export_get(here.context, &here.instance, NULL, 0, &item));
  wasmtime_linker_t* linker = wasmtime_linker_new(engine);
  CHECK(!wasmtime_linker_get(linker, here.context, NULL, 0, NULL, 0, &item));
  wasm_functype_t* type = wasm_functype_new_0_0();
  OK(wasmtime_linker_define_func(linker, NULL, 0, NULL, 0, type, give_foreign, NULL, NULL));
  FAILS(wasmtime_linker_define_func(linker, NULL, 0, NULL, 0, type, give_foreign, NULL, NULL), "defined twice");
  CHECK(wasmtime_linker_get(linker, here.context, NULL, 0, NULL, 0, &item));
  wasm_functype_delete(type);

  wasmtime_func_t null_func;
  memset(&null_func, 0, sizeof null_func);
  FAILS(wasmtime_func_call(here.context, &null_func, NULL, 0, NULL, 0, &trap), "null function");
  FAILS(wasmtime_func_call_unchecked(here.context, &null_func, NULL, 0, &trap), "null function");

  // Nobody wants the trap: it is the error.
  wasmtime_module_t* trapping = module_of(engine, "(module (func (export \"run\") unreachable))");
  const wasmtime_instance_t instance = instance_of(here.context, trapping);
  const wasmtime_func_t run = export_of(here.context, &instance, "run").of.func;
  FAILS(wasmtime_func_call(here.context, &run, NULL, 0, NULL, 0, NULL), "unreachable");
  FAILS(wasmtime_func_call_unchecked(here.context, &run, NULL, 0, NULL), "unreachable");
  wasmtime_module_delete(trapping);
  trapping = module_of(engine, "(module (func $f unreachable) (start $f))");
  wasmtime_instance_t none;
  FAILS(wasmtime_instance_new(here.context, trapping, NULL, 0, &none, NULL), "unreachable");
  wasmtime_module_delete(trapping);

  // Everything that is deleted may be nothing.
  wasmtime_module_delete(NULL);
  wasmtime_linker_delete(NULL);
  wasmtime_store_delete(NULL);
  wasmtime_error_delete(NULL);
  wasmtime_instance_pre_delete(NULL);
  wasmtime_sharedmemory_delete(NULL);
  wasm_engine_delete(NULL);
  wasm_config_delete(NULL);
  wasm_trap_delete(NULL);
  wasmtime_linker_delete(linker);
}

int main(void) {
  wasm_config_t* config = wasm_config_new();
  engine = wasm_engine_new_with_config(config);
  wasmtime_module_t* module = module_of(engine, kItems);
  here = new_place(module);
  there = new_place(module);
  wasmtime_module_delete(module);
  values();
  items();
  nothing();
  fatal();
  leave(&here);
  leave(&there);
  wasm_engine_delete(engine);
  return 0;
}
