#include "cli/input.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "image/image.h"
#include "platform/file_mapping.h"
#include "platform/files.h"
#include "platform/read_file.h"
#include "wasm/text/wat.h"

namespace gantry::cli {

namespace {

constexpr uint64_t kLargestInput = 0xffffffff;  // positions in a module are 32-bit

// A file descriptor that closes itself; the standard ones stay open.
class File {
 public:
  explicit File(int fd) : fd_(fd) {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    if (fd_ > 2) close(fd_);
  }
  int fd() const { return fd_; }

 private:
  int fd_;
};

Error SystemError(std::string_view action, std::string_view path) {
  return Error(ErrorClass::Host, fmt::format("failed to {} `{}`: {}", action, path, std::strerror(errno)));
}

bool StartsWith(std::span<const uint8_t> bytes, std::string_view magic) { return AsText(bytes).starts_with(magic); }

// Why an ELF file is not taken as a module.
Error NoModule(const Result<image::Image>& image) {
  if (image) {
    return Error(ErrorClass::Usage,
                 "this is a precompiled module; `gantry run --allow-precompiled` runs it if you trust its source");
  }
  return Error(ErrorClass::Unsupported, "this is a precompiled or native file, not a module");
}

}  // namespace

std::string_view AsText(std::span<const uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

Result<std::vector<uint8_t>> ReadInput(std::string_view path) {
  return path == "-" ? platform::ReadDescriptor(STDIN_FILENO, "-", kLargestInput)
                     : platform::ReadFile(path, kLargestInput);
}

Result<void> WriteOutput(std::string_view path, std::span<const uint8_t> bytes) {
  const File file(path == "-" ? STDOUT_FILENO
                              : open(std::string(path).c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
  if (file.fd() < 0) return std::unexpected(SystemError("write", path));
  while (!bytes.empty()) {
    const ssize_t put = write(file.fd(), bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return std::unexpected(SystemError("write", path));
    bytes = bytes.subspan(static_cast<size_t>(put));
  }
  return {};
}

Result<std::vector<uint8_t>> ToBinary(std::vector<uint8_t> bytes, wasm::Features features) {
  using namespace std::string_view_literals;
  if (StartsWith(bytes, "\0asm\x0d\0\1\0"sv)) {
    return std::unexpected(Error(
        ErrorClass::Unsupported,
        "this is a component; Gantry runs core modules so far, which compilers make for the target wasm32-wasip1"));
  }
  if (image::LooksLikeImage(bytes)) return std::unexpected(NoModule(image::Read(bytes)));
  if (bytes.empty()) return std::unexpected(Error(ErrorClass::Malformed, "it is empty"));
  if (bytes[0] == 0) return bytes;
  wasm::text::WatOptions options;
  options.features.set(wasm::Feature::ModuleLinking, features.has(wasm::Feature::ModuleLinking));
  return wasm::text::ParseWat(AsText(bytes), options);
}

Result<std::vector<uint8_t>> ReadModuleFile(std::string_view path, wasm::Features features) {
  GANTRY_ASSIGN_OR_RETURN(std::vector<uint8_t> bytes, ReadInput(path));
  return ToBinary(std::move(bytes), features);
}

class ModuleInput::Mapped : public wasm::ModuleBytes {
 public:
  Mapped(platform::OwnedFd file, platform::FileMapping mapping, const struct stat& facts)
      : file_(std::move(file)), mapping_(std::move(mapping)), facts_(facts) {
    view_ = mapping_.bytes();
  }
  bool IsUnchanged() const {
    struct stat now;
    const auto same = [](const timespec& a, const timespec& b) {
      return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
    };
    return !mapping_.was_cut() && fstat(file_.get(), &now) == 0 && now.st_size == facts_.st_size &&
           same(now.st_mtim, facts_.st_mtim);
  }

 private:
  platform::OwnedFd file_;
  platform::FileMapping mapping_;
  struct stat facts_;
};

Result<ModuleInput> ModuleInput::Open(std::string_view path, wasm::Features features) {
  ModuleInput input;
  input.path_ = path;
  platform::OwnedFd file(path == "-" ? -1 : open(input.path_.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat facts;
  if (file && fstat(file.get(), &facts) == 0 && S_ISREG(facts.st_mode) && facts.st_size > 0 &&
      static_cast<uint64_t>(facts.st_size) <= kLargestInput) {
    using namespace std::string_view_literals;
    constexpr std::string_view kModule = "\0asm\1\0\0\0"sv;
    platform::FileMapping mapping = platform::FileMapping::Map(file.get(), static_cast<size_t>(facts.st_size));
    // With module linking, validation looks names up that decoding saw: they must not change meanwhile.
    const bool can_change = !features.has(wasm::Feature::ModuleLinking);
    if (can_change && mapping.ok() && StartsWith(mapping.bytes(), kModule)) {
      input.mapped_ = std::make_shared<const Mapped>(std::move(file), std::move(mapping), facts);
      input.bytes_ = input.mapped_;
      return input;
    }
  }
  GANTRY_ASSIGN_OR_RETURN(std::vector<uint8_t> bytes, ReadModuleFile(path, features));
  input.bytes_ = wasm::ModuleBytes::Own(std::move(bytes));
  return input;
}

Result<void> ModuleInput::CheckUnchanged() const {
  if (mapped_ == nullptr || mapped_->IsUnchanged()) return {};
  return std::unexpected(Error(ErrorClass::Host, fmt::format("`{}` changed while it was read; try again", path_)));
}

}  // namespace gantry::cli
