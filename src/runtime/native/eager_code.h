// EagerCode: the code of a module that is compiled at once, by several threads, linked when all of it is there.
//
//   EagerCode::Create(module), Take(batch) on any thread, Finish(...) once; then it is immutable.
//
// Code goes to its place as soon as it is made, in an address range for the largest module, of which Finish gives back
// the rest. So there is never a second copy of it. The same with its tables, in a range of their own. A small module's
// code is collected first, and gets a block of the right size: for most of them one that another module had before.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "abi/native.h"
#include "base/error.h"
#include "runtime/native/code_memory.h"
#include "runtime/native/code_piece.h"
#include "runtime/native/growing_pages.h"
#include "runtime/native_code.h"
#include "wasm/module.h"

namespace gantry::native {

class EagerCode {
 public:
  // For bodies of `code_bytes` in all; Take comes from one thread for a small module. Error (Host) when the host has no
  // address space for it.
  static Result<std::unique_ptr<EagerCode>> Create(const wasm::Module& module, uint64_t code_bytes, bool is_small);

  // Places compiled functions, whatever their order, and copies what it needs. Any thread.
  void Take(const abi::CodeBatch& batch);
  // Code that stands for a function that nobody has compiled, in direct calls.
  using ExitWriter = std::function<std::vector<uint8_t>(uint32_t func_index)>;
  // Links everything and makes it executable. Error (Limit, Host) when there was no room for all of it.
  Result<void> Finish(const ExitWriter& write_exit);

  uint8_t* base() const { return is_small_ ? memory_.base() : code_.base(); }
  uint64_t size() const { return is_small_ ? memory_.size() : code_.size(); }
  // Null if the interpreter runs it.
  uint8_t* Entry(uint32_t defined) const {
    return entries_[defined] == kNotNative ? nullptr : base() + entries_[defined];
  }
  // The piece with the code at `pc`, which lies in [base, base + size); null if there is none.
  const CodePiece* PieceAt(uintptr_t pc) const;
  runtime::NativeStats Stats() const;

 private:
  static constexpr uint32_t kNotNative = 0xffffffff;
  struct Part {
    std::unique_ptr<CodePiece> piece;
    uint32_t start;
    std::vector<abi::Relocation> open_calls;  // of functions that had no code yet
  };

  EagerCode() = default;
  // What is to follow `so_far` bytes, by the bodies that they are for.
  uint64_t More(uint64_t so_far) const;
  // Room for a batch's text behind what is there; false if there is none. With mutex_ held.
  bool TakeRoom(uint64_t bytes, uint64_t* start);
  void Put(uint64_t start, const std::vector<uint8_t>& text);
  // Completes the call at `at`, behind the start of all code.
  void LinkCall(uint64_t at, uint32_t target);
  bool WriteExits(const ExitWriter& write_exit, std::vector<uint32_t>* targets);

  const wasm::Module* module_ = nullptr;
  bool is_small_ = false;
  // Code of a small module, until it is finished and then.
  std::vector<uint8_t> collected_;
  CodeMemory memory_;
  // Of others.
  GrowingPages code_;
  GrowingPages tables_;  // what pieces_ refer to

  std::mutex mutex_;          // for what follows, collected_, and room in pages, until Finish
  uint64_t bodies_ = 0;       // bytes of the module's
  uint64_t bodies_done_ = 0;  // of these, those with code
  bool has_room_ = true;
  std::vector<Part> parts_;
  std::vector<std::unique_ptr<const CodePiece>> pieces_;  // by ascending start
  std::vector<uint32_t> entries_;                         // by defined function: where its code starts, or kNotNative
};

}  // namespace gantry::native
