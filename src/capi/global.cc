// wasmtime/global.h: globals.
#include <wasmtime/global.h>

#include "capi/core.h"
#include "capi/types.h"

using namespace gantry;
using namespace gantry::capi;

wasmtime_error_t* wasmtime_global_new(wasmtime_context_t* store, const wasm_globaltype_t* type,
                                      const wasmtime_val_t* val, wasmtime_global_t* ret) {
  StoreState& state = StoreState::Of(store);
  abi::Slot slots[2] = {};
  if (Result<void> fits = FromVal(state, *val, type->type.type, slots); !fits) return NewError(fits.error());
  state.runtime().KeepAlive(type->content.hold);
  *ret = Pack(state, state.runtime().NewGlobal(type->type, {slots[0], slots[1]}));
  return nullptr;
}

wasm_globaltype_t* wasmtime_global_type(const wasmtime_context_t* store, const wasmtime_global_t* global) {
  return NewGlobalType(Unpack(StoreState::Of(store), *global)->type);
}

void wasmtime_global_get(wasmtime_context_t* store, const wasmtime_global_t* global, wasmtime_val_t* out) {
  StoreState& state = StoreState::Of(store);
  const runtime::Global& from = *Unpack(state, *global);
  const abi::Slot slots[2] = {from.cell->low, from.cell->high};
  ToVal(state, from.type.type, slots, out);
}

wasmtime_error_t* wasmtime_global_set(wasmtime_context_t* store, const wasmtime_global_t* global,
                                      const wasmtime_val_t* val) {
  StoreState& state = StoreState::Of(store);
  runtime::Global& to = *Unpack(state, *global);
  if (!to.type.is_mutable) return NewError("immutable global cannot be set");
  abi::Slot slots[2] = {};
  if (Result<void> fits = FromVal(state, *val, to.type.type, slots); !fits) return NewError(fits.error());
  to.cell->low = slots[0];
  to.cell->high = slots[1];
  return nullptr;
}
