// Validation of modules that were decoded with module linking (proposal, Subtyping.md and Binary.md): the header items
// of each module in the order of its bytes, nested modules where they stand, then definitions and bodies as in any
// module.
//
// Every item may refer only to items before it. The modules around the one in hand wait on an explicit stack, so what
// they have defined by now is what an outer alias may name.
//
// Tested by tests/wast/module_linking/validate.wast.
#pragma once

#include "base/error.h"
#include "wasm/module.h"
#include "wasm/type_registry.h"
#include "wasm/valid/validator.h"

namespace gantry::wasm::valid {

// `module` has a Linking; so have those nested in it. Sets what ValidateModule sets, and Linking::type, in all of them.
Result<void> ValidateLinking(Module* module, TypeHold* hold, const Options& options);

// Bodies of one module (validator.cc).
Result<void> CheckBodies(Module* module, Scratch* scratch, const Options& options);

}  // namespace gantry::wasm::valid
