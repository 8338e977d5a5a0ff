// [GANTRYDOC] The validator's fast lane
//
// Most instructions of ordinary code read or write a local or global, make a constant, access memory 0, compute on
// numbers, call a function, or begin, leave or end a block without operands. FastLane runs through a stretch of them
// with position and operand stack in registers. It takes only what is usual: exactly matching operands above the
// block's floor, short immediates, locals that need no bookkeeping. At anything else it stops in front of the
// instruction, which then goes through decoder and Step; so no rule is decided here alone, and no error arises.
//
// An integer immediate is taken up to four bytes: these hold at most 28 bits, which fit every kind of integer
// (spec 5.2.2). Of constants those of up to nine bytes are taken that fit.
#include <algorithm>

#include "wasm/limits.h"
#include "wasm/valid/func_validator.h"

namespace gantry::wasm::valid {

namespace {

enum class FastKind : uint8_t {
  None,
  LocalGet,
  LocalSet,
  LocalTee,
  GlobalGet,
  GlobalSet,
  Const,
  Unary,
  Binary,
  Load,
  Store,
  Drop,
  Block,
  If,
  End,
  Br,
  BrIf,
  Call,
  Nop,
  Unreachable
};

struct alignas(8) FastRow {
  FastKind kind = FastKind::None;
  uint8_t param0 = 0, param1 = 0, result = 0;  // ValType::bits
  uint8_t align_log2 = 0;
  Feature feature = Feature::Core;  // of Unary
};
struct FastRows {
  FastRow of[256];
};

constexpr FastKind FastKindOf(const OpInfo& info) {
  using enum OpFamily;
  // What may be switched off goes the general way, but for the sign extensions.
  if (info.feature != Feature::Core && info.family != Unary) return FastKind::None;
  switch (info.family) {
    case LocalGet:
      return FastKind::LocalGet;
    case LocalSet:
      return FastKind::LocalSet;
    case LocalTee:
      return FastKind::LocalTee;
    case GlobalGet:
      return FastKind::GlobalGet;
    case GlobalSet:
      return FastKind::GlobalSet;
    case Drop:
      return FastKind::Drop;
    case Block:
      return FastKind::Block;
    case If:
      return FastKind::If;
    case End:
      return FastKind::End;
    case Call:
      return FastKind::Call;
    case Nop:
      return FastKind::Nop;
    case Unreachable:
      return FastKind::Unreachable;
    case Br:
      return FastKind::Br;
    case BrIf:
      return FastKind::BrIf;
    case Const:
      return info.imm == ImmKind::I32 || info.imm == ImmKind::I64 ? FastKind::Const : FastKind::None;
    case Test:
    case Unary:
    case Convert:
      return FastKind::Unary;
    case Compare:
    case Binary:
    case Shift:
      return FastKind::Binary;
    case Load:
      return FastKind::Load;
    case Store:
      return FastKind::Store;
    default:
      return FastKind::None;
  }
}

constexpr FastRows kFastRows = [] {
  FastRows rows;
  for (int i = 0; i < 256; ++i) {
    const uint16_t op = DecodeOp(0, static_cast<uint32_t>(i));
    if (op == internal::kNoOp) continue;
    const OpInfo& info = InfoOf(static_cast<Op>(op));
    rows.of[i] = {FastKindOf(info),
                  static_cast<uint8_t>(info.sig.params[0].bits()),
                  static_cast<uint8_t>(info.sig.params[1].bits()),
                  static_cast<uint8_t>(info.sig.results[0].bits()),
                  static_cast<uint8_t>(info.align_log2()),
                  info.feature};
  }
  return rows;
}();

// The longest instruction that is taken, a constant, and the opcode behind it.
constexpr std::ptrdiff_t kLongest = 11;
constexpr uint32_t kOneByteIndex = 128;
constexpr uint8_t kEmptyBlock = 0x40, kUnreachable = 0x00;

// Size of the integer at `pos` if it is at most four bytes, else 0.
inline int ShortLeb(const uint8_t* pos) {
  if (pos[0] < 0x80) return 1;
  if (pos[1] < 0x80) return 2;
  if (pos[2] < 0x80) return 3;
  return pos[3] < 0x80 ? 4 : 0;
}

// Likewise for constants: up to five bytes for I32, nine for I64.
inline int ConstLeb(const uint8_t* pos, bool is_i64) {
  const int size = ShortLeb(pos);
  if (size != 0) return size;
  if (!is_i64) return pos[4] <= 0x07 || (pos[4] >= 0x78 && pos[4] < 0x80) ? 5 : 0;  // copies of the sign
  for (int last = 4; last < 9; ++last) {
    if (pos[last] < 0x80) return last + 1;
  }
  return 0;
}

inline uint32_t ValueOfLeb(const uint8_t* pos, int size) {
  uint32_t value = 0;
  for (int i = 0; i < size; ++i) value |= uint32_t{pos[i] & 0x7fu} << (7 * i);
  return value;
}

// Whether a branch to the frame takes no operands, as far as can be seen without its type.
inline bool HasEmptyLabel(const Frame& frame) {
  return frame.type_kind == BlockKind::Empty || (frame.type_kind == BlockKind::Value && frame.kind == OpFamily::Loop);
}

// Blocks whose end has nothing to check or to note, as long as they have no operands.
inline bool EndsAsItBegan(OpFamily kind) {
  return kind == OpFamily::Block || kind == OpFamily::If || kind == OpFamily::Else;
}

}  // namespace

void FuncValidator::StartFastLane() {
  fast_locals_ = has_uninitialized_ ? 0 : std::min(flat_locals_, kOneByteIndex);
  fast_address_ = module_.memories.empty() ? kBot : module_.memories[0].type.address_type();
}

template <bool kPlans>
void FuncValidator::FastLane() {
  const uint8_t* pos = reader_->pos();
  // The loop needs kLongest bytes; a stretch at the very end of a body goes the general way.
  const uint8_t* const last = reader_->end() - std::min<std::ptrdiff_t>(kLongest, reader_->end() - pos);
  const ValType* floor = floor_;
  ValType* const limit = limit_;
  ValType* top = top_;
  ValType* max_top = max_top_;
  uint32_t count = 0, used = 0;
  // Offset of `pos` in the plan is pos - plan_start.
  const uint8_t* const plan_start = kPlans ? pos - (reader_->offset() - plan_base_) : nullptr;
  PlanEvent* event = next_event_;
  // The lane leaves the last place to the instruction that it stops at.
  PlanEvent* const last_event = std::end(scratch_.events) - 1;
  auto note = [&](PlanStep step, uint8_t local = 0) {
    if (kPlans) *event++ = {static_cast<uint32_t>(pos - plan_start), local, step};
  };
  std::vector<Frame>& frames = scratch_.frames;
  Frame* innermost = &frames.back();
  size_t depth = frames.size();
  // Only blocks begin and end here, so the innermost loop stays what it is.
  auto enter_frame = [&] {
    innermost = &frames.back();
    depth = frames.size();
    floor = floor_ = base_ + innermost->height;
  };
  auto begin_block = [&](OpFamily kind) {
    frames.push_back({.kind = kind,
                      .value = {},
                      .height = static_cast<uint32_t>(top - base_),
                      .init_height = static_cast<uint32_t>(scratch_.initialized.size()),
                      .loop = innermost->loop});
    enter_frame();
    summary_->max_depth = std::max(summary_->max_depth, static_cast<uint32_t>(depth));
  };
  for (; pos < last; ++count) {
    const FastRow& row = kFastRows.of[pos[0]];
    const uint8_t imm = pos[1];
    switch (row.kind) {
      case FastKind::None:
        goto stop;
      case FastKind::LocalGet:
        if (imm >= fast_locals_ || top == limit || (kPlans && event == last_event)) goto stop;
        note(PlanStep::Get, imm);
        *top++ = flat_[imm];
        if (top > max_top) max_top = top;
        pos += 2;
        continue;
      case FastKind::Const: {
        const ValType type = ValType::FromBits(row.result);
        const int size = ConstLeb(pos + 1, type == kI64);
        if (size == 0 || top == limit) goto stop;
        *top++ = type;
        if (top > max_top) max_top = top;
        pos += 1 + size;
        continue;
      }
      case FastKind::LocalSet:
      case FastKind::LocalTee:
        if (imm >= fast_locals_ || top == floor || top[-1] != flat_[imm]) goto stop;
        if (kPlans && event == last_event) goto stop;
        NoteAssigned(imm);
        note(PlanStep::Set, imm);
        if (row.kind == FastKind::LocalSet) --top;
        pos += 2;
        continue;
      case FastKind::GlobalGet:
      case FastKind::GlobalSet: {
        if (imm >= kOneByteIndex || imm >= module_.globals.size()) goto stop;
        const GlobalType& global = module_.globals[imm].type;
        if (global.type.is_ref()) goto stop;
        if (row.kind == FastKind::GlobalGet) {
          if (top == limit) goto stop;
          *top++ = global.type;
          if (top > max_top) max_top = top;
        } else {
          if (!global.is_mutable || top == floor || top[-1] != global.type) goto stop;
          --top;
        }
        used |= uses::kGlobal;
        pos += 2;
        continue;
      }
      case FastKind::Unary:
        if (row.feature != Feature::Core && !module_.features.has(row.feature)) goto stop;
        if (top == floor || top[-1].bits() != row.param0) goto stop;
        top[-1] = ValType::FromBits(row.result);
        ++pos;
        continue;
      case FastKind::Binary:
        if (top - floor < 2 || top[-1].bits() != row.param1 || top[-2].bits() != row.param0) goto stop;
        --top;
        top[-1] = ValType::FromBits(row.result);
        ++pos;
        continue;
      case FastKind::Load: {
        const int size = ShortLeb(pos + 2);
        if (size == 0 || imm > row.align_log2 || top == floor || top[-1] != fast_address_) goto stop;
        top[-1] = ValType::FromBits(row.result);
        used |= uses::kMemory;
        pos += 2 + size;
        continue;
      }
      case FastKind::Store: {
        const int size = ShortLeb(pos + 2);
        if (size == 0 || imm > row.align_log2 || top - floor < 2 || top[-1].bits() != row.param1 ||
            top[-2] != fast_address_)
          goto stop;
        top -= 2;
        used |= uses::kMemory;
        pos += 2 + size;
        continue;
      }
      case FastKind::Block:
        if (imm != kEmptyBlock || (kPlans && event == last_event)) goto stop;
        note(PlanStep::Block);
        begin_block(OpFamily::Block);
        pos += 2;
        continue;
      case FastKind::If:
        if (imm != kEmptyBlock || top == floor || top[-1] != kI32 || (kPlans && event == last_event)) goto stop;
        note(PlanStep::Block);
        --top;
        begin_block(OpFamily::If);
        pos += 2;
        continue;
      case FastKind::End:
        if (!EndsAsItBegan(innermost->kind) || innermost->type_kind != BlockKind::Empty || top != floor ||
            scratch_.initialized.size() != innermost->init_height || (kPlans && event == last_event))
          goto stop;
        note(PlanStep::End);
        frames.pop_back();
        enter_frame();
        ++pos;
        continue;
      case FastKind::Br:
        if (imm >= kOneByteIndex || imm >= depth || !HasEmptyLabel(innermost[-int{imm}])) goto stop;
        top = floor_;
        innermost->unreachable = true;
        pos += 2;
        continue;
      case FastKind::BrIf:
        if (imm >= kOneByteIndex || imm >= depth || top == floor || top[-1] != kI32 ||
            !HasEmptyLabel(innermost[-int{imm}]))
          goto stop;
        --top;
        pos += 2;
        continue;
      case FastKind::Call: {
        const int size = ShortLeb(pos + 1);
        const uint32_t func = ValueOfLeb(pos + 1, size);
        if (size == 0 || func >= module_.funcs.size() || (kPlans && event == last_event)) goto stop;
        const CanonType& type = registry_[module_.FuncCanon(func)];
        const TypeList params = type.params, results = type.results;
        if (results.size() > 1 || static_cast<size_t>(top - floor) < params.size() ||
            !std::equal(params.begin(), params.end(), top - params.size()))
          goto stop;
        if (static_cast<size_t>(limit - top) < results.size() || top - base_ >= limits::kOperandStack) goto stop;
        NoteCall();
        note(pos[1 + size] == kUnreachable ? PlanStep::LastCall : PlanStep::Call);
        top = std::copy(results.begin(), results.end(), top - params.size());
        if (top > max_top) max_top = top;
        pos += 1 + size;
        continue;
      }
      case FastKind::Nop:
        ++pos;
        continue;
      case FastKind::Unreachable:
        top = floor_;
        innermost->unreachable = true;
        ++pos;
        continue;
      case FastKind::Drop:
        if (top == floor) goto stop;
        --top;
        ++pos;
        continue;
    }
  }
stop:
  reader_->SeekTo(pos);
  top_ = top;
  max_top_ = max_top;
  summary_->instr_count += count;
  summary_->uses |= used;
  if (kPlans) next_event_ = event;
}

template void FuncValidator::FastLane<false>();
template void FuncValidator::FastLane<true>();

}  // namespace gantry::wasm::valid
