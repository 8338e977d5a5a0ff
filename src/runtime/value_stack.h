// ValueStack: the slots that interpreter frames of one store lie in. A mapping with a guard page behind it, touched as
// far as it was used; the usual size is kept for the next store when one dies.
#pragma once

#include <cstdint>

#include "abi/context.h"

namespace gantry::runtime {

class ValueStack {
 public:
  // At least one page. Aborts if the host has not even that; a size that cannot be had becomes the largest that can.
  explicit ValueStack(uint64_t bytes);
  ~ValueStack();
  ValueStack(const ValueStack&) = delete;
  ValueStack& operator=(const ValueStack&) = delete;

  abi::Slot* begin() const { return base_; }
  abi::Slot* end() const { return base_ + bytes_ / sizeof(abi::Slot); }

 private:
  abi::Slot* base_ = nullptr;
  uint64_t bytes_ = 0;  // without the guard
};

}  // namespace gantry::runtime
