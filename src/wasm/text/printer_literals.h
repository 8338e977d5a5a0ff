// Literals of the text format (spec 6.3) as the printer writes them: numbers, floats, strings, identifiers, types.
//
// Floats are the shortest decimal that reads back as the same bits; NaNs carry their payload.
// Tested by printer_literals_test.cc.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "wasm/types.h"

namespace gantry::wasm::text {

void AppendUnsigned(uint64_t value, std::string* out);
void AppendSigned(int64_t value, std::string* out);
void AppendHex(uint64_t value, int digits, std::string* out);  // 0x and at least that many digits
void AppendFloat32(uint32_t bits, std::string* out);
void AppendFloat64(uint64_t bits, std::string* out);

// A string literal. Bytes: everything outside printable ASCII escaped. Names: UTF-8 stays, except characters that a
// reader would not see or that turn the direction of the text.
void AppendBytes(std::span<const uint8_t> bytes, std::string* out);
void AppendName(std::string_view name, std::string* out);

// "$name", or `$"odd name"` if it has characters that identifiers lack. Not for empty names.
std::string IdentifierFor(std::string_view name);

// The word for a nullable reference to an abstract type ("funcref"), "" for others.
std::string_view ShortRefName(ValType type);

}  // namespace gantry::wasm::text
