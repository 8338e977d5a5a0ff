// V128: a 128-bit SIMD value, and its views as lanes of any type. Lane 0 lies at the lowest address (spec 4.3.6).
//
// The storage is a compiler vector, so that a V128 travels in one vector register, also in calls that are not inlined.
// Constant evaluation uses lane arrays (ToLanes), run-time code vectors (ToVector); both are bit casts.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace gantry {

namespace internal {
template <class T>
struct VectorOf {
  typedef T type __attribute__((vector_size(16)));
};
}  // namespace internal

// A compiler vector of 16 bytes: operators work lane by lane, comparisons give lanes of 0 and -1.
template <class T>
using Vector = typename internal::VectorOf<T>::type;

template <class T>
inline constexpr int kLaneCount = 16 / sizeof(T);

template <class T>
using Lanes = std::array<T, kLaneCount<T>>;

struct alignas(16) V128 {
  Vector<uint8_t> bytes;

  friend constexpr bool operator==(const V128& a, const V128& b) {
    return std::bit_cast<Lanes<uint64_t>>(a) == std::bit_cast<Lanes<uint64_t>>(b);
  }
};
static_assert(sizeof(V128) == 16 && alignof(V128) == 16);

template <class T>
constexpr Lanes<T> ToLanes(const V128& v) {
  return std::bit_cast<Lanes<T>>(v);
}

template <class T>
constexpr V128 FromLanes(const Lanes<T>& lanes) {
  return std::bit_cast<V128>(lanes);
}

template <class T>
constexpr Vector<T> ToVector(const V128& v) {
  return std::bit_cast<Vector<T>>(v.bytes);
}

template <class V>
constexpr V128 FromVector(const V& v) {
  return std::bit_cast<V128>(v);
}

// Lane `lane` of `v` seen as lanes of type T. The lane number is taken modulo the lane count.
template <class T>
constexpr T Lane(const V128& v, int lane) {
  return ToLanes<T>(v)[static_cast<size_t>(lane) & (kLaneCount<T> - 1)];
}

// `v` with lane `lane` replaced.
template <class T>
constexpr V128 WithLane(const V128& v, int lane, T value) {
  Lanes<T> lanes = ToLanes<T>(v);
  lanes[static_cast<size_t>(lane) & (kLaneCount<T> - 1)] = value;
  return FromLanes<T>(lanes);
}

}  // namespace gantry
