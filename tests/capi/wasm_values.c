// Values of wasm.h: vectors and references of every kind, to WebAssembly code and back; what collections do to them.
#include "wasm_helpers.h"

static int finalized;
static void count_finalizer(void* info) { finalized += *(int*)info; }

static wasm_val_t call_1_1(const wasm_func_t* func, wasm_val_t arg) {
  wasm_val_t result;
  call(func, 1, &arg, 1, &result);
  return result;
}

// Copying and deleting values.
static void copies(wasm_store_t* store) {
  wasm_foreign_t* foreign = wasm_foreign_new(store);
  int one = 1;
  finalized = 0;
  wasm_foreign_set_host_info_with_finalizer(foreign, &one, count_finalizer);
  wasm_val_t val = ref_val(WASM_EXTERNREF, wasm_foreign_as_ref(foreign)), copy;
  wasm_val_copy(&copy, &val);
  CHECK(copy.kind == WASM_EXTERNREF && copy.of.ref == val.of.ref);
  wasm_val_delete(&val);
  CHECK(val.of.ref == NULL);
  CHECK_EQ(finalized, 0);
  wasm_val_vec_t vec, vec_copy;
  wasm_val_vec_new(&vec, 1, &copy);
  wasm_val_vec_copy(&vec_copy, &vec);
  CHECK(vec_copy.data[0].of.ref == copy.of.ref);
  wasm_val_vec_delete(&vec);
  CHECK_EQ(finalized, 0);
  wasm_val_vec_delete(&vec_copy);
  CHECK_EQ(finalized, 1);
  val.kind = WASM_F32, val.of.f32 = 1.5f;
  wasm_val_copy(&copy, &val);
  CHECK(copy.kind == WASM_F32 && copy.of.f32 == 1.5f);
  wasm_val_delete(&copy);
  wasm_val_delete(NULL);
  int place;
  wasm_val_init_ptr(&val, &place);
  CHECK(wasm_val_ptr(&val) == &place);
}

static void vectors(wasm_store_t* store) {
  wasm_instance_t* instance = instantiate(store,
                                          "(module (func (export \"id\") (param v128) (result v128) local.get 0)"
                                          " (global (export \"g\") (mut v128) (v128.const i32x4 1 2 3 4)))",
                                          0, NULL);
  wasm_func_t* id = func_at(instance, 0);
  wasm_global_t* global = wasm_extern_as_global(export_at(instance, 1));
  uint8_t bytes[16], out[16] = {0};
  for (int i = 0; i < 16; ++i) bytes[i] = (uint8_t)(200 + i);
  wasm_val_t val;
  gantry_val_new_v128(store, bytes, &val);
  CHECK_EQ(val.kind, GANTRY_V128);
  wasm_val_t result = call_1_1(id, val);
  CHECK_EQ(result.kind, GANTRY_V128);
  CHECK(gantry_val_v128(&result, out));
  CHECK(memcmp(bytes, out, 16) == 0);
  wasm_val_delete(&result);
  wasm_global_get(global, &result);
  CHECK(gantry_val_v128(&result, out));
  CHECK(out[0] == 1 && out[4] == 2 && out[8] == 3 && out[12] == 4 && out[1] == 0);
  wasm_val_delete(&result);
  wasm_global_set(global, &val);
  wasm_global_get(global, &result);
  CHECK(gantry_val_v128(&result, out));
  CHECK(memcmp(bytes, out, 16) == 0);
  wasm_val_delete(&result);

  // A vector is no number and no reference.
  wasm_val_t number = i32_val(1);
  CHECK(!gantry_val_v128(&number, out));
  wasm_val_t none = ref_val(GANTRY_V128, NULL), room;
  CHECK(!gantry_val_v128(&none, out));
  wasm_trap_delete(call_fails(id, 1, &none, 1, &room, "type mismatch: expected v128"));
  wasm_trap_delete(call_fails(id, 1, &number, 1, &room, "type mismatch: expected v128, got i32"));
  wasm_instance_t* takes = instantiate(store, "(module (func (export \"f\") (param externref)))", 0, NULL);
  wasm_func_t* take = func_at(takes, 0);
  wasm_trap_delete(call_fails(take, 1, &val, 0, NULL, "type mismatch: expected (ref null extern), got v128"));
  wasm_val_t disguised = ref_val(WASM_EXTERNREF, val.of.ref);
  wasm_trap_delete(call_fails(take, 1, &disguised, 0, NULL, "a vector is no reference"));
  wasm_val_delete(&val);
  wasm_func_delete(take);
  wasm_instance_delete(takes);
  wasm_func_delete(id);
  wasm_global_delete(global);
  wasm_instance_delete(instance);
}

