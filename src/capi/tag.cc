// wasmtime/tag.h: tags of exceptions.
#include <wasmtime/tag.h>

#include "capi/core.h"
#include "capi/types.h"

using namespace gantry;
using namespace gantry::capi;

wasmtime_error_t* wasmtime_tag_new(wasmtime_context_t* store, const wasm_tagtype_t* tt, wasmtime_tag_t* ret) {
  StoreState& state = StoreState::Of(store);
  if (!tt->payload->type().results.empty()) return NewError("the type of a tag must not have results");
  wasm::TypeHold hold;
  wasm::TypeRegistry::Get().Keep(tt->payload->id, &hold);
  *ret = Pack(state, state.runtime().NewTag(tt->payload->id, std::move(hold)));
  return nullptr;
}

wasm_tagtype_t* wasmtime_tag_type(const wasmtime_context_t* store, const wasmtime_tag_t* tag) {
  return NewTagType(Unpack(StoreState::Of(store), *tag)->def.type);
}

bool wasmtime_tag_eq(const wasmtime_context_t* store, const wasmtime_tag_t* a, const wasmtime_tag_t* b) {
  const StoreState& state = StoreState::Of(store);
  return Unpack(state, *a) == Unpack(state, *b);
}
