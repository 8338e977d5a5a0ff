#include "wasm/binary/type_reader.h"

#include <fmt/core.h>

#include <algorithm>

#include "wasm/limits.h"

namespace gantry::wasm::binary {

namespace {

struct AbstractCode {
  uint8_t code;
  HeapKind kind;
  Feature feature;
};

// Abstract heap types by their byte (spec 5.3.3), alone also the shorthand of the nullable reference.
constexpr AbstractCode kAbstractCodes[] = {
    {0x70, HeapKind::Func, Feature::Core},      {0x6f, HeapKind::Extern, Feature::ReferenceTypes},
    {0x73, HeapKind::NoFunc, Feature::Gc},      {0x72, HeapKind::NoExtern, Feature::Gc},
    {0x71, HeapKind::None, Feature::Gc},        {0x6e, HeapKind::Any, Feature::Gc},
    {0x6d, HeapKind::Eq, Feature::Gc},          {0x6c, HeapKind::I31, Feature::Gc},
    {0x6b, HeapKind::Struct, Feature::Gc},      {0x6a, HeapKind::Array, Feature::Gc},
    {0x69, HeapKind::Exn, Feature::Exceptions}, {0x74, HeapKind::NoExn, Feature::Exceptions},
};

const AbstractCode* FindAbstract(uint8_t code) {
  for (const AbstractCode& row : kAbstractCodes) {
    if (row.code == code) return &row;
  }
  return nullptr;
}

// The feature that a heap type lacks; Core if none.
Feature MissingFor(const AbstractCode& row, const Features& features) {
  if (!features.has(row.feature)) return row.feature;
  if (row.kind == HeapKind::Extern && !features.has(Feature::GcTypes)) return Feature::GcTypes;
  return Feature::Core;
}

constexpr uint8_t kRefCode = 0x64, kRefNullCode = 0x63;

std::string_view FeatureKey(Feature feature) { return AllFeatures()[static_cast<size_t>(feature)].key; }

}  // namespace

Error MakeFaultError(const FormatFault& format, const ByteReader& reader) {
  if (format.ok() || (!reader.ok() && reader.fault_offset() < format.offset)) {
    const ErrorId id =
        reader.fault() == ByteFault::UnexpectedEnd ? ErrorId::UnexpectedEndOfSection : ErrorIdOf(reader.fault());
    return MakeError(id, reader.fault_offset());
  }
  if (format.id == ErrorId::UnexpectedEndOfSection)
    return MakeError(format.id, format.offset, "a count is larger than what is left");
  std::string subject;
  switch (format.id) {
    case ErrorId::IllegalOpcode:
      subject = format.prefix == 0 ? fmt::format("{:02x}", format.value)
                                   : fmt::format("{:02x} {:02x}", format.prefix, format.value);
      break;
    case ErrorId::OverLimit:
    case ErrorId::TooManyLocals:
      subject = fmt::format("({})", format.value);
      break;
    default:
      subject = fmt::format("{:#04x}", format.value);
  }
  if (format.needs != Feature::Core) subject += fmt::format(": needs the feature `{}`", FeatureKey(format.needs));
  return MakeErrorAbout(format.id, format.offset, subject);
}

ValType TypeReader::Gated(ValType type, Feature feature, uint8_t code, uint64_t at, ErrorId malformed) {
  if (!features_.has(feature)) fault_.Set(malformed, at, code, feature);
  return type;
}

ValType TypeReader::ReadCode(ErrorId malformed, bool storage) {
  const uint64_t at = reader_.offset();
  const uint8_t code = reader_.U8();
  switch (code) {
    case 0x7f:
      return kI32;
    case 0x7e:
      return kI64;
    case 0x7d:
      return kF32;
    case 0x7c:
      return kF64;
    case 0x7b:
      return Gated(kV128, Feature::Simd, code, at, malformed);
    case kRefCode:
    case kRefNullCode: {
      const HeapType heap = ReadHeapType();
      return Gated(ValType::Ref(heap, code == kRefNullCode), Feature::FunctionReferences, code, at, malformed);
    }
    case 0x78:
    case 0x77:
      if (storage) return code == 0x78 ? TypeKind::I8 : TypeKind::I16;
      break;
    case 0x70:
      return Gated(ValType::FuncRef(), Feature::ReferenceTypes, code, at, malformed);
  }
  if (const AbstractCode* row = FindAbstract(code)) {
    return Gated(ValType::Ref(row->kind, true), MissingFor(*row, features_), code, at, malformed);
  }
  if (reader_.ok()) fault_.Set(malformed, at, code);
  return kI32;
}

ValType TypeReader::ReadRefType() {
  const uint64_t at = reader_.offset();
  if (reader_.Peek() == 0x70) {  // funcref tables are older than reference values
    reader_.U8();
    return ValType::FuncRef();
  }
  const uint8_t code = reader_.Peek();
  const ValType type = ReadCode(ErrorId::MalformedRefType, /*storage=*/false);
  if (ok() && !type.is_ref()) fault_.Set(ErrorId::MalformedRefType, at, code);
  return type;
}

HeapType TypeReader::ReadHeapType() {
  const uint64_t at = reader_.offset();
  const uint8_t first = reader_.Peek();
  if (const AbstractCode* row = FindAbstract(first)) {
    reader_.U8();
    const Feature missing = MissingFor(*row, features_);
    if (missing != Feature::Core) fault_.Set(ErrorId::MalformedHeapType, at, first, missing);
    return row->kind;
  }
  const int64_t index = reader_.S33();
  if (!reader_.ok()) return HeapKind::Func;
  if (index < 0) {
    fault_.Set(ErrorId::MalformedHeapType, at, first);
    return HeapKind::Func;
  }
  if (!features_.has(Feature::FunctionReferences))
    fault_.Set(ErrorId::MalformedHeapType, at, first, Feature::FunctionReferences);
  return HeapType::Concrete(static_cast<uint32_t>(std::min<int64_t>(index, HeapType::kMaxConcrete)));
}

bool TypeReader::ReadMutability() {
  const uint64_t at = reader_.offset();
  const uint8_t byte = reader_.U8();
  if (byte > 1) fault_.Set(ErrorId::MalformedMutability, at, byte);
  return byte == 1;
}

FieldType TypeReader::ReadFieldType() {
  const ValType storage = ReadCode(ErrorId::MalformedStorageType, /*storage=*/true);
  return {storage, ReadMutability()};
}

GlobalType TypeReader::ReadGlobalType() {
  const ValType type = ReadValType();
  return {type, ReadMutability()};
}

Limits TypeReader::ReadLimits(bool has_max) {
  Limits limits;
  limits.min = reader_.U64();
  if (has_max) limits.max = reader_.U64();
  return limits;
}

TableType TypeReader::ReadTableType() {
  TableType table;
  table.element = ReadRefType();
  const uint64_t at = reader_.offset();
  const uint8_t flags = reader_.U8();
  if ((flags & ~5) != 0) fault_.Set(ErrorId::MalformedLimitsFlags, at, flags);
  if ((flags & 4) != 0 && !features_.has(Feature::Memory64)) {
    fault_.Set(ErrorId::MalformedLimitsFlags, at, flags, Feature::Memory64);
  }
  table.is_64 = (flags & 4) != 0;
  table.limits = ReadLimits((flags & 1) != 0);
  return table;
}

MemoryType TypeReader::ReadMemoryType() {
  struct FlagRow {
    uint8_t bit;
    Feature feature;
  };
  static constexpr FlagRow kFlags[] = {
      {1, Feature::Core}, {2, Feature::Threads}, {4, Feature::Memory64}, {8, Feature::CustomPageSizes}};
  MemoryType memory;
  const uint64_t at = reader_.offset();
  const uint8_t flags = reader_.U8();
  if (flags > 0x0f) fault_.Set(ErrorId::MalformedLimitsFlags, at, flags);
  for (const FlagRow& row : kFlags) {
    if ((flags & row.bit) != 0 && !features_.has(row.feature)) {
      fault_.Set(ErrorId::MalformedLimitsFlags, at, flags, row.feature);
    }
  }
  memory.is_shared = (flags & 2) != 0;
  memory.is_64 = (flags & 4) != 0;
  memory.has_page_size = (flags & 8) != 0;
  memory.limits = ReadLimits((flags & 1) != 0);
  if (memory.has_page_size) {
    const uint64_t size_at = reader_.offset();
    const uint32_t log2 = reader_.U32();
    if (log2 >= 64) fault_.Set(ErrorId::MalformedPageSize, size_at, log2);
    memory.page_size_log2 = static_cast<uint8_t>(log2);
  }
  return memory;
}

uint32_t TypeReader::ReadTagType() {
  const uint64_t at = reader_.offset();
  const uint8_t attribute = reader_.U8();
  if (attribute != 0) fault_.Set(ErrorId::MalformedTagAttribute, at, attribute);
  return reader_.U32();
}

// The length of a vector whose elements take a byte or more each, so that it may be reserved.
uint32_t TypeReader::ReadCount(uint32_t limit) {
  const uint64_t at = reader_.offset();
  const uint32_t count = reader_.U32();
  if (count > reader_.remaining()) {
    fault_.Set(ErrorId::UnexpectedEndOfSection, at, count);
    return 0;
  }
  if (count > limit) {
    fault_.Set(ErrorId::OverLimit, at, count);
    return 0;
  }
  return count;
}

SubType TypeReader::ReadSubType() {
  SubType type;
  const uint64_t at = reader_.offset();
  const uint8_t form = reader_.Peek();
  if (form == 0x50 || form == 0x4f) {
    reader_.U8();
    if (!features_.has(Feature::Gc)) fault_.Set(ErrorId::MalformedDefType, at, form, Feature::Gc);
    type.form = form == 0x50 ? SubTypeForm::Sub : SubTypeForm::SubFinal;
    type.is_final = form == 0x4f;
    const uint64_t count_at = reader_.offset();
    const uint32_t count = reader_.U32();
    if (count > 1) fault_.Set(ErrorId::MalformedSupertypes, count_at, count);
    if (count == 1) type.super = reader_.U32();
  }
  ReadCompType(&type);
  return type;
}

void TypeReader::ReadCompType(SubType* type) {
  const uint64_t at = reader_.offset();
  const uint8_t form = reader_.U8();
  switch (form) {
    case 0x60: {
      type->kind = CompKind::Func;
      const uint32_t params = ReadCount(limits::kParams);
      type->params.reserve(params);
      for (uint32_t i = 0; i < params && ok(); ++i) type->params.push_back(ReadValType());
      const uint32_t results = ReadCount(limits::kResults);
      type->results.reserve(results);
      for (uint32_t i = 0; i < results && ok(); ++i) type->results.push_back(ReadValType());
      return;
    }
    case 0x5f: {
      type->kind = CompKind::Struct;
      if (!features_.has(Feature::Gc)) fault_.Set(ErrorId::MalformedDefType, at, form, Feature::Gc);
      const uint32_t fields = ReadCount(limits::kFields);
      type->fields.reserve(fields);
      for (uint32_t i = 0; i < fields && ok(); ++i) type->fields.push_back(ReadFieldType());
      return;
    }
    case 0x5e:
      type->kind = CompKind::Array;
      if (!features_.has(Feature::Gc)) fault_.Set(ErrorId::MalformedDefType, at, form, Feature::Gc);
      type->fields.push_back(ReadFieldType());
      return;
  }
  if (!reader_.ok()) return;
  // Type forms are one-byte signed LEBs (spec 5.3.4).
  fault_.Set((form & 0x80) != 0 ? ErrorId::LebTooLong : ErrorId::MalformedDefType, at, form);
}

}  // namespace gantry::wasm::binary
