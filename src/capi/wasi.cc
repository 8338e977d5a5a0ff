// wasi.h: a configuration is a WasiConfig that grows. Tested by tests/capi/wasi.c.
#include "capi/wasi.h"

#include <fcntl.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/utf8.h"
#include "capi/core.h"
#include "capi/vec.h"
#include "platform/files.h"
#include "platform/process.h"

struct wasi_config_t {
  gantry::wasi::WasiConfig config;
  // For versions of WASI that can open sockets.
  bool inherits_network = false;
  bool looks_up_names = false;
};

namespace gantry::capi {

using platform::OwnedFd;
using wasi::StreamConfig;

Result<std::shared_ptr<wasi::WasiContext>> TakeWasiContext(wasi_config_t* config) {
  const std::unique_ptr<wasi_config_t> taken(config);
  if (config == nullptr) return std::unexpected(Error(ErrorClass::Usage, "no WASI configuration was given"));
  return wasi::WasiContext::Create(std::move(taken->config));
}

namespace {

bool IsText(const char* text) { return text != nullptr && IsUtf8(text); }

bool AllText(const char* const* texts, size_t count) {
  return texts != nullptr ? std::all_of(texts, texts + count, IsText) : count == 0;
}

// Replaces the variable of this name.
void SetVariable(std::vector<std::string>* variables, std::string_view name, std::string_view value) {
  std::string entry(name);
  entry += '=';
  const auto place = std::ranges::find_if(*variables, [&](const std::string& old) { return old.starts_with(entry); });
  entry += value;
  if (place == variables->end()) {
    variables->push_back(std::move(entry));
  } else {
    *place = std::move(entry);
  }
}

bool SetFile(StreamConfig* stream, const char* path, int flags) {
  constexpr mode_t kMode = 0666;  // less the process's umask
  OwnedFd file(path == nullptr ? -1 : open(path, flags | O_CLOEXEC, kMode));
  if (!file) return false;
  *stream = StreamConfig::File(std::move(file));
  return true;
}

void SetSink(StreamConfig* stream, ptrdiff_t (*callback)(void*, const unsigned char*, size_t), void* data,
             void (*finalizer)(void*)) {
  auto foreign = std::make_shared<Foreign>(data, finalizer);
  if (callback == nullptr) {
    *stream = StreamConfig();
    return;
  }
  *stream = StreamConfig::Sink([callback, foreign = std::move(foreign)](const uint8_t* bytes, size_t size) noexcept {
    return callback(foreign->data(), bytes, size);
  });
}

bool AddPreopen(wasi_config_t* config, const char* host, const char* guest, bool read_only) {
  if (host == nullptr || !IsText(guest)) return false;
  OwnedFd directory(open(host, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory) return false;
  config->config.preopens.push_back({host, guest, read_only, std::move(directory)});
  return true;
}

}  // namespace

}  // namespace gantry::capi

using namespace gantry;        // NOLINT: from here on the C functions
using namespace gantry::capi;  // NOLINT

wasi_config_t* wasi_config_new(void) { return new wasi_config_t; }
void wasi_config_delete(wasi_config_t* config) { delete config; }

void wasi_config_inherit_network(wasi_config_t* config) { config->inherits_network = true; }
void wasi_config_allow_ip_name_lookup(wasi_config_t* config, bool enable) { config->looks_up_names = enable; }

bool wasi_config_set_argv(wasi_config_t* config, size_t argc, const char* argv[]) {
  if (!AllText(argv, argc)) return false;
  config->config.args.insert(config->config.args.end(), argv, argv + argc);
  return true;
}

void wasi_config_inherit_argv(wasi_config_t* config) {
  std::vector<std::string> args = platform::ProcessArguments();
  std::ranges::move(args, std::back_inserter(config->config.args));
}

bool wasi_config_set_env(wasi_config_t* config, size_t envc, const char* names[], const char* values[]) {
  if (!AllText(names, envc) || !AllText(values, envc)) return false;
  for (size_t i = 0; i < envc; ++i) SetVariable(&config->config.env, names[i], values[i]);
  return true;
}

void wasi_config_inherit_env(wasi_config_t* config) {
  for (const std::string& entry : platform::ProcessEnvironment()) {
    const size_t equals = entry.find('=');
    if (equals == entry.npos) continue;
    SetVariable(&config->config.env, std::string_view(entry).substr(0, equals),
                std::string_view(entry).substr(equals + 1));
  }
}

bool wasi_config_set_stdin_file(wasi_config_t* config, const char* path) {
  return SetFile(&config->config.in, path, O_RDONLY);
}

void wasi_config_set_stdin_bytes(wasi_config_t* config, wasm_byte_vec_t* binary) {
  wasm_byte_vec_t taken = TakeVec(binary);
  config->config.in = StreamConfig::File(platform::AnonymousFile(taken.data, taken.size));
  wasm_byte_vec_delete(&taken);
}

void wasi_config_inherit_stdin(wasi_config_t* config) { config->config.in = StreamConfig::Inherit(); }

bool wasi_config_set_stdout_file(wasi_config_t* config, const char* path) {
  return SetFile(&config->config.out, path, O_WRONLY | O_CREAT | O_TRUNC);
}

void wasi_config_inherit_stdout(wasi_config_t* config) { config->config.out = StreamConfig::Inherit(); }

void wasi_config_set_stdout_custom(wasi_config_t* config, ptrdiff_t (*callback)(void*, const unsigned char*, size_t),
                                   void* data, void (*finalizer)(void*)) {
  SetSink(&config->config.out, callback, data, finalizer);
}

bool wasi_config_set_stderr_file(wasi_config_t* config, const char* path) {
  return SetFile(&config->config.err, path, O_WRONLY | O_CREAT | O_TRUNC);
}

void wasi_config_inherit_stderr(wasi_config_t* config) { config->config.err = StreamConfig::Inherit(); }

void wasi_config_set_stderr_custom(wasi_config_t* config, ptrdiff_t (*callback)(void*, const unsigned char*, size_t),
                                   void* data, void (*finalizer)(void*)) {
  SetSink(&config->config.err, callback, data, finalizer);
}

#if GANTRY_COMPAT_ABI >= 48

bool wasi_config_preopen_dir(wasi_config_t* config, const char* host_path, const char* guest_path, bool fs_mutable) {
  return AddPreopen(config, host_path, guest_path, /*read_only=*/!fs_mutable);
}

#else

bool wasi_config_preopen_dir(wasi_config_t* config, const char* host_path, const char* guest_path,
                             wasi_dir_perms dir_perms, wasi_file_perms file_perms) {
  if ((dir_perms & WASMTIME_WASI_DIR_PERMS_READ) == 0 || (file_perms & WASMTIME_WASI_FILE_PERMS_READ) == 0)
    return false;
  const bool writes =
      (dir_perms & WASMTIME_WASI_DIR_PERMS_WRITE) != 0 && (file_perms & WASMTIME_WASI_FILE_PERMS_WRITE) != 0;
  return AddPreopen(config, host_path, guest_path, /*read_only=*/!writes);
}

#endif
