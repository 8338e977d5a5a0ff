#include "compiler/pipeline/pipeline.h"

#include <algorithm>
#include <atomic>

#include "compiler/baseline/module_info.h"
#include "compiler/baseline/x64/compiler.h"
#include "platform/threads.h"

namespace gantry::pipeline {

namespace {

uint32_t IsaOf(const platform::CpuFeatures& cpu) {
  using x64::Isa;
  uint32_t isa = 0;
  auto add = [&](bool has, Isa bit) { isa |= static_cast<uint32_t>(has) << static_cast<int>(bit); };
  add(true, Isa::Base);
  add(cpu.sse3, Isa::Sse3);
  add(cpu.ssse3, Isa::Ssse3);
  add(cpu.sse41, Isa::Sse41);
  add(cpu.sse42, Isa::Sse42);
  add(cpu.popcnt, Isa::Popcnt);
  add(cpu.lzcnt, Isa::Lzcnt);
  add(cpu.bmi1, Isa::Bmi1);
  add(cpu.bmi2, Isa::Bmi2);
  add(cpu.avx, Isa::Avx);
  add(cpu.avx2, Isa::Avx2);
  add(cpu.fma, Isa::Fma);
  return isa;
}

baseline::Options BaselineOptions(const Options& options) {
  baseline::Options out;
  out.isa = IsaOf(options.cpu);
  out.guard_pages = options.guard_pages;
  out.fault_traps = options.fault_traps;
  out.polls = options.polls;
  out.consume_fuel = options.consume_fuel;
  out.tail_calls_leave = options.tail_calls_leave;
  out.table_writes = options.table_writes;
  out.deterministic_relaxed_simd = options.deterministic_relaxed_simd;
  out.marks = options.marks;
  out.plans = options.plans;
  return out;
}

// Consecutive functions that are compiled one after the other. The limits depend on the module alone [P1].
struct Chunk {
  uint32_t first, end;
};

constexpr uint32_t kChunkBytes = 64 << 10;

std::vector<Chunk> SplitIntoChunks(const wasm::Module& module) {
  std::vector<Chunk> chunks;
  const uint32_t count = static_cast<uint32_t>(module.funcs.size());
  for (uint32_t i = module.imported_funcs; i < count;) {
    Chunk chunk{i, i};
    for (uint32_t bytes = 0; chunk.end < count && bytes < kChunkBytes; ++chunk.end)
      bytes += module.funcs[chunk.end].body.size;
    i = chunk.end;
    chunks.push_back(chunk);
  }
  return chunks;
}

// Keeps the memory.
void Clear(abi::CodeBatch* batch) {
  batch->text.clear();
  batch->functions.clear();
  batch->relocations.clear();
  batch->traps.clear();
  batch->calls.clear();
  batch->handlers.clear();
  batch->data.clear();
  batch->marks.clear();
  batch->maps.clear();
}

struct Counts {
  uint32_t native = 0, refused = 0;
  const char* why = nullptr;
};

}  // namespace

uint64_t CodeBytes(const wasm::Module& module) {
  uint64_t bytes = 0;
  for (const wasm::Func& func : module.funcs) bytes += func.body.size;
  return bytes;
}

bool IsSmall(uint64_t code_bytes) { return code_bytes < kChunkBytes; }

bool IsSupported() {
#if defined(__x86_64__) && defined(__linux__)
  return true;
#else
  return false;
#endif
}

ModuleCompiler::ModuleCompiler(const wasm::Module& module, const Options& options)
    : module_(module), info_(std::make_unique<baseline::ModuleInfo>(module, BaselineOptions(options))) {}

ModuleCompiler::~ModuleCompiler() {
  for (auto& spare : spares_) delete spare.load();
}

Output ModuleCompiler::CompileAll(uint32_t threads) const { return CompileChunks(threads, nullptr); }

Output ModuleCompiler::CompileAll(uint32_t threads, const Taker& take) const { return CompileChunks(threads, &take); }

Output ModuleCompiler::CompileChunks(uint32_t threads, const Taker* take) const {
  const std::vector<Chunk> chunks = SplitIntoChunks(module_);
  Output output;
  if (take == nullptr) output.batches.resize(chunks.size());
  std::vector<Counts> counts(chunks.size());
  std::atomic<size_t> next{0};
  const auto work = [&] {
    baseline::X64Compiler compiler(*info_);
    abi::CodeBatch passing;  // keeps its memory from chunk to chunk
    for (size_t i; (i = next.fetch_add(1, std::memory_order_relaxed)) < chunks.size();) {
      abi::CodeBatch& batch = take == nullptr ? output.batches[i] : passing;
      for (uint32_t func = chunks[i].first; func < chunks[i].end; ++func) {
        if (compiler.Compile(func, &batch)) {
          ++counts[i].native;
        } else {
          if (counts[i].refused++ == 0) counts[i].why = compiler.why();
        }
      }
      if (take == nullptr) continue;
      (*take)(passing);
      Clear(&passing);
    }
  };
  platform::RunOnThreads(static_cast<uint32_t>(std::min<size_t>(threads, chunks.size())), work);
  for (const Counts& count : counts) {
    output.native += count.native;
    output.refused += count.refused;
    if (output.why == nullptr) output.why = count.why;
  }
  return output;
}

bool ModuleCompiler::Compile(uint32_t func_index, abi::CodeBatch* batch, const char** why) const {
  std::unique_ptr<baseline::X64Compiler> compiler;
  for (auto& spare : spares_) {
    compiler.reset(spare.exchange(nullptr));
    if (compiler != nullptr) break;
  }
  if (compiler == nullptr) compiler = std::make_unique<baseline::X64Compiler>(*info_);
  const bool is_compiled = compiler->Compile(func_index, batch);
  if (!is_compiled) *why = compiler->why();
  for (auto& spare : spares_) {
    baseline::X64Compiler* none = nullptr;
    if (spare.compare_exchange_strong(none, compiler.get())) {
      compiler.release();
      break;
    }
  }
  return is_compiled;
}

}  // namespace gantry::pipeline
