// For tests: runs what X64Compiler makes of a module's functions, without a runtime. Calls between functions work;
// traps and builtins do not.
#pragma once

#include <gtest/gtest.h>
#include <sys/mman.h>

#include <cstring>
#include <utility>
#include <vector>

#include "base/v128.h"
#include "compiler/baseline/x64/compiler.h"

namespace gantry::baseline::test {

using wasm::TypeKind;
using x64::Isa;

struct Registers {
  uint64_t gprs[7];  // in the order of abi::kValueGprs
  uint64_t padding;
  V128 xmms[8];
};

extern "C" void GantryTestRunNative(const void* code, Registers* registers, void* context, void* memory);
asm(R"(
  .text
GantryTestRunNative:
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  pushq %rsi
  movq %rdi, %r11
  movq %rdx, %r14
  movq %rcx, %r15
  movq %rsi, %r10
  movups 64(%r10), %xmm0
  movups 80(%r10), %xmm1
  movups 96(%r10), %xmm2
  movups 112(%r10), %xmm3
  movups 128(%r10), %xmm4
  movups 144(%r10), %xmm5
  movups 160(%r10), %xmm6
  movups 176(%r10), %xmm7
  movq (%r10), %rax
  movq 8(%r10), %rdx
  movq 16(%r10), %rcx
  movq 24(%r10), %rsi
  movq 32(%r10), %rdi
  movq 40(%r10), %r8
  movq 48(%r10), %r9
  callq *%r11
  popq %r10
  movups %xmm0, 64(%r10)
  movups %xmm1, 80(%r10)
  movups %xmm2, 96(%r10)
  movups %xmm3, 112(%r10)
  movups %xmm4, 128(%r10)
  movups %xmm5, 144(%r10)
  movups %xmm6, 160(%r10)
  movups %xmm7, 176(%r10)
  movq %rax, (%r10)
  movq %rdx, 8(%r10)
  movq %rcx, 16(%r10)
  movq %rsi, 24(%r10)
  movq %rdi, 32(%r10)
  movq %r8, 40(%r10)
  movq %r9, 48(%r10)
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  retq
)");

// A number is the low bytes of a V128; what is above it means nothing.
using Value = V128;
inline uint32_t BytesOf(TypeKind kind) {
  return kind == TypeKind::V128 ? 16 : kind == TypeKind::I64 || kind == TypeKind::F64 ? 8 : 4;
}
inline bool IsInt(TypeKind kind) { return kind == TypeKind::I32 || kind == TypeKind::I64; }

template <class T>
T Get(const Value& value) {
  T out;
  std::memcpy(&out, &value, sizeof(T));
  return out;
}
template <class T>
Value Put(const T& value) {
  Value out{};
  std::memcpy(&out, &value, sizeof(T));
  return out;
}

// A page of memory with a page behind it that must not be touched, a context, and executable code.
class Machine {
 public:
  static constexpr size_t kPage = 65536;

  Machine() {
    memory_ = static_cast<uint8_t*>(mmap(nullptr, 2 * kPage, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    mprotect(memory_, kPage, PROT_READ | PROT_WRITE);
    code_ =
        static_cast<uint8_t*>(mmap(nullptr, kCodeBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    definition_.base = memory_;
    definition_.length = kPage;
  }
  ~Machine() {
    munmap(memory_, 2 * kPage);
    munmap(code_, kCodeBytes);
  }

  uint8_t* memory() { return memory_; }

  // All functions of a validated module, which must outlive the calls.
  void Compile(const wasm::Module& module, const Options& options) {
    module_ = &module;
    const ModuleInfo info(module, options);
    abi::CodeBatch batch;
    X64Compiler compiler(info);
    starts_.clear();
    for (uint32_t i = 0; i < module.funcs.size(); ++i) ASSERT_TRUE(compiler.Compile(i, &batch)) << compiler.why();
    for (const abi::FunctionRecord& record : batch.functions) starts_.push_back(record.start);
    for (const abi::Relocation& relocation : batch.relocations) {
      const uint32_t distance = starts_[relocation.func_index] - (relocation.at + 4);
      std::memcpy(&batch.text[relocation.at], &distance, 4);
    }
    ASSERT_LE(batch.text.size(), kCodeBytes);
    mprotect(code_, kCodeBytes, PROT_READ | PROT_WRITE);
    std::memcpy(code_, batch.text.data(), batch.text.size());
    mprotect(code_, kCodeBytes, PROT_READ | PROT_EXEC);
    std::memset(context_, 0, sizeof(context_));
    auto* context = reinterpret_cast<abi::InstanceContext*>(context_);
    context->store = &store_;
    context->memory0_base = memory_;
    abi::MemoryDef* const definition = &definition_;
    if (!module.memories.empty()) std::memcpy(context_ + info.layout.memories, &definition, sizeof(definition));
  }

  TypeKind ResultKind(uint32_t func, size_t i) const {
    return module_->types[module_->funcs[func].type].results[i].kind();
  }

  // Calls a function; `values` are its arguments, then its results.
  void Call(uint32_t func, std::vector<Value>* values) {
    const wasm::SubType& type = module_->types[module_->funcs[func].type];
    Registers registers;
    std::memset(&registers, 0x5a, sizeof(registers));  // no number may depend on what is above it
    int gprs = 0, xmms = 0;
    for (size_t i = 0; i < type.params.size(); ++i) {
      const TypeKind kind = type.params[i].kind();
      if (IsInt(kind))
        registers.gprs[gprs++] = kind == TypeKind::I32 ? Get<uint32_t>((*values)[i]) : Get<uint64_t>((*values)[i]);
      else
        std::memcpy(&registers.xmms[xmms++], &(*values)[i], BytesOf(kind));
    }
    GantryTestRunNative(code_ + starts_[func], &registers, context_, memory_);
    values->clear();
    gprs = xmms = 0;
    for (const wasm::ValType result : type.results) {
      if (IsInt(result.kind()))
        values->push_back(Put(registers.gprs[gprs++]));
      else
        values->push_back(registers.xmms[xmms++]);
    }
  }

 private:
  static constexpr size_t kCodeBytes = 1 << 20;

  uint8_t* memory_;
  uint8_t* code_;
  abi::MemoryDef definition_;
  abi::StoreContext store_{};
  alignas(16) uint8_t context_[4096];
  const wasm::Module* module_ = nullptr;
  std::vector<uint32_t> starts_;
};

struct Level {
  const char* name;
  uint32_t isa;
};

// The levels of x86-64 that the processor has: to be asked by tests, who may know the platform.
template <class Cpu>
std::vector<Level> LevelsOf(const Cpu& cpu) {
  constexpr auto kBit = [](Isa isa) { return uint32_t{1} << static_cast<int>(isa); };
  std::vector<Level> levels;
  uint32_t isa = 0;
  auto add = [&](bool has, const char* name, uint32_t bits) {
    isa |= bits;
    if (has) levels.push_back({name, isa});
  };
  add(true, "SSE2", kBit(Isa::Base));
  add(cpu.ssse3, "SSSE3", kBit(Isa::Sse3) | kBit(Isa::Ssse3));
  add(cpu.sse41, "SSE4.1", kBit(Isa::Sse41));
  add(cpu.sse42, "SSE4.2", kBit(Isa::Sse42));
  add(cpu.avx, "AVX", kBit(Isa::Avx));
  add(cpu.avx2, "AVX2", kBit(Isa::Avx2));
  add(cpu.fma, "FMA", kBit(Isa::Fma));
  return levels;
}

}  // namespace gantry::baseline::test
