#include "compiler/baseline/plan.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "wasm/opcode.h"

namespace gantry::baseline {

using wasm::ImmKind;
using wasm::OpFamily;

namespace {

// What the planner does with an instruction. Those of no interest are Plain if only integers stand behind the opcode,
// else Skip.
enum class Step : uint8_t { Plain, Skip, Get, Set, Block, Loop, Else, End, Call, RareCall };

constexpr Step StepOf(OpFamily family) {
  using enum OpFamily;
  switch (family) {
    case LocalGet:
      return Step::Get;
    case LocalSet:
    case LocalTee:
      return Step::Set;
    case OpFamily::Block:
    case If:
    case TryTable:
      return Step::Block;
    case OpFamily::Loop:
      return Step::Loop;
    case OpFamily::Else:
      return Step::Else;
    case OpFamily::End:
      return Step::End;
    case OpFamily::Call:
    case CallIndirect:
    case CallRef:
    case MemoryGrow:
    case MemoryInit:
    case MemoryCopy:
    case MemoryFill:
    case TableInit:
    case TableCopy:
    case TableGrow:
    case TableFill:
    case ArrayNew:
    case ArrayNewDefault:
    case ArrayNewFixed:
    case ArrayNewData:
    case ArrayNewElem:
    case ArrayFill:
    case OpFamily::ArrayCopy:
    case ArrayInitData:
    case ArrayInitElem:
    case StructNew:
    case StructNewDefault:
    case AtomicNotify:
    case AtomicWait:
      return Step::Call;
    // They leave the loop, or call only off the usual path.
    case ReturnCall:
    case ReturnCallIndirect:
    case ReturnCallRef:
    case Throw:
    case ThrowRef:
    case DataDrop:
    case ElemDrop:
    case TableGet:
    case TableSet:
    case RefTest:
    case RefCast:
    case BrOnCast:
    case BrOnCastFail:
      return Step::RareCall;
    default:
      return Step::Skip;
  }
}

struct Row {
  ImmKind imm = ImmKind::None;
  Step step = Step::Skip;
  uint8_t lebs = 0;  // Plain: integers behind the opcode
};
constexpr Row RowOf(const wasm::OpInfo& info) {
  const Step step = StepOf(info.family);
  if (step != Step::Skip) return {info.imm, step};
  switch (info.imm) {
    case ImmKind::None:
      return {info.imm, Step::Plain};
    case ImmKind::Label:
    case ImmKind::Local:
    case ImmKind::Global:
    case ImmKind::I32:
    case ImmKind::I64:
      return {info.imm, Step::Plain, 1};
    case ImmKind::MemArg:
      return {info.imm, Step::Plain, 2};
    default:
      return {info.imm, step};
  }
}

struct Rows {
  Row of[256];
};
constexpr Rows kRows = [] {
  Rows rows;
  for (int i = 0; i < 256; ++i) {
    const uint16_t op = wasm::DecodeOp(0, static_cast<uint32_t>(i));
    if (op == wasm::internal::kNoOp) continue;
    rows.of[i] = RowOf(wasm::InfoOf(static_cast<wasm::Op>(op)));
  }
  return rows;
}();

inline uint32_t ReadLeb(const uint8_t*& pos) {
  uint32_t value = *pos++;
  if (value < 0x80) return value;
  value &= 0x7f;
  for (int shift = 7;; shift += 7) {
    const uint8_t byte = *pos++;
    if (shift < 32) value |= static_cast<uint32_t>(byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
}

inline void SkipLeb(const uint8_t*& pos) {
  while (*pos++ >= 0x80) {
  }
}

void SkipValType(const uint8_t*& pos) {
  constexpr uint8_t kRefNull = 0x63, kRef = 0x64;
  const uint8_t first = *pos++;
  if (first == kRefNull || first == kRef) SkipLeb(pos);
}

void SkipMemArg(const uint8_t*& pos) {
  if ((ReadLeb(pos) & 0x40) != 0) SkipLeb(pos);
  SkipLeb(pos);
}

void SkipImmediates(const uint8_t*& pos, ImmKind kind) {
  switch (kind) {
    case ImmKind::None:
      return;
    case ImmKind::Label:
    case ImmKind::Func:
    case ImmKind::Type:
    case ImmKind::Local:
    case ImmKind::Global:
    case ImmKind::Table:
    case ImmKind::Elem:
    case ImmKind::Data:
    case ImmKind::Tag:
    case ImmKind::Memory:
    case ImmKind::I32:
    case ImmKind::I64:
    case ImmKind::HeapType:
      SkipLeb(pos);
      return;
    case ImmKind::CallIndirect:
    case ImmKind::Table2:
    case ImmKind::TableInit:
    case ImmKind::Memory2:
    case ImmKind::MemInit:
    case ImmKind::StructField:
    case ImmKind::ArrayFixed:
    case ImmKind::ArrayData:
    case ImmKind::ArrayElem:
    case ImmKind::ArrayCopy:
      SkipLeb(pos);
      SkipLeb(pos);
      return;
    case ImmKind::Block:
    case ImmKind::TryTable:
      // A value type or a type index; both end where a LEB would, but for types with an operand.
      if ((*pos & 0xc0) == 0x40)
        SkipValType(pos);
      else
        SkipLeb(pos);
      if (kind == ImmKind::TryTable) {
        for (uint32_t n = ReadLeb(pos); n > 0; --n) {
          const uint8_t clause = *pos++;
          if (clause <= 1) SkipLeb(pos);
          SkipLeb(pos);
        }
      }
      return;
    case ImmKind::BrTable:
      for (uint32_t n = ReadLeb(pos) + 1; n > 0; --n) SkipLeb(pos);
      return;
    case ImmKind::MemArg:
      SkipMemArg(pos);
      return;
    case ImmKind::MemArgLane:
      SkipMemArg(pos);
      ++pos;
      return;
    case ImmKind::F32:
      pos += 4;
      return;
    case ImmKind::F64:
      pos += 8;
      return;
    case ImmKind::V128:
    case ImmKind::Shuffle:
      pos += 16;
      return;
    case ImmKind::Lane:
    case ImmKind::Fence:
      ++pos;
      return;
    case ImmKind::SelectT:
      for (uint32_t n = ReadLeb(pos); n > 0; --n) SkipValType(pos);
      return;
    case ImmKind::BrOnCast:
      ++pos;
      SkipLeb(pos);
      SkipLeb(pos);
      SkipLeb(pos);
      return;
  }
}

// Bytes of a Plain instruction, without a jump on what it is; 0 if that is not enough to tell.
inline uint32_t PlainBytes(const Row& row, const uint8_t* pos, const uint8_t* end) {
  constexpr std::ptrdiff_t kLookedAt = 9;
  constexpr uint64_t kTopBits = 0x8080808080808080, kNamesMemory = 0x40;
  if (end - pos < kLookedAt) return 0;
  uint64_t bytes;
  std::memcpy(&bytes, pos + 1, 8);
  const uint64_t has_any = -static_cast<uint64_t>(row.lebs != 0), has_two = -static_cast<uint64_t>(row.lebs == 2);
  uint64_t last_bytes = ~bytes & kTopBits;  // of integers
  last_bytes &= (last_bytes - 1) | ~has_two;
  if (((last_bytes == 0) & has_any) != 0 || (bytes & kNamesMemory & has_two) != 0) return 0;
  return 1 + static_cast<uint32_t>(((static_cast<uint64_t>(std::countr_zero(last_bytes)) >> 3) + 1) & has_any);
}

constexpr uint32_t kMaxWeight = 1 << 24;
constexpr uint8_t kUnreachable = 0x00;

// The best few of a class, by falling weight; of equal ones the first met.
struct Best {
  uint32_t count = 0;
  std::array<Candidate, kCandidates> of;

  void Offer(const Candidate& candidate) {
    uint32_t at = count;
    while (at > 0 && of[at - 1].weight < candidate.weight) --at;
    if (at == kCandidates) return;
    if (count < kCandidates) ++count;
    for (uint32_t i = count - 1; i > at; --i) of[i] = of[i - 1];
    of[at] = candidate;
  }
};

}  // namespace

[[gnu::always_inline]] inline Planner::Use& Planner::Touch(uint32_t local, uint32_t weight) {
  Use& use = states_[local].use;
  const uint32_t loop = open_.back().loop;
  if (use.loop != loop) {
    saves_.push_back({local, use});
    use = {loop, 0, kNever, false};
  }
  use.weight = std::min(use.weight + weight, kMaxWeight);
  return use;
}

[[gnu::always_inline]] inline void Planner::Get(uint32_t local, uint32_t at) {
  State& state = states_[local];
  uint32_t set_at = state.set_at;
  if (set_at == 0) {
    state.read_before_set = true;
    set_at = 1;
  }
  state.live_end = at;
  if (open_.empty()) return;
  Use& use = Touch(local, 1);
  if (set_at >= open_.back().start) return;
  use.set_at = std::min(use.set_at, set_at);
  if (state.live_loop != open_.front().loop) CarryAround(&state, set_at);
}

// The outermost open loop that begins behind the set: its back edge carries the value.
void Planner::CarryAround(State* state, uint32_t set_at) {
  state->crosses_loop = true;
  const auto outermost = std::upper_bound(open_.begin(), open_.end(), set_at,
                                          [](uint32_t s, const OpenLoop& loop) { return s < loop.start; });
  uint32_t& live_loop = state->live_loop;
  if (live_loop == kNever || plan_.loops[live_loop].end != 0 || outermost->loop < live_loop)
    live_loop = outermost->loop;
}

[[gnu::always_inline]] inline void Planner::Set(uint32_t local, uint32_t at) {
  uint32_t& set_at = states_[local].set_at;
  if (set_at == 0 || (!open_.empty() && set_at < open_.back().start)) {
    undo_.push_back({local, set_at});
    set_at = at;
  }
  if (!open_.empty()) Touch(local, 1).is_assigned = true;
}

void Planner::UndoTo(uint32_t height) {
  for (; undo_.size() > height; undo_.pop_back()) states_[undo_.back().local].set_at = undo_.back().set_at;
}

void Planner::OpenScope(bool is_loop, uint32_t at) {
  scopes_.push_back({static_cast<uint32_t>(undo_.size()), is_loop});
  if (!is_loop) return;
  if (!open_.empty()) open_.back().has_inner = true;
  open_.push_back({static_cast<uint32_t>(plan_.loops.size()), at, static_cast<uint32_t>(saves_.size()), 0, false});
  plan_.loops.push_back({.offset = at});
}

void Planner::CloseScope(uint32_t at) {
  UndoTo(scopes_.back().undo);
  if (scopes_.back().is_loop) CloseLoop(at);
  scopes_.pop_back();
}

void Planner::CloseLoop(uint32_t at) {
  const OpenLoop open = open_.back();
  Best general, vector;
  std::array<uint32_t, 2 * kCandidates> set_at;
  for (size_t i = open.first_save; i < saves_.size(); ++i) {
    const uint32_t local = saves_[i].local;
    const Use& use = states_[local].use;
    const bool live = use.set_at != kNever || (open.has_inner && states_[local].crosses_loop);
    (IsVector(kinds_[local]) ? vector : general).Offer({local, use.weight, use.is_assigned, live});
  }
  LoopPlan& loop = plan_.loops[open.loop];
  loop.end = at;
  loop.first = static_cast<uint32_t>(plan_.candidates.size());
  loop.general = general.count;
  loop.vector = vector.count;
  loop.call_weight = open.call_weight;
  plan_.candidates.insert(plan_.candidates.end(), general.of.begin(), general.of.begin() + general.count);
  plan_.candidates.insert(plan_.candidates.end(), vector.of.begin(), vector.of.begin() + vector.count);

  constexpr uint32_t kSavedRegs = 3, kOtherPinnable = 4;
  const uint32_t extra = general.count > kOtherPinnable ? general.count - kOtherPinnable : 0;
  plan_.saved_regs_wanted =
      std::max(plan_.saved_regs_wanted, std::min(kSavedRegs, open.call_weight > 0 ? general.count : extra));

  const uint32_t chosen = general.count + vector.count;
  for (uint32_t i = 0; i < chosen; ++i) set_at[i] = states_[plan_.candidates[loop.first + i].local].use.set_at;
  for (; saves_.size() > open.first_save; saves_.pop_back()) states_[saves_.back().local].use = saves_.back().use;
  open_.pop_back();
  if (open_.empty()) return;
  OpenLoop& outer = open_.back();
  outer.call_weight = std::min(outer.call_weight + std::min(8 * open.call_weight, kMaxWeight), kMaxWeight);
  for (uint32_t i = 0; i < chosen; ++i) {  // [P1]
    const Candidate& candidate = plan_.candidates[loop.first + i];
    Use& use = Touch(candidate.local, std::min(8 * candidate.weight, kMaxWeight));
    use.is_assigned |= candidate.is_assigned;
    if (set_at[i] < outer.start) use.set_at = std::min(use.set_at, set_at[i]);
  }
}

void Planner::Call(const uint8_t* next) {
  ++plan_.calls;
  if (!open_.empty() && *next != kUnreachable)
    open_.back().call_weight = std::min(open_.back().call_weight + 1, kMaxWeight);
}

const FuncPlan& Planner::Plan(std::span<const uint8_t> code, std::span<const Kind> kinds, uint32_t params) {
  kinds_ = kinds;
  const size_t locals = kinds.size();
  plan_.loops.clear();
  plan_.candidates.clear();
  plan_.calls = 0;
  plan_.saved_regs_wanted = 0;
  scopes_.clear();
  undo_.clear();
  open_.clear();
  saves_.clear();
  states_.assign(locals, {});
  for (uint32_t i = 0; i < params; ++i) states_[i].set_at = 1;

  OpenScope(/*is_loop=*/false, 0);
  const uint8_t* const begin = code.data();
  const uint8_t* const end = begin + code.size();
  for (const uint8_t* pos = begin; pos < end;) {
    const uint32_t at = static_cast<uint32_t>(pos - begin) + 2;  // behind a parameter's set
    Row row = kRows.of[*pos];
    if (row.step == Step::Plain) {
      if (const uint32_t bytes = PlainBytes(row, pos, end); bytes != 0) [[likely]] {
        pos += bytes;
        continue;
      }
    }
    ++pos;
    if (row.step == Step::Get) {
      Get(ReadLeb(pos), at);
      continue;
    }
    if (pos[-1] >= 0xfb && pos[-1] <= 0xfe) {
      const uint8_t prefix = pos[-1];
      const wasm::OpInfo& info = wasm::InfoOf(static_cast<wasm::Op>(wasm::DecodeOp(prefix, ReadLeb(pos))));
      row = RowOf(info);
    }
    switch (row.step) {
      case Step::Set:
        Set(ReadLeb(pos), at);
        continue;
      case Step::Block:
        OpenScope(/*is_loop=*/false, at);
        break;
      case Step::Loop:
        OpenScope(/*is_loop=*/true, at);
        break;
      case Step::Else:
        UndoTo(scopes_.back().undo);
        continue;
      case Step::End:
        CloseScope(at);
        continue;
      case Step::Call:
        SkipImmediates(pos, row.imm);
        Call(pos);
        continue;
      case Step::RareCall:
        ++plan_.calls;
        break;
      case Step::Plain:
      case Step::Get:
      case Step::Skip:
        break;
    }
    SkipImmediates(pos, row.imm);
  }
  plan_.live_end.resize(locals);
  plan_.read_before_set.assign(locals, false);
  for (size_t i = 0; i < locals; ++i) {
    const State& state = states_[i];
    plan_.live_end[i] =
        state.live_loop == kNever ? state.live_end : std::max(state.live_end, plan_.loops[state.live_loop].end);
    if (state.read_before_set) plan_.read_before_set[i] = true;
  }
  return plan_;
}

}  // namespace gantry::baseline
