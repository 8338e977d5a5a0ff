// One module at a place in a token list: what wat.cc and wast.cc share.
#pragma once

#include <cstdint>
#include <vector>

#include "wasm/text/token_cursor.h"
#include "wasm/text/wat.h"

namespace gantry::wasm::text {

// `(module $id? field*)`, `(module $id? binary string*)` or fields alone up to the end. Moves behind it.
bool ParseModuleTokens(TokenCursor* in, const WatOptions& options, std::vector<uint8_t>* bytes);
// The same after the word `module`.
bool ParseModuleBody(TokenCursor* in, const WatOptions& options, std::vector<uint8_t>* bytes);

}  // namespace gantry::wasm::text
