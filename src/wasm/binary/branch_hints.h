// BranchHints: the metadata.code.branch_hint section (branch hinting proposal). Hints never change what a module means;
// one that does not fit the code is no fault, its section just stays bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/byte_writer.h"
#include "wasm/module.h"

namespace gantry::wasm::binary {

inline constexpr std::string_view kBranchHintSection = "metadata.code.branch_hint";

struct BranchHint {
  uint32_t func;
  uint32_t offset;  // of the instruction, from the start of the function's local declarations
  uint8_t value;    // 1: the branch is likely taken
};

class BranchHints {
 public:
  // The hints, if each stands at an `if` or `br_if` of the module, in ascending order.
  static std::optional<BranchHints> Decode(const Module& module, ByteRange payload);
  void Encode(ByteWriter* out) const;

  // The hint at this place, if any. Asked in ascending order of places it takes constant time.
  std::optional<uint8_t> At(uint32_t func, uint32_t offset) const;

  // The hints of one function.
  std::span<BranchHint> Of(uint32_t func);
  const std::vector<BranchHint>& all() const { return hints_; }

 private:
  std::vector<BranchHint> hints_;
  mutable size_t next_ = 0;
};

}  // namespace gantry::wasm::binary
