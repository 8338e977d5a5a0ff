#include "wasi/host/path.h"

#include <errno.h>
#include <unistd.h>

#include <atomic>
#include <cstring>
#include <string>
#include <vector>

namespace gantry::wasi {

using platform::OwnedFd;

static std::atomic<PathResolver> g_resolver{PathResolver::Auto};

void SetPathResolver(PathResolver resolver) { g_resolver.store(resolver, std::memory_order_relaxed); }

static bool KernelResolves() {
  return g_resolver.load(std::memory_order_relaxed) == PathResolver::Auto && platform::HasOpenBeneath();
}

// Well-formed UTF-8 (Unicode table 3-7): shortest form, no surrogates, at most U+10FFFF.
static bool IsUtf8(std::string_view text) {
  size_t i = 0;
  while (i < text.size()) {
    const uint8_t lead = static_cast<uint8_t>(text[i++]);
    if (lead < 0x80) continue;
    int more = 0;
    uint8_t low = 0x80, high = 0xbf;  // range of the first continuation byte
    if (lead >= 0xc2 && lead <= 0xdf) {
      more = 1;
    } else if (lead >= 0xe0 && lead <= 0xef) {
      more = 2;
      if (lead == 0xe0) low = 0xa0;
      if (lead == 0xed) high = 0x9f;
    } else if (lead >= 0xf0 && lead <= 0xf4) {
      more = 3;
      if (lead == 0xf0) low = 0x90;
      if (lead == 0xf4) high = 0x8f;
    } else {
      return false;
    }
    for (; more > 0; --more) {
      if (i == text.size()) return false;
      const uint8_t byte = static_cast<uint8_t>(text[i++]);
      if (byte < low || byte > high) return false;
      low = 0x80, high = 0xbf;
    }
  }
  return true;
}

int HostPath::AssignText(std::string_view path) {
  if (path.empty()) return ENOENT;
  if (path.size() > kMaxPath) return ENAMETOOLONG;
  if (path.find('\0') != std::string_view::npos) return EINVAL;
  if (!IsUtf8(path)) return EILSEQ;
  std::memcpy(text_, path.data(), path.size());
  text_[path.size()] = 0;
  size_ = path.size();
  return 0;
}

int HostPath::Assign(std::string_view path) {
  if (!path.empty() && path[0] == '/') return EPERM;
  return AssignText(path);
}

// A path's end: where the last component lies. Slashes behind it are not part of it.
struct LastComponent {
  size_t start;
  size_t end;
  bool trailing_slash;
};

static LastComponent FindLast(std::string_view path) {
  size_t end = path.size();
  while (end > 0 && path[end - 1] == '/') --end;
  size_t start = end;
  while (start > 0 && path[start - 1] != '/') --start;
  return {start, end, end != path.size()};
}

static bool IsDot(std::string_view name) { return name == "."; }
static bool IsDotDot(std::string_view name) { return name == ".."; }

// The resolver for kernels without openat2: opens one component after the other, never following a link in the kernel,
// and keeps the directories it went through, so that ".." means the directory we came from even if someone moves it
// meanwhile.
class PathWalker {
 public:
  PathWalker(int root, std::string_view path) : root_(root), rest_(path) {}

  int dir() const { return stack_.empty() ? root_ : stack_.back().get(); }
  OwnedFd TakeDir() {
    OwnedFd top;
    if (!stack_.empty()) {
      top = std::move(stack_.back());
      stack_.pop_back();
    }
    return top;
  }
  const std::string& name() const { return name_; }
  bool trailing_slash() const { return trailing_slash_; }

  // Goes into every directory before the last component; then dir() holds it, name() is it ("." if the path ended in
  // "." or "..").
  int WalkToLast() {
    for (;;) {
      if (!NextComponent()) {
        name_ = ".";  // only slashes and dots were left
        trailing_slash_ = true;
        return 0;
      }
      if (IsDot(name_)) continue;
      if (IsDotDot(name_)) {
        if (stack_.empty()) return EPERM;
        stack_.pop_back();
        continue;
      }
      if (name_.size() > kMaxName) return ENAMETOOLONG;
      const size_t more = rest_.find_first_not_of('/', at_);
      if (more == std::string::npos) {
        trailing_slash_ = at_ != rest_.size();
        return 0;
      }
      if (int error = EnterDirectory()) return error;
    }
  }

