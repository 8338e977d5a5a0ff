// wasmtime/table.h: tables.
#include <wasmtime/table.h>

#include "capi/core.h"
#include "capi/types.h"

using namespace gantry;
using namespace gantry::capi;

wasmtime_error_t* wasmtime_table_new(wasmtime_context_t* store, const wasm_tabletype_t* ty, const wasmtime_val_t* init,
                                     wasmtime_table_t* table) {
  StoreState& state = StoreState::Of(store);
  abi::Slot slot;
  if (Result<void> fits = FromVal(state, *init, ty->type.element, &slot); !fits) return NewError(fits.error());
  state.runtime().KeepAlive(ty->element.hold);
  Result<runtime::Table*> made = state.runtime().NewTable(ty->type, slot);
  if (!made) return NewError(made.error());
  *table = Pack(state, *made);
  return nullptr;
}

wasm_tabletype_t* wasmtime_table_type(const wasmtime_context_t* store, const wasmtime_table_t* table) {
  return NewTableType(Unpack(StoreState::Of(store), *table)->type());
}

bool wasmtime_table_get(wasmtime_context_t* store, const wasmtime_table_t* table, uint64_t index, wasmtime_val_t* val) {
  StoreState& state = StoreState::Of(store);
  const runtime::Table& from = *Unpack(state, *table);
  if (index >= from.size()) return false;
  const abi::Slot slot = from.Get(index);
  ToVal(state, from.type().element, &slot, val);
  return true;
}

wasmtime_error_t* wasmtime_table_set(wasmtime_context_t* store, const wasmtime_table_t* table, uint64_t index,
                                     const wasmtime_val_t* value) {
  StoreState& state = StoreState::Of(store);
  runtime::Table& to = *Unpack(state, *table);
  abi::Slot slot;
  if (Result<void> fits = FromVal(state, *value, to.type().element, &slot); !fits) return NewError(fits.error());
  if (index >= to.size()) return NewError("table element index out of bounds");
  to.Set(index, slot);
  return nullptr;
}

uint64_t wasmtime_table_size(const wasmtime_context_t* store, const wasmtime_table_t* table) {
  return Unpack(StoreState::Of(store), *table)->size();
}

wasmtime_error_t* wasmtime_table_grow(wasmtime_context_t* store, const wasmtime_table_t* table, uint64_t delta,
                                      const wasmtime_val_t* init, uint64_t* prev_size) {
  StoreState& state = StoreState::Of(store);
  runtime::Table& grown = *Unpack(state, *table);
  abi::Slot slot;
  if (Result<void> fits = FromVal(state, *init, grown.type().element, &slot); !fits) return NewError(fits.error());
  const int64_t before = grown.Grow(delta, slot, state.runtime().config().limits.max_table_elements);
  if (before < 0) return NewError("failed to grow table by `" + std::to_string(delta) + "`");
  *prev_size = static_cast<uint64_t>(before);
  return nullptr;
}
