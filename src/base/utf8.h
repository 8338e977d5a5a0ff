// UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace gantry {

// Length of the well-formed sequence that starts at text[0], and its code point; 0 if there is none.
size_t DecodeUtf8(std::string_view text, uint32_t* code_point);

bool IsUtf8(std::string_view text);

}  // namespace gantry
