// wasmtime/externref.h
#include <wasmtime/externref.h>

#include "capi/refs.h"

using namespace gantry;
using namespace gantry::capi;

bool wasmtime_externref_new(wasmtime_context_t* context, void* data, void (*finalizer)(void*),
                            wasmtime_externref_t* out) {
  StoreState& state = StoreState::Of(context);
  Result<gc::Heap*> heap = state.Heap();
  if (!heap) return false;
  gc::AllocFailure failure;
  const gc::Ref box = (*heap)->AllocExtern(/*host_value=*/0, &failure);
  if (box == 0) return false;
  // Only now, so that the finalizer is not called for a box that does not exist.
  *(*heap)->At<uint64_t>(box + abi::kExternValueOffset) = std::bit_cast<uint64_t>(new Foreign(data, finalizer));
  *out = MakeRef<wasmtime_externref_t>(state, box);
  return true;
}

void* wasmtime_externref_data(wasmtime_context_t* context, const wasmtime_externref_t* data) {
  StoreState& state = StoreState::Of(context);
  const gc::Ref ref = RefOf(state, data);
  if (!gc::IsObject(ref)) return nullptr;
  const gc::Heap& heap = *state.runtime().heap();
  if (heap.DescriptorOf(ref).kind != abi::ObjectKind::Extern) return nullptr;
  return std::bit_cast<Foreign*>(heap.ExternValue(ref))->data();
}

void wasmtime_externref_clone(const wasmtime_externref_t* ref, wasmtime_externref_t* out) { CloneRef(ref, out); }
void wasmtime_externref_unroot(wasmtime_externref_t* ref) { UnrootRef(ref); }

void wasmtime_externref_from_raw(wasmtime_context_t* context, uint32_t raw, wasmtime_externref_t* out) {
  *out = MakeRef<wasmtime_externref_t>(StoreState::Of(context), raw);
}

uint32_t wasmtime_externref_to_raw(wasmtime_context_t* context, const wasmtime_externref_t* ref) {
  return RefOf(StoreState::Of(context), ref);
}
