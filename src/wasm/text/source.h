// SourceText: a text with its line starts, and errors that point into it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "wasm/errors.h"

namespace gantry::wasm::text {

struct SourcePlace {
  uint32_t line = 1;    // from 1
  uint32_t column = 1;  // in bytes, from 1
};

class SourceText {
 public:
  explicit SourceText(std::string_view text) : text_(text) {}
  std::string_view view() const { return text_; }

  // The first call finds all lines, later ones search them.
  SourcePlace PlaceOf(size_t position) const;

  // "what", or "what: detail", with the place, the line and a caret under `length` bytes.
  Error MakeError(ErrorId id, size_t position, size_t length, std::string_view detail = {}) const;
  // The same where the detail continues the text of the row: "unknown label `$l`".
  Error MakeErrorAbout(ErrorId id, size_t position, size_t length, std::string_view subject) const;

 private:
  std::string Excerpt(SourcePlace place, size_t length) const;

  std::string_view text_;
  mutable std::vector<uint32_t> line_starts_;
};

}  // namespace gantry::wasm::text
