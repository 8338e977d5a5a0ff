// Values of fields and array elements between slots (abi/context.h) and objects (abi/gc_layout.h).
#pragma once

#include <cstdint>
#include <cstring>

#include "abi/context.h"
#include "abi/gc_layout.h"

namespace gantry::gc {

// Stores the value in slots[0] (v128: and slots[1]) at `to`, as a field of this (canonical) storage type.
inline void WriteStorage(uint8_t* to, wasm::ValType storage, const abi::Slot* slots) {
  // Slots and fields are both little-endian, so the low bytes are the value.
  std::memcpy(to, slots, abi::StorageSize(storage));
}

// The same in the other direction; small integers are zero-extended.
inline void ReadStorage(const uint8_t* from, wasm::ValType storage, abi::Slot* slots) {
  slots[0] = 0;
  std::memcpy(slots, from, abi::StorageSize(storage));
}

}  // namespace gantry::gc
