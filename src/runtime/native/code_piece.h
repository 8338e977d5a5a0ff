// CodePiece: functions that became executable together, and the tables that the runtime needs to know where it is when
// they trap, throw or collect. A module that is compiled at once is one piece; a lazily compiled one gets more and
// more.
//
// [N1] Everything that Find and FindTrap read is constant once the code can run: signal handlers call them.
// Immutable once made, any thread. Tested by code_piece_test.cc and src/engine/native_test.cc.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

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
  // The trap site at a position, or the call site that returns to it, if there is one.
  std::optional<abi::TrapSite> FindTrap(Position at) const;
  std::optional<abi::CallSite> FindCall(Position at) const;

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
  // Of a TrapSite or a CallSite, what each has of its own. Large modules have millions: the rest, which is the same for
  // nearly all of them, is kept apart.
  struct Site {
    uint32_t pc;
    uint32_t offset;
  };
  struct CallDetail {
    uint32_t call;  // index in calls_
    uint32_t fuel, map, handler;
    uint8_t register_roots;
  };

  static std::optional<size_t> FindSite(std::span<const Site> table, size_t first, size_t count, uint32_t pc);

  const uint8_t* base_;
  std::unique_ptr<uint8_t[]> own_;
  std::span<abi::FunctionRecord> functions_;  // by ascending start
  std::span<Site> traps_;
  std::span<Site> calls_;
  std::span<const abi::Handler> handlers_;
  std::span<const int32_t> maps_;
  std::span<abi::TrapCode> trap_codes_;
  std::vector<uint32_t> trap_fuel_;       // of all, if any has some
  std::vector<CallDetail> call_details_;  // by ascending call, of those that have any
};

}  // namespace gantry::native
