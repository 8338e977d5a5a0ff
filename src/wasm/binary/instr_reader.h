// InstrReader: the one decoder of instruction sequences. Validator, interpreter translation, writer, printer and
// constant expressions read bodies through it (spec 5.4).
//
// Safe on any bytes. Checks encoding only (opcodes, LEB limits, zero bytes, feature switches); types, index ranges and
// nesting are the consumer's. On a fault Next returns false, and error() tells it; at the end of the range Next returns
// false with ok() true.
#pragma once

#include <vector>

#include "base/byte_reader.h"
#include "base/error.h"
#include "wasm/binary/type_reader.h"
#include "wasm/features.h"
#include "wasm/instr.h"

namespace gantry::wasm::binary {

struct LocalRun {
  uint32_t count;
  ValType type;  // syntactic
};

class InstrReader {
 public:
  // `base` is the offset of bytes[0] in the module.
  InstrReader(std::span<const uint8_t> bytes, uint64_t base, Features features)
      : reader_(bytes, base), features_(features) {}

  // Local declarations of a function body (spec 5.5.13): to be read once, before the first Next. False on a fault.
  bool ReadLocals(std::vector<LocalRun>* locals);

  // Decodes the next instruction. `instr` is reused between calls: fields that the instruction does not have keep old
  // values.
  bool Next(Instr* instr);
  // The same, inlined: include instr_reader-inl.h.
  bool NextInline(Instr* instr);

  bool ok() const { return fault_.ok() && reader_.ok(); }
  bool at_end() const { return reader_.at_end(); }
  uint64_t offset() const { return reader_.offset(); }
  // For a consumer that decodes some instructions itself: the bytes that are left, and going on behind those it has
  // taken.
  const uint8_t* pos() const { return reader_.pos(); }
  const uint8_t* end() const { return reader_.end(); }
  void SeekTo(const uint8_t* pos) { reader_.Seek(pos); }

  // The fault. Only when !ok().
  Error error() const { return MakeFaultError(fault_, reader_); }

 private:
  TypeReader types() { return TypeReader(&reader_, features_, &fault_); }
  bool ReadPrefixed(uint8_t prefix, Instr* instr);
  bool IllegalOpcode(uint64_t offset, uint8_t prefix, uint32_t code, Feature needs);
  bool FeatureOff(const Instr& instr);
  bool ReadImmediates(Instr* instr, ImmKind kind);
  void ReadImmediate(Instr* instr, ImmKind kind);
  void ReadMemArg(Instr* instr);
  void ReadMemArgInline(Instr* instr);
  void ReadBlockType(BlockType* block);
  void ReadLabels(Instr* instr);
  void ReadCatches(Instr* instr);
  void ReadSelectTypes(Instr* instr);
  void ReadBrOnCast(Instr* instr);
  // An index that must be the byte zero while `feature` is off.
  uint32_t ReadIndex(Feature feature);

  ByteReader reader_;
  Features features_;
  FormatFault fault_;  // beyond the ByteReader's
  std::vector<uint32_t> labels_;
  std::vector<CatchClause> catches_;
  std::vector<ValType> select_types_;
};

}  // namespace gantry::wasm::binary
