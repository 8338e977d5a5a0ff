// Kinds of values and externs that wasm.h does not have: gantry.h's, under the names of this folder.
//
// Kinds from WASM_EXTERNREF on are carried by reference in wasm_val_t, v128 included (wasm.h).
#pragma once

#include <gantry.h>

#include "wasm/module.h"
#include "wasm/types.h"

namespace gantry::capi {

// The kind of a type's values. `type` is canonical.
wasm_valkind_t ValKindOf(wasm::ValType type);

// The type that wasm_valtype_new gives for a kind; Bot if there is no such kind.
wasm::ValType TypeOfKind(wasm_valkind_t kind);

inline bool CarriedByReference(wasm_valkind_t kind) { return kind >= WASM_EXTERNREF; }

wasm_externkind_t ExternKindOf(wasm::ExternKind kind);

}  // namespace gantry::capi
