#include <fmt/core.h>

#include "cli/cli.h"
#include "cli/report.h"
#include "cli/suggest.h"

namespace gantry::cli {

namespace {

bool IsShown(const OptionInfo& option, Command command) {
  return option.belongs_to(command) && option.effect != Effect::Refused;
}

Command CommandAt(size_t index) { return static_cast<Command>(index); }

// The shown commands' names, with blanks between.
std::string CommandNames() {
  std::string text;
  for (const CommandInfo& command : AllCommands()) {
    if (command.is_shown) text += fmt::format("{}{}", text.empty() ? "" : " ", command.name);
  }
  return text;
}

std::string OptionNames(Command command) {
  std::string text;
  for (const OptionInfo& option : AllOptions()) {
    if (!IsShown(option, command)) continue;
    text += fmt::format("{}--{}", text.empty() ? "" : " ", option.name);
    if (option.letter != 0) text += fmt::format(" -{}", option.letter);
  }
  return text;
}

// Text between single quotes of a shell, where a quote is written '\''.
std::string Quoted(std::string_view text) {
  std::string result = "'";
  for (char c : text) result += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return result + "'";
}

std::string Bash() {
  std::string cases;
  for (size_t i = 0; i < AllCommands().size(); ++i) {
    if (AllCommands()[i].is_shown) {
      cases += fmt::format("    {}) options={} ;;\n", AllCommands()[i].name, Quoted(OptionNames(CommandAt(i))));
    }
  }
  return fmt::format(
      "_gantry() {{\n"
      "  local word=${{COMP_WORDS[COMP_CWORD]}} options\n"
      "  case ${{COMP_WORDS[1]}} in\n{}"
      "    *) options={} ;;\n"
      "  esac\n"
      "  if [[ $word == -* ]]; then\n"
      "    COMPREPLY=($(compgen -W \"$options\" -- \"$word\"))\n"
      "  elif [[ $COMP_CWORD == 1 ]]; then\n"
      "    COMPREPLY=($(compgen -W {} -- \"$word\") $(compgen -f -- \"$word\"))\n"
      "  else\n"
      "    COMPREPLY=($(compgen -f -- \"$word\"))\n"
      "  fi\n"
      "}}\n"
      "complete -o filenames -F _gantry gantry\n",
      cases, Quoted(OptionNames(Command::Run)), Quoted(CommandNames()));
}

std::string Zsh() {
  std::string commands, cases;
  for (size_t i = 0; i < AllCommands().size(); ++i) {
    const CommandInfo& command = AllCommands()[i];
    if (!command.is_shown) continue;
    commands += fmt::format("    {}\n", Quoted(fmt::format("{}:{}", command.name, command.doc)));
    cases += fmt::format("    {}) options=({}) ;;\n", command.name, OptionNames(CommandAt(i)));
  }
  return fmt::format(
      "#compdef gantry\n"
      "local -a commands options\n"
      "commands=(\n{})\n"
      "case $words[2] in\n{}"
      "    *) options=({}) ;;\n"
      "esac\n"
      "if [[ $PREFIX == -* ]]; then\n"
      "  compadd -- $options\n"
      "elif (( CURRENT == 2 )); then\n"
      "  _describe command commands\n"
      "  _files\n"
      "else\n"
      "  _files\n"
      "fi\n",
      commands, cases, OptionNames(Command::Run));
}

std::string Fish() {
  std::string text = "complete -c gantry -e\n";
  for (size_t i = 0; i < AllCommands().size(); ++i) {
    const CommandInfo& command = AllCommands()[i];
    if (!command.is_shown) continue;
    text += fmt::format("complete -c gantry -n __fish_use_subcommand -a {} -d {}\n", command.name, Quoted(command.doc));
    for (const OptionInfo& option : AllOptions()) {
      if (!IsShown(option, CommandAt(i))) continue;
      text += fmt::format("complete -c gantry -n '__fish_seen_subcommand_from {}' -l {}{}{} -d {}\n", command.name,
                          option.name, option.letter == 0 ? "" : fmt::format(" -s {}", option.letter),
                          option.value.empty() ? "" : " -r", Quoted(option.doc));
    }
  }
  return text;
}

struct Shell {
  std::string_view name;
  std::string (*script)();
};
constexpr Shell kShells[] = {{"bash", Bash}, {"zsh", Zsh}, {"fish", Fish}};

}  // namespace

int RunCompletion(const Args& args) {
  if (!CheckOperands(args, 1, 1)) return kExitUsage;
  Nearest nearest(args.operands[0]);
  for (const Shell& shell : kShells) {
    nearest.Offer(shell.name);
    if (shell.name != args.operands[0]) continue;
    WriteText(stdout, shell.script());
    return kExitOk;
  }
  return Fail(Error(ErrorClass::Usage, fmt::format("no completion for `{}`; there are bash, zsh and fish{}",
                                                   args.operands[0], nearest.Hint())));
}

}  // namespace gantry::cli
