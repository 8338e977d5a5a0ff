// Core dumps: the state of a store after a trap, as a module that debuggers and `gantry inspect` read.
//
// The form is the one of the WebAssembly tool conventions: memories with their contents, globals with their values, and
// the custom sections "core" (the program), "coremodules", "coreinstances" and "corestack" (frames, innermost first;
// the offset of each counts from the start of its function's body). Values of locals and of the operand stack are left
// out.
//
// [I1] Memories are written piece by piece from where they lie; pages of zeros are left out. What must be held in
// memory grows with
//      the numbers of objects and frames, not with their contents.
// Tested by coredump_test.cc and tests/cli/run/coredump.test.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/instance.h"

namespace gantry::engine {

// Takes the next bytes of the dump.
using DumpSink = std::function<Result<void>(std::span<const uint8_t> bytes)>;

// `frames`: the trap's backtrace. Error: the sink's, or Limit when the contents do not fit a module (4 GiB).
Result<void> WriteCoredump(const runtime::Store& store, std::span<const runtime::Frame> frames,
                           std::string_view program, const DumpSink& sink);

// What the custom sections of a dump say. Memories and globals are those of the module itself.
struct Coredump {
  struct Instance {
    uint32_t module;
    std::vector<uint32_t> memories, globals;  // indices in the dump
  };
  struct Frame {
    uint32_t instance, func, offset;
  };
  std::string_view program, thread;
  std::vector<std::string_view> modules;
  std::vector<Instance> instances;
  std::vector<Frame> frames;
};

// Is there a "core" section?
bool IsCoredump(const wasm::Module& module);
// Error (Malformed) when a section is cut short or names what is not there.
Result<Coredump> ReadCoredump(const wasm::Module& module);

}  // namespace gantry::engine
