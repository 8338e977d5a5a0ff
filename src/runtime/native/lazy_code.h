// LazyCode: the code of a module whose functions are compiled when they are first called.
//
// One range of addresses per module, so that every part reaches every other by a 32-bit distance:
//
//   slots      a pointer per function and one for the compile stub: data, never executable
//   entries    kLazyEntry bytes per function: a jump where its slot says. Constant; what the rest of the world calls,
//              unless it finds the code there already
//   code       pages that are written, then published, then never touched again
//
// A slot leads back into its entry at first, which goes on to the compile stub with the function's number. Compiling
// stores the code's address in the slot; direct calls that are linked later go straight to the code.
//
// [L1] Threads compile side by side and wait for nobody: pages are given out by one atomic addition, whoever comes
// second
//      throws its code away. So there is no lock that a forked child could find held.
// [L2] A piece is in the page table before a slot leads to its code: signal handlers and walkers find all code that
//      runs.
// [L3] A function that cannot be compiled keeps its slot, and every call of it goes through the compile stub to the
//      interpreter.
// Thread-safe. Tested by src/engine/lazy_test.cc.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "abi/instance_layout.h"
#include "abi/native.h"
#include "base/error.h"
#include "runtime/native/code_piece.h"
#include "runtime/native_code.h"
#include "wasm/module.h"

namespace gantry::native {

// Appends a defined function to the batch. False: the interpreter must run it, and the batch is as it was. Any thread.
using CompileFunction = std::function<bool(uint32_t func_index, abi::CodeBatch* batch)>;

// How entries are written for this processor.
struct LazyEntries {
  uint32_t size;  // of an entry
  // The common entry, which leads to the compile stub, and behind it one per function. `slots` are these functions',
  // the common one's is the last; they get their first values.
  void (*write)(uint8_t* entries, uint64_t* slots, uint32_t first_func, uint32_t count, const void* compile_stub);
};

class LazyCode {
 public:
  // `module` outlives the code. Error (Host) when the host has no address space for it.
  static Result<std::unique_ptr<LazyCode>> Create(const wasm::Module& module, CompileFunction compile,
                                                  const LazyEntries& entries, const void* compile_stub);
  ~LazyCode();

  uint8_t* base() const { return base_; }
  uint64_t size() const { return size_; }
  uint8_t* Entry(uint32_t defined) const { return base_ + entries_ + entry_size_ * (uint64_t{defined} + 1); }
  // Where calls of a defined function shall go as of now: its code, else its entry.
  const void* Target(uint32_t defined) const {
    const void* const code = Published(defined);
    return code != nullptr ? code : Entry(defined);
  }

  // The code of a defined function, compiled now if it is not yet; null if the interpreter must run it.
  const void* Compile(uint32_t func_index);

  // The piece with the code at `pc`, which lies in [base, base + size); null if there is none yet.
  const CodePiece* PieceAt(uintptr_t pc) const {
    return pages_[(pc - reinterpret_cast<uintptr_t>(base_)) / kPage].load(std::memory_order_acquire);
  }

  runtime::NativeStats Stats() const;

 private:
  static constexpr uint64_t kPage = 4096;

  LazyCode() = default;
  const void* Published(uint32_t defined) const;
  void AddCallees(abi::CodeBatch* batch);
  bool Publish(const abi::CodeBatch& batch);
  void Link(const abi::CodeBatch& batch, uint64_t start) const;
  bool IsRefused(uint32_t defined) const;
  void Refuse(uint32_t defined);

  const wasm::Module* module_ = nullptr;
  CompileFunction compile_;
  uint32_t entry_size_ = 0;
  uint8_t* base_ = nullptr;
  uint64_t size_ = 0;
  uint64_t entries_ = 0;  // offset
  std::atomic<uint64_t>* slots_ = nullptr;
  std::atomic<uint64_t> next_{0};                   // offset of the first page of code that nobody has
  std::atomic<const CodePiece*>* pages_ = nullptr;  // by page of the range
  std::vector<std::atomic<uint64_t>> refused_;      // a bit per defined function
  std::atomic<uint32_t> functions_{0};
  std::atomic<uint64_t> code_bytes_{0}, nanoseconds_{0};
};

}  // namespace gantry::native
