// CallShape: what a call needs to know of a function or its type, at hand. Most functions take and give a few numbers,
// which need no look at their types: they are copied between values and slots as they are.
#pragma once

#include <wasmtime/val.h>

#include <cstddef>
#include <cstdint>

#include "abi/context.h"
#include "wasm/type_registry.h"

namespace gantry::capi {

struct CallShape {
  static constexpr size_t kMostValues = 16;

  CallShape() = default;
  explicit CallShape(const wasm::CanonType& type);
  // Of this function. `type` is its type.
  explicit CallShape(const abi::FuncRef* func);

  // Of value `i`, counted over parameters and then results: its slot holds these bits and no more.
  abi::Slot ToSlot(size_t i, int64_t bits) const {
    static_assert((WASMTIME_I32 & 1) == 0 && (WASMTIME_F32 & 1) == 0 && (WASMTIME_I64 & WASMTIME_F64 & 1) == 1);
    return (kinds[i] & 1) != 0 ? static_cast<abi::Slot>(bits) : static_cast<uint32_t>(bits);
  }

  const wasm::CanonType* type = nullptr;
  uint32_t params = 0, results = 0;
  uint32_t raw_values = 0;                // the larger of the two
  abi::ArrayEntry raw_entry = nullptr;    // of a native function (runtime::NativeCode::RawEntry)
  bool is_plain = false;                  // numbers of 32 and 64 bits only, at most kMostValues together
  wasmtime_valkind_t kinds[kMostValues];  // of parameters, then of results, if `is_plain`
};

}  // namespace gantry::capi
