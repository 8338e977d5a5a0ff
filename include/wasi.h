/// \file wasi.h
/// What a WASI program may see and do: arguments, environment, standard streams, directories, network. Filled in before
/// the program runs and handed over with wasmtime_context_set_wasi, which takes it.
///
/// A configuration starts with nothing: no arguments, no variables, an empty input, outputs that are thrown away, no
/// directory, no network. It is for one thread at a time. The functions copy their arguments unless they say otherwise.
#ifndef WASI_H
#define WASI_H

#include <stdint.h>
#include <wasm.h>
#include <wasmtime/conf.h>

#ifdef WASMTIME_FEATURE_WASI

/// How the functions are declared. Defined by whoever includes this file first, or here.
#ifndef WASI_API_EXTERN
#if defined(_WIN32)
#define WASI_API_EXTERN __declspec(dllimport)
#elif defined(__GNUC__)
#define WASI_API_EXTERN __attribute__((visibility("default")))
#else
#define WASI_API_EXTERN
#endif
#endif

#ifdef __cplusplus
extern "C" {
#endif

/// Marks what is owned, as in wasm.h.
#define own

/// A configuration.
typedef struct wasi_config_t wasi_config_t;

/// Releases a configuration that no store has taken. NULL is fine.
WASI_API_EXTERN void wasi_config_delete(own wasi_config_t* config);

/// An empty configuration.
WASI_API_EXTERN own wasi_config_t* wasi_config_new(void);

/// Lets the program use every address and port that this process can. WASI 0.1 has no function to open a socket, so
/// this concerns later versions only.
WASI_API_EXTERN void wasi_config_inherit_network(wasi_config_t* config);

/// Lets the program look up the addresses of names, or not. The same holds.
WASI_API_EXTERN void wasi_config_allow_ip_name_lookup(wasi_config_t* config, bool enable);

/// Adds arguments. The first of all is the program's name. False if one is NULL or no UTF-8: then none is added.
WASI_API_EXTERN bool wasi_config_set_argv(wasi_config_t* config, size_t argc, const char* argv[]);

/// Adds the arguments of this process.
WASI_API_EXTERN void wasi_config_inherit_argv(wasi_config_t* config);

/// Adds environment variables; one whose name is there already is replaced. `names` and `values` have `envc` elements
/// each. False if one is NULL or no UTF-8: then none is added.
WASI_API_EXTERN bool wasi_config_set_env(wasi_config_t* config, size_t envc, const char* names[], const char* values[]);

/// Adds the environment that this process has now.
WASI_API_EXTERN void wasi_config_inherit_env(wasi_config_t* config);

/// Takes standard input from a file, which is opened now. False, and nothing changes, if it cannot be read.
WASI_API_EXTERN bool wasi_config_set_stdin_file(wasi_config_t* config, const char* path);

/// Takes standard input from these bytes. The vector is taken over and becomes empty.
WASI_API_EXTERN void wasi_config_set_stdin_bytes(wasi_config_t* config, own wasm_byte_vec_t* binary);

/// Takes standard input from this process's.
WASI_API_EXTERN void wasi_config_inherit_stdin(wasi_config_t* config);

/// Sends standard output to a file, which is opened now, and emptied or made. False, and nothing changes, if it cannot
/// be written.
WASI_API_EXTERN bool wasi_config_set_stdout_file(wasi_config_t* config, const char* path);

/// Sends standard output to this process's.
WASI_API_EXTERN void wasi_config_inherit_stdout(wasi_config_t* config);

/// Sends standard output to a callback. It gets `data` and the bytes, and returns how many it took or, negative, an
/// error number of the operating system (errno). It runs on the thread that runs the program. `finalizer(data)` is
/// called once, when the program's store dies, or this configuration without having been used; NULL: none.
WASI_API_EXTERN void wasi_config_set_stdout_custom(wasi_config_t* config,
                                                   ptrdiff_t (*callback)(void*, const unsigned char*, size_t),
                                                   void* data, void (*finalizer)(void*));

/// The same three for standard error.
WASI_API_EXTERN bool wasi_config_set_stderr_file(wasi_config_t* config, const char* path);
WASI_API_EXTERN void wasi_config_inherit_stderr(wasi_config_t* config);
WASI_API_EXTERN void wasi_config_set_stderr_custom(wasi_config_t* config,
                                                   ptrdiff_t (*callback)(void*, const unsigned char*, size_t),
                                                   void* data, void (*finalizer)(void*));

/// Unused; some bindings expect the name.
typedef size_t wasi_file_perms;

#if GANTRY_COMPAT_ABI >= 48

/// Gives the program a directory with all that is in it: `host_path` of this process, which is opened now, under the
/// name `guest_path`. If not `fs_mutable`, nothing in it can be changed. False, and nothing changes, if it cannot be
/// opened or the guest's name is no UTF-8.
WASI_API_EXTERN bool wasi_config_preopen_dir(wasi_config_t* config, const char* host_path, const char* guest_path,
                                             bool fs_mutable);

#else  // the library was built for programs made for versions before 48

/// What the program may do with directories, and with files: bits.
enum wasi_dir_perms_flags {
  WASMTIME_WASI_DIR_PERMS_READ = 1,
  WASMTIME_WASI_DIR_PERMS_WRITE = 2,
};
enum wasi_file_perms_flags {
  WASMTIME_WASI_FILE_PERMS_READ = 1,
  WASMTIME_WASI_FILE_PERMS_WRITE = 2,
};
typedef size_t wasi_dir_perms;

/// Gives the program a directory with all that is in it: `host_path` of this process, which is opened now, under the
/// name `guest_path`. Unless both permissions have their bit for writing, nothing in it can be changed. False, and
/// nothing changes, if it cannot be opened, cannot be read by these permissions, or the guest's name is no UTF-8.
WASI_API_EXTERN bool wasi_config_preopen_dir(wasi_config_t* config, const char* host_path, const char* guest_path,
                                             wasi_dir_perms dir_perms, wasi_file_perms file_perms);

#endif

#undef own

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // WASMTIME_FEATURE_WASI

#endif  // WASI_H
