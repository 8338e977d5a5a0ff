// The scanner finds what is wrong: code that is right is broken in one place, and the scanner must say so.
#include "scanner.h"

#include <Zydis/Zydis.h>
#include <gtest/gtest.h>

#include <cstring>
#include <functional>

#include "compiled_module.h"

namespace gantry::native_tests {
namespace {

// Function 0 of a module, compiled; to be broken.
class Victim {
 public:
  explicit Victim(std::string_view wat, const pipeline::Options& options = {}) : options_(options) {
    auto read = ReadValid({wat.begin(), wat.end()});
    if (!read) {
      ADD_FAILURE() << read.error().Summary();
      return;
    }
    valid_ = *std::move(read);
    const pipeline::ModuleCompiler compiler(valid_->module, options_);
    const char* why = "";
    const uint32_t func = valid_->module.imported_funcs;
    if (!compiler.Compile(func, &batch, &why)) ADD_FAILURE() << why;
    EXPECT_EQ(Findings(), "") << "before anything is broken";
  }

  abi::FunctionRecord& record() { return batch.functions[0]; }
  uint8_t* text() { return batch.text.data() + record().start; }

  struct Inst {
    uint32_t pc;
    ZydisDecodedInstruction instruction;
    ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];

    bool Is(ZydisMnemonic mnemonic) const { return instruction.mnemonic == mnemonic; }
    bool Reads(ZydisRegister base) const {
      for (int i = 0; i < instruction.operand_count; ++i) {
        if (operands[i].type == ZYDIS_OPERAND_TYPE_MEMORY && operands[i].mem.base == base) return true;
      }
      return false;
    }
  };
  // The first instruction that it holds for.
  Inst Find(const std::function<bool(const Inst&)>& wanted) {
    ZydisDecoder decoder;
    ZydisDecoderInit(&decoder, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
    Inst inst{};
    for (inst.pc = 0; inst.pc < record().code_size; inst.pc += inst.instruction.length) {
      if (!ZYAN_SUCCESS(ZydisDecoderDecodeFull(&decoder, text() + inst.pc, record().code_size - inst.pc,
                                               &inst.instruction, inst.operands)))
        break;
      if (wanted(inst)) return inst;
    }
    ADD_FAILURE() << "there is no such instruction";
    return {};
  }
  void Erase(const Inst& inst) { std::memset(text() + inst.pc, 0x90, inst.instruction.length); }

  std::string Findings() {
    std::vector<std::string> findings;
    Scanner scanner(valid_->module, options_);
    scanner.Scan(batch, record(), &findings);
    return findings.empty() ? "" : findings[0];
  }
  pipeline::Options& options() { return options_; }
  void ExpectFound(std::string_view what) { EXPECT_NE(Findings().find(what), std::string::npos) << Findings(); }

  abi::CodeBatch batch;

 private:
  pipeline::Options options_;
  std::unique_ptr<ValidModule> valid_;
};

pipeline::Options NoGuards() {
  pipeline::Options options;
  options.guard_pages = false;
  return options;
}

constexpr const char* kLoad =
    "(module (memory 1) (func (param i32) (result i32) (i32.load offset=0x1000 (local.get 0))))";

bool IsHeapLoad(const Victim::Inst& inst) { return inst.Reads(ZYDIS_REGISTER_R15); }

TEST(Scanner, OffsetsBeyondTheGuard) {
  Victim victim(kLoad);
  const auto load = victim.Find(IsHeapLoad);
  const uint32_t offset = abi::kGuardBytes - 3;
  std::memcpy(victim.text() + load.pc + load.instruction.raw.disp.offset, &offset, 4);
  victim.ExpectFound("over the guard");
}

TEST(Scanner, NegativeOffsets) {
  Victim victim(kLoad);
  const auto load = victim.Find(IsHeapLoad);
  const int32_t offset = -4;
  std::memcpy(victim.text() + load.pc + load.instruction.raw.disp.offset, &offset, 4);
  victim.ExpectFound("over the guard");
}

TEST(Scanner, ScaledIndices) {
  Victim victim(kLoad);
  const auto load = victim.Find(IsHeapLoad);
  victim.text()[load.pc + load.instruction.raw.sib.offset] |= 0x80;
  victim.ExpectFound("scaled");
}

// The class of CVE-2026-34987 and CVE-2021-32629.
TEST(Scanner, IndicesThatAreNotZeroExtended) {
  Victim victim("(module (memory 1) (func (param i64) (result i32) (i32.load (i32.wrap_i64 (local.get 0)))))");
  const auto wrap = victim.Find([](const Victim::Inst& inst) {
    return inst.Is(ZYDIS_MNEMONIC_MOV) && inst.operands[0].size == 32 &&
           inst.operands[1].type == ZYDIS_OPERAND_TYPE_REGISTER;
  });
  victim.Erase(wrap);
  victim.ExpectFound("upper half");
}

TEST(Scanner, AnotherBase) {
  Victim victim(kLoad);
  const auto load = victim.Find(IsHeapLoad);
  victim.text()[load.pc + load.instruction.raw.sib.offset] ^= 1;  // r14
  EXPECT_NE(victim.Findings(), "");
}

TEST(Scanner, AccessesThatNobodyChecked) {
  for (const char* wat :
       {kLoad, "(module (memory i64 1) (func (param i64) (result i32) (i32.load (local.get 0))))",
        "(module (memory 1) (memory 1) (func (param i32) (i64.store 1 (local.get 0) (i64.const 7))))"}) {
    Victim victim(wat, NoGuards());
    victim.Erase(victim.Find([](const Victim::Inst& inst) { return inst.Is(ZYDIS_MNEMONIC_JNBE); }));
    EXPECT_NE(victim.Findings(), "") << wat;
  }
}

TEST(Scanner, SumsThatMayOverflow) {
  Victim victim("(module (memory i64 1) (func (param i64) (result i32) (i32.load (local.get 0))))");
  victim.Erase(victim.Find([](const Victim::Inst& inst) { return inst.Is(ZYDIS_MNEMONIC_JB); }));
  EXPECT_NE(victim.Findings(), "");
}

TEST(Scanner, AccessesWiderThanWhatWasChecked) {
  Victim victim("(module (memory 1) (func (param i32) (i32.store (local.get 0) (i32.const 7))))", NoGuards());
  const auto store = victim.Find(IsHeapLoad);
  ASSERT_EQ(store.instruction.raw.disp.size, 8);
  victim.text()[store.pc + store.instruction.raw.disp.offset] += 1;
  victim.ExpectFound("compared with the length");
}

TEST(Scanner, TableIndicesThatNobodyChecked) {
  for (const char* wat :
       {"(module (table 4 funcref) (func (param i32) (call_indirect (local.get 0))))",
        "(module (table 4 externref) (func (param i32) (result externref) (table.get (local.get 0))))"}) {
    Victim victim(wat);
    victim.Erase(victim.Find([](const Victim::Inst& inst) { return inst.Is(ZYDIS_MNEMONIC_JNB); }));
    EXPECT_NE(victim.Findings(), "") << wat;
  }
}

TEST(Scanner, IndicesBelowAnotherLength) {
  for (const char* wat :
       {"(module (table 4 4 funcref) (func (param i32) (call_indirect (local.get 0))))",
        "(module (table 4 4 externref) (func (param i32) (result externref) (table.get (local.get 0))))"}) {
    Victim victim(wat);
    const auto compare = victim.Find([](const Victim::Inst& inst) {
      return inst.Is(ZYDIS_MNEMONIC_CMP) && inst.operands[1].type == ZYDIS_OPERAND_TYPE_IMMEDIATE;
    });
    victim.text()[compare.pc + compare.instruction.raw.imm[0].offset] += 1;
    EXPECT_NE(victim.Findings(), "") << wat;
  }
}

TEST(Scanner, TablesThatMayHoldFunctionsOfOthers) {
  pipeline::Options constant;
  constant.table_writes = false;
  Victim victim(
      "(module (memory 1) (table 4 funcref) (elem (i32.const 0) $f) (func $f (param i32) (call_indirect (local.get "
      "0))))",
      constant);
  victim.options().table_writes = true;
  victim.ExpectFound("without the callee's context");
}

TEST(Scanner, ArrayIndicesThatNobodyChecked) {
  Victim victim(
      "(module (type $a (array (mut i32)))"
      "(func (param (ref $a) i32) (array.set $a (local.get 0) (local.get 1) (i32.const 3))))");
  victim.Erase(victim.Find([](const Victim::Inst& inst) { return inst.Is(ZYDIS_MNEMONIC_JNB); }));
  victim.ExpectFound("array's length");
}

TEST(Scanner, MissingTrapAndCallSites) {
  Victim load(kLoad);
  load.record().trap_count = 0;
  load.ExpectFound("no trap site");
  Victim call("(module (func $f (call $f)))");
  call.record().call_count = 0;
  call.ExpectFound("no call site");
}

TEST(Scanner, MisplacedTrapAndCallSites) {
  Victim load(kLoad);
  load.batch.traps[0].pc = 1;  // mov rbp, rsp
  load.ExpectFound("cannot fault");
  Victim call("(module (func $f (call $f)))");
  call.batch.calls[0].return_pc -= 1;
  call.ExpectFound("behind no call");
}

TEST(Scanner, JumpsIntoTheMiddleOfAnInstruction) {
  Victim victim("(module (func (param i32) (loop (br_if 0 (local.get 0)))))");
  const auto jump = victim.Find([](const Victim::Inst& inst) { return inst.Is(ZYDIS_MNEMONIC_JNZ); });
  victim.text()[jump.pc + 1] += 1;
  victim.ExpectFound("no instruction of it");
}

TEST(Scanner, JumpTablesThatLeadAstray) {
  Victim victim(
      "(module (func (param i32) (result i32) (block (block (br_table 0 1 0 (local.get 0)))"
      " (return (i32.const 1))) (i32.const 2)))");
  ASSERT_EQ(victim.batch.data.size(), 1u);
  victim.text()[victim.batch.data[0].start] += 1;
  victim.ExpectFound("no instruction of it");
}

TEST(Scanner, IndicesBeyondAJumpTable) {
  Victim victim(
      "(module (func (param i32) (result i32) (block (block (br_table 0 1 0 (local.get 0)))"
      " (return (i32.const 1))) (i32.const 2)))");
  victim.Erase(victim.Find([](const Victim::Inst& inst) { return inst.Is(ZYDIS_MNEMONIC_CMOVB); }));
  EXPECT_NE(victim.Findings(), "");
}

TEST(Scanner, ContextsOfOthers) {
  Victim victim(
      "(module (import \"a\" \"f\" (func $f)) (memory 1) (global $g (mut i32) (i32.const 0))"
      "(func (call $f) (global.set $g (i32.const 1))))");
  victim.Erase(victim.Find([](const Victim::Inst& inst) {
    return inst.Is(ZYDIS_MNEMONIC_MOV) && inst.operands[0].reg.value == ZYDIS_REGISTER_R14 &&
           inst.Reads(ZYDIS_REGISTER_RBP);
  }));
  EXPECT_NE(victim.Findings(), "");
}

TEST(Scanner, ConstantGlobals) {
  Victim victim(
      "(module (global $c i32 (i32.const 1)) (global $v (mut i32) (i32.const 1))"
      "(func (global.set $v (i32.const 5))))");
  const auto store = victim.Find([](const Victim::Inst& inst) { return inst.Reads(ZYDIS_REGISTER_R14); });
  uint32_t offset;
  std::memcpy(&offset, victim.text() + store.pc + store.instruction.raw.disp.offset, 4);
  offset -= sizeof(abi::GlobalCell);
  std::memcpy(victim.text() + store.pc + store.instruction.raw.disp.offset, &offset, 4);
  victim.ExpectFound("constant global");
}

TEST(Scanner, RegistersOfTheCaller) {
  Victim victim(
      "(module (func $f (param i32 i32 i32) (loop (call $f (local.get 0) (local.get 1) (local.get 2))"
      "(local.set 0 (i32.add (local.get 0) (local.get 1))) (br_if 0 (i32.lt_u (local.get 0) (local.get 2))))))");
  victim.Erase(victim.Find([](const Victim::Inst& inst) {
    return inst.Is(ZYDIS_MNEMONIC_MOV) && inst.operands[0].reg.value == ZYDIS_REGISTER_RBX &&
           inst.Reads(ZYDIS_REGISTER_RBP);
  }));
  victim.ExpectFound("the caller's registers");
}

TEST(Scanner, FramesThatAreLeftWrong) {
  Victim victim("(module (func (param i32)))");
  victim.Erase(victim.Find([](const Victim::Inst& inst) { return inst.Is(ZYDIS_MNEMONIC_LEAVE); }));
  EXPECT_NE(victim.Findings(), "");
}

TEST(Scanner, InstructionsOfTheSystem) {
  Victim victim("(module (func (result i32) (i32.const 0x11223344)))");
  const auto constant = victim.Find([](const Victim::Inst& inst) {
    return inst.Is(ZYDIS_MNEMONIC_MOV) && inst.operands[1].type == ZYDIS_OPERAND_TYPE_IMMEDIATE;
  });
  constexpr uint8_t kSyscall[] = {0x0f, 0x05, 0x90, 0x90, 0x90};
  std::memcpy(victim.text() + constant.pc, kSyscall, sizeof kSyscall);
  victim.ExpectFound("no instruction for compiled code");
}

}  // namespace
}  // namespace gantry::native_tests
