// ParseWast: test scripts (script.h). A source that is one module without its parentheses is a script of one directive.
#pragma once

#include <string_view>

#include "base/error.h"
#include "wasm/text/script.h"
#include "wasm/text/wat.h"

namespace gantry::wasm::text {

Result<Script> ParseWast(std::string_view source, const WatOptions& options = {});

}  // namespace gantry::wasm::text
