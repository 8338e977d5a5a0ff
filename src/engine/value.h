// Value: a WebAssembly value in the embedder's hands. References are only good while nothing allocates in the store,
// unless the embedder roots them (gc::Heap::AddRoot).
#pragma once

#include <bit>
#include <cstdint>

#include "abi/context.h"
#include "runtime/gc/heap.h"
#include "wasm/types.h"

namespace gantry::engine {

struct Value {
  wasm::ValType type;  // canonical
  abi::Slot low = 0;   // as in a frame slot (abi/context.h)
  abi::Slot high = 0;  // v128 only

  static Value I32(uint32_t v) { return {wasm::kI32, v, 0}; }
  static Value I64(uint64_t v) { return {wasm::kI64, v, 0}; }
  static Value F32(float v) { return {wasm::kF32, std::bit_cast<uint32_t>(v), 0}; }
  static Value F64(double v) { return {wasm::kF64, std::bit_cast<uint64_t>(v), 0}; }
  static Value V128(uint64_t low, uint64_t high) { return {wasm::kV128, low, high}; }
  static Value Ref(wasm::ValType type, gc::Ref ref) { return {type, ref, 0}; }
  static Value Func(wasm::ValType type, abi::FuncRef* func) { return {type, reinterpret_cast<uintptr_t>(func), 0}; }

  uint32_t i32() const { return static_cast<uint32_t>(low); }
  uint64_t i64() const { return low; }
  float f32() const { return std::bit_cast<float>(static_cast<uint32_t>(low)); }
  double f64() const { return std::bit_cast<double>(low); }
  gc::Ref ref() const { return static_cast<gc::Ref>(low); }
  abi::FuncRef* func() const { return reinterpret_cast<abi::FuncRef*>(low); }
};

}  // namespace gantry::engine
