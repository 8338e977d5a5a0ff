// The scanner's inside: scanner.cc decodes and follows the code, scan_accesses.cc judges accesses to memory,
// scan_effects.cc says what instructions do to registers.
#pragma once

#include <Zydis/Zydis.h>
#include <fmt/core.h>

#include "abi/call_layout.h"
#include "abi/gc_layout.h"
#include "abi/instance_layout.h"
#include "scan_value.h"
#include "scanner.h"

namespace gantry::native_tests {

inline constexpr uint8_t kRax = 0, kRcx = 1, kRdx = 2, kRbx = 3, kRsp = 4, kRbp = 5, kRsi = 6, kR8 = 8, kR9 = 9,
                         kR10 = 10, kR11 = 11, kR12 = 12, kR13 = 13, kR14 = 14, kR15 = 15;
inline constexpr int32_t kFrame = -8;  // rbp, from rsp at the entry

// Is it a function reference?
inline bool IsFunc(const wasm::Module& module, wasm::ValType type) {
  if (!type.is_ref()) return false;
  const wasm::HeapType heap = type.heap();
  return heap.is_concrete() ? module.types[heap.index()].kind == wasm::CompKind::Func
                            : wasm::TopOf(heap) == wasm::HeapKind::Func;
}

class Scanner::Impl {
 public:
  Impl(const wasm::Module& module, const pipeline::Options& options) : module_(module), options_(options) {
    ZydisDecoderInit(&decoder_, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
    ZydisFormatterInit(&formatter_, ZYDIS_FORMATTER_STYLE_INTEL);
    bool has_gc_types = false;
    for (const wasm::SubType& type : module.types) {
      has_gc_types |= type.kind == wasm::CompKind::Struct || type.kind == wasm::CompKind::Array;
    }
    abi::Layouter layouter;
    layout_ = abi::ContextLayout::Of(module, has_gc_types, &layouter);
    context_bytes_ = layouter.size();
    for (const wasm::SubType& type : module.types) {
      calls_.push_back(type.kind == wasm::CompKind::Func ? abi::AssignCall(type.params, type.results)
                                                         : abi::CallLayout());
    }
  }

  void Scan(const abi::CodeBatch& batch, const abi::FunctionRecord& record, std::vector<std::string>* findings);

  uint64_t instructions_ = 0, accesses_ = 0;

 private:
  struct Access {
    uint8_t base = 0xff, index = 0xff;  // 0xff: none
    uint8_t scale = 0;                  // factor
    bool is_rip = false;
    int64_t disp = 0;
    uint32_t bytes = 0;
    bool reads = false, writes = false;
  };

  // --- preparation
  bool Decode(uint32_t pc);
  void FindInstructions();
  void CheckTables();
  State EntryState() const;
  const abi::DataRange* DataAt(uint32_t start) const;
  int32_t TableEntry(const abi::DataRange& data, uint32_t i) const;
  // Can a function table hold nothing but functions that the module defines? Nobody else, and no code, writes to it.
  bool HoldsOwnFunctions(uint32_t table) const;
  bool IsStart(int64_t pc) const { return pc >= 0 && pc < static_cast<int64_t>(starts_.size()) && starts_[pc]; }

  // --- flow
  void Flow(uint32_t pc, const State& state);
  void RunBlock(uint32_t pc);
  // Executes the decoded instruction. False if nothing follows it.
  bool Step();
  bool Jump();
  void BranchFacts();
  void JumpAway(const Value& target_base, int64_t disp);
  void CallAt();
  void CheckMemory0();
  void AfterCall(const abi::CallSite* site);
  void TakeResults(uint32_t type, int64_t rsp);
  void Leave(bool is_return);
  uint32_t CalledType(const abi::CallSite& site);
  const abi::CallSite* SiteBehind(uint32_t return_pc) const;
  const abi::TrapSite* TrapAt(uint32_t pc) const;
  const abi::Relocation* RelocationAt(uint32_t at) const;

  // --- effects
  Access AccessOf(const ZydisDecodedOperand& operand) const;
  // Checks an access and says what it loads.
  Value Load(const Access& access);
  Value StackAccess(const Access& access, const Value& base);
  Value ContextLoad(const Access& access);
  Value HeapAccess(const Access& access, uint32_t memory);
  Value CageAccess(const Access& access, const Value& base);
  void Store(const Access& access, const Value& value);
  Value Lea(const Access& access, bool wide) const;
  bool Special(const Access* memory, const Value& loaded);
  void Generic();
  uint8_t RegOf(const ZydisDecodedOperand& operand) const {
    if (operand.type != ZYDIS_OPERAND_TYPE_REGISTER) return 0xff;
    const ZydisRegister reg = ZydisRegisterGetLargestEnclosing(ZYDIS_MACHINE_MODE_LONG_64, operand.reg.value);
    return reg >= ZYDIS_REGISTER_RAX && reg <= ZYDIS_REGISTER_R15 ? static_cast<uint8_t>(reg - ZYDIS_REGISTER_RAX)
                                                                  : 0xff;
  }
  // Both sides of a 64-bit instruction, if they are general registers.
  Value& Reg(uint8_t number) { return state_.regs[number]; }
  int64_t Rsp() const { return state_.regs[kRsp].number; }
  int64_t FrameTop() const {  // end of what the caller gave
    const abi::CallLayout& layout = calls_[module_.funcs[record_->func_index].type];
    return 8 + layout.arg_bytes + layout.result_bytes;
  }
  bool IsGuarded(uint32_t memory) const {
    const wasm::MemoryType& type = module_.memories[memory].type;
    return options_.guard_pages && !type.is_64 && type.page_size_log2 == 16;
  }
  void Bad(const std::string& what);
  void RequireGuardTrap();

  const wasm::Module& module_;
  const pipeline::Options& options_;
  abi::ContextLayout layout_;
  uint64_t context_bytes_;
  std::vector<abi::CallLayout> calls_;  // by type
  ZydisDecoder decoder_;
  ZydisFormatter formatter_;

  // The function.
  const abi::CodeBatch* batch_ = nullptr;
  const abi::FunctionRecord* record_ = nullptr;
  std::vector<std::string>* findings_ = nullptr;
  size_t own_findings_ = 0;
  const uint8_t* text_ = nullptr;
  std::vector<bool> starts_, leaders_;
  std::map<uint32_t, State> in_;  // of leaders
  std::vector<uint32_t> pending_;

  // The instruction.
  uint32_t pc_ = 0;
  ZydisDecodedInstruction instruction_;
  ZydisDecodedOperand operands_[ZYDIS_MAX_OPERAND_COUNT];
  State state_;
};

}  // namespace gantry::native_tests
