// Activation: one entry from the host into guest code, linked innermost first from StoreContext::activation.
// Backtraces, the collector and exceptions go through the chain; what lies inside an activation only its tier knows.
#pragma once

#include <cstdint>

#include "runtime/gc/heap.h"

namespace gantry::runtime {

class Instance;

struct Frame {
  Instance* instance;
  uint32_t func_index;
  uint32_t offset;  // of the current instruction (the call, or what trapped), from the start of the module
};

// Called for each frame, innermost first. False stops the walk.
class FrameVisitor {
 public:
  virtual bool Visit(const Frame& frame) = 0;

 protected:
  ~FrameVisitor() = default;
};

struct Activation;

struct ActivationOps {
  void (*scan_roots)(Activation* activation, gc::RootVisitor& visitor);
  bool (*walk)(Activation* activation, FrameVisitor& visitor);  // false if the visitor stopped
};

struct Activation {
  Activation* outer = nullptr;
  const ActivationOps* ops = nullptr;
};

}  // namespace gantry::runtime
