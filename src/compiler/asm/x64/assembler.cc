#include "compiler/asm/x64/assembler.h"

#include <algorithm>

namespace gantry::x64 {

namespace {

constexpr uint8_t kJmp8 = 0xeb, kJmp32 = 0xe9, kJcc8 = 0x70, kEscape = 0x0f, kJcc32 = 0x80, kCall32 = 0xe8;
bool FitsByte(int64_t value) { return value == static_cast<int8_t>(value); }

}  // namespace

void Assembler::Grow() {
  const size_t used = buffer_ == nullptr ? 0 : static_cast<size_t>(at_ - buffer_.get());
  const size_t size = std::max<size_t>(4096, 2 * static_cast<size_t>(end_ - buffer_.get()));
  std::unique_ptr<uint8_t[]> larger(new uint8_t[size]);
  if (used != 0) std::memcpy(larger.get(), buffer_.get(), used);
  buffer_ = std::move(larger);
  at_ = buffer_.get() + used;
  end_ = buffer_.get() + size;
}

// The four bytes at `at_` are the distance to an unbound label: until it is known they hold the reference before this
// one.
void Assembler::ReferTo(Label* label) {
  const uint32_t here = position();
  at_ = detail::Put32(at_, label->references_);
  label->references_ = here;
}

void Assembler::ReferShortly(Label* label) {
  const uint32_t here = position();
  const uint32_t back = label->short_references_ == Label::kNone ? 0 : here - label->short_references_;
  GANTRY_CHECK(back <= 127, "short jumps to a label are near each other");
  at_ = detail::Put8(at_, static_cast<uint8_t>(back));
  label->short_references_ = here;
}

void Assembler::Bind(Label* label) {
  GANTRY_CHECK(!label->is_bound(), "a label is bound once");
  label->position_ = position();
  while (label->references_ != Label::kNone) {
    const uint32_t at = label->references_;
    label->references_ = Read32(at);
    Patch32(at, label->position_ - (at + 4));
  }
  while (label->short_references_ != Label::kNone) {
    const uint32_t at = label->short_references_;
    const uint32_t distance = label->position_ - (at + 1);
    GANTRY_CHECK(distance <= 127, "a short jump reaches its label");
    const uint8_t back = buffer_[at];
    buffer_[at] = static_cast<uint8_t>(distance);
    label->short_references_ = back == 0 ? Label::kNone : at - back;
  }
}

// `escape` 0: none.
void Assembler::JumpBack(uint32_t target, uint8_t opcode8, uint8_t escape, uint8_t opcode32) {
  const int64_t distance = static_cast<int64_t>(target) - position();
  if (FitsByte(distance - 2)) {
    at_ = detail::Put8(at_, opcode8);
    at_ = detail::Put8(at_, static_cast<uint8_t>(distance - 2));
    return;
  }
  *at_ = escape;
  at_ += escape != 0;
  at_ = detail::Put8(at_, opcode32);
  at_ = detail::Put32(at_, static_cast<uint32_t>(distance - (escape != 0 ? 6 : 5)));
}

void Assembler::Jump(Label* label, Distance distance) {
  Room();
  if (label->is_bound()) {
    JumpBack(label->position_, kJmp8, 0, kJmp32);
  } else if (distance == Distance::Short) {
    at_ = detail::Put8(at_, kJmp8);
    ReferShortly(label);
  } else {
    at_ = detail::Put8(at_, kJmp32);
    ReferTo(label);
  }
}

void Assembler::Jump(Cond cond, Label* label, Distance distance) {
  Room();
  const uint8_t code = static_cast<uint8_t>(cond);
  if (label->is_bound()) {
    JumpBack(label->position_, kJcc8 | code, kEscape, kJcc32 | code);
  } else if (distance == Distance::Short) {
    at_ = detail::Put8(at_, kJcc8 | code);
    ReferShortly(label);
  } else {
    at_ = detail::Put8(at_, kEscape);
    at_ = detail::Put8(at_, kJcc32 | code);
    ReferTo(label);
  }
}

void Assembler::RegRm(Inst inst, uint8_t reg, uint8_t rm, Rest rest) {
  Room();
  at_ = EncodeReg(at_, EncodingOf(inst), reg, rm, rest.vvvv, rest.imm);
}

void Assembler::RegMem(Inst inst, uint8_t reg, Mem mem, Rest rest) {
  Room();
  at_ = EncodeMem(at_, EncodingOf(inst), reg, mem, rest.vvvv, rest.imm);
}

void Assembler::RegMem(Inst inst, uint8_t reg, IndexedMem mem) {
  GANTRY_DCHECK(!EncodingOf(inst).is_vex && EncodingOf(inst).imm_bytes == 0);
  Room();
  at_ = EncodeIndexed(at_, EncodingOf(inst), reg, mem);
}

void Assembler::RegMem(Inst inst, uint8_t reg, FrameMem mem) {
  GANTRY_DCHECK(!EncodingOf(inst).is_vex && EncodingOf(inst).imm_bytes == 0);
  Room();
  at_ = EncodeFrame(at_, EncodingOf(inst), reg, mem);
}

void Assembler::OnlyRm(Inst inst, uint8_t rm, Rest rest) { RegRm(inst, 0, rm, rest); }

void Assembler::OnlyMem(Inst inst, Mem mem, Rest rest) { RegMem(inst, 0, mem, rest); }

void Assembler::RegConstant(Inst inst, uint8_t reg, uint32_t constant, Rest rest) {
  const Encoding& form = EncodingOf(inst);
  const uint8_t tail = static_cast<uint8_t>(4 + form.imm_bytes);
  Room();
  at_ = EncodeRip(at_, form, reg, 0, rest.vvvv, rest.imm);
  references_.push_back({Reference::Kind::Constant, tail, position() - tail, constant});
}

void Assembler::Lea(Gpr reg, Label* label) {
  Room();
  at_ = EncodeRip(at_, EncodingOf(Inst::Lea64), Number(reg), 0);
  at_ -= 4;
  Distance32(label);
}

void Assembler::Distance32(Label* label) {
  Room();
  if (label->is_bound()) {
    at_ = detail::Put32(at_, label->position_ - (position() + 4));
  } else {
    ReferTo(label);
  }
}

void Assembler::Bytes(std::span<const uint8_t> bytes) {
  for (uint8_t byte : bytes) {
    Room();
    at_ = detail::Put8(at_, byte);
  }
}

void Assembler::Call(uint32_t function) {
  Room();
  at_ = detail::Put8(at_, kCall32);
  references_.push_back({Reference::Kind::Function, 4, position(), function});
  at_ = detail::Put32(at_, 0);
}

void Assembler::TailCall(uint32_t function) {
  Room();
  at_ = detail::Put8(at_, kJmp32);
  references_.push_back({Reference::Kind::Function, 4, position(), function});
  at_ = detail::Put32(at_, 0);
}

// Intel SDM volume 2B, table 4-12: the recommended sequences of 1 to 9 bytes.
void Assembler::Align(uint32_t alignment) {
  static constexpr uint8_t kNops[9][9] = {{0x90},
                                          {0x66, 0x90},
                                          {0x0f, 0x1f, 0x00},
                                          {0x0f, 0x1f, 0x40, 0x00},
                                          {0x0f, 0x1f, 0x44, 0x00, 0x00},
                                          {0x66, 0x0f, 0x1f, 0x44, 0x00, 0x00},
                                          {0x0f, 0x1f, 0x80, 0x00, 0x00, 0x00, 0x00},
                                          {0x0f, 0x1f, 0x84, 0x00, 0x00, 0x00, 0x00, 0x00},
                                          {0x66, 0x0f, 0x1f, 0x84, 0x00, 0x00, 0x00, 0x00, 0x00}};
  GANTRY_CHECK(alignment <= 64 && (alignment & (alignment - 1)) == 0, "an alignment is a small power of two");
  for (uint32_t missing = -position() & (alignment - 1); missing != 0;) {
    const uint32_t bytes = std::min<uint32_t>(missing, 9);
    Room();
    std::memcpy(at_, kNops[bytes - 1], 9);
    at_ += bytes;
    missing -= bytes;
  }
}

}  // namespace gantry::x64
