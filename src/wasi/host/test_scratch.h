// A directory for one test, removed afterwards, with a world outside it that no path may reach.
#pragma once

#include <fcntl.h>
#include <ftw.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>
#include <string_view>

#include "wasi/host/path.h"

namespace gantry::wasi {

class ScratchDir {
 public:
  // top()/inside is what a sandbox gets; top()/secret and top()/outside/ are what it must not see.
  ScratchDir() {
    const char* base = getenv("TMPDIR");
    top_ = std::string(base ? base : "/tmp") + "/gantry-wasi-XXXXXX";
    if (!mkdtemp(top_.data())) abort();
    mkdir(inside().c_str(), 0777);
    mkdir((top_ + "/outside").c_str(), 0777);
    Write("../secret", "secret");
    Write("../outside/file", "outside");
  }
  ~ScratchDir() {
    nftw(
        top_.c_str(), [](const char* path, const struct stat*, int, FTW*) { return remove(path); }, 16,
        FTW_DEPTH | FTW_PHYS);
  }
  ScratchDir(const ScratchDir&) = delete;
  ScratchDir& operator=(const ScratchDir&) = delete;

  const std::string& top() const { return top_; }
  std::string inside() const { return top_ + "/inside"; }
  std::string At(std::string_view path) const { return inside() + "/" + std::string(path); }

  void Write(std::string_view path, std::string_view text) const {
    const platform::OwnedFd file(open(At(path).c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
    if (write(file.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size())) abort();
  }
  void Mkdir(std::string_view path) const {
    if (mkdir(At(path).c_str(), 0777) != 0) abort();
  }
  void Link(std::string_view target, std::string_view path) const {
    if (symlink(std::string(target).c_str(), At(path).c_str()) != 0) abort();
  }
  // What most tests of paths start from: a file, directories, and links inside and out of every kind.
  void MakeTree() const {
    Write("file", "text");
    Mkdir("dir");
    Mkdir("dir/nested");
    Write("dir/nested/file", "text");
    Link("file", "link");
    Link("dir", "dir-link");
    Link("../secret", "out");
    Link("../outside", "out-dir");
    Link("/", "abs");
  }
  bool Exists(std::string_view path) const {
    struct stat info;
    return lstat(At(path).c_str(), &info) == 0;
  }
  std::string Read(std::string_view path) const {
    const platform::OwnedFd file(open(At(path).c_str(), O_RDONLY | O_CLOEXEC));
    char text[4096];
    const ssize_t n = read(file.get(), text, sizeof(text));
    return n < 0 ? "?" : std::string(text, static_cast<size_t>(n));
  }

 private:
  std::string top_;
};

// Runs the tests of a suite with the kernel's resolver and with the walker.
class ResolverChoice {
 public:
  explicit ResolverChoice(PathResolver resolver) { SetPathResolver(resolver); }
  ~ResolverChoice() { SetPathResolver(PathResolver::Auto); }
};

inline std::string ResolverName(PathResolver resolver) { return resolver == PathResolver::Auto ? "Kernel" : "Walker"; }

}  // namespace gantry::wasi
