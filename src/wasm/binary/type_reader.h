// Reads types in the binary format (spec 5.3) from a ByteReader. Types come out syntactic: an index is not checked
// here, and one beyond what a HeapType can hold becomes HeapType::kMaxConcrete, which no module defines.
//
// [I1] A fault beyond the ByteReader's is noted in a FormatFault, first one wins; the value returned with it means
// nothing.
#pragma once

#include "base/byte_reader.h"
#include "wasm/errors.h"
#include "wasm/features.h"
#include "wasm/types.h"

namespace gantry::wasm::binary {

// A fault of the encoding that is not one of the ByteReader's.
struct FormatFault {
  ErrorId id = ErrorId::None;
  Feature needs = Feature::Core;  // the feature that would make it legal, or Core
  uint8_t prefix = 0;             // IllegalOpcode: its prefix byte or 0
  uint32_t value = 0;             // the offending byte, opcode or count
  uint64_t offset = 0;

  bool ok() const { return id == ErrorId::None; }
  void Set(ErrorId fault_id, uint64_t at, uint32_t fault_value, Feature feature = Feature::Core) {
    if (!ok()) return;
    id = fault_id;
    offset = at;
    value = fault_value;
    needs = feature;
  }
};

// The error of a fault: `format` if it is set, else the reader's. One of them must have a fault.
Error MakeFaultError(const FormatFault& format, const ByteReader& reader);

class TypeReader {
 public:
  TypeReader(ByteReader* reader, Features features, FormatFault* fault)
      : reader_(*reader), features_(features), fault_(*fault) {}

  bool ok() const { return fault_.ok() && reader_.ok(); }

  ValType ReadValType() { return ReadCode(ErrorId::MalformedValueType, /*storage=*/false); }
  ValType ReadRefType();
  HeapType ReadHeapType();
  FieldType ReadFieldType();
  GlobalType ReadGlobalType();
  TableType ReadTableType();
  MemoryType ReadMemoryType();
  // A type definition with its `sub` prefix, if any.
  SubType ReadSubType();
  uint32_t ReadTagType();

 private:
  ValType ReadCode(ErrorId malformed, bool storage);
  ValType Gated(ValType type, Feature feature, uint8_t code, uint64_t at, ErrorId malformed);
  bool ReadMutability();
  void ReadCompType(SubType* type);
  uint32_t ReadCount(uint32_t limit);
  Limits ReadLimits(bool has_max);

  ByteReader& reader_;
  Features features_;
  FormatFault& fault_;
};

}  // namespace gantry::wasm::binary
