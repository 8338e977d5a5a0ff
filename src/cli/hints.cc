#include "cli/hints.h"

#include <dirent.h>
#include <fmt/core.h>
#include <unistd.h>

#include <cstdlib>
#include <memory>

#include "cli/guest_env.h"
#include "cli/printable.h"
#include "cli/suggest.h"

namespace gantry::cli {

namespace {

constexpr int kMostEntries = 10000;  // of a folder that are compared with a name
constexpr size_t kMostNames = 5;     // functions that are listed

bool Exists(std::string_view path) { return access(std::string(path).c_str(), F_OK) == 0; }

// The file in the same folder whose name is nearest; empty if none is near.
std::string NearestFile(std::string_view path) {
  struct CloseFolder {
    void operator()(DIR* folder) const { closedir(folder); }
  };
  const std::string_view base = BaseName(path);
  const std::string_view place = path.substr(0, path.size() - base.size());
  const std::unique_ptr<DIR, CloseFolder> folder(opendir(place.empty() ? "." : std::string(place).c_str()));
  Nearest nearest(base);
  for (int i = 0; folder && i < kMostEntries; ++i) {
    const dirent* entry = readdir(folder.get());
    if (entry == nullptr) break;
    if (base != entry->d_name) nearest.Offer(entry->d_name);
  }
  return nearest.word().empty() ? "" : fmt::format("{}{}", place, nearest.word());
}

// A first word that is no file: nearly a command (`gantry valdate x.wasm`), or nearly a file.
std::string HintAtName(const Args& args) {
  const std::string_view word = args.operands[0];
  if (!args.is_command_named && word.find_first_of("./") == word.npos) {
    Nearest nearest(word);
    for (const CommandInfo& command : AllCommands()) {
      if (command.is_shown) nearest.Offer(command.name);
    }
    if (!nearest.word().empty()) return fmt::format("did you mean `gantry {}`?", nearest.word());
  }
  const std::string file = NearestFile(word);
  return file.empty() ? "" : fmt::format("did you mean `{}`?", Printable(file));
}

std::string HintAtTrap(abi::TrapCode code) {
  switch (code) {
    case abi::TrapCode::OutOfFuel:
      return "`-W fuel=N` says how many instructions the program may use";
    case abi::TrapCode::Interrupt:
      return "`-W timeout=TIME` says how long the program may take";
    case abi::TrapCode::StackOverflow:
      return "`-W max-wasm-stack=BYTES` gives the program more stack";
    default:
      return "";
  }
}

// The reference runtime's wish for source lines in backtraces.
bool WantsDetails() {
  const char* value = std::getenv("WASMTIME_BACKTRACE_DETAILS");
  return value != nullptr && std::string_view(value) == "1";
}

bool IsText(const Error& error) { return error.error_class() == ErrorClass::Malformed && error.line() > 0; }

}  // namespace

std::string HintAfter(const Stop& stop, const Args& args) {
  std::string hint;
  const std::string_view path = args.operands[0];
  if (stop.failure.trap) hint = HintAtTrap(stop.failure.trap->code);
  if (stop.failure.trap && hint.empty() && WantsDetails())
    hint = "WASMTIME_BACKTRACE_DETAILS asks for source lines, which are not available in this build";
  if (stop.failure.error && path != "-" && !Exists(path)) hint = HintAtName(args);
  if (stop.failure.error && IsText(*stop.failure.error) && !path.ends_with(".wat")) {
    hint = "the file is neither a WebAssembly binary nor its text format; programs end in .wasm, text in .wat";
  }
  return hint.empty() ? "" : fmt::format("\nhint: {}\n", hint);
}

std::string HintAtFolders(const Args& args) {
  if (args.has(Option::Dir)) return "";
  for (size_t i = 1; i < args.operands.size(); ++i) {
    if (!Exists(args.operands[i])) continue;
    return fmt::format("hint: `{}` exists, but the program sees no files; `--dir .` shows it the current folder\n",
                       Printable(args.operands[i]));
  }
  return "";
}

std::string HintAtInvoke(const wasm::Module& module, std::string_view path) {
  std::string names;
  size_t count = 0;
  for (const wasm::Export& item : module.exports) {
    if (item.kind != wasm::ExternKind::Func || ++count > kMostNames) continue;
    names += fmt::format("{}`{}`", names.empty() ? "" : ", ", Printable(item.name));
  }
  if (count > kMostNames) names += fmt::format(" and {} more", count - kMostNames);
  if (count == 0) return fmt::format("warning: `{}` exports no function to run\n", Printable(path));
  return fmt::format("warning: `{}` exports no `_start`; `--invoke NAME` calls one of {}\n", Printable(path), names);
}

}  // namespace gantry::cli
