// CodeMemory: pages for generated code, first writable, then executable, never both.
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

  // Writable pages, all zero. Error (Host) when they cannot be had.
  static Result<CodeMemory> Allocate(uint64_t bytes);
  // The same without access: platform::CommitPages makes pages writable, piece by piece.
  static Result<CodeMemory> Reserve(uint64_t bytes);
  // Gives back what lies behind the first `bytes`.
  void Trim(uint64_t bytes);
  // Makes all of it executable; nobody writes to them from here on. Error (Host) when the host forbids it.
  Result<void> Publish();

  uint8_t* base() const { return base_; }
  uint64_t size() const { return size_; }

 private:
  uint8_t* base_ = nullptr;
  uint64_t size_ = 0;
};

}  // namespace gantry::native
