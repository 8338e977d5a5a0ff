// CodeMemory: pages for generated code, first writable, then executable, never both.
//
// Mapping and unmapping pages costs as much as compiling a small module (3 us a call, and a page fault each), so freed
// blocks of a few pages are kept for the next ones.
//
// [M1] A kept block is writable and not executable: code that is gone cannot run.
// [M2] Blocks change hands by atomic exchanges alone: there is no lock that a forked child could find held.
// Tested by code_memory_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

#include "base/error.h"

namespace gantry::native {

class CodeMemory {
 public:
  CodeMemory() = default;
  CodeMemory(CodeMemory&& other) noexcept { *this = std::move(other); }
  CodeMemory& operator=(CodeMemory&& other) noexcept {
    std::swap(base_, other.base_);
    std::swap(size_, other.size_);
    return *this;
  }
  ~CodeMemory();

  // Writable pages, filled with instructions that trap. Error (Host) when they cannot be had.
  static Result<CodeMemory> Allocate(uint64_t bytes);
  // Makes all of it executable; nobody writes to them from here on. Error (Host) when the host forbids it.
  Result<void> Publish();

  // The errors of other code that asks the host for the same.
  static Error NoMemory();
  static Error Forbidden();

  uint8_t* base() const { return base_; }
  uint64_t size() const { return size_; }

 private:
  uint8_t* base_ = nullptr;
  uint64_t size_ = 0;
};

// Unmaps the blocks that are kept. Returns how many there were.
size_t ReleaseFreeCode();

}  // namespace gantry::native
