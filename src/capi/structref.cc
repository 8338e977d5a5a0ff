// wasmtime/structref.h
#include <wasmtime/structref.h>

#include "capi/refs.h"
#include "runtime/gc/access.h"

using namespace gantry;
using namespace gantry::capi;

struct wasmtime_struct_ref_pre {
  uint64_t store_id;
  wasmtime_struct_type type;
  abi::StructLayout layout;
};

namespace {

constexpr const char* kNull = "non-null structref required";

// Where a field of an object lies. Error (Usage) if there is no such field.
struct Field {
  wasm::FieldType type;
  uint8_t* at;
};

Result<Field> FindField(StoreState& state, gc::Ref object, size_t index) {
  if (object == 0) return std::unexpected(Error(ErrorClass::Usage, kNull));
  const wasm::CanonType& type = TypeOfObject(state, object);
  if (index >= type.fields.size()) {
    return std::unexpected(Error(ErrorClass::Usage, "cannot access field " + std::to_string(index) +
                                                        ": struct only has " + std::to_string(type.fields.size()) +
                                                        " fields"));
  }
  const abi::StructLayout layout = abi::LayoutStruct(type);
  return Field{type.fields[index], state.runtime().heap()->At<uint8_t>(object + layout.offsets[index])};
}

}  // namespace

wasmtime_struct_ref_pre_t* wasmtime_struct_ref_pre_new(wasmtime_context_t* context, const wasmtime_struct_type_t* ty) {
  return new wasmtime_struct_ref_pre{StoreState::Of(context).id(), *ty,
                                     abi::LayoutStruct(wasm::TypeRegistry::Get()[ty->id])};
}

void wasmtime_struct_ref_pre_delete(wasmtime_struct_ref_pre_t* pre) { delete pre; }

wasmtime_error_t* wasmtime_structref_new(wasmtime_context_t* context, const wasmtime_struct_ref_pre_t* pre,
                                         const wasmtime_val_t* fields, size_t nfields, wasmtime_structref_t* out) {
  wasmtime_structref_set_null(out);
  StoreState& state = StoreState::Of(context);
  if (pre->store_id != state.id()) return NewError("a struct type was made ready for another store");
  const wasm::CanonType& type = wasm::TypeRegistry::Get()[pre->type.id];
  if (nfields != type.fields.size()) {
    return NewError("expected " + std::to_string(type.fields.size()) + " fields, got " + std::to_string(nfields));
  }
  Result<gc::Heap*> heap = state.Heap();
  if (!heap) return NewError(heap.error());
  runtime::TemporaryRoots values(state.runtime());
  for (size_t i = 0; i < nfields; ++i) {
    Result<void> fits = PushVal(state, fields[i], type.fields[i].storage.unpacked(), &values);
    if (!fits) return NewError(std::move(fits).error().WithContext("field " + std::to_string(i)));
  }
  Result<uint32_t> descriptor = (*heap)->DescriptorFor(pre->type.id);
  if (!descriptor) return NewError(descriptor.error());
  gc::AllocFailure failure;
  const gc::Ref object = (*heap)->AllocStruct(*descriptor, &failure);
  if (object == 0) return NewError(WhyNotMade(failure));
  size_t next = 0;
  for (size_t i = 0; i < nfields; ++i) {
    const wasm::ValType storage = type.fields[i].storage;
    gc::WriteStorage((*heap)->At<uint8_t>(object + pre->layout.offsets[i]), storage, &values[next]);
    next += storage.slots();
  }
  *out = MakeRef<wasmtime_structref_t>(state, object);
  return nullptr;
}

void wasmtime_structref_clone(const wasmtime_structref_t* structref, wasmtime_structref_t* out) {
  CloneRef(structref, out);
}
void wasmtime_structref_unroot(wasmtime_structref_t* ref) { UnrootRef(ref); }
void wasmtime_structref_to_anyref(const wasmtime_structref_t* structref, wasmtime_anyref_t* out) {
  CloneRef(structref, out);
}
void wasmtime_structref_to_eqref(const wasmtime_structref_t* structref, wasmtime_eqref_t* out) {
  CloneRef(structref, out);
}

wasmtime_error_t* wasmtime_structref_field(wasmtime_context_t* context, const wasmtime_structref_t* structref,
                                           size_t index, wasmtime_val_t* out) {
  StoreState& state = StoreState::Of(context);
  Result<Field> field = FindField(state, RefOf(state, structref), index);
  if (!field) return NewError(field.error());
  abi::Slot slots[2];
  gc::ReadStorage(field->at, field->type.storage, slots);
  ToVal(state, field->type.storage.unpacked(), slots, out);
  return nullptr;
}

wasmtime_error_t* wasmtime_structref_set_field(wasmtime_context_t* context, const wasmtime_structref_t* structref,
                                               size_t index, const wasmtime_val_t* val) {
  StoreState& state = StoreState::Of(context);
  Result<Field> field = FindField(state, RefOf(state, structref), index);
  if (!field) return NewError(field.error());
  if (!field->type.is_mutable) return NewError("cannot set field " + std::to_string(index) + ": field is not mutable");
  abi::Slot slots[2];
  Result<void> fits = FromVal(state, *val, field->type.storage.unpacked(), slots);
  if (!fits) return NewError(fits.error());
  gc::WriteStorage(field->at, field->type.storage, slots);
  return nullptr;
}

wasmtime_struct_type_t* wasmtime_structref_type(wasmtime_context_t* context, const wasmtime_structref_t* structref) {
  StoreState& state = StoreState::Of(context);
  const gc::Ref object = RefOf(state, structref);
  return object == 0 ? nullptr : NewStructType(TypeOfObject(state, object).id);
}