// Externrefs: any object of the store, by identity.
static wasm_trap_t* same_object(const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  results->data[0] = i32_val(wasm_ref_same(args->data[0].of.ref, args->data[1].of.ref));
  return NULL;
}

static void externrefs(wasm_engine_t* engine, wasm_store_t* store) {
  wasm_functype_t* type =
      wasm_functype_new_2_1(wasm_valtype_new_externref(), wasm_valtype_new_externref(), wasm_valtype_new_i32());
  wasm_func_t* host = wasm_func_new(store, type, same_object);
  wasm_functype_delete(type);
  wasm_extern_t* imports[] = {wasm_func_as_extern(host)};
  wasm_instance_t* instance =
      instantiate(store,
                  "(module (import \"\" \"same\" (func $same (param externref externref) (result i32)))"
                  " (func (export \"same\") (param externref externref) (result i32)"
                  "   (call $same (local.get 0) (local.get 1)))"
                  " (func (export \"id\") (param externref) (result externref) local.get 0))",
                  1, imports);
  wasm_func_t* same = func_at(instance, 0);
  wasm_func_t* id = func_at(instance, 1);
  wasm_foreign_t* foreign = wasm_foreign_new(store);
  wasm_foreign_t* foreign2 = wasm_foreign_new(store);
  wasm_ref_t* objects[] = {wasm_foreign_as_ref(foreign), wasm_foreign_as_ref(foreign2), wasm_func_as_ref(same),
                           wasm_instance_as_ref(instance), NULL};
  for (size_t i = 0; i < 5; ++i) {
    // The kind of the value does not matter, only what it is.
    wasm_val_t result = call_1_1(id, ref_val(i % 2 == 0 ? WASM_EXTERNREF : WASM_FUNCREF, objects[i]));
    CHECK_EQ(result.kind, WASM_EXTERNREF);
    CHECK(wasm_ref_same(result.of.ref, objects[i]));
    wasm_val_delete(&result);
    for (size_t k = 0; k < 5; ++k) {
      wasm_val_t args[] = {ref_val(WASM_EXTERNREF, objects[i]), ref_val(WASM_EXTERNREF, objects[k])}, equal;
      call(same, 2, args, 1, &equal);
      CHECK_EQ(equal.of.i32, i == k);
    }
  }
  // Not of another store.
  wasm_store_t* other = wasm_store_new(engine);
  wasm_foreign_t* stranger = wasm_foreign_new(other);
  wasm_val_t arg = ref_val(WASM_EXTERNREF, wasm_foreign_as_ref(stranger)), result;
  wasm_trap_delete(call_fails(id, 1, &arg, 1, &result, "a reference was used with a store that it does not belong to"));
  wasm_foreign_delete(stranger);
  wasm_store_delete(other);
  wasm_foreign_delete(foreign);
  wasm_foreign_delete(foreign2);
  wasm_func_delete(same);
  wasm_func_delete(id);
  wasm_func_delete(host);
  wasm_instance_delete(instance);
}

