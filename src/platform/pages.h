// Virtual memory: address space is reserved first and made accessible piece by piece. The one place that calls the
// kernel for it.
//
// Addresses and sizes are multiples of PageSize() unless said otherwise. Functions that may fail say so by their result
// and leave everything as it was. Fresh and decommitted pages read as zero.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace gantry::platform {

inline constexpr uint64_t kPageSize = 4096;  // of every host that we run on; checked at start of the first reservation

// Of hosts that have pages of several sizes; each of them has these.
inline constexpr uint64_t kLargePage = 2 << 20;

constexpr uint64_t RoundUpToPage(uint64_t bytes) { return (bytes + kPageSize - 1) & ~(kPageSize - 1); }

// Address space without access. Null if it cannot be had. `align` is a power of two.
uint8_t* ReservePages(uint64_t size, uint64_t align = kPageSize);
void ReleasePages(uint8_t* address, uint64_t size);

// Makes reserved pages readable and writable. False if the host refuses.
bool CommitPages(uint8_t* address, uint64_t size);
// Takes access away; contents are gone.
bool GuardPages(uint8_t* address, uint64_t size);
// A hint, for memory of which much will be touched, at any address: where kLargePage bytes from a multiple of
// kLargePage on are accessible together, the first touch brings them all in.
void PreferLargePages(void* address, uint64_t size);
// A hint, for accessible pages that are touched next: brings them in together.
void PopulatePages(uint8_t* address, uint64_t size);
// Makes written pages executable, and no longer writable. False if the host refuses, as hardened ones do.
bool PublishCode(uint8_t* address, uint64_t size);
// Drops contents: anonymous pages read as zero afterwards, pages of a file mapping as the file. Keeps access.
void DropPages(uint8_t* address, uint64_t size);
// Makes anonymous pages zero, like DropPages, but keeps a few that are in memory there (by clearing them), so that the
// next use of them does not fault. For ranges that will be used again soon.
void ClearPages(uint8_t* address, uint64_t size);
// Replaces whatever is mapped there by a fresh reservation without access.
bool ResetPages(uint8_t* address, uint64_t size);

// Memory of its own, readable, writable and zero, in any size; costs nothing until touched. Null if it cannot be had.
void* AllocateZeroed(uint64_t size);
// Makes it larger; it may move; the new part is zero. Null leaves it as it was.
void* GrowZeroed(void* memory, uint64_t old_size, uint64_t new_size);
void FreeZeroed(void* memory, uint64_t size);

// An unnamed file in memory, for private (copy-on-write) mappings.
class MemoryFile {
 public:
  MemoryFile() = default;
  MemoryFile(MemoryFile&& other) noexcept : fd_(other.fd_) { other.fd_ = -1; }
  MemoryFile& operator=(MemoryFile&& other) noexcept;
  ~MemoryFile();

  static MemoryFile Create(uint64_t size);  // ok() tells
  bool ok() const { return fd_ >= 0; }
  bool Write(uint64_t offset, std::span<const uint8_t> bytes);
  // Forbids later writes and resizes.
  void Seal();
  // Maps [0, size) privately, readable and writable, over reserved pages.
  bool MapPrivate(uint8_t* address, uint64_t size) const;

 private:
  int fd_ = -1;
};

}  // namespace gantry::platform
