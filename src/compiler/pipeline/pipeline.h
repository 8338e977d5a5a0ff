// From validated functions to native code: which compiler takes them, on how many threads, in what order.
//
//   pipeline::ModuleCompiler compiler(module, options);
//   pipeline::Output output = compiler.CompileAll(threads);     eagerly
//   compiler.Compile(func, &batch, &why)                        one function, on its first call
//
// [P1] The output is a function of the module's bytes and the options: not of the number of threads, of addresses or of
// time. Tested by pipeline_test.cc.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "abi/native.h"
#include "platform/cpu.h"
#include "wasm/func_plan.h"
#include "wasm/module.h"

namespace gantry::baseline {
struct ModuleInfo;
class X64Compiler;
}  // namespace gantry::baseline

namespace gantry::pipeline {

struct Options {
  platform::CpuFeatures cpu;  // of the machine that the code is for
  bool guard_pages = true;    // memories have guards as abi/native.h says
  bool fault_traps = true;    // traps are faults; else calls of abi::kTrapEntry
  bool polls = false;         // loops look at the interrupt flag
  bool consume_fuel = false;
  bool tail_calls_leave = true;  // some function of the module has valid::uses::kTailCallOut
  bool table_writes = true;      // likewise kTableWrite
  bool deterministic_relaxed_simd = false;
  bool marks = false;                      // CodeBatch::marks, for listings
  const wasm::PlanParts* plans = nullptr;  // that validation kept; they outlive the compiler
};

struct Output {
  std::vector<abi::CodeBatch> batches;  // of consecutive functions, in order
  uint32_t native = 0;                  // functions compiled
  uint32_t refused = 0;                 // functions that only the interpreter can run
  const char* why = nullptr;            // the first of these
};

// Bytes of all bodies.
uint64_t CodeBytes(const wasm::Module& module);
// Does one thread compile so many at least as fast as several?
bool IsSmall(uint64_t code_bytes);

// Is there a compiler for this machine?
bool IsSupported();

class ModuleCompiler {
 public:
  // `module` is validated and outlives the compiler.
  ModuleCompiler(const wasm::Module& module, const Options& options);
  ~ModuleCompiler();

  // Every defined function.
  Output CompileAll(uint32_t threads) const;
  // The same; the batches go to `take`, on the thread that made them, and are gone afterwards.
  using Taker = std::function<void(const abi::CodeBatch& batch)>;
  Output CompileAll(uint32_t threads, const Taker& take) const;
  // Appends one to the batch. False if the interpreter must run it; *why says what is missing. Any thread.
  bool Compile(uint32_t func_index, abi::CodeBatch* batch, const char** why) const;

 private:
  static constexpr int kSpares = 4;
  Output CompileChunks(uint32_t threads, const Taker* take) const;

  const wasm::Module& module_;
  std::unique_ptr<const baseline::ModuleInfo> info_;
  // What Compile used last, with the memory that it keeps. No lock: a forked child goes on with what it finds.
  mutable std::atomic<baseline::X64Compiler*> spares_[kSpares] = {};
};

}  // namespace gantry::pipeline
