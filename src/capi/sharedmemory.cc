// wasmtime/sharedmemory.h: memories that stores and threads share. All functions may be called from any thread.
#include "capi/sharedmemory.h"

#include "capi/core.h"
#include "capi/types.h"

using namespace gantry;
using namespace gantry::capi;

wasmtime_error_t* wasmtime_sharedmemory_new(const wasm_engine_t* engine, const wasm_memorytype_t* ty,
                                            wasmtime_sharedmemory_t** ret) {
  if (!ty->type.is_shared) return NewError("shared memory must have the `shared` flag enabled on its memory type");
  if (!engine->engine->config().shared_memory)
    return NewError("shared memories are disabled in this engine (wasmtime_config_shared_memory_set)");
  auto storage = runtime::MemoryStorage::Create(ty->type, nullptr);
  if (!storage) return NewError(storage.error());
  *ret = new wasmtime_sharedmemory{*std::move(storage)};
  return nullptr;
}

void wasmtime_sharedmemory_delete(wasmtime_sharedmemory_t* memory) { delete memory; }
wasmtime_sharedmemory_t* wasmtime_sharedmemory_clone(const wasmtime_sharedmemory_t* memory) {
  return new wasmtime_sharedmemory(*memory);
}
wasm_memorytype_t* wasmtime_sharedmemory_type(const wasmtime_sharedmemory_t* memory) {
  return NewMemoryType(memory->storage->type());
}
uint8_t* wasmtime_sharedmemory_data(const wasmtime_sharedmemory_t* memory) { return memory->storage->def()->base; }

size_t wasmtime_sharedmemory_data_size(const wasmtime_sharedmemory_t* memory) {
  return memory->storage->def()->length.load(std::memory_order_acquire);
}

uint64_t wasmtime_sharedmemory_size(const wasmtime_sharedmemory_t* memory) { return memory->storage->pages(); }

wasmtime_error_t* wasmtime_sharedmemory_grow(const wasmtime_sharedmemory_t* memory, uint64_t delta,
                                             uint64_t* prev_size) {
  const int64_t before = memory->storage->Grow(delta, ~uint64_t{0});
  if (before < 0) return NewError("failed to grow memory by `" + std::to_string(delta) + "`");
  *prev_size = static_cast<uint64_t>(before);
  return nullptr;
}
