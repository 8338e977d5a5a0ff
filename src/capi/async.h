// AsyncCall: a call that runs on a fiber, so that it can let go of the thread before it has ended.
//
// [I1] A store has at most one call that has begun and not ended. While it is paused nothing else runs in the store, so
// its frames lie
//      on the store's stack of values as those of any other call.
// [I2] A call that is given up is resumed with an error, until its frames have been left; it cannot pause any more.
// Tested by tests/capi/async.c.
#pragma once

#include <functional>
#include <memory>

#include "capi/core.h"
#include "platform/fiber.h"

namespace gantry::capi {

class AsyncCall {
 public:
  // `body` does the call; what it gives belongs to it: a call that is given up calls it as well, if it has begun.
  AsyncCall(StoreState& state, std::function<void()> body) : state_(&state), body_(std::move(body)) {}
  ~AsyncCall() { Abandon(); }
  AsyncCall(const AsyncCall&) = delete;
  AsyncCall& operator=(const AsyncCall&) = delete;

  // Runs the call until it pauses or ends. Error: it cannot begin, for good.
  enum class Progress : uint8_t { Paused, Ended };
  Result<Progress> Run();
  // Gives the call up. Its store may be deleted afterwards. [I2]
  void Abandon();
  bool is_abandoned() const { return is_abandoned_; }

  // From within: Ok when it is resumed; an Error, pending in the store, if it is given up.
  abi::Status Pause();

 private:
  Result<void> Begin();
  void Resume();
  void End();

  StoreState* state_;
  std::function<void()> body_;
  std::unique_ptr<platform::Fiber> fiber_;  // exists exactly while the call has begun and not ended
  bool is_abandoned_ = false;
};

}  // namespace gantry::capi
