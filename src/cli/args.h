// ParseArgs: the command line taken apart by the tables commands.def and options.def.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace gantry::cli {

enum class Command : uint8_t {
#define CLI_COMMAND(Id, name, operands, trailing, shown, doc) Id,
#include "cli/commands.def"
};

struct CommandInfo {
  std::string_view name, operands;
  bool guest_follows;  // what follows the first operand belongs to the guest
  bool is_shown;
  std::string_view doc;
};

enum class Option : uint8_t {
#define CLI_OPTION(Id, letter, name, value, commands, effect, doc) Id,
#include "cli/options.def"
};

// What an option or key does in this build: Recorded ones are accepted without effect, Refused ones are an error.
enum class Effect : uint8_t { Effective, Recorded, Refused };

// What help pages add to the line of an option or key.
std::string_view NoteOf(Effect effect);

struct OptionInfo {
  char letter;
  std::string_view name, value;
  uint32_t commands;  // bit per Command
  Effect effect;
  std::string_view doc;

  bool belongs_to(Command command) const { return (commands >> static_cast<int>(command)) & 1; }
};

std::span<const CommandInfo> AllCommands();
std::span<const OptionInfo> AllOptions();
inline const CommandInfo& InfoOf(Command command) { return AllCommands()[static_cast<size_t>(command)]; }
inline const OptionInfo& InfoOf(Option option) { return AllOptions()[static_cast<size_t>(option)]; }

struct GivenOption {
  Option option;
  std::string_view value;  // empty for a switch
};

struct Args {
  Command command = Command::Run;
  bool is_command_named = false;
  std::vector<GivenOption> options;  // in order
  std::vector<std::string_view> operands;

  bool has(Option option) const;
  std::string_view value(Option option) const;  // the last one; empty without
  std::vector<std::string_view> values(Option option) const;
};

// `arguments` without the program's name. The views point into it. Errors are of class Usage and end in a suggestion if
// one is near; what this build does not have is of class Unsupported.
Result<Args> ParseArgs(std::span<char* const> arguments);

}  // namespace gantry::cli
