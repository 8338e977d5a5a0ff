#include "wasi/host/listen.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>

namespace gantry::wasi {
namespace {

using platform::OwnedFd;

uint16_t PortOf(const OwnedFd& listener) {
  sockaddr_in address{};
  socklen_t size = sizeof(address);
  EXPECT_EQ(getsockname(listener.get(), reinterpret_cast<sockaddr*>(&address), &size), 0);
  return ntohs(address.sin_port);
}

TEST(Listen, ATcpSocketTakesConnections) {
  auto listener = ListenTcp("127.0.0.1:0");
  ASSERT_TRUE(listener) << listener.error().message();
  EXPECT_EQ(accept(listener->get(), nullptr, nullptr), -1);
  EXPECT_EQ(errno, EAGAIN) << "it does not wait";
  sockaddr_in address{};
  socklen_t size = sizeof(address);
  ASSERT_EQ(getsockname(listener->get(), reinterpret_cast<sockaddr*>(&address), &size), 0);
  const OwnedFd client(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  ASSERT_EQ(connect(client.get(), reinterpret_cast<sockaddr*>(&address), size), 0);
  const OwnedFd connection(accept(listener->get(), nullptr, nullptr));
  EXPECT_TRUE(connection);
}

TEST(Listen, AnAddressInUseIsRefused) {
  auto listener = ListenTcp("localhost:0");
  ASSERT_TRUE(listener);
  const std::string address = "127.0.0.1:" + std::to_string(PortOf(*listener));
  auto second = ListenTcp(address);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().message(), "failed to bind to address `" + address + "`: Address already in use");
}

TEST(Listen, AddressesAreNumbers) {
  for (const char* text : {"", ":", "80", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "::1:80",
                           "[::1]", "[127.0.0.1]:80", "example.org:80", "127.0.0.1:8 0", "[:80", "]:80"}) {
    auto listener = ListenTcp(text);
    ASSERT_FALSE(listener) << text;
    EXPECT_EQ(listener.error().error_class(), ErrorClass::Usage) << text;
  }
  auto v6 = ListenTcp("[::1]:0");  // not every host has it
  EXPECT_TRUE(v6 || v6.error().error_class() == ErrorClass::Host);
}

// Sets variables for its lifetime.
class Environment {
 public:
  Environment(const std::string& fds, const std::string& pid) {
    setenv("LISTEN_FDS", fds.c_str(), 1);
    setenv("LISTEN_PID", pid.c_str(), 1);
  }
  ~Environment() {
    unsetenv("LISTEN_FDS");
    unsetenv("LISTEN_PID");
  }
};

TEST(Listen, NothingIsHandedOverUnlessSaidSo) {
  for (const auto& [fds, pid] :
       {std::pair<std::string, std::string>{"x", ""}, {"", ""}, {"1", "1"}, {"1", "self"}, {"-1", ""}}) {
    const Environment environment(fds, pid);
    auto sockets = TakeListenFds();
    ASSERT_TRUE(sockets) << sockets.error().message();
    EXPECT_TRUE(sockets->empty()) << fds << " " << pid;
  }
  auto sockets = TakeListenFds();
  ASSERT_TRUE(sockets);
  EXPECT_TRUE(sockets->empty());
}

TEST(Listen, WhatDoesNotListenIsRefused) {
  const Environment environment("4000000000", std::to_string(getpid()));
  auto sockets = TakeListenFds();
  ASSERT_FALSE(sockets);
  EXPECT_EQ(sockets.error().message(), "descriptor 3 of LISTEN_FDS=4000000000 is no socket that listens");
}

}  // namespace
}  // namespace gantry::wasi
