// InstrReader::NextInline: decoding of one instruction for consumers that are hot, the validator above all. The most
// frequent kinds of immediates are read in place, the rest behind a call. Everyone else uses Next, which is this.
#pragma once

#include "wasm/binary/instr_reader.h"

namespace gantry::wasm::binary {

namespace internal {

// What decoding needs of an opcode's row, for opcodes of one byte: 1 kB instead of the whole table.
struct FirstByte {
  uint16_t op = gantry::wasm::internal::kNoOp;
  ImmKind imm = ImmKind::None;
  Feature feature = Feature::Core;
};
struct FirstBytes {
  FirstByte of[256];
};
inline constexpr FirstBytes kFirstBytes = [] {
  FirstBytes table;
  for (int i = 0; i < 256; ++i) {
    const uint16_t op = DecodeOp(0, static_cast<uint32_t>(i));
    if (op == gantry::wasm::internal::kNoOp) continue;
    const OpInfo& info = InfoOf(static_cast<Op>(op));
    table.of[i] = {op, info.imm, info.feature};
  }
  return table;
}();

}  // namespace internal

[[gnu::always_inline]] inline bool InstrReader::NextInline(Instr* instr) {
  if (reader_.at_end() || !fault_.ok()) [[unlikely]]
    return false;
  instr->offset = static_cast<uint32_t>(reader_.offset());
  const uint8_t first_byte = reader_.U8();
  const internal::FirstByte& first = internal::kFirstBytes.of[first_byte];
  if (first.op == gantry::wasm::internal::kNoOp) [[unlikely]]
    return ReadPrefixed(first_byte, instr);
  instr->op = static_cast<Op>(first.op);
  if (!features_.has(first.feature)) [[unlikely]]
    return FeatureOff(*instr);
  switch (first.imm) {
    case ImmKind::None:
      return true;
    case ImmKind::Label:
    case ImmKind::Func:
    case ImmKind::Local:
    case ImmKind::Global:
      instr->index = reader_.U32();
      return reader_.ok();
    case ImmKind::I32: {
      const uint8_t byte = reader_.Peek();
      if (byte < 0x80 && !reader_.at_end()) [[likely]] {
        reader_.U8();
        instr->value = static_cast<uint64_t>(static_cast<int64_t>(static_cast<int8_t>(byte << 1)) >> 1);
        return true;
      }
      instr->value = static_cast<uint64_t>(int64_t{reader_.S32()});
      return reader_.ok();
    }
    case ImmKind::MemArg:
      ReadMemArgInline(instr);
      return ok();
    default:
      return ReadImmediates(instr, first.imm);
  }
}

[[gnu::always_inline]] inline void InstrReader::ReadMemArgInline(Instr* instr) {
  const uint8_t flags = reader_.Peek();
  if (flags >= 0x40 || reader_.at_end()) [[unlikely]]
    return ReadMemArg(instr);
  reader_.U8();
  instr->explicit_memory = false;
  instr->align_log2 = flags;
  instr->index = 0;
  instr->value = reader_.U64();
}

}  // namespace gantry::wasm::binary
