// Values between the embedder (wasm_val_t) and slots (abi/context.h). References count by what they are: the kind of a
// wasm_val_t tells numbers, vectors and references apart, but not one kind of reference from another, since a common
// way to make one (WASM_REF_VAL) says "externref" of all.
//
// Tested by tests/capi/wasm_values.c.
#pragma once

#include <span>

#include "capi/wasm_refs.h"

namespace gantry::capi {

// Writes values as slots if they have these canonical types. May collect before it writes, not afterwards. Error
// (Usage) that says which value is wrong; Error (Host) without memory. As many values as types.
Result<void> ToSlots(WasmStore& store, std::span<const wasm_val_t> vals, std::span<const wasm::ValType> types,
                     abi::Slot* slots);

// The same for one reference; null is null.
Result<abi::Slot> ToSlot(WasmStore& store, wasm_ref_t* ref, wasm::ValType type);

// The reverse: the embedder owns the result.
void FromSlots(WasmStore& store, wasm::ValType type, const abi::Slot* slots, wasm_val_t* out);
wasm_ref_t* FromSlot(WasmStore& store, wasm::ValType type, abi::Slot slot);

// Zero or null, of the type's kind.
wasm_val_t NullOf(wasm::ValType type);

}  // namespace gantry::capi
