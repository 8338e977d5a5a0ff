// Type objects of wasm.h: what goes in comes out, copies are independent, casts know the kind.
#include <gantry.h>
#include <wasm.h>

#include "check.h"

static void value_types(void) {
  const wasm_valkind_t numbers[] = {WASM_I32, WASM_I64, WASM_F32, WASM_F64};
  for (size_t i = 0; i < sizeof(numbers); ++i) {
    wasm_valtype_t* type = wasm_valtype_new(numbers[i]);
    CHECK_EQ(wasm_valtype_kind(type), numbers[i]);
    CHECK(wasm_valtype_is_num(type) && !wasm_valtype_is_ref(type));
    wasm_valtype_t* copy = wasm_valtype_copy(type);
    wasm_valtype_delete(type);
    CHECK_EQ(wasm_valtype_kind(copy), numbers[i]);
    wasm_valtype_delete(copy);
  }
  const wasm_valkind_t references[] = {WASM_EXTERNREF, WASM_FUNCREF,      GANTRY_ANYREF,      GANTRY_EQREF,
                                       GANTRY_I31REF,  GANTRY_STRUCTREF,  GANTRY_ARRAYREF,    GANTRY_NULLREF,
                                       GANTRY_EXNREF,  GANTRY_NULLEXNREF, GANTRY_NULLFUNCREF, GANTRY_NULLEXTERNREF,
                                       GANTRY_V128};
  for (size_t i = 0; i < sizeof(references); ++i) {
    wasm_valtype_t* type = wasm_valtype_new(references[i]);
    CHECK_EQ(wasm_valtype_kind(type), references[i]);
    CHECK(wasm_valtype_is_ref(type) && !wasm_valtype_is_num(type));
    wasm_valtype_delete(type);
  }
  const wasm_valkind_t none[] = {4, 127, 140, 159, 161, 255};
  for (size_t i = 0; i < sizeof(none); ++i) CHECK(wasm_valtype_new(none[i]) == NULL);

  wasm_valtype_t* shorthands[] = {wasm_valtype_new_i32(), wasm_valtype_new_i64(),       wasm_valtype_new_f32(),
                                  wasm_valtype_new_f64(), wasm_valtype_new_externref(), wasm_valtype_new_funcref()};
  const wasm_valkind_t kinds[] = {WASM_I32, WASM_I64, WASM_F32, WASM_F64, WASM_EXTERNREF, WASM_FUNCREF};
  for (size_t i = 0; i < 6; ++i) {
    CHECK_EQ(wasm_valtype_kind(shorthands[i]), kinds[i]);
    wasm_valtype_delete(shorthands[i]);
  }
  CHECK(wasm_valtype_copy(NULL) == NULL);
  wasm_valtype_delete(NULL);
}

static void check_kinds(const wasm_valtype_vec_t* types, size_t count, const wasm_valkind_t* kinds) {
  CHECK_EQ(types->size, count);
  for (size_t i = 0; i < count; ++i) CHECK_EQ(wasm_valtype_kind(types->data[i]), kinds[i]);
}

static void check_arity(wasm_functype_t* type, size_t params, size_t results) {
  const wasm_valkind_t param_kinds[] = {WASM_I32, WASM_I64, WASM_F32}, result_kinds[] = {WASM_F64, WASM_FUNCREF};
  check_kinds(wasm_functype_params(type), params, param_kinds);
  check_kinds(wasm_functype_results(type), results, result_kinds);
  wasm_functype_delete(type);
}

