// Paths from a guest, resolved below a directory that the guest holds: the border of the file system sandbox.
//
// [I1] No host call sees a guest's path with more than one component unless the kernel confines the resolution
//      (platform::OpenBeneath) or the walker here has opened every component itself without following links.
// [I2] Host calls that take a name get one component, without slashes: "link/" would make the kernel follow the link
// anywhere. [I3] Work and memory are bounded: kMaxPath bytes, kMaxSymlinks expansions, kMaxDepth directories open at
// once. Errors are host errno values; a path that would lead out is EPERM. Tested by path_test.cc, dir_test.cc, each
// with both resolvers.
#pragma once

#include <cstdint>
#include <string_view>

#include "platform/files.h"

namespace gantry::wasi {

inline constexpr size_t kMaxPath = 4096;  // bytes, as the kernel's PATH_MAX
inline constexpr size_t kMaxName = 255;   // bytes of one component
inline constexpr int kMaxSymlinks = 40;   // as the kernel's
inline constexpr size_t kMaxDepth = 128;  // directories below the root that the walker holds open

// A guest's path: checked and NUL-terminated. Lives on the stack of one call.
class HostPath {
 public:
  // 0; ENOENT (empty), ENAMETOOLONG, EPERM (absolute), EINVAL (holds a NUL), EILSEQ (not UTF-8).
  [[nodiscard]] int Assign(std::string_view path);
  // The same rules but an absolute path is allowed: the contents of a symbolic link are data.
  [[nodiscard]] int AssignText(std::string_view path);

  const char* c_str() const { return text_; }
  std::string_view view() const { return {text_, size_}; }

 private:
  size_t size_ = 0;
  char text_[kMaxPath + 1];
};

enum class FollowLink : uint8_t { No, Yes };

// Opens `path` below `root`. A descriptor, or -errno. With FollowLink::No a link as last component is ELOOP (ENOTDIR
// with O_DIRECTORY), unless flags hold O_PATH: then the link itself is opened.
int OpenPath(int root, const HostPath& path, int flags, mode_t mode, FollowLink follow);

// The directory that holds the last component, for calls that act on a name.
struct ParentPath {
  int dir = -1;  // borrowed: `root` itself or `owned`
  platform::OwnedFd owned;
  char name[kMaxName + 1];  // one component; "." when the path ends in "." or ".." (then `dir` is what it names) [I2]
  bool trailing_slash = false;  // the path demands a directory
};

// 0 or a host errno.
[[nodiscard]] int ResolveParent(int root, const HostPath& path, ParentPath* parent);

// Which resolver is in use. Auto takes the kernel's when it has one; tests run both.
enum class PathResolver : uint8_t { Auto, Walk };
void SetPathResolver(PathResolver resolver);

}  // namespace gantry::wasi