// Function references of several types.
static void funcrefs(wasm_engine_t* engine, wasm_store_t* store) {
  wasm_instance_t* instance =
      instantiate(store,
                  "(module (type $t (func (result i32)))"
                  " (func (export \"any\") (param funcref) (result funcref) local.get 0)"
                  " (func (export \"one\") (param (ref null $t)) (result (ref null $t)) local.get 0)"
                  " (func (export \"call\") (param (ref $t)) (result i32) (call_ref $t (local.get 0)))"
                  " (func (export \"five\") (type $t) i32.const 5))",
                  0, NULL);
  wasm_func_t* any = func_at(instance, 0);
  wasm_func_t* one = func_at(instance, 1);
  wasm_func_t* calls = func_at(instance, 2);
  wasm_func_t* five = func_at(instance, 3);
  wasm_functype_t* type = wasm_func_type(one);
  CHECK_EQ(wasm_valtype_kind(wasm_functype_params(type)->data[0]), WASM_FUNCREF);
  wasm_functype_delete(type);
  wasm_func_t* passes[] = {any, one};
  for (size_t i = 0; i < 2; ++i) {
    wasm_val_t result = call_1_1(passes[i], ref_val(WASM_EXTERNREF, wasm_func_as_ref(five)));
    CHECK(result.kind == WASM_FUNCREF && wasm_ref_as_func(result.of.ref) == five);
    wasm_val_delete(&result);
    result = call_1_1(passes[i], ref_val(WASM_FUNCREF, NULL));
    CHECK(result.kind == WASM_FUNCREF && result.of.ref == NULL);
  }
  wasm_val_t result = call_1_1(calls, ref_val(WASM_FUNCREF, wasm_func_as_ref(five)));
  CHECK_EQ(result.of.i32, 5);
  wasm_val_t wrong = ref_val(WASM_FUNCREF, wasm_func_as_ref(any)), null = ref_val(WASM_FUNCREF, NULL),
             instance_val = ref_val(WASM_FUNCREF, wasm_instance_as_ref(instance));
  wasm_trap_delete(call_fails(one, 1, &wrong, 1, &result, "type mismatch"));
  wasm_trap_delete(call_fails(calls, 1, &null, 1, &result, "got null"));
  wasm_trap_delete(call_fails(any, 1, &instance_val, 1, &result, "another kind of reference"));
  wasm_store_t* other = wasm_store_new(engine);
  wasm_instance_t* elsewhere = instantiate(other, "(module (func (export \"f\") (result i32) i32.const 1))", 0, NULL);
  wasm_func_t* stranger = func_at(elsewhere, 0);
  wasm_val_t arg = ref_val(WASM_FUNCREF, wasm_func_as_ref(stranger));
  wasm_trap_delete(
      call_fails(any, 1, &arg, 1, &result, "a reference was used with a store that it does not belong to"));
  wasm_func_delete(stranger);
  wasm_instance_delete(elsewhere);
  wasm_store_delete(other);
  wasm_func_delete(any);
  wasm_func_delete(one);
  wasm_func_delete(calls);
  wasm_func_delete(five);
  wasm_instance_delete(instance);
}

