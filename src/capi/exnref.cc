// wasmtime/exnref.h: exceptions, and the one that is on its way in a store (StoreState::exception).
#include <wasmtime/exnref.h>

#include <utility>

#include "capi/refs.h"
#include "capi/wasm_refs.h"
#include "runtime/gc/access.h"

using namespace gantry;
using namespace gantry::capi;

namespace {

constexpr const char* kNull = "exnref is null";

runtime::Tag* TagOf(const gc::Heap& heap, gc::Ref exception) {
  // A TagDef is the first member of the Tag around it.
  return reinterpret_cast<runtime::Tag*>(*heap.At<uint64_t>(exception + abi::kExnTagOffset));
}

}  // namespace

wasmtime_error_t* wasmtime_exnref_new(wasmtime_context_t* store, const wasmtime_tag_t* tag,
                                      const wasmtime_val_t* fields, size_t nfields, wasmtime_exnref_t* exn_ret) {
  StoreState& state = StoreState::Of(store);
  if (tag->store_id != state.id()) return NewError("tag used with the wrong store");
  runtime::Tag* const thrown = Unpack(state, *tag);
  const wasm::CanonType& type = wasm::TypeRegistry::Get()[thrown->def.type];
  if (nfields != type.params.size()) {
    return NewError("expected " + std::to_string(type.params.size()) + " fields, got " + std::to_string(nfields));
  }
  std::vector<abi::Slot> slots(type.param_slots);
  abi::Slot* to = slots.data();
  for (size_t i = 0; i < nfields; ++i) {
    Result<void> fits = FromVal(state, fields[i], type.params[i], to);
    if (!fits) return NewError(std::move(fits).error().WithContext("field " + std::to_string(i)));
    to += type.params[i].slots();
  }
  gc::Ref exception = 0;
  const abi::Status status = state.runtime().NewException(&thrown->def, slots.data(), &exception);
  if (status != abi::Status::Ok) return Report(state, status, nullptr);
  *exn_ret = MakeRef<wasmtime_exnref_t>(state, exception);
  return nullptr;
}

void wasmtime_exnref_clone(const wasmtime_exnref_t* ref, wasmtime_exnref_t* out) { CloneRef(ref, out); }
void wasmtime_exnref_unroot(wasmtime_exnref_t* ref) { UnrootRef(ref); }

void wasmtime_exnref_from_raw(wasmtime_context_t* context, uint32_t raw, wasmtime_exnref_t* out) {
  *out = MakeRef<wasmtime_exnref_t>(StoreState::Of(context), raw);
}

uint32_t wasmtime_exnref_to_raw(wasmtime_context_t* context, const wasmtime_exnref_t* ref) {
  return RefOf(StoreState::Of(context), ref);
}

wasmtime_error_t* wasmtime_exnref_tag(wasmtime_context_t* store, const wasmtime_exnref_t* exn,
                                      wasmtime_tag_t* tag_ret) {
  StoreState& state = StoreState::Of(store);
  const gc::Ref exception = RefOf(state, exn);
  if (exception == 0) return NewError(kNull);
  *tag_ret = Pack(state, TagOf(*state.runtime().heap(), exception));
  return nullptr;
}

size_t wasmtime_exnref_field_count(wasmtime_context_t* store, const wasmtime_exnref_t* exn) {
  StoreState& state = StoreState::Of(store);
  const gc::Ref exception = RefOf(state, exn);
  return exception == 0 ? 0 : TypeOfObject(state, exception).params.size();
}

wasmtime_error_t* wasmtime_exnref_field(wasmtime_context_t* store, const wasmtime_exnref_t* exn, size_t index,
                                        wasmtime_val_t* val_ret) {
  StoreState& state = StoreState::Of(store);
  const gc::Ref exception = RefOf(state, exn);
  if (exception == 0) return NewError(kNull);
  const wasm::CanonType& type = TypeOfObject(state, exception);
  if (index >= type.params.size()) {
    return NewError("cannot access field " + std::to_string(index) + ": exception only has " +
                    std::to_string(type.params.size()) + " fields");
  }
  abi::Slot slots[2];
  gc::ReadStorage(state.runtime().heap()->At<uint8_t>(exception + abi::LayoutExn(type).offsets[index]),
                  type.params[index], slots);
  ToVal(state, type.params[index], slots, val_ret);
  return nullptr;
}

wasm_trap_t* wasmtime_context_set_exception(wasmtime_context_t* store, const wasmtime_exnref_t* exn) {
  StoreState& state = StoreState::Of(store);
  const gc::Ref exception = RefOf(state, exn);
  TrapData data;
  data.message = exception == 0 ? kNull : "thrown Wasm exception";
  if (exception != 0) {
    if (state.exception != nullptr) Drop(state.exception);
    state.exception = state.Root(exception);
    data.is_exception = true;
  }
  return NewTrap(std::move(data));
}

bool wasmtime_context_take_exception(wasmtime_context_t* store, wasmtime_exnref_t* exn_ret) {
  StoreState& state = StoreState::Of(store);
  if (state.exception == nullptr) return false;
  *exn_ret = {state.id(), 0, 0, std::exchange(state.exception, nullptr)};
  return true;
}

bool wasmtime_context_has_exception(wasmtime_context_t* store) { return StoreState::Of(store).exception != nullptr; }

wasmtime_exn_type_t* wasmtime_exnref_type(wasmtime_context_t* context, const wasmtime_exnref_t* exnref) {
  StoreState& state = StoreState::Of(context);
  const gc::Ref exception = RefOf(state, exnref);
  return exception == 0 ? nullptr : NewExnType(TypeOfObject(state, exception).id);
}
