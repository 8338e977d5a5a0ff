// NativeModule: the native code of a module, linked and executable, with the tables that the runtime needs to know
// where it is when native code traps, throws or collects.
//
// [N1] Everything that FindTrap reads is constant once the code can run: signal handlers call it.
// Immutable, any thread. Tested by src/engine/native_test.cc.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "abi/instance_layout.h"
#include "abi/native.h"
#include "base/error.h"
#include "runtime/native/code_memory.h"
#include "runtime/native_code.h"
#include "wasm/module.h"

namespace gantry::native {

// Stubs of a function type.
struct TypeStubs {
  abi::ArrayEntry entry = nullptr;  // of native functions; null: C++ calls the interpreter instead
  void* interp_exit = nullptr;      // native entry of interpreted functions
  void* host_exit = nullptr;        // native entry of host functions
};

struct LinkInput {
  const wasm::Module* module;  // outlives the code
  abi::ContextLayout layout;
  std::vector<bool> guarded;            // by memory: may the code rely on guards?
  std::vector<TypeStubs> stubs;         // by type index
  std::vector<abi::CodeBatch> batches;  // in any order; functions that are in none are interpreted
  // Code that stands for an interpreted function in direct calls: its FuncRef's offset from the context, its exit stub.
  std::vector<uint8_t> (*direct_exit)(uint32_t funcref, const void* exit);
};

// An instruction of native code: its function, and how far from the function's start.
struct Position {
  const abi::FunctionRecord* function = nullptr;
  uint32_t pc = 0;
};

class NativeModule final : public runtime::NativeCode {
 public:
  static Result<std::shared_ptr<const NativeModule>> Link(LinkInput input);
  ~NativeModule() override;

  bool NeedsGuards(uint32_t memory) const override { return guarded_[memory]; }
  void Fill(abi::InstanceContext* context) const override;

  // The function that an address belongs to; nothing if it is not in one.
  Position Find(uintptr_t pc) const;
  // The same for a return address, which may be the end of its function.
  Position FindReturn(uintptr_t pc) const {
    Position at = Find(pc - 1);
    ++at.pc;
    return at;
  }
  // The trap site at a position, or the call site that returns to it; null if there is none.
  const abi::TrapSite* FindTrap(Position at) const;
  const abi::CallSite* FindCall(Position at) const;

  std::span<const int32_t> Map(const abi::CallSite& site) const {
    if (site.map == abi::CallSite::kNoMap) return {};
    return std::span(maps_).subspan(site.map + 1, static_cast<size_t>(maps_[site.map]));
  }
  const abi::Handler* Handlers(const abi::CallSite& site) const {
    return site.handler == abi::CallSite::kNoHandler ? nullptr : &handlers_[site.handler];
  }
  uintptr_t Address(const abi::FunctionRecord& function, uint32_t pc) const {
    return reinterpret_cast<uintptr_t>(memory_.base()) + function.start + pc;
  }

  uint32_t native_count() const { return static_cast<uint32_t>(functions_.size()); }
  uint64_t code_size() const { return memory_.size(); }

 private:
  NativeModule() = default;
  void TakeTables(std::vector<abi::CodeBatch>& batches);

  static constexpr uint32_t kNotNative = 0xffffffff;

  const wasm::Module* module_ = nullptr;
  std::vector<bool> guarded_;
  std::vector<TypeStubs> stubs_;
  CodeMemory memory_;
  bool is_registered_ = false;
  std::vector<abi::FunctionRecord> functions_;  // by ascending start
  std::vector<uint32_t> entries_;               // by defined function: where its code starts, or kNotNative
  std::vector<abi::TrapSite> traps_;
  std::vector<abi::CallSite> calls_;
  std::vector<abi::Handler> handlers_;
  std::vector<int32_t> maps_;
};

}  // namespace gantry::native
