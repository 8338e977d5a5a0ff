// Linkers and prepared modules in the embedder's hands.
#pragma once

#include <wasmtime/linker.h>

#include "capi/core.h"
#include "engine/linker.h"

struct wasmtime_linker {
  gantry::engine::Linker linker;
};

struct wasmtime_instance_pre {
  gantry::engine::InstancePre pre;
};

namespace gantry::capi {

// Hands an instance over, or reports why there is none.
wasmtime_error_t* FinishInstantiation(StoreState& state, std::expected<runtime::Instance*, engine::Failure> made,
                                      wasmtime_instance_t* instance, wasm_trap_t** trap);

// A host function of a linker from a callback. The definition owns the callback.
engine::HostFuncDef DefOf(const wasm_functype_t& type, std::shared_ptr<struct Callback> callback);

}  // namespace gantry::capi
