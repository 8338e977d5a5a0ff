// Settings: what the option groups -O -C -D -W -S (and a configuration file) ask for. The keys are rows of keys.def;
// those of proposals rows of wasm/features.def.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "cli/args.h"
#include "cli/suggest.h"
#include "wasm/features.h"

namespace gantry::cli {

enum class Key : uint8_t {
#define CLI_KEY(group, Id, key, kind, value, effect, doc) Id,
#include "cli/keys.def"
};
inline constexpr size_t kKeyCount = 0
#define CLI_KEY(group, Id, key, kind, value, effect, doc) +1
#include "cli/keys.def"
    ;

enum class KeyKind : uint8_t { Bool, Number, Duration, Text, List, Choice, Prefix };

class Settings {
 public:
  // One group as written: "key", "key=value", several with commas between.
  Result<void> AddGroup(Option group, std::string_view text);
  // One key. Without a value a switch means yes.
  Result<void> Add(Option group, std::string_view key, std::optional<std::string_view> value);

  bool Has(Key key) const { return Of(key).is_set; }
  bool Flag(Key key, bool otherwise = false) const;
  std::optional<uint64_t> Number(Key key) const;
  std::optional<std::chrono::nanoseconds> Duration(Key key) const;
  std::optional<std::string_view> Text(Key key) const;  // Text and Choice
  const std::vector<std::string>& List(Key key) const { return Of(key).list; }

  // The default set, or all proposals or only the basic language if `all-proposals` says so, with the single keys
  // applied.
  wasm::Features Features() const;

 private:
  struct Value {
    bool is_set = false;
    uint64_t number = 0;  // Bool: 0 or 1; Duration: nanoseconds
    std::string text;
    std::vector<std::string> list;
  };
  const Value& Of(Key key) const { return values_[static_cast<size_t>(key)]; }
  Result<void> AddFeature(const wasm::FeatureInfo& row, std::optional<std::string_view> value);

  std::array<Value, kKeyCount> values_;
  wasm::Features features_named_, features_on_;  // of the single keys: which were named, and to what
};

// The option groups that the command line gives, after those of `--config FILE`.
Result<Settings> ReadSettings(const Args& args);

// A configuration file for --config that names every key of every group, commented out.
std::string ConfigTemplate();

// The keys of all groups.
void OfferGroupKeys(Nearest* nearest);
// "-W fuel" for "fuel": a key of some group as it is written, or nothing.
std::string GroupKeyNamed(std::string_view name);

// The listing that `-X help` prints: every key of the group.
std::string GroupHelp(Option group);
// The first group for which `help` was asked.
std::optional<Option> GroupHelpWanted(const Args& args);

}  // namespace gantry::cli