  // Replaces the last component by the target of the link it names. ENOENT/EINVAL when it is no link.
  int ExpandLink() {
    char target[kMaxPath];
    const ssize_t n = readlinkat(dir(), name_.c_str(), target, sizeof(target));
    if (n < 0) return errno;
    if (n == 0) return ENOENT;
    if (static_cast<size_t>(n) == sizeof(target)) return ENAMETOOLONG;
    if (target[0] == '/') return EPERM;
    if (++links_ > kMaxSymlinks) return ELOOP;
    std::string rest(target, static_cast<size_t>(n));
    rest.append(rest_, at_);
    rest_ = std::move(rest);
    at_ = 0;
    return 0;
  }

 private:
  bool NextComponent() {
    const size_t start = rest_.find_first_not_of('/', at_);
    if (start == std::string::npos) return false;
    size_t end = rest_.find('/', start);
    if (end == std::string::npos) end = rest_.size();
    name_.assign(rest_, start, end - start);
    at_ = end;
    return true;
  }

  int EnterDirectory() {
    OwnedFd next(openat(dir(), name_.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (next) {
      if (stack_.size() == kMaxDepth) return ENAMETOOLONG;
      stack_.push_back(std::move(next));
      return 0;
    }
    const int open_error = errno;
    if (open_error != ENOTDIR && open_error != ELOOP) return open_error;
    const int error = ExpandLink();  // a link in the middle of a path is always followed
    return error == EINVAL ? ENOTDIR : error;
  }

  int root_;
  std::vector<OwnedFd> stack_;
  std::string rest_;  // what is still to walk starts at at_
  size_t at_ = 0;
  std::string name_;
  bool trailing_slash_ = false;
  int links_ = 0;
};

static int WalkOpen(int root, const HostPath& path, int flags, mode_t mode, FollowLink follow) {
  PathWalker walker(root, path.view());
  const bool exclusive = (flags & O_CREAT) && (flags & O_EXCL);
  for (;;) {
    if (int error = walker.WalkToLast()) return -error;
    const bool must_be_dir = walker.trailing_slash();
    if (must_be_dir && (flags & O_CREAT)) return exclusive && walker.name() == "." ? -EEXIST : -EISDIR;
    if (walker.name() != "." && !exclusive && (follow == FollowLink::Yes || must_be_dir)) {
      const int error = walker.ExpandLink();
      if (error == 0) continue;
      if (error != EINVAL && error != ENOENT) return -error;
    }
    const int fd = openat(walker.dir(), walker.name().c_str(),
                          flags | O_NOFOLLOW | O_CLOEXEC | (must_be_dir ? O_DIRECTORY : 0), mode);
    if (fd >= 0) return fd;
    // A link that appeared since ExpandLink looked: look again. ExpandLink's count bounds this.
    if (errno == ELOOP && follow == FollowLink::Yes && !exclusive) {
      const int error = walker.ExpandLink();
      if (error == 0) continue;
      return error == EINVAL ? -EAGAIN : -error;
    }
    return -errno;
  }
}

int OpenPath(int root, const HostPath& path, int flags, mode_t mode, FollowLink follow) {
  if (!KernelResolves()) return WalkOpen(root, path, flags, mode, follow);
  if (follow == FollowLink::No) flags |= O_NOFOLLOW;
  const int fd = platform::OpenBeneath(root, path.c_str(), flags, mode);
  return fd == -EXDEV ? -EPERM : fd;
}

static int CopyName(std::string_view name, ParentPath* parent) {
  if (name.size() > kMaxName) return ENAMETOOLONG;
  std::memcpy(parent->name, name.data(), name.size());
  parent->name[name.size()] = 0;
  return 0;
}

int ResolveParent(int root, const HostPath& path, ParentPath* parent) {
  const std::string_view text = path.view();
  const LastComponent last = FindLast(text);
  const std::string_view name = text.substr(last.start, last.end - last.start);
  const bool dots = name.empty() || IsDot(name) || IsDotDot(name);
  parent->trailing_slash = last.trailing_slash || dots;
  if (!dots && last.start == 0) {
    parent->dir = root;
    return CopyName(name, parent);
  }
  if (!KernelResolves()) {
    PathWalker walker(root, text);
    if (int error = walker.WalkToLast()) return error;
    parent->trailing_slash = walker.trailing_slash();
    parent->owned = walker.TakeDir();
    parent->dir = parent->owned ? parent->owned.get() : root;
    return CopyName(walker.name(), parent);
  }
  // Dots name a directory, so the whole path is the parent; else what stands before the last component.
  HostPath prefix;
  if (int error = prefix.Assign(dots ? text : text.substr(0, last.start))) return error;
  const int fd = OpenPath(root, prefix, O_PATH | O_DIRECTORY, 0, FollowLink::Yes);
  if (fd < 0) return -fd;
  parent->owned.Reset(fd);
  parent->dir = fd;
  return CopyName(dots ? "." : name, parent);
}

}  // namespace gantry::wasi
