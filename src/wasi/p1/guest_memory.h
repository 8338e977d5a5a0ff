// GuestMemory: the linear memory of the calling instance, as a WASI function sees it during one call.
// Every access is checked against the size; guest addresses need no alignment and are little-endian.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace gantry::wasi {

struct GuestMemory {
  uint8_t* base = nullptr;
  uint64_t size = 0;

  // [address, address + length) lies inside. Cannot overflow: both are below 2^32 plus 2^32 * 64.
  bool Has(uint64_t address, uint64_t length) const { return length <= size && address <= size - length; }

  // Null when out of bounds.
  uint8_t* At(uint32_t address, uint64_t length) const { return Has(address, length) ? base + address : nullptr; }

  template <class T>
  bool Store(uint32_t address, T value) const {
    if (!Has(address, sizeof(T))) return false;
    std::memcpy(base + address, &value, sizeof(T));
    return true;
  }

  template <class T>
  bool Load(uint32_t address, T* value) const {
    if (!Has(address, sizeof(T))) return false;
    std::memcpy(value, base + address, sizeof(T));
    return true;
  }
};

}  // namespace gantry::wasi
