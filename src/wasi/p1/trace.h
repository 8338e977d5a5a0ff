// One line per WASI call for people, in strace's manner:
//   path_open(fd=3, dirflags=1, path="notes.txt", oflags=0, …, opened_fd=5) = success
// Inputs are shown as they were before the call, outputs as they are after it.
// Tested by trace_test.cc.
#pragma once

#include <cstdint>
#include <string>

#include "wasi/p1/context.h"
#include "wasi/p1/guest_memory.h"
#include "wasi/p1/interface.h"

namespace gantry::wasi::p1 {

// Lives for one call when the context traces; else it costs one test.
class TraceScope {
 public:
  // `slots` hold the arguments now and the result later.
  TraceScope(WasiContext& context, const FunctionInfo& function, GuestMemory memory, const uint64_t* slots)
      : context_(context) {
    if (context.trace) [[unlikely]]
      Begin(function, memory, slots);
  }
  ~TraceScope() {
    if (state_) [[unlikely]]
      End();
  }
  TraceScope(const TraceScope&) = delete;
  TraceScope& operator=(const TraceScope&) = delete;

 private:
  struct State;
  void Begin(const FunctionInfo& function, GuestMemory memory, const uint64_t* slots);
  void End();

  WasiContext& context_;
  State* state_ = nullptr;
};

}  // namespace gantry::wasi::p1
