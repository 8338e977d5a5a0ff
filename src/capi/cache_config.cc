#include "capi/cache_config.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "platform/read_file.h"

namespace gantry::capi {

namespace {

// A number with one of several units behind it, some of them spelled in two ways; or a path.
enum class Form : uint8_t { AbsolutePath, Level, Count, Bytes, Percent, Duration };

struct Key {
  std::string_view name;
  Form form;
};

constexpr Key kKeys[] = {
    {"directory", Form::AbsolutePath},
    {"worker-event-queue-size", Form::Count},
    {"baseline-compression-level", Form::Level},
    {"optimized-compression-level", Form::Level},
    {"optimized-compression-usage-counter-threshold", Form::Count},
    {"cleanup-interval", Form::Duration},
    {"optimizing-compression-task-timeout", Form::Duration},
    {"allowed-clock-drift-for-files-from-future", Form::Duration},
    {"file-count-soft-limit", Form::Count},
    {"files-total-size-soft-limit", Form::Bytes},
    {"file-count-limit-percent-if-deleting", Form::Percent},
    {"files-total-size-limit-percent-if-deleting", Form::Percent},
};

struct Unit {
  Form form;
  std::string_view text;
};

constexpr Unit kUnits[] = {
    {Form::Level, ""},     {Form::Count, ""},     {Form::Count, "K"},    {Form::Count, "M"},   {Form::Count, "G"},
    {Form::Count, "T"},    {Form::Count, "P"},    {Form::Bytes, ""},     {Form::Bytes, "K"},   {Form::Bytes, "M"},
    {Form::Bytes, "G"},    {Form::Bytes, "T"},    {Form::Bytes, "P"},    {Form::Bytes, "Ki"},  {Form::Bytes, "Mi"},
    {Form::Bytes, "Gi"},   {Form::Bytes, "Ti"},   {Form::Bytes, "Pi"},   {Form::Percent, "%"}, {Form::Duration, "s"},
    {Form::Duration, "m"}, {Form::Duration, "h"}, {Form::Duration, "d"},
};

// A file of settings is small; more is none.
constexpr size_t kMaxBytes = size_t{1} << 20;
constexpr size_t kMaxDigits = 18;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\r'; }

std::string_view Trim(std::string_view text) {
  while (!text.empty() && IsSpace(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsSpace(text.back())) text.remove_suffix(1);
  return text;
}

bool FitsForm(Form form, std::string_view text) {
  if (form == Form::AbsolutePath) return text.starts_with('/');
  if (form == Form::Level && text.starts_with('-')) text.remove_prefix(1);
  const size_t digits = static_cast<size_t>(std::find_if_not(text.begin(), text.end(), IsDigit) - text.begin());
  if (digits == 0 || digits > kMaxDigits) return false;
  const std::string_view unit = Trim(text.substr(digits));
  return std::any_of(std::begin(kUnits), std::end(kUnits),
                     [&](const Unit& row) { return row.form == form && row.text == unit; });
}

// Takes a value off the front of `*text`: what stands between quotes, or everything up to a space or a comment.
bool TakeValue(std::string_view* text, std::string_view* value) {
  if (text->empty()) return false;
  const char quote = text->front();
  if (quote == '"' || quote == '\'') {
    const size_t end = text->find(quote, 1);
    if (end == std::string_view::npos) return false;
    *value = text->substr(1, end - 1);
    *text = text->substr(end + 1);
    return quote == '\'' || value->find('\\') == std::string_view::npos;
  }
  const size_t end = std::min(text->find_first_of(" \t\r#"), text->size());
  *value = text->substr(0, end);
  *text = text->substr(end);
  return !value->empty();
}

// What is wrong with a line; empty if nothing is.
std::string Fault(std::string_view line, bool* in_table) {
  line = Trim(line);
  if (line.empty() || line.front() == '#') return "";
  if (line.front() == '[') {
    const size_t end = line.find(']');
    const std::string_view rest = end == std::string_view::npos ? line : Trim(line.substr(end + 1));
    if (end == std::string_view::npos || (!rest.empty() && rest.front() != '#')) return "malformed table header";
    if (Trim(line.substr(1, end - 1)) != "cache") return "unknown table, expected `[cache]`";
    if (*in_table) return "the table `[cache]` stands here a second time";
    *in_table = true;
    return "";
  }
  const size_t equals = line.find('=');
  if (equals == std::string_view::npos) return "expected `key = value`";
  std::string_view name = Trim(line.substr(0, equals));
  if (!*in_table) return "`" + std::string(name) + "` stands before the table `[cache]`";
  const Key* const key =
      std::find_if(std::begin(kKeys), std::end(kKeys), [&](const Key& row) { return row.name == name; });
  if (key == std::end(kKeys)) return "unknown key `" + std::string(name) + "`";
  std::string_view rest = Trim(line.substr(equals + 1));
  std::string_view value;
  if (!TakeValue(&rest, &value)) return "malformed value of `" + std::string(name) + "`";
  rest = Trim(rest);
  if (!rest.empty() && rest.front() != '#') return "text after the value of `" + std::string(name) + "`";
  if (!FitsForm(key->form, value)) return "`" + std::string(value) + "` is no value of `" + std::string(name) + "`";
  return "";
}

}  // namespace

Result<void> CheckCacheConfig(const std::string& path) {
  const auto fail = [&](const std::string& text) {
    return std::unexpected(Error(ErrorClass::Usage, "failed to read the cache configuration " + path + ": " + text));
  };
  Result<std::vector<uint8_t>> file = platform::ReadFile(path, kMaxBytes);
  if (!file) return fail(file.error().Summary());
  std::string_view text(reinterpret_cast<const char*>(file->data()), file->size());
  bool in_table = false;
  for (size_t line_number = 1; !text.empty(); ++line_number) {
    const size_t end = std::min(text.find('\n'), text.size());
    const std::string fault = Fault(text.substr(0, end), &in_table);
    if (!fault.empty()) return fail("line " + std::to_string(line_number) + ": " + fault);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  if (!in_table) return fail("it has no table `[cache]`");
  return {};
}

}  // namespace gantry::capi
