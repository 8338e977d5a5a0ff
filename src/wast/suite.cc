#include "wast/suite.h"

#include <fmt/core.h>

#include <algorithm>

#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>

namespace gantry::wast {

namespace {

std::unexpected<Error> Fault(std::string_view name, std::string message) {
  return std::unexpected(Error(ErrorClass::Usage, fmt::format("{}: {}", name, message)));
}

// The scripts of other runtimes write keys with underscores.
const wasm::FeatureInfo* FeatureNamed(std::string_view key) {
  std::string dashed(key);
  std::replace(dashed.begin(), dashed.end(), '_', '-');
  return wasm::FindFeature(dashed);
}

// Keys of such scripts that say how to run them rather than what they need.
bool IsRemark(std::string_view key) {
  constexpr std::string_view kRemarks[] = {"hogs_memory", "nan_canonicalization", "spec_test", "simd", "gc_types"};
  return std::find(std::begin(kRemarks), std::end(kRemarks), key) != std::end(kRemarks);
}

Result<Suite::Rule> ReadRule(const toml::table& table, std::string_view name) {
  Suite::Rule rule{table["path"].value_or(std::string()), {}};
  const toml::table* features = table["features"].as_table();
  if (rule.path.empty() || features == nullptr || table.size() != 2) {
    return Fault(name, "a [[rule]] has a `path` and a table of `features`");
  }
  for (const auto& [key, node] : *features) {
    const wasm::FeatureInfo* feature = wasm::FindFeature(key.str());
    const std::optional<bool> on = node.value_exact<bool>();
    if (feature == nullptr) return Fault(name, fmt::format("unknown feature `{}`", key.str()));
    if (!on) return Fault(name, fmt::format("feature `{}`: expected true or false", key.str()));
    rule.features.emplace_back(feature->feature, *on);
  }
  return rule;
}

Result<Suite::Skip> ReadSkip(const toml::table& table, std::string_view name) {
  Suite::Skip skip{table["path"].value_or(std::string()), table["reason"].value_or(std::string())};
  if (skip.path.empty() || skip.reason.empty() || table.size() != 2) {
    return Fault(name, "a [[skip]] has a `path` and a `reason`");
  }
  return skip;
}

std::string_view Trim(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r";
  const size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

}  // namespace

bool PathMatches(std::string_view path, std::string_view pattern) {
  for (size_t at = path.find(pattern); at != std::string_view::npos; at = path.find(pattern, at + 1)) {
    const size_t end = at + pattern.size();
    if ((at == 0 || path[at - 1] == '/') && (end == path.size() || path[end] == '/')) return true;
  }
  return false;
}

std::optional<std::string_view> Suite::SkipReason(std::string_view script_path) const {
  for (const Skip& skip : skips) {
    if (PathMatches(script_path, skip.path)) return skip.reason;
  }
  return std::nullopt;
}

void Suite::Apply(std::string_view script_path, wasm::Features* features) const {
  for (const Rule& rule : rules) {
    if (!PathMatches(script_path, rule.path)) continue;
    for (const auto& [feature, on] : rule.features) features->set(feature, on);
  }
}

Result<Suite> ParseSuite(std::string_view source, std::string_view name) {
  const toml::parse_result parsed = toml::parse(source);
  if (!parsed) {
    const toml::parse_error& error = parsed.error();
    return Fault(fmt::format("{}:{}", name, error.source().begin.line), std::string(error.description()));
  }
  Suite suite;
  for (const auto& [key, node] : parsed.table()) {
    const toml::array* entries = node.as_array();
    if (entries == nullptr || (key.str() != "rule" && key.str() != "skip")) {
      return Fault(name, fmt::format("`{}`: expected [[rule]] or [[skip]]", key.str()));
    }
    for (const toml::node& entry : *entries) {
      const toml::table* table = entry.as_table();
      if (table == nullptr) return Fault(name, fmt::format("`{}`: expected a table", key.str()));
      if (key.str() == "rule") {
        GANTRY_ASSIGN_OR_RETURN(Suite::Rule rule, ReadRule(*table, name));
        suite.rules.push_back(std::move(rule));
      } else {
        GANTRY_ASSIGN_OR_RETURN(Suite::Skip skip, ReadSkip(*table, name));
        suite.skips.push_back(std::move(skip));
      }
    }
  }
  return suite;
}

Result<std::optional<std::string>> ApplyScriptSwitches(std::string_view source, wasm::Features* features) {
  for (uint32_t line_number = 1; source.starts_with(";;!"); ++line_number) {
    const size_t end = std::min(source.find('\n'), source.size());
    const std::string_view line = source.substr(3, end - 3);
    source.remove_prefix(std::min(end + 1, source.size()));
    const size_t equals = line.find('=');
    const std::string_view key = Trim(line.substr(0, equals));
    const std::string_view value =
        equals == std::string_view::npos ? std::string_view() : Trim(line.substr(equals + 1));
    if (value != "true" && value != "false") {
      return std::unexpected(
          Error::AtLine(ErrorClass::Usage, "expected `;;! key = true` or `;;! key = false`", line_number, 1));
    }
    const bool on = value == "true";
    if (const wasm::FeatureInfo* feature = FeatureNamed(key)) {
      features->set(feature->feature, on);
    } else if (on && !IsRemark(key)) {
      return std::string(key);
    }
  }
  return std::nullopt;
}

}  // namespace gantry::wast
