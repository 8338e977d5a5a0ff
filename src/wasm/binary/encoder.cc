#include "wasm/binary/encoder.h"

#include <algorithm>
#include <cstring>

namespace gantry::wasm::binary {

namespace {

constexpr uint8_t kRef = 0x64, kRefNull = 0x63;

// Type codes as signed one-byte numbers (spec 5.3), in the order of HeapKind and TypeKind.
constexpr uint8_t kHeapCodes[] = {0x70, 0x73, 0x6f, 0x72, 0x6e, 0x6d, 0x6c, 0x6b, 0x6a, 0x71, 0x69, 0x74, 0x40};
constexpr uint8_t kKindCodes[] = {0x40, 0x7f, 0x7e, 0x7d, 0x7c, 0x7b, 0x78, 0x77, 0x64};

constexpr uint32_t kHasMax = 1, kShared = 2, kIs64 = 4, kHasPageSize = 8;

}  // namespace

// The last `written` bytes of the output are fixed-form bytes: keep the template only if it has the same.
void Encoder::CopyOrDrop(size_t written) {
  if (guide_.at_end()) return;
  const std::span<const uint8_t> ours = out_->view().last(written);
  const std::span<const uint8_t> theirs = guide_.Bytes(written);
  if (!guide_.ok() || !std::ranges::equal(ours, theirs)) DropTemplate();
}

void Encoder::Byte(uint8_t byte) {
  out_->U8(byte);
  CopyOrDrop(1);
}

void Encoder::Fixed32(uint32_t value) {
  out_->Fixed32(value);
  CopyOrDrop(4);
}

void Encoder::Fixed64(uint64_t value) {
  out_->Fixed64(value);
  CopyOrDrop(8);
}

void Encoder::Bytes(std::span<const uint8_t> bytes) {
  out_->Bytes(bytes);
  CopyOrDrop(bytes.size());
}

void Encoder::Name(std::string_view text) {
  U32(static_cast<uint32_t>(text.size()));
  Bytes({reinterpret_cast<const uint8_t*>(text.data()), text.size()});
}

void Encoder::Heap(HeapType type) {
  int64_t value =
      type.is_concrete() ? int64_t{type.index()} : int64_t{kHeapCodes[static_cast<int>(type.kind())]} - 0x80;
  // An index that no HeapType can hold was read as the largest (type_reader.h); the template still knows it.
  if (value == HeapType::kMaxConcrete && !guide_.at_end()) {
    ByteReader ahead = guide_;
    const int64_t written = ahead.S33();
    if (ahead.ok() && written > value) value = written;
  }
  S33(value);
}

void Encoder::Value(ValType type) {
  if (!type.is_ref()) return Byte(kKindCodes[static_cast<int>(type.kind())]);
  // A nullable abstract reference is its heap type alone, unless the template has the long form.
  const bool is_short = type.is_nullable() && !type.heap().is_concrete() && guide_.Peek() != kRefNull;
  if (!is_short) Byte(type.is_nullable() ? kRefNull : kRef);
  Heap(type.heap());
}

void Encoder::Field(FieldType type) {
  Value(type.storage);
  Byte(type.is_mutable);
}

void Encoder::Global(const GlobalType& type) {
  Value(type.type);
  Byte(type.is_mutable);
}

void Encoder::LimitsOf(const Limits& limits, uint32_t flags) {
  U32(flags | (limits.max ? kHasMax : 0));
  U64(limits.min);
  if (limits.max) U64(*limits.max);
}

void Encoder::Table(const TableType& type) {
  Value(type.element);
  LimitsOf(type.limits, type.is_64 ? kIs64 : 0);
}

void Encoder::Memory(const MemoryType& type) {
  LimitsOf(type.limits,
           (type.is_shared ? kShared : 0) | (type.is_64 ? kIs64 : 0) | (type.has_page_size ? kHasPageSize : 0));
  if (type.has_page_size) U32(type.page_size_log2);
}

Encoder::SizeMark Encoder::BeginSized() {
  SizeMark mark{out_->size(), 0, 0};
  if (guide_.at_end()) return mark;
  const uint8_t* from = guide_.pos();
  mark.expected = guide_.U32();
  if (!guide_.ok()) {
    DropTemplate();
    return mark;
  }
  out_->Bytes({from, guide_.pos()});
  mark.width = static_cast<int>(guide_.pos() - from);
  return mark;
}

void Encoder::EndSized(SizeMark mark) {
  const size_t content = mark.start + static_cast<size_t>(mark.width);
  const size_t size = out_->size() - content;
  if (mark.width != 0 && size == mark.expected) return;
  DropTemplate();
  out_->PrefixSize(mark.start, static_cast<size_t>(mark.width));
}

}  // namespace gantry::wasm::binary
