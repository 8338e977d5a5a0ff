// Sockets that wait for connections, for a program that cannot make its own: opened at an address, or handed over by
// the process that started this one. Tested by listen_test.cc and tests/cli/run/sockets.test.
#pragma once

#include <string_view>
#include <vector>

#include "base/error.h"
#include "platform/files.h"

namespace gantry::wasi {

// A TCP socket that listens at "127.0.0.1:8080", "[::1]:8080" or "localhost:8080"; port 0 lets the host choose one.
// Names of other hosts are not looked up. It is in non-blocking mode. Error: Usage for the address, Host if it cannot
// be had.
Result<platform::OwnedFd> ListenTcp(std::string_view address);

// The sockets of systemd's protocol: LISTEN_FDS counts them, from descriptor 3 on; LISTEN_PID, if it is set, must be
// this process. They are put into non-blocking mode, and none if there are none. Error (Host) if one does not listen.
// To be called once, since the descriptors have one owner.
Result<std::vector<platform::OwnedFd>> TakeListenFds();

}  // namespace gantry::wasi
