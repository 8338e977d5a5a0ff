// Assembler: instructions into a growing buffer, with labels, calls of other functions, and constants that are placed
// later.
//
//   Assembler a;
//   Label loop;
//   a.Bind(&loop);
//   a.OnlyRm<Inst::Sub64Mi8>(Gpr::rax, {.imm = 1});
//   a.Jump(Cond::ne, &loop);
//
// [A1] Positions are 32-bit offsets from the start of the buffer; its owner refuses code of 2 GiB long before.
// [A2] A jump backwards is as short as it can be; a jump forwards has 32 bits unless the caller knows that 8 do.
// [A3] The bytes depend on the calls alone.
//
// One thread at a time. Tested by assembler_test.cc.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/check.h"
#include "compiler/asm/x64/encoder.h"

namespace gantry::x64 {

// A place in the code, perhaps not known yet.
class Label {
 public:
  Label() = default;
  Label(Label&& other) noexcept
      : position_(other.position_), references_(other.references_), short_references_(other.short_references_) {
    other.references_ = other.short_references_ = kNone;
  }
  Label& operator=(Label&&) = delete;
  // Whatever refers to a label must have been resolved.
  ~Label() { GANTRY_CHECK(references_ == kNone && short_references_ == kNone, "a label in use is bound"); }

  bool is_bound() const { return position_ != kNone; }
  uint32_t position() const { return position_; }
  // Where code is that has been written already.
  void PlaceAt(uint32_t position) { position_ = position; }
  // The code that refers to it is thrown away.
  void Abandon() { references_ = short_references_ = kNone; }

 private:
  friend class Assembler;
  static constexpr uint32_t kNone = 0xffffffff;

  uint32_t position_ = kNone;
  uint32_t references_ =
      kNone;  // position of the latest unresolved one of 32 bits; each holds the position of the one before
  uint32_t short_references_ =
      kNone;  // the same of 8 bits; each holds how far back the one before is, 0 if there is none
};

// Four bytes that are filled in once code, functions and constants have their places: the distance to the target from
// the end of the instruction.
struct Reference {
  enum class Kind : uint8_t { Function, Constant };

  Kind kind;
  uint8_t tail;  // bytes from `at` to the end of the instruction
  uint32_t at;
  uint32_t target;  // number of the function or constant
};

// Operands besides reg and r/m.
struct Rest {
  uint8_t vvvv = 0;
  int64_t imm = 0;
};

enum class Distance : uint8_t { Short, Any };

class Assembler {
 public:
  Assembler() { Grow(); }

  uint32_t position() const { return static_cast<uint32_t>(at_ - buffer_.get()); }
  std::span<const uint8_t> code() const { return {buffer_.get(), position()}; }
  std::span<const Reference> references() const { return references_; }

  // --- instructions by form. `Reg` and `Rm` are Gpr or Xmm, as the form says.

