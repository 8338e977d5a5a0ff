// Numbers and vectors as operands: of `const` instructions in modules, of arguments and expected results in scripts.
#pragma once

#include <array>
#include <cstdint>

#include "wasm/text/script.h"
#include "wasm/text/token_cursor.h"

namespace gantry::wasm::text {

// The bits of a number token as a constant of kind I32, I64, F32 or F64 (32-bit ones zero-extended). Does not move.
bool ReadNumber(TokenCursor* in, ConstantKind kind, const Token& token, uint64_t* bits);

// Shape and lanes of a `v128.const`. With `nans`, float lanes may be NaN patterns; their bits are 0 then.
bool ReadVector(TokenCursor* in, LaneShape* shape, std::array<uint8_t, 16>* bytes, std::array<NanPattern, 4>* nans);

// `nan:canonical`, `nan:arithmetic` or neither.
NanPattern NanPatternAt(const Token& token);

}  // namespace gantry::wasm::text
