// Globals, tables and memories of wasm.h. Tested by tests/capi/wasm_items.c.
#include <algorithm>
#include <limits>

#include "capi/types.h"
#include "capi/wasm_values.h"

using namespace gantry;        // NOLINT: the C functions
using namespace gantry::capi;  // NOLINT

using abi::Slot;
using runtime::Extern;
using wasm::ExternKind;

namespace {

// As 32-bit sizes are shown.
uint32_t Shown(uint64_t number) {
  return static_cast<uint32_t>(std::min<uint64_t>(number, std::numeric_limits<uint32_t>::max()));
}

template <class Record>
Record* Made(WasmStore& store, const Extern& item) {
  return static_cast<Record*>(store.RecordOf(item));
}

}  // namespace

// --- globals

wasm_global_t* wasm_global_new(wasm_store_t* store, const wasm_globaltype_t* type, const wasm_val_t* val) {
  WasmStore& to = *store->store;
  Slot slots[2] = {};
  if (!ToSlots(to, {val, 1}, {&type->type.type, 1}, slots)) return nullptr;
  to.runtime().KeepAlive(type->content.hold);
  runtime::Global* const global = to.runtime().NewGlobal(type->type, {slots[0], slots[1]});
  return Made<wasm_global_t>(to, {.kind = ExternKind::Global, .global = global});
}

wasm_globaltype_t* wasm_global_type(const wasm_global_t* global) { return NewGlobalType(global->item.global->type); }

void wasm_global_get(const wasm_global_t* global, wasm_val_t* out) {
  const runtime::Global& from = *global->item.global;
  const Slot slots[2] = {from.cell->low, from.cell->high};
  FromSlots(*global->store, from.type.type, slots, out);
}

void wasm_global_set(wasm_global_t* global, const wasm_val_t* val) {
  const runtime::Global& to = *global->item.global;
  Slot slots[2] = {};
  if (!to.type.is_mutable || !ToSlots(*global->store, {val, 1}, {&to.type.type, 1}, slots)) return;
  to.cell->low = slots[0];
  to.cell->high = slots[1];
  global->store->Settle();
}

// --- tables

wasm_table_t* wasm_table_new(wasm_store_t* store, const wasm_tabletype_t* type, wasm_ref_t* init) {
  WasmStore& to = *store->store;
  const Result<Slot> slot = ToSlot(to, init, type->type.element);
  if (!slot) return nullptr;
  const Result<runtime::Table*> table = to.runtime().NewTable(type->type, *slot);
  if (!table) return nullptr;
  to.runtime().KeepAlive(type->element.hold);
  return Made<wasm_table_t>(to, {.kind = ExternKind::Table, .table = *table});
}

wasm_tabletype_t* wasm_table_type(const wasm_table_t* table) { return NewTableType(table->item.table->type()); }

wasm_ref_t* wasm_table_get(const wasm_table_t* table, wasm_table_size_t index) {
  const runtime::Table& from = *table->item.table;
  return index < from.size() ? FromSlot(*table->store, from.type().element, from.Get(index)) : nullptr;
}

bool wasm_table_set(wasm_table_t* table, wasm_table_size_t index, wasm_ref_t* ref) {
  runtime::Table& to = *table->item.table;
  if (index >= to.size()) return false;
  const Result<Slot> slot = ToSlot(*table->store, ref, to.type().element);
  if (!slot) return false;
  to.Set(index, *slot);
  table->store->Settle();
  return true;
}

wasm_table_size_t wasm_table_size(const wasm_table_t* table) { return Shown(table->item.table->size()); }

bool wasm_table_grow(wasm_table_t* table, wasm_table_size_t delta, wasm_ref_t* init) {
  runtime::Table& to = *table->item.table;
  const Result<Slot> slot = ToSlot(*table->store, init, to.type().element);
  return slot && to.Grow(delta, *slot, table->store->runtime().config().limits.max_table_elements) >= 0;
}

// --- memories

wasm_memory_t* wasm_memory_new(wasm_store_t* store, const wasm_memorytype_t* type) {
  const Result<runtime::Memory*> memory = store->store->runtime().NewMemory(type->type);
  if (!memory) return nullptr;
  return Made<wasm_memory_t>(*store->store, {.kind = ExternKind::Memory, .memory = *memory});
}

wasm_memorytype_t* wasm_memory_type(const wasm_memory_t* memory) {
  return NewMemoryType(memory->item.memory->storage->type());
}
byte_t* wasm_memory_data(wasm_memory_t* memory) { return reinterpret_cast<byte_t*>(memory->item.memory->def()->base); }

size_t wasm_memory_data_size(const wasm_memory_t* memory) {
  return memory->item.memory->def()->length.load(std::memory_order_acquire);
}

wasm_memory_pages_t wasm_memory_size(const wasm_memory_t* memory) {
  return Shown(memory->item.memory->storage->pages());
}

bool wasm_memory_grow(wasm_memory_t* memory, wasm_memory_pages_t delta) {
  const uint64_t most = memory->store->runtime().config().limits.max_memory_bytes;
  return memory->item.memory->storage->Grow(delta, most) >= 0;
}
