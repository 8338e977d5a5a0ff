#include "platform/read_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>

#include "platform/files.h"
#include "platform/pages.h"

namespace gantry::platform {

namespace {

constexpr size_t kReadStep = 1 << 16;  // for inputs of unknown size

std::unexpected<Error> CannotRead(std::string_view name, const char* why) {
  return std::unexpected(Error(ErrorClass::Host, "failed to read `" + std::string(name) + "`: " + why));
}

}  // namespace

Result<std::vector<uint8_t>> ReadDescriptor(int fd, std::string_view name, uint64_t largest) {
  struct stat facts;
  if (fd < 0 || fstat(fd, &facts) != 0) return CannotRead(name, std::strerror(errno));
  if (S_ISDIR(facts.st_mode)) return CannotRead(name, "it is a folder");
  const uint64_t expected = S_ISREG(facts.st_mode) ? static_cast<uint64_t>(facts.st_size) : 0;
  std::vector<uint8_t> bytes;
  size_t size = 0;
  while (true) {
    if (std::max<uint64_t>(size, expected) > largest) {
      return std::unexpected(
          Error(ErrorClass::Limit, "`" + std::string(name) + "` is larger than " + std::to_string(largest) + " bytes"));
    }
    // One byte more than expected, so that a file of the expected size ends in the same step.
    if (size == bytes.size()) {
      const uint64_t room = std::max<uint64_t>(expected + 1, size == 0 ? kReadStep : 2 * size);
      bytes.reserve(room);
      PreferLargePages(bytes.data(), room);
      bytes.resize(room);
    }
    const ssize_t got = read(fd, bytes.data() + size, bytes.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return CannotRead(name, std::strerror(errno));
    if (got == 0) break;
    size += static_cast<size_t>(got);
  }
  bytes.resize(size);
  return bytes;
}

Result<std::vector<uint8_t>> ReadFile(std::string_view path, uint64_t largest) {
  const OwnedFd file(open(std::string(path).c_str(), O_RDONLY | O_CLOEXEC));
  return ReadDescriptor(file.get(), path, largest);
}

}  // namespace gantry::platform
