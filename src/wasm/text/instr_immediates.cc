// Immediates of instructions (spec 6.5), one reader per ImmKind.
#include <bit>

#include "wasm/binary/encoder.h"
#include "wasm/text/instr_parser.h"
#include "wasm/text/literals.h"
#include "wasm/text/script.h"
#include "wasm/text/vector_literal.h"

namespace gantry::wasm::text {

bool InstrParser::ParseIndex(Space space, ByteWriter* out) {
  uint32_t index;
  if (!symbols_.ReadIndex(space, &index)) return false;
  out->U32(index);
  return true;
}

bool InstrParser::ParseOptionalIndex(Space space, ByteWriter* out) {
  if (symbols_.AtIndex()) return ParseIndex(space, out);
  out->U32(0);
  return true;
}

bool InstrParser::ParseTwoIndices(Space space, ByteWriter* out) {
  if (symbols_.AtIndex()) return ParseIndex(space, out) && ParseIndex(space, out);
  out->U32(0);
  out->U32(0);
  return true;
}

// `target? segment` in the text, segment and target in the binary.
bool InstrParser::ParseSegmentAnd(Space segment, Space target, ByteWriter* out) {
  uint32_t target_index = 0;
  const bool has_target = symbols_.InlineAt() != nullptr || (symbols_.AtIndex() && symbols_.AtIndex(1));
  if (has_target && !symbols_.ReadIndex(target, &target_index)) return false;
  if (!ParseIndex(segment, out)) return false;
  out->U32(target_index);
  return true;
}

bool InstrParser::ParseImmediates(Op op, ByteWriter* out) {
  const OpInfo& info = InfoOf(op);
  if (info.prefix != 0) {
    out->U8(info.prefix);
    // `ref.test` and `ref.cast` get their code with their type.
    if (info.family != OpFamily::RefTest && info.family != OpFamily::RefCast) out->U32(info.code);
  } else if (op != Op::Select) {
    out->U8(static_cast<uint8_t>(info.code));
  }
  switch (info.imm) {
    case ImmKind::None:
      return op != Op::Select || ParseSelect(out);
    case ImmKind::Label: {
      uint32_t label;
      if (!symbols_.ReadLabel(&label)) return false;
      out->U32(label);
      return true;
    }
    case ImmKind::BrTable:
      return ParseLabels(out);
    case ImmKind::Func:
      return ParseIndex(Space::Func, out);
    case ImmKind::CallIndirect:
      return ParseCallIndirect(out);
    case ImmKind::Type:
      return ParseIndex(Space::Type, out);
    case ImmKind::Local: {
      uint32_t local;
      if (!symbols_.ReadLocal(&local)) return false;
      out->U32(local);
      return true;
    }
    case ImmKind::Global:
      return ParseIndex(Space::Global, out);
    case ImmKind::Table:
      return ParseOptionalIndex(Space::Table, out);
    case ImmKind::Table2:
      return ParseTwoIndices(Space::Table, out);
    case ImmKind::TableInit:
      return ParseSegmentAnd(Space::Elem, Space::Table, out);
    case ImmKind::Elem:
      return ParseIndex(Space::Elem, out);
    case ImmKind::Data:
      uses_data_segments_ = true;
      return ParseIndex(Space::Data, out);
    case ImmKind::Tag:
      return ParseIndex(Space::Tag, out);
    case ImmKind::Memory:
      return ParseOptionalIndex(Space::Memory, out);
    case ImmKind::Memory2:
      return ParseTwoIndices(Space::Memory, out);
    case ImmKind::MemInit:
      uses_data_segments_ = true;
      return ParseSegmentAnd(Space::Data, Space::Memory, out);
    case ImmKind::MemArg:
    case ImmKind::MemArgLane:
      return ParseMemArg(info, out);
    case ImmKind::I32:
    case ImmKind::I64:
    case ImmKind::F32:
    case ImmKind::F64:
      return ParseConstant(info, out);
    case ImmKind::V128:
      return ParseV128(out);
    case ImmKind::Lane:
      return ParseLane(out);
    case ImmKind::Shuffle:
      return ParseShuffle(out);
    case ImmKind::HeapType:
      return ParseRefTest(op, out);
    case ImmKind::BrOnCast:
      return ParseBranchOnCast(out);
    case ImmKind::StructField:
      return ParseStructField(out);
    case ImmKind::ArrayFixed: {
      uint32_t count;
      if (!ParseIndex(Space::Type, out) || !in_.ReadNat32("a number of elements", &count)) return false;
      out->U32(count);
      return true;
    }
    case ImmKind::ArrayData:
      uses_data_segments_ = true;
      return ParseIndex(Space::Type, out) && ParseIndex(Space::Data, out);
    case ImmKind::ArrayElem:
      return ParseIndex(Space::Type, out) && ParseIndex(Space::Elem, out);
    case ImmKind::ArrayCopy:
      return ParseIndex(Space::Type, out) && ParseIndex(Space::Type, out);
    case ImmKind::Fence:
      out->U8(0);
      return true;
    case ImmKind::Block:
    case ImmKind::TryTable:
    case ImmKind::SelectT:
      break;  // structured ones are read elsewhere, `select` is found as Op::Select
  }
  return in_.Unexpected("an instruction");
}

bool InstrParser::ParseConstant(const OpInfo& info, ByteWriter* out) {
  const Token& token = in_.Peek();
  uint64_t bits;
  if (!ReadNumber(&in_,
                  info.imm == ImmKind::I32   ? ConstantKind::I32
                  : info.imm == ImmKind::I64 ? ConstantKind::I64
                  : info.imm == ImmKind::F32 ? ConstantKind::F32
                                             : ConstantKind::F64,
                  token, &bits)) {
    return false;
  }
  in_.Skip();
  switch (info.imm) {
    case ImmKind::I32:
      out->S32(static_cast<int32_t>(bits));
      break;
    case ImmKind::I64:
      out->S64(static_cast<int64_t>(bits));
      break;
    case ImmKind::F32:
      out->Fixed32(static_cast<uint32_t>(bits));
      break;
    default:
      out->Fixed64(bits);
  }
  return true;
}

bool InstrParser::ParseV128(ByteWriter* out) {
  LaneShape shape;
  std::array<uint8_t, 16> bytes;
  if (!ReadVector(&in_, &shape, &bytes, /*nans=*/nullptr)) return false;
  out->Bytes(bytes);
  return true;
}

bool InstrParser::ParseLane(ByteWriter* out) {
  uint64_t lane;
  if (!in_.ReadNat(0xff, ErrorId::I8OutOfRange, "a lane index", &lane)) return false;
  out->U8(static_cast<uint8_t>(lane));
  return true;
}

bool InstrParser::ParseShuffle(ByteWriter* out) {
  const uint32_t first = in_.index();
  uint32_t count = 0;
  const auto at_number = [this] {
    const TokenKind kind = in_.Peek().kind;
    return kind == TokenKind::Nat || kind == TokenKind::Int || kind == TokenKind::Float;
  };
  for (; at_number(); ++count) {
    const std::optional<uint64_t> lane =
        in_.Peek().kind == TokenKind::Nat ? ParseNat(in_.TextOf(in_.Peek()), 0xff) : std::nullopt;
    if (!lane) return in_.Fail(ErrorId::I8OutOfRange, in_.Peek(), "a lane index");
    out->U8(static_cast<uint8_t>(*lane));
    in_.Skip();
  }
  if (count == 16) return true;
  if (in_.Peek().kind == TokenKind::Reserved) return in_.Unexpected("a lane index");
  return in_.Fail(ErrorId::LaneLength, in_.At(first), "expected 16 lane indices, found " + std::to_string(count));
}

// `memory? offset=n? align=n?`, and the lane index of lane instructions.
bool InstrParser::ParseMemArg(const OpInfo& info, ByteWriter* out) {
  const bool has_lane = info.imm == ImmKind::MemArgLane;
  uint32_t memory = 0;
  // With a lane index at the end, a single number is that.
  const TokenKind next = in_.Peek(1).kind;
  const bool is_memory = !has_lane || symbols_.InlineAt() != nullptr || in_.Peek().kind == TokenKind::Identifier ||
                         next == TokenKind::OffsetEq || next == TokenKind::AlignEq || next == TokenKind::Nat;
  if (symbols_.AtIndex() && is_memory && !symbols_.ReadIndex(Space::Memory, &memory)) return false;
  uint64_t offset = 0;
  if (in_.Peek().kind == TokenKind::OffsetEq) {
    const std::optional<uint64_t> value = ParseNat(in_.TextOf(in_.Peek()).substr(7));
    if (!value) return in_.Fail(ErrorId::I64OutOfRange, in_.Peek(), "an offset");
    offset = *value;
    in_.Skip();
  }
  uint32_t align_log2 = info.align_log2();
  if (in_.Peek().kind == TokenKind::AlignEq) {
    const std::optional<uint64_t> value = ParseNat(in_.TextOf(in_.Peek()).substr(6));
    if (!value) return in_.Fail(ErrorId::I64OutOfRange, in_.Peek(), "an alignment");
    if (!std::has_single_bit(*value)) return in_.Fail(ErrorId::AlignmentPowerOfTwo, in_.Peek());
    align_log2 = static_cast<uint32_t>(std::countr_zero(*value));
    in_.Skip();
  }
  constexpr uint32_t kHasMemory = 0x40;
  out->U32(align_log2 | (memory != 0 ? kHasMemory : 0));
  if (memory != 0) out->U32(memory);
  out->U64(offset);
  return !has_lane || ParseLane(out);
}

bool InstrParser::ParseLabels(ByteWriter* out) {
  labels_.clear();
  do {
    uint32_t label;
    if (!symbols_.ReadLabel(&label)) return false;
    labels_.push_back(label);
  } while (symbols_.AtIndex());
  out->U32(static_cast<uint32_t>(labels_.size() - 1));
  for (uint32_t label : labels_) out->U32(label);
  return true;
}

bool InstrParser::ParseCallIndirect(ByteWriter* out) {
  uint32_t table = 0, type;
  if (symbols_.AtIndex() && !symbols_.ReadIndex(Space::Table, &table)) return false;
  if (!types_.ReadTypeUse(&type_use_, ParamNames::Refused) || !types_.ResolveTypeUse(type_use_, &type)) return false;
  out->U32(type);
  out->U32(table);
  return true;
}

bool InstrParser::ParseSelect(ByteWriter* out) {
  if (!in_.AtLeft(Keyword::Result)) {
    out->U8(static_cast<uint8_t>(InfoOf(Op::Select).code));
    return true;
  }
  std::vector<ValType> types;
  while (in_.TakeLeft(Keyword::Result)) {
    if (!types_.ReadValTypes(&types)) return false;
  }
  out->U8(static_cast<uint8_t>(InfoOf(Op::SelectT).code));
  out->U32(static_cast<uint32_t>(types.size()));
  binary::Encoder encoder(out);
  for (ValType type : types) encoder.Value(type);
  return true;
}

// A heap type, or a reference type whose nullability is in the opcode.
bool InstrParser::ParseRefTest(Op op, ByteWriter* out) {
  const OpFamily family = InfoOf(op).family;
  HeapType heap;
  if (family == OpFamily::RefTest || family == OpFamily::RefCast) {
    ValType type;
    if (!types_.ReadRefType(&type)) return false;
    const Op nullable = family == OpFamily::RefTest ? Op::RefTestNull : Op::RefCastNull;
    out->U32(InfoOf(type.is_nullable() ? nullable : op).code);
    heap = type.heap();
  } else if (!types_.ReadHeapType(&heap)) {
    return false;
  }
  binary::Encoder(out).Heap(heap);
  return true;
}

bool InstrParser::ParseBranchOnCast(ByteWriter* out) {
  uint32_t label;
  ValType from, to;
  if (!symbols_.ReadLabel(&label) || !types_.ReadRefType(&from) || !types_.ReadRefType(&to)) return false;
  out->U8(static_cast<uint8_t>((from.is_nullable() ? 1 : 0) | (to.is_nullable() ? 2 : 0)));
  out->U32(label);
  binary::Encoder encoder(out);
  encoder.Heap(from.heap());
  encoder.Heap(to.heap());
  return true;
}

bool InstrParser::ParseStructField(ByteWriter* out) {
  uint32_t type, field;
  if (!symbols_.ReadIndex(Space::Type, &type) || !symbols_.ReadField(type, &field)) return false;
  out->U32(type);
  out->U32(field);
  return true;
}

// A type use; without explicit type and with at most one result and no parameter it is its own encoding (spec 5.4.1).
bool InstrParser::ParseBlockType(ByteWriter* out) {
  constexpr uint8_t kEmpty = 0x40;
  if (!in_.AtLeft(Keyword::Type) && !in_.AtLeft(Keyword::Param) && !in_.AtLeft(Keyword::Result)) {
    out->U8(kEmpty);
    return true;
  }
  if (!types_.ReadTypeUse(&type_use_, ParamNames::Refused)) return false;
  if (!type_use_.index && type_use_.params.empty() && type_use_.results.size() <= 1) {
    if (type_use_.results.empty()) {
      out->U8(kEmpty);
    } else {
      binary::Encoder(out).Value(type_use_.results[0]);
    }
    return true;
  }
  uint32_t type;
  if (!types_.ResolveTypeUse(type_use_, &type)) return false;
  out->S64(type);
  return true;
}

}  // namespace gantry::wasm::text
