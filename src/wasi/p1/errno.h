// Errno: the result of a WASI 0.1 function, and the mapping from the host's errno.
#pragma once

#include <cstdint>
#include <string_view>

namespace gantry::wasi::p1 {

enum class Errno : uint16_t {
#define WASI_ERRNO(Id, value, name, host, text) Id = value,
#include "wasi/p1/errno.def"
};

// Host codes without a counterpart become Io.
Errno FromHost(int host_errno);

// The interface's name ("noent"), and a text for people.
std::string_view ErrnoName(Errno code);
std::string_view ErrnoText(Errno code);

}  // namespace gantry::wasi::p1
