#include "compiler/asm/x64/assembler.h"

#include <gtest/gtest.h>
#include <sys/mman.h>

#include <string>

namespace gantry::x64 {
namespace {

std::string Hex(const Assembler& a) {
  std::string text;
  for (uint8_t byte : a.code()) {
    text += "0123456789abcdef"[byte >> 4];
    text += "0123456789abcdef"[byte & 15];
  }
  return text;
}

TEST(X64Assembler, JumpsBackAreAsShortAsTheyCanBe) {
  Assembler a;
  Label start;
  a.Bind(&start);
  for (int i = 0; i < 126; ++i) a.Alone<Inst::Int3>();
  a.Jump(&start);  // 126 + 2 back
  EXPECT_EQ(Hex(a).substr(252), "eb80");
  a.Jump(&start);
  EXPECT_EQ(Hex(a).substr(256), "e97bffffff");
  a.Jump(Cond::ne, &start);
  EXPECT_EQ(Hex(a).substr(266), "0f8575ffffff");
}

TEST(X64Assembler, ForwardReferencesAreFilledIn) {
  Assembler a;
  Label end;
  a.Jump(&end);
  a.Jump(Cond::e, &end, Distance::Short);
  a.Jump(&end, Distance::Short);
  a.Jump(Cond::b, &end);
  a.Lea(Gpr::rax, &end);
  a.Bind(&end);
  //                  jmp +17     je +15  jmp +13 jb +7          lea rax, [rip]
  EXPECT_EQ(Hex(a),
            "e911000000"
            "740f"
            "eb0d"
            "0f8207000000"
            "488d0500000000");
}

TEST(X64Assembler, ReferencesSayWhatIsToBeFilledIn) {
  Assembler a;
  a.Call(7);
  a.TailCall(8);
  a.RegConstant<Inst::Pshufb>(Xmm::xmm9, 3);
  a.RegConstant<Inst::Pshufd>(Xmm::xmm1, 4, {.imm = 0x1b});
  EXPECT_EQ(Hex(a),
            "e800000000e900000000"
            "66440f38000d00000000"
            "660f700d000000001b");
  const std::span<const Reference> references = a.references();
  ASSERT_EQ(references.size(), 4u);
  EXPECT_EQ(references[0].target, 7u);
  EXPECT_EQ(references[0].at, 1u);
  EXPECT_EQ(references[1].at, 6u);
  EXPECT_EQ(references[2].kind, Reference::Kind::Constant);
  EXPECT_EQ(references[2].at, 16u);
  EXPECT_EQ(references[2].tail, 4);
  EXPECT_EQ(references[3].at, 24u);
  EXPECT_EQ(references[3].tail, 5);
}

TEST(X64Assembler, AlignsWithFewInstructions) {
  for (uint32_t start = 0; start < 64; ++start) {
    Assembler a;
    for (uint32_t i = 0; i < start; ++i) a.Alone<Inst::Int3>();
    a.Align(32);
    EXPECT_EQ(a.position() % 32, 0u);
    EXPECT_LT(a.position() - start, 32u);
  }
}

#ifdef __x86_64__

// Runs code of a function that takes and gives integers in the C convention.
class Code {
 public:
  explicit Code(const Assembler& a) : size_(a.code().size()) {
    at_ = mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    std::memcpy(at_, a.code().data(), size_);
    mprotect(at_, size_, PROT_READ | PROT_EXEC);
  }
  ~Code() { munmap(at_, size_); }
  uint64_t operator()(uint64_t x, uint64_t y = 0) const {
    return reinterpret_cast<uint64_t (*)(uint64_t, uint64_t)>(at_)(x, y);
  }

 private:
  void* at_;
  size_t size_;
};

TEST(X64Assembler, CodeRunsAndTheBufferGrows) {
  // The sum of 1 to x, each added by code of its own, in a buffer that must grow.
  Assembler a;
  Label end;
  a.RegRm<Inst::Xor32Rm>(Gpr::rax, Gpr::rax);
  for (int i = 0; i < 2000; ++i) {
    a.RegRm<Inst::Add64Rm>(Gpr::rax, Gpr::rdi);
    a.OnlyRm<Inst::Sub64Mi8>(Gpr::rdi, {.imm = 1});
    a.Jump(Cond::e, &end);
  }
  a.Bind(&end);
  a.Alone<Inst::Ret>();
  EXPECT_GT(a.position(), 20000u);
  const Code sum(a);
  EXPECT_EQ(sum(1), 1u);
  EXPECT_EQ(sum(1000), 500500u);
  EXPECT_EQ(sum(2000), 2001000u);
}

TEST(X64Assembler, LoopsAndMemory) {
  // x[0] + ... + x[y - 1]
  Assembler a;
  Label loop, done;
  a.RegRm<Inst::Xor32Rm>(Gpr::rax, Gpr::rax);
  a.RegRm<Inst::Test64Mr>(Gpr::rsi, Gpr::rsi);
  a.Jump(Cond::e, &done, Distance::Short);
  a.Bind(&loop);
  a.RegMem<Inst::Add64Rm>(Gpr::rax, Mem::At(Gpr::rdi, Gpr::rsi, 3, -8));
  a.OnlyRm<Inst::Sub64Mi8>(Gpr::rsi, {.imm = 1});
  a.Jump(Cond::ne, &loop);
  a.Bind(&done);
  a.Alone<Inst::Ret>();
  const Code sum(a);
  const uint64_t values[] = {3, 5, 7, uint64_t{1} << 40};
  EXPECT_EQ(sum(reinterpret_cast<uint64_t>(values), 4), 15 + (uint64_t{1} << 40));
  EXPECT_EQ(sum(reinterpret_cast<uint64_t>(values), 0), 0u);
}

#endif

}  // namespace
}  // namespace gantry::x64