static const char kGc[] =
    "(module (type $s (struct (field (mut i32)))) (type $a (array (mut i8)))"
    " (table $t 10 anyref)"
    " (func (export \"struct\") (param i32) (result (ref $s)) (struct.new $s (local.get 0)))"        // 0
    " (func (export \"get\") (param (ref $s)) (result i32) (struct.get $s 0 (local.get 0)))"         // 1
    " (func (export \"i31\") (param i32) (result i31ref) (ref.i31 (local.get 0)))"                   // 2
    " (func (export \"array\") (param i32) (result arrayref) (array.new_default $a (local.get 0)))"  // 3
    " (func (export \"any\") (param anyref) (result anyref) local.get 0)"                            // 4
    " (func (export \"eq\") (param eqref eqref) (result i32) (ref.eq (local.get 0) (local.get 1)))"  // 5
    " (func (export \"out\") (param anyref) (result externref) (extern.convert_any (local.get 0)))"  // 6
    " (func (export \"in\") (param externref) (result anyref) (any.convert_extern (local.get 0)))"   // 7
    " (func (export \"churn\") (param i32) (loop $l (drop (array.new_default $a (i32.const 1000)))"  // 8
    "   (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))))"
    " (func (export \"null\") (result nullref nullfuncref nullexternref nullexnref)"  // 9
    "   ref.null none ref.null nofunc ref.null noextern ref.null noexn)"
    " (tag $e (param i32))"
    " (func (export \"exn\") (param i32) (result exnref)"  // 10
    "   (block $h (result exnref) (try_table (catch_all_ref $h) (throw $e (local.get 0))) unreachable))"
    " (func (export \"exn_value\") (param exnref) (result i32)"  // 11
    "   (block $h (result i32) (try_table (catch $e $h) (throw_ref (local.get 0))) unreachable))"
    " (func (export \"is_eq\") (param anyref) (result i32) (ref.test eqref (local.get 0))))";  // 12

static int32_t field_of(const wasm_func_t* get, wasm_ref_t* ref) {
  return call_1_1(get, ref_val(GANTRY_STRUCTREF, ref)).of.i32;
}