static void function_types(void) {
#define P1 wasm_valtype_new_i32()
#define P2 P1, wasm_valtype_new_i64()
#define P3 P2, wasm_valtype_new_f32()
#define R1 wasm_valtype_new_f64()
#define R2 R1, wasm_valtype_new_funcref()
  check_arity(wasm_functype_new_0_0(), 0, 0);
  check_arity(wasm_functype_new_1_0(P1), 1, 0);
  check_arity(wasm_functype_new_2_0(P2), 2, 0);
  check_arity(wasm_functype_new_3_0(P3), 3, 0);
  check_arity(wasm_functype_new_0_1(R1), 0, 1);
  check_arity(wasm_functype_new_1_1(P1, R1), 1, 1);
  check_arity(wasm_functype_new_2_1(P2, R1), 2, 1);
  check_arity(wasm_functype_new_3_1(P3, R1), 3, 1);
  check_arity(wasm_functype_new_0_2(R2), 0, 2);
  check_arity(wasm_functype_new_1_2(P1, R2), 1, 2);
  check_arity(wasm_functype_new_2_2(P2, R2), 2, 2);
  check_arity(wasm_functype_new_3_2(P3, R2), 3, 2);

  // The vectors are taken over; asking twice gives the same vector; a copy has its own.
  wasm_valtype_t* elements[] = {wasm_valtype_new(GANTRY_V128), wasm_valtype_new_externref()};
  wasm_valtype_vec_t params, results;
  wasm_valtype_vec_new(&params, 2, elements);
  wasm_valtype_vec_new_empty(&results);
  wasm_functype_t* type = wasm_functype_new(&params, &results);
  CHECK(params.size == 0 && params.data == NULL);
  CHECK(wasm_functype_params(type) == wasm_functype_params(type));
  wasm_functype_t* copy = wasm_functype_copy(type);
  CHECK(wasm_functype_params(type) != wasm_functype_params(copy));
  wasm_functype_delete(type);
  const wasm_valkind_t kinds[] = {GANTRY_V128, WASM_EXTERNREF};
  check_kinds(wasm_functype_params(copy), 2, kinds);
  check_kinds(wasm_functype_results(copy), 0, kinds);
  wasm_functype_delete(copy);

  // Refused: a missing element, too many.
  wasm_valtype_vec_new_uninitialized(&params, 1);
  CHECK(wasm_functype_new(&params, &results) == NULL);
  CHECK(params.data == NULL);
  for (size_t count = 1000; count <= 1001; ++count) {
    wasm_valtype_vec_new_uninitialized(&results, count);
    for (size_t i = 0; i < count; ++i) results.data[i] = wasm_valtype_new_i32();
    type = wasm_functype_new(&params, &results);
    CHECK((type != NULL) == (count == 1000));
    if (type != NULL) CHECK_EQ(wasm_functype_results(type)->size, 1000);
    wasm_functype_delete(type);
  }
  CHECK(wasm_functype_copy(NULL) == NULL);
}

static void global_types(void) {
  for (int mutability = WASM_CONST; mutability <= WASM_VAR; ++mutability) {
    wasm_globaltype_t* type = wasm_globaltype_new(wasm_valtype_new_f32(), (wasm_mutability_t)mutability);
    wasm_globaltype_t* copy = wasm_globaltype_copy(type);
    wasm_globaltype_delete(type);
    CHECK_EQ(wasm_valtype_kind(wasm_globaltype_content(copy)), WASM_F32);
    CHECK_EQ(wasm_globaltype_mutability(copy), mutability);
    wasm_globaltype_delete(copy);
  }
  CHECK(wasm_globaltype_new(wasm_valtype_new_f32(), 2) == NULL);
  CHECK(wasm_globaltype_new(NULL, WASM_CONST) == NULL);
  wasm_globaltype_delete(NULL);
}

static void table_and_memory_types(void) {
  const wasm_limits_t limits[] = {{0, 0}, {1, 7}, {3, wasm_limits_max_default}};
  for (size_t i = 0; i < 3; ++i) {
    wasm_tabletype_t* table = wasm_tabletype_new(wasm_valtype_new_externref(), &limits[i]);
    wasm_tabletype_t* table_copy = wasm_tabletype_copy(table);
    wasm_tabletype_delete(table);
    CHECK_EQ(wasm_valtype_kind(wasm_tabletype_element(table_copy)), WASM_EXTERNREF);
    CHECK_EQ(wasm_tabletype_limits(table_copy)->min, limits[i].min);
    CHECK_EQ(wasm_tabletype_limits(table_copy)->max, limits[i].max);
    wasm_tabletype_delete(table_copy);

    wasm_memorytype_t* memory = wasm_memorytype_new(&limits[i]);
    wasm_memorytype_t* memory_copy = wasm_memorytype_copy(memory);
    wasm_memorytype_delete(memory);
    CHECK_EQ(wasm_memorytype_limits(memory_copy)->min, limits[i].min);
    CHECK_EQ(wasm_memorytype_limits(memory_copy)->max, limits[i].max);
    wasm_memorytype_delete(memory_copy);
  }
  CHECK(wasm_tabletype_new(wasm_valtype_new_i32(), &limits[0]) == NULL);
  CHECK(wasm_tabletype_new(NULL, &limits[0]) == NULL);
  const wasm_limits_t wrong[] = {{2, 1}, {65537, wasm_limits_max_default}, {0, 65537}};
  for (size_t i = 0; i < 3; ++i) CHECK(wasm_memorytype_new(&wrong[i]) == NULL);
  CHECK(wasm_tabletype_new(wasm_valtype_new_funcref(), &wrong[0]) == NULL);
}

