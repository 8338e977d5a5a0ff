// The vectors of wasm.h: five functions for each of the thirteen types of elements. Tested by tests/capi/wasm_vec.c.
#include "capi/vec.h"

namespace gantry::capi {

namespace {

// What the elements of a vector need: wasm_val_t and bytes stand in it themselves, all others as owned pointers.
struct Byte {
  static void Copy(wasm_byte_t* to, const wasm_byte_t& from) { *to = from; }
  static void Release(wasm_byte_t&) {}
};

struct Val {
  static void Copy(wasm_val_t* to, const wasm_val_t& from) { wasm_val_copy(to, &from); }
  static void Release(wasm_val_t& val) { wasm_val_delete(&val); }
};

template <class T, T* (*kCopy)(const T*), void (*kDelete)(T*)>
struct Owned {
  static void Copy(T** to, T* const& from) { *to = from == nullptr ? nullptr : kCopy(from); }
  static void Release(T*& element) {
    if (element != nullptr) kDelete(element);
  }
};

template <class Traits, class Vec>
void DeleteVec(Vec* vec) {
  if (vec == nullptr) return;
  for (auto& element : Elements(*vec)) Traits::Release(element);
  std::free(vec->data);
  *vec = {0, nullptr};
}

template <class Traits, class Vec, class Element>
void MoveIntoVec(Vec* out, size_t size, Element* elements) {
  if (AllocateVec(out, size)) {
    if (size != 0) std::memcpy(out->data, elements, size * sizeof(Element));
    return;
  }
  for (size_t i = 0; i < size; ++i) {
    auto element = elements[i];
    Traits::Release(element);
  }
}

template <class Traits, class Vec>
void CopyVec(Vec* out, const Vec* vec) {
  const auto elements = Elements(*vec);
  if (!AllocateVec(out, elements.size())) return;
  for (size_t i = 0; i < elements.size(); ++i) Traits::Copy(&out->data[i], elements[i]);
}

}  // namespace

}  // namespace gantry::capi

using namespace gantry::capi;  // NOLINT: the functions below are a table

#define VEC_FUNCTIONS(name, Element, Traits)                                                                           \
  void wasm_##name##_vec_new_empty(wasm_##name##_vec_t* out) { *out = {0, nullptr}; }                                  \
  void wasm_##name##_vec_new_uninitialized(wasm_##name##_vec_t* out, size_t size) { AllocateVec(out, size); }          \
  void wasm_##name##_vec_new(wasm_##name##_vec_t* out, size_t size, Element const elements[]) {                        \
    MoveIntoVec<Traits>(out, size, elements);                                                                          \
  }                                                                                                                    \
  void wasm_##name##_vec_copy(wasm_##name##_vec_t* out, const wasm_##name##_vec_t* vec) { CopyVec<Traits>(out, vec); } \
  void wasm_##name##_vec_delete(wasm_##name##_vec_t* vec) { DeleteVec<Traits>(vec); }

#define VEC_OF_OWNED(name)                                                               \
  using Owned_##name = Owned<wasm_##name##_t, wasm_##name##_copy, wasm_##name##_delete>; \
  VEC_FUNCTIONS(name, wasm_##name##_t*, Owned_##name)

VEC_FUNCTIONS(byte, wasm_byte_t, Byte)
VEC_FUNCTIONS(val, wasm_val_t, Val)
VEC_OF_OWNED(valtype)
VEC_OF_OWNED(functype)
VEC_OF_OWNED(globaltype)
VEC_OF_OWNED(tabletype)
VEC_OF_OWNED(memorytype)
VEC_OF_OWNED(tagtype)
VEC_OF_OWNED(externtype)
VEC_OF_OWNED(importtype)
VEC_OF_OWNED(exporttype)
VEC_OF_OWNED(frame)
VEC_OF_OWNED(extern)
