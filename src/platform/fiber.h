// Fibers: code with a stack of its own, which lets go of the thread in the middle and goes on later, on any thread.
//
// [I1] A stack has an inaccessible page below it (unless the embedder provides it), so running over its end faults.
// [I2] A fiber that has begun and has not returned must be resumed until it returns before it is destroyed; its frames
// would
//      never be left otherwise.
// Sanitizers and valgrind are told about each switch. Tested by fiber_test.cc.
#pragma once

#include <cstdint>
#include <memory>

#include "base/error.h"

namespace gantry::platform {

// Memory for a stack. Owns it.
class FiberStack {
 public:
  virtual ~FiberStack() = default;
  FiberStack(const FiberStack&) = delete;
  FiberStack& operator=(const FiberStack&) = delete;

  uint8_t* top() const { return place_.top; }    // where its use begins; 16-aligned
  uint64_t size() const { return place_.size; }  // accessible bytes below top

  // From the process's bounded list of free ones, or a new one. Error (Host) if there is no memory.
  static Result<std::unique_ptr<FiberStack>> Take(uint64_t size);

 protected:
  struct Place {
    uint8_t* top;
    uint64_t size;
  };
  explicit FiberStack(const Place& place) : place_(place) {}
  void Set(const Place& place) { place_ = place; }

 private:
  Place place_;
};

// Where stacks come from, if not from FiberStack::Take. Thread-safe.
class StackSource {
 public:
  virtual ~StackSource() = default;
  virtual Result<std::unique_ptr<FiberStack>> New(uint64_t size) = 0;
};

// Smaller stacks could not hold the runtime's own frames.
inline constexpr uint64_t kMinFiberStack = uint64_t{128} << 10;

class Fiber {
 public:
  // `entry(arg)` will run on `stack`, from the first Resume on. One thread at a time.
  Fiber(std::unique_ptr<FiberStack> stack, void (*entry)(void* arg), void* arg);
  ~Fiber();
  Fiber(const Fiber&) = delete;
  Fiber& operator=(const Fiber&) = delete;

  // Runs the fiber until it suspends or returns. Not from within itself.
  void Resume();
  // From within: back to whoever resumed it.
  void Suspend();
  bool has_begun() const { return has_begun_; }
  bool has_returned() const { return has_returned_; }

 private:
  static void Main(Fiber* fiber);

  std::unique_ptr<FiberStack> stack_;  // outlives annotations_
  void (*entry_)(void*);
  void* arg_;
  void* inside_ = nullptr;   // stack pointer of the fiber while it is suspended
  void* outside_ = nullptr;  // of who resumed it, while it runs
  bool has_begun_ = false;
  bool has_returned_ = false;
  struct Annotations;
  std::unique_ptr<Annotations> annotations_;
};

}  // namespace gantry::platform
