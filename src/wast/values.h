// Values of scripts and values of the engine: arguments, and results against the patterns that a script expects.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "engine/value.h"
#include "runtime/store.h"
#include "wasm/text/script.h"

namespace gantry::wast {

// The arguments of a call to a function with these (canonical) parameter types. References to host objects are made in
// the store's heap; they are good until it allocates again.
Result<std::vector<engine::Value>> MakeArguments(runtime::Store& store, std::span<const wasm::text::Constant> constants,
                                                 std::span<const wasm::ValType> params);

// Do the results match, one by one?
bool Matches(runtime::Store& store, std::span<const engine::Value> values,
             std::span<const wasm::text::ResultPattern> patterns);

// "(i32.const 1) (f64.const nan:canonical)"; "nothing" for none.
std::string FormatValues(runtime::Store& store, std::span<const engine::Value> values);
std::string FormatPatterns(std::span<const wasm::text::ResultPattern> patterns);

}  // namespace gantry::wast
