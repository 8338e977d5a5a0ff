// FileMapping: a regular file's bytes, mapped for reading, so that large files cost no memory of their own.
//
// [I1] Somebody may cut the file while it is mapped, which makes the kernel raise SIGBUS at the pages that are gone. A
// handler, installed
//      with the first mapping, puts a page of zeros there and lets the reader go on; was_cut() tells afterwards. Faults
//      elsewhere go to the handler that was there before.
// [I2] The handler takes no lock and allocates nothing: mappings stand in a table of fixed size.
// Tested by file_mapping_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace gantry::platform {

class FileMapping {
 public:
  // Mapped at once at most; another one fails.
  static constexpr int kMost = 64;

  FileMapping() = default;
  FileMapping(FileMapping&& other) noexcept : bytes_(std::exchange(other.bytes_, {})), slot_(other.slot_) {}
  FileMapping& operator=(FileMapping&&) = delete;
  ~FileMapping();

  // The first `size` bytes, more than 0, of a file. Not ok when the host refuses.
  static FileMapping Map(int fd, size_t size);
  bool ok() const { return !bytes_.empty(); }
  std::span<const uint8_t> bytes() const { return bytes_; }
  // Were some of the bytes that were read not there any more?
  bool was_cut() const;

 private:
  FileMapping(std::span<const uint8_t> bytes, int slot) : bytes_(bytes), slot_(slot) {}

  std::span<const uint8_t> bytes_;
  int slot_ = 0;
};

}  // namespace gantry::platform