static void tag_types(void) {
  wasm_tagtype_t* type = wasm_tagtype_new(wasm_functype_new_1_0(wasm_valtype_new_i64()));
  wasm_tagtype_t* copy = wasm_tagtype_copy(type);
  CHECK(wasm_tagtype_functype(type) != wasm_tagtype_functype(copy));
  wasm_tagtype_delete(type);
  const wasm_valtype_vec_t* params = wasm_functype_params(wasm_tagtype_functype(copy));
  CHECK_EQ(params->size, 1);
  CHECK_EQ(wasm_valtype_kind(params->data[0]), WASM_I64);
  wasm_tagtype_delete(copy);
  CHECK(wasm_tagtype_new(NULL) == NULL);
}

// Every cast of every kind: exactly the right one of the five goes back, and it goes back to the same object.
static void casts(void) {
  const wasm_limits_t limits = {1, 2};
  wasm_functype_t* func = wasm_functype_new_0_0();
  wasm_globaltype_t* global = wasm_globaltype_new(wasm_valtype_new_i32(), WASM_VAR);
  wasm_tabletype_t* table = wasm_tabletype_new(wasm_valtype_new_funcref(), &limits);
  wasm_memorytype_t* memory = wasm_memorytype_new(&limits);
  wasm_tagtype_t* tag = wasm_tagtype_new(wasm_functype_new_0_0());

  wasm_externtype_t* types[] = {wasm_functype_as_externtype(func), wasm_globaltype_as_externtype(global),
                                wasm_tabletype_as_externtype(table), wasm_memorytype_as_externtype(memory),
                                wasm_tagtype_as_externtype(tag)};
  CHECK(wasm_functype_as_externtype_const(func) == types[0]);
  CHECK(wasm_globaltype_as_externtype_const(global) == types[1]);
  CHECK(wasm_tabletype_as_externtype_const(table) == types[2]);
  CHECK(wasm_memorytype_as_externtype_const(memory) == types[3]);
  CHECK(wasm_tagtype_as_externtype_const(tag) == types[4]);
  for (size_t i = 0; i < 5; ++i) {
    wasm_externtype_t* type = types[i];
    CHECK_EQ(wasm_externtype_kind(type), i);
    CHECK(wasm_externtype_as_functype(type) == (i == 0 ? func : NULL));
    CHECK(wasm_externtype_as_globaltype(type) == (i == 1 ? global : NULL));
    CHECK(wasm_externtype_as_tabletype(type) == (i == 2 ? table : NULL));
    CHECK(wasm_externtype_as_memorytype(type) == (i == 3 ? memory : NULL));
    CHECK(wasm_externtype_as_tagtype(type) == (i == 4 ? tag : NULL));
    CHECK(wasm_externtype_as_functype_const(type) == (i == 0 ? func : NULL));
    CHECK(wasm_externtype_as_globaltype_const(type) == (i == 1 ? global : NULL));
    CHECK(wasm_externtype_as_tabletype_const(type) == (i == 2 ? table : NULL));
    CHECK(wasm_externtype_as_memorytype_const(type) == (i == 3 ? memory : NULL));
    CHECK(wasm_externtype_as_tagtype_const(type) == (i == 4 ? tag : NULL));
    wasm_externtype_t* copy = wasm_externtype_copy(type);
    CHECK(copy != type);
    CHECK_EQ(wasm_externtype_kind(copy), i);
    wasm_externtype_delete(copy);
    wasm_externtype_delete(type);
  }
  CHECK(wasm_externtype_copy(NULL) == NULL);
  wasm_externtype_delete(NULL);
}

