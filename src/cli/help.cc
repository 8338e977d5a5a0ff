#include "cli/help.h"

#include <fmt/core.h>

namespace gantry::cli {

namespace {

std::string OptionLine(const OptionInfo& info) {
  std::string left =
      info.letter != 0 ? fmt::format("-{}, --{}", info.letter, info.name) : fmt::format("    --{}", info.name);
  if (!info.value.empty()) left += fmt::format(" {}", info.value);
  return fmt::format("  {:<34} {}{}\n", left, info.doc, NoteOf(info.effect));
}

struct Example {
  Command command;
  std::string_view line, doc;
};

constexpr Example kExamples[] = {
    {Command::Run, "gantry hello.wasm", "run a program"},
    {Command::Run, "gantry --dir . count.wasm notes.txt", "let it see the current folder; notes.txt is its argument"},
    {Command::Run, "gantry --invoke add math.wat 2 3", "call one function and print what it returns"},
    {Command::Run, "gantry -W timeout=5s,max-memory-size=100_000_000 guest.wasm", "bound time and memory"},
    {Command::Compile, "gantry compile math.wat -o math.cwasm", "prepare it once, run it with --allow-precompiled"},
    {Command::Validate, "gantry validate a.wasm b.wat", "silent if both are valid"},
    {Command::Parse, "gantry parse math.wat -o math.wasm", "assemble"},
    {Command::Print, "gantry print math.wasm", "disassemble"},
    {Command::Inspect, "gantry inspect math.wasm", "what it needs and offers"},
    {Command::Wast, "gantry wast tests/", "run every script of a folder"},
};

}  // namespace

std::string VersionLine() { return "gantry " GANTRY_VERSION "\n"; }

std::string GeneralHelp() {
  std::string text =
      "Gantry runs WebAssembly programs.\n\n"
      "Usage: gantry [OPTIONS] FILE [ARGS…]\n"
      "       gantry COMMAND [OPTIONS] …\n\n"
      "FILE is a module in the binary (.wasm) or the text format (.wat); `-` reads standard input. Options stand "
      "before\n"
      "FILE; everything after it belongs to the program. A program sees nothing of your system but what options give "
      "it.\n\n"
      "Commands:\n";
  for (const CommandInfo& command : AllCommands()) {
    if (command.is_shown) text += fmt::format("  {:<10} {}\n", command.name, command.doc);
  }
  text += "\nExamples:\n";
  for (const Example& example : kExamples) {
    if (example.command == Command::Run) text += fmt::format("  {}\n      {}\n", example.line, example.doc);
  }
  return text +
         "\n`gantry COMMAND --help` says more about a command, `gantry run --help` lists the options for running.\n";
}

std::string CommandHelp(Command command) {
  const CommandInfo& info = InfoOf(command);
  std::string text =
      fmt::format("{}.\n\nUsage: gantry {} [OPTIONS] {}\n\nOptions:\n", info.doc, info.name, info.operands);
  for (const OptionInfo& option : AllOptions()) {
    if (option.belongs_to(command)) text += OptionLine(option);
  }
  std::string examples;
  for (const Example& example : kExamples) {
    if (example.command == command) examples += fmt::format("  {}\n      {}\n", example.line, example.doc);
  }
  return examples.empty() ? text : text + "\nExamples:\n" + examples;
}

}  // namespace gantry::cli
