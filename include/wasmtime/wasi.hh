/// \file wasmtime/wasi.hh
///
/// What WASI programs may see and use.

#ifndef WASMTIME_WASI_HH
#define WASMTIME_WASI_HH

#include <wasi.h>
#include <wasmtime/conf.h>

#include <string>
#include <utility>
#include <vector>
#include <wasmtime/helpers.hh>

#ifdef WASMTIME_FEATURE_WASI

namespace wasmtime {

/// What WASI programs in a store may see and use: arguments, environment, streams, folders. At first nothing: no
/// arguments, no variables, empty input, output that goes nowhere, no files. Store::Context::set_wasi() takes it.
class WasiConfig : public detail::Owned<WasiConfig, wasi_config_t, wasi_config_delete> {
 public:
  using Owned::Owned;

  /// A configuration that allows nothing.
  WasiConfig() : Owned(wasi_config_new()) {}

  /// Sets the arguments, of which the first is the program's name. Arguments that are not UTF-8 leave the earlier ones.
  void argv(const std::vector<std::string>& args) {
    std::vector<const char*> pointers;
    pointers.reserve(args.size());
    for (const std::string& arg : args) pointers.push_back(arg.c_str());
    (void)wasi_config_set_argv(capi(), pointers.size(), pointers.data());
  }
  /// Passes on the arguments of this process.
  void inherit_argv() { wasi_config_inherit_argv(capi()); }

  /// Sets the environment's variables: pairs of name and value. Any that are not UTF-8 leave the earlier environment.
  void env(const std::vector<std::pair<std::string, std::string>>& env) {
    std::vector<const char*> names;
    std::vector<const char*> values;
    names.reserve(env.size());
    values.reserve(env.size());
    for (const auto& [name, value] : env) {
      names.push_back(name.c_str());
      values.push_back(value.c_str());
    }
    (void)wasi_config_set_env(capi(), env.size(), names.data(), values.data());
  }
  /// Passes on the environment of this process.
  void inherit_env() { wasi_config_inherit_env(capi()); }

  /// Makes a file the standard input; tells whether it could be opened.
  [[nodiscard]] bool stdin_file(const std::string& path) { return wasi_config_set_stdin_file(capi(), path.c_str()); }
  /// Passes on the standard input of this process.
  void inherit_stdin() { wasi_config_inherit_stdin(capi()); }

  /// Makes a file, which becomes empty first, the standard output; tells whether it could be opened.
  [[nodiscard]] bool stdout_file(const std::string& path) { return wasi_config_set_stdout_file(capi(), path.c_str()); }
  /// Passes on the standard output of this process.
  void inherit_stdout() { wasi_config_inherit_stdout(capi()); }

  /// Makes a file, which becomes empty first, the standard error; tells whether it could be opened.
  [[nodiscard]] bool stderr_file(const std::string& path) { return wasi_config_set_stderr_file(capi(), path.c_str()); }
  /// Passes on the standard error of this process.
  void inherit_stderr() { wasi_config_inherit_stderr(capi()); }

#if GANTRY_COMPAT_ABI >= 48
  /// Lets programs use a folder of the host's and all below it.
  ///
  /// \param path       the folder.
  /// \param guest_path the name under which programs see it.
  /// \param fs_mutable whether they may change anything there.
  /// \return whether the folder could be opened.
  [[nodiscard]] bool preopen_dir(const std::string& path, const std::string& guest_path, bool fs_mutable) {
    return wasi_config_preopen_dir(capi(), path.c_str(), guest_path.c_str(), fs_mutable);
  }
#else  // the library was built for programs made for versions before 48
  /// Lets programs use a folder of the host's and all below it, with the permissions of wasi.h for folders and for
  /// files in it. Tells whether the folder could be opened.
  [[nodiscard]] bool preopen_dir(const std::string& path, const std::string& guest_path, wasi_dir_perms dir_perms,
                                 wasi_file_perms file_perms) {
    return wasi_config_preopen_dir(capi(), path.c_str(), guest_path.c_str(), dir_perms, file_perms);
  }
#endif

  /// Lets components use the network of the host.
  void inherit_network() { wasi_config_inherit_network(capi()); }
  /// Says whether components may look up the addresses of names.
  void allow_ip_name_lookup(bool enable) { wasi_config_allow_ip_name_lookup(capi(), enable); }
};

}  // namespace wasmtime

#endif  // WASMTIME_FEATURE_WASI

#endif  // WASMTIME_WASI_HH
