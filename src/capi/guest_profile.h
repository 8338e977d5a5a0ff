// GuestProfile: samples of the WebAssembly that runs, written as the Firefox Profiler reads them ("processed" format,
// version 55).
//
// The format is a set of tables in columns; rows refer to rows of other tables by number: a sample to a stack, a stack
// to a shorter stack and a frame, a frame to a function, a function to its module and its name. Each distinct row is
// there once.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "engine/module.h"
#include "runtime/activation.h"

namespace gantry::capi {

class GuestProfile {
 public:
  // `interval`, and all times, in nanoseconds.
  GuestProfile(std::string name, uint64_t interval);

  // Frames of this module may appear, under this name.
  void AddModule(std::string_view name, std::shared_ptr<const engine::Module> module);
  // `frames` innermost first; those of other modules are left out.
  void AddSample(std::span<const runtime::Frame> frames, uint64_t cpu_time);

  std::string Json() const;

 private:
  using Row = uint32_t;
  struct Library {
    std::string name;
    std::shared_ptr<const engine::Module> module;
  };
  struct Func {
    Row library;
    Row name;                // in strings_
    uint32_t address, size;  // of its body, in its module
  };
  struct Frame {
    Row func;
    uint32_t address;  // of the instruction, in its module
  };
  struct Stack {
    int64_t prefix;  // the row of the frames outside of this one; kNoRow without
    Row frame;
  };
  struct Sample {
    int64_t stack;  // kNoRow: nothing was running
    uint64_t time, cpu_time;
  };
  static constexpr int64_t kNoRow = -1;

  Row StringRow(std::string text);
  Row FuncRow(Row library, const runtime::CompiledModule& module, uint32_t func_index);
  Row FrameRow(Row func, uint32_t address);
  Row StackRow(int64_t prefix, Row frame);

  std::string name_;
  uint64_t interval_;
  uint64_t start_, start_realtime_;
  std::vector<Library> libraries_;
  std::unordered_map<const runtime::CompiledModule*, Row> library_of_;
  std::vector<std::string> strings_;
  std::map<std::string, Row> string_rows_;
  std::vector<Func> funcs_;
  std::map<std::pair<const runtime::CompiledModule*, uint32_t>, Row> func_rows_;
  std::vector<Frame> frames_;
  std::map<std::pair<Row, uint32_t>, Row> frame_rows_;
  std::vector<Stack> stacks_;
  std::map<std::pair<int64_t, Row>, Row> stack_rows_;
  std::vector<Sample> samples_;
};

}  // namespace gantry::capi
