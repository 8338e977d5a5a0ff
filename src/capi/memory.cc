// wasmtime/memory.h: linear memories and their types.
#include <wasmtime/memory.h>

#include "capi/core.h"
#include "capi/types.h"

using namespace gantry;
using namespace gantry::capi;

wasmtime_error_t* wasmtime_memorytype_new(uint64_t min, bool max_present, uint64_t max, bool is_64, bool shared,
                                          uint8_t page_size_log2, wasm_memorytype_t** ret) {
  wasm::MemoryType type;
  type.limits.min = min;
  if (max_present) type.limits.max = max;
  type.is_64 = is_64;
  type.is_shared = shared;
  if (page_size_log2 != 0 && page_size_log2 != 16) return NewError("memory page size must be 1 byte or 64 KiB");
  type.page_size_log2 = page_size_log2;
  if (shared && !max_present) return NewError("shared memories must have a maximum size");
  if (max_present && max < min) return NewError("maximum page size cannot be smaller than the minimum page size");
  // The most pages that an address space of this width holds (spec 3.2.5).
  const uint32_t address_bits = is_64 ? 64 : 32;
  const uint64_t most = page_size_log2 == 0 && is_64 ? ~uint64_t{0} : uint64_t{1} << (address_bits - page_size_log2);
  if (min > most) return NewError("minimum size of a memory exceeds its address space");
  if (max_present && max > most) return NewError("maximum size of a memory exceeds its address space");
  *ret = NewMemoryType(type);
  return nullptr;
}

uint64_t wasmtime_memorytype_minimum(const wasm_memorytype_t* ty) { return ty->type.limits.min; }

bool wasmtime_memorytype_maximum(const wasm_memorytype_t* ty, uint64_t* max) {
  if (!ty->type.limits.max) return false;
  *max = *ty->type.limits.max;
  return true;
}

bool wasmtime_memorytype_is64(const wasm_memorytype_t* ty) { return ty->type.is_64; }
bool wasmtime_memorytype_isshared(const wasm_memorytype_t* ty) { return ty->type.is_shared; }
uint64_t wasmtime_memorytype_page_size(const wasm_memorytype_t* ty) { return ty->type.page_size(); }
uint8_t wasmtime_memorytype_page_size_log2(const wasm_memorytype_t* ty) { return ty->type.page_size_log2; }

wasmtime_error_t* wasmtime_memory_new(wasmtime_context_t* store, const wasm_memorytype_t* ty, wasmtime_memory_t* ret) {
  StoreState& state = StoreState::Of(store);
  if (ty->type.is_shared) return NewError("shared memories must be created with wasmtime_sharedmemory_new");
  Result<runtime::Memory*> memory = state.runtime().NewMemory(ty->type);
  if (!memory) return NewError(memory.error());
  *ret = Pack(state, *memory);
  return nullptr;
}

wasm_memorytype_t* wasmtime_memory_type(const wasmtime_context_t* store, const wasmtime_memory_t* memory) {
  return NewMemoryType(Unpack(StoreState::Of(store), *memory)->storage->type());
}

uint8_t* wasmtime_memory_data(wasmtime_context_t* store, const wasmtime_memory_t* memory) {
  return Unpack(StoreState::Of(store), *memory)->def()->base;
}

size_t wasmtime_memory_data_size(const wasmtime_context_t* store, const wasmtime_memory_t* memory) {
  return Unpack(StoreState::Of(store), *memory)->def()->length.load(std::memory_order_acquire);
}

uint64_t wasmtime_memory_size(const wasmtime_context_t* store, const wasmtime_memory_t* memory) {
  return Unpack(StoreState::Of(store), *memory)->storage->pages();
}

wasmtime_error_t* wasmtime_memory_grow(wasmtime_context_t* store, const wasmtime_memory_t* memory, uint64_t delta,
                                       uint64_t* prev_size) {
  StoreState& state = StoreState::Of(store);
  std::optional<Error> refusal;
  const int64_t before = Unpack(state, *memory)->storage->Grow(delta, state.runtime().MaxMemoryBytes(), &refusal);
  if (before < 0) {
    std::string text = "failed to grow memory by `" + std::to_string(delta) + "`";
    return refusal ? NewError(std::move(*refusal).WithContext(std::move(text))) : NewError(std::move(text));
  }
  *prev_size = static_cast<uint64_t>(before);
  return nullptr;
}

uint64_t wasmtime_memory_page_size(wasmtime_context_t* store, const wasmtime_memory_t* memory) {
  return Unpack(StoreState::Of(store), *memory)->storage->type().page_size();
}

uint8_t wasmtime_memory_page_size_log2(wasmtime_context_t* store, const wasmtime_memory_t* memory) {
  return Unpack(StoreState::Of(store), *memory)->storage->type().page_size_log2;
}
