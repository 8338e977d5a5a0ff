#include "cli/settings.h"

#include <fmt/core.h>

#include <charconv>

#include "cli/config_file.h"
#include "cli/suggest.h"

namespace gantry::cli {

namespace {

struct KeyInfo {
  Option group;
  std::string_view name;
  KeyKind kind;
  std::string_view value;
  Effect effect;
  std::string_view doc;
};

constexpr KeyInfo kKeys[] = {
#define CLI_KEY(group, Id, key, kind, value, effect, doc) \
  {Option::group, key, KeyKind::kind, value, Effect::effect, doc},
#include "cli/keys.def"
};

constexpr Option kGroups[] = {Option::Optimize, Option::Codegen, Option::Debug, Option::Wasm, Option::Wasi};

bool IsGroup(Option option) {
  for (Option group : kGroups) {
    if (group == option) return true;
  }
  return false;
}

std::string Written(Option group, std::string_view key) { return fmt::format("-{} {}", InfoOf(group).letter, key); }

Error UsageError(std::string message) { return Error(ErrorClass::Usage, std::move(message)); }

Error BadValue(Option group, std::string_view key, std::string_view value, std::string_view wanted) {
  return UsageError(fmt::format("`{}={}`: expected {}", Written(group, key), value, wanted));
}

Error UnknownKey(Option group, std::string_view key) {
  Nearest nearest(key);
  for (const KeyInfo& row : kKeys) {
    if (row.group == group) nearest.Offer(row.name);
  }
  if (group == Option::Wasm) {
    for (const wasm::FeatureInfo& row : wasm::AllFeatures()) nearest.Offer(row.key);
  }
  return UsageError(fmt::format("unknown key `{}` of `-{}`{} (`-{} help` lists them)", key, InfoOf(group).letter,
                                nearest.Hint(), InfoOf(group).letter));
}

std::optional<bool> ParseBool(std::string_view text) {
  if (text == "y" || text == "yes" || text == "true") return true;
  if (text == "n" || text == "no" || text == "false") return false;
  return std::nullopt;
}

// Decimal or 0x, `_` between digits is ignored.
std::optional<uint64_t> ParseNumber(std::string_view text) {
  int base = 10;
  if (text.starts_with("0x") || text.starts_with("0X")) {
    base = 16;
    text.remove_prefix(2);
  }
  std::string digits;
  for (char c : text) {
    if (c != '_') digits += c;
  }
  uint64_t number = 0;
  const char* end = digits.data() + digits.size();
  const auto [stop, fault] = std::from_chars(digits.data(), end, number, base);
  if (digits.empty() || fault != std::errc() || stop != end) return std::nullopt;
  return number;
}

// N (seconds), Ns, Nms, Nus, Nns; in nanoseconds, at most some 290 years.
std::optional<uint64_t> ParseDuration(std::string_view text) {
  struct Unit {
    std::string_view suffix;
    uint64_t nanoseconds;
  };
  constexpr Unit kUnits[] = {{"ns", 1}, {"us", 1'000}, {"ms", 1'000'000}, {"s", 1'000'000'000}, {"", 1'000'000'000}};
  for (const Unit& unit : kUnits) {
    if (!text.ends_with(unit.suffix)) continue;
    const std::optional<uint64_t> count = ParseNumber(text.substr(0, text.size() - unit.suffix.size()));
    if (!count || *count > uint64_t{INT64_MAX} / unit.nanoseconds) return std::nullopt;
    return *count * unit.nanoseconds;
  }
  return std::nullopt;
}

bool IsChoice(std::string_view choices, std::string_view text) {
  while (true) {
    const size_t bar = choices.find('|');
    if (choices.substr(0, bar) == text) return true;
    if (bar == choices.npos) return false;
    choices.remove_prefix(bar + 1);
  }
}

std::string_view ValueInHelp(const KeyInfo& row) { return row.kind == KeyKind::Bool ? "y|n" : row.value; }

}  // namespace

Result<void> Settings::AddGroup(Option group, std::string_view text) {
  while (true) {
    const size_t comma = text.find(',');
    const std::string_view item = text.substr(0, comma);
    const size_t equals = item.find('=');
    std::optional<std::string_view> value;
    if (equals != item.npos) value = item.substr(equals + 1);
    GANTRY_RETURN_IF_ERROR(Add(group, item.substr(0, equals), value));
    if (comma == text.npos) return {};
    text.remove_prefix(comma + 1);
  }
}

Result<void> Settings::Add(Option group, std::string_view key, std::optional<std::string_view> value) {
  if (group == Option::Wasm) {
    if (const wasm::FeatureInfo* row = wasm::FindFeature(key)) return AddFeature(*row, value);
  }
  size_t index = 0;
  while (index < kKeyCount && (kKeys[index].group != group || kKeys[index].name != key)) ++index;
  for (size_t i = 0; i < kKeyCount && index == kKeyCount; ++i) {
    if (kKeys[i].group == group && kKeys[i].kind == KeyKind::Prefix && key.starts_with(kKeys[i].name)) index = i;
  }
  if (index == kKeyCount) return std::unexpected(UnknownKey(group, key));

  const KeyInfo& row = kKeys[index];
  Value& slot = values_[index];
  slot.is_set = true;
  switch (row.kind) {
    case KeyKind::Bool: {
      const std::optional<bool> flag = ParseBool(value.value_or("y"));
      if (!flag) return std::unexpected(BadValue(group, key, *value, "y, yes, true, n, no or false"));
      slot.number = *flag;
      break;
    }
    case KeyKind::Number:
    case KeyKind::Duration: {
      const bool is_number = row.kind == KeyKind::Number;
      const std::string_view text = value.value_or("");
      const std::optional<uint64_t> number = is_number ? ParseNumber(text) : ParseDuration(text);
      if (!number)
        return std::unexpected(
            BadValue(group, key, text, is_number ? "a number below 2^64" : "a time, for example 10s or 500ms"));
      slot.number = *number;
      break;
    }
    case KeyKind::Choice:
      if (!IsChoice(row.value, value.value_or(""))) {
        return std::unexpected(BadValue(group, key, value.value_or(""), fmt::format("one of {}", row.value)));
      }
      slot.text = *value;
      break;
    case KeyKind::Text:
    case KeyKind::Prefix:
      slot.text = value.value_or("");
      break;
    case KeyKind::List:
      slot.list.emplace_back(value.value_or(""));
      break;
  }
  const bool is_switched_off = row.kind == KeyKind::Bool && slot.number == 0;
  if (row.effect == Effect::Refused && !is_switched_off) {
    return std::unexpected(
        Error(ErrorClass::Unsupported, fmt::format("`{}` is not available in this build", Written(group, key))));
  }
  return {};
}

Result<void> Settings::AddFeature(const wasm::FeatureInfo& row, std::optional<std::string_view> value) {
  const std::optional<bool> flag = ParseBool(value.value_or("y"));
  if (!flag) return std::unexpected(BadValue(Option::Wasm, row.key, *value, "y, yes, true, n, no or false"));
  features_named_.set(row.feature);
  features_on_.set(row.feature, *flag);
  return {};
}

bool Settings::Flag(Key key, bool otherwise) const { return Of(key).is_set ? Of(key).number != 0 : otherwise; }

std::optional<uint64_t> Settings::Number(Key key) const {
  if (!Of(key).is_set) return std::nullopt;
  return Of(key).number;
}

std::optional<std::chrono::nanoseconds> Settings::Duration(Key key) const {
  if (!Of(key).is_set) return std::nullopt;
  return std::chrono::nanoseconds(Of(key).number);
}

std::optional<std::string_view> Settings::Text(Key key) const {
  if (!Of(key).is_set) return std::nullopt;
  return Of(key).text;
}

wasm::Features Settings::Features() const {
  wasm::Features features = wasm::Features::Default();
  if (Of(Key::AllProposals).is_set) {
    // What has no key of its own is part of the basic language and stays.
    for (const wasm::FeatureInfo& row : wasm::AllFeatures()) {
      if (row.in_all && !row.key.empty()) features.set(row.feature, Flag(Key::AllProposals));
    }
  }
  for (const wasm::FeatureInfo& row : wasm::AllFeatures()) {
    if (!row.key.empty() && features_named_.has(row.feature)) features.set(row.feature, features_on_.has(row.feature));
  }
  return features;
}

Result<Settings> ReadSettings(const Args& args) {
  Settings settings;
  for (std::string_view file : args.values(Option::Config))
    GANTRY_RETURN_IF_ERROR(ReadConfigFile(std::string(file), &settings));
  for (const GivenOption& given : args.options) {
    if (IsGroup(given.option)) GANTRY_RETURN_IF_ERROR(settings.AddGroup(given.option, given.value));
  }
  return settings;
}

std::string ConfigTemplate() {
  std::string text =
      "# Settings for `gantry run --config FILE`. The command line wins over them.\n"
      "# Remove the `#` before a key to set it; what is shown is a value it may have.\n";
  const auto line = [&](std::string_view key, std::string_view value, std::string_view doc) {
    text += fmt::format("# {} = {}  # {}\n", key, value, doc);
  };
  for (Option group : kGroups) {
    text += fmt::format("\n[{}]\n", InfoOf(group).name);
    for (const KeyInfo& row : kKeys) {
      if (row.group != group || row.effect != Effect::Effective) continue;
      switch (row.kind) {
        case KeyKind::Bool:
          line(row.name, "true", row.doc);
          break;
        case KeyKind::Number:
          line(row.name, "1_000_000", row.doc);
          break;
        case KeyKind::Duration:
          line(row.name, "\"10s\"", row.doc);
          break;
        case KeyKind::Text:
        case KeyKind::List:
        case KeyKind::Choice:
          line(row.name, fmt::format("\"{}\"", row.value), row.doc);
          break;
        case KeyKind::Prefix:
          break;
      }
    }
    if (group != Option::Wasm) continue;
    for (const wasm::FeatureInfo& row : wasm::AllFeatures()) {
      if (!row.key.empty()) line(row.key, row.default_on ? "true" : "false", row.doc);
    }
  }
  return text;
}

void OfferGroupKeys(Nearest* nearest) {
  for (const KeyInfo& row : kKeys) {
    if (row.kind != KeyKind::Prefix) nearest->Offer(row.name);
  }
  for (const wasm::FeatureInfo& row : wasm::AllFeatures()) {
    if (!row.key.empty()) nearest->Offer(row.key);
  }
}

std::string GroupKeyNamed(std::string_view name) {
  for (const KeyInfo& row : kKeys) {
    if (row.name == name && row.kind != KeyKind::Prefix) return Written(row.group, row.name);
  }
  return wasm::FindFeature(name) != nullptr ? Written(Option::Wasm, name) : "";
}

std::string GroupHelp(Option group) {
  std::string text = fmt::format("Keys of `-{}` (`--{}`), as `-{} KEY=VALUE[,KEY=VALUE…]`:\n\n", InfoOf(group).letter,
                                 InfoOf(group).name, InfoOf(group).letter);
  const auto line = [&](std::string_view key, std::string_view value, std::string_view doc, std::string_view note) {
    text +=
        fmt::format("  {:<41}  {}{}\n", value.empty() ? std::string(key) : fmt::format("{}={}", key, value), doc, note);
  };
  for (const KeyInfo& row : kKeys) {
    if (row.group == group) {
      line(row.kind == KeyKind::Prefix ? fmt::format("{}…", row.name) : std::string(row.name), ValueInHelp(row),
           row.doc, NoteOf(row.effect));
    }
  }
  if (group != Option::Wasm) return text;
  text += "\nProposals:\n\n";
  for (const wasm::FeatureInfo& row : wasm::AllFeatures()) {
    if (!row.key.empty()) line(row.key, "y|n", row.doc, row.default_on ? " (on)" : " (off)");
  }
  return text;
}

std::optional<Option> GroupHelpWanted(const Args& args) {
  for (const GivenOption& given : args.options) {
    if (IsGroup(given.option) && given.value == "help") return given.option;
  }
  return std::nullopt;
}

}  // namespace gantry::cli
