#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "cli/cli.h"
#include "cli/printable.h"
#include "cli/report.h"
#include "cli/settings.h"

namespace gantry::cli {

namespace {

constexpr std::string_view kFolder = "gantry", kFile = "config.toml";

// $XDG_CONFIG_HOME/gantry/config.toml, else below ~/.config; empty if there is no home.
std::string DefaultPath() {
  std::string base;
  if (const char* config = std::getenv("XDG_CONFIG_HOME"); config != nullptr && *config == '/') base = config;
  const char* home = std::getenv("HOME");
  if (base.empty() && home != nullptr && *home != 0) base = fmt::format("{}/.config", home);
  return base.empty() ? "" : fmt::format("{}/{}/{}", base, kFolder, kFile);
}

// Makes the folders that the path names. A fault shows when the file is made.
void MakeFolders(const std::string& path) {
  for (size_t slash = path.find('/', 1); slash != path.npos; slash = path.find('/', slash + 1)) {
    mkdir(path.substr(0, slash).c_str(), 0777);
  }
}

// Never over a file that is there.
Result<void> WriteNew(const std::string& path, std::string_view text) {
  const auto failed = [&] {
    return std::unexpected(
        Error(ErrorClass::Host, fmt::format("failed to create `{}`: {}", Printable(path), std::strerror(errno))));
  };
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (fd < 0) return failed();
  const bool is_written = write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  const bool is_closed = close(fd) == 0;
  if (!is_written || !is_closed) return failed();
  return {};
}

}  // namespace

int RunConfig(const Args& args) {
  if (!CheckOperands(args, 1, 2)) return kExitUsage;
  if (args.operands[0] != "new") {
    return Fail(Error(ErrorClass::Usage, fmt::format("`gantry config {}`: expected `gantry config new [FILE]`",
                                                     Printable(args.operands[0]))));
  }
  const std::string path = args.operands.size() > 1 ? std::string(args.operands[1]) : DefaultPath();
  if (path.empty()) return Fail(Error(ErrorClass::Usage, "neither XDG_CONFIG_HOME nor HOME is set; name the file"));
  if (args.operands.size() == 1) MakeFolders(path);
  const Result<void> written = WriteNew(path, ConfigTemplate());
  if (!written) return Fail(written.error());
  WriteText(stdout, fmt::format("created `{0}`; use it with `gantry run --config {0} …`\n", Printable(path)));
  return kExitOk;
}

}  // namespace gantry::cli
