// Words of the text format: instruction names (opcodes.def) and the rest (keywords.def), found through one table that
// is built at compile time.
#pragma once

#include <cstdint>
#include <string_view>

namespace gantry::wasm::text {

enum class Keyword : uint16_t {
#define WAT_KEYWORD(Id, text) Id,
#include "wasm/text/keywords.def"
};

std::string_view KeywordText(Keyword keyword);

struct Word {
  enum class Kind : uint8_t { Unknown, Keyword, Instruction };
  Kind kind = Kind::Unknown;
  uint16_t value = 0;  // a Keyword or a wasm::Op
};

// `select` is found as Op::Select, `ref.test` and `ref.cast` as the non-null forms.
Word FindWord(std::string_view text);

}  // namespace gantry::wasm::text
