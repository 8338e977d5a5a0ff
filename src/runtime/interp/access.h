// Typed access to slots and guest memory, as handlers need it.
#pragma once

#include <bit>
#include <cstring>
#include <tuple>
#include <type_traits>

#include "abi/context.h"
#include "base/numeric.h"

namespace gantry::interp {

// Types of parameters and result of a function of base/numeric.h.
template <class F>
struct Signature;
template <class R, class... Args>
struct Signature<R (*)(Args...)> {
  using Result = R;
  template <int kIndex>
  using Arg = std::remove_cvref_t<std::tuple_element_t<kIndex, std::tuple<Args...>>>;
};

template <class T>
inline T Peek(const void* from) {
  T value;
  std::memcpy(&value, from, sizeof(T));
  return value;
}
template <class T>
inline void Poke(void* to, T value) {
  std::memcpy(to, &value, sizeof(T));
}

// A value in a slot. [R2] of rcode.h: 32-bit values are written as whole slots.
template <class T>
inline T Read(const abi::Slot* slot) {
  return Peek<T>(slot);
}
inline void Write(abi::Slot* slot, uint32_t value) { *slot = value; }
inline void Write(abi::Slot* slot, uint64_t value) { *slot = value; }
inline void Write(abi::Slot* slot, float value) { *slot = std::bit_cast<uint32_t>(value); }
inline void Write(abi::Slot* slot, double value) { *slot = std::bit_cast<uint64_t>(value); }
inline void Write(abi::Slot* slot, const V128& value) { Poke(slot, value); }
inline void Write(abi::Slot* slot, num::Wide value) {
  slot[0] = value.low;
  slot[1] = value.high;
}

// An operand from the 64-bit word of a K variant.
template <class T>
inline T FromBits(uint64_t bits) {
  if constexpr (sizeof(T) == 4)
    return std::bit_cast<T>(static_cast<uint32_t>(bits));
  else
    return std::bit_cast<T>(bits);
}

// The accumulator: an integer one and one for f64.
template <class T>
inline T FromAcc(uint64_t acc, double facc) {
  if constexpr (std::is_same_v<T, double>)
    return facc;
  else
    return static_cast<T>(acc);
}
inline void ToAcc(uint64_t& acc, double&, uint64_t value) { acc = value; }
inline void ToAcc(uint64_t& acc, double&, uint32_t value) { acc = value; }
inline void ToAcc(uint64_t&, double& facc, double value) { facc = value; }

// Results that may come with a trap.
template <class T>
constexpr num::NumTrap TrapIn(const T&) {
  return num::NumTrap::None;
}
template <class T>
constexpr num::NumTrap TrapIn(const num::Checked<T>& result) {
  return result.trap;
}
template <class T>
constexpr const T& ValueIn(const T& result) {
  return result;
}
template <class T>
constexpr const T& ValueIn(const num::Checked<T>& result) {
  return result.value;
}

// Where `size` bytes at address + offset of any memory lie; null if they are not all inside.
inline uint8_t* Locate(const abi::InstanceContext* ctx, uint32_t memory, uint64_t address, uint64_t offset,
                       uint64_t size) {
  const abi::MemoryDef* def = ctx->memories[memory];
  const uint64_t length = def->length.load(std::memory_order_acquire);
  uint64_t start;
  if (__builtin_add_overflow(address, offset, &start) || start > length || length - start < size) return nullptr;
  return def->base + start;
}

// Plain accesses to a memory that other threads may use: relaxed atomics, byte by byte where the address is not
// aligned.
template <class T>
inline T LoadRelaxed(const uint8_t* from) {
  if constexpr (std::is_same_v<T, double>) return std::bit_cast<double>(LoadRelaxed<uint64_t>(from));
  if constexpr (std::is_integral_v<T>) {
    if ((reinterpret_cast<uintptr_t>(from) & (sizeof(T) - 1)) == 0) {
      return __atomic_load_n(reinterpret_cast<const T*>(from), __ATOMIC_RELAXED);
    }
  }
  T value;
  uint8_t bytes[sizeof(T)];
  for (size_t i = 0; i < sizeof(T); ++i) bytes[i] = __atomic_load_n(from + i, __ATOMIC_RELAXED);
  std::memcpy(&value, bytes, sizeof(T));
  return value;
}
template <class T>
inline void StoreRelaxed(uint8_t* to, T value) {
  if constexpr (std::is_same_v<T, double>) return StoreRelaxed(to, std::bit_cast<uint64_t>(value));
  if constexpr (std::is_integral_v<T>) {
    if ((reinterpret_cast<uintptr_t>(to) & (sizeof(T) - 1)) == 0) {
      __atomic_store_n(reinterpret_cast<T*>(to), value, __ATOMIC_RELAXED);
      return;
    }
  }
  uint8_t bytes[sizeof(T)];
  std::memcpy(bytes, &value, sizeof(T));
  for (size_t i = 0; i < sizeof(T); ++i) __atomic_store_n(to + i, bytes[i], __ATOMIC_RELAXED);
}

}  // namespace gantry::interp
