// What an embedder grants a WASI program. Plain data, moved into a context (wasi/p1/context.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "platform/files.h"

namespace gantry::wasi {

// Takes a program's output; returns how many bytes it took, or -errno.
using OutputSink = std::function<ptrdiff_t(const uint8_t* data, size_t size)>;

// One of a program's standard streams.
struct StreamConfig {
  enum class Kind : uint8_t {
    Null,     // input: empty; output: thrown away
    Inherit,  // the process's own stream
    File,     // `file`, closed with the context
    Sink,     // `sink`, output only
  };
  Kind kind = Kind::Null;
  platform::OwnedFd file;
  OutputSink sink;

  static StreamConfig Inherit() { return {.kind = Kind::Inherit, .file = {}, .sink = {}}; }
  static StreamConfig File(platform::OwnedFd fd) { return {.kind = Kind::File, .file = std::move(fd), .sink = {}}; }
  static StreamConfig Sink(OutputSink sink) { return {.kind = Kind::Sink, .file = {}, .sink = std::move(sink)}; }
};

struct PreopenConfig {
  std::string host;   // a directory
  std::string guest;  // its name for the program
  bool read_only = false;
  platform::OwnedFd open;  // the directory, if it has been opened already
};

struct WasiConfig {
  std::vector<std::string> args;  // args[0] is the program's name
  std::vector<std::string> env;   // NAME=VALUE
  StreamConfig in;
  StreamConfig out;
  StreamConfig err;
  std::vector<platform::OwnedFd> sockets;  // descriptors 3, 4, …
  std::vector<PreopenConfig> preopens;     // descriptors behind the sockets
  uint32_t max_descriptors = 65536;        // open at once, the streams included
  uint64_t max_call_bytes = UINT64_MAX;    // that the lists, buffers and paths of one call may name
  uint64_t max_random_bytes = UINT64_MAX;  // per call
};

}  // namespace gantry::wasi
