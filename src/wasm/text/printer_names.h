// Identifiers for the printer, from the name section.
//
// [I1] Identifiers of one index space differ (labels excepted). The first thing of a name gets the name, later ones the
// name and their index, with a
//      `(@name "...")` annotation that keeps the true name.
// [I2] A name that cannot be an identifier (empty), or is too long to be repeated at every use, is only annotated.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "wasm/binary/name_section.h"
#include "wasm/module.h"

namespace gantry::wasm::text {

struct Identifier {
  uint32_t index;
  std::string text;       // with its `$`; empty: only annotated [I2]
  std::string_view name;  // the name in the section
  bool annotate;          // the identifier alone does not say the name
};

// Whether two things of an index space may have the same identifier: labels may.
enum class Repeats : uint8_t { Forbidden, Allowed };

// The identifiers of one index space.
class IdentifierSpace {
 public:
  // `entries` in ascending order of index.
  void Assign(std::span<const binary::NameEntry> entries, Repeats repeats = Repeats::Forbidden);
  void Clear() { identifiers_.clear(); }
  bool empty() const { return identifiers_.empty(); }
  const Identifier* Find(uint32_t index) const;

 private:
  std::vector<Identifier> identifiers_;
};

// Whether each name belongs to something that the printer can give an identifier to.
bool NamesAreExpressible(const Module& module, const binary::NameSection& names);

}  // namespace gantry::wasm::text