// Objects of the collected heap: kinds, identity, types, survival of collections.
static void gc_objects(wasm_store_t* store) {
  wasm_instance_t* instance = instantiate(store, kGc, 0, NULL);
  wasm_extern_vec_t exports;
  wasm_instance_exports(instance, &exports);
  wasm_func_t* f[13];
  for (size_t i = 0; i < 13; ++i) f[i] = wasm_extern_as_func(exports.data[i]);

  wasm_val_t a = call_1_1(f[0], i32_val(11)), b = call_1_1(f[0], i32_val(22));
  CHECK(a.kind == GANTRY_STRUCTREF && b.kind == GANTRY_STRUCTREF);
  CHECK(!wasm_ref_same(a.of.ref, b.of.ref));
  CHECK_EQ(field_of(f[1], a.of.ref), 11);
  CHECK_EQ(field_of(f[1], b.of.ref), 22);
  wasm_val_t again = call_1_1(f[4], a);
  CHECK_EQ(again.kind, GANTRY_ANYREF);
  CHECK(wasm_ref_same(again.of.ref, a.of.ref));
  wasm_val_delete(&again);
  wasm_val_t i31 = call_1_1(f[2], i32_val(-7)), other_i31 = call_1_1(f[2], i32_val(-7));
  CHECK_EQ(i31.kind, GANTRY_I31REF);
  CHECK(wasm_ref_same(i31.of.ref, other_i31.of.ref));
  wasm_val_t array = call_1_1(f[3], i32_val(100));
  CHECK_EQ(array.kind, GANTRY_ARRAYREF);
  CHECK(wasm_ref_as_foreign(array.of.ref) == NULL && wasm_ref_as_func(array.of.ref) == NULL);

  // Host info stays with the object, through collections that move it, even if nobody holds it.
  static int one = 1;
  finalized = 0;
  wasm_ref_set_host_info_with_finalizer(b.of.ref, &one, count_finalizer);
  wasm_val_t b_out = call_1_1(f[6], b);
  CHECK_EQ(b_out.kind, WASM_EXTERNREF);
  CHECK(wasm_ref_same(b_out.of.ref, b.of.ref));
  for (int i = 0; i < 3; ++i) {
    wasm_val_t rounds = i32_val(20000);
    call(f[8], 1, &rounds, 0, NULL);
    wasm_val_t args[] = {a, b}, equal;
    call(f[5], 2, args, 1, &equal);
    CHECK_EQ(equal.of.i32, 0);
    args[1] = a;
    call(f[5], 2, args, 1, &equal);
    CHECK_EQ(equal.of.i32, 1);
    CHECK_EQ(field_of(f[1], a.of.ref), 11);
    CHECK_EQ(field_of(f[1], b.of.ref), 22);
    again = call_1_1(f[7], b_out);
    CHECK(wasm_ref_same(again.of.ref, b.of.ref));
    CHECK(wasm_ref_get_host_info(again.of.ref) == &one);
    wasm_val_delete(&again);
    again = call_1_1(f[4], a);
    CHECK(wasm_ref_same(again.of.ref, a.of.ref));
    wasm_val_delete(&again);
  }
  wasm_val_delete(&b_out);

  // Types are checked.
  wasm_val_t room, null = ref_val(GANTRY_ANYREF, NULL), func = ref_val(GANTRY_ANYREF, wasm_func_as_ref(f[0]));
  wasm_trap_delete(call_fails(f[1], 1, &array, 1, &room, "type mismatch"));
  wasm_trap_delete(call_fails(f[1], 1, &i31, 1, &room, "type mismatch"));
  wasm_trap_delete(call_fails(f[1], 1, &null, 1, &room, "got null"));
  wasm_trap_delete(call_fails(f[1], 1, &func, 1, &room, "type mismatch"));
  wasm_val_t eq_args[] = {a, func};
  wasm_trap_delete(call_fails(f[5], 2, eq_args, 1, &room, "type mismatch"));

  // Objects of the embedder as anyref: the same object again, which nothing below anyref matches.
  wasm_val_t host = call_1_1(f[4], func);
  CHECK(wasm_ref_as_func(host.of.ref) == f[0]);
  CHECK_EQ(call_1_1(f[12], host).of.i32, 0);
  CHECK_EQ(call_1_1(f[12], i31).of.i32, 1);
  wasm_val_delete(&host);

  // Nulls of every hierarchy.
  wasm_val_t nulls[4];
  call(f[9], 0, NULL, 4, nulls);
  const wasm_valkind_t kinds[] = {GANTRY_NULLREF, GANTRY_NULLFUNCREF, GANTRY_NULLEXTERNREF, GANTRY_NULLEXNREF};
  for (size_t i = 0; i < 4; ++i) CHECK(nulls[i].kind == kinds[i] && nulls[i].of.ref == NULL);

  // Exceptions as values.
  wasm_val_t exn = call_1_1(f[10], i32_val(33));
  CHECK_EQ(exn.kind, GANTRY_EXNREF);
  wasm_val_t rounds = i32_val(20000);
  call(f[8], 1, &rounds, 0, NULL);
  CHECK_EQ(call_1_1(f[11], exn).of.i32, 33);
  wasm_trap_delete(call_fails(f[11], 1, &a, 1, &room, "another kind of reference"));
  wasm_trap_delete(call_fails(f[4], 1, &exn, 1, &room, "another kind of reference"));
  wasm_trap_delete(call_fails(f[11], 1, &func, 1, &room, "another kind of reference"));
  wasm_val_delete(&exn);

  wasm_val_delete(&a);
  wasm_val_delete(&b);
  wasm_val_delete(&i31);
  wasm_val_delete(&other_i31);
  wasm_val_delete(&array);
  wasm_extern_vec_delete(&exports);
  CHECK_EQ(finalized, 0);
  wasm_instance_delete(instance);
}

// What only WebAssembly code held dies after it lets go: a finalizer of the embedder's runs, outside of the collection.
static wasm_store_t* busy_store;
static int foreigners_gone;
static void make_another(void* info) {
  (void)info;
  ++foreigners_gone;
  // The store can be used: it is not dying.
  if (busy_store != NULL) wasm_foreign_delete(wasm_foreign_new(busy_store));
}

