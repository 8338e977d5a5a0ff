// Vectors of wasm.h: each of the five functions for each of the thirteen types of elements.
#include <wasm.h>

#include "check.h"

static wasm_importtype_t* new_import(void) {
  wasm_name_t module, name;
  wasm_name_new_from_string(&module, "m");
  wasm_name_new_from_string(&name, "n");
  return wasm_importtype_new(&module, &name, wasm_functype_as_externtype(wasm_functype_new_0_0()));
}

static wasm_exporttype_t* new_export(void) {
  wasm_name_t name;
  wasm_name_new_from_string(&name, "n");
  return wasm_exporttype_new(&name, wasm_functype_as_externtype(wasm_functype_new_0_0()));
}

static const wasm_limits_t limits = {1, 2};

// `make` gives an owned element. A vector of two elements and a NULL, its copy, and vectors without elements.
#define OWNED_VECTOR(name, make)                                                            \
  static void name##_vector(void) {                                                         \
    wasm_##name##_t* elements[] = {make, NULL, make};                                       \
    wasm_##name##_vec_t vec, copy;                                                          \
    wasm_##name##_vec_new(&vec, 3, elements);                                               \
    CHECK_EQ(vec.size, 3);                                                                  \
    CHECK(vec.data != elements);                                                            \
    CHECK(vec.data[0] == elements[0] && vec.data[1] == NULL && vec.data[2] == elements[2]); \
    wasm_##name##_vec_copy(&copy, &vec);                                                    \
    CHECK_EQ(copy.size, 3);                                                                 \
    CHECK(copy.data != vec.data);                                                           \
    CHECK((copy.data[0] == NULL) == (vec.data[0] == NULL) && copy.data[1] == NULL);         \
    wasm_##name##_vec_delete(&vec);                                                         \
    CHECK(vec.size == 0 && vec.data == NULL);                                               \
    wasm_##name##_vec_delete(&vec);                                                         \
    wasm_##name##_vec_delete(&copy);                                                        \
    wasm_##name##_vec_new_uninitialized(&vec, 2);                                           \
    CHECK_EQ(vec.size, 2);                                                                  \
    CHECK(vec.data[0] == NULL && vec.data[1] == NULL);                                      \
    vec.data[1] = make;                                                                     \
    wasm_##name##_vec_delete(&vec);                                                         \
    vec.size = 1;                                                                           \
    wasm_##name##_vec_new_empty(&vec);                                                      \
    CHECK(vec.size == 0 && vec.data == NULL);                                               \
    wasm_##name##_vec_new(&vec, 0, NULL);                                                   \
    CHECK(vec.size == 0 && vec.data == NULL);                                               \
    wasm_##name##_vec_copy(&copy, &vec);                                                    \
    CHECK(copy.size == 0 && copy.data == NULL);                                             \
  }

OWNED_VECTOR(valtype, wasm_valtype_new_i64())
OWNED_VECTOR(functype, wasm_functype_new_0_0())
OWNED_VECTOR(globaltype, wasm_globaltype_new(wasm_valtype_new_i32(), WASM_VAR))
OWNED_VECTOR(tabletype, wasm_tabletype_new(wasm_valtype_new_funcref(), &limits))
OWNED_VECTOR(memorytype, wasm_memorytype_new(&limits))
OWNED_VECTOR(tagtype, wasm_tagtype_new(wasm_functype_new_0_0()))
OWNED_VECTOR(externtype, wasm_memorytype_as_externtype(wasm_memorytype_new(&limits)))
OWNED_VECTOR(importtype, new_import())
OWNED_VECTOR(exporttype, new_export())
OWNED_VECTOR(frame, NULL)
OWNED_VECTOR(extern, NULL)

static void byte_vector(void) {
  wasm_byte_vec_t vec, copy;
  wasm_byte_vec_new(&vec, 4, "a\0b");
  CHECK_EQ(vec.size, 4);
  CHECK(memcmp(vec.data, "a\0b", 4) == 0);
  wasm_byte_vec_copy(&copy, &vec);
  vec.data[0] = 'z';
  CHECK_EQ(copy.size, 4);
  CHECK(memcmp(copy.data, "a\0b", 4) == 0);
  wasm_byte_vec_delete(&vec);
  CHECK(vec.size == 0 && vec.data == NULL);
  wasm_byte_vec_delete(&copy);
  wasm_byte_vec_new_uninitialized(&vec, 1000);
  CHECK_EQ(vec.size, 1000);
  for (size_t i = 0; i < 1000; ++i) CHECK_EQ(vec.data[i], 0);
  wasm_byte_vec_delete(&vec);
  wasm_byte_vec_new(&vec, 0, NULL);
  CHECK(vec.size == 0 && vec.data == NULL);
  vec.size = 7;
  wasm_byte_vec_new_empty(&vec);
  CHECK(vec.size == 0 && vec.data == NULL);
}

static void value_vector(void) {
  const wasm_val_t values[] = {{WASM_I32, {0}}, {WASM_I64, {0}}, {WASM_EXTERNREF, {0}}};
  wasm_val_vec_t vec, copy;
  wasm_val_vec_new(&vec, 3, values);
  CHECK_EQ(vec.size, 3);
  vec.data[0].of.i32 = 42;
  vec.data[1].of.i64 = INT64_MIN;
  vec.data[2].of.ref = NULL;
  wasm_val_vec_copy(&copy, &vec);
  CHECK_EQ(copy.size, 3);
  CHECK_EQ(copy.data[0].of.i32, 42);
  CHECK_EQ(copy.data[1].of.i64, INT64_MIN);
  CHECK_EQ(copy.data[2].kind, WASM_EXTERNREF);
  CHECK(copy.data[2].of.ref == NULL);
  wasm_val_vec_delete(&vec);
  CHECK(vec.size == 0 && vec.data == NULL);
  wasm_val_vec_delete(&copy);
  wasm_val_vec_new_uninitialized(&vec, 2);
  CHECK_EQ(vec.size, 2);
  CHECK(vec.data[1].kind == WASM_I32 && vec.data[1].of.i64 == 0);
  wasm_val_vec_delete(&vec);
  vec.size = 7;
  wasm_val_vec_new_empty(&vec);
  CHECK(vec.size == 0 && vec.data == NULL);
}

// More than there is: the vector is empty, what was to be moved is released (the sanitizers look).
static void too_large(void) {
  wasm_byte_vec_t bytes = {7, NULL};
  wasm_byte_vec_new_uninitialized(&bytes, SIZE_MAX);
  CHECK(bytes.size == 0 && bytes.data == NULL);
  wasm_valtype_vec_t types = {7, NULL};
  wasm_valtype_vec_new_uninitialized(&types, SIZE_MAX / 4);
  CHECK(types.size == 0 && types.data == NULL);
  wasm_val_vec_t values = {7, NULL};
  wasm_val_vec_new_uninitialized(&values, SIZE_MAX / 8);
  CHECK(values.size == 0 && values.data == NULL);
}

int main(void) {
  byte_vector();
  value_vector();
  valtype_vector();
  functype_vector();
  globaltype_vector();
  tabletype_vector();
  memorytype_vector();
  tagtype_vector();
  externtype_vector();
  importtype_vector();
  exporttype_vector();
  frame_vector();
  extern_vector();
  too_large();
  return 0;
}
