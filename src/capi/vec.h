// Vectors of the C API as this folder makes and reads them. Their arrays come from malloc, so that an embedder that
// fills in an array of its own, made by malloc, may pass the vector on as owned.
#pragma once

#include <wasm.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <span>
#include <string_view>

namespace gantry::capi {

// `size` elements of zeros; false, and *out is empty, if there is not enough memory.
template <class Vec>
bool AllocateVec(Vec* out, size_t size) {
  using Element = std::remove_pointer_t<decltype(out->data)>;
  const bool possible = size != 0 && size <= PTRDIFF_MAX / sizeof(Element);
  out->data = possible ? static_cast<Element*>(std::calloc(size, sizeof(Element))) : nullptr;
  out->size = out->data == nullptr ? 0 : size;
  return out->size == size;
}

// Hands out the contents: *vec becomes empty.
template <class Vec>
Vec TakeVec(Vec* vec) {
  const Vec taken = *vec;
  *vec = {0, nullptr};
  return taken;
}

template <class Vec>
auto Elements(const Vec& vec) {
  return std::span(vec.data, vec.data == nullptr ? 0 : vec.size);
}

inline std::string_view TextOf(const wasm_byte_vec_t& bytes) {
  return bytes.data == nullptr ? std::string_view() : std::string_view(bytes.data, bytes.size);
}

inline std::span<const uint8_t> Bytes(const wasm_byte_vec_t& bytes) {
  return {reinterpret_cast<const uint8_t*>(bytes.data), bytes.data == nullptr ? 0 : bytes.size};
}

// A vector with a copy of these bytes.
inline wasm_byte_vec_t NewByteVec(std::string_view bytes) {
  wasm_byte_vec_t out;
  if (AllocateVec(&out, bytes.size()) && !bytes.empty()) std::memcpy(out.data, bytes.data(), bytes.size());
  return out;
}

}  // namespace gantry::capi
