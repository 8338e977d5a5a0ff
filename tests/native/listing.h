// The code of a function for people: WebAssembly instructions with their offsets, under each what was made of it; at
// the end what was moved out of the way, jump tables and constants.
#pragma once

#include <string>

#include "abi/native.h"
#include "wasm/module.h"

namespace gantry::native_tests {

// The batch holds this function alone, compiled with marks.
std::string Listing(const wasm::Module& module, const abi::CodeBatch& batch);

}  // namespace gantry::native_tests
