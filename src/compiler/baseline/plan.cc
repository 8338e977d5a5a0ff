#include "compiler/baseline/plan.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "wasm/opcode.h"

namespace gantry::baseline {

using wasm::ImmKind;
using wasm::PlanEvent;
using wasm::PlanStep;

namespace {

// Plain: of no interest, and only integers stand behind the opcode.
struct Row {
  ImmKind imm = ImmKind::None;
  PlanStep step = PlanStep::None;
  bool is_plain = false;
  uint8_t lebs = 0;  // Plain: integers behind the opcode
};
constexpr Row RowOf(const wasm::OpInfo& info) {
  const PlanStep step = wasm::PlanStepOf(info.family);
  if (step != PlanStep::None) return {info.imm, step};
  switch (info.imm) {
    case ImmKind::None:
      return {info.imm, step, true};
    case ImmKind::Label:
    case ImmKind::Local:
    case ImmKind::Global:
    case ImmKind::I32:
    case ImmKind::I64:
      return {info.imm, step, true, 1};
    case ImmKind::MemArg:
      return {info.imm, step, true, 2};
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

constexpr uint8_t kUnreachable = 0x00;

}  // namespace

const FuncPlan& Planner::Plan(std::span<const uint8_t> code, std::span<const Kind> kinds, uint32_t params) {
  builder_.Start(static_cast<uint32_t>(kinds.size()), params, [&](uint32_t i) { return IsVector(kinds[i]); });
  PlanEvent events[kEvents];
  size_t count = 0;
  const uint8_t* const begin = code.data();
  const uint8_t* const end = begin + code.size();
  for (const uint8_t* pos = begin; pos < end;) {
    const uint32_t at = static_cast<uint32_t>(pos - begin) + wasm::kFirstPlanOffset;
    Row row = kRows.of[*pos];
    if (row.is_plain) {
      if (const uint32_t bytes = PlainBytes(row, pos, end); bytes != 0) [[likely]] {
        pos += bytes;
        continue;
      }
    }
    const uint8_t prefix = *pos++;
    if (prefix >= 0xfb && prefix <= 0xfe)
      row = RowOf(wasm::InfoOf(static_cast<wasm::Op>(wasm::DecodeOp(prefix, ReadLeb(pos)))));
    PlanEvent event{at, 0, row.step};
    if (row.step <= PlanStep::Set) {
      event.local = static_cast<uint16_t>(ReadLeb(pos));
    } else if (row.step != PlanStep::End && row.step != PlanStep::Else) {
      SkipImmediates(pos, row.imm);
      if (row.step == PlanStep::None) continue;
      if (row.step == PlanStep::Call && *pos == kUnreachable) event.step = PlanStep::LastCall;
    }
    events[count++] = event;
    if (count < kEvents) continue;
    builder_.Take(events);
    count = 0;
  }
  builder_.Take(std::span(events, count));
  plan_ = builder_.Finish();
  return plan_;
}

uint32_t SavedRegsWanted(const FuncPlan& plan) {
  constexpr uint32_t kSavedRegs = 3, kOtherPinnable = 4;
  uint32_t wanted = 0;
  for (const LoopPlan& loop : plan.loops) {
    const uint32_t extra = loop.general > kOtherPinnable ? loop.general - kOtherPinnable : 0;
    wanted = std::max(wanted, std::min(kSavedRegs, loop.call_weight > 0 ? loop.general : extra));
  }
  return wanted;
}

}  // namespace gantry::baseline
