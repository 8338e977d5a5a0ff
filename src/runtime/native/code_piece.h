// CodePiece: functions that became executable together, and the tables that the runtime needs to know where it is when
// they trap, throw or collect. A module that is compiled at once is one piece; a lazily compiled one gets more and
// more.
//
// [N1] Everything that Find and FindTrap read is constant once the code can run: signal handlers call them.
// Immutable once made, any thread. Tested by src/engine/native_test.cc.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "abi/native.h"

namespace gantry::native {

class CodePiece;

// An instruction of native code: its function, and how far from the function's start.
struct Position {
  const abi::FunctionRecord* function = nullptr;
  uint32_t pc = 0;
  const CodePiece* piece = nullptr;
};

class CodePiece {
 public:
  // Copies a batch's tables to `room`, TableBytes of memory that outlives the piece, or to memory of its own. The text
  // lies `start` bytes behind `base`.
  CodePiece(const uint8_t* base, uint32_t start, const abi::CodeBatch& batch, uint8_t* room = nullptr);
  static size_t TableBytes(const abi::CodeBatch& batch);
  // For code that has found its place only now.
  void SetBase(const uint8_t* base) { base_ = base; }

  // Where its functions lie, behind `base`.
  uint32_t start() const { return functions_.front().start; }
  Position Find(uintptr_t pc) const;
  // The trap site at a position, or the call site that returns to it; null if there is none.
  const abi::TrapSite* FindTrap(Position at) const;
  const abi::CallSite* FindCall(Position at) const;

  std::span<const int32_t> Map(const abi::CallSite& site) const {
    if (site.map == abi::CallSite::kNoMap) return {};
    return maps_.subspan(site.map + 1, static_cast<size_t>(maps_[site.map]));
  }
  const abi::Handler* Handlers(const abi::CallSite& site) const {
    return site.handler == abi::CallSite::kNoHandler ? nullptr : &handlers_[site.handler];
  }
  uintptr_t Address(const abi::FunctionRecord& function, uint32_t pc) const {
    return reinterpret_cast<uintptr_t>(base_) + function.start + pc;
  }
  std::span<const abi::FunctionRecord> functions() const { return functions_; }

 private:
  const uint8_t* base_;
  std::unique_ptr<uint8_t[]> own_;
  std::span<abi::FunctionRecord> functions_;  // by ascending start
  std::span<const abi::TrapSite> traps_;
  std::span<const abi::CallSite> calls_;
  std::span<const abi::Handler> handlers_;
  std::span<const int32_t> maps_;
};

}  // namespace gantry::native
