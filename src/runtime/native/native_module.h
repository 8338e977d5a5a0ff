// NativeModule: the native code of a module, linked and executable, all of it or as much as has been called.
//
// Immutable for its users, any thread. Tested by src/engine/native_test.cc and lazy_test.cc.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "abi/instance_layout.h"
#include "abi/native.h"
#include "base/error.h"
#include "runtime/native/code_piece.h"
#include "runtime/native/eager_code.h"
#include "runtime/native/lazy_code.h"
#include "runtime/native_code.h"
#include "wasm/module.h"

namespace gantry::native {

// Stubs of a function type.
struct TypeStubs {
  abi::ArrayEntry entry = nullptr;      // of native functions; null: C++ calls the interpreter instead
  abi::ArrayEntry raw_entry = nullptr;  // the same for NativeCode::RawEntry
  void* interp_exit = nullptr;          // native entry of interpreted functions
  void* host_exit = nullptr;            // native entry of host functions
  void* raw_exit = nullptr;             // of those with an abi::RawHost
};

struct LinkInput {
  const wasm::Module* module;  // outlives the code
  uint64_t code_bytes = 0;     // of all its bodies
  bool is_small = false;       // one thread compiles all of it, into a few pages
  abi::ContextLayout layout;
  std::vector<bool> guarded;     // by memory: may the code rely on guards?
  std::vector<TypeStubs> stubs;  // by type index
  // Compiles everything now, and calls `take` with one batch after another, on any thread. Functions that are in none
  // are interpreted.
  std::function<void(const std::function<void(const abi::CodeBatch&)>& take)> compile_all;
  // Code that stands for an interpreted function in direct calls: its FuncRef's offset from the context, its exit stub.
  std::vector<uint8_t> (*direct_exit)(uint32_t funcref, const void* exit) = nullptr;
  // Set: functions are compiled when they are called, and not before.
  CompileFunction compile;
  LazyEntries lazy_entries{};
  const void* compile_stub = nullptr;
};

class NativeModule final : public runtime::NativeCode {
 public:
  static Result<std::shared_ptr<const NativeModule>> Link(LinkInput input);
  ~NativeModule() override;

  bool NeedsGuards(uint32_t memory) const override { return guarded_[memory]; }
  void Fill(abi::InstanceContext* context) const override;
  abi::ArrayEntry RawEntry(uint32_t func_index) const override {
    return stubs_[module_->funcs[func_index].type].raw_entry;
  }
  runtime::NativeStats Stats() const override;

  // The function that an address belongs to; nothing if it is not in one.
  Position Find(uintptr_t pc) const;
  // The same for a return address, which may be the end of its function.
  Position FindReturn(uintptr_t pc) const {
    Position at = Find(pc - 1);
    ++at.pc;
    return at;
  }
  // The trap site at a position, or the call site that returns to it, if there is one.
  std::optional<abi::TrapSite> FindTrap(Position at) const {
    return at.piece == nullptr ? std::nullopt : at.piece->FindTrap(at);
  }
  std::optional<abi::CallSite> FindCall(Position at) const {
    return at.piece == nullptr ? std::nullopt : at.piece->FindCall(at);
  }

  // How the first call of a lazily compiled function goes on: where, and with this in r10.
  struct Target {
    const void* code;
    abi::FuncRef* func;
  };
  Target CompileNow(abi::InstanceContext* context, uint32_t func_index) const;

  // Unique in the process, never reused.
  uint64_t serial() const { return serial_; }

 private:
  NativeModule() = default;
  static uint64_t NextSerial();

  const uint64_t serial_ = NextSerial();
  const wasm::Module* module_ = nullptr;
  std::vector<bool> guarded_;
  std::vector<TypeStubs> stubs_;
  std::unique_ptr<EagerCode> eager_;  // this or the other
  std::unique_ptr<LazyCode> lazy_;
  const uint8_t* registered_ = nullptr;
};

// The C++ side of the compile stub (compiler/stubs): `context` is the callee's.
NativeModule::Target CompileOnCall(abi::InstanceContext* context, uint64_t func_index);

}  // namespace gantry::native
