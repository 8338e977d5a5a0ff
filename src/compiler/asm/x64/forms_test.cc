// Every instruction form, in registers and in memory, against the bytes of an independent assembler:
// tests/filetests/asm/x64/forms.txt, which tools/assemble_forms.py makes from the texts that this test lists.
#include "compiler/asm/x64/forms.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <span>
#include <string>
#include <vector>

#include "compiler/asm/x64/encoder.h"

namespace gantry::x64 {
namespace {

struct Case {
  std::string text;   // Intel syntax
  std::string bytes;  // hexadecimal
};

std::string Hex(const uint8_t* from, const uint8_t* to) {
  std::string text;
  for (; from != to; ++from) text += fmt::format("{:02x}", *from);
  return text;
}

std::string RegText(Operand operand, uint8_t reg) {
  static constexpr const char* k64[] = {"rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi"};
  static constexpr const char* k8[] = {"al", "cl", "dl", "bl", "spl", "bpl", "sil", "dil"};
  switch (operand) {
    case Operand::X:
      return fmt::format("xmm{}", reg);
    case Operand::G8:
      return reg < 8 ? k64[reg] : fmt::format("r{}", reg);
    case Operand::G4:
      return reg < 8 ? fmt::format("e{}", k64[reg] + 1) : fmt::format("r{}d", reg);
    case Operand::G2:
      return reg < 8 ? k64[reg] + 1 : fmt::format("r{}w", reg);
    case Operand::G1:
      return reg < 8 ? k8[reg] : fmt::format("r{}b", reg);
    default:
      return "";
  }
}

std::string MemText(uint8_t bytes, Mem mem) {
  const char* size = bytes == 1   ? "byte"
                     : bytes == 2 ? "word"
                     : bytes == 4 ? "dword"
                     : bytes == 8 ? "qword"
                                  : "xmmword";
  std::string text = fmt::format("{} ptr {}[", size, mem.gs ? "gs:" : "");
  if (mem.base != Mem::kNone) text += RegText(Operand::G8, mem.base);
  if (mem.index != Mem::kNone) {
    text +=
        fmt::format("{}{}*{}", mem.base != Mem::kNone ? " + " : "", RegText(Operand::G8, mem.index), 1 << mem.scale);
  }
  if (mem.base == Mem::kNone && mem.index == Mem::kNone) return text + fmt::format("{}]", mem.disp);
  if (mem.disp != 0)
    text += fmt::format(" {} {}", mem.disp < 0 ? '-' : '+', mem.disp < 0 ? -static_cast<int64_t>(mem.disp) : mem.disp);
  return text + "]";
}

int64_t ImmOf(const Form& form, int turn) {
  static constexpr int64_t kBytes[] = {5, 0x7f, 3, 0x12}, kWords[] = {0x1234, 0x7ffe},
                           kLong[] = {0x12345678, -0x7654321, 0x7fffffff, 0x8000}, kQuads[] = {0x123456789abcdef0, -2};
  switch (form.imm_bytes) {
    case 1:
      return form.layout == Layout::VRVMR ? (turn & 15) << 4 : kBytes[turn & 3];
    case 2:
      return kWords[turn & 1];
    case 4:
      return kLong[turn & 3];
    case 8:
      return kQuads[turn & 1];
    default:
      return 0;
  }
}

// The operands in the order in which assemblers take them.
std::string Line(Inst inst, const std::string& reg, const std::string& rm, const std::string& vvvv, int64_t imm,
                 bool both_registers) {
  const Form& form = FormOf(inst);
  const std::string number = fmt::format("{}", imm);
  std::vector<std::string> operands;
  switch (form.layout) {
    case Layout::RM:
    case Layout::VRM:
      operands = {reg, rm};
      break;
    case Layout::MR:
    case Layout::VMR:
      operands = {rm, reg};
      break;
    case Layout::M:
      operands = {rm};
      break;
    case Layout::MI:
      operands = {rm, number};
      break;
    case Layout::RMI:
    case Layout::VRMI:
      operands = {reg, rm, number};
      break;
    case Layout::MRI:
    case Layout::VMRI:
      operands = {rm, reg, number};
      break;
    case Layout::MC:
      operands = {rm, "cl"};
      break;
    case Layout::O:
      operands = {reg};
      break;
    case Layout::OI:
      operands = {reg, number};
      break;
    case Layout::I:
    case Layout::D:
      operands = {number};
      break;
    case Layout::ZO:
      break;
    case Layout::VRVM:
      operands = {reg, vvvv, rm};
      break;
    case Layout::VRVMI:
      operands = {reg, vvvv, rm, number};
      break;
    case Layout::VRVMR:
      operands = {reg, vvvv, rm, fmt::format("xmm{}", imm >> 4)};
      break;
    case Layout::VRMV:
      operands = {reg, rm, vvvv};
      break;
    case Layout::VVMI:
      operands = {vvvv, rm, number};
      break;
    case Layout::VVM:
      operands = {vvvv, rm};
      break;
  }
  // Where two opcodes do, which of them.
  const bool is_load = form.layout == Layout::RM || form.layout == Layout::VRM || form.layout == Layout::VRVM;
  const bool is_store = form.layout == Layout::MR || form.layout == Layout::VMR;
  std::string text = both_registers && is_load ? "{load} " : both_registers && is_store ? "{store} " : "";
  text += TextOf(inst);
  for (size_t i = 0; i < operands.size(); ++i) text += (i == 0 ? " " : ", ") + operands[i];
  return text;
}

std::vector<Case> Cases() {
  static constexpr uint8_t kRegs[][3] = {{1, 2, 3},  {9, 14, 10}, {6, 5, 7},
                                         {4, 12, 5}, {15, 3, 1},  {7, 8, 13}};  // reg, vvvv, rm
  static constexpr Mem kMems[] = {
      Mem::At(Gpr::rcx),
      Mem::At(Gpr::rsp, 8),
      Mem::At(Gpr::rbp),
      Mem::At(Gpr::r12, 0x1234),
      Mem::At(Gpr::r13),
      Mem::At(Gpr::r14, -128),
      Mem::At(Gpr::rax, 128),
      Mem::At(Gpr::rdi, Gpr::r9, 3, 64),
      Mem::At(Gpr::r13, Gpr::rax, 0),
      Mem::At(Gpr::r8, Gpr::r12, 2, -0x1000),
      Mem::Scaled(Gpr::rdx, 1, 0x40),
      Mem::At(Gpr::rsi, 16).InGs(),
      Mem::At(Gpr::rbp, Gpr::r15, 1),
      Mem::At(Gpr::rax, Gpr::rbx, 0, 0x7fffffff).InGs(),
  };
  std::vector<Case> cases;
  int turn = 0;
  for (int i = 0; i < kFormCount; ++i) {
    const Inst inst = static_cast<Inst>(i);
    const Form& form = FormOf(inst);
    const Encoding& encoding = EncodingOf(inst);
    uint8_t bytes[kMaxInstBytes + kSlackBytes];
    if (form.layout == Layout::ZO || form.layout == Layout::I) {
      const int64_t imm = ImmOf(form, turn++);
      cases.push_back({Line(inst, "", "", "", imm, false), Hex(bytes, EncodeAlone(bytes, encoding, imm))});
      continue;
    }
    if (form.layout == Layout::O || form.layout == Layout::OI) {
      for (uint8_t reg : {0, 3, 4, 8, 13}) {
        const int64_t imm = ImmOf(form, turn++);
        cases.push_back({Line(inst, RegText(form.reg, reg), "", "", imm, false),
                         Hex(bytes, EncodeOpcodeReg(bytes, encoding, reg, imm))});
      }
      continue;
    }
    const Operand vvvv_class = form.reg;
    if (form.rm != Operand::M) {
      for (const auto& regs : kRegs) {
        const int64_t imm = ImmOf(form, turn++);
        // Assemblers may exchange the sources of a commutative operation if that makes it shorter.
        const uint8_t vvvv = form.is_vex() && regs[2] >= 8 ? regs[1] | 8 : regs[1];
        cases.push_back(
            {Line(inst, RegText(form.reg, regs[0]), RegText(form.rm, regs[2]), RegText(vvvv_class, vvvv), imm, true),
             Hex(bytes, EncodeReg(bytes, encoding, regs[0], regs[2], vvvv, imm))});
      }
    }
    if (form.mem_bytes != 0) {
      for (int j = 0; j < 5; ++j) {
        Mem mem = kMems[turn % std::size(kMems)];
        const auto& regs = kRegs[turn % std::size(kRegs)];
        const int64_t imm = ImmOf(form, turn++);
        cases.push_back({Line(inst, RegText(form.reg, regs[0]), MemText(form.mem_bytes, mem),
                              RegText(vvvv_class, regs[1]), imm, false),
                         Hex(bytes, EncodeMem(bytes, encoding, regs[0], mem, regs[1], imm))});
      }
    }
  }
  return cases;
}

TEST(X64Forms, BytesAreThoseOfAnIndependentAssembler) {
  const std::vector<Case> cases = Cases();
  if (const char* path = std::getenv("GANTRY_LIST_FORMS")) {
    std::ofstream list(path);
    for (const Case& c : cases) list << c.text << '\n';
    GTEST_SKIP() << "listed";
  }
  std::ifstream golden(GANTRY_SOURCE_DIR "/tests/filetests/asm/x64/forms.txt");
  std::string line;
  size_t faults = 0;
  for (const Case& c : cases) {
    ASSERT_TRUE(std::getline(golden, line))
        << "the golden file ends before: " << c.text << "\nmake it anew: tools/assemble_forms.py";
    const size_t tab = line.find('\t');
    ASSERT_EQ(line.substr(tab + 1), c.text) << "make the golden file anew: tools/assemble_forms.py";
    EXPECT_EQ(line.substr(0, tab), c.bytes) << c.text;
    if (line.substr(0, tab) != c.bytes && ++faults > 20) FAIL() << "and more";
  }
  EXPECT_FALSE(std::getline(golden, line)) << "the golden file has more lines";
}

// The two kinds of operands that have a way of their own are encoded as any other.
TEST(X64Forms, ShortWaysGiveTheSameBytes) {
  constexpr Gpr kBases[] = {Gpr::r8, Gpr::r9, Gpr::r12, Gpr::r14, Gpr::r15};
  constexpr Gpr kIndices[] = {Gpr::rax, Gpr::rbp, Gpr::rdi, Gpr::r8, Gpr::r13, Gpr::r15};
  constexpr int32_t kDisps[] = {0, 1, -1, 127, 128, -128, -129, 0x7fffffff};
  uint32_t compared = 0;
  for (int i = 0; i < kFormCount; ++i) {
    const Inst inst = static_cast<Inst>(i);
    const Encoding& encoding = EncodingOf(inst);
    if (encoding.is_vex || encoding.imm_bytes != 0 || FormOf(inst).mem_bytes == 0) continue;
    uint8_t any[kMaxInstBytes + kSlackBytes], own[kMaxInstBytes + kSlackBytes];
    for (uint8_t reg = 0; reg < 16; ++reg) {
      for (const int32_t disp : kDisps) {
        const uint8_t* end = EncodeMem(any, encoding, reg, Mem::At(Gpr::rbp, disp));
        ASSERT_TRUE(std::ranges::equal(std::span(any, end), std::span(own, EncodeFrame(own, encoding, reg, {disp}))))
            << TextOf(inst);
        for (const Gpr base : kBases) {
          for (const Gpr index : kIndices) {
            const IndexedMem mem{base, index, disp};
            end = EncodeMem(any, encoding, reg, mem);
            ASSERT_TRUE(std::ranges::equal(std::span(any, end), std::span(own, EncodeIndexed(own, encoding, reg, mem))))
                << TextOf(inst);
            ++compared;
          }
        }
      }
    }
  }
  EXPECT_GT(compared, 100000u);
}

// No instruction is longer than the bound that buffers rely on.
TEST(X64Forms, NothingIsTooLong) {
  for (const Case& c : Cases()) EXPECT_LE(c.bytes.size(), size_t{2} * kMaxInstBytes) << c.text;
}

}  // namespace
}  // namespace gantry::x64
