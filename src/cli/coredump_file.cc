#include "cli/coredump_file.h"

#include <fmt/core.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include "cli/engine_setup.h"
#include "cli/guest_env.h"
#include "cli/printable.h"
#include "cli/report.h"
#include "engine/coredump.h"

namespace gantry::cli {

namespace {

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

Error WriteError(const std::string& target) {
  return Error(ErrorClass::Host, fmt::format("failed to write `{}`: {}", target, std::strerror(errno)));
}

Result<void> WriteDump(Program& program, std::span<const runtime::Frame> frames, std::string_view path,
                       const std::string& target) {
  File file(std::fopen(target.c_str(), "wbe"));
  if (!file) return std::unexpected(WriteError(target));
  const auto sink = [&](std::span<const uint8_t> bytes) -> Result<void> {
    if (std::fwrite(bytes.data(), 1, bytes.size(), file.get()) == bytes.size()) return {};
    return std::unexpected(WriteError(target));
  };
  GANTRY_RETURN_IF_ERROR(engine::WriteCoredump(program.store().runtime(), frames, BaseName(path), sink));
  if (std::fclose(file.release()) != 0) return std::unexpected(WriteError(target));
  return {};
}

}  // namespace

void DumpIfWanted(const Settings& settings, std::string_view path, Program& program, Stop* stop) {
  const std::optional<std::string_view> target = settings.Text(Key::Coredump);
  if (!target || !stop->failure.trap) return;
  std::vector<runtime::Frame>& frames = stop->failure.trap->backtrace;
  const Result<void> written = WriteDump(program, frames, path, std::string(*target));
  if (written) {
    WriteText(stderr, fmt::format("core dump written to `{0}`; `gantry inspect {0}` shows it\n", Printable(*target)));
  } else {
    WriteText(stderr, fmt::format("warning: no core dump: {}\n", Printable(written.error().Summary())));
  }
  if (frames.size() > ShownFrames(settings)) frames.resize(ShownFrames(settings));
}

}  // namespace gantry::cli
