// X64Compiler: i8x16.shuffle, and i8x16.swizzle where its recipe does not do.
//
// Shuffles are looked at for what single instructions do: whole words and doublewords of one operand, two operands
// interleaved, moved along, or blended. What is left takes a table of bytes for each operand, or goes through memory
// where the processor has no such tables.
#include <algorithm>
#include <cstring>

#include "compiler/baseline/x64/compiler.h"

namespace gantry::baseline {

using x64::Gpr;
using x64::Inst;
using x64::Isa;

namespace {

using ByteLanes = std::array<uint8_t, 16>;

constexpr uint8_t kNoLane = 0x80;  // selects zero

struct UnpackRow {
  Inst inst;
  uint8_t size;  // bytes of the lanes that it interleaves
  bool is_high;  // of the upper halves
};
constexpr UnpackRow kUnpacks[] = {
    {Inst::Punpcklbw, 1, false}, {Inst::Punpckhbw, 1, true}, {Inst::Punpcklwd, 2, false},  {Inst::Punpckhwd, 2, true},
    {Inst::Punpckldq, 4, false}, {Inst::Punpckhdq, 4, true}, {Inst::Punpcklqdq, 8, false}, {Inst::Punpckhqdq, 8, true},
};

constexpr bool Matches(const UnpackRow& row, const ByteLanes& lanes, uint8_t mask) {
  for (int i = 0; i < 16; ++i) {
    const int pair = i / (2 * row.size), in_pair = i % (2 * row.size);
    const bool of_second = in_pair >= row.size;
    const int from = (row.is_high ? 8 : 0) + pair * row.size + in_pair % row.size + (of_second ? 16 : 0);
    if ((lanes[i] & mask) != (from & mask)) return false;
  }
  return true;
}

// The lanes as ones of `size` bytes, if they stay together: their numbers.
template <int kSize>
bool Coarser(const ByteLanes& lanes, std::array<uint8_t, 16 / kSize>* coarse) {
  for (int i = 0; i < 16; ++i) {
    if (lanes[i] % kSize != i % kSize || lanes[i] / kSize != lanes[i / kSize * kSize] / kSize) return false;
    (*coarse)[i / kSize] = lanes[i] / kSize;
  }
  return true;
}

// Four numbers of two bits.
template <class Numbers>
uint8_t Selector(const Numbers& numbers, int first = 0) {
  uint8_t selector = 0;
  for (int i = 0; i < 4; ++i) selector |= static_cast<uint8_t>((numbers[first + i] & 3) << (2 * i));
  return selector;
}

// Numbers that go up by one: from where. `modulo` is 16 if there is one operand, else 32.
bool IsRun(const ByteLanes& lanes, int modulo, uint8_t* first) {
  *first = lanes[0];
  if (lanes[0] >= modulo) return false;
  for (int i = 1; i < 16; ++i) {
    if (lanes[i] != (lanes[0] + i) % modulo) return false;
  }
  return true;
}

ByteLanes Exchanged(ByteLanes lanes) {
  for (uint8_t& lane : lanes) lane ^= 16;
  return lanes;
}

// Of one operand, the table that pshufb takes: lanes of the other one are zero.
ByteLanes TableOf(const ByteLanes& lanes, uint8_t operand) {
  ByteLanes table;
  for (size_t i = 0; i < table.size(); ++i) table[i] = lanes[i] / 16 == operand ? lanes[i] % 16 : kNoLane;
  return table;
}

}  // namespace

void X64Compiler::Shuffle() {
  ByteLanes lanes = in_.bytes;
  const Operand second = Pop(), first = Pop();
  const bool is_same = first.where == Where::Local && second.where == Where::Local && first.local == second.local;
  auto is_of_first = [](uint8_t lane) { return lane < 16; };
  auto is_zero = [&](const Operand& operand) {
    return operand.where == Where::Const && literals_[operand.bits].low == 0 && literals_[operand.bits].high == 0;
  };
  const bool only_first = std::ranges::all_of(lanes, is_of_first),
             only_second = std::ranges::none_of(lanes, is_of_first);
  if (is_same || only_first || only_second) {
    for (uint8_t& lane : lanes) lane &= 15;
    ShuffleOne(only_second ? second : first, lanes);
  } else if (HasAvxOr(Isa::Ssse3) && (is_zero(first) || is_zero(second))) {
    const bool takes_first = is_zero(second);
    ShuffleOne(takes_first ? first : second, TableOf(lanes, takes_first ? 0 : 1));
  } else if (TryShuffleTwo(first, second, lanes) || TryShuffleTwo(second, first, Exchanged(lanes))) {
    return;
  } else if (HasAvxOr(Isa::Ssse3)) {
    ShuffleByTables(first, second, lanes);
  } else {
    ShuffleInFrame(first, second, lanes);
  }
}

// --- one operand; lanes may be kNoLane

void X64Compiler::ShuffleOne(const Operand& source, const ByteLanes& lanes) {
  if (TryShuffleDwords(source, lanes) || TryUnpack(source, source, lanes)) return;
  std::array<uint8_t, 8> words;
  constexpr std::array<uint8_t, 4> kLow = {0, 1, 2, 3}, kHigh = {4, 5, 6, 7};
  uint8_t first = 0;
  const Src src = Use(source);
  const Reg dst = Dst(kVectorRegs, src);
  if (Coarser<2>(lanes, &words) && std::ranges::equal(kHigh, std::span(words).subspan(4)) &&
      std::ranges::all_of(std::span(words).first(4), [](uint8_t word) { return word < 4; })) {
    Unary(Inst::Pshuflw, dst, src.reg, Selector(words));
  } else if (Coarser<2>(lanes, &words) && std::ranges::equal(kLow, std::span(words).first(4)) &&
             std::ranges::all_of(std::span(words).subspan(4), [](uint8_t word) { return word >= 4 && word < 8; })) {
    Unary(Inst::Pshufhw, dst, src.reg, Selector(words, 4));
  } else if (HasAvxOr(Isa::Ssse3)) {
    if (IsRun(lanes, 16, &first))
      Binary(Inst::Palignr, dst, src.reg, src.reg, first);
    else
      BinaryLiteral(Inst::Pshufb, dst, src.reg, Literal128Of(lanes));
  } else {
    ShuffleInFrame(source, source, lanes);
    return;
  }
  PushReg(Kind::V128, dst);
}

// Whole doublewords, and the operand as it is.
bool X64Compiler::TryShuffleDwords(const Operand& source, const ByteLanes& lanes) {
  constexpr uint8_t kIdentity = 0xe4;
  std::array<uint8_t, 4> dwords;
  if (!Coarser<4>(lanes, &dwords) || std::ranges::any_of(dwords, [](uint8_t dword) { return dword >= 4; }))
    return false;
  const uint8_t selector = Selector(dwords);
  if (has_avx_ && IsBestAtHome(source) && selector != kIdentity) {
    const Reg dst = Dst(kVectorRegs);
    UnaryMem(Inst::Pshufd, dst, Home(HomeOf(source)), selector);
    PushReg(Kind::V128, dst);
    return true;
  }
  const Src src = Use(source);
  const Reg dst = Dst(kVectorRegs, src);
  if (selector == kIdentity)
    Move(Kind::V128, dst, src.reg);
  else
    Unary(Inst::Pshufd, dst, src.reg, selector);
  PushReg(Kind::V128, dst);
  return true;
}

// --- two operands; or one, given twice

bool X64Compiler::TryUnpack(const Operand& first, const Operand& second, const ByteLanes& lanes) {
  const uint8_t mask = &first == &second ? 15 | kNoLane : 31;
  for (const UnpackRow& row : kUnpacks) {
    if (!Matches(row, lanes, mask)) continue;
    const Src x = Use(first), y = &first == &second ? x : Use(second);
    const Reg dst = Dst(kVectorRegs, x, has_avx_ ? y : Src{kNoReg, false});
    Binary(row.inst, dst, x.reg, y.reg);
    PushReg(Kind::V128, dst);
    return true;
  }
  return false;
}

// By one instruction, `first` as its first source.
bool X64Compiler::TryShuffleTwo(const Operand& first, const Operand& second, const ByteLanes& lanes) {
  if (TryUnpack(first, second, lanes)) return true;
  std::array<uint8_t, 8> words;
  std::array<uint8_t, 4> dwords;
  uint8_t start = 0, blend = 0;
  bool in_place = true;
  if (Coarser<2>(lanes, &words)) {
    for (int i = 0; i < 8; ++i) {
      in_place &= words[i] % 8 == i;
      blend |= static_cast<uint8_t>((words[i] / 8) << i);
    }
  } else {
    in_place = false;
  }
  Inst inst;
  uint8_t imm;
  if (in_place && HasAvxOr(Isa::Sse41)) {
    inst = Inst::Pblendw;
    imm = blend;
  } else if (Coarser<4>(lanes, &dwords) && dwords[0] < 4 && dwords[1] < 4 && dwords[2] >= 4 && dwords[3] >= 4) {
    inst = Inst::Shufps;
    imm = Selector(dwords);
  } else if (HasAvxOr(Isa::Ssse3) && lanes[0] >= 16 && IsRun(lanes, 32, &start)) {
    inst = Inst::Palignr;  // its first source is the upper one
    imm = start - 16;
  } else {
    return false;
  }
  const Src x = Use(first), y = Use(second);
  const Reg dst = Dst(kVectorRegs, x, has_avx_ ? y : Src{kNoReg, false});
  Binary(inst, dst, x.reg, y.reg, imm);
  PushReg(Kind::V128, dst);
  return true;
}

void X64Compiler::ShuffleByTables(const Operand& first, const Operand& second, const ByteLanes& lanes) {
  const Src x = Use(first), y = Use(second);
  BinaryLiteral(Inst::Pshufb, kVectorScratch, x.reg, Literal128Of(TableOf(lanes, 0)));
  const Reg dst = Dst(kVectorRegs, y, x);
  BinaryLiteral(Inst::Pshufb, dst, y.reg, Literal128Of(TableOf(lanes, 1)));
  Binary(Inst::Por, dst, dst, kVectorScratch);
  PushReg(Kind::V128, dst);
}

// --- through memory, below the homes in use

int32_t X64Compiler::FrameArea(int32_t bytes) {
  lowest_ = std::min(lowest_, top_ - bytes);
  return top_ - bytes;
}

void X64Compiler::ShuffleInFrame(const Operand& first, const Operand& second, const ByteLanes& lanes) {
  const Src x = Use(first), y = Use(second);
  const int32_t area = FrameArea(48), result = area + 32;
  Store(Kind::V128, x.reg, Home(area));
  Store(Kind::V128, y.reg, Home(area + 16));
  for (int i = 0; i < 16; ++i) {
    a_.RegMem<Inst::Movzx8To32>(Gpr::r11, Home(area + lanes[i]));
    a_.RegMem<Inst::Mov8Mr>(Gpr::r11, Home(result + i));
  }
  const Reg dst = Dst(kVectorRegs, x, y);
  Load(Kind::V128, dst, Home(result));
  PushReg(Kind::V128, dst);
}

void X64Compiler::SwizzleInFrame() {
  const Src y = PopReg(), x = PopReg();
  const int32_t area = FrameArea(48), zero = area + 16, numbers = area + 32;
  Store(Kind::V128, x.reg, Home(area));
  a_.OnlyMem<Inst::Mov8Mi>(Home(zero), {.imm = 0});
  constexpr uint64_t kSixteens = 0x1010101010101010;  // at most 16, where the zero is
  BinaryLiteral(Inst::Pminub, kVectorScratch, y.reg, Literal128(kSixteens, kSixteens));
  Store(Kind::V128, kVectorScratch, Home(numbers));
  for (int i = 0; i < 16; ++i) {
    a_.RegMem<Inst::Movzx8To32>(Gpr::r11, Home(numbers + i));
    a_.OnlyRm<Inst::And32Mi8>(Gpr::r11, {.imm = 31});  // changes nothing; in the area, whoever wonders
    a_.RegMem<Inst::Movzx8To32>(Gpr::r11, Mem::At(Gpr::rbp, Gpr::r11, 0, area));
    a_.RegMem<Inst::Mov8Mr>(Gpr::r11, Home(numbers + i));
  }
  const Reg dst = Dst(kVectorRegs, x, y);
  Load(Kind::V128, dst, Home(numbers));
  PushReg(Kind::V128, dst);
}

bool X64Compiler::SwizzleByConst() {
  const Operand& numbers = stack_.back();
  if (numbers.where != Where::Const || !HasAvxOr(Isa::Ssse3)) return false;
  const LiteralValue value = literals_[numbers.bits];
  Drop(1);
  ByteLanes lanes;
  std::memcpy(lanes.data(), &value.low, 8);
  std::memcpy(lanes.data() + 8, &value.high, 8);
  for (uint8_t& lane : lanes) lane = lane < 16 ? lane : kNoLane;
  ShuffleOne(Pop(), lanes);
  return true;
}

}  // namespace gantry::baseline
