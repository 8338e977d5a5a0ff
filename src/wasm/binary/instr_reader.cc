#include "wasm/binary/instr_reader.h"

#include <algorithm>

#include "wasm/binary/instr_reader-inl.h"
#include "wasm/limits.h"

namespace gantry::wasm::binary {

bool InstrReader::ReadLocals(std::vector<LocalRun>* locals) {
  locals->clear();
  const uint32_t runs = reader_.U32();
  // A run takes two bytes or more.
  if (reader_.ok()) locals->reserve(std::min<size_t>(runs, reader_.remaining() / 2));
  uint64_t total = 0;
  for (uint32_t i = 0; i < runs && ok(); ++i) {
    const uint64_t at = reader_.offset();
    const uint32_t count = reader_.U32();
    total += count;
    if (total > limits::kLocals) {
      fault_.Set(ErrorId::TooManyLocals, at, static_cast<uint32_t>(std::min<uint64_t>(total, 0xffffffff)));
      break;
    }
    const ValType type = types().ReadValType();
    if (ok()) locals->push_back({count, type});
  }
  return ok();
}

bool InstrReader::IllegalOpcode(uint64_t offset, uint8_t prefix, uint32_t code, Feature needs) {
  fault_.Set(ErrorId::IllegalOpcode, offset, code, needs);
  fault_.prefix = prefix;
  return false;
}

bool InstrReader::FeatureOff(const Instr& instr) {
  const OpInfo& info = instr.info();
  return IllegalOpcode(instr.offset, info.prefix, info.code, info.feature);
}

// `prefix` is a byte that is no opcode by itself.
bool InstrReader::ReadPrefixed(uint8_t prefix, Instr* instr) {
  if (prefix < 0xfb || prefix > 0xfe) return IllegalOpcode(instr->offset, 0, prefix, Feature::Core);
  const uint32_t code = reader_.U32();
  if (!reader_.ok()) return false;
  const uint16_t op = DecodeOp(prefix, code);
  if (op == gantry::wasm::internal::kNoOp) return IllegalOpcode(instr->offset, prefix, code, Feature::Core);
  instr->op = static_cast<Op>(op);
  const OpInfo& info = InfoOf(instr->op);
  if (!features_.has(info.feature)) return FeatureOff(*instr);
  return ReadImmediates(instr, info.imm);
}

bool InstrReader::Next(Instr* instr) { return NextInline(instr); }

uint32_t InstrReader::ReadIndex(Feature feature) {
  if (features_.has(feature)) return reader_.U32();
  const uint64_t at = reader_.offset();
  const uint8_t byte = reader_.U8();
  if (byte != 0) fault_.Set(ErrorId::ZeroByteExpected, at, byte, feature);
  return 0;
}

bool InstrReader::ReadImmediates(Instr* instr, ImmKind kind) {
  ReadImmediate(instr, kind);
  return ok();
}

void InstrReader::ReadImmediate(Instr* instr, ImmKind kind) {
  switch (kind) {
    case ImmKind::None:
      return;
    case ImmKind::Label:
    case ImmKind::Func:
    case ImmKind::Type:
    case ImmKind::Local:
    case ImmKind::Global:
    case ImmKind::Elem:
    case ImmKind::Data:
    case ImmKind::Tag:
      instr->index = reader_.U32();
      return;
    case ImmKind::Table:
      instr->index = reader_.U32();
      return;
    case ImmKind::Memory:
      instr->index = ReadIndex(Feature::MultiMemory);
      return;
    case ImmKind::Block:
      ReadBlockType(&instr->block);
      return;
    case ImmKind::TryTable:
      ReadBlockType(&instr->block);
      ReadCatches(instr);
      return;
    case ImmKind::BrTable:
      ReadLabels(instr);
      return;
    case ImmKind::CallIndirect:
      instr->index = reader_.U32();
      instr->index2 = ReadIndex(Feature::ReferenceTypes);
      return;
    case ImmKind::Table2:
      instr->index = ReadIndex(Feature::ReferenceTypes);
      instr->index2 = ReadIndex(Feature::ReferenceTypes);
      return;
    case ImmKind::TableInit:
      instr->index = reader_.U32();
      instr->index2 = ReadIndex(Feature::ReferenceTypes);
      return;
    case ImmKind::Memory2:
      instr->index = ReadIndex(Feature::MultiMemory);
      instr->index2 = ReadIndex(Feature::MultiMemory);
      return;
    case ImmKind::MemInit:
      instr->index = reader_.U32();
      instr->index2 = ReadIndex(Feature::MultiMemory);
      return;
    case ImmKind::StructField:
    case ImmKind::ArrayFixed:
    case ImmKind::ArrayData:
    case ImmKind::ArrayElem:
    case ImmKind::ArrayCopy:
      instr->index = reader_.U32();
      instr->index2 = reader_.U32();
      return;
    case ImmKind::MemArg:
      ReadMemArg(instr);
      return;
    case ImmKind::MemArgLane:
      ReadMemArg(instr);
      instr->lane = reader_.U8();
      return;
    case ImmKind::I32:
      instr->value = static_cast<uint64_t>(int64_t{reader_.S32()});
      return;
    case ImmKind::I64:
      instr->value = static_cast<uint64_t>(reader_.S64());
      return;
    case ImmKind::F32:
      instr->value = reader_.Fixed32();
      return;
    case ImmKind::F64:
      instr->value = reader_.Fixed64();
      return;
    case ImmKind::V128:
    case ImmKind::Shuffle:
      if (const auto bytes = reader_.Bytes(16); bytes.size() == 16)
        std::copy(bytes.begin(), bytes.end(), instr->bytes.begin());
      return;
    case ImmKind::Lane:
      instr->lane = reader_.U8();
      return;
    case ImmKind::SelectT:
      ReadSelectTypes(instr);
      return;
    case ImmKind::HeapType:
      instr->heap = types().ReadHeapType();
      return;
    case ImmKind::BrOnCast:
      ReadBrOnCast(instr);
      return;
    case ImmKind::Fence: {
      const uint64_t at = reader_.offset();
      if (const uint8_t byte = reader_.U8(); byte != 0) fault_.Set(ErrorId::ZeroByteExpected, at, byte);
      return;
    }
  }
}

// Flags: alignment in the low bits, bit 6 says that a memory index follows (spec 5.4.6).
void InstrReader::ReadMemArg(Instr* instr) {
  const uint64_t at = reader_.offset();
  const uint32_t flags = reader_.U32();
  instr->explicit_memory = (flags & 0x40) != 0;
  instr->align_log2 = flags & 0x3f;
  if (flags >= 0x80) fault_.Set(ErrorId::MalformedMemopFlags, at, flags);
  instr->index = 0;
  if (instr->explicit_memory) {
    if (!features_.has(Feature::MultiMemory)) fault_.Set(ErrorId::MalformedMemopFlags, at, flags, Feature::MultiMemory);
    instr->index = reader_.U32();
  }
  instr->value = reader_.U64();
}

void InstrReader::ReadBlockType(BlockType* block) {
  const uint64_t at = reader_.offset();
  const uint8_t first = reader_.Peek();
  if (first == 0x40) {
    reader_.U8();
    block->kind = BlockKind::Empty;
    return;
  }
  // A single byte with the sign bit of a one-byte LEB is a value type, anything else a type index.
  if ((first & 0xc0) == 0x40) {
    block->kind = BlockKind::Value;
    block->value = types().ReadValType();
    return;
  }
  const int64_t index = reader_.S33();
  block->kind = BlockKind::Type;
  block->type = static_cast<uint32_t>(index);
  if (index < 0) fault_.Set(ErrorId::MalformedBlockType, at, first);
  if (reader_.ok() && !features_.has(Feature::MultiValue))
    fault_.Set(ErrorId::MalformedBlockType, at, first, Feature::MultiValue);
}

void InstrReader::ReadLabels(Instr* instr) {
  const uint64_t at = reader_.offset();
  const uint32_t count = reader_.U32();
  instr->labels = {};
  if (count > limits::kBrTable) {
    const bool fits = count <= reader_.remaining();
    fault_.Set(fits ? ErrorId::OverLimit : ErrorId::UnexpectedEndOfSection, at, count);
    return;
  }
  labels_.resize(size_t{count} + 1);
  for (uint32_t& label : labels_) label = reader_.U32();
  instr->labels = labels_;
}

void InstrReader::ReadCatches(Instr* instr) {
  const uint64_t at = reader_.offset();
  const uint32_t count = reader_.U32();
  catches_.clear();
  instr->catches = {};
  if (count > limits::kCatches) {
    const bool fits = count <= reader_.remaining();
    fault_.Set(fits ? ErrorId::OverLimit : ErrorId::UnexpectedEndOfSection, at, count);
    return;
  }
  for (uint32_t i = 0; i < count && ok(); ++i) {
    const uint64_t kind_at = reader_.offset();
    const uint8_t kind = reader_.U8();
    if (kind > 3) fault_.Set(ErrorId::MalformedCatch, kind_at, kind);
    CatchClause clause{static_cast<CatchKind>(kind)};
    if (kind <= 1) clause.tag = reader_.U32();
    clause.label = reader_.U32();
    catches_.push_back(clause);
  }
  instr->catches = catches_;
}

void InstrReader::ReadSelectTypes(Instr* instr) {
  const uint64_t at = reader_.offset();
  const uint32_t count = reader_.U32();
  select_types_.clear();
  instr->types = {};
  if (count > limits::kResults) {
    const bool fits = count <= reader_.remaining();
    fault_.Set(fits ? ErrorId::OverLimit : ErrorId::UnexpectedEndOfSection, at, count);
    return;
  }
  for (uint32_t i = 0; i < count && ok(); ++i) select_types_.push_back(types().ReadValType());
  instr->types = select_types_;
}

void InstrReader::ReadBrOnCast(Instr* instr) {
  const uint64_t at = reader_.offset();
  instr->cast_flags = reader_.U8();
  if (instr->cast_flags > 3) fault_.Set(ErrorId::MalformedCastFlags, at, instr->cast_flags);
  instr->index = reader_.U32();
  instr->heap = types().ReadHeapType();
  instr->heap2 = types().ReadHeapType();
}

}  // namespace gantry::wasm::binary
