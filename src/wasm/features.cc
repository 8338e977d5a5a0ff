#include "wasm/features.h"

namespace gantry::wasm {

namespace {

constexpr bool On = true, Off = false, InAll = true, Extra = false;

constexpr FeatureInfo kFeatures[] = {
#define WASM_FEATURE(Id, key, def, all, setter, doc) {Feature::Id, key, def, all, setter, doc},
#include "wasm/features.def"
};

}  // namespace

std::span<const FeatureInfo> AllFeatures() { return kFeatures; }

const FeatureInfo* FindFeature(std::string_view key) {
  for (const FeatureInfo& row : kFeatures) {
    if (!key.empty() && row.key == key) return &row;
  }
  return nullptr;
}

Features Features::Default() {
  Features features;
  for (const FeatureInfo& row : kFeatures) features.set(row.feature, row.default_on);
  return features;
}

Features Features::Consistent() const {
  Features features = *this;
  if (!has(Feature::GcTypes)) features.set(Feature::Gc, false);
  if (!has(Feature::Simd)) features.set(Feature::RelaxedSimd, false);
  return features;
}

Features Features::AllProposals() {
  Features features;
  for (const FeatureInfo& row : kFeatures) features.set(row.feature, row.in_all || row.default_on);
  return features;
}

}  // namespace gantry::wasm
