#include "cli/config_file.h"

#include <fmt/core.h>

#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>

#include "cli/input.h"

namespace gantry::cli {

namespace {

std::optional<Option> GroupNamed(std::string_view name) {
  for (Option group : {Option::Optimize, Option::Codegen, Option::Debug, Option::Wasm, Option::Wasi}) {
    if (InfoOf(group).name == name) return group;
  }
  return std::nullopt;
}

Result<void> AddKey(Option group, std::string_view key, const toml::node& node, Settings* settings) {
  if (const std::optional<bool> flag = node.value_exact<bool>()) return settings->Add(group, key, *flag ? "y" : "n");
  if (const std::optional<int64_t> number = node.value_exact<int64_t>()) {
    return settings->Add(group, key, std::to_string(*number));
  }
  if (const std::optional<std::string_view> text = node.value_exact<std::string_view>())
    return settings->Add(group, key, *text);
  return std::unexpected(
      Error(ErrorClass::Usage, fmt::format("key `{}`: expected true, false, a whole number or a string", key)));
}

Result<void> AddTables(const toml::table& tables, Settings* settings) {
  for (const auto& [name, node] : tables) {
    const std::optional<Option> group = GroupNamed(name.str());
    if (!group || !node.is_table()) {
      return std::unexpected(
          Error(ErrorClass::Usage,
                fmt::format("`{}`: expected the tables optimize, codegen, debug, wasm and wasi", name.str())));
    }
    for (const auto& [key, value] : *node.as_table())
      GANTRY_RETURN_IF_ERROR(AddKey(*group, key.str(), value, settings));
  }
  return {};
}

}  // namespace

Result<void> ReadConfigFile(const std::string& path, Settings* settings) {
  GANTRY_ASSIGN_OR_RETURN(const std::vector<uint8_t> bytes, ReadInput(path));
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  toml::parse_result parsed = toml::parse(text, path);
  if (!parsed) {
    const toml::parse_error& fault = parsed.error();
    return std::unexpected(Error::AtLine(ErrorClass::Usage, std::string(fault.description()), fault.source().begin.line,
                                         fault.source().begin.column)
                               .WithContext(fmt::format("failed to parse `{}`", path)));
  }
  Result<void> added = AddTables(parsed.table(), settings);
  if (!added) {
    return std::unexpected(std::move(added).error().WithContext(fmt::format("in configuration file `{}`", path)));
  }
  return {};
}

}  // namespace gantry::cli
