// WebAssembly values as text: arguments of `--invoke` and what it prints.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "engine/value.h"

namespace gantry::cli {

// Integers: decimal or 0x, signed or up to the largest unsigned number; floats: decimal, 0x, inf, nan.
Result<engine::Value> ParseValue(wasm::ValType type, std::string_view text);

// Signed decimal integers, the shortest decimal that gives the same float, "<externref>" and the like for references.
std::string ValueText(const engine::Value& value);

}  // namespace gantry::cli
