// BranchHints: the metadata.code.branch_hint section (branch hinting proposal), decoded for the printer.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "wasm/module.h"

namespace gantry::wasm::text {

inline constexpr std::string_view kBranchHintSection = "metadata.code.branch_hint";

struct BranchHint {
  uint32_t func;
  uint32_t offset;   // of the instruction, from the start of the function's local declarations
  uint8_t value;
};

class BranchHints {
 public:
  // The hints, if each stands at an `if` or `br_if` of the module, in ascending order: what annotations can say.
  static std::optional<BranchHints> Decode(const Module& module, ByteRange payload);

  // The hint at this place, if any. Asked in ascending order of places it takes constant time.
  std::optional<uint8_t> At(uint32_t func, uint32_t offset) const;
  bool empty() const { return hints_.empty(); }

 private:
  std::vector<BranchHint> hints_;
  mutable size_t next_ = 0;
};

}  // namespace gantry::wasm::text
