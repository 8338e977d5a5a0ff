#include "cli/args.h"

#include <fmt/core.h>

#include <algorithm>

#include "cli/settings.h"
#include "cli/suggest.h"

namespace gantry::cli {

namespace {

constexpr bool Guest = true, Any = false, Shown = true, Hidden = false;

constexpr CommandInfo kCommands[] = {
#define CLI_COMMAND(Id, name, operands, trailing, shown, doc) {name, operands, trailing, shown, doc},
#include "cli/commands.def"
};

#define CLI_COMMAND(Id, name, operands, trailing, shown, doc) \
  constexpr uint32_t k##Id = 1u << static_cast<int>(Command::Id);
#include "cli/commands.def"

constexpr uint32_t kAll = ~0u;
constexpr uint32_t kEngine = kRun + kCompile + kWast + kBench + kSettings;
constexpr uint32_t kAnyModule = kEngine + kValidate + kInspect + kPrint + kParse + kFlatten;

constexpr OptionInfo kOptions[] = {
#define CLI_OPTION(Id, letter, name, value, commands, effect, doc) {letter, name, value, commands, Effect::effect, doc},
#include "cli/options.def"
};

constexpr std::string_view kLaterCommands[] = {
#define CLI_COMMAND(Id, name, operands, trailing, shown, doc)
#define CLI_LATER_COMMAND(name, doc) name,
#include "cli/commands.def"
};

Error NotInThisBuild(std::string_view what) {
  return Error(ErrorClass::Unsupported, fmt::format("{} is not available in this build", what));
}

Error UsageError(std::string message) { return Error(ErrorClass::Usage, std::move(message)); }

// `written` begins with one or two dashes. What the reference has as a key of an option group was an option once.
Error UnknownOption(Command command, std::string_view written) {
  Nearest nearest(written.substr(std::min(written.find_first_not_of('-'), written.size())));
  for (const OptionInfo& row : kOptions) {
    if (row.belongs_to(command)) nearest.Offer(row.name);
  }
  OfferGroupKeys(&nearest);
  const std::string& word = nearest.word();
  const bool is_option =
      std::ranges::any_of(kOptions, [&](const OptionInfo& row) { return row.belongs_to(command) && row.name == word; });
  const std::string meant = is_option ? "--" + word : GroupKeyNamed(word);
  return UsageError(
      fmt::format("unknown option `{}`{}", written, word.empty() ? "" : fmt::format("; did you mean `{}`?", meant)));
}

// Walks over the arguments; one function per form of option.
class ArgParser {
 public:
  ArgParser(std::span<char* const> arguments, Args* args) : rest_(arguments), args_(args) {}

  Result<void> Parse() {
    while (!rest_.empty()) {
      const std::string_view word = Take();
      if (word == "--") return TakeOperands();
      if (word.starts_with("--")) {
        GANTRY_RETURN_IF_ERROR(ParseLong(word));
      } else if (word.size() > 1 && word[0] == '-') {
        GANTRY_RETURN_IF_ERROR(ParseShort(word));
      } else {
        args_->operands.push_back(word);
        if (InfoOf(args_->command).guest_follows) return TakeOperands();
      }
    }
    return {};
  }

 private:
  std::string_view Take() {
    const std::string_view word = rest_.front();
    rest_ = rest_.subspan(1);
    return word;
  }

  Result<void> TakeOperands() {
    while (!rest_.empty()) args_->operands.push_back(Take());
    return {};
  }

  // --name, --name=value, --name value
  Result<void> ParseLong(std::string_view word) {
    const size_t equals = word.find('=');
    const std::string_view name = word.substr(2, equals == word.npos ? word.npos : equals - 2);
    for (size_t i = 0; i < std::size(kOptions); ++i) {
      if (kOptions[i].name != name || !kOptions[i].belongs_to(args_->command)) continue;
      const bool has_value = equals != word.npos;
      return Add(static_cast<Option>(i), word, has_value, has_value ? word.substr(equals + 1) : std::string_view());
    }
    return std::unexpected(UnknownOption(args_->command, word.substr(0, equals)));
  }

  // -X, -Xvalue, -X=value, -X value
  Result<void> ParseShort(std::string_view word) {
    for (size_t i = 0; i < std::size(kOptions); ++i) {
      if (kOptions[i].letter == 0 || kOptions[i].letter != word[1] || !kOptions[i].belongs_to(args_->command)) continue;
      std::string_view value = word.substr(2);
      const bool has_value = !value.empty();
      if (value.starts_with("=")) value.remove_prefix(1);
      return Add(static_cast<Option>(i), word, has_value, value);
    }
    return std::unexpected(UnknownOption(args_->command, word));
  }

  Result<void> Add(Option option, std::string_view word, bool has_value, std::string_view value) {
    const OptionInfo& info = InfoOf(option);
    if (info.effect == Effect::Refused) return std::unexpected(NotInThisBuild(fmt::format("`--{}`", info.name)));
    if (info.value.empty()) {
      if (has_value)
        return std::unexpected(UsageError(fmt::format("`--{}` takes no value, `{}` gives one", info.name, word)));
    } else if (!has_value) {
      if (rest_.empty())
        return std::unexpected(UsageError(fmt::format("`{}` needs a value: `{} {}`", word, word, info.value)));
      value = Take();
    }
    args_->options.push_back({option, value});
    return {};
  }

  std::span<char* const> rest_;
  Args* args_;
};

}  // namespace

std::string_view NoteOf(Effect effect) {
  switch (effect) {
    case Effect::Effective:
      return "";
    case Effect::Recorded:
      return " (accepted, no effect here)";
    case Effect::Refused:
      return " (not in this build)";
  }
  return "";
}

std::span<const CommandInfo> AllCommands() { return kCommands; }
std::span<const OptionInfo> AllOptions() { return kOptions; }

bool Args::has(Option option) const {
  for (const GivenOption& given : options) {
    if (given.option == option) return true;
  }
  return false;
}

std::string_view Args::value(Option option) const {
  std::string_view value;
  for (const GivenOption& given : options) {
    if (given.option == option) value = given.value;
  }
  return value;
}

std::vector<std::string_view> Args::values(Option option) const {
  std::vector<std::string_view> values;
  for (const GivenOption& given : options) {
    if (given.option == option) values.push_back(given.value);
  }
  return values;
}

Result<Args> ParseArgs(std::span<char* const> arguments) {
  Args args;
  if (!arguments.empty()) {
    const std::string_view word = arguments[0];
    for (size_t i = 0; i < std::size(kCommands); ++i) {
      if (kCommands[i].name != word) continue;
      args.command = static_cast<Command>(i);
      args.is_command_named = true;
      arguments = arguments.subspan(1);
      break;
    }
    for (std::string_view name : kLaterCommands) {
      if (name == word) return std::unexpected(NotInThisBuild(fmt::format("`gantry {}`", name)));
    }
  }
  GANTRY_RETURN_IF_ERROR(ArgParser(arguments, &args).Parse());
  return args;
}

}  // namespace gantry::cli
