// wasmtime/arrayref.h
#include <wasmtime/arrayref.h>

#include "capi/refs.h"
#include "runtime/gc/access.h"

using namespace gantry;
using namespace gantry::capi;

struct wasmtime_array_ref_pre {
  uint64_t store_id;
  wasmtime_array_type type;
};

namespace {

constexpr const char* kNull = "non-null arrayref required";

// Where an element of an object lies. Error (Usage) if there is no such element.
struct Element {
  wasm::FieldType type;
  uint8_t* at;
};

Result<Element> FindElement(StoreState& state, gc::Ref object, uint32_t index) {
  if (object == 0) return std::unexpected(Error(ErrorClass::Usage, kNull));
  const gc::Heap& heap = *state.runtime().heap();
  const uint32_t length = heap.ArrayLength(object);
  if (index >= length) {
    return std::unexpected(
        Error(ErrorClass::Usage,
              "index " + std::to_string(index) + " is out of bounds for an array of length " + std::to_string(length)));
  }
  const wasm::FieldType type = TypeOfObject(state, object).fields[0];
  const uint64_t offset = abi::kArrayDataOffset + uint64_t{index} * abi::StorageSize(type.storage);
  return Element{type, heap.At<uint8_t>(object) + offset};
}

}  // namespace

wasmtime_array_ref_pre_t* wasmtime_array_ref_pre_new(wasmtime_context_t* context, const wasmtime_array_type_t* ty) {
  return new wasmtime_array_ref_pre{StoreState::Of(context).id(), *ty};
}

void wasmtime_array_ref_pre_delete(wasmtime_array_ref_pre_t* pre) { delete pre; }

wasmtime_error_t* wasmtime_arrayref_new(wasmtime_context_t* context, const wasmtime_array_ref_pre_t* pre,
                                        const wasmtime_val_t* elem, uint32_t len, wasmtime_arrayref_t* out) {
  wasmtime_arrayref_set_null(out);
  StoreState& state = StoreState::Of(context);
  if (pre->store_id != state.id()) return NewError("an array type was made ready for another store");
  const wasm::ValType storage = wasm::TypeRegistry::Get()[pre->type.id].fields[0].storage;
  Result<gc::Heap*> heap = state.Heap();
  if (!heap) return NewError(heap.error());
  runtime::TemporaryRoots value(state.runtime());
  Result<void> fits = PushVal(state, *elem, storage.unpacked(), &value);
  if (!fits) return NewError(fits.error());
  Result<uint32_t> descriptor = (*heap)->DescriptorFor(pre->type.id);
  if (!descriptor) return NewError(descriptor.error());
  gc::AllocFailure failure;
  const gc::Ref object = (*heap)->AllocArray(*descriptor, len, &failure);
  if (object == 0) return NewError(WhyNotMade(failure));
  const uint32_t size = abi::StorageSize(storage);
  uint8_t* at = (*heap)->At<uint8_t>(object + abi::kArrayDataOffset);
  for (uint32_t i = 0; i < len; ++i, at += size) gc::WriteStorage(at, storage, &value[0]);
  *out = MakeRef<wasmtime_arrayref_t>(state, object);
  return nullptr;
}

void wasmtime_arrayref_clone(const wasmtime_arrayref_t* arrayref, wasmtime_arrayref_t* out) { CloneRef(arrayref, out); }
void wasmtime_arrayref_unroot(wasmtime_arrayref_t* ref) { UnrootRef(ref); }
void wasmtime_arrayref_to_anyref(const wasmtime_arrayref_t* arrayref, wasmtime_anyref_t* out) {
  CloneRef(arrayref, out);
}
void wasmtime_arrayref_to_eqref(const wasmtime_arrayref_t* arrayref, wasmtime_eqref_t* out) { CloneRef(arrayref, out); }

wasmtime_error_t* wasmtime_arrayref_len(wasmtime_context_t* context, const wasmtime_arrayref_t* arrayref,
                                        uint32_t* out) {
  StoreState& state = StoreState::Of(context);
  const gc::Ref object = RefOf(state, arrayref);
  if (object == 0) return NewError(kNull);
  *out = state.runtime().heap()->ArrayLength(object);
  return nullptr;
}

wasmtime_error_t* wasmtime_arrayref_get(wasmtime_context_t* context, const wasmtime_arrayref_t* arrayref,
                                        uint32_t index, wasmtime_val_t* out) {
  StoreState& state = StoreState::Of(context);
  Result<Element> element = FindElement(state, RefOf(state, arrayref), index);
  if (!element) return NewError(element.error());
  abi::Slot slots[2];
  gc::ReadStorage(element->at, element->type.storage, slots);
  ToVal(state, element->type.storage.unpacked(), slots, out);
  return nullptr;
}

wasmtime_error_t* wasmtime_arrayref_set(wasmtime_context_t* context, const wasmtime_arrayref_t* arrayref,
                                        uint32_t index, const wasmtime_val_t* val) {
  StoreState& state = StoreState::Of(context);
  Result<Element> element = FindElement(state, RefOf(state, arrayref), index);
  if (!element) return NewError(element.error());
  if (!element->type.is_mutable) return NewError("cannot set elements: elements of the array are not mutable");
  abi::Slot slots[2];
  Result<void> fits = FromVal(state, *val, element->type.storage.unpacked(), slots);
  if (!fits) return NewError(fits.error());
  gc::WriteStorage(element->at, element->type.storage, slots);
  return nullptr;
}

wasmtime_array_type_t* wasmtime_arrayref_type(wasmtime_context_t* context, const wasmtime_arrayref_t* arrayref) {
  StoreState& state = StoreState::Of(context);
  const gc::Ref object = RefOf(state, arrayref);
  return object == 0 ? nullptr : NewArrayType(TypeOfObject(state, object).id);
}