  // reg and r/m in registers.
  template <Inst kInst, class Reg, class Rm>
  void RegRm(Reg reg, Rm rm, Rest rest = {}) {
    constexpr const Form& form = FormOf(kInst);
    static_assert(form.has_reg() && Holds<Reg>(form.reg) && Holds<Rm>(form.rm));
    Room();
    at_ = EncodeReg(at_, EncodingOf(kInst), Number(reg), Number(rm), rest.vvvv, rest.imm);
  }
  // reg, and r/m in memory.
  template <Inst kInst, class Reg>
  void RegMem(Reg reg, Mem mem, Rest rest = {}) {
    constexpr const Form& form = FormOf(kInst);
    static_assert(form.has_reg() && Holds<Reg>(form.reg) && form.mem_bytes != 0);
    Room();
    at_ = EncodeMem(at_, EncodingOf(kInst), Number(reg), mem, rest.vvvv, rest.imm);
  }
  // The most frequent operand in memory, for which half of the encoding is known.
  template <Inst kInst, class Reg>
  void RegMem(Reg reg, FrameMem mem) {
    constexpr const Form& form = FormOf(kInst);
    static_assert(form.has_reg() && Holds<Reg>(form.reg) && form.mem_bytes != 0);
    Room();
    at_ = EncodeMem(at_, EncodingOf(kInst), Number(reg), Mem::At(Gpr::rbp, mem.disp));
  }
  // r/m alone, besides a constant or cl.
  template <Inst kInst, class Rm>
  void OnlyRm(Rm rm, Rest rest = {}) {
    constexpr const Form& form = FormOf(kInst);
    static_assert(!form.has_reg() && Holds<Rm>(form.rm));
    Room();
    at_ = EncodeReg(at_, EncodingOf(kInst), 0, Number(rm), rest.vvvv, rest.imm);
  }
  template <Inst kInst>
  void OnlyMem(Mem mem, Rest rest = {}) {
    constexpr const Form& form = FormOf(kInst);
    static_assert(!form.has_reg() && form.mem_bytes != 0);
    Room();
    at_ = EncodeMem(at_, EncodingOf(kInst), 0, mem, rest.vvvv, rest.imm);
  }
  // A register in the opcode.
  template <Inst kInst>
  void OpcodeReg(Gpr reg, int64_t imm = 0) {
    constexpr const Form& form = FormOf(kInst);
    static_assert(form.layout == Layout::O || form.layout == Layout::OI);
    Room();
    at_ = EncodeOpcodeReg(at_, EncodingOf(kInst), Number(reg), imm);
  }
  // No operands, or a constant alone.
  template <Inst kInst>
  void Alone(int64_t imm = 0) {
    constexpr const Form& form = FormOf(kInst);
    static_assert(form.layout == Layout::ZO || form.layout == Layout::I);
    Room();
    at_ = EncodeAlone(at_, EncodingOf(kInst), imm);
  }
  // reg, and r/m in a constant of the module's pool.
  template <Inst kInst, class Reg>
  void RegConstant(Reg reg, uint32_t constant, Rest rest = {}) {
    constexpr const Form& form = FormOf(kInst);
    static_assert(form.has_reg() && Holds<Reg>(form.reg) && form.mem_bytes != 0);
    constexpr uint8_t kTail = 4 + form.imm_bytes;
    Room();
    at_ = EncodeRip(at_, EncodingOf(kInst), Number(reg), 0, rest.vvvv, rest.imm);
    references_.push_back({Reference::Kind::Constant, kTail, position() - kTail, constant});
  }
  // --- the same with the form known only at run time, and registers by number: for users that choose from tables.
  // `rest` must fit the form, and so must the operands.
  void RegRm(Inst inst, uint8_t reg, uint8_t rm, Rest rest = {});
  void RegMem(Inst inst, uint8_t reg, Mem mem, Rest rest = {});
  // Not forms with VEX or a constant.
  void RegMem(Inst inst, uint8_t reg, IndexedMem mem);
  void RegMem(Inst inst, uint8_t reg, FrameMem mem);
  void OnlyRm(Inst inst, uint8_t rm, Rest rest = {});
  void OnlyMem(Inst inst, Mem mem, Rest rest = {});
  void RegConstant(Inst inst, uint8_t reg, uint32_t constant, Rest rest = {});

  // Makes the next instruction, a store to memory, atomic.
  void Lock() {
    Room();
    *at_++ = 0xf0;
  }

  // --- control

  void Bind(Label* label);
  void Jump(Label* label, Distance distance = Distance::Any);
  void Jump(Cond cond, Label* label, Distance distance = Distance::Any);
  // The address of the label.
  void Lea(Gpr reg, Label* label);
  void Call(uint32_t function);
  void TailCall(uint32_t function);
  // Four bytes of data: the distance from their end to the label.
  void Distance32(Label* label);
  void Bytes(std::span<const uint8_t> bytes);

  // Instructions that do nothing until the position is a multiple of `alignment`, a power of two of at most 64.
  void Align(uint32_t alignment);

  // Overwrites four bytes of code that is there already: a constant that was not known when it was written.
  void Patch32(uint32_t position, uint32_t value) { std::memcpy(buffer_.get() + position, &value, 4); }
  void Patch8(uint32_t position, uint8_t value) { buffer_[position] = value; }

  // Forgets the code, not the memory.
  void Clear() {
    at_ = buffer_.get();
    references_.clear();
  }

 private:
  template <class R>
  static constexpr bool Holds(Operand operand) {
    return std::is_same_v<R, Xmm> ? operand == Operand::X : operand >= Operand::G1 && operand <= Operand::G8;
  }
  // For one instruction.
  void Room() {
    if (end_ - at_ < kMaxInstBytes + kSlackBytes) [[unlikely]]
      Grow();
  }
  void Grow();
  void ReferTo(Label* label);
  void ReferShortly(Label* label);
  void JumpBack(uint32_t target, uint8_t opcode8, uint8_t escape, uint8_t opcode32);
  uint32_t Read32(uint32_t position) const {
    uint32_t value;
    std::memcpy(&value, buffer_.get() + position, 4);
    return value;
  }

  std::unique_ptr<uint8_t[]> buffer_;
  uint8_t* at_ = nullptr;
  uint8_t* end_ = nullptr;
  std::vector<Reference> references_;
};

}  // namespace gantry::x64
