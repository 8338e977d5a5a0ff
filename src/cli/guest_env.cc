#include "cli/guest_env.h"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "cli/report.h"
#include "wasi/host/listen.h"

namespace gantry::cli {

namespace {

// Passes the host's value on, if there is one.
void PassOn(const std::string& name, wasi::WasiConfig* config) {
  if (const char* value = std::getenv(name.c_str())) config->env.push_back(name + "=" + value);
}

Result<void> AddSockets(const Settings& settings, wasi::WasiConfig* config) {
  if (settings.Flag(Key::ListenFd)) {
    GANTRY_ASSIGN_OR_RETURN(config->sockets, wasi::TakeListenFds());
    if (config->sockets.empty()) {
      WriteText(stderr, "warning: `-S listenfd`: no sockets were handed over (LISTEN_FDS counts them)\n");
    } else if (!settings.Flag(Key::InheritEnv)) {
      PassOn("LISTEN_FDS", config);
      PassOn("LISTEN_FDNAMES", config);
    }
  }
  for (const std::string& address : settings.List(Key::TcpListen)) {
    GANTRY_ASSIGN_OR_RETURN(platform::OwnedFd listener, wasi::ListenTcp(address));
    config->sockets.push_back(std::move(listener));
  }
  return {};
}

// HOST, HOST::GUEST or HOST::GUEST::ro.
Result<wasi::PreopenConfig> Preopen(std::string_view text) {
  constexpr std::string_view kSeparator = "::", kReadOnly = "ro";
  const size_t first = text.find(kSeparator);
  const std::string_view host = text.substr(0, first);
  if (first == text.npos) return wasi::PreopenConfig{.host = std::string(host), .guest = std::string(host)};
  const std::string_view rest = text.substr(first + kSeparator.size());
  const size_t second = rest.find(kSeparator);
  const std::string_view guest = rest.substr(0, second);
  const std::string_view mode = second == rest.npos ? "" : rest.substr(second + kSeparator.size());
  if (second != rest.npos && mode != kReadOnly) {
    return std::unexpected(
        Error(ErrorClass::Usage, fmt::format("`--dir {}`: expected `ro` after the second `::`, not `{}`", text, mode)));
  }
  return wasi::PreopenConfig{.host = std::string(host), .guest = std::string(guest), .read_only = second != rest.npos};
}

wasi::StreamConfig Stream(bool is_inherited) {
  return is_inherited ? wasi::StreamConfig::Inherit() : wasi::StreamConfig();
}

}  // namespace

std::string_view BaseName(std::string_view path) {
  const size_t slash = path.rfind('/');
  return slash == path.npos ? path : path.substr(slash + 1);
}

Result<wasi::WasiConfig> WasiConfigOf(const Args& args, const Settings& settings) {
  wasi::WasiConfig config;
  config.args.emplace_back(args.has(Option::Argv0) ? args.value(Option::Argv0) : BaseName(args.operands[0]));
  config.args.insert(config.args.end(), args.operands.begin() + 1, args.operands.end());
  if (settings.Flag(Key::InheritEnv)) {
    for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) config.env.emplace_back(*entry);
  }
  for (std::string_view text : args.values(Option::Env)) {
    if (text.find('=') != text.npos) {
      config.env.emplace_back(text);
    } else {
      PassOn(std::string(text), &config);
    }
  }
  config.in = Stream(settings.Flag(Key::InheritStdin, true));
  config.out = Stream(settings.Flag(Key::InheritStdout, true));
  config.err = Stream(settings.Flag(Key::InheritStderr, true));
  for (std::string_view text : args.values(Option::Dir)) {
    GANTRY_ASSIGN_OR_RETURN(wasi::PreopenConfig preopen, Preopen(text));
    config.preopens.push_back(std::move(preopen));
  }
  GANTRY_RETURN_IF_ERROR(AddSockets(settings, &config));
  config.max_call_bytes = settings.Number(Key::HostcallFuel).value_or(config.max_call_bytes);
  config.max_random_bytes = settings.Number(Key::MaxRandomSize).value_or(config.max_random_bytes);
  if (const auto most = settings.Number(Key::MaxResources)) {
    config.max_descriptors = static_cast<uint32_t>(std::min<uint64_t>(*most, UINT32_MAX));
  }
  return config;
}

}  // namespace gantry::cli
