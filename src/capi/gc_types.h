// Types of structs, arrays and exceptions in the embedder's hands, and heap types as structures (wasmtime/types/*.h).
#pragma once

#include <wasmtime/types.h>

#include "capi/types.h"

// `id` is canonical; of an exception it is the function type of its tag. They keep it alive.
struct wasmtime_struct_type {
  gantry::wasm::CanonId id;
  gantry::capi::HoldPtr hold;
};
struct wasmtime_array_type {
  gantry::wasm::CanonId id;
  gantry::capi::HoldPtr hold;
};
struct wasmtime_exn_type {
  gantry::wasm::CanonId id;
  gantry::capi::HoldPtr hold;
};

namespace gantry::capi {

// A canonical heap type as a structure, whose content the caller frees.
wasmtime_heaptype_t ShownHeapType(wasm::HeapType type);

wasmtime_struct_type_t* NewStructType(wasm::CanonId id);
wasmtime_array_type_t* NewArrayType(wasm::CanonId id);
wasmtime_exn_type_t* NewExnType(wasm::CanonId id);

}  // namespace gantry::capi
