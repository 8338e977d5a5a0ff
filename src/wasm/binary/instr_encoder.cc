// EncodeInstr: one arm per kind of immediates; opcodes come from the table.
#include "wasm/binary/writer.h"

namespace gantry::wasm::binary {

namespace {

constexpr uint32_t kMemArgHasIndex = 0x40;  // bit 6 of the alignment field (spec 5.4.6)
constexpr uint8_t kEmptyBlock = 0x40;

void EncodeBlockType(const BlockType& block, Encoder* out) {
  switch (block.kind) {
    case BlockKind::Empty:
      return out->Byte(kEmptyBlock);
    case BlockKind::Value:
      return out->Value(block.value);
    case BlockKind::Type:
      return out->S33(block.type);
  }
}

void EncodeCatches(std::span<const CatchClause> catches, Encoder* out) {
  out->U32(static_cast<uint32_t>(catches.size()));
  for (const CatchClause& clause : catches) {
    out->Byte(static_cast<uint8_t>(clause.kind));
    if (clause.kind == CatchKind::Catch || clause.kind == CatchKind::CatchRef) out->U32(clause.tag);
    out->U32(clause.label);
  }
}

void EncodeLabels(std::span<const uint32_t> labels, Encoder* out) {
  out->U32(static_cast<uint32_t>(labels.size() - 1));  // the default is not counted
  for (uint32_t label : labels) out->U32(label);
}

void EncodeMemArg(const Instr& instr, Encoder* out) {
  const bool has_index = instr.explicit_memory || instr.index != 0;
  out->U32(instr.align_log2 | (has_index ? kMemArgHasIndex : 0));
  if (has_index) out->U32(instr.index);
  out->U64(instr.value);
}

void EncodeTypes(std::span<const ValType> types, Encoder* out) {
  out->U32(static_cast<uint32_t>(types.size()));
  for (ValType type : types) out->Value(type);
}

void EncodeImmediates(const Instr& instr, ImmKind kind, Encoder* out) {
  switch (kind) {
    case ImmKind::None:
      return;
    case ImmKind::Block:
      return EncodeBlockType(instr.block, out);
    case ImmKind::TryTable:
      EncodeBlockType(instr.block, out);
      return EncodeCatches(instr.catches, out);
    case ImmKind::BrTable:
      return EncodeLabels(instr.labels, out);
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
      return out->U32(instr.index);
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
      out->U32(instr.index);
      return out->U32(instr.index2);
    case ImmKind::MemArg:
      return EncodeMemArg(instr, out);
    case ImmKind::MemArgLane:
      EncodeMemArg(instr, out);
      return out->Byte(instr.lane);
    case ImmKind::I32:
      return out->S32(static_cast<int32_t>(instr.value));
    case ImmKind::I64:
      return out->S64(static_cast<int64_t>(instr.value));
    case ImmKind::F32:
      return out->Fixed32(static_cast<uint32_t>(instr.value));
    case ImmKind::F64:
      return out->Fixed64(instr.value);
    case ImmKind::V128:
    case ImmKind::Shuffle:
      return out->Bytes(instr.bytes);
    case ImmKind::Lane:
      return out->Byte(instr.lane);
    case ImmKind::SelectT:
      return EncodeTypes(instr.types, out);
    case ImmKind::HeapType:
      return out->Heap(instr.heap);
    case ImmKind::BrOnCast:
      out->Byte(instr.cast_flags);
      out->U32(instr.index);
      out->Heap(instr.heap);
      return out->Heap(instr.heap2);
    case ImmKind::Fence:
      return out->Byte(0);
  }
}

}  // namespace

void EncodeInstr(const Instr& instr, Encoder* out) {
  const OpInfo& info = instr.info();
  if (info.prefix == 0) {
    out->Byte(static_cast<uint8_t>(info.code));
  } else {
    out->Byte(info.prefix);
    out->U32(info.code);
  }
  EncodeImmediates(instr, info.imm, out);
}

void EncodeInstr(const Instr& instr, ByteWriter* out) {
  Encoder encoder(out);
  EncodeInstr(instr, &encoder);
}

}  // namespace gantry::wasm::binary
