#include "wasi/host/listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fmt/core.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string>

namespace gantry::wasi {

namespace {

using platform::OwnedFd;

constexpr int kFirstHandedOver = 3;
constexpr uint32_t kMostHandedOver = 1024;
constexpr int kBacklog = 128;  // connections that may wait

struct Address {
  sockaddr_storage bytes{};
  socklen_t size = 0;
};

std::optional<uint16_t> ParsePort(std::string_view text) {
  uint16_t port = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, fault] = std::from_chars(text.data(), end, port);
  if (text.empty() || fault != std::errc() || stop != end) return std::nullopt;
  return port;
}

std::optional<Address> ParseAddress(std::string_view text) {
  const size_t colon = text.rfind(':');
  if (colon == text.npos) return std::nullopt;
  const std::optional<uint16_t> port = ParsePort(text.substr(colon + 1));
  if (!port) return std::nullopt;
  std::string host(text.substr(0, colon));
  if (host == "localhost") host = "127.0.0.1";
  Address address;
  if (host.starts_with('[') && host.ends_with(']')) {
    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(*port);
    if (inet_pton(AF_INET6, host.substr(1, host.size() - 2).c_str(), &v6.sin6_addr) != 1) return std::nullopt;
    std::memcpy(&address.bytes, &v6, sizeof(v6));
    address.size = sizeof(v6);
    return address;
  }
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  v4.sin_port = htons(*port);
  if (inet_pton(AF_INET, host.c_str(), &v4.sin_addr) != 1) return std::nullopt;
  std::memcpy(&address.bytes, &v4, sizeof(v4));
  address.size = sizeof(v4);
  return address;
}

std::optional<uint32_t> EnvironmentNumber(const char* name) {
  const char* const value = std::getenv(name);
  if (value == nullptr) return std::nullopt;
  uint32_t number = 0;
  const char* const end = value + strlen(value);
  const auto [stop, fault] = std::from_chars(value, end, number);
  return fault == std::errc() && stop == end && stop != value ? std::optional(number) : std::nullopt;
}

bool IsListening(int fd) {
  int listens = 0;
  socklen_t size = sizeof(listens);
  return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) == 0 && listens != 0;
}

}  // namespace

Result<OwnedFd> ListenTcp(std::string_view text) {
  const std::optional<Address> address = ParseAddress(text);
  if (!address) {
    return std::unexpected(
        Error(ErrorClass::Usage, fmt::format("`{}`: expected an address such as 127.0.0.1:8080 or [::1]:8080", text)));
  }
  OwnedFd fd(socket(address->bytes.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const int yes = 1;
  if (!fd || setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)) < 0 ||
      bind(fd.get(), reinterpret_cast<const sockaddr*>(&address->bytes), address->size) < 0 ||
      listen(fd.get(), kBacklog) < 0) {
    return std::unexpected(
        Error(ErrorClass::Host, fmt::format("failed to bind to address `{}`: {}", text, strerror(errno))));
  }
  return fd;
}

Result<std::vector<OwnedFd>> TakeListenFds() {
  std::vector<OwnedFd> sockets;
  const std::optional<uint32_t> count = EnvironmentNumber("LISTEN_FDS");
  const char* const pid = std::getenv("LISTEN_PID");
  const bool is_ours =
      pid == nullptr || *pid == 0 || EnvironmentNumber("LISTEN_PID") == static_cast<uint32_t>(getpid());
  if (!count || !is_ours) return sockets;
  for (uint32_t i = 0; i < std::min(*count, kMostHandedOver); ++i) {
    const int fd = kFirstHandedOver + static_cast<int>(i);
    if (!IsListening(fd)) {
      return std::unexpected(
          Error(ErrorClass::Host, fmt::format("descriptor {} of LISTEN_FDS={} is no socket that listens", fd, *count)));
    }
    sockets.emplace_back(fd);
    const int flags = fcntl(fd, F_GETFL);
    if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0 || fcntl(fd, F_SETFD, FD_CLOEXEC) < 0) {
      return std::unexpected(Error(ErrorClass::Host, fmt::format("descriptor {}: {}", fd, strerror(errno))));
    }
  }
  return sockets;
}

}  // namespace gantry::wasi
