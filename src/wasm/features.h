// Features: which WebAssembly proposals are on. A set of rows of features.def.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace gantry::wasm {

enum class Feature : uint8_t {
#define WASM_FEATURE(Id, key, def, all, setter, doc) Id,
#include "wasm/features.def"
};

struct FeatureInfo {
  Feature feature;
  std::string_view key;
  bool default_on;
  bool in_all;
  std::string_view setter;
  std::string_view doc;
};

// All rows in table order.
std::span<const FeatureInfo> AllFeatures();
// The row with this -W key, if any.
const FeatureInfo* FindFeature(std::string_view key);

class Features {
 public:
  constexpr Features() = default;
  static Features Default();       // the default column
  static Features AllProposals();  // every row marked InAll, and what is on anyway

  constexpr bool has(Feature f) const { return (bits_ >> static_cast<int>(f)) & 1; }
  constexpr Features& set(Feature f, bool on = true) {
    const uint64_t bit = uint64_t{1} << static_cast<int>(f);
    bits_ = on ? bits_ | bit : bits_ & ~bit;
    return *this;
  }
  // Without those that need another one which is off.
  Features Consistent() const;
  constexpr uint64_t bits() const { return bits_; }
  constexpr bool operator==(const Features&) const = default;

 private:
  uint64_t bits_ = 1;  // Core
};

}  // namespace gantry::wasm
