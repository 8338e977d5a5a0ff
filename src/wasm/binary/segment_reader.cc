// SectionReader's methods for element and data segments (spec 5.5.12, 5.5.14).
#include <fmt/core.h>

#include <algorithm>

#include "wasm/binary/section_reader.h"
#include "wasm/limits.h"

namespace gantry::wasm::binary {

namespace {

// Bits of an element segment's flags.
constexpr uint32_t kNotActive = 1, kExplicit = 2, kExprs = 4;

}  // namespace

void SectionReader::ReadElems() {
  ReadItems(limits::kElemSegments, 0, [this](uint32_t left) {
    if (item_ == 0) Reserve(&module_->elems, left, 3);
    ReadElem();
  });
}

void SectionReader::ReadElem() {
  ElemSegment segment{};
  const uint64_t at = reader_.offset();
  const uint32_t flags = reader_.U32();
  if (flags > 7) fault_.Set(ErrorId::MalformedElemKind, at, flags);
  if (flags != 0 && !features_.has(Feature::BulkMemory))
    fault_.Set(ErrorId::MalformedElemKind, at, flags, Feature::BulkMemory);
  if (!ok()) return;
  segment.flags = static_cast<uint8_t>(flags);
  segment.is_expr = (flags & kExprs) != 0;
  if ((flags & kNotActive) == 0) {
    segment.mode = SegmentMode::Active;
    if ((flags & kExplicit) != 0) segment.table = reader_.U32();
    segment.offset = ReadConstExpr();
  } else {
    segment.mode = (flags & kExplicit) != 0 ? SegmentMode::Declarative : SegmentMode::Passive;
  }
  // Flags 0 and 4 are the old forms without a type (spec 5.5.12).
  segment.type = ValType::Ref(HeapKind::Func, /*nullable=*/segment.is_expr);
  if ((flags & (kNotActive | kExplicit)) != 0) {
    if (segment.is_expr) {
      segment.type = types().ReadRefType();
    } else {
      const uint64_t kind_at = reader_.offset();
      if (const uint8_t kind = reader_.U8(); kind != 0) fault_.Set(ErrorId::MalformedElemKind, kind_at, kind);
    }
  }
  if (ok()) ReadElemItems(&segment);
  if (ok()) module_->elems.push_back(segment);
}

void SectionReader::ReadElemItems(ElemSegment* segment) {
  const uint64_t at = reader_.offset();
  segment->count = reader_.U32();
  if (segment->count > limits::kElemItems) {
    Fail(MakeError(ErrorId::OverLimit, at, fmt::format("{} elements, at most {}", segment->count, limits::kElemItems)));
    return;
  }
  const uint32_t start = static_cast<uint32_t>(reader_.offset());
  for (uint32_t i = 0; i < segment->count && ok(); ++i) {
    if (segment->is_expr) {
      ReadConstExpr();
    } else {
      reader_.U32();
    }
  }
  segment->items = {start, static_cast<uint32_t>(reader_.offset()) - start};
}

void SectionReader::ReadDatas() {
  ReadItems(limits::kDataSegments, 0, [this](uint32_t left) {
    if (item_ == 0) Reserve(&module_->datas, left, 2);
    ReadData();
  });
}

void SectionReader::ReadData() {
  DataSegment segment{};
  const uint64_t at = reader_.offset();
  const uint32_t flags = reader_.U32();
  if (flags > 2) fault_.Set(ErrorId::MalformedDataKind, at, flags);
  if (flags == 1 && !features_.has(Feature::BulkMemory))
    fault_.Set(ErrorId::MalformedDataKind, at, flags, Feature::BulkMemory);
  if (!ok()) return;
  segment.flags = static_cast<uint8_t>(flags);
  segment.mode = flags == 1 ? SegmentMode::Passive : SegmentMode::Active;
  if (flags == 2) segment.memory = reader_.U32();
  if (flags != 1) segment.offset = ReadConstExpr();
  const uint32_t size = reader_.U32();
  segment.bytes = {static_cast<uint32_t>(reader_.offset()), size};
  reader_.Bytes(size);
  if (ok()) module_->datas.push_back(segment);
}

}  // namespace gantry::wasm::binary
