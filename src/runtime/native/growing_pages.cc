#include "runtime/native/growing_pages.h"

#include <algorithm>

#include "platform/pages.h"

namespace gantry::native {

using platform::kLargePage;

namespace {

constexpr uint64_t RoundUp(uint64_t bytes, uint64_t unit) { return (bytes + unit - 1) & ~(unit - 1); }

}  // namespace

GrowingPages::~GrowingPages() {
  if (base_ != nullptr) platform::ReleasePages(base_, size_);
}

GrowingPages GrowingPages::Reserve(uint64_t most, uint64_t least) {
  GrowingPages pages;
  for (uint64_t room = most; pages.base_ == nullptr && room >= least; room /= 2) {
    pages.size_ = platform::RoundUpToPage(room);
    pages.base_ = platform::ReservePages(pages.size_, kLargePage);
  }
  if (pages.base_ == nullptr)
    pages.size_ = 0;
  else
    platform::PreferLargePages(pages.base_, pages.size_);
  return pages;
}

uint8_t* GrowingPages::Take(uint64_t bytes, uint64_t more) {
  const uint64_t start = RoundUp(taken_, kAlign);
  if (start > size_ || bytes > size_ - start) return nullptr;
  const uint64_t end = start + bytes;
  if (end > writable_) {
    const uint64_t large = std::min(RoundUp(end, kLargePage), size_);
    // A large page that has been begun with small ones goes on with them.
    const uint64_t begun = RoundUp(writable_, kLargePage);
    const bool is_large = end > begun && (more >= large - end || large - end - more < kLargePage / 2);  // [G1]
    const uint64_t to = is_large ? large : platform::RoundUpToPage(end);
    if (!platform::CommitPages(base_ + writable_, to - writable_)) return nullptr;
    const uint64_t small = is_large ? begun : to;
    if (small != writable_) platform::PopulatePages(base_ + writable_, small - writable_);
    writable_ = to;
  }
  taken_ = end;
  return base_ + start;
}

void GrowingPages::Trim() {
  const uint64_t left = platform::RoundUpToPage(taken_);
  if (left < size_) platform::ReleasePages(base_ + left, size_ - left);
  size_ = taken_ = writable_ = left;
  if (left == 0) base_ = nullptr;
}

}  // namespace gantry::native
