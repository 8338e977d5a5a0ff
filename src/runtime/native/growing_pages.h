// GrowingPages: memory that is filled from its start to an end that is not known before, and does not move.
//
// A page fault costs more than filling the page: 3 us of 4 KiB each, where 2 MiB at once are 200 us. So it asks for
// large pages, and makes so much writable at once that the kernel can use them, as long as its user says that most of
// it will be filled.
//
// [G1] What is writable but not taken is less than half a large page larger than what the user expects.
// One thread at a time. Tested by growing_pages_test.cc.
#pragma once

#include <cstdint>
#include <utility>

namespace gantry::native {

class GrowingPages {
 public:
  static constexpr uint64_t kAlign = 16;

  GrowingPages() = default;
  GrowingPages(GrowingPages&& other) noexcept { *this = std::move(other); }
  GrowingPages& operator=(GrowingPages&& other) noexcept {
    std::swap(base_, other.base_);
    std::swap(size_, other.size_);
    std::swap(taken_, other.taken_);
    std::swap(writable_, other.writable_);
    return *this;
  }
  ~GrowingPages();

  // Address space for `most` bytes, or for as much of it as the host has, but not less than `least`; base() is null if
  // there is none.
  static GrowingPages Reserve(uint64_t most, uint64_t least);

  // The next `bytes`, writable and zero, at a multiple of kAlign; `more` are likely to follow, all in all. Null when
  // there is no room.
  uint8_t* Take(uint64_t bytes, uint64_t more);
  // Gives back what has not been taken. Nothing can be taken afterwards.
  void Trim();

  uint8_t* base() const { return base_; }
  uint64_t size() const { return size_; }
  uint64_t taken() const { return taken_; }  // from the base; all of it after Trim

 private:
  uint8_t* base_ = nullptr;
  uint64_t size_ = 0;
  uint64_t taken_ = 0;
  uint64_t writable_ = 0;
};

}  // namespace gantry::native
