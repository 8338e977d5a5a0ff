// Annotations that are not part of the grammar's places: `@custom` sections, and the check that no known annotation is
// left over.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "wasm/text/token_cursor.h"

namespace gantry::wasm::text {

// Sections in the order of the binary format, for places of custom sections.
enum class SectionSlot : uint8_t {
  Type,
  Import,
  Func,
  Table,
  Memory,
  Tag,
  Global,
  Export,
  Start,
  Elem,
  DataCount,
  Code,
  Data,
  Names,
};

struct CustomAnnotation {
  uint32_t place = 0;     // PlaceBefore or PlaceAfter of a section
  uint32_t position = 0;  // in the source
  std::string name;
  std::string bytes;
};

constexpr uint32_t PlaceBefore(SectionSlot slot) { return 2 * static_cast<uint32_t>(slot); }
constexpr uint32_t PlaceAfter(SectionSlot slot) { return 2 * static_cast<uint32_t>(slot) + 1; }

// A field of a module, and the tokens that it spans.
struct FieldSpan {
  bool is_func;
  uint32_t first, last;  // its parentheses
};

// The annotations before tokens `begin`..`end`: `end` is the module's closing parenthesis. Takes all @custom ones,
// sorted by place, and fails if one of the others was not used where it stands.
bool ReadModuleAnnotations(TokenCursor* in, uint32_t begin, uint32_t end, const std::vector<FieldSpan>& fields,
                           std::vector<CustomAnnotation>* customs);

}  // namespace gantry::wasm::text
