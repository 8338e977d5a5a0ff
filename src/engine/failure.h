// Failure: how a call or an instantiation ended, taken out of the store so that the embedder can keep and print it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/engine.h"
#include "engine/value.h"
#include "runtime/instance.h"

namespace gantry::engine {

struct Failure {
  enum class Kind : uint8_t { Error, Trap, Exception, Exit };
  Kind kind;
  std::optional<gantry::Error> error;       // Error
  std::optional<runtime::TrapInfo> trap;    // Trap
  gc::Ref exception = 0;                    // Exception: root it before allocating (gc::Heap::AddRoot)
  int32_t exit_code = 0;                    // Exit
  std::vector<runtime::Frame> exit_frames;  // Exit: where the program asked for it

  // One line each, outermost first: what goes under "Caused by:". A trap with a backtrace gives the backtrace, then
  // "wasm trap: …".
  std::vector<std::string> Causes() const;
  // The innermost cause: the trap's text for users, the error's summary, "thrown Wasm exception", "Exited with i32 exit
  // status N".
  std::string Message() const;
};

// Takes what `status` (not Ok) left pending in the store.
Failure TakeFailure(runtime::Store& store, abi::Status status);
Failure TakeFailure(runtime::Store& store, runtime::Failure failure);

// The reverse: leaves it pending in the store, for whoever called.
abi::Status PassOn(runtime::Store& store, Failure failure);

// "error while executing at wasm backtrace:\n    0:   0x2a - mod!func\n …"
std::string FormatBacktrace(const std::vector<runtime::Frame>& frames);
// Its first line, and the line of one frame (with the new line before it).
inline constexpr const char* kBacktraceTitle = "error while executing at wasm backtrace:";
std::string FormatFrame(size_t number, uint32_t module_offset, const runtime::CompiledModule& module,
                        uint32_t func_index);

// Calls `func` with values of its parameter types. Wrong types or counts are Errors (Usage).
std::expected<std::vector<Value>, Failure> Call(runtime::Store& store, abi::FuncRef* func, std::span<const Value> args);

}  // namespace gantry::engine
