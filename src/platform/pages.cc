#include "platform/pages.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/check.h"

namespace gantry::platform {

namespace {

constexpr int kReserveFlags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;

uint8_t* Map(void* where, uint64_t size, int protection, int flags) {
  void* address = mmap(where, size, protection, flags, -1, 0);
  return address == MAP_FAILED ? nullptr : static_cast<uint8_t*>(address);
}

}  // namespace

uint8_t* ReservePages(uint64_t size, uint64_t align) {
  static const bool page_size_known = static_cast<uint64_t>(sysconf(_SC_PAGESIZE)) == kPageSize;
  GANTRY_CHECK(page_size_known, "this host's page size is not supported");
  if (align <= kPageSize) return Map(nullptr, size, PROT_NONE, kReserveFlags);
  // More than needed, then both ends are given back.
  if (size > ~uint64_t{0} - align) return nullptr;
  uint8_t* start = Map(nullptr, size + align, PROT_NONE, kReserveFlags);
  if (start == nullptr) return nullptr;
  const uint64_t before = (align - (reinterpret_cast<uintptr_t>(start) & (align - 1))) & (align - 1);
  if (before != 0) ReleasePages(start, before);
  if (align != before) ReleasePages(start + before + size, align - before);
  return start + before;
}

void ReleasePages(uint8_t* address, uint64_t size) { munmap(address, size); }

bool CommitPages(uint8_t* address, uint64_t size) {
  return size == 0 || mprotect(address, size, PROT_READ | PROT_WRITE) == 0;
}

void PreferLargePages(void* address, uint64_t size) {
  const uintptr_t start = reinterpret_cast<uintptr_t>(address);
  const uintptr_t first = (start + kLargePage - 1) & ~(kLargePage - 1), end = (start + size) & ~(kLargePage - 1);
  if (first < end) madvise(reinterpret_cast<void*>(first), end - first, MADV_HUGEPAGE);
}

void PopulatePages(uint8_t* address, uint64_t size) {
  constexpr int kPopulateWrite = 23;  // MADV_POPULATE_WRITE: newer than some hosts' headers and kernels
  madvise(address, size, kPopulateWrite);
}

bool GuardPages(uint8_t* address, uint64_t size) {
  if (size == 0) return true;
  madvise(address, size, MADV_DONTNEED);
  return mprotect(address, size, PROT_NONE) == 0;
}

bool PublishCode(uint8_t* address, uint64_t size) {
  if (mprotect(address, size, PROT_READ | PROT_EXEC) != 0) return false;
  __builtin___clear_cache(reinterpret_cast<char*>(address), reinterpret_cast<char*>(address + size));
  return true;
}

void DropPages(uint8_t* address, uint64_t size) {
  if (size != 0) GANTRY_CHECK(madvise(address, size, MADV_DONTNEED) == 0);
}

namespace {

// A page fault costs what clearing some tens of KiB costs.
constexpr uint64_t kMaxScannedPages = 256;
constexpr uint64_t kMaxClearedPages = 32;

}  // namespace

void ClearPages(uint8_t* address, uint64_t size) {
  const uint64_t scanned = std::min(size / kPageSize, kMaxScannedPages);
  unsigned char in_memory[kMaxScannedPages];
  if (scanned == 0 || mincore(address, scanned * kPageSize, in_memory) != 0) {
    DropPages(address, size);
    return;
  }
  // Pages that are not in memory may still have contents (swapped out), so all that is not cleared is dropped.
  uint64_t cleared = 0;
  uint64_t drop_from = 0;
  for (uint64_t page = 0; page < scanned && cleared < kMaxClearedPages; ++page) {
    if ((in_memory[page] & 1) == 0) continue;
    DropPages(address + drop_from * kPageSize, (page - drop_from) * kPageSize);
    std::memset(address + page * kPageSize, 0, kPageSize);
    drop_from = page + 1;
    ++cleared;
  }
  DropPages(address + drop_from * kPageSize, size - drop_from * kPageSize);
}

bool ResetPages(uint8_t* address, uint64_t size) {
  return size == 0 || Map(address, size, PROT_NONE, kReserveFlags | MAP_FIXED) != nullptr;
}

void* AllocateZeroed(uint64_t size) { return Map(nullptr, RoundUpToPage(size), PROT_READ | PROT_WRITE, kReserveFlags); }

void* GrowZeroed(void* memory, uint64_t old_size, uint64_t new_size) {
  void* moved = mremap(memory, RoundUpToPage(old_size), RoundUpToPage(new_size), MREMAP_MAYMOVE);
  return moved == MAP_FAILED ? nullptr : moved;
}

void FreeZeroed(void* memory, uint64_t size) { munmap(memory, RoundUpToPage(size)); }

MemoryFile& MemoryFile::operator=(MemoryFile&& other) noexcept {
  const int fd = other.fd_;
  other.fd_ = fd_;
  fd_ = fd;
  return *this;
}

MemoryFile::~MemoryFile() {
  if (fd_ >= 0) close(fd_);
}

MemoryFile MemoryFile::Create(uint64_t size) {
  MemoryFile file;
  file.fd_ = memfd_create("gantry-image", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  if (file.fd_ >= 0 && ftruncate(file.fd_, static_cast<off_t>(size)) != 0) {
    close(file.fd_);
    file.fd_ = -1;
  }
  return file;
}

bool MemoryFile::Write(uint64_t offset, std::span<const uint8_t> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = pwrite(fd_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes = bytes.subspan(static_cast<size_t>(written));
    offset += static_cast<uint64_t>(written);
  }
  return true;
}

void MemoryFile::Seal() { fcntl(fd_, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL); }

bool MemoryFile::MapPrivate(uint8_t* address, uint64_t size) const {
  return mmap(address, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED | MAP_NORESERVE, fd_, 0) != MAP_FAILED;
}

}  // namespace gantry::platform