static void imports_and_exports(void) {
  wasm_name_t module, name;
  wasm_name_new_from_string(&module, "env");
  wasm_name_new_from_string_nt(&name, "add");
  CHECK_EQ(name.size, 4);
  wasm_importtype_t* import = wasm_importtype_new(&module, &name, wasm_functype_as_externtype(wasm_functype_new_0_0()));
  CHECK(module.size == 0 && module.data == NULL && name.size == 0 && name.data == NULL);
  wasm_importtype_t* import_copy = wasm_importtype_copy(import);
  wasm_importtype_delete(import);
  CHECK_BYTES(*wasm_importtype_module(import_copy), "env");
  CHECK_EQ(wasm_importtype_name(import_copy)->size, 4);
  CHECK(memcmp(wasm_importtype_name(import_copy)->data, "add", 4) == 0);
  CHECK_EQ(wasm_externtype_kind(wasm_importtype_type(import_copy)), WASM_EXTERN_FUNC);
  wasm_importtype_delete(import_copy);

  const wasm_limits_t limits = {1, 1};
  wasm_name_new_from_string(&name, "\xc3\xa9");
  wasm_exporttype_t* export_ = wasm_exporttype_new(&name, wasm_memorytype_as_externtype(wasm_memorytype_new(&limits)));
  CHECK(name.size == 0 && name.data == NULL);
  wasm_exporttype_t* export_copy = wasm_exporttype_copy(export_);
  wasm_exporttype_delete(export_);
  CHECK_BYTES(*wasm_exporttype_name(export_copy), "\xc3\xa9");
  CHECK_EQ(wasm_externtype_kind(wasm_exporttype_type(export_copy)), WASM_EXTERN_MEMORY);
  wasm_exporttype_delete(export_copy);

  // Refused: names that are not UTF-8, no type.
  wasm_name_new_from_string(&name, "\xff");
  CHECK(wasm_exporttype_new(&name, wasm_functype_as_externtype(wasm_functype_new_0_0())) == NULL);
  wasm_name_new_from_string(&module, "\xc0\x80");
  wasm_name_new_empty(&name);
  CHECK(wasm_importtype_new(&module, &name, wasm_functype_as_externtype(wasm_functype_new_0_0())) == NULL);
  wasm_name_new_from_string(&name, "\xed\xa0\x80");
  wasm_name_new_empty(&module);
  CHECK(wasm_importtype_new(&module, &name, wasm_functype_as_externtype(wasm_functype_new_0_0())) == NULL);
  CHECK(wasm_importtype_new(&module, &name, NULL) == NULL);
  CHECK(wasm_exporttype_new(&name, NULL) == NULL);
  CHECK(wasm_importtype_copy(NULL) == NULL && wasm_exporttype_copy(NULL) == NULL);
  wasm_importtype_delete(NULL);
  wasm_exporttype_delete(NULL);
}

static wasm_name_t name_of(const char* text) {
  wasm_name_t name;
  wasm_name_new_from_string(&name, text);
  return name;
}

static void delete_import(void) {
  wasm_name_t module = name_of("m"), name = name_of("n");
  wasm_importtype_delete(wasm_importtype_new(&module, &name, wasm_functype_as_externtype(wasm_functype_new_0_0())));
}

static void delete_export(void) {
  wasm_name_t name = name_of("n");
  wasm_exporttype_delete(wasm_exporttype_new(&name, wasm_functype_as_externtype(wasm_functype_new_0_0())));
}

static void everything_is_released(void) {
  const wasm_limits_t limits = {1, 2};
  CHECK_RELEASES(wasm_valtype_delete(wasm_valtype_new_i32()));
  CHECK_RELEASES(wasm_functype_delete(wasm_functype_new_1_1(wasm_valtype_new_i32(), wasm_valtype_new_i64())));
  CHECK_RELEASES(wasm_globaltype_delete(wasm_globaltype_new(wasm_valtype_new_i32(), WASM_VAR)));
  CHECK_RELEASES(wasm_tabletype_delete(wasm_tabletype_new(wasm_valtype_new_funcref(), &limits)));
  CHECK_RELEASES(wasm_memorytype_delete(wasm_memorytype_new(&limits)));
  CHECK_RELEASES(wasm_tagtype_delete(wasm_tagtype_new(wasm_functype_new_0_0())));
  CHECK_RELEASES(wasm_externtype_delete(wasm_memorytype_as_externtype(wasm_memorytype_new(&limits))));
  CHECK_RELEASES(delete_import());
  CHECK_RELEASES(delete_export());
}

int main(void) {
  value_types();
  function_types();
  global_types();
  table_and_memory_types();
  tag_types();
  casts();
  imports_and_exports();
  everything_is_released();
  return 0;
}