static void collected_foreigners(wasm_engine_t* engine) {
  wasm_store_t* store = wasm_store_new(engine);
  busy_store = store;
  wasm_instance_t* instance = instantiate(store,
                                          "(module (type $a (array (mut i8))) (table (export \"t\") 100 externref)"
                                          " (func (export \"churn\") (param i32) (loop $l"
                                          "   (drop (array.new_default $a (i32.const 1000)))"
                                          "   (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))))",
                                          0, NULL);
  wasm_table_t* table = wasm_extern_as_table(export_at(instance, 0));
  wasm_func_t* churn = func_at(instance, 1);
  for (uint32_t i = 0; i < 100; ++i) {
    wasm_foreign_t* foreign = wasm_foreign_new(store);
    wasm_foreign_set_host_info_with_finalizer(foreign, NULL, make_another);
    CHECK(wasm_table_set(table, i, wasm_foreign_as_ref(foreign)));
    wasm_foreign_delete(foreign);
  }
  wasm_val_t rounds = i32_val(20000);
  call(churn, 1, &rounds, 0, NULL);
  CHECK_EQ(foreigners_gone, 0);
  for (uint32_t i = 0; i < 90; ++i) CHECK(wasm_table_set(table, i, NULL));
  wasm_ref_t* held = wasm_table_get(table, 95);
  CHECK(wasm_table_set(table, 95, NULL));
  call(churn, 1, &rounds, 0, NULL);
  CHECK_EQ(foreigners_gone, 90);
  wasm_ref_delete(held);
  call(churn, 1, &rounds, 0, NULL);
  CHECK_EQ(foreigners_gone, 91);
  busy_store = NULL;
  wasm_table_delete(table);
  wasm_func_delete(churn);
  wasm_instance_delete(instance);
  wasm_store_delete(store);
  CHECK_EQ(foreigners_gone, 100);
}

// Many references in one call, with a collection at any of them.
static wasm_trap_t* first_of_many(const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  for (size_t i = 0; i < args->size; ++i) wasm_val_copy(&results->data[i], &args->data[args->size - 1 - i]);
  return NULL;
}

static void many_references(wasm_store_t* store) {
  enum { kCount = 40 };
  wasm_valtype_vec_t params, results;
  wasm_valtype_vec_new_uninitialized(&params, kCount);
  for (int i = 0; i < kCount; ++i) params.data[i] = wasm_valtype_new(i % 2 ? WASM_EXTERNREF : GANTRY_ANYREF);
  wasm_valtype_vec_new_uninitialized(&results, kCount);
  for (int i = 0; i < kCount; ++i) results.data[i] = wasm_valtype_new(i % 2 ? GANTRY_ANYREF : WASM_EXTERNREF);
  wasm_functype_t* type = wasm_functype_new(&params, &results);
  wasm_func_t* func = wasm_func_new(store, type, first_of_many);
  wasm_functype_delete(type);
  wasm_val_t args[kCount], got[kCount];
  for (int round = 0; round < 50; ++round) {
    for (int i = 0; i < kCount; ++i) args[i] = ref_val(WASM_EXTERNREF, wasm_foreign_as_ref(wasm_foreign_new(store)));
    call(func, kCount, args, kCount, got);
    for (int i = 0; i < kCount; ++i) {
      CHECK(got[i].of.ref == args[kCount - 1 - i].of.ref);
      wasm_val_delete(&got[i]);
    }
    for (int i = 0; i < kCount; ++i) wasm_val_delete(&args[i]);
  }
  wasm_func_delete(func);
}

int main(void) {
  wasm_engine_t* engine = wasm_engine_new();
  wasm_store_t* store = wasm_store_new(engine);
  copies(store);
  vectors(store);
  externrefs(engine, store);
  funcrefs(engine, store);
  gc_objects(store);
  many_references(store);
  wasm_store_delete(store);
  CHECK_EQ(finalized, 1);  // gc_objects' host info
  collected_foreigners(engine);
  wasm_engine_delete(engine);
  return 0;
}
