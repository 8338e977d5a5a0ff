// fd_readdir: directory entries in the guest's form.
//
// A cookie is the host's own directory position, so it stays valid while entries come and go, as POSIX demands of
// telldir, and costs no memory here. Each call reads about as much from the host as the guest's buffer holds.
#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "wasi/p1/functions.h"

namespace gantry::wasi::p1 {

namespace {

constexpr size_t kMinBlock = 512;  // holds the largest host entry
constexpr size_t kMaxBlock = 32768;

FileType EntryType(int dir, const platform::DirectoryEntry& entry) {
  switch (entry.type) {
    case DT_BLK:
      return FileType::BlockDevice;
    case DT_CHR:
      return FileType::CharacterDevice;
    case DT_DIR:
      return FileType::Directory;
    case DT_LNK:
      return FileType::SymbolicLink;
    case DT_REG:
      return FileType::RegularFile;
    case DT_SOCK:
      return FileType::SocketStream;
    case DT_FIFO:
      return FileType::Unknown;
    default:
      break;
  }
  struct stat info;  // the file system keeps no types in directories
  return fstatat(dir, entry.name, &info, AT_SYMLINK_NOFOLLOW) == 0 ? FileTypeOf(info.st_mode) : FileType::Unknown;
}

// The guest's buffer while it fills; an entry that does not fit is cut, which tells the guest that there is more.
class EntryBuffer {
 public:
  EntryBuffer(uint8_t* to, size_t size) : to_(to), left_(size) {}
  bool full() const { return left_ == 0; }
  size_t left() const { return left_; }
  void Put(const void* from, size_t size) {
    size = std::min(size, left_);
    std::memcpy(to_, from, size);
    to_ += size;
    left_ -= size;
  }

 private:
  uint8_t* to_;
  size_t left_;
};

}  // namespace

Errno FdReaddir(WasiContext& context, GuestMemory memory, uint32_t fd, uint32_t buf, uint32_t buf_len, uint64_t cookie,
                uint32_t used) {
  Descriptor* descriptor = nullptr;
  if (Errno error = context.descriptors().Find(fd, kFdReaddir, &descriptor); error != Errno::Success) return error;
  uint8_t* to = memory.At(buf, buf_len);
  if (!to || !memory.Has(used, sizeof(uint32_t))) return Errno::Fault;
  if (cookie > INT64_MAX) return Errno::Invalid;
  if (lseek(descriptor->fd, static_cast<off_t>(cookie), SEEK_SET) < 0) return FromHost(errno);
  struct stat self;
  if (fstat(descriptor->fd, &self) < 0) return FromHost(errno);

  EntryBuffer out(to, buf_len);
  alignas(8) uint8_t block[kMaxBlock];
  while (!out.full()) {
    const size_t want = std::clamp(out.left(), kMinBlock, kMaxBlock);
    const ssize_t n = platform::ReadDirectory(descriptor->fd, block, want);
    if (n < 0) return FromHost(static_cast<int>(-n));
    if (n == 0) break;
    for (size_t at = 0; at < static_cast<size_t>(n) && !out.full();) {
      const platform::DirectoryEntry entry = platform::DecodeDirectoryEntry(block + at);
      const std::string_view name(entry.name);
      at += entry.length;
      Dirent dirent{};
      dirent.next = static_cast<uint64_t>(entry.next);
      dirent.ino = name == ".." ? self.st_ino : entry.inode;  // what lies above is none of the guest's business
      dirent.namlen = static_cast<uint32_t>(name.size());
      dirent.type = EntryType(descriptor->fd, entry);
      out.Put(&dirent, sizeof(dirent));
      out.Put(name.data(), name.size());
    }
  }
  memory.Store(used, static_cast<uint32_t>(buf_len - out.left()));
  return Errno::Success;
}

}  // namespace gantry::wasi::p1
